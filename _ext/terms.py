"""Sphinx extension: hover text on links to the glossary, the Chinese term and what it means."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "reference/glossary"


def explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if GLOSSARY not in app.env.found_docs:
        return
    meanings = {}
    for item in app.env.get_doctree(GLOSSARY).findall(nodes.definition_list_item):
        chinese, sentence, *_ = item.next_node(nodes.paragraph).astext().split(". ")
        words = chinese.split(", ")[0]
        if not set("\\_^") & set(sentence):  # no formula, which would be shown as TeX
            words += f": {sentence.strip('.')}."
        meanings |= {name: words for term in item.findall(nodes.term) for name in term["ids"]}
    for link in doctree.findall(nodes.reference):
        name = link.get("refid") or link.get("refuri", "").partition("#")[2]
        if name in meanings:
            link["reftitle"] = meanings[name]


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", explain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

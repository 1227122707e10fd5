"""Sphinx extension: glossary hover text, and Chinese terms in index and search."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

GLOSSARY = "reference/glossary"
HAN = re.compile(r"[\u4e00-\u9fff]")
HEADING = "汉字"  # in the index, one for all of them


def entries(glossary: nodes.document) -> Iterator[tuple[list[str], str, str]]:
    """Yield the ids of each term, what it is in Chinese, and the first sentence on it."""
    for item in glossary.findall(nodes.definition_list_item):
        chinese, sentence, *_ = item.next_node(nodes.paragraph).astext().split(". ")
        ids = [name for term in item.findall(nodes.term) for name in term["ids"]]
        yield ids, chinese.split(", ")[0], sentence


class IndexTheChinese(SphinxTransform):
    """Let the index and the search find a term by its Chinese."""

    default_priority = 800  # before the index is collected

    def apply(self) -> None:
        if self.env.docname == GLOSSARY:
            self.document += addnodes.index(
                entries=[
                    ("single", word, ids[0], "main", HEADING)
                    for ids, chinese, _ in entries(self.document)
                    for word in filter(HAN.search, re.split(r" \(|\)", chinese))
                ]
            )


def explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if GLOSSARY not in app.env.found_docs:
        return
    meanings = {}
    for ids, words, sentence in entries(app.env.get_doctree(GLOSSARY)):
        if not set("\\_^") & set(sentence):  # no formula, which would be shown as TeX
            words += f": {sentence.strip('.')}."
        meanings |= dict.fromkeys(ids, words)
    for link in doctree.findall(nodes.reference):
        name = link.get("refid") or link.get("refuri", "").partition("#")[2]
        if name in meanings:
            link["reftitle"] = meanings[name]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(IndexTheChinese)
    app.connect("doctree-resolved", explain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

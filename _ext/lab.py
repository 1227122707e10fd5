"""Sphinx extension: citations, hints and references in a form that JupyterLab shows as well.

There a role of sphinxcontrib-bibtex is a raw key, and an admonition does not fold. So a chapter
cites by links, `([Goldberg, 1991](https://doi.org/10.1145/103162.103163))`, or
`[Goldberg (1991)](...)` within a sentence, which are made citations here; and a hint is a
`dropdown`, here an admonition that folds, as does a solution. A label of another chapter is unknown
there. So a chapter leads to a section of another one by the link that JupyterLab follows,
`[the slope](derivative.ipynb#heading=The-slope-in-the-temperature)`, here a reference to its label.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from docutils.parsers.rst.directives.admonitions import Admonition
from pybtex.database import BibliographyData, Entry, parse_file
from sphinx.application import Sphinx
from sphinx_exercise.directive import SolutionStartDirective

LINK = r"\[([^\]\[]+)\]\(([^()\s]+)\)"
TO_SECTION = re.compile(r"\[([^\]\[]+)\]\(([\w-]+\.ipynb#heading=[^()\s]+)\)")
IN_BRACKETS = re.compile(rf"\({LINK}(?:; {LINK})*\)")


def address(key: str, entry: Entry) -> str:
    """Return where a source is read, or else our entry of it."""
    fields = entry.fields
    if "doi" in fields:
        return "https://doi.org/" + quote(fields["doi"])  # some have brackets
    if "eprint" in fields:
        return f"https://arxiv.org/abs/{fields['eprint']}"
    return fields.get("url", f"../references.bib#{key}")  # JupyterLab shows no list made of it


def with_citations(text: str, sources: BibliographyData) -> str:
    """Return a chapter's text with citations in place of the links to sources."""
    keys = {address(key, entry): key for key, entry in sources.entries.items()}

    def in_brackets(match: re.Match) -> str:
        found = [keys.get(target) for _, target in re.findall(LINK, match[0])]
        return f"{{cite}}`{','.join(found)}`" if all(found) else match[0]

    def in_a_sentence(match: re.Match) -> str:
        return f"{{cite:t}}`{keys[match[2]]}`" if match[2] in keys else match[0]

    return re.sub(LINK, in_a_sentence, IN_BRACKETS.sub(in_brackets, text))


def with_references(text: str) -> str:
    """Return a chapter's text with references in place of the links to other chapters' sections."""
    from softmax_lib.check import Section
    from softmax_lib.course import sections

    labels = {Section(label).link: label for label in sections()}

    def refer(match: re.Match) -> str:
        label = labels.get(match[2])
        return f"{{ref}}`{match[1]} <{label}>`" if label else match[0]

    return TO_SECTION.sub(refer, text)


def read(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname.startswith("chapters/"):
        file = Path(app.srcdir, app.config.bibtex_bibfiles[0])
        source[0] = with_references(with_citations(source[0], parse_file(file)))


class Dropdown(Admonition):
    """A box that is folded."""

    option_spec = None

    def run(self) -> list:
        self.options = {"class": ["hint", "dropdown"]}
        return super().run()


class FoldedSolution(SolutionStartDirective):
    """A solution that is folded; JupyterLab folds its cells, and would fold the gate besides."""

    def run(self) -> list:
        self.options["class"] = ["dropdown"]
        return super().run()


def setup(app: Sphinx) -> dict:
    app.connect("source-read", read)
    app.add_directive("dropdown", Dropdown, override=True)
    app.setup_extension("sphinx_exercise")
    app.add_directive("solution-start", FoldedSolution, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

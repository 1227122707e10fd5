"""Sphinx extension: build warnings for mistakes of authors that Sphinx passes in silence.

A picture without alternative text or too heavy, markup that reaches the reader as it was typed,
a solution to an exercise that nobody set, a page that the table of contents forgot: each becomes
a warning with its place.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx_exercise.nodes import solution_node

logger = logging.getLogger(__name__)

HEAVIEST_PICTURE = 150_000  # bytes; a reader on a phone loads every picture of a page
# The dollar or the \( of a formula, a footnote nobody wrote, a role or a directive nobody ran.
MARKUP = re.compile(r"\$[^$\n]{0,40}\$?|\\[(\[]|\[\^[^\]\s]+\]|\{[a-z:]+\}`[^`]*`?|[`:]{3,}\{")
QUOTED = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def placed(node: nodes.Node) -> nodes.Node:
    """Return the innermost node around `node` that knows its line."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def check_pictures(app: Sphinx, doctree: nodes.document) -> None:
    for picture in doctree.findall(nodes.image):
        name = picture["uri"]
        if PurePosixPath(name).parent.name == "jupyter_execute":
            name = "the figure of this cell"  # its file is named after its content
        if not picture.get("alt", "").strip():
            logger.warning("no alternative text: %s", name, location=placed(picture))
        for file in set(picture.get("candidates", {}).values()):
            path = Path(app.srcdir, file)
            if path.is_file() and (size := path.stat().st_size) > HEAVIEST_PICTURE:
                logger.warning(
                    "too heavy: %s has %d bytes, at most %d are allowed",
                    *(name, size, HEAVIEST_PICTURE),
                    location=placed(picture),
                )


class Undescribed(HTMLParser):
    """Collects from raw HTML its pictures without alternative text, and the markup in its text."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.quoted = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quoted += tag in ("code", "pre")
        if tag == "img" and not (dict(attrs).get("alt") or "").strip():
            self.found.append(f"no alternative text: {self.get_starttag_text()}")

    def handle_endtag(self, tag: str) -> None:
        self.quoted -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        if not self.quoted and self.cdata_elem is None:
            self.found += [shown_as_typed(markup) for markup in MARKUP.findall(data)]


def shown_as_typed(markup: str) -> str:
    return f"readers would see this as it is typed here: {markup}"


def check_raw_html(app: Sphinx, doctree: nodes.document) -> None:
    for raw in doctree.findall(nodes.raw):
        if "html" in raw["format"]:
            for complaint in Undescribed(raw.astext()).found:
                logger.warning(complaint, location=placed(raw))


def check_text(app: Sphinx, doctree: nodes.document) -> None:
    for text in doctree.findall(nodes.Text):
        parent = text.parent
        while parent is not None and not isinstance(parent, QUOTED):
            parent = parent.parent
        if parent is None:
            for markup in MARKUP.findall(text):
                logger.warning(shown_as_typed(markup), location=placed(text.parent))


def check_solutions(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    exercises = getattr(app.env, "sphinx_exercise_registry", {})
    for solution in doctree.findall(solution_node):
        if (label := solution["target_label"]) not in exercises:
            logger.warning("solution to an unknown exercise: %s", label, location=placed(solution))


def check_contents(app: Sphinx, config: Config) -> None:
    """A text beside a page of the course is a page of the course."""
    suffixes = tuple(config.source_suffix)
    named = {str(PurePosixPath(name).with_suffix("")) for name in config.external_site_map}
    folders = {PurePosixPath(name).parent for name in named} - {PurePosixPath(".")}
    for folder in sorted(folders):
        for path in sorted(Path(app.srcdir, folder).glob("[!.]*")):
            if path.suffix in suffixes and str(folder / path.stem) not in named:
                logger.warning(
                    "%s is not named, so it would be missing on the site",
                    folder / path.name,
                    location=f"{config.external_toc_path}:",
                )


def setup(app: Sphinx) -> dict[str, bool]:
    # After sphinx-external-toc, which reads the contents at the same event, at priority 900.
    app.connect("config-inited", check_contents, priority=990)
    # Once Sphinx has found the file of each picture.
    app.connect("doctree-read", check_pictures, priority=900)
    app.connect("doctree-read", check_raw_html)
    app.connect("doctree-read", check_text)
    app.connect("doctree-resolved", check_solutions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

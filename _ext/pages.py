"""Sphinx extension: image sizes, heights of sections to come, transparent figures.

Above all the size of every picture, so that the text does not jump when the picture is there. And
figures bring white paper along, for notebooks may be dark: a page gives them its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
IMAGE = re.compile(r"<img\b[^>]*>")
SOURCE = re.compile(r'\bsrc="([^"]+)"')
# What Matplotlib and drawing programs write; CSS has 96 pixels to the inch.
UNITS = {"": 1, "px": 1, "pt": 96 / 72, "in": 96}
# The first thing that Matplotlib draws.
PAPER = re.compile(r'(<g id="patch_1">\s*<path [^>]*style="fill: )#ffffff(?=")')
# sphinx-exercise puts the space into the link, where it is underlined.
SOLUTION = re.compile(r"(>Solution to)(<a [^>]*>) ")
SECTION = re.compile(r'<section id="([^"]+)">')
# Heights in rem, as the stylesheet makes them on the average.
LINE, CODE, ROW, PICTURE, GAP, BOX = 1.2, 3.5, 3, 20, 1.4, 5
BOXES = {"exercise", "solution"}
LENGTH = re.compile(r"([\d.]+)(px|pt|in|)$")


def size_of(svg: Path) -> tuple[int, int]:
    """Return the width and height of a picture in pixels, as its file gives them."""
    root = ElementTree.parse(svg).getroot()
    lengths = [LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    if not all(lengths):
        raise ExtensionError(f"{svg}: give the picture a width and a height, in px, pt or in")
    width, height = (round(float(at[1]) * UNITS[at[2]]) for at in lengths)
    return width, height


def size_images(body: str, sources: dict[str, Path]) -> str:
    """Write its width and height into each picture whose file is among `sources`, by name.

    All but the first wait until they are nearly in sight.
    """
    lazy = ""

    def sized(match: re.Match) -> str:
        nonlocal lazy
        tag = match.group()
        named = SOURCE.search(tag)
        source = named and sources.get(Path(named[1]).name)
        if "width" in tag or source is None or source.suffix != ".svg":
            return tag
        width, height = size_of(source)
        waits, lazy = lazy, ' loading="lazy"'
        return f'<img width="{width}" height="{height}"{waits}{tag.removeprefix("<img")}'

    return IMAGE.sub(sized, body)


def guess(section: nodes.section) -> tuple[int, int]:
    """Return what the height of a section can be guessed from.

    Its letters, which fill more or fewer lines with the width of the window; and in rem, roughly,
    what has a height of its own: lines of code, formulas, pictures, and the space between blocks.
    """
    letters = rem = 0
    for node in section.findall():
        folded = any("dropdown" in at.get("classes", ()) for at in _above(node, section))
        if isinstance(node, nodes.literal_block) and not folded:
            rem += CODE + LINE * (node.astext().count("\n") + 1)
        elif isinstance(node, nodes.math_block) and not folded:
            rem += ROW * (node.astext().count(r"\\") + 1)
        elif BOXES & set(getattr(node, "attributes", {}).get("classes", ())):
            rem += BOX
        elif isinstance(node, nodes.image):
            rem += PICTURE
        elif isinstance(node, nodes.paragraph | nodes.title) and not folded:
            letters += len(node.astext())
            rem += GAP
    return letters, round(rem)


def _above(node: nodes.Node, top: nodes.Node) -> Iterator[nodes.Element]:
    while node is not top:
        node = node.parent
        yield node


def write_guesses(body: str, doctree: nodes.document) -> str:
    """Write into each section below the page's own what its height can be guessed from."""
    found = {}
    for page in doctree.findall(nodes.section):
        if isinstance(page.parent, nodes.document):
            sections = (part for part in page if isinstance(part, nodes.section))
            found |= {section["ids"][0]: guess(section) for section in sections}

    def with_guess(match: re.Match) -> str:
        if match[1] not in found:
            return match.group()
        letters, rem = found[match[1]]
        return f'<section id="{match[1]}" style="--letters: {letters}; --rem: {rem}">'

    return SECTION.sub(with_guess, body)


def complete(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put a page right."""
    # The template has one already.
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", ""))
    if "body" in context:
        images = app.builder.images
        sources = {name: Path(app.srcdir) / source for source, name in images.items()}
        body = SOLUTION.sub(r"\1 \2", size_images(context["body"], sources))
        context["body"] = write_guesses(body, doctree) if doctree else body


def take_paper_away(app: Sphinx, exception: Exception | None) -> None:
    """Make the ground of every figure of the finished site transparent."""
    if exception is None and app.builder.format == "html":
        for figure in Path(app.outdir, app.builder.imagedir).glob("*.svg"):
            text = PAPER.sub(r"\1none", figure.read_text(encoding="utf-8"), count=1)
            figure.write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", complete)
    app.connect("build-finished", take_paper_away)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

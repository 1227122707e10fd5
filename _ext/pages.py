"""Sphinx extension: image sizes, transparent figures.

Above all the size of every picture, so that the text does not jump when the picture is there. And
figures bring white paper along, for notebooks may be dark: a page gives them its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')
IMAGE = re.compile(r"<img\b[^>]*>")
WIDTH = re.compile(r"\swidth=")
SOURCE = re.compile(r'\bsrc="([^"]+)"')
# What Matplotlib and drawing programs write; CSS has 96 pixels to the inch.
UNITS = {"": 1, "px": 1, "pt": 96 / 72, "in": 96}
# The first thing that Matplotlib draws.
PAPER = re.compile(r'(<g id="patch_1">\s*<path [^>]*style="fill: )#ffffff(?=")')
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
        if WIDTH.search(tag) or source is None or source.suffix != ".svg":
            return tag
        width, height = size_of(source)
        waits, lazy = lazy, ' loading="lazy"'
        return f'<img width="{width}" height="{height}"{waits}{tag.removeprefix("<img")}'

    return IMAGE.sub(sized, body)


def complete(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put a page right."""
    # The template has one already.
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", ""))
    if "body" in context:
        images = app.builder.images
        sources = {name: Path(app.srcdir) / source for source, name in images.items()}
        context["body"] = size_images(context["body"], sources)


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

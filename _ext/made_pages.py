"""Sphinx extension: contents and API reference, made from the list of chapters and the library.

A page asks for them by a comment: `<!-- chapters of The course -->`, with the name of a part, or
`<!-- the library, chapter by chapter -->`.
"""

from __future__ import annotations

import re
from types import ModuleType

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

LIBRARY = "<!-- the library, chapter by chapter -->"
CONTENTS = re.compile("<!-- chapters of (.+) -->")


def public_names(chapter, library) -> list[str]:
    """Return what the library offers from a chapter's modules, in the order of their code."""
    found = []
    for module in chapter.modules():
        names = [n for n in library.__all__ if getattr(library, n).__module__ == module.__name__]
        found += sorted(names, key=list(vars(module)).index)
    return found


def apart(chapter, library) -> list[ModuleType]:
    """Return its modules whose functions are called by the module's name, not the library's."""
    return [
        module
        for module in chapter.modules()
        if any(
            getattr(library, name, None) is not getattr(module, name)
            for name in getattr(module, "__all__", ())
        )
    ]


def entry(item: object, name: str) -> list[str]:
    """Return the directive that documents one name."""
    if not isinstance(item, type):
        return [f".. autofunction:: {name}", ""]
    if issubclass(item, Exception):
        return [f".. autoexception:: {name}", ""]
    return [f".. autoclass:: {name}", "   :members:", ""]


def contents(part: str) -> str:
    """Return the chapters of a part, each with its question."""
    from softmax_lib.course import CHAPTERS

    chapters = [each for each in CHAPTERS if each.part == part]
    if not chapters:
        raise ExtensionError(f"no chapter of softmax_lib/course.py stands in the part {part!r}")
    items = [f"[{c.title}](chapters/{c.name}.ipynb)\n: {c.question}\n" for c in chapters]
    return "\n".join([":::{container} chapters", *items, ":::"])


def sections() -> str:
    """Return a section for each chapter that has code of its own."""
    import softmax_lib
    from softmax_lib.course import CHAPTERS

    lines = []
    for chapter in CHAPTERS:
        names = public_names(chapter, softmax_lib)
        if names:
            lines += [f"## {chapter.title}", "", "```{eval-rst}"]
            lines += [".. currentmodule:: softmax_lib", ""]
            for name in names:
                lines += entry(getattr(softmax_lib, name), name)
            for module in apart(chapter, softmax_lib):
                lines += [f".. currentmodule:: {module.__name__}", ""]
                for name in module.__all__:
                    lines += entry(getattr(module, name), name)
            lines += ["```", ""]
    return "\n".join(lines)


def fill_in(app: Sphinx, docname: str, source: list[str]) -> None:
    if LIBRARY in source[0]:
        source[0] = source[0].replace(LIBRARY, sections())
    source[0] = CONTENTS.sub(lambda match: contents(match[1]), source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", fill_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

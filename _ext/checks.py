"""Sphinx extension: what the page of the checks shows is asked of the checks themselves.

{check-report}: code whose last line is a call of a check; the page has the code and its report.
{known-mistakes} `chapter`: a table of the mistakes that the module of that name defines.
"""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from types import ModuleType

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parent.parent


def module(name: str) -> ModuleType:
    """Import a part of the checks; not before the build, when the library can be found."""
    return importlib.import_module(f"softmax_lib.check{name}")


def report(code: str):
    """Run code as a cell does, and return the value of its last line."""
    *before, last = ast.parse(code).body
    names: dict = {}
    exec(compile(ast.Module(before, []), "<example>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<example>", "eval"), names)


def mistakes(chapter: str) -> list:
    """Return the mistakes that a module defines, in its order."""
    kind = module(".mistakes.mistake").Mistake
    defined = vars(module(f".mistakes.{chapter.replace('-', '_')}")).values()
    return [value for value in defined if isinstance(value, kind)]


def link_to(section) -> str:
    """Return a link to a section of a chapter, by the label above its heading."""
    if section is None:
        return ""
    name = f"{module('.report').CHAPTERS[section.chapter]}: {section.heading}"
    notebook = nbformat.read(ROOT / f"chapters/{section.chapter}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    label = re.search(rf"(?m)^\((.+)\)=\n##+ +{re.escape(section.heading)}\s*$", text)
    if not label:
        raise LookupError(f"{section} has no label above its heading")
    return f"{{ref}}`{name} <{label[1]}>`"


class CheckReport(SphinxDirective):
    has_content = True

    def run(self):
        code = "\n".join(self.content)
        shown = nodes.literal_block(code, code, language="python")
        html = report(code)._repr_html_()
        return [shown, nodes.container("", nodes.raw("", html, format="html"), classes=["report"])]


class KnownMistakes(SphinxDirective):
    required_arguments = 1

    def run(self):
        lines = ["```{list-table}", ":header-rows: 1", ":class: mistakes", ""]
        lines += ["* - Mistake", "  - What it is, and where to read"]
        for mistake in mistakes(self.arguments[0]):
            lines.append(f"* - `{mistake.id}`")
            lines.append(f"  - **{mistake.title}.** {mistake.text} {link_to(mistake.section)}")
        parent = nodes.Element()
        self.state.nested_parse(StringList([*lines, "```"], "known-mistakes"), 0, parent)
        return parent.children


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("check-report", CheckReport)
    app.add_directive("known-mistakes", KnownMistakes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension: directives for the page of the checks, and links from reports to sections.

{check-report}: code whose last line is a call of a check; the page has the code and its report.
{known-mistakes} `chapter`: a table of the mistakes that the module of that name defines.

Both link to sections as JupyterLab does, and so do the reports that are stored in the chapters:
on the site these links lead to the pages.
"""

from __future__ import annotations

import ast
import importlib
import re
from html import escape
from types import ModuleType
from urllib.parse import unquote

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from strict import placed

logger = logging.getLogger(__name__)

LINK = re.compile(r'(?<=href=")([a-z-]+)\.ipynb#heading=([^"]+)')


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
    """Return a link to a section of a chapter."""
    if section is None:
        return ""
    name = f"{module('.report').CHAPTERS[section.chapter]}: {section.heading}"
    return f'<a href="{section.link}">{escape(name)}</a>'


def anchors(env: BuildEnvironment, docname: str) -> dict[str, str]:
    """Return the anchor of each heading of a page, by the name that JupyterLab gives it."""
    if docname not in env.tocs:
        return {}
    headings = env.tocs[docname].findall(nodes.reference)
    return {heading.astext().replace(" ", "-"): heading["anchorname"] for heading in headings}


def lead_to_pages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make links to headings of notebooks links to the same headings on the site."""
    for raw in doctree.findall(nodes.raw):

        def on_site(match: re.Match, raw: nodes.raw = raw) -> str:
            page, heading = f"chapters/{match[1]}", unquote(match[2])
            anchor = anchors(app.env, page).get(heading)
            if anchor is None:
                logger.warning("no such section: %s", match[0], location=placed(raw))
                return match[0]
            return app.builder.get_relative_uri(docname, page) + anchor

        raw[:] = [nodes.Text(LINK.sub(on_site, raw.astext()))]


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
    app.connect("doctree-resolved", lead_to_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

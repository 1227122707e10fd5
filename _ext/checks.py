"""Sphinx extension: directives for the page of the checks, and links from reports to sections.

{check-report}: code whose last line is a call of a check; the page has the code and its report.
Two comments, `<!-- the checks, chapter by chapter -->` and the same of the known mistakes, become
their lists.

A report links to a section as JupyterLab does, also where it is stored in a chapter: on the site
this leads to the page.
"""

from __future__ import annotations

import ast
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from strict import placed

logger = logging.getLogger(__name__)

LINK = re.compile(r'(?<=href=")[a-z-]+\.ipynb#heading=[^"]+')
CHECKS = "<!-- the checks, chapter by chapter -->"
MISTAKES = "<!-- the known mistakes, chapter by chapter -->"


def report(code: str):
    """Run code as a cell does, and return the value of its last line."""
    *before, last = ast.parse(code).body
    names: dict = {}
    exec(compile(ast.Module(before, []), "<example>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<example>", "eval"), names)


def list_of_checks() -> str:
    """Return a section for each chapter that has checks."""
    from softmax_lib import check
    from softmax_lib.course import chapter

    lines = []
    for name, exercises in check.CHECKS.items():
        if exercises:
            lines += [f"### {chapter(name).title}", "", "```{eval-rst}"]
            lines += [f".. autofunction:: softmax_lib.check.{each.name}\n" for each in exercises]
            lines += ["```", ""]
    return "\n".join(lines)


def list_of_mistakes() -> str:
    """Return a table for each chapter that knows mistakes, and one for those of any function."""
    from softmax_lib import check
    from softmax_lib.course import chapter

    lines = []
    for name, mistakes in check.MISTAKES.items():
        if mistakes:
            where = "any function" if name == "general" else f"the chapter {chapter(name).title}"
            lines += [f"### In {where}", ""]
            lines += ["```{list-table}", ":header-rows: 1", ":class: mistakes", ""]
            lines += ["* - Mistake", "  - What it is, and where to read"]
            for mistake in mistakes:
                read = (
                    f"{{ref}}`{chapter(at.chapter).title}: {at.heading} <{at.label}>`"
                    for at in mistake.sections
                )
                lines.append(f"* - `{mistake.id}`")
                lines.append(f"  - **{mistake.title}.** {mistake.text} {', '.join(read)}")
            lines += ["```", ""]
    return "\n".join(lines)


def fill_in(app: Sphinx, docname: str, source: list[str]) -> None:
    for comment, made in ((CHECKS, list_of_checks), (MISTAKES, list_of_mistakes)):
        if comment in source[0]:
            source[0] = source[0].replace(comment, made())


def lead_to_pages(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make links to headings of notebooks links to the labels of these sections on the site."""
    from softmax_lib.check import Section
    from softmax_lib.course import sections

    labels = {Section(label).link: label for label in sections()}
    for raw in doctree.findall(nodes.raw):

        def on_site(match: re.Match, raw: nodes.raw = raw) -> str:
            targets = app.env.get_domain("std").anonlabels
            page, anchor = targets.get(labels.get(match[0]), (None, None))
            if page is None:
                logger.warning("no such section: %s", match[0], location=placed(raw))
                return match[0]
            return f"{app.builder.get_relative_uri(docname, page)}#{anchor}"

        raw[:] = [nodes.Text(LINK.sub(on_site, raw.astext()))]


class CheckReport(SphinxDirective):
    has_content = True

    def run(self):
        code = "\n".join(self.content)
        shown = nodes.literal_block(code, code, language="python")
        html = report(code)._repr_html_()
        return [shown, nodes.container("", nodes.raw("", html, format="html"), classes=["report"])]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("check-report", CheckReport)
    app.connect("source-read", fill_in)
    app.connect("doctree-resolved", lead_to_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Sphinx extension: accessibility repairs of the theme's and docutils' HTML.

`make test-site` finds each of these again if it is not: axe-core looks at every page.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx_exercise.nodes import solution_node

REPAIRS = {
    # The title and the search stand in no landmark, so a reader who jumps by landmark misses them.
    'class="bd-sidebar-primary bd-sidebar': 'role="complementary" aria-label="Sidebar" class="'
    "bd-sidebar-primary bd-sidebar",
    # Who says aloud what is on the button, "Search Ctrl K", has to hit it: no other name.
    '<button class="btn search-button-field search-button__button pst-js-only" title="Search" '
    'aria-label="Search"': '<button class="btn search-button-field search-button__button '
    'pst-js-only" title="Search"',
    # A server that knows notebooks as JSON has them shown, not kept.
    '.ipynb" target="_blank"': '.ipynb" download',
    # A bare ending says neither what is saved nor that a printer is asked.
    'btn__text-container">.ipynb<': 'btn__text-container">The notebook, .ipynb<',
    'btn__text-container">.md<': 'btn__text-container">The text of this page, .md<',
    'btn__text-container">.pdf<': 'btn__text-container">Print, or save as PDF<',
    # The same for the icons of the theme switch, of which all but one are hidden.
    'data-mode="light" title="Light"': 'data-mode="light"',
    'data-mode="dark"  title="Dark"': 'data-mode="dark"',
    'data-mode="auto"  title="System Settings"': 'data-mode="auto"',
    # An id that many boxes of a page bear names none of them.
    '<section id="exercise-content">': "<section>",
    '<section id="solution-content">': "<section>",
    '<section class="theorem-content" id="proof-content">': '<section class="theorem-content">',
    '<div class="proof admonition" id="proof">': '<div class="proof admonition">',
    # Deprecated, and never allowed on a div; the list around it wants items.
    'role="doc-biblioentry"': 'role="listitem"',
}


class RepairedTemplates(BuiltinTemplateLoader):
    """Sphinx's own templates, with the repairs made in what comes out of them."""

    def render(self, template: str, context: dict[str, Any]) -> str:
        page = super().render(template, context)
        for old, new in REPAIRS.items():
            page = page.replace(old, new)
        return page


def use_repairs(app: Sphinx, config: Config) -> None:
    config.template_bridge = f"{__name__}.{RepairedTemplates.__name__}"


def unlink_titles(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Leave a solution's title as the switch that it is: a link in it took the tap that opens."""
    for solution in doctree.findall(solution_node):
        title = solution.next_node(nodes.title)
        for link in list(title.findall(nodes.reference)) if title else []:
            link.replace_self(link.children)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", use_repairs)
    app.connect("doctree-resolved", unlink_titles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

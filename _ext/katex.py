"""Sphinx extension: KaTeX formulas, set while the site is built.

The page then holds finished HTML (and MathML, for screen readers), a stylesheet and fonts:
no script, nothing fetched, readable without a network. KaTeX itself is the vendored 0.16.22
in `vendor/katex/` (its woff and ttf fallbacks left out; every browser of the last ten years
reads woff2) and runs inside V8, which the package `mini-racer` embeds.
"""

from __future__ import annotations

import atexit
from functools import cache, partial
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from build_cache import cached
from derivation import derivation_html, lines_of

logger = logging.getLogger(__name__)

VENDOR = Path(__file__).parent / "vendor"
PROGRAM = VENDOR / "katex" / "katex.min.js"
OPENING, CLOSING = ("(", "["), tuple(".,;:!?)]")
SHORT = 40  # characters of TeX that fit into a line of a phone
# What holds a line of a formula open, with the height of all that stands in it.
OPTIONS = {"output": "htmlAndMathml", "throwOnError": True, "strict": "error"}


@cache
def engine() -> MiniRacer:
    """KaTeX, loaded once per build and only if a page needs it."""
    context = MiniRacer()
    # Left to the garbage collector, it waits at exit for a thread that Python 3.13 has ended.
    atexit.register(context.close)
    context.eval(PROGRAM.read_text(encoding="utf-8"))
    return context


@cached(PROGRAM, Path(__file__))
def katex_html(tex: str, display: bool) -> str:
    """Return `tex` as HTML.

    Raises
    ------
    ValueError
        With KaTeX's own explanation, if it cannot read `tex`.
    """
    options = {**OPTIONS, "displayMode": display}
    try:
        return engine().call("katex.renderToString", tex, options)
    except JSEvalException as error:
        # The message underlines by combining characters, which few terminals join, and goes on
        # with the whole of the minified source.
        first_line = str(error).splitlines()[0].replace("\N{COMBINING LOW LINE}", "")
        raise ValueError(first_line.split("KaTeX parse error: ")[-1]) from None


def one_display(text: str) -> str:
    """Return the body of a math directive as a single KaTeX display.

    As in Sphinx's own renderers, a blank line separates equations and `\\\\` breaks a line.
    """
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    split = [
        rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part and r"\begin{" not in part else part
        for part in parts
    ]
    if len(split) == 1:
        return split[0]
    return r"\begin{gathered}" + r" \\ ".join(split) + r"\end{gathered}"


def set_formula(writer: HTML5Translator, node: nodes.Element, tex: str, display: bool) -> str:
    """Return the HTML of one formula; a bad one is a warning that names it and its place."""
    try:
        return katex_html(tex, display)
    except ValueError as error:
        one_line = " ".join(tex.split())
        logger.warning("KaTeX cannot read %s: %s", one_line, error, location=node, type="katex")
        return f"<code>{writer.encode(tex)}</code>"


def keep_punctuation(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Tie a full stop to the formula before it, and a bracket to the one after it.

    Browsers would let the one start a line and the other end it. A short formula stays whole.
    """
    for formula in list(doctree.findall(nodes.math)):
        parent, at = formula.parent, formula.parent.index(formula)
        around = (parent[at - 1] if at else None, *parent[at + 1 : at + 2])
        before, after = (str(n) if isinstance(n, nodes.Text) else "" for n in (*around, None)[:2])
        opens, closes = before.endswith(OPENING), after.startswith(CLOSING)
        if opens or closes:
            tied = nodes.inline(classes=["together"])
            tied += nodes.Text(before[-1:] if opens else "")
            tied += formula.deepcopy()
            tied += nodes.Text(after[:1] if closes else "")
            if len(formula.astext()) > SHORT:
                tied["classes"].append("long")
            parent[at] = tied
            if closes:
                parent[at + 1] = nodes.Text(after[1:])
            if opens:
                parent[at - 1] = nodes.Text(before[:-1])


def visit_inline(writer: HTML5Translator, node: nodes.math) -> None:
    html = set_formula(writer, node, node.astext(), display=False)
    opening = writer.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    writer.body.append(f"{opening}{html}</span>")
    raise nodes.SkipNode


def visit_display(writer: HTML5Translator, node: nodes.math_block) -> None:
    if found := lines_of(node.astext()):
        html = derivation_html(*found, partial(set_formula, writer, node))
        name = "formula derivation"
    else:
        html = set_formula(writer, node, one_display(node.astext()), display=True)
        name = "formula"
    writer.body.append(writer.starttag(node, "div", CLASS="math notranslate nohighlight"))
    # A wide formula scrolls inside this element, and never the page.
    writer.body.append(f'<div class="{name}">{html}</div>')
    if node["number"]:
        writer.body.append(f'<span class="eqno">({get_node_equation_number(writer, node)})')
        writer.add_permalink_ref(node, _("Link to this equation"))
        writer.body.append("</span>")
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def publish_stylesheet(app: Sphinx, config: Config) -> None:
    """Put KaTeX's stylesheet, fonts and licence onto the site; its program stays behind."""
    config.html_static_path.append(str(VENDOR))
    config.exclude_patterns.append(f"katex/{PROGRAM.name}")
    app.add_css_file("katex/katex.min.css")
    app.add_js_file("katex/copy-tex.min.js")  # a formula that is copied is its TeX


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.connect("config-inited", publish_stylesheet)
    app.connect("doctree-resolved", keep_punctuation)
    # The embedded engine has threads of its own and does not survive a fork.
    return {"parallel_read_safe": True, "parallel_write_safe": False}

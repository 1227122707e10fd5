"""The lines of a proof, as `Proof._repr_latex_` writes them, set one by one.

In one formula the reasons stand in a column of their own, for which a phone has no room. In pieces
they stand beside their line on a wide page and under it on a narrow one, as the stylesheet says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

DERIVATION = re.compile(
    r"\\begin\{gathered\}\n\\begin\{aligned\}\n(.*)\n\\end\{aligned\}(.*)\n\\end\{gathered\}",
    re.DOTALL,
)
BREAK = " \\\\[6pt]\n"
SAID = re.compile(r"&\\rlap\{\\text\{(.*)\}\}")
VERDICT = re.compile(r"\\small\\text\{(.*)\}")
TEXT = re.compile(r"\\text\{([^{}]*)\}")
# A mark that ends a formula could start a line; within the formula it cannot.
MARK = re.compile(r"\$([.:;,])")


class Line(NamedTuple):
    """What stands before the sign, the sign with what follows, and words: why, or a sentence."""

    left: str = ""
    right: str = ""
    words: str = ""


def lines_of(tex: str) -> tuple[list[Line], list[str]] | None:
    """Return the lines and what is said under them, words with `$` around their formulas.

    None if this is another formula.
    """
    found = DERIVATION.fullmatch(tex.strip())
    if not found:
        return None
    lines = []
    for row in found[1].split(BREAK):
        if said := SAID.fullmatch(row):
            lines.append(Line(words=said[1]))
        else:
            steps, _, why = row.partition(" && ")
            left, _, right = steps.partition("&=")
            lines.append(Line(left.strip(), f"{{}}={right}", prose(why)))
    return lines, [VERDICT.fullmatch(part)[1] for part in found[2].split(BREAK) if part]


def prose(why: str) -> str:
    """Return a reason as words with `$` around its formulas."""
    parts = TEXT.split(why)
    return "".join(
        part if at % 2 else part and f"${part.removeprefix('{').removesuffix('}')}$"
        for at, part in enumerate(parts)
    )


def derivation_html(lines: list[Line], verdict: list[str], show: Callable[[str, bool], str]) -> str:
    """Return the lines as HTML; `show` sets a formula, in a line of its own or among words."""

    def words(text: str) -> str:
        parts = MARK.sub(r"{\1}$", text).split("$")
        return "".join(
            show(part, False) if at % 2 else escape(part.replace(r"\_", "_"), quote=False)
            for at, part in enumerate(parts)
        )

    html = []
    for line in lines:
        parts = [
            f'<span class="{name}">{show(tex, True)}</span>'
            for name, tex in (("left", line.left), ("right", line.right))
            if tex
        ]
        if line.words:
            name = "reason" if parts else "said"
            parts.append(f'<span class="{name}">{words(line.words)}</span>')
        html.append(f'<div class="line">{" ".join(parts)}</div>')
    html += [f'<div class="verdict">{words(text)}</div>' for text in verdict]
    return "\n".join(html)

"""What axe-core and a screen reader find: no barrier, an outline, formulas that can be heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from browsing import fold, listed

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

OUTLINE = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, [role=heading]')]
  .filter(isSeen)
  .map(e => [Number(e.getAttribute('aria-level') ?? e.tagName[1]), e.innerText, placeOf(e)])"""


def violations(page) -> list[str]:
    """Return what axe-core objects to: the rule, the place, and the reason."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # It says nothing of the contrast of a text that stands on a picture, such as a shadow.
    bare = page.add_style_tag(content="* { background-image: none !important }")
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    bare.evaluate("e => e.remove()")
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def test_axe_finds_no_violation(visit):
    fold(visit.page, opened=True)
    found = violations(visit.page)
    assert not found, listed(f"{visit}, {len(found)} violations", found)


@pytest.mark.widths(390, 1280)
def test_headings_descend_in_order_from_a_single_one(visit):
    fold(visit.page, opened=True)
    outline = visit.page.evaluate(OUTLINE)
    titles = [text for level, text, place in outline if level == 1]
    assert len(titles) == 1 and titles[0].strip(), f"{visit}: headings of level 1: {titles}"
    before = 1
    for level, text, place in outline:
        assert level <= before + 1, f"{visit}: {text!r} jumps from {before} to {level} at {place}"
        assert text.strip("#¶ \n"), f"{visit}: a heading without text at {place}"
        before = level


@pytest.mark.widths(1280)
def test_every_formula_can_be_heard(visit):
    """Chromium's own tree for screen readers holds each formula, as mathematics."""
    fold(visit.page, opened=True)
    session = visit.page.context.new_cdp_session(visit.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    heard = [n for n in nodes if not n["ignored"] and n["role"]["value"] == "MathMLMath"]
    shown = visit.page.evaluate("[...document.querySelectorAll('.katex')].filter(isSeen).length")
    assert len(heard) == shown, f"{visit}: {shown} formulas are shown, {len(heard)} are heard"

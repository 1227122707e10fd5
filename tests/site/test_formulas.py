"""The displayed formulas: on a phone they are read without scrolling, reasons under their lines."""

from __future__ import annotations

import pytest

from browsing import fold, listed

WIDE = """() => [...document.querySelectorAll('article .formula')]
  .filter(e => isSeen(e) && e.scrollWidth > e.clientWidth)
  .map(e => `${placeOf(e)}: ${e.scrollWidth - e.clientWidth} px are out of sight`)"""
# How far the line ends above its reason, and on the left of it.
REASONS = """() => [...document.querySelectorAll('article .derivation .reason')].map(e => {
  const reason = e.getBoundingClientRect();
  const line = e.previousElementSibling.getBoundingClientRect();
  return {
    place: placeOf(e),
    above: reason.top - line.bottom,
    before: reason.left - line.right,
    aside: (reason.top + reason.bottom - line.top - line.bottom) / 2,
    height: line.height,
  };
})"""


@pytest.mark.widths(390, 1280)
def test_no_formula_scrolls_sideways(visit):
    fold(visit.page, opened=True)
    wide = visit.page.evaluate(WIDE)
    assert not wide, listed(visit, wide)


@pytest.mark.widths(320, 390, 1280)
def test_a_reason_stands_beside_its_line_and_on_a_phone_under_it(visit):
    for reason in visit.page.evaluate(REASONS):
        if visit.width < 576:
            assert reason["above"] >= -1, f"{visit}: {reason}"
        else:
            assert reason["before"] >= 10, f"{visit}: {reason}"
            assert abs(reason["aside"]) < max(reason["height"] / 2, 12), f"{visit}: {reason}"

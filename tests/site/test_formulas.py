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
# Punctuation that begins a line, or a bracket that ends one, with a formula on its other side.
LOOSE = """() => {
  const wrong = [];
  const box = (text, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  };
  const walker = document.createTreeWalker(document.querySelector('article') ?? document.body, 4);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  const words = texts.filter(text => text.data && !text.parentElement.closest('.katex'));
  for (const formula of document.querySelectorAll('article span.math')) {
    if (!isSeen(formula)) continue;
    const bases = [...formula.querySelectorAll('.base')].map(e => e.getBoundingClientRect());
    const to = text => formula.compareDocumentPosition(text);
    const after = words.find(text => to(text) === Node.DOCUMENT_POSITION_FOLLOWING);
    const before = words.findLast(text => to(text) === Node.DOCUMENT_POSITION_PRECEDING);
    if ('.,;:!?)]'.includes(after?.data[0] ?? ' ') && box(after, 0).left < bases.at(-1).right - 9)
      wrong.push(`${placeOf(formula)}: ${after.data.slice(0, 30)}`);
    const last = before?.length - 1;
    if ('(['.includes(before?.data[last] ?? ' ') && box(before, last).right > bases[0].left + 9)
      wrong.push(`${placeOf(formula)}: ${before.data.slice(-30)}`);
  }
  return wrong;
}"""


@pytest.mark.widths(390, 1280)
def test_no_line_begins_with_the_punctuation_behind_a_formula(visit):
    fold(visit.page, opened=True)
    loose = visit.page.evaluate(LOOSE)
    assert not loose, listed(visit, loose)


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

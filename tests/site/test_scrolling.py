"""What scrolls sideways shows it, by a shadow over the edge behind which there is more."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from browsing import listed, settle

SCROLLS = ".bd-article :is(.formula, pre, .pst-scrollable-table-container, .cell_output > .output)"
# The covers over a shadow have the colour of what is behind them, or they would show themselves.
SHOWING = """selector => {
  const probe = document.body.appendChild(document.createElement('i'));
  const colour = text => { probe.style.color = text; return getComputedStyle(probe).color; };
  const found = [];
  for (const element of document.querySelectorAll(selector)) {
    const paper = colour(getComputedStyle(element).getPropertyValue('--paper'));
    let behind = element;
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)')
      behind = behind.parentElement;
    const real = getComputedStyle(behind).backgroundColor;
    if (real !== paper) found.push(`${placeOf(element)}: ${paper} on ${real}`);
  }
  probe.remove();
  return found;
}"""
FIRST = """selector => [...document.querySelectorAll(selector)].find(e =>
  isSeen(e) && !e.closest('.toggle-hidden') && e.scrollWidth > e.clientWidth + 100)"""
EDGE = 12  # pixels
# The course's own formulas fit.
WIDE_FORMULAS = ".bd-article .formula > .katex-display { font-size: 2em }"


@pytest.mark.widths(390, 1280)
def test_a_place_that_does_not_scroll_looks_as_it_would_without(visit):
    found = visit.page.evaluate(SHOWING, SCROLLS)
    assert not found, listed(visit, found)


def edges(place):
    """Return how far the shadow changes the left and the right edge of a place, from 0 to 255."""
    pictures = []
    for image in ("", "none"):
        place.evaluate("(e, image) => (e.style.backgroundImage = image)", image)
        pictures.append(np.asarray(Image.open(io.BytesIO(place.screenshot())).convert("L"), float))
    place.evaluate("e => (e.style.backgroundImage = '')")
    change = np.median(abs(pictures[0] - pictures[1]), axis=0)
    return change[:EDGE].max(), change[-EDGE:].max()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", [".formula", ".cell_input pre", ".pst-scrollable-table-container"])
def test_the_side_on_which_there_is_more_is_shown(opened, kind, theme):
    page = opened("chapters/overflow.html", width=390, theme=theme).page
    page.add_style_tag(content=WIDE_FORMULAS)
    settle(page)
    place = page.evaluate_handle(FIRST, f".bd-article {kind}").as_element()
    last = place.evaluate("e => e.scrollWidth - e.clientWidth")
    for at, more in ((0, [False, True]), (last // 2, [True, True]), (last, [True, False])):
        place.evaluate("(e, at) => (e.scrollLeft = at)", at)
        seen = edges(place)
        assert [change > 20 for change in seen] == more, f"{kind} at {at} of {last} px: {seen}"
        assert all(change < 3 for change, is_more in zip(seen, more, strict=True) if not is_more)

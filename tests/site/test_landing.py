"""A link lands on its heading, and a page that is loaded again shows the same place."""

from __future__ import annotations

import pytest

# Sections whose heading can come to the top of the window, by their ids.
SECTIONS = """() => [...document.querySelectorAll('article section section[id]')]
  .filter(s => s.getBoundingClientRect().top + scrollY
    < document.documentElement.scrollHeight - 2 * innerHeight)
  .map(s => s.id)"""
# Nothing is under way, and for some frames nothing has grown.
STILL = """async () => {
  const size = () => document.readyState + document.fonts.status + scrollY + " "
    + document.documentElement.scrollHeight;
  for (let same = 0, before = ""; same < 5;) {
    await document.fonts.ready;
    await new Promise(requestAnimationFrame);
    same = size() === before && document.readyState === "complete" ? same + 1 : 0;
    before = size();
  }
}"""
OFF = """id => {
  const place = document.getElementById(id), style = getComputedStyle(place);
  const padding = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  return place.getBoundingClientRect().top - parseFloat(style.scrollMarginTop) - padding;
}"""
# The first text in the window, and where in the window it stands.
PLACE = """() => {
  const all = [...document.querySelectorAll('article :is(p, li, td)')];
  const at = all.findIndex(p => p.getBoundingClientRect().top > 100);
  return [at, (all[at] ?? document.querySelector('h1')).getBoundingClientRect().top];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_from_elsewhere_and_one_in_the_page_land_on_their_heading(opened, name, width):
    page = opened(name, width=width).page
    found = page.evaluate(SECTIONS)
    address = page.url
    for section in found[:: max(1, len(found) // 4)]:
        page.goto("about:blank")
        page.goto(f"{address}#{section}")
        page.evaluate(STILL)
        assert abs(page.evaluate(OFF, section)) <= 2, f"{section} from elsewhere"
        page.evaluate("scrollTo(0, 0)")
        page.evaluate("id => { location.hash = ''; location.hash = id; }", section)
        page.evaluate(STILL)
        assert abs(page.evaluate(OFF, section)) <= 2, f"{section} within the page"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_loaded_again_shows_the_same_place(opened, name, width):
    page = opened(name, width=width).page
    page.evaluate(STILL)
    for _ in range(3):  # on a busy machine, the place may come back before the lines are broken
        page.evaluate("scrollTo(0, 0.6 * document.documentElement.scrollHeight)")
        page.evaluate(STILL)
        before = page.evaluate(PLACE)
        page.reload()
        page.wait_for_function(
            "scrollY > 0 || document.documentElement.scrollHeight <= innerHeight"
        )
        page.evaluate(STILL)
        after = page.evaluate(PLACE)
        same = (after[0], round(after[1])) == (before[0], pytest.approx(before[1], abs=3))
        if same:
            break
    assert same, f"{before} before, {after} after"

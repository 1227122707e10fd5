"""Every page in every guise: it loads from one place, fits its screen, and is set."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error

from browsing import LOADED, UNSET, fold, listed

# What Markdown, Sphinx or TeX would leave behind if something were not understood.
RAW = re.compile(r"\$\$|\\\(|\\\[|\\begin\{|\\frac|\?\?\?|\{(?:eq|ref|numref|doc|cite)\b|```|:::")

# What reaches past the right edge, and no element around it lets the reader scroll to it. MathML
# is there to be heard: it is clipped to a point.
PUSHING = """() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  const found = scrollWidth > clientWidth ? [`the page is ${scrollWidth} px wide`] : [];
  const scrolls = e => /auto|scroll/.test(getComputedStyle(e).overflowX);
  for (const element of document.querySelectorAll('main *')) {
    if (element.getBoundingClientRect().right <= clientWidth + 1 || !isSeen(element)) continue;
    if (element.closest('.katex-mathml, .visually-hidden, svg *')) continue;
    let around = element.parentElement;
    while (around && !scrolls(around)) around = around.parentElement;
    if (!around || around === document.body) found.push(placeOf(element));
  }
  return found.slice(0, 5);
}"""

TEXT = """() => {
  const copy = document.querySelector('main').cloneNode(true);
  const quoted = 'pre, code, script, style, .katex, svg';
  for (const element of copy.querySelectorAll(quoted)) element.remove();
  return copy.textContent;
}"""


def test_it_loads_whole_and_from_its_own_server_without_a_complaint(visit):
    missing = visit.page.evaluate(LOADED)
    assert not missing, listed(f"{visit}, pictures that do not show", missing)
    visit.page.wait_for_load_state("networkidle")
    assert not visit.wrong, listed(visit, visit.wrong)


def test_it_shows_in_the_theme_that_the_reader_prefers(visit):
    assert visit.page.evaluate("document.documentElement.dataset.theme") == visit.theme
    paper = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(re.findall(r"\d+", paper)[0])
    assert red > 200 if visit.theme == "light" else red < 60, f"{visit}: paper of {paper}"


@pytest.mark.widths(320, 390, 768, 1280)
def test_it_never_scrolls_sideways(visit):
    for opened in (False, True):
        fold(visit.page, opened=opened)
        state = "unfolded" if opened else "folded"
        pushing = visit.page.evaluate(PUSHING)
        assert not pushing, listed(f"{visit}, {state}, wider than the screen", pushing)


def test_all_formulas_are_set(visit):
    fold(visit.page, opened=True)
    unset = visit.page.evaluate(UNSET)
    assert not unset, listed(f"{visit}, formulas not set", unset)
    raw = RAW.findall(visit.page.evaluate(TEXT))
    assert not raw, listed(f"{visit}, raw TeX or Markdown in the text", raw)
    failed = "[...document.fonts].filter(font => font.status === 'error').map(font => font.family)"
    assert visit.page.evaluate(failed) == [], f"{visit}: fonts that do not load"


def test_a_page_whose_process_has_died_is_opened_anew(opened):
    visit = opened("index.html")
    before = visit.page
    with pytest.raises(Error):
        before.goto("chrome://crash")
    with pytest.raises(Error, match="crashed"):
        before.evaluate("1")
    assert visit.page is not before
    assert visit.page.locator("article h1").is_visible()

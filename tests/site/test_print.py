"""A page on paper: its text alone, unfolded, dark on white, however it looks on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parents[2] / "_build" / "html"
NAMES = sorted(p.relative_to(BUILT).as_posix() for p in BUILT.glob("chapters/*.html"))
# What is seen of the elements that a selector names.
SEEN = """selector => [...document.querySelectorAll(selector)]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length)
  .map(e => e.outerHTML.slice(0, 120))"""
SCREEN_ONLY = "button, input, summary, nav, .bd-sidebar, .headerlink, .prev-next-footer"
FOLDED = """() => [...document.querySelectorAll(".admonition.toggle, details")]
  .filter(box => ![...box.querySelectorAll("p, pre, table")].at(-1).checkVisibility())
  .map(box => box.textContent.trim().slice(0, 60))"""
# The luminance of text and of what it stands on, as WCAG counts it.
FAINT = """() => {
  const channel = c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(v => channel(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll("article :is(p, li, h1, h2, pre span, td, th, figcaption)")]
    .filter(e => e.checkVisibility() && e.textContent.trim() && !e.closest(".katex"))
    .filter(e => 1.05 / (light(getComputedStyle(e).color) + 0.05) < 4.5)
    .map(e => `${e.tagName} ${getComputedStyle(e).color} ${e.textContent.trim().slice(0, 40)}`);
}"""


@pytest.fixture(scope="module", params=NAMES)
def paper(request, browser):
    page = browser.new_page(color_scheme="dark")
    page.goto((BUILT / request.param).as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.emulate_media(media="print")
    yield page
    page.close()


def test_what_waits_for_a_hand_is_not_printed(paper):
    assert paper.evaluate(SEEN, SCREEN_ONLY) == []


def test_solutions_are_unfolded(paper):
    assert paper.locator(".toggle-hidden").count() > 0  # on the screen they are folded
    assert paper.evaluate(FOLDED) == []


def test_the_title_is_printed_once(paper):
    assert len(paper.evaluate(SEEN, "h1")) == 1


def test_a_dark_page_is_printed_dark_on_white(paper):
    white = "rgb(255, 255, 255)"
    assert paper.evaluate("getComputedStyle(document.body).backgroundColor") == white
    assert paper.evaluate(FAINT) == []
    picture = "article figure img:not(.no-invert)"
    assert paper.eval_on_selector(picture, "e => getComputedStyle(e).filter") == "none"

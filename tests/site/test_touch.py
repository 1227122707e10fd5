"""A phone in the hand: what a finger reaches, and what nothing may lie over."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browsing import listed, settle
from softmax_lib.course import CHAPTERS

PHONE = {"width": 390, "has_touch": True, "is_mobile": True}
# Code whose first line ends below its button, however far it is scrolled.
COVERED = """() => [...document.querySelectorAll('button.copybtn')].filter(button => {
  if (!isSeen(button)) return false;
  const code = button.parentElement.querySelector('pre');
  code.scrollLeft = code.scrollWidth;
  const first = document.createRange();
  first.selectNodeContents(code);
  const line = [...first.getClientRects()].filter(b => b.width && b.height);
  const top = Math.min(...line.map(b => b.top));
  const right = Math.max(...line.filter(b => b.top < top + 5).map(b => b.right));
  code.scrollLeft = 0;
  return right > button.getBoundingClientRect().left;
}).map(placeOf)"""
# Arrows of folds that leave the title in which they stand.
OUTSIDE = """() => [...document.querySelectorAll('.toggle-button')].filter(button => {
  if (!isSeen(button)) return false;
  const title = button.closest('.admonition-title').getBoundingClientRect();
  const arrow = button.getBoundingClientRect();
  return arrow.top < title.top - 3 || arrow.bottom > title.bottom + 3;
}).map(placeOf)"""
# Titles of folds that run into the button, at whatever width of the screen.
OVERLAID = """() => [...document.querySelectorAll('.toggle-button')].filter(button => {
  const title = document.createRange();
  title.setStart(button.closest('.admonition-title'), 0);
  title.setEndBefore(button);
  const { left, top, bottom } = button.getBoundingClientRect();
  return isSeen(button) && [...title.getClientRects()].some(
    line => line.width && line.right > left && line.bottom > top + 2 && line.top < bottom - 2);
}).map(placeOf)"""
# Parts of a report that stand beside their names instead of below, where half the width is lost.
BESIDE = """() => [...document.querySelectorAll('.text_html li > dl > dd')].filter(said => {
  const name = said.previousElementSibling.getBoundingClientRect();
  return isSeen(said) && said.getBoundingClientRect().top < name.bottom - 1;
}).map(placeOf)"""

# What of an explorer is cut off, however its logits stand: columns, and words of a picture.
CUT = """explorer => {
  const wrong = [];
  const [table, sliders] = ['.numbers', 'tbody input'].map(s => [...explorer.querySelectorAll(s)]);
  for (const logits of [[10, 1, -3], [-10, 1, 10], [10, 10, 10], [2.1, 9.9, -9.9]]) {
    logits.forEach((value, n) => {
      sliders[n].value = value;
      sliders[n].dispatchEvent(new Event('input', { bubbles: true }));
    });
    if (table[0].scrollWidth > table[0].clientWidth) wrong.push(`the table at ${logits}`);
  }
  for (const words of explorer.querySelectorAll('svg text')) {
    const { left, right } = words.getBoundingClientRect();
    const frame = words.closest('svg');
    const { overflow } = getComputedStyle(frame);
    const room = overflow === 'visible' ? document.body : frame;
    const { left: from, right: to } = room.getBoundingClientRect();
    if (left < from || right > to) wrong.push(words.textContent);
  }
  return wrong;
}"""


@pytest.fixture(params=[each.name for each in CHAPTERS])
def chapter(request, opened):
    visit = opened(f"chapters/{request.param}.html", **PHONE)
    settle(visit.page)
    return visit


@pytest.mark.parametrize("found", [COVERED, OUTSIDE, BESIDE], ids=["covered", "outside", "beside"])
def test_nothing_lies_over_text_or_takes_its_room(chapter, found):
    wrong = chapter.page.evaluate(found)
    assert not wrong, listed(chapter, wrong)


def test_the_title_of_a_fold_ends_before_its_button(opened, name):
    page = opened(name).page
    for width in (390, 768, 1000, 1200, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wrong = page.evaluate(OVERLAID)
        assert not wrong, listed(f"{name} at {width} px", wrong)


def test_an_output_is_not_covered_by_a_button(chapter):
    expect(chapter.page.locator("button.copybtn").first).to_be_visible()
    assert not chapter.page.locator(".cell_output button.copybtn:visible").count()


def test_a_tap_anywhere_on_its_title_opens_a_solution(chapter):
    solution = chapter.page.locator(".admonition.solution").first
    title = solution.locator(".admonition-title")
    box = title.bounding_box()
    for x in (20, box["width"] / 2, box["width"] - 20):
        expect(solution.locator("section, p:not(.admonition-title)").first).to_be_hidden()
        title.tap(position={"x": x, "y": 12})
        expect(solution.locator("section, p:not(.admonition-title)").first).to_be_visible()
        title.tap(position={"x": x, "y": 12})
    assert "#" not in chapter.page.url
    assert not chapter.wrong, listed(chapter, chapter.wrong)


def test_the_chapters_bear_the_numbers_that_the_contents_give_them(opened):
    page = opened("index.html").page
    found = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in found}

    def words(node):
        if node.get("role", {}).get("value") == "StaticText":
            return [node["name"]["value"]]
        return [word for child in node.get("childIds", []) for word in words(nodes[child])]

    terms = [" ".join(words(n)) for n in found if n.get("role", {}).get("value") == "term"]
    assert terms == [f"{number} {each.title}" for number, each in enumerate(CHAPTERS, start=1)]


def test_the_menu_of_downloads_says_what_each_does(opened):
    page = opened("chapters/definition.html", **PHONE).page
    page.get_by_role("button", name="Download this page").tap()
    for words in ("The notebook, .ipynb", "Print, or save as PDF"):
        expect(page.locator(".dropdown-menu").get_by_text(words, exact=True)).to_be_visible()


def test_an_explorer_shows_all_of_its_numbers(chapter):
    for explorer in chapter.page.locator("softmax-explorer[data-ready]").all():
        cut = explorer.evaluate(CUT)
        assert not cut, listed(chapter, cut)


def test_text_of_twice_the_size_leaves_the_buttons_and_the_page_in_sight(opened, name):
    visit = opened(name, width=390)
    visit.page.add_style_tag(content="html { font-size: 200% }")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in visit.page.locator(".bd-header-article button:visible").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= 390, button.get_attribute("aria-label")


def test_a_slider_is_as_high_as_a_finger_needs(opened):
    page = opened("chapters/definition.html", **PHONE).page
    heights = page.locator("softmax-explorer[data-ready] input[type=range]:visible").evaluate_all(
        "all => all.map(slider => slider.getBoundingClientRect().height)"
    )
    assert heights and min(heights) >= 24  # WCAG 2.2, 2.5.8

"""What is told by colour is told by something else as well; the figures are read elsewhere."""

from __future__ import annotations

import io
from collections import defaultdict

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from browsing import fold, listed
from explorers import EXPLORERS, PAGE

# Links beside words that are none, and nothing but their colour says that they are links.
UNMARKED = """() => {
  const text = 'p, li, dd, dt, td, th, figcaption, caption, h1, h2, h3, h4, div';
  const isMarked = e => {
    const s = getComputedStyle(e);
    const line = s.textDecorationLine.includes('underline') && s.textDecorationColor !== faded;
    return line || s.borderBottomStyle !== 'none' && s.borderBottomWidth !== '0px';
  };
  const faded = 'rgba(0, 0, 0, 0)';
  return [...document.querySelectorAll('article a[href]:not(.headerlink)')].filter(link => {
    const around = link.closest(text).cloneNode(true);
    for (const each of around.querySelectorAll('a')) each.remove();
    const beside = /\\p{L}/u.test(around.textContent);
    return isSeen(link) && beside && ![link, ...link.querySelectorAll('*')].some(isMarked);
  }).map(link => `${placeOf(link)}: ${link.textContent}`);
}"""
# How each box looks, and the first word in it.
BOXES = """() => [...document.querySelectorAll('article .admonition')].map(box => {
  const { borderLeftColor, backgroundColor } = getComputedStyle(box);
  const title = box.querySelector(':scope > .admonition-title') ?? box;
  return [`${borderLeftColor} on ${backgroundColor}`, title.innerText.match(/\\p{L}*/u)[0]];
})"""
# Reports have a rule of one colour or another; what they say is read without it.
REPORTS = """() => [...document.querySelectorAll('article div[style*="border-left"]')]
  .filter(report => report.querySelector('strong + ul'))
  .map(report => [
    report.style.borderLeftColor,
    report.querySelector('strong').innerText,
    [...report.querySelectorAll('ul > li')].map(law => law.innerText.trim()[0]),
  ])"""
HERE = """() => {
  const look = link => {
    const { fontWeight, boxShadow, borderLeftWidth } = getComputedStyle(link);
    return [fontWeight, boxShadow === 'none', borderLeftWidth].join();
  };
  const links = [...document.querySelectorAll('nav.bd-links a')];
  const others = new Set(links.filter(e => !e.matches('.current')).map(look));
  return links.filter(e => e.matches('.current')).map(e => !others.has(look(e)));
}"""
VERDICTS = {"rgb(213, 94, 0)": "not yet", "rgb(0, 158, 115)": "passed"}


@pytest.mark.widths(390, 1280)
def test_links_in_the_text_are_underlined(visit):
    fold(visit.page, opened=True)
    found = visit.page.evaluate(UNMARKED)
    assert not found, listed(f"{visit}, links that are told by their colour alone", found)


@pytest.mark.widths(1280)
def test_boxes_that_look_different_say_what_they_are(visit):
    fold(visit.page, opened=True)
    words = defaultdict(set)
    for look, word in visit.page.evaluate(BOXES):
        assert word, f"{visit}: a box of {look} begins with no word"
        words[word].add(look)
    mixed = [f"{word}: {sorted(looks)}" for word, looks in words.items() if len(looks) > 1]
    assert not mixed, listed(f"{visit}, one word for boxes of two looks", mixed)


@pytest.mark.widths(1280)
def test_reports_say_in_words_and_signs_what_their_colour_says(visit):
    reports = visit.page.evaluate(REPORTS)
    if visit.name.startswith("chapters/"):
        assert len({colour for colour, *_ in reports}) == 2, f"{visit}: {len(reports)} reports"
    for colour, verdict, signs in reports:
        assert VERDICTS[colour] in verdict, f"{visit}: {verdict}"
        assert ("✗" in signs) is (VERDICTS[colour] == "not yet"), f"{visit}: {verdict}: {signs}"
        assert {*signs} & {"✓", "✗"}, f"{visit}: {verdict}: {signs}"


@pytest.mark.widths(1280)
def test_the_contents_show_where_one_is(visit):
    shown = visit.page.evaluate(HERE)
    assert all(shown), f"{visit}: the colour alone shows which page this is"
    if visit.name.startswith(("chapters/", "reference/")):
        assert shown, f"{visit}: the contents do not show which page this is"


@pytest.fixture
def explorer(opened):
    """Return a function that opens the page of all explorers and gives one of them."""
    page = opened(PAGE).page
    views = list(EXPLORERS)
    return lambda view: page.locator("softmax-explorer").nth(views.index(view))


@pytest.mark.parametrize("view", ["cross-entropy", "backprop"])
def test_an_explorer_marks_the_true_class_with_a_sign(explorer, view):
    signs = "all => all.map(th => getComputedStyle(th, '::after').content.includes('✓'))"
    names = explorer(view).locator("tbody th")
    assert names.evaluate_all(signs) == [False, True, False]
    explorer(view).get_by_role("combobox").select_option("bird")
    assert names.evaluate_all(signs) == [False, False, True]


def test_the_lines_of_an_explorer_differ_in_their_strokes(explorer):
    strokes = {
        explorer("cross-entropy")
        .locator(f"svg path.{line}")
        .first.evaluate("e => getComputedStyle(e).strokeDasharray")
        for line in ("right", "wrong", "slope")
    }
    assert len(strokes) == 3, strokes


def test_push_and_pull_stand_on_two_sides_in_the_explorer_and_in_its_key(explorer):
    view = explorer("backprop")
    force = view.locator("tbody td.g > i").first
    lefts = force.evaluate(
        "e => ['::before', '::after'].map(part => parseFloat(getComputedStyle(e, part).left))"
    )
    middle = force.bounding_box()["width"] / 2
    assert lefts[0] + 1 < middle == pytest.approx(lefts[1], abs=0.1)
    borders = """all => all.map(swatch => {
      const { borderLeftStyle, borderRightStyle } = getComputedStyle(swatch);
      return [borderLeftStyle, borderRightStyle];
    })"""
    key = [["none", "solid"], ["solid", "none"]]
    assert view.locator("> p > i").evaluate_all(borders) == key


def test_a_number_out_of_range_says_so(explorer):
    view = explorer("overflow")
    view.get_by_role("slider", name="logit cat").press("End")
    lost = view.locator(".rail i.lost")
    expect(lost).to_have_count(3)
    assert all(text.split()[-1] in ("0", "inf") for text in lost.all_inner_texts())


def coloured(page, view):
    """Return how many pixels of an explorer are neither black nor white nor grey."""
    explorer = page.locator("softmax-explorer").nth([*EXPLORERS].index(view))
    pixels = np.asarray(Image.open(io.BytesIO(explorer.screenshot())).convert("RGB"), int)
    return int((np.ptp(pixels, axis=-1) > 60).sum())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", EXPLORERS)
def test_what_is_drawn_keeps_its_colours_where_the_system_chooses_them(opened, view, theme):
    free, forced = (
        coloured(opened(PAGE, theme=theme, forced_colors=colours).page, view)
        for colours in ("none", "active")
    )
    # The sliders are the system's own.
    assert forced > 0.7 * free > 100

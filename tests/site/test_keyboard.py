"""Without a mouse: the Tab key reaches everything and shows where it is, Enter opens and switches.

What the theme is switched to stays, over a reload, on the next page and in the next window.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browsing import listed

# What the Tab key has to reach, and how each of them looks without the focus.
NOTE_STOPS = """() => {
  window.looks = element => {
    const s = getComputedStyle(element);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor,
      s.textDecorationLine, s.textDecorationThickness].join(' | ');
  };
  const native = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const stops = [...document.querySelectorAll(native)]
    .filter(e => e.tabIndex >= 0 && !e.disabled && isSeen(e));
  window.unfocused = new Map(stops.map(e => [e, looks(e)]));
  window.reached = new Set();
  return stops.length;
}"""
# The element that has the focus: null at the end of the page, else what is wrong with it.
STOP = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const again = reached.has(element);
  reached.add(element);
  const wrong = [], box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  if (!inside) wrong.push('the focus is off the screen');
  if (looks(element) === unfocused.get(element)) wrong.push('nothing shows the focus');
  return { again, wrong: wrong.map(reason => `${placeOf(element)}: ${reason}`) };
}"""
# What turns out not to scroll, once it is drawn, is no stop any more.
MISSED = """[...unfocused.keys()]
  .filter(e => isSeen(e) && e.tabIndex >= 0 && !reached.has(e)).map(placeOf)"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_tab_key_reaches_everything_and_shows_where_it_is(opened, name, width):
    visit = opened(name, width=width)
    page = visit.page
    stops = page.evaluate(NOTE_STOPS)
    wrong = []
    for _ in range(2 * stops + 20):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["again"]:
            break
        wrong += stop["wrong"]
    else:
        pytest.fail(f"{visit}: the Tab key never comes to an end")
    missed = page.evaluate(MISSED)
    assert not missed, listed(f"{visit}, not reached by the Tab key", missed)
    assert not wrong, listed(visit, wrong)


def test_the_first_stop_skips_to_the_text(opened, name):
    page = opened(name).page
    if page.evaluate("document.activeElement !== document.body"):
        page.evaluate("document.activeElement.blur()")  # the search puts the focus into its field
        page.evaluate("getSelection().removeAllRanges(); scrollTo(0, 0)")
        page.locator("#pst-skip-link a").focus()
    else:
        page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip, name).to_be_focused()
    expect(skip, name).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    reached = page.evaluate("placeOf(document.activeElement)")
    inside = page.evaluate("!!document.activeElement.closest('main')")
    assert inside, f"{name}: after the skip link comes {reached}"


def test_what_is_folded_opens_and_closes_by_keyboard(opened, name):
    page = opened(name).page
    for button in page.locator(".toggle-button").all():
        place = f"{name}: {button.evaluate('e => placeOf(e)')}"
        content = button.locator("xpath=ancestor::*[contains(@class, 'toggle')][1]/*[2]")
        button.focus()
        expect(content, place).to_be_hidden()
        page.keyboard.press("Enter")
        expect(content, place).to_be_visible()
        expect(button, place).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Space")
        expect(content, place).to_be_hidden()
    for summary in page.locator("details > summary:visible").all():
        place = f"{name}: {summary.evaluate('e => placeOf(e)')}"
        before = summary.evaluate("e => e.parentElement.open")
        summary.press("Enter")
        assert summary.evaluate("e => e.parentElement.open") is not before, place


def theme_of(page):
    return page.evaluate("document.documentElement.dataset.theme")


@pytest.mark.parametrize("preferred", ["light", "dark"])
def test_the_theme_is_switched_by_keyboard_and_stays(opened, site, preferred):
    page = opened("index.html", theme=preferred).page
    other = {"light": "dark", "dark": "light"}[preferred]
    switch = page.locator(".theme-switch-button:visible")
    for _ in range(3):  # the third way is to follow the system
        switch.press("Enter")
        if theme_of(page) == other:
            break
    assert theme_of(page) == other
    page.reload()
    assert theme_of(page) == other, "a reload forgets the theme"
    page.get_by_role("main").get_by_role("link", name="Overflow").first.click()
    expect(page.locator("h1:visible")).to_contain_text("Overflow")
    assert theme_of(page) == other, "the next page forgets the theme"
    another = page.context.new_page()
    another.goto(site.url + "reference/glossary.html")
    assert theme_of(another) == other, "another window forgets the theme"

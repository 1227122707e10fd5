"""Storage that is blocked, and a script that fails: everything else of a page works."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

CHAPTER = "chapters/overflow.html"
FRAME = '<iframe id="f" sandbox="allow-scripts" src="{}" width="1280" height="800"></iframe>'


@pytest.fixture
def sandboxed(opened, site):
    """A chapter in a frame that may run scripts alone: to ask for storage is an error."""
    visit = opened("404.html")
    page = visit.page
    body = FRAME.format(site.url + CHAPTER)
    page.route("**/outer", lambda route: route.fulfill(content_type="text/html", body=body))
    page.goto(f"{site.url}outer")
    inner = page.frames[1]
    inner.wait_for_load_state()
    inner.locator("h1:visible").wait_for()
    denied = "() => { try { return indexedDB.open('x') && null; } catch (e) { return e.name; } }"
    assert inner.evaluate(denied) == "SecurityError", "storage is not blocked here"
    return visit, inner


def works(frame):
    """Fold, switch the theme, search, and move a slider."""
    button = frame.locator(".toggle-button").first
    content = button.locator("xpath=ancestor::*[contains(@class, 'toggle')][1]/*[2]")
    expect(content).to_be_hidden()
    button.press("Enter")
    expect(content).to_be_visible()
    seen = set()
    for _ in range(3):
        frame.locator(".theme-switch-button:visible").press("Enter")
        seen.add(frame.evaluate("document.documentElement.dataset.theme"))
    assert seen == {"light", "dark"}
    frame.locator(".search-button__button:visible").first.press("Enter")
    expect(frame.locator("#pst-search-dialog")).to_be_visible()
    frame.locator("#pst-search-dialog input").press("Escape")
    slider = frame.locator("softmax-explorer input[type=range]").first
    before = slider.input_value()
    slider.press("ArrowRight")
    assert slider.input_value() != before


def test_without_storage_everything_works(sandboxed):
    visit, frame = sandboxed
    works(frame)
    assert not [text for text in visit.wrong if "storage" in text.lower()]


def test_a_script_that_fails_stops_no_other(opened, site):
    visit = opened("404.html")

    def spoil(route):
        script = route.fetch().text()
        start = script.rindex("try {", 0, script.index("addCopyButtonToCodeCells"))
        spoilt = script[:start] + "try { throw Error('spoilt');" + script[start + len("try {") :]
        route.fulfill(content_type="text/javascript", body=spoilt)

    visit.page.route("**/site.js*", spoil)
    visit.page.goto(site.url + CHAPTER)
    works(visit.page.main_frame)
    assert visit.page.locator(".copybtn").count() == 0
    assert [text for text in visit.wrong if "spoilt" in text]

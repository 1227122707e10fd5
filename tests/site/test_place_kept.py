"""Keys for the next page, and the place last read, which the front page offers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

OFFERED = "article .start a.again"


def test_shift_and_an_arrow_lead_to_the_next_page_and_back(opened):
    page = opened("chapters/overflow.html").page
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1:visible")).to_contain_text("Overflow")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("h1:visible")).to_contain_text("Derivative")
    page.wait_for_load_state()  # until the page has its scripts
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("h1:visible")).to_contain_text("Overflow")


def test_the_keys_are_the_fields_own_while_someone_writes(opened):
    page = opened("chapters/overflow.html").page
    address = page.url
    page.locator("input[type=range]").first.press("Shift+ArrowRight")
    page.keyboard.press("Control+k")
    field = page.locator("#pst-search-dialog input")
    field.fill("softmax")
    for key in ("Shift+ArrowLeft", "Shift+ArrowRight"):
        field.press(key)
    page.wait_for_timeout(300)
    expect(page).to_have_url(address)
    expect(field).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_front_page_offers_the_place_last_read(opened, site, width):
    page = opened("index.html", width=width).page
    assert page.locator(OFFERED).count() == 0
    page.goto(site.url + "chapters/overflow.html#subtract-the-maximum")
    page.goto(site.url + "index.html")
    offered = page.locator(OFFERED)
    expect(offered).to_have_text("Go on reading: Overflow, Subtract the maximum")
    offered.click()
    expect(page.locator("#subtract-the-maximum h2")).to_be_in_viewport()

"""There is one place to search, on every page, and what it finds is what was looked for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browsing import listed

SEARCH = re.compile("search", re.IGNORECASE)


def places_to_search(page):
    """Return what a reader sees, and a screen reader names, as a search: a field or its button."""
    found = [page.get_by_role(role, name=SEARCH) for role in ("searchbox", "button")]
    return [place for places in found for place in places.all() if place.is_visible()]


def look_for(page, word):
    """Type a word where the page offers to search, and return the results."""
    (place,) = places_to_search(page)
    place.click()
    page.get_by_role("searchbox").locator("visible=true").fill(word)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?*")
    return page.locator("#search-results li a")


def follow_to_overflow(page, place):
    results = look_for(page, "overflow")
    expect(results.first, place).to_be_visible(timeout=20_000)
    found = {link.get_attribute("href").split("#")[0].split("?")[0] for link in results.all()}
    assert "chapters/overflow.html" in found, f"{place}: the search finds {sorted(found)}"
    page.locator("#search-results li a[href*='chapters/overflow.html']").first.click()
    expect(page.locator("h1:visible"), place).to_contain_text("Overflow")


def test_each_page_has_exactly_one_search_box(visit):
    assert len(places_to_search(visit.page)) == 1, f"{visit}: {places_to_search(visit.page)}"


def test_the_search_of_every_page_finds_the_chapter_on_overflow(opened, name):
    visit = opened(name)
    follow_to_overflow(visit.page, name)
    assert not visit.wrong, listed(visit, visit.wrong)


@pytest.mark.parametrize("width", [390, 768])
def test_a_narrow_screen_can_search_too(opened, width):
    visit = opened("index.html", width=width, theme="dark")
    follow_to_overflow(visit.page, visit)


def test_a_word_that_is_nowhere_is_not_found(opened):
    page = opened("index.html").page
    results = look_for(page, "xylophone")
    expect(page.locator("#search-results")).to_contain_text("did not match any page")
    assert results.count() == 0


def test_a_chinese_term_is_found_and_leads_to_its_entry(opened):
    page = opened("index.html").page
    for word in ("交叉熵", "交叉"):
        first = look_for(page, word).first
        expect(first, word).to_have_attribute("href", re.compile("#term-cross-entropy"))
        expect(first, word).to_have_text("Glossary > 交叉熵")
    first.click()
    expect(page.locator("#term-cross-entropy")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("word", "section"),
    [
        ("nan", "The formula breaks"),
        ("inf", "Where the exponential lives"),
        ("underflow", "Where the exponential lives"),
        ("mask", "Ruling a class out"),
    ],
)
def test_what_a_broken_softmax_prints_is_found_in_overflow_first(opened, word, section):
    page = opened("index.html").page
    first = look_for(page, word).first
    expect(first).to_have_attribute("href", re.compile(r"chapters/overflow\.html\b.*#"))
    first.click()
    heading = page.locator("h2").filter(has_text=section)
    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < 200


@pytest.mark.parametrize(
    ("word", "chapter", "section"),
    [
        ("sigmoid", "definition", "two-classes-the-sigmoid"),
        (
            "temperature",
            "derivative",
            "the-slope-in-the-temperature",
        ),  # the exercises have it more often
    ],
)
def test_a_hit_leads_to_the_section_that_has_the_word(opened, word, chapter, section):
    page = opened("index.html").page
    look_for(page, word)
    page.locator(f"#search-results a[href$='chapters/{chapter}.html']").first.click()
    heading = page.locator(f"#{section} h2")
    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < 200

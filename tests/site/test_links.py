"""Every link of every page leads somewhere: asked of the pages as the browser has made them."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from urllib.error import HTTPError
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from browsing import built_pages, fold, listed

# An anchor that is not shown, with all there is to unfold unfolded, leads nowhere.
READ = """() => ({
  links: [...document.querySelectorAll('a[href]')].map(a => [a.href, placeOf(a)]),
  anchors: [...document.querySelectorAll('[id]')].map(e => e.id),
  shown: [...document.querySelectorAll('[id]')].filter(isSeen).map(e => e.id),
})"""
HOST = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}")


@pytest.fixture(scope="module")
def read(context_of, site):
    """Return what each page links to, and what it can be linked at."""
    page, found = context_of(1280, "light").new_page(), {}
    for name in built_pages():
        page.goto(site.url + name)
        fold(page, opened=True)
        found[name] = page.evaluate(READ)
    page.close()
    return found


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method="HEAD")) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def why_broken(link: str, site, read) -> str | None:
    """Return what is wrong with a link, if anything is."""
    if not link.startswith(site.url):
        parts = urlsplit(link)
        well_formed = parts.scheme == "https" and HOST.fullmatch(parts.netloc) and " " not in link
        return None if well_formed else "not a well-formed https address"
    address, fragment = urldefrag(link)
    name = unquote(urlsplit(address).path).lstrip("/") or "index.html"
    if name not in read:  # a notebook or the wheel, to be downloaded
        answer = status(address)
        return None if answer == 200 else f"the server answers {answer}"
    if unquote(fragment) in ["", *read[name]["shown"]]:
        return None
    there = unquote(fragment) in read[name]["anchors"]
    return f"{name} {'hides' if there else 'has no'} #{fragment}"


def test_every_link_and_anchor_works(name, site, read):
    links = read[name]["links"]
    assert links, f"{name} has no link at all"
    reasons = {link: why_broken(link, site, read) for link, place in links}
    broken = [f"{place}: {link}: {reasons[link]}" for link, place in links if reasons[link]]
    assert not broken, listed(name, broken)


def test_no_page_has_an_anchor_twice(name, read):
    twice = [anchor for anchor, n in Counter(read[name]["anchors"]).items() if n > 1]
    assert not twice, f"{name}: {twice}"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://example.org", "not a well-formed https address"),
        ("https://example", "not a well-formed https address"),
        ("https://example.org/a", None),
        ("{url}none.html", "the server answers 404"),
        ("{url}index.html#gone", "index.html has no #gone"),
        ("{url}index.html#pst-search-dialog", "index.html hides #pst-search-dialog"),
        ("{url}objects.inv", None),
    ],
)
def test_broken_links_are_seen(link, reason, site, read):
    assert why_broken(link.format(url=site.url), site, read) == reason

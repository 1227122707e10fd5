"""The pages are to be read: with scripts off, and opened from disk, all of it is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browsing import LOADED, UNSET, fold, listed
from test_search import follow_to_overflow

# Without scripts there is no `isSeen` in the page: what a reader is kept from, and where. The note
# on the Run buttons goes with them.
HIDDEN = """() => {
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length;
  const parts = 'h1, h2, h3, p:not(.run-note), li, pre, img, figcaption, .katex-html, table, ' +
    'summary';
  return [...document.querySelectorAll('article')]
    .flatMap(article => [...article.querySelectorAll(parts)])
    .filter(e => !seen(e) && !e.closest('details:not([open])'))
    .map(e => `${e.closest('[id]')?.id}: ${e.tagName} ${e.textContent.slice(0, 40)}`);
}"""
PICTURES = """() => [...document.querySelectorAll('article img')]
  .filter(image => !image.complete || !image.naturalWidth)
  .map(image => image.alt.slice(0, 40))"""


@pytest.mark.parametrize("width", [390, 1280])
def test_with_scripts_off_all_of_it_can_be_read(opened, name, width):
    visit = opened(name, width=width, java_script_enabled=False)
    page = visit.page
    if name != "search.html":
        assert len(page.locator("article").inner_text()) > 100, f"{visit}: no text"
        assert page.locator("h1:visible").count() == 1, f"{visit}: no title"
    else:  # Playwright's way to switch scripts off leaves this hidden; a reader's does not
        assert "JavaScript" in page.locator("main noscript").first.text_content()
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
    missing, hidden = page.evaluate(PICTURES), page.evaluate(HIDDEN)
    assert not missing, listed(f"{visit}, pictures that do not show", missing)
    assert not hidden, listed(f"{visit}, hidden from the reader", hidden)
    for summary in page.locator("article details > summary").all():
        summary.click()
        content = summary.locator("xpath=following-sibling::*").first
        expect(content, f"{visit}: {summary.inner_text()}").to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{visit}: {wide} px wide"
    # Chromium says so of scripts that the page would have preloaded.
    wrong = [mishap for mishap in visit.wrong if not mishap.startswith("csp: ")]
    assert not wrong, listed(visit, wrong)


def test_opened_from_disk_it_reads_the_same(opened, name, site):
    visit = opened(name, url=site.root.as_uri() + "/")
    fold(visit.page, opened=True)
    missing, unset = visit.page.evaluate(LOADED), visit.page.evaluate(UNSET)
    assert not missing, listed(f"{visit}, from disk, pictures that do not show", missing)
    assert not unset, listed(f"{visit}, from disk, formulas not set", unset)
    assert not visit.wrong, listed(f"{visit}, from disk", visit.wrong)


def test_opened_from_disk_it_can_be_searched(opened, site):
    visit = opened("index.html", url=site.root.as_uri() + "/")
    follow_to_overflow(visit.page, "index.html from disk")
    assert not visit.wrong, listed(visit, visit.wrong)

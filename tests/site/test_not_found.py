"""The page for a missing address is at home wherever it is shown."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parents[2] / "_build" / "html"
FOLDER = "/softmax"


class Handler(SimpleHTTPRequestHandler):
    """Serve the site below a folder, and its own page for whatever is missing."""

    def translate_path(self, path):
        inside = path.startswith(f"{FOLDER}/")
        return super().translate_path(path.removeprefix(FOLDER) if inside else "/missing")

    def send_error(self, code, message=None, explain=None):
        body = (BUILT / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(BUILT))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{FOLDER}"
        server.shutdown()


@pytest.mark.parametrize("asked", ["misprint.html", "chapters/misprint.html", "no/such/place/"])
def test_a_missing_page_leads_back(browser, address, asked):
    page = browser.new_page()
    assert page.goto(f"{address}/{asked}").status == 404
    assert page.locator("article h1").inner_text().startswith("This page does not exist")
    # In the site's own style, which has loaded.
    family = page.evaluate("getComputedStyle(document.querySelector('article')).fontFamily")
    assert "Course Serif" in family
    skip = page.locator(".skip-link a").get_attribute("href")
    assert page.evaluate("href => new URL(href, document.baseURI).href", skip) == (
        f"{address}/{asked}#main-content"
    )
    page.locator("article a", has_text="front page").click()
    page.locator("article h1", has_text="Softmax").wait_for()
    assert page.url == f"{address}/index.html"
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("asked", ["misprint.html", "no/such/place/"])
def test_without_scripts_it_can_be_read_and_says_what_to_do(browser, address, asked, theme):
    page = browser.new_page(
        java_script_enabled=False, color_scheme=theme, viewport={"width": 390, "height": 800}
    )
    page.goto(f"{address}/{asked}")
    article = page.locator("article")
    # The frame of the site is of no use here, and would be a heap of bare lists.
    others = "body :is(nav, header, footer, button, input, dialog, .skip-link)"
    assert not [e for e in page.locator(others).all() if e.is_visible()]
    text = page.locator("article p").first.bounding_box()
    assert text["x"] >= 12 and text["x"] + text["width"] <= 390 - 12
    assert "take the last part off the address" in article.inner_text()
    assert "contents" not in article.inner_text()
    # Light, as all of the site is without scripts, whatever the reader prefers.
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    ink = article.evaluate("e => getComputedStyle(e).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 90
    page.close()

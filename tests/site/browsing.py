"""A server for the built site, an ear for what goes wrong on a page, and hands to open folds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

BUILT = Path(__file__).resolve().parents[2] / "_build" / "html"
# For every page: the place of an element, short enough to read in a message.
PLACE = """
window.placeOf = element => {
  const steps = [];
  for (let at = element; at && at !== document.body; at = at.parentElement) {
    if (at.id) { steps.unshift('#' + at.id); break; }
    const classes = (at.getAttribute('class') || '').trim().split(/\\s+/).filter(Boolean);
    const [first] = classes.filter(name => !name.startsWith('toggle'));
    const mark = first ? '.' + first : '';
    const alike = [...(at.parentElement || at).children].filter(e => e.tagName === at.tagName);
    const nth = alike.length > 1 ? `:${alike.indexOf(at) + 1}` : '';
    steps.unshift(at.tagName.toLowerCase() + mark + nth);
  }
  return steps.slice(-5).join(' > ');
};
window.isSeen = element =>
  element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
"""
LOADED = """async () => {
  const pictures = [...document.images].filter(isSeen);
  for (const picture of pictures) picture.loading = 'eager';
  await Promise.allSettled(pictures.map(picture => picture.decode()));
  return pictures.filter(picture => !picture.naturalWidth).map(placeOf);
}"""
UNSET = """() => {
  const wrong = [];
  for (const error of document.querySelectorAll('.katex-error')) {
    wrong.push(`${placeOf(error)}: KaTeX says ${error.title}`);
  }
  for (const formula of document.querySelectorAll('.math')) {
    const [heard, shown] = ['math', '.katex-html'].map(part => formula.querySelector(part));
    const size = shown?.getBoundingClientRect();
    if (!heard?.textContent.trim() || !(size.width > 0 && size.height > 0)) {
      wrong.push(`${placeOf(formula)}: ${formula.textContent.slice(0, 60)}`);
    }
  }
  return wrong;
}"""
# A solution opens by a button in its title, a cell by its summary.
FOLDS = ".toggle-button, details > summary"


def built_pages() -> list[str]:
    """Return every page of the built site, as its address within the site."""
    # The theme leaves templates of its own in _static; they are no pages.
    found = sorted(path.relative_to(BUILT) for path in BUILT.rglob("*.html"))
    return [path.as_posix() for path in found if path.parts[0] != "_static"]


class Site(NamedTuple):
    """The built site: its folder, and its address, which ends in a slash."""

    root: Path
    url: str


class Visit:
    """One page, open in one width and one theme, and what went wrong on it so far.

    `open_page` returns both, the page and the list. Chromium's process of a page may die, seldom
    and for no reason of ours; then the page is opened anew, and the test is run again.
    """

    def __init__(self, open_page: Callable, name: str, width: int, theme: str):
        self.name, self.width, self.theme = name, width, theme
        self._open = open_page
        self._enter()

    def _enter(self) -> None:
        self._page, self.wrong = self._open()
        self._lost = False
        self._page.on("crash", self._lose)

    def _lose(self, *_) -> None:
        self._lost = True

    @property
    def page(self) -> Page:
        if self._lost:
            self._enter()
        return self._page

    def __str__(self) -> str:
        return f"{self.name} at {self.width} px, {self.theme}"


class Handler(SimpleHTTPRequestHandler):
    """Serve files silently, those of the second folder too."""

    protocol_version = "HTTP/1.1"  # one connection for many files

    def __init__(self, *arguments, more: Path, **options):
        self.more = more
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        added = self.more / path.split("?")[0].lstrip("/")
        return str(added) if added.is_file() else super().translate_path(path)

    def log_message(self, *message) -> None:
        """Say nothing: the tests report what matters."""


@contextmanager
def served(root: Path, more: Path):
    """Yield the address at which this machine, and no other, finds the files of both folders."""
    handler = partial(Handler, directory=root, more=more)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def listed(where: object, found: list[str]) -> str:
    """Return the message of a failure: where, and then everything that was found there."""
    return "\n".join([f"{where}:", *found])


def watch(page: Page, origin: str) -> list[str]:
    """Return the list in which every mishap of the page will be written."""
    wrong: list[str] = []

    def requested(request):
        if not request.url.startswith((origin, "data:", "blob:")):
            wrong.append(f"asks another server: {request.url}")

    def answered(response):
        if response.status >= 400:
            wrong.append(f"answered {response.status}: {response.url}")

    def said(message):
        if message.type in ("error", "warning"):
            place = message.location
            where = f"{place['url']}:{place['lineNumber']}"
            wrong.append(f"console, {message.type}: {message.text} ({where})")

    page.on("request", requested)
    page.on("response", answered)
    page.on("console", said)
    page.on("requestfailed", lambda request: wrong.append(f"{request.failure}: {request.url}"))
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("websocket", lambda socket: wrong.append(f"opens a socket: {socket.url}"))
    return wrong


def settle(page: Page) -> None:
    """Draw everything: pictures out of sight otherwise wait for a reader."""
    page.evaluate(
        """async () => {
          for (const image of document.images) image.loading = 'eager';
          await Promise.all([...document.images].map(image => image.decode()));
          await document.fonts.ready;
          for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        }"""
    )


def fold(page: Page, *, opened: bool) -> int:
    """Open or close everything that folds, and return how much of it there is."""
    return page.evaluate(
        """([folds, opened]) => {
          const handles = [...document.querySelectorAll(folds)];
          for (const handle of handles) {
            const details = handle.closest('summary')?.parentElement;
            const box = details ?? handle.closest('.toggle');
            const open = details ? details.open : !box.classList.contains('toggle-hidden');
            if (open !== opened) handle.click();
          }
          return handles.length;
        }""",
        [FOLDS, opened],
    )

"""Live preview: serve the book, and build it again whenever a page or a style has been saved.

The pages in the browser then load themselves again. All builds run in this one process, which has
imported everything once; a change of code is seen after a new start.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jupyter_book.cli.main import main as jupyter_book

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
FOLDERS = (ROOT, ROOT / "chapters", ROOT / "reference", ROOT / "_static")
OFTEN = 0.2  # seconds from one look at the files to the next
NEWS = "/news-after-build-"
RELOAD = '<script>new EventSource("{}{}").onmessage = () => location.reload()</script>'
# Held while a build runs, when pages are missing; told when it is through.
built = threading.Condition()
builds = 0


class Handler(SimpleHTTPRequestHandler):
    """Serves pages that load themselves again after the next build."""

    def do_GET(self) -> None:
        with built:
            if self.path.startswith(NEWS):
                built.wait_for(lambda: builds > int(self.path.removeprefix(NEWS)))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                self.wfile.write(b"data: built\n\n")
                return
            super().do_GET()
            if self.path.endswith((".html", "/")):
                self.wfile.write(RELOAD.format(NEWS, builds).encode())

    def send_header(self, keyword: str, value: str) -> None:
        # The page is longer than its file; it ends with the connection.
        if keyword != "Content-Length":
            super().send_header(keyword, value)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *message) -> None:
        """Say nothing: the builds say what matters."""


def dates() -> dict[Path, int]:
    """Return the files that make the book, and when each was last written."""
    files = (file for folder in FOLDERS for file in folder.glob("[!.]*"))
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}


def build() -> None:
    """Build the book as `make book` does; a mistake is said, and mended by the next build."""
    global builds
    with built:
        options = ["-W", "-n", "--keep-going", "-q"]
        with contextlib.suppress(RuntimeError, SystemExit):
            jupyter_book(["build", str(ROOT), *options], standalone_mode=False)
        builds += 1
        built.notify_all()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the book and build it after each change.")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    with ThreadingHTTPServer(
        ("127.0.0.1", options.port), partial(Handler, directory=BUILT)
    ) as server:
        server.daemon_threads = True
        before = dates()
        build()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"Open http://127.0.0.1:{server.server_port}/ and edit; Ctrl-C ends.", flush=True)
        while True:
            time.sleep(OFTEN)
            try:
                now = dates()
            except FileNotFoundError:  # renamed while it was looked at
                continue
            if now != before:
                before = now
                build()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()

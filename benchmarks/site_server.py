"""A static server like the usual ones: text goes out compressed, and nothing is computed."""

import gzip
import mimetypes
from contextlib import contextmanager
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

# The types that nginx, Apache and the hosts of static pages are commonly set to compress.
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")
LEVEL = 6  # gzip's own default


@cache
def body(path):
    """Return what is sent for a file, and its headers."""
    data = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {"Content-Type": kind}
    if kind.startswith("text/"):
        headers["Content-Type"] += "; charset=utf-8"
    if kind.startswith(TEXT):
        data = gzip.compress(data, LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return data, headers


class Handler(SimpleHTTPRequestHandler):
    """Answers from the folder of its server, over connections that stay open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        folder = self.server.folder
        path = (folder / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        if path.is_dir():
            path /= "index.html"
        if not path.is_relative_to(folder) or not path.is_file():
            self.send_error(404)
            return
        data, headers = body(path)
        self.send_response(200)
        # Fonts of another origin, as a CDN's are, are read only with leave.
        headers |= {"Content-Length": len(data), "Access-Control-Allow-Origin": "*"}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(folder):
    """Serve `folder` at the address that is given, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.folder = Path(folder).resolve()
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

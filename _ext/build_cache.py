"""Sphinx extension: a cache of slow results between builds: stylesheet, formulas, code.

Each result is kept by a digest of all that it is made of, so a clean build gives the same bytes.
The results that a build did not use are forgotten.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import pygments
import sphinx
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

known: dict[str, str] = {}
used: set[str] = set()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def cached(*sources: object) -> Callable:
    """Decorate a function that returns a string; equal arguments have one `repr`.

    `sources` is what else it computes with: files by their path, and versions.
    """
    parts = [source.read_bytes() if isinstance(source, Path) else source for source in sources]
    made_by = digest(repr([sys.version, *parts]).encode())

    def decorate(function: Callable[..., str]) -> Callable[..., str]:
        @wraps(function)
        def look_up(*arguments) -> str:
            key = digest(repr([function.__qualname__, made_by, arguments]).encode())
            if key not in known:
                known[key] = function(*arguments)
            used.add(key)
            return known[key]

        return look_up

    return decorate


def load(file: Path) -> None:
    """Read what earlier builds kept; a file that is not whole is as good as none."""
    known.clear()
    used.clear()
    if file.is_file():
        told, _, results = file.read_bytes().partition(b"\n")
        if told == digest(results).encode():
            known.update(json.loads(results))


def save(file: Path) -> None:
    """Keep what this build used."""
    results = json.dumps({key: known[key] for key in sorted(used)}).encode()
    new = file.with_suffix(".tmp")
    new.write_bytes(digest(results).encode() + b"\n" + results)
    os.replace(new, file)


def cache_highlighting() -> None:
    """Colour each piece of code once; Sphinx colours all of them in every build."""
    colour = PygmentsBridge.highlight_block

    @wraps(colour)
    def look_up(self, source, lang, opts=None, force=False, location=None, **more) -> str:
        @cached(pygments.__version__, sphinx.__version__, self.dest)
        def coloured(source, lang, opts, force, more) -> str:
            return colour(self, source, lang, opts, force, location, **dict(more))

        return coloured(source, lang, opts, force, sorted(more.items()))

    PygmentsBridge.highlight_block = look_up


def setup(app: Sphinx) -> dict[str, bool]:
    # Doctrees are many objects that live to the end: looking through them for garbage again and
    # again takes a quarter of the build.
    gc.set_threshold(1_000_000)
    file = Path(app.outdir).parent / "cache.json"
    load(file)
    cache_highlighting()

    def keep(app: Sphinx, exception: Exception | None) -> None:
        # Who looks a result up does not hear what was said while it was made.
        if exception is None and not app._warncount:
            save(file)

    # After all that is made at the end.
    app.connect("build-finished", keep, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

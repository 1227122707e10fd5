"""Sphinx extension: warning locations as an author looks for them: page, cell and line.

MyST-NB counts the lines of a notebook in ten thousands, one for each cell, and the extensions for
exercises and theorems lose the end of a file's name. Here `.../chapters/overflow.ipynb:120004`
becomes `chapters/overflow.ipynb, cell 12, line 3`, and `.../chapters/overflow.ip.rst` the file.
"""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path

from sphinx.application import Sphinx

CELL = 10_000


def real_file(path: str) -> str:
    """Return `path`, or the notebook or page that it stands for if there is no such file."""
    if not os.path.exists(path):
        for suffix in (".md", ".ipynb"):
            for lost in (".rst", ".ip.rst"):
                if path.endswith(lost) and os.path.exists(path.removesuffix(lost) + suffix):
                    return path.removesuffix(lost) + suffix
    return path


def in_notebook(path: str, line: int) -> str:
    """Return cell and line, counted from 1 as editors do; of an output, the cell alone."""
    number, line = divmod(line, CELL)
    cell = json.loads(Path(path).read_text(encoding="utf-8"))["cells"][number - 1]
    # MyST-NB counts the first line of a cell as the second.
    written = cell["cell_type"] == "markdown" and line > 1
    return f"cell {number}, line {line - 1}" if written else f"cell {number}"


def readable(location: str, root: Path) -> str:
    """Return `location`, as Sphinx has it, for an author who stands in `root`."""
    path, line = re.fullmatch(r"(.*?):?(\d*)", location).groups()
    path = real_file(path)
    if path.endswith(".ipynb") and line and int(line) >= CELL:
        line = in_notebook(path, int(line))
    if Path(path).is_relative_to(root):
        path = Path(path).relative_to(root).as_posix()
    return f"{path}, {line}" if " " in line else f"{path}:{line}" if line else path


class Places(logging.Filter):
    """Rewrites the location of each warning that passes."""

    def __init__(self, root: Path):
        super().__init__()
        self.root = root

    def filter(self, record: logging.LogRecord) -> bool:
        # sphinx-exercise looks for the missing exercise on another page; the extension "strict"
        # says the same of the right one.
        if record.name == "sphinx.sphinx_exercise.post_transforms":
            return False
        record.msg = re.sub(r"at line: (\d+)\d{4}$", r"in cell \1", str(record.msg), flags=re.M)
        if location := getattr(record, "location", None):
            record.location = readable(location, self.root)
        return True


def setup(app: Sphinx) -> dict[str, bool]:
    for handler in logging.getLogger("sphinx").handlers:
        if handler.level == logging.WARNING:
            # After the filters that Sphinx has put there, which make a text of the location.
            handler.addFilter(Places(Path(app.srcdir)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

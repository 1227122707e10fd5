"""Sphinx extension: code that runs on the page, in Pyodide, if `make runtime` has fetched it.

A cell can run there if it needs NumPy, the library and Python's own modules alone, and so do the
earlier cells whose names it uses. Each page tells its script which these are.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import re
import shutil
import symtable
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / ".runtime"
SOURCES = ROOT / "_ext" / "run"
FOLDER = "_static/run"  # on the site
# What the page's Python has beside its own modules.
PACKAGES = {"numpy", "softmax_lib"}
# Names of `softmax_lib.notebook` that need more.
ELSEWHERE = {"plots", "plt", "figure", "prove"}
SET_UP = "softmax_lib.notebook"
BUILTINS = set(dir(builtins))
# Modules: a call of what is in them changes nothing.
COMMON = {"np", "check", "plt", "plots", "ax", "fig"}
NOTE = (
    "Code with a Run button below it can be changed and run on this page. The first run loads some "
    "{size:.0f}\N{NO-BREAK SPACE}MB of Python, which stays in this browser; your changes do, too. "
    "NumPy gives no warnings here."
)
CELL = re.compile(r'<div class="cell(?: tag_[\w-]+)* docutils container">')
LEARN = re.compile(r'<div class="learn admonition">(?:(?!<div).)*?</div>', re.DOTALL)


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a cell imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def names_of(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads from outside itself, and those that it binds."""
    read, bound = set(), set()
    tables = [symtable.symtable(ast.unparse(statement), "<cell>", "exec")]
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                read |= {symbol.get_name()} if symbol.is_referenced() else set()
                binds = symbol.is_assigned() or symbol.is_imported()
                bound |= {symbol.get_name()} if binds else set()
    augmented = {
        node.target.id
        for node in ast.walk(statement)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    if isinstance(
        statement, ast.FunctionDef | ast.For | ast.With | ast.Try | ast.Import | ast.ImportFrom
    ):
        read -= bound - augmented  # it binds them before it reads them
    return read | (augmented & bound), bound  # a function's own names are its own


def changed_by(tree: ast.AST) -> set[str]:
    """Return the names whose value may be changed in place: by an index, or by a method."""
    found = set()
    for node in ast.walk(tree):
        target: ast.AST | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            target = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            target = called.value if isinstance(called, ast.Attribute) else None
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            found.add(target.id)
    return found


def reads_and_binds(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the names that a cell takes from earlier ones, and those that it leaves to later."""
    wanted, left = set(), set()
    for statement in tree.body:
        read, bound = names_of(statement)
        wanted |= read - left
        left |= bound
    return wanted - BUILTINS, left


class Cell:
    """A cell, or a statement of one: its code, and what of other cells it needs."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.tree = ast.parse(code)
        self.wanted, self.left = reads_and_binds(self.tree)
        modules = set(imported(self.tree))
        if SET_UP in modules:
            self.left |= set(importlib.import_module(SET_UP).__all__)
        self.changed = changed_by(self.tree) - COMMON
        everywhere = all(m.split(".")[0] in PACKAGES | sys.stdlib_module_names for m in modules)
        self.can = everywhere and not self.wanted & ELSEWHERE


class Piece(NamedTuple):
    """What must run before a cell: another cell, or one statement of it."""

    number: int
    statement: int  # -1 for the whole cell
    code: str


def needs(sources: list[str]) -> dict[int, list[int | str]]:
    """Return, for each cell that can run on a page, what must run before it.

    That is the numbers of earlier cells, and single statements of those that cannot run there: a
    cell that draws may have made the array that it draws.
    """
    cells = [Cell(source) for source in sources]
    found: dict[int, set[Piece]] = {}
    for number, cell in enumerate(cells):
        before = _before(cell, number, cells, found) if cell.can else None
        if before is not None:
            found[number] = before
    return {
        number: [p.number if p.statement < 0 else p.code for p in sorted(before)]
        for number, before in found.items()
    }


def _before(
    cell: Cell, number: int, cells: list[Cell], found: dict[int, set[Piece]]
) -> set[Piece] | None:
    """Return what a cell needs, or None where that cannot be had."""
    wanted, before = set(cell.wanted), set()
    for n in reversed(range(number)):
        earlier = cells[n]
        if not (earlier.left | earlier.changed) & wanted:
            continue
        if n in found:
            before |= {*found[n], Piece(n, -1, "")}
            wanted -= earlier.left - earlier.wanted
        elif earlier.changed & wanted - earlier.left:
            return None
        else:
            for k, statement in reversed([*enumerate(earlier.tree.body)]):
                own = Cell(ast.unparse(statement))
                if own.left & wanted:
                    if not own.can:
                        return None
                    before.add(Piece(n, k, own.code))
                    wanted = (wanted - own.left) | own.wanted
    return None if wanted else before


def parts() -> dict[str, Path]:
    """Return the files of the runtime, as `parts.json` knows them; none if it is not there."""
    if not MADE.is_dir():
        return {}
    pinned = json.loads((SOURCES / "parts.json").read_text(encoding="utf-8"))
    found = {file.name: file for file in MADE.iterdir()}
    wrong = [
        name
        for name in sorted({*pinned, *found})
        if name not in pinned
        or name not in found
        or sha256(found[name].read_bytes()).hexdigest() != pinned[name]["sha256"]
    ]
    if wrong:
        raise ExtensionError(
            f"{MADE.name}/{wrong[0]} is not what `make runtime` makes: run it again"
        )
    return found


def tell_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Tell a chapter's script which of its cells can run."""
    file = Path(app.env.doc2path(pagename))
    if file.suffix != ".ipynb" or not app.runtime:
        return
    notebook = nbformat.read(file, as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = len(CELL.findall(context["body"]))
    if shown != len(sources):
        raise ExtensionError(
            f"{pagename}: {shown} cells are on the page, {len(sources)} in the file"
        )
    pinned = json.loads((SOURCES / "parts.json").read_text(encoding="utf-8"))
    size = sum(part["compressed"] for part in pinned.values())
    told = {
        "needs": needs(sources),
        "silent": [n for n, source in enumerate(sources) if SET_UP in source],
        "folder": f"{'../' * pagename.count('/')}{FOLDER}/",
    }
    text = json.dumps(told).replace("<", "\\u003c")
    # What a script adds at the top of a page is painted late, and pushes down what stands there.
    note = f'<p class="run-note">{NOTE.format(size=size / 1e6)}</p>'
    context["body"] = LEARN.sub(rf"\g<0>{note}", context["body"], count=1)
    context["body"] += f'<script type="application/json" id="runnable">{text}</script>'
    app.add_js_file("run.js", loading_method="defer")


def publish(app: Sphinx, exception: Exception | None) -> None:
    """Put the runtime on the finished site, with the library's wheel and where sections are."""
    if exception is not None or app.builder.format != "html" or not app.runtime:
        return
    from softmax_lib.check import Section
    from softmax_lib.course import sections

    static, folder = Path(app.outdir, "_static"), Path(app.outdir, FOLDER)
    folder.mkdir()
    sizes = {}
    (wheel,) = static.glob("softmax_lib-*.whl")
    for file in [*app.runtime.values(), wheel]:
        if file.name == "lock.json":
            continue
        if file.name != "editor.js":
            sizes[file.name] = file.stat().st_size
        shutil.copyfile(file, folder / file.name)
    labels = app.env.get_domain("std").anonlabels
    places = {
        Section(label).link: f"{app.builder.get_target_uri(labels[label][0])}#{labels[label][1]}"
        for label in sections()
        if label in labels
    }
    manifest = {
        "files": sizes,
        "lock": app.runtime["lock.json"].read_text(encoding="utf-8"),
        "sections": places,
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def prepare(app: Sphinx) -> None:
    app.runtime = parts()
    if app.runtime:
        app.config.html_static_path.append(str(SOURCES / "run.js"))
    else:
        logger.info("Code on the pages will not run: `make runtime` fetches what it needs.")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", prepare)
    app.connect("html-page-context", tell_page, priority=800)
    # After the bundles are made, which sweep all other scripts away, and after the wheel.
    app.connect("build-finished", publish, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

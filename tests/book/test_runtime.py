"""Python for the pages: what is fetched is what is pinned, and what cells need is found."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import nbformat
import pytest
from sphinx.errors import ExtensionError

import runnable
import runtime
from softmax_lib.course import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "_ext" / "run"
SET_UP = "from softmax_lib.notebook import *"


# ---- what a cell needs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        # A name comes from the cell that bound it last, and brings what that one needs.
        (
            [SET_UP, "a = np.ones(2)", "b = 2 * a", "print(b)"],
            {0: [], 1: [0], 2: [0, 1], 3: [0, 1, 2]},
        ),
        ([SET_UP, "z = 1", "z = 2", "print(z)"], {0: [], 1: [], 2: [], 3: [2]}),
        # What a cell binds itself comes from nowhere else, in a loop or a comprehension neither.
        ([SET_UP, "z = 1", "for z in (1, 2):\n    print(z)"], {0: [], 1: [], 2: []}),
        ([SET_UP, "z = 1", "print([z for z in (1, 2)])"], {0: [], 1: [], 2: []}),
        # What is changed in place is changed.
        ([SET_UP, "a = [1]", "a.append(2)", "print(a)"], {0: [], 1: [], 2: [1], 3: [1, 2]}),
        ([SET_UP, "a = [1]", "a[0] = 2", "print(a)"], {0: [], 1: [], 2: [1], 3: [1, 2]}),
        ([SET_UP, "n = 1", "n += 1", "print(n)"], {0: [], 1: [], 2: [1], 3: [1, 2]}),
        # A function's own names are its own; the others are the page's.
        (
            [SET_UP, "k = 2", "def f(x):\n    y = k * x\n    return y", "f(1)"],
            {0: [], 1: [], 2: [1], 3: [1, 2]},
        ),
        ([SET_UP, "def f(x):\n    x -= 1\n    return x"], {0: [], 1: []}),
        # Of a cell that draws, the statement that is needed, and what that needs.
        (
            [SET_UP, "z = np.ones(2)\nw = z + 1\nfig, ax = figure(2)\nplt.show()", "print(w)"],
            {0: [], 2: [0, "z = np.ones(2)", "w = z + 1"]},
        ),
        # Other packages are not there, nor what comes from them.
        ([SET_UP, "import scipy\ns = scipy.special.erf(1)", "print(s)"], {0: []}),
        ([SET_UP, "prove('softmax')", "import math", "print(math.pi)"], {0: [], 2: [], 3: [2]}),
        ([SET_UP, "print(nowhere)"], {0: []}),
    ],
)
def test_a_cell_needs_the_earlier_cells_whose_names_it_uses(sources, expected):
    assert runnable.needs(sources) == expected


@pytest.mark.parametrize("name", [each.name for each in CHAPTERS])
def test_what_is_said_to_run_alone_runs_alone(name, monkeypatch):
    """Each cell, with what it needs before it and nothing else, in a namespace of its own."""
    notebook = nbformat.read(ROOT / "chapters" / f"{name}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    found = runnable.needs(sources)
    assert len(found) > len(sources) / 3
    for number, before in found.items():
        names: dict = {}
        for piece in [*before, number]:
            code = sources[piece] if isinstance(piece, int) else piece
            exec(compile(code, f"{name}, cell {number}, {piece}", "exec"), names)


# ---- what is fetched --------------------------------------------------------------------------


def test_a_changed_byte_stops_the_build_by_name(tmp_path, monkeypatch):
    made, sources = tmp_path / ".runtime", tmp_path / "run"
    made.mkdir()
    sources.mkdir()
    files = {"a.wasm": b"a", "b.js": b"b"}
    for name, data in files.items():
        (made / name).write_bytes(data)
    pinned = {n: {"sha256": hashlib.sha256(data).hexdigest()} for n, data in files.items()}
    (sources / "parts.json").write_text(json.dumps(pinned))
    monkeypatch.setattr(runnable, "MADE", made)
    monkeypatch.setattr(runnable, "SOURCES", sources)
    assert runnable.parts().keys() == files.keys()
    (made / "b.js").write_bytes(b"B")
    with pytest.raises(ExtensionError, match=r"\.runtime/b\.js"):
        runnable.parts()
    (made / "b.js").unlink()
    with pytest.raises(ExtensionError, match=r"\.runtime/b\.js"):
        runnable.parts()
    monkeypatch.setattr(runnable, "MADE", tmp_path / "nowhere")
    assert runnable.parts() == {}


def test_a_wheel_that_is_not_that_of_the_lock_is_refused(tmp_path, monkeypatch):
    class Answer:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self):
            return b"wheel"

    monkeypatch.setattr(runtime.urllib.request, "urlopen", lambda *_, **__: Answer())
    entry = {"file_name": "numpy.whl", "sha256": hashlib.sha256(b"wheel").hexdigest()}
    lock = {"packages": {"numpy": entry}}
    assert runtime.numpy_wheel(lock, "1", tmp_path) == ("numpy.whl", b"wheel")
    entry["sha256"] = "0" * 64
    with pytest.raises(SystemExit, match=r"numpy\.whl: its sha256 is .* lock says 0"):
        runtime.numpy_wheel(lock, "1", tmp_path)


def test_the_licences_name_the_versions_that_are_pinned():
    page = (ROOT / "reference" / "licences.md").read_text(encoding="utf-8")
    asked = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))["dependencies"]
    parts = json.loads((SOURCES / "parts.json").read_text(encoding="utf-8"))
    (numpy,) = (re.match(r"numpy-([\d.]+)-cp(\d)(\d+)", n) for n in parts if n.startswith("numpy"))
    for name, version in {
        "Pyodide": asked["pyodide"],
        "CodeMirror, the editor": asked["codemirror"],
        "NumPy, built for Pyodide": numpy[1],
        "CPython, in Pyodide": f"{numpy[2]}.{numpy[3]}",
    }.items():
        assert f"| {name} | {version} |" in page

"""The explorer in a live JupyterLab, whose command mode has other plans for the arrow keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

import softmax_lib as lib
from explorers import column, drag


@pytest.fixture
def lab(tmp_path):
    """Return the address of a JupyterLab of our own, with a notebook of two explorers."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.cells = [
        nbformat.v4.new_code_cell("from softmax_lib.explorer import SoftmaxExplorer"),
        nbformat.v4.new_code_cell("SoftmaxExplorer([3.0, 1.0, -3.0])"),
        nbformat.v4.new_code_cell("SoftmaxExplorer([3.0, 1.0, -3.0], 1, view='backprop')"),
    ]
    root = tmp_path / "root"
    root.mkdir()
    nbformat.write(notebook, root / "try.ipynb")
    folders = {
        f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")
    }
    paths = [str(Path(lib.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={root}"]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen(
            command,
            env={**os.environ, **folders, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdout=log,
            stderr=log,
        )
        try:
            for _ in range(120):
                started = list((tmp_path / "RUNTIME").glob("jpserver-*.json"))
                if started:
                    break
                time.sleep(0.5)
            assert started, (tmp_path / "log").read_text()
            yield json.loads(started[0].read_text())["url"] + "lab/tree/try.ipynb"
        finally:
            server.terminate()
            server.wait(30)


def test_in_jupyterlab_a_slider_is_dragged_and_keeps_its_keys(lab, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 1200})
    page.goto(lab)
    page.get_by_text("| Idle").wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    first, second = (page.locator("softmax-explorer").nth(n) for n in range(2))
    second.get_by_role("button", name="Step").wait_for(timeout=20_000)
    drag(first, "logit 1", 0.2)
    cells = page.locator(".jp-Cell")
    before = column(first, "z")[0], cells.count(), active(page)
    assert before[0] < -4
    # In command mode each of these keys moves to, adds, cuts or runs a cell.
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "a", "b", "x", "j", "Enter"):
        page.keyboard.press(key)
    assert column(first, "z")[0] == pytest.approx(before[0] + 0.3)
    assert (cells.count(), active(page)) == before[1:]
    second.get_by_role("button", name="Step").click()
    assert column(second, "z")[0] == pytest.approx(2.12)
    page.close()


def active(page):
    """Return which cell of a notebook is the active one."""
    every = page.locator(".jp-Cell")
    return every.evaluate_all("all => all.findIndex(e => e.classList.contains('jp-mod-active'))")

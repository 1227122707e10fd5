"""Explorers and chapters in a live JupyterLab, dark and with keys of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Error, expect

import softmax_lib as lib
from explorers import column, drag
from test_figures import contrast, photograph

ROOT = Path(lib.__file__).parent.parent
CHAPTERS = ROOT / "chapters"
CHAPTER = CHAPTERS / "definition.ipynb"
MADE = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
(ARGUMENTS,) = re.findall(r"/jupyter lab \$\$\(test [^)]*\)[^)]*\)(.*)", MADE)
THROUGH = "42 at the end"  # printed by a last cell of the chapter's copy
DARK = "@jupyterlab/apputils-extension/themes.jupyterlab-settings"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Return the address of notebooks in a dark JupyterLab: chapters, and one of two explorers."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.cells = [
        nbformat.v4.new_code_cell("from softmax_lib.explorer import SoftmaxExplorer"),
        nbformat.v4.new_code_cell("SoftmaxExplorer([3.0, 1.0, -3.0])"),
        nbformat.v4.new_code_cell("SoftmaxExplorer([3.0, 1.0, -3.0], 1, view='backprop')"),
    ]
    folder = tmp_path_factory.mktemp("lab")
    root = folder / "root" / "chapters"
    root.mkdir(parents=True)
    (root.parent / "_static").mkdir()
    shutil.copy(ROOT / "_static/speed.svg", root.parent / "_static")
    shutil.copy(ROOT / "references.bib", root.parent)
    nbformat.write(notebook, root / "try.ipynb")
    chapter = nbformat.read(CHAPTER, as_version=4)
    chapter.cells.append(nbformat.v4.new_code_cell("print(6 * 7, 'at the end')"))
    nbformat.write(chapter, root / CHAPTER.name)
    for name in ("cross-entropy", "overflow"):
        shutil.copy(CHAPTERS / f"{name}.ipynb", root)
    theme = folder / "settings" / DARK
    theme.parent.mkdir(parents=True)
    theme.write_text('{"theme": "JupyterLab Dark"}', encoding="utf-8")

    folders = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, **folders, "PYTHONPATH": paths}
    python = [sys.executable, "-m"]
    trust = [*python, "jupyter", "trust", root / CHAPTER.name]
    subprocess.run(trust, env=environment, check=True, capture_output=True)
    command = [*python, "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", *shlex.split(ARGUMENTS)]
    with open(folder / "log", "w") as log:
        place = {"cwd": root.parent, "env": environment}
        server = subprocess.Popen(command, **place, stdout=log, stderr=log)
        try:
            yield address(folder, server) + "lab/tree/chapters/"
        finally:
            server.terminate()
            server.wait(300)  # kernels end first, and a busy machine takes its time


def address(folder, server):
    """Wait until the server has written where it is, the whole of it, and answers there."""
    for _ in range(240):
        assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
        for file in (folder / "RUNTIME").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, OSError):
                url = json.loads(file.read_text(encoding="utf-8"))["url"]
                urllib.request.urlopen(f"{url}api/status", timeout=30).close()
                return url
        time.sleep(0.5)
    raise AssertionError((folder / "log").read_text(encoding="utf-8"))


@pytest.fixture
def notebook(lab, browser):
    """Return a maker of pages, each with one notebook whose kernel waits."""
    made = []

    def make(name):
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        made.append(page)
        page.goto(f"{lab}{name}?reset")  # or the last test's notebook would be open, too
        page.get_by_text("| Idle").wait_for(timeout=90_000)
        return page

    yield make
    for page in made:
        page.close()


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_in_jupyterlab_a_slider_is_dragged_and_keeps_its_keys(notebook):
    page = notebook("try.ipynb")
    run_all(page)
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


def active(page):
    """Return which cell of a notebook is the active one."""
    every = page.locator(".jp-Cell")
    return every.evaluate_all("all => all.findIndex(e => e.classList.contains('jp-mod-active'))")


def test_in_a_dark_jupyterlab_a_figure_lies_on_white_paper(notebook):
    page = notebook(CHAPTER.name)
    figure = page.locator(".jp-RenderedSVG img").first
    figure.scroll_into_view_if_needed()
    assert contrast(photograph(page.locator(".jp-MarkdownCell").first))[1] < 0.05
    seen, paper = contrast(photograph(figure))
    assert paper > 0.95
    assert (seen > 4.5).mean() > 0.01


def test_in_jupyterlab_a_solution_stays_folded_when_all_cells_are_run(notebook):
    page = notebook(CHAPTER.name)
    attempt = page.locator(".jp-CodeCell", has_text="z / z.max")
    gate = page.locator(".jp-MarkdownCell", has_text="Solution to Exercise 2")
    solved = page.locator(".jp-CodeCell", has_text="def solved_softmax")
    passed = page.locator(".jp-OutputArea", has_text="checked as softmax_naive: passed")
    words = page.locator("p", has_text="Subtract the largest logit instead.")
    following = page.locator(".jp-MarkdownCell", has_text="From probabilities back to logits")

    def is_folded():
        gate.scroll_into_view_if_needed()
        for seen in (attempt, following, gate.get_by_role("button", name="4 cells hidden")):
            expect(seen).to_be_visible()
        for unseen in (words, solved, passed):
            expect(unseen).to_be_hidden()

    is_folded()
    run_all(page)
    page.get_by_text(THROUGH).wait_for(timeout=60_000)
    is_folded()
    expect(gate.locator("details")).to_have_count(0)  # what would open, and be empty
    gate.get_by_role("button", name="4 cells hidden").click()
    for seen in (attempt, gate, words, solved, passed, following):
        expect(seen).to_be_visible()


def test_in_jupyterlab_a_report_leads_to_the_section_that_it_names(notebook):
    page = notebook("cross-entropy.ipynb")
    follow(page, "One-hot: why it is called cross-entropy", "One-hot: why")
    # A chapter that was not open opens at its beginning; from then on, its sections are found.
    follow(page, "The confident prediction", "Overflow: the same formula")
    page.locator("h2", has_text="The confident prediction").wait_for(state="attached")
    page.get_by_role("tab", name="cross-entropy.ipynb").click()
    follow(page, "The confident prediction", "The confident prediction")


def follow(page, section, heading):
    """Click a report's link to a section, and wait for a heading to come into view."""
    found = page.get_by_role("heading", name=heading).locator("visible=true")
    link = page.get_by_role("link", name=f"section “{section}”")
    link.scroll_into_view_if_needed()
    expect(found).not_to_be_in_viewport()
    link.click()
    expect(found).to_be_in_viewport(timeout=20_000)


def test_in_jupyterlab_a_text_leads_to_a_section_of_another_chapter(notebook):
    page = notebook("overflow.ipynb")
    heading = page.get_by_role("heading", name="Adding the same number to every logit")
    lead(page, "shift invariance", "definition.ipynb")
    page.locator("h2", has_text="Adding the same number").wait_for(state="attached")
    for _ in range(3):  # what is drawn late may move the heading away
        page.get_by_role("tab", name="overflow.ipynb").click()
        lead(page, "shift invariance", "definition.ipynb")
        with contextlib.suppress(AssertionError):
            return expect(heading.locator("visible=true")).to_be_in_viewport(timeout=10_000)
    raise AssertionError("it does not come into view")


def test_in_jupyterlab_a_citation_without_an_address_leads_to_its_entry(notebook):
    page = notebook(CHAPTER.name)
    lead(page, "Luce, 1959", "references.bib")
    expect(page.get_by_text("% Sources of the course")).to_be_visible(timeout=20_000)


def test_in_jupyterlab_a_picture_from_a_file_is_shown(notebook):
    page = notebook("overflow.ipynb")
    picture = page.get_by_alt_text("SciPy's time divided by ours")
    expect(picture).to_have_js_property("complete", True, timeout=60_000)
    expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=60_000)


def test_in_jupyterlab_a_formula_of_another_chapter_is_named_in_words(notebook):
    page = notebook("overflow.ipynb")
    named = page.locator("p", has_text="Take the logarithm of the definition")
    expect(named).to_contain_text("of the definition, the softmax formula:", timeout=60_000)


def lead(page, words, target):
    """Follow a link of a text; a click may choose its cell alone, or find it drawn anew."""
    link = page.get_by_role("link", name=words, exact=True).first
    tab = page.get_by_role("tab", name=target, selected=True)
    for _ in range(10):
        with contextlib.suppress(Error, AssertionError):
            link.click(timeout=5_000)
            return expect(tab).to_be_visible(timeout=3_000)
    raise AssertionError(f"{words!r} does not lead to {target}")


def test_in_jupyterlab_a_citation_is_read_and_a_hint_is_folded(notebook):
    page = notebook("cross-entropy.ipynb")
    source = page.get_by_role("link", name="Shannon, 1948")
    expect(source).to_have_attribute("href", "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x")
    hint = page.locator("details", has_text="Hint").first
    expect(hint.locator("summary")).to_have_text("Hint", timeout=60_000)
    expect(hint).not_to_have_attribute("open", "")


def test_in_jupyterlab_a_myth_is_another_box_than_what_the_reader_will_learn(notebook):
    page = notebook(CHAPTER.name)
    for kind, box in (("learn", "note"), ("myth", "warning")):
        shown = page.locator(f"aside.{kind}").first
        expect(shown).to_have_class(re.compile(f"myst-admonition-{box}"), timeout=60_000)

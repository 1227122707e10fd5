"""What nbval cannot see in the chapters, and that the rules and the tool for it bite."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks
from chapter_rules import RULES, directives, equations_are_in_the_ledger, is_machinery
from isolation import isolated
from softmax_lib.course import CHAPTERS as LISTED
from softmax_lib.course import chapter
from softmax_lib.symbolic import LEDGER

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
NAMES = [each.name for each in LISTED]


@cache
def stored(path: Path):
    return nbformat.read(path, as_version=4)


def entries_of(name: str) -> dict[str, str]:
    proofs = chapter(name).room("symbolic")
    return {entry.label: entry.tex for entry in proofs.ENTRIES} if proofs else {}


# ---- the chapters ---------------------------------------------------------------------------


def test_the_listed_chapters_are_there():
    assert {path.stem for path in CHAPTERS} == set(NAMES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_keeps_the_rule(path, rule):
    assert rule(stored(path)) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_prints_its_ledger(path):
    notebook = stored(path)
    assert equations_are_in_the_ledger(notebook, entries_of(path.stem)) == []


def text_of(path: Path) -> str:
    return "\n\n".join(cell.source for cell in stored(path).cells if cell.cell_type == "markdown")


def for_the_curious(path: Path) -> list[str]:
    sections = re.split(r"\n(?=\(sec-[\w-]+\)=\n+## )|(?<!=)\n(?=## )", text_of(path))
    return [each for each in sections if re.search(r"(?m)^## For the curious", each)]


def test_what_is_for_the_curious_is_needed_by_no_other_chapter():
    path = ROOT / "chapters/overflow.ipynb"
    assert len(for_the_curious(path)) == 4
    assert not any(for_the_curious(other) for other in CHAPTERS if other != path)
    for section in for_the_curious(path):
        labels = re.findall(r"^\(([\w-]+)\)=|^:label: ([\w-]+)", section, re.MULTILINE)
        names = [name for pair in labels for name in pair if name]
        headings = re.findall(r"^#+ (.*)", section, re.MULTILINE)
        links = [f"{path.name}#heading={heading.replace(' ', '-')}" for heading in headings]
        assert names and links
        for other in (other for other in CHAPTERS if other != path):
            found = [link for link in links if link in text_of(other)]
            found += [name for name in names if re.search(rf"[`<]{name}[`>]", text_of(other))]
            assert not found, f"{other.name} sends to {found}, which is for the curious"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_at_most_three_in_ten_cells_are_machinery(path):
    cells = [c.source for c in stored(path).cells if c.cell_type == "code"]
    assert sum(map(is_machinery, cells)) <= 0.3 * len(cells)


def test_machinery_is_what_has_no_idea_of_its_own():
    for source in ("prove('softmax')", "plots.f(ax)\nplt.show()", "check.softmax(softmax)"):
        assert is_machinery(source)
    for source in ("print(softmax(z))", "def f(z):\n    return z\n\n\ncheck.softmax(f)"):
        assert not is_machinery(source)


def test_every_entry_of_the_ledger_has_a_chapter():
    assert set(LEDGER) == {label for name in NAMES for label in entries_of(name)}


# ---- the rules, on a small notebook ------------------------------------------------------------

TIME = "- **Time** about 5 minutes, and 5 exercises."
TITLE = f"# Title\n\n:::{{admonition}} What you will learn\n:class: learn\n{TIME}\n:::"
EQUATION = "```{math}\n:label: half\np =\n  \\frac{1}{2}\n```\n\n![A bar](bar.svg)"
MYTH = ":::{admonition} Myth: it is so\n:class: myth warning\nNo.\n:::"
HINT = ":::{dropdown} Hint\nLook.\n:::"
POSED = "% <h3>One</h3>\n\n```{exercise} One\n:label: ex-one\nDo it.\n```"
EXERCISE = f"## Exercises\n\n{POSED}\n\n{HINT}"
GATE = "```{solution-start} ex-one\n:label: sol-one\n```"
SOLUTION = f"% <h4>Solution</h4>\n\n{GATE}"
END = "```{solution-end}\n```"
LEDGER_OF_GOOD = {"half": r"p = \frac{1}{2}"}


PAPER = '<g id="patch_1"><path d="M 0 0 z" style="fill: #ffffff"/></g>'


def figure(data: str = f"<svg>{PAPER}</svg>", mime: str = "image/svg+xml"):
    return new_output("display_data", data={mime: data, "text/plain": "<Figure>"})


def report(text: str):
    return new_output("execute_result", data={"text/plain": text}, execution_count=0)


def checked(name: str, function: str):
    """Return the cells of an exercise whose check answers."""
    exercise = EXERCISE.split("\n\n", 1)[1].replace("One", name).replace("ex-one", f"ex-{name}")
    cell = f"def my_{function}(z):\n    return z\n\ncheck.{function}(my_{function})"
    said = f"my_{function}, checked as {function}"
    yield new_markdown_cell(exercise)
    yield new_code_cell(cell, outputs=[report(f"{said}: not yet; ...")])
    yield new_markdown_cell(SOLUTION.replace("one", name))
    cell, said = (text.replace("my_", "solved_") for text in (cell, said))
    yield new_code_cell(cell, outputs=[report(f"{said}: passed, ...")])
    yield new_markdown_cell(END)


def on_paper(name: str) -> str:
    parts = [
        f"```{{{kind}}} {argument}\n:label: {label}-{name}\n:class: dropdown\n```"
        for kind, argument, label in (("exercise", name, "ex"), ("solution", f"ex-{name}", "sol"))
    ]
    return f"\n\n{HINT}\n\n".join(parts)


def good():
    """Return a chapter that keeps every rule."""
    cells = [
        new_markdown_cell(TITLE),
        new_code_cell("from softmax_lib.notebook import *"),
        new_markdown_cell(f"{EQUATION}\n\n{MYTH}"),
        new_code_cell(
            "plt.show()",
            outputs=[figure()],
            metadata={
                "mystnb": {
                    "image": {"alt": "Two bars."},
                    "figure": {"caption": "Two bars.", "name": "fig-bars"},
                }
            },
        ),
        new_markdown_cell(EXERCISE),
        new_markdown_cell(SOLUTION),
        new_code_cell("print(1)", outputs=[new_output("stream", name="stdout", text="1\n")]),
        new_markdown_cell(END),
        *checked("two", "softmax"),
        *checked("three", "hardmax"),
        new_markdown_cell(f"{on_paper('four')}\n\n{on_paper('five')}\n\n## Summary\n\n- Done."),
    ]
    count = 0
    for number, cell in enumerate(cells):
        cell.id = f"good-{number}"
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
    notebook = new_notebook(cells=cells, metadata=notebooks.METADATA)
    notebooks.normalise(notebook)
    return notebook


def replace(number: int, old: str, new: str):
    def change(notebook):
        assert old in notebook.cells[number].source
        notebook.cells[number].source = notebook.cells[number].source.replace(old, new)

    return change


def put(number: int, **fields):
    return lambda notebook: notebook.cells[number].update(fields)


def out(*outputs):
    return put(6, outputs=list(outputs))


def result(text: str):
    return new_output("execute_result", data={"text/plain": text}, execution_count=3)


def metadata(number: int, **fields):
    return lambda notebook: notebook.cells[number].metadata.update(fields)


def without(*keys: str):
    def change(notebook):
        place = notebook.cells[3].metadata["mystnb"]
        for key in keys[:-1]:
            place = place[key]
        del place[keys[-1]]

    return change


BAD = [
    ("executed_in_order", put(1, execution_count=None)),
    ("executed_in_order", put(6, execution_count=2)),
    ("executed_in_order", put(1, execution_count=4)),
    ("stored_by_the_tool", metadata(1, collapsed=True)),
    ("stored_by_the_tool", metadata(1, execution={"iopub.status.busy": "2020-01-01"})),
    ("stored_by_the_tool", lambda n: n.metadata.language_info.update(version="3.11.7")),
    ("stored_by_the_tool", lambda n: n.metadata.kernelspec.update(display_name="mine")),
    ("nothing_looks_away", metadata(6, tags=["nbval-skip"])),
    ("nothing_looks_away", metadata(6, tags=["nbval-ignore-output"])),
    ("nothing_looks_away", metadata(6, tags=["raises-exception"])),
    ("nothing_looks_away", put(6, source="# NBVAL_IGNORE_OUTPUT\nprint(1)")),
    ("no_closing_semicolon", put(6, source="plt.plot(x);\n")),
    ("outputs_are_clean", out(new_output("stream", name="stderr", text="careful"))),
    ("outputs_are_clean", out(new_output("error", ename="E", evalue="no", traceback=[]))),
    ("outputs_are_clean", out(figure("iVBOR", mime="image/png"))),
    ("outputs_are_clean", out(figure("/9j/4", mime="image/jpeg"))),
    ("outputs_are_clean", out(figure("<svg>" + 200_000 * " " + "</svg>"))),
    ("outputs_are_clean", out(result("File('/home/me/x.py')"))),
    ("outputs_are_clean", out(result(r"C:\Users\me"))),
    ("outputs_are_clean", out(result("<object at 0x7f3a5c0b2d90>"))),
    ("no_absolute_path_in_source", put(6, source='open("/tmp/x")')),
    ("figures_are_described", without("image", "alt")),
    ("figures_are_described", without("figure", "caption")),
    ("figures_are_described", without("figure", "name")),
    ("figures_are_described", without("image")),
    ("figures_are_described", put(3, metadata={})),
    ("figures_are_described", put(3, outputs=[figure(), figure()])),
    ("figures_are_described", out(figure())),
    ("figures_have_paper", out(figure(figure().data["image/svg+xml"].replace("#ffffff", "none")))),
    ("figures_have_paper", out(figure("<svg></svg>"))),
    ("imports_are_public", put(6, source="from softmax_lib._engine.arrays import anything")),
    ("imports_are_public", put(6, source="from softmax_lib.overflow import softmax")),
    ("imports_are_public", put(6, source="from softmax_lib import no_such_name")),
    ("imports_are_public", put(6, source="%time 1\nfrom softmax_lib.symbolic import nothing")),
    ("imports_are_public", put(6, source="import softmax_lib\nsoftmax_lib.overflow.softmax")),
    ("set_up_is_one_line", put(1, source="import numpy as np")),
    ("no_cell_opens_with_an_assertion", put(6, source="# So:\n\nassert 1\nprint(1)")),
    ("code_fits_its_box", put(6, source=f"print(1)  # {'x' * 80}")),
    ("tells_its_reading_time", replace(0, "5 minutes", "10 minutes")),
    ("tells_its_reading_time", replace(0, "5 exercises", "6 exercises")),
    ("tells_its_reading_time", lambda n: n.cells.insert(2, new_markdown_cell("so many " * 1000))),
    ("exercises_have_a_hint", replace(4, HINT, "")),
    ("exercises_have_a_hint", replace(4, HINT, f"{HINT}\n\n{HINT}")),
    ("exercises_have_a_hint", replace(4, "{dropdown}", "{admonition}")),
    ("exercises_have_a_hint", lambda n: n.cells.insert(6, new_markdown_cell(HINT))),
    ("opens_with_what_you_will_learn", replace(0, "# Title", "Title")),
    ("opens_with_what_you_will_learn", replace(0, ":class: learn\n", "")),
    ("opens_with_what_you_will_learn", lambda n: n.cells.pop(0)),
    ("ends_with_exercises", replace(4, "## Exercises", "## More")),
    ("ends_with_exercises", replace(-1, "## Summary", "## More")),
    ("ends_with_exercises", lambda n: n.cells.append(new_markdown_cell("## Afterthought"))),
    ("ends_with_exercises", replace(4, "{exercise} One", "{note}")),
    ("ends_with_exercises", replace(4, ":label: ex-one", ":label: ex-two")),
    ("ends_with_exercises", replace(5, ":label: sol-one", ":label: sol-one\n:class: dropdown")),
    ("ends_with_exercises", replace(-1, ":label: sol-four\n:class: dropdown", ":label: sol-four")),
    ("ends_with_exercises", replace(5, "{solution-start} ex-one", "{note} ex-one")),
    ("ends_with_exercises", lambda n: n.cells.pop(7)),
    ("ends_with_exercises", lambda n: n.cells.append(copy.deepcopy(n.cells[5]))),
    ("ends_with_exercises", lambda n: n.cells.insert(1, n.cells.pop(5))),
    ("solutions_fold_in_jupyterlab", replace(5, "% <h4>Solution</h4>\n\n", "")),
    ("solutions_fold_in_jupyterlab", replace(5, "% <h4>Solution</h4>", "`<h4>Solution`")),
    ("solutions_fold_in_jupyterlab", replace(5, GATE, f"{GATE}\n\nSo:")),
    ("solutions_fold_in_jupyterlab", replace(5, "h4>", "h2>")),  # it hides the next exercise
    ("solutions_fold_in_jupyterlab", replace(8, "% <h3>two</h3>\n\n", "")),
    ("solutions_fold_in_jupyterlab", replace(8, "% <h3>two</h3>\n\n```", "```\n<h3>two</h3>\n")),
    ("solutions_fold_in_jupyterlab", lambda n: n.cells.insert(6, new_markdown_cell("#### So"))),
    ("solutions_fold_in_jupyterlab", lambda n: n.cells.insert(8, new_markdown_cell("More."))),
    ("solutions_fold_in_jupyterlab", replace(7, END, f"{END}\n\nMore.")),
    ("solutions_fold_in_jupyterlab", put(17, source="")),
    ("solutions_leave_the_attempt_alone", replace(11, "def solved_", "def my_")),
    ("solutions_leave_the_attempt_alone", replace(11, "(solved_", "(my_")),
    ("solutions_leave_the_attempt_alone", replace(11, "def", "my_softmax = 1\ndef")),
    ("exercises_answer_back", replace(-1, "{exercise} five", "{note} five")),
    ("exercises_answer_back", lambda n: n.cells.pop(9)),  # no attempt before the solution
    ("exercises_answer_back", lambda n: n.cells.pop(11)),  # no solution after the attempt
    ("exercises_answer_back", replace(11, "check.softmax", "r = check.softmax")),
    ("exercises_answer_back", replace(11, "(solved_softmax)", "(solved_softmax).passed\n1")),
    ("exercises_answer_back", put(9, outputs=[report("softmax: passed, all 2 laws hold.")])),
    ("exercises_answer_back", put(11, outputs=[report("f, checked as hardmax: passed, ...")])),
    ("exercises_answer_back", put(11, outputs=[report("softmax: not yet; 1 law holds")])),
    ("exercises_answer_back", put(11, outputs=[])),
    ("pictures_are_described", replace(2, "![A bar]", "![]")),
    ("pictures_are_described", replace(2, "![A bar](bar.svg)", "```{figure} bar.svg\n```")),
    ("pictures_are_described", replace(2, "![A bar](bar.svg)", "```{image} b.svg\n:alt:\n```")),
    ("pictures_are_described", replace(2, "![A bar](bar.svg)", '<img src="bar.svg">')),
    ("pictures_are_described", replace(2, "![A bar](bar.svg)", '<img src="b.svg" alt="">')),
    ("myths_say_so", replace(2, "Myth: it", "It")),
    ("myths_say_so", replace(2, "myth warning", "myth")),
    ("cites_by_links", replace(2, "No.", "No {cite:t}`shannon1948mathematical`.")),
    ("other_labels_have_words", replace(2, "No.", "No, by {eq}`softmax`.")),
    ("other_labels_have_words", replace(2, "No.", "No: see {numref}`the %s <fig-bar>`.")),
    ("other_chapters_are_linked", replace(2, "No.", "{ref}`No <sec-temperature>`.")),
    ("other_chapters_are_linked", replace(2, "No.", "{prf:ref}`No <thm-shift>`.")),
    ("other_chapters_are_linked", replace(2, "No.", "[No](overflow.ipynb#heading=None).")),
    ("other_chapters_are_linked", replace(2, "No.", "[No](overflow.ipynb#sec-max-shift).")),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_chapter_keeps_the_rule(rule):
    assert rule(good()) == []


@pytest.mark.parametrize(
    ("name", "spoil"), BAD, ids=[f"{name}-{at}" for at, (name, _) in enumerate(BAD)]
)
def test_rule_bites(name, spoil):
    notebook = good()
    spoil(notebook)
    (rule,) = [rule for rule in RULES if rule.__name__ == name]
    assert rule(notebook) != []


def test_every_rule_has_been_seen_to_bite():
    assert {name for name, _ in BAD} == {rule.__name__ for rule in RULES}


def test_equal_equations_are_accepted_whatever_their_line_breaks():
    assert equations_are_in_the_ledger(good(), LEDGER_OF_GOOD) == []


@pytest.mark.parametrize(
    ("spoil", "ledger"),
    [
        (replace(2, "{2}", "{3}"), LEDGER_OF_GOOD),
        (replace(2, ":label: half", ":label: other"), LEDGER_OF_GOOD),
        (replace(2, ":label: half\n", ""), LEDGER_OF_GOOD),
        (lambda n: n.cells.append(copy.deepcopy(n.cells[2])), LEDGER_OF_GOOD),
        (lambda n: None, {}),
        (lambda n: None, {**LEDGER_OF_GOOD, "more": "1"}),
        (lambda n: None, {"half": r"p = \frac{1}{3}"}),
    ],
)
def test_equations_apart_from_the_ledger_are_found(spoil, ledger):
    notebook = good()
    spoil(notebook)
    assert equations_are_in_the_ledger(notebook, ledger) != []


def test_directives_inside_directives_are_found():
    theorem = "````{prf:theorem} A\n:label: thm-a\n\n```{math}\n:label: a\nx\n```\n````"
    text = f"{theorem}\n\n:::{{note}}\nb\n:::"
    found = [(d.name, d.argument, d.options, d.body) for d in directives(text)]
    assert found[1:] == [("math", "", {"label": "a"}, "x"), ("note", "", {}, "b")]
    assert found[0][:3] == ("prf:theorem", "A", {"label": "thm-a"})


# ---- the tool that executes and stores --------------------------------------------------------


def write(path: Path, *sources: str, **fields) -> Path:
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources], **fields)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def test_the_tool_stores_outputs_and_changes_nothing_the_second_time(tmp_path):
    loop = "import sys\nfor i in range(3):\n    print(i)\n    sys.stdout.flush()"
    path = write(tmp_path / "small.ipynb", loop, "1 + 1", metadata={"author": "me"})
    assert notebooks.refresh(path)
    stored = path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]
    assert [output.text for output in notebook.cells[0].outputs] == ["0\n1\n2\n"]
    assert notebook.cells[1].outputs[0].data == {"text/plain": "2"}
    assert notebook.metadata == notebooks.METADATA
    assert not notebooks.refresh(path)
    assert path.read_bytes() == stored
    assert [p.name for p in tmp_path.iterdir()] == ["small.ipynb"]


def test_the_heading_above_the_code_of_a_solution_folds_it_in_jupyterlab_and_no_other():
    notebook = good()
    assert [n for n, cell in enumerate(notebook.cells) if cell.metadata] == [3, 5, 10, 15]
    assert notebook.cells[5].metadata == {"jp-MarkdownHeadingCollapsed": True}


def test_a_failing_cell_is_named_and_the_stored_chapter_stays(tmp_path):
    path = write(tmp_path / "small.ipynb", "x = 1", "# head\nx / 0\n")
    before = path.read_bytes()
    with pytest.raises(notebooks.ChapterError) as caught:
        notebooks.refresh(path)
    assert str(caught.value).splitlines() == [
        "small: cell 2 of 2 failed",
        "    | # head",
        "    | x / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["small.ipynb"]


def test_cells_without_an_id_of_their_own_get_the_same_on_each_run(tmp_path):
    path = write(tmp_path / "small.ipynb", "1", "2", "3")
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["cells"][0]["id"] = raw["cells"][1]["id"] = "twice"
    del raw["cells"][2]["id"]
    path.write_text(json.dumps(raw), encoding="utf-8")
    for _ in range(2):
        ids = [cell.id for cell in notebooks.load(path).cells]
        assert ids == ["twice", "small-02", "small-03"]


def test_the_sections_of_the_chapters_are_stored_for_the_library(tmp_path, monkeypatch):
    monkeypatch.setattr(notebooks, "CHAPTERS", tmp_path / "chapters")
    (tmp_path / "chapters").symlink_to(ROOT / "chapters")
    (tmp_path / "softmax_lib").mkdir()
    notebooks.store_sections()
    stored = [folder / "softmax_lib/sections.json" for folder in (tmp_path, ROOT)]
    assert stored[0].read_bytes() == stored[1].read_bytes()


def test_the_tool_names_an_unknown_chapter():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "notebooks.py", "no-such-chapter"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no-such-chapter" in done.stderr


@pytest.fixture
def drawing(tmp_path):
    """Return a notebook whose two cells have, as git knows, a figure and a result."""
    notebook = new_notebook(cells=[new_code_cell("plt.show()"), new_code_cell("1 + 1")])
    notebook.cells[0].outputs, notebook.cells[1].outputs = [figure()], [report("2")]
    nbformat.write(notebook, tmp_path / "small.ipynb")
    commit = ["-c", "user.name=me", "-c", "user.email=me@localhost", "commit", "-q", "-m", "So"]
    for command in (["init", "-q"], ["add", "."], commit):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "small.ipynb"


def run_gives(monkeypatch, *outputs):
    """Let a run end with these outputs, one list a cell."""

    def execute(notebook, name, folder):
        for cell, came in zip(notebook.cells, outputs, strict=True):
            cell.outputs = came

    monkeypatch.setattr(notebooks, "execute", execute)


PNG = figure("iVBOR", mime="image/png")


@pytest.mark.parametrize("known_to_git", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "number", "lost"),
    [
        ([], [report("2")], 1, "image/svg+xml and no text/plain"),
        ([PNG], [report("2")], 1, "image/svg+xml"),
        ([figure()], [], 2, "text/plain"),
    ],
)
def test_a_run_that_lost_an_output_is_not_stored(
    drawing, monkeypatch, known_to_git, first, second, number, lost
):
    if not known_to_git:
        shutil.rmtree(drawing.parent / ".git")
    before = drawing.read_bytes()
    run_gives(monkeypatch, first, second)
    with pytest.raises(notebooks.ChapterError) as caught:
        notebooks.refresh(drawing)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"small: cell {number} of 2 lost an output"
    assert lines[-1].startswith(f"The run gave no {lost}. ")
    assert drawing.read_bytes() == before


def test_an_edited_cell_may_lose_its_output_and_so_may_one_that_was_cleared(drawing, monkeypatch):
    edited = nbformat.read(drawing, as_version=4)
    edited.cells[0].source = "x = 1"
    edited.cells[1].outputs = []
    nbformat.write(edited, drawing)
    run_gives(monkeypatch, [], [])
    assert notebooks.refresh(drawing)
    assert [cell.outputs for cell in nbformat.read(drawing, as_version=4).cells] == [[], []]


# What a user's settings could change: a figure, what a cell shows, how numbers are printed, which
# names there are, how many threads add, whether assertions hold, how Dask cuts, merges and keeps,
# which warnings are shown.
TELLING = (
    "from softmax_lib.plots.style import figure, use_course_style\nuse_course_style()",
    "import matplotlib.pyplot as plt\nfig, ax = figure()\nax.plot([0, 1])\nplt.show()",
    "1\n2",
    "import numpy as np\nnp.array([1 / 3])",
    "[name for name in ('from_startup', 'from_profile') if name in globals()]",
    "import os\nos.environ['OPENBLAS_NUM_THREADS'], __debug__",
    "import dask, distributed\n[dask.config.get(name) for name in "
    + str(["array.chunk-size", "scheduler", "split_every", "distributed.worker.memory.spill"])
    + "] + [dask.config.get('array.svg.size')]",
    "import warnings\nwarnings.warn('x', ResourceWarning)",
)
RC = "axes.grid: True\nfigure.dpi: 200\nbackend: pdf\nlines.linestyle: --\n"
WARNED_OF = "no.such.setting: 1\n"
DASK = (
    "array: {chunk-size: 1kiB}\nscheduler: processes\nsplit_every: 2\n"
    "distributed: {worker: {memory: {spill: 0.1}}}\n"
)


@pytest.fixture
def hostile(tmp_path):
    """Return an environment whose every setting would change an output, and a folder as bad."""
    home, folder = tmp_path / "home", tmp_path / "folder"
    files = {
        "home/.config/matplotlib/matplotlibrc": RC + WARNED_OF,
        "home/.matplotlib/matplotlibrc": RC + WARNED_OF,
        "home/mine": RC + WARNED_OF,
        "folder/matplotlibrc": RC,
        "home/.config/dask/mine.yaml": DASK,
        "home/dask.yaml": DASK,
        "home/.ipython/profile_default/ipython_config.py": (
            "c = get_config()\nc.InteractiveShell.ast_node_interactivity = 'all'\n"
            "c.InlineBackend.rc = {'axes.grid': True}\n"
        ),
        "home/.ipython/profile_default/startup/00.py": (
            "import numpy\nnumpy.set_printoptions(precision=2)\nfrom_profile = 1\n"
        ),
        "home/startup.py": "from_startup = 1\n",
        "home/jupyter/kernels/python3/kernel.json": json.dumps(
            {"argv": ["no-such-program"], "display_name": "Mine", "language": "python"}
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    # Not this one: in an empty folder, Matplotlib would look for its fonts again.
    cache = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return folder, {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CACHE_HOME": cache,
        "XDG_CONFIG_HOME": str(home / ".config"),
        "MPLBACKEND": "Agg",
        "MATPLOTLIBRC": str(home / "mine"),
        "IPYTHONDIR": str(home / ".ipython"),
        "PYTHONSTARTUP": str(home / "startup.py"),
        "PYTHONOPTIMIZE": "1",
        "PYTHONWARNINGS": "always",
        "OPENBLAS_NUM_THREADS": "7",
        "DASK_CONFIG": str(home / "dask.yaml"),
        "DASK_ARRAY__SVG__SIZE": "7",
        "JUPYTER_PATH": str(home / "jupyter"),
    }


def test_no_setting_of_the_user_reaches_a_notebook(hostile, tmp_path, monkeypatch, capsys):
    """Neither by the tool nor by nbval."""
    folder, settings = hostile
    (tmp_path / "plain").mkdir()
    plain = write(tmp_path / "plain/small.ipynb", *TELLING)
    path = Path(shutil.copy(plain, folder))
    notebooks.refresh(plain)
    told = [c.outputs[0].data["text/plain"] for c in nbformat.read(plain, 4).cells[2:7]]
    assert told[:4] == ["2", "array([0.33333333])", "[]", "('1', True)"]
    assert told[4] == "['128MiB', None, 4, 0.7, 120]"

    with monkeypatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        patch.setattr(notebooks, "CHAPTERS", folder)
        patch.setattr(notebooks, "store_sections", lambda: None)  # there is no library beside it
        patch.setattr(sys, "argv", ["notebooks.py", "small"])
        assert notebooks.main() == 0, capsys.readouterr().out
    assert path.read_bytes() == plain.read_bytes()

    (folder / "matplotlibrc").unlink()  # the only one that is read where it is
    shutil.copy(ROOT / "conftest.py", folder)
    options = ["--nbval", "--nbval-current-env"]
    command = [sys.executable, "-m", "pytest", "--rootdir", folder, *options, path]
    del settings["PYTHONOPTIMIZE"]  # pytest itself would hold nothing
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | settings | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tools'}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_environment_is_as_before_afterwards_and_the_other_processor_is_let_through(
    monkeypatch,
):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("DASK_NUM_WORKERS", "1")
    before = dict(os.environ)
    with isolated():
        assert "MPLBACKEND" not in os.environ
        assert [name for name in os.environ if name.startswith("DASK_")] == ["DASK_CONFIG"]
        assert os.environ["OPENBLAS_CORETYPE"] == "Nehalem"
    assert dict(os.environ) == before


def test_what_an_editor_adds_is_taken_away_without_running_anything(tmp_path, monkeypatch, capsys):
    path = write(tmp_path / "small.ipynb", "print(1)")
    notebooks.refresh(path)
    stored = path.read_bytes()
    monkeypatch.setattr(notebooks, "CHAPTERS", tmp_path)
    monkeypatch.setattr(notebooks, "execute", None)
    monkeypatch.setattr(sys, "argv", ["notebooks.py", "--normalise", "chapters/small.ipynb"])
    assert notebooks.main() == 0
    edited = nbformat.read(path, as_version=4)
    edited.metadata.language_info["version"] = "3.13.0"
    edited.cells[0].metadata["execution"] = {"iopub.status.busy": "2020-01-01"}
    nbformat.write(edited, path)
    assert notebooks.main() == 1
    assert capsys.readouterr().out == "normalised: small\n"
    assert path.read_bytes() == stored
    assert notebooks.main() == 0

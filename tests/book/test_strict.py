"""What an author can get wrong fails the strict build, by a message that names page and place.

One small book, made with the course's own settings and extensions, holds each mistake once.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import notebooks
import strict
from warning_places import readable

ROOT = Path(__file__).resolve().parents[2]
PAGE, NOTEBOOK = "chapters/page.md", "chapters/notebook.ipynb"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{}</svg>'
HEAVY = SVG.format(strict.HEAVIEST_PICTURE * " ")

# Wrong in a page and in a notebook's text alike: the block, and what is said of its first line.
ANYWHERE = [
    (r"A macro $\softmx(z)$.", r"KaTeX cannot read \softmx(z): Undefined control sequence"),
    (r"A brace $\frac{1}{2$.", r"KaTeX cannot read \frac{1}{2: Unexpected end of input"),
    ("$$\nx_{i\n$$", "KaTeX cannot read x_{i: Expected '}'"),
    ("```{math}\n\\left( x\n```", r"KaTeX cannot read \left( x: Expected '\right'"),
    (r"A dollar alone $x", "readers would see this as it is typed here: $x"),
    ("[page](gone.md)", "'myst' cross-reference target not found: 'gone.md'"),
    ("[anchor](../index.md#gone)", "local id not found in doc 'index': 'gone'"),
    ("[here](#gone)", "'myst' cross-reference target not found: 'gone'"),
    ("{ref}`gone-section`", "undefined label: 'gone-section'"),
    ("{eq}`gone-equation`", "equation not found: gone-equation"),
    ("{prf:ref}`gone-theorem`", "prf:ref reference target not found: gone-theorem"),
    ("{numref}`gone-figure`", "undefined label: 'gone-figure'"),
    ("{doc}`gone-page`", "unknown document: 'gone-page'"),
    ("{download}`gone.zip`", "download file not readable"),
    ("{cite}`gone2020`", 'could not find bibtex key "gone2020"'),
    ("{term}`gone term`", "term not in glossary: 'gone term'"),
    ("{nosuchrole}`x`", 'Unknown interpreted text role "nosuchrole"'),
    ("```{nosuchdirective}\n```", "Unknown directive type: 'nosuchdirective'"),
    ("{{ gone }}", "Substitution error:UndefinedError: 'gone' is undefined"),
    ("A footnote[^gone].", "readers would see this as it is typed here: [^gone]"),
    ("![](../small.svg)", "no alternative text: small.svg"),
    ("![ ](../small.svg)", "no alternative text: small.svg"),
    ("```{figure} ../small.svg\n\nCaption.\n```", "no alternative text: small.svg"),
    ('<img src="../small.svg">', 'no alternative text: <img src="../small.svg">'),
    ('<a href="page.ipynb#heading=Gone">a</a>', "no such section: page.ipynb#heading=Gone"),
    (r"<p>Raw \(x\).</p>", r"readers would see this as it is typed here: \("),
    ("![A picture](../gone.svg)", "image file not readable: gone.svg"),
    ("![A picture](../heavy.svg)", "too heavy: heavy.svg has"),
    ("```{solution} gone-exercise\n```", "solution to an unknown exercise: gone-exercise"),
]
# A second owner of a name that the page "first" has given away.
TWICE = [
    ("(twice)=\n### Section", "duplicate label twice, other instance in"),
    ("```{math}\n:label: eq-twice\nx\n```", "duplicate label of equation eq-twice, other instance"),
    (
        "```{figure} ../small.svg\n:name: fig-twice\n:alt: A picture\n\nCaption.\n```",
        "duplicate label fig-twice, other instance",
    ),
    ("```{exercise}\n:label: ex-twice\nSolve.\n```", "duplicate label: ex-twice; other instance"),
    (
        "```{prf:theorem}\n:label: thm-twice\nTrue.\n```",
        "duplicate theorem label 'thm-twice', other instance",
    ),
]


def drawn(svg, **metadata):
    output = new_output("display_data", data={"image/svg+xml": svg, "text/plain": "<Figure>"})
    return new_code_cell("plt.show()", outputs=[output], metadata={"mystnb": metadata})


def shown(mime, text):
    return new_code_cell("show()", outputs=[new_output("display_data", data={mime: text})])


# Wrong in what a cell has put out.
OUTPUTS = [
    (shown("text/latex", r"$\displaystyle \softmx$"), r"KaTeX cannot read \displaystyle \softmx"),
    (shown("text/latex", r"$\frac{1}{2$"), r"KaTeX cannot read \frac{1}{2"),
    (shown("text/markdown", "a formula $x$"), "readers would see this as it is typed here: $x$"),
    (shown("text/html", r"<b>\(x\)</b>"), r"readers would see this as it is typed here: \("),
    (
        shown("text/html", '<a href="gone.ipynb#heading=Section">a</a>'),
        "no such section: gone.ipynb#heading=Section",
    ),
    (shown("text/html", "<img src='x.svg'>"), "no alternative text: <img src='x.svg'>"),
    (drawn(SVG), "no alternative text: the figure of this cell"),
    (drawn(SVG, figure={"caption": "A caption."}), "no alternative text: the figure of this cell"),
    (drawn(HEAVY, image={"alt": "A picture."}), "too heavy: the figure of this cell has"),
    (
        drawn(SVG, image={"alt": "A picture."}, figure={"caption": r"Of $\softmx$."}),
        r"KaTeX cannot read \softmx",
    ),
    (
        new_code_cell("warn()", outputs=[new_output("stream", name="stderr", text="careful")]),
        "stderr was found in the cell outputs",
    ),
]


def page_of(blocks):
    """Return a page of the blocks, and the number of the first line of each."""
    text, lines = "# Page\n\n## Section\n", []
    for block in blocks:
        lines.append(text.count("\n") + 2)
        text += f"\n{block}\n"
    return text, lines


def small_book(folder, pages):
    """Make a book of `pages`, from file name to text, with the settings of the course."""
    for name in ("_config.yml", "references.bib"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "_static", folder / "_static")
    (folder / "index.md").write_text("# Index\n", encoding="utf-8")
    (folder / "chapters").mkdir()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    toc = "format: jb-book\nroot: index\nparts:\n- numbered: true\n  chapters:\n"
    toc += "".join(f"  - file: {name}\n" for name in pages if name.startswith("chapters/"))
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")


def build(folder):
    """Build the book strictly; return the exit status and what was said, line by line."""
    program = Path(sys.executable).with_name("jupyter-book")
    done = subprocess.run(
        [program, "build", folder, "-W", "-n", "--keep-going"],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "_ext")]), "PYTHONUTF8": "1"},
    )
    return done.returncode, re.sub(r"\x1b\[[\d;]*m", "", done.stdout).splitlines()


@pytest.fixture(scope="session")
def said(tmp_path_factory):
    """Return what the strict build says of a book with every mistake."""
    folder = tmp_path_factory.mktemp("broken")
    cells = [new_markdown_cell("# Notebook"), *(new_markdown_cell(block) for block, _ in ANYWHERE)]
    cells += [cell for cell, _ in OUTPUTS]
    notebook = new_notebook(cells=cells, metadata=notebooks.METADATA)
    pages = {
        "chapters/first.md": page_of(block for block, _ in TWICE)[0],
        NOTEBOOK: nbformat.writes(notebook),
        PAGE: page_of(block for block, _ in ANYWHERE + TWICE)[0],
        "small.svg": SVG.format(""),
        "heavy.svg": HEAVY,
    }
    small_book(folder, pages)
    (folder / "chapters" / "stray.md").write_text("# Stray\n", encoding="utf-8")
    with (folder / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.write("  - file: chapters/gone\n")
    status, lines = build(folder)
    assert status != 0
    return lines


def warned(said, place, message):
    """Tell whether a line warns of `message` at exactly `place`."""
    kinds = ("WARNING", "ERROR")
    return any(line.startswith(f"{place}: {kind}: {message}") for line in said for kind in kinds)


def mistakes(pairs):
    """Return parameters: the place of each pair in the list, and its message."""
    return [pytest.param(at, pair[1], id=f"{at}-{pair[1]}") for at, pair in enumerate(pairs)]


@pytest.mark.parametrize(("at", "message"), mistakes(ANYWHERE))
def test_a_mistake_in_a_page_is_named_with_its_line(said, at, message):
    line = page_of(block for block, _ in ANYWHERE)[1][at]
    assert warned(said, f"{PAGE}:{line}", message)


@pytest.mark.parametrize(("at", "message"), mistakes(ANYWHERE))
def test_a_mistake_in_the_text_of_a_notebook_is_named_with_its_cell(said, at, message):
    assert warned(said, f"{NOTEBOOK}, cell {at + 2}, line 1", message)


@pytest.mark.parametrize(("at", "message"), mistakes(OUTPUTS))
def test_a_mistake_in_an_output_is_named_with_its_cell(said, at, message):
    assert warned(said, f"{NOTEBOOK}, cell {at + 2 + len(ANYWHERE)}", message)


@pytest.mark.parametrize("message", [message for _, message in TWICE])
def test_a_name_given_twice_is_named_with_both_pages(said, message):
    (line,) = [line for line in said if message in line]
    assert re.match(rf"{PAGE}(:\d+)?: WARNING", line)
    assert "chapters/first" in line


def test_a_page_that_the_contents_forget_or_miss_is_named(said):
    assert warned(said, "_toc.yml", "chapters/stray.md is not named")
    assert any("nonexisting document 'chapters/gone'" in line for line in said)


def test_a_place_outside_the_pages_is_left_as_it_is():
    docstring = "softmax_lib/overflow.py:docstring of softmax_lib.overflow.softmax:12"
    assert readable(f"{ROOT}/{docstring}", ROOT) == docstring
    assert readable("<unknown>:5", ROOT) == "<unknown>:5"


def test_nothing_else_is_said(said):
    """A mistake leaves one line or two, and no line of it names a wrong page."""
    places = {line.split(": WARNING: ")[0] for line in said if ": WARNING: " in line}
    assert {re.split("[:,]", place)[0] for place in places} == {
        *(PAGE, NOTEBOOK, "index.md", "_toc.yml"),
    }
    index = [line for line in said if line.startswith("index.md: ")]
    assert len(index) == 1 and "chapters/gone" in index[0]


def test_an_exercise_without_its_end_is_named_with_its_cell(tmp_path):
    cells = ["# One", "```{exercise-start}\n:label: ex\n```", "```{solution-start} ex\n```"]
    cells = [new_markdown_cell(text) for text in cells]
    notebook = new_notebook(cells=cells, metadata=notebooks.METADATA)
    small_book(tmp_path, {NOTEBOOK: nbformat.writes(notebook)})
    status, said = build(tmp_path)
    assert status != 0
    at = said.index("ERROR: The document (chapters/notebook) is missing a exercise-end directive")
    assert said[at + 1 : at + 3] == ["  exercise-start in cell 2", "  solution-start in cell 3"]

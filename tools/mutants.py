"""Mutants of the course itself: spoil a page, a picture or the site, and see a test fail.

    python tools/mutants.py             all of them
    python tools/mutants.py overflow    those whose description holds the word

What a mutation tool can change in the code is the work of code_mutants.py.

Each mutant changes one thing in a scratch copy of the tree and runs the fewest tests that ought
to fail. One that survives is a hole in the tests, and an exit status of 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOT_COPIED = shutil.ignore_patterns(
    ".venv", ".git", "_build", "__pycache__", ".hypothesis", ".*_cache", ".ipynb_checkpoints"
)


@dataclass(frozen=True)
class Mutant:
    """One change of a text: ``old``, which must stand in the file exactly once, becomes ``new``."""

    file: str
    old: str
    new: str
    note: str
    test: str

    def __str__(self):
        return f"{self.file}: {self.note}"

    def apply(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file} holds {text.count(self.old)} times: {self.old!r}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class NotebookMutant:
    """One change of a chapter, made by ``change`` on the notebook; it returns whether it did."""

    file: str
    change: Callable[[nbformat.NotebookNode], bool]
    note: str
    test: str

    def __str__(self):
        return f"{self.file}: {self.note}"

    def apply(self, root: Path) -> None:
        path = root / self.file
        notebook = nbformat.read(path, as_version=4)
        if not self.change(notebook):
            raise LookupError(f"{self.file} has nothing to change: {self.note}")
        nbformat.write(notebook, path)


# --- changes of a notebook -----------------------------------------------------------------------


def outputs(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield cell, output


def next_digit(digit: str) -> str:
    return str((int(digit) + 1) % 10)


def change_a_printed_digit(notebook) -> bool:
    """Turn the first digit that a cell printed into the next one."""
    for _, output in outputs(notebook):
        if output.output_type == "stream" and re.search(r"\d", output.text):
            output.text = re.sub(r"\d", lambda m: next_digit(m[0]), output.text, count=1)
            return True
    return False


def change_a_curve(notebook) -> bool:
    """Move the first point that a figure plots by a tenth of a point."""
    for _, output in outputs(notebook):
        svg = output.get("data", {}).get("image/svg+xml", "")
        # What is clipped to the axes is what was plotted; the rest is frame and letters.
        plotted = re.search(r'<path d="M [\d.]+\.(\d)[^"]*" clip-path=', svg)
        if plotted:
            at = plotted.start(1)
            output.data["image/svg+xml"] = svg[:at] + next_digit(svg[at]) + svg[at + 1 :]
            return True
    return False


def lose_a_count(notebook) -> bool:
    """Set the execution count of the first cell with an output to null: nbval skips it then."""
    for cell, _ in outputs(notebook):
        cell.execution_count = None
        return True
    return False


def change_an_equation(notebook) -> bool:
    """Double the right side of the first labelled equation."""
    for cell in notebook.cells:
        block = re.search(r"```\{math\}\n:label: .*?```", cell.source, re.DOTALL)
        if cell.cell_type == "markdown" and block and " = " in block[0]:
            doubled = block[0].replace(" = ", r" = 2 \, ", 1)
            cell.source = cell.source.replace(block[0], doubled)
            return True
    return False


def change_a_described_number(notebook) -> bool:
    """Turn the first digit of the first alternative text into the next one."""
    for cell in notebook.cells:
        image = cell.metadata.get("mystnb", {}).get("image", {})
        if re.search(r"\d", image.get("alt", "")):
            image.alt = re.sub(r"\d", lambda m: next_digit(m[0]), image.alt, count=1)
            return True
    return False


def lose_a_heading(notebook) -> bool:
    """Take away the line by which JupyterLab folds the first solution."""
    for cell in notebook.cells:
        if "{solution-start}" in cell.source and cell.source.startswith("% <h4>"):
            cell.source = cell.source.split("\n", 1)[1].lstrip()
            return True
    return False


# --- the mutants ---------------------------------------------------------------------------------

PAGE = "chapters/definition.ipynb"
EXPLORER = "softmax_lib/explorer/"
RULES = "tests/book/test_notebooks.py::test_chapter_keeps_the_rule"
LEDGER = "tests/book/test_notebooks.py::test_chapter_prints_its_ledger"
SITE = "tests/book/test_site.py"
STRICT = "tests/book/test_strict.py"
VIEWS = "tests/library/test_explorer.py"

# fmt: off
MUTANTS = [
    NotebookMutant(PAGE, change_a_printed_digit, "one digit of a stored output", PAGE),
    NotebookMutant(PAGE, change_a_curve, "one point of a stored figure", PAGE),
    NotebookMutant(PAGE, lose_a_count, "one execution_count is null", RULES),
    NotebookMutant(PAGE, change_an_equation, "one labelled equation", LEDGER),
    NotebookMutant(PAGE, lose_a_heading, "one solution that JupyterLab cannot fold", RULES),
    NotebookMutant(PAGE, change_a_described_number, "one number of an alternative text",
                   "tests/plots/test_alternative_text.py"),
    *(Mutant(*line) for line in (
        ("softmax_lib/symbolic/definition.py",
         'r"p_i - p_j = p_j (e^{z_i - z_j} - 1)"', 'r"p_i - p_j = p_j (e^{z_i - z_j} + 1)"',
         "the TeX of one formula in the ledger", LEDGER),
        ("softmax_lib/plots/style.py",
         '"figure.facecolor": "white"', '"figure.facecolor": "none"',
         "figures without paper", "tests/plots/test_style.py"),
        ("_ext/pages.py",
         '    app.connect("build-finished", take_paper_away)\n', "",
         "figures on white paper on every page", SITE),
        ("_ext/course_site.py",
         "    start_afresh(app)\n", "",
         "a build goes on from the one before", "tests/book/test_course_site.py"),
        ("_ext/katex.py",
         '"throwOnError": True', '"throwOnError": False',
         "a broken formula is set in red", STRICT),
        ("_ext/strict.py",
         'if not picture.get("alt", "").strip():', 'if not picture.get("alt", "missing").strip():',
         "a picture without alternative text passes", STRICT),
        ("_ext/strict.py",
         "> HEAVIEST_PICTURE:", "> 2 * HEAVIEST_PICTURE:",
         "a picture may weigh the double", STRICT),
        ("_ext/strict.py",
         '(label := solution["target_label"]) not in', '(label := solution["target_label"]) in',
         "a solution may have no exercise", STRICT),
        (EXPLORER + "explorer.js",
         "z.map((v) => (v - m) / T)", "z.map((v) => v / T)",
         "softmax without its shift", VIEWS),
        (EXPLORER + "explorer.js",
         "rest[gap.indexOf(0)] = 0;", "rest[gap.indexOf(0)] = 1;",
         "the largest term of the loss is counted twice", VIEWS),
        (EXPLORER + "explorer.js",
         "(y[i] === 1 ? -sum(", "(y[i] === 1 ? sum(",
         "the pull has the sign of the push", VIEWS),
        (EXPLORER + "explorer.js",
         "row[i] = -sum(row);", "row[i] = sum(row);",
         "a share falls with its own logit", VIEWS),
        (EXPLORER + "explorer.js",
         "(c < i ? 0 :", "(c > i ? 0 :",
         "the misprint of another formula", VIEWS),
        (EXPLORER + "explorer.js",
         "-14) - 10)", "-14) - 11)",
         "float16 with one digit too many", VIEWS),
        (EXPLORER + "explorer.js",
         "T * (v - sum(logs) / 3)", "T * v",
         "the logits of a point have no sum of 0", VIEWS),
        (EXPLORER + "cross_entropy.py",
         "terms = np.exp(np.arange(1.0, len(z) + 1))", "terms = np.exp(z)",
         "the column has one misprint of two", VIEWS),
        (EXPLORER + "derivative.py",
         "softmax_jacobian(z / temperature) / temperature", "softmax_jacobian(z / temperature)",
         "a slope without the temperature", VIEWS),
        (EXPLORER + "table.py",
         "with localcontext(rounding=ROUND_HALF_UP):", "with localcontext():",
         "halves are rounded as in Python", VIEWS),
        (EXPLORER + "table.py",
         "{_row(escape(name), row, kinds)}", "{_row(name, row, kinds)}",
         "a name is markup", VIEWS),
        (EXPLORER + "element.py",
         '("\'", "&#39;")', '("\'", "\'")',
         "a name ends the element's state", VIEWS),
    )),
]
# fmt: on


# --- running them --------------------------------------------------------------------------------


def environment(copy: Path) -> dict[str, str]:
    """Return an environment in which Python, and Jupyter's kernels, import from the copy."""
    return os.environ | {
        "PYTHONPATH": str(copy),
        # The copy changes faster than the time stamps by which bytecode is known to be stale.
        "PYTHONDONTWRITEBYTECODE": "1",
        # So that pytest does not cut its summary short.
        "COLUMNS": "400",
    }


def require_import_from(copy: Path) -> None:
    """Raise unless the library that the tests of the copy would import is the copy's own."""
    show = "import softmax_lib; print(softmax_lib.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", show],
        cwd=copy / "chapters",  # where nbval starts its kernels
        env=environment(copy),
        check=True,
        capture_output=True,
        text=True,
    )
    found = Path(done.stdout.strip()).resolve()
    if copy.resolve() not in found.parents:
        raise ImportError(f"the tests would import {found}, not the copy in {copy}")


def run_tests(copy: Path, paths: tuple[str, ...]) -> tuple[int, str, str]:
    """Run the tests; return pytest's exit status, the first failure in a line, and all it said."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--no-cov", "--tb=short"]
    command += ["-p", "no:cacheprovider", "-rfE", *paths]
    done = subprocess.run(
        command, cwd=copy, env=environment(copy), check=False, capture_output=True, text=True
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
    first = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - (.*))?$", said, re.MULTILINE)
    if not first:
        return done.returncode, "", said
    # NumPy's assertions say what is wrong in their second line.
    reasons = re.findall(r"^E\s+(?:AssertionError: )?(?!AssertionError)(\S.*)", said, re.MULTILINE)
    return done.returncode, f"{first[1]}: {reasons[0] if reasons else first[2]}", said


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if all(word in str(mutant) for word in words)]
    for mutant in chosen:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / mutant.file
            target.parent.mkdir(parents=True)
            shutil.copy(ROOT / mutant.file, target)
            mutant.apply(Path(folder))

    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        require_import_from(copy)

        # A test that fails without the mutant as well proves nothing.
        needed = tuple(dict.fromkeys(mutant.test for mutant in chosen))
        print(f"unchanged: {' '.join(needed)} ...", flush=True)
        start = time.perf_counter()
        status, first, said = run_tests(copy, needed)
        if status != 0:
            print(f"the tests fail as they are: {first or said}")
            return 1
        print(f"  pass, {time.perf_counter() - start:.0f} s", flush=True)

        for number, mutant in enumerate(chosen, start=1):
            print(f"[{number}/{len(chosen)}] {mutant}", flush=True)
            start = time.perf_counter()
            mutant.apply(copy)
            status, first, said = run_tests(copy, (mutant.test,))
            shutil.copy(ROOT / mutant.file, copy / mutant.file)
            took = f"{time.perf_counter() - start:.1f} s"
            if status == 1:  # some test failed
                print(f"  caught, {took}: {first[:180]}", flush=True)
            else:
                survivors.append(mutant)
                print(f"  {'SURVIVES' if status == 0 else said}, {took}", flush=True)

    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught")
    for mutant in survivors:
        print(f"  survivor: {mutant}\n    {getattr(mutant, 'old', '')}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Break the course in many small ways, one at a time, and see that a test notices each.

    python tools/mutants.py             all of them
    python tools/mutants.py overflow    those whose description holds the word

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


def tests(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/test_{name}.py" for name in names)


@dataclass(frozen=True)
class Mutant:
    """One change of a text: ``old``, which must stand in the file exactly once, becomes ``new``."""

    file: str
    old: str
    new: str
    note: str
    tests: tuple[str, ...]

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
    tests: tuple[str, ...]

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


def lose_a_heading(notebook) -> bool:
    """Take away the line by which JupyterLab folds the first solution."""
    for cell in notebook.cells:
        if "{solution-start}" in cell.source and cell.source.startswith("% <h4>"):
            cell.source = cell.source.split("\n", 1)[1].lstrip()
            return True
    return False


# --- the mutants ---------------------------------------------------------------------------------

LIB = "softmax_lib/"
DEFINITION = tests("definition")
OVERFLOW = tests("overflow")
DERIVATIVE = tests("derivative")
CROSS_ENTROPY = tests("cross_entropy")
BACKPROP = tests("backprop")
REGRESSION = tests("regression")
API = tests("public_api")
RULES = ("tests/book/test_notebooks.py::test_chapter_keeps_the_rule",)
LEDGER = ("tests/book/test_notebooks.py::test_chapter_prints_its_ledger",)
SYMBOLIC = ("tests/symbolic",)
STRICT = tests("strict")
TILES = tests("tiles")
ACCURACY = tests("accuracy")
CHECK = ("tests/check/test_laws.py", "tests/check/test_report.py")
MISTAKES = ("tests/check/test_diagnosis.py",)
RIGHT = ("tests/check/test_right_attempts.py",)
RUNNING = ("tests/check/test_running.py",)
EXPLORER = tests("explorer")

COURSE = [
    NotebookMutant(
        "chapters/definition.ipynb",
        change_a_printed_digit,
        "one digit of a stored output",
        ("chapters/definition.ipynb",),
    ),
    NotebookMutant(
        "chapters/definition.ipynb",
        change_a_curve,
        "one point of a stored figure",
        ("chapters/definition.ipynb",),
    ),
    NotebookMutant(
        "chapters/definition.ipynb",
        lose_a_count,
        "one execution_count is null",
        RULES,
    ),
    NotebookMutant(
        "chapters/definition.ipynb",
        change_an_equation,
        "one labelled equation",
        LEDGER,
    ),
    NotebookMutant(
        "chapters/definition.ipynb",
        lose_a_heading,
        "one solution that JupyterLab cannot fold",
        RULES,
    ),
    Mutant(
        LIB + "plots/style.py",
        '"figure.facecolor": "white"',
        '"figure.facecolor": "none"',
        "figures without paper",
        tests("plots_style"),
    ),
    Mutant(
        "_ext/pages.py",
        '    app.connect("build-finished", take_paper_away)\n',
        "",
        "figures on white paper on every page",
        tests("site"),
    ),
    Mutant(
        LIB + "symbolic/definition.py",
        r'r"p_i - p_j = p_j (e^{z_i - z_j} - 1)"',
        r'r"p_i - p_j = p_j (e^{z_i - z_j} + 1)"',
        "the TeX of one formula in the ledger",
        (*LEDGER, *SYMBOLIC),
    ),
    Mutant(
        LIB + "symbolic/definition.py",
        'Claim(p[i] - p[j], "=", p[j] * (exp(gap) - 1))',
        'Claim(p[i] - p[j], "=", p[j] * (exp(gap) + 1))',
        "the SymPy form of one formula in the ledger",
        SYMBOLIC,
    ),
    Mutant(
        "_ext/course_site.py",
        "    start_afresh(app)\n",
        "",
        "a build goes on from the one before",
        tests("site"),
    ),
    Mutant(
        "_ext/katex.py",
        '"throwOnError": True',
        '"throwOnError": False',
        "a broken formula is set in red",
        STRICT,
    ),
    Mutant(
        "_ext/strict.py",
        'if not picture.get("alt", "").strip():',
        'if not picture.get("alt", "missing").strip():',
        "a picture without alternative text passes",
        STRICT,
    ),
    Mutant(
        "_ext/strict.py",
        "> HEAVIEST_PICTURE:",
        "> 2 * HEAVIEST_PICTURE:",
        "a picture may weigh the double",
        STRICT,
    ),
    Mutant(
        "_ext/strict.py",
        '(label := solution["target_label"]) not in exercises',
        '(label := solution["target_label"]) in exercises',
        "a solution may have no exercise",
        STRICT,
    ),
]

OPERATORS = [
    # the gradient of the cross-entropy
    Mutant(
        LIB + "backprop.py",
        "np.subtract(gradient[piece], rest, out=gradient[piece], where=y[piece] == 1)",
        "np.subtract(gradient[piece], rest, out=gradient[piece], where=y[piece] == 2)",
        "a certain target keeps the rounding of p - 1",
        (*BACKPROP, *ACCURACY),
    ),
    Mutant(
        LIB + "backprop.py",
        "np.subtract(gradient, y, out=gradient)",
        "np.add(gradient, y, out=gradient)",
        "p + y",
        BACKPROP,
    ),
    Mutant(
        LIB + "backprop.py",
        "0 * p_k - total(gradient, axis)",
        "0 * p_k + total(gradient, axis)",
        "the pull has the sign of the push",
        BACKPROP,
    ),
    Mutant(
        LIB + "backprop.py",
        "0 * p_k - total",
        "0 - total",
        "a lone nan is forgotten",
        BACKPROP,
    ),
    Mutant(
        LIB + "backprop.py",
        "np.subtract(gradient[piece], rest, out=gradient[piece], where=y[piece] == 1)",
        "np.add(gradient[piece], rest, out=gradient[piece], where=y[piece] == 1)",
        "a certain target is pushed",
        BACKPROP,
    ),
    Mutant(LIB + "backprop.py", "G @ W.T, X.T @ G", "G @ W.T, -X.T @ G", "-grad_W", BACKPROP),
    Mutant(LIB + "backprop.py", "G.sum(axis=0)", "G.mean(axis=0)", "a mean for a sum", BACKPROP),
    Mutant(
        LIB + "backprop.py",
        "if X.shape[1] != W.shape[0] or G.shape",
        "if X.shape[1] != W.shape[0] and G.shape",
        "shapes are checked half",
        BACKPROP,
    ),
    Mutant(
        LIB + "backprop.py",
        "values.astype(computing_dtype(dtype), copy=False)",
        "values.astype(dtype, copy=False)",
        "float16 batches are added in float16",
        BACKPROP,
    ),
    # the definition
    Mutant(
        LIB + "definition.py",
        "exponentials / total",
        "exponentials * total",
        "times the sum",
        DEFINITION,
    ),
    Mutant(
        LIB + "definition.py",
        'logits, "logits", allow_complex=True',
        'logits, "logits", allow_complex=False',
        "no complex step",
        DEFINITION,
    ),
    Mutant(
        LIB + "definition.py",
        "np.copyto(choice, np.nan, where=np.isnan(m))",
        "np.copyto(choice, 0, where=np.isnan(m))",
        "a nan is no longer a nan",
        DEFINITION,
    ),
    # overflow
    Mutant(
        LIB + "shifted.py",
        "shifted -= m * scale",
        "shifted += m * scale",
        "the shift goes the wrong way at a temperature",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "shifted /= temperature * scale",
        "shifted *= temperature * scale",
        "temperature multiplies",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "0.5 if temperature > 1 else 1.0",
        "0.5 if temperature < 1 else 1.0",
        "a gap overflows at a high temperature",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "p /= joined(sums, axis)",
        "p /= joined(sums, axis) + 1e-12",
        "an epsilon in the denominator",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "return m, np.log1p(r)",
        "return m, np.log(1 + r)",
        "log(1 + r) for log1p(r)",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "lse[...] = m + np.log1p(",
        "lse[...] = m - np.log1p(",
        "log-sum-exp below the maximum",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "np.copyto(lse, m, where=np.isinf(m))",
        "np.copyto(lse, m, where=np.isnan(m))",
        "log-sum-exp of infinities is nan",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "lse.fill(-np.inf)",
        "lse.fill(np.inf)",
        "the logarithm of an empty sum is +inf",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "terms[first] = 0",
        "terms[first] += 0",
        "the largest term is counted twice in rows",
        OVERFLOW,
    ),
    Mutant(
        LIB + "_reductions.py",
        "np.maximum(ahead, behind, out=ahead)",
        "np.minimum(ahead, behind, out=ahead)",
        "the smallest term of a column is left out, not the largest",
        (*OVERFLOW, *ACCURACY),
    ),
    Mutant(
        LIB + "_reductions.py",
        "sums[: len(beaten)] += beaten",
        "sums[: len(beaten)] += 0",
        "what an odd term has beaten is lost",
        (*OVERFLOW, *ACCURACY),
    ),
    Mutant(
        LIB + "_reductions.py",
        "others + joined(rests, axis)",
        "joined(rests, axis)",
        "the largest of all other pieces are lost",
        TILES,
    ),
    Mutant(
        LIB + "shifted.py",
        "np.maximum.reduce(z, None) <= highest",
        "np.minimum.reduce(z, None) <= highest",
        "a batch overflows since one of its logits is small",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "return np.subtract(z, m, out=out)",
        "return np.add(z, m, out=out)",
        "the shift goes the wrong way",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "near = (s != 0) & (r < ",
        "near = (s != 0) & (r < 0 * ",
        "the rounding of the shift is never given back",
        ACCURACY,
    ),
    Mutant(
        LIB + "shifted.py",
        "near = (s != 0) & (r < ",
        "near = (r < ",
        "rows that were not shifted get a rounding back as well",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "low >= lowest and high <= highest and (",
        "low >= lowest and (",
        "nothing is shifted however large the logits",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "without = (m >= 0) & (m <= highest)",
        "without = m >= 0",
        "rows are not shifted however large their logits",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "(low >= 0 or np.minimum.reduce(z, None) >= lowest)",
        "(low >= lowest)",
        "nothing is shifted though small exponentials underflow",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "largest - np.log(length) - 1",
        "largest - 1",
        "a sum of many exponentials overflows",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "return np.where(without, 0, m)",
        "return m",
        "one row that needs a shift has all of its tile shifted",
        OVERFLOW,
    ),
    Mutant(
        LIB + "shifted.py",
        "return (z - (shifted - back)) - (m + back)",
        "return (z - (shifted - back)) + (m + back)",
        "a wrong rounding error",
        ACCURACY,
    ),
    Mutant(
        LIB + "shifted.py",
        "np.fmax(error, -1)",
        "error",
        "a logit of -inf makes its row nan",
        OVERFLOW,
    ),
    Mutant(
        LIB + "_tiles.py",
        "np.where(where, z, -np.inf)",
        "np.where(where, -np.inf, z)",
        "the mask the wrong way round",
        TILES,
    ),
    Mutant(
        LIB + "overflow.py",
        "s = shift_of(z, axis, p.dtype, temperature)\n",
        "p[...] = 0; s = shift_of(z, axis, p.dtype, temperature)\n",
        "the logits are overwritten before they are read",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "np.isfinite(value) and value > 0",
        "np.isfinite(value) and value >= 0",
        "temperature 0 is allowed",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "np.isfinite(value) and value > 0",
        "np.isfinite(value) or value > 0",
        "temperatures inf and -1 are allowed",
        OVERFLOW,
    ),
    Mutant(
        LIB + "overflow.py",
        "part -= log_total",
        "part += log_total",
        "log-probabilities above 0",
        OVERFLOW,
    ),
    # derivative
    Mutant(
        LIB + "derivative.py",
        "-p[..., :, None] * p[..., None, :]",
        "p[..., :, None] * p[..., None, :]",
        "the others' derivatives are positive",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "jacobian[..., diagonal, diagonal] = 0 - jacobian.sum(axis=-1)",
        "jacobian[..., diagonal, diagonal] = p * (1 - p)",
        "1 - p loses the digits of a p near 1",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "p[piece] * (v[piece] - mean)",
        "p[piece] * (v[piece] + mean)",
        "plus the mean",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "(np.array(f(above)) - np.asarray(f(below))) / step",
        "(np.array(f(above)) + np.asarray(f(below))) / step",
        "a sum for a difference",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "(np.array(f(above)) - np.asarray(f(below))) / step",
        "(np.asarray(f(above)) - np.asarray(f(below))) / step",
        "a reused buffer is its own difference",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "step = above[index] - below[index]",
        "step = 2 * h",
        "the step meant, not the step taken",
        DERIVATIVE,
    ),
    Mutant(LIB + "derivative.py", "below[index] -= h", "below[index] += h", "no step", DERIVATIVE),
    Mutant(LIB + "derivative.py", "np.cbrt(np", "np.sqrt(np", "a step too small", DERIVATIVE),
    Mutant(
        LIB + "derivative.py",
        "max(1.0, abs(x[index]))",
        "min(1.0, abs(x[index]))",
        "a step that does not grow with x",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "    h = 1e-200\n",
        "    h = 1e-4\n",
        "a complex step too far",
        DERIVATIVE,
    ),
    Mutant(
        LIB + "derivative.py",
        "return value.imag / h",
        "return value.real / h",
        "the wrong part of the complex step",
        DERIVATIVE,
    ),
    # cross-entropy
    Mutant(
        LIB + "cross_entropy.py",
        "log_total - shift(np.take_along_axis(z, labels, axis), m)",
        "log_total + shift(np.take_along_axis(z, labels, axis), m)",
        "the logit of the label raises the loss",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "where=weights[piece] == 0",
        "where=weights[piece] == 1",
        "0 times inf is nan",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "np.multiply(y, 1 - share, out=mixed)",
        "np.multiply(y, 1 + share, out=mixed)",
        "smoothing adds mass",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "if not 0 <= share <= 1:",
        "if not 0 < share <= 1:",
        "alpha = 0 is refused",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "0 - np.log(p[piece], dtype=entropy.dtype)",
        "0 + np.log(p[piece], dtype=entropy.dtype)",
        "a negative entropy",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "return np.log(p[piece], dtype=divergence.dtype) - np",
        "return -np.log(p[piece], dtype=divergence.dtype) - np",
        "the ratio of the divergence upside down",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "if num_classes < 1:",
        "if num_classes < 0:",
        "no class is enough",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "return (0 - chosen)",
        "return (-chosen)",
        "a certain class costs -0.0",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "np.expand_dims(labels, axis) == classes",
        "np.expand_dims(labels, axis) >= classes",
        "one-hot with more than one",
        CROSS_ENTROPY,
    ),
    # what they share
    Mutant(
        LIB + "_targets.py",
        "array.max() >= num_classes",
        "array.max() > num_classes",
        "the label C is let through",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "array.min() < 0 or array",
        "array.min() < 0 and array",
        "every label is let through",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "(array >= num_classes))[0])",
        "(array >= num_classes))[-1])",
        "the last offender is named",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "not np.min(array) >= 0:",
        "np.min(array) < 0:",
        "a nan in the targets is no error of sign",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "np.sqrt(classes) * float(",
        "classes * classes * float(",
        "any sum will do for many classes",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "== len(shape) - 1:",
        "== len(shape) + 1:",
        "labels are taken for distributions",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_tiles.py",
        "np.dtype(np.float32) if dtype == np.float16 else dtype",
        "np.dtype(np.float32) if dtype != np.float16 else dtype",
        "float16 accumulates in float16, float64 in float32",
        OVERFLOW,
    ),
    Mutant(
        LIB + "_arrays.py",
        "if not -dimensions <= item < dimensions:",
        "if not -dimensions <= item <= dimensions:",
        "an axis out of range",
        API,
    ),
    Mutant(
        LIB + "_arrays.py",
        'if kind in "biu":',
        'if kind in "bi":',
        "unsigned integers are refused",
        API,
    ),
    Mutant(
        LIB + "_tiles.py",
        "order = (*axes, *kept) if columns else (*kept, *axes)",
        "order = (*kept, *axes) if columns else (*kept, *axes)",
        "columns are read as rows",
        TILES,
    ),
    Mutant(
        LIB + "_tiles.py",
        "[(0, [array.reshape(array.shape[0], -1)",
        "[(-1, [array.reshape(array.shape[0], -1)",
        "axis 0 of a small array is taken for the last",
        TILES,
    ),
    Mutant(
        LIB + "_tiles.py",
        "for start in range(0, shape[split - 1], step):",
        "for start in range(0, shape[split - 1] - step + 1, step):",
        "the last tile is left out",
        TILES,
    ),
    Mutant(
        LIB + "_tiles.py",
        "cuts = (slice(start, start + step) for",
        "cuts = (slice(start, start + step - 1) for",
        "a number is lost between two pieces",
        TILES,
    ),
    Mutant(
        LIB + "_reductions.py",
        "for odd in terms[2 * half :]:",
        "for odd in terms[:0]:",
        "the odd term of a column is lost",
        TILES,
    ),
    Mutant(
        LIB + "_reductions.py",
        "IN_A_ROW = 16",
        "IN_A_ROW = 1 << 30",
        "columns are added one after the other",
        ACCURACY,
    ),
    Mutant(
        LIB + "_tiles.py",
        "if not direct or _turned(tiles[0])",
        "if _turned(tiles[0])",
        "float16 is computed in float16",
        OVERFLOW,
    ),
    Mutant(
        LIB + "_tiles.py",
        "spare[name].shape != shape",
        "False",
        "the last tile takes the memory of a larger one",
        TILES,
    ),
    Mutant(
        LIB + "_tiles.py",
        "PIECE = 1 << 20",
        "PIECE = 1 << 30",
        "large arrays are not cut",
        TILES,
    ),
    Mutant(
        LIB + "_arrays.py",
        "if not (same and out.strides == array.strides) and",
        "if not (same or out.strides == array.strides) and",
        "an out that overlaps in part",
        OVERFLOW,
    ),
    Mutant(
        LIB + "_arrays.py",
        "if not out.flags.writeable:",
        "if out.flags.writeable:",
        "a read-only out is welcome, no other",
        OVERFLOW,
    ),
    # regression
    Mutant(
        LIB + "regression.py",
        "W - self.learning_rate * (grad_W + self.alpha * W)",
        "W - self.learning_rate * (grad_W - self.alpha * W)",
        "the penalty rewards",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "b = b - self.learning_rate * grad_b",
        "b = b + self.learning_rate * grad_b",
        "the intercept climbs",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "P_minus_Y / len(batch)",
        "P_minus_Y / len(X)",
        "a mini-batch is divided by all examples",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "self.alpha / 2 * np.sum(W**2)",
        "self.alpha * np.sum(W**2)",
        "twice the penalty in the loss curve",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "curve[-2] - curve[-1] < self.tol",
        "curve[-2] - curve[-1] <= self.tol",
        "stops one epoch early",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "if len(classes) < 2:",
        "if len(classes) < 1:",
        "one class is enough",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "class NotFittedError(ValueError, AttributeError)",
        "class NotFittedError(ValueError)",
        "not the error of scikit-learn",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "np.argmax(self.decision_function(X), axis=-1)",
        "np.argmin(self.decision_function(X), axis=-1)",
        "the least probable class",
        REGRESSION,
    ),
    Mutant(
        LIB + "regression.py",
        "order = rng.permutation(count)",
        "order = np.arange(count)",
        "mini-batches without a seed",
        REGRESSION,
    ),
    # the checks of what readers write
    Mutant(
        LIB + "check/_engine/laws.py",
        "> tolerance * (1 +",
        "> 1e9 * tolerance * (1 +",
        "a rough result is right",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/_engine/laws.py",
        "UNITS = 64",
        "UNITS = 0.01",
        "a right result is too rough",
        RIGHT,
    ),
    Mutant(
        LIB + "check/_engine/laws.py",
        "off | (np.isnan(came) != np.isnan(expected)) |",
        "off |",
        "a nan is no failure",
        CHECK,
    ),
    Mutant(
        LIB + "check/_engine/task.py",
        "for arguments in law.inputs:",
        "for arguments in law.inputs[:1]:",
        "a law is tried on its first input alone",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/_engine/exercise.py",
        "if law.is_asked_of(function):",
        "if not law.options:",
        "the parameter axis is not asked for",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/_engine/diagnosis.py",
        "broken is law and _fits(",
        "_fits(",
        "a mistake explains the failure of another law",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/_engine/diagnosis.py",
        "max(fitting, key=",
        "min(fitting, key=",
        "the mistake that agrees least is named",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/_engine/running.py",
        "[np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]",
        "list(arguments)",
        "an attempt can write into the inputs of the check",
        RUNNING,
    ),
    Mutant(
        LIB + "check/_engine/running.py",
        "LONGEST = 300",
        "LONGEST = 301",
        "a message is a little longer",
        RUNNING,
    ),
    Mutant(
        LIB + "check/_engine/running.py",
        "if key not in outcomes:",
        "if True:",
        "what is known is asked again",
        RUNNING,
    ),
    Mutant(
        LIB + "check/overflow.py",
        "below.max() < -5",
        "below.max() < -4.9",
        "what is not so small is cut off, too",
        ("tests/check/test_overflow.py",),
    ),
    Mutant(
        LIB + "check/_engine/limit.py",
        "signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)",
        "pass",
        "the alarm of someone else is lost",
        RUNNING,
    ),
    Mutant(
        LIB + "check/_engine/showing.py",
        "if abs(x) < NOISE:",
        "if abs(x) < 0:",
        "what rounding leaves is shown",
        CHECK,
    ),
    Mutant(
        LIB + "check/_engine/report.py",
        'return f"<code>{text}</code>"',
        'return f"<code>{said}</code>"',
        "what an attempt says is markup",
        CHECK,
    ),
    Mutant(
        LIB + "check/_engine/report.py",
        "return self.failure is None",
        "return bool(self.laws)",
        "a failure passes if something held before",
        CHECK,
    ),
    Mutant(
        LIB + "check/backprop.py",
        "return W - learning_rate * grad_W, b -",
        "return W - learning_rate * grad_W, b +",
        "the expected step of the bias goes uphill",
        CHECK,
    ),
    Mutant(
        LIB + "check/cross_entropy.py",
        "row[label if at_label else 0 :]",
        "row[label + 1 if at_label else 0 :]",
        "the misprint leaves out the true class, too",
        MISTAKES,
    ),
    Mutant(
        LIB + "check/cross_entropy.py",
        '"sec-squared-error"',
        '"sec-square-error"',
        "a report sends its reader to no section",
        MISTAKES,
    ),
    # the explorer
    Mutant(
        LIB + "explorer/explorer.js",
        "z.map((v) => (v - m) / T)",
        "z.map((v) => v / T)",
        "softmax without its shift",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/explorer.js",
        "rest[gap.indexOf(0)] = 0;",
        "rest[gap.indexOf(0)] = 1;",
        "the largest term of the loss is counted twice",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/explorer.js",
        "(y[i] === 1 ? -sum(",
        "(y[i] === 1 ? sum(",
        "the pull has the sign of the push",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/explorer.js",
        "row[i] = -sum(row);",
        "row[i] = sum(row);",
        "a share falls with its own logit",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/explorer.js",
        "(c < i ? 0 :",
        "(c > i ? 0 :",
        "the misprint of another formula",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/explorer.js",
        "-14) - 10)",
        "-14) - 11)",
        "float16 with one digit too many",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/table.py",
        "terms = np.exp(np.arange(1.0, len(z) + 1))",
        "terms = np.exp(z)",
        "the column has one misprint of two",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/table.py",
        "with localcontext(rounding=ROUND_HALF_UP):",
        "with localcontext():",
        "halves are rounded as in Python",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/table.py",
        "softmax_jacobian(z / temperature) / temperature",
        "softmax_jacobian(z / temperature)",
        "a slope without the temperature",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/table.py",
        "{_row(escape(name), row, kinds)}",
        "{_row(name, row, kinds)}",
        "a name is markup",
        EXPLORER,
    ),
    Mutant(
        LIB + "explorer/element.py",
        '("\'", "&#39;")',
        '("\'", "\'")',
        "a name ends the element's state",
        EXPLORER,
    ),
]

# Changes that change nothing that can be observed, and why; they are checked to be there, not run.
EQUIVALENT = [
    Mutant(
        LIB + "shifted.py",
        "0.5 if temperature > 1 else 1.0",
        "0.5 if temperature >= 1 else 1.0",
        "halving and doubling are exact, but for subnormal gaps, which are 0 beside log(1 + r)",
        OVERFLOW,
    ),
    Mutant(
        LIB + "cross_entropy.py",
        "where=weights[piece] == 0",
        "where=weights[piece] <= 0",
        "no weight is negative: distributions are checked before",
        CROSS_ENTROPY,
    ),
    Mutant(
        LIB + "_targets.py",
        "off[...] = ~(np.abs(sums - 1) <= allowed)",
        "off[...] = np.abs(sums - 1) > allowed",
        "a sum is never nan: entries that are nan, or -inf beside inf, are refused before",
        CROSS_ENTROPY,
    ),
]


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
    chosen = [m for m in (*COURSE, *OPERATORS) if all(word in str(m) for word in words)]
    for mutant in (*chosen, *EQUIVALENT):
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
        needed = tuple(dict.fromkeys(path for mutant in chosen for path in mutant.tests))
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
            status, first, said = run_tests(copy, mutant.tests)
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
    print("not run, since they change nothing:")
    for mutant in EQUIVALENT:
        print(f"  {mutant.file}: {mutant.new}\n    {mutant.note}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

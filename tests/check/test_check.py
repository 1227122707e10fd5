"""The checks as a package: its reports, its laws against other oracles, its shape."""

import ast
import functools
import html.parser
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import scipy.special

import softmax_lib
from check_right import SOURCES, compiled
from oracles import exact, exact_log_softmax, exact_logsumexp, exact_softmax
from softmax_lib import check
from softmax_lib.check import showing
from softmax_lib.check.laws import has_shape, tolerance_of
from softmax_lib.check.running import Outcome
from test_check_mistakes import EXERCISES

PACKAGE = Path(check.__file__).parent
FUNCTIONS = sorted(set(check.__all__) - {"Failure", "Report", "Section"})


def no_shift(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def right(z):
    return softmax_lib.softmax(z)


# ---- the report ---------------------------------------------------------------------------------


def test_a_report_of_a_failure_says_all_that_is_promised():
    report = check.softmax(no_shift)
    assert report.passed is False and not report
    assert report.failed_law == "logits of 1000 and -1000 make no nan"
    assert report.diagnosis == "no-shift"
    assert len(report.laws) == 7
    assert report.failure.given == "no_shift(np.array([1000.0, 0.0]))"
    assert report.failure.came == "[nan, 0]"
    assert report.failure.expected == "[1, 0]"
    assert report.failure.mistake.title == "The maximum is not subtracted"
    assert report.section == check.Section("overflow", "Subtract the maximum")


def test_a_report_of_success_lists_the_laws():
    report = check.softmax(right)
    assert report.passed is True and report
    assert report.failed_law is None and report.diagnosis is None and report.section is None
    assert report.laws[0] == "it is a function of (logits)"
    assert str(report).splitlines()[0] == "right, checked as softmax: passed, all 14 laws hold."
    assert len(report.laws) == 14


def test_the_plain_form():
    why = "e to the 1000 is inf, and inf / inf is nan; e to the -1000 is 0, and 0 / 0 is nan too."
    assert repr(check.softmax(no_shift)) == "\n".join(
        [
            "no_shift, checked as softmax: not yet; 7 laws hold, the next one fails.",
            "  holds  it is a function of (logits)",
            "  holds  there is one share for every logit",
            "  holds  no share is negative",
            "  holds  the shares sum to 1",
            "  holds  a larger logit gets a larger share",
            "  holds  (3, 1, -3) gives (0.879, 0.119, 0.002)",
            "  holds  adding a number to all logits changes nothing",
            "  FAILS  logits of 1000 and -1000 make no nan",
            "         given     no_shift(np.array([1000.0, 0.0]))",
            "         came      [nan, 0]",
            "         expected  [1, 0]",
            "         warned    RuntimeWarning: overflow encountered in exp",
            "         warned    RuntimeWarning: invalid value encountered in divide",
            f"         mistake   The maximum is not subtracted (no-shift). {why}",
            "         read      chapter Overflow, section “Subtract the maximum”",
        ]
    )


@pytest.mark.parametrize(("laws", "said"), [(0, "no law holds yet"), (1, "1 law holds")])
def test_few_laws_are_counted_in_words(laws, said):
    attempt = None if laws == 0 else lambda z: None
    assert f"not yet; {said}, the next one fails." in str(check.softmax(attempt))


def test_a_report_names_the_reader_s_function_and_the_one_it_was_held_against():
    for report in (check.softmax(no_shift), check.logsumexp(no_shift)):
        heading = f"no_shift, checked as {report.function}: not yet; "
        assert str(report).startswith(heading)
        assert f"<strong>{heading}" in report._repr_html_()
        assert report.failure.given.startswith("no_shift(np.array(")
    assert str(check.softmax(softmax_lib.softmax)).startswith("softmax: passed, ")
    assert not any("softmax" in law for law in check.softmax(right).laws)


def test_a_call_with_other_parameters_is_the_one_that_fails():
    def two(z, w):
        return z

    failure = check.softmax(two).failure
    assert failure.given == "two(np.array([1.0, 0.0]))"
    with pytest.raises(TypeError, match="two"):
        eval(failure.given, {"np": np, "two": two})
    assert failure.law == f"it is {failure.expected}" == "it is a function of (logits)"


class Page(html.parser.HTMLParser):
    """Read tags and attributes, and see that every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], set(), [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f"{data} "


@pytest.mark.parametrize("attempt", [no_shift, right, None])
def test_the_rich_form_is_small_and_quiet(attempt):
    rich = check.softmax(attempt)._repr_html_()
    page = Page(rich)
    assert page.tags <= {"div", "strong", "ul", "li", "dl", "dt", "dd", "code", "a"}
    assert {name for name, _ in page.attributes} <= {"style", "href"}
    assert len(rich) < 4000
    assert rich == check.softmax(attempt)._repr_html_()


def test_the_rich_form_says_what_the_plain_one_says():
    report = check.softmax(no_shift)
    text = " ".join(Page(report._repr_html_()).text.split())
    for line in str(report).splitlines():
        said = re.sub(r"^ *(holds|FAILS|given|came|expected|warned|mistake|read) +", "", line)
        assert said in text


def test_the_rich_form_links_to_the_section():
    rich = check.softmax(no_shift)._repr_html_()
    (link,) = re.findall("<a href=[^<]*</a>", rich)
    assert link.startswith('<a href="overflow.ipynb#heading=Subtract-the-maximum">chapter Overflow')
    assert "<a" not in check.softmax(right)._repr_html_()


def test_code_in_a_sentence_is_code_in_the_rich_form():
    rich = check.mean_cross_entropy(lambda z, k: -softmax_lib.log_softmax(z)[:, k].mean())
    assert "<code>A[:, labels]</code> takes all" in rich._repr_html_()
    assert "`" not in rich._repr_html_()


def test_the_rich_form_takes_its_colours_from_the_page():
    styles = " ".join(
        value
        for name, value in Page(check.softmax(no_shift)._repr_html_()).attributes
        if name == "style"
    )
    assert "color: inherit" in styles
    assert set(re.findall(r"#\w+", styles)) == {"#D55E00"}
    assert "#009E73" in check.softmax(right)._repr_html_()


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_the_rule_stands_out_on_light_and_dark_pages(page):
    for colour in ("#D55E00", "#009E73"):
        assert contrast(colour, page) > 3


def test_what_comes_from_the_reader_is_escaped():
    def attempt(z):
        raise ValueError("<script>alert(1)</script>")

    rich = check.softmax(attempt)._repr_html_()
    assert "<script" not in rich and "&lt;script&gt;" in rich


def test_the_smallest_input_is_code_that_shows_the_failure():
    names = {"np": np, "no_shift": no_shift}
    with np.errstate(all="ignore"):
        shown = eval(check.softmax(no_shift).failure.given, names)
    assert np.isnan(shown).any()
    for given in ("np.array([0.0, -np.inf])", "np.array([100.0, 0.0], np.float32)"):
        array = eval(given, {"np": np})
        assert showing.call("f", (array,), {}) == f"f({given})"


# ---- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.5, "0.5"),
        (-1e-17, "0"),
        (1000.0, "1000"),
        (1e-5, "1.000e-05"),
        (123456789.0, "1.235e+08"),
        (2.4e-145, "0"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
        (True, "1"),
    ],
)
def test_a_number_is_written_short(x, text):
    assert showing.number(x) == text


def test_rounding_errors_do_not_show():
    for x in (0.1, 1 / 3, 0.87887824, 6.12914, 1e-9):
        for nudge in (1 - 1e-15, 1 + 1e-15):
            assert showing.number(x * nudge) == showing.number(x)


def test_a_pair_is_told_apart_if_it_can_be():
    assert showing.pair(np.array(0.5), np.array(0.25)) == ("0.5", "0.25")
    assert showing.pair(np.array(0.9999999), np.array(1.0)) == ("0.9999999", "1")
    assert showing.pair(np.array(1 + 1e-13), np.array(1.0)) == ("1, off by less than 1e-12", "1")
    assert showing.pair(np.zeros(2), np.array(0.0)) == ("[0, 0], shape (2,)", "0, shape ()")


def test_a_large_array_is_not_written_out():
    assert showing.array(np.zeros((30, 40))) == "1200 numbers in an array of shape (30, 40)"


def test_precision_is_asked_for_as_far_as_the_dtype_goes():
    z = (np.array([3.0, 1.0, -3.0]),)
    double = tolerance_of((np.ones(3),), z)
    assert double < 1e-13
    assert tolerance_of((np.ones(3, np.float32),), z) > 1e5 * double
    half = tolerance_of((np.ones(3, np.float16),), z)
    assert half == tolerance_of((np.ones(3, np.float32),), z)
    assert tolerance_of((np.ones(3, np.longdouble),), z) == double
    assert tolerance_of(([1],), (np.array([np.inf, 1000.0]), 2)) > 100 * double


# ---- the oracle ---------------------------------------------------------------------------------


def rows(function):
    """Return an mpmath function of one row as one that takes batches, and an axis."""

    def of_array(z, axis=-1):
        z = np.moveaxis(np.asarray(z, dtype=float), axis, -1)
        values = np.array([function(row) for row in z.reshape(-1, z.shape[-1])], dtype=object)
        inner = values.shape[1:]
        values = values.astype(float).reshape(z.shape[:-1] + inner)
        return np.moveaxis(values, -1, axis) if inner else values

    return of_array


def exact_jacobian(z):
    p = exact_softmax(z)
    with mpmath.workdps(60):
        entries = [[p[i] * ((i == j) - p[j]) for j in range(len(p))] for i in range(len(p))]
    return np.array(entries, dtype=float)


def exact_product(z, v):
    one = [
        exact_jacobian(row) @ u for row, u in zip(np.atleast_2d(z), np.atleast_2d(v), strict=True)
    ]
    return np.array(one).reshape(z.shape)


def exact_loss(z, k):
    return np.array(
        [-exact_log_softmax(row)[label] for row, label in zip(z, k, strict=True)], float
    )


def exact_step(X, labels, W, b, rate):
    """Take the step by differentiating the mean loss itself."""

    def mean_loss(*parameters):
        W_, b_ = np.split(np.array(parameters), [W.size])
        total = mpmath.mpf(0)
        for x, k in zip(X, labels, strict=True):
            z = [
                sum(exact(x[d]) * W_.reshape(W.shape)[d, c] for d in range(len(x))) + b_[c]
                for c in range(len(b))
            ]
            total += mpmath.log(sum(mpmath.exp(value) for value in z)) - z[k]
        return total / len(X)

    start = [mpmath.mpf(float(value)) for value in (*W.ravel(), *b)]
    with mpmath.workdps(30):
        slopes = [
            mpmath.diff(lambda t, i=i: mean_loss(*start[:i], t, *start[i + 1 :]), value)
            for i, value in enumerate(start)
        ]
        new = np.array([float(v - rate * s) for v, s in zip(start, slopes, strict=True)])
    return new[: W.size].reshape(W.shape), new[W.size :]


def plain_backward(X, W, G):
    (N, D), C = X.shape, W.shape[1]
    return (
        [[sum(G[n, c] * W[d, c] for c in range(C)) for d in range(D)] for n in range(N)],
        [[sum(X[n, d] * G[n, c] for n in range(N)) for c in range(C)] for d in range(D)],
        [sum(G[n, c] for n in range(N)) for c in range(C)],
    )


def first_maximum(row):
    return [float(i == list(row).index(max(row))) for i in range(len(row))]


ORACLES = {
    "softmax_naive": rows(exact_softmax),
    "softmax": rows(exact_softmax),
    "hardmax": rows(first_maximum),
    "log_softmax": rows(exact_log_softmax),
    "logsumexp": rows(exact_logsumexp),
    "softmax_jacobian": exact_jacobian,
    "softmax_jvp": exact_product,
    "softmax_vjp": exact_product,
    "one_hot": lambda labels, C: [[float(c == label) for c in range(C)] for label in labels],
    "softmax_cross_entropy": exact_loss,
    "mean_cross_entropy": lambda z, k: exact_loss(z, k).mean(),
    "softmax_cross_entropy_grad": lambda z, k: (
        rows(exact_softmax)(z) - (np.arange(z.shape[1]) == k[:, None])
    ),
    "linear_backward": plain_backward,
    "training_step": exact_step,
}


@pytest.mark.parametrize("name", EXERCISES)
def test_what_a_check_expects_is_what_mpmath_says(name):
    exercise = EXERCISES[name]
    for law in exercise.laws:
        for arguments in law.inputs:
            expected = exercise.expected(law, arguments)
            other = ORACLES[name](*arguments, **law.options)
            others = other if len(exercise.results) > 1 else (other,)
            for ours, theirs in zip(expected, others, strict=True):
                assert ours.shape == np.shape(theirs)
                assert np.allclose(ours, np.asarray(theirs, float), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_what_a_check_expects_is_what_scipy_says(name):
    exercise = EXERCISES[name]
    for law in exercise.laws:
        for (z,) in law.inputs:
            (expected,) = exercise.expected(law, (z,))
            theirs = getattr(scipy.special, name)(z, **({"axis": -1} | law.options))
            assert np.allclose(expected, theirs, rtol=1e-6 if z.dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("name", EXERCISES)
def test_laws_are_tried_on_small_inputs_first(name):
    exercise = EXERCISES[name]
    names = [law.name for law in exercise.laws]
    assert len(set(names)) == len(names)
    assert exercise.laws[-1].about_arguments
    assert [law.judge is has_shape for law in exercise.laws] == [True] + [False] * (len(names) - 1)
    sizes = [sum(np.size(a) for a in law.inputs[0]) for law in exercise.laws]
    assert all(
        size <= max(sum(np.size(a) for a in arguments) for arguments in law.inputs)
        for size, law in zip(sizes, exercise.laws, strict=True)
    )
    assert max(np.size(a) for law in exercise.laws for inputs in law.inputs for a in inputs) < 20


def test_every_law_can_fail():
    """Hand each law results that are off, and see it complain."""
    for exercise in EXERCISES.values():
        for law in exercise.laws:
            spoilt = functools.partial(off, exercise, law)
            assert exercise.first_complaint(law, spoilt), (exercise.name, law.name)


def off(exercise, law, arguments, options):
    """Return results that break the law."""
    shape_law = law.judge.__name__ == "has_shape"
    spoilt = [
        np.append(value, 0.0)
        if shape_law
        else -3.25 - np.arange(value.size).reshape(value.shape) ** 2
        for value in exercise.expected(law, arguments)
    ]
    if exercise.name == "log_softmax":
        spoilt = [value if shape_law else -value for value in spoilt]
    return Outcome(tuple(spoilt), changed=True)


# ---- the package --------------------------------------------------------------------------------


def test_all_is_the_public_api():
    assert sorted(check.__all__) == check.__all__
    assert {*FUNCTIONS} == {*EXERCISES}
    for name in check.__all__:
        assert getattr(check, name).__module__.startswith("softmax_lib.check.")


def test_a_check_bears_the_name_of_what_it_checks():
    only_here = {"mean_cross_entropy", "training_step"}
    assert set(FUNCTIONS) - set(softmax_lib.__all__) == only_here


def test_no_module_bears_the_name_of_a_function():
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert not modules & set(check.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_check_is_documented(name):
    function = getattr(check, name)
    doc = inspect.getdoc(function)
    assert f"``{EXERCISES[name].signature}``" in doc
    assert str(inspect.signature(function)) == "(function, *, seconds=5.0)"
    for section in ("Parameters", "Returns", "Examples"):
        assert f"{section}\n{'-' * len(section)}" in doc
    assert ">>> from softmax_lib import check" in doc


def test_every_module_has_a_docstring_and_a_readable_length():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), path
        assert text.count("\n") <= 200, path


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    "mended",
    [
        lambda z: (z - 1e-3 * np.arange(z.shape[-1])).argmax(axis=-1),
        lambda z: np.round(z, 6).argmax(axis=-1),
    ],
)
def test_a_tie_is_not_broken_by_moving_the_logits(mended):
    def hardmax(z):
        return np.eye(z.shape[-1])[mended(z)]

    assert check.hardmax(hardmax).failed_law == "a close race has a winner"


def test_imports_run_one_way():
    chapters = ["definition", "overflow", "derivative", "cross_entropy", "backprop"]
    order = ["showing", "limit", "running", "report"]
    order += ["mistakes", "mistakes.mistake", "mistakes.general"]
    order += [f"mistakes.{chapter}" for chapter in chapters]
    order += ["fingerprints", "fingerprints.tools"]
    order += [f"fingerprints.{chapter}" for chapter in chapters]
    order += ["diagnosis", "laws", "exercise", *chapters]
    files = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    assert set(files) == {*order, "__init__"}
    for place, name in enumerate(order):
        for module in set(imported(files[name])):
            assert module.split(".")[0] in {"softmax_lib", "numpy", *sys.stdlib_module_names}
            own = module.removeprefix("softmax_lib.check.")
            if own != module and own in files:
                assert own in order[:place], (name, own)


def test_nothing_else_in_the_library_uses_the_checks():
    library = PACKAGE.parent
    others = [path for path in library.rglob("*.py") if PACKAGE not in path.parents]
    assert len(others) > 10
    for path in others:
        assert not re.search(r"softmax_lib(\.check\b| import check\b)", path.read_text("utf-8"))


def test_importing_the_library_imports_no_check_and_a_check_needs_numpy_alone():
    script = (
        "import sys, numpy; before = set(sys.modules);"
        "import softmax_lib; print([m for m in sys.modules if m.startswith('softmax_lib.check')]);"
        "from softmax_lib import check;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names)));"
        "print(check.softmax(softmax_lib.softmax).passed)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent.parent,
    )
    assert run.stdout.splitlines() == ["[]", "['softmax_lib']", "True"]
    assert run.stderr == ""


def test_a_check_never_changes_its_own_inputs():
    before = {
        name: [np.array(a) for law in e.laws for inputs in law.inputs for a in inputs]
        for name, e in EXERCISES.items()
    }

    def vandal(*arguments):
        for argument in arguments:
            np.asarray(argument).flags.writeable and np.asarray(argument).fill(0)

    for name in FUNCTIONS:
        getattr(check, name)(vandal)
        getattr(check, name)(compiled(next(iter(SOURCES[name].values()))))
    for name, e in EXERCISES.items():
        after = [a for law in e.laws for inputs in law.inputs for a in inputs]
        assert all(map(np.array_equal, before[name], after))


REPORTS = """
import hashlib
from check_wrong import ATTEMPTS
from softmax_lib import check

# What only rounding tells from right cannot look the same everywhere.
reports = [
    getattr(check, name)(attempt)
    for name in ("softmax", "softmax_jacobian", "softmax_cross_entropy", "training_step")
    for mistake, attempt in ATTEMPTS[name]
    if mistake != "few-digits"
]
print(hashlib.sha256("".join(map(str, reports)).encode()).hexdigest())
"""


def test_reports_are_the_same_on_another_processor(capsys):
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    path = os.pathsep.join([str(PACKAGE.parent.parent), str(Path(__file__).parent)])
    switched_off = {"NPY_DISABLE_CPU_FEATURES": " ".join(found)} if found else {}
    elsewhere = subprocess.run(
        [sys.executable, "-c", REPORTS],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **switched_off, "PYTHONPATH": path},
    )
    exec(REPORTS, {})
    assert capsys.readouterr().out == elsewhere.stdout

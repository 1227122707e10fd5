"""The checks as a package: its names, its documentation, what it imports."""

import ast
import doctest
import importlib
import inspect
import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from IPython.core.oinspect import Inspector

import softmax_lib
from attempts import EXERCISES, SOURCES
from readers import compiled
from softmax_lib import check
from softmax_lib.course import CHAPTERS

PACKAGE = Path(check.__file__).parent


def test_the_names_are_those_of_the_checks_of_all_chapters():
    modules = [chapter.room("check") for chapter in CHAPTERS]
    found = [each for module in modules if module for each in vars(module).values()]
    names = {each.name for each in found if hasattr(each, "laws")}
    assert names == {*EXERCISES} and len(names) >= 14
    assert {*check.__all__} == names | {"Failure", "Report", "Section"}
    assert {*check.__all__} <= {*dir(check)}
    for name in names:
        assert getattr(check, name) is EXERCISES[name]
        assert getattr(check, name).__name__ == name


def test_a_check_bears_the_name_of_what_it_checks():
    only_here = {
        "attention_backward",
        "brier_parts",
        "causal_attention",
        "dot_product_attention",
        "focal_gradient",
        "free_logits",
        "log_odds",
        "log_softmax_jacobian",
        "masked_softmax",
        "mean_cross_entropy",
        "merge_sums",
        "network_gradients",
        "newton_step",
        "online_logsumexp",
        "perplexity",
        "piece_gradient",
        "prior_shift",
        "relu_backward",
        "relu_start",
        "safe_step",
        "soft_maximum",
        "split_heads",
        "temperature_gradient",
        "temperature_slope",
        "tempered_softmax",
        "top_p",
        "training_step",
    }
    of_none = set(EXERCISES) - set(softmax_lib.__all__)
    assert of_none == only_here, (
        "a check has the name of a function of the library, or stands in the list `only_here`"
    )


def test_no_module_bears_the_name_of_a_function():
    modules = {path.stem for path in PACKAGE.rglob("*.py")}
    assert not modules & set(check.__all__)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_check_is_documented_like_a_function(name):
    exercise = getattr(check, name)
    doc = inspect.getdoc(exercise)
    assert f"``{exercise.signature}`` takes" in doc
    assert str(inspect.signature(exercise)) == "(function, *, seconds=5.0)"
    for section in ("Parameters", "Returns", "Examples"):
        assert f"{section}\n{'-' * len(section)}" in doc
    assert ">>> from softmax_lib import check\n" in doc

    helped = pydoc.plain(pydoc.render_doc(exercise, "%s")).splitlines()
    assert helped[0] == "Exercise in module softmax_lib.check"
    assert helped[2] == f"{name} = <check.{name}(function, *, seconds=5.0)>"
    assert [line.strip() for line in helped[3:]] == [line.strip() for line in doc.splitlines()]

    asked = Inspector(theme_name="nocolor").info(exercise, f"check.{name}")
    assert asked["definition"] == f"check.{name}(function, *, seconds=5.0)"
    assert inspect.cleandoc(asked["docstring"]) == doc


def test_doctest_runs_the_example_of_every_check():
    found = {test.name: test for test in doctest.DocTestFinder().find(check)}
    for name in EXERCISES:
        test = found[f"softmax_lib.check.__test__.{name}"]
        assert len(test.examples) >= 3
        assert any(f"check.{name}(" in example.source for example in test.examples)


def test_every_module_has_a_docstring_and_a_readable_length():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), path
        assert text.count("\n") <= (250 if path.parent.name == "_engine" else 700), path


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def order():
    """Return the modules, each after those that it may use: the engine, then the chapters."""
    engine = importlib.import_module("softmax_lib.check._engine").__doc__.split("\n\n")[1]
    names = [f"_engine.{name.strip()}" for name in engine.split(",")]
    return ["_engine", *names, *(c.module for c in CHAPTERS if c.room("check")), ""]


def test_imports_run_one_way():
    files = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
    }
    files = {name.removesuffix("__init__").rstrip("."): path for name, path in files.items()}
    assert {*files} == {*order()}
    for place, name in enumerate(order()):
        for module in set(imported(files[name])):
            assert module.split(".")[0] in {"softmax_lib", "numpy", *sys.stdlib_module_names}
            own = module.removeprefix("softmax_lib.check").lstrip(".")
            if module.startswith("softmax_lib.check.") and own in files:
                assert own in order()[:place], (name, own)


def test_the_engine_names_no_chapter():
    names = {c.module for c in CHAPTERS} | {c.title for c in CHAPTERS} | {c.name for c in CHAPTERS}
    for path in (PACKAGE / "_engine").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        assert not names & (said | used), path


def test_nothing_else_in_the_library_uses_the_checks():
    library = PACKAGE.parent
    others = [path for path in library.rglob("*.py") if PACKAGE not in path.parents]
    others.remove(library / "notebook.py")  # which brings a chapter all of it
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

    for name in EXERCISES:
        getattr(check, name)(vandal)
        getattr(check, name)(compiled(next(iter(SOURCES[name].values()))))
    for name, e in EXERCISES.items():
        after = [a for law in e.laws for inputs in law.inputs for a in inputs]
        for was, now in zip(before[name], after, strict=True):
            np.testing.assert_array_equal(now, was)


REPORTS = """
import hashlib
from attempts import WRONG
from softmax_lib import check

# What only rounding tells from right cannot look the same everywhere.
reports = [
    getattr(check, name)(attempt)
    for name in ("softmax", "softmax_jacobian", "softmax_cross_entropy", "training_step")
    for mistake, attempt in WRONG[name]
    if mistake != "few-digits"
]
print(hashlib.sha256("".join(map(str, reports)).encode()).hexdigest())
"""


def test_reports_are_the_same_on_another_processor(capsys):
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    path = os.pathsep.join(filter(None, sys.path))
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

"""The contract that all public functions share, and the shape of the package itself."""

import functools
import importlib.util
import inspect
import itertools
import operator
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import softmax_lib
from oracles import (
    EXAMPLE,
    FLOATS,
    INTEGERS,
    LAYOUTS,
    NOT_REAL,
    anything,
    few,
    logits,
    strict,
)
from softmax_lib.course import CHAPTERS

PACKAGE = pathlib.Path(softmax_lib.__file__).parent


# --- every function, with valid arguments made from logits and an axis ---------------------------


CONTRACTS = [
    importlib.import_module(f"contracts.{each.module}")
    for each in CHAPTERS
    if importlib.util.find_spec(f"contracts.{each.module}")
]


def of_all_chapters(name):
    """Return what the chapters' contracts hold under a name, together."""
    return functools.reduce(operator.or_, (getattr(c, name, {}) for c in CONTRACTS), {})


SIGNATURES = of_all_chapters("SIGNATURES")
SAME_SHAPE = of_all_chapters("SAME_SHAPE")
ONE_A_ROW = of_all_chapters("ONE_A_ROW")
ALONG_AXIS = SAME_SHAPE | ONE_A_ROW
# The first argument of these has the dtype of the logits; the others make distributions of them.
OF_LOGITS = [n for n in ALONG_AXIS if n not in ("entropy", "kl_divergence", "smooth_labels")]
STABLE = [*ALONG_AXIS, "softmax_jacobian"]


def function(case):
    return getattr(softmax_lib, case.split()[0])


def call(case, z, axis=-1):
    if case == "softmax_jacobian":
        return softmax_lib.softmax_jacobian(z)
    return function(case)(*ALONG_AXIS[case](z, axis), axis=axis)


def same(a, b):
    return np.array_equal(a, b, equal_nan=True)


@few
@given(logits())
def test_axis_is_moveaxis_up_to_the_order_of_the_sums(drawn):
    z, axis = drawn
    few_ulp = 16 * np.finfo(float).eps
    for case in (*SAME_SHAPE, *ONE_A_ROW):
        got, last = call(case, z, axis), call(case, np.moveaxis(z, axis, -1))
        if case in SAME_SHAPE:
            last = np.moveaxis(last, -1, axis)
        np.testing.assert_allclose(got, last, rtol=few_ulp, atol=few_ulp, err_msg=case)
        assert got.shape == (z if case in SAME_SHAPE else z.sum(axis=axis)).shape, case


@pytest.mark.parametrize("case", STABLE)
def test_rows_do_not_disturb_one_another(case):
    z = np.array([EXAMPLE, (np.nan, 1, 2), (np.inf, 1, 2), (-np.inf, 0, 1), (1e308, 0, -1e308)])
    together = call(case, z)
    for row, result in zip(z, together, strict=True):
        assert same(call(case, row), result)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", STABLE)
def test_memory_layout_does_not_matter(case, layout):
    z = np.array([EXAMPLE, (0.5, -2.0, 2.25)])
    assert LAYOUTS[layout](z) is not z
    arguments = [z] if case == "softmax_jacobian" else ALONG_AXIS[case](z, -1)
    other = [LAYOUTS[layout](np.asarray(a)) if np.ndim(a) else a for a in arguments]
    assert same(function(case)(*other), function(case)(*arguments))
    assert function(case)(*other).dtype == np.float64


@pytest.mark.parametrize("case", STABLE)
def test_broadcast_arrays_are_read_as_their_values(case):
    z = np.broadcast_to(np.array(EXAMPLE), (2, 3))
    assert same(call(case, z), call(case, z.copy()))


@pytest.mark.parametrize("case", [*OF_LOGITS, "softmax_jacobian"])
@pytest.mark.parametrize("dtype", FLOATS)
def test_floating_dtypes_are_kept(case, dtype):
    z = np.array([[3, 1, -3], [0, 2, 2]], dtype=dtype)
    for order in "<>":
        assert call(case, z.astype(z.dtype.newbyteorder(order))).dtype == np.dtype(dtype)
        assert call(case, z.astype(z.dtype.newbyteorder(order))).dtype.isnative


@pytest.mark.parametrize("dtype", FLOATS)
def test_floating_dtypes_of_distributions_are_kept(dtype):
    p = np.array([0.5, 0.25, 0.25], dtype=dtype)
    wider = np.array([0.5, 0.25, 0.25], dtype=np.float32)
    assert softmax_lib.entropy(p).dtype == dtype
    assert softmax_lib.smooth_labels(p, 0.5).dtype == dtype
    assert softmax_lib.kl_divergence(p, p).dtype == dtype
    assert softmax_lib.kl_divergence(p, wider).dtype == np.result_type(dtype, np.float32)
    assert softmax_lib.softmax_jvp(p, wider).dtype == np.result_type(dtype, np.float32)


@pytest.mark.parametrize("case", [*OF_LOGITS, "softmax_jacobian"])
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_and_booleans_become_float64_and_do_not_wrap(case, dtype):
    low, high = (0, 1) if dtype is np.bool_ else (np.iinfo(np.int8).min, np.iinfo(np.int8).max)
    if np.dtype(dtype).kind == "u":
        low, high = 0, 255
    z = np.array([[low, high, low], [high, high, low]], dtype=dtype)
    signed = z.astype(np.float64)
    arguments = [z] if case == "softmax_jacobian" else list(ALONG_AXIS[case](signed, -1))
    arguments[0] = z
    result = function(case)(*arguments)
    assert result.dtype == np.float64
    assert same(result, call(case, signed))


@pytest.mark.parametrize("dtype", FLOATS)
@few
@given(st.data())
def test_no_warning_escapes_on_any_number(dtype, data):
    z = data.draw(anything(dtype))
    for case in STABLE:
        with np.errstate(all="ignore"):
            arguments = [z] if case == "softmax_jacobian" else ALONG_AXIS[case](z, -1)
        with strict():
            function(case)(*arguments)


@few
@given(logits(dtypes=FLOATS, bound=10))
def test_arguments_are_never_modified(drawn):
    z, axis = drawn
    for case in STABLE:
        if case == "softmax_jacobian":
            arguments, options = [z], {}
        else:
            arguments, options = ALONG_AXIS[case](z, axis), {"axis": axis}
        before = [np.array(argument) for argument in arguments]
        result = function(case)(*arguments, **options)
        for argument, copy in zip(arguments, before, strict=True):
            assert same(argument, copy), case
            assert not np.may_share_memory(result, argument), case


@pytest.mark.parametrize("case", [*ALONG_AXIS, "softmax_naive"])
def test_an_axis_out_of_range_is_an_error(case):
    table = ALONG_AXIS | {"softmax_naive": lambda z, axis: (z,)}
    arguments = table[case](np.ones((2, 3)), -1)
    for axis in (2, -3):
        with pytest.raises(np.exceptions.AxisError, match=f"axis {axis} .* dimension 2"):
            function(case)(*arguments, axis=axis)


@pytest.mark.parametrize("case", [*ALONG_AXIS, "softmax_naive"])
def test_an_axis_that_is_no_int_is_an_error(case):
    table = ALONG_AXIS | {"softmax_naive": lambda z, axis: (z,)}
    arguments = table[case](np.ones((2, 3)), -1)
    wrong = [1.0, "1", [0], (0, "1")]
    if case not in ("softmax", "log_softmax", "logsumexp"):
        wrong += [None, (0, 1)]
    for axis in wrong:
        with pytest.raises(TypeError, match="axis must be an int"):
            function(case)(*arguments, axis=axis)


@pytest.mark.parametrize("case", [*ALONG_AXIS, "softmax_naive"])
def test_numpy_integers_are_axes(case):
    table = ALONG_AXIS | {"softmax_naive": lambda z, axis: (z,)}
    arguments = table[case](np.array([EXAMPLE, EXAMPLE]), 1)
    assert same(function(case)(*arguments, axis=np.int8(1)), function(case)(*arguments, axis=-1))


# The log of an empty sum is defined: test_overflow.py.
NEED_A_CLASS = [case for case in (*STABLE, "softmax_naive") if case != "logsumexp"]


@pytest.mark.parametrize("case", NEED_A_CLASS)
def test_an_axis_without_a_class_is_an_error(case):
    empty = np.zeros((2, 0))
    # The other arguments as for one class, those of the logits' shape without any.
    others = ALONG_AXIS[case](np.zeros((2, 1)), -1)[1:] if case in ALONG_AXIS else ()
    others = [a[:, :0] if np.ndim(a) == 2 else a for a in others]
    with pytest.raises(ValueError, match=r"of shape \(2, 0\) hold no class along axis -?1"):
        function(case)(empty, *others)


@pytest.mark.parametrize("case", [*STABLE, "softmax_naive"])
def test_no_rows_give_no_results(case):
    z = np.zeros((0, 3))
    result = call(case, z) if case in ALONG_AXIS else function(case)(z)
    shape = {"softmax_jacobian": (0, 3, 3)} | dict.fromkeys(ONE_A_ROW, (0,))
    assert result.shape == shape.get(case, (0, 3))


REAL_ARGUMENTS = of_all_chapters("REAL_ARGUMENTS")


# The formula as written is analytic, and the complex step needs it: test_definition.py.
COMPLEX_IS_FINE = ("softmax_naive", "complex")
PAIRS = itertools.product(REAL_ARGUMENTS, NOT_REAL)
REFUSED = [pair for pair in PAIRS if pair != COMPLEX_IS_FINE]


@pytest.mark.parametrize(("name", "wrong"), REFUSED)
def test_what_is_no_real_number_is_a_type_error(name, wrong):
    arguments, places = REAL_ARGUMENTS[name]
    getattr(softmax_lib, name)(*arguments)
    for place, argument in places.items():
        changed = list(arguments)
        changed[place] = NOT_REAL[wrong]
        with pytest.raises(TypeError, match=rf"^({argument}|labels) must"):
            getattr(softmax_lib, name)(*changed)


def test_every_function_is_held_to_the_contract():
    functions = {name for name in softmax_lib.__all__ if name.islower()}
    assert functions == set(SIGNATURES) == {"one_hot", *REAL_ARGUMENTS}
    apart = {name for contract in CONTRACTS for name in getattr(contract, "APART", ())}
    assert {case.split()[0] for case in ALONG_AXIS} == functions - apart


# --- the package -----------------------------------------------------------------------------


MODELS = ("SoftmaxRegression", "OneHiddenLayer")


def test_all_is_sorted_and_names_the_functions_and_the_models():
    assert sorted(softmax_lib.__all__) == list(softmax_lib.__all__)
    assert set(softmax_lib.__all__) == {*SIGNATURES, *MODELS, "NotFittedError"}


def test_signatures_are_the_public_api():
    signatures = {
        name: str(inspect.signature(getattr(softmax_lib, name)))
        for name in softmax_lib.__all__
        if name.islower()
    }
    assert signatures == SIGNATURES


def sections(docstring):
    lines = inspect.cleandoc(docstring).splitlines()
    return [line for line, rule in itertools.pairwise(lines) if line and rule == "-" * len(line)]


@pytest.mark.parametrize("name", [n for n in softmax_lib.__all__ if n.islower()])
def test_every_function_is_documented(name):
    function = getattr(softmax_lib, name)
    doc = inspect.getdoc(function)
    found = sections(doc)
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert section in found
    order = ["Parameters", "Returns", "Raises", "Warns", "See Also", "Notes", "References"]
    assert found == [s for s in [*order, "Examples"] if s in found]
    parameters = doc.split("Parameters\n----------\n")[1].split("\n\n")[0]
    # "a, b : float" documents a and b, and so does "a, b" whose text points elsewhere.
    heads = [line.split(" : ")[0] for line in parameters.splitlines() if line[0] != " "]
    named = [name for head in heads for name in head.split(", ")]
    assert named == list(inspect.signature(function).parameters)
    assert f">>> from softmax_lib import {name}" in doc or f", {name}\n" in doc


@pytest.mark.parametrize("name", MODELS)
def test_classes_are_documented(name):
    model = getattr(softmax_lib, name)
    assert sections(model.__doc__) == [
        *("Parameters", "Attributes", "Warns", "Notes", "References", "Examples")
    ]
    for parameter in inspect.signature(model).parameters:
        assert f"\n{parameter} : " in inspect.getdoc(model)
    for name, method in inspect.getmembers(model, inspect.isfunction):
        assert name.startswith("_") or method.__doc__
    fitted = vars(model(max_iter=1).fit([[0.0], [1.0]], [0, 1]))
    learned = {name for name in fitted if name.endswith("_")}
    for attribute in learned:
        assert attribute in model.__doc__
    assert softmax_lib.NotFittedError.__doc__


def test_importing_the_library_needs_numpy_alone():
    script = (
        "import sys; before = set(sys.modules); import numpy; numpy_s = set(sys.modules);"
        "import softmax_lib;"
        "new = {name.split('.')[0] for name in set(sys.modules) - numpy_s};"
        "print(sorted(new - set(sys.stdlib_module_names)));"
        "print([m for m in ('scipy', 'sympy', 'matplotlib', 'mpmath') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=PACKAGE.parent,
    )
    assert run.stdout.split("\n")[:2] == ["['softmax_lib']", "[]"]
    assert run.stderr == ""


def test_the_version_is_that_of_the_project():
    import tomllib

    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert softmax_lib.__version__ == project["project"]["version"]

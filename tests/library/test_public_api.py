"""The contract that all public functions share, and the shape of the package itself."""

import inspect
import itertools
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
    distribution,
    few,
    logits,
    strict,
)

PACKAGE = pathlib.Path(softmax_lib.__file__).parent


# --- every function, with valid arguments made from logits and an axis ---------------------------


def lowest(z, axis):
    return np.argmin(z, axis=axis)


def weights(z, axis):
    return distribution(np.nan_to_num(np.asarray(z, float), posinf=1, neginf=-1) % 1e6, axis)


SAME_SHAPE = {
    "hardmax": lambda z, axis: (z,),
    "softmax": lambda z, axis: (z,),
    "log_softmax": lambda z, axis: (z,),
    "softmax_jvp": lambda z, axis: (z, -z),
    "softmax_vjp": lambda z, axis: (z, -z),
    "smooth_labels": lambda z, axis: (weights(z, axis), 0.25),
    "softmax_cross_entropy_grad": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy_grad soft": lambda z, axis: (z, weights(z, axis)),
}
ONE_A_ROW = {
    "logsumexp": lambda z, axis: (z,),
    "nll_loss": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy soft": lambda z, axis: (z, weights(z, axis)),
    "entropy": lambda z, axis: (weights(z, axis),),
    "kl_divergence": lambda z, axis: (weights(z, axis), weights(-z, axis)),
}
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
    others = {
        "smooth_labels": (0.1,),
        "softmax_jvp": (empty,),
        "softmax_vjp": (empty,),
        "kl_divergence": (empty,),
        "nll_loss": (np.array([0, 0]),),
        "softmax_cross_entropy": (np.array([0, 0]),),
        "softmax_cross_entropy_grad": (np.array([0, 0]),),
        "softmax_cross_entropy soft": (empty,),
        "softmax_cross_entropy_grad soft": (empty,),
    }
    with pytest.raises(ValueError, match=r"of shape \(2, 0\) hold no class along axis -?1"):
        function(case)(empty, *others.get(case, ()))


@pytest.mark.parametrize("case", [*STABLE, "softmax_naive"])
def test_no_rows_give_no_results(case):
    z = np.zeros((0, 3))
    result = call(case, z) if case in ALONG_AXIS else function(case)(z)
    shape = {"softmax_jacobian": (0, 3, 3)} | dict.fromkeys(ONE_A_ROW, (0,))
    assert result.shape == shape.get(case, (0, 3))


# One valid argument list a function; what stands at the numbered places must be real numbers.
REAL_ARGUMENTS = {
    "softmax_naive": ((EXAMPLE,), {0: "logits"}),
    "hardmax": ((EXAMPLE,), {0: "logits"}),
    "softmax": ((EXAMPLE,), {0: "logits"}),
    "log_softmax": ((EXAMPLE,), {0: "logits"}),
    "logsumexp": ((EXAMPLE,), {0: "logits"}),
    "softmax_jacobian": ((EXAMPLE,), {0: "logits"}),
    "softmax_jvp": ((EXAMPLE, EXAMPLE), {0: "logits", 1: "tangent"}),
    "softmax_vjp": ((EXAMPLE, EXAMPLE), {0: "logits", 1: "cotangent"}),
    "numerical_jacobian": ((np.square, EXAMPLE), {1: "x"}),
    "nll_loss": ((EXAMPLE, 0), {0: "log_probs"}),
    "softmax_cross_entropy": ((EXAMPLE, [1, 0, 0]), {0: "logits", 1: "targets"}),
    "softmax_cross_entropy_grad": ((EXAMPLE, [1, 0, 0]), {0: "logits", 1: "targets"}),
    "smooth_labels": (([1, 0, 0], 0.5), {0: "targets", 1: "alpha"}),
    "entropy": (([1, 0, 0],), {0: "p"}),
    "kl_divergence": (([1, 0, 0], [0, 1, 0]), {0: "p", 1: "q"}),
    "linear_backward": (
        ([EXAMPLE], np.ones((3, 2)), [[1, -1]]),
        {0: "X", 1: "W", 2: "grad_logits"},
    ),
}


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
    assert functions == {"one_hot", *REAL_ARGUMENTS}
    assert {case.split()[0] for case in STABLE} == functions - {
        "softmax_naive",  # warns, and has its own tests
        "one_hot",
        "numerical_jacobian",
        "linear_backward",
    }


# --- the package -----------------------------------------------------------------------------


def test_all_is_the_public_api():
    assert sorted(softmax_lib.__all__) == list(softmax_lib.__all__)
    assert set(softmax_lib.__all__) == {
        *("softmax_naive", "hardmax"),
        *("softmax", "log_softmax", "logsumexp"),
        *("softmax_jacobian", "softmax_jvp", "softmax_vjp", "numerical_jacobian"),
        *("one_hot", "nll_loss", "softmax_cross_entropy"),
        *("smooth_labels", "entropy", "kl_divergence"),
        *("softmax_cross_entropy_grad", "linear_backward"),
        *("SoftmaxRegression", "NotFittedError"),
    }


def test_signatures_are_the_public_api():
    signatures = {
        name: str(inspect.signature(getattr(softmax_lib, name)))
        for name in softmax_lib.__all__
        if name.islower()
    }
    assert signatures == {
        "softmax_naive": "(logits, axis=-1)",
        "hardmax": "(logits, axis=-1)",
        "softmax": "(logits, axis=-1, *, temperature=1.0, where=None, out=None)",
        "log_softmax": "(logits, axis=-1, *, temperature=1.0, where=None, out=None)",
        "logsumexp": "(logits, axis=-1, *, where=None, keepdims=False)",
        "softmax_jacobian": "(logits)",
        "softmax_jvp": "(logits, tangent, axis=-1)",
        "softmax_vjp": "(logits, cotangent, axis=-1)",
        "numerical_jacobian": "(f, x, *, method='central')",
        "one_hot": "(labels, num_classes, *, axis=-1)",
        "nll_loss": "(log_probs, labels, axis=-1)",
        "softmax_cross_entropy": "(logits, targets, axis=-1)",
        "smooth_labels": "(targets, alpha, axis=-1)",
        "entropy": "(p, axis=-1)",
        "kl_divergence": "(p, q, axis=-1)",
        "softmax_cross_entropy_grad": "(logits, targets, axis=-1)",
        "linear_backward": "(X, W, grad_logits)",
    }


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


def test_classes_are_documented():
    model = softmax_lib.SoftmaxRegression
    assert sections(model.__doc__) == ["Parameters", "Attributes", "Examples"]
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

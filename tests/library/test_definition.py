"""Chapter 1: the formula as written, and the hard choice that it softens."""

import re
import warnings

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import assume, given
from hypothesis import strategies as st

from oracles import EXAMPLE, FLOATS, INTEGERS, LAYOUTS, exact_softmax, few, logits, ulps
from softmax_lib import hardmax, one_hot, softmax, softmax_naive

# Laws hold to the rounding of a handful of operations; logits are at most 30 apart from 0.
CLOSE = {"rtol": 1e-13, "atol": 0}


def test_the_example_of_the_course():
    np.testing.assert_array_equal(softmax_naive(EXAMPLE).round(3), [0.879, 0.119, 0.002])
    assert ulps(softmax_naive(EXAMPLE), exact_softmax(EXAMPLE)) < 3


@few
@given(logits())
def test_naive_softmax_is_the_formula(drawn):
    z, axis = drawn
    np.testing.assert_allclose(softmax_naive(z, axis), scipy.special.softmax(z, axis), **CLOSE)


@few
@given(logits())
def test_sum_to_one(drawn):
    z, axis = drawn
    np.testing.assert_allclose(softmax_naive(z, axis).sum(axis=axis), 1, rtol=1e-14)


@few
@given(logits())
def test_probabilities_are_positive(drawn):
    z, axis = drawn
    p = softmax_naive(z, axis)
    assert (p > 0).all()
    assert (p <= 1).all()


@few
@given(logits(max_dims=1), st.data())
def test_order_is_kept_and_only_gaps_matter(drawn, data):
    z, _ = drawn
    i, j = (data.draw(st.integers(0, len(z) - 1)) for _ in "ij")
    p = softmax_naive(z)
    assert (p[i] > p[j]) == (z[i] > z[j])
    np.testing.assert_allclose(p[i] / p[j], np.exp(z[i] - z[j]), **CLOSE)


@few
@given(logits(max_dims=1, bound=10), st.data())
def test_differences_shrink(drawn, data):
    z, _ = drawn
    i, j = (data.draw(st.integers(0, len(z) - 1)) for _ in "ij")
    p = softmax_naive(z)
    difference = p[i] - p[j]
    expected = (p[i] + p[j]) * np.tanh((z[i] - z[j]) / 2)
    np.testing.assert_allclose(difference, expected, rtol=1e-9, atol=1e-15)
    assert abs(difference) <= abs(z[i] - z[j]) / 2


@few
@given(logits(), st.integers(-300, 300))
def test_shift_invariance(drawn, a):
    z, axis = drawn
    np.testing.assert_allclose(softmax_naive(z + a, axis), softmax_naive(z, axis), **CLOSE)


def test_plain_normalisation_is_not_shift_invariant():
    z = np.array([0.1, 0.2])
    np.testing.assert_array_equal(softmax_naive(z).round(3), [0.475, 0.525])
    np.testing.assert_array_equal((z / z.sum()).round(3), [0.333, 0.667])
    assert abs(((z + 1) / (z + 1).sum())[0] - (z / z.sum())[0]) > 0.1


@few
@given(st.floats(-30, 30), st.floats(-30, 30))
def test_two_classes_are_a_sigmoid(a, b):
    np.testing.assert_allclose(softmax_naive([a, b])[0], scipy.special.expit(a - b), rtol=1e-13)


def test_complex_logits_give_the_analytic_continuation():
    z = [0.5 + 1j, -0.25 - 2j, 1.0 + 0j]
    with mpmath.workdps(30):
        terms = [mpmath.exp(mpmath.mpc(value)) for value in z]
        expected = [complex(term / mpmath.fsum(terms)) for term in terms]
    np.testing.assert_allclose(softmax_naive(z), expected, rtol=1e-14)
    assert softmax_naive(np.array(z, np.complex64)).dtype == np.complex64


# --- where the formula fails -------------------------------------------------------------------


def raised(z):
    """Return softmax_naive(z) and the warnings that NumPy gave."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        p = softmax_naive(z)
    assert all(warning.category is RuntimeWarning for warning in caught)
    return p, [re.match(r"\w+( value)?", str(warning.message))[0] for warning in caught]


def test_the_overflow_of_the_notes():
    p, messages = raised(np.array([123.0, 456.0, 789.0]))
    np.testing.assert_array_equal(p, [0, 0, np.nan])
    assert messages == ["overflow", "invalid value"]
    p, messages = raised(np.array([123, 456, 789], np.float32))
    np.testing.assert_array_equal(p, [np.nan] * 3)
    assert messages == ["overflow", "invalid value"]


@pytest.mark.parametrize(
    ("dtype", "largest"), [(np.float64, 709.78), (np.float32, 88.72), (np.float16, 11.09)]
)
def test_overflow_threshold_by_dtype(dtype, largest):
    assert round(float(np.log(float(np.finfo(dtype).max))), 2) == largest
    below, above = (np.array([largest + shift, 0], dtype) for shift in (-0.1, 0.1))
    assert raised(below)[1] == []
    assert np.isfinite(softmax_naive(below)).all()
    p, messages = raised(above)
    assert np.isnan(p[0])
    assert messages == ["overflow", "invalid value"]


def test_all_negative_underflow_divides_zero_by_zero():
    p, messages = raised(np.array([-800.0, -801.0]))
    assert np.isnan(p).all()
    assert messages == ["invalid value"]
    assert raised(np.array([-745.0, -745.0]))[0].tolist() == [0.5, 0.5]
    assert np.exp(-745.13) > 0
    assert np.exp(-745.14) == 0


def test_a_probability_of_exactly_1_is_rounding():
    # 1 + e^(-gap) rounds to 1 once e^(-gap) is below half an eps: gap > 53 log 2 = 36.74;
    # e^gap + 1 to e^gap once 1 is below half a unit of e^gap, by then at most eps e^gap.
    for z in ([36.7, 0.0], [836.7, 800.0]):
        assert softmax(z)[0] < 1
    assert softmax([836.8, 800.0])[0] == 1
    assert softmax([37.5, 0.0])[0] == 1
    assert softmax([37.5, 0.0])[1] > 0


# --- the contract, for the two functions that may be exact ---------------------------------------


@few
@given(logits(dtypes=FLOATS, bound=5))
def test_naive_keeps_floating_dtypes_shapes_and_its_argument(drawn):
    z, axis = drawn
    before = z.copy()
    p = softmax_naive(z, axis)
    assert p.dtype == z.dtype
    assert p.shape == z.shape
    np.testing.assert_array_equal(z, before)
    last = np.moveaxis(softmax_naive(np.moveaxis(z, axis, -1)), -1, axis)
    np.testing.assert_allclose(p, last, rtol=8 * np.finfo(z.dtype).eps)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_naive_takes_integers_as_float64(dtype):
    z = np.array([0, 1, 1], dtype)
    assert softmax_naive(z).dtype == np.float64
    np.testing.assert_array_equal(softmax_naive(z), softmax_naive(z.astype(np.float64)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_naive_in_any_memory_layout(layout):
    z = np.array([EXAMPLE, (0.5, -2.0, 2.25)])
    np.testing.assert_allclose(softmax_naive(LAYOUTS[layout](z)), softmax_naive(z), rtol=1e-15)


@pytest.mark.parametrize("function", [softmax_naive, hardmax])
def test_a_scalar_is_one_class(function):
    for axis in (0, -1):
        assert function(7.0, axis) == 1
        assert function(np.float32(7), axis).dtype == np.float32
        assert np.ndim(function(7, axis)) == 0
    for axis in (1, -2):
        with pytest.raises(np.exceptions.AxisError):
            function(7.0, axis)


def test_complex_logits_are_an_error_for_hardmax():
    with pytest.raises(TypeError, match="real numbers, got an array of dtype complex128"):
        hardmax([1j, 0])


# --- hardmax -----------------------------------------------------------------------------------


@few
@given(logits(dtypes=FLOATS))
def test_hardmax_is_the_one_hot_of_argmax(drawn):
    z, axis = drawn
    expected = one_hot(np.argmax(z, axis=axis), z.shape[axis], axis=axis)
    np.testing.assert_array_equal(hardmax(z, axis), expected)


def test_the_first_maximum_takes_all_on_a_tie():
    np.testing.assert_array_equal(hardmax([2.0, 5.0, 5.0]), [0, 1, 0])
    assert hardmax([[0, 0], [0, 0]], axis=0).tolist() == [[1, 1], [0, 0]]


def test_one_hot_by_comparison_with_the_maximum_gives_two_ones():
    z = np.array([2.0, 5.0, 5.0])
    wrong = (z == z.max()).astype(float)
    assert wrong.sum() == 2
    assert hardmax(z).sum() == 1


def test_infinities_and_nan_in_hardmax():
    inf = np.inf
    z = [[inf, 1, inf], [-inf, -inf, -inf], [-inf, 1, 2], [np.nan, 1, inf]]
    np.testing.assert_array_equal(
        hardmax(z), [[1, 0, 0], [1, 0, 0], [0, 0, 1], [np.nan, np.nan, np.nan]]
    )


@few
@given(logits())
def test_hardmax_is_the_cold_limit_of_softmax_without_a_tie(drawn):
    z, axis = drawn
    ties = (z == z.max(axis=axis, keepdims=True)).sum(axis=axis)
    assume((ties == 1).all())
    # Gaps are at least 1/16: far beyond underflow at this temperature.
    np.testing.assert_array_equal(softmax(z, axis, temperature=1e-6), hardmax(z, axis))


@few
@given(logits())
def test_the_cold_limit_splits_a_tie_evenly(drawn):
    z, axis = drawn
    tied = z == z.max(axis=axis, keepdims=True)
    expected = tied / tied.sum(axis=axis, keepdims=True)
    np.testing.assert_array_equal(softmax(z, axis, temperature=1e-6), expected)


@few
@given(logits())
def test_the_hot_limit_is_uniform(drawn):
    z, axis = drawn
    np.testing.assert_allclose(softmax(z, axis, temperature=1e18), 1 / z.shape[axis], rtol=1e-15)


# --- myths -------------------------------------------------------------------------------------


def test_softmax_is_a_soft_argmax_not_a_soft_maximum():
    z = np.array([10.0, 30.0, 20.0])
    assert softmax(z).max() <= 1 < z.max()  # nothing in the output is near the maximum
    assert round(softmax(z) @ np.arange(3)) == np.argmax(z)


def test_the_components_of_softmax_are_neither_convex_nor_concave():
    def p(t):
        return softmax([t, 0.0])[0]

    assert p(3.0) > (p(2.0) + p(4.0)) / 2
    assert p(-3.0) < (p(-2.0) + p(-4.0)) / 2


def test_softmax_is_not_scale_invariant_but_scale_is_temperature():
    z = np.array(EXAMPLE)
    assert np.abs(softmax(2 * z) - softmax(z)).max() > 0.1
    np.testing.assert_allclose(softmax(2 * z), softmax(z, temperature=0.5), rtol=1e-15)

"""Streaming: partial results of log-sum-exp, and how two of them become one."""

import itertools
from functools import reduce

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from oracles import EXAMPLE, FLOATS, LAYOUTS, anything, exact, few, logits, strict, ulps
from softmax_lib import logsumexp, merge_logsumexp, partial_logsumexp
from softmax_lib.streaming import merged_partials, partial_of

INF, NAN = np.inf, np.nan
NOTHING = (-INF, 0.0)
numbers = st.floats(-1e3, 1e3, allow_subnormal=False)
rows = st.lists(numbers, min_size=1, max_size=8)
partials = st.tuples(numbers, st.floats(0, 1e3, allow_subnormal=False))


def same(a, b):
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


def exact_rest(row):
    """Return the sum of the exponentials but the largest, shifted by it, to 60 digits."""
    with mpmath.workdps(60):
        first = int(np.argmax(row))
        others = [exact(value) for at, value in enumerate(row) if at != first]
        return mpmath.fsum(mpmath.exp(value - exact(row[first])) for value in others)


# --- one piece -----------------------------------------------------------------------------------


@few
@given(logits(), st.data())
def test_top_and_rest_make_log_sum_exp_along_every_axis(drawn, data):
    z, axis = drawn
    axis = data.draw(st.sampled_from([axis, (axis,), None, tuple(range(z.ndim))]))
    top, rest = partial_logsumexp(z, axis)
    assert np.array_equal(top, z.max(axis=axis))
    expected = scipy.special.logsumexp(z, axis)
    assert top.shape == rest.shape == np.shape(expected)
    np.testing.assert_allclose(top + np.log1p(rest), expected, rtol=1e-13, atol=1e-14)


@given(rows)
def test_the_rest_is_right_to_a_few_units_in_the_last_place(row):
    _, rest = partial_logsumexp(row)
    if rest > 1e-300:
        assert ulps(rest, exact_rest(row)) < 8


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([], NOTHING),
        ([-INF], NOTHING),
        ([-INF, -INF], NOTHING),
        ([2.0], (2.0, 0.0)),
        ([2.0, -INF], (2.0, 0.0)),
        ([1000.0, 1000.0], (1000.0, 1.0)),
        ([INF, 1.0], (INF, NAN)),
        ([1.0, NAN], (NAN, NAN)),
    ],
)
def test_what_a_piece_tells_that_has_little_to_tell(row, expected):
    with strict():
        assert same(partial_logsumexp(row), expected)


def test_a_number_is_one_class_and_no_rows_tell_nothing():
    assert partial_logsumexp(3.0) == (3.0, 0.0)
    top, rest = partial_logsumexp(np.zeros((0, 3)))
    assert top.shape == rest.shape == (0,)
    assert same(partial_logsumexp(np.zeros((2, 0))), ([-INF, -INF], [0, 0]))


def test_a_masked_logit_is_not_looked_at():
    z = np.array([[3.0, NAN, -3.0], [1.0, 2.0, 5.0]])
    where = np.array([[True, False, True], [True, True, False]])
    expected = [partial_logsumexp(row[kept]) for row, kept in zip(z, where, strict=True)]
    assert same(partial_logsumexp(z, where=where), np.transpose(expected))
    with pytest.raises(TypeError, match="where must be booleans"):
        partial_logsumexp(z, where=[1, 0, 1])


@pytest.mark.parametrize("dtype", FLOATS)
def test_a_partial_result_is_computed_and_kept_in_the_dtype_but_float16_in_float32(dtype):
    top, rest = partial_logsumexp(np.array(EXAMPLE, dtype))
    assert top.dtype == rest.dtype == (np.float32 if dtype is np.float16 else dtype)
    merged = merge_logsumexp((top, rest), (dtype(0), dtype(0)))
    assert merged[0].dtype == merged[1].dtype == top.dtype


def test_a_rest_that_float16_cannot_hold():
    top, rest = partial_logsumexp(np.zeros(70_000, np.float16))
    assert (top, rest) == (0, 69_999)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_matter(layout):
    z = np.array([EXAMPLE, (0.5, -2.0, 2.25)])
    assert same(partial_logsumexp(LAYOUTS[layout](z)), partial_logsumexp(z))


@few
@given(anything(np.float64))
def test_no_warning_escapes_and_nothing_is_changed(z):
    before = z.copy()
    with strict():
        part = partial_logsumexp(z)
        merged = merge_logsumexp(part, part)
    assert np.array_equal(z, before, equal_nan=True)
    assert not any(np.may_share_memory(x, y) for x, y in itertools.product(part, merged))


# --- two pieces ----------------------------------------------------------------------------------


@given(rows, rows)
def test_two_pieces_merged_tell_what_the_whole_tells(one, other):
    top, rest = merge_logsumexp(partial_logsumexp(one), partial_logsumexp(other))
    assert top == max(one + other)
    if rest > 1e-300:
        assert ulps(rest, exact_rest(one + other)) < 12


@given(partials, partials)
def test_merging_is_commutative_to_the_last_bit(a, b):
    assert same(merge_logsumexp(a, b), merge_logsumexp(b, a))
    tie = (a[0], b[1])
    assert same(merge_logsumexp(a, tie), merge_logsumexp(tie, a))


def test_a_tie_of_rests_that_round_is_commutative_too():
    rests = np.random.default_rng(0).uniform(0, 1, (2, 1000))
    a, b = ((np.zeros(1000), rest) for rest in rests)
    assert same(merge_logsumexp(a, b), merge_logsumexp(b, a))


@given(partials, partials, partials)
def test_merging_is_associative_to_rounding(a, b, c):
    left = merge_logsumexp(merge_logsumexp(a, b), c)
    right = merge_logsumexp(a, merge_logsumexp(b, c))
    assert left[0] == right[0]
    np.testing.assert_allclose(left[1], right[1], rtol=1e-14, atol=1e-300)


@given(partials)
def test_a_piece_without_logits_changes_nothing(a):
    assert same(merge_logsumexp(a, NOTHING), a)
    assert same(merge_logsumexp(NOTHING, a), a)
    assert same(merge_logsumexp(NOTHING, NOTHING), NOTHING)


@pytest.mark.parametrize("size", [1, 3, 64, 1000])
def test_a_confident_prediction_keeps_its_digits_in_pieces_of_any_size(size):
    row = np.append(72.0, np.linspace(-3, 3, 999))
    parts = [partial_logsumexp(row[at : at + size]) for at in range(0, 1000, size)]
    for order in (parts, parts[::-1]):
        top, rest = reduce(merge_logsumexp, order)
        assert top == 72
        np.testing.assert_allclose(rest, float(exact_rest(row)), rtol=1e-13)


@pytest.mark.parametrize(("top", "low"), [(0.1, -700.3), (300.7, -0.2), (1e5 + 0.1, 1e5 - 0.7)])
def test_what_the_rounding_of_a_gap_takes_is_given_back(top, low):
    _, rest = merge_logsumexp((top, 0.0), (low, 0.0))
    assert ulps(rest, exact_rest([top, low])) < 2


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((1e308, 0.0), (-1e308, 0.0), (1e308, 0.0)),  # a gap beyond the range
        ((INF, NAN), (1.0, 0.0), (INF, NAN)),
        ((INF, NAN), NOTHING, (INF, NAN)),
        ((NAN, NAN), (1.0, 0.0), (NAN, NAN)),
        ((NAN, NAN), NOTHING, (NAN, NAN)),
        ((5.0, 0.5), (5.0, 0.25), (5.0, 1.75)),
        ((np.log(2.0), 0.0), (0.0, 1.0), (np.log(2.0), 1.0)),
    ],
)
def test_merges_at_the_edges(a, b, expected):
    with strict():
        for pair in ((a, b), (b, a)):
            got = merge_logsumexp(*pair)
            assert got[0] == expected[0] or np.isnan(expected[0])
            np.testing.assert_allclose(got, expected, rtol=1e-15)


@pytest.mark.parametrize("T", [0.25, 4.0])
def test_a_temperature_divides_the_gaps_of_two_pieces(T):
    row, T = np.array([0.3, 2.9, -1.7, 2.4]), np.float64(T)
    parts = (partial_of(half, (0,), temperature=T) for half in np.split(row, 2))
    top, rest = merged_partials(*parts, temperature=T)
    assert top == 2.9
    np.testing.assert_allclose(rest, float(exact_rest(row / T)), rtol=1e-14)


def test_rows_are_merged_row_by_row_and_one_pair_serves_all():
    z = np.array([EXAMPLE, (0.5, -2.0, 2.25)])
    merged = merge_logsumexp(partial_logsumexp(z[:, :1]), partial_logsumexp(z[:, 1:]))
    np.testing.assert_allclose(merged, partial_logsumexp(z), rtol=1e-15)
    assert same(merge_logsumexp(merged, NOTHING), merged)
    np.testing.assert_allclose(merged[0] + np.log1p(merged[1]), logsumexp(z), rtol=1e-15)


def test_integers_are_numbers_too_and_dtypes_are_joined():
    assert merge_logsumexp((3, 0), [3, 0]) == (3.0, 1.0)
    top, _ = merge_logsumexp((np.float32(3), np.float32(0)), (np.float64(1), np.float64(0)))
    assert top.dtype == np.float64


@pytest.mark.parametrize(
    ("a", "b", "error", "message"),
    [
        (3.0, (1.0, 0.0), TypeError, r"a must be a pair \(top, rest\), got float"),
        ((1.0, 0.0), (1.0, 0.0, 0.0), TypeError, r"b must be a pair \(top, rest\), got tuple"),
        ((1.0, 0.0), [1.0], TypeError, r"b must be a pair \(top, rest\), got list"),
        (np.ones(2), (1.0, 0.0), TypeError, r"a must be a pair \(top, rest\), got ndarray"),
        (("3", 0.0), (1.0, 0.0), TypeError, "top of a must be real numbers"),
        ((3.0, 0.0), (1.0, 1j), TypeError, "rest of b must be real numbers"),
        (([3.0, 1.0], 0.5), (1.0, 0.0), TypeError, r"a must .* one shape, got \(2,\) and \(\)"),
        ((3.0, [1.0, 0.5]), (1.0, 0.0), TypeError, r"a must .* one shape, got \(\) and \(2,\)"),
        (([3.0, 1.0], [-1.0, -2.0]), (1.0, 0.0), ValueError, "rest of a .* negative, got -1.0"),
        ((3.0, -0.5), (1.0, 0.0), ValueError, "rest of a must not be negative, got -0.5"),
        ((3.0, 0.0), ([1.0, 2.0], [0.0, -2.0]), ValueError, "rest of b .* negative, got -2.0"),
        (
            (np.ones(2), np.ones(2)),
            (np.ones(3), np.ones(3)),
            ValueError,
            r"must broadcast to one shape, got \(2,\), \(2,\), \(3,\), \(3,\)",
        ),
    ],
)
def test_what_is_no_partial_result_is_an_error_that_says_what_came(a, b, error, message):
    with pytest.raises(error, match=message):
        merge_logsumexp(a, b)

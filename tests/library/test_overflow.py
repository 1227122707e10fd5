"""Chapter 2: softmax, log-softmax and log-sum-exp for every floating number."""

import itertools
from functools import partial

import numpy as np
import pytest
import scipy.special
from hypothesis import assume, given
from hypothesis import strategies as st

from oracles import (
    EXAMPLE,
    FLOATS,
    anything,
    exact,
    exact_log_softmax,
    exact_logsumexp,
    exact_softmax,
    few,
    logits,
    strict,
    ulps,
)
from softmax_lib import hardmax, log_softmax, logsumexp, softmax, softmax_naive
from softmax_lib._engine.shift import shift_of

INF, NAN = np.inf, np.nan
CLOSE = {"rtol": 1e-13, "atol": 0}
EPS = np.finfo(float).eps


# --- against SciPy -----------------------------------------------------------------------------


def axes_of(ndim):
    """Every axis, every tuple of axes, and None."""
    single = range(-ndim, ndim)
    several = itertools.chain.from_iterable(
        itertools.permutations(range(ndim), n) for n in range(1, ndim + 1)
    )
    return st.sampled_from([*single, *several, tuple(range(-ndim, 0)), None])


@few
@given(logits(), st.data())
def test_softmax_and_its_logarithm_agree_with_scipy(drawn, data):
    z, _ = drawn
    axis = data.draw(axes_of(z.ndim))
    np.testing.assert_allclose(softmax(z, axis), scipy.special.softmax(z, axis), **CLOSE)
    # SciPy loses the digits of log p near 0: absolute there.
    expected = scipy.special.log_softmax(z, axis)
    np.testing.assert_allclose(log_softmax(z, axis), expected, rtol=1e-13, atol=1e-14)


@few
@given(logits(), st.data(), st.booleans())
def test_logsumexp_agrees_with_scipy(drawn, data, keepdims):
    z, _ = drawn
    axis = data.draw(axes_of(z.ndim))
    expected = scipy.special.logsumexp(z, axis, keepdims=keepdims)
    result = logsumexp(z, axis, keepdims=keepdims)
    assert np.shape(result) == np.shape(expected)
    np.testing.assert_allclose(result, expected, rtol=1e-13, atol=1e-14)


@few
@given(logits(max_dims=3), st.data())
def test_a_tuple_of_axes_is_one_long_axis(drawn, data):
    z, _ = drawn
    axes = data.draw(st.permutations(range(z.ndim)).map(tuple))
    alike = partial(np.testing.assert_allclose, rtol=1e-15, atol=0)  # up to the order of a sum
    for function in (softmax, log_softmax):
        flat = function(z.transpose(axes).ravel())
        alike(function(z, axes).transpose(axes).ravel(), flat)
        alike(function(z, None), function(z.ravel()).reshape(z.shape))
    alike(logsumexp(z, None), logsumexp(z.ravel()))
    alike(logsumexp(z, axes), logsumexp(z.transpose(axes).ravel()))


def test_no_axis_at_all_makes_every_element_its_own_class():
    z = np.array([EXAMPLE])
    np.testing.assert_array_equal(softmax(z, ()), np.ones_like(z))
    np.testing.assert_array_equal(log_softmax(z, ()), np.zeros_like(z))
    np.testing.assert_array_equal(logsumexp(z, ()), z)


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_an_axis_named_twice_is_an_error(function):
    with pytest.raises(ValueError, match=r"names a dimension twice: \(0, -2\)"):
        function(np.ones((2, 3)), axis=(0, -2))
    with pytest.raises(np.exceptions.AxisError):
        function(np.ones((2, 3)), axis=(0, 2))


# --- laws --------------------------------------------------------------------------------------


@few
@given(logits(dtypes=FLOATS, bound=400))
def test_probabilities_sum_to_one_in_every_dtype(drawn):
    z, axis = drawn
    p = softmax(z, axis)
    assert (p >= 0).all()
    assert (p <= 1).all()
    total = p.sum(axis=axis, dtype=np.longdouble)
    np.testing.assert_allclose(total.astype(float), 1, rtol=4 * float(np.finfo(z.dtype).eps))


@few
@given(logits(), st.integers(-(2**40), 2**40))
def test_shift_invariance_holds_to_the_last_digits_where_the_shift_is_exact(drawn, a):
    z, axis = drawn  # multiples of 1/16: z + a is exact
    np.testing.assert_allclose(softmax(z + a, axis), softmax(z, axis), rtol=8 * EPS)
    np.testing.assert_allclose(log_softmax(z + a, axis), log_softmax(z, axis), rtol=8 * EPS)


@few
@given(logits(), st.integers(-(2**30), 2**30))
def test_logsumexp_is_shift_equivariant_not_invariant(drawn, a):
    z, axis = drawn
    lse = logsumexp(z, axis)
    np.testing.assert_allclose(logsumexp(z + a, axis), lse + a, rtol=1e-14, atol=1e-13)
    assert a == 0 or not np.isclose(logsumexp(z + a, axis), lse, atol=1e-3).any()


@few
@given(logits())
def test_logsumexp_is_between_the_maximum_and_log_c_above_it(drawn):
    z, axis = drawn
    largest, lse = z.max(axis=axis), logsumexp(z, axis)
    slack = 4 * np.finfo(float).eps * (1 + np.abs(largest))
    assert (lse >= largest).all()
    assert (lse <= largest + np.log(z.shape[axis]) + slack).all()


@few
@given(logits(max_dims=1, bound=10), st.data())
def test_logsumexp_is_convex(drawn, data):
    z, _ = drawn
    other = np.array(data.draw(st.permutations(list(z)))) + data.draw(st.integers(-5, 5))
    middle = logsumexp((z + other) / 2)
    assert middle <= (logsumexp(z) + logsumexp(other)) / 2 + 1e-14


@few
@given(logits())
def test_log_softmax_is_the_logarithm_of_softmax(drawn):
    z, axis = drawn
    np.testing.assert_allclose(np.exp(log_softmax(z, axis)), softmax(z, axis), **CLOSE)
    assert (log_softmax(z, axis) <= 0).all()


@few
@given(logits())
def test_log_softmax_is_the_logits_minus_logsumexp(drawn):
    z, axis = drawn
    expected = z - logsumexp(z, axis, keepdims=True)
    np.testing.assert_allclose(log_softmax(z, axis), expected, rtol=1e-13, atol=1e-13)


@few
@given(logits())
def test_a_second_log_softmax_changes_nothing(drawn):
    z, axis = drawn
    once = log_softmax(z, axis)
    np.testing.assert_allclose(log_softmax(once, axis), once, rtol=1e-12, atol=1e-14)


@few
@given(logits())
def test_where_nothing_overflows_the_formula_as_written_agrees(drawn):
    z, axis = drawn
    np.testing.assert_allclose(softmax(z, axis), softmax_naive(z, axis), **CLOSE)


@few
@given(anything(np.float64))
def test_every_finite_logit_gives_a_finite_probability(z):
    assume(np.isfinite(z).all())
    p = softmax(z)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)
    assert np.isfinite(logsumexp(z)).all() or np.abs(z).max() > 1e308
    assert (log_softmax(z) <= 0).all()


# --- temperature -------------------------------------------------------------------------------


@few
@given(logits(), st.sampled_from([0.25, 0.5, 2, 8, np.float32(4), np.array(0.125)]))
def test_temperature_divides_the_logits(drawn, temperature):
    z, axis = drawn  # a power of two divides exactly
    for function in (softmax, log_softmax):
        expected = function(z / temperature, axis)
        got = function(z, axis, temperature=temperature)
        np.testing.assert_allclose(got, expected, rtol=8 * EPS)


@few
@given(logits(), st.floats(0.01, 100))
def test_temperature_keeps_the_order(drawn, temperature):
    z, axis = drawn
    warm = log_softmax(z, axis, temperature=temperature)
    np.testing.assert_array_equal(
        np.argsort(warm, axis, stable=True), np.argsort(z, axis, stable=True)
    )


@pytest.mark.parametrize("temperature", [3, 0.7, 1.5])
def test_temperature_against_arbitrary_precision(temperature):
    z = np.array(EXAMPLE)
    assert ulps(softmax(z, temperature=temperature), exact_softmax(z, temperature)) < 8
    assert ulps(log_softmax(z, temperature=temperature), exact_log_softmax(z, temperature)) < 8


def test_a_gap_that_overflows_comes_back_into_range_at_a_high_temperature():
    z = np.array([1.7e308, -1.7e308])
    with strict():
        assert ulps(softmax(z, temperature=1e308), exact_softmax(z, 1e308)) < 2
        np.testing.assert_allclose(log_softmax(z, temperature=1e300), [0, -3.4e8], rtol=1e-15)
        np.testing.assert_array_equal(softmax(z), [1, 0])


@pytest.mark.parametrize("temperature", [0.5, 0.9, 1.1])
def test_a_confident_winner_costs_at_another_temperature_what_its_gap_is_rounded_by(temperature):
    z = np.array([72.3, 0.1, 0.2])
    for rows in (z, np.array([z, z])):
        winner = np.atleast_2d(log_softmax(rows, temperature=temperature))[0, :1]
        assert ulps(winner, exact_log_softmax(z, temperature)[:1]) < 4 + 72.3 / temperature


@pytest.mark.parametrize("temperature", [0.95, 1.5, 2, 1e300])
def test_a_gap_may_be_any_that_divided_by_the_temperature_is_in_range(temperature):
    half = min(0.8e308 * temperature, 1.7e308)
    log_p = log_softmax([half, -half], temperature=temperature)
    np.testing.assert_allclose(log_p, [0, -2 * (half / temperature)], rtol=1e-15)


def test_extreme_temperatures_are_limits_without_warnings():
    z = np.array([1.0, 3.0, 3.0])
    with strict():
        np.testing.assert_array_equal(softmax(z, temperature=5e-324), [0, 0.5, 0.5])
        np.testing.assert_array_equal(log_softmax(z, temperature=5e-324)[:1], [-INF])
        np.testing.assert_array_equal(softmax(z, temperature=1e308), [1 / 3] * 3)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("temperature", [0, 0.0, -0.0, -1, INF, -INF, NAN])
def test_temperature_must_be_positive_and_finite(function, temperature):
    with pytest.raises(ValueError, match="temperature must be positive and finite in float64, got"):
        function(EXAMPLE, temperature=temperature)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("temperature", [1e-50, 1e300])
def test_temperature_must_be_so_in_the_dtype_computed_in(function, temperature):
    for dtype in (np.float16, np.float32):
        with pytest.raises(ValueError, match="positive and finite in float32"):
            function(np.array(EXAMPLE, dtype), temperature=temperature)
    function(np.array(EXAMPLE), temperature=temperature)


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("temperature", ["2", None, 1j, [2.0], np.ma.masked, 10**400])
def test_temperature_must_be_a_number(function, temperature):
    with pytest.raises(TypeError, match=r"^temperature must"):
        function(EXAMPLE, temperature=temperature)


# --- edge values -------------------------------------------------------------------------------

EDGES = [
    # logits, softmax, log_softmax, logsumexp
    ([-INF, 0.0, 0.0], [0, 0.5, 0.5], [-INF, -np.log(2), -np.log(2)], np.log(2)),
    ([-INF, -INF, 7.0], [0, 0, 1], [-INF, -INF, 0], 7),
    ([-INF, -INF], [NAN, NAN], [NAN, NAN], -INF),
    ([-INF], [NAN], [NAN], -INF),
    ([INF, 0.0], [NAN, NAN], [NAN, NAN], INF),
    ([INF, INF], [NAN, NAN], [NAN, NAN], INF),
    ([INF, -INF], [NAN, NAN], [NAN, NAN], INF),
    ([INF], [NAN], [NAN], INF),
    ([NAN, 0.0], [NAN, NAN], [NAN, NAN], NAN),
    ([0.0, NAN, INF], [NAN, NAN, NAN], [NAN, NAN, NAN], NAN),
    ([-INF, NAN], [NAN, NAN], [NAN, NAN], NAN),
    ([7.0], [1], [0], 7),
    ([1000, 0], [1, 0], [0, -1000], 1000),
    ([-1000, -1000], [0.5, 0.5], [-np.log(2), -np.log(2)], -1000 + np.log(2)),
    ([1.7e308, -1.7e308], [1, 0], [0, -INF], 1.7e308),
]


@pytest.mark.parametrize(("z", "p", "log_p", "lse"), EDGES)
def test_edge_values(z, p, log_p, lse):
    with strict():
        np.testing.assert_array_equal(softmax(z), p)
        np.testing.assert_allclose(log_softmax(z), log_p, rtol=1e-15)
        np.testing.assert_allclose(logsumexp(z), lse, rtol=1e-15)


@pytest.mark.parametrize("dtype", FLOATS)
def test_edge_values_in_every_dtype(dtype):
    z = np.array([[-INF, 0], [-INF, -INF], [INF, 0], [NAN, 0]], dtype)
    with strict():
        np.testing.assert_array_equal(softmax(z), [[0, 1], *[[NAN, NAN]] * 3])
        np.testing.assert_array_equal(log_softmax(z), [[-INF, 0], *[[NAN, NAN]] * 3])
        np.testing.assert_array_equal(logsumexp(z), [0, -INF, INF, NAN])


def test_an_empty_sum_has_the_logarithm_minus_infinity():
    with strict():
        assert logsumexp([]) == -INF
        np.testing.assert_array_equal(logsumexp(np.zeros((2, 0))), [-INF, -INF])
        assert logsumexp(np.zeros((2, 0), np.float32), keepdims=True).shape == (2, 1)
        assert logsumexp(np.zeros((2, 0), np.float32)).dtype == np.float32
        assert logsumexp(np.zeros((2, 0)), axis=0).shape == (0,)
        assert logsumexp(np.zeros((0, 3)), axis=None) == -INF


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_an_empty_sum_has_no_share_to_give(function):
    for shape, axis in [((0,), -1), ((2, 0), 1), ((2, 0), None), ((0, 3), (0, 1)), ((0, 3), 0)]:
        with pytest.raises(ValueError, match="hold no class along axis"):
            function(np.zeros(shape), axis)
    assert function(np.zeros((2, 0)), 0).shape == (2, 0)


def test_a_scalar_is_one_class():
    for axis in (0, -1, None, ()):
        assert softmax(7.0, axis) == 1
        assert log_softmax(7.0, axis) == 0
        assert logsumexp(7.0, axis) == 7
    assert softmax(np.float16(7)).dtype == np.float16
    assert np.shape(logsumexp(7.0, keepdims=True)) == ()
    for function in (softmax, log_softmax, logsumexp):
        with pytest.raises(np.exceptions.AxisError):
            function(7.0, 1)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_small_integers_do_not_wrap(dtype):
    z = np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype)
    with strict():
        np.testing.assert_allclose(softmax(z), [np.exp(-255.0), 1], rtol=1e-13)
        np.testing.assert_array_equal(log_softmax(z), [-255, -np.exp(-255.0)])
        assert logsumexp(z) == np.iinfo(dtype).max


# --- accuracy ----------------------------------------------------------------------------------

# Sixteenths, so that z - m is exact and the functions alone are measured.
RNG = np.random.default_rng(20240229)
EXACT_GAPS = {
    f"{lead} before {classes - 1}": np.r_[
        lead, np.round(48 * RNG.standard_normal(classes - 1)) / 16
    ]
    for lead in (0.0, 5.0, 20.0, 30.0, 72.0)
    for classes in (2, 10, 100)
} | {
    "72 before zeros": np.r_[72.0, np.zeros(9)],
    "an offset of 1e8": 1e8 + np.arange(10.0),
    "an offset of -1e8": -1e8 - np.arange(10.0),
    "all equal": np.full(10, 3.0),
}


@pytest.mark.parametrize("name", EXACT_GAPS)
def test_log_softmax_is_accurate_to_a_few_ulp(name):
    z = EXACT_GAPS[name]
    assert ulps(log_softmax(z), exact_log_softmax(z)) < 4
    z = (z - 1e8 * (z > 1e7) + 1e8 * (z < -1e7)).astype(np.float32)
    assert ulps(log_softmax(z), exact_log_softmax(z)) < 12


@pytest.mark.parametrize("name", EXACT_GAPS)
def test_softmax_is_no_worse_than_scipy(name):
    z = EXACT_GAPS[name]
    expected = exact_softmax(z)
    # Here the shift is exact for both, so that the exponential of the largest logit shows.
    assert ulps(softmax(z), expected) <= max(4, ulps(scipy.special.softmax(z), expected) + 1)


@pytest.mark.parametrize("name", EXACT_GAPS)
def test_logsumexp_is_accurate_to_a_few_ulp(name):
    z = EXACT_GAPS[name]
    assert ulps(logsumexp(z), exact_logsumexp(z)) < 2.5


def test_logsumexp_near_zero_keeps_its_absolute_accuracy():
    z = np.array([-np.log(3.0)] * 3)
    error = exact(logsumexp(z)) - exact_logsumexp(z)
    assert abs(error) <= 3 * np.finfo(float).eps * max(1, abs(z[0]))


@pytest.mark.parametrize("lead", [0, 20, 72])
def test_a_row_that_needs_no_shift_is_right_to_a_few_ulp(lead):
    z = 3 * np.random.default_rng(lead).standard_normal(20)
    z[0] += lead
    assert ulps(softmax(z), exact_softmax(z)) < 4
    assert ulps(scipy.special.softmax(z), exact_softmax(z)) > 6
    assert ulps(log_softmax(z), exact_log_softmax(z)) < 4


@pytest.mark.parametrize("offset", [-1000, 1000])
@pytest.mark.parametrize("lead", [0, 20, 72])
def test_what_is_left_of_the_others_is_the_rounding_of_the_gaps(lead, offset):
    z = 3 * np.random.default_rng(lead).standard_normal(20) + offset
    z[0] += lead
    gap = z.max() - z.min()
    # A rounding of half an ulp in a gap g is one of g ulp, at most, in e^g.
    assert ulps(softmax(z), exact_softmax(z)) < 4 + gap
    assert ulps(log_softmax(z), exact_log_softmax(z)) < 4 + gap


@pytest.mark.parametrize("row", [(720.1, 129.2), (720.1, 206.8), (1024.3, 511.8), (1024.3, 511.7)])
def test_a_confident_winner_keeps_its_digits_where_gaps_are_rounded(row):
    # From half the maximum down, z - m is rounded, here by half a unit, up or down.
    for rows in (np.array(row), np.array([row, row[::-1]])):
        log_p = np.max(np.atleast_2d(log_softmax(rows)), axis=1)
        assert all(ulps(winner, exact_log_softmax(row)[:1]) < 4 for winner in log_p)


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 2.3), (np.float32, 2.5)])
def test_rows_whose_exponentials_would_be_subnormal_keep_their_digits(dtype, limit):
    edge = float(np.log(np.finfo(dtype).tiny))
    rows = edge + np.random.default_rng(20240312).uniform(-1, 0, (300, 3))
    assert max(ulps(softmax(row), exact_softmax(row)) for row in rows.astype(dtype)) < limit


@pytest.mark.parametrize(
    "row", [(-66.4, -700, -INF), (-INF, -3.5, -600), (-0.1, -707, -INF), (-INF, -700, -700.3)]
)
def test_a_masked_class_takes_no_digits_from_the_others(row):
    z = np.array(row)
    kept = z > -INF
    for rows in (z, np.array([z, z, (1, 2, 3)]), np.broadcast_to(z, (2000, 3))):
        for function, exactly in ((softmax, exact_softmax), (log_softmax, exact_log_softmax)):
            result = np.atleast_2d(function(rows))[0]
            assert ulps(result[kept], exactly(z[kept])) < 2.5
            assert result[~kept] in (0, -INF)


@pytest.mark.parametrize(
    ("function", "exactly"), [(softmax, exact_softmax), (log_softmax, exact_log_softmax)]
)
def test_long_doubles_keep_their_digits_too(function, exactly):
    rows = np.random.default_rng(20261126).normal(0, 9, (50, 10)).astype(np.longdouble)
    rows += np.longdouble(1) / 3
    for row in rows:
        assert ulps(function(row), exactly(row)) < 8


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 512), (np.float32, 64)])
def test_a_shift_costs_no_more_units_than_the_docstring_says(dtype, limit):
    info = np.finfo(dtype)
    largest, smallest = float(np.log(info.max)), float(np.log(info.tiny))
    top = 1.02 * largest
    others = np.random.default_rng(20240314).uniform(top + 0.99 * smallest, top, 300)
    rows = np.array([[top, other] for other in others], dtype)
    errors = [ulps(softmax(row), exact_softmax(row)) for row in rows]
    assert limit / 3 < max(errors) <= limit


def test_each_row_is_shifted_or_not_for_itself():
    z = 3 * np.random.default_rng(4).standard_normal((4, 20))
    z[:, 0] += 12
    z[0, 0] = 40.3  # the rounding of z - m would show if it were given back here
    z[1] += 1000
    z[2] -= 100
    z[3, 5:] = -1000
    z[3, :5] = -0.3, -40.1, -70.3, -90.7, -33.3  # shifted, since -1000 underflows
    for function in (softmax, log_softmax):
        alone = [function(row) for row in z]
        np.testing.assert_array_equal(function(z), alone)
    assert max(ulps(log_softmax(row), exact_log_softmax(row)) for row in z) < 4
    assert max(ulps(softmax(row), exact_softmax(row)) for row in z[[0, 2]]) < 4


@pytest.mark.parametrize("m", [-0.3, -5.3])
def test_a_row_keeps_its_digits_beside_rows_far_below(m):
    z = np.array([[m, -40.1, -70.3], [-1000, -1001, -1002]])
    assert ulps(softmax(z)[0], exact_softmax(z[0])) < 4


def test_at_another_temperature_every_row_is_shifted():
    z = np.array([[3.0, 1.0, -3.0], [0.5, 70.1, -60.3]])
    assert shift_of(z, -1, z.dtype) is None
    np.testing.assert_array_equal(shift_of(z, -1, z.dtype, np.float64(2)), [[3.0], [70.1]])


@pytest.mark.parametrize("count", [2, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_shift_sets_in_before_anything_overflows(dtype, count):
    """Logits around the limit, all equal: their sum is the largest that meets no shift."""
    largest = float(np.log(np.finfo(dtype).max))
    for top in np.linspace(largest - np.log(count) - 3, largest + 1, 41):
        z = np.full((2, count), top, dtype)
        for values, axis in ((z, 1), (z[0], 0), (np.ascontiguousarray(z.T), 0)):
            np.testing.assert_allclose(softmax(values, axis), 1 / count, rtol=1e-6)
            np.testing.assert_allclose(log_softmax(values, axis), -np.log(count), rtol=1e-6)
            np.testing.assert_allclose(logsumexp(values, axis), top + np.log(count), rtol=1e-6)


@pytest.mark.parametrize(
    "z",
    [
        [0.0, -740.0],
        [-0.0, -740.0],
        [-1e-9, -740.0],
        [-0.95, -745.3],
        [-100.0, -750.0],
        [5.0, -730.0],
    ],
)
def test_no_share_underflows_that_would_not_underflow_shifted(z):
    share = exact_softmax(z)[1]
    allowed = max(5e-324, 800 * EPS * float(share))
    other = [2.0, 1.0]
    masked = [*z, -INF]  # what is masked hides nothing of what is small
    for rows in (z, [z, other], masked, [masked, [*other, -INF]]):
        p, log_p = (np.ravel(function(rows)) for function in (softmax, log_softmax))
        assert abs(exact(p[1]) - share) <= allowed
        assert abs(exact(log_p[0]) + share) <= allowed  # log(1 - p) is -p, so far out


@pytest.mark.parametrize("m", [0.3, 1.3])
def test_a_share_that_underflows_takes_no_digits_from_the_others(m):
    z = np.array([m, -40.1, -70.3, -800.0])
    for rows in (z, np.array([z, (1, 2, 3, 1000)])):
        result = np.atleast_2d(softmax(rows))[0]
        assert ulps(result[:3], exact_softmax(z)[:3]) < 4


def test_a_confident_prediction_is_not_lost():
    z = np.r_[72.0, np.zeros(9)]
    assert scipy.special.log_softmax(z)[0] == 0
    np.testing.assert_allclose(log_softmax(z)[0], -9 * np.exp(-72), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1])
def test_sums_do_not_depend_on_the_layout(axis):
    # Added one after the other in float32, 10^5 exponentials lose some 20 eps.
    z = np.random.default_rng(1).standard_normal((100_000, 2)).astype(np.float32)
    z = z if axis == 0 else np.ascontiguousarray(z.T)
    expected = scipy.special.logsumexp(z.astype(np.float64), axis)
    np.testing.assert_allclose(logsumexp(z, axis), expected, rtol=2e-7)
    total = softmax(z, axis).sum(axis, dtype=np.float64)
    np.testing.assert_allclose(total, 1, rtol=5e-7)


# --- float16 -----------------------------------------------------------------------------------


def half_ulps(got, wide):
    """Return the distance of float16 numbers from rounded float64 numbers, in float16 ulp."""
    with np.errstate(all="ignore"):
        rounded = wide.astype(np.float16)
    assert got.dtype == np.float16
    return np.max(np.abs(got.astype(float) - rounded.astype(float)) / np.spacing(np.abs(rounded)))


def test_float16_accumulates_in_float32():
    zeros = np.zeros(70_000, np.float16)
    assert logsumexp(zeros) == np.float16(np.log(70_000))
    assert round(float(logsumexp(zeros)), 2) == 11.16
    assert (softmax(zeros) == np.float16(1 / 70_000)).all()
    assert (log_softmax(zeros) == np.float16(-np.log(70_000))).all()


@few
@given(logits(dtypes=[np.float16], max_side=8))
def test_float16_is_rounded_once(drawn):
    z, axis = drawn
    wide = z.astype(np.float64)
    for function in (softmax, log_softmax):
        assert half_ulps(function(z, axis), function(wide, axis)) <= 1
        warm = {"temperature": 3.3}
        assert half_ulps(function(z, axis, **warm), function(wide, axis, **warm)) <= 1
    assert half_ulps(logsumexp(z, axis), np.asarray(logsumexp(wide, axis))) <= 1


def test_a_masked_class_takes_nothing_from_the_digits_of_the_others():
    # Where the rounding of z - m is given back, that of -inf - m is nan.
    for largest, other in ((12.1, 0.3), (30.1, 0.3), (72.1, 0.3), (720.1, 70.3)):
        for z in ([largest, other], [other, largest], [largest, other, other - 0.1]):
            masked = np.array([*z, -INF])
            for rows in (masked, np.tile(masked, (3, 1)), np.tile(masked[:, None], (1, 3)).T):
                got = log_softmax(rows)
                np.testing.assert_array_equal(got[..., -1], -INF)
                assert ulps(np.atleast_2d(got)[0, :-1], exact_log_softmax(z)) <= 4


def test_a_logarithm_beyond_float16_is_minus_infinity():
    z = np.array([6e4, -6e4], np.float16)
    with strict():
        np.testing.assert_array_equal(log_softmax(z), [0, -INF])


# --- out ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_out_receives_the_result(function):
    z = np.array([EXAMPLE, (0.0, 1.0, 2.0)])
    for axis in (0, -1, None):
        out = np.full_like(z, 9)
        assert function(z, axis, out=out) is out
        np.testing.assert_array_equal(out, function(z, axis))


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_out_may_be_the_logits_themselves(function):
    z = np.array([EXAMPLE, (0.0, 1.0, 2.0)])
    expected = function(z)
    for view in (z.copy(), np.array(z, order="F"), np.repeat(z, 2, axis=1)[:, ::2]):
        assert function(view, out=view) is view
        np.testing.assert_array_equal(view, expected)
        view[...] = z
        function(view, out=view[...])
        np.testing.assert_array_equal(view, expected)


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_out_may_have_any_layout_and_be_of_no_dimension(function):
    z = np.array([EXAMPLE, (0.0, 1.0, 2.0)])
    for out in (np.empty((3, 2)).T, np.empty((4, 6))[::2, ::2], np.empty((2, 3), ">f8")):
        assert function(z, out=out) is out
        np.testing.assert_array_equal(out, function(z))
    big_endian = z.astype(">f8")
    np.testing.assert_array_equal(function(big_endian, out=np.empty((2, 3))), function(z))
    np.testing.assert_array_equal(function(big_endian, out=big_endian), function(z))
    scalar = np.array(5.0)
    assert function(7.0, out=scalar) is scalar
    assert scalar == function(7.0)
    integers = np.array([1, 2])
    np.testing.assert_array_equal(function(integers, out=np.empty(2)), function([1.0, 2.0]))
    np.testing.assert_array_equal(integers, [1, 2])


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_an_out_that_does_not_fit_is_an_error_and_not_written_to(function):
    wide = np.zeros(5)
    z = wide[:3]
    square = np.zeros((3, 3))
    locked = np.zeros(3)
    locked.flags.writeable = False
    cases = [
        (z, np.zeros(4), ValueError, r"out has shape \(4,\), the result has shape \(3,\)"),
        (z, np.zeros((1, 3)), ValueError, r"out has shape \(1, 3\)"),
        (z, np.zeros(3, np.float32), TypeError, "out has dtype float32, the result .* float64"),
        (z.astype(np.float16), np.zeros(3, np.float32), TypeError, "the result .* float16"),
        (z, np.zeros(3, complex), TypeError, "out has dtype complex128"),
        ([1, 2, 3], np.zeros(3, int), TypeError, "the result has dtype float64"),
        (z, [0.0, 0.0, 0.0], TypeError, "out must be a NumPy array, got list"),
        (z, np.ma.zeros(3), TypeError, "out must be a NumPy array, got MaskedArray"),
        (z, locked, ValueError, "read-only"),
        (z, wide[1:4], ValueError, "overlaps the logits in part"),
        (wide[1:4], z, ValueError, "overlaps the logits in part"),
        (z, wide[2::-1], ValueError, "overlaps the logits in part"),
        (square, square.T, ValueError, "overlaps the logits in part"),
        (square.T, square, ValueError, "overlaps the logits in part"),
    ]
    for logit, out, error, message in cases:
        with pytest.raises(error, match=message):
            function(logit, out=out)
        assert not np.any(out)
    with pytest.raises(ValueError, match="temperature"):
        function(np.ones(3), temperature=0, out=wide[:3])
    assert not wide.any()


# --- myths, and wrong implementations ------------------------------------------------------------


def test_large_gaps_saturate_not_large_logits():
    np.testing.assert_array_equal(softmax([1e9, 1e9, 1e9]), [1 / 3] * 3)
    assert softmax([0.0, -40.0])[0] == 1


def test_softmax_and_then_the_logarithm_is_not_fine():
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(np.log(softmax([1000, 0])), [0, -INF])
    np.testing.assert_array_equal(log_softmax([1000, 0]), [0, -1000])


def test_the_shift_does_not_remove_underflow():
    assert softmax([0.0, -800.0])[1] == 0  # although e^(-800) > 0
    assert log_softmax([0.0, -800.0])[1] == -800


def test_a_large_negative_number_is_no_mask():
    z = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(softmax(np.full(3, -1e6)), [1 / 3] * 3)  # fully masked: uniform
    assert np.isnan(softmax(np.full(3, -INF))).all()  # -inf says so
    np.testing.assert_allclose(softmax(z - 1e6), softmax(z), rtol=1e-9)  # added: nothing but
    assert (softmax(z / 3 - 1e6) != softmax(z / 3)).any()  # the rounding changes


def test_the_limit_of_a_low_temperature_is_allowed_but_not_temperature_0():
    np.testing.assert_array_equal(softmax(EXAMPLE, temperature=1e-3), hardmax(EXAMPLE))
    with pytest.raises(ValueError, match="temperature"):
        softmax(EXAMPLE, temperature=0)


def share(e, axis=-1):
    return e / e.sum(axis=axis, keepdims=True)


WRONG = {
    "maximum outside the exponential": lambda X: share(np.exp(X) - np.max(X)),
    "maximum of the whole batch": lambda X: share(np.exp(X - np.max(X))),
    "sum of the whole batch": lambda X: (e := np.exp(X - X.max(-1, keepdims=True))) / e.sum(),
    "no keepdims": lambda X: (e := np.exp(X - X.max(-1, keepdims=True))) / e.sum(-1),
    "divided by logsumexp": lambda X: X / logsumexp(X, keepdims=True),
}


def breaks_a_law(function):
    """Tell whether some law of softmax does not hold on a batch of two far-apart rows."""
    X = np.array([[1.0, 2.0, 4.0], [-2.0, 0.0, 1.0], [-2000.0, -2001.0, -1999.0]])
    with np.errstate(all="ignore"):
        P = function(X)
        alone = np.stack([function(row[None])[0] for row in X])
        return not (
            np.allclose(P.sum(axis=-1), 1)
            and (P >= 0).all()
            and np.allclose(P, alone)
            and np.allclose(P, function(X + 5))
        )


@pytest.mark.parametrize("name", WRONG)
def test_implementations_found_in_public_code_break_a_law(name):
    assert breaks_a_law(WRONG[name])
    assert not breaks_a_law(softmax)


@pytest.mark.parametrize("T", [0.5, 1.0, 1, 2.0, 2, np.float32(2), 4.0])
def test_powers_of_two_are_temperatures_of_any_type(T):
    z = np.array([EXAMPLE, (0.5, -2.0, 2.25)])
    for function in (softmax, log_softmax):
        np.testing.assert_allclose(function(z, temperature=T), function(z / float(T)), rtol=1e-14)

"""The accuracy table: how far the numerics are from exact values at worst, in each kind of case."""

import itertools

import mpmath
import numpy as np
import pytest
import scipy.special

from accuracy_cases import DIGITS, KINDS, MANY, SEEDS, case_of, forget, million
from softmax_lib import (
    log_softmax,
    logsumexp,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_jvp,
    softmax_vjp,
)

HALF, SINGLE, DOUBLE = np.float16, np.float32, np.float64

# Units in the last place of the dtype that is computed in. NumPy's float32 exp is off by more.
LOG = {DOUBLE: 4, SINGLE: 16, HALF: 16}
GRADIENT = 64
LOGSUMEXP = 3
# Softmax itself pays for the rounding of z - m. Half a unit of the longest gaps that are not yet
# too long for e^ is 2^-44, in float32 2^-18, and so many units of p; the rest gets 8.
SOFTMAX = {DOUBLE: 512 + 8, SINGLE: 64 + 8, HALF: 64 + 8}
# Where no shift is needed, none is paid for.
UNSHIFTED = 8
# Absolute, in eps of that dtype.
SOFT_TARGETS = JACOBIAN = 8
LOGSUMEXP_NEAR_ZERO = 3

MILLION = "a million classes"
PLACES = ("row alone", "last axis", "axis 0")
COLUMNS = 6  # fewer may be read as rows, and are added in another order then
COUNTS = {DOUBLE: SEEDS, SINGLE: SEEDS, HALF: (3, 17, 100)}


def over(kinds, dtypes=(DOUBLE, SINGLE, HALF)):
    """Give a test these kinds of logits, in each dtype and place."""

    def there_is(dtype, place, kind):
        if kind == MILLION:  # one row of them is treated as one of several
            return dtype != HALF and place != "row alone"
        return (dtype, kind) != (HALF, "offset of 1e8")  # which is beyond its largest number

    return pytest.mark.parametrize(
        ("dtype", "place", "kind"),
        [
            pytest.param(*case, id=f"{case[0].__name__}-{case[1]}-{case[2]}")
            for case in itertools.product(dtypes, PLACES, kinds)
            if there_is(*case)
        ],
    )


everywhere = over((*KINDS, MILLION))


@pytest.fixture(autouse=True, scope="module")
def _forget():
    yield
    forget()


def cases(kind, dtype):
    """Return the cases of a kind, for each count of classes."""
    if kind == MILLION:
        return [million(dtype)]
    return [case_of(kind, dtype, count) for count in COUNTS[dtype]]


def call(function, place, *arrays):
    """Call a function of rows with its arrays so placed, and return rows."""
    if place == "row alone":
        return np.stack([function(*row) for row in zip(*arrays, strict=True)])
    if place == "last axis":
        return function(*arrays, axis=-1)
    copies = -(-COLUMNS // len(arrays[0]))
    columns = (np.ascontiguousarray(np.concatenate(copies * [array]).T) for array in arrays)
    return function(*columns, axis=0).T[: len(arrays[0])]


def labels_of(case):
    """Return the labels to try: the winners and the losers, or a mixture if that takes long."""
    if case.z.shape[1] < MANY:
        return [case.winner, case.loser]
    return [np.where(np.arange(len(case.z)) % 2, case.loser, case.winner)]


def one_hot(case, labels):
    y = np.zeros_like(case.z)
    np.put_along_axis(y, labels[:, None], 1, axis=1)
    return y


# --- distances -----------------------------------------------------------------------------------


def off(got, exact):
    """Return how far numbers are from exact values."""
    high, low = exact
    return np.abs((got.astype(DOUBLE) - high) - low)


def unit(exact, dtype):
    """Return the unit in the last place of exact values: where they underflow, the step."""
    return np.spacing(np.abs(exact[0]).astype(dtype)).astype(DOUBLE)


def relative(bound, exact, dtype):
    """Return what so many units are; where results underflow, as large a share and one step."""
    size = np.abs(exact[0])
    if dtype == HALF:
        return bound * np.finfo(SINGLE).eps * size + unit(exact, dtype) / 2
    step = np.finfo(dtype).smallest_subnormal
    gradual = bound * np.finfo(dtype).eps * size + step
    return np.where(size < np.finfo(dtype).tiny, gradual, bound * unit(exact, dtype))


def absolute(bound, exact, dtype):
    """Return what so many eps are."""
    if dtype == HALF:
        return bound * np.finfo(SINGLE).eps + unit(exact, dtype) / 2
    return bound * np.finfo(dtype).eps


def assert_within(allowed, got, exact, case):
    """Fail with the worst of the numbers that are farther from exact values than allowed."""
    assert got.shape == exact[0].shape
    excess = off(got, exact) / allowed
    if not np.all(excess <= 1):
        row, *place = worst = np.unravel_index(np.argmax(excess), excess.shape)
        where = f", class {case.at[row, place[0]]}" if place else ""
        in_units = off(got, exact)[worst] / unit(exact, got.dtype)[worst]
        pytest.fail(
            f"{case.names[row]}{where}: {got[worst]!r} instead of {exact[0][worst]!r}, off by "
            f"{in_units:.3g} units in the last place, {excess[worst]:.3g} times what is allowed"
        )


def worst(got, exact):
    """Return the largest distance in units in the last place."""
    return np.max(off(got, exact) / unit(exact, got.dtype))


# --- relative accuracy ---------------------------------------------------------------------------


@everywhere
def test_log_softmax_keeps_its_digits(dtype, place, kind):
    for case in cases(kind, dtype):
        exact = case.exact["log_p"]
        got = case.known(call(log_softmax, place, case.z))
        assert_within(relative(LOG[dtype], exact, dtype), got, exact, case)


@everywhere
def test_the_loss_for_labels_keeps_its_digits(dtype, place, kind):
    for case in cases(kind, dtype):
        for labels in labels_of(case):
            exact = case.loss(labels)
            got = call(softmax_cross_entropy, place, case.z, labels)
            assert_within(relative(LOG[dtype], exact, dtype), got, exact, case)


@everywhere
def test_the_loss_for_distributions_keeps_its_digits(dtype, place, kind):
    for case in cases(kind, dtype):
        one = one_hot(case, case.winner)
        for y, exact in ((case.y, case.exact["loss_of_y"]), (one, case.loss(case.winner))):
            got = call(softmax_cross_entropy, place, case.z, y)
            assert_within(relative(LOG[dtype], exact, dtype), got, exact, case)


@everywhere
def test_the_gradient_for_labels_and_exact_targets_keeps_its_digits(dtype, place, kind):
    for case in cases(kind, dtype):
        for labels in labels_of(case):
            y = one_hot(case, labels)
            exact = case.gradient(y)
            for targets in (labels, y):
                got = case.known(call(softmax_cross_entropy_grad, place, case.z, targets))
                assert_within(relative(GRADIENT, exact, dtype), got, exact, case)


@everywhere
def test_logsumexp_keeps_its_digits_unless_it_cancels(dtype, place, kind):
    for case in cases(kind, dtype):
        exact = case.exact["logsumexp"]
        scale = np.maximum(1, np.abs(case.z.max(axis=1), dtype=DOUBLE))
        got = call(logsumexp, place, case.z)
        near_zero = absolute(LOGSUMEXP_NEAR_ZERO * scale, exact, dtype)
        allowed = relative(LOGSUMEXP, exact, dtype)
        allowed = np.where(np.abs(exact[0]) < scale / 2, near_zero, allowed)
        assert_within(allowed, got, exact, case)


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE])
def test_logsumexp_near_zero_keeps_its_digits_where_the_largest_logit_is_zero(dtype):
    z = np.array([[0, -30], [-30, 0]], dtype)
    with mpmath.workdps(DIGITS):
        exact = float(mpmath.log1p(mpmath.exp(-30)))
    for got in (*logsumexp(z), *logsumexp(z, axis=0), logsumexp(z[0]), logsumexp(z[1])):
        assert abs(got - exact) <= LOGSUMEXP * np.spacing(dtype(exact))


@everywhere
def test_softmax_keeps_its_digits_but_for_the_rounding_of_the_gaps(dtype, place, kind):
    for case in cases(kind, dtype):
        exact = case.exact["p"]
        got = case.known(call(softmax, place, case.z))
        assert_within(relative(SOFTMAX[dtype], exact, dtype), got, exact, case)


@over(KINDS, (DOUBLE, SINGLE))
def test_softmax_keeps_its_digits_where_no_exponential_leaves_the_range(dtype, place, kind):
    lowest, highest = np.log(float(np.finfo(dtype).tiny)), np.log(float(np.finfo(dtype).max))
    for case in cases(kind, dtype):
        largest, smallest = case.z.max(axis=1), case.z.min(axis=1)
        rows = ((largest >= 0) | (smallest >= lowest + 1.01)) & (
            largest <= highest - np.log(case.z.shape[1]) - 1.01
        )
        assert rows.any() != kind.startswith(("offset", "out")) or dtype == SINGLE
        if rows.any():
            exact = tuple(part[rows] for part in case.exact["p"])
            got = case.known(call(softmax, place, case.z))[rows]
            assert_within(relative(UNSHIFTED, exact, dtype), got, exact, case)


# --- absolute accuracy ---------------------------------------------------------------------------


@everywhere
def test_the_gradient_for_soft_targets_is_right_to_a_few_eps(dtype, place, kind):
    for case in cases(kind, dtype):
        exact = case.gradient(case.y)
        got = case.known(call(softmax_cross_entropy_grad, place, case.z, case.y))
        assert_within(absolute(SOFT_TARGETS, exact, dtype), got, exact, case)


@everywhere
@pytest.mark.parametrize("function", [softmax_jvp, softmax_vjp])
def test_the_jacobian_times_a_vector_is_right_to_a_few_eps(function, dtype, place, kind):
    for case in cases(kind, dtype):
        exact = case.exact["moved"]
        largest = np.abs(case.v, dtype=DOUBLE).max(axis=1, keepdims=True)
        got = case.known(call(function, place, case.z, case.v))
        assert_within(absolute(JACOBIAN * largest, exact, dtype), got, exact, case)


# --- beside SciPy --------------------------------------------------------------------------------


@over((*KINDS, MILLION), (DOUBLE, SINGLE))
def test_softmax_is_no_worse_than_scipy(dtype, place, kind):
    ours, theirs = (
        max(
            worst(case.known(call(function, place, case.z)), case.exact["p"])
            for case in cases(kind, dtype)
        )
        for function in (softmax, scipy.special.softmax)
    )
    # Sums in another order may be neighbours: up to eps apart, which is two units of some p.
    assert ours <= theirs + 2


@over([kind for kind in KINDS if kind.startswith(("30", "72"))], (DOUBLE, SINGLE))
def test_scipy_loses_a_confident_prediction(dtype, place, kind):
    lost = []
    for case in cases(kind, dtype):
        exact = case.loss(case.winner)
        log_p = call(scipy.special.log_softmax, place, case.z)
        got = -np.take_along_axis(log_p, case.winner[:, None], axis=1)[:, 0]
        lost.append(worst(got, exact))
        if dtype == SINGLE or kind.startswith("72"):
            assert np.all(got == 0)  # as far off as can be: by 2^23, or 2^52, units and more
    assert max(lost) >= 1e7


# --- half precision ------------------------------------------------------------------------------


def test_half_precision_sums_do_not_overflow():
    zeros = np.zeros((70000, 5), HALF)
    wanted = HALF(np.log(70000))
    assert wanted == HALF(11.16)
    for got in (logsumexp(zeros[:, 0]), *logsumexp(zeros, axis=0), *logsumexp(zeros.T)):
        assert got.dtype == HALF
        assert got == wanted
    assert softmax(zeros[:, 0])[0] == HALF(1 / 70000)
    assert log_softmax(zeros, axis=0)[0, 0] == -wanted
    assert softmax_cross_entropy(zeros[:, 0], 0) == wanted

"""Chapter on practice: sigmoid and its loss against mpmath, and the weighted mean of a batch."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import log_loss

from oracles import FLOATS, INTEGERS, LAYOUTS, anything, exact, few, strict, ulps
from softmax_lib import (
    binary_cross_entropy,
    sigmoid,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    weighted_mean_loss,
)

DRAWN = np.random.default_rng(0)
# From tiny to far beyond what e^ can take, both signs, and where exponentials are subnormal.
SIZES = np.concatenate([10.0**power * DRAWN.uniform(1, 10, 12) for power in range(-12, 4)])
EDGES = np.array([0.0, 36.7, 37.5, 88.7, 103.9, 708.4, 709.8, 744.4, 745.2, 1e300])
LOGITS = np.concatenate([SIZES, -SIZES, EDGES, -EDGES])
SHARES = np.array([0, 1, 0.5, 0.9, 1e-3, 1e-17, 1 - 2**-53, 1e-300])
ULPS = {np.float16: 1, np.float32: 6, np.float64: 3}


def in_dtype(values, dtype):
    """Return the values that the dtype can hold, in it."""
    with np.errstate(over="ignore"):
        array = values.astype(dtype)
    return array[np.isfinite(array)]


def exact_sigmoid(z):
    with mpmath.workdps(60):
        return 1 / (1 + mpmath.exp(-exact(z)))


def exact_binary_cross_entropy(z, y):
    """Return what a yes costs and what a no costs, by their shares."""
    with mpmath.workdps(60):
        z, y = exact(z), exact(y)
        return y * mpmath.log1p(mpmath.exp(-z)) + (1 - y) * mpmath.log1p(mpmath.exp(z))


# --- the sigmoid -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ULPS)
def test_the_sigmoid_is_right_to_the_last_digits_over_the_whole_range(dtype):
    z = in_dtype(LOGITS, dtype)
    assert ulps(sigmoid(z), [exact_sigmoid(value) for value in z]) <= ULPS[dtype]


def test_the_sigmoid_keeps_the_digits_of_subnormal_probabilities():
    z = np.array([-720.0, -740.0])
    steps = np.array([float(exact_sigmoid(value) / mpmath.mpf(2) ** -1074) for value in z])
    np.testing.assert_allclose(sigmoid(z) / 2.0**-1074, steps, atol=1)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_sigmoid_has_its_limits(dtype):
    z = np.array([-np.inf, 0, np.inf, np.nan], dtype=dtype)
    with strict():
        np.testing.assert_array_equal(sigmoid(z), [0, 0.5, 1, np.nan])


def test_the_sigmoid_is_softmax_of_two_and_shares_add_up():
    pairs = np.stack([LOGITS, np.zeros_like(LOGITS)], axis=1)
    np.testing.assert_allclose(sigmoid(LOGITS), softmax(pairs)[:, 0], rtol=1e-15, atol=5e-324)
    np.testing.assert_allclose(sigmoid(LOGITS) + sigmoid(-LOGITS), 1, rtol=3e-16)


# --- binary cross-entropy ----------------------------------------------------------------------


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("dtype", ULPS)
def test_binary_cross_entropy_is_right_to_the_last_digits(dtype, share):
    z = in_dtype(LOGITS[::3], dtype)
    got = binary_cross_entropy(z, np.full(len(z), share))
    wanted = [exact_binary_cross_entropy(value, share) for value in z]
    fits = np.array([value < np.finfo(dtype).max for value in wanted])
    assert ulps(got[fits], [w for w, fit in zip(wanted, fits, strict=True) if fit]) <= ULPS[dtype]


@pytest.mark.parametrize("dtype", FLOATS)
def test_an_infinite_logit_costs_nothing_where_it_is_right_and_inf_elsewhere(dtype):
    z = np.array([-np.inf, -np.inf, -np.inf, np.inf, np.inf, np.inf, np.nan, np.nan], dtype)
    y = np.array([0, 0.5, 1, 0, 0.5, 1, 0, 1], dtype)
    with strict():
        loss = binary_cross_entropy(z, y)
    np.testing.assert_array_equal(loss, [0, np.inf, np.inf, np.inf, np.inf, 0, np.nan, np.nan])
    assert not np.signbit(loss[0]) and not np.signbit(loss[5])


@few
@given(hnp.arrays(np.float64, st.integers(1, 9), elements=st.floats(-50, 50)), st.data())
def test_the_slope_is_the_sigmoid_less_the_target(z, data):
    y = data.draw(hnp.arrays(np.float64, z.shape, elements=st.floats(0, 1)))
    h = 1e-4
    slope = (binary_cross_entropy(z + h, y) - binary_cross_entropy(z - h, y)) / (2 * h)
    np.testing.assert_allclose(slope, sigmoid(z) - y, atol=1e-8)


def test_one_question_is_cross_entropy_of_two_classes():
    z, y = LOGITS, DRAWN.uniform(size=len(LOGITS))
    pairs, targets = np.stack([z, 0 * z], axis=1), np.stack([y, 1 - y], axis=1)
    wanted = softmax_cross_entropy(pairs, targets)
    np.testing.assert_allclose(binary_cross_entropy(z, y), wanted, rtol=1e-14)


def test_targets_need_not_sum_to_one():
    np.testing.assert_allclose(binary_cross_entropy([0, 0, 0], [1, 1, 0]), np.log(2), rtol=1e-15)


@pytest.mark.parametrize(
    ("targets", "got"),
    [([0.5, -0.1], "-0.1"), ([1.5, np.nan], "1.5"), ([0, np.nan], "nan"), ([0, np.inf], "inf")],
)
def test_a_target_is_from_0_to_1(targets, got):
    with pytest.raises(ValueError, match=rf"^targets must be from 0 to 1, got {got}$"):
        binary_cross_entropy([1.0, 2.0], targets)


@pytest.mark.parametrize("targets", [1.0, [1.0], [[1.0, 0.0]]])
def test_targets_have_the_shape_of_the_logits(targets):
    with pytest.raises(ValueError, match=r"targets must have the shape of logits: .*\(2,\)"):
        binary_cross_entropy([1.0, 2.0], targets)


# --- both: one value an entry --------------------------------------------------------------------


def each(z, y=None):
    """Call both functions, the second one with a target in the middle, or its own."""
    y = np.full(np.shape(z), 0.25) if y is None else y
    return sigmoid(z), binary_cross_entropy(z, y)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_dtype_of_the_logits_is_kept_whatever_the_targets_have(dtype):
    for order in "<>":
        z = np.array([[3, 1], [0, -2]], dtype=np.dtype(dtype).newbyteorder(order))
        for y in (None, np.eye(2, dtype=int), np.eye(2, dtype=np.longdouble)):
            for result in each(z, y):
                assert result.dtype == dtype and result.dtype.isnative


@pytest.mark.parametrize("dtype", [np.bool_, np.float16])
def test_coarse_targets_take_no_digits_from_fine_logits(dtype):
    y = np.array([0.0009765625, 1.0]).astype(dtype)
    z = np.array([5.0, 5.0])
    wanted = binary_cross_entropy(z, y.astype(np.float64))
    np.testing.assert_array_equal(binary_cross_entropy(z, y), wanted)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_and_booleans_become_float64(dtype):
    z = np.array([0, 1, 1], dtype=dtype)
    for result, wanted in zip(each(z), each(z.astype(np.float64)), strict=True):
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, wanted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_matter(layout):
    z = np.array([[3.0, 1.0, -3.0], [0.5, -2.0, 2.25]])
    for result, wanted in zip(each(LAYOUTS[layout](z)), each(z), strict=True):
        np.testing.assert_array_equal(result, wanted)
        assert result.dtype == np.float64


def test_a_single_number_gives_a_scalar_and_no_numbers_none():
    for result in each(1.0):
        assert isinstance(result, np.float64)
    for result in each(np.zeros((0, 3))):
        assert result.shape == (0, 3)


@pytest.mark.parametrize("dtype", FLOATS)
@few
@given(st.data())
def test_nothing_warns_and_no_argument_is_changed(dtype, data):
    z = data.draw(anything(dtype))
    y = np.full(z.shape, 0.25, dtype)
    before = z.copy()
    with strict():
        results = each(z, y)
    np.testing.assert_array_equal(z, before)
    assert np.all(y == 0.25)
    for result in results:
        assert not np.may_share_memory(result, z) and not np.may_share_memory(result, y)


# --- the weighted mean ---------------------------------------------------------------------------


def exact_mean(losses, labels, class_weight, ignore_index):
    pairs = [(Fraction(float(a)), int(k)) for a, k in zip(losses, labels, strict=True)]
    pairs = [(Fraction(float(class_weight[k])), a) for a, k in pairs if k != ignore_index]
    return float(sum(w * a for w, a in pairs) / sum(w for w, _ in pairs))


@few
@given(st.integers(1, 30), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_it_is_the_weighted_mean_of_what_is_not_ignored(n, classes, seed):
    rng = np.random.default_rng(seed)
    losses, labels = rng.exponential(size=n), rng.integers(classes, size=n)
    weights = rng.exponential(size=classes)
    labels[rng.uniform(size=n) < 0.2] = -7
    labels[0] = 0
    given = losses.copy(), labels.copy(), weights.copy()
    got = weighted_mean_loss(losses, labels, class_weight=weights, ignore_index=-7)
    wanted = exact_mean(losses, labels, weights, -7)
    np.testing.assert_allclose(got, wanted, rtol=1e-14)
    for array, copy in zip((losses, labels, weights), given, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_scikit_learn_weights_in_the_same_way():
    z, labels = DRAWN.normal(0, 2, (200, 3)), DRAWN.integers(3, size=200)
    weights = np.array([0.5, 3.0, 1.25])
    got = weighted_mean_loss(softmax_cross_entropy(z, labels), labels, class_weight=weights)
    wanted = log_loss(labels, softmax(z), sample_weight=weights[labels])
    np.testing.assert_allclose(got, wanted, rtol=1e-12)


def test_without_options_it_is_the_mean_and_weights_of_1_or_2_change_no_digit():
    losses, labels = DRAWN.exponential(size=1001), DRAWN.integers(5, size=1001)
    assert weighted_mean_loss(losses, labels) == losses.mean()
    for weight in (1, 2, 2.0**-900):
        assert weighted_mean_loss(losses, labels, class_weight=5 * [weight]) == losses.mean()


def test_its_slope_is_a_share_of_each_slope():
    z, labels = DRAWN.normal(0, 2, (4, 3)), np.array([0, 2, 1, 2])
    weights, h = np.array([1.0, 2.0, 5.0]), 1e-5
    shares = weights[labels] / 13

    def loss(z):
        return weighted_mean_loss(softmax_cross_entropy(z, labels), labels, class_weight=weights)

    for n, c in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[n, c] = h
        slope = (loss(z + step) - loss(z - step)) / (2 * h)
        wanted = shares[n] * softmax_cross_entropy_grad(z[n], labels[n])[c]
        np.testing.assert_allclose(slope, wanted, atol=1e-9)


def test_labels_of_any_shape_and_any_integer_dtype():
    losses = np.array([[2.0, 4.0], [9.0, 6.0]])
    for dtype in (np.int8, np.uint8, np.uint64):
        labels = np.array([[0, 1], [3, 1]], dtype=dtype)
        got = weighted_mean_loss(losses, labels, class_weight=[2, 1], ignore_index=3)
        assert got == (2 * 2 + 4 + 6) / 4
        assert weighted_mean_loss(losses, labels, ignore_index=-100) == losses.mean()
    assert weighted_mean_loss(3.0, 1) == 3.0


def test_a_class_may_be_ignored_that_has_a_weight():
    got = weighted_mean_loss([1.0, 5.0, 3.0], [0, 1, 0], class_weight=[2.0, 7.0], ignore_index=1)
    assert got == 2.0
    got = weighted_mean_loss([1.0, 5.0], [0, 1], class_weight=[0.0, 7.0], ignore_index=0)
    assert got == 5.0


def test_what_does_not_count_takes_nothing_even_of_inf_and_nan():
    with strict():
        got = weighted_mean_loss([2.0, np.inf], [0, 1], class_weight=[3.0, 0.0])
        assert got == weighted_mean_loss([2.0, np.nan], [0, -1], ignore_index=-1) == 2.0
        assert weighted_mean_loss([2.0, np.inf], [0, 1]) == np.inf
        assert np.isnan(weighted_mean_loss([2.0, np.nan], [0, 1]))


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_dtype_of_the_losses_is_kept(dtype):
    for order in "<>":
        losses = np.array([2, 4], dtype=np.dtype(dtype).newbyteorder(order))
        for weights in (None, [1, 3], np.array([1, 3], np.longdouble)):
            got = weighted_mean_loss(losses, [0, 1], class_weight=weights)
            assert got.dtype == dtype and got.dtype.isnative
            assert got == (3.0 if weights is None else 3.5)


def test_integer_losses_become_float64():
    assert weighted_mean_loss(np.array([1, 2], np.uint8), [0, 0]).dtype == np.float64


def test_half_precision_is_summed_in_single():
    losses = np.full(5000, 30, np.float16)
    assert weighted_mean_loss(losses, np.zeros(5000, int)) == 30
    weights = np.array([1, 3], np.float16)
    losses, labels = np.array([1.0, 2.0, 7.0]), [0, 1, 1]
    wanted = Fraction(1 + 3 * 2 + 3 * 7, 7)
    assert weighted_mean_loss(losses, labels, class_weight=weights) == float(wanted)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_weights_of_any_size_do_in_any_dtype(size):
    losses = np.array([2, 4, 0], np.float32)
    weights = size * np.array([1, 3, 1e-9])
    with strict():
        got = weighted_mean_loss(losses, [0, 1, 2], class_weight=weights)
    np.testing.assert_allclose(got, 14 / 4, rtol=1e-7)
    assert got.dtype == np.float32
    assert weighted_mean_loss(losses, [0, 1, 0], class_weight=[1e-300, 1e-300, 1.0]) == 2


@pytest.mark.parametrize(
    ("labels", "weights", "ignored", "said"),
    [
        ([], None, None, "of 0 labels, none is left to count"),
        ([-1, -1], None, -1, "of 2 labels, none is left to count"),
        ([-1, -1], [1.0], -1, "of 2 labels, none is left to count"),
        ([0, -1], [0.0, 1.0], -1, "all labels that count, 1, have weight 0"),
    ],
)
def test_a_mean_of_nothing_is_an_error(labels, weights, ignored, said):
    losses = np.ones(len(labels))
    with pytest.raises(ValueError, match=f"^no mean: {said}$"):
        weighted_mean_loss(losses, labels, class_weight=weights, ignore_index=ignored)


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0, 0, 0], {}, r"^labels must have the shape of losses: got \(3,\), .* have \(2,\)"),
        ([0, -9], {}, "^labels must be at least 0, got -9; ignore_index=-9 would leave it out"),
        ([0, -9], {"ignore_index": -1}, "^labels must be at least 0, got -9; "),
        ([-1, 0], {}, "^labels must be at least 0, got -1; ignore_index=-1 would leave it out"),
        ([0, 2], {"class_weight": [1, 1]}, "^labels must be from 0 to 1, got 2 at position 1$"),
        ([-1, 0], {"class_weight": [1, 1]}, "^labels must be from 0 to 1, got -1 at position 0$"),
        ([0, 1], {"class_weight": [1, -2.5]}, r"not negative, got -2\.5 for class 1$"),
        ([0, 1], {"class_weight": [1, -2, -3]}, r"not negative, got -2\.0 for class 1$"),
        ([0, 1], {"class_weight": [-1e-9, 1]}, "not negative, got -1e-09 for class 0$"),
        ([0, 0], {"class_weight": [np.inf, 1]}, "finite and not negative, got inf for class 0$"),
        ([0, 0], {"class_weight": [1, np.nan]}, "finite and not negative, got nan for class 1$"),
        ([0, 0], {"class_weight": 2.0}, r"one weight a class, got an array of shape \(\)$"),
        ([0, 0], {"class_weight": [[1, 1]]}, r"one weight a class, got .* of shape \(1, 2\)$"),
        ([0, 0], {"class_weight": []}, r"one weight a class, got an array of shape \(0,\)$"),
    ],
)
def test_what_does_not_fit_is_an_error_that_says_what_came(labels, options, message):
    with pytest.raises(ValueError, match=message):
        weighted_mean_loss([1.0, 2.0], labels, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"class_weight": ["1"]}, "^class_weight must be real numbers"),
        ({"ignore_index": 0.5}, "^ignore_index must be an int or None, got 0.5$"),
        ({"ignore_index": "pad"}, "^ignore_index must be an int or None, got 'pad'$"),
    ],
)
def test_options_of_another_type_are_type_errors(options, message):
    with pytest.raises(TypeError, match=message):
        weighted_mean_loss([1.0, 2.0], [0, 0], **options)

"""Chapter on calibration: the best temperature, reliability in bins, and its mean error."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from oracles import FLOATS, LAYOUTS, few, strict
from softmax_lib import (
    expected_calibration_error,
    fit_temperature,
    reliability,
    softmax,
    softmax_cross_entropy,
)


def drawn(seed=0, N=40, C=4, size=3.0):
    """Logits that know something of their labels, and are wrong at times."""
    rng = np.random.default_rng(seed)
    z = size * rng.normal(size=(N, C))
    p = softmax(z, temperature=size)
    labels = (p.cumsum(axis=1) > rng.uniform(size=(N, 1))).argmax(axis=1)
    return z, labels


def exact_slope(z, labels, beta):
    """The slope of the mean loss in beta = 1 / T, to many digits."""
    slopes = []
    for row, label in zip(z.tolist(), labels.tolist(), strict=True):
        weights = [mpmath.exp(beta * (mpmath.mpf(value) - max(row))) for value in row]
        mean = mpmath.fdot(weights, row) / mpmath.fsum(weights)
        slopes.append(mean - row[label])
    return mpmath.fsum(slopes) / len(slopes)


# --- the temperature ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [0.01, 1.0, 3.0, 50.0])
def test_the_slope_of_the_loss_is_0_at_the_temperature_to_twelve_digits(seed, size):
    z, labels = drawn(seed, size=size)
    T = fit_temperature(z, labels)
    with mpmath.workdps(40):
        root = mpmath.findroot(lambda beta: exact_slope(z, labels, beta), 1 / mpmath.mpf(T))
        assert root > 0
        assert pytest.approx(float(1 / root), rel=1e-12) == T


def test_scipy_finds_no_lower_loss():
    for seed in range(5):
        z, labels = drawn(seed)
        loss = lambda log_t: softmax_cross_entropy(z * np.exp(-log_t), labels).mean()  # noqa: E731, B023
        found = minimize_scalar(loss, bounds=(-8, 8), options={"xatol": 1e-12})
        T = fit_temperature(z, labels)
        assert loss(np.log(T)) <= found.fun + 1e-15
        assert pytest.approx(np.exp(found.x), rel=1e-6) == T


def test_scikit_learn_finds_the_same_temperature():
    X, labels = drawn(3, N=300)
    model = LogisticRegression(C=1e4).fit(X[:100], labels[:100])
    hot = CalibratedClassifierCV(FrozenEstimator(model), method="temperature")
    hot.fit(X[100:], labels[100:])
    (fitted,) = hot.calibrated_classifiers_
    beta = fitted.calibrators[0].beta_
    T = fit_temperature(model.decision_function(X[100:]), labels[100:])
    assert pytest.approx(1 / beta, rel=1e-5) == T


def test_one_gap_and_a_share_of_right_answers_have_a_closed_form():
    """All gaps g, a share a right: the best p is a, so T is g / log(a / (1 - a))."""
    for gap, right, N in ((2.0, 3, 4), (0.125, 9, 10), (700.0, 2, 3), (30.0, 999, 1000)):
        labels = (np.arange(N) >= right).astype(int)
        expected = gap / math.log(right / (N - right))
        assert fit_temperature([[gap, 0.0]] * N, labels) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("seed", range(3))
def test_scaled_logits_have_the_scaled_temperature(seed):
    z, labels = drawn(seed)
    T = fit_temperature(z, labels)
    for scale in (2.0**-900, 2.0**-10, 4.0, 2.0**900):
        assert fit_temperature(scale * z, labels) == pytest.approx(scale * T, rel=1e-13)


def test_a_shift_of_each_row_leaves_the_temperature():
    z, labels = drawn(1)
    shifted = z + np.random.default_rng(5).normal(size=(len(z), 1))
    assert fit_temperature(shifted, labels) == pytest.approx(fit_temperature(z, labels), rel=1e-12)


@few
@given(hnp.arrays(float, (5, 3), elements=st.integers(-8, 8)), st.data())
def test_no_temperature_beats_the_one_that_is_found(z, data):
    labels = data.draw(hnp.arrays(int, 5, elements=st.integers(0, 2)))
    with strict():
        T = fit_temperature(z, labels)
    finite = np.geomspace(1e-3, 1e5, 60)[:, None, None]
    losses = -log_softmax(z / finite, axis=2)[:, np.arange(5), labels].mean(axis=1)
    if T == 0:
        lead = z[np.arange(5), labels] == z.max(axis=1)
        assert lead.all()
        best = np.log((z == z.max(axis=1, keepdims=True)).sum(axis=1)).mean()
    elif np.inf == T:
        best = np.log(3)
        assert min(losses) > best - 1e-12  # no finite temperature is better
    else:
        best = softmax_cross_entropy(z / T, labels).mean()
    assert best <= min(losses) + 1e-12


def test_no_wrong_answer_wants_temperature_0():
    assert fit_temperature([[2.0, 1.0], [0.0, 3.0]], [0, 1]) == 0.0
    # A tie for the largest logit is not wrong: the loss falls to log 2 as T falls.
    assert fit_temperature([[2.0, 2.0, 0.0]], [1]) == 0.0
    assert fit_temperature([[2.0, 2.0, 0.0], [5.0, 0.0, 0.0]], [1, 0]) == 0.0
    # One wrong answer more, and there is a best temperature.
    assert 0 < fit_temperature([[2.0, 2.0, 0.0], [0.0, 1.0, 0.0]], [1, 0]) < np.inf


def test_logits_that_point_away_want_temperature_inf():
    assert fit_temperature([[2.0, 0.0]], [1]) == np.inf
    assert fit_temperature([[2.0, 0.0], [0.0, 1.0]], [1, 1]) == np.inf
    # As many for as against: the uniform guess is the best, with slope 0.
    assert fit_temperature([[1.0, 0.0], [1.0, 0.0]], [0, 1]) == np.inf
    # A little more for than against: a finite temperature.
    T = fit_temperature([[1.0, 0.0]] * 200, [0] * 101 + [1] * 99)
    assert pytest.approx(1 / math.log(101 / 99), rel=1e-9) == T


def test_equal_logits_leave_the_temperature_alone():
    assert fit_temperature([[2.0, 2.0], [-1.0, -1.0]], [0, 1]) == 1.0
    assert fit_temperature([[0.1, 0.1, -np.inf]], [1]) == 1.0
    assert fit_temperature([[5.0]], [0]) == 1.0
    assert fit_temperature(5.0, 0) == 1.0


def test_a_class_that_is_ruled_out_does_not_matter():
    z, labels = drawn(2, C=3)
    wider = np.insert(z, 1, -np.inf, axis=1)
    assert fit_temperature(wider, labels + (labels > 0)) == fit_temperature(z, labels)
    assert fit_temperature([[0.0, 1.0, -np.inf]] * 2, [0, 0]) == np.inf


def test_examples_may_lie_along_any_axes():
    z, labels = drawn(N=24)
    T = fit_temperature(z, labels)
    block = z.reshape(4, 6, 4)
    assert fit_temperature(block, labels.reshape(4, 6)) == T
    assert fit_temperature(np.moveaxis(block, -1, 0), labels.reshape(4, 6), axis=0) == T
    assert fit_temperature(np.moveaxis(block, -1, 1), labels.reshape(4, 6), 1) == T
    assert fit_temperature([3.0, 1.0, -3.0], 1) == fit_temperature([[3.0, 1.0, -3.0]], [1])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_does_not_matter_and_nothing_is_modified(layout):
    z, labels = drawn()
    given, before = LAYOUTS[layout](z), z.copy()
    assert fit_temperature(given, labels) == fit_temperature(z, labels)
    np.testing.assert_array_equal(given, before)


@pytest.mark.parametrize("dtype", FLOATS)
def test_every_floating_dtype_is_computed_in_float64(dtype):
    z, labels = drawn()
    z = z.astype(dtype)
    T = fit_temperature(z, labels)
    assert type(T) is float
    assert fit_temperature(z.astype(np.float64), labels) == T


def test_integers_are_logits():
    assert fit_temperature(np.array([[2, 0]] * 4, np.int8), [0, 0, 1, 0]) == pytest.approx(
        2 / math.log(3)
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_logits_that_are_no_numbers_are_named(value):
    with pytest.raises(ValueError, match=rf"^logits must be finite or -inf, got {value}$"):
        fit_temperature(
            [[1.0, 0.0], [value, 0.0], [0.0, -value if value > 0 else np.inf]], [0, 1, 0]
        )


def test_a_true_class_that_is_ruled_out_is_named():
    message = r"^the true class of example 1 has a logit of -inf, so its loss is inf at every"
    with pytest.raises(ValueError, match=message):
        fit_temperature([[1.0, 0.0], [0.0, -np.inf], [0.0, -np.inf]], [0, 1, 1])
    with pytest.raises(ValueError, match=r"^the true class of example 0 has"):
        fit_temperature([-np.inf, -np.inf], 0)


def test_logits_too_far_apart_are_an_error():
    z = np.array([[1e308, -1e308], [1e308, 0.0]])
    for labels in ([0, 1], [1, 0]):
        with pytest.raises(ValueError, match=r"^logits are so far apart that a gap overflows$"):
            fit_temperature(z, labels)
    closed = 1e308 / math.log(2)
    assert fit_temperature([[1e308, 0.0]] * 3, [0, 0, 1]) == pytest.approx(closed, rel=1e-12)


def test_no_example_has_no_temperature():
    for shape in ((0, 3), (2, 0, 3)):
        with pytest.raises(ValueError, match=r"^logits hold no example to fit a temperature to$"):
            fit_temperature(np.zeros(shape), np.zeros(shape[:-1], int))


def test_labels_and_axis_are_checked():
    with pytest.raises(ValueError, match=r"labels have shape \(3,\), but logits without .* \(2,\)"):
        fit_temperature(np.zeros((2, 4)), [0, 1, 2])
    with pytest.raises(ValueError, match="labels must be from 0 to 1, got 2 at position 1"):
        fit_temperature(np.zeros((2, 2)), [0, 2])
    with pytest.raises(TypeError, match="labels must be integers"):
        fit_temperature(np.zeros((2, 2)), [0.0, 1.0])
    with pytest.raises(ValueError, match="hold no class"):
        fit_temperature(np.zeros((2, 0)), [0, 0])
    with pytest.raises(np.exceptions.AxisError):
        fit_temperature(np.zeros((2, 2)), [0, 1], axis=2)


def test_a_few_evaluations_are_enough(monkeypatch):
    """Newton's steps, not the halving alone: some fifty halvings would be needed."""
    problems = [drawn(seed, size=size) for seed in range(8) for size in (0.01, 1.0, 50.0)]
    problems.append((np.array([[2.0, 0.0]] * 3), np.array([1, 1, 0])))  # no finite one
    far = np.array([[1.0, 0.0]] * 4 + [[100.0, 0.0]])  # beta is large for the widest gap
    problems.append((far, np.array([0, 0, 1, 0, 0])))
    calls, exp = [], np.exp
    monkeypatch.setattr(np, "exp", lambda x: calls.append(1) or exp(x))
    for z, labels in problems:
        calls.clear()
        fit_temperature(z, labels)
        assert len(calls) <= 16


# --- reliability -------------------------------------------------------------------------------


def predictions(seed=0, N=200):
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(size=N)
    return confidence, rng.uniform(size=N) < confidence**2


@pytest.mark.parametrize("bins", [1, 2, 7, 10, 33])
def test_scikit_learn_draws_the_same_reliability_curve(bins):
    confidence, correct = predictions(bins)
    counts, mean, accuracy = reliability(confidence, correct, bins=bins)
    expected_accuracy, expected_mean = calibration_curve(correct, confidence, n_bins=bins)
    np.testing.assert_allclose(mean[counts > 0], expected_mean, rtol=1e-13)
    np.testing.assert_allclose(accuracy[counts > 0], expected_accuracy, rtol=1e-13)
    assert counts.sum() == len(confidence) and counts.shape == (bins,)


@pytest.mark.parametrize("dtype", FLOATS)
def test_an_edge_belongs_to_the_bin_below_it(dtype):
    """As tenths are written: 0.3 lies in the third of ten bins, in every dtype."""
    edges = (np.arange(11) / 10).astype(dtype)
    counts, mean, _ = reliability(edges, np.ones(11))
    assert counts.tolist() == [2] + [1] * 9
    np.testing.assert_array_equal(mean[1:], edges[2:])
    above = np.nextafter(edges[1:-1], dtype(1))
    assert reliability(above, np.ones(9))[0].tolist() == [0] + [1] * 9
    below = np.nextafter(edges[1:], dtype(0))
    assert reliability(below, np.ones(10))[0].tolist() == [1] * 10


def test_an_empty_bin_is_nan_and_counts_0():
    with strict():
        counts, mean, accuracy = reliability([0.9, 0.8], [1, 0], bins=4)
    assert counts.tolist() == [0, 0, 0, 2]
    assert np.isnan(mean[:3]).all() and np.isnan(accuracy[:3]).all()
    assert mean[3] == pytest.approx(0.85) and accuracy[3] == 0.5


def test_ten_bins_unless_told_otherwise():
    confidence, correct = predictions()
    assert len(reliability(confidence, correct)[0]) == 10
    ece = expected_calibration_error(confidence, correct)
    assert ece == expected_calibration_error(confidence, correct, bins=10)


def in_a_loop(confidence, correct, bins):
    """The error as Guo et al. write it, one bin after the other."""
    total = 0.0
    for b in range(bins):
        own = [
            (q, a)
            for q, a in zip(confidence, correct, strict=True)
            if b / bins < q <= (b + 1) / bins or (b == q == 0)
        ]
        if own:
            mean, accuracy = np.mean(own, axis=0)
            total += len(own) / len(confidence) * abs(accuracy - mean)
    return total


@few
@given(
    st.lists(st.tuples(st.integers(0, 64), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 12),
)
def test_the_error_is_the_mean_distance_of_the_bins(pairs, bins):
    confidence = np.array([n / 64 for n, _ in pairs])
    correct = np.array([hit for _, hit in pairs])
    with strict():
        got = expected_calibration_error(confidence, correct, bins=bins)
    assert got == pytest.approx(in_a_loop(confidence, correct, bins), abs=1e-14)
    assert 0 <= got <= 1


@few
@given(
    st.lists(st.tuples(st.integers(0, 64), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 6),
    st.integers(2, 4),
)
def test_finer_bins_never_lower_the_error(pairs, bins, times):
    confidence, correct = np.array([(n / 64, hit) for n, hit in pairs]).T
    coarse = expected_calibration_error(confidence, correct, bins=bins)
    fine = expected_calibration_error(confidence, correct, bins=bins * times)
    assert fine >= coarse - 1e-14


def test_one_bin_compares_the_means():
    confidence, correct = predictions()
    expected = abs(confidence.mean() - correct.mean())
    assert expected_calibration_error(confidence, correct, bins=1) == pytest.approx(expected)


BOTH = (reliability, expected_calibration_error)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_dtype_of_the_confidence_is_kept(dtype):
    confidence = np.array([0.75, 0.25], dtype)
    counts, mean, accuracy = reliability(confidence, [True, False])
    assert counts.dtype.kind == "i" and mean.dtype == accuracy.dtype == dtype
    assert expected_calibration_error(confidence, [True, False]).dtype == dtype
    assert reliability([0, 1], [0, 1])[1].dtype == np.float64


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_shape_and_layout_of_predictions_will_do(layout):
    confidence, correct = predictions(N=24)
    block, hits = confidence.reshape(4, 6), correct.reshape(4, 6)
    given, before = LAYOUTS[layout](block), block.copy()
    for got, expected in zip(
        reliability(given, hits), reliability(confidence, correct), strict=True
    ):
        np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(given, before)
    assert expected_calibration_error(0.75, True) == 0.25


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("value", [-0.1, 1.5, np.nan, np.inf])
def test_a_confidence_outside_of_0_and_1_is_named(function, value):
    with pytest.raises(ValueError, match=rf"^confidence must be from 0 to 1, got {value}$"):
        function([0.0, 1.0, value, 7.0], [0, 1, 1, 1])


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("value", [0.5, 2.0, -1.0, np.nan])
def test_correct_is_true_or_false(function, value):
    with pytest.raises(ValueError, match=rf"^correct must be True or False, got {value}$"):
        function([0.5, 0.5, 0.5, 0.5], [0, 1, value, 7])


@pytest.mark.parametrize("function", BOTH)
def test_shapes_bins_and_emptiness_are_checked(function):
    with pytest.raises(ValueError, match=r"correct must have the shape of confidence: got \(1,\)"):
        function([0.5, 0.5], [1])
    with pytest.raises(ValueError, match=r"^bins must be at least 1, got 0$"):
        function([0.5], [1], bins=0)
    with pytest.raises(TypeError, match=r"^bins must be an int, got 2.5$"):
        function([0.5], [1], bins=2.5)
    with pytest.raises(ValueError, match=r"^confidence holds no prediction$"):
        function([], [])
    assert function([0.5], [1], bins=np.int8(1)) is not None

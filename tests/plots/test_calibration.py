"""The figures of the chapter on calibration show the numbers they claim to show."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.calibration import calibration_curve

from drawn import curves, points, texts
from softmax_lib.plots import calibration as draw


def predictions(seed, N=300):
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.3, 1, N)
    return confidence, rng.uniform(size=N) < confidence**2


def test_a_dot_a_bin_and_a_bar_from_the_diagonal(row):
    models = {"one": predictions(0), "two": predictions(1)}
    axes = row(2)
    assert draw.reliability_pictures(axes, models, bins=5) is axes
    for ax, (title, (q, a)) in zip(axes, models.items(), strict=True):
        dots, (bars, *_) = ax.collections[-1], ax.collections
        accuracy, mean = calibration_curve(a, q, n_bins=5)
        np.testing.assert_allclose(dots.get_offsets(), np.c_[mean, accuracy], atol=1e-6)
        for (start, end), x, y in zip(bars.get_segments(), mean, accuracy, strict=True):
            np.testing.assert_allclose([*start, *end], [x, x, x, y], atol=1e-6)
        counts = np.histogram(q, bins=5, range=(0, 1))[0]
        sizes = dots.get_sizes() - dots.get_sizes().min()
        expected = counts[counts > 0] - counts[counts > 0].min()
        np.testing.assert_allclose(sizes / sizes.max(), expected / expected.max(), atol=1e-5)
        shown = ax.get_title("left") or ax.get_title()
        assert shown == f"{title}\nconfidence {q.mean():.2f}\naccuracy {a.mean():.2f}"
        (diagonal,) = ax.get_lines()
        np.testing.assert_array_equal(diagonal.get_xydata(), [(0, 0), (1, 1)])
        assert ax.get_xlabel() == "confidence"
    assert axes[0].get_ylabel() == "accuracy"


def test_ten_bins_are_drawn_unless_told_otherwise(row):
    axes = row(2)
    draw.reliability_pictures(axes, {"one": predictions(0), "two": predictions(1)})
    assert [len(ax.collections[-1].get_offsets()) for ax in axes] == [7, 7]


def test_the_error_of_a_calibrated_forecaster_is_that_of_chance(ax):
    """In one bin it is the distance of a mean from its expectation: sqrt(2 / pi) deviations."""
    assert draw.error_over_bins(ax, sizes=(100, 2_000), most=50, runs=100, seed=1) is ax
    few, many = (line.get_xydata().T for line in ax.get_lines() if len(line.get_xdata()) > 3)
    for (bins, error), size in ((few, 100), (many, 2_000)):
        assert list(bins) == [1, *range(5, 51, 5)]
        # The variance of one is E[q (1 - q)] = 1/6 for q even between 1/2 and 1.
        expected = np.sqrt(2 / np.pi) * np.sqrt(1 / 6 / size)
        assert error[0] == pytest.approx(expected, rel=0.2)
        assert (np.diff(error[[0, 1, 2, 4, 8]]) > 0).all()
    marks = [line.get_xydata()[0] for line in points(ax)]
    assert [mark[0] for mark in marks] == [10, 50, 10, 50]
    written = [f"{mark[1]:.3f}" for mark in marks]
    expected = [*written[:2], "100 predictions", *written[2:], "2,000 predictions"]
    assert texts(ax) == expected


def test_the_page_draws_360_and_36_000_predictions(ax):
    draw.error_over_bins(ax, runs=1)
    assert [text for text in texts(ax) if "pred" in text] == [
        "360 predictions",
        "36,000 predictions",
    ]


def test_two_scores_are_lowest_at_the_truth_and_one_is_not(row):
    axes = row(3)
    assert draw.scores(axes, 0.7) is axes
    lowest = [points(ax)[0].get_xydata()[0] for ax in axes]
    np.testing.assert_allclose([x for x, _ in lowest], [0.7, 0.7, 1.0], atol=1e-9)
    entropy = -(0.7 * np.log(0.7) + 0.3 * np.log(0.3))
    np.testing.assert_allclose([y for _, y in lowest], [entropy, 2 * 0.21, 2 * 0.3], atol=1e-6)
    for ax, loss in zip(
        axes,
        (
            lambda p: -np.log(p),
            lambda p: (1 - p) ** 2 + (1 - p) ** 2,
            lambda p: (1 - p) + (1 - p),
        ),
        strict=True,
    ):
        ((p, mean),) = curves(ax)
        inside = (p > 0) & (p < 1)
        expected = 0.7 * loss(p[inside]) + 0.3 * loss(1 - p[inside])
        np.testing.assert_allclose(mean[inside], expected, atol=1e-6)
        assert inside.sum() == 199
    said = [[*texts(ax)] for ax in axes]
    assert said == [["lowest at 0.70", "true: 0.7"], ["lowest at 0.70"], ["lowest at 1.00"]]
    titles = [ax.get_title("left") or ax.get_title() for ax in axes]
    assert titles == ["log loss", "Brier score", "absolute error"]


def test_each_loss_is_marked_where_it_is_lowest(ax):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(200, 3)) * 2
    labels = (rng.uniform(size=(200, 1)) > log_softmax(z, axis=1).cumsum(axis=1)).argmax(axis=1)
    labels = np.where(rng.uniform(size=200) < 0.8, z.argmax(axis=1), labels)
    models = {"wide": (3 * z, labels), "narrow": (0.5 * z, labels)}
    assert draw.loss_over_beta(ax, models) is ax
    for (name, (logits, _)), (beta, loss), mark in zip(
        models.items(), curves(ax), points(ax), strict=True
    ):

        def mean(b, logits=logits):
            return -log_softmax(b * logits, axis=1)[np.arange(200), labels].mean()

        np.testing.assert_allclose(loss, [mean(b) for b in beta], atol=1e-6)
        best = minimize_scalar(mean, bounds=(0.01, 10), options={"xatol": 1e-8})
        np.testing.assert_allclose(mark.get_xydata()[0], [best.x, best.fun], atol=1e-5)
        assert f"{name}:\nlowest at {best.x:.2f}" in texts(ax)
    guide = [line for line in ax.get_lines() if len(line.get_xdata()) == 2]
    assert [list(line.get_xdata()) for line in guide] == [[1, 1]]

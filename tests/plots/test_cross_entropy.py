"""The figures of chapter 4 show the numbers they claim to show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy as scipy_entropy

from drawn import MINUS, curves, texts
from softmax_lib.plots import cross_entropy as draw

LOGITS = np.array([3.0, 1.0, -3.0])


@pytest.fixture
def axes(request):
    fig, axes = plt.subplots(1, request.param)
    yield axes
    plt.close(fig)


def points(ax):
    return [line.get_xydata()[0] for line in ax.get_lines() if line.get_marker() == "o"]


def ahead(gap, classes):
    """Logits whose first class leads the others, all 0, by each gap."""
    return np.concatenate([gap[:, None], np.zeros((len(gap), classes - 1))], axis=1)


def test_cost_is_minus_log_p_and_is_written_at_each_mark(ax):
    assert draw.cost_of_probability(ax, marks=(0.5, 0.01)) is ax
    ((p, cost),) = curves(ax)
    np.testing.assert_allclose(np.exp(-cost), p, atol=1e-5)
    np.testing.assert_allclose(points(ax), [(0.5, np.log(2)), (0.01, np.log(100))])
    assert texts(ax) == ["p = 0.5 costs 0.693", "p = 0.01 costs 4.605"]


@pytest.mark.parametrize("axes", [3], indirect=True)
def test_misprints_draw_every_loss_and_the_right_one_where_it_is_missed(axes):
    losses = {"right": [0.5, 1.25], "first": [0.5, 1.0], "second": [2.0, -1e-17]}
    given = {title: list(values) for title, values in losses.items()}
    assert draw.misprints(axes, losses) is axes
    assert losses == given
    heights = [[bar.get_height() for bar in ax.patches] for ax in axes]
    np.testing.assert_allclose(heights, list(losses.values()), atol=1e-9)
    titles = [ax.get_title("left") or ax.get_title() for ax in axes]
    assert titles == ["right", "first", "second"]
    written = [[t for t in texts(ax) if t[0].isdigit() or t[0] == "-"] for ax in axes]
    assert written == [["0.5000", "1.2500"], ["0.5000", "1.0000"], ["2.0000", "0.0000"]]
    marks = [[mark[0, 1] for mark in ax.collections[0].get_segments()] for ax in axes]
    assert marks == [[], [1.25], [0.5, 1.25]]


@pytest.mark.parametrize("axes", [2], indirect=True)
def test_two_slopes_are_the_differences_of_one_loss(axes):
    logits = LOGITS.copy()
    assert draw.two_slopes(axes, logits, 1) is axes
    np.testing.assert_array_equal(logits, LOGITS)
    ((p, in_p),), ((moved, in_z),) = map(curves, axes)
    h = 1e-6
    np.testing.assert_allclose(in_p, -(np.log(p + h) - np.log(p - h)) / (2 * h), atol=1e-4)
    step = np.array([0, h, 0])
    rows = np.stack([np.full_like(moved, 3.0), moved, np.full_like(moved, -3.0)], axis=1)
    higher, lower = scipy_log_softmax([rows + step, rows - step], axis=-1)[:, :, 1]
    np.testing.assert_allclose(in_z, -(higher - lower) / (2 * h), atol=1e-6)
    p_dog = scipy_softmax(LOGITS)[1]
    expected = [(p_dog, -1 / p_dog), (1, p_dog - 1)]
    np.testing.assert_allclose([points(ax)[0] for ax in axes], expected)
    assert [texts(ax) for ax in axes] == [[f"{MINUS}8.41"], [f"{MINUS}0.88"]]
    assert axes[0].get_ylim() == axes[1].get_ylim()


def test_stacked_bars_are_entropy_and_kl_divergence(ax):
    target, shares = np.array([0.7, 0.3]), (0.2, 0.7, 0.9)
    assert draw.entropy_and_excess(ax, target, shares) is ax
    np.testing.assert_array_equal(target, [0.7, 0.3])
    low, high = ax.patches[:3], ax.patches[3:]
    expected = [scipy_entropy(target, [share, 1 - share]) for share in shares]
    np.testing.assert_allclose([bar.get_height() for bar in low], scipy_entropy(target))
    np.testing.assert_allclose([bar.get_height() for bar in high], expected, atol=1e-6)
    np.testing.assert_allclose([bar.get_y() for bar in high], scipy_entropy(target))
    assert texts(ax)[:3] == [f"{more:.2f}" for more in np.abs(expected)]
    assert texts(ax)[4] == "below it: entropy\nof the target, 0.61"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.2", "0.7", "0.9"]


@pytest.mark.parametrize("axes", [2], indirect=True)
def test_same_goal_is_the_target_and_the_slopes_are_differences_of_the_losses(axes):
    target = np.array([0.7, 0.3])
    assert draw.same_goal_other_slope(axes, target) is axes
    np.testing.assert_array_equal(target, [0.7, 0.3])

    def of_labels(p):
        """The mean of both losses over seven labels of the first class, three of the second."""
        labels = np.eye(2)[[0] * 7 + [1] * 3]
        squares = [((q - labels) ** 2).sum(axis=1).mean() for q in p]
        return [-0.7 * np.log(p[:, 0]) - 0.3 * np.log(p[:, 1]), squares]

    (share, cost), (_, squared) = curves(axes[0])
    expected = of_labels(np.stack([share, 1 - share], axis=1))
    np.testing.assert_allclose([cost, squared], expected, atol=1e-5)
    np.testing.assert_allclose(points(axes[0]), [(0.7, 0.610864), (0.7, 0.42)], atol=1e-5)
    assert {"0.61", "0.42"} <= set(texts(axes[0]))

    def of_gap(gap):
        p = scipy_softmax(ahead(gap, 2), axis=-1)
        return np.array([-np.log(p[:, 0]), ((p - [1, 0]) ** 2).sum(axis=1)])

    drawn = curves(axes[1])
    gap = drawn[0][0]
    slopes = 10 ** np.array([slope for _, slope in drawn])
    seen = (gap > -8) & (gap < 6)
    quotients = (of_gap(gap - 1e-5) - of_gap(gap + 1e-5)) / 2e-5
    np.testing.assert_allclose(slopes[:, seen], quotients[:, seen], rtol=1e-4)
    p = scipy_softmax(ahead(gap, 2), axis=-1)
    np.testing.assert_allclose(slopes[1], 4 * p[:, 0] * p[:, 1] ** 2, rtol=1e-5)


def test_smoothing_gap_marks_the_minimum_of_the_drawn_loss(ax):
    alpha, classes = 0.2, 4
    soft = np.array([1 - alpha + alpha / classes] + [alpha / classes] * (classes - 1))

    def loss(gap):
        return -scipy_log_softmax(ahead(np.atleast_1d(gap), classes), axis=-1) @ soft

    assert draw.smoothing_gap(ax, alpha, classes) is ax
    (gap, hard_loss), (_, soft_loss) = curves(ax)
    hard = -scipy_log_softmax(ahead(gap, classes), axis=-1)[:, 0]
    np.testing.assert_allclose(hard_loss, hard, atol=1e-6)
    np.testing.assert_allclose(soft_loss, loss(gap), atol=1e-6)
    lowest = minimize_scalar(lambda at: loss(at)[0], bounds=(0, 8), method="bounded")
    np.testing.assert_allclose(points(ax), [(lowest.x, lowest.fun)], atol=1e-4)
    assert f"lowest at gap {lowest.x:.2f}:\nloss {lowest.fun:.2f}" in texts(ax)
    assert "smoothed, α = 0.2" in texts(ax)


@pytest.mark.parametrize("axes", [2], indirect=True)
def test_second_softmax_draws_losses_and_slopes_of_one_and_of_two(axes):
    classes = 10
    assert draw.second_softmax(axes, classes) is axes

    def losses(gap):
        z = ahead(gap, classes)
        again = scipy_softmax(z, axis=-1)
        return [-scipy_log_softmax(logits, axis=-1)[:, 0] for logits in (z, again)]

    drawn = curves(axes[0])
    gap = drawn[0][0]
    np.testing.assert_allclose([loss for _, loss in drawn], losses(gap), atol=1e-6)
    floor = np.log(np.e + 9) - 1
    assert f"floor {floor:.2f}" in texts(axes[0])
    (level,) = {line.get_ydata()[0] for line in axes[0].get_lines() if len(line.get_xdata()) == 2}
    assert level == pytest.approx(floor)
    # log10 of the slope; a difference quotient resolves it where the slope is not yet tiny
    drawn = curves(axes[1])
    gap = drawn[0][0]
    seen = (gap > -8) & (gap < 6)
    quotients = (np.array(losses(gap - 1e-5)) - losses(gap + 1e-5)) / 2e-5
    slopes = 10 ** np.array([slope for _, slope in drawn])
    np.testing.assert_allclose(slopes[:, seen], quotients[:, seen], rtol=1e-4)
    # further out: p_k times something that has settled
    settled = slopes[1] / scipy_softmax(ahead(gap, classes), axis=-1)[:, 0]
    np.testing.assert_allclose(settled[gap < -8], settled[0], rtol=1e-3)

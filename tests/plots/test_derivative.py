"""The figures of chapter 3 show the numbers they claim to show."""

import matplotlib.pyplot as plt
import mpmath
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from scipy.optimize import minimize_scalar
from scipy.special import softmax as scipy_softmax

from drawn import MINUS, texts
from softmax_lib.plots import derivative as draw
from softmax_lib.plots.style import PULL, PUSH

LOGITS = np.array([3.0, 1.0, -3.0])
CORNERS = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])


def jacobian(logits):
    """Oracle: diag(p) - p p^T from SciPy's p; for these logits nothing cancels."""
    p = scipy_softmax(logits)
    return np.diag(p) - np.outer(p, p)


def test_nudge_shows_probabilities_before_and_after_and_their_difference():
    fig, axes = plt.subplots(1, 3)
    assert draw.nudge(axes, LOGITS, nudged=1, step=2.0) is axes
    heights = [[bar.get_height() for bar in ax.patches] for ax in axes]
    colours = [to_rgb(bar.get_facecolor()) for bar in axes[2].patches]
    titles = [ax.get_title("left") for ax in axes]
    plt.close(fig)
    before, after = scipy_softmax(LOGITS), scipy_softmax([3.0, 3.0, -3.0])
    np.testing.assert_allclose(heights, [before, after, after - before], atol=1e-6)
    assert colours == [to_rgb(PUSH), to_rgb(PULL), to_rgb(PUSH)]
    assert titles == ["before", "after: dog + 2", "change: sum 0.0000"]


@pytest.mark.parametrize("own", [0, 1])
def test_saturation_draws_a_share_and_its_slope_over_its_own_logit(ax, own):
    assert draw.saturation(ax, LOGITS, own=own) is ax
    share, slope = [line for line in ax.get_lines() if len(line.get_xdata()) > 100]
    x = np.asarray(share.get_xdata())
    moved = np.tile(LOGITS, (len(x), 1))
    moved[:, own] = x
    p = scipy_softmax(moved, axis=1)[:, own]
    np.testing.assert_allclose(share.get_ydata(), p, atol=2e-6)
    np.testing.assert_allclose(slope.get_ydata(), p * (1 - p), atol=2e-6)
    assert np.argmax(slope.get_ydata()) == len(x) // 2
    np.testing.assert_allclose(p[len(x) // 2], 0.5, atol=1e-6)
    here = scipy_softmax(LOGITS)[own]
    marks = [line.get_xydata()[0] for line in ax.get_lines() if line.get_marker() == "o"]
    expected = [(LOGITS[own], here), (LOGITS[own], here * (1 - here))]
    np.testing.assert_allclose(marks, expected, atol=1e-6)
    assert {f"{here:.3f}", f"{here * (1 - here):.3f}"} <= set(texts(ax))


def test_jacobian_map_writes_every_entry_and_colours_it_by_its_sign(ax):
    assert draw.jacobian_map(ax, LOGITS) is ax
    expected = jacobian(LOGITS)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    strength = {}
    for cell in ax.patches:
        column, row = (round(place + 0.48) for place in cell.get_xy())
        entry = expected[row, column]
        assert written[column, row] == f"{entry:+.5f}".replace("-", MINUS)
        assert to_rgb(cell.get_facecolor()) == to_rgb(PULL if entry > 0 else PUSH)
        strength[abs(entry)] = cell.get_alpha()
    assert len(ax.patches) == expected.size
    assert [strength[size] for size in sorted(strength)] == sorted(strength.values())
    assert strength[max(strength)] == pytest.approx(0.76)
    assert texts(ax).count("sum\n0.00000") == 3
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row stands on top


def test_arrows_towards_the_corners_are_the_columns_of_the_jacobian(ax):
    assert draw.towards_corners(ax, LOGITS / 4) is ax
    p = scipy_softmax(LOGITS / 4)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    steps = np.array([np.subtract(arrow.xy, arrow.xyann) for arrow in arrows])
    np.testing.assert_allclose(steps, jacobian(LOGITS / 4).T @ CORNERS, atol=2e-6)
    for arrow, corner, share in zip(arrows, CORNERS, p, strict=True):
        np.testing.assert_allclose(arrow.xyann, p @ CORNERS, atol=1e-6)
        way = np.subtract(corner, arrow.xyann)
        np.testing.assert_allclose(np.subtract(arrow.xy, arrow.xyann), share * way, atol=2e-6)
        assert f"{share:.3f}" in texts(ax)
    point = next(line for line in ax.get_lines() if line.get_marker() == "o")
    np.testing.assert_allclose(np.ravel(point.get_xydata()), p @ CORNERS, atol=1e-6)


def test_the_digits_that_are_written_sum_to_zero_in_every_row(ax):
    draw.jacobian_map(ax, LOGITS)
    entries = [float(text.replace(MINUS, "-")) for text in texts(ax) if text[:1] in f"+{MINUS}"]
    sums = np.reshape(entries, (3, 3)).sum(axis=1)
    np.testing.assert_allclose(sums, 0, atol=1e-9)


def test_spread_shows_the_distribution_its_mean_and_its_standard_deviation(ax):
    v = np.array([0.0, 2.0, 5.0])
    assert draw.spread(ax, LOGITS / 4, v) is ax
    p = scipy_softmax(LOGITS / 4)
    stems = np.array(ax.collections[0].get_segments())
    np.testing.assert_allclose(stems[:, 1], np.stack([v, p], axis=1), atol=1e-6)
    np.testing.assert_array_equal(stems[:, 0], np.stack([v, 0 * p], axis=1))
    # Second moment minus squared mean: another formula than v^T J v.
    mean, deviation = np.dot(p, v), np.sqrt(np.dot(p, v**2) - np.dot(p, v) ** 2)
    dashed = next(line for line in ax.get_lines() if line.get_linestyle() == "--")
    np.testing.assert_allclose(dashed.get_xdata(), mean, atol=1e-6)
    bar = next(line for line in ax.get_lines() if line.get_marker() == "|")
    np.testing.assert_allclose(bar.get_xdata(), [mean - deviation, mean + deviation], atol=1e-6)
    assert {f"mean {mean:.3f}", f"standard deviation {deviation:.3f}"} <= set(texts(ax))


@pytest.mark.parametrize("logits", [LOGITS, np.array([2.0, 0.0, -1.0, -1.5])])
def test_the_peak_temperature_is_where_the_share_is_highest(logits):
    top = draw.peak_temperature(logits, 1)
    found = minimize_scalar(
        lambda t: -scipy_softmax(logits / np.exp(t))[1],
        bracket=(np.log(top / 3), np.log(top), np.log(top * 3)),
    )
    assert top == pytest.approx(np.exp(found.x), rel=1e-5)
    assert scipy_softmax(logits / top) @ logits == pytest.approx(logits[1], abs=1e-12)


def test_the_peak_is_drawn_under_the_crossing(ax):
    assert draw.peak(ax, LOGITS) is ax
    mean, share = [line for line in ax.get_lines() if len(line.get_xdata()) > 100]
    T = np.asarray(mean.get_xdata())
    p = scipy_softmax(LOGITS / T[:, None], axis=1)
    np.testing.assert_allclose(mean.get_ydata(), p @ LOGITS, atol=2e-6)
    # The lower curve is read off its own ticks.
    ticks = {
        text.get_text(): y for text, y in zip(ax.get_yticklabels(), ax.get_yticks(), strict=True)
    }
    read = [ticks[f"{tick:.1f}"] for tick in (0.1, 0.4)]
    np.testing.assert_allclose(np.interp(share.get_ydata(), read, [0.1, 0.4]), p[:, 1], atol=2e-6)
    assert ticks["3"] == 3 and ticks["0"] == 0 > read[1]
    upright = next(line for line in ax.get_lines() if np.ptp(line.get_xdata()) == 0)
    top = draw.peak_temperature(LOGITS, 1)
    dot = next(line for line in ax.get_lines() if line.get_marker() == "o")
    np.testing.assert_allclose([upright.get_xdata()[0], dot.get_xdata()[0]], top, atol=1e-6)
    highest = scipy_softmax(LOGITS / top)[1]
    assert f"{highest:.4f} at T = {top:.3f}" in texts(ax)
    np.testing.assert_allclose(np.interp(dot.get_ydata(), read, [0.1, 0.4]), highest, atol=1e-6)


def test_errors_at_a_gap_are_those_of_numpy_in_size():
    """NumPy divides complex numbers in another order, so its error differs, but not its size."""
    gaps = np.arange(8.0, 34.0)
    errors = draw.gap_errors(gaps)
    z = np.stack([gaps, 0 * gaps], axis=1)
    with mpmath.workdps(40):
        exact = np.array([float(1 / (2 + 2 * mpmath.cosh(mpmath.mpf(g)))) for g in gaps])
    beside = np.exp(z + np.array([1e-200j, 0]))
    naive = (beside[:, 0] / beside.sum(axis=1)).imag / 1e-200
    rewritten = (1 / (1 + np.exp(-gaps - 1e-200j))).imag / 1e-200
    assert np.all(errors["rewritten"] < 4e-16)
    np.testing.assert_allclose(rewritten, exact, rtol=1e-15)
    ratio = np.log10(np.maximum(np.abs(naive / exact - 1), 1e-17) / errors["complex"])
    assert abs(np.median(ratio)) < 0.5
    assert np.all(errors["complex"] < 4e-16 * np.exp(gaps))
    assert np.all(errors["central"] < 1e-10 * np.exp(gaps))
    assert np.median(errors["central"] / errors["complex"]) > 1e3


def test_gap_curves_draw_the_logarithms_of_the_errors(ax):
    assert draw.gap_curves(ax, widest=20) is ax
    drawn = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
    errors = draw.gap_errors(np.arange(0, 20.5, 0.5))
    assert set(drawn) == set(errors)
    for method, found in errors.items():
        np.testing.assert_array_equal(drawn[method][:, 0], np.arange(0, 20.5, 0.5))
        expected = np.maximum(found, 1e-17)
        np.testing.assert_allclose(10 ** drawn[method][:, 1], expected, rtol=1e-5)


def test_an_error_that_is_larger_than_the_picture_leaves_it(ax):
    draw.gap_curves(ax)
    central = next(line for line in ax.get_lines() if line.get_label() == "central")
    height = dict(central.get_xydata())[37.0]
    assert 10**height == pytest.approx(draw.gap_errors([37.0])["central"][0], rel=1e-5)
    assert height > ax.get_ylim()[1]


def test_steps_are_four_a_decade_and_fall():
    steps = np.array(draw.steps_of(20))
    assert len(steps) == 81
    np.testing.assert_array_equal(steps[::4], [float(f"1e-{n}") for n in range(21)])
    np.testing.assert_allclose(np.diff(np.log10(steps)), -0.25, atol=2e-3)


def test_errors_of_large_steps_are_the_first_terms_of_the_taylor_series():
    with mpmath.workdps(50):
        rest = mpmath.exp(1) + mpmath.exp(-3)

        def derivative(n):
            return mpmath.diff(lambda z: mpmath.exp(z) / (mpmath.exp(z) + rest), 3, n)

        first, second, third = (float(derivative(n)) for n in (1, 2, 3))
    h = 1e-3
    errors = draw.step_errors(LOGITS, [h])
    assert errors["forward"][0] == pytest.approx(abs(h / 2 * second / first), rel=1e-2)
    assert errors["central"][0] == pytest.approx(abs(h**2 / 6 * third / first), rel=1e-3)
    assert errors["complex"][0] == pytest.approx(abs(h**2 / 6 * third / first), rel=1e-3)


def test_errors_of_small_steps_are_as_large_as_those_of_numpy():
    def p(z):
        return np.exp(z) / (np.exp(z) + np.exp(1.0) + np.exp(-3.0))

    exact = scipy_softmax(LOGITS)[0] * (1 - scipy_softmax(LOGITS)[0])
    steps = np.array([1e-10, 1e-12, 1e-13])
    errors = draw.step_errors(LOGITS, steps)
    noise = np.abs((p(3 + steps) - p(3 - steps)) / (2 * steps) / exact - 1)
    eps = np.finfo(float).eps
    for found in (errors["forward"], errors["central"], noise):
        assert np.all(found < 20 * eps / steps)
        assert np.all(found > eps / steps / 1e3)


def test_a_step_below_the_last_bit_loses_the_whole_difference_but_no_complex_step():
    errors = draw.step_errors(LOGITS, [1e-17, 1e-200])
    np.testing.assert_array_equal(errors["forward"], 1)
    np.testing.assert_array_equal(errors["central"], 1)
    assert np.all(errors["complex"] < 8 * np.finfo(float).eps)


def test_error_curves_draw_the_logarithms_of_the_errors(ax):
    assert draw.error_curves(ax, LOGITS, decades=8) is ax
    steps = draw.steps_of(8)
    errors = draw.step_errors(LOGITS, steps)
    drawn = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
    assert set(drawn) == set(errors)
    for method, found in errors.items():
        np.testing.assert_allclose(drawn[method][:, 0], np.log10(steps), atol=1e-6)
        np.testing.assert_allclose(10 ** drawn[method][:, 1], found, rtol=1e-5)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["$10^{-8}$", "$10^{-4}$", "$1$"]


def test_the_arguments_given_are_not_modified(ax):
    logits, v = LOGITS.copy(), np.array([0.0, 2.0, 4.0])
    fig, axes = plt.subplots(1, 3)
    draw.nudge(axes, logits, 1, 1.0)
    plt.close(fig)
    fig, alone = plt.subplots()
    draw.peak(alone, logits)
    plt.close(fig)
    for function in (draw.saturation, draw.jacobian_map, draw.towards_corners):
        function(ax, logits)
    draw.spread(ax, logits, v)
    draw.error_curves(ax, logits, decades=2)
    np.testing.assert_array_equal(logits, LOGITS)
    np.testing.assert_array_equal(v, [0, 2, 4])

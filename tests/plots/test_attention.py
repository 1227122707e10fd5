"""The figures of chapter 9 show the numbers they claim to show."""

import mpmath
import numpy as np
import pytest
from scipy.special import softmax

from drawn import MINUS, curves, texts
from softmax_lib.plots import attention as draw
from softmax_lib.plots.style import LOGIT, PROBABILITY

QUERY = np.array([2.0, 1.0])
KEYS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
VALUES = np.array([10.0, 20.0, 40.0])
SHARES = softmax([3.0, 1.0, -3.0])


def arrow_ends(ax):
    return [tuple(text.xy) for text in ax.texts if text.arrowprops]


def test_a_look_up_has_an_arrow_for_the_query_and_for_each_key(row):
    axes = row(2)
    assert draw.lookup(axes, QUERY, KEYS, VALUES) is axes
    assert arrow_ends(axes[0]) == [(1, 1), (1, -1), (-1, -1), (2, 1)]
    wanted = ["cat: score 3", "dog: score 1", f"bird: score {MINUS}3", "query"]
    assert [text for text in texts(axes[0]) if text] == wanted


def test_its_bars_are_the_weights_at_the_values_and_its_line_the_answer(row):
    axes = row(2)
    draw.lookup(axes, QUERY, KEYS, VALUES)
    bars = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in axes[1].patches]
    np.testing.assert_allclose(bars, np.column_stack([VALUES, SHARES]), rtol=1e-12)
    (line,) = axes[1].get_lines()
    np.testing.assert_allclose(line.get_xdata(), SHARES @ VALUES, rtol=1e-12)
    assert texts(axes[1]) == ["cat 0.879", "dog 0.119", "bird 0.002", "answer 11.25"]


def test_the_widths_have_both_lines_and_their_last_numbers(ax):
    plain, divided = [0.3, 0.62, 0.9712345678], [0.3, 0.35, 0.36]
    assert draw.sharpness(ax, [1, 16, 256], plain, divided) is ax
    lines = ax.get_lines()
    for line, weights in zip(lines, (plain, divided), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [1, 16, 256])
        np.testing.assert_array_equal(line.get_ydata(), np.round(weights, 6))
    assert len({line.get_linestyle() for line in lines}) == 2
    assert texts(ax) == ["not divided", "0.97", r"divided by $\sqrt{D}$", "0.36", "0.30"]
    assert ax.get_xscale() == "log"


def test_a_map_of_weights_has_a_number_for_each_weight_and_hatches_the_others(ax):
    weights = softmax(np.where(np.tri(3, dtype=bool), [[1, 2, 3.0]] * 3, -np.inf), axis=1)
    assert draw.weights_map(ax, weights, ["a", "b", "c"]) is ax
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {
        (column, line): f"{weights[line, column]:.2f}"
        for line in range(3)
        for column in range(line + 1)
    }
    hatched = {
        (round(cell.get_x() + 0.5), round(cell.get_y() + 0.5))
        for cell in ax.patches
        if cell.get_hatch()
    }
    assert hatched == {(1, 0), (2, 0), (2, 1)}
    depths = [cell.get_alpha() for cell in ax.patches if not cell.get_hatch()]
    shown = weights[np.tril_indices(3)]
    np.testing.assert_allclose(depths, 0.85 * shown, atol=6e-4)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is above


def test_gumbel_s_density_is_the_slope_of_its_distribution():
    for x in (-2.0, 0.0, 1.5, 6.0):
        slope = mpmath.diff(lambda t: mpmath.exp(-mpmath.exp(-t)), x)
        assert draw.gumbel_density(x + 3.0, 3.0) == pytest.approx(float(slope), rel=1e-12)


def test_the_curves_of_gumbel_peak_at_the_logits_and_tell_who_wins(ax):
    assert draw.gumbels(ax, [3.0, 1.0, -3.0]) is ax
    lines = [line for line in ax.get_lines() if line.get_color() == LOGIT]
    assert len({line.get_linestyle() for line in lines}) == 3
    for (x, y), logit in zip(curves(ax), (3, 1, -3), strict=True):
        assert x[y.argmax()] == pytest.approx(logit, abs=0.026)
        np.testing.assert_allclose(y, draw.gumbel_density(x, logit), atol=1e-6)
        assert np.sum(y) * (x[1] - x[0]) == pytest.approx(1, abs=5e-3)
    wins = [
        f"{name}\nwins {share:.3f}"
        for name, share in zip(("cat", "dog", "bird"), SHARES, strict=True)
    ]
    assert texts(ax) == wins


def test_the_cuts_stand_behind_what_each_rule_keeps(row):
    axes = row(2)
    answers = {"sure": np.array([0.02, 0.85, 0.13]), "unsure": np.array([0.3, 0.4, 0.1, 0.2])}
    assert draw.cuts(axes, answers, 2, 0.85) is axes
    for ax, kept in zip(axes, (1, 3), strict=True):
        p = np.sort(answers["sure" if ax is axes[0] else "unsure"])[::-1]
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_array_equal(heights, p)
        assert all(bar.get_facecolor()[:3] == pytest.approx(ORANGE) for bar in ax.patches)
        lines = [(line.get_xdata()[0], line.get_linestyle()) for line in ax.get_lines()]
        assert lines == [(1.5, "--"), (kept - 0.5, "-")]
        assert texts(ax) == [*(f"{share:.2f}" for share in p), "top-2", "top-p"]
        title = f"top-2 keeps {p[:2].sum():.2f}, top-p {p[:kept].sum():.2f}"
        assert ax.get_title("left").endswith(title)


ORANGE = tuple(int(PROBABILITY[at : at + 2], 16) / 255 for at in (1, 3, 5))

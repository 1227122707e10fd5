"""The figures of chapter 2 show the numbers they claim to show."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import special

from drawn import MINUS, curves, texts
from softmax_lib import log_softmax
from softmax_lib.plots import overflow as draw

LOGITS = np.array([123.0, 456.0, 789.0])
ENDS = {np.float16: (-17.33, 11.09), np.float32: (-103.97, 88.72), np.float64: (-745.13, 709.78)}


def exact_log_of_the_winner(gap):
    """-log(1 + e^-gap) by the decimal module, to 60 digits."""
    with localcontext(prec=60):
        return -(1 + (-Decimal(gap)).exp()).ln()


@pytest.mark.parametrize("dtype", ENDS)
def test_exp_range_ends_where_exp_becomes_0_and_inf(dtype):
    low, high = draw.exp_range(dtype)
    assert (round(low, 2), round(high, 2)) == ENDS[dtype]
    step = 2 * float(np.spacing(dtype(max(-low, high))))
    with np.errstate(over="ignore"):
        assert np.exp(dtype(low - step)) == 0 < np.exp(dtype(low + step))
        assert np.exp(dtype(high - step)) < np.inf == np.exp(dtype(high + step))


def test_each_bar_spans_the_range_of_its_dtype(ax):
    assert draw.where_exp_lives(ax, LOGITS) is ax
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    np.testing.assert_allclose(spans, list(ENDS.values()), atol=0.005)
    for dtype, (low, high) in ENDS.items():
        assert f"{dtype.__name__}: {MINUS}{-low:.2f} to {high:.2f}" in texts(ax)
    rows = [bar.get_y() + bar.get_height() / 2 for bar in ax.patches]
    assert rows == sorted(rows, reverse=True)


def test_what_exp_returns_is_written_beside_each_bar_and_inside_none(ax):
    draw.where_exp_lives(ax, LOGITS)
    results = [text for text in ax.texts if text.get_text().startswith("$")]
    assert len(results) == 6
    for text in results:
        x, row = text.get_position()
        (bar,) = [bar for bar in ax.patches if bar.get_y() < row < bar.get_y() + bar.get_height()]
        if text.get_text() == "$0$":
            assert x < bar.get_x()
        else:
            assert text.get_text() == r"$\infty$"
            assert x > bar.get_x() + bar.get_width()


def test_the_logits_cross_the_bars_at_their_own_place(ax):
    before = LOGITS.copy()
    draw.where_exp_lives(ax, LOGITS)
    assert [line.get_xdata()[0] for line in ax.get_lines()] == [123, 456, 789]
    labels = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert (labels["123"], labels["456"], labels["789"]) == (123, 456, 789)
    np.testing.assert_array_equal(LOGITS, before)


def test_shifted_logits_end_at_0_and_keep_their_gaps(ax):
    before = LOGITS.copy()
    assert draw.shifted_logits(ax, LOGITS) is ax
    rows = [line for line in ax.get_lines() if line.get_marker() == "o"]
    np.testing.assert_array_equal(rows[0].get_xdata(), [123, 456, 789])
    np.testing.assert_array_equal(rows[1].get_xdata(), [-666, -333, 0])
    assert texts(ax).count("333") == 4
    assert {f"{MINUS}666", f"{MINUS}333", "0", "123", "456", "789"} <= set(texts(ax))
    np.testing.assert_array_equal(LOGITS, before)


def test_the_zone_of_overflow_holds_the_largest_logit_before_the_shift_alone(ax):
    draw.shifted_logits(ax, LOGITS)
    (zone,) = ax.patches
    left, right = zone.get_x(), zone.get_x() + zone.get_width()
    assert left == pytest.approx(709.78, abs=0.005)
    inside = [left < z < right for z in (*LOGITS, *(LOGITS - 789))]
    assert inside == [False, False, True, False, False, False]


def test_dotted_lines_lead_from_each_logit_to_itself_shifted(ax):
    draw.shifted_logits(ax, LOGITS)
    dotted = [tuple(line.get_xdata()) for line in ax.get_lines() if line.get_linestyle() == ":"]
    assert dotted == [(123, -666), (456, -333), (789, 0)]


def test_gaps_are_written_between_their_logits(ax):
    draw.shifted_logits(ax, np.array([0.0, 100.0, 500.0]))
    middles = [
        text.get_position()[0]
        for text in ax.texts
        if text.get_text() in ("100", "400") and text.get_weight() != "bold"
    ]
    assert middles == [50, 300, -450, -200]


def test_soft_maximum_lies_between_its_bounds_and_is_logaddexp(ax):
    assert draw.soft_maximum(ax) is ax
    low, high, lse = curves(ax, longer_than=20)
    x = lse[0]
    np.testing.assert_allclose(lse[1], np.logaddexp(x, 0), atol=1e-6)
    np.testing.assert_allclose(low[1], np.maximum(x, 0), atol=1e-6)
    np.testing.assert_allclose(high[1], np.maximum(x, 0) + math.log(2), atol=1e-6)
    (dot,) = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (0, pytest.approx(math.log(2), abs=1e-6))


def test_each_line_of_the_soft_maximum_bears_its_own_name(ax):
    draw.soft_maximum(ax)
    places = {text.get_text(): text.xy for text in ax.texts}
    assert places["LSE"] == (1, pytest.approx(math.log1p(math.e)))
    x, y = places["$m$, the\nmaximum"]
    assert y == x
    x, y = places[r"$m + \log 2$"]
    assert y == pytest.approx(x + math.log(2))


def test_the_detour_of_the_loser_ends_where_softmax_underflows(ax):
    assert draw.log_of_the_loser(ax) is ax
    direct, detour = curves(ax, longer_than=20)
    np.testing.assert_allclose(direct[1], -np.logaddexp(0, direct[0]), atol=0.051)
    assert direct[0].max() == 1000
    np.testing.assert_allclose(detour[1], -np.logaddexp(0, detour[0]), atol=0.051)
    assert 720 < detour[0].max() < 745.13
    (arrow,) = [text for text in ax.texts if text.arrow_patch is not None]
    np.testing.assert_allclose(arrow.xyann, (745.13, -745.13), atol=0.005)
    assert f"log(softmax):\n{MINUS}inf beyond 745.13" in texts(ax)


@pytest.mark.parametrize("gap", [0.0, 1.0, 17.5, 36.0, 40.0, 72.0])
def test_error_in_ulp_is_the_distance_in_steps_of_the_grid(gap):
    truth = exact_log_of_the_winner(gap)
    for value in (float(truth), 0.0, float(truth) * (1 + 2**-50)):
        step = Decimal(abs(float(truth))) - Decimal(math.nextafter(abs(float(truth)), 0))
        if math.frexp(abs(float(truth)))[0] == 0.5:  # the grid is finer below a power of two
            step *= 2
        with localcontext(prec=60):
            expected = float(abs(Decimal(value) - truth) / step)
        assert draw.error_in_ulp(value, gap) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("gap", np.arange(0.0, 81.0, 4.0))
def test_the_formulas_agree_with_the_functions_they_stand_for(gap):
    z, eps = np.array([gap, 0.0]), np.finfo(float).eps
    detour = np.log(special.softmax(z)[0])
    assert draw.log_of_the_winner("log(softmax)", gap) == pytest.approx(detour, rel=0, abs=2 * eps)
    by_scipy = special.log_softmax(z)[0]
    assert draw.log_of_the_winner("SciPy's formula", gap) == pytest.approx(
        by_scipy, rel=0, abs=2 * eps
    )
    ours = draw.log_of_the_winner("log1p", gap)
    assert ours == pytest.approx(log_softmax(z)[0], rel=4 * eps)
    assert ours == pytest.approx(float(exact_log_of_the_winner(gap)), rel=4 * eps)


def test_the_loss_of_the_winner_is_drawn_down_to_where_the_sum_has_lost_it(ax):
    assert draw.loss_of_the_winner(ax) is ax
    right, by_sum = curves(ax, longer_than=20)
    for gap, loss in right.T:
        assert loss == pytest.approx(-float(exact_log_of_the_winner(gap)), rel=1e-5)
    seen = by_sum[0] < 37
    np.testing.assert_allclose(by_sum[1][seen], np.log(1 + np.exp(-by_sum[0][seen])), 1e-5)
    assert not np.log(1 + np.exp(-by_sum[0][~seen])).any()
    floor = np.unique(by_sum[1][~seen])
    assert floor == [ax.get_yticks()[0]]
    assert floor[0] < right[1].min()
    assert ax.get_yticklabels()[0].get_text() == "$0$"
    assert "log of the sum:\nexactly 0 from 37 on" in texts(ax)


def test_errors_of_the_winner_are_drawn_for_each_formula_above_the_floor(ax):
    assert draw.ulp_of_the_winner(ax, widest=40, floor=4.0) is ax
    detour, by_scipy, ours = curves(ax, longer_than=20)
    assert np.all(ours[1] == 4)
    for curve, name in ((detour, "log(softmax)"), (by_scipy, "SciPy's formula")):
        np.testing.assert_array_equal(curve[0], np.arange(41))
        for gap, error in curve.T:
            exact = exact_log_of_the_winner(gap)
            off = abs(Decimal(draw.log_of_the_winner(name, gap)) - exact)
            expected = float(off / Decimal(float(np.spacing(abs(float(exact))))))
            assert error == pytest.approx(max(expected, 4), rel=1e-5)


def test_the_winner_loses_a_factor_e_a_unit_and_everything_from_37_on(ax):
    draw.ulp_of_the_winner(ax)
    for gaps, errors in curves(ax, longer_than=20)[:2]:
        climb = (gaps >= 5) & (gaps < 37)
        slope = np.polyfit(gaps[climb], np.log(errors[climb]), 1)[0]
        assert slope == pytest.approx(1, abs=0.1)
        assert np.all((errors[gaps >= 37] > 2**52) & (errors[gaps >= 37] < 2**53))
        assert np.all(errors[gaps < 37] < 2**52)
    assert ax.get_yscale() == "log"
    assert ax.get_yticklabels()[0].get_text() == r"$\leq 4$"

"""The figures of the chapter on practice show the numbers they claim to show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import roc_curve

from drawn import curves, points, texts
from softmax_lib.plots import practice as draw


@pytest.fixture
def axes():
    fig, axes = plt.subplots(2)
    yield axes
    plt.close(fig)


def test_each_class_has_its_share_beside_its_own_answer(axes):
    photographs = {"both": [2.0, 2.0, -1.0], "none": [-3.0, -4.0, -5.0]}
    assert draw.shares_and_answers(axes, photographs) is axes
    for ax, (title, logits) in zip(axes, photographs.items(), strict=True):
        heights = [bar.get_height() for bar in ax.patches]
        wanted = [*softmax(logits), *expit(logits)]
        np.testing.assert_allclose(heights, wanted, atol=1e-6)
        assert texts(ax)[:6] == [f"{share:.2f}" for share in wanted]
        assert [bool(bar.get_hatch()) for bar in ax.patches] == 3 * [True] + 3 * [False]
        assert ax.get_title(loc="left") == title or ax.get_title() == title


def test_moved_decisions_lie_on_scikit_learn_s_curve(ax):
    rng = np.random.default_rng(0)
    truth = (rng.uniform(size=400) < 0.3).astype(int)
    plain = np.stack([rng.normal(0, 1, 400), rng.normal(2 * truth - 1, 1)], axis=1)
    other, third = (plain + np.array([0, shift]) for shift in (1, -1))
    given = plain.copy()
    named = {"plain": plain, "moved": other, "back": third}
    assert draw.moved_decisions(ax, truth, plain, named) is ax
    np.testing.assert_array_equal(plain, given)
    alarms, found, _ = roc_curve(truth, plain[:, 1] - plain[:, 0], drop_intermediate=False)
    corners = {(round(100 * a, 6), round(100 * b, 6)) for a, b in zip(alarms, found, strict=True)}
    (line,) = curves(ax)
    assert {tuple(np.round(at, 6)) for at in line.T} <= corners
    assert len(set(map(tuple, line.T))) > 50
    at = [tuple(np.round(point.get_xydata()[0], 6)) for point in points(ax)]
    assert set(at) <= corners and at[2][0] < at[0][0] < at[1][0]
    said = [
        f"{glyph} {name}: {b:.0f} and {a:.0f} %"
        for glyph, name, (a, b) in zip("●■◆", named, at, strict=True)
    ]
    assert texts(ax) == said
    assert len({point.get_marker() for point in points(ax)}) == 3


@pytest.mark.parametrize("gamma", [1.0, 2.0])
def test_focus_is_the_loss_and_the_ratio_of_two_slopes(axes, gamma):
    assert draw.focus(axes, gamma) is axes
    (p, plain), (_, focal) = curves(axes[0])
    np.testing.assert_allclose(plain, -np.log(p), atol=1e-4)
    np.testing.assert_allclose(focal, (1 - p) ** gamma * plain, atol=1e-4)
    ((at, factor),) = curves(axes[1])
    h = 1e-6

    def loss(p):
        return -((1 - p) ** gamma) * np.log(p)

    slope = (loss(at + h) - loss(at - h)) / (2 * h)
    np.testing.assert_allclose(factor, -slope * at, atol=1e-4)
    top = points(axes[1])[0].get_xydata()[0]
    assert top[1] == pytest.approx(factor.max(), abs=1e-5)
    assert texts(axes[1]) == [f"{factor.max():.2f}", f"{np.interp(0.9, at, factor):.2f}"]


def test_bits_are_drawn_with_their_lowest_point_and_both_levels(ax):
    steps = np.arange(1, 101)
    learned, new = 2 + 1 / steps, 3 + np.abs(np.log(steps / 20))
    assert draw.bits_of_text(ax, steps, learned, new, 1.98763, 3.5) is ax
    (_, dashed), (_, full) = curves(ax)
    np.testing.assert_allclose(dashed, new, atol=1e-4)
    np.testing.assert_allclose(full, learned, atol=1e-4)
    assert points(ax)[0].get_xydata().tolist() == [[20, 3]]
    levels = [line.get_ydata()[0] for line in ax.get_lines() if len(line.get_xdata()) == 2]
    assert levels == [3.5, 1.9876]
    said = {"new text", "text it learns", "3.00", "letters alone: 3.50", "floor of the pairs: 1.99"}
    assert set(texts(ax)) == said

"""The figures of the chapter on streaming show the numbers they claim to show."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from drawn import texts
from softmax_lib.plots import streaming as draw
from softmax_lib.plots.style import LOGIT

PIECES = ([3.0, 1.0, -3.0], [2.0, 4.0, 0.5], [-1.0, 1.5, 0.25])
LOGITS = [1.0, 0.0, 3.0, 2.0, -1.0, 4.0, 3.5, 1.0]


def shifted(z):
    return float(np.sum(np.exp(np.array(z) - np.max(z))))


def test_bars_are_the_logits_and_each_group_tells_its_own_numbers(ax):
    assert draw.pieces(ax, PIECES) is ax
    heights = [bar.get_height() for bar in ax.patches]
    assert heights == [z for piece in PIECES for z in piece]
    filled = [bar.get_height() for bar in ax.patches if bar.get_facecolor()[3]]
    assert filled == [3.0, 4.0, 1.5]
    shown = " ".join(texts(ax))
    for piece in PIECES:
        assert f"$m = {max(piece):g}$\n$r = {shifted(piece) - 1:.3f}$" in shown
    whole = np.concatenate(PIECES)
    assert f"whole: $m = 4$, $r = {shifted(whole) - 1:.3f}$" in shown


def test_the_groups_stand_apart(ax):
    draw.pieces(ax, PIECES)
    places = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
    assert list(np.diff(places).round(6)) == [1, 1, 2, 1, 1, 2, 1, 1]


def test_one_pass_shows_the_largest_and_the_sum_so_far_and_hatches_where_it_rises(row):
    axes = row(2)
    assert draw.one_pass(axes, LOGITS) is axes
    above, below = axes
    tops, dots = above.lines
    assert list(tops.get_ydata()) == list(np.maximum.accumulate(LOGITS))
    assert list(dots.get_ydata()) == LOGITS
    expected = [shifted(LOGITS[: n + 1]) for n in range(len(LOGITS))]
    heights = [bar.get_height() for bar in below.patches]
    np.testing.assert_allclose(heights, expected, atol=1e-6)
    assert [f"{height:.2f}" for height in expected] == texts(below)[: len(expected)]
    hatched = [n for n, bar in enumerate(below.patches, start=1) if bar.get_hatch()]
    assert hatched == [3, 6]


@pytest.mark.parametrize(("length", "block", "at"), [(1024, 128, 2), (600, 200, 0)])
def test_one_block_of_columns_is_filled_and_three_sums_are_kept(ax, length, block, at):
    assert draw.blocks(ax, length, block, at) is ax
    whole, now, *kept = ax.patches
    assert (whole.get_width(), whole.get_height()) == (length, length)
    assert (now.get_x(), now.get_width(), now.get_height()) == (at * block, block, length)
    assert to_hex(now.get_facecolor()) == LOGIT.lower()
    assert [box.get_height() for box in kept] == [length] * 3
    assert len(ax.lines) == length // block - 1
    shown = texts(ax)
    for text in (f"{length} keys", f"{length} queries", f"{block} keys at a time", "$a$"):
        assert text in shown


def test_each_machine_holds_its_share_and_has_an_arrow_up_and_one_back(ax):
    assert draw.machines(ax, 4, 128_000) is ax
    shown = texts(ax)
    assert shown.count("32,000\nlogits") == 4
    arrows = [text for text in ax.texts if getattr(text, "arrowprops", None)]
    styles = [arrow.arrowprops.get("linestyle", "-") for arrow in arrows]
    assert styles == ["-", "--"] * 4
    assert any("z_k" in text for text in shown if text.startswith("up"))
    assert not any("z_k" in text for text in shown if text.startswith("back"))

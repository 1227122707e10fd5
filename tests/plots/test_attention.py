"""The figures of the chapter on attention show the numbers they claim to show."""

import numpy as np

from softmax_lib.plots import attention as draw


def test_the_bars_are_the_logits_without_their_mean(ax):
    assert draw.centred(ax, [3.0, 1.0, -3.0]) is ax
    heights = [bar.get_height() for bar in ax.patches]
    np.testing.assert_allclose(heights, [8 / 3, 2 / 3, -10 / 3], rtol=1e-14)

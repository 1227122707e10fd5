"""The explorer of chapter 5: the forces on the logits, and gradient descent step by step."""

import numpy as np

from softmax_lib.explorer.table import (
    LOGIT,
    SHARE,
    TARGET,
    View,
    gradient,
    gradient_column,
    loss_caption,
)
from softmax_lib.overflow import softmax


def _rows(z, target, temperature):
    y = np.arange(len(z)) == target if isinstance(target, int) else target
    p = softmax(z, temperature=temperature)
    return np.column_stack([z, p, y, gradient(z, target, temperature)])


VIEW = View(
    key="<i></i> To the left, each logit is pushed down, by p. <i></i> To the right, the "
    "target is pulled up, by y. The arrow is what is left of both.",
    columns=lambda names, target, T: [LOGIT, SHARE, TARGET, gradient_column(T)],
    rows=_rows,
    caption=loss_caption,
    target="needed",
    summed=True,
)

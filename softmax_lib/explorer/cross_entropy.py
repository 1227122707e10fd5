"""The explorer of chapter 4: the loss as a curve, its two slopes, and a misprinted formula."""

import numpy as np

from softmax_lib.explorer.table import (
    LOGIT,
    SHARE,
    View,
    gradient,
    gradient_column,
    loss_caption,
)
from softmax_lib.overflow import log_softmax, softmax


def _columns(names, target, temperature):
    losses = [("l", "loss −log p"), ("n", "as printed")]
    return [LOGIT, SHARE, *losses, gradient_column(temperature)]


def _rows(z, target, temperature):
    return np.column_stack(
        [
            z,
            softmax(z, temperature=temperature),
            0 - log_softmax(z, temperature=temperature),
            _misprint(z / temperature),
            gradient(z, target, temperature),
        ]
    )


def _misprint(z):
    """Return the loss of each class as the notes print it: the sum runs from c = i, over e^c."""
    terms = np.exp(np.arange(1.0, len(z) + 1))
    return np.log(np.cumsum(terms[::-1])[::-1]) - z


VIEW = View(
    key="Solid: the loss −log p. Dashed: the formula as the notes print it. Dotted and blue: "
    "the slope at the dot.",
    columns=_columns,
    rows=_rows,
    caption=loss_caption,
    target="label",
)

"""The explorer of chapter 1: softmax at any temperature, and one number added to all logits."""

import numpy as np

from softmax_lib.explorer.table import (
    LOGIT,
    SHARE,
    View,
    at_temperature,
    gradient,
    gradient_column,
)
from softmax_lib.overflow import softmax


def _columns(names, target, temperature):
    return [LOGIT, SHARE] + [gradient_column(temperature)] * (target is not None)


def _rows(z, target, temperature):
    columns = [z, softmax(z, temperature=temperature)]
    if target is not None:
        columns.append(gradient(z, target, temperature))
    return np.column_stack(columns)


VIEW = View(
    key="Drag a logit, or choose one and use the arrow keys.",
    columns=_columns,
    rows=_rows,
    caption=lambda names, z, target, T: f"Softmax{at_temperature(T, ' at temperature')}",
    target="optional",
    summed=True,
)

"""The explorer of chapter 3: the Jacobian as a heat map that follows the logits."""

from html import escape

import numpy as np

from softmax_lib.derivative import softmax_jacobian
from softmax_lib.explorer.table import LOGIT, SHARE, View, at_temperature
from softmax_lib.overflow import softmax


def _columns(names, target, temperature):
    return [LOGIT, SHARE, *(("j", f"∂p/∂z<sub>{escape(name)}</sub>") for name in names)]


def _rows(z, target, temperature):
    slopes = softmax_jacobian(z / temperature) / temperature
    return np.column_stack([z, softmax(z, temperature=temperature), slopes])


def _caption(names, z, target, temperature):
    hot = at_temperature(temperature) if temperature != 1 else ""
    return "The Jacobian of softmax: the slope of p in row i, as one logit is raised" + hot


VIEW = View(
    key="Blue entries rise, red ones (with a minus) fall, as the logit of the column is "
    "raised. Point at an entry, or reach it with the Tab key.",
    columns=_columns,
    rows=_rows,
    caption=_caption,
    summed=True,
)

"""The explorers of chapter 1: softmax at any temperature, a shift, and the answer as a point."""

from html import escape

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

# Three more points of the path, from near the corner to near the centre; the script has them too.
DOTS = (0.5, 3, 10)
_DOTTED = [("q", f"p at T&nbsp;=&nbsp;{T:g}") for T in DOTS]


def _path(z, target, temperature):
    return np.column_stack([z, *(softmax(z, temperature=T) for T in (temperature, *DOTS))])


def _triangle(names):
    left, right, top = map(escape, names)
    return (
        '<svg viewBox="-24 -26 348 314"><path d="M0 260H300L150 0Z"/>'
        '<path class="rays"/><path class="right"/><path class="dots"/>'
        f'<text y="281">{left}</text><text x="300" y="281">{right}</text>'
        f'<text x="150" y="-9">{top}</text>'
        '<g role="slider" aria-label="the answer, by its logits" tabindex="0">'
        '<circle r="22"/><circle class="p" r="9"/></g></svg>'
    )


SIMPLEX = View(
    key="Drag the point, or choose it and use the arrow keys: the logits follow, with the sum 0. "
    "Solid: the path of the temperature, with dots at T = 0.5, 3 and 10. "
    "Dashed: where the point goes if one logit changes alone.",
    columns=lambda names, target, T: [LOGIT, SHARE, *_DOTTED],
    rows=_path,
    caption=lambda names, z, target, T: (
        f"Softmax{at_temperature(T, ' at temperature')}, and three more points of its path"
    ),
    picture=_triangle,
    classes=3,
    summed=True,
)

ALSO = {"simplex": SIMPLEX}

"""The explorer of chapter 2: the formula as written beside the stable one, in three types."""

import numpy as np

from softmax_lib.definition import softmax_naive
from softmax_lib.explorer.table import LOGIT, View
from softmax_lib.overflow import softmax

DTYPES = (np.float16, np.float32, np.float64)


def _rows(z, target, temperature):
    with np.errstate(all="ignore"):  # overflow is what there is to see
        return [
            row
            for formula in (np.exp, softmax_naive, softmax)
            for row in np.column_stack([z, *(formula(z.astype(dtype)) for dtype in DTYPES)])
        ]


VIEW = View(
    key="Grey: the logits whose e<sup>z</sup> is neither 0 nor infinite. A mark is a class; "
    "outside the grey it says what e<sup>z</sup> becomes. The axis is not even: it is "
    "stretched near 0, and so are the sliders.",
    columns=lambda names, target, T: [LOGIT, *(("e", np.dtype(dtype).name) for dtype in DTYPES)],
    rows=_rows,
    caption=lambda names, z, target, T: (
        "The exponentials, the formula as written, and the stable formula, in three types"
    ),
    any_temperature=False,
    groups=(
        "e<sup>z</sup>",
        "as written: e<sup>z</sup> / sum",
        "shifted: e<sup>z − max z</sup> / sum",
    ),
)

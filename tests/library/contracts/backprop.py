"""The functions of chapter 5."""

import numpy as np

from contracts import lowest, weights
from oracles import EXAMPLE

SIGNATURES = {
    "softmax_cross_entropy_grad": "(logits, targets, axis=-1)",
    "linear_backward": "(X, W, grad_logits)",
}
SAME_SHAPE = {
    "softmax_cross_entropy_grad": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy_grad soft": lambda z, axis: (z, weights(z, axis)),
}
REAL_ARGUMENTS = {
    "softmax_cross_entropy_grad": ((EXAMPLE, [1, 0, 0]), {0: "logits", 1: "targets"}),
    "linear_backward": (
        ([EXAMPLE], np.ones((3, 2)), [[1, -1]]),
        {0: "X", 1: "W", 2: "grad_logits"},
    ),
}
APART = ["linear_backward"]

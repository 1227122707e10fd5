"""The functions of chapter 3."""

import numpy as np

from oracles import EXAMPLE

SIGNATURES = {
    "softmax_jacobian": "(logits)",
    "softmax_jvp": "(logits, tangent, axis=-1)",
    "softmax_vjp": "(logits, cotangent, axis=-1)",
    "numerical_jacobian": "(f, x, *, method='central')",
}
SAME_SHAPE = {
    "softmax_jvp": lambda z, axis: (z, -z),
    "softmax_vjp": lambda z, axis: (z, -z),
}
REAL_ARGUMENTS = {
    "softmax_jacobian": ((EXAMPLE,), {0: "logits"}),
    "softmax_jvp": ((EXAMPLE, EXAMPLE), {0: "logits", 1: "tangent"}),
    "softmax_vjp": ((EXAMPLE, EXAMPLE), {0: "logits", 1: "cotangent"}),
    "numerical_jacobian": ((np.square, EXAMPLE), {1: "x"}),
}
APART = ["softmax_jacobian", "numerical_jacobian"]

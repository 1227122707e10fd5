"""The functions of chapter 1."""

from oracles import EXAMPLE

SIGNATURES = {
    "softmax_naive": "(logits, axis=-1)",
    "hardmax": "(logits, axis=-1)",
}
SAME_SHAPE = {"hardmax": lambda z, axis: (z,)}
REAL_ARGUMENTS = {
    "softmax_naive": ((EXAMPLE,), {0: "logits"}),
    "hardmax": ((EXAMPLE,), {0: "logits"}),
}
APART = ["softmax_naive"]  # it warns

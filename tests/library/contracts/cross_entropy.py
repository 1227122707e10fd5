"""The functions of chapter 4."""

from contracts import lowest, weights
from oracles import EXAMPLE

SIGNATURES = {
    "one_hot": "(labels, num_classes, *, axis=-1)",
    "nll_loss": "(log_probs, labels, axis=-1)",
    "softmax_cross_entropy": "(logits, targets, axis=-1)",
    "smooth_labels": "(targets, alpha, axis=-1)",
    "entropy": "(p, axis=-1)",
    "kl_divergence": "(p, q, axis=-1)",
}
SAME_SHAPE = {"smooth_labels": lambda z, axis: (weights(z, axis), 0.25)}
ONE_A_ROW = {
    "nll_loss": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy": lambda z, axis: (z, lowest(z, axis)),
    "softmax_cross_entropy soft": lambda z, axis: (z, weights(z, axis)),
    "entropy": lambda z, axis: (weights(z, axis),),
    "kl_divergence": lambda z, axis: (weights(z, axis), weights(-z, axis)),
}
REAL_ARGUMENTS = {
    "nll_loss": ((EXAMPLE, 0), {0: "log_probs"}),
    "softmax_cross_entropy": ((EXAMPLE, [1, 0, 0]), {0: "logits", 1: "targets"}),
    "smooth_labels": (([1, 0, 0], 0.5), {0: "targets", 1: "alpha"}),
    "entropy": (([1, 0, 0],), {0: "p"}),
    "kl_divergence": (([1, 0, 0], [0, 1, 0]), {0: "p", 1: "q"}),
}
APART = ["one_hot"]

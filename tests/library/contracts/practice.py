"""The functions of the chapter on practice."""

from oracles import EXAMPLE

SIGNATURES = {
    "sigmoid": "(z)",
    "binary_cross_entropy": "(logits, targets)",
    "weighted_mean_loss": "(losses, labels, *, class_weight=None, ignore_index=None)",
}
REAL_ARGUMENTS = {
    "sigmoid": ((EXAMPLE,), {0: "z"}),
    "binary_cross_entropy": ((EXAMPLE, [1, 1, 0]), {0: "logits", 1: "targets"}),
    "weighted_mean_loss": ((EXAMPLE, [1, 0, 0]), {0: "losses", 1: "labels"}),
}
APART = ["sigmoid", "binary_cross_entropy", "weighted_mean_loss"]

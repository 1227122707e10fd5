"""The functions of the chapter on streaming."""

from oracles import EXAMPLE

SIGNATURES = {
    "partial_logsumexp": "(logits, axis=-1, *, where=None)",
    "merge_logsumexp": "(a, b)",
}
PAIR = (3.0, 0.5)
REAL_ARGUMENTS = {
    "partial_logsumexp": ((EXAMPLE,), {0: "logits"}),
    "merge_logsumexp": ((PAIR, PAIR), {0: "(a|top of a|rest of a)", 1: "(b|top of b|rest of b)"}),
}
APART = ["partial_logsumexp", "merge_logsumexp"]

"""The functions of chapter 2."""

from oracles import EXAMPLE

SIGNATURES = {
    "softmax": "(logits, axis=-1, *, temperature=1.0, where=None, out=None)",
    "log_softmax": "(logits, axis=-1, *, temperature=1.0, where=None, out=None)",
    "logsumexp": "(logits, axis=-1, *, where=None, keepdims=False)",
}
SAME_SHAPE = {
    "softmax": lambda z, axis: (z,),
    "log_softmax": lambda z, axis: (z,),
}
ONE_A_ROW = {"logsumexp": lambda z, axis: (z,)}
REAL_ARGUMENTS = dict.fromkeys(SIGNATURES, ((EXAMPLE,), {0: "logits"}))

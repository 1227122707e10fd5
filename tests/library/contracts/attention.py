"""The functions of the chapter on attention."""

from oracles import EXAMPLE

SIGNATURES = {"attention_example": "(logits, axis=-1)"}
SAME_SHAPE = {"attention_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"attention_example": ((EXAMPLE,), {0: "logits"})}

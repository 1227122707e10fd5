"""The functions of the chapter on streaming."""

from oracles import EXAMPLE

SIGNATURES = {"streaming_example": "(logits, axis=-1)"}
SAME_SHAPE = {"streaming_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"streaming_example": ((EXAMPLE,), {0: "logits"})}

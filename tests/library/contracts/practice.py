"""The functions of the chapter on practice."""

from oracles import EXAMPLE

SIGNATURES = {"practice_example": "(logits, axis=-1)"}
SAME_SHAPE = {"practice_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"practice_example": ((EXAMPLE,), {0: "logits"})}

"""The functions of the chapter on NAME."""

from oracles import EXAMPLE

SIGNATURES = {"MODULE_example": "(logits, axis=-1)"}
SAME_SHAPE = {"MODULE_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"MODULE_example": ((EXAMPLE,), {0: "logits"})}

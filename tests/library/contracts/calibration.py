"""The functions of the chapter on calibration."""

from oracles import EXAMPLE

SIGNATURES = {"calibration_example": "(logits, axis=-1)"}
SAME_SHAPE = {"calibration_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"calibration_example": ((EXAMPLE,), {0: "logits"})}

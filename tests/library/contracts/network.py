"""The functions of the chapter on network."""

from oracles import EXAMPLE

SIGNATURES = {"network_example": "(logits, axis=-1)"}
SAME_SHAPE = {"network_example": lambda z, axis: (z,)}
REAL_ARGUMENTS = {"network_example": ((EXAMPLE,), {0: "logits"})}

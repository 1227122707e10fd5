"""The functions of the chapter on the network."""

import numpy as np

from oracles import EXAMPLE

SIGNATURES = {
    "relu": "(a)",
    "hidden_layer": "(X, U, u, *, activation='relu')",
    "hidden_layer_backward": "(X, U, H, grad_H, *, activation='relu')",
    "network_loss_and_gradients": "(X, targets, U, u, W, b, *, activation='relu')",
    "relative_error": "(a, b)",
}
THREE = np.ones((3, 2))
REAL_ARGUMENTS = {
    "relu": ((EXAMPLE,), {0: "a"}),
    "hidden_layer": (([EXAMPLE], THREE, [1, 2]), {0: "X", 1: "U", 2: "u"}),
    "hidden_layer_backward": (
        ([EXAMPLE], THREE, [[1, 0]], [[1, -1]]),
        {0: "X", 1: "U", 2: "H", 3: "grad_H"},
    ),
    "network_loss_and_gradients": (
        ([EXAMPLE], [1], THREE, [1, 2], THREE.T, EXAMPLE),
        {0: "X", 1: "targets", 2: "U", 3: "u", 4: "W", 5: "b"},
    ),
    "relative_error": ((EXAMPLE, EXAMPLE), {0: "a", 1: "b"}),
}
APART = list(SIGNATURES)

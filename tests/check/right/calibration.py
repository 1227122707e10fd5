"""Right implementations of logits without their mean."""

import numpy as np

import softmax_lib
from readers import logits

SOURCES = {
    "calibration_example": {
        "mean": """
            def centred(z):
                return z - z.mean(axis=-1, keepdims=True)
        """,
        "sum and number": """
            def centred(z):
                return z - np.sum(z, axis=-1, keepdims=True) / z.shape[-1]
        """,
    },
}
LIBRARIES = {"calibration_example": {"ours": softmax_lib.calibration_example}}


def centred(z):
    return z - np.mean(z, axis=-1, keepdims=True)


EXACT = BY_SCIPY = {"calibration_example": centred}
DRAWN = {"calibration_example": lambda rng: (logits(rng),)}

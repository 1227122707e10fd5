"""Right implementations of logits without their mean."""

import numpy as np

import softmax_lib
from readers import logits

SOURCES = {
    "streaming_example": {
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
LIBRARIES = {"streaming_example": {"ours": softmax_lib.streaming_example}}


def centred(z):
    return z - np.mean(z, axis=-1, keepdims=True)


EXACT = BY_SCIPY = {"streaming_example": centred}
DRAWN = {"streaming_example": lambda rng: (logits(rng),)}

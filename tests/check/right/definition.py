"""Right implementations of softmax as the formula says, and hardmax; and what else is right."""

import numpy as np
import scipy.special

import softmax_lib
from oracles import exact_softmax
from readers import logits, rows

# The bodies of functions, by what they compute and how. They are sources, so that a test can
# change them in one place.
SOFTMAX = {
    "textbook": """
        def softmax(z):
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    "loops over math.exp": """
        def softmax(z):
            if z.ndim > 1:
                return [softmax(row) for row in z]
            m = max(z)
            e = [math.exp(value - m) for value in z]
            return [value / sum(e) for value in e]
    """,
    "einsum": """
        def softmax(z):
            e = np.exp(z - np.max(z, -1, keepdims=True))
            return np.einsum("...i,...->...i", e, 1 / np.einsum("...i->...", e))
    """,
    "in place on a copy": """
        def softmax(z):
            p = np.array(z, dtype=float)
            p -= p.max(axis=-1, keepdims=True)
            np.exp(p, out=p)
            p /= p.sum(axis=-1, keepdims=True)
            return p
    """,
    "any axis": """
        def softmax(z, axis=-1):
            e = np.exp(z - z.max(axis=axis, keepdims=True))
            return e / e.sum(axis=axis, keepdims=True)
    """,
    "through the logarithm": """
        def softmax(z):
            return np.exp(z - scipy.special.logsumexp(z, axis=-1, keepdims=True))
    """,
    "matrix algebra": """
        def softmax(z):
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return e / (e @ np.ones((z.shape[-1], 1)) if z.ndim > 1 else e @ np.ones(z.shape))
    """,
    "single precision": """
        def softmax(z):
            e = np.exp((z - z.max(axis=-1, keepdims=True)).astype(np.float32))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    "vectorized": """
        def softmax(z):
            rows = np.vectorize(lambda row: np.exp(row - row.max()), signature="(n)->(n)")
            e = rows(z)
            return (e.T / e.sum(axis=-1)).T
    """,
    "one over a sum of ratios": """
        def softmax(z):
            with np.errstate(over="ignore", invalid="ignore"):
                gaps = np.exp(z[..., None, :] - z[..., :, None])
            return np.where(np.isneginf(z), 0.0, 1 / gaps.sum(axis=-1))
    """,
    "apply_along_axis": """
        def softmax(z):
            def of_row(row):
                e = np.exp(row - np.amax(row))
                return e / np.add.reduce(e)
            return np.apply_along_axis(of_row, -1, z)
    """,
}
SOURCES = {
    "softmax_naive": {
        "as written": """
        def softmax(z):
            return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)
    """,
        **SOFTMAX,
    },
    "hardmax": {
        "argmax": """
            def hardmax(z):
                p = np.zeros(z.shape)
                np.put_along_axis(p, np.argmax(z, axis=-1, keepdims=True), 1.0, axis=-1)
                return p
        """,
        "loops": """
            def hardmax(z):
                if z.ndim > 1:
                    return [hardmax(row) for row in z]
                best = 0
                for i in range(len(z)):
                    if z[i] > z[best]:
                        best = i
                return [1 if i == best else 0 for i in range(len(z))]
        """,
        "rows of the identity": """
            def hardmax(z):
                return np.eye(z.shape[-1])[z.argmax(axis=-1)]
        """,
    },
}
LIBRARIES = {
    "softmax_naive": {"ours": softmax_lib.softmax_naive},
    "hardmax": {"ours": softmax_lib.hardmax},
}


def first_maximum(row):
    return [float(i == list(row).index(max(row))) for i in range(len(row))]


EXACT = {"softmax_naive": rows(exact_softmax), "hardmax": rows(first_maximum)}
BY_SCIPY = {
    "softmax_naive": lambda z: scipy.special.softmax(z, axis=-1),
    "hardmax": lambda z: np.eye(z.shape[-1])[np.argmax(z, axis=-1)],
}
DRAWN = {
    "softmax_naive": lambda rng: (rng.normal(size=rng.integers(2, 6, size=2)) * 3,),
    "hardmax": lambda rng: (logits(rng),),
}

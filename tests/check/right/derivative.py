"""Right implementations of the Jacobian and the products with it; and what else is right."""

import mpmath
import numpy as np
import scipy.special

import softmax_lib
from oracles import exact_softmax
from readers import logits

SOURCES = {
    "softmax_jacobian": {
        "textbook": """
            def jacobian(z):
                p = np.exp(z - z.max())
                p /= p.sum()
                return np.diag(p) - np.outer(p, p)
        """,
        "loops": """
            def jacobian(z):
                p = scipy.special.softmax(z)
                C = len(p)
                return [[p[i] * ((i == j) - p[j]) for j in range(C)] for i in range(C)]
        """,
        "einsum": """
            def jacobian(z):
                p = scipy.special.softmax(z)
                return np.einsum("i,ij->ij", p, np.eye(len(p)) - p)
        """,
    },
    "softmax_jvp": {
        "textbook": """
            def product(z, v):
                p = scipy.special.softmax(z, axis=-1)
                return p * (v - np.sum(p * v, axis=-1, keepdims=True))
        """,
        "the matrix": """
            def product(z, v):
                if z.ndim > 1:
                    return np.stack([product(*pair) for pair in zip(z, v)])
                p = scipy.special.softmax(z)
                return (np.diag(p) - np.outer(p, p)) @ v
        """,
    },
}
SOURCES["softmax_vjp"] = SOURCES["softmax_jvp"]
LIBRARIES = {
    "softmax_jacobian": {"ours": softmax_lib.softmax_jacobian},
    "softmax_jvp": {"ours": softmax_lib.softmax_jvp},
    "softmax_vjp": {"ours": softmax_lib.softmax_vjp},
}


def exact_jacobian(z):
    p = exact_softmax(z)
    with mpmath.workdps(60):
        entries = [[p[i] * ((i == j) - p[j]) for j in range(len(p))] for i in range(len(p))]
    return np.array(entries, dtype=float)


def exact_product(z, v):
    pairs = zip(np.atleast_2d(z), np.atleast_2d(v), strict=True)
    return np.array([exact_jacobian(row) @ u for row, u in pairs]).reshape(z.shape)


def product(z, v):
    p = scipy.special.softmax(z, axis=-1)
    return p * v - p * (p * v).sum(axis=-1, keepdims=True)


def pair(rng):
    z = logits(rng)
    return z, rng.normal(size=z.shape)


EXACT = {
    "softmax_jacobian": exact_jacobian,
    "softmax_jvp": exact_product,
    "softmax_vjp": exact_product,
}
BY_SCIPY = {
    "softmax_jacobian": lambda z: product(np.tile(z, (len(z), 1)), np.eye(len(z))),
    "softmax_jvp": product,
    "softmax_vjp": product,
}
DRAWN = {
    "softmax_jacobian": lambda rng: (logits(rng)[0],),
    "softmax_jvp": pair,
    "softmax_vjp": pair,
}

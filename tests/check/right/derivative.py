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
    "log_softmax_jacobian": {
        "textbook": """
            def jacobian(z):
                p = np.exp(z - z.max())
                return np.eye(len(z)) - p / p.sum()
        """,
        "loops": """
            def jacobian(z):
                p = scipy.special.softmax(z)
                C = len(p)
                return [[(i == j) - p[j] for j in range(C)] for i in range(C)]
        """,
        "through the logarithm": """
            def jacobian(z):
                return np.eye(z.size) - np.exp(scipy.special.log_softmax(z))[None, :]
        """,
    },
    "temperature_slope": {
        "textbook": """
            def slope(z, T):
                p = scipy.special.softmax(z / T)
                return -p * (z - p @ z) / T**2
        """,
        "by the scaled logits": """
            def slope(z, T):
                y = z / T
                p = scipy.special.softmax(y)
                return p * (np.sum(p * y) - y) / T
        """,
        "by the matrix": """
            def slope(z, T):
                p = scipy.special.softmax(z / T)
                return (np.diag(p) - np.outer(p, p)) @ (-z / T**2)
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


def exact_log_jacobian(z):
    p = exact_softmax(z)
    with mpmath.workdps(60):
        entries = [[(i == j) - p[j] for j in range(len(p))] for i in range(len(p))]
    return np.array(entries, dtype=float)


def exact_heat(z, T):
    """Differentiate in T by numbers, in many digits: no formula for the slope."""
    with mpmath.workdps(60):
        rows = [mpmath.mpf(float(value)) for value in z]

        def shares(T):
            powers = [mpmath.exp((value - max(rows)) / T) for value in rows]
            return [power / mpmath.fsum(powers) for power in powers]

        h = mpmath.mpf(10) ** -20
        above, below = shares(mpmath.mpf(float(T)) + h), shares(mpmath.mpf(float(T)) - h)
        return np.array([(a - b) / (2 * h) for a, b in zip(above, below, strict=True)], dtype=float)


def heat(z, T):
    """Weigh all pairs: dp_i / dT is minus the sum of p_i p_j (z_i - z_j) / T^2."""
    p = scipy.special.softmax(z / T)
    return -(p[:, None] * p * (z[:, None] - z)).sum(axis=1) / T**2


def exact_product(z, v):
    pairs = zip(np.atleast_2d(z), np.atleast_2d(v), strict=True)
    return np.array([exact_jacobian(row) @ u for row, u in pairs]).reshape(z.shape)


def product(z, v):
    p = scipy.special.softmax(z, axis=-1)
    return p * v - p * (p * v).sum(axis=-1, keepdims=True)


def pair(rng):
    z = logits(rng)
    return z, rng.normal(size=z.shape)


def warm(rng):
    return logits(rng)[0], float(rng.uniform(0.5, 20))


EXACT = {
    "log_softmax_jacobian": exact_log_jacobian,
    "temperature_slope": exact_heat,
    "softmax_jacobian": exact_jacobian,
    "softmax_jvp": exact_product,
    "softmax_vjp": exact_product,
}
BY_SCIPY = {
    "log_softmax_jacobian": lambda z: np.eye(len(z)) - np.exp(scipy.special.log_softmax(z)),
    "temperature_slope": heat,
    "softmax_jacobian": lambda z: product(np.tile(z, (len(z), 1)), np.eye(len(z))),
    "softmax_jvp": product,
    "softmax_vjp": product,
}
DRAWN = {
    "log_softmax_jacobian": lambda rng: (logits(rng)[0],),
    "temperature_slope": warm,
    "softmax_jacobian": lambda rng: (logits(rng)[0],),
    "softmax_jvp": pair,
    "softmax_vjp": pair,
}

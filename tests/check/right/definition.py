"""Right implementations of softmax as the formula says, and hardmax; and what else is right."""

import mpmath
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
    "log_odds": {
        "log-sum-exp of the others": """
            def log_odds(z):
                return z[..., 0] - scipy.special.logsumexp(z[..., 1:], axis=-1)
        """,
        "as written": """
            def log_odds(z):
                return z[..., 0] - np.log(np.exp(z[..., 1:]).sum(axis=-1))
        """,
        "through the probability": """
            def log_odds(z):
                e = np.exp(z)
                p = e[..., 0] / e.sum(axis=-1)
                return np.log(p / (1 - p))
        """,
        "loops over math.exp": """
            def log_odds(z):
                if z.ndim > 1:
                    return [log_odds(row) for row in z]
                others = 0
                for value in z[1:]:
                    others += math.exp(value - z[0])
                return -math.log(others)
        """,
    },
    "free_logits": {
        "logarithm of the ratios": """
            def free_logits(p):
                return np.log(p / p[..., -1:])
        """,
        "difference of logarithms": """
            def free_logits(p):
                z = np.log(p)
                return z - z[..., -1:]
        """,
        "loops over math.log": """
            def free_logits(p):
                if p.ndim > 1:
                    return [free_logits(row) for row in p]
                return [math.log(value) - math.log(p[-1]) for value in p]
        """,
    },
    "tempered_softmax": {
        "divided logits": """
            def tempered(z, T):
                e = np.exp(z / T)
                return e / e.sum(axis=-1, keepdims=True)
        """,
        "scipy": """
            def tempered(z, T):
                return scipy.special.softmax(z / T, axis=-1)
        """,
        "a power of the shares": """
            def tempered(z, T):
                p = scipy.special.softmax(z, axis=-1) ** (1 / T)
                return p / p.sum(axis=-1, keepdims=True)
        """,
        "loops over math.exp": """
            def tempered(z, T):
                if z.ndim > 1:
                    return [tempered(row, T) for row in z]
                e = [math.exp(value / T) for value in z]
                return [value / sum(e) for value in e]
        """,
    },
}
LIBRARIES = {
    "softmax_naive": {"ours": softmax_lib.softmax_naive},
    "hardmax": {"ours": softmax_lib.hardmax},
}


def first_maximum(row):
    return [float(i == list(row).index(max(row))) for i in range(len(row))]


def exact_log_odds(row):
    others = mpmath.fsum(mpmath.exp(value) for value in row[1:])
    return [mpmath.mpf(row[0]) - mpmath.log(others)]


def exact_free_logits(row):
    return [mpmath.log(mpmath.mpf(value) / mpmath.mpf(row[-1])) for value in row]


EXACT = {
    "softmax_naive": rows(exact_softmax),
    "hardmax": rows(first_maximum),
    "log_odds": lambda z: rows(exact_log_odds)(z)[..., 0],
    "free_logits": rows(exact_free_logits),
    "tempered_softmax": lambda z, T: rows(exact_softmax)(z / T),
}
BY_SCIPY = {
    "softmax_naive": lambda z: scipy.special.softmax(z, axis=-1),
    "hardmax": lambda z: np.eye(z.shape[-1])[np.argmax(z, axis=-1)],
    "log_odds": lambda z: scipy.special.logit(scipy.special.softmax(z, axis=-1)[..., 0]),
    "free_logits": lambda p: -scipy.special.rel_entr(1, p) + scipy.special.rel_entr(1, p[..., -1:]),
    "tempered_softmax": lambda z, T: scipy.special.softmax(z / T, axis=-1),
}
DRAWN = {
    "softmax_naive": lambda rng: (rng.normal(size=rng.integers(2, 6, size=2)) * 3,),
    "hardmax": lambda rng: (logits(rng),),
    "log_odds": lambda rng: (rng.normal(size=rng.integers(2, 6, size=2)),),
    "free_logits": lambda rng: (rng.dirichlet(np.ones(rng.integers(2, 6)), rng.integers(2, 6)),),
    "tempered_softmax": lambda rng: (
        rng.normal(size=rng.integers(2, 6, size=2)),
        rng.uniform(0.5, 3),
    ),
}

"""Right implementations of safe softmax, its logarithm, log-sum-exp; and what else is right."""

import numpy as np
import scipy.special

import softmax_lib
from oracles import exact_log_softmax, exact_logsumexp, exact_softmax
from readers import by_row, logits, rows
from right.definition import SOFTMAX

SOURCES = {
    "softmax": SOFTMAX,
    "log_softmax": {
        "textbook": """
            def log_softmax(z):
                s = z - z.max(axis=-1, keepdims=True)
                return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
        """,
        "loops": """
            def log_softmax(z):
                if z.ndim > 1:
                    return [log_softmax(row) for row in z]
                m = max(z)
                total = math.fsum(math.exp(value - m) for value in z)
                return [value - m - math.log(total) for value in z]
        """,
        "pairs": """
            def log_softmax(z):
                gaps = z - z.max(axis=-1, keepdims=True)
                return gaps - np.logaddexp.reduce(gaps, axis=-1, keepdims=True)
        """,
    },
    "logsumexp": {
        "textbook": """
            def logsumexp(z):
                m = z.max(axis=-1, keepdims=True)
                return m[..., 0] + np.log(np.exp(z - m).sum(axis=-1))
        """,
        "one pass": """
            def logsumexp(z):
                if z.ndim > 1:
                    return np.array([logsumexp(row) for row in z])
                m, s = -math.inf, 0.0
                for value in z:
                    if value > m:
                        s, m = s * math.exp(m - value), value
                    if value > -math.inf:
                        s += math.exp(value - m)
                return m + math.log(s)
        """,
        "pairs": """
            def logsumexp(z):
                return np.logaddexp.reduce(z, axis=-1)
        """,
    },
    "soft_maximum": {
        "textbook": """
            def soft_maximum(z, T):
                m = z.max(axis=-1, keepdims=True)
                return m[..., 0] + T * np.log(np.exp((z - m) / T).sum(axis=-1))
        """,
        "loops": """
            def soft_maximum(z, T):
                if z.ndim > 1:
                    return [soft_maximum(row, T) for row in z]
                m = max(z)
                return m + T * math.log(math.fsum(math.exp((value - m) / T) for value in z))
        """,
        "pairs": """
            def soft_maximum(z, T):
                return T * np.logaddexp.reduce(z / T, axis=-1)
        """,
    },
    "masked_softmax": {
        "infinity": """
            def masked_softmax(z, allowed):
                z = np.where(allowed, z, -np.inf)
                m = z.max(axis=-1, keepdims=True)
                e = np.exp(z - np.where(np.isinf(m), 0, m))
                total = e.sum(axis=-1, keepdims=True)
                return e / np.where(total == 0, 1, total)
        """,
        "picked out": """
            def masked_softmax(z, allowed):
                p = np.zeros(z.shape)
                for z_row, row, a in zip(
                    np.atleast_2d(z), np.atleast_2d(p), np.atleast_2d(allowed)
                ):
                    if a.any():
                        e = np.exp(z_row[a] - z_row[a].max())
                        row[a] = e / e.sum()
                return p
        """,
        "lists": """
            def masked_softmax(z, allowed):
                if z.ndim > 1:
                    return [masked_softmax(*row) for row in zip(z, allowed)]
                m = max((v for v, a in zip(z, allowed) if a), default=0.0)
                e = [math.exp(v - m) if a else 0.0 for v, a in zip(z, allowed)]
                return [v / (math.fsum(e) or 1.0) for v in e]
        """,
    },
}
LIBRARIES = {
    "softmax": {"scipy": lambda z: scipy.special.softmax(z, axis=-1), "ours": softmax_lib.softmax},
    "log_softmax": {
        "scipy": lambda z: scipy.special.log_softmax(z, axis=-1),
        "ours": softmax_lib.log_softmax,
    },
    "logsumexp": {
        "scipy": lambda z: scipy.special.logsumexp(z, axis=-1),
        "ours": softmax_lib.logsumexp,
    },
    "soft_maximum": {
        "scipy": lambda z, T: T * scipy.special.logsumexp(z / T, axis=-1),
        "ours": lambda z, T: T * softmax_lib.logsumexp(z / T),
    },
    "masked_softmax": {
        "ours": lambda z, allowed: np.where(
            allowed.any(axis=-1, keepdims=True), softmax_lib.softmax(z, where=allowed), 0.0
        ),
    },
}


def shares_of(softmax):
    """Return softmax over the allowed logits of an example, for batches too."""

    def of_allowed(z, allowed):
        shares = np.zeros(len(z))
        if allowed.any():
            shares[allowed] = np.nan if np.isnan(z[allowed]).any() else softmax(z[allowed])
        return shares

    return by_row(of_allowed)


def with_temperature(rng):
    return logits(rng), float(rng.choice([0.01, 0.5, 3.0]))


def with_mask(rng):
    z = logits(rng)
    return z, rng.random(z.shape) < 0.6


EXACT = {
    "softmax": rows(exact_softmax),
    "log_softmax": rows(exact_log_softmax),
    "logsumexp": rows(exact_logsumexp),
    "soft_maximum": lambda z, T: T * rows(lambda row: exact_logsumexp(row, T))(z),
    "masked_softmax": shares_of(exact_softmax),
}
BY_SCIPY = {
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
    "log_softmax": lambda z: scipy.special.log_softmax(z, axis=-1),
    "logsumexp": lambda z: scipy.special.logsumexp(z, axis=-1),
    "soft_maximum": lambda z, T: T * scipy.special.logsumexp(z / T, axis=-1),
    "masked_softmax": shares_of(scipy.special.softmax),
}
DRAWN = dict.fromkeys(EXACT, lambda rng: (logits(rng),)) | {
    "soft_maximum": with_temperature,
    "masked_softmax": with_mask,
}

"""Right implementations of the merge, of one pass, and of one machine's part of a gradient."""

import mpmath
import numpy as np
import scipy.special

import softmax_lib
from oracles import exact, exact_logsumexp

SOURCES = {
    "merge_sums": {
        "both rescaled": """
            def merge(m, s, n, t):
                top = np.maximum(m, n)
                return top, s * np.exp(m - top) + t * np.exp(n - top)
        """,
        "the smaller rescaled": """
            def merge(m, s, n, t):
                shrink = np.exp(-abs(m - n))
                return np.where(m > n, m, n), np.where(m > n, s + t * shrink, s * shrink + t)
        """,
    },
    "online_logsumexp": {
        "running maximum": """
            def online(z):
                m, s = -np.inf, 0.0
                for x in z:
                    new = max(m, x)
                    s = s * np.exp(m - new) + np.exp(x - new)
                    m = new
                return m + np.log(s)
        """,
        "two cases": """
            def online(z):
                m, s = z[0], 1.0
                for x in z[1:]:
                    if x > m:
                        m, s = x, s * np.exp(m - x) + 1
                    else:
                        s += np.exp(x - m)
                return m + np.log(s)
        """,
        "the sum without its largest": """
            def online(z):
                m, r = z[0], 0.0
                for x in z[1:]:
                    low = min(m, x)
                    new = max(m, x)
                    shrink = np.exp(low - new)
                    r = r + shrink if x <= m else shrink * (1 + r)
                    m = new
                return m + np.log1p(r)
        """,
    },
    "piece_gradient": {
        "where": """
            def part(z, k, top, rest):
                top, rest = top[:, None], rest[:, None]
                p = np.exp(z - top) / (1 + rest)
                lead = np.where(z == top, -rest / (1 + rest), p - 1)
                return np.where(k[:, None] == np.arange(z.shape[1]), lead, p)
        """,
        "loops": """
            def part(z, k, top, rest):
                g = np.exp(z - top[:, None]) / (1 + rest[:, None])
                for row, label in enumerate(k):
                    if label >= 0:
                        others = rest[row]
                        if z[row, label] < top[row]:
                            others = 1 + rest[row] - np.exp(z[row, label] - top[row])
                        g[row, label] = -others / (1 + rest[row])
                return g
        """,
    },
}


LIBRARIES = {
    "merge_sums": {
        "SciPy": lambda m, s, n, t: (
            np.maximum(m, n),
            np.exp(
                scipy.special.logsumexp([m, n], b=[s, t], axis=0) - np.maximum(m, n),
            ),
        ),
    },
    "online_logsumexp": {
        "ours": softmax_lib.logsumexp,
        "NumPy": lambda z: np.logaddexp.reduce(z),
    },
}


@np.vectorize
def exact_merge(m, s, n, t):
    with mpmath.workdps(40):
        top = max(exact(m), exact(n))
        total = exact(s) * mpmath.exp(exact(m) - top) + exact(t) * mpmath.exp(exact(n) - top)
        return float(top), float(total)


def exact_part(z, k, top, rest):
    with mpmath.workdps(60):
        return [
            [
                float(
                    mpmath.exp(exact(logit) - exact(m)) / (1 + exact(r))
                    if at != label
                    else (mpmath.exp(exact(logit) - exact(m)) - 1 - exact(r)) / (1 + exact(r))
                )
                for at, logit in enumerate(row)
            ]
            for row, label, m, r in zip(z, k, top, rest, strict=True)
        ]


def part(z, k, top, rest):
    lse = scipy.special.logsumexp(np.column_stack([top, top + np.log(rest)]), axis=1)
    p = np.exp(z - lse[:, None])
    return p - (k[:, None] == np.arange(z.shape[1]))


def drawn_merge(rng):
    (m, n), (s, t) = rng.normal(0, 5, 2), rng.uniform(1, 9, 2)
    return m, s, n, t


def drawn_part(rng):
    N, c = rng.integers(1, 5, 2)
    whole = rng.normal(0, 2, (N, c + 2))
    top, rest = softmax_lib.partial_logsumexp(whole)
    return whole[:, :c], rng.integers(-1, c, N), top, rest


EXACT = {
    "merge_sums": exact_merge,
    "online_logsumexp": lambda z: float(exact_logsumexp(z)),
    "piece_gradient": exact_part,
}
BY_SCIPY = {
    "merge_sums": LIBRARIES["merge_sums"]["SciPy"],
    "online_logsumexp": scipy.special.logsumexp,
    "piece_gradient": part,
}
DRAWN = {
    "merge_sums": drawn_merge,
    "online_logsumexp": lambda rng: (rng.normal(0, 5, rng.integers(1, 9)),),
    "piece_gradient": drawn_part,
}

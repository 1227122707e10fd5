"""Right losses of questions, weighted means, shifted priors and focal slopes."""

from fractions import Fraction

import mpmath
import numpy as np
import scipy.special

import softmax_lib
from readers import rows

SOURCES = {
    "binary_cross_entropy": {
        "larger of z and 0": """
            def loss(z, y):
                return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
        """,
        "logaddexp": """
            def loss(z, y):
                return y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
        """,
        "log of the sigmoid": """
            def loss(z, y):
                return -y * scipy.special.log_expit(z) - (1 - y) * scipy.special.log_expit(-z)
        """,
    },
    "weighted_mean_loss": {
        "kept": """
            def mean(losses, labels, weights, ignored):
                kept = labels != ignored
                if not kept.any():
                    raise ValueError("nothing counts")
                w = weights[labels[kept]]
                return (w * losses[kept]).sum() / w.sum()
        """,
        "average": """
            def mean(losses, labels, weights, ignored):
                kept = np.flatnonzero(labels != ignored)
                return np.average(losses[kept], weights=weights[labels[kept]])
        """,
        "loop": """
            def mean(losses, labels, weights, ignored):
                above, below = 0, 0
                for loss, label in zip(losses, labels):
                    if label != ignored:
                        above += weights[label] * loss
                        below += weights[label]
                if below == 0:
                    raise ZeroDivisionError
                return above / below
        """,
    },
    "prior_shift": {
        "in logits": """
            def shift(z, old, new):
                return scipy.special.softmax(z + np.log(new) - np.log(old), axis=-1)
        """,
        "in probabilities": """
            def shift(z, old, new):
                p = scipy.special.softmax(z, axis=-1) * new / old
                return p / p.sum(axis=-1, keepdims=True)
        """,
    },
    "focal_gradient": {
        "a factor": """
            def gradient(z, k, gamma):
                rows = np.arange(len(k))
                P = scipy.special.softmax(z, axis=1)
                p = P[rows, k]
                factor = (1 - p) ** gamma - gamma * p * np.log(p) * (1 - p) ** (gamma - 1)
                P[rows, k] -= 1
                return factor[:, None] * P
        """,
        "chain rule": """
            def gradient(z, k, gamma):
                P, Y = scipy.special.softmax(z, axis=1), np.eye(z.shape[1])[k]
                p = (P * Y).sum(axis=1, keepdims=True)
                in_p = gamma * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p
                return in_p * p * (Y - P)
        """,
    },
}
LIBRARIES = {"binary_cross_entropy": {"ours": softmax_lib.binary_cross_entropy}}


def exact_binary(z, y):
    with mpmath.workdps(60):
        pairs = zip(np.ravel(z), np.ravel(y), strict=True)
        losses = [
            mpmath.mpf(t) * mpmath.log1p(mpmath.exp(-v))
            + (1 - mpmath.mpf(t)) * mpmath.log1p(mpmath.exp(v))
            for v, t in ((mpmath.mpf(float(v)), float(t)) for v, t in pairs)
        ]
    return np.array(losses, dtype=float).reshape(np.shape(z))


def exact_mean(losses, labels, weights, ignored):
    counted = [(a, weights[k]) for a, k in zip(losses, labels, strict=True) if k != ignored]
    counted = [(Fraction(float(a)), Fraction(float(w))) for a, w in counted]
    return float(sum(a * w for a, w in counted) / sum(w for _, w in counted))


def exact_shift(z, old, new):
    def of_row(row):
        with mpmath.workdps(60):
            terms = [
                mpmath.exp(mpmath.mpf(value)) * mpmath.mpf(b) / mpmath.mpf(a)
                for value, a, b in zip(
                    map(float, row), map(float, old), map(float, new), strict=True
                )
            ]
            return [term / mpmath.fsum(terms) for term in terms]

    return rows(of_row)(z)


def exact_focal(z, k, gamma):
    """The slope of the loss along each logit, by mpmath's own differentiation."""
    found = np.zeros(z.shape)
    with mpmath.workdps(40):
        for n, c in np.ndindex(z.shape):
            row = [mpmath.mpf(float(value)) for value in z[n]]

            def loss(value, row=row, c=c, label=k[n]):
                moved = [value if i == c else other for i, other in enumerate(row)]
                top = max(moved)
                log_sum = top + mpmath.log(mpmath.fsum(mpmath.exp(v - top) for v in moved))
                log_p = moved[label] - log_sum
                return -((1 - mpmath.exp(log_p)) ** mpmath.mpf(float(gamma))) * log_p

            found[n, c] = mpmath.diff(loss, row[c])
    return found


def focal(z, k, gamma):
    step, h = np.eye(z.shape[1]), 1e-20
    slopes = []
    for direction in step:
        log_p = np.log(np.exp(z + 1j * h * direction)[np.arange(len(k)), k]) - np.log(
            np.exp(z + 1j * h * direction).sum(axis=1)
        )
        slopes.append((-((1 - np.exp(log_p)) ** gamma) * log_p).imag / h)
    return np.stack(slopes, axis=1)


def table(rng):
    z = rng.normal(size=rng.integers(1, 5, size=2)) * rng.choice([3, 400])
    return z, rng.uniform(size=z.shape)


def batch(rng):
    n, classes = rng.integers(2, 9), rng.integers(1, 5)
    labels = np.append(rng.integers(-1, classes, size=n), 0)
    return rng.exponential(size=n + 1), labels, rng.uniform(0.1, 4, size=classes), -1


def shift(rng):
    n, classes = rng.integers(1, 4), rng.integers(2, 5)
    old, new = rng.dirichlet(3 * np.ones(classes), 2)
    return rng.normal(size=(n, classes)) * 2, old, new


def focused(rng):
    n, classes = rng.integers(1, 4), rng.integers(2, 5)
    z = rng.normal(size=(n, classes)) * 2
    return z, rng.integers(classes, size=n), rng.choice([0.0, 0.5, 1.0, 2.0, 5.0])


EXACT = {
    "binary_cross_entropy": exact_binary,
    "weighted_mean_loss": exact_mean,
    "prior_shift": exact_shift,
    "focal_gradient": exact_focal,
}
BY_SCIPY = {
    "binary_cross_entropy": lambda z, y: (
        -y * scipy.special.log_expit(z) - (1 - y) * scipy.special.log_expit(-z)
    ),
    "weighted_mean_loss": lambda losses, labels, weights, ignored: np.average(
        losses[labels != ignored], weights=weights[labels[labels != ignored]]
    ),
    "prior_shift": lambda z, old, new: scipy.special.softmax(z + np.log(new / old), axis=-1),
    "focal_gradient": focal,
}
DRAWN = {
    "binary_cross_entropy": table,
    "weighted_mean_loss": batch,
    "prior_shift": shift,
    "focal_gradient": focused,
}

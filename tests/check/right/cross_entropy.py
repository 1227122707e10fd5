"""Right implementations of labels and the loss; and what else is right."""

from fractions import Fraction

import mpmath
import numpy as np
import scipy.special
import scipy.stats

import softmax_lib
from oracles import exact_log_softmax
from readers import labelled

SOURCES = {
    "one_hot": {
        "rows of the identity": """
            def one_hot(labels, C):
                if (labels < 0).any():
                    raise ValueError("a label is at least 0")
                return np.eye(C)[labels]
        """,
        "comparison": """
            def one_hot(labels, C):
                if labels.min() < 0 or labels.max() >= C:
                    raise IndexError(labels)
                return labels[:, None] == np.arange(C)
        """,
        "loops": """
            def one_hot(labels, C):
                places = [range(C).index(label) for label in labels]
                return [[int(c == place) for c in range(C)] for place in places]
        """,
    },
    "softmax_cross_entropy": {
        "indexing": """
            def loss(z, k):
                m = z.max(axis=1, keepdims=True)
                lse = m[:, 0] + np.log(np.exp(z - m).sum(axis=1))
                return lse - z[np.arange(len(k)), k]
        """,
        "loops": """
            def loss(z, k):
                losses = []
                for row, label in zip(z, k):
                    gaps = [value - row[label] for value in row]
                    m = max(gaps)
                    losses.append(m + math.log(sum(math.exp(gap - m) for gap in gaps)))
                return losses
        """,
        "take_along_axis": """
            def loss(z, k):
                log_p = scipy.special.log_softmax(z, axis=-1)
                return -np.take_along_axis(log_p, k[:, None], axis=-1)[:, 0]
        """,
    },
    "mean_cross_entropy": {
        "sum and divide": """
        def loss(z, k):
            log_p = scipy.special.log_softmax(z, axis=-1)
            return -sum(log_p[n, k[n]] for n in range(len(k))) / len(k)
    """,
        "mean": """
        def loss(z, k):
            return -scipy.special.log_softmax(z, axis=1)[np.arange(len(k)), k].mean()
    """,
    },
    "perplexity": {
        "exponential of the mean": """
            def perplexity(z, k):
                log_p = scipy.special.log_softmax(z, axis=1)
                return np.exp(-log_p[np.arange(len(k)), k].mean())
        """,
        "a power of two": """
            def perplexity(z, k):
                bits = scipy.special.log_softmax(z, axis=1) / np.log(2)
                return 2 ** -np.mean(np.take_along_axis(bits, k[:, None], axis=1))
        """,
        "loops": """
            def perplexity(z, k):
                total = 0
                for row, label in zip(z, k):
                    m = max(row)
                    total += m + math.log(sum(math.exp(value - m) for value in row)) - row[label]
                return math.exp(total / len(k))
        """,
        "geometric mean": """
            def perplexity(z, k):
                p = scipy.special.softmax(z, axis=1)[np.arange(len(k)), k]
                return 1 / np.prod(p ** (1 / len(k)))
        """,
    },
    "smooth_labels": {
        "mixed": """
            def smooth(y, alpha):
                return (1 - alpha) * y + alpha / y.shape[-1]
        """,
        "a step to the middle": """
            def smooth(y, alpha):
                uniform = np.full_like(y, 1 / y.shape[1])
                return y + alpha * (uniform - y)
        """,
        "loops": """
            def smooth(y, alpha):
                C = len(y[0])
                return [[value - alpha * value + alpha / C for value in row] for row in y]
        """,
    },
}
LIBRARIES = {
    "one_hot": {"ours": softmax_lib.one_hot},
    "softmax_cross_entropy": {"ours": softmax_lib.softmax_cross_entropy},
    "smooth_labels": {"ours": softmax_lib.smooth_labels},
}


def exact_loss(z, k):
    pairs = zip(z, k, strict=True)
    return np.array([-exact_log_softmax(row)[label] for row, label in pairs], float)


def loss(z, k):
    return -scipy.special.log_softmax(z, axis=1)[np.arange(len(k)), k]


def exact_perplexity(z, k):
    pairs = zip(z, k, strict=True)
    losses = [-exact_log_softmax(row)[label] for row, label in pairs]
    return float(mpmath.exp(mpmath.fsum(losses) / len(losses)))


def exactly_smoothed(y, alpha):
    share = Fraction(alpha)
    rows = [[(1 - share) * Fraction(value) + share / len(row) for value in row] for row in y]
    return np.array(rows, dtype=float)


def moderate(rng):
    """Draw logits and labels; the perplexity of larger gaps overflows."""
    z = rng.normal(size=rng.integers(2, 6, size=2)) * 3
    return z, rng.integers(z.shape[1], size=len(z))


def labels_and_classes(rng):
    z, k = labelled(rng)
    return k, z.shape[1]


EXACT = {
    "one_hot": lambda labels, C: [[float(c == label) for c in range(C)] for label in labels],
    "softmax_cross_entropy": exact_loss,
    "mean_cross_entropy": lambda z, k: exact_loss(z, k).mean(),
    "perplexity": exact_perplexity,
    "smooth_labels": exactly_smoothed,
}
BY_SCIPY = {
    "one_hot": lambda labels, C: (labels[:, None] == np.arange(C)).astype(float),
    "softmax_cross_entropy": loss,
    "mean_cross_entropy": lambda z, k: loss(z, k).mean(),
    "perplexity": lambda z, k: scipy.stats.gmean(
        1 / scipy.special.softmax(z, axis=1)[np.arange(len(k)), k]
    ),
    "smooth_labels": lambda y, alpha: np.average(
        [y, np.full_like(y, 1 / y.shape[1])], axis=0, weights=[1 - alpha, alpha]
    ),
}
DRAWN = {
    "one_hot": labels_and_classes,
    "softmax_cross_entropy": labelled,
    "mean_cross_entropy": labelled,
    "perplexity": moderate,
    "smooth_labels": lambda rng: (
        rng.dirichlet(np.ones(rng.integers(2, 6)), rng.integers(2, 6)),
        rng.uniform(),
    ),
}

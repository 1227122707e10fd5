"""Right implementations of labels and the loss; and what else is right."""

import numpy as np
import scipy.special

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
}
LIBRARIES = {
    "one_hot": {"ours": softmax_lib.one_hot},
    "softmax_cross_entropy": {"ours": softmax_lib.softmax_cross_entropy},
}


def exact_loss(z, k):
    pairs = zip(z, k, strict=True)
    return np.array([-exact_log_softmax(row)[label] for row, label in pairs], float)


def loss(z, k):
    return -scipy.special.log_softmax(z, axis=1)[np.arange(len(k)), k]


def labels_and_classes(rng):
    z, k = labelled(rng)
    return k, z.shape[1]


EXACT = {
    "one_hot": lambda labels, C: [[float(c == label) for c in range(C)] for label in labels],
    "softmax_cross_entropy": exact_loss,
    "mean_cross_entropy": lambda z, k: exact_loss(z, k).mean(),
}
BY_SCIPY = {
    "one_hot": lambda labels, C: (labels[:, None] == np.arange(C)).astype(float),
    "softmax_cross_entropy": loss,
    "mean_cross_entropy": lambda z, k: loss(z, k).mean(),
}
DRAWN = {
    "one_hot": labels_and_classes,
    "softmax_cross_entropy": labelled,
    "mean_cross_entropy": labelled,
}

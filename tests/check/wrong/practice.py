"""Wrong attempts at losses of questions, weighted means, shifted priors and focal slopes."""

import numpy as np
import scipy.special
from scipy.special import expit, log_expit

from readers import one_hot, rows_of


def right(z, y):
    return -y * log_expit(z) - (1 - y) * log_expit(-z)


def of_probabilities(p_of):
    def loss(z, y):
        p = p_of(z)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))

    return loss


def shares(z):
    return scipy.special.softmax(z, axis=-1)


def by_branch(z, y):
    return np.where(y == 1, -log_expit(z), -log_expit(-z))


BINARY = [
    ("softmax-for-sigmoid", of_probabilities(shares)),
    ("softmax-for-sigmoid", lambda z, y: -(y * scipy.special.log_softmax(z, axis=-1))),
    ("no-is-free", lambda z, y: -y * log_expit(z)),
    ("yes-and-no-exchanged", lambda z, y: -y * log_expit(-z) - (1 - y) * log_expit(z)),
    ("questions-averaged", lambda z, y: np.mean(right(z, y))),
    ("questions-averaged", lambda z, y: np.mean(right(z, y), axis=-1)),
    ("questions-added", lambda z, y: np.sum(right(z, y))),
    ("questions-added", lambda z, y: np.sum(right(z, y), axis=-1)),
    ("sigmoid-twice", lambda z, y: right(expit(z), y)),
    ("sigmoid-missing", of_probabilities(np.array)),
    ("sign-of-log", lambda z, y: y * log_expit(z) + (1 - y) * log_expit(-z)),
    (
        "other-logarithm",
        lambda z, y: (
            y * np.logaddexp2(0, -z / np.log(2)) + (1 - y) * (np.logaddexp2(0, z / np.log(2)))
        ),
    ),
    ("other-logarithm", lambda z, y: right(z, y) * np.log10(np.e)),
    ("slope-for-loss", lambda z, y: expit(z) - y),
    ("squared-error", lambda z, y: np.square(y - expit(z))),
    ("log-of-sigmoid", of_probabilities(expit)),
    ("log-of-sigmoid", of_probabilities(lambda z: np.exp(z) / (1 + np.exp(z)))),
    ("target-rounded", by_branch),
    ("target-rounded", lambda z, y: right(z, np.sign(y))),
    ("target-rounded", lambda z, y: right(z, np.round(y))),
    ("target-rounded", lambda z, y: right(z, np.floor(y + 0.5))),
    ("exponential-of-a-yes", lambda z, y: np.log(np.exp(z) + 1) - z * y),
    ("exponential-of-a-yes", lambda z, y: z - z * y + np.log1p(np.exp(-z))),
    ("clipped-probabilities", of_probabilities(lambda z: np.clip(expit(z), 1e-12, 1 - 1e-12))),
    ("clipped-probabilities", of_probabilities(lambda z: np.clip(expit(z), 1e-7, 1 - 1e-7))),
    ("clipped-probabilities", lambda z, y: np.minimum(right(z, y), 100)),
    ("few-digits", lambda z, y: np.round(right(z, y), 3)),
]


def averaged(weight_of, below=None):
    """Return a mean of what counts; ``weight_of`` gets its labels and the table."""

    def mean(losses, labels, table, ignored):
        there = [n for n in range(len(labels)) if labels[n] != ignored]
        if not there:
            raise ValueError("nothing counts")
        w = weight_of(labels[there], table)
        total = np.dot(w, losses[there])
        return total / (w.sum() if below is None else below(labels, there, table))

    return mean


def chosen(labels, table):
    return table[labels]


def masked(losses, labels, table, ignored):
    counts = (labels != ignored).astype(float)
    if counts.sum() == 0:
        raise ValueError
    return (losses * counts * table[labels]).sum() / (counts * table[labels]).sum()


def no_look(losses, labels, table, ignored):
    kept = labels != ignored
    with np.errstate(all="ignore"):
        return np.dot(losses[kept], table[labels[kept]]) / np.sum(table[labels[kept]])


def at_least_a_bit(losses, labels, table, ignored):
    kept = labels != ignored
    w = table[labels[kept]]
    return np.dot(losses[kept], w) / max(w.sum(), 1e-9)


def by_class(losses, labels, table, ignored):
    kinds = sorted(set(labels.tolist()) - {ignored})
    if not kinds:
        raise ValueError
    w = table[kinds]
    return sum(a * losses[labels == c].mean() for a, c in zip(w, kinds, strict=True)) / w.sum()


WEIGHTED = [
    ("divided-by-count", averaged(chosen, lambda labels, there, table: len(there))),
    ("divided-by-batch", averaged(chosen, lambda labels, there, table: len(labels))),
    (
        "ignored-label-counts",
        lambda losses, labels, table, ignored: np.dot(table[labels], losses) / table[labels].sum(),
    ),
    ("weights-of-all-classes", averaged(chosen, lambda labels, there, table: table.sum())),
    (
        "weights-of-all-classes",
        averaged(chosen, lambda labels, there, table: len(there) * table.sum() / len(table)),
    ),
    ("weights-not-used", averaged(lambda labels, table: np.ones(len(labels)))),
    ("weights-inverted", averaged(lambda labels, table: table[labels] ** -1.0)),
    (
        "weights-by-position",
        averaged(lambda labels, table: table[np.arange(len(labels)) % len(table)]),
    ),
    ("not-divided", averaged(chosen, lambda labels, there, table: 1)),
    ("mean-of-means", by_class),
    ("mean-over-batch-unmade", lambda losses, labels, table, ignored: losses * table[labels]),
    ("zero-times-nan", masked),
    ("nothing-is-nan", no_look),
    ("nothing-is-zero", at_least_a_bit),
    ("few-digits", lambda *given: round(float(averaged(chosen)(*given)), 2)),
]


def again(p):
    return p / p.sum(axis=-1, keepdims=True)


PRIOR = [
    ("prior-turned-round", lambda z, old, new: again(shares(z) * old / new)),
    ("prior-without-log", lambda z, old, new: shares(z + new / old)),
    ("prior-without-log", lambda z, old, new: shares(z + (new - old))),
    ("prior-without-log", lambda z, old, new: shares(z + new)),
    ("prior-multiplies-logits", lambda z, old, new: shares(z / old * new)),
    ("prior-multiplies-logits", lambda z, old, new: shares(new * z)),
    ("old-prior-kept", lambda z, old, new: again(shares(z) * new)),
    ("new-prior-missing", lambda z, old, new: again(shares(z) / old)),
    ("prior-not-used", lambda z, old, new: shares(z)),
    ("not-shared-out-again", lambda z, old, new: shares(z) / old * new),
    ("logits-for-shares", lambda z, old, new: z - np.log(old) + np.log(new)),
    ("whole-array", lambda z, old, new: scipy.special.softmax(z + np.log(new) - np.log(old))),
    ("whole-array", lambda z, old, new: (p := shares(z) / old * new) / p.sum()),
    ("wrong-axis", lambda z, old, new: scipy.special.softmax(z - np.log(old / new), axis=0)),
    ("few-digits", lambda z, old, new: np.round(again(shares(z) / old * new), 3)),
]


def slopes(factor):
    """Return p - y times a factor of the true class's share and gamma."""

    def gradient(z, k, gamma):
        p = shares(z)
        return factor(p[rows_of(k)], gamma)[:, None] * (p - one_hot(k, z.shape[1]))

    return gradient


def whole(p, g):
    return (1 - p) ** (g - 1) * (1 - p - g * p * np.log(p))


def with_push_scaled(z, k, gamma):
    p = shares(z)
    scaled = p * (1 - p[rows_of(k)])[:, None] ** gamma
    scaled[rows_of(k)] -= 1
    return scaled


def left_in_p(z, k, gamma):
    p, found = shares(z)[rows_of(k)], np.zeros(z.shape)
    found[rows_of(k)] = -whole(p, gamma) / p
    return found


FOCAL = [
    ("factor-held-fixed", slopes(lambda p, g: (1 - p) ** g)),
    ("gamma-not-used", slopes(lambda p, g: np.ones(len(p)))),
    ("focus-on-the-easy", slopes(lambda p, g: p**g)),
    ("focus-on-the-easy", slopes(lambda p, g: p**g * (1 + g * np.log(p)))),
    ("second-term-turned", slopes(lambda p, g: (1 - p) ** (g - 1) * (1 - p + g * p * np.log(p)))),
    ("gamma-of-the-power-missing", slopes(lambda p, g: (1 - p) ** (g - 1) * whole(p, 1))),
    ("slopes-averaged", lambda z, k, gamma: slopes(whole)(z, k, gamma) / z.shape[0]),
    (
        "other-logarithm",
        slopes(lambda p, g: (1 - p) ** g - g * p * np.log2(p) * (1 - p) ** (g - 1)),
    ),
    (
        "other-logarithm",
        slopes(lambda p, g: (1 - p) ** g - g * p * np.log10(p) * (1 - p) ** (g - 1)),
    ),
    ("p-of-the-chain-missing", slopes(lambda p, g: (1 - p) ** (g - 1) * (1 - p - g * np.log(p)))),
    ("focal-slope-in-p", left_in_p),
    ("pull-not-scaled", with_push_scaled),
    ("y-minus-p", slopes(lambda p, g: -whole(p, g))),
    ("few-digits", lambda *given: np.round(slopes(whole)(*given), 3)),
]

ATTEMPTS = {
    "binary_cross_entropy": BINARY,
    "weighted_mean_loss": WEIGHTED,
    "prior_shift": PRIOR,
    "focal_gradient": FOCAL,
}

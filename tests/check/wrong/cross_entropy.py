"""Wrong attempts at labels and the loss."""

import math

import numpy as np
import scipy.special
import scipy.stats

from readers import one_hot, rows_of
from softmax_lib import log_softmax, softmax
from wrong.definition import scaled_to_one, z_scores
from wrong.overflow import log1p_of_all, m_0_added


def every_row(labels, C):
    y = np.zeros((len(labels), C))
    y[:, labels] = 1
    return y


def out_of_range(labels, C):
    y = np.zeros((len(labels), C))
    y[rows_of(labels + 1)] = 1
    return y


def counted_from_one(labels, C):
    y = np.zeros((len(labels), C + 1))
    y[rows_of(labels)] = 1
    return y[:, 1:]


def wraps(labels, C):
    y = [[0] * C for _ in labels]
    for row, label in zip(y, labels, strict=True):
        row[label] = 1
    return y


ONE_HOT = [
    ("labels-off-by-one", counted_from_one),
    ("labels-off-by-one", lambda k, C: [[float(k_n == c) for c in range(1, C + 1)] for k_n in k]),
    ("negative-label-wraps", wraps),
    ("negative-label-wraps", lambda k, C: np.identity(C)[k]),
    ("negative-label-wraps", lambda k, C: one_hot(k % C, C)),
    ("label-out-of-range", one_hot),
    ("transposed", lambda k, C: np.eye(C)[:, k]),
    ("width-from-labels", lambda k, C: one_hot(k, k.max() + 1)),
    ("labels-off-by-one", lambda k, C: one_hot(k % C, C + 1)),
    ("labels-off-by-one", out_of_range),
    ("all-labels-in-every-row", every_row),
    ("label-as-value", lambda k, C: np.arange(C) * one_hot(k, C)),
    ("inverted", lambda k, C: (k[:, None] != np.arange(C)).astype(int)),
    ("labels-ignored", lambda k, C: np.identity(max(C, len(k)))[: len(k), :C]),
]


def mean_of(loss):
    return lambda z, k: loss(z, k).mean()


def log_p(z, k):
    return scipy.special.log_softmax(z, axis=1)[rows_of(k)]


def loops(loss_of_row):
    return lambda z, k: np.array([loss_of_row(row, label) for row, label in zip(z, k, strict=True)])


def squared(z, k):
    return ((scipy.special.softmax(z, axis=1) - one_hot(k, z.shape[1])) ** 2).sum(axis=1)


def binary(z, k):
    p, y = scipy.special.softmax(z, axis=1), one_hot(k, z.shape[1])
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1)


def with_one_hot(z, k, one_hot=one_hot):
    return -(one_hot(k, z.shape[1]) * scipy.special.log_softmax(z, axis=1)).sum(axis=1)


def weighted(log_p):
    """Return the sum over the classes, of one-hot targets times some logarithms."""
    return lambda z, k: -(one_hot(k, z.shape[1]) * log_p(z)).sum(axis=1)


ONE_EACH = [
    ("zero-times-inf", weighted(lambda z: np.log(scipy.special.softmax(z, axis=1)))),
    ("no-shift", weighted(lambda z: np.log(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)))),
    ("label-unused", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)).sum(axis=1)),
    ("label-unused", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)).mean(axis=1)),
    ("largest-term-twice", lambda z, k: log1p_of_all(z) - z[rows_of(k)]),
    ("maximum-added-only", loops(lambda z, k: max(z) + np.log(sum(np.exp(z))) - z[k])),
    ("maximum-of-first-row", lambda z, k: m_0_added(z) - z[rows_of(k)]),
    ("maximum-of-columns", lambda z, k: -log_p(z - z.max(axis=0), k)),
    ("standardised", lambda z, k: -log_p(z_scores(z), k)),
    ("min-max-scaling", lambda z, k: -log_p(scaled_to_one(z), k)),
    ("absolute-values", lambda z, k: -log_p(abs(z), k)),
    ("labels-off-by-one", lambda z, k: with_one_hot(z, k, counted_from_one)),
    ("sign-of-log", log_p),
    ("other-logarithm", lambda z, k: -np.log2(scipy.special.softmax(z, axis=1)[rows_of(k)])),
    ("other-logarithm", lambda z, k: -np.log10(scipy.special.softmax(z, axis=1)[rows_of(k)])),
    ("misprint-lower-limit", loops(lambda z, k: np.log(sum(np.exp(z[k:]))) - z[k])),
    (
        "misprint-exponent",
        loops(lambda z, k: np.log(sum(math.exp(c) for c in range(1, len(z) + 1))) - z[k]),
    ),
    (
        "misprint-both",
        loops(lambda z, k: np.log(sum(math.exp(c) for c in range(k + 1, len(z) + 1))) - z[k]),
    ),
    ("softmax-twice", lambda z, k: -log_p(softmax(z), k)),
    ("labels-off-by-one", loops(lambda z, k: -log_softmax(z)[k - 1])),
    ("labels-off-by-one", loops(lambda z, k: -log_softmax(z)[k + 1])),
    ("probability-as-loss", lambda z, k: 1 - scipy.special.softmax(z, axis=1)[rows_of(k)]),
    ("binary-cross-entropy", binary),
    ("squared-error", squared),
    ("squared-error", lambda z, k: squared(z, k) / z.shape[1]),
    ("squared-error", lambda z, k: squared(z, k) / 2),
    (
        "labels-off-by-one",
        loops(lambda z, k: -scipy.special.log_softmax(z)[(k + 1) % len(z)]),
    ),
    ("true-logit-missing", lambda z, k: scipy.special.logsumexp(z, axis=1)),
    ("log-sum-exp-missing", loops(lambda z, k: -z[k])),
    ("maximum-for-log-sum-exp", loops(lambda z, k: max(z) - z[k])),
    ("entropy-of-prediction", loops(lambda z, k: scipy.special.entr(softmax(z)).sum())),
    (
        "target-inside-log",
        lambda z, k: -(softmax(z) * np.log(one_hot(k, z.shape[1]))).sum(axis=1),
    ),
    ("no-shift", loops(lambda z, k: np.log(np.exp(z).sum()) - z[k])),
    ("log-of-softmax", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)[rows_of(k)])),
    ("log-epsilon", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)[rows_of(k)] + 1e-9)),
    (
        "clipped-probabilities",
        lambda z, k: -np.log(scipy.special.softmax(z, axis=1).clip(1e-15, 1)[rows_of(k)]),
    ),
    ("max-not-added-back", loops(lambda z, k: np.log(np.exp(z - z.max()).sum()) - z[k])),
    ("whole-array", lambda z, k: -scipy.special.log_softmax(z)[rows_of(k)]),
    ("wrong-axis", lambda z, k: -scipy.special.log_softmax(z, axis=0)[rows_of(k)]),
    ("no-keepdims", lambda z, k: -(z - scipy.special.logsumexp(z, axis=1))[rows_of(k)]),
    (
        "global-maximum",
        lambda z, k: z.max() - z[rows_of(k)] + np.log(np.exp(z - z.max()).sum(axis=1)),
    ),
    ("zero-times-inf", with_one_hot),
    ("few-digits", lambda z, k: np.round(-log_p(z, k), 6)),
]
LOSS = [
    *ONE_EACH,
    ("mean-over-batch", lambda z, k: np.mean(-log_p(z, k))),
    ("sum-over-batch", lambda z, k: sum(-log_p(z, k))),
    ("label-unused", lambda z, k: -scipy.special.log_softmax(z, axis=1)),
    ("all-labels-in-every-row", lambda z, k: -scipy.special.log_softmax(z, axis=1)[:, k]),
    (
        "sum-over-classes-missing",
        lambda z, k: -one_hot(k, z.shape[1]) * scipy.special.log_softmax(z, axis=1),
    ),
    ("mean-over-classes", lambda z, k: with_one_hot(z, k) / z.shape[1]),
]
MEAN_LOSS = [
    *((id_, mean_of(loss)) for id_, loss in ONE_EACH),
    ("mean-over-batch-missing", lambda z, k: -log_p(z, k)),
    ("sum-over-batch", lambda z, k: sum(-log_p(z, k))),
    ("label-unused", lambda z, k: np.mean(-scipy.special.log_softmax(z, axis=1))),
    ("log-of-mean", lambda z, k: -np.log(np.mean(scipy.special.softmax(z, axis=1)[rows_of(k)]))),
    ("all-labels-in-every-row", lambda z, k: -log_softmax(z)[:, k].mean()),
    ("mean-over-classes", lambda z, k: -np.mean(one_hot(k, z.shape[1]) * log_softmax(z))),
]
PERPLEXITY = [
    ("exponential-before-mean", lambda z, k: np.mean(1 / softmax(z)[rows_of(k)])),
    ("log-of-mean-likelihood", lambda z, k: np.exp(-np.log(np.mean(softmax(z)[rows_of(k)])))),
    ("exponential-missing", lambda z, k: -np.sum(log_p(z, k)) / len(k)),
    ("exponential-missing", lambda z, k: -np.mean(np.log2(softmax(z)[rows_of(k)]))),
    ("two-bases", lambda z, k: np.exp2(-np.mean(log_p(z, k)))),
    ("two-bases", lambda z, k: np.exp(-np.mean(np.log2(softmax(z)[rows_of(k)])))),
    ("two-bases", lambda z, k: 10 ** -np.mean(log_p(z, k))),
    ("perplexity-turned-round", lambda z, k: scipy.stats.gmean(softmax(z)[rows_of(k)])),
    ("perplexity-of-each", lambda z, k: 1 / softmax(z)[rows_of(k)]),
    (
        "perplexity-of-prediction",
        lambda z, k: np.exp(np.mean(scipy.special.entr(softmax(z)).sum(axis=1))),
    ),
    ("sum-over-batch", lambda z, k: 1 / np.prod(softmax(z)[rows_of(k)])),
    ("all-labels-in-every-row", lambda z, k: np.exp(np.mean(-log_softmax(z)[:, k]))),
    ("labels-off-by-one", lambda z, k: np.exp(-np.mean(log_p(z, k - 1)))),
    ("softmax-twice", lambda z, k: np.exp(-np.mean(log_p(softmax(z), k)))),
    (
        "no-shift",
        lambda z, k: np.exp(np.mean(np.log(sum(np.exp(z.T))) - z[rows_of(k)])),
    ),
    (
        "no-shift",
        lambda z, k: np.exp(-np.mean(np.log((np.exp(z.T) / sum(np.exp(z.T))).T[rows_of(k)]))),
    ),
    ("few-digits", lambda z, k: np.round(np.exp(-np.mean(log_p(z, k))), 5)),
]


def others_share(y, alpha):
    wrong = np.full_like(y, alpha / (y.shape[1] - 1))
    wrong[y == 1] = 1 - alpha
    return wrong


def clipped(y, alpha):
    return np.maximum(np.minimum(y, 1 - alpha), alpha / y.shape[1])


def hard_alone(y, alpha):
    return alpha / y.shape[1] + (1 - alpha) * (y == 1)


def ends_alone(y, alpha):
    smoothed = (1 - alpha) * y + alpha / y.shape[1]
    return np.where((y > 0) & (y < 1), y, smoothed)


SMOOTHING = [
    ("share-to-others-only", others_share),
    ("share-to-others-only", lambda y, a: (1 - a) * y + a * (1 - y) / (y.shape[1] - 1)),
    ("share-added-on-top", lambda y, a: y + a * np.ones_like(y) / y.shape[1]),
    ("share-not-divided", lambda y, a: y - a * y + a),
    ("share-not-given", lambda y, a: y * (1 - a)),
    ("alpha-for-the-target", lambda y, a: a * y + (1 - a) / y.shape[1]),
    ("targets-clipped", clipped),
    ("only-ones-smoothed", hard_alone),
    ("only-ones-smoothed", ends_alone),
    ("divided-by-examples", lambda y, a: (1 - a) * y + a / y.shape[0]),
    ("few-digits", lambda y, a: np.round((1 - a) * y + a / y.shape[1], 4)),
]

ATTEMPTS = {
    "one_hot": ONE_HOT,
    "softmax_cross_entropy": LOSS,
    "mean_cross_entropy": MEAN_LOSS,
    "perplexity": PERPLEXITY,
    "smooth_labels": SMOOTHING,
}

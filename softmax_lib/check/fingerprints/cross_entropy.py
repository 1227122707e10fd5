"""How the mistakes of chapter 4 show: labels and the loss."""

import numpy as np

from softmax_lib import entropy, log_softmax, logsumexp, one_hot, softmax
from softmax_lib.check.fingerprints.definition import largest, share
from softmax_lib.check.fingerprints.overflow import epsilon_inside, floored, naive
from softmax_lib.check.fingerprints.tools import ROUNDED
from softmax_lib.check.mistakes import cross_entropy, definition, overflow


def _filled(labels, C, rows, columns):
    table = np.zeros((len(labels), C))
    table[rows, columns] = 1
    return table


ONE_HOT = (
    cross_entropy.TRANSPOSED.like(lambda labels, C: one_hot(labels, C).T),
    cross_entropy.WIDTH_FROM_LABELS.like(lambda labels, C: one_hot(labels, labels.max() + 1)),
    cross_entropy.LABELS_OFF_BY_ONE.like(
        lambda labels, C: np.eye(C)[labels - 1],
        lambda labels, C: np.eye(C)[labels + 1],
        lambda labels, C: np.eye(C)[(labels + 1) % C],
        lambda labels, C: np.eye(C + 1)[labels],
    ),
    cross_entropy.EVERY_ROW.like(lambda labels, C: _filled(labels, C, slice(None), labels)),
    cross_entropy.LABEL_AS_VALUE.like(lambda labels, C: one_hot(labels, C) * labels[:, None]),
    cross_entropy.INVERTED.like(lambda labels, C: 1 - one_hot(labels, C)),
    cross_entropy.LABELS_IGNORED.like(lambda labels, C: np.eye(len(labels), C)),
)


def at(values, labels):
    return values[np.arange(len(labels)), labels]


def _of_log_p(formula):
    """Return a loss made of the logarithms of the right shares, and the one-hot targets."""
    return lambda z, k: formula(log_softmax(z), one_hot(k, z.shape[-1]))


def _misprinted(z, k, terms, at_label):
    sums = [row[label if at_label else 0 :].sum() for row, label in zip(terms, k, strict=True)]
    return np.log(sums) - at(z, k)


def _numbers(z):
    """Return e to the number of the class instead of the logit, counted from 1."""
    return np.exp(np.ones_like(z).cumsum(axis=-1))


def _binary(log_p, y):
    p = np.exp(log_p)
    return -np.where(y == 1, log_p, np.log(1 - p)).sum(axis=-1)


LOSS = (
    cross_entropy.MEAN_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).mean()),
    cross_entropy.SUM_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).sum()),
    cross_entropy.EVERY_ROW.like(lambda z, k: -log_softmax(z)[:, k]),
    cross_entropy.SUM_OVER_CLASSES_MISSING.like(_of_log_p(lambda log_p, y: -y * log_p)),
    cross_entropy.MEAN_OVER_CLASSES.like(_of_log_p(lambda log_p, y: -(y * log_p).mean(axis=-1))),
    overflow.SIGN_OF_LOG.like(lambda z, k: at(log_softmax(z), k)),
    overflow.OTHER_LOGARITHM.like(
        lambda z, k: -at(log_softmax(z), k) / np.log(2),
        lambda z, k: -at(log_softmax(z), k) / np.log(10),
    ),
    cross_entropy.LOWER_LIMIT.like(lambda z, k: _misprinted(z, k, np.exp(z), at_label=True)),
    cross_entropy.EXPONENT.like(
        lambda z, k: _misprinted(z, k, _numbers(z), at_label=False),
        lambda z, k: _misprinted(z, k, _numbers(z) / np.e, at_label=False),
    ),
    cross_entropy.BOTH_MISPRINTS.like(
        lambda z, k: _misprinted(z, k, _numbers(z), at_label=True),
        lambda z, k: _misprinted(z, k, _numbers(z) / np.e, at_label=True),
    ),
    definition.SOFTMAX_TWICE.like(lambda z, k: -at(log_softmax(softmax(z)), k)),
    cross_entropy.LABELS_OFF_BY_ONE.like(
        lambda z, k: -at(log_softmax(z), k - 1),
        lambda z, k: -at(log_softmax(z), k + 1),
        lambda z, k: -at(log_softmax(z), (k + 1) % z.shape[-1]),
    ),
    cross_entropy.LOG_MISSING.like(
        lambda z, k: -at(softmax(z), k), lambda z, k: 1 - at(softmax(z), k)
    ),
    cross_entropy.BINARY.like(_of_log_p(_binary)),
    cross_entropy.SQUARED_ERROR.like(
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).sum(axis=-1)),
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).mean(axis=-1)),
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).sum(axis=-1) / 2),
    ),
    cross_entropy.LOGIT_MISSING.like(lambda z, k: logsumexp(z)),
    cross_entropy.LSE_MISSING.like(lambda z, k: -at(z, k)),
    cross_entropy.HARD_MAXIMUM.like(lambda z, k: at(largest(z) - z, k)),
    cross_entropy.ENTROPY_OF_P.like(lambda z, k: entropy(softmax(z))),
    cross_entropy.TARGET_IN_LOG.like(
        _of_log_p(lambda log_p, y: -(np.exp(log_p) * np.log(y)).sum(axis=-1))
    ),
    overflow.NO_SHIFT.like(
        lambda z, k: np.log(np.exp(z).sum(axis=-1)) - at(z, k),
        lambda z, k: -np.log(at(naive(z), k)),
    ),
    overflow.LOG_OF_SOFTMAX.like(lambda z, k: -np.log(at(softmax(z), k))),
    overflow.MAX_NOT_ADDED_BACK.like(
        lambda z, k: at(np.log(np.exp(z - largest(z)).sum(axis=-1, keepdims=True)) - z, k)
    ),
    definition.WHOLE_ARRAY.like(lambda z, k: logsumexp(z, axis=None) - at(z, k)),
    definition.WRONG_AXIS.like(lambda z, k: -at(log_softmax(z, axis=0), k)),
    definition.NO_KEEPDIMS.like(lambda z, k: -at(z - logsumexp(z), k)),
    overflow.GLOBAL_MAXIMUM.like(
        lambda z, k: z.max() + np.log(np.exp(z - z.max()).sum(axis=-1)) - at(z, k),
        lambda z, k: -np.log(at(share(np.exp(z - z.max())), k)),
    ),
    cross_entropy.ZERO_TIMES_INF.like(_of_log_p(lambda log_p, y: -(y * log_p).sum(axis=-1))),
    overflow.LOG_EPSILON.seen_by(
        lambda pairs: epsilon_inside([(-came, -right) for came, right in pairs])
    ),
    overflow.CLIPPED_PROBABILITIES.seen_by(
        lambda pairs: floored([(-came, -right) for came, right in pairs])
    ),
    ROUNDED,
)


def _averaged(loss):
    return lambda z, k: np.mean(loss(z, k))


# Averaged, the terms of the classes would be the mean over the classes.
OF_ONE_EXAMPLE = ("mean-over-batch", "sum-over-batch", "sum-over-classes-missing")

MEAN_LOSS = (
    cross_entropy.NOT_AVERAGED.like(lambda z, k: -at(log_softmax(z), k)),
    cross_entropy.SUM_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).sum()),
    cross_entropy.LOG_OF_MEAN.like(lambda z, k: -np.log(at(softmax(z), k).mean())),
    *(
        fingerprint.mistake.like(*map(_averaged, fingerprint.formulas))
        for fingerprint in LOSS
        if fingerprint.formulas and fingerprint.mistake.id not in OF_ONE_EXAMPLE
    ),
    *(fingerprint for fingerprint in LOSS if fingerprint.sign),
)

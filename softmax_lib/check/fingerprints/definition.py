"""How the mistakes of chapter 1 show: softmax and hardmax, written wrongly."""

import numpy as np

from softmax_lib import hardmax, log_softmax, logsumexp, softmax
from softmax_lib.check.fingerprints.tools import ROUNDED, along_columns, for_each, on_the_whole
from softmax_lib.check.mistakes import definition


def total(values):
    return values.sum(axis=-1, keepdims=True)


def share(values):
    return values / total(values)


def _without_keepdims(z):
    e = np.exp(z - largest(z))
    return e / e.sum(axis=-1)


def largest(z):
    return z.max(axis=-1, keepdims=True)


def _max_without_keepdims(z):
    return np.exp(z - z.max(axis=-1))


@for_each
def _epsilon(came, expected):
    """The same factor, a little below 1, on all shares of an example."""
    factor = (came / expected)[expected > 1e-9]
    low, high = factor.min(initial=1), factor.max(initial=0)
    return bool(low > 0.99 and high < 1 and high - low < 1e-3 * (1 - high) + 1e-14)


def _one_factor(pairs):
    """All gaps of log p are the right ones, times one factor that is not 1."""
    gaps = [[np.log(np.ravel(a) / np.ravel(a)[0]) for a in pair] for pair in pairs]
    came, expected = (np.concatenate(side) for side in zip(*gaps, strict=True))
    factor = (came @ expected) / (expected @ expected)
    same = np.allclose(came, factor * expected, rtol=1e-6, atol=1e-9)
    return bool(same and factor > 0.01 and abs(factor - 1) > 0.01)


SHARES = (
    definition.ARGMAX_INDEX.like(lambda z: z.argmax(axis=-1), np.argmax),
    definition.MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1), logsumexp),
    definition.HARDMAX_RETURNED.like(hardmax),
    definition.DIVIDED_BY_SUM.like(share),
    definition.SUM_OF_LOGITS.like(lambda z: np.exp(z) / total(z)),
    definition.NOT_NORMALISED.like(np.exp),
    definition.DIVIDED_BY_MAX.like(lambda z: np.exp(z - largest(z))),
    definition.MEAN_NOT_SUM.like(lambda z: softmax(z) * z.shape[-1]),
    definition.SIGMOID_OF_EACH.like(lambda z: 1 / (1 + np.exp(-z))),
    definition.SOFTMIN.like(lambda z: softmax(-z), lambda z: softmax(-np.abs(z))),
    definition.OTHER_BASE.like(lambda z: softmax(z * np.log(2)), lambda z: softmax(z * np.log(10))),
    definition.DIVIDED_BY_MAXIMUM_LOGIT.like(lambda z: softmax(z / largest(z))),
    definition.SOFTMAX_TWICE.like(lambda z: softmax(softmax(z))),
    definition.LOG_RETURNED.like(log_softmax),
    definition.DIVIDED_BY_LSE.like(
        lambda z: z / logsumexp(z, keepdims=True),
        lambda z: np.exp(z) / logsumexp(z, keepdims=True),
        lambda z: np.exp(z - largest(z)) / logsumexp(z, keepdims=True),
    ),
    definition.MAX_OUTSIDE_EXP.like(
        lambda z: share(np.exp(z) - largest(z)),
        lambda z: share(np.exp(z) - np.exp(largest(z))),
        lambda z: np.exp(z) - largest(z),
        lambda z: (np.exp(z) - largest(z)) / total(np.exp(z)),
    ),
    definition.INTEGER_BUFFER.like(lambda z: softmax(z).astype(z.dtype)),
    definition.WHOLE_ARRAY.like(
        on_the_whole(softmax), lambda z: np.exp(z - largest(z)) / np.exp(z - largest(z)).sum()
    ),
    definition.WRONG_AXIS.like(along_columns(softmax)),
    definition.NO_KEEPDIMS.like(
        _without_keepdims,
        lambda z: share(_max_without_keepdims(z)),
        lambda z: _max_without_keepdims(z) / _max_without_keepdims(z).sum(axis=-1),
    ),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: softmax(z)),
    definition.EPSILON_IN_DENOMINATOR.seen_by(_epsilon),
    definition.SCALED_LOGITS.seen_by(_one_factor),
    ROUNDED,
)


# Only where overflow is not asked for does a batch bring out what this one does.
NAIVE_SHARES = (
    definition.NO_KEEPDIMS.like(lambda z: np.exp(z) / np.exp(z).sum(axis=-1)),
    *SHARES,
)

HARDMAX = (
    definition.ARGMAX_INDEX.like(lambda z: z.argmax(axis=-1), np.argmax),
    definition.MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1)),
    definition.MAXIMUM_KEPT.like(lambda z: hardmax(z) * z, lambda z: (z == largest(z)) * z),
    definition.ROUNDED_SOFTMAX.like(lambda z: np.round(softmax(z))),
    definition.ARGMIN.like(lambda z: hardmax(-z)),
    definition.TIE_SHARED.like(lambda z: share((z == largest(z)).astype(float))),
    definition.ALL_MAXIMA.like(lambda z: (z == largest(z)).astype(float)),
    definition.LAST_MAXIMUM.like(lambda z: hardmax(z[..., ::-1])[..., ::-1]),
    definition.STARTS_AT_ZERO.like(
        lambda z: hardmax(z) * (z > 0),
        lambda z: hardmax(np.maximum(z, 0)),
    ),
    definition.WHOLE_ARRAY.like(on_the_whole(hardmax)),
    definition.WRONG_AXIS.like(along_columns(hardmax)),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: hardmax(z)),
)

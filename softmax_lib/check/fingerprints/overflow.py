"""How the mistakes of chapter 2 show: softmax made safe, its logarithm, log-sum-exp."""

import numpy as np

from softmax_lib import log_softmax, logsumexp, softmax
from softmax_lib.check.fingerprints.definition import SHARES, largest, share, total
from softmax_lib.check.fingerprints.tools import ROUNDED, along_columns, for_all, on_the_whole
from softmax_lib.check.mistakes import definition, overflow


def naive(z):
    return share(np.exp(z))


def shifted(z, a):
    return share(np.exp(z - a))


def _lse_shifted(z, a):
    return a[..., 0] + np.log(np.exp(z - a).sum(axis=-1))


def _max_as_row(z):
    m = z.max(axis=-1)
    return m + np.log(np.exp(z - m).sum(axis=-1))


@for_all
def epsilon_inside(came, expected):
    """The numbers are logarithms of p plus one small number, the same for all."""
    added = np.exp(came) - np.exp(expected)
    low, high = added.min(), added.max()
    return bool(low > 0 and high < 0.01 and high - low < 1e-3 * high + 1e-15)


@for_all
def floored(came, expected):
    """Numbers are right, or all the same and far above."""
    cut = came - expected > 1
    below = came[cut]
    right = np.abs(came - expected)[~cut] < 1e-6
    return bool(below.size and np.ptp(below) < 1e-6 and below.max() < -5 and right.all())


SOFTMAX = (
    *SHARES,
    overflow.NO_SHIFT.like(naive),
    overflow.NAN_HIDDEN.like(
        lambda z: np.nan_to_num(naive(z)),
        lambda z: share(np.nan_to_num(np.exp(z))),
        lambda z: np.nan_to_num(share(np.nan_to_num(np.exp(z)))),
    ),
    overflow.CLIPPED_LOGITS.like(
        lambda z: naive(np.clip(z, -500, 500)), lambda z: naive(np.minimum(z, 500))
    ),
    overflow.SHIFT_BY_MINIMUM.like(lambda z: shifted(z, z.min(axis=-1, keepdims=True))),
    overflow.SHIFT_BY_MEAN.like(lambda z: shifted(z, z.mean(axis=-1, keepdims=True))),
    overflow.SHIFT_BY_FIRST.like(
        lambda z: shifted(z, z[..., :1]), lambda z: shifted(z, z[..., -1:])
    ),
    overflow.SHIFT_BY_MAGNITUDE.like(lambda z: shifted(z, largest(np.abs(z)))),
    overflow.GLOBAL_MAXIMUM.like(lambda z: shifted(z, z.max())),
)


LOG_SOFTMAX = (
    overflow.SOFTMAX_RETURNED.like(softmax, lambda z: z - total(np.exp(z))),
    overflow.SIGN_OF_LOG.like(lambda z: -log_softmax(z)),
    overflow.MAX_NOT_ADDED_BACK.like(
        lambda z: z - np.log(total(np.exp(z - largest(z)))),
        lambda z: z - largest(z) - logsumexp(z, keepdims=True),
    ),
    overflow.DENOMINATOR_MISSING.like(lambda z: z - largest(z)),
    definition.MEAN_NOT_SUM.like(lambda z: log_softmax(z) + np.log(z.shape[-1])),
    overflow.OTHER_LOGARITHM.like(
        lambda z: log_softmax(z) / np.log(2),
        lambda z: log_softmax(z) / np.log(10),
        lambda z: z - logsumexp(z, keepdims=True) / np.log(2),
        lambda z: z - logsumexp(z, keepdims=True) / np.log(10),
    ),
    definition.SOFTMAX_TWICE.like(lambda z: log_softmax(softmax(z))),
    definition.DIVIDED_BY_LSE.like(lambda z: z / logsumexp(z, keepdims=True)),
    definition.SOFTMIN.like(lambda z: log_softmax(-z)),
    overflow.NO_SHIFT.like(lambda z: z - np.log(total(np.exp(z))), lambda z: np.log(naive(z))),
    overflow.LOG_OF_SOFTMAX.like(lambda z: np.log(softmax(z))),
    overflow.NAN_HIDDEN.like(
        lambda z: np.nan_to_num(np.log(softmax(z))), lambda z: np.nan_to_num(np.log(naive(z)))
    ),
    definition.INTEGER_BUFFER.like(lambda z: log_softmax(z).astype(z.dtype)),
    definition.WHOLE_ARRAY.like(on_the_whole(log_softmax)),
    definition.WRONG_AXIS.like(along_columns(log_softmax)),
    definition.NO_KEEPDIMS.like(
        lambda z: z - logsumexp(z),
        lambda z: z - z.max(axis=-1) - np.log(total(np.exp(z - z.max(axis=-1)))),
        lambda z: z - z.max(-1) - np.log(np.exp(z - z.max(-1)).sum(axis=-1)),
        lambda z: z - largest(z) - np.log(np.exp(z - largest(z)).sum(axis=-1)),
    ),
    overflow.GLOBAL_MAXIMUM.like(lambda z: z - z.max() - np.log(total(np.exp(z - z.max())))),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: log_softmax(z)),
    overflow.LOG_EPSILON.seen_by(epsilon_inside),
    overflow.CLIPPED_PROBABILITIES.seen_by(floored),
    ROUNDED,
)


LOGSUMEXP = (
    definition.MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1)),
    overflow.SOFTMAX_RETURNED.like(lambda z: np.exp(z).sum(axis=-1)),
    overflow.SIGN_OF_LOG.like(lambda z: -logsumexp(z)),
    overflow.KEEPDIMS_LEFT.like(lambda z: logsumexp(z, keepdims=True)),
    overflow.MAX_NOT_ADDED_BACK.like(lambda z: np.log(np.exp(z - largest(z)).sum(axis=-1))),
    overflow.MAXIMUM_SUBTRACTED_AGAIN.like(
        lambda z: 2 * z.max(axis=-1) - logsumexp(z), lambda z: logsumexp(z) - 2 * z.max(axis=-1)
    ),
    definition.MEAN_NOT_SUM.like(lambda z: logsumexp(z) - np.log(z.shape[-1])),
    overflow.SUM_AND_LOG_SWAPPED.like(lambda z: z.sum(axis=-1)),
    overflow.OTHER_LOGARITHM.like(
        lambda z: logsumexp(z) / np.log(2),
        lambda z: logsumexp(z) / np.log(10),
        lambda z: z.max(-1) + np.log2(np.exp(z - largest(z)).sum(axis=-1)),
        lambda z: z.max(-1) + np.log10(np.exp(z - largest(z)).sum(axis=-1)),
    ),
    definition.OTHER_BASE.like(
        lambda z: logsumexp(z * np.log(2)) / np.log(2),
        lambda z: logsumexp(z * np.log(10)) / np.log(10),
    ),
    overflow.NO_SHIFT.like(lambda z: np.log(np.exp(z).sum(axis=-1))),
    overflow.SHIFT_BY_MINIMUM.like(lambda z: _lse_shifted(z, z.min(axis=-1, keepdims=True))),
    overflow.SHIFT_BY_MEAN.like(lambda z: _lse_shifted(z, z.mean(axis=-1, keepdims=True))),
    overflow.SHIFT_BY_MAGNITUDE.like(lambda z: _lse_shifted(z, largest(np.abs(z)))),
    overflow.CLIPPED_LOGITS.like(
        lambda z: np.log(np.exp(np.clip(z, -500, 500)).sum(axis=-1)),
        lambda z: np.log(np.exp(np.clip(z, -700, 700)).sum(axis=-1)),
        lambda z: np.log(np.exp(np.minimum(z, 700)).sum(axis=-1)),
    ),
    definition.WHOLE_ARRAY.like(lambda z: logsumexp(z, axis=None)),
    definition.WRONG_AXIS.like(along_columns(logsumexp)),
    definition.NO_KEEPDIMS.like(_max_as_row),
    overflow.GLOBAL_MAXIMUM.like(lambda z: z.max() + np.log(np.exp(z - z.max()).sum(axis=-1))),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: logsumexp(z)),
    ROUNDED,
)

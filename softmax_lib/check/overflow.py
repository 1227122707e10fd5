"""Checks of chapter 2, overflow: `softmax`, `log_softmax` and `logsumexp`."""

import numpy as np

from softmax_lib import log_softmax, logsumexp, softmax
from softmax_lib.check import definition
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, holds, to_within
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import along_columns, for_all, on_the_whole
from softmax_lib.check.definition import EXAMPLE, LARGE, SHARES, SMALL, largest, share, total

NO_SHIFT = Mistake(
    "no-shift",
    "The maximum is not subtracted. e to the 1000 is inf, and inf / inf is nan; e to the -1000 is "
    "0, and 0 / 0 is nan too.",
    "sec-max-shift",
).raising(OverflowError)  # math.exp does not return inf
NAN_HIDDEN = Mistake(
    "nan-hidden",
    "The nan is replaced instead of avoided. The overflow has already happened, and the shares "
    "are wrong. Subtract the maximum first.",
    "sec-formula-breaks",
)
CLIPPED_LOGITS = Mistake(
    "clipped-logits",
    "Large logits are cut off. Beyond the limit all logits become equal, and so do their shares. "
    "Only a shift keeps gaps.",
    "sec-max-shift",
)
SHIFT_BY_MINIMUM = Mistake(
    "shift-by-minimum",
    "The minimum is subtracted. Any shift is exact, but only the maximum leaves no exponent above "
    "0.",
    "sec-max-shift",
)
SHIFT_BY_MEAN = Mistake(
    "shift-by-mean",
    "The mean is subtracted. Any shift is exact, but a logit may lie far above the mean. Subtract "
    "the maximum.",
    "sec-max-shift",
)
SHIFT_BY_MAGNITUDE = Mistake(
    "shift-by-magnitude",
    "The largest absolute value is subtracted. For negative logits it is positive, and every "
    "exponential underflows: 0 / 0.",
    "sec-max-shift",
)
GLOBAL_MAXIMUM = Mistake(
    "global-maximum",
    "The maximum of the whole batch is subtracted. Right on paper; but a row far below that "
    "maximum underflows as a whole. Each row needs its own.",
    "sec-max-shift",
)
FIRST_ROW = Mistake(
    "maximum-of-first-row",
    "The first row's maximum serves all rows. `m[0]` is the maximum of one example, but the first "
    "row of a batch. The column without its axis is `m[..., 0]`.",
    "sec-max-shift",
)
SUBTRACTED_LATE = Mistake(
    "offset-not-cancelled",
    "Log-sum-exp is subtracted from the logits as they are. With a large common offset it is "
    "rounded coarsely, and the difference keeps that error. Subtract m first.",
    "sec-log-softmax",
)
ONE_TWICE = Mistake(
    "largest-term-twice",
    "The largest term is counted twice. `np.log1p(r)` is log(1 + r), and the 1 is the term of the "
    "maximum. So r must leave it out.",
    "sec-confident",
)
ADDED_ONLY = Mistake(
    "maximum-added-only",
    "The maximum is added, but was not subtracted. Log-sum-exp of the unshifted logits is whole "
    "already; m is added only after a shift by -m.",
    "sec-log-sum-exp",
)
LOG_OF_SOFTMAX = Mistake(
    "log-of-softmax",
    "The logarithm is taken of a share that has become 0. softmax rounds a tiny share to 0, and "
    "log makes it -inf. Subtract log-sum-exp from the logits instead.",
    "sec-log-softmax",
)
LOG_EPSILON = Mistake(
    "log-epsilon",
    "A small number is added inside the logarithm. It changes every value a little, and a rare "
    "class altogether.",
    "sec-confident",
)
CLIPPED_PROBABILITIES = Mistake(
    "clipped-probabilities",
    "The share is kept from falling below a limit before the logarithm. The value stops there, "
    "and so does the slope: the worst mistakes teach nothing.",
    "sec-confident",
)
SOFTMAX_RETURNED = Mistake(
    "logarithm-missing",
    "The logarithm is missing. What came back was not put through the logarithm.",
    "sec-log-softmax",
)
SIGN_OF_LOG = Mistake(
    "sign-of-log",
    "The sign of the logarithm is turned. The logarithm of a share is at most 0; the loss is "
    "minus that.",
    "sec-log-softmax",
)
OTHER_LOGARITHM = Mistake(
    "other-logarithm",
    "The logarithm is not the natural one. log2 and log10 undo powers of 2 and 10, not of e.",
    "sec-log-sum-exp",
    "sec-likelihood",
)
MAX_NOT_ADDED_BACK = Mistake(
    "max-not-added-back",
    "The maximum is subtracted in one place only. LSE(z + a) = LSE(z) + a: log-sum-exp moves with "
    "a shift. After shifting by -m, m has to be added again.",
    "sec-log-sum-exp",
)
KEEPDIMS_LEFT = Mistake(
    "keepdims-left",
    "The axis of the classes is still there. Log-sum-exp gives one number for each example. "
    "keepdims=True is for what is subtracted.",
    "sec-log-sum-exp",
)


def naive(z):
    return share(np.exp(z))


def shifted(z, a):
    return share(np.exp(z - a))


def first_row(z):
    return largest(z)[0]


def rest_and_one(z):
    """Return log(1 + the whole sum) of the shifted logits."""
    return np.log1p(np.exp(z - largest(z)).sum(axis=-1))


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


SHIFTS = (
    NO_SHIFT.like(naive),
    SHIFT_BY_MINIMUM.like(lambda z: shifted(z, z.min(axis=-1, keepdims=True))),
    SHIFT_BY_MEAN.like(lambda z: shifted(z, z.mean(axis=-1, keepdims=True))),
    GLOBAL_MAXIMUM.like(lambda z: shifted(z, z.max())),
    FIRST_ROW.like(lambda z: shifted(z, first_row(z))),
)
SOFTMAX = (
    *SHARES,
    *SHIFTS,
    NAN_HIDDEN.like(
        lambda z: np.nan_to_num(naive(z)),
        lambda z: share(np.nan_to_num(np.exp(z))),
        lambda z: np.nan_to_num(share(np.nan_to_num(np.exp(z)))),
    ),
    CLIPPED_LOGITS.like(
        lambda z: naive(np.clip(z, -500, 500)), lambda z: naive(np.minimum(z, 500))
    ),
    Mistake(
        "shift-by-first",
        "The first logit is subtracted. Another logit may lie far above it. Subtract the maximum.",
        "sec-max-shift",
    ).like(lambda z: shifted(z, z[..., :1]), lambda z: shifted(z, z[..., -1:])),
    SHIFT_BY_MAGNITUDE.like(lambda z: shifted(z, largest(np.abs(z)))),
)


LOG_SOFTMAX = (
    SOFTMAX_RETURNED.like(softmax, lambda z: z - total(np.exp(z))),
    SIGN_OF_LOG.like(lambda z: -log_softmax(z)),
    MAX_NOT_ADDED_BACK.like(
        lambda z: z - np.log(total(np.exp(z - largest(z)))),
        lambda z: z - largest(z) - logsumexp(z, keepdims=True),
    ),
    Mistake(
        "denominator-missing",
        "Only the maximum is subtracted. The logarithm of the sum is missing, so the shares do "
        "not sum to one.",
        "sec-log-softmax",
    ).like(lambda z: z - largest(z)),
    ONE_TWICE.like(lambda z: z - largest(z) - rest_and_one(z)[..., None]),
    definition.STANDARDISED.like(lambda z: log_softmax(definition.standardised(z))),
    definition.MIN_MAX.like(lambda z: log_softmax(definition.min_max(z))),
    definition.ABSOLUTE.like(lambda z: log_softmax(np.abs(z))),
    definition.MEAN_NOT_SUM.like(lambda z: log_softmax(z) + np.log(z.shape[-1])),
    OTHER_LOGARITHM.like(
        lambda z: log_softmax(z) / np.log(2),
        lambda z: log_softmax(z) / np.log(10),
        lambda z: z - logsumexp(z, keepdims=True) / np.log(2),
        lambda z: z - logsumexp(z, keepdims=True) / np.log(10),
    ),
    definition.SOFTMAX_TWICE.like(lambda z: log_softmax(softmax(z))),
    definition.DIVIDED_BY_LSE.like(lambda z: z / logsumexp(z, keepdims=True)),
    definition.SOFTMIN.like(lambda z: log_softmax(-z)),
    NO_SHIFT.like(lambda z: z - np.log(total(np.exp(z))), lambda z: np.log(naive(z))),
    LOG_OF_SOFTMAX.like(lambda z: np.log(softmax(z))),
    NAN_HIDDEN.like(
        lambda z: np.nan_to_num(np.log(softmax(z))), lambda z: np.nan_to_num(np.log(naive(z)))
    ),
    definition.INTEGER_BUFFER.like(lambda z: log_softmax(z).astype(z.dtype)),
    definition.WHOLE_ARRAY.like(on_the_whole(log_softmax)),
    definition.WRONG_AXIS.like(along_columns(log_softmax)),
    definition.MAXIMUM_OF_COLUMNS.like(lambda z: log_softmax(z - z.max(axis=0))),
    definition.NO_KEEPDIMS.like(
        lambda z: z - logsumexp(z),
        lambda z: z - z.max(axis=-1) - np.log(total(np.exp(z - z.max(axis=-1)))),
        lambda z: z - z.max(-1) - np.log(np.exp(z - z.max(-1)).sum(axis=-1)),
        lambda z: z - largest(z) - np.log(np.exp(z - largest(z)).sum(axis=-1)),
    ),
    GLOBAL_MAXIMUM.like(lambda z: z - z.max() - np.log(total(np.exp(z - z.max())))),
    FIRST_ROW.like(lambda z: z - first_row(z) - np.log(total(np.exp(z - first_row(z))))),
    SUBTRACTED_LATE.like(lambda z: z - logsumexp(z, keepdims=True)),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: log_softmax(z)),
    LOG_EPSILON.seen_by(epsilon_inside),
    CLIPPED_PROBABILITIES.seen_by(floored),
    general.FEW_DIGITS,
)


LOGSUMEXP = (
    definition.MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1)),
    SOFTMAX_RETURNED.like(lambda z: np.exp(z).sum(axis=-1)),
    SIGN_OF_LOG.like(lambda z: -logsumexp(z)),
    KEEPDIMS_LEFT.like(lambda z: logsumexp(z, keepdims=True)),
    MAX_NOT_ADDED_BACK.like(lambda z: np.log(np.exp(z - largest(z)).sum(axis=-1))),
    Mistake(
        "sign-of-maximum",
        "A sign is turned where the parts are put together. LSE is m + log of the sum of e to the "
        "(z - m).",
        "sec-log-sum-exp",
    ).like(
        lambda z: 2 * z.max(axis=-1) - logsumexp(z), lambda z: logsumexp(z) - 2 * z.max(axis=-1)
    ),
    ADDED_ONLY.like(lambda z: z.max(axis=-1) + logsumexp(z)),
    ONE_TWICE.like(lambda z: z.max(axis=-1) + rest_and_one(z)),
    definition.STANDARDISED.like(lambda z: logsumexp(definition.standardised(z))),
    definition.MIN_MAX.like(lambda z: logsumexp(definition.min_max(z))),
    definition.ABSOLUTE.like(lambda z: logsumexp(np.abs(z))),
    definition.MEAN_NOT_SUM.like(lambda z: logsumexp(z) - np.log(z.shape[-1])),
    Mistake(
        "sum-and-log-swapped",
        "The logarithm is taken of each term, not of the sum. log undoes exp term by term, and "
        "the sum of the logits is left.",
        "sec-log-sum-exp",
    ).like(lambda z: z.sum(axis=-1)),
    OTHER_LOGARITHM.like(
        lambda z: logsumexp(z) / np.log(2),
        lambda z: logsumexp(z) / np.log(10),
        lambda z: z.max(-1) + np.log2(np.exp(z - largest(z)).sum(axis=-1)),
        lambda z: z.max(-1) + np.log10(np.exp(z - largest(z)).sum(axis=-1)),
    ),
    definition.OTHER_BASE.like(
        lambda z: logsumexp(z * np.log(2)) / np.log(2),
        lambda z: logsumexp(z * np.log(10)) / np.log(10),
    ),
    NO_SHIFT.like(lambda z: np.log(np.exp(z).sum(axis=-1))),
    SHIFT_BY_MINIMUM.like(lambda z: _lse_shifted(z, z.min(axis=-1, keepdims=True))),
    SHIFT_BY_MEAN.like(lambda z: _lse_shifted(z, z.mean(axis=-1, keepdims=True))),
    SHIFT_BY_MAGNITUDE.like(lambda z: _lse_shifted(z, largest(np.abs(z)))),
    CLIPPED_LOGITS.like(
        lambda z: np.log(np.exp(np.clip(z, -500, 500)).sum(axis=-1)),
        lambda z: np.log(np.exp(np.clip(z, -700, 700)).sum(axis=-1)),
        lambda z: np.log(np.exp(np.minimum(z, 700)).sum(axis=-1)),
    ),
    definition.WHOLE_ARRAY.like(lambda z: logsumexp(z, axis=None)),
    definition.WRONG_AXIS.like(along_columns(logsumexp)),
    definition.NO_KEEPDIMS.like(_max_as_row),
    definition.MAXIMUM_OF_COLUMNS.like(
        lambda z: z.max(axis=0) + logsumexp(z - z.max(axis=0)),
        lambda z: np.ravel(z.max(axis=0))[0] + logsumexp(z - z.max(axis=0)),
        lambda z: z.max(axis=-1) + logsumexp(z - z.max(axis=0)),
    ),
    GLOBAL_MAXIMUM.like(lambda z: z.max() + np.log(np.exp(z - z.max()).sum(axis=-1))),
    FIRST_ROW.like(
        lambda z: first_row(z) + logsumexp(z - largest(z)),
        lambda z: first_row(z) + np.log(np.exp(z - first_row(z)).sum(axis=-1)),
    ),
    definition.AXIS_IGNORED.like(lambda z, axis=-1: logsumexp(z)),
    general.FEW_DIGITS,
)


SINGLE = (np.array([100, 0], dtype=np.float32),)

overflows = Law("logits of 1000 and -1000 make no nan", LARGE)
masked = Law("a logit of -inf rules its class out", floats([0, -np.inf], [3, 1, -np.inf]))
far_offset = Law(
    "a large number added to all logits costs no digits",
    floats([1e15, 1e15], [1e15 + 3, 1e15 + 1, 1e15 - 3], [5 - 1e15, -1e15]),
    to_within(1e-12),
)
far_rows = Law("each row has its own maximum", floats([[0, 1], [1000, 1001]]))
of_singles = Law("float32 logits are logits too", (SINGLE,))


SAFE = Exercise(
    "softmax(logits)",
    softmax,
    """Check softmax for every finite logit, and -inf: it must not overflow.

    ``softmax(logits)`` takes an array of shape (C,) or, one example a row, (N, C), and
    returns the shares in the same shape, as an array or a list. If it has a parameter
    ``axis``, that is checked too.

    >>> def my_softmax(z):
    ...     e = np.exp(z)
    ...     return e / e.sum(axis=-1, keepdims=True)
    >>> report = check.softmax(my_softmax)
    >>> report.passed, report.failed_law
    (False, 'logits of 1000 and -1000 make no nan')
    >>> report.diagnosis, str(report.section)
    ('no-shift', 'chapter Overflow, section “Subtract the maximum”')
    """,
    (
        *definition.FORMULA,
        overflows,
        masked,
        definition.along_rows,
        far_rows,
        definition.along_axis,
        definition.of_integers,
        of_singles,
        definition.unchanged,
    ),
    SOFTMAX,
)

LOGARITHM = Exercise(
    "log_softmax(logits)",
    log_softmax,
    """Check the logarithm of softmax: finite wherever the logits are.

    ``log_softmax(logits)`` takes an array of shape (C,) or (N, C) and returns
    log-probabilities in the same shape. A parameter ``axis`` is checked too.

    >>> from softmax_lib import softmax
    >>> check.log_softmax(lambda z: np.log(softmax(z))).diagnosis
    'log-of-softmax'
    """,
    (
        Law("there is one number for every logit", SMALL, has_shape),
        Law(
            "no number is above 0",
            SMALL,
            holds(lambda came, *_: bool(np.all(came <= 0)), "no number above 0"),
        ),
        Law(
            "the exponentials of the numbers sum to 1",
            SMALL,
            agrees(lambda log_p: np.exp(log_p).sum(axis=-1), "sum of exponentials"),
        ),
        Law("(3, 1, -3) gives (-0.129, -2.129, -6.129)", floats(EXAMPLE, [1, 0], [0, 0, 0, 0])),
        Law("adding a number to all logits changes nothing", floats([3, 2], [13, 11, 7])),
        Law("a hopeless class keeps a finite number", LARGE),
        masked,
        Law("a batch is treated row by row", definition.BATCHES),
        far_rows,
        Law("axis=0 goes column by column", definition.BATCHES[1:], options={"axis": 0}),
        definition.of_integers,
        of_singles,
        far_offset,
        definition.unchanged,
    ),
    LOG_SOFTMAX,
)


def _between(z):
    """Return a judge: the result lies between the maximum and the maximum + log C."""
    low, high = z.max(), z.max() + np.log(z.size)
    wish = f"from {low:g} to {high:.4f}"
    return holds(lambda came, right, tol: bool(low - tol <= came <= high + tol), wish)


SOFT_MAXIMUM = Exercise(
    "logsumexp(logits)",
    logsumexp,
    """Check log-sum-exp, the soft maximum.

    ``logsumexp(logits)`` takes an array of shape (C,) or (N, C) and returns one number,
    or N. A parameter ``axis`` is checked too.

    >>> check.logsumexp(lambda z: np.log(np.sum(np.exp(z - np.max(z))))).diagnosis
    'max-not-added-back'
    """,
    (
        Law("there is one number for each example", SMALL, has_shape),
        *(
            Law(f"it lies between m and m + log {z.size}", ((z,),), _between(z))
            for (z,) in floats([1, 0], EXAMPLE)
        ),
        Law("(3, 1, -3) gives 3.129", floats(EXAMPLE, [1, 0], [0, 0, 0, 0])),
        Law("adding a number to all logits adds it to the result", floats([5, 4], [13, 11, 7])),
        Law("logits of 1000 and -1000 make no inf", LARGE),
        Law("a logit of -inf adds nothing", floats([0, -np.inf], [3, 1, -np.inf])),
        Law("a batch is treated row by row", definition.BATCHES),
        far_rows,
        Law("axis=0 goes column by column", definition.BATCHES[1:], options={"axis": 0}),
        definition.of_integers,
        of_singles,
        definition.unchanged,
    ),
    LOGSUMEXP,
)

"""Checks of chapter 2, overflow: `softmax`, its logarithm, log-sum-exp, and what uses them."""

import numpy as np

from softmax_lib import log_softmax, logsumexp, softmax
from softmax_lib.check import definition
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import (
    Law,
    agrees,
    floats,
    has_shape,
    holds,
    left_alone,
    to_within,
)
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


def _soft_maximum(z, T):
    return T * logsumexp(z / T)


SOFT_MAXIMUM_AT_T = (
    Mistake(
        "not-multiplied-by-temperature",
        "The result is not multiplied by T. Log-sum-exp of z / T lies near the maximum of z / T; "
        "times T, it lies near the maximum of z.",
        "sec-log-sum-exp",
    ).like(
        lambda z, T: logsumexp(z / T),
        lambda z, T: z.max(axis=-1) + np.log(np.exp((z - largest(z)) / T).sum(axis=-1)),
    ),
    Mistake(
        "temperature-upside-down",
        "The temperature multiplies where it should divide. Divide the logits by T, and multiply "
        "the result by it.",
        "sec-temperature",
    ).like(lambda z, T: logsumexp(z * T) / T, lambda z, T: logsumexp(z * T) * T),
    Mistake(
        "temperature-not-inside",
        "The logits are not divided by the temperature. Divide them by T, and multiply the "
        "result by it.",
        "sec-temperature",
    ).like(lambda z, T: logsumexp(z), lambda z, T: T * logsumexp(z)),
    Mistake(
        "mean-under-softmax",
        "The logits are averaged with the shares as weights. That mean is never above the "
        "maximum; log-sum-exp is never below it.",
        "sec-log-sum-exp",
    ).like(lambda z, T: (softmax(z, temperature=T) * z).sum(axis=-1)),
    definition.MAXIMUM_RETURNED.like(lambda z, T: z.max(axis=-1)),
    MAX_NOT_ADDED_BACK.like(
        lambda z, T: T * np.log(np.exp((z - largest(z)) / T).sum(axis=-1)),
        lambda z, T: np.log(np.exp((z - largest(z)) / T).sum(axis=-1)),
    ),
    definition.MEAN_NOT_SUM.like(lambda z, T: T * (logsumexp(z / T) - np.log(z.shape[-1]))),
    NO_SHIFT.like(lambda z, T: T * np.log(np.exp(z / T).sum(axis=-1))),
    KEEPDIMS_LEFT.like(lambda z, T: T * logsumexp(z / T, keepdims=True)),
    OTHER_LOGARITHM.like(lambda z, T: T * logsumexp(z / T) / np.log(2)),
    definition.WHOLE_ARRAY.like(lambda z, T: T * logsumexp(z / T, axis=None)),
    definition.WRONG_AXIS.like(lambda z, T: T * logsumexp(z / T, axis=0)),
    general.FEW_DIGITS,
)


def _at(T, *nested):
    """Return inputs of a law: an array of floats and a temperature."""
    return tuple((np.array(values, dtype=np.float64), T) for values in nested)


CLOSE = [3.0, 2.9, -3.0]

AT_TEMPERATURE = Exercise(
    "soft_maximum(logits, T)",
    _soft_maximum,
    """Check T times log-sum-exp of z / T, the soft maximum at a temperature.

    ``soft_maximum(logits, T)`` takes an array of shape (C,) or (N, C) and a number above 0,
    and returns one number, or N.

    >>> from softmax_lib import logsumexp
    >>> check.soft_maximum(lambda z, T: logsumexp(z / T)).diagnosis
    'not-multiplied-by-temperature'
    """,
    (
        Law(
            "there is one number for each example",
            _at(1.0, [1, 0], EXAMPLE),
            has_shape,
        ),
        Law("at T = 1 it is log-sum-exp", _at(1.0, [1, 0], EXAMPLE)),
        Law("C equal logits give m + T log C", (*_at(2.0, [1, 1]), *_at(0.5, [2, 2, 2, 2]))),
        Law("at T = 0.1, (3, 2.9, -3) gives 3.031", _at(0.1, CLOSE)),
        Law("adding a number to all logits adds it to the result", _at(3.0, [5, 4], [13, 11, 7])),
        Law("for a small T it is the maximum", _at(0.001, CLOSE, [-5, -7])),
        Law("a batch is treated row by row", _at(0.5, [[1, 0], [2, 3]], [[0, 1, 2], [3, 1, -3]])),
        left_alone(_at(0.5, [1, 0], [[1, 0], [2, 3]]), "the logits are left as they were"),
    ),
    SOFT_MAXIMUM_AT_T,
)


def _masked_softmax(z, allowed):
    p = softmax(z, where=allowed)
    return np.where(allowed.any(axis=-1, keepdims=True), p, 0.0)


def _filled(z, allowed, value):
    return softmax(np.where(allowed, z, value))


MASKED = (
    Mistake(
        "mask-of-a-number",
        "A large negative number stands for a forbidden logit. If a whole row is forbidden, all "
        "are equal, and each gets a share; if the allowed ones lie lower still, a forbidden one "
        "wins. Minus infinity has no such limit.",
        "sec-masks",
    ).like(
        *(
            lambda z, allowed, value=value: _filled(z, allowed, value)
            for value in (-1e3, -1e4, -1e5, -1e6, -1e8, -1e9, -1e10, -1e30, -1e300)
        ),
        *(
            lambda z, allowed, value=value: np.where(
                allowed.any(axis=-1, keepdims=True), _filled(z, allowed, value), 0.0
            )
            for value in (-1e3, -1e4, -1e5, -1e6)
        ),
    ),
    Mistake(
        "mask-added",
        "A number is added to the forbidden logits. In a row that is masked as a whole, that is "
        "a shift, and changes nothing.",
        "sec-masks",
    ).like(
        *(
            lambda z, allowed, value=value: softmax(z + np.where(allowed, 0.0, value))
            for value in (-1e3, -1e4, -1e5, -1e6, -1e8, -1e9, -1e10)
        )
    ),
    Mistake(
        "empty-row-nan",
        "A row without an allowed class is nan. Here zeros are asked for. Which rows these are is "
        "known from the mask alone.",
        "sec-masks",
    ).like(lambda z, allowed: softmax(z, where=allowed)),
    Mistake(
        "masked-logit-zero",
        "The forbidden logits are set to 0. A logit of 0 is a logit like any other, and e to the "
        "0 is 1. What rules a class out is minus infinity.",
        "sec-masks",
    ).like(lambda z, allowed: softmax(z * allowed)),
    Mistake(
        "shares-masked",
        "The shares of the forbidden classes are set to 0 after softmax. Those of the others do "
        "not sum to 1. Rule the logits out instead.",
        "sec-masks",
    ).like(lambda z, allowed: softmax(z) * allowed),
    Mistake(
        "masked-after-exponential",
        "The mask comes after the maximum. A forbidden logit far above the others is subtracted "
        "from them, and they underflow as a whole. Rule it out first.",
        "sec-masks",
    ).like(
        lambda z, allowed: share(softmax(z) * allowed),
        lambda z, allowed: np.nan_to_num(share(softmax(z) * allowed)),
        lambda z, allowed: (softmax(z) * allowed) / np.maximum(total(softmax(z) * allowed), 1e-300),
    ),
    Mistake(
        "mask-upside-down",
        "Allowed and forbidden are exchanged. The mask is True where a class may be chosen.",
        "sec-masks",
    ).like(lambda z, allowed: _masked_softmax(z, ~allowed), lambda z, a: softmax(z, where=~a)),
    Mistake(
        "mask-ignored",
        "The mask has no effect. A forbidden class must get the share 0.",
        "sec-masks",
    ).like(lambda z, allowed: softmax(z)),
    NAN_HIDDEN.like(
        lambda z, allowed: np.nan_to_num(softmax(z, where=allowed)),
        lambda z, allowed: np.nan_to_num(softmax(np.where(allowed, z, -np.inf))),
    ),
    NO_SHIFT.like(lambda z, allowed: naive(np.where(allowed, z, -np.inf))),
    definition.WHOLE_ARRAY.like(on_the_whole(_masked_softmax)),
    definition.WRONG_AXIS.like(along_columns(_masked_softmax)),
    general.FEW_DIGITS,
)


def _masked(*pairs):
    """Return inputs of a law: logits, and where a 1 says that the class is allowed."""
    return tuple((np.array(z, dtype=np.float64), np.array(a, dtype=bool)) for z, a in pairs)


FREE = _masked(([1, 0], [1, 1]), (EXAMPLE, [1, 1, 1]))
ONE_OUT = _masked(([1, 0], [1, 0]), (EXAMPLE, [1, 1, 0]), (EXAMPLE, [0, 1, 1]))

MASK = Exercise(
    "masked_softmax(logits, allowed)",
    _masked_softmax,
    """Check softmax over the classes that are allowed.

    ``masked_softmax(logits, allowed)`` takes an array of shape (C,) or (N, C) and booleans
    of that shape, and returns the shares: 0 for a class that is not allowed, and for all
    classes of an example that allows none.

    >>> from softmax_lib import softmax
    >>> check.masked_softmax(lambda z, allowed: softmax(z, where=allowed)).diagnosis
    'empty-row-nan'
    """,
    (
        Law("there is one share for every logit", FREE, has_shape),
        Law("where all classes are allowed it is softmax", FREE),
        Law(
            "logits of 1000 and -1000 make no nan",
            _masked(([1000, -1000], [1, 1]), ([-1000, -999], [1, 1])),
        ),
        Law(
            "a forbidden class has the share 0",
            ONE_OUT,
            holds(lambda came, right, _: bool(np.all(came[right == 0] == 0)), "0 where forbidden"),
        ),
        Law("the allowed classes share as if they were alone", ONE_OUT),
        Law(
            "a forbidden logit may be as large as it likes",
            _masked(([0, 1000], [1, 0]), ([3, 1, 2000], [1, 1, 0])),
        ),
        Law(
            "an example that allows no class gets zeros",
            _masked(([1, 0], [0, 0]), (EXAMPLE, [0, 0, 0])),
        ),
        Law(
            "an allowed logit may be as low as it likes",
            _masked(([-2000, 0], [1, 0]), ([-2e6, 0, 1 - 2e6], [1, 0, 1])),
        ),
        Law(
            "each row has a mask of its own",
            _masked(
                ([[1, 0], [2, 3]], [[1, 0], [1, 1]]),
                ([[1, 2], [2, 3], [0, 5]], [[1, 1], [0, 0], [0, 1]]),
                ([[0, 1], [1000, 1001]], [[1, 1], [1, 1]]),
            ),
        ),
        Law(
            "a nan among the allowed logits is not hidden",
            _masked(([np.nan, 1], [1, 1]), ([[np.nan, 1], [1, 0]], [[1, 1], [1, 0]])),
        ),
        left_alone(ONE_OUT),
    ),
    MASKED,
)

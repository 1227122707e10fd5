"""Checks of chapter 1, definition: the hard choice, the soft one, and ways back from it."""

import numpy as np

from softmax_lib import hardmax, log_softmax, logsumexp, softmax
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import along_columns, for_each, on_the_whole

ARGMAX_INDEX = Mistake(
    "argmax-index",
    "The place of the maximum is returned. argmax gives the number of the class; what is wanted "
    "is one number for each class.",
    "sec-hard-and-soft",
)
MAXIMUM_RETURNED = Mistake(
    "maximum-returned",
    "The maximum is returned. Hardmax and softmax say where the maximum is, not how large it is.",
    "sec-hard-and-soft",
)
MEAN_NOT_SUM = Mistake(
    "mean-not-sum",
    "A mean stands where a sum should. Dividing by the mean of the exponentials makes everything "
    "C times too large.",
    "sec-output-layer",
)
SOFTMIN = Mistake(
    "sign-of-logits",
    "The smallest logit gets the largest share. The exponent has the wrong sign.",
    "sec-four-wishes",
)
OTHER_BASE = Mistake(
    "other-base",
    "The base is not e. Powers of 2 or 10 share by the same rule, but at another temperature.",
    "sec-temperature",
)
SOFTMAX_TWICE = Mistake(
    "softmax-twice",
    "Softmax is applied twice. The second one sees numbers between 0 and 1, so no share is more "
    "than e times another.",
    "sec-ratios-and-differences",
    "sec-second-softmax",
)
DIVIDED_BY_LSE = Mistake(
    "divided-by-log-sum-exp",
    "Log-sum-exp stands in the denominator. Divide by the sum of the exponentials, or subtract "
    "log-sum-exp inside the exponential.",
    "sec-output-layer",
    "sec-log-sum-exp",
)
INTEGER_BUFFER = Mistake(
    "integer-buffer",
    "The shares are stored as integers. `np.zeros_like(z)` of integers holds integers: every "
    "share below 1 is cut to 0.",
    "sec-output-layer",
)
WHOLE_ARRAY = Mistake(
    "whole-array",
    "The batch is treated as one long example. Sums and maxima go along the classes of each row: "
    "axis=-1.",
    "sec-output-layer",
    "sec-max-shift",
)
WRONG_AXIS = Mistake(
    "wrong-axis",
    "The classes are sought along the wrong axis. One example is a row, so the classes lie along "
    "the last axis: axis=-1, not 0.",
    "sec-output-layer",
    "sec-max-shift",
)
MAXIMUM_OF_COLUMNS = Mistake(
    "maximum-of-columns",
    "The maximum is taken down the columns. All logits of a row must lose the same number, or its "
    "gaps change: axis=-1, not 0.",
    "sec-shift-invariance",
    "sec-max-shift",
)
MIN_MAX = Mistake(
    "min-max-scaling",
    "The logits are scaled from 0 to 1. A scale that is stretched or squeezed to fit changes the "
    "gaps, and it has no exponential.",
    "sec-four-wishes",
)
STANDARDISED = Mistake(
    "standardised",
    "The logits are standardised. Subtracting the mean leaves the gaps alone; dividing by the "
    "standard deviation changes them.",
    "sec-four-wishes",
)
ABSOLUTE = Mistake(
    "absolute-values",
    "The sign of the logits is lost. With abs or a square, -3 counts as much as 3. The exponential "
    "is positive and keeps the order.",
    "sec-four-wishes",
)
NO_KEEPDIMS = Mistake(
    "no-keepdims",
    "A row's number meets a column. Without keepdims=True one number a row becomes a row itself, "
    "and NumPy lines it up with the columns: an error, or for a square batch a silent one.",
    "sec-output-layer",
    "sec-max-shift",
)
AXIS_IGNORED = Mistake(
    "axis-ignored",
    "The parameter axis has no effect. Hand it on to every sum and maximum, together with "
    "keepdims=True.",
    "sec-output-layer",
    "sec-max-shift",
)


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


def min_max(z):
    low = z.min(axis=-1, keepdims=True)
    return (z - low) / (largest(z) - low)


def standardised(z):
    return (z - z.mean(axis=-1, keepdims=True)) / z.std(axis=-1, keepdims=True)


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
    ARGMAX_INDEX.like(lambda z: z.argmax(axis=-1), np.argmax),
    MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1), logsumexp),
    Mistake(
        "hardmax-returned",
        "The choice is hard. All goes to the largest logit; softmax gives every class a share.",
        "sec-hard-and-soft",
    ).like(hardmax),
    Mistake(
        "logits-divided-by-sum",
        "The logits themselves are divided by their sum. Without the exponential a share can be "
        "negative, and the zero of the scale matters.",
        "sec-four-wishes",
    ).like(share),
    MIN_MAX.like(
        min_max,
        lambda z: share(min_max(z)),
        lambda z: softmax(min_max(z)),
    ),
    STANDARDISED.like(standardised, lambda z: softmax(standardised(z))),
    ABSOLUTE.like(
        lambda z: share(np.abs(z)),
        lambda z: share(z**2),
        lambda z: softmax(np.abs(z)),
    ),
    Mistake(
        "sum-of-logits",
        "The denominator is the sum of the logits. Divide by the sum of the exponentials.",
        "sec-output-layer",
    ).like(lambda z: np.exp(z) / total(z)),
    Mistake(
        "not-normalised",
        "The exponentials are not divided by their sum. They are positive, but they do not sum to "
        "one.",
        "sec-output-layer",
    ).like(np.exp),
    Mistake(
        "divided-by-max",
        "The largest share is 1. The exponentials are divided by the largest one, which is what "
        "subtracting the maximum does, but not by their sum.",
        "sec-output-layer",
    ).like(lambda z: np.exp(z - largest(z))),
    MEAN_NOT_SUM.like(lambda z: softmax(z) * z.shape[-1]),
    Mistake(
        "sigmoid-of-each",
        "Each logit goes through a sigmoid of its own. The sigmoid is softmax for two classes, "
        "and takes their gap; classes must compete.",
        "sec-two-classes",
    ).like(lambda z: 1 / (1 + np.exp(-z))),
    SOFTMIN.like(lambda z: softmax(-z), lambda z: softmax(-np.abs(z))),
    OTHER_BASE.like(lambda z: softmax(z * np.log(2)), lambda z: softmax(z * np.log(10))),
    Mistake(
        "divided-by-largest-logit",
        "The logits are divided by the largest one. Only a subtraction leaves the gaps alone; a "
        "division changes them, and the shares.",
        "sec-shift-invariance",
    ).like(lambda z: softmax(z / largest(z))),
    SOFTMAX_TWICE.like(lambda z: softmax(softmax(z))),
    Mistake(
        "log-returned",
        "The logarithm of the shares is returned. These are the log-probabilities; take the "
        "exponential, or no logarithm.",
        "sec-four-wishes",
        "sec-log-softmax",
    ).like(log_softmax),
    DIVIDED_BY_LSE.like(
        lambda z: z / logsumexp(z, keepdims=True),
        lambda z: np.exp(z) / logsumexp(z, keepdims=True),
        lambda z: np.exp(z - largest(z)) / logsumexp(z, keepdims=True),
    ),
    Mistake(
        "max-outside-exp",
        "The maximum is subtracted from the exponentials. `np.exp(z) - np.max(z)` is not "
        "`np.exp(z - np.max(z))`: the shift belongs inside.",
        "sec-shift-invariance",
        "sec-max-shift",
    ).like(
        lambda z: share(np.exp(z) - largest(z)),
        lambda z: share(np.exp(z) - np.exp(largest(z))),
        lambda z: np.exp(z) - largest(z),
        lambda z: (np.exp(z) - largest(z)) / total(np.exp(z)),
    ),
    INTEGER_BUFFER.like(lambda z: softmax(z).astype(z.dtype)),
    WHOLE_ARRAY.like(
        on_the_whole(softmax), lambda z: np.exp(z - largest(z)) / np.exp(z - largest(z)).sum()
    ),
    WRONG_AXIS.like(along_columns(softmax)),
    MAXIMUM_OF_COLUMNS.like(lambda z: softmax(z - z.max(axis=0))),
    NO_KEEPDIMS.like(
        _without_keepdims,
        lambda z: share(_max_without_keepdims(z)),
        lambda z: _max_without_keepdims(z) / _max_without_keepdims(z).sum(axis=-1),
    ),
    AXIS_IGNORED.like(lambda z, axis=-1: softmax(z)),
    Mistake(
        "epsilon-in-denominator",
        "A small number is added to the denominator. The shares do not quite sum to one. After "
        "subtracting the maximum the sum is at least 1, and needs no protection.",
        "sec-output-layer",
        "sec-max-shift",
    ).seen_by(_epsilon),
    Mistake(
        "scaled-logits",
        "The logits are multiplied by a factor. Shares follow e to the gap, times a factor: a "
        "temperature that nobody asked for.",
        "sec-temperature",
    ).seen_by(_one_factor),
    general.FEW_DIGITS,
)


# Only where overflow is not asked for does a batch bring out what this one does.
NAIVE_SHARES = (*SHARES, NO_KEEPDIMS.like(lambda z: np.exp(z) / np.exp(z).sum(axis=-1)))

HARDMAX = (
    ARGMAX_INDEX.like(lambda z: z.argmax(axis=-1), np.argmax),
    MAXIMUM_RETURNED.like(lambda z: z.max(axis=-1)),
    Mistake(
        "maximum-kept",
        "The largest logit stands where a 1 should. Hardmax forgets how large the logit was.",
        "sec-hard-and-soft",
    ).like(lambda z: hardmax(z) * z, lambda z: (z == largest(z)) * z),
    Mistake(
        "rounded-softmax",
        "The soft shares are rounded. In a close race there may be no share above one half, and "
        "nobody wins.",
        "sec-hard-and-soft",
    ).like(lambda z: np.round(softmax(z))),
    Mistake(
        "smallest-chosen",
        "The smallest logit is chosen. The 1 belongs to the largest.",
        "sec-hard-and-soft",
    ).like(lambda z: hardmax(-z)),
    Mistake(
        "tie-shared",
        "On a tie the 1 is shared. That is the limit of softmax for a cold temperature; hardmax "
        "takes the first.",
        "sec-temperature",
    ).like(lambda z: share((z == largest(z)).astype(float))),
    Mistake(
        "all-maxima",
        "On a tie there is more than one 1. `z == z.max()` marks every maximum; argmax takes the "
        "first.",
        "sec-hard-and-soft",
    ).like(lambda z: (z == largest(z)).astype(float)),
    Mistake(
        "last-maximum",
        "On a tie the last maximum wins. In a loop, replace the best so far only by a larger one: "
        "> instead of >=.",
        "sec-hard-and-soft",
    ).like(lambda z: hardmax(z[..., ::-1])[..., ::-1]),
    Mistake(
        "maximum-starts-at-zero",
        "The search for the maximum starts at 0. If all logits are negative, none is above it. "
        "Start at the first logit, or at -inf.",
        "sec-hard-and-soft",
    ).like(lambda z: hardmax(z) * (z > 0), lambda z: hardmax(np.maximum(z, 0))),
    MIN_MAX.like(min_max),
    WHOLE_ARRAY.like(on_the_whole(hardmax)),
    WRONG_AXIS.like(along_columns(hardmax)),
    AXIS_IGNORED.like(lambda z, axis=-1: hardmax(z)),
)


EXAMPLE = [3, 1, -3]  # the course's three logits
SMALL = floats([1, 0], EXAMPLE, [-1, -2, 0.5, 0])
LARGE = floats([1000, 0], [0, 1000], [1000, 999], [-1000, -1000], [1000, -1000, -1000])
BATCHES = floats([[3, 1], [0, 0.5]], [EXAMPLE, [0, 0.5, 2]])
INTEGERS = ((np.array(EXAMPLE),),)

along_rows = Law("a batch is shared out row by row", BATCHES)
along_axis = Law("axis=0 shares out column by column", BATCHES[1:], options={"axis": 0})
of_integers = Law("integers are logits too", INTEGERS)
unchanged = left_alone((*SMALL, *BATCHES), "the logits are left as they were")


def _rises_with(came, expected, tolerance):
    """The order of the shares is the order of the logits; equal ones do not count."""
    order = np.argsort(expected)
    return bool(np.all(np.diff(came[order])[np.diff(expected[order]) > 0] > 0))


FORMULA = (
    Law("there is one share for every logit", SMALL, has_shape),
    Law(
        "no share is negative",
        SMALL,
        holds(lambda came, *_: bool(np.all(came >= 0)), "no number below 0"),
    ),
    Law("the shares sum to 1", SMALL, agrees(lambda p: p.sum(axis=-1), "sum")),
    Law(
        "a larger logit gets a larger share",
        (*SMALL, *floats([-1, -2])),
        holds(_rises_with, "shares in the order of the logits"),
    ),
    Law("(3, 1, -3) gives (0.879, 0.119, 0.002)", floats(EXAMPLE, [1, 0], [0, 0, 0, 0])),
    Law("adding a number to all logits changes nothing", floats([3, 2], [13, 11, 7])),
)

NAIVE = Exercise(
    "softmax_naive(logits)",
    softmax,
    """Check softmax as the formula says: moderate logits, overflow not yet asked for.

    ``softmax_naive(logits)`` takes an array of shape (C,) or, one example a row, (N, C),
    and returns the shares in the same shape, as an array or a list. If it has a parameter
    ``axis``, that is checked too.

    >>> print(check.softmax_naive(lambda z: z / z.sum()))
    f, checked as softmax_naive: not yet; 2 laws hold, the next one fails.
      holds  it is a function of (logits)
      holds  there is one share for every logit
      FAILS  no share is negative
             given     f(np.array([3.0, 1.0, -3.0]))
             came      [3, 1, -3]
             expected  no number below 0
             mistake   The logits themselves are divided by their sum (logits-divided-by-sum).
             Without the exponential a share can be negative, and the zero of the scale matters.
             read      chapter Definition, section “Four wishes and one formula”
    """,
    (*FORMULA, along_rows, along_axis, of_integers, unchanged),
    NAIVE_SHARES,
)

CHOICE = Exercise(
    "hardmax(logits)",
    hardmax,
    """Check the hard choice: one-hot of the first maximum.

    ``hardmax(logits)`` takes an array of shape (C,) or (N, C) and returns zeros and ones
    in the same shape. If it has a parameter ``axis``, that is checked too.

    >>> check.hardmax(lambda z: 1 * (z == np.max(z, axis=-1, keepdims=True))).diagnosis
    'all-maxima'
    """,
    (
        Law("there is one number for every logit", SMALL, has_shape),
        Law(
            "the numbers are zeros and ones",
            floats([1, 0], EXAMPLE, [2, 2, 0]),
            holds(lambda came, *_: bool(np.all((came == 0) | (came == 1))), "only 0 and 1"),
        ),
        Law("(3, 1, -3) gives (1, 0, 0)", floats(EXAMPLE, [0, 1])),
        Law("a close race has a winner", floats([0, 0.5, 0.25], [1, 1.5, 1, 1], [0, 2.0**-40])),
        Law("the largest of negative logits wins", floats([-2, -1], [-3, -1, -2])),
        Law("on a tie the first maximum wins", floats([2, 2], [0, 5, 5], [1, 1, 1])),
        along_rows,
        along_axis,
        of_integers,
        unchanged,
    ),
    HARDMAX,
)


def _of_others(combine):
    """Return the first logit, less what is made of the others."""
    return lambda z: z[..., 0] - combine(z[..., 1:])


def _odds(z):
    return _of_others(lambda rest: logsumexp(rest, axis=-1))(z)


ODDS = (
    Mistake(
        "others-averaged",
        "The other logits are averaged. What counts is the sum of their exponentials, and the "
        "logarithm of it.",
        "sec-two-classes",
    ).like(_of_others(lambda rest: rest.mean(axis=-1))),
    Mistake(
        "others-summed",
        "The other logits are summed up. Exponential first, then the sum, then the logarithm.",
        "sec-two-classes",
    ).like(_of_others(lambda rest: rest.sum(axis=-1))),
    Mistake(
        "strongest-rival",
        "Only the strongest of the others counts. With two classes there is no other; with three "
        "the weaker one takes its share, too.",
        "sec-two-classes",
    ).like(_of_others(lambda rest: rest.max(axis=-1))),
    Mistake(
        "own-class-counted",
        "The class itself is among the others. This is the logarithm of its probability; leave its "
        "own exponential out of the sum.",
        "sec-two-classes",
    ).like(lambda z: z[..., 0] - logsumexp(z, axis=-1)),
    Mistake(
        "others-without-logarithm",
        "The sum of the exponentials is subtracted itself. Its logarithm is missing.",
        "sec-two-classes",
    ).like(_of_others(lambda rest: np.exp(rest).sum(axis=-1))),
    Mistake(
        "sigmoid-applied",
        "This is the probability. The sigmoid has been applied already; the number that goes into "
        "it is asked for.",
        "sec-two-classes",
    ).like(lambda z: softmax(z)[..., 0]),
    Mistake(
        "odds-themselves",
        "These are the odds, p / (1 - p). Their logarithm is asked for.",
        "sec-two-classes",
    ).like(lambda z: np.exp(_odds(z))),
    Mistake(
        "odds-turned-round",
        "The log-odds have the other sign. They are larger, the more likely the first class is.",
        "sec-two-classes",
    ).like(lambda z: -_odds(z)),
    general.FEW_DIGITS,
)

LOG_ODDS = Exercise(
    "log_odds(logits)",
    _odds,
    """Check the number whose sigmoid is the probability of the first class.

    ``log_odds(logits)`` takes an array of shape (C,) and returns one number; from a batch of
    shape (N, C), it returns N.

    >>> check.log_odds(lambda z: z[..., 0] - z[..., 1:].mean(axis=-1)).diagnosis
    'others-averaged'
    """,
    (
        Law("there is one number for an example", SMALL, has_shape),
        Law("with two classes it is the gap", floats([1, 0], [0, 2], [5, 4])),
        Law("(3, 1, -3) gives 1.982", floats(EXAMPLE, [1, 3, -3], [0, 0, 0, 0])),
        Law("adding a number to all logits changes nothing", floats([3, 2, 0], [13, 11, 7])),
        Law("a batch gives one number a row", BATCHES),
        unchanged,
    ),
    ODDS,
)


def _free(p):
    return np.log(p / p[..., -1:])


@for_each
def _all_moved(came, expected):
    """All logits of an example are off by one number, which is not 0."""
    off = came - expected
    return bool(np.allclose(off, off[..., -1:], atol=1e-9) and np.all(np.abs(off) > 1e-6))


FREE = (
    Mistake(
        "last-logit-not-zero",
        "The gaps are right, but the last logit is not 0. All logits may be moved together: "
        "subtract the last one.",
        "sec-shift-invariance",
    ).seen_by(_all_moved),
    Mistake(
        "log-odds-of-each",
        "Each probability is taken against all the others. log p / (1 - p) is a gap to all of them "
        "together, not a logit; for two classes it counts their gap twice.",
        "sec-two-classes",
    ).like(
        lambda p: np.log(p / (1 - p)),
        lambda p: np.log(p / (1 - p)) - np.log(p / (1 - p))[..., -1:],
    ),
    Mistake(
        "ratio-without-logarithm",
        "There is no logarithm. Probabilities have ratios, logits have gaps; the logarithm makes "
        "the one from the other.",
        "sec-ratios-and-differences",
    ).like(lambda p: p / p[..., -1:], lambda p: p - p[..., -1:], lambda p: p),
    Mistake(
        "logits-turned-round",
        "The order is turned round. The largest probability comes from the largest logit.",
        "sec-ratios-and-differences",
    ).like(lambda p: -_free(p), lambda p: -np.log(p)),
    OTHER_BASE.like(lambda p: _free(p) / np.log(2), lambda p: _free(p) / np.log(10)),
    general.FEW_DIGITS,
)
PROBABILITIES = floats([0.8, 0.2], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5])
BATCH_OF_P = floats([[0.7, 0.3], [0.4, 0.6]], [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])

FREE_LOGITS = Exercise(
    "free_logits(p)",
    _free,
    """Check the way back from probabilities to logits, of which the last is to be 0.

    ``free_logits(p)`` takes positive probabilities of shape (C,) or (N, C) and returns logits in
    the same shape.

    >>> check.free_logits(lambda p: np.log(p)).failed_law
    'the last logit is 0'
    """,
    (
        Law("there is one logit for every probability", PROBABILITIES, has_shape),
        Law(
            "softmax gives the probabilities back",
            PROBABILITIES,
            agrees(lambda z: softmax(z) if z.ndim else z),
        ),
        Law(
            "the last logit is 0",
            PROBABILITIES,
            holds(lambda came, *_: bool(np.all(came[..., -1] == 0)), "a last logit of 0"),
        ),
        Law("(0.7, 0.2, 0.1) gives (1.946, 0.693, 0)", PROBABILITIES[1:]),
        Law("a batch is taken row by row", BATCH_OF_P),
        left_alone((*PROBABILITIES, *BATCH_OF_P), "the probabilities are left as they were"),
    ),
    FREE,
)


TEMPERED_MISTAKES = (
    Mistake(
        "temperature-ignored",
        "The temperature has no effect. A number that is added to all logits, or a factor on all "
        "exponentials, cancels. Divide the logits.",
        "sec-temperature",
    ).like(lambda z, T: softmax(z)),
    Mistake(
        "temperature-multiplied",
        "The logits are multiplied by the temperature. Then hot is cold; divide by it.",
        "sec-temperature",
    ).like(lambda z, T: softmax(z * T)),
    Mistake(
        "shares-divided",
        "The shares are divided by the temperature. They no longer sum to 1; divide the logits.",
        "sec-temperature",
    ).like(lambda z, T: softmax(z) / T, lambda z, T: softmax(z / T) / T),
    Mistake(
        "temperature-above-alone",
        "Only the numerator knows the temperature. Each exponential of the sum needs it, too.",
        "sec-temperature",
    ).like(lambda z, T: np.exp(z / T) / total(np.exp(z))),
    Mistake(
        "power-not-normalised",
        "The shares are raised to a power, but not shared out again. p to the power 1/T is "
        "right up to a factor: divide by the sum.",
        "sec-temperature",
    ).like(lambda z, T: softmax(z) ** (1 / T)),
    general.FEW_DIGITS,
)
AT = tuple((z, T) for (z,) in SMALL for T in (1.0, 2.0, 0.5))
BATCHES_AT = tuple((z, 2.0) for (z,) in BATCHES)

TEMPERED = Exercise(
    "tempered_softmax(logits, T)",
    lambda logits, T: softmax(logits, temperature=T),
    """Check softmax at a temperature: moderate logits, overflow not asked for.

    ``tempered_softmax(logits, T)`` takes an array of shape (C,) or (N, C) and a positive number,
    and returns the shares in the shape of the logits.

    >>> check.tempered_softmax(lambda z, T: np.exp(z / T) / np.exp(z).sum()).failed_law
    'the shares sum to 1'
    """,
    (
        Law("there is one share for every logit", AT, has_shape),
        Law("at T = 1 it is softmax", AT[::3]),
        Law("the shares sum to 1", AT, agrees(lambda p: p.sum(axis=-1))),
        Law("(3, 1, -3) at T = 2 gives (0.705, 0.259, 0.035)", (AT[4], AT[5], AT[1])),
        Law("a batch is shared out row by row", BATCHES_AT),
        left_alone((*AT, *BATCHES_AT), "the logits are left as they were"),
    ),
    TEMPERED_MISTAKES,
)

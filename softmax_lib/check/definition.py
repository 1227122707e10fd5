"""Checks of chapter 1, definition: `softmax_naive` and `hardmax`."""

import numpy as np

from softmax_lib import hardmax as right_hardmax
from softmax_lib import softmax as right_softmax
from softmax_lib.check.exercise import SECONDS, Exercise
from softmax_lib.check.fingerprints.definition import HARDMAX, NAIVE_SHARES
from softmax_lib.check.laws import Law, agrees, floats, has_shape, holds, left_alone

EXAMPLE = [3, 1, -3]  # the course's three logits
SMALL = floats([1, 0], EXAMPLE, [-1, -2, 0.5, 0])
LARGE = floats(
    [1000, 0], [1000, 1000], [0, 1000], [1000, 999], [-1000, -1000], [1000, -1000, -1000]
)
BATCHES = floats([[3, 1], [0, 0.5]], [EXAMPLE, [0, 0.5, 2]], [EXAMPLE, [0, 0.5, 2], [-1, 0, -2]])
INTEGERS = ((np.array(EXAMPLE),), (np.array([[0, 1], [2, 0]]),))

along_rows = Law("a batch is shared out row by row", BATCHES)
along_axis = Law("axis=0 shares out column by column", BATCHES, options={"axis": 0})
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
    Law("the shares sum to 1", SMALL, agrees(lambda p: p.sum(axis=-1))),
    Law(
        "a larger logit gets a larger share",
        (*SMALL, *floats([-1, -2])),
        holds(_rises_with, "shares in the order of the logits"),
    ),
    Law("(3, 1, -3) gives (0.879, 0.119, 0.002)", floats(EXAMPLE, [1, 0], [0, 0, 0, 0])),
    Law("adding a number to all logits changes nothing", floats([3, 2], [13, 11, 7], [-1, -3, -7])),
)

NAIVE = Exercise(
    "softmax_naive",
    "softmax_naive(logits)",
    right_softmax,
    (*FORMULA, along_rows, along_axis, of_integers, unchanged),
    NAIVE_SHARES,
)

CHOICE = Exercise(
    "hardmax",
    "hardmax(logits)",
    right_hardmax,
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


def softmax_naive(function, *, seconds=SECONDS):
    """Check softmax as the formula says: moderate logits, overflow not yet asked for.

    Parameters
    ----------
    function : callable
        ``softmax_naive(logits)`` takes an array of shape (C,) or, one example a row, (N, C),
        and returns the shares in the same shape, as an array or a list. If it has a parameter
        ``axis``, that is checked too.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check
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
    """
    return NAIVE.check(function, seconds)


def hardmax(function, *, seconds=SECONDS):
    """Check the hard choice: one-hot of the first maximum.

    Parameters
    ----------
    function : callable
        ``hardmax(logits)`` takes an array of shape (C,) or (N, C) and returns zeros and ones
        in the same shape. If it has a parameter ``axis``, that is checked too.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check
    >>> check.hardmax(lambda z: 1 * (z == np.max(z, axis=-1, keepdims=True))).diagnosis
    'all-maxima'
    """
    return CHOICE.check(function, seconds)

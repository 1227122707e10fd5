"""Checks of chapter 2, overflow: `softmax`, `log_softmax` and `logsumexp`."""

import numpy as np

from softmax_lib import log_softmax as right_log_softmax
from softmax_lib import logsumexp as right_logsumexp
from softmax_lib import softmax as right_softmax
from softmax_lib.check import definition
from softmax_lib.check.definition import EXAMPLE, LARGE, SMALL
from softmax_lib.check.exercise import SECONDS, Exercise
from softmax_lib.check.fingerprints.overflow import LOG_SOFTMAX, LOGSUMEXP, SOFTMAX
from softmax_lib.check.laws import Law, agrees, floats, has_shape, holds

SINGLE = (np.array([100, 0], dtype=np.float32),)

overflows = Law("logits of 1000 and -1000 make no nan", LARGE)
masked = Law("a logit of -inf rules its class out", floats([0, -np.inf], [3, 1, -np.inf]))
far_rows = Law("each row has its own maximum", floats([[0, 1], [1000, 1001]]))
of_singles = Law("float32 logits are logits too", (SINGLE,))


SAFE = Exercise(
    "softmax",
    "softmax(logits)",
    right_softmax,
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
    "log_softmax",
    "log_softmax(logits)",
    right_log_softmax,
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
            agrees(lambda log_p: np.exp(log_p).sum(axis=-1)),
        ),
        Law("(3, 1, -3) gives (-0.129, -2.129, -6.129)", floats(EXAMPLE, [1, 0], [0, 0, 0, 0])),
        Law("adding a number to all logits changes nothing", floats([3, 2], [13, 11, 7])),
        Law("a hopeless class keeps a finite number", LARGE),
        masked,
        Law("a batch is treated row by row", definition.BATCHES),
        far_rows,
        Law("axis=0 goes column by column", definition.BATCHES, options={"axis": 0}),
        definition.of_integers,
        of_singles,
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
    "logsumexp",
    "logsumexp(logits)",
    right_logsumexp,
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
        Law("axis=0 goes column by column", definition.BATCHES, options={"axis": 0}),
        definition.of_integers,
        of_singles,
        definition.unchanged,
    ),
    LOGSUMEXP,
)


def softmax(function, *, seconds=SECONDS):
    """Check softmax for every finite logit, and -inf: it must not overflow.

    Parameters
    ----------
    function : callable
        ``softmax(logits)`` takes an array of shape (C,) or, one example a row, (N, C), and
        returns the shares in the same shape, as an array or a list. If it has a parameter
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
    >>> def my_softmax(z):
    ...     e = np.exp(z)
    ...     return e / e.sum(axis=-1, keepdims=True)
    >>> report = check.softmax(my_softmax)
    >>> report.passed, report.failed_law
    (False, 'logits of 1000 and -1000 make no nan')
    >>> report.diagnosis, str(report.section)
    ('no-shift', 'chapter Overflow, section “Subtract the maximum”')
    """
    return SAFE.check(function, seconds)


def log_softmax(function, *, seconds=SECONDS):
    """Check the logarithm of softmax: finite wherever the logits are.

    Parameters
    ----------
    function : callable
        ``log_softmax(logits)`` takes an array of shape (C,) or (N, C) and returns
        log-probabilities in the same shape. A parameter ``axis`` is checked too.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check, softmax
    >>> check.log_softmax(lambda z: np.log(softmax(z))).diagnosis
    'log-of-softmax'
    """
    return LOGARITHM.check(function, seconds)


def logsumexp(function, *, seconds=SECONDS):
    """Check log-sum-exp, the soft maximum.

    Parameters
    ----------
    function : callable
        ``logsumexp(logits)`` takes an array of shape (C,) or (N, C) and returns one number,
        or N. A parameter ``axis`` is checked too.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check
    >>> check.logsumexp(lambda z: np.log(np.sum(np.exp(z - np.max(z))))).diagnosis
    'max-not-added-back'
    """
    return SOFT_MAXIMUM.check(function, seconds)

"""Checks of chapter 4, cross-entropy: labels, the loss of each example, and its mean."""

import numpy as np

from softmax_lib import one_hot as right_one_hot
from softmax_lib import softmax_cross_entropy as right_loss
from softmax_lib.check.definition import EXAMPLE
from softmax_lib.check.exercise import SECONDS, Exercise
from softmax_lib.check.fingerprints.cross_entropy import LOSS, MEAN_LOSS, ONE_HOT
from softmax_lib.check.laws import Law, agrees, has_shape, holds, left_alone


def _labels(*pairs):
    """Return inputs of labels and a number of classes."""
    return tuple((np.array(labels), classes) for labels, classes in pairs)


def batches(*pairs):
    """Return inputs of logits, one example a row, and labels."""
    return tuple((np.array(z, dtype=float), np.array(labels)) for z, labels in pairs)


FULL = _labels(([0, 1, 1], 2), ([2, 0], 3))

TARGETS = Exercise(
    "one_hot",
    "one_hot(labels, num_classes)",
    right_one_hot,
    (
        Law("there is one row a label, one column a class", FULL, has_shape),
        Law(
            "the numbers are zeros and ones",
            FULL,
            holds(lambda came, *_: bool(np.all((came == 0) | (came == 1))), "only 0 and 1"),
        ),
        Law("every row has one 1", FULL, agrees(lambda y: y.sum(axis=1))),
        Law("the 1 stands at the label", (*FULL, *_labels(([1, 0, 2], 3)))),
        Law("a class without an example keeps its column", _labels(([0], 2), ([1, 0], 4))),
        left_alone(FULL, "the labels are left as they were"),
    ),
    ONE_HOT,
)

SMALL = batches(([[1, 0]], [0]), ([[3, 1, -3], [0, 1, 2]], [0, 1]))
EACH_LABEL = batches(*(([EXAMPLE], [k]) for k in range(3)))
BATCH = batches(
    ([[3, 1], [0, 0.5]], [1, 0]),
    ([EXAMPLE, [0, 0.5, 2], [1, 1, 0]], [2, 0, 1]),
    ([[0, 1, 2]] * 2, [1, 2]),
)
LARGE = batches(
    ([[1000, 0]], [1]), ([[1000, 0]], [0]), ([[-1000, -1000]], [0]), ([[1000, -1000, -1000]], [0])
)

LOSSES = Exercise(
    "softmax_cross_entropy",
    "softmax_cross_entropy(logits, labels)",
    right_loss,
    (
        Law("there is one loss for each example", SMALL, has_shape),
        Law(
            "no loss is negative",
            SMALL,
            holds(lambda came, *_: bool(np.all(came >= 0)), "no number below 0"),
        ),
        Law(
            "a guess without knowledge costs log C",
            batches(([[0, 0]], [0]), ([[0, 0]], [1]), ([[0, 0, 0]], [1])),
        ),
        Law("(3, 1, -3) costs 0.129, 2.129 or 6.129", EACH_LABEL),
        Law("adding a number to all logits changes nothing", batches(([[13, 11, 7]], [1]))),
        Law("in a batch each example pays by its own label", BATCH),
        Law("logits of 1000 and -1000 have their right loss, not inf or nan", LARGE),
        Law("each row has its own maximum", batches(([[0, 1], [1000, 1001]], [0, 1]))),
        Law(
            "a class that is ruled out, and not true, costs nothing",
            batches(([[0, -np.inf]], [0]), ([[3, 1, -np.inf]], [1])),
        ),
        left_alone((*SMALL, *BATCH)),
    ),
    LOSS,
)

TWICE = ([[3, 1, -3], [0, 0.5, 2]] * 2, [2, 0] * 2)

MEAN_OF_LOSSES = Exercise(
    "mean_cross_entropy",
    "mean_cross_entropy(logits, labels)",
    lambda logits, labels: right_loss(logits, labels).mean(),
    (
        Law("there is one number for the batch", SMALL, has_shape),
        *(law for law in LOSSES.laws[1:-1] if law.inputs is not BATCH),
        Law("a batch costs the mean of what its examples cost", (*BATCH, *batches(TWICE))),
        left_alone((*SMALL, *BATCH)),
    ),
    MEAN_LOSS,
)


def one_hot(function, *, seconds=SECONDS):
    """Check the table that has a 1 at each label.

    Parameters
    ----------
    function : callable
        ``one_hot(labels, num_classes)`` takes an integer array of shape (N,) and the number C,
        and returns zeros and ones in the shape (N, C).
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check
    >>> check.one_hot(lambda labels, C: np.eye(max(labels) + 1)[labels]).diagnosis
    'width-from-labels'
    """
    return TARGETS.check(function, seconds)


def softmax_cross_entropy(function, *, seconds=SECONDS):
    """Check the loss, from logits and labels, one number for each example.

    Parameters
    ----------
    function : callable
        ``softmax_cross_entropy(logits, labels)`` takes logits of shape (N, C), one example a
        row, and integer labels of shape (N,), and returns N losses.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check, softmax
    >>> def my_loss(logits, labels):
    ...     return -np.log(softmax(logits)[np.arange(len(labels)), labels])
    >>> report = check.softmax_cross_entropy(my_loss)
    >>> report.diagnosis, report.failure.came, report.failure.expected
    ('log-of-softmax', '[inf]', '[1000]')
    """
    return LOSSES.check(function, seconds)


def mean_cross_entropy(function, *, seconds=SECONDS):
    """Check the mean loss of a batch, from logits and labels.

    Parameters
    ----------
    function : callable
        ``mean_cross_entropy(logits, labels)`` takes logits of shape (N, C), one example a row,
        and integer labels of shape (N,), and returns one number.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check, log_softmax
    >>> check.mean_cross_entropy(lambda z, k: -log_softmax(z)[:, k].mean()).diagnosis
    'all-labels-in-every-row'
    """
    return MEAN_OF_LOSSES.check(function, seconds)

"""Checks of chapter 3, derivative: the Jacobian and the products with it."""

import numpy as np

from softmax_lib import softmax_jacobian as right_jacobian
from softmax_lib import softmax_jvp as right_jvp
from softmax_lib import softmax_vjp as right_vjp
from softmax_lib.check.definition import BATCHES, EXAMPLE, LARGE
from softmax_lib.check.exercise import SECONDS, Exercise
from softmax_lib.check.fingerprints.derivative import JACOBIAN, PRODUCT
from softmax_lib.check.laws import Law, agrees, floats, has_shape, left_alone

SMALL = floats([0, 0], [1, 0], EXAMPLE, [0.5, -1, 2, 0])

MATRIX = Exercise(
    "softmax_jacobian",
    "softmax_jacobian(logits)",
    right_jacobian,
    (
        Law("there is one entry for every pair of classes", SMALL, has_shape),
        Law("every row sums to 0", SMALL, agrees(lambda J: J.sum(axis=1))),
        Law("it is its own transpose", SMALL, agrees(lambda J: J - J.T)),
        Law("the diagonal is p_i (1 - p_i)", SMALL, agrees(np.diag)),
        Law(
            "off the diagonal it is -p_i p_j",
            SMALL,
            agrees(lambda J: J * (1 - np.eye(len(J)))),
        ),
        Law("logits of 1000 and -1000 make no nan", LARGE),
        left_alone(SMALL, "the logits are left as they were"),
    ),
    JACOBIAN,
)


def _pairs(*rows):
    """Return inputs of two arrays each."""
    return tuple((np.array(z, dtype=float), np.array(v, dtype=float)) for z, v in rows)


def _product_laws(vector, action):
    """Return the laws of a product with J, told with the vector's name."""
    some = _pairs(([0, 0], [1, 0]), ([1, 0], [0, 2]), (EXAMPLE, [0, 1, 0]), (EXAMPLE, [2, -1, 1]))
    batch = tuple((z, np.flip(z) / 2) for (z,) in BATCHES)
    return (
        Law("there is one number for every logit", some, has_shape),
        Law(f"equal logits (0, 0) and the {vector} (1, 0) give (1/4, -1/4)", some[:1]),
        Law(
            f"a {vector} of equal numbers gives 0",
            _pairs(([1, 0], [1, 1]), (EXAMPLE, [2, 2, 2])),
        ),
        Law(f"the {action} sum to 0", some, agrees(lambda product: product.sum(axis=-1))),
        Law(
            f"(3, 1, -3) and the {vector} (0, 1, 0) give (-0.105, 0.105, -0.000)",
            (*some[2:], *some[1:2]),
        ),
        Law(
            "logits of 1000 and -1000 make no nan",
            tuple((z, np.arange(1.0, 1 + z.size)) for (z,) in LARGE),
        ),
        Law("a batch is treated row by row", batch),
        left_alone((*some, *batch)),
    )


FORWARD = Exercise(
    "softmax_jvp",
    "softmax_jvp(logits, tangent)",
    right_jvp,
    _product_laws("tangent", "changes"),
    PRODUCT,
)
BACKWARD = Exercise(
    "softmax_vjp",
    "softmax_vjp(logits, cotangent)",
    right_vjp,
    _product_laws("cotangent", "slopes"),
    PRODUCT,
)


def softmax_jacobian(function, *, seconds=SECONDS):
    """Check the Jacobian matrix of softmax, for one example.

    Parameters
    ----------
    function : callable
        ``softmax_jacobian(logits)`` takes an array of shape (C,) and returns the entries
        dp_i / dz_j in the shape (C, C).
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import check, softmax
    >>> def my_jacobian(z):
    ...     p = softmax(z)
    ...     return np.outer(p, p) - np.diag(p)
    >>> report = check.softmax_jacobian(my_jacobian)
    >>> report.diagnosis, report.failed_law
    ('negated', 'the diagonal is p_i (1 - p_i)')
    """
    return MATRIX.check(function, seconds)


def softmax_jvp(function, *, seconds=SECONDS):
    """Check the Jacobian-vector product.

    Parameters
    ----------
    function : callable
        ``softmax_jvp(logits, tangent)`` takes two arrays of shape (C,) or (N, C) and returns
        J v in the same shape.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check, softmax
    >>> check.softmax_jvp(lambda z, v: softmax(z) * (v - v.mean())).diagnosis
    'plain-mean'
    """
    return FORWARD.check(function, seconds)


def softmax_vjp(function, *, seconds=SECONDS):
    """Check the vector-Jacobian product.

    Parameters
    ----------
    function : callable
        ``softmax_vjp(logits, cotangent)`` takes two arrays of shape (C,) or (N, C) and returns
        J^T u in the same shape.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check, softmax
    >>> check.softmax_vjp(lambda z, u: softmax(z) * u).diagnosis
    'mean-missing'
    """
    return BACKWARD.check(function, seconds)

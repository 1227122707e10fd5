"""Checks of chapter 3, derivative: the Jacobian and the products with it."""

import numpy as np

from softmax_lib import softmax, softmax_jacobian, softmax_jvp, softmax_vjp
from softmax_lib.check import definition, overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import along_columns, on_the_whole
from softmax_lib.check.definition import BATCHES, EXAMPLE, LARGE, total
from softmax_lib.check.overflow import naive, shifted

DIAGONAL_ONLY = Mistake(
    "diagonal-only",
    "Only the diagonal is there. p (1 - p) is one of two cases: every logit moves every share, "
    "the others by -p_i p_j.",
    "sec-two-cases",
)
OFF_DIAGONAL_SIGN = Mistake(
    "off-diagonal-sign",
    "The sign off the diagonal is wrong. When one share grows, the others shrink: -p_i p_j.",
    "sec-two-cases",
)
OUTER_WITH_REST = Mistake(
    "outer-with-complement",
    "The entry p_i (1 - p_j) stands everywhere. It is np.outer(p, 1 - p), or p - np.outer(p, p) "
    "without np.diag. Off the diagonal it is -p_i p_j.",
    "sec-two-cases",
)
DIAGONAL_TWICE = Mistake(
    "diagonal-twice",
    "The diagonal is changed twice. p (1 - p) has its -p^2 already, and np.outer(p, p) takes "
    "another one off: np.diag(p) - np.outer(p, p).",
    "sec-two-cases",
)
NEGATED = Mistake(
    "negated",
    "Everything has the wrong sign. Sums that must be 0 do not show it. A share grows with its "
    "own logit.",
    "sec-jacobian",
)
DELTA_MISSING = Mistake(
    "delta-missing",
    "Only the denominator is differentiated. On the diagonal the numerator moves as well; its "
    "derivative is the term diag(p).",
    "sec-two-cases",
)
OF_THE_LOGARITHM = Mistake(
    "of-the-logarithm",
    "This is the derivative of log p. The logarithm's is the same without the factor p_i in front.",
    "sec-lse-gradient",
)
SOFTMAX_MISSING = Mistake(
    "softmax-missing",
    "The logits stand where the shares should. The formula is made of p: take the softmax first.",
    "sec-jacobian",
)


def _matrix(diagonal, off):
    return np.where(np.eye(len(diagonal), dtype=bool), diagonal, off)


def _jacobian_of(p):
    return np.diag(p) - np.outer(p, p)


def _of_p(formula):
    """Return a wrong formula in p as a function of the logits, and the vector if any."""
    return lambda z, *vector: formula(softmax(z), *vector)


JACOBIAN = (
    DIAGONAL_ONLY.like(_of_p(lambda p: np.diag(p * (1 - p))), _of_p(lambda p: p * (1 - p))),
    OFF_DIAGONAL_SIGN.like(
        _of_p(lambda p: np.diag(p) + np.outer(p, p)),
        _of_p(lambda p: _matrix(p * (1 - p), np.outer(p, p))),
    ),
    Mistake(
        "row-times-row",
        "`p * p` is a row, not a matrix. It multiplies number by number, and NumPy repeats it: "
        "p_j squared stands where p_i p_j should. np.outer(p, p) is the matrix.",
        "sec-jacobian",
    ).like(_of_p(lambda p: np.diag(p) - p * p), _of_p(lambda p: np.diag(p) - (p * p)[:, None])),
    OUTER_WITH_REST.like(_of_p(lambda p: np.outer(p, 1 - p)), _of_p(lambda p: np.outer(1 - p, p))),
    DIAGONAL_TWICE.like(_of_p(lambda p: np.diag(p * (1 - p)) - np.outer(p, p))),
    NEGATED.like(lambda z: -softmax_jacobian(z)),
    Mistake(
        "outer-product-missing",
        "Only the numerator is differentiated. The denominator contains every logit too; its "
        "derivative is the term -p p^T.",
        "sec-two-cases",
    ).like(_of_p(np.diag)),
    DELTA_MISSING.like(_of_p(lambda p: -np.outer(p, p))),
    OF_THE_LOGARITHM.like(
        _of_p(lambda p: np.eye(p.size) - p), _of_p(lambda p: np.eye(p.size) - p[:, None])
    ),
    SOFTMAX_MISSING.like(lambda z: np.diag(z) - np.outer(z, z)),
    overflow.NO_SHIFT.like(
        lambda z: _jacobian_of(naive(z)),
        lambda z: _matrix(naive(z) * (1 - naive(z)), _jacobian_of(naive(z))),
    ),
    overflow.SHIFT_BY_MINIMUM.like(lambda z: _jacobian_of(shifted(z, z.min()))),
    overflow.SHIFT_BY_MEAN.like(lambda z: _jacobian_of(shifted(z, z.mean()))),
    general.FEW_DIGITS,
)


def _global_mean(z, v):
    p = softmax(z)
    return p * (v - np.sum(p * v))


def _mean_as_row(z, v):
    p = softmax(z)
    return p * (v - np.sum(p * v, axis=-1))


def _by_matrix_product(z, v):
    p = softmax(z)
    return p * (v - p @ v)


def _naive_product(z, v):
    p = naive(z)
    return p * (v - total(p * v))


PRODUCT = (
    DIAGONAL_ONLY.like(_of_p(lambda p, v: p * (1 - p) * v)),
    OFF_DIAGONAL_SIGN.like(_of_p(lambda p, v: p * (v + total(p * v)))),
    OUTER_WITH_REST.like(_of_p(lambda p, v: p * total((1 - p) * v))),
    DIAGONAL_TWICE.like(_of_p(lambda p, v: p * ((1 - p) * v - total(p * v)))),
    NEGATED.like(lambda z, v: -softmax_jvp(z, v)),
    Mistake(
        "mean-missing",
        "The mean is not subtracted. A class gains only if its logit rises faster than the mean: "
        "p_i (v_i - mean).",
        "sec-products",
    ).like(_of_p(lambda p, v: p * v)),
    Mistake(
        "plain-mean",
        "The mean is not weighted. Each v_c counts with its share: the mean is the sum of p_c v_c.",
        "sec-products",
    ).like(_of_p(lambda p, v: p * (v - v.mean(axis=-1, keepdims=True)))),
    Mistake(
        "mean-outside",
        "The mean is subtracted outside the brackets. p_i (v_i - mean), not p_i v_i - mean: the "
        "changes must sum to 0.",
        "sec-products",
    ).like(_of_p(lambda p, v: p * v - total(p * v))),
    DELTA_MISSING.like(_of_p(lambda p, v: -p * total(p * v))),
    Mistake(
        "only-the-mean",
        "Only the weighted mean is returned. The result has one number for each logit: p_i (v_i - "
        "mean).",
        "sec-products",
    ).like(_of_p(lambda p, v: (p * v).sum(axis=-1))),
    OF_THE_LOGARITHM.like(_of_p(lambda p, v: v - total(p * v))),
    SOFTMAX_MISSING.like(lambda z, v: z * (v - total(z * v))),
    Mistake(
        "arguments-swapped",
        "The two arguments are taken for each other. The logits come first, the vector second.",
        "sec-products",
    ).like(lambda z, v: softmax_jvp(v, z)),
    Mistake(
        "finite-step",
        "This is a step, not a slope. The product is the change for a very small step, divided by "
        "its length.",
        "sec-nudge",
    ).like(lambda z, v: softmax(z + v) - softmax(z), lambda z, v: softmax(z + v)),
    overflow.NO_SHIFT.like(_naive_product),
    definition.WHOLE_ARRAY.like(on_the_whole(softmax_jvp), _global_mean),
    definition.WRONG_AXIS.like(along_columns(softmax_jvp)),
    definition.NO_KEEPDIMS.like(_mean_as_row),
    general.ONE_EXAMPLE_ONLY.like(_by_matrix_product, lambda z, v: softmax_jacobian(z) @ v),
    general.FEW_DIGITS,
)


SMALL = floats([0, 0], [1, 0], EXAMPLE, [0.5, -1, 2, 0])

MATRIX = Exercise(
    "softmax_jacobian(logits)",
    softmax_jacobian,
    """Check the Jacobian matrix of softmax, for one example.

    ``softmax_jacobian(logits)`` takes an array of shape (C,) and returns the entries
    dp_i / dz_j in the shape (C, C).

    >>> from softmax_lib import softmax
    >>> def my_jacobian(z):
    ...     p = softmax(z)
    ...     return np.outer(p, p) - np.diag(p)
    >>> report = check.softmax_jacobian(my_jacobian)
    >>> report.diagnosis, report.failed_law
    ('negated', 'the diagonal is p_i (1 - p_i)')
    """,
    (
        Law("there is one entry for every pair of classes", SMALL, has_shape),
        Law("every row sums to 0", SMALL, agrees(lambda J: J.sum(axis=1), "row sums")),
        Law("it is its own transpose", SMALL, agrees(lambda J: J - J.T, "less its transpose")),
        Law("the diagonal is p_i (1 - p_i)", SMALL, agrees(np.diag, "diagonal")),
        Law(
            "off the diagonal it is -p_i p_j",
            SMALL,
            agrees(lambda J: J * (1 - np.eye(len(J))), "off the diagonal"),
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
        Law(f"a {vector} of equal numbers gives 0", _pairs(([1, 0], [1, 1]), (EXAMPLE, [2, 2, 2]))),
        Law(f"the {action} sum to 0", some, agrees(lambda product: product.sum(axis=-1), "sum")),
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
    "softmax_jvp(logits, tangent)",
    softmax_jvp,
    """Check the Jacobian-vector product.

    ``softmax_jvp(logits, tangent)`` takes two arrays of shape (C,) or (N, C) and returns
    J v in the same shape.

    >>> from softmax_lib import softmax
    >>> check.softmax_jvp(lambda z, v: softmax(z) * (v - v.mean())).diagnosis
    'plain-mean'
    """,
    _product_laws("tangent", "changes"),
    PRODUCT,
)
BACKWARD = Exercise(
    "softmax_vjp(logits, cotangent)",
    softmax_vjp,
    """Check the vector-Jacobian product.

    ``softmax_vjp(logits, cotangent)`` takes two arrays of shape (C,) or (N, C) and returns
    J^T u in the same shape.

    >>> from softmax_lib import softmax
    >>> check.softmax_vjp(lambda z, u: softmax(z) * u).diagnosis
    'mean-missing'
    """,
    _product_laws("cotangent", "slopes"),
    PRODUCT,
)


def _log_jacobian(z):
    return np.eye(z.size) - softmax(z)


def _divided(z):
    with np.errstate(all="ignore"):
        return softmax_jacobian(z) / softmax(z)[:, None]


LOG_JACOBIAN = (
    Mistake(
        "zero-by-zero",
        "A share that has underflowed divides 0 by 0. Cancel the factor p_i on paper, before "
        "anything is computed: what is left is delta_ij - p_j.",
        "sec-lse-gradient",
    ).like(_divided),
    Mistake(
        "derivative-of-the-share",
        "This is the derivative of p, not of log p. The logarithm takes the factor p_i away.",
        "sec-lse-gradient",
    ).like(softmax_jacobian),
    Mistake(
        "share-of-the-row",
        "Each row repeats its own share. The share belongs to the logit that is raised, the "
        "column: every row holds the whole p.",
        "sec-lse-gradient",
    ).like(lambda z: _log_jacobian(z).T),
    Mistake(
        "log-sum-exp-held",
        "Only z_i is differentiated. log-sum-exp moves as well; its slopes are p.",
        "sec-lse-gradient",
    ).like(lambda z: np.eye(z.size)),
    Mistake(
        "log-sum-exp-added",
        "The shares are added. log p_i is z_i minus log-sum-exp, so its slopes are delta_ij minus "
        "p_j.",
        "sec-lse-gradient",
    ).like(lambda z: np.eye(z.size) + softmax(z)),
    Mistake(
        "own-logit-missing",
        "Only log-sum-exp is differentiated. z_i itself is missing; its slope is 1, on the "
        "diagonal.",
        "sec-lse-gradient",
    ).like(lambda z: np.tile(-softmax(z), (z.size, 1))),
    overflow.NO_SHIFT.like(lambda z: np.eye(z.size) - naive(z)),
    general.FEW_DIGITS,
)
LOGARITHM = Exercise(
    "log_softmax_jacobian(logits)",
    _log_jacobian,
    """Check the Jacobian matrix of the logarithm of softmax, for one example.

    ``log_softmax_jacobian(logits)`` takes an array of shape (C,) and returns the entries
    d(log p_i) / dz_j in the shape (C, C).

    >>> from softmax_lib import softmax_jacobian
    >>> check.log_softmax_jacobian(softmax_jacobian).diagnosis
    'derivative-of-the-share'
    """,
    (
        Law("there is one entry for every pair of classes", SMALL, has_shape),
        Law("every row sums to 0", SMALL, agrees(lambda J: J.sum(axis=1), "row sums")),
        Law("the diagonal is 1 - p_i", SMALL, agrees(np.diag, "diagonal")),
        Law(
            "off the diagonal it is -p_j",
            SMALL,
            agrees(lambda J: J * (1 - np.eye(len(J))), "off the diagonal"),
        ),
        Law("logits of 1000 and -1000 make no nan", LARGE),
        left_alone(SMALL, "the logits are left as they were"),
    ),
    LOG_JACOBIAN,
)


def _heated(z, T):
    return -softmax_jvp(z / T, z - z.max()) / T**2


def _with_shares(formula):
    """Return a wrong formula in p at the temperature T as a function of logits and temperature."""
    return lambda z, T: formula(softmax(z / T), z, T)


HEATED = (
    Mistake(
        "shares-at-one",
        "The shares are taken at the temperature 1. In the slope at T they are those at T, in the "
        "mean too: softmax(z / T).",
        "sec-temperature-slope",
    ).like(lambda z, T: -softmax_jvp(z, z) / T**2),
    Mistake(
        "heat-gives",
        "The sign is wrong. Heat takes from the classes above the mean: 1 / T falls as T rises.",
        "sec-temperature-slope",
    ).like(lambda z, T: -_heated(z, T)),
    Mistake(
        "temperature-left-out",
        "The factor 1 / T^2 is missing. It is the slope of 1 / T, but for its sign.",
        "sec-temperature-slope",
    ).like(lambda z, T: _heated(z, T) * T**2),
    Mistake(
        "divided-once",
        "It is divided by T once. The slope of 1 / T is -1 / T^2.",
        "sec-temperature-slope",
    ).like(lambda z, T: _heated(z, T) * T),
    Mistake(
        "divided-thrice",
        "It is divided by T once too often. If z / T stands in the brackets, only 1 / T stands in "
        "front of them.",
        "sec-temperature-slope",
    ).like(lambda z, T: _heated(z, T) / T),
    Mistake(
        "plain-mean-of-logits",
        "The mean logit is not weighted. Each logit counts with its share: it is the sum of p_c "
        "z_c.",
        "sec-temperature-slope",
    ).like(_with_shares(lambda p, z, T: -p * (z - z.mean()) / T**2)),
    Mistake(
        "mean-logit-missing",
        "The mean logit is not subtracted. What some classes lose the others gain, so the slopes "
        "sum to 0.",
        "sec-temperature-slope",
    ).like(_with_shares(lambda p, z, T: -p * z / T**2)),
    overflow.NO_SHIFT.like(lambda z, T: -_naive_product(z / T, z) / T**2),
    general.FEW_DIGITS,
)


_HEATS = tuple(
    (np.array(z, dtype=float), T)
    for z, T in (([1, 0], 1.0), ([2, 0], 2.0), *((EXAMPLE, T) for T in (1.0, 0.5, 4.0, 32.0)))
)
_LEVEL = tuple((np.full(size, 2.0), T) for size, T in ((2, 1.0), (3, 4.0)))
HEAT = Exercise(
    "temperature_slope(logits, temperature)",
    _heated,
    """Check the slope of softmax in the temperature, for one example.

    ``temperature_slope(logits, temperature)`` takes an array of shape (C,) and a number, and
    returns the slopes dp_i / dT in the shape (C,).

    >>> from softmax_lib import softmax
    >>> check.temperature_slope(lambda z, T: -softmax(z / T) * z / T**2).diagnosis
    'mean-logit-missing'
    """,
    (
        Law("there is one number for every logit", _HEATS, has_shape),
        Law("equal logits do not react to heat", _LEVEL),
        Law("the slopes sum to 0", _HEATS, agrees(lambda slopes: slopes.sum(axis=-1), "sum")),
        Law("the slopes are right at the temperature 1", (_HEATS[0], _HEATS[2])),
        Law("the slopes are right at other temperatures", _HEATS),
        Law("logits of 1000 and -1000 make no nan", tuple((z, 0.5) for (z,) in LARGE)),
        left_alone(_HEATS),
    ),
    HEATED,
)

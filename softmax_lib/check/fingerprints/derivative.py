"""How the mistakes of chapter 3 show: the Jacobian and the products with it."""

import numpy as np

from softmax_lib import softmax, softmax_jacobian, softmax_jvp
from softmax_lib.check.fingerprints.definition import total
from softmax_lib.check.fingerprints.overflow import naive, shifted
from softmax_lib.check.fingerprints.tools import ROUNDED, along_columns, on_the_whole
from softmax_lib.check.mistakes import definition, derivative, general, overflow


def _matrix(diagonal, off):
    return np.where(np.eye(len(diagonal), dtype=bool), diagonal, off)


def _jacobian_of(p):
    return np.diag(p) - np.outer(p, p)


def _of_p(formula):
    """Return a wrong formula in p as a function of the logits, and the vector if any."""
    return lambda z, *vector: formula(softmax(z), *vector)


JACOBIAN = (
    derivative.DIAGONAL_ONLY.like(
        _of_p(lambda p: np.diag(p * (1 - p))),
        _of_p(lambda p: p * (1 - p)),
    ),
    derivative.OFF_DIAGONAL_SIGN.like(
        _of_p(lambda p: np.diag(p) + np.outer(p, p)),
        _of_p(lambda p: _matrix(p * (1 - p), np.outer(p, p))),
    ),
    derivative.ROW_TIMES_ROW.like(
        _of_p(lambda p: np.diag(p) - p * p),
        _of_p(lambda p: np.diag(p) - (p * p)[:, None]),
    ),
    derivative.NEGATED.like(lambda z: -softmax_jacobian(z)),
    derivative.OUTER_MISSING.like(_of_p(np.diag)),
    derivative.DELTA_MISSING.like(_of_p(lambda p: -np.outer(p, p))),
    derivative.OF_THE_LOGARITHM.like(
        _of_p(lambda p: np.eye(p.size) - p),
        _of_p(lambda p: np.eye(p.size) - p[:, None]),
    ),
    derivative.SOFTMAX_MISSING.like(lambda z: np.diag(z) - np.outer(z, z)),
    overflow.NO_SHIFT.like(
        lambda z: _jacobian_of(naive(z)),
        lambda z: _matrix(naive(z) * (1 - naive(z)), _jacobian_of(naive(z))),
    ),
    overflow.SHIFT_BY_MINIMUM.like(lambda z: _jacobian_of(shifted(z, z.min()))),
    overflow.SHIFT_BY_MEAN.like(lambda z: _jacobian_of(shifted(z, z.mean()))),
    ROUNDED,
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
    derivative.DIAGONAL_ONLY.like(_of_p(lambda p, v: p * (1 - p) * v)),
    derivative.OFF_DIAGONAL_SIGN.like(_of_p(lambda p, v: p * (v + total(p * v)))),
    derivative.NEGATED.like(lambda z, v: -softmax_jvp(z, v)),
    derivative.MEAN_MISSING.like(_of_p(lambda p, v: p * v)),
    derivative.PLAIN_MEAN.like(_of_p(lambda p, v: p * (v - v.mean(axis=-1, keepdims=True)))),
    derivative.MEAN_OUTSIDE.like(_of_p(lambda p, v: p * v - total(p * v))),
    derivative.DELTA_MISSING.like(_of_p(lambda p, v: -p * total(p * v))),
    derivative.ONLY_THE_MEAN.like(_of_p(lambda p, v: (p * v).sum(axis=-1))),
    derivative.OF_THE_LOGARITHM.like(_of_p(lambda p, v: v - total(p * v))),
    derivative.SOFTMAX_MISSING.like(lambda z, v: z * (v - total(z * v))),
    derivative.ARGUMENTS_SWAPPED.like(lambda z, v: softmax_jvp(v, z)),
    derivative.FINITE_STEP.like(
        lambda z, v: softmax(z + v) - softmax(z), lambda z, v: softmax(z + v)
    ),
    overflow.NO_SHIFT.like(_naive_product),
    definition.WHOLE_ARRAY.like(on_the_whole(softmax_jvp), _global_mean),
    definition.WRONG_AXIS.like(along_columns(softmax_jvp)),
    definition.NO_KEEPDIMS.like(_mean_as_row),
    general.ONE_EXAMPLE_ONLY.like(
        _by_matrix_product,
        lambda z, v: softmax_jacobian(z) @ v,
    ),
    ROUNDED,
)

"""What a target may be: integer labels, or distributions that sum to 1."""

import numpy as np

from softmax_lib._engine.arrays import (
    as_floating,
    class_axis,
    one_value_a_row,
    refuse_dask,
    same_shape,
    without_axes,
)
from softmax_lib._engine.reductions import row_sum
from softmax_lib._engine.tiles import computing_dtype, over_tiles

TOLERANCE = 1e-6  # by which a sum of targets may be off 1 in any dtype, if not by more


def as_targets(targets, logits, axis):
    """Return targets as integer labels or as floating distributions, or raise.

    One dimension fewer than the logits makes them labels; otherwise they are distributions. A
    single logit, which has no dimension to lose, is told by its type: integers are labels.
    """
    shape = np.shape(logits)
    if shape == () and np.ndim(targets) == 0 and np.asarray(targets).dtype.kind in "iu":
        return as_labels(targets, 1)
    if _ndim(targets) == len(shape) - 1:
        without_axis = shape[:axis] + shape[axis + 1 :]
        return as_labels(targets, shape[axis], shape=without_axis)
    array = as_floating(targets, "targets")
    same_shape(array, "targets", logits, "logits")
    return as_distribution(array, "targets", axis)


def _ndim(values):
    try:
        return np.ndim(values)
    except ValueError:  # ragged: as_floating says so
        return None


def as_integers(labels):
    """Return labels as an integer array of any values, or raise."""
    if isinstance(labels, np.ma.MaskedArray):
        raise TypeError("labels must not be a masked array, whose mask would be ignored")
    refuse_dask(labels, "labels")
    try:
        array = np.asarray(labels)
    except ValueError as error:
        raise TypeError(f"labels must be a rectangular array of integers: {error}") from None
    if array.size == 0 and not isinstance(labels, np.ndarray):
        array = array.astype(np.intp)  # an empty list has no dtype of its own
    if array.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, got an array of dtype {array.dtype}")
    return array


def as_labels(labels, num_classes, *, shape=None, beside="logits"):
    """Return labels as an integer array with values from 0 to num_classes - 1, or raise.

    With ``shape``, the labels must have it: the shape of ``beside`` without its class axis.
    """
    array = as_integers(labels)
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"labels have shape {array.shape}, but {beside} without the class axis have {shape}"
        )
    # Two passes that allocate nothing; the offender is looked for only if there is one.
    if array.size and (array.min() < 0 or array.max() >= num_classes):
        position = tuple(int(i) for i in np.argwhere((array < 0) | (array >= num_classes))[0])
        where = f" at position {position[0] if len(position) == 1 else position}" * bool(position)
        raise ValueError(
            f"labels must be from 0 to {num_classes - 1}, got {int(array[position])}{where}"
        )
    return array


def as_distribution(values, name, axis):
    """Return values as a floating array, non-negative and with sum 1 along axis, or raise."""
    array = as_floating(values, name)
    axis = class_axis(array, axis, name)
    if array.size and not np.min(array) >= 0:
        raise ValueError(f"{name} must be non-negative, got {array[~(array >= 0)][0]}")
    allowed = allowed_error(array.dtype, array.shape[axis] if array.ndim else 1)
    off = one_value_a_row(array, (axis,), np.dtype(bool))
    off = without_axes(over_tiles(_sum_is_off, (axis,), off, array, allowed=allowed), (axis,))
    if off.any():
        first = np.moveaxis(array.reshape(array.shape or 1), axis, -1)[off][0]
        with np.errstate(over="ignore"):
            got = first.sum(dtype=computing_dtype(array.dtype))
        raise ValueError(f"{name} must sum to 1 along axis {axis}, got a sum of {got}")
    return array


def allowed_error(dtype, classes):
    """Return by how much a sum of so many targets may be off 1."""
    computed, stored = computing_dtype(dtype), np.finfo(dtype)
    # What the caller's own sum of C terms was off by, as far as it was made in that dtype; and
    # the rounding to the stored dtype, which is relative, except for a float16 near underflow.
    # Targets normalised in float32 and held as float64 are everyday input.
    allowed = 8 * (float(stored.eps) + np.sqrt(classes) * float(np.finfo(computed).eps))
    allowed += classes * float(stored.smallest_subnormal)
    return max(allowed, TOLERANCE)


def _sum_is_off(off, y, *, axis, allowed):
    sums = row_sum(y, axis, computing_dtype(y.dtype))
    off[...] = ~(np.abs(sums - 1) <= allowed)

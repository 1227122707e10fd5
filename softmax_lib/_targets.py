"""What a target may be: integer labels, or distributions that sum to 1."""

import numpy as np

from softmax_lib._arrays import Rows, as_floating, one_axis, require_classes, same_shape


def as_targets(targets, logits, axis):
    """Return targets as integer labels or as floating distributions, or raise.

    One dimension fewer than the logits makes them labels; otherwise they are distributions.
    """
    shape = np.shape(logits)
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


def as_labels(labels, num_classes, *, shape=None, beside="logits"):
    """Return labels as an integer array with values from 0 to num_classes - 1, or raise.

    With ``shape``, the labels must have it: the shape of ``beside`` without its class axis.
    """
    if isinstance(labels, np.ma.MaskedArray):
        raise TypeError("labels must not be a masked array, whose mask would be ignored")
    try:
        array = np.asarray(labels)
    except ValueError as error:
        raise TypeError(f"labels must be a rectangular array of integers: {error}") from None
    if array.size == 0 and not isinstance(labels, np.ndarray):
        array = array.astype(np.intp)  # an empty list has no dtype of its own
    if array.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, got an array of dtype {array.dtype}")
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"labels have shape {array.shape}, but {beside} without the class axis have {shape}"
        )
    wrong = (array < 0) | (array >= num_classes)
    if wrong.any():
        position = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = f" at position {position[0] if len(position) == 1 else position}" * bool(position)
        raise ValueError(
            f"labels must be from 0 to {num_classes - 1}, got {int(array[position])}{where}"
        )
    return array.astype(np.intp)


def as_distribution(values, name, axis):
    """Return values as a floating array, non-negative and with sum 1 along axis, or raise."""
    array = as_floating(values, name)
    rows = Rows(array, one_axis(axis, array.ndim)).values
    require_classes(array, axis, name)
    wrong = ~(rows >= 0)
    if wrong.any():
        raise ValueError(f"{name} must be non-negative, got {rows[wrong][0]}")
    with np.errstate(over="ignore"):
        sums = rows.sum(axis=-1)
    # What the caller's own sum of C terms was off by, as far as it was made in rows.dtype; and
    # the rounding to array.dtype, which is relative, except for a float16 near underflow.
    classes, stored = rows.shape[-1], np.finfo(array.dtype)
    allowed = 8 * (float(stored.eps) + np.sqrt(classes) * float(np.finfo(rows.dtype).eps))
    allowed += classes * float(stored.smallest_subnormal)
    off = ~(np.abs(sums - 1) <= allowed)
    if off.any():
        raise ValueError(f"{name} must sum to 1 along axis {axis}, got a sum of {sums[off][0]}")
    return array

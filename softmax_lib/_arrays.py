"""What every function does with its array before and after its formula.

The formulas of the course are written for one row of numbers. This module turns an array
and an axis into rows, and the rows back into an array, so that each formula stands once.
"""

import math
import operator

import numpy as np


def as_floating(values, name, *, allow_complex=False):
    """Return ``values`` as an array of floating numbers; never a modified argument.

    Floating dtypes are kept, integers and booleans become float64. Everything else is a
    TypeError that names the argument: complex, object, string, date, masked or ragged.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} must not be a masked array, whose mask would be ignored; "
            "fill the masked logits with -inf first"
        )
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise TypeError(f"{name} must be a rectangular array of numbers: {error}") from None
    kind = array.dtype.kind
    if kind in "biu":
        return array.astype(np.float64)
    if kind == "f" or (allow_complex and kind == "c"):
        return array
    raise TypeError(f"{name} must be real numbers, got an array of dtype {array.dtype}")


def as_number(value, name):
    """Return ``value`` as one floating number, or raise a TypeError."""
    number = as_floating(value, name)
    if number.ndim:
        raise TypeError(f"{name} must be one number, got an array of shape {number.shape}")
    return number[()]


def as_matrix(values, name):
    """Return ``values`` as a floating array with two dimensions, or raise."""
    array = as_floating(values, name)
    if array.ndim != 2:
        raise ValueError(f"{name} must be a matrix, got an array of shape {array.shape}")
    return array


def computing_dtype(dtype):
    """The native dtype to compute in: float32 for float16, which is rounded once, at the end."""
    dtype = np.dtype(dtype).newbyteorder("=")
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def one_axis(axis, ndim):
    """Return an integer axis as a number from 0 to ndim - 1; 0-d arrays count as one element."""
    if axis is None or isinstance(axis, (tuple, list)):
        raise TypeError(f"axis must be an int, got {axis!r}")
    return _axes(axis, ndim)[0]


def _axes(axis, ndim):
    """Return axis (int, tuple of ints or None for all) as a tuple of numbers below ndim."""
    if axis is None:
        return tuple(range(ndim))
    given = axis if isinstance(axis, tuple) else (axis,)
    try:
        given = tuple(operator.index(item) for item in given)
    except TypeError:
        raise TypeError(f"axis must be an int, a tuple of ints or None, got {axis!r}") from None
    dimensions = max(ndim, 1)  # a 0-d array has one element, reached by axis 0 or -1
    for item in given:
        if not -dimensions <= item < dimensions:
            raise np.exceptions.AxisError(item, ndim)
    axes = tuple(item % dimensions for item in given)
    if len(set(axes)) < len(axes):
        raise ValueError(f"axis names a dimension twice: {axis!r}")
    return axes


def require_classes(array, axis, name="logits"):
    """Raise a ValueError if ``array`` has no element along ``axis``: no class to share among."""
    if array.ndim and not all(array.shape[d] for d in _axes(axis, array.ndim)):
        raise ValueError(f"{name} of shape {array.shape} hold no class along axis {axis}")


class Rows:
    """An array seen as rows: the axes of a reduction merged into one last, contiguous axis.

    ``values`` has shape (..., n) in the dtype to compute in, and is always a fresh copy:
    formulas may write into it. Contiguous rows also let NumPy add pairwise, whatever the
    axis was, so the rounding error of a sum does not depend on the layout.
    """

    def __init__(self, array, axis):
        self.shape, self.dtype = array.shape, array.dtype.newbyteorder("=")
        if array.ndim == 0:
            array = array.reshape(1)
        self._wide = array.shape
        self._axes = _axes(axis, len(self.shape))
        self._kept = tuple(d for d in range(array.ndim) if d not in self._axes)
        front = array.transpose(self._kept + self._axes)
        self._front = front.shape
        rows = front.shape[: len(self._kept)]
        length = math.prod(front.shape[len(self._kept) :])
        self.values = np.array(front, dtype=computing_dtype(array.dtype), order="C")
        self.values = self.values.reshape(*rows, length)
        self.kept_shape = tuple(n for d, n in enumerate(self.shape) if d not in self._axes)

    def restore(self, values):
        """Return values of shape (..., n) in the array's own shape and dtype."""
        back = np.argsort(self._kept + self._axes)
        return _rounded(values.reshape(self._front).transpose(back), self.dtype, self.shape)

    def reduce(self, values, keepdims=False):
        """Return one value a row, shape (..., 1), without (or with) the reduced dimensions."""
        shape = self.kept_shape
        if keepdims:
            shape = tuple(1 if d in self._axes else n for d, n in enumerate(self.shape))
        return _rounded(values, self.dtype, shape)


def _rounded(values, dtype, shape):
    # A value beyond the range of float16 is inf there, which is its right rounding.
    with np.errstate(over="ignore", under="ignore"):
        return values.reshape(shape).astype(dtype, order="C", copy=False)[()]


def same_shape(array, name, other, other_name):
    """Raise a ValueError that shows both shapes, unless they are equal."""
    if np.shape(array) != np.shape(other):
        raise ValueError(
            f"{name} must have the shape of {other_name}: "
            f"got {np.shape(array)}, {other_name} have {np.shape(other)}"
        )


def checked_out(out, array):
    """Raise unless a result the like of ``array`` can be written into ``out``."""
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"out must be a NumPy array, got {type(out).__name__}")
    if out.shape != array.shape:
        raise ValueError(f"out has shape {out.shape}, the result has shape {array.shape}")
    native = array.dtype.newbyteorder("=")
    if out.dtype.newbyteorder("=") != native:
        raise TypeError(f"out has dtype {out.dtype}, the result has dtype {native}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    same = out.__array_interface__["data"] == array.__array_interface__["data"]
    if not (same and out.strides == array.strides) and np.shares_memory(out, array):
        raise ValueError("out overlaps the logits in part; pass the logits themselves or a copy")


def first_maximum(rows):
    """Return each row's largest value and the index of its first occurrence, shape (..., 1)."""
    index = np.expand_dims(np.argmax(rows, axis=-1), -1)
    return np.take_along_axis(rows, index, -1), index

"""What every function asks of its arguments, and the arrays that it returns."""

import functools
import operator

import numpy as np

IN_MEMORY = (np.ndarray, list, tuple, float, int)  # of which nothing has to be asked


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
    if type(values) not in IN_MEMORY:
        refuse_dask(values, name)
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


def refuse_dask(values, name):
    """Raise a TypeError for a Dask array, which NumPy would load whole; Dask is not imported."""
    if any(cls.__module__.startswith("dask.") for cls in type(values).__mro__):
        raise TypeError(
            f"{name} must be an array in memory, got a Dask array, which would be loaded whole; "
            "softmax_lib.distributed works on it piece by piece"
        )


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


def axes_of(axis, ndim):
    """Return axis (int, tuple of ints or None for all) as a tuple of numbers below ndim."""
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
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


def one_axis(axis, ndim):
    """Return an integer axis as a number from 0 to ndim - 1; 0-d arrays count as one element."""
    if axis is None or isinstance(axis, (tuple, list)):
        raise TypeError(f"axis must be an int, got {axis!r}")
    return axes_of(axis, ndim)[0]


def class_axes(array, axis, name="logits"):
    """Return `axes_of`; a ValueError if no element is there: no class to share among."""
    axes = axes_of(axis, array.ndim)
    if array.size == 0 and not all(array.shape[d] for d in axes):
        raise ValueError(f"{name} of shape {array.shape} hold no class along axis {axis}")
    return axes


def class_axis(array, axis, name="logits"):
    """Return the only axis of `class_axes`, for functions that take no more than one."""
    return class_axes(array, one_axis(axis, array.ndim), name)[0]


def like(array, dtype=None):
    """Return an uninitialised result of the array's shape and layout, and a native dtype."""
    if dtype is None and array.dtype.isnative:
        return np.empty_like(array, subok=False)
    return np.empty_like(array, _native(dtype or array.dtype), subok=False)


def one_value_a_row(array, axes, dtype=None):
    """Return an uninitialised result whose ``axes`` have length 1, of a native dtype."""
    shape = [1 if d in axes else n for d, n in enumerate(array.shape)]
    return np.empty(shape, _native(dtype or array.dtype))


@functools.cache
def _native(dtype):
    return dtype.newbyteorder("=")


def without_axes(array, axes):
    """Return the array without those axes, all of length 1; a scalar if no other is left."""
    return array.reshape([n for d, n in enumerate(array.shape) if d not in axes])[()]


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

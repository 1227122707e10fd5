"""Oracles and strategies that more than one test file needs."""

import contextlib
import warnings

import mpmath
import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

EXAMPLE = (3.0, 1.0, -3.0)  # the course's three logits
FLOATS = (np.float16, np.float32, np.float64, np.longdouble)
INTEGERS = (np.bool_, np.int8, np.uint8, np.int32, np.uint64)

# Enough to meet every shape and every kind of value; the profile of conftest.py decides the rest.
few = settings(max_examples=20)


@contextlib.contextmanager
def strict():
    """Turn every warning, and every floating-point flag, into an error."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        yield


# --- arbitrary precision -----------------------------------------------------------------------


def exact(value):
    """Return a floating number of any dtype as an mpmath number, without rounding."""
    value = np.longdouble(value)
    high = np.float64(value)
    if not np.isfinite(high):
        return mpmath.mpf(float(high))
    return mpmath.mpf(float(high)) + mpmath.mpf(float(value - high))


def exact_logsumexp(row, temperature=1):
    """Return log sum exp(z / T) of one row of numbers to 60 digits."""
    with mpmath.workdps(60):
        z = [exact(value) / exact(temperature) for value in row]
        largest = max(z)
        return largest + mpmath.log(mpmath.fsum(mpmath.exp(value - largest) for value in z))


def exact_log_softmax(row, temperature=1):
    """Return the logarithms of softmax(z / T) of one row to 60 digits and more."""
    # log p of a confident class is about -exp(-gap), with gaps up to 745: the digits of 1 come on
    # top of the 60.
    with mpmath.workdps(400):
        z = [exact(value) / exact(temperature) for value in row]
        largest = max(z)
        total = mpmath.fsum(mpmath.exp(value - largest) for value in z)
        return [value - largest - mpmath.log(total) for value in z]


def exact_softmax(row, temperature=1):
    """Return softmax(z / T) of one row to 60 digits."""
    with mpmath.workdps(60):
        return [mpmath.exp(value) for value in exact_log_softmax(row, temperature)]


def exact_loss(row, label):
    """Return the cross-entropy of one row for a label to 60 digits."""
    with mpmath.workdps(400):
        return -exact_log_softmax(row)[label]


def exact_gradient(row, label):
    """Return p - y of one row for a label to 60 digits."""
    with mpmath.workdps(400):
        p = [mpmath.exp(value) for value in exact_log_softmax(row)]
        return [value - (i == label) for i, value in enumerate(p)]


def ulps(got, wanted):
    """Return the largest distance of ``got`` from exact values, in units in the last place."""
    got = np.atleast_1d(got)
    wanted = wanted if isinstance(wanted, list) else [wanted]
    assert got.shape == (len(wanted),)
    with mpmath.workdps(400):
        return max(
            float(abs(exact(a) - b) / exact(np.spacing(np.abs(got.dtype.type(float(b))))))
            for a, b in zip(got, wanted, strict=True)
        )


# --- arrays ------------------------------------------------------------------------------------


def _strided(array):
    wide = np.ones(tuple(2 * n for n in array.shape), array.dtype)
    view = wide[(slice(None, None, 2),) * array.ndim]
    view[...] = array
    return view


def _reversed(array):
    back = (slice(None, None, -1),) * array.ndim
    return array[back].copy()[back]


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


# The same values in another place or order of memory.
LAYOUTS = {
    "Fortran": lambda array: np.array(array, order="F"),
    "strided": _strided,
    "reversed": _reversed,
    "read-only": _read_only,
    "big-endian": lambda array: array.astype(array.dtype.newbyteorder(">")),
    "unaligned": lambda array: np.frombuffer(
        b"\0" + array.tobytes(), dtype=array.dtype, offset=1
    ).reshape(array.shape),
    "list": lambda array: array.tolist(),
}


@st.composite
def logits(draw, dtypes=(np.float64,), bound=30, max_dims=3, max_side=4):
    """Draw an array of finite logits, and one of its axes, counted from either end."""
    shape = draw(hnp.array_shapes(max_dims=max_dims, max_side=max_side))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    # Sixteenths are exact in every dtype, and so are their differences: laws hold to rounding.
    elements = st.integers(-16 * bound, 16 * bound).map(lambda n: n / 16)
    z = draw(hnp.arrays(np.float64, shape, elements=elements)).astype(dtype)
    return z, draw(st.integers(-z.ndim, z.ndim - 1))


def anything(dtype, max_dims=3):
    """Draw arrays of a floating dtype with every value it has: nan, inf, subnormal, largest."""
    return hnp.arrays(dtype, hnp.array_shapes(max_dims=max_dims, max_side=4))


def distribution(z, axis=-1):
    """Return distributions made of any finite array, by plain normalisation."""
    weights = 1 + np.abs(z - np.floor(z)) + (np.floor(z) % 3)
    return weights / weights.sum(axis=axis, keepdims=True)


# What is no array of real numbers, by what is wrong with it; each has three entries.
NOT_REAL = {
    "complex": np.array([3 + 0j, 1, -3]),
    "object": np.array([3.0, None, -3.0], dtype=object),
    "string": ["3", "1", "-3"],
    "bytes": [b"3", b"1", b"-3"],
    "date": np.array(["2020", "2021", "2022"], dtype="datetime64[Y]"),
    "duration": np.array([1, 2, 3], dtype="timedelta64[D]"),
    "masked": np.ma.masked_array(EXAMPLE, mask=[0, 1, 0]),
    "ragged": [[3.0, 1.0], [-3.0]],
    "none": None,
}

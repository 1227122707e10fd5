"""The shift by the maximum: exponentials that stay in range, and what its rounding takes away.

Each function takes one tile; see ``tiles``.
"""

import functools

import numpy as np

from softmax_lib._engine.reductions import merge_tops, row_max, row_sum, sum_in_pieces, top_and_rest
from softmax_lib._engine.tiles import pieces


def gaps(z, m, temperature=1.0, out=None):
    """Return (z - m) / T."""
    if temperature == 1.0:
        return np.subtract(z, m, out=out)
    # A gap may overflow which the temperature brings back into range; half of it does not.
    scale = temperature.dtype.type(0.5 if temperature > 1 else 1.0)
    shifted = np.multiply(z, scale, out=out)
    shifted -= m * scale
    shifted /= temperature * scale
    return shifted


def rounding_of(z, m, gap):
    """Return (z - m) - gap exactly, for gap = z - m in floating point: Knuth's two-sum."""
    back = gap - z  # about -m
    return (z - (gap - back)) - (m + back)


def needed_shift(z, m, axis, temperature=1.0):
    """Return what to subtract before the exponentials: m, but 0 in rows that can do without.

    They can if no exponential leaves the range, for then there is no difference to be rounded.
    From m = 0 upwards what underflows would underflow shifted as well. None stands for all 0.
    """
    if temperature != 1.0:
        return m
    lowest, highest = _range(m.dtype, z.shape[axis])
    low, high = (m, m) if z.ndim == 1 else (np.minimum.reduce(m, None), np.maximum.reduce(m, None))
    if (
        low >= lowest
        and high <= highest
        and (low >= 0 or np.minimum.reduce(_smallest(z, axis), None) >= lowest)
    ):
        return None
    if z.ndim == 1:
        return m
    without = (m >= 0) & (m <= highest)
    if np.count_nonzero((m >= lowest) & (m < 0)):
        without |= (m <= highest) & (_smallest(z, axis) >= lowest)
    return np.where(without, 0, m)


def _smallest(z, axis):
    """Return each row's smallest entry but for -inf, whose exponential is 0 in either way."""
    smallest = np.minimum.reduce(z, axis, None, None, z.ndim > 1)
    if np.minimum.reduce(smallest, None) > -np.inf:
        return smallest
    parts = (
        np.minimum.reduce(z[piece], axis, None, None, z.ndim > 1, np.inf, z[piece] > -np.inf)
        for piece in pieces(z, axis)
    )
    return functools.reduce(np.minimum, parts)


def shift_of(z, axis, dtype, temperature=1.0):
    """Return `needed_shift`, but look for the rows' maxima only if an exponential may need them."""
    if temperature == 1.0 and z.ndim > 1:
        lowest, highest = _range(dtype, z.shape[axis])
        if np.minimum.reduce(z, None) >= lowest and np.maximum.reduce(z, None) <= highest:
            return None
    m, _ = row_max(z, axis, dtype)
    return needed_shift(z, m, axis, temperature)


@functools.cache
def _range(dtype, length):
    """Return the logits between which so many exponentials neither underflow nor overflow."""
    smallest, largest = np.log(np.finfo(dtype).tiny), np.log(np.finfo(dtype).max)
    return dtype.type(smallest + 1), dtype.type(largest - np.log(length) - 1)


def exponentials(z, s, dtype, temperature, out=None):
    """Return e^((z - s) / T)."""
    if s is None:
        return np.exp(z, out=out, dtype=dtype)
    shifted = gaps(z, s, temperature, out=out)
    return np.exp(shifted, out=shifted)


def rest_of(z, m, first, s, axis, temperature=1.0):
    """Return r, the sum of e^((z - m) / T) without the first maximum, whose term is 1."""
    if first is not None:
        terms = exponentials(z, s, m.dtype, temperature)
        top = terms[first]
        terms[first] = 0
        return row_sum(terms, axis) / top
    terms = (exponentials(z[piece], s, m.dtype, temperature) for piece in pieces(z, axis))
    top, rest = merge_tops((top_and_rest(part, axis) for part in terms), axis)
    return rest / top


def lost_by_shift(z, m, axis, rows=None):
    """Return what the rounding of z - m took from r, to first order; of the chosen rows, if any."""
    if rows is not None:
        m = np.compress(rows, m, axis=-1 - axis)

    def lost(piece):
        part = z[piece] if rows is None else np.compress(rows, z[piece], axis=-1 - axis)
        rounded = part - m
        error = rounding_of(part, m, rounded)
        # Where z is -inf, the error is nan and the term 0: any other number will do.
        return np.exp(rounded) * np.fmax(error, -1)

    return sum_in_pieces(lost, z, axis)


def log_total_of(z, axis, dtype, temperature=1.0):
    """Return m and log(1 + r)."""
    m, r = max_and_rest_of(z, axis, dtype, temperature)
    return m, np.log1p(r)


def max_and_rest_of(z, axis, dtype, temperature):
    """Return m and r."""
    m, first = row_max(z, axis, dtype)
    s = needed_shift(z, m, axis, temperature)
    r = rest_of(z, m, first, s, axis, temperature)
    if s is not None and temperature == 1.0:
        # z - m is exact if z >= m / 2, or 2 m below 0. Other terms are at most e^(-|m| / 2): r must
        # be small for their last digits to show.
        size = np.abs(m)
        near = (s != 0) & (r < z.shape[axis] * np.maximum(size, 1) * np.exp(-size / 2))
        if z.ndim == 1 and near:
            r += lost_by_shift(z, m, axis)
        elif np.count_nonzero(near):
            r[near] += lost_by_shift(z, m, axis, np.ravel(near)).ravel()
    return m, r

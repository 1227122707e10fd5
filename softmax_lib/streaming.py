"""The chapter on streaming: partial results of log-sum-exp, and how two of them become one."""

import numpy as np

from softmax_lib._engine.arrays import as_floating, axes_of, one_value_a_row, without_axes
from softmax_lib._engine.shift import gaps, max_and_rest_of, rounding_of
from softmax_lib._engine.tiles import computing_dtype, over_tiles
from softmax_lib.overflow import as_mask


def partial_logsumexp(logits, axis=-1, *, where=None):
    r"""What a piece of the logits has to tell: its largest, and the rest without it.

    .. math:: m = \max_c z_c, \qquad r = \sum_{c \ne i^*} e^{z_c - m}

    with i* the first place of the largest logit.

    Parameters
    ----------
    logits, axis, where
        As in `logsumexp`: the logits z of the piece.

    Returns
    -------
    top, rest : ndarray or scalar
        m and r, with `axis` removed. In the dtype of the logits; float16 gives float32, since
        the rest of 70000 equal logits is more than float16 can hold.

    Raises
    ------
    TypeError, ValueError
        As in `logsumexp`.

    Notes
    -----
    Without a +inf, the log-sum-exp of the piece is ``top + log1p(rest)``. A piece without logits,
    or with none but -inf, gives (-inf, 0). A +inf gives (inf, nan), a nan (nan, nan).

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham (2021), Accurately computing the log-sum-exp and
    softmax functions, IMA J. Numer. Anal. 41(4), 2311-2330. doi:10.1093/imanum/draa038

    Examples
    --------
    >>> from softmax_lib import partial_logsumexp
    >>> top, rest = partial_logsumexp([3.0, 1.0, -3.0])
    >>> print(f"{top}, {rest:.4f}")
    3.0, 0.1378
    """
    z = as_floating(logits, "logits")
    axes = axes_of(axis, z.ndim)
    top, rest = partial_of(z, axes, as_mask(where, z))
    return without_axes(top, axes), without_axes(rest, axes)


def merge_logsumexp(a, b):
    r"""Partial results of two pieces, merged: what the whole would have told.

    .. math:: M &= \max(m, m') \\
              R &= r + (1 + r') e^{m' - M}

    if m is at least m', and with the roles exchanged otherwise.

    Parameters
    ----------
    a, b : pair of array_like
        (top, rest) of each piece, as `partial_logsumexp` returns it: the largest logit, and the
        sum of the other exponentials, shifted by it. The pieces are broadcast to one shape.

    Returns
    -------
    top, rest : ndarray or scalar

    Raises
    ------
    TypeError
        If `a` or `b` is no pair of one shape, or holds what are no real numbers.
    ValueError
        If a rest is negative, or the shapes do not broadcast.

    Notes
    -----
    Merging is associative to rounding, commutative to the last bit but for the sign of a zero,
    and (-inf, 0) changes nothing. The term of the larger top, which is 1, never enters a sum: so
    a confident prediction keeps its digits, in however many pieces it came.

    References
    ----------
    M. Milakov, N. Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867, for pairs (maximum, sum). That the largest term stays out of the sum:
    P. Blanchard, D. J. Higham, N. J. Higham (2021), doi:10.1093/imanum/draa038

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import merge_logsumexp, partial_logsumexp
    >>> top, rest = merge_logsumexp(partial_logsumexp([72.0]), partial_logsumexp([0.0, 0.0]))
    >>> print(f"{np.log1p(rest):.4e}")  # the loss of a confident prediction
    1.0760e-31
    """
    numbers = [*_as_pair(a, "a"), *_as_pair(b, "b")]
    dtype = computing_dtype(np.result_type(*numbers))
    try:
        numbers = np.broadcast_arrays(*(number.astype(dtype) for number in numbers))
    except ValueError:
        shapes = ", ".join(str(number.shape) for number in numbers)
        raise ValueError(f"tops and rests must broadcast to one shape, got {shapes}") from None
    top, rest = merged_partials(numbers[:2], numbers[2:])
    return top[()], rest[()]


def _as_pair(pair, name):
    """Return the top and the rest of a partial result as floating arrays, or raise."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise TypeError(f"{name} must be a pair (top, rest), got {type(pair).__name__}")
    top, rest = (
        as_floating(values, f"{part} of {name}")
        for part, values in zip(("top", "rest"), pair, strict=True)
    )
    if top.shape != rest.shape:
        raise TypeError(
            f"{name} must be a top and a rest of one shape, got {top.shape} and {rest.shape}"
        )
    if np.any(rest < 0):
        raise ValueError(f"rest of {name} must not be negative, got {rest[rest < 0][0]}")
    return top, rest


# --- the formulas --------------------------------------------------------------------------------


def partial_of(z, axes, mask=None, temperature=1.0):
    """Return top and rest, whose axes have length 1."""
    dtype = computing_dtype(z.dtype)
    rest = one_value_a_row(z, axes, dtype)
    taken = {"initial": -np.inf, "keepdims": True, "where": True if mask is None else mask}
    top = np.max(z, axis=axes if z.ndim else None, **taken)
    if z.size:
        over_tiles(_rest_of, axes, rest, z, where=mask, temperature=temperature)
    else:
        rest.fill(0)  # an empty sum
    return np.asarray(top, dtype), rest


def _rest_of(rest, z, *, axis, temperature):
    m, r = max_and_rest_of(z, axis, rest.dtype, temperature)
    rest[...] = np.where(np.isneginf(m), 0, r)


@np.errstate(all="ignore")
def merged_partials(a, b, temperature=1.0):
    """Return top and rest of both, which are arrays of one shape."""
    (m, r), (other_m, other_r) = a, b
    top, low = np.maximum(m, other_m), np.minimum(m, other_m)
    gap = gaps(low, top, temperature)
    factor = np.exp(gap)
    if temperature == 1.0:
        factor *= 1 + np.fmax(rounding_of(low, top, gap), -1)  # nan where the gap is infinite
    behind = m < other_m
    rest, rest_of_low = np.where(behind, other_r, r), np.where(behind, r, other_r)
    # In this order, for then two that are exchanged give the same to the last bit.
    return top, np.where(np.isneginf(top), rest, rest + rest_of_low * factor + factor)

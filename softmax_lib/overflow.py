"""Chapter 2, overflow: softmax, log-softmax and log-sum-exp for every floating number."""

import numpy as np

from softmax_lib._engine.arrays import (
    as_floating,
    as_number,
    axes_of,
    checked_out,
    class_axes,
    like,
    one_value_a_row,
    refuse_dask,
    without_axes,
)
from softmax_lib._engine.reductions import row_max, sum_in_pieces
from softmax_lib._engine.shift import (
    exponentials,
    gaps,
    log_total_of,
    needed_shift,
    rest_of,
    shift_of,
)
from softmax_lib._engine.tiles import computing_dtype, over_tiles, pieces


def softmax(logits, axis=-1, *, temperature=1.0, where=None, out=None):
    r"""Softmax that neither overflows nor warns.

    .. math:: p_i = \frac{e^{(z_i - m) / T}}{\sum_{c=1}^{C} e^{(z_c - m) / T}},
              \qquad m = \max_c z_c

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless. Floating dtypes are kept (float16 is computed in float32
        and rounded once), integers and booleans become float64. Never modified, unless passed
        as `out` as well.
    axis : int, tuple of int or None, default -1
        The axis of the C classes; a tuple is taken together, None takes all.
    temperature : float, default 1.0
        T > 0, finite: below 1 sharper, above 1 flatter.
    where : array_like of bool, optional
        Broadcast to the shape of `logits`. Where it is False, the logit is not looked at, and
        counts as -inf: the mask of attention.
    out : ndarray, optional
        Where to write the result: of the result's shape and dtype, and either the logits
        themselves or an array that shares no memory with them.

    Returns
    -------
    ndarray, shape of `logits`
        Numbers in [0, 1] that sum to 1 along `axis` to rounding.

    Raises
    ------
    TypeError
        If `logits` is complex, object, string, masked or ragged; `axis` or `temperature` is
        of the wrong type; `where` is not boolean; `out` is no array or of another dtype.
    ValueError
        If `axis` is out of range or empty, `temperature` is not positive and finite in the
        dtype computed in, `where` does not broadcast to the logits, or `out` has another
        shape, is read-only or overlaps in part.

    Notes
    -----
    The shift by m is exact in real arithmetic. After it no exponential overflows. They may still
    underflow, which is harmless, since the denominator is at least 1. But z - m is rounded, and
    that is nearly all of the error: up to 512 ULP in float64 and 64 in float32, and in proportion
    to the range of the exponents elsewhere. So, at the temperature 1, rows whose exponentials stay
    well inside the range are not shifted, and are right to 8 ULP.
    A number added to all logits may change the last digits, even where the addition is exact,
    for it may decide whether a row is shifted. At another temperature the quotient is rounded as
    well, and the relative error of p_i grows to about eps (m - z_i) / T.

    A logit of -inf has probability 0. A row whose logits are all -inf, or that holds a +inf or
    a nan, is nan; other rows are not touched by it. A 0-d array is one class: 1.0.

    Beyond the result, a large floating array needs at most 8 MiB, whatever its axis; integers
    are copied to float64 first. Only rows of more than 1 MiB need a row or a few where they are
    float16, have `where`, or run along several axes that are no neighbours in memory.

    References
    ----------
    P. Blanchard, D. J. Higham, N. J. Higham (2021), Accurately computing the log-sum-exp and
    softmax functions, IMA J. Numer. Anal. 41(4), 2311-2330. doi:10.1093/imanum/draa038

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import softmax
    >>> softmax([3.0, 1.0, -3.0]).round(3)
    array([0.879, 0.119, 0.002])
    >>> softmax([123, 456, 789]).round(3)
    array([0., 0., 1.])
    >>> softmax([3.0, 1.0, -3.0], temperature=4).round(3)
    array([0.547, 0.331, 0.122])
    >>> softmax([3.0, 1.0, -3.0], where=[True, True, False]).round(3)
    array([0.881, 0.119, 0.   ])
    """
    return _like_the_logits(softmax_of, logits, axis, temperature, where, out)


def log_softmax(logits, axis=-1, *, temperature=1.0, where=None, out=None):
    r"""Logarithm of softmax, accurate also near 0.

    .. math:: \log p_i &= (z_i - m) - \log(1 + r) \\
              r &= \sum_{c \ne i^*} e^{z_c - m}

    with m the largest logit and i* its first place (for T = 1; else z / T stands for z).

    Parameters
    ----------
    logits, axis, temperature, where, out
        As in `softmax`.

    Returns
    -------
    ndarray, shape of `logits`
        Numbers in [-inf, 0].

    Raises
    ------
    TypeError, ValueError
        As in `softmax`.

    Notes
    -----
    The log of a probability near 1 is near 0, and log(softmax(z)) has lost it. Here the largest
    term, which is 1, never enters a sum: log1p takes the others. The two subtractions are made
    in the order written; z - logsumexp(z) would cancel for logits with a large offset.

    Where r is small, log(1 + r) would show what the rounding of z - m took from r. In rows whose
    exponentials stay well inside the range, r is computed without the shift. In the others, that
    error is itself a floating number (two-sum); to first order it is given back, wherever r is
    small enough to show it. With a temperature other than 1 the quotient is rounded as well, and
    the relative error of r grows to about eps (m - z) / T.

    Rows that hold a nan or a +inf, or only -inf, are nan; a logit of -inf gives -inf.

    References
    ----------
    As in `softmax`, and T. Ogita, S. M. Rump, S. Oishi (2005), Accurate sum and dot product,
    SIAM J. Sci. Comput. 26(6), 1955-1988. doi:10.1137/030601818

    Examples
    --------
    >>> from softmax_lib import log_softmax
    >>> log_softmax([1000, 0])
    array([    0., -1000.])
    >>> print(f"{log_softmax([72.0, 0.0])[0]:.4e}")
    -5.3802e-32
    """
    return _like_the_logits(log_softmax_of, logits, axis, temperature, where, out)


def logsumexp(logits, axis=-1, *, where=None, keepdims=False):
    r"""Log-sum-exp, the smooth maximum: log of the sum of the exponentials.

    .. math:: \operatorname{LSE}(z) = \log \sum_{c=1}^{C} e^{z_c} = m + \log(1 + r)

    Parameters
    ----------
    logits, axis, where
        As in `softmax`.
    keepdims : bool, default False
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    ndarray or scalar
        Between m and m + log C, to rounding, with `axis` removed (or of length 1).

    Raises
    ------
    TypeError, ValueError
        As in `softmax` for `logits` and `axis`.

    Notes
    -----
    An empty axis gives -inf, the log of an empty sum; so do logits that are all -inf. A +inf
    gives +inf, a nan gives nan. Where the result is much nearer to 0 than m, m and log(1 + r)
    cancel: the error is then a few eps of max(1, abs(m)).

    References
    ----------
    As in `softmax`.

    Examples
    --------
    >>> from softmax_lib import logsumexp
    >>> print(f"{logsumexp([3.0, 1.0, -3.0]):.3f}")
    3.129
    >>> print(f"{logsumexp([1000, 1000]) - 1000:.3f}")  # log 2, not inf
    0.693
    """
    z = as_floating(logits, "logits")
    axes = axes_of(axis, z.ndim)
    lse = one_value_a_row(z, axes)
    mask = as_mask(where, z)
    if z.size:
        over_tiles(logsumexp_of, axes, lse, z, where=mask)
    else:
        lse.fill(-np.inf)  # an empty sum is 0
    return lse[()] if keepdims else without_axes(lse, axes)


# --- the formulas, on one tile -------------------------------------------------------------------


def softmax_of(p, z, *, axis, temperature=1.0):
    """Fill p with the softmax of z; return what was subtracted from z."""
    s = shift_of(z, axis, p.dtype, temperature)

    def numerators(piece):
        return exponentials(z[piece], s, p.dtype, temperature, out=p[piece])

    p /= sum_in_pieces(numerators, z, axis)
    return s


def log_softmax_of(log_p, z, *, axis, temperature=1.0):
    """Fill log_p with (z - m) - log(1 + r)."""
    m, log_total = log_total_of(z, axis, log_p.dtype, temperature)
    for piece in pieces(z, axis):
        part = gaps(z[piece], m, temperature, out=log_p[piece])
        part -= log_total


def logsumexp_of(lse, z, *, axis):
    """Fill lse with m + log(1 + r)."""
    m, first = row_max(z, axis, lse.dtype)
    s = needed_shift(z, m, axis)
    lse[...] = m + np.log1p(rest_of(z, m, first, s, axis))
    np.copyto(lse, m, where=np.isinf(m))


def _like_the_logits(formula, logits, axis, temperature, where, out):
    """Check the arguments and return the formula's values, in ``out`` if that is given."""
    z = as_floating(logits, "logits")
    axes = class_axes(z, axis)
    options = {"temperature": checked_temperature(temperature, z.dtype)}
    if where is not None:
        options["where"] = as_mask(where, z)
    if out is None:
        return over_tiles(formula, axes, like(z), z, **options)[()]
    checked_out(out, z)
    return over_tiles(formula, axes, out, z, **options)


def as_mask(where, z, name="logits"):
    if where is None:
        return None
    if isinstance(where, np.ma.MaskedArray):
        raise TypeError("where must not be a masked array, whose mask would be ignored")
    refuse_dask(where, "where")
    try:
        mask = np.asarray(where)
    except ValueError as error:
        raise TypeError(f"where must be a rectangular array of booleans: {error}") from None
    if mask.dtype != bool:
        raise TypeError(f"where must be booleans, got an array of dtype {mask.dtype}")
    try:
        return np.broadcast_to(mask, z.shape)
    except ValueError:
        raise ValueError(
            f"where must broadcast to the shape of the {name}: got {mask.shape} for {z.shape}"
        ) from None


def checked_temperature(temperature, dtype):
    if type(temperature) is float and temperature == 1.0:
        return temperature
    dtype = computing_dtype(dtype)
    with np.errstate(all="ignore"):
        value = as_number(temperature, "temperature").astype(dtype)
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"temperature must be positive and finite in {dtype}, got {temperature!r}")
    return value

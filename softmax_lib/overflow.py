"""Chapter 2, overflow: softmax, log-softmax and log-sum-exp for every floating number."""

import numpy as np

from softmax_lib._arrays import (
    Rows,
    as_floating,
    as_number,
    checked_out,
    first_maximum,
    require_classes,
)


def softmax(logits, axis=-1, *, temperature=1.0, out=None):
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
        of the wrong type; `out` is no array or of another dtype.
    ValueError
        If `axis` is out of range or empty, `temperature` is not positive and finite in the
        dtype computed in, or `out` has another shape, is read-only or overlaps in part.

    Notes
    -----
    The shift by m is exact in real arithmetic. It removes the overflow, and it makes underflow
    harmless, since the denominator is at least 1; it does not remove underflow. What is left
    of the error is nearly all the rounding of z - m.

    A logit of -inf has probability 0. A row whose logits are all -inf, or that holds a +inf or
    a nan, is nan; other rows are not touched by it. A 0-d array is one class: 1.0.

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
    """
    rows, p = probabilities_of(logits, axis, temperature, out)
    return _deliver(rows.restore(p), out)


def log_softmax(logits, axis=-1, *, temperature=1.0, out=None):
    r"""Logarithm of softmax, to full relative accuracy.

    .. math:: \log p_i = (z_i - m) - \log(1 + r), \qquad r = \sum_{c \ne i^*} e^{z_c - m}

    with m the largest logit and i* its first place (for T = 1; else z / T stands for z).

    Parameters
    ----------
    logits, axis, temperature, out
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

    Rows that hold a nan or a +inf, or only -inf, are nan; a logit of -inf gives -inf.

    References
    ----------
    As in `softmax`.

    Examples
    --------
    >>> from softmax_lib import log_softmax
    >>> log_softmax([1000, 0])
    array([    0., -1000.])
    >>> print(f"{log_softmax([72.0, 0.0])[0]:.4e}")
    -5.3802e-32
    """
    rows, shifted, log_total = log_total_of(logits, axis, temperature, out)
    with np.errstate(all="ignore"):
        shifted -= log_total
    return _deliver(rows.restore(shifted), out)


def logsumexp(logits, axis=-1, *, keepdims=False):
    r"""Log-sum-exp, the smooth maximum: log of the sum of the exponentials.

    .. math:: \operatorname{LSE}(z) = \log \sum_{c=1}^{C} e^{z_c} = m + \log(1 + r)

    Parameters
    ----------
    logits, axis
        As in `softmax`.
    keepdims : bool, default False
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    ndarray or scalar
        Between m and m + log C, with `axis` removed (or of length 1).

    Raises
    ------
    TypeError, ValueError
        As in `softmax` for `logits` and `axis`.

    Notes
    -----
    An empty axis gives -inf, the log of an empty sum; so do logits that are all -inf. A +inf
    gives +inf, a nan gives nan. Where the result is much nearer to 0 than m, m and log(1 + r)
    cancel: the error is then a few eps of max(1, abs(m)), for every implementation.

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
    rows = Rows(as_floating(logits, "logits"), axis)
    if rows.values.shape[-1] == 0:  # an empty sum is 0, and its logarithm -inf
        return rows.reduce(np.full((*rows.values.shape[:-1], 1), -np.inf), keepdims)
    largest, first = first_maximum(rows.values)
    with np.errstate(all="ignore"):
        exponentials = np.exp(rows.values - largest)
        total = largest + np.log1p(_rest(exponentials, largest, first))
    return rows.reduce(np.where(np.isinf(largest), largest, total), keepdims)


def probabilities_of(logits, axis, temperature=1.0, out=None):
    """Return the rows and their softmax, not yet rounded to the dtype of the logits."""
    rows, p, _, _ = _shifted(logits, axis, temperature, out)
    with np.errstate(all="ignore"):
        np.exp(p, out=p)
        p /= p.sum(axis=-1, keepdims=True)
    return rows, p


def log_total_of(logits, axis, temperature=1.0, out=None):
    """Return the rows, (z - m) / T and log(1 + r): what log-softmax and the losses are made of."""
    rows, shifted, largest, first = _shifted(logits, axis, temperature, out)
    with np.errstate(all="ignore"):
        return rows, shifted, np.log1p(_rest(np.exp(shifted), largest, first))


def _shifted(logits, axis, temperature, out):
    """Check the arguments; return the rows, (z - m) / T, m and the first place of m."""
    z = as_floating(logits, "logits")
    rows = Rows(z, axis)
    require_classes(z, axis)
    if out is not None:
        checked_out(out, z)
    temperature = _checked_temperature(temperature, rows.values.dtype)
    largest, first = first_maximum(rows.values)
    # A gap may overflow which the temperature brings back into range; half of it does not.
    scale = temperature.dtype.type(0.5 if temperature > 1 else 1.0)
    with np.errstate(all="ignore"):
        shifted = np.multiply(rows.values, scale, out=rows.values)
        shifted -= largest * scale
        shifted /= temperature * scale
    return rows, shifted, largest, first


def _rest(exponentials, largest, first):
    """Return r, the sum of a row without its first maximum; nan where that is not finite."""
    np.put_along_axis(exponentials, first, largest - largest, -1)  # 0, or nan from inf - inf
    return exponentials.sum(axis=-1, keepdims=True)


def _checked_temperature(temperature, dtype):
    with np.errstate(all="ignore"):
        value = as_number(temperature, "temperature").astype(dtype)
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"temperature must be positive and finite in {dtype}, got {temperature!r}")
    return value


def _deliver(result, out):
    if out is None:
        return result
    out[...] = result
    return out

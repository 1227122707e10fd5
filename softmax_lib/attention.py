"""Chapter 9, attention: a soft look-up, with the whole matrix of weights and without it."""

import math
import operator

import numpy as np

from softmax_lib._engine.arrays import as_floating, as_number
from softmax_lib._engine.tiles import computing_dtype
from softmax_lib.overflow import as_mask, softmax


def attention(Q, K, V, *, where=None, scale=None):
    r"""Scaled dot-product attention: for each query, a mean of the values.

    .. math:: O &= P V, \qquad a = \frac{1}{\sqrt{d}} \\
              P &= \operatorname{softmax}(a\, Q K^{\top})

    Parameters
    ----------
    Q : array_like, shape (..., Tq, d)
        The queries, one a row, dimensionless. Floating dtypes are kept (float16 is computed in
        float32 and rounded once), integers and booleans become float64.
    K : array_like, shape (..., Tk, d)
        The keys, one a row. The scores a Q K^T are the logits of a softmax over the keys.
    V : array_like, shape (..., Tk, dv)
        The values, one for each key, in any unit: the result has the same.
    where : array_like of bool, optional
        Broadcast to (..., Tq, Tk), the shape of the scores. Where it is False, the query does
        not look at the key: its score counts as -inf.
    scale : float, optional
        The factor a of the scores, finite; 1 / sqrt(d) if it is not given.

    Returns
    -------
    ndarray, shape (..., Tq, dv)
        The rows of O: means of the values, weighted by P. Leading dimensions are broadcast, as
        those of a matrix product. The dtype is the widest of the three.

    Raises
    ------
    TypeError
        If `Q`, `K` or `V` is complex, object, string, masked or ragged; `where` is not boolean;
        `scale` is no number.
    ValueError
        If an array has fewer than two dimensions, the widths of `Q` and `K` or the lengths of
        `K` and `V` differ, d or Tk is 0, leading dimensions or `where` do not broadcast, or
        `scale` is not finite in the dtype computed in.

    Notes
    -----
    A query that looks at no key has no answer: its row is nan, and no other row is touched. The
    same is true of a row whose scores hold a nan or a +inf, or only -inf. A value of weight 0
    is not looked at, even if it is inf or nan, so what is masked cannot spread.

    It needs memory for the Tq x Tk weights; `streaming_attention` does not.

    References
    ----------
    A. Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import attention
    >>> Q, K = [[2.0, 1.0]], [[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
    >>> V = [[10.0], [20.0], [40.0]]
    >>> attention(Q, K, V, scale=1).round(3)
    array([[11.255]])
    >>> attention(Q, K, V, scale=1, where=[True, False, False])
    array([[10.]])
    """
    Q, K, V, mask, scale, dtype = _checked(Q, K, V, where, scale)
    with np.errstate(all="ignore"):
        P = _scores(Q, K, scale)
        softmax(P, where=mask, out=P)
        means = _of_finite_values(lambda values: P @ values, V)
        return means.astype(dtype, copy=False)


def streaming_attention(Q, K, V, *, where=None, scale=None, block=128):
    r"""Attention without the matrix of weights: the keys pass by in blocks.

    .. math:: m' &= \max\bigl(m, \max_c s_c\bigr) \\
              t' &= e^{m - m'}\, t + \sum_{c} e^{s_c - m'} \\
              o' &= e^{m - m'}\, o + \sum_{c} e^{s_c - m'}\, v_c

    The sums run over the keys of one block. At the end the row of the result is o / t.

    Parameters
    ----------
    Q, K, V, where, scale
        As in `attention`.
    block : int, default 128
        How many keys are taken at a time, at least 1. It changes the memory and the rounding.

    Returns
    -------
    ndarray, shape (..., Tq, dv)
        What `attention` returns, but for rounding: a weight near underflow may be 0 in one alone.

    Raises
    ------
    TypeError
        As in `attention`; also if `block` is no integer.
    ValueError
        As in `attention`; also if `block` is below 1.

    Notes
    -----
    Beyond the result, it needs memory for Tq x `block` scores, for arrays as large as the result, a
    few of each, and for a boolean for each value, but not for Tq x Tk. Arrays of another dtype than
    the one computed in are copied, and V several times if a value is not finite. A mask that is
    given as a whole has Tq x Tk booleans, unless it is broadcast.

    Each step multiplies by e^(m - m'), at most 1, and each exponential is divided by a power of
    two, at least the number of keys: so sums of values overflow no sooner than their mean. There
    are as many products and exponentials as in `attention`, and the rescaling besides.

    References
    ----------
    M. Milakov, N. Gimelshein (2018), Online normalizer calculation for softmax,
    arXiv:1805.02867. T. Dao et al. (2022), FlashAttention: Fast and memory-efficient exact
    attention with IO-awareness, arXiv:2205.14135.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import attention, streaming_attention
    >>> Q, K, V = np.random.default_rng(0).normal(size=(3, 300, 8))
    >>> np.allclose(streaming_attention(Q, K, V), attention(Q, K, V), rtol=1e-13)
    True
    """
    Q, K, V, mask, scale, dtype = _checked(Q, K, V, where, scale)
    try:
        block = operator.index(block)
    except TypeError:
        raise TypeError(f"block must be an int, got {block!r}") from None
    if block < 1:
        raise ValueError(f"block must be at least 1, got {block}")
    with np.errstate(all="ignore"):
        means = _of_finite_values(lambda values: _in_blocks(Q, K, values, mask, scale, block), V)
        return means.astype(dtype, copy=False)


def _in_blocks(Q, K, V, mask, scale, block):
    """Return P V, for values that are finite."""
    top, total, weighted = -np.inf, 0.0, 0.0  # the largest score, the sums of weights and of values
    share = math.ldexp(1, -K.shape[-2].bit_length())  # a power of two: no sum of weights is above 1
    for start in range(0, K.shape[-2], block):
        cut = slice(start, start + block)
        S = _scores(Q, K[..., cut, :], scale)
        if mask is not None:
            S = np.where(mask[..., cut], S, -np.inf)
        higher = np.maximum(top, S.max(axis=-1, keepdims=True))
        # Where no key has been looked at yet, the exponentials of -inf are 0 without a shift.
        shift = np.where(np.isneginf(higher), 0, higher)
        weights, shrink = np.exp(S - shift), np.exp(top - shift)
        weights *= share
        total = total * shrink + weights.sum(axis=-1, keepdims=True)
        weighted = weighted * shrink + weights @ V[..., cut, :]
        top = higher
    return weighted / total


def _scores(Q, K, scale):
    scores = Q @ K.swapaxes(-1, -2)
    scores *= scale
    return scores


def _of_finite_values(mean_of, V):
    """Return the means of the values, where 0 times inf or nan counts as 0.

    What is not finite is taken out, and its weight asked for: it decides if that is above 0.
    """
    finite = np.isfinite(V)
    if finite.all():
        return mean_of(V)
    kinds = [np.where(finite, V, 0), np.isposinf(V), np.isneginf(V), np.isnan(V)]
    means = mean_of(np.concatenate(kinds, axis=-1, dtype=V.dtype))
    mean, *weights = np.split(means, len(kinds), axis=-1)
    for weight, value in zip(weights, (np.inf, -np.inf, np.nan), strict=True):
        mean = mean + np.where(weight > 0, value, 0).astype(V.dtype)
    return mean


def _checked(Q, K, V, where, scale):
    """Return the arguments in the dtype to compute in, and the dtype of the result."""
    arrays = {name: as_floating(a, name) for name, a in (("Q", Q), ("K", K), ("V", V))}
    for name, array in arrays.items():
        if array.ndim < 2:
            raise ValueError(f"{name} must have at least two dimensions, got shape {array.shape}")
    Q, K, V = arrays.values()
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"K must be as wide as Q: got shape {K.shape}, Q has {Q.shape}")
    if V.shape[-2] != K.shape[-2]:
        raise ValueError(f"V must have a row for each key: got shape {V.shape}, K has {K.shape}")
    if not K.shape[-1]:
        raise ValueError(f"Q and K must be at least one number wide, got shape {K.shape}")
    if not K.shape[-2]:
        raise ValueError(f"K must hold at least one key, got shape {K.shape}")
    try:
        leading = np.broadcast_shapes(*(array.shape[:-2] for array in (Q, K, V)))
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in (Q, K, V))
        raise ValueError(f"the leading dimensions of Q, K and V must broadcast: {shapes}") from None
    scores = np.broadcast_to(0.0, (*leading, Q.shape[-2], K.shape[-2]))
    mask = as_mask(where, scores, "scores")
    dtype = np.result_type(Q, K, V).newbyteorder("=")
    computing = computing_dtype(dtype)
    if scale is None:
        # For a longdouble, in its own digits; for the others rounded once more.
        scale = 1 / np.sqrt(np.result_type(computing, np.float64).type(Q.shape[-1]))
    with np.errstate(all="ignore"):
        number = as_number(scale, "scale").astype(computing)
    if not np.isfinite(number):
        raise ValueError(f"scale must be finite in {computing}, got {scale!r}")
    Q, K, V = (array.astype(computing, copy=False) for array in (Q, K, V))
    Q = np.broadcast_to(Q, (*leading, *Q.shape[-2:]))  # so that the scores have all dimensions
    return Q, K, V, mask, number, dtype

"""The chapter on streaming: the functions of the course on Dask arrays, larger than a memory.

They bear the names of the plain ones and mean the same. What they return is lazy: nothing is
computed before its ``compute()``, and then chunk by chunk, wherever Dask's workers are. The
arrays may be cut along the classes, along the rows, or both.
"""

import functools

import numpy as np

try:
    import dask.array as da
except ImportError as error:
    raise ImportError(
        "softmax_lib.distributed needs Dask: pip install 'dask[array,distributed]'"
    ) from error

import softmax_lib
from softmax_lib._engine.arrays import as_floating, axes_of, one_axis, same_shape
from softmax_lib._engine.shift import gaps
from softmax_lib._engine.targets import allowed_error
from softmax_lib._engine.tiles import computing_dtype
from softmax_lib.overflow import checked_temperature
from softmax_lib.streaming import merged_partials, partial_of

__all__ = [
    "log_softmax",
    "logsumexp",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
]


def softmax(logits, axis=-1, *, temperature=1.0, where=None):
    """Softmax of a Dask array, lazily.

    Parameters
    ----------
    logits : dask.array.Array, shape (..., C, ...)
        The logits z, in any chunks. Floating dtypes are kept, integers become float64.
    axis : int, tuple of int or None, default -1
        The axis of the C classes, or several.
    temperature : float, default 1.0
        T > 0, finite.
    where : array_like or dask.array.Array of bool, optional
        Broadcast to the shape of `logits`. Where it is False, the logit counts as -inf.

    Returns
    -------
    dask.array.Array, shape and chunks of `logits`

    Raises
    ------
    TypeError
        If `logits` is no Dask array, or not of real numbers; `where` is not boolean.
    ValueError
        If `axis` is out of range or empty, or `temperature` is not positive and finite.

    Notes
    -----
    Rows that lie in one chunk are given to the plain function: the same numbers, but for rounding.
    For others each chunk tells its largest logit and the rest, as `partial_logsumexp` does, and
    these are merged; then each chunk is looked at a second time. There z - m is rounded: relative
    to p_i, the error is at most eps (m - z_i) / T and a few eps, unless p_i underflows.

    References
    ----------
    M. Rocklin (2015), Dask: Parallel computation with blocked algorithms and task scheduling,
    Proc. 14th Python in Science Conf. doi:10.25080/Majora-7b98e3ed-013

    Examples
    --------
    >>> import dask.array as da
    >>> from softmax_lib.distributed import softmax
    >>> z = da.from_array([3.0, 1.0, -3.0], chunks=2)  # two chunks: (3, 1) and (-3,)
    >>> softmax(z).compute().round(3)
    array([0.879, 0.119, 0.002])
    """
    return _like_the_logits(softmax_lib.softmax, _softmax_of, logits, axis, temperature, where)


def log_softmax(logits, axis=-1, *, temperature=1.0, where=None):
    """Logarithm of softmax of a Dask array, lazily; accurate also near 0.

    Parameters
    ----------
    logits, axis, temperature, where
        As in `softmax`.

    Returns
    -------
    dask.array.Array, shape and chunks of `logits`

    Raises
    ------
    TypeError, ValueError
        As in `softmax`.

    Examples
    --------
    >>> import dask.array as da
    >>> from softmax_lib.distributed import log_softmax
    >>> z = da.from_array([72.0, 0.0], chunks=1)  # each logit in a chunk of its own
    >>> print(f"{log_softmax(z)[0].compute():.4e}")
    -5.3802e-32
    """
    return _like_the_logits(
        softmax_lib.log_softmax, _log_softmax_of, logits, axis, temperature, where
    )


def logsumexp(logits, axis=-1, *, where=None, keepdims=False):
    """Log-sum-exp of a Dask array, lazily, in one pass.

    Parameters
    ----------
    logits, axis, where
        As in `softmax`; an empty axis gives -inf.
    keepdims : bool, default False
        Whether the reduced axes stay, with length 1.

    Returns
    -------
    dask.array.Array
        With `axis` removed, or of length 1.

    Raises
    ------
    TypeError, ValueError
        As in `softmax`, but an empty axis is no error.

    Examples
    --------
    >>> import dask.array as da
    >>> from softmax_lib.distributed import logsumexp
    >>> z = da.from_array([3.0, 1.0, -3.0], chunks=2)
    >>> print(f"{logsumexp(z).compute():.3f}")
    3.129
    """
    z = _as_logits(logits)
    axes = axes_of(axis, z.ndim)
    lse = _of_rows(_lse_of, z, _partials(_masked(z, where), axes))
    return lse if keepdims else lse.squeeze(axes)


def softmax_cross_entropy(logits, targets, axis=-1):
    """Cross-entropy of a Dask array of logits, lazily, one value an example.

    Parameters
    ----------
    logits : dask.array.Array, shape (..., C, ...)
        The logits z, in any chunks.
    targets : array_like or dask.array.Array
        Labels, integers in the shape of `logits` without `axis`; or distributions, in the shape
        of `logits`. In any chunks: they are cut as the logits are.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    dask.array.Array, shape of `logits` without `axis`
        In nats; never averaged.

    Raises
    ------
    TypeError
        If `logits` is no Dask array, or not of real numbers; labels are not integers.
    ValueError
        If the shapes do not fit, a size is not known, or there is no class. What is wrong with
        a value, a label below 0 or above C - 1, or a target that is negative or does not sum to
        1, is found when its chunk is computed.

    Notes
    -----
    With labels it is one pass, in which three numbers a row leave each chunk: its largest logit,
    the rest of its sum, and the label's logit, if it is there. The loss is right at full
    confidence, too: log(1 + r) - (z_k - m). With distributions it takes two passes here.

    Examples
    --------
    >>> import dask.array as da
    >>> from softmax_lib.distributed import softmax_cross_entropy
    >>> z = da.from_array([[3.0, 1.0, -3.0], [72.0, 0.0, 0.0]], chunks=(2, 1))
    >>> unsure, sure = softmax_cross_entropy(z, [1, 0]).compute()
    >>> print(f"{unsure:.3f}, {sure:.3e}")
    2.129, 1.076e-31
    """
    z, axis, y, labelled = _as_examples(logits, targets, axis)
    if labelled:
        return _of_rows(_loss_of, z, _partials(z, (axis,), y)).squeeze(axis)
    computed = computing_dtype(z.dtype)
    costs = _blockwise(_costs_of, computed, z, y, _partials(z, (axis,)))
    sums = y.sum(axis, dtype=np.float64, keepdims=True)
    allowed = allowed_error(y.dtype, z.shape[axis])
    loss = costs.sum(axis, dtype=computed, keepdims=True)
    return _of_rows(_checked_loss, z, loss, sums, allowed=allowed).squeeze(axis)


def softmax_cross_entropy_grad(logits, targets, axis=-1):
    """Gradient of the cross-entropy in a Dask array of logits, lazily: p - y.

    Parameters
    ----------
    logits, targets, axis
        As in `softmax_cross_entropy`.

    Returns
    -------
    dask.array.Array, shape and chunks of `logits`

    Raises
    ------
    TypeError, ValueError
        As in `softmax_cross_entropy`. But whether a distribution sums to 1 is looked at only if
        its rows lie in one chunk each.

    Notes
    -----
    Where the target is 1 and the logit is the largest, p_i - 1 is -r / (1 + r), which keeps its
    digits. So beyond two numbers a row no chunk has to know anything of the others.

    Examples
    --------
    >>> import dask.array as da
    >>> from softmax_lib.distributed import softmax_cross_entropy_grad
    >>> z = da.from_array([3.0, 1.0, -3.0], chunks=2)
    >>> softmax_cross_entropy_grad(z, 1).compute().round(3)
    array([ 0.879, -0.881,  0.002])
    """
    z, axis, y, labelled = _as_examples(logits, targets, axis)
    if z.numblocks[axis] == 1:
        return _blockwise(_gradient_of_whole_rows, z.dtype, z, y, axis=axis, labelled=labelled)
    parts = _partials(z, (axis,))
    formula, options = _gradient_for_targets, {}
    if labelled:
        formula, options = _gradient_for_labels, {"axis": axis, "starts": _starts(z, axis)}
    return _blockwise(formula, z.dtype, z, y, parts, **options)


# --- arguments -----------------------------------------------------------------------------------


def _as_logits(values, name="logits"):
    """Return a floating Dask array, or raise."""
    if not isinstance(values, da.Array):
        raise TypeError(
            f"{name} must be a Dask array, got {type(values).__name__}; "
            "dask.array.from_array makes one, and the functions of softmax_lib take NumPy's"
        )
    if not values.ndim:
        raise ValueError(f"{name} must have a dimension for the classes, got a 0-d array")
    dtype = as_floating(np.empty(0, values.dtype), name).dtype.newbyteorder("=")
    return values if values.dtype == dtype else values.astype(dtype)


def _masked(z, where):
    """Return the logits with -inf where the mask is False."""
    if where is None:
        return z
    where = where if isinstance(where, da.Array) else np.asarray(where)
    if where.dtype != bool:
        raise TypeError(f"where must be booleans, got an array of dtype {where.dtype}")
    _needs_sizes(z, range(z.ndim))
    try:
        fits = np.broadcast_shapes(where.shape, z.shape) == z.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"where must broadcast to the shape of the logits: got {where.shape} for {z.shape}"
        )
    where = da.broadcast_to(da.asarray(where), z.shape).rechunk(z.chunks)
    return da.where(where, z, z.dtype.type(-np.inf))


def _as_examples(logits, targets, axis):
    """Return logits, the axis as a number, targets in the same chunks, and if they are labels."""
    z = _as_logits(logits)
    axis = one_axis(axis, z.ndim)
    _needs_classes(z, (axis,))
    y = targets if isinstance(targets, da.Array) else np.asarray(targets)
    if y.ndim != z.ndim - 1:
        y = as_floating(y, "targets") if isinstance(y, np.ndarray) else _as_logits(y, "targets")
        same_shape(y, "targets", z, "logits")
        return z, axis, _cut(y, z.chunks), False
    if y.dtype.kind not in "iu":
        raise TypeError(f"labels must be integers, got an array of dtype {y.dtype}")
    without = z.shape[:axis] + z.shape[axis + 1 :]
    if y.shape != without:
        raise ValueError(
            f"labels have shape {y.shape}, but logits without the class axis have {without}"
        )
    y = _cut(y, z.chunks[:axis] + z.chunks[axis + 1 :])
    return z, axis, da.expand_dims(y, axis), True


def _cut(values, chunks):
    if isinstance(values, da.Array):
        return values.rechunk(chunks)
    return da.from_array(values, chunks=chunks)


def _needs_sizes(z, axes):
    if any(np.isnan(z.shape[d]) for d in axes):
        raise ValueError(
            "it must be known how long the chunks are: call compute_chunk_sizes() on the logits"
        )


def _needs_classes(z, axes):
    _needs_sizes(z, axes)
    for d in axes:
        if not z.shape[d]:
            raise ValueError(f"logits of shape {z.shape} hold no class along axis {d}")


def _starts(z, axis):
    """Return the number of the first class of each chunk."""
    return tuple(np.cumsum([0, *z.chunks[axis]]).tolist())


# --- from chunks to rows, and back ---------------------------------------------------------------


def _like_the_logits(plain, formula, logits, axis, temperature, where):
    z = _as_logits(logits)
    axes = axes_of(axis, z.ndim)
    temperature = checked_temperature(temperature, z.dtype)
    z = _masked(z, where)
    _needs_classes(z, axes)
    if all(z.numblocks[d] == 1 for d in axes):
        return _blockwise(plain, z.dtype, z, axis=axes, temperature=temperature)
    parts = _partials(z, axes, temperature=temperature)
    return _blockwise(formula, z.dtype, z, parts, temperature=temperature)


def _blockwise(formula, dtype, *arrays, **options):
    """Apply a formula to the chunks that lie over one another; one value a row serves them all."""
    meta = np.empty((0,) * arrays[0].ndim, dtype)
    return da.map_blocks(formula, *arrays, dtype=dtype, meta=meta, **options)


def _of_rows(formula, z, *rows, **options):
    """Apply a formula to what there is one of a row, and give the result the logits' dtype."""
    return _blockwise(formula, z.dtype, *rows, result=z.dtype, **options)


def _partials(z, axes, labels=None, temperature=1.0):
    """Return what the rows tell, a record each: top, rest and, with labels, the label's logit."""
    names = ("top", "rest") if labels is None else ("top", "rest", "chosen")
    record = np.dtype([(name, computing_dtype(z.dtype)) for name in names])
    meta = np.empty((0,) * z.ndim, record)
    arrays, options = (z,), {"axes": axes, "record": record, "temperature": temperature}
    if labels is not None:
        arrays, options = (z, labels), options | {"starts": _starts(z, axes[0])}
    chunks = tuple((1,) * len(n) if d in axes else n for d, n in enumerate(z.chunks))
    told = da.map_blocks(_told_by, *arrays, dtype=record, meta=meta, chunks=chunks, **options)
    merge = functools.partial(_merged, temperature=temperature)
    options = {"axis": axes, "keepdims": True, "dtype": record, "meta": meta}
    return da.reduction(told, merge, merge, **options)


def _told_by(z, labels=None, *, axes, record, temperature, starts=None, block_id=None):
    """Return what the rows of one chunk tell."""
    top, rest = partial_of(z, axes, temperature=temperature)
    told = np.empty(top.shape, record)
    told["top"], told["rest"] = top, rest
    if labels is not None:
        here = _is_label(z, labels, axes[0], starts, block_id)
        told["chosen"] = np.max(z, axis=axes, where=here, initial=-np.inf, keepdims=True)
    return told


def _merged(told, axis, keepdims, temperature):
    """Return one record for all those along the axes: a chunk or a merge tells it of the whole."""
    merge = functools.partial(_merge_two, temperature=temperature)
    for each in axis:
        records = [told.take([at], each) for at in range(told.shape[each])]
        told = functools.reduce(merge, records) if records else told
    return told


def _merge_two(a, b, temperature):
    both = np.empty_like(a)
    both["top"], both["rest"] = merged_partials(
        (a["top"], a["rest"]), (b["top"], b["rest"]), temperature
    )
    if "chosen" in both.dtype.names:
        both["chosen"] = np.maximum(a["chosen"], b["chosen"])
    return both


def _is_label(z, labels, axis, starts, block_id):
    """Return where in the chunk the labels are."""
    _check(labels, starts[-1])
    shape = [1] * z.ndim
    shape[axis] = -1
    first = starts[block_id[axis]]
    return labels == np.arange(first, first + z.shape[axis]).reshape(shape)


def _check(labels, num_classes):
    wrong = (labels < 0) | (labels >= num_classes)
    if wrong.any():
        raise ValueError(f"labels must be from 0 to {num_classes - 1}, got {labels[wrong][0]}")


def _check_targets(y):
    if not np.all(y >= 0):
        raise ValueError(f"targets must be non-negative, got {y[~(y >= 0)][0]}")


# --- the formulas, on one chunk ------------------------------------------------------------------


@np.errstate(all="ignore")
def _softmax_of(z, parts, temperature):
    p = np.exp(gaps(z, parts["top"], temperature))
    p /= 1 + parts["rest"]
    return p.astype(z.dtype, copy=False)


@np.errstate(all="ignore")
def _log_softmax_of(z, parts, temperature):
    log_p = gaps(z, parts["top"], temperature)
    log_p -= np.log1p(parts["rest"])
    return log_p.astype(z.dtype, copy=False)


@np.errstate(all="ignore")
def _lse_of(parts, result):
    top = parts["top"]
    return np.where(np.isinf(top), top, top + np.log1p(parts["rest"])).astype(result)


@np.errstate(all="ignore")
def _loss_of(parts, result):
    return (np.log1p(parts["rest"]) - (parts["chosen"] - parts["top"])).astype(result)


@np.errstate(all="ignore")
def _costs_of(z, y, parts):
    """Return what each class adds to the loss."""
    _check_targets(y)
    costs = y * (np.log1p(parts["rest"]) - gaps(z, parts["top"]))
    costs[y == 0] = 0  # against a logit of -inf, too
    return costs.astype(parts["top"].dtype, copy=False)


@np.errstate(all="ignore")
def _checked_loss(loss, sums, result, allowed):
    off = ~(np.abs(sums - 1) <= allowed)
    if off.any():
        raise ValueError(f"targets must sum to 1 along the classes, got a sum of {sums[off][0]}")
    return loss.astype(result)


def _gradient_of_whole_rows(z, y, *, axis, labelled):
    if labelled:
        _check(y, z.shape[axis])
        y = y.squeeze(axis)
    return softmax_lib.softmax_cross_entropy_grad(z, y, axis)


def _gradient_for_labels(z, labels, parts, *, axis, starts, block_id=None):
    return _gradient(z, _is_label(z, labels, axis, starts, block_id), 0, parts)


def _gradient_for_targets(z, y, parts):
    _check_targets(y)
    return _gradient(z, y == 1, y, parts)


@np.errstate(all="ignore")
def _gradient(z, certain, y, parts):
    """Return p - y, and where the target is certain p - 1 with its digits."""
    top, rest = parts["top"], parts["rest"]
    p = np.exp(gaps(z, top)) / (1 + rest)
    # 0 * p is 0, but keeps the nan of a row whose logits are all -inf.
    at_top = 0 * p - rest / (1 + rest)
    gradient = np.where(certain, np.where(z == top, at_top, p - 1), p - y)
    return gradient.astype(z.dtype, copy=False)

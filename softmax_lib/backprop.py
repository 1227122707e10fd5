"""Chapter 5, backprop: the gradient p - y, and the layer behind it."""

import numpy as np

from softmax_lib._engine.arrays import as_floating, as_matrix, class_axis, like
from softmax_lib._engine.reductions import row_sum
from softmax_lib._engine.shift import gaps, rounding_of
from softmax_lib._engine.targets import as_targets
from softmax_lib._engine.tiles import computing_dtype, over_tiles, pieces
from softmax_lib.overflow import softmax_of


def softmax_cross_entropy_grad(logits, targets, axis=-1):
    r"""Gradient of the cross-entropy in the logits, one example at a time.

    .. math:: \frac{\partial L}{\partial z_i} = p_i - y_i

    Parameters
    ----------
    logits, targets, axis
        As in `softmax_cross_entropy`.

    Returns
    -------
    ndarray, shape of `logits`
        Sums to 0 along `axis`, to rounding and to what the sum of the targets is off 1. No
        example count is divided out: the gradient of a mean over N examples is this, divided
        by N.

    Raises
    ------
    TypeError, ValueError
        As in `softmax_cross_entropy`.

    Notes
    -----
    Where a target is exactly 1, p_i - 1 would lose the digits of a confident prediction; minus
    the sum of the row's other components is the same number, if their targets are 0, and keeps
    them. Other targets are subtracted, so near p_i = y_i the error is a few eps in absolute
    terms. Rows that are nan in `softmax` are nan.

    References
    ----------
    J. S. Bridle (1990), Training stochastic model recognition algorithms as networks can lead
    to maximum mutual information estimation of parameters, NIPS 2, 211-217.

    Examples
    --------
    >>> from softmax_lib import softmax_cross_entropy_grad
    >>> softmax_cross_entropy_grad([3.0, 1.0, -3.0], 1).round(3)
    array([ 0.879, -0.881,  0.002])
    """
    z = as_floating(logits, "logits")
    axis = class_axis(z, axis)
    y = as_targets(targets, z, axis)
    formula = _gradient_for_targets
    if y.dtype.kind in "iu":
        formula, y = _gradient_for_labels, np.expand_dims(y, axis)
    return over_tiles(formula, (axis,), like(z), z, y)[()]


def linear_backward(X, W, grad_logits):
    r"""Gradients of a linear layer Z = X W + b, given the gradient in its output.

    .. math:: \frac{\partial L}{\partial X} &= G W^{\top} \\
              \frac{\partial L}{\partial W} &= X^{\top} G \\
              \frac{\partial L}{\partial b} &= \sum_{n=1}^{N} G_n

    Parameters
    ----------
    X : array_like, shape (N, D)
        The layer's input, one example a row.
    W : array_like, shape (D, C)
        The weights.
    grad_logits : array_like, shape (N, C)
        G, the gradient of a scalar in Z; for a mean loss, (P - Y) / N.

    Returns
    -------
    grad_X : ndarray, shape (N, D)
    grad_W : ndarray, shape (D, C)
    grad_b : ndarray, shape (C,)

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If an argument is not a matrix, or the shapes do not fit.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), Learning representations by
    back-propagating errors, Nature 323, 533-536. doi:10.1038/323533a0

    Examples
    --------
    >>> from softmax_lib import linear_backward
    >>> X, W, G = [[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0]], [[0.5, -0.5]]
    >>> grad_X, grad_W, grad_b = linear_backward(X, W, G)
    >>> grad_W
    array([[ 0.5, -0.5],
           [ 1. , -1. ]])
    """
    X, W, G = (
        as_matrix(values, name)
        for values, name in ((X, "X"), (W, "W"), (grad_logits, "grad_logits"))
    )
    if X.shape[1] != W.shape[0] or G.shape != (X.shape[0], W.shape[1]):
        raise ValueError(
            "shapes must be X (N, D), W (D, C), grad_logits (N, C): "
            f"got {X.shape}, {W.shape}, {G.shape}"
        )
    dtype = np.result_type(X, W, G)
    X, W, G = (values.astype(computing_dtype(dtype), copy=False) for values in (X, W, G))
    with np.errstate(all="ignore"):
        gradients = G @ W.T, X.T @ G, G.sum(axis=0)
        return tuple(gradient.astype(dtype, copy=False) for gradient in gradients)


# --- the formulas, on one tile -------------------------------------------------------------------

# Below this share, far from the largest logit, the rounding of z - m takes five bits and more.
FAR = 1e-26


def _gradient_for_labels(gradient, z, labels, *, axis):
    _accurate_softmax_of(gradient, z, axis)
    p_k = np.take_along_axis(gradient, labels, axis)
    np.put_along_axis(gradient, labels, 0, axis)
    # 0 * p_k is 0, but it keeps the nan of a row that has no other class to bring it in.
    np.put_along_axis(gradient, labels, 0 * p_k - row_sum(gradient, axis), axis)


def _gradient_for_targets(gradient, z, y, *, axis):
    _accurate_softmax_of(gradient, z, axis)
    for piece in pieces(z, axis):
        part = np.subtract(gradient[piece], y[piece], out=gradient[piece])
        np.multiply(part, 0, out=part, where=y[piece] == 1)
    # As for labels: where the target is certain, minus the sum of the others.
    others = row_sum(gradient, axis)
    for piece in pieces(z, axis):
        np.subtract(gradient[piece], others, out=gradient[piece], where=y[piece] == 1)


def _accurate_softmax_of(p, z, axis):
    """Fill p with the softmax of z; the shift's error is taken out of the smallest shares."""
    s = softmax_of(p, z, axis=axis)
    if s is None:
        return
    for piece in pieces(z, axis):
        part = p[piece]
        far = (part < FAR) & (part > 0)
        if np.count_nonzero(far):
            far_z, far_s = z[piece][far], np.broadcast_to(s, part.shape)[far]
            part[far] *= 1 + rounding_of(far_z, far_s, gaps(far_z, far_s))

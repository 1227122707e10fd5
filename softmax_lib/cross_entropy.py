"""Chapter 4, cross-entropy: what a prediction costs, for labels and for distributions."""

import operator

import numpy as np

from softmax_lib._engine.arrays import (
    as_floating,
    as_number,
    class_axis,
    like,
    one_axis,
    one_value_a_row,
    same_shape,
    without_axes,
)
from softmax_lib._engine.reductions import sum_in_pieces
from softmax_lib._engine.shift import gaps, log_total_of
from softmax_lib._engine.targets import as_distribution, as_labels, as_targets
from softmax_lib._engine.tiles import computing_dtype, over_tiles


def one_hot(labels, num_classes, *, axis=-1):
    """Turn labels into distributions that put all their mass on the label.

    Parameters
    ----------
    labels : array_like of int, any shape
        Classes from 0 to `num_classes` - 1.
    num_classes : int
        The number C of classes, at least 1.
    axis : int, default -1
        Where the new axis of length C stands in the result.

    Returns
    -------
    ndarray of float64, one dimension more than `labels`

    Raises
    ------
    TypeError
        If `labels` or `num_classes` are not integers.
    ValueError
        If `num_classes` < 1, `axis` is out of range, or a label is negative or >= C: the
        message names the first one and its position.

    Examples
    --------
    >>> from softmax_lib import one_hot
    >>> one_hot([1, 0], 3)
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    try:
        num_classes = operator.index(num_classes)
    except TypeError:
        raise TypeError(f"num_classes must be an int, got {num_classes!r}") from None
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    labels = as_labels(labels, num_classes)
    axis = one_axis(axis, labels.ndim + 1)
    classes = np.arange(num_classes).reshape((-1,) + (1,) * (labels.ndim - axis))
    return (np.expand_dims(labels, axis) == classes).astype(np.float64)


def nll_loss(log_probs, labels, axis=-1):
    r"""Negative log-likelihood of the labels, one value an example.

    .. math:: L = -\log p_k

    Parameters
    ----------
    log_probs : array_like, shape (..., C, ...)
        Log-probabilities, as `log_softmax` returns them.
    labels : array_like of int, shape of `log_probs` without `axis`
        The true classes k.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray or scalar, shape of `labels`
        In nats, never averaged: write ``.mean()`` where you want the mean.

    Raises
    ------
    TypeError, ValueError
        As in `one_hot` for the labels; ValueError also where the shapes do not fit.

    Examples
    --------
    >>> from softmax_lib import log_softmax, nll_loss
    >>> nll_loss(log_softmax([[3.0, 1.0, -3.0], [3.0, 1.0, -3.0]]), [0, 2]).round(3)
    array([0.129, 6.129])
    """
    log_p = as_floating(log_probs, "log_probs")
    axis = class_axis(log_p, axis, "log_probs")
    kept = log_p.shape[:axis] + log_p.shape[axis + 1 :]
    log_p = log_p.reshape(log_p.shape or 1)  # a 0-d array is one class
    labels = as_labels(labels, log_p.shape[axis], shape=kept, beside="log_probs")
    chosen = np.take_along_axis(log_p, np.expand_dims(labels, axis), axis)
    return (0 - chosen).reshape(kept)[()]


def softmax_cross_entropy(logits, targets, axis=-1):
    r"""Cross-entropy between targets and the softmax of the logits, one value an example.

    .. math:: L &= -\sum_{c=1}^{C} y_c \log p_c \\
              &= \sum_{c=1}^{C} y_c \left(\log(1 + r) - (z_c - m)\right)

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless: no softmax before this function.
    targets : array_like
        Either labels, integers in the shape of `logits` without `axis`, or distributions, in
        the shape of `logits`, non-negative and summing to 1 along `axis`: to 1e-6, and in
        float16 and float32 to what rounding takes from a sum.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray or scalar, shape of `logits` without `axis`
        In nats, never averaged. At least the entropy of the targets, less what their sum is
        off 1.

    Raises
    ------
    TypeError
        If `logits` are not real numbers, or labels not integers.
    ValueError
        If a label is negative or >= C, a target negative or nan, a sum of targets off 1, or
        the shapes do not fit.

    Notes
    -----
    Here m is the largest logit, and 1 + r is the sum of the e^(z_c - m). A confident right
    prediction costs log(1 + r), a tiny number that log(softmax) rounds to 0.
    A target of 0 costs nothing, even against a logit of -inf; a positive target against a
    logit of -inf costs inf. Rows that are nan in `softmax` cost nan.

    References
    ----------
    As in `softmax`.

    Examples
    --------
    >>> from softmax_lib import softmax_cross_entropy
    >>> print(f"{softmax_cross_entropy([3.0, 1.0, -3.0], 0):.4f}")
    0.1291
    >>> print(f"{softmax_cross_entropy([3.0, 1.0, -3.0], [0.5, 0.5, 0.0]):.4f}")
    1.1291
    """
    z = as_floating(logits, "logits")
    axis = class_axis(z, axis)
    y = as_targets(targets, z, axis)
    formula = _loss_of_targets
    if y.dtype.kind in "iu":
        formula, y = _loss_of_labels, np.expand_dims(y, axis)
    loss = over_tiles(formula, (axis,), one_value_a_row(z, (axis,)), z, y)
    return without_axes(loss, (axis,))


def smooth_labels(targets, alpha, axis=-1):
    r"""Mix the targets with the uniform distribution.

    .. math:: \tilde y_i = (1 - \alpha) y_i + \frac{\alpha}{C}

    Parameters
    ----------
    targets : array_like, shape (..., C, ...)
        Distributions along `axis`, whose sums are 1 as in `softmax_cross_entropy`; for labels,
        `one_hot` makes them.
    alpha : float
        The share of the uniform distribution, in [0, 1].
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `targets`

    Raises
    ------
    TypeError
        If `targets` are not real numbers or `alpha` is no number.
    ValueError
        If `alpha` is outside [0, 1], a target negative, or a sum off 1.

    References
    ----------
    C. Szegedy et al. (2016), Rethinking the Inception architecture for computer vision, CVPR.
    doi:10.1109/CVPR.2016.308

    Examples
    --------
    >>> from softmax_lib import smooth_labels
    >>> smooth_labels([0.0, 1.0, 0.0], 0.3).round(3)
    array([0.1, 0.8, 0.1])
    """
    y = as_distribution(targets, "targets", axis)
    share = as_number(alpha, "alpha")
    if not 0 <= share <= 1:
        raise ValueError(f"alpha must be in [0, 1], got {alpha!r}")
    with np.errstate(all="ignore"):
        share = share.astype(computing_dtype(y.dtype))
    axis = class_axis(y, axis)
    return over_tiles(_smoothed, (axis,), like(y), y, share=share)[()]


def entropy(p, axis=-1):
    r"""Shannon entropy of a distribution, in nats.

    .. math:: H(p) = -\sum_{c=1}^{C} p_c \log p_c, \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array_like, shape (..., C, ...)
        Distributions along `axis`, whose sums are 1 as in `softmax_cross_entropy`.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray or scalar, shape of `p` without `axis`
        Between 0 (all mass on one class) and log C (uniform), as far as the sum is 1.

    Raises
    ------
    TypeError, ValueError
        If `p` are not real numbers, or not distributions along `axis`.

    References
    ----------
    C. E. Shannon (1948), A mathematical theory of communication, Bell Syst. Tech. J. 27(3),
    379-423. doi:10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> from softmax_lib import entropy
    >>> print(f"{entropy([0.5, 0.5, 0.0]):.4f}")
    0.6931
    """
    p = as_distribution(p, "p", axis)
    axis = class_axis(p, axis)
    return without_axes(over_tiles(_entropy_of, (axis,), one_value_a_row(p, (axis,)), p), (axis,))


def kl_divergence(p, q, axis=-1):
    r"""Kullback-Leibler divergence of two distributions, in nats.

    .. math:: \operatorname{KL}(p \| q) = \sum_{c=1}^{C} p_c \log \frac{p_c}{q_c}

    Parameters
    ----------
    p, q : array_like, shape (..., C, ...)
        Distributions along `axis`, of the same shape.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray or scalar, shape of `p` without `axis`
        0 where p = q, positive elsewhere, inf where some q_c = 0 < p_c. Where p and q nearly
        agree the terms cancel: rounding may leave a few eps of either sign, and sums that are
        off 1 as much as they differ.

    Raises
    ------
    TypeError, ValueError
        As in `entropy`; ValueError also if the shapes differ.

    References
    ----------
    S. Kullback, R. A. Leibler (1951), On information and sufficiency, Ann. Math. Stat. 22(1),
    79-86. doi:10.1214/aoms/1177729694

    Examples
    --------
    >>> from softmax_lib import kl_divergence
    >>> print(f"{kl_divergence([0.5, 0.5], [0.9, 0.1]):.4f}")
    0.5108
    >>> kl_divergence([0.5, 0.5], [1.0, 0.0])
    np.float64(inf)
    """
    p, q = as_floating(p, "p"), as_floating(q, "q")
    same_shape(q, "q", p, "p")
    p, q = as_distribution(p, "p", axis), as_distribution(q, "q", axis)
    axis = class_axis(p, axis)
    divergence = one_value_a_row(p, (axis,), np.result_type(p, q))
    return without_axes(over_tiles(_divergence_of, (axis,), divergence, p, q), (axis,))


# --- the formulas, on one tile -------------------------------------------------------------------


def _loss_of_labels(loss, z, labels, *, axis):
    m, log_total = log_total_of(z, axis, loss.dtype)
    loss[...] = log_total - gaps(np.take_along_axis(z, labels, axis), m)


def _loss_of_targets(loss, z, y, *, axis):
    m, log_total = log_total_of(z, axis, loss.dtype)
    loss[...] = _expected(y, axis, lambda piece: log_total - gaps(z[piece], m))


def _smoothed(mixed, y, *, axis, share):
    np.multiply(y, 1 - share, out=mixed)
    mixed += share / y.shape[axis]


def _entropy_of(entropy, p, *, axis):
    entropy[...] = _expected(p, axis, lambda piece: 0 - np.log(p[piece], dtype=entropy.dtype))


def _divergence_of(divergence, p, q, *, axis):
    def cost(piece):
        return np.log(p[piece], dtype=divergence.dtype) - np.log(q[piece], dtype=divergence.dtype)

    divergence[...] = _expected(p, axis, cost)


def _expected(weights, axis, cost):
    """Return each row's sum of weight times cost; a weight of 0 takes nothing, even of inf."""

    def terms(piece):
        weighted = weights[piece] * cost(piece)
        # A row whose costs are all nan stays nan: its weights cannot all be 0.
        np.copyto(weighted, 0, where=weights[piece] == 0)
        return weighted

    return sum_in_pieces(terms, weights, axis)

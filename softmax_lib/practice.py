"""Chapter on practice: several labels at once, means that leave examples out, class weights."""

import operator

import numpy as np

from softmax_lib._engine.arrays import as_floating, same_shape
from softmax_lib._engine.targets import as_integers, as_labels
from softmax_lib._engine.tiles import computing_dtype


@np.errstate(all="ignore")
def sigmoid(z):
    r"""Logistic sigmoid of each number: the probability of a yes, from its log-odds.

    .. math:: s = \frac{1}{1 + e^{-z}}

    Parameters
    ----------
    z : array_like, any shape
        Logits, dimensionless: one for each question.

    Returns
    -------
    ndarray or scalar, shape of `z`
        From 0 to 1: 0 at -inf, 1/2 at 0, 1 at inf, nan at nan.

    Raises
    ------
    TypeError
        If `z` are not real numbers.

    Notes
    -----
    Below 0 the formula is used as e^z / (1 + e^z). So no exponential overflows, and tiny
    probabilities keep their digits, down to where e^z underflows. 1 - s is better computed as
    ``sigmoid(-z)``.

    Examples
    --------
    >>> from softmax_lib import sigmoid
    >>> sigmoid([4.0, 0.0, -1000.0]).round(3)
    array([0.982, 0.5  , 0.   ])
    """
    z = as_floating(z, "z")
    x = z.astype(computing_dtype(z.dtype))
    small = np.exp(-np.abs(x))
    return (np.where(x > 0, 1, small) / (1 + small)).astype(_native(z))[()]


@np.errstate(all="ignore")
def binary_cross_entropy(logits, targets):
    r"""Cross-entropy of separate yes-or-no questions, one value an entry, from logits.

    .. math:: L &= -y \log s - (1 - y) \log(1 - s) \\
                &= \max(z, 0) - z y + \log(1 + e^{-|z|})

    Parameters
    ----------
    logits : array_like, any shape
        One logit z for each question, dimensionless: no sigmoid before this function.
    targets : array_like, shape of `logits`
        How far the answer is yes: y from 0 to 1. They need not sum to 1.

    Returns
    -------
    ndarray or scalar, shape of `logits`
        In nats, never negative, never averaged: write ``.mean()`` or ``.sum(axis=-1)`` where you
        want it.

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If the shapes differ, or a target is below 0, above 1 or nan.

    Notes
    -----
    It is computed as log(1 + e^-a) + u a, where a is the size of z, and u is 1 - y for positive z,
    y for others: two terms that are never negative, so nothing cancels. A target of 0 against a
    logit of -inf costs 0, and so does a target of 1 against inf; any other target costs inf there,
    unless its distance from these is 0 in the dtype of the computation. The gradient in z is
    ``sigmoid(z) - y``.

    Examples
    --------
    >>> from softmax_lib import binary_cross_entropy
    >>> binary_cross_entropy([4.0, 4.0, -4.0], [1.0, 0.0, 0.0]).round(3)
    array([0.018, 4.018, 0.018])
    """
    z = as_floating(logits, "logits")
    y = as_floating(targets, "targets")
    same_shape(y, "targets", z, "logits")
    outside = ~((y >= 0) & (y <= 1))
    if outside.any():
        raise ValueError(f"targets must be from 0 to 1, got {y[outside][0]}")
    dtype = computing_dtype(z.dtype)
    x, y = z.astype(dtype), y.astype(np.result_type(dtype, y.dtype))
    size = np.abs(x)
    unlike = np.where(x > 0, 1 - y, y).astype(dtype)
    # Nothing of inf is nothing.
    moved = np.where(unlike == 0, 0, unlike * size)
    return (moved + np.log1p(np.exp(-size))).astype(_native(z))[()]


@np.errstate(all="ignore")
def weighted_mean_loss(losses, labels, *, class_weight=None, ignore_index=None):
    r"""Mean of the losses of a batch, weighted by class, without the examples to be ignored.

    .. math:: \bar L = \frac{\sum_{n=1}^{N} w_n L_n}{\sum_{n=1}^{N} w_n}

    Parameters
    ----------
    losses : array_like, any shape
        One loss L_n an example, as `softmax_cross_entropy` returns them.
    labels : array_like of int, shape of `losses`
        The classes of the examples, which choose the weights.
    class_weight : array_like, shape (C,), optional
        A weight for each class, finite and not negative; w_n is that of the label. All are 1 by
        default.
    ignore_index : int, optional
        Examples with this label count neither above nor below the line. It need be no class.

    Returns
    -------
    scalar
        In the dtype of `losses`.

    Raises
    ------
    TypeError
        If `losses` or `class_weight` are not real numbers, or labels or `ignore_index` not
        integers.
    ValueError
        If the shapes do not fit, a label is negative or >= C, a weight negative or not finite; or
        if no example is left, or none with a weight above 0: a mean of nothing is not 0.

    Notes
    -----
    The sum is divided by the sum of the weights of the examples that count, not by their number:
    so the same factor on all weights changes nothing. An example of weight 0 takes nothing, even
    of a loss of inf or nan. PyTorch's ``CrossEntropyLoss`` divides in this way too, but returns
    nan where nothing is left.

    Examples
    --------
    >>> from softmax_lib import weighted_mean_loss
    >>> print(weighted_mean_loss([2.0, 4.0, 9.0], [0, 1, -1], ignore_index=-1))
    3.0
    >>> print(weighted_mean_loss([2.0, 4.0], [0, 1], class_weight=[3.0, 1.0]))
    2.5
    """
    losses, labels = as_floating(losses, "losses"), as_integers(labels)
    same_shape(labels, "labels", losses, "losses")
    counts = np.ones(labels.shape, dtype=bool)
    if ignore_index is not None:
        try:
            counts = labels != operator.index(ignore_index)
        except TypeError:
            raise TypeError(f"ignore_index must be an int or None, got {ignore_index!r}") from None
    weights = _weights_of(np.where(counts, labels, 0), class_weight)[counts]
    if not weights.size:
        raise ValueError(f"no mean: of {labels.size} labels, none is left to count")
    if not weights.any():
        raise ValueError(f"no mean: all labels that count, {weights.size}, have weight 0")
    dtype = computing_dtype(losses.dtype)
    # A power of 2, which costs no digit, so that weights of any size add up in any dtype.
    _, exponent = np.frexp(weights.max())
    weights = np.ldexp(weights, -exponent).astype(dtype)
    terms = np.where(weights == 0, 0, weights * losses[counts])
    return (terms.sum() / weights.sum()).astype(_native(losses))


def _weights_of(labels, class_weight):
    """Return the weight of each label, of those that are ignored too, whose label is 0 here."""
    if class_weight is None:
        if labels.size and labels.min() < 0:
            raise ValueError(
                f"labels must be at least 0, got {labels.min()}; ignore_index={labels.min()} would "
                "leave it out"
            )
        return np.ones(labels.shape)
    table = as_floating(class_weight, "class_weight")
    if table.ndim != 1 or not table.size:
        raise ValueError(
            f"class_weight must hold one weight a class, got an array of shape {table.shape}"
        )
    wrong = ~((table >= 0) & (table < np.inf))
    if wrong.any():
        raise ValueError(
            f"class_weight must be finite and not negative, got {table[wrong][0]} for class "
            f"{wrong.argmax()}"
        )
    # Their ratios want more digits than half precision has.
    return table.astype(np.result_type(table, np.float64))[as_labels(labels, len(table))]


def _native(array):
    return array.dtype.newbyteorder("=")

"""Chapter on calibration: may one believe a probability, and one number that mends it."""

import operator

import numpy as np

from softmax_lib._engine.arrays import as_floating, class_axis, same_shape
from softmax_lib._engine.targets import as_labels


def fit_temperature(logits, labels, axis=-1):
    r"""Find the temperature T at which the mean cross-entropy of softmax(z / T) is lowest.

    .. math:: T = \arg\min_{T > 0} \frac{1}{N} \sum_{n=1}^{N} -\log p_{n k_n}(T)

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless, of examples that the model was not trained on. A class that
        is ruled out may have -inf.
    labels : array_like of int, shape of `logits` without `axis`
        The true classes k, from 0 to C - 1.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    float
        The temperature, for ``softmax(logits, temperature=T)``. Above 1, narrower gaps would have
        cost less on these labels; below 1, wider ones. Where no positive, finite temperature is
        the best:

        * 0.0, if every label has a largest logit of its row: the colder, the lower the loss.
          Where no largest logits tie, `hardmax` is its limit.
        * inf, if every finite temperature costs more than a uniform guess among the classes that
          are not -inf: on average the true logit is no larger than the mean of its row's.
        * 1.0, if every temperature costs the same: the logits of each row are equal, but for -inf.

        `softmax` refuses the first two.

    Raises
    ------
    TypeError
        If `logits` are not real numbers, or `labels` not integers.
    ValueError
        If there is no example, a label is negative or >= C, the shapes do not fit, a logit is
        nan or inf, a gap overflows, or the logit of a true class is -inf: its loss is inf at
        every temperature.

    Notes
    -----
    As a function of 1 / T the loss is convex. Its slope is the mean logit under p less the true
    one, its curvature the variance of the logits under p, each averaged over the examples.
    Newton's method finds where the slope is 0, and halves an interval where a step would leave
    it. It computes in float64.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger (2017), On calibration of modern neural networks,
    ICML, PMLR 70, 1321-1330. arXiv:1706.04599

    Examples
    --------
    Three of four labels are where the logits, two ahead each time, say they are: the best gap is
    log 3.

    >>> from softmax_lib import fit_temperature
    >>> logits = [[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.0, 2.0]]
    >>> round(fit_temperature(logits, [0, 0, 1, 0]), 3)
    1.82
    >>> fit_temperature(logits, [0, 0, 1, 1])
    0.0
    """
    z = as_floating(logits, "logits")
    axis = class_axis(z, axis)
    kept = z.shape[:axis] + z.shape[axis + 1 :]
    z = z.reshape(z.shape or 1)  # a 0-d array is one class
    labels = as_labels(labels, z.shape[axis], shape=kept).reshape(-1)
    if not labels.size:
        raise ValueError("logits hold no example to fit a temperature to")
    with np.errstate(all="ignore"):
        rows = np.moveaxis(z, axis, -1).reshape(labels.size, -1).astype(np.float64)
        return _temperature(rows, labels)


def reliability(confidence, correct, *, bins=10):
    r"""Sort predictions into bins by confidence, and say how often each bin is right.

    Parameters
    ----------
    confidence : array_like, any shape
        The probability that each prediction was given, from 0 to 1.
    correct : array_like of bool, shape of `confidence`
        Whether it was right; numbers may be 0 or 1.
    bins : int, default 10
        The number B of bins of equal width. Bin b, counted from 0, holds the confidences above
        b / B and up to (b + 1) / B; the first holds 0 as well.

    Returns
    -------
    counts : ndarray of int, shape (bins,)
        How many predictions lie in each bin.
    mean_confidence, accuracy : ndarray, shape (bins,)
        The mean confidence of each bin, and the share of it that was right; nan where a bin is
        empty. In the dtype of `confidence`.

    Raises
    ------
    TypeError
        If `confidence` or `correct` are not real numbers, or `bins` is no integer.
    ValueError
        If there is no prediction, a confidence is outside [0, 1] or nan, `correct` holds anything
        but 0 and 1, the shapes differ, or `bins` < 1.

    References
    ----------
    As in `fit_temperature`.

    Examples
    --------
    >>> from softmax_lib import reliability
    >>> counts, mean_confidence, accuracy = reliability(
    ...     [0.75, 1.0, 1.0, 0.25], [True, True, False, False], bins=2
    ... )
    >>> counts, mean_confidence.round(3), accuracy.round(3)
    (array([1, 3]), array([0.25 , 0.917]), array([0.   , 0.667]))
    """
    dtype, counts, total, right = _binned(confidence, correct, bins)
    with np.errstate(invalid="ignore"):  # nothing out of nothing, in an empty bin
        return counts, (total / counts).astype(dtype), (right / counts).astype(dtype)


def expected_calibration_error(confidence, correct, *, bins=10):
    r"""Mean distance of accuracy from confidence over the bins of `reliability`.

    .. math:: \mathrm{ECE} = \sum_{b=1}^{B} \frac{n_b}{N} \left|a_b - q_b\right|

    Parameters
    ----------
    confidence, correct, bins
        As in `reliability`.

    Returns
    -------
    scalar, dtype of `confidence`
        From 0 to 1. It depends on `bins`, and on a finite sample chance lifts it above 0 for a
        calibrated model, too.

    Raises
    ------
    TypeError, ValueError
        As in `reliability`.

    Notes
    -----
    Here n_b predictions of N lie in bin b, with the mean confidence q_b and the accuracy a_b.
    Empty bins add nothing.

    References
    ----------
    M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015), Obtaining well calibrated probabilities
    using Bayesian binning, AAAI, 2901-2907. doi:10.1609/aaai.v29i1.9602

    Examples
    --------
    >>> from softmax_lib import expected_calibration_error
    >>> print(expected_calibration_error([0.75, 0.75, 0.75, 0.75], [1, 0, 1, 0]))
    0.25
    """
    dtype, counts, total, right = _binned(confidence, correct, bins)
    return (np.abs(total - right).sum() / counts.sum()).astype(dtype)


def _temperature(rows, labels):
    """Return the best temperature for float64 logits, one example a row."""
    if not np.all(rows < np.inf):
        raise ValueError(f"logits must be finite or -inf, got {rows[~(rows < np.inf)][0]}")
    gaps = rows - rows.max(axis=1, keepdims=True)
    if np.any(np.isinf(gaps) & np.isfinite(rows)):
        raise ValueError("logits are so far apart that a gap overflows")
    true = gaps[np.arange(len(gaps)), labels]
    if not np.all(np.isfinite(true)):
        raise ValueError(
            f"the true class of example {np.flatnonzero(~np.isfinite(true))[0]} has a logit of "
            "-inf, so its loss is inf at every temperature"
        )
    possible = np.isfinite(gaps)
    gaps = np.where(possible, gaps, 0)
    widest = -gaps.min()
    if widest == 0:
        return 1.0
    if not true.any():
        return 0.0
    gaps, true = gaps / widest, true / widest  # so that any scale of logits will do

    def slope_and_curvature(beta):
        """Return both derivatives of the mean loss, by beta = widest / T."""
        p = np.where(possible, np.exp(beta * gaps), 0)
        p /= p.sum(axis=1, keepdims=True)
        mean = (p * gaps).sum(axis=1)
        variance = (p * (gaps - mean[:, None]) ** 2).sum(axis=1)
        return (mean - true).mean(), variance.mean()

    low, high = 0.0, 1.0
    if slope_and_curvature(low)[0] >= 0:
        return np.inf
    while slope_and_curvature(high)[0] < 0:
        low, high = high, 2 * high
    beta = (low + high) / 2
    while low < beta < high:
        slope, curvature = slope_and_curvature(beta)
        low, high = (beta, high) if slope < 0 else (low, beta)
        newton = beta - slope / curvature
        if newton == beta:
            break
        beta = newton if low < newton < high else (low + high) / 2
    return float(widest / beta)


def _binned(confidence, correct, bins):
    """Return the dtype of the confidence and, for each bin, how many, their sum, the right ones."""
    q, hit = as_floating(confidence, "confidence"), as_floating(correct, "correct")
    same_shape(hit, "correct", q, "confidence")
    try:
        bins = operator.index(bins)
    except TypeError:
        raise TypeError(f"bins must be an int, got {bins!r}") from None
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    if not q.size:
        raise ValueError("confidence holds no prediction")
    outside = ~((q >= 0) & (q <= 1))
    if outside.any():
        raise ValueError(f"confidence must be from 0 to 1, got {q[outside][0]}")
    neither = (hit != 0) & (hit != 1)
    if neither.any():
        raise ValueError(f"correct must be True or False, got {hit[neither][0]}")
    # Rounded as the confidences are: a float32 0.3 is the end of its bin, as 0.3 is.
    edges = (np.arange(1, bins) / bins).astype(q.dtype)
    place = np.searchsorted(edges, q.reshape(-1))
    counts = np.bincount(place, minlength=bins)
    total, right = (
        np.bincount(place, values.reshape(-1).astype(np.float64), minlength=bins)
        for values in (q, hit)
    )
    return q.dtype, counts, total, right

"""Chapter on attention: what it is about, in a line."""

import numpy as np

from softmax_lib._engine.arrays import as_floating, class_axis


def attention_example(logits, axis=-1):
    r"""Logits without their mean, until the chapter has a function of its own.

    .. math:: w_i = z_i - \frac{1}{C} \sum_{c=1}^{C} z_c

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `logits`
        Numbers that sum to 0 along `axis` to rounding.

    Raises
    ------
    TypeError, ValueError
        As in `softmax` for `logits` and `axis`.

    Examples
    --------
    >>> from softmax_lib import attention_example
    >>> attention_example([3.0, 1.0, -1.0])
    array([ 2.,  0., -2.])
    """
    z = as_floating(logits, "logits")
    axis = class_axis(z, axis)
    with np.errstate(all="ignore"):
        return (z - z.mean(axis=axis if z.ndim else None, keepdims=True))[()]

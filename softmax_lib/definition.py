"""Chapter 1, definition: softmax as the formula says, and the hard choice that it softens."""

import numpy as np

from softmax_lib._engine.arrays import as_floating, class_axis, like
from softmax_lib._engine.reductions import row_max
from softmax_lib._engine.tiles import over_tiles


def softmax_naive(logits, axis=-1):
    r"""Softmax exactly as the formula is written; it overflows, for teaching.

    .. math:: p_i = \frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless. Floating dtypes are kept (also float16, so that its
        overflow can be watched), integers and booleans become float64. Complex logits are
        accepted here, and only here: the formula is analytic, and the complex-step derivative
        of `numerical_jacobian` evaluates it beside the real axis.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `logits`
        Along `axis` non-negative numbers that sum to 1, as long as the sum of the exponentials
        neither overflows nor underflows.

    Raises
    ------
    TypeError
        If `logits` is an object, string, masked or ragged array, or `axis` no int.
    ValueError
        If `axis` is out of range, or has no element: an empty sum has no share to give.

    Warns
    -----
    RuntimeWarning
        From NumPy, where exp overflows (above 709.78 in float64) and inf / inf becomes nan, where
        the sum alone overflows and every share becomes 0, or where every exponential underflows
        to 0 and 0 / 0 becomes nan.

    See Also
    --------
    softmax : the same formula, computed so that it holds for every finite input.

    References
    ----------
    J. S. Bridle (1990), Probabilistic interpretation of feedforward classification network
    outputs, in: Neurocomputing, Springer. doi:10.1007/978-3-642-76153-9_28

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import softmax_naive
    >>> softmax_naive([3.0, 1.0, -3.0]).round(3)
    array([0.879, 0.119, 0.002])
    >>> with np.errstate(over="ignore", invalid="ignore"):
    ...     softmax_naive([123, 456, 789])
    array([ 0.,  0., nan])
    """
    z = as_floating(logits, "logits", allow_complex=True)
    axis = class_axis(z, axis)
    exponentials = np.exp(z)
    total = exponentials.sum(axis=axis if z.ndim else None, keepdims=True)
    return (exponentials / total)[()]


def hardmax(logits, axis=-1):
    """One-hot of the first maximum: 1 where the largest logit stands first, 0 elsewhere.

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless. Floating dtypes are kept, integers become float64.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `logits`
        On a tie the first maximum takes all, as in ONNX Hardmax; the limit of
        softmax(z / T) for T to 0 shares the mass instead. Infinities are compared like other
        numbers; a row that holds a nan is all nan. A 0-d array is one class: 1.0.

    Raises
    ------
    TypeError, ValueError
        As `softmax` does for the same `logits` and `axis`.

    References
    ----------
    ONNX operator specification, Hardmax, https://onnx.ai/onnx/operators/onnx__Hardmax.html

    Examples
    --------
    >>> from softmax_lib import hardmax
    >>> hardmax([3.0, 1.0, -3.0])
    array([1., 0., 0.])
    >>> hardmax([2.0, 5.0, 5.0])
    array([0., 1., 0.])
    """
    z = as_floating(logits, "logits")
    return over_tiles(_hardmax_of, (class_axis(z, axis),), like(z), z)[()]


def _hardmax_of(choice, z, *, axis):
    m, _ = row_max(z, axis, choice.dtype)
    choice[...] = 0
    np.put_along_axis(choice, np.argmax(z, axis=axis, keepdims=True), 1, axis)
    np.copyto(choice, np.nan, where=np.isnan(m))

"""Chapter 3, derivative: the Jacobian of softmax, its products without the matrix, and checks."""

import numpy as np

from softmax_lib._engine.arrays import as_floating, class_axis, like, same_shape
from softmax_lib._engine.reductions import sum_in_pieces
from softmax_lib._engine.tiles import computing_dtype, over_tiles, pieces
from softmax_lib.overflow import softmax, softmax_of


def softmax_jacobian(logits):
    r"""Jacobian matrix of softmax along the last axis.

    .. math:: J &= \operatorname{diag}(p) - p p^{\top} \\
              J_{ij} &= \frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)

    Parameters
    ----------
    logits : array_like, shape (..., C)
        The logits z, dimensionless, at least one-dimensional.

    Returns
    -------
    ndarray, shape (..., C, C)
        Symmetric and, to rounding, positive semidefinite; every row sums to 0 to rounding. As
        long as no p_i is 0, the rank is C - 1. No eigenvalue is above 1/2.

    Raises
    ------
    TypeError, ValueError
        As in `softmax`; ValueError also for a 0-d array, which has no class axis.

    Notes
    -----
    The diagonal is computed as minus the sum of its row's other entries. p_i (1 - p_i) is the
    same number, but 1 - p_i loses every digit as p_i comes near 1. Rows that are nan in
    `softmax` are nan here.

    References
    ----------
    B. Gao, L. Pavel (2017), On the properties of the softmax function, arXiv:1704.00805.

    Examples
    --------
    >>> from softmax_lib import softmax_jacobian
    >>> softmax_jacobian([3.0, 1.0, -3.0]).round(3)
    array([[ 0.106, -0.105, -0.002],
           [-0.105,  0.105, -0.   ],
           [-0.002, -0.   ,  0.002]])
    """
    z = as_floating(logits, "logits")
    if z.ndim == 0:
        raise ValueError("logits must have a class axis, got a 0-d array")
    p = softmax(z.astype(computing_dtype(z.dtype), copy=False))
    diagonal = np.arange(p.shape[-1])
    with np.errstate(all="ignore"):
        jacobian = -p[..., :, None] * p[..., None, :]
        jacobian[..., diagonal, diagonal] = p * 0  # 0, or nan if alone
        jacobian[..., diagonal, diagonal] = 0 - jacobian.sum(axis=-1)
        return jacobian.astype(z.dtype.newbyteorder("="), copy=False)


def softmax_jvp(logits, tangent, axis=-1):
    r"""Jacobian-vector product: the change of softmax for a small change of the logits.

    .. math:: (J v)_i = p_i \left(v_i - \sum_{c=1}^{C} p_c v_c\right)

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless.
    tangent : array_like, shape of `logits`
        The direction v in which the logits move.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `logits`
        J v, which sums to 0 along `axis` to rounding. It costs O(C), not the O(C^2) of the
        matrix. The dtype is the wider one of the two arguments'.

    Raises
    ------
    TypeError, ValueError
        As in `softmax`; ValueError also if the shapes differ.

    Notes
    -----
    The error is a few eps of the largest abs(v_c). It is absolute: where v_i is close to the
    weighted mean of v, the subtraction cancels, and the relative error is unbounded.

    Examples
    --------
    >>> from softmax_lib import softmax_jvp
    >>> softmax_jvp([3.0, 1.0, -3.0], [0.0, 1.0, 0.0]).round(3)
    array([-0.105,  0.105, -0.   ])
    """
    return _jacobian_times(logits, tangent, "tangent", axis)


def softmax_vjp(logits, cotangent, axis=-1):
    r"""Vector-Jacobian product: the gradient in the logits from a gradient in the probabilities.

    .. math:: (J^{\top} u)_j = p_j \left(u_j - \sum_{c=1}^{C} p_c u_c\right)

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The logits z, dimensionless.
    cotangent : array_like, shape of `logits`
        The gradient u of a scalar with respect to the probabilities.
    axis : int, default -1
        The axis of the C classes.

    Returns
    -------
    ndarray, shape of `logits`
        The same function as `softmax_jvp`, because J is symmetric.

    Raises
    ------
    TypeError, ValueError
        As in `softmax_jvp`.

    Examples
    --------
    The loss -log p of class 0 has the cotangent (-1 / p, 0, 0), and the gradient p - y:

    >>> from softmax_lib import softmax, softmax_vjp
    >>> p = softmax([3.0, 1.0, -3.0])
    >>> softmax_vjp([3.0, 1.0, -3.0], [-1 / p[0], 0.0, 0.0]).round(3)
    array([-0.121,  0.119,  0.002])
    """
    return _jacobian_times(logits, cotangent, "cotangent", axis)


def numerical_jacobian(f, x, *, method="central"):
    r"""Jacobian of any function by finite differences or by the complex step.

    .. math:: \frac{\partial f_i}{\partial x_j}
              &\approx \frac{f_i(x + h e_j) - f_i(x - h e_j)}{2h} \\
              &\text{or}\quad \frac{\operatorname{Im} f_i(x + \mathrm{i} h e_j)}{h}

    Parameters
    ----------
    f : callable
        Takes an array like `x` and returns an array or a scalar. For the complex step it must
        accept complex numbers and be analytic: no abs, and no maximum, but for one of the real
        parts that is a shift and cancels.
    x : array_like
        Where to differentiate; in float64.
    method : {"central", "complex"}, default "central"
        Central differences take h near the cube root of the eps of the dtype that f returns; it
        must be the one in which f computes, so return no float32 as a Python float. For x and f
        of the size of 1 that leaves an error of about 1e-10 (float64) or 1e-5 (float32). The
        complex step takes h = 1e-200, and no difference of two values of f. What f itself
        cancels, it cancels here too: the error is small beside the largest derivative, not
        beside each.

    Returns
    -------
    ndarray, shape f(x).shape + x.shape

    Raises
    ------
    TypeError
        If `x` is not real numbers, or f returns real numbers for the complex step.
    ValueError
        If `method` is neither of the two.

    References
    ----------
    W. Squire, G. Trapp (1998), Using complex variables to estimate derivatives of real
    functions, SIAM Review 40(1), 110-112. doi:10.1137/S003614459631241X

    Examples
    --------
    >>> from softmax_lib import numerical_jacobian, softmax_naive
    >>> numerical_jacobian(softmax_naive, [3.0, 1.0, -3.0], method="complex").round(3)
    array([[ 0.106, -0.105, -0.002],
           [-0.105,  0.105, -0.   ],
           [-0.002, -0.   ,  0.002]])
    """
    columns = {"central": _central_difference, "complex": _complex_step}
    if method not in columns:
        raise ValueError(f"method must be 'central' or 'complex', got {method!r}")
    x = as_floating(x, "x").astype(np.float64)
    derivatives = [columns[method](f, x, index) for index in np.ndindex(x.shape)]
    if not derivatives:
        return np.empty(np.shape(f(x.copy())) + x.shape)
    stacked = np.stack(derivatives, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + x.shape)


def _central_difference(f, x, index, precision=np.float64):
    h = float(np.cbrt(np.finfo(precision).eps)) * max(1.0, abs(x[index]))
    above, below = x.copy(), x.copy()
    above[index] += h
    below[index] -= h
    # The step that was taken, which rounding makes another than 2 h.
    step = above[index] - below[index]
    # The copy is for an f that returns the same buffer every time.
    upper, lower = np.array(f(above)), np.asarray(f(below))
    if precision == np.float64 and lower.dtype in (np.float16, np.float32):
        return _central_difference(f, x, index, lower.dtype)  # of fewer digits, a larger step
    return (upper - lower) / step


def _complex_step(f, x, index):
    h = 1e-200
    beside = x.astype(np.complex128)
    beside[index] += 1j * h
    value = np.asarray(f(beside))
    if not np.iscomplexobj(value):
        raise TypeError("the complex step needs f to return complex numbers for complex x")
    return value.imag / h


def _jacobian_times(logits, vector, name, axis):
    z, v = as_floating(logits, "logits"), as_floating(vector, name)
    same_shape(v, name, z, "logits")
    product = like(z, np.result_type(z, v))
    return over_tiles(_jacobian_times_of, (class_axis(z, axis),), product, z, v)[()]


def _jacobian_times_of(product, z, v, *, axis):
    p = product
    softmax_of(p, z, axis=axis)
    mean = sum_in_pieces(lambda piece: p[piece] * v[piece], z, axis)
    for piece in pieces(z, axis):
        product[piece] = p[piece] * (v[piece] - mean)

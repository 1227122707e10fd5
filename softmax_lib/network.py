"""Chapter on the network: one hidden layer between the features and the softmax."""

import numbers
import warnings

import numpy as np

from softmax_lib._engine.arrays import as_floating, as_matrix, same_shape
from softmax_lib._engine.tiles import computing_dtype
from softmax_lib.backprop import linear_backward, softmax_cross_entropy_grad
from softmax_lib.cross_entropy import softmax_cross_entropy
from softmax_lib.regression import (
    ROUNDING,
    NotFittedError,
    SoftmaxRegression,
    examples,
    finite_matrix,
)


def relu(a):
    r"""Rectified linear unit: what is positive passes, the rest becomes 0.

    .. math:: \operatorname{relu}(a) = \frac{1}{2} (a + |a|)

    Parameters
    ----------
    a : array_like
        Any shape, dimensionless.

    Returns
    -------
    ndarray, shape of `a`
        nan where `a` is nan.

    Raises
    ------
    TypeError
        If `a` is not real numbers.

    Examples
    --------
    >>> from softmax_lib import relu
    >>> relu([-2.0, 0.0, 3.0])
    array([0., 0., 3.])
    """
    return np.maximum(as_floating(a, "a"), 0)[()]


# An activation, and its slope as a function of what came out.
ACTIVATIONS = {
    "relu": (relu, lambda H: (H > 0).astype(H.dtype)),
    "tanh": (np.tanh, lambda H: (1 - H) * (1 + H)),
}


def hidden_layer(X, U, u, *, activation="relu"):
    r"""Hidden layer: a linear layer, then an activation function on every number.

    .. math:: H = f(X U + u)

    Parameters
    ----------
    X : array_like, shape (N, D)
        The features, one example a row.
    U : array_like, shape (D, M)
        The weights of the M hidden units, a column each.
    u : array_like, shape (M,)
        Their biases.
    activation : {"relu", "tanh"}, default "relu"
        f.

    Returns
    -------
    ndarray, shape (N, M)
        H, the features that the next layer sees.

    Raises
    ------
    TypeError
        If `X`, `U` or `u` is not real numbers.
    ValueError
        If the shapes do not fit, or the activation is another.

    Examples
    --------
    >>> from softmax_lib import hidden_layer
    >>> hidden_layer([[1.0, 2.0]], [[1.0, -1.0], [1.0, 0.0]], [0.5, 0.5])
    array([[3.5, 0. ]])
    """
    f, _ = _activation(activation)
    X, U, u = as_matrix(X, "X"), as_matrix(U, "U"), as_floating(u, "u")
    if X.shape[1] != U.shape[0] or u.shape != U.shape[1:]:
        raise ValueError(
            f"shapes must be X (N, D), U (D, M), u (M,): got {X.shape}, {U.shape}, {u.shape}"
        )
    dtype = np.result_type(X, U, u)
    X, U, u = (values.astype(computing_dtype(dtype), copy=False) for values in (X, U, u))
    with np.errstate(all="ignore"):
        return f(X @ U + u).astype(dtype, copy=False)


def hidden_layer_backward(X, U, H, grad_H, *, activation="relu"):
    r"""Gradients of a hidden layer H = f(X U + u), given the gradient in its output.

    .. math:: \frac{\partial L}{\partial A} = \frac{\partial L}{\partial H} \odot f'(A),
              \quad A = X U + u,

    and from there as in `linear_backward`.

    Parameters
    ----------
    X : array_like, shape (N, D)
        The layer's input.
    U : array_like, shape (D, M)
        The weights.
    H : array_like, shape (N, M)
        What the layer put out.
    grad_H : array_like, shape (N, M)
        The gradient of a scalar in H.
    activation : {"relu", "tanh"}, default "relu"
        f.

    Returns
    -------
    grad_X : ndarray, shape (N, D)
    grad_U : ndarray, shape (D, M)
    grad_u : ndarray, shape (M,)

    Raises
    ------
    TypeError
        If an array is not real numbers.
    ValueError
        If the shapes do not fit, or the activation is another.

    Notes
    -----
    The slope is read off the output: 1 - h^2 for tanh, 1 or 0 for ReLU. At a = 0 ReLU has no
    derivative; 0 is taken there, its slope on the left.
    Where tanh has come near to 1 or -1, 1 - h^2 is good to an eps in absolute terms alone.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton, R. J. Williams (1986), Learning representations by
    back-propagating errors, Nature 323, 533-536. doi:10.1038/323533a0

    Examples
    --------
    >>> from softmax_lib import hidden_layer, hidden_layer_backward
    >>> X, U, u = [[1.0, 2.0]], [[1.0, -1.0], [1.0, 0.0]], [0.5, 0.5]
    >>> H = hidden_layer(X, U, u)
    >>> grad_X, grad_U, grad_u = hidden_layer_backward(X, U, H, [[0.25, 8.0]])
    >>> grad_U  # the second unit put out 0, and learns nothing
    array([[0.25, 0.  ],
           [0.5 , 0.  ]])
    """
    _, slope = _activation(activation)
    X, U, H, grad_H = (
        as_matrix(values, name)
        for values, name in ((X, "X"), (U, "U"), (H, "H"), (grad_H, "grad_H"))
    )
    if X.shape[1] != U.shape[0] or H.shape != (len(X), U.shape[1]) or grad_H.shape != H.shape:
        raise ValueError(
            "shapes must be X (N, D), U (D, M), H (N, M), grad_H (N, M): "
            f"got {X.shape}, {U.shape}, {H.shape}, {grad_H.shape}"
        )
    return linear_backward(X, U, grad_H * slope(H))


def network_loss_and_gradients(X, targets, U, u, W, b, *, activation="relu"):
    r"""Mean cross-entropy of a network with one hidden layer, and its gradients.

    .. math:: H &= f(X U + u), \quad Z = H W + b \\
              \bar L &= \frac{1}{N} \sum_{n=1}^{N} L_n

    Parameters
    ----------
    X : array_like, shape (N, D)
        The features, N at least 1.
    targets : array_like
        Labels, shape (N,), or distributions, shape (N, C), as in `softmax_cross_entropy`.
    U : array_like, shape (D, M)
    u : array_like, shape (M,)
        Weights and biases of the hidden layer.
    W : array_like, shape (M, C)
    b : array_like, shape (C,)
        Weights and biases of the output layer.
    activation : {"relu", "tanh"}, default "relu"
        f.

    Returns
    -------
    loss : float
        The mean over the N examples, in nats.
    gradients : tuple of ndarray
        Of the mean loss in U, u, W and b, each in the shape of its array.

    Raises
    ------
    TypeError
        If an array is not real numbers, or the labels are not integers.
    ValueError
        If the shapes do not fit, there is no example, a target is none, or the activation is
        another.

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import network_loss_and_gradients
    >>> X, U, u, W, b = np.eye(2), np.eye(2), np.zeros(2), np.zeros((2, 2)), np.zeros(2)
    >>> loss, (grad_U, grad_u, grad_W, grad_b) = network_loss_and_gradients(X, [0, 1], U, u, W, b)
    >>> print(round(float(loss), 3))  # log 2
    0.693
    >>> grad_W
    array([[-0.25,  0.25],
           [ 0.25, -0.25]])
    """
    H = hidden_layer(X, U, u, activation=activation)
    Z = _logits(H, W, b)
    if not len(Z):
        raise ValueError("X holds no example, and no mean is left")
    loss = softmax_cross_entropy(Z, targets).mean()
    grad_Z = softmax_cross_entropy_grad(Z, targets) / len(Z)
    grad_H, grad_W, grad_b = linear_backward(H, W, grad_Z)
    _, grad_U, grad_u = hidden_layer_backward(X, U, H, grad_H, activation=activation)
    return loss, (grad_U, grad_u, grad_W, grad_b)


def relative_error(a, b):
    r"""Largest relative difference of two arrays, as a gradient check asks for it.

    .. math:: \max_i \frac{|a_i - b_i|}{\max(|a_i|, |b_i|)}

    Parameters
    ----------
    a, b : array_like
        Of one shape.

    Returns
    -------
    float
        From 0 (equal) to 2 (equal but for a sign, somewhere); two zeros do not differ, an
        empty array does not either. nan if a number is nan or infinite.

    Raises
    ------
    TypeError
        If an argument is not real numbers.
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> from softmax_lib import relative_error
    >>> print(relative_error([1e-9, 4.0, 0.0], [2e-9, 4.0, 0.0]))
    0.5
    """
    a, b = as_floating(a, "a"), as_floating(b, "b")
    same_shape(a, "a", b, "b")
    a, b = a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)
    size = np.maximum(np.abs(a), np.abs(b))
    with np.errstate(all="ignore"):
        # Divided first, or the difference of two huge numbers could overflow.
        unit = np.where(size == 0, 1, size)
        return np.max(np.abs(a / unit - b / unit), initial=0.0)


class OneHiddenLayer(SoftmaxRegression):
    r"""Network with one hidden layer and a softmax, trained by gradient descent in mini-batches.

    Softmax regression on features H = f(X U + u) that are learned together with it.

    Parameters
    ----------
    hidden : int, default 32
        M, the number of hidden units, at least 1.
    activation : {"relu", "tanh"}, default "relu"
        f.
    learning_rate : float, default 0.1
        The step along minus the gradient; positive.
    max_iter : int, default 100
        Epochs: passes over the examples, at least 1.
    batch_size : int or None, default 32
        Examples a step; None takes all.
    start_scale : float, default 1.0
        What the weights at the start are multiplied by; at least 0.
    random_state : int, numpy.random.Generator or None, default 0
        Seeds the weights at the start, and then the order of the examples.

    Attributes
    ----------
    coefs_ : list of ndarray, shapes (D, M) and (M, C)
        U and W.
    intercepts_ : list of ndarray, shapes (M,) and (C,)
        u and b.
    classes_ : ndarray, shape (C,)
        The labels seen in `fit`, sorted.
    loss_curve_ : list of float
        The mean loss before the first epoch and after each.
    n_iter_, n_features_in_ : int

    Warns
    -----
    RuntimeWarning
        From `fit`, if the loss ends above its start, by more than rounding.

    Notes
    -----
    The weights start as normal random numbers with the mean 0 and the variance 2 / fan_in for
    ReLU (He et al. 2015), 2 / (fan_in + fan_out) for tanh (Glorot and Bengio 2010); those of the
    output layer, which no ReLU follows, with 1 / fan_in. The biases start at 0. The names of the
    attributes are those of scikit-learn's MLPClassifier.

    References
    ----------
    X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, PMLR 9, 249-256.
    K. He, X. Zhang, S. Ren, J. Sun (2015), Delving deep into rectifiers: surpassing human-level
    performance on ImageNet classification, ICCV, 1026-1034. doi:10.1109/ICCV.2015.123

    Examples
    --------
    >>> from softmax_lib import OneHiddenLayer
    >>> X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> model = OneHiddenLayer(hidden=8, batch_size=None, max_iter=500)
    >>> print(model.fit(X, ["same", "other", "other", "same"]).predict(X))
    ['same' 'other' 'other' 'same']
    """

    _parameters = ("hidden", "activation", "learning_rate", "max_iter", "batch_size")
    _parameters += ("start_scale", "random_state")

    def __init__(
        self,
        *,
        hidden=32,
        activation="relu",
        learning_rate=0.1,
        max_iter=100,
        batch_size=32,
        start_scale=1.0,
        random_state=0,
    ):
        super().__init__(
            learning_rate=learning_rate,
            max_iter=max_iter,
            alpha=0.0,
            batch_size=batch_size,
            random_state=random_state,
        )
        self.hidden, self.activation, self.start_scale = hidden, activation, start_scale

    def fit(self, X, y):
        """Learn from examples X, shape (N, D), and their labels y, shape (N,); return the model.

        Raises a ValueError for data that are not finite, fewer than two classes, shapes that do
        not fit, a parameter out of range, or a loss that does not stay finite. Warns if it ends
        above its start.
        """
        self._check_parameters()
        X, classes, labels = examples(X, y)
        rng = np.random.default_rng(self.random_state)
        with np.errstate(all="ignore"):
            weights = self._start(X.shape[1], len(classes), rng)
            curve = [self._loss(X, labels, weights)]
            for epoch in range(1, self.max_iter + 1):
                for batch in self._batches(len(X), rng):
                    gradients = self._loss_and_gradients(X[batch], labels[batch], weights)[1]
                    steps = zip(weights, gradients, strict=True)
                    weights = [w - self.learning_rate * gradient for w, gradient in steps]
                curve.append(self._loss(X, labels, weights))
                if not np.isfinite(curve[-1]):
                    raise ValueError(
                        f"the loss is {curve[-1]} after epoch {epoch}; "
                        f"learning_rate={self.learning_rate:g}, the start or the features are too "
                        "large"
                    )
        if curve[-1] > curve[0] * (1 + ROUNDING):
            warnings.warn(
                f"the loss rose from {curve[0]:.4g} to {curve[-1]:.4g}: learning_rate="
                f"{self.learning_rate:g} may be too large for these data",
                RuntimeWarning,
                stacklevel=2,
            )
        U, u, W, b = weights
        self.coefs_, self.intercepts_, self.classes_ = [U, W], [u, b], classes
        self.loss_curve_, self.n_iter_, self.n_features_in_ = curve, len(curve) - 1, X.shape[1]
        return self

    def decision_function(self, X):
        """Return the logits, shape (N, C)."""
        if not hasattr(self, "coefs_"):
            raise NotFittedError("this OneHiddenLayer is not fitted yet; call fit first")
        X = finite_matrix(X)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, fit saw {self.n_features_in_}")
        (U, W), (u, b) = self.coefs_, self.intercepts_
        return _logits(hidden_layer(X, U, u, activation=self.activation), W, b)

    def _start(self, D, C, rng):
        M = self.hidden
        variance = 2 / D if self.activation == "relu" else 2 / (D + M)
        U = self.start_scale * np.sqrt(variance) * rng.normal(size=(D, M))
        W = self.start_scale * np.sqrt(1 / M) * rng.normal(size=(M, C))
        return [U, np.zeros(M), W, np.zeros(C)]

    def _loss_and_gradients(self, X, labels, weights):
        return network_loss_and_gradients(X, labels, *weights, activation=self.activation)

    def _loss(self, X, labels, weights):
        U, u, W, b = weights
        H = hidden_layer(X, U, u, activation=self.activation)
        return float(softmax_cross_entropy(_logits(H, W, b), labels).mean())

    def _check_parameters(self):
        super()._check_parameters()
        if self.learning_rate is None:
            raise ValueError("learning_rate must be a number, got None")
        if not isinstance(self.hidden, numbers.Integral) or self.hidden < 1:
            raise ValueError(f"hidden must be an integer of at least 1, got {self.hidden!r}")
        if not isinstance(self.start_scale, numbers.Real) or not 0 <= self.start_scale < np.inf:
            raise ValueError(
                f"start_scale must be finite and not negative, got {self.start_scale!r}"
            )
        _activation(self.activation)


def _activation(name):
    if name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {tuple(ACTIVATIONS)}, got {name!r}")
    return ACTIVATIONS[name]


def _logits(H, W, b):
    W, b = as_matrix(W, "W"), as_floating(b, "b")
    if H.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError(
            f"shapes must be H (N, M), W (M, C), b (C,): got {H.shape}, {W.shape}, {b.shape}"
        )
    dtype = np.result_type(H, W, b)
    H, W, b = (values.astype(computing_dtype(dtype), copy=False) for values in (H, W, b))
    with np.errstate(all="ignore"):
        return (H @ W + b).astype(dtype, copy=False)

"""Softmax regression: the smallest model that the five chapters add up to."""

import numbers
import warnings

import numpy as np

from softmax_lib._engine.arrays import as_matrix
from softmax_lib.backprop import linear_backward, softmax_cross_entropy_grad
from softmax_lib.cross_entropy import softmax_cross_entropy
from softmax_lib.overflow import softmax

ROUNDING = 1e-9  # of the objective: by so much it may rise where it has settled


class NotFittedError(ValueError, AttributeError):
    """Raised by a model used before ``fit``; the bases are those of scikit-learn's error."""


class SoftmaxRegression:
    r"""Softmax (multinomial logistic) regression, trained by gradient descent.

    .. math:: \min_{W, b}\; \frac{1}{N} \sum_{n=1}^{N} L_n + \frac{\alpha}{2} \lVert W \rVert^2

    Parameters
    ----------
    learning_rate : float or None, default None
        What a step multiplies the gradient by; positive. None takes 1 / K, with which no step on
        all examples raises the objective; see Notes.
    max_iter : int, default 200
        Epochs: passes over the examples, at least 1.
    alpha : float, default 1e-4
        Strength of the L2 penalty on the weights, not on the intercept; at least 0. It is
        1 / (C N) for the C of scikit-learn's LogisticRegression, and 2 / (C N) for two classes,
        for which that model has one row of weights, the gap of the two rows here.
    batch_size : int or None, default None
        Examples a step, in the last of an epoch perhaps fewer; None takes all, which makes every
        step deterministic.
    tol : float or None, default None
        Stop once an epoch lowers the objective by less than this; a rise is no reason to stop.
        None runs all epochs.
    random_state : int, numpy.random.Generator or None, default 0
        Seeds the order of the examples in mini-batches. The weights start at 0.

    Attributes
    ----------
    coef_ : ndarray, shape (C, D)
        The weights, one row a class: W transposed.
    intercept_ : ndarray, shape (C,)
    classes_ : ndarray, shape (C,)
        The labels seen in `fit`, sorted.
    loss_curve_ : list of float
        The objective before the first epoch and after each.
    learning_rate_ : float
        The rate that was taken.
    n_iter_, n_features_in_ : int

    Warns
    -----
    RuntimeWarning
        From `fit`, if the objective has risen in an epoch; with mini-batches, if it ends above its
        start.

    Notes
    -----
    The Jacobian of softmax has a spectral norm of at most 1/2. So the gradient of the objective
    in the weights and the intercept changes at most K times as fast as these, where
    K = lambda / 2 + alpha, and lambda is the largest eigenvalue of the second-moment matrix of
    the features and a column of ones. Along a gradient with this Lipschitz constant, a step
    with the rate 1 / K cannot raise the function (Nesterov 2018). Large features make lambda large
    and the rate small, and small features then learn slowly: scale them first.

    References
    ----------
    Y. Nesterov (2018), Lectures on convex optimization, 2nd ed., Springer.
    doi:10.1007/978-3-319-91578-4

    Examples
    --------
    >>> import numpy as np
    >>> from softmax_lib import SoftmaxRegression
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = SoftmaxRegression(max_iter=500).fit(X, ["low", "low", "high", "high"])
    >>> print(model.predict([[0.2], [2.9]]))
    ['low' 'high']
    >>> model.predict_proba([[0.2], [2.9]]).argmax(axis=-1)  # the columns are sorted labels
    array([1, 0])
    """

    _parameters = ("learning_rate", "max_iter", "alpha", "batch_size", "tol", "random_state")

    def __init__(
        self,
        *,
        learning_rate=None,
        max_iter=200,
        alpha=1e-4,
        batch_size=None,
        tol=None,
        random_state=0,
    ):
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.alpha = alpha
        self.batch_size = batch_size
        self.tol = tol
        self.random_state = random_state

    def __repr__(self):
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({arguments})"

    def get_params(self, deep=True):
        """Return the constructor's arguments as a dict; ``deep`` changes nothing here."""
        return {name: getattr(self, name) for name in self._parameters}

    def set_params(self, **params):
        """Set constructor arguments by name and return the model; an unknown name is an error."""
        for name in params:
            if name not in self._parameters:
                raise ValueError(
                    f"{type(self).__name__} has no parameter {name!r}; it has {self._parameters}"
                )
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, X, y):
        """Learn from examples X, shape (N, D), and their labels y, shape (N,); return the model.

        Raises a ValueError for data that are not finite, fewer than two classes, shapes that do
        not fit, a parameter out of range, or an objective that does not stay finite. Warns if
        it rises; with mini-batches, if it ends above its start.
        """
        self._check_parameters()
        X, classes, labels = examples(X, y)
        # Steps that are too large overflow; the objective, which is looked at, says so.
        with np.errstate(all="ignore"):
            rate = self.learning_rate
            rate = _safe_step(X, self.alpha) if rate is None else float(rate)
            W, b, curve = self._descend(X, labels, len(classes), rate)
        self._warn_of_a_rise(curve, X, rate)
        self.classes_, self.coef_, self.intercept_ = classes, W.T.copy(), b
        self.loss_curve_, self.n_iter_, self.n_features_in_ = curve, len(curve) - 1, X.shape[1]
        self.learning_rate_ = rate
        return self

    def _descend(self, X, labels, num_classes, rate):
        rng = np.random.default_rng(self.random_state)
        W, b = np.zeros((X.shape[1], num_classes)), np.zeros(num_classes)
        curve = [self._objective(X, labels, W, b)]
        for epoch in range(1, self.max_iter + 1):
            for batch in self._batches(len(X), rng):
                P_minus_Y = softmax_cross_entropy_grad(X[batch] @ W + b, labels[batch])
                _, grad_W, grad_b = linear_backward(X[batch], W, P_minus_Y / len(batch))
                W = W - rate * (grad_W + self.alpha * W)
                b = b - rate * grad_b
            curve.append(self._objective(X, labels, W, b))
            if not np.isfinite(curve[-1]):
                raise ValueError(
                    f"the objective is {curve[-1]} after epoch {epoch}; "
                    f"learning_rate={rate:g} is too large for these data"
                )
            if self.tol is not None and 0 <= curve[-2] - curve[-1] < self.tol:
                break
        return W, b, curve

    def _warn_of_a_rise(self, curve, X, rate):
        """Warn if the objective rose in an epoch; of mini-batches, if it ended above its start."""
        pairs = [(0, len(curve) - 1)]
        if self.batch_size is None:
            pairs = [(epoch - 1, epoch) for epoch in range(1, len(curve))]
        for before, after in pairs:
            if curve[after] > curve[before] + ROUNDING * abs(curve[before]):
                told = (
                    f"the objective rose from {curve[before]:.4g} to {curve[after]:.4g} by "
                    f"epoch {after}: learning_rate={rate:g} is too large for these data"
                )
                if self.batch_size is None:
                    told += (
                        f". With {_safe_step(X, self.alpha):.2g}, which learning_rate=None takes, "
                        "it never rises; a larger one may do once the features are scaled"
                    )
                else:
                    told += " in mini-batches; take a smaller one, or scale the features"
                return warnings.warn(told, RuntimeWarning, stacklevel=3)
        return None

    def predict_proba(self, X):
        """Return the probabilities of the classes, shape (N, C), in the order of ``classes_``."""
        return softmax(self.decision_function(X))

    def predict(self, X):
        """Return the most probable label of each example, shape (N,)."""
        logits = self.decision_function(X)
        if np.isnan(logits).any():
            row = int(np.argwhere(np.isnan(logits))[0, 0])
            raise ValueError(f"the logits of example {row} are nan: X is too large for this model")
        most_probable = np.argmax(logits, axis=-1)
        return self.classes_[most_probable]

    def decision_function(self, X):
        """Return the logits, shape (N, C)."""
        if not hasattr(self, "coef_"):
            raise NotFittedError("this SoftmaxRegression is not fitted yet; call fit first")
        X = finite_matrix(X)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {X.shape[1]} features, fit saw {self.n_features_in_}")
        with np.errstate(all="ignore"):
            return X @ self.coef_.T + self.intercept_

    def score(self, X, y):
        """Return the accuracy: the share of examples whose label is predicted."""
        predicted, y = self.predict(X), _labels_for(X, y)
        if (predicted.dtype.kind in "US") != (y.dtype.kind in "US"):
            raise TypeError(
                f"y holds {y.dtype.name} labels, fit saw {predicted.dtype.name} ones: "
                "no prediction could equal them"
            )
        return float(np.mean(predicted == y))

    def _objective(self, X, labels, W, b):
        data = softmax_cross_entropy(X @ W + b, labels).mean()
        return float(data + self.alpha / 2 * np.sum(W**2))

    def _batches(self, count, rng):
        if self.batch_size is None:
            return [np.arange(count)]
        order = rng.permutation(count)
        return np.split(order, range(self.batch_size, count, self.batch_size))

    def _check_parameters(self):
        counts = {"max_iter": self.max_iter, "batch_size": self.batch_size}
        for name, value in counts.items():
            if value is None and name == "batch_size":
                continue
            if not isinstance(value, numbers.Integral) or value < 1:
                raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
        for name in ("learning_rate", "alpha"):
            value = getattr(self, name)
            if value is None and name == "learning_rate":
                continue
            if not isinstance(value, numbers.Real) or not 0 <= value < np.inf:
                raise ValueError(f"{name} must be finite and not negative, got {value!r}")
        if self.learning_rate == 0:
            raise ValueError("learning_rate must be positive, got 0")
        if not (self.tol is None or isinstance(self.tol, numbers.Real)):
            raise ValueError(f"tol must be a number or None, got {self.tol!r}")


def _safe_step(X, alpha):
    """Return 1 / K, where K bounds how fast the gradient of the objective changes."""
    with_ones = np.column_stack([X.astype(np.float64), np.ones(len(X))])
    if with_ones.shape[0] < with_ones.shape[1]:
        with_ones = with_ones.T  # the same largest eigenvalue, of a smaller matrix
    moments = with_ones.T @ with_ones / len(X)
    if not np.isfinite(moments).all():
        raise ValueError("X is too large: the squares of its features overflow; scale them first")
    return float(1 / (np.linalg.eigvalsh(moments)[-1] / 2 + alpha))


def examples(X, y):
    """Return checked examples: X, the classes sorted, and each label as a number of its class."""
    X = finite_matrix(X)
    classes, labels = np.unique(_labels_for(X, y), return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must hold at least 2 classes, got {len(classes)}")
    return X, classes, labels


def finite_matrix(X):
    """Return X as a finite floating matrix, or raise."""
    X = as_matrix(X, "X")
    if not np.isfinite(X).all():
        raise ValueError(f"X must be finite, got {X[~np.isfinite(X)][0]}")
    return X


def _labels_for(X, y):
    if isinstance(y, np.ma.MaskedArray):
        raise TypeError("y must not be a masked array, whose mask would be ignored")
    y = np.asarray(y)
    if y.dtype.kind in "OMm":
        given = y.ravel().tolist() if y.dtype.kind == "O" else y.ravel()
        missing = [each for each in given if each is None or each != each]
        if missing:
            raise TypeError(f"y must hold a label for every example, got {missing[0]}")
        if len({type(each) for each in given}) > 1:
            raise TypeError("y must hold labels of one type, got several")
    if y.dtype.kind == "O":
        y = np.array(y.tolist())  # strings, as pandas holds them
    if y.shape != np.shape(X)[:1]:
        raise ValueError(f"y must have one label a row of X: got {y.shape} for X {np.shape(X)}")
    if not y.size:
        raise ValueError("X and y hold no example")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        raise ValueError(f"y must be finite, got {y[~np.isfinite(y)][0]}")
    return y

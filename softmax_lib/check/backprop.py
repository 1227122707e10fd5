"""Checks of chapter 5, backprop: the gradient p - y, the layer, and one step of training."""

import numpy as np

from softmax_lib import linear_backward as right_backward
from softmax_lib import softmax_cross_entropy_grad as right_gradient
from softmax_lib.check.cross_entropy import BATCH, EACH_LABEL, LARGE, SMALL, batches
from softmax_lib.check.exercise import SECONDS, Exercise
from softmax_lib.check.fingerprints.backprop import GRADIENT, LAYER_BACK, TRAINING_STEP, gradients
from softmax_lib.check.laws import Law, agrees, has_shape, holds, left_alone

IN_LOGITS = Exercise(
    "softmax_cross_entropy_grad",
    "softmax_cross_entropy_grad(logits, labels)",
    right_gradient,
    (
        Law("there is one slope for every logit", SMALL, has_shape),
        Law("the slopes of an example sum to 0", SMALL[:1], agrees(lambda g: g.sum(axis=-1))),
        Law(
            "equal logits (0, 0) and the label 0 give (-1/2, 1/2)",
            batches(([[0, 0]], [0]), ([[0, 0]], [1]), ([[0, 0, 0]], [1])),
        ),
        Law("(3, 1, -3) and the label 1 give (0.879, -0.881, 0.002)", EACH_LABEL[::-1]),
        Law("in a batch every example has the slopes it has alone", (*BATCH, *SMALL)),
        Law("logits of 1000 and -1000 make no nan", LARGE),
        Law("each row has its own maximum", batches(([[0, 1], [1000, 1001]], [0, 1]))),
        left_alone((*SMALL, *BATCH)),
    ),
    GRADIENT,
)


def _matrices(*shapes):
    """Return inputs X (N, D), W (D, C), G (N, C) of small different numbers."""
    inputs = []
    for N, D, C in shapes:
        numbers = np.arange(1.0, 1 + N * D + D * C + N * C) % 7 - 2.5
        X, W, G = np.split(numbers, [N * D, N * D + D * C])
        inputs.append((X.reshape(N, D), W.reshape(D, C), G.reshape(N, C)))
    return tuple(inputs)


SHAPES = _matrices((1, 1, 1), (2, 2, 2), (3, 2, 4))

THROUGH_LAYER = Exercise(
    "linear_backward",
    "linear_backward(X, W, grad_logits)",
    right_backward,
    (
        Law(
            "there are three gradients, in the shapes of X, W and b",
            SHAPES,
            has_shape,
        ),
        Law("a weight collects X_nd G_nc from every example n", SHAPES, results=(1,)),
        Law("a bias collects G_nc from every example n", SHAPES, results=(2,)),
        Law("a feature collects G_nc W_dc from every class c", SHAPES, results=(0,)),
        left_alone(SHAPES),
    ),
    LAYER_BACK,
    ("grad_X", "grad_W", "grad_b"),
)


def _right_step(X, labels, W, b, learning_rate):
    grad_W, grad_b = gradients(X, labels, W, b)
    return W - learning_rate * grad_W, b - learning_rate * grad_b


def _starts(*starts):
    """Return inputs X, labels, W, b and the learning rate."""
    return tuple(
        (np.array(X, float), np.array(labels), np.array(W, float), np.array(b, float), rate)
        for X, labels, W, b, rate in starts
    )


W, B = [[1, 0, -1], [0.5, 1, 0]], [0.5, -1, 0]
ONE = ([[1, 2]], [0], W, B, 0.5)
OTHER = ([[-1, 0.5]], [2], W, B, 2.0)
BOTH = ([[1, 2], [-1, 0.5]], [0, 2], W, B, 0.5)
TWICE = ([[1, 2], [1, 2]], [0, 0], W, B, 0.5)
ZEROS = ([[1, 2]], [0], [[0, 0], [0, 0]], [0, 0], 1.0)
ANOTHER_ZERO = ([[1, -2]], [1], [[0, 0, 0], [0, 0, 0]], [0, 0, 0], 1.0)

STEP = Exercise(
    "training_step",
    "training_step(X, labels, W, b, learning_rate)",
    _right_step,
    (
        Law(
            "there are new W and b, in the shapes of the old ones",
            _starts(ZEROS, ONE),
            has_shape,
        ),
        Law("a learning rate of 0 changes nothing", _starts((*ONE[:-1], 0.0), (*BOTH[:-1], 0.0))),
        Law(
            "the bias of the true class rises, the others fall",
            _starts(ZEROS, ANOTHER_ZERO),
            holds(
                lambda came, right, _: bool(np.all(np.sign(came) == np.sign(right))),
                "above 0 for the true class, below 0 for the others",
            ),
            results=(1,),
        ),
        Law("from zeros, with one example, p is uniform", _starts(ZEROS, ANOTHER_ZERO)),
        Law("from any start, the step is the rate times p - y", _starts(ONE, OTHER)),
        Law("a batch takes the mean of its examples' steps", _starts(TWICE, BOTH)),
        Law("logits of 1000 make no nan", _starts(([[1000, 0]], [0], W, B, 0.5))),
        left_alone(_starts(ONE, BOTH)),
    ),
    TRAINING_STEP,
    ("W", "b"),
)


def softmax_cross_entropy_grad(function, *, seconds=SECONDS):
    """Check the gradient of the loss in the logits, p - y for each example.

    Parameters
    ----------
    function : callable
        ``softmax_cross_entropy_grad(logits, labels)`` takes logits of shape (N, C), one
        example a row, and integer labels of shape (N,), and returns the slopes in the shape
        (N, C), not divided by N.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check, one_hot, softmax
    >>> check.softmax_cross_entropy_grad(lambda z, k: one_hot(k, z.shape[1]) - softmax(z)).diagnosis
    'y-minus-p'
    """
    return IN_LOGITS.check(function, seconds)


def linear_backward(function, *, seconds=SECONDS):
    """Check the way back through the layer Z = X W + b.

    Parameters
    ----------
    function : callable
        ``linear_backward(X, W, grad_logits)`` takes arrays of shape (N, D), (D, C) and (N, C)
        and returns grad_X, grad_W and grad_b in the shapes (N, D), (D, C) and (C,). The 1/N of
        a mean loss is in grad_logits already.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check
    >>> check.linear_backward(lambda X, W, G: (G @ W.T, X.T @ G, G.mean(axis=0))).diagnosis
    'bias-mean'
    """
    return THROUGH_LAYER.check(function, seconds)


def training_step(function, *, seconds=SECONDS):
    """Check one step of gradient descent on the mean loss.

    Parameters
    ----------
    function : callable
        ``training_step(X, labels, W, b, learning_rate)`` takes X of shape (N, D), integer
        labels of shape (N,), W of shape (D, C), b of shape (C,) and a number, and returns the
        new W and b.
    seconds : float, default 5
        The time limit, for all calls together.

    Returns
    -------
    Report

    Examples
    --------
    >>> from softmax_lib import check, linear_backward, softmax_cross_entropy_grad
    >>> def my_step(X, labels, W, b, rate):
    ...     G = softmax_cross_entropy_grad(X @ W + b, labels)
    ...     _, grad_W, grad_b = linear_backward(X, W, G)
    ...     return W - rate * grad_W, b - rate * grad_b
    >>> check.training_step(my_step).diagnosis
    'mean-missing-in-step'
    """
    return STEP.check(function, seconds)

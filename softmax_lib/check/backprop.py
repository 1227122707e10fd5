"""Checks of chapter 5, backprop: the gradient p - y, the layer, and one step of training."""

import numpy as np

from softmax_lib import linear_backward, one_hot, softmax, softmax_cross_entropy_grad, softmax_vjp
from softmax_lib.check import cross_entropy, definition, derivative, overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import on_the_whole
from softmax_lib.check.cross_entropy import BATCH, EACH_LABEL, LARGE, SMALL, batches

FORCE = Mistake(
    "y-minus-p",
    "The sign is turned: y - p. y - p are the forces, the direction of the step. The gradient is "
    "p - y.",
    "sec-forces",
)
RESULTS_EXCHANGED = Mistake(
    "results-exchanged",
    "The results come in another order. Return them in the order that is asked for.",
    "sec-layer",
)


def _p(formula):
    """Return a wrong gradient made of the right shares and the one-hot targets."""
    return lambda z, k: formula(softmax(z), one_hot(k, z.shape[-1]))


def _every_row(z, k):
    p = softmax(z)
    p[:, k] -= 1
    return p


def _less_target(shares):
    """Return p - y with p computed by another function."""
    return lambda z, k: shares(z) - one_hot(k, z.shape[-1])


GRADIENT = (
    FORCE.like(lambda z, k: -softmax_cross_entropy_grad(z, k)),
    Mistake(
        "p-plus-y",
        "The target is added. The pull acts against the pushes: p - y. Each row must sum to 0.",
        "sec-two-ways",
    ).like(_p(lambda p, y: p + y)),
    Mistake(
        "pull-missing",
        "The target is not subtracted. p alone pushes every logit down; the true one must be "
        "pulled up by 1.",
        "sec-forces",
    ).like(_p(lambda p, y: p)),
    Mistake(
        "push-missing",
        "Only the true class has a slope. Log-sum-exp pushes every logit down, the true one too.",
        "sec-forces",
    ).like(_p(lambda p, y: y * (p - 1)), _p(lambda p, y: -y)),
    Mistake(
        "gradient-in-p",
        "This is the slope in the probabilities. -y / p has still to go back through softmax; "
        "then 1 / p cancels.",
        "sec-two-ways",
    ).like(_p(lambda p, y: -y / p)),
    cross_entropy.SQUARED_ERROR.like(
        lambda z, k: softmax_vjp(z, softmax_cross_entropy_grad(z, k)),
        lambda z, k: softmax_vjp(z, 2 * softmax_cross_entropy_grad(z, k)),
    ),
    Mistake(
        "divided-by-n",
        "The mean over the batch is in it already. The gradient of each example is asked for; 1/N "
        "is written where the mean is.",
        "sec-layer",
    ).like(lambda z, k: softmax_cross_entropy_grad(z, k) / len(z)),
    Mistake(
        "divided-by-c",
        "The gradient is divided by the number of classes. The loss is a sum over the classes, not "
        "a mean.",
        "sec-two-ways",
    ).like(lambda z, k: softmax_cross_entropy_grad(z, k) / z.shape[-1]),
    cross_entropy.MEAN_OVER_BATCH.like(lambda z, k: softmax_cross_entropy_grad(z, k).mean(axis=0)),
    cross_entropy.SUM_OVER_BATCH.like(lambda z, k: softmax_cross_entropy_grad(z, k).sum(axis=0)),
    definition.SOFTMAX_TWICE.like(
        _less_target(lambda z: softmax(softmax(z))),
        lambda z, k: softmax_vjp(z, softmax_cross_entropy_grad(softmax(z), k)),
    ),
    derivative.SOFTMAX_MISSING.like(_less_target(lambda z: z)),
    definition.STANDARDISED.like(_less_target(lambda z: softmax(definition.standardised(z)))),
    definition.ABSOLUTE.like(
        _less_target(lambda z: softmax(np.abs(z))), _p(lambda p, y: abs(p - y))
    ),
    cross_entropy.LABELS_OFF_BY_ONE.like(
        lambda z, k: softmax_cross_entropy_grad(z, (k - 1) % z.shape[-1]),
        lambda z, k: softmax_cross_entropy_grad(z, (k + 1) % z.shape[-1]),
        lambda z, k: softmax(z) - np.eye(z.shape[-1])[k + 1],
        lambda z, k: softmax(z) - cross_entropy.from_one(k, z.shape[-1]),
    ),
    cross_entropy.EVERY_ROW.like(_every_row),
    definition.WHOLE_ARRAY.like(_less_target(on_the_whole(softmax))),
    definition.WRONG_AXIS.like(_less_target(lambda z: softmax(z, axis=0))),
    definition.MAXIMUM_OF_COLUMNS.like(_less_target(lambda z: softmax(z - z.max(axis=0)))),
    definition.NO_KEEPDIMS.like(_less_target(lambda z: np.exp(z) / np.exp(z).sum(axis=-1))),
    *(m.through(_less_target) for m in overflow.SHIFTS),
    general.FEW_DIGITS,
)


def _changed(x=lambda g, n: g, w=lambda g, n: g, b=lambda g, n: g):
    """Return the right gradients, each put through a wrong last line."""

    def backward(X, W, G):
        right = linear_backward(X, W, G)
        return tuple(f(g, len(X)) for f, g in zip((x, w, b), right, strict=True))

    return backward


def _mean(gradient, n):
    return gradient / n


LAYER_BACK = (
    Mistake(
        "w-not-transposed",
        "W is not transposed. The gradient goes back from the classes to the features: G @ W.T.",
        "sec-layer",
    ).like(lambda X, W, G: (G @ W, X.T @ G, G.sum(axis=0))),
    Mistake(
        "x-not-transposed",
        "X is not transposed. The sum in X.T @ G is over the examples.",
        "sec-layer",
    ).like(lambda X, W, G: (G @ W.T, X @ G, G.sum(axis=0))),
    Mistake(
        "gradient-transposed",
        "The gradient in W is transposed. A gradient has the shape of its array: X.T @ G, not G.T "
        "@ X.",
        "sec-layer",
    ).like(_changed(w=lambda g, n: g.T)),
    Mistake(
        "bias-mean",
        "The bias gets a mean. If 1/N is in the gradient in the logits, it is in there once: the "
        "bias gets the sum.",
        "sec-layer",
    ).like(_changed(b=_mean)),
    Mistake(
        "bias-over-classes",
        "The bias gradient is summed along the wrong axis. There is one bias for each class: sum "
        "over the examples, axis=0.",
        "sec-layer",
    ).like(lambda X, W, G: (G @ W.T, X.T @ G, G.sum(axis=1))),
    Mistake(
        "bias-not-summed",
        "The bias gradient is not summed over the examples. The bias acts on every example, so it "
        "collects a slope from each.",
        "sec-layer",
    ).like(lambda X, W, G: (G @ W.T, X.T @ G, G)),
    overflow.KEEPDIMS_LEFT.like(_changed(b=lambda g, n: g[None])),
    Mistake(
        "mean-again",
        "The examples are averaged here. linear_backward takes what comes and adds nothing: 1/N "
        "is in the gradient it is given.",
        "sec-layer",
    ).like(_changed(w=_mean), _changed(w=_mean, b=_mean), _changed(x=_mean, w=_mean, b=_mean)),
    FORCE.like(lambda X, W, G: linear_backward(X, W, -G)),
    RESULTS_EXCHANGED.like(
        lambda X, W, G: (X.T @ G, G @ W.T, G.sum(axis=0)),
        lambda X, W, G: (X.T @ G, G.sum(axis=0), G @ W.T),
        lambda X, W, G: (G.sum(axis=0), X.T @ G, G @ W.T),
        lambda X, W, G: (G @ W.T, G.sum(axis=0), X.T @ G),
    ),
    general.FEW_DIGITS,
)


def gradients(X, k, W, b):
    """Return the gradients of the mean loss in W and b."""
    G = softmax_cross_entropy_grad(X @ W + b, k) / len(X)
    return linear_backward(X, W, G)[1:]


def _step(grad_W=lambda g, n: g, grad_b=lambda g, n: g):
    """Return a step with the right gradients, put through a wrong last line."""

    def step(X, k, W, b, rate):
        in_W, in_b = gradients(X, k, W, b)
        return W - rate * grad_W(in_W, len(X)), b - rate * grad_b(in_b, len(X))

    return step


def _with(grad_logits):
    """Return a step whose gradient in the logits is another one."""

    def step(X, k, W, b, rate):
        G = grad_logits(X @ W + b, k) / len(X)
        return W - rate * X.T @ G, b - rate * G.sum(axis=0)

    return step


def _without_bias(X, k, W, b, rate):
    in_W, in_b = gradients(X, k, W, np.zeros_like(b))
    return W - rate * in_W, b - rate * in_b


def _weights_first(X, k, W, b, rate):
    new_W = W - rate * gradients(X, k, W, b)[0]
    return new_W, b - rate * gradients(X, k, new_W, b)[1]


def _bias_first(X, k, W, b, rate):
    new_b = b - rate * gradients(X, k, W, b)[1]
    return W - rate * gradients(X, k, W, new_b)[0], new_b


def _times_n(gradient, n):
    return gradient * n


# In a step these have other names, or do not show.
NOT_IN_A_STEP = ("y-minus-p", "divided-by-n", "mean-over-batch", "sum-over-batch")
NOT_IN_A_STEP += ("shift-by-mean", "global-maximum", "maximum-of-first-row")

TRAINING_STEP = (
    Mistake(
        "gradient-ascent",
        "The step goes uphill. The gradient points where the loss grows. Subtract it.",
        "sec-one-step",
    ).like(_step(lambda g, n: -g, lambda g, n: -g)),
    Mistake(
        "mean-missing-in-step",
        "The 1/N of the mean is missing. The step is N times as long, and a learning rate fits one "
        "batch size only.",
        "sec-layer",
    ).like(_step(_times_n, _times_n)),
    Mistake(
        "mean-in-one-gradient",
        "One gradient has the 1/N, the other lacks it. Divide the gradient in the logits once; "
        "then neither needs it again.",
        "sec-layer",
    ).like(_step(grad_W=_times_n), _step(grad_b=_times_n)),
    Mistake("mean-twice", "1/N is taken twice. The mean is taken once.", "sec-layer").like(
        _step(_mean, _mean), _step(grad_W=_mean), _step(grad_b=_mean)
    ),
    Mistake(
        "bias-not-updated", "The bias stays what it was. The bias learns as well.", "sec-training"
    ).like(_step(grad_b=lambda g, n: 0 * g)),
    Mistake(
        "weights-not-updated", "The weights stay what they were. W learns as well.", "sec-training"
    ).like(_step(grad_W=lambda g, n: 0 * g)),
    Mistake(
        "gradients-returned",
        "The change is returned, not what it leads to. Return W and b after the step: W - rate * "
        "gradient.",
        "sec-one-step",
    ).like(
        lambda X, k, W, b, rate: gradients(X, k, W, b),
        lambda X, k, W, b, rate: tuple(-rate * g for g in gradients(X, k, W, b)),
        lambda X, k, W, b, rate: tuple(rate * g for g in gradients(X, k, W, b)),
    ),
    Mistake(
        "rate-ignored",
        "The learning rate has no effect. The step is the rate times the gradient.",
        "sec-one-step",
    ).like(lambda X, k, W, b, rate: _step()(X, k, W, b, 1.0)),
    RESULTS_EXCHANGED.like(lambda X, k, W, b, rate: _step()(X, k, W, b, rate)[::-1]),
    Mistake(
        "bias-unused", "The logits are computed without the bias. Z = X W + b.", "sec-layer"
    ).like(_without_bias),
    Mistake(
        "one-after-the-other",
        "The second gradient is taken after the first step. Both belong to the same place: "
        "compute both, then move both.",
        "sec-training",
    ).like(_weights_first, _bias_first),
    *(m.through(_with) for m in GRADIENT if m.formulas and m.id not in NOT_IN_A_STEP),
    general.FEW_DIGITS,
)


IN_LOGITS = Exercise(
    "softmax_cross_entropy_grad(logits, labels)",
    softmax_cross_entropy_grad,
    """Check the gradient of the loss in the logits, p - y for each example.

    ``softmax_cross_entropy_grad(logits, labels)`` takes logits of shape (N, C), one
    example a row, and integer labels of shape (N,), and returns the slopes in the shape
    (N, C), not divided by N.

    >>> from softmax_lib import one_hot, softmax
    >>> check.softmax_cross_entropy_grad(lambda z, k: one_hot(k, z.shape[1]) - softmax(z)).diagnosis
    'y-minus-p'
    """,
    (
        Law("there is one slope for every logit", SMALL, has_shape),
        Law(
            "the slopes of an example sum to 0",
            SMALL[:1],
            agrees(lambda g: g.sum(axis=-1), "row sums"),
        ),
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
    "linear_backward(X, W, grad_logits)",
    linear_backward,
    """Check the way back through the layer Z = X W + b.

    ``linear_backward(X, W, grad_logits)`` takes arrays of shape (N, D), (D, C) and (N, C)
    and returns grad_X, grad_W and grad_b in the shapes (N, D), (D, C) and (C,). The 1/N of
    a mean loss is in grad_logits already.

    >>> check.linear_backward(lambda X, W, G: (G @ W.T, X.T @ G, G.mean(axis=0))).diagnosis
    'bias-mean'
    """,
    (
        Law("there are three gradients, in the shapes of X, W and b", SHAPES, has_shape),
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
    "training_step(X, labels, W, b, learning_rate)",
    _right_step,
    """Check one step of gradient descent on the mean loss.

    ``training_step(X, labels, W, b, learning_rate)`` takes X of shape (N, D), integer
    labels of shape (N,), W of shape (D, C), b of shape (C,) and a number, and returns the
    new W and b.

    >>> from softmax_lib import linear_backward, softmax_cross_entropy_grad
    >>> def my_step(X, labels, W, b, rate):
    ...     G = softmax_cross_entropy_grad(X @ W + b, labels)
    ...     _, grad_W, grad_b = linear_backward(X, W, G)
    ...     return W - rate * grad_W, b - rate * grad_b
    >>> check.training_step(my_step).diagnosis
    'mean-missing-in-step'
    """,
    (
        Law("there are new W and b, in the shapes of the old ones", _starts(ZEROS, ONE), has_shape),
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


def _at_temperature(gradient):
    """Return the gradient at a temperature that another gradient leads to."""
    return lambda z, k, T: gradient(z / T, k) / T


def _tempered(z, k, T):
    return softmax_cross_entropy_grad(z / T, k) / T


# With a temperature these have other names, or do not show.
NOT_WITH_TEMPERATURE = ("softmax-missing", "squared-error", "divided-by-n", "divided-by-c")

WITH_TEMPERATURE = (
    Mistake(
        "factor-missing",
        "The factor 1/T is missing. z / T moves 1/T times as fast as z, so the slope in z has one "
        "factor more.",
        "sec-gradient-temperature",
    ).like(lambda z, k, T: softmax_cross_entropy_grad(z / T, k)),
    Mistake(
        "probabilities-at-one",
        "The probabilities are those of T = 1. The temperature divides the logits before softmax, "
        "too: p is p(T).",
        "sec-gradient-temperature",
    ).like(lambda z, k, T: softmax_cross_entropy_grad(z, k) / T),
    Mistake(
        "temperature-unused",
        "The temperature is not used. It divides the logits, and then the slope.",
        "sec-gradient-temperature",
    ).like(lambda z, k, T: softmax_cross_entropy_grad(z, k)),
    Mistake(
        "factor-inverted",
        "The slope is multiplied by T. The chain rule brings the derivative of z / T: 1/T.",
        "sec-gradient-temperature",
    ).like(lambda z, k, T: softmax_cross_entropy_grad(z / T, k) * T),
    Mistake(
        "temperature-inverted",
        "The logits are multiplied by T. A high temperature makes the gaps small: z / T.",
        "sec-temperature",
    ).like(
        lambda z, k, T: softmax_cross_entropy_grad(z * T, k) / T,
        lambda z, k, T: softmax_cross_entropy_grad(z * T, k) * T,
        lambda z, k, T: softmax_cross_entropy_grad(z * T, k),
    ),
    Mistake(
        "target-not-divided",
        "Only the probabilities are divided by T. The factor belongs to the whole of p - y; else "
        "the slopes do not sum to 0.",
        "sec-gradient-temperature",
    ).like(lambda z, k, T: softmax(z / T) / T - one_hot(k, z.shape[-1])),
    *(
        m.through(_at_temperature)
        for m in GRADIENT
        if m.formulas and m.id not in NOT_WITH_TEMPERATURE
    ),
    general.FEW_DIGITS,
)


def _warm(inputs, *temperatures):
    """Return logits and labels with each of the temperatures."""
    return tuple((*pair, T) for pair in inputs for T in temperatures)


TEMPERED = Exercise(
    "temperature_gradient(logits, labels, T)",
    _tempered,
    """Check the gradient of the loss at a temperature, (p(T) - y) / T for each example.

    ``temperature_gradient(logits, labels, T)`` takes logits of shape (N, C), one example a
    row, integer labels of shape (N,) and a positive number, and returns the slopes in the
    logits, in the shape (N, C), not divided by N.

    >>> from softmax_lib import softmax_cross_entropy_grad
    >>> check.temperature_gradient(lambda z, k, T: softmax_cross_entropy_grad(z / T, k)).diagnosis
    'factor-missing'
    """,
    (
        Law("there is one slope for every logit", _warm(SMALL, 1.0), has_shape),
        Law("the slopes of an example sum to 0", _warm(SMALL, 2.0), agrees(lambda g: g.sum(-1))),
        Law("the temperature 1 changes nothing", _warm((*SMALL, *EACH_LABEL), 1.0)),
        Law(
            "equal logits (0, 0), the label 0 and T = 2 give (-1/4, 1/4)",
            _warm(batches(([[0, 0]], [0]), ([[0, 0]], [1])), 2.0),
        ),
        Law("any logits have their slopes at any temperature", _warm(EACH_LABEL, 4.0, 0.5)),
        Law("in a batch every example has the slopes it has alone", _warm(BATCH, 4.0)),
        Law("logits of 1000 and -1000 make no nan", _warm(LARGE, 1.0)),
        Law("each row has its own maximum", _warm(batches(([[0, 1], [1000, 1001]], [0, 1])), 1.0)),
        left_alone((*_warm(SMALL, 2.0), *_warm(BATCH, 4.0))),
    ),
    WITH_TEMPERATURE,
)


def _moments(X):
    """Return the eigenvalues of the second moments of the features and a 1, the largest last."""
    X1 = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(X1.T @ X1 / len(X1))


def _right_safe_step(X, alpha):
    return 1 / (_moments(X)[-1] / 2 + alpha)


SAFE = (
    Mistake(
        "bias-not-counted",
        "The column of ones is missing. The bias moves the logits as well, like the weight of a "
        "feature that is always 1.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 2 + alpha)),
    Mistake(
        "moments-not-averaged",
        "The sum over the examples is not divided by N. The loss is a mean, and so is how it "
        "curves.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (len(X) * _moments(X)[-1] / 2 + alpha)),
    Mistake(
        "half-missing",
        "The 1/2 of softmax is missing. Along any direction of the logits the loss curves by at "
        "most half of the squared length.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (_moments(X)[-1] + alpha)),
    Mistake(
        "penalty-not-counted",
        "The penalty is missing. It curves by alpha along every weight.",
        "sec-step-size",
    ).like(lambda X, alpha: _right_safe_step(X, 0)),
    Mistake(
        "penalty-halved",
        "The penalty is halved. The second derivative of alpha/2 times a square is alpha.",
        "sec-step-size",
    ).like(lambda X, alpha: _right_safe_step(X, alpha / 2)),
    Mistake(
        "edge-of-safety",
        "This is 2/K, the end of what is safe. There the objective need not fall any more; the "
        "bound is lowest in the middle, at 1/K.",
        "sec-step-size",
    ).like(lambda X, alpha: 2 * _right_safe_step(X, alpha)),
    Mistake(
        "curvature-returned",
        "This is K, not the step. The more the loss may curve, the shorter the step: 1/K.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / _right_safe_step(X, alpha)),
    Mistake(
        "all-directions-added",
        "All directions are added up. That is safe, but shorter than asked for: lambda is the "
        "mean square along the longest direction alone.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (_moments(X).sum() / 2 + alpha)),
    Mistake(
        "shortest-direction",
        "This is the smallest eigenvalue. The step must be short enough for the direction in "
        "which the loss curves most: take the largest.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (_moments(X)[0] / 2 + alpha)),
    Mistake(
        "features-centred",
        "The mean of the features is subtracted. The model sees the features as they are.",
        "sec-step-size",
    ).like(lambda X, alpha: _right_safe_step(X - X.mean(axis=0), alpha)),
    Mistake(
        "not-squared",
        "The square is missing. A singular value is a length; lambda is a mean of squares.",
        "sec-step-size",
    ).like(lambda X, alpha: 1 / (_moments(X)[-1] ** 0.5 / 2 + alpha)),
    general.FEW_DIGITS,
)


def _data(*pairs):
    return tuple((np.array(X, dtype=float), float(alpha)) for X, alpha in pairs)


NOTHING = _data(([[0]], 0), ([[0], [0]], 0))
LENGTHS = _data(([[1, 2]], 0), ([[3]], 0))
SEVERAL = _data(([[1], [1]], 0), ([[1, 0], [3, 0], [0, 1]], 0), ([[2, -1], [1, 3], [0, 0.5]], 0))
PENALISED = _data(([[0]], 0.5), ([[1, 2], [3, 0], [0, 1]], 0.25))
WIDE = _data(([[1, 2, 3, 4], [0, 1, 0, -1]], 0.1))

SAFE_STEP = Exercise(
    "safe_step(X, alpha)",
    _right_safe_step,
    """Check the step 1/K, with which descent on all examples never raises the objective.

    ``safe_step(X, alpha)`` takes features of shape (N, D) and the strength of the penalty,
    at least 0, and returns a number.

    >>> def my_step(X, alpha):
    ...     return 1 / (np.linalg.eigvalsh(X.T @ X / len(X))[-1] / 2 + alpha)
    >>> check.safe_step(my_step).diagnosis
    'bias-not-counted'
    """,
    (
        Law("the step is a number", LENGTHS, has_shape),
        Law("with features of 0 the bias alone learns, with the step 2", NOTHING),
        Law("one example counts with its squared length and 1", LENGTHS),
        Law("several examples count with their mean, along the longest direction", SEVERAL),
        Law("the penalty adds alpha to K", PENALISED),
        Law("there may be more features than examples", WIDE),
        left_alone((*SEVERAL, *PENALISED)),
    ),
    SAFE,
)

"""Checks of the network: ReLU's way back, the start, all gradients, and the gradient check."""

import numpy as np

from softmax_lib import (
    hidden_layer,
    hidden_layer_backward,
    linear_backward,
    network_loss_and_gradients,
    relative_error,
    relu,
    softmax,
    softmax_cross_entropy_grad,
)
from softmax_lib.check import backprop
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake

# --- back through ReLU ---------------------------------------------------------------------------


def _right_relu_backward(A, grad_H):
    return np.where(A > 0, grad_H, 0.0)


GATE_MISSING = Mistake(
    "gate-missing",
    "The gradient goes through unchanged. A unit that is shut has the slope 0: it passes nothing "
    "back, whatever comes.",
    "sec-network-backward",
)
GATE_ON_GRADIENT = Mistake(
    "gate-on-the-gradient",
    "ReLU is applied to the gradient. What decides is the sign of the unit's input, not that of "
    "the gradient: an open unit passes negative slopes as well.",
    "sec-network-backward",
)
OUTPUT_FOR_SLOPE = Mistake(
    "output-for-slope",
    "The gradient is multiplied by what the unit put out. The slope of an open ReLU is 1, however "
    "much it puts out.",
    "sec-network-backward",
)
GATE_INVERTED = Mistake(
    "gate-inverted",
    "The open units pass nothing. Above 0 the slope is 1, below 0 it is 0.",
    "sec-network-backward",
)

RELU_BACK = (
    GATE_MISSING.like(lambda A, G: 1.0 * G),
    GATE_ON_GRADIENT.like(lambda A, G: relu(G)),
    OUTPUT_FOR_SLOPE.like(lambda A, G: relu(A) * G),
    Mistake(
        "input-for-slope",
        "The gradient is multiplied by what came into the unit. The slope of ReLU is 0 or 1.",
        "sec-network-backward",
    ).like(lambda A, G: A * G),
    GATE_INVERTED.like(lambda A, G: G * (A < 0), lambda A, G: G * (A <= 0)),
    Mistake(
        "sign-for-slope",
        "A shut unit passes the gradient with its sign turned. Its slope is 0, not -1: ReLU is not "
        "the absolute value.",
        "sec-network-backward",
    ).like(lambda A, G: np.sign(A) * G),
    Mistake(
        "gate-returned",
        "The gradient that comes in is missing. The chain rule multiplies the slope with it.",
        "sec-network-backward",
    ).like(lambda A, G: (A > 0) * 1.0),
    Mistake(
        "open-at-zero",
        "A unit at exactly 0 passes something back. No slope is the true one there; what is agreed "
        "on is 0.",
        "sec-network-kink",
    ).like(lambda A, G: G * (A >= 0), lambda A, G: G * ((A > 0) + 0.5 * (A == 0))),
    general.FEW_DIGITS,
)


def _pairs(*pairs):
    return tuple(tuple(np.array(part, dtype=float) for part in pair) for pair in pairs)


OPEN = _pairs(([[1.0]], [[3.0]]), ([[2.0, 0.5]], [[3.0, 0.25]]))
OPEN_DOWN = _pairs(([[2.0]], [[-3.0]]))
SHUT = _pairs(([[-1.0]], [[3.0]]), ([[-2.0, -0.5]], [[3.0, -4.0]]))
MIXED = _pairs(([[-1.0, 2.0, 3.0], [0.5, -2.0, 1.0]], [[4.0, -5.0, 6.0], [7.0, 8.0, -9.0]]))
AT_ZERO = _pairs(([[0.0, 1.0]], [[3.0, 3.0]]))

RELU_BACKWARD = Exercise(
    "relu_backward(A, grad_H)",
    _right_relu_backward,
    """Check the way back through ReLU.

    ``relu_backward(A, grad_H)`` takes the inputs of the units and the gradient in their outputs,
    both of shape (N, M), and returns the gradient in the inputs, in the same shape.

    >>> check.relu_backward(lambda A, G: np.maximum(G, 0)).diagnosis
    'gate-on-the-gradient'
    """,
    (
        Law("there is one slope for every unit and example", OPEN[:1], has_shape),
        Law("an open unit passes the gradient as it is", (*OPEN, *OPEN_DOWN)),
        Law("a shut unit passes nothing", SHUT),
        Law("each unit decides for itself, in every example", MIXED),
        Law("at exactly 0 the slope is taken to be 0", AT_ZERO),
        left_alone((*OPEN, *SHUT, *MIXED)),
    ),
    RELU_BACK,
)

# --- the start -----------------------------------------------------------------------------------


def _right_start(fan_in, fan_out):
    return np.sqrt(2 / fan_in)


START = (
    Mistake(
        "half-lost-at-the-start",
        "The factor 2 is missing. ReLU throws away half of the mean square, so the weights need "
        "twice the variance.",
        "sec-network-start",
    ).like(lambda i, o: np.sqrt(1 / i)),
    Mistake(
        "variance-for-deviation",
        "This is a variance. Normal random numbers are multiplied by the standard deviation, its "
        "square root.",
        "sec-network-start",
    ).like(lambda i, o: 2 / i, lambda i, o: 1 / i),
    Mistake(
        "fan-out-for-fan-in",
        "The outputs are counted. A unit adds up one term for each of its inputs.",
        "sec-network-start",
    ).like(lambda i, o: np.sqrt(2 / o), lambda i, o: np.sqrt(1 / o)),
    Mistake(
        "both-fans",
        "Inputs and outputs are counted together. That is the compromise for tanh; what keeps the "
        "mean square on the way forward is the number of inputs alone.",
        "sec-network-start",
    ).like(lambda i, o: np.sqrt(2 / (i + o))),
    Mistake(
        "start-inverted",
        "The fraction stands on its head. The more inputs, the smaller the weights must be.",
        "sec-network-start",
    ).like(lambda i, o: np.sqrt(i / 2)),
    Mistake(
        "bound-for-deviation",
        "This is the bound of a uniform distribution. Its standard deviation is the bound over the "
        "square root of 3; what is asked for is the deviation.",
        "sec-network-start",
    ).like(lambda i, o: np.sqrt(6 / i), lambda i, o: np.sqrt(6 / (i + o))),
    general.FEW_DIGITS,
)


def _fans(*pairs):
    return tuple(tuple(map(float, pair)) for pair in pairs)


START_DEVIATION = Exercise(
    "relu_start(fan_in, fan_out)",
    _right_start,
    """Check the standard deviation of the weights at the start of a layer with ReLU.

    ``relu_start(fan_in, fan_out)`` takes the numbers of inputs and of units of the layer, and
    returns the standard deviation that keeps the mean square on the way forward.

    >>> check.relu_start(lambda fan_in, fan_out: 2 / fan_in).diagnosis
    'variance-for-deviation'
    """,
    (
        Law("it is one number", _fans((2, 3)), has_shape),
        Law(
            "200 inputs give a number above 0 and below 1",
            _fans((200, 5)),
            holds(
                lambda came, right, _: bool(np.all((came > 0) & (came < 1))),
                "a number above 0 and below 1",
            ),
        ),
        Law("2 inputs give 1, 8 inputs give 1/2", _fans((2, 7), (8, 3))),
        Law("any numbers of inputs and units", _fans((64, 32), (3, 100), (500, 7))),
        left_alone(_fans((2, 7))),
    ),
    START,
)

# --- all gradients of a network ------------------------------------------------------------------


def _right_gradients(X, labels, U, u, W, b):
    return network_loss_and_gradients(X, labels, U, u, W, b)[1]


def _network(grad_H=lambda G, W: G @ W.T, gate=lambda H, G: G * (H > 0), mean=True, logits=None):
    """Return a network's gradients, with one part of the way back exchanged."""

    def gradients(X, labels, U, u, W, b):
        H = hidden_layer(X, U, u)
        Z = H @ W + b
        G = (logits or softmax_cross_entropy_grad)(Z, labels) / (len(X) if mean else 1)
        grad_A = gate(H, grad_H(G, W))
        return X.T @ grad_A, grad_A.sum(axis=0), H.T @ G, G.sum(axis=0)

    return gradients


def _inputs_for_outputs(X, labels, U, u, W, b):
    """Use the hidden units' inputs A where their outputs H belong, in the gradient of W."""
    in_U, in_u, _, in_b = _right_gradients(X, labels, U, u, W, b)
    G = softmax_cross_entropy_grad(hidden_layer(X, U, u) @ W + b, labels) / len(X)
    return in_U, in_u, (X @ U + u).T @ G, in_b


def _relu_forgotten(X, labels, U, u, W, b):
    A = X @ U + u
    G = softmax_cross_entropy_grad(A @ W + b, labels) / len(X)
    grad_A, in_W, in_b = linear_backward(A, W, G)
    return *linear_backward(X, U, grad_A)[1:], in_W, in_b


def _relu_on_logits(X, labels, U, u, W, b):
    H = hidden_layer(X, U, u)
    Z = relu(H @ W + b)
    G = (Z > 0) * softmax_cross_entropy_grad(Z, labels) / len(X)
    grad_H, in_W, in_b = linear_backward(H, W, G)
    return *hidden_layer_backward(X, U, H, grad_H)[1:], in_W, in_b


def _examples_averaged_again(X, labels, U, u, W, b):
    in_U, in_u, in_W, in_b = _right_gradients(X, labels, U, u, W, b)
    return in_U / len(X), in_u / len(X), in_W, in_b


def _bias_averaged(X, labels, U, u, W, b):
    in_U, in_u, in_W, in_b = _right_gradients(X, labels, U, u, W, b)
    return in_U, in_u / len(X), in_W, in_b


GRADIENTS = (
    GATE_MISSING.like(_network(gate=lambda H, G: G)),
    GATE_ON_GRADIENT.like(_network(gate=lambda H, G: relu(G))),
    OUTPUT_FOR_SLOPE.like(_network(gate=lambda H, G: G * H)),
    GATE_INVERTED.like(_network(gate=lambda H, G: G * (H == 0))),
    Mistake(
        "inputs-for-outputs",
        "The weights of the output layer see A. They were multiplied by H, what came out of the "
        "hidden units, so their gradient is made with H.",
        "sec-network-backward",
    ).like(_inputs_for_outputs),
    Mistake(
        "activation-forgotten",
        "The way forward has no ReLU. Without it the two layers are one linear layer.",
        "sec-network-why",
    ).like(_relu_forgotten),
    Mistake(
        "activation-on-logits",
        "ReLU is applied to the logits, too. Softmax wants logits of either sign.",
        "sec-network-forward",
    ).like(_relu_on_logits),
    Mistake(
        "forces-taken-back",
        "The sign is turned: these are forces. The gradient in the logits is p - y.",
        "sec-network-backward",
    ).like(_network(logits=lambda Z, k: -softmax_cross_entropy_grad(Z, k))),
    Mistake(
        "network-mean-missing",
        "The 1/N is nowhere. Divide the gradient in the logits by N once; all the others "
        "inherit it.",
        "sec-network-backward",
    ).like(_network(mean=False)),
    Mistake(
        "network-mean-again",
        "The hidden layer averages once more. The 1/N has come with the gradient in the logits.",
        "sec-network-backward",
    ).like(_examples_averaged_again, _bias_averaged),
    Mistake(
        "network-pull-missing",
        "The pull is missing: p without y. Then every logit is pushed down, the true one too.",
        "sec-network-backward",
    ).like(_network(logits=lambda Z, k: softmax(Z))),
    backprop.RESULTS_EXCHANGED.like(
        lambda *a: (lambda U, u, W, b: (W, b, U, u))(*_right_gradients(*a)),
        lambda *a: (lambda U, u, W, b: (U, W, u, b))(*_right_gradients(*a)),
    ),
    general.FEW_DIGITS,
)


def _networks(*sizes):
    """Return inputs X, labels, U, u, W, b of short numbers, with units open and shut."""
    inputs = []
    for N, D, M, C, stride in sizes:
        shapes = (N, D), (D, M), (M,), (M, C), (C,)
        counts = [int(np.prod(shape)) for shape in shapes]
        numbers = (np.arange(1, 1 + sum(counts)) * stride % 17 - 8) / 4
        parts = np.split(numbers, np.cumsum(counts)[:-1])
        X, U, u, W, b = (p.reshape(shape) for p, shape in zip(parts, shapes, strict=True))
        inputs.append((X, np.arange(N) * 2 % C, U, u, W, b))
    return tuple(inputs)


ALONE = _networks((1, 1, 2, 2, 4), (1, 2, 3, 4, 3), (1, 3, 4, 2, 5))
IN_BATCH = _networks((3, 2, 4, 3, 16), (4, 3, 5, 2, 15))

NETWORK = Exercise(
    "network_gradients(X, labels, U, u, W, b)",
    _right_gradients,
    """Check the gradients of the mean loss of a network with one hidden layer of ReLUs.

    ``network_gradients(X, labels, U, u, W, b)`` takes X of shape (N, D), integer labels of shape
    (N,), and arrays of shape (D, M), (M,), (M, C) and (C,). It returns the gradients of the mean
    loss in U, u, W and b, each in the shape of its array.

    >>> from softmax_lib import network_loss_and_gradients
    >>> def turned(*arguments):
    ...     return [-gradient for gradient in network_loss_and_gradients(*arguments)[1]]
    >>> check.network_gradients(turned).diagnosis
    'forces-taken-back'
    """,
    (
        Law("there are four gradients, in the shapes of U, u, W and b", ALONE, has_shape),
        Law("one example: an output bias has the slope p - y", ALONE, results=(3,)),
        Law(
            "one example: an output weight has the slope of its logit, times h", ALONE, results=(2,)
        ),
        Law(
            "one example: a hidden bias collects from all logits, through its gate",
            ALONE,
            results=(1,),
        ),
        Law("one example: a hidden weight has the slope of its unit, times x", ALONE, results=(0,)),
        Law("a batch takes the mean of its examples", IN_BATCH),
        left_alone((*ALONE, *IN_BATCH)),
    ),
    GRADIENTS,
    ("grad_U", "grad_u", "grad_W", "grad_b"),
)

# --- the gradient check --------------------------------------------------------------------------


def _sizes(a, b):
    return np.maximum(np.abs(a), np.abs(b))


def _share(a, b, size):
    """Return the largest difference over a size, 0 where both are 0."""
    off = np.abs(a - b)
    with np.errstate(all="ignore"):
        return np.max(np.where(off == 0, 0, off / size))


RELATIVE = (
    Mistake(
        "absolute-difference",
        "The difference is not compared with anything. 1e-9 is much where the gradient is 2e-9, "
        "and nothing where it is 4.",
        "sec-network-check",
    ).like(lambda a, b: np.max(np.abs(a - b))),
    Mistake(
        "sign-left-in",
        "The difference keeps its sign. Then the largest one may hide a large negative one.",
        "sec-network-check",
    ).like(lambda a, b: np.max(np.where(a == b, 0, (a - b) / np.where(a == b, 1, _sizes(a, b))))),
    Mistake(
        "zero-over-zero",
        "Two zeros give nan. Where both gradients are 0 they agree: the error is 0.",
        "sec-network-check",
    ).like(
        lambda a, b: np.max(np.abs(a - b) / _sizes(a, b)),
    ),
    Mistake(
        "one-size-for-all",
        "One size is used for all components. Then a small component may be wrong in every digit. "
        "Divide each difference by the larger of its own two numbers, in size.",
        "sec-network-check",
    ).like(
        lambda a, b: np.max(np.abs(a - b)) / max(np.max(_sizes(a, b)), 1e-300),
        lambda a, b: np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-300),
    ),
    Mistake(
        "size-of-one-side",
        "The difference is divided by the size of one side. If that one is 0 by mistake, there is "
        "nothing to compare with; take the larger of the two sizes.",
        "sec-network-check",
    ).like(
        lambda a, b: _share(a, b, np.abs(a)),
        lambda a, b: _share(a, b, np.abs(b)),
    ),
    Mistake(
        "sum-of-sizes",
        "The difference is divided by the sum of both sizes. Some do so; it gives between half and "
        "all of what is asked for here: divide by the larger one.",
        "sec-network-check",
    ).like(lambda a, b: _share(a, b, np.abs(a) + np.abs(b))),
    Mistake(
        "mean-error",
        "The errors are averaged. One wrong component among many right ones would hardly show: "
        "take the largest.",
        "sec-network-check",
    ).like(
        lambda a, b: np.mean(np.where(a == b, 0, np.abs(a - b) / np.where(a == b, 1, _sizes(a, b))))
    ),
    general.FEW_DIGITS,
)

EQUAL = _pairs(([1.0], [1.0]), ([1.0, -2.0], [1.0, -2.0]))
OFF = _pairs(([1.0], [4.0]), ([4.0], [1.0]), ([2.0], [-2.0]))
SMALL_ONE = _pairs(
    ([4.0, 1e-3], [4.0, 2e-3]), ([4.0, 1e-9], [4.0, 2e-9]), ([1e-9, -4.0], [2e-9, -4.0])
)
ZEROS = _pairs(([0.0, 1.0], [0.0, 1.0]), ([0.0], [0.0]))
ONE_ZERO = _pairs(([0.0, 1.0], [3.0, 1.0]), ([3.0, 1.0], [0.0, 1.0]))
ONE_ZERO += _pairs(([0.0, 1.0], [-3.0, 1.0]), ([-3.0, 1.0], [0.0, 1.0]))
MANY = _pairs(([[1.0, 2.0], [4.0, 8.0]], [[2.0, 2.0], [4.0, 6.0]]), ([5.0, 2.0], [5.0, 3.0]))

RELATIVE_ERROR = Exercise(
    "relative_error(a, b)",
    relative_error,
    """Check the number that a gradient check looks at.

    ``relative_error(a, b)`` takes two arrays of one shape and returns the largest
    ``|a - b| / max(|a|, |b|)`` of their components; two zeros do not differ.

    >>> check.relative_error(lambda a, b: np.abs(a - b).max()).diagnosis
    'absolute-difference'
    """,
    (
        Law("it is one number", EQUAL, has_shape),
        Law("equal numbers other than 0 have the error 0", EQUAL),
        Law("1 beside 4 gives 3/4, and 2 beside -2 gives 2", OFF),
        Law("a small component counts as much as a large one", SMALL_ONE),
        Law("the largest error of all components", MANY),
        Law("where only one is 0, the error is 1", ONE_ZERO),
        Law("two zeros do not differ", ZEROS),
        left_alone((*EQUAL, *OFF, *MANY)),
    ),
    RELATIVE,
)

"""How the mistakes of chapter 5 show: the gradient, the layer, the step."""

import numpy as np

from softmax_lib import linear_backward, one_hot, softmax, softmax_cross_entropy_grad, softmax_vjp
from softmax_lib.check.fingerprints.definition import share
from softmax_lib.check.fingerprints.overflow import naive, shifted
from softmax_lib.check.fingerprints.tools import ROUNDED, on_the_whole
from softmax_lib.check.mistakes import backprop, cross_entropy, definition, derivative, overflow


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
    backprop.FORCE.like(lambda z, k: -softmax_cross_entropy_grad(z, k)),
    backprop.PLUS.like(_p(lambda p, y: p + y)),
    backprop.PULL_MISSING.like(_p(lambda p, y: p)),
    backprop.PUSH_MISSING.like(_p(lambda p, y: y * (p - 1)), _p(lambda p, y: -y)),
    backprop.IN_PROBABILITIES.like(_p(lambda p, y: -y / p)),
    cross_entropy.SQUARED_ERROR.like(
        lambda z, k: softmax_vjp(z, softmax_cross_entropy_grad(z, k)),
        lambda z, k: softmax_vjp(z, 2 * softmax_cross_entropy_grad(z, k)),
    ),
    backprop.DIVIDED_BY_N.like(lambda z, k: softmax_cross_entropy_grad(z, k) / len(z)),
    backprop.DIVIDED_BY_C.like(lambda z, k: softmax_cross_entropy_grad(z, k) / z.shape[-1]),
    cross_entropy.MEAN_OVER_BATCH.like(lambda z, k: softmax_cross_entropy_grad(z, k).mean(axis=0)),
    cross_entropy.SUM_OVER_BATCH.like(lambda z, k: softmax_cross_entropy_grad(z, k).sum(axis=0)),
    definition.SOFTMAX_TWICE.like(
        _less_target(lambda z: softmax(softmax(z))),
        lambda z, k: softmax_vjp(z, softmax_cross_entropy_grad(softmax(z), k)),
    ),
    derivative.SOFTMAX_MISSING.like(_less_target(lambda z: z)),
    cross_entropy.LABELS_OFF_BY_ONE.like(
        lambda z, k: softmax_cross_entropy_grad(z, (k - 1) % z.shape[-1]),
        lambda z, k: softmax_cross_entropy_grad(z, (k + 1) % z.shape[-1]),
        lambda z, k: softmax(z) - np.eye(z.shape[-1])[k + 1],
    ),
    cross_entropy.EVERY_ROW.like(_every_row),
    definition.WHOLE_ARRAY.like(_less_target(on_the_whole(softmax))),
    definition.WRONG_AXIS.like(_less_target(lambda z: softmax(z, axis=0))),
    definition.NO_KEEPDIMS.like(_less_target(lambda z: np.exp(z) / np.exp(z).sum(axis=-1))),
    overflow.NO_SHIFT.like(_less_target(naive)),
    overflow.SHIFT_BY_MINIMUM.like(
        _less_target(lambda z: shifted(z, z.min(axis=-1, keepdims=True)))
    ),
    overflow.SHIFT_BY_MEAN.like(_less_target(lambda z: shifted(z, z.mean(axis=-1, keepdims=True)))),
    overflow.GLOBAL_MAXIMUM.like(_less_target(lambda z: share(np.exp(z - z.max())))),
    ROUNDED,
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
    backprop.W_NOT_TRANSPOSED.like(lambda X, W, G: (G @ W, X.T @ G, G.sum(axis=0))),
    backprop.X_NOT_TRANSPOSED.like(lambda X, W, G: (G @ W.T, X @ G, G.sum(axis=0))),
    backprop.GRAD_W_TRANSPOSED.like(_changed(w=lambda g, n: g.T)),
    backprop.BIAS_MEAN.like(_changed(b=_mean)),
    backprop.BIAS_AXIS.like(lambda X, W, G: (G @ W.T, X.T @ G, G.sum(axis=1))),
    backprop.BIAS_NOT_SUMMED.like(lambda X, W, G: (G @ W.T, X.T @ G, G)),
    overflow.KEEPDIMS_LEFT.like(_changed(b=lambda g, n: g[None])),
    backprop.MEAN_AGAIN.like(
        _changed(w=_mean),
        _changed(w=_mean, b=_mean),
        _changed(x=_mean, w=_mean, b=_mean),
    ),
    backprop.FORCE.like(lambda X, W, G: linear_backward(X, W, -G)),
    backprop.RESULTS_EXCHANGED.like(
        lambda X, W, G: (X.T @ G, G @ W.T, G.sum(axis=0)),
        lambda X, W, G: (X.T @ G, G.sum(axis=0), G @ W.T),
        lambda X, W, G: (G.sum(axis=0), X.T @ G, G @ W.T),
        lambda X, W, G: (G @ W.T, G.sum(axis=0), X.T @ G),
    ),
    ROUNDED,
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


TRAINING_STEP = (
    backprop.ASCENT.like(_step(lambda g, n: -g, lambda g, n: -g)),
    backprop.N_MISSING.like(_step(_times_n, _times_n)),
    backprop.MEAN_IN_ONE.like(_step(grad_W=_times_n), _step(grad_b=_times_n)),
    backprop.N_TWICE.like(_step(_mean, _mean), _step(grad_W=_mean), _step(grad_b=_mean)),
    backprop.BIAS_FIXED.like(_step(grad_b=lambda g, n: 0 * g)),
    backprop.WEIGHTS_FIXED.like(_step(grad_W=lambda g, n: 0 * g)),
    backprop.GRADIENTS_RETURNED.like(
        lambda X, k, W, b, rate: gradients(X, k, W, b),
        lambda X, k, W, b, rate: tuple(-rate * g for g in gradients(X, k, W, b)),
        lambda X, k, W, b, rate: tuple(rate * g for g in gradients(X, k, W, b)),
    ),
    backprop.RATE_IGNORED.like(lambda X, k, W, b, rate: _step()(X, k, W, b, 1.0)),
    backprop.RESULTS_EXCHANGED.like(lambda X, k, W, b, rate: _step()(X, k, W, b, rate)[::-1]),
    backprop.BIAS_UNUSED.like(_without_bias),
    backprop.ONE_AFTER_THE_OTHER.like(_weights_first, _bias_first),
    derivative.SOFTMAX_MISSING.like(_with(_less_target(lambda z: z))),
    backprop.PULL_MISSING.like(_with(_p(lambda p, y: p))),
    backprop.PLUS.like(_with(_p(lambda p, y: p + y))),
    definition.SOFTMAX_TWICE.like(_with(_less_target(lambda z: softmax(softmax(z))))),
    cross_entropy.LABELS_OFF_BY_ONE.like(
        _with(lambda z, k: softmax_cross_entropy_grad(z, (k - 1) % z.shape[-1])),
        _with(lambda z, k: softmax_cross_entropy_grad(z, (k + 1) % z.shape[-1])),
    ),
    cross_entropy.EVERY_ROW.like(_with(_every_row)),
    backprop.DIVIDED_BY_C.like(_with(lambda z, k: softmax_cross_entropy_grad(z, k) / z.shape[-1])),
    definition.WHOLE_ARRAY.like(_with(_less_target(on_the_whole(softmax)))),
    definition.WRONG_AXIS.like(_with(_less_target(lambda z: softmax(z, axis=0)))),
    overflow.NO_SHIFT.like(_with(_less_target(naive))),
    ROUNDED,
)

"""Wrong attempts at the gradient, the layer, the step."""

import numpy as np
import scipy.special

from readers import one_hot
from softmax_lib import softmax
from wrong.cross_entropy import counted_from_one
from wrong.definition import z_scores
from wrong.derivative import JACOBIAN_OF


def p_and_y(f):
    return lambda z, k: f(scipy.special.softmax(z, axis=1), one_hot(k, z.shape[1]))


right_gradient = p_and_y(np.subtract)


def colon(z, k):
    G = softmax(z)
    G[:, k] -= 1
    return G


def softmax_by(shift):
    """Return p - y with the exponentials shifted by something else than the maximum."""

    def gradient(z, k):
        e = np.exp(z - shift(z))
        return e / e.sum(axis=1, keepdims=True) - one_hot(k, z.shape[1])

    return gradient


def through_the_jacobian(f):
    """Return the gradient in z of a loss whose gradient in p is f(p, y)."""

    def gradient(z, k):
        p, y = softmax(z), one_hot(k, z.shape[1])
        return np.array([JACOBIAN_OF(row) @ u for row, u in zip(p, f(p, y), strict=True)])

    return gradient


def writes_into_the_logits(z, k):
    z[...] = right_gradient(z, k)
    return z


GRADIENT = [
    ("y-minus-p", p_and_y(lambda p, y: y - p)),
    ("p-plus-y", p_and_y(np.add)),
    ("pull-missing", p_and_y(lambda p, y: p)),
    ("push-missing", p_and_y(lambda p, y: np.where(y, p - 1, 0))),
    ("gradient-in-p", p_and_y(lambda p, y: np.where(y, -1 / p, 0))),
    ("squared-error", through_the_jacobian(lambda p, y: 2 * (p - y))),
    ("divided-by-n", lambda z, k: right_gradient(z, k) / len(k)),
    ("divided-by-c", lambda z, k: right_gradient(z, k) / z.shape[1]),
    ("mean-over-batch", lambda z, k: right_gradient(z, k).mean(axis=0)),
    ("sum-over-batch", lambda z, k: right_gradient(z, k).sum(axis=0)),
    ("softmax-twice", lambda z, k: right_gradient(softmax(z), k)),
    ("softmax-missing", lambda z, k: z - one_hot(k, z.shape[1])),
    ("labels-off-by-one", lambda z, k: softmax(z) - np.eye(z.shape[1])[k - 1]),
    ("labels-off-by-one", lambda z, k: softmax(z) - np.eye(z.shape[1])[k + 1]),
    ("labels-off-by-one", lambda z, k: right_gradient(z, (k + 1) % z.shape[1])),
    ("all-labels-in-every-row", colon),
    ("labels-off-by-one", lambda z, k: softmax(z) - counted_from_one(k, z.shape[1])),
    ("standardised", lambda z, k: right_gradient(z_scores(z), k)),
    ("absolute-values", lambda z, k: right_gradient(abs(z), k)),
    ("absolute-values", p_and_y(lambda p, y: abs(y - p))),
    ("maximum-of-columns", softmax_by(lambda z: z.max(axis=0))),
    ("maximum-of-first-row", softmax_by(lambda z: z[0].max())),
    ("whole-array", lambda z, k: scipy.special.softmax(z) - one_hot(k, z.shape[1])),
    ("wrong-axis", lambda z, k: scipy.special.softmax(z, axis=0) - one_hot(k, z.shape[1])),
    ("no-keepdims", lambda z, k: np.exp(z) / np.exp(z).sum(1) - one_hot(k, z.shape[1])),
    ("no-shift", softmax_by(lambda z: 0)),
    ("shift-by-minimum", softmax_by(lambda z: z.min(axis=1, keepdims=True))),
    ("shift-by-mean", softmax_by(lambda z: z.mean(axis=1, keepdims=True))),
    ("global-maximum", softmax_by(np.max)),
    ("argument-changed", writes_into_the_logits),
    ("few-digits", lambda z, k: np.round(right_gradient(z, k), 3)),
]
BACKWARD = [
    ("nothing-returned", lambda X, W, G: None),
    ("not-numbers", lambda X, W, G: X.T @ G),
    ("not-numbers", lambda X, W, G: (X.T @ G, G.sum(axis=0))),
    ("w-not-transposed", lambda X, W, G: (np.dot(G, W), np.dot(X.T, G), sum(G))),
    ("x-not-transposed", lambda X, W, G: (np.dot(G, W.T), np.dot(X, G), sum(G))),
    ("gradient-transposed", lambda X, W, G: (G @ W.T, G.T @ X, sum(G))),
    ("bias-mean", lambda X, W, G: (G @ W.T, X.T @ G, sum(G) / len(G))),
    ("bias-over-classes", lambda X, W, G: (G @ W.T, X.T @ G, sum(G.T))),
    ("bias-not-summed", lambda X, W, G: (G @ W.T, X.T @ G, np.ones(G.shape) * G)),
    ("keepdims-left", lambda X, W, G: (G @ W.T, X.T @ G, G.sum(axis=0, keepdims=True))),
    ("mean-again", lambda X, W, G: (G @ W.T / len(X), X.T @ G / len(X), sum(G) / len(X))),
    ("y-minus-p", lambda X, W, G: (-G @ W.T, -X.T @ G, -sum(G))),
    ("results-exchanged", lambda X, W, G: (X.T @ G, sum(G), G @ W.T)),
    ("argument-changed", lambda X, W, G: (G @ W.T, X.T @ G, np.cumsum(G, axis=0, out=G)[-1])),
    ("few-digits", lambda X, W, G: (G @ W.T + 1e-6, X.T @ G + 1e-6, sum(G) + 1e-6)),
]


def step(change=lambda in_W, in_b, N: (in_W, in_b), gradient=right_gradient):
    """Return a training step, with the summed gradients over N changed, or p - y itself."""

    def training_step(X, labels, W, b, rate):
        G = gradient(X @ W + b, labels)
        in_W, in_b = change(X.T @ G / len(X), G.sum(axis=0) / len(X), len(X))
        return W - rate * in_W, b - rate * in_b

    return training_step


def in_place_step(X, labels, W, b, rate):
    G = right_gradient(X @ W + b, labels) / len(X)
    W -= rate * X.T @ G
    b -= rate * G.sum(axis=0)
    return W, b


def two_forward_passes(X, labels, W, b, rate):
    W = W - rate * X.T @ right_gradient(X @ W + b, labels) / len(X)
    b = b - rate * right_gradient(X @ W + b, labels).mean(axis=0)
    return W, b


def bias_before_weights(X, labels, W, b, rate):
    b = b - rate * right_gradient(X @ W + b, labels).mean(axis=0)
    W = W - rate * X.T @ right_gradient(X @ W + b, labels) / len(X)
    return W, b


def changes_only(X, labels, W, b, rate):
    new_W, new_b = step()(X, labels, W, b, rate)
    return new_W - W, new_b - b


def no_bias(X, labels, W, b, rate):
    new_W, change = step()(X, labels, W, 0 * b, rate)
    return new_W, b + change


STEP = [
    ("gradient-ascent", step(lambda in_W, in_b, N: (-in_W, -in_b))),
    ("mean-missing-in-step", step(lambda in_W, in_b, N: (N * in_W, N * in_b))),
    ("mean-in-one-gradient", step(lambda in_W, in_b, N: (N * in_W, in_b))),
    ("mean-in-one-gradient", step(lambda in_W, in_b, N: (in_W, N * in_b))),
    ("mean-twice", step(lambda in_W, in_b, N: (in_W / N, in_b / N))),
    ("bias-not-updated", step(lambda in_W, in_b, N: (in_W, 0))),
    ("weights-not-updated", step(lambda in_W, in_b, N: (0, in_b))),
    ("gradients-returned", changes_only),
    ("rate-ignored", lambda X, k, W, b, rate: step()(X, k, W, b, 1)),
    ("results-exchanged", lambda X, k, W, b, rate: tuple(reversed(step()(X, k, W, b, rate)))),
    ("bias-unused", no_bias),
    ("one-after-the-other", two_forward_passes),
    ("one-after-the-other", bias_before_weights),
    ("softmax-missing", step(gradient=lambda z, k: z - one_hot(k, z.shape[1]))),
    ("pull-missing", step(gradient=p_and_y(lambda p, y: p))),
    ("p-plus-y", step(gradient=p_and_y(np.add))),
    ("push-missing", step(gradient=p_and_y(lambda p, y: np.where(y, p - 1, 0)))),
    ("gradient-in-p", step(gradient=p_and_y(lambda p, y: np.where(y, -1 / p, 0)))),
    ("squared-error", step(gradient=through_the_jacobian(lambda p, y: 2 * (p - y)))),
    (
        "no-keepdims",
        step(gradient=lambda z, k: np.exp(z) / np.exp(z).sum(1) - one_hot(k, len(z.T))),
    ),
    ("shift-by-minimum", step(gradient=softmax_by(lambda z: z.min(axis=1, keepdims=True)))),
    ("softmax-twice", step(gradient=lambda z, k: right_gradient(softmax(z), k))),
    ("labels-off-by-one", step(gradient=lambda z, k: right_gradient(z, (k - 1) % z.shape[1]))),
    ("all-labels-in-every-row", step(gradient=colon)),
    ("divided-by-c", step(gradient=lambda z, k: right_gradient(z, k) / z.shape[1])),
    ("whole-array", step(gradient=lambda z, k: scipy.special.softmax(z) - one_hot(k, z.shape[1]))),
    ("wrong-axis", step(gradient=lambda z, k: softmax(z, 0) - one_hot(k, z.shape[1]))),
    ("no-shift", step(gradient=softmax_by(lambda z: 0))),
    ("standardised", step(gradient=lambda z, k: right_gradient(z_scores(z), k))),
    ("absolute-values", step(gradient=lambda z, k: right_gradient(abs(z), k))),
    ("maximum-of-columns", step(gradient=softmax_by(lambda z: z.max(axis=0)))),
    ("argument-changed", in_place_step),
    ("few-digits", step(lambda in_W, in_b, N: (in_W + 1e-5, in_b))),
]


def at_temperature(f, inner=np.divide, outer=np.divide):
    """Return a gradient f of logits under a temperature, which may act otherwise."""
    return lambda z, k, T: outer(f(inner(z, T), k), T)


def only(z, _):
    return z


def writes_into_warm_logits(z, k, T):
    z /= T
    return right_gradient(z, k) / T


def shares_divided(z, k, T):
    return scipy.special.softmax(z / T, axis=1) / T - one_hot(k, z.shape[1])


TEMPERATURE = [
    ("factor-missing", at_temperature(right_gradient, outer=only)),
    ("probabilities-at-one", at_temperature(right_gradient, inner=only)),
    ("temperature-unused", at_temperature(right_gradient, inner=only, outer=only)),
    ("factor-inverted", at_temperature(right_gradient, outer=np.multiply)),
    ("temperature-inverted", at_temperature(right_gradient, inner=np.multiply)),
    (
        "temperature-inverted",
        at_temperature(right_gradient, inner=np.multiply, outer=np.multiply),
    ),
    ("temperature-inverted", at_temperature(right_gradient, inner=np.multiply, outer=only)),
    ("target-not-divided", shares_divided),
    ("argument-changed", writes_into_warm_logits),
    ("y-minus-p", at_temperature(p_and_y(lambda p, y: y - p))),
    ("p-plus-y", at_temperature(p_and_y(np.add))),
    ("pull-missing", at_temperature(p_and_y(lambda p, y: p))),
    ("push-missing", at_temperature(p_and_y(lambda p, y: np.where(y, p - 1, 0)))),
    ("gradient-in-p", at_temperature(p_and_y(lambda p, y: np.where(y, -1 / p, 0)))),
    ("mean-over-batch", at_temperature(lambda z, k: right_gradient(z, k).mean(axis=0))),
    ("sum-over-batch", at_temperature(lambda z, k: right_gradient(z, k).sum(axis=0))),
    ("softmax-twice", at_temperature(lambda z, k: right_gradient(softmax(z), k))),
    ("labels-off-by-one", at_temperature(lambda z, k: softmax(z) - np.eye(z.shape[1])[k - 1])),
    ("all-labels-in-every-row", at_temperature(colon)),
    (
        "whole-array",
        at_temperature(lambda z, k: scipy.special.softmax(z) - one_hot(k, z.shape[1])),
    ),
    ("wrong-axis", at_temperature(lambda z, k: softmax(z, 0) - one_hot(k, z.shape[1]))),
    (
        "no-keepdims",
        at_temperature(lambda z, k: np.exp(z) / np.exp(z).sum(1) - one_hot(k, z.shape[1])),
    ),
    ("no-shift", at_temperature(softmax_by(lambda z: 0))),
    ("shift-by-minimum", at_temperature(softmax_by(lambda z: z.min(axis=1, keepdims=True)))),
    ("shift-by-mean", at_temperature(softmax_by(lambda z: z.mean(axis=1, keepdims=True)))),
    ("global-maximum", at_temperature(softmax_by(np.max))),
    ("maximum-of-columns", at_temperature(softmax_by(lambda z: z.max(axis=0)))),
    ("maximum-of-first-row", at_temperature(softmax_by(lambda z: z[0].max()))),
    ("standardised", at_temperature(lambda z, k: right_gradient(z_scores(z), k))),
    ("absolute-values", at_temperature(lambda z, k: right_gradient(abs(z), k))),
    ("absolute-values", at_temperature(p_and_y(lambda p, y: abs(y - p)))),
    ("few-digits", lambda z, k, T: np.round(right_gradient(z / T, k) / T, 3)),
]


def squares(X, ones=True):
    """Return the squared singular values of the features and a 1, the largest first."""
    X1 = np.insert(X, 0, 1, axis=1) if ones else X
    return np.linalg.svd(X1)[1] ** 2


def all_squares(X):
    return np.append(squares(X), np.zeros(max(0, X.shape[1] + 1 - len(X))))


def scales_in_place(X, alpha):
    X -= 0
    X *= 2
    return 1 / (squares(X / 2)[0] / len(X) / 2 + alpha)


SAFE_STEP = [
    ("bias-not-counted", lambda X, a: 1 / (squares(X, False)[0] / len(X) / 2 + a)),
    ("moments-not-averaged", lambda X, a: 1 / (squares(X)[0] / 2 + a)),
    ("half-missing", lambda X, a: 1 / (squares(X)[0] / len(X) + a)),
    ("penalty-not-counted", lambda X, a: 2 * len(X) / squares(X)[0]),
    ("penalty-halved", lambda X, a: 2 / (squares(X)[0] / len(X) + a)),
    ("edge-of-safety", lambda X, a: 2 / (squares(X)[0] / len(X) / 2 + a)),
    ("curvature-returned", lambda X, a: squares(X)[0] / len(X) / 2 + a),
    ("all-directions-added", lambda X, a: 1 / ((np.sum(X**2) / len(X) + 1) / 2 + a)),
    ("shortest-direction", lambda X, a: 1 / (all_squares(X)[-1] / len(X) / 2 + a)),
    ("features-centred", lambda X, a: 1 / (squares(X - X.mean(axis=0))[0] / len(X) / 2 + a)),
    ("not-squared", lambda X, a: 1 / (np.sqrt(squares(X)[0] / len(X)) / 2 + a)),
    ("argument-changed", scales_in_place),
    ("few-digits", lambda X, a: round(1 / (squares(X)[0] / len(X) / 2 + a), 3)),
]

ATTEMPTS = {
    "softmax_cross_entropy_grad": GRADIENT,
    "linear_backward": BACKWARD,
    "training_step": STEP,
    "temperature_gradient": TEMPERATURE,
    "safe_step": SAFE_STEP,
}

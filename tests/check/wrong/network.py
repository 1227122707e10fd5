"""Wrong attempts at ReLU's way back, the start, all gradients, and the gradient check."""

import numpy as np
import scipy.special

from readers import one_hot

# --- back through ReLU ---------------------------------------------------------------------------


def in_place(A, G):
    G[A <= 0] = 0
    return G


RELU_BACKWARD = [
    ("gate-missing", lambda A, G: G + 0),
    ("gate-on-the-gradient", lambda A, G: np.where(G > 0, G, 0)),
    ("output-for-slope", lambda A, G: np.clip(A, 0, None) * G),
    ("input-for-slope", np.multiply),
    ("gate-inverted", lambda A, G: np.where(A < 0, G, 0)),
    ("gate-inverted", lambda A, G: np.where(A > 0, 0, G)),
    ("sign-for-slope", lambda A, G: np.copysign(1, A) * (A != 0) * G),
    ("gate-returned", lambda A, G: np.heaviside(A, 0)),
    ("open-at-zero", lambda A, G: np.where(A < 0, 0, G)),
    ("open-at-zero", lambda A, G: np.heaviside(A, 0.5) * G),
    ("argument-changed", in_place),
    ("few-digits", lambda A, G: np.where(A > 0, G + 1e-6, 0)),
]

# --- the start -----------------------------------------------------------------------------------

START = [
    ("half-lost-at-the-start", lambda i, o: i**-0.5),
    ("variance-for-deviation", lambda i, o: 2.0 / i),
    ("variance-for-deviation", lambda i, o: i**-1.0),
    ("fan-out-for-fan-in", lambda i, o: (2 / o) ** 0.5),
    ("both-fans", lambda i, o: (2 / (i + o)) ** 0.5),
    ("start-inverted", lambda i, o: (i / 2) ** 0.5),
    ("bound-for-deviation", lambda i, o: (6 / i) ** 0.5),
    ("bound-for-deviation", lambda i, o: (6 / (i + o)) ** 0.5),
    ("few-digits", lambda i, o: 1.414 / i**0.5),
]

# --- all gradients -------------------------------------------------------------------------------


def gradients(
    gate=lambda A, G: np.where(A > 0, G, 0),
    forward=lambda A: np.clip(A, 0, None),
    residual=lambda P, Y: P - Y,
    each=lambda N: N,
    seen=lambda A, H: H,
    logits=lambda Z: Z,
):
    """Return the gradients with one part exchanged."""

    def of(X, labels, U, u, W, b):
        A = X @ U + u
        H = forward(A)
        Z = logits(H @ W + b)
        G = residual(scipy.special.softmax(Z, axis=1), one_hot(labels, len(b)))
        in_Z = np.where(H @ W + b == Z, G, 0) / each(len(X))
        in_A = gate(A, np.dot(in_Z, W.T))
        return np.dot(X.T, in_A), sum(in_A), np.dot(seen(A, H).T, in_Z), sum(in_Z)

    return of


right = gradients()


def averages_twice(X, labels, *weights):
    in_U, in_u, in_W, in_b = right(X, labels, *weights)
    return in_U / len(labels), in_u / len(labels), in_W, in_b


def takes_the_mean_for_the_bias(X, labels, U, u, W, b):
    in_A = np.where(X @ U + u > 0, np.ones((len(X), 1)), 0)
    H = in_A * (X @ U + u)
    in_Z = scipy.special.softmax(H @ W + b, axis=1) - one_hot(labels, len(b))
    in_A = in_A * np.dot(in_Z, W.T) / len(X)
    return np.dot(X.T, in_A), np.mean(in_A, axis=0), np.dot(H.T, in_Z) / len(X), in_Z.mean(axis=0)


def moves_the_weights(X, labels, U, u, W, b):
    found = right(X, labels, U, u, W, b)
    U -= 0.1 * found[0]
    return found


NETWORK = [
    ("gate-missing", gradients(gate=lambda A, G: G)),
    ("gate-on-the-gradient", gradients(gate=lambda A, G: np.clip(G, 0, None))),
    ("output-for-slope", gradients(gate=lambda A, G: np.clip(A, 0, None) * G)),
    ("gate-inverted", gradients(gate=lambda A, G: np.where(A > 0, 0, G))),
    ("inputs-for-outputs", gradients(seen=lambda A, H: A)),
    ("activation-forgotten", gradients(gate=lambda A, G: G, forward=lambda A: A)),
    ("activation-on-logits", gradients(logits=lambda Z: np.clip(Z, 0, None))),
    ("forces-taken-back", gradients(residual=lambda P, Y: Y - P)),
    ("network-mean-missing", gradients(each=lambda N: 1)),
    ("network-mean-again", averages_twice),
    ("network-mean-again", takes_the_mean_for_the_bias),
    ("network-pull-missing", gradients(residual=lambda P, Y: P)),
    ("results-exchanged", lambda *given: (*right(*given)[2:], *right(*given)[:2])),
    ("results-exchanged", lambda *given: [right(*given)[at] for at in (0, 2, 1, 3)]),
    ("argument-changed", moves_the_weights),
    ("few-digits", lambda *given: [np.round(part, 4) for part in right(*given)]),
]

# --- the gradient check --------------------------------------------------------------------------


def larger(a, b):
    return np.where(abs(a) > abs(b), abs(a), abs(b))


def over(a, b, size):
    """Return the differences over a size, without those that are 0."""
    with np.errstate(all="ignore"):
        return np.where(a == b, 0, abs(a - b) / size)


def writes(a, b):
    found = over(a, b, larger(a, b)).max()
    a -= b
    return found


RELATIVE_ERROR = [
    ("absolute-difference", lambda a, b: abs(a - b).max()),
    ("sign-left-in", lambda a, b: np.max(np.nan_to_num((a - b) / larger(a, b)))),
    ("zero-over-zero", lambda a, b: np.max(abs(a - b) / larger(a, b))),
    ("one-size-for-all", lambda a, b: abs(a - b).max() / (larger(a, b).max() or 1)),
    (
        "one-size-for-all",
        lambda a, b: (
            np.sqrt(((a - b) ** 2).sum()) / (np.sqrt((a**2).sum()) + np.sqrt((b**2).sum()) or 1)
        ),
    ),
    ("size-of-one-side", lambda a, b: over(a, b, abs(a)).max()),
    ("size-of-one-side", lambda a, b: over(a, b, abs(b)).max()),
    ("sum-of-sizes", lambda a, b: over(a, b, abs(a) + abs(b)).max()),
    ("mean-error", lambda a, b: over(a, b, larger(a, b)).mean()),
    ("argument-changed", writes),
    ("few-digits", lambda a, b: round(float(over(a, b, larger(a, b)).max()), 3) + 1e-6),
]

ATTEMPTS = {
    "relu_backward": RELU_BACKWARD,
    "relu_start": START,
    "network_gradients": NETWORK,
    "relative_error": RELATIVE_ERROR,
}

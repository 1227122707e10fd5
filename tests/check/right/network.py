"""Right implementations of ReLU's way back, the start, all gradients, and the gradient check."""

import mpmath
import numpy as np
import scipy.special

import softmax_lib
from oracles import exact

SOURCES = {
    "relu_backward": {
        "where": """
            def backward(A, G):
                return np.where(A > 0, G, 0)
        """,
        "mask": """
            def backward(A, G):
                G = np.array(G)
                G[A <= 0] = 0
                return G
        """,
        "output": """
            def backward(A, G):
                H = np.maximum(A, 0)
                return G * np.sign(H)
        """,
        "loops": """
            def backward(A, G):
                out = np.zeros(A.shape)
                for n in range(A.shape[0]):
                    for m in range(A.shape[1]):
                        if A[n, m] > 0:
                            out[n, m] = G[n, m]
                return out
        """,
    },
    "relu_start": {
        "root": """
            def start(fan_in, fan_out):
                return np.sqrt(2 / fan_in)
        """,
        "power": """
            def start(fan_in, fan_out):
                return 2 ** 0.5 * fan_in ** -0.5
        """,
        "bound of a uniform": """
            def start(fan_in, fan_out):
                bound = math.sqrt(6 / fan_in)
                return bound / math.sqrt(3)
        """,
    },
    "network_gradients": {
        "matrices": """
            def gradients(X, labels, U, u, W, b):
                A = X @ U + u
                H = np.maximum(A, 0)
                G = scipy.special.softmax(H @ W + b, axis=1)
                G[np.arange(len(X)), labels] -= 1
                G /= len(X)
                in_A = G @ W.T * (A > 0)
                return X.T @ in_A, in_A.sum(axis=0), H.T @ G, G.sum(axis=0)
        """,
        "one example after the other": """
            def gradients(X, labels, U, u, W, b):
                sums = [np.zeros_like(part) for part in (U, u, W, b)]
                for x, k in zip(X, labels):
                    a = x @ U + u
                    h = a * (a > 0)
                    p = scipy.special.softmax(h @ W + b)
                    p[k] -= 1
                    in_a = (W @ p) * (a > 0)
                    parts = np.outer(x, in_a), in_a, np.outer(h, p), p
                    sums = [one + part for one, part in zip(sums, parts)]
                return [one / len(X) for one in sums]
        """,
        "einsum": """
            def gradients(X, labels, U, u, W, b):
                H = np.where(X @ U + u > 0, X @ U + u, 0)
                Y = np.eye(len(b))[labels]
                G = (scipy.special.softmax(H @ W + b, axis=1) - Y) / X.shape[0]
                V = np.einsum("nc,mc,nm->nm", G, W, np.sign(H))
                in_W = np.einsum("nm,nc->mc", H, G)
                return np.einsum("nd,nm->dm", X, V), V.sum(0), in_W, G.sum(0)
        """,
    },
    "relative_error": {
        "where": """
            def error(a, b):
                size = np.maximum(np.abs(a), np.abs(b))
                return np.max(np.abs(a - b) / np.where(size == 0, 1, size))
        """,
        "those that are not both 0": """
            def error(a, b):
                some = (a != 0) | (b != 0)
                a, b = a[some], b[some]
                return np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)), initial=0)
        """,
        "loop": """
            def error(a, b):
                worst = 0
                for x, y in zip(a.ravel(), b.ravel()):
                    if x != y:
                        worst = max(worst, abs(x - y) / max(abs(x), abs(y)))
                return worst
        """,
    },
}
LIBRARIES = {
    "relative_error": {"ours": softmax_lib.relative_error},
    "network_gradients": {
        "ours": lambda *arguments: softmax_lib.network_loss_and_gradients(*arguments)[1]
    },
}


def plain_backward(A, G):
    return [
        [g if a > 0 else 0.0 for a, g in zip(*rows, strict=True)] for rows in zip(A, G, strict=True)
    ]


def exact_start(fan_in, fan_out):
    return float(mpmath.sqrt(2 / mpmath.mpf(fan_in)))


def exact_gradients(X, labels, *weights):
    """Differentiate the mean loss itself, at 30 digits."""
    shapes = [part.shape for part in weights]
    ends = np.cumsum([part.size for part in weights])[:-1]

    def mean_loss(*parameters):
        parts = np.split(np.array(parameters), ends)
        U, u, W, b = (part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
        total = mpmath.mpf(0)
        for x, k in zip(X, labels, strict=True):
            a = [sum(exact(x[d]) * U[d, m] for d in range(len(x))) + u[m] for m in range(len(u))]
            h = [max(value, mpmath.mpf(0)) for value in a]
            z = [sum(h[m] * W[m, c] for m in range(len(u))) + b[c] for c in range(len(b))]
            total += mpmath.log(sum(mpmath.exp(value) for value in z)) - z[k]
        return total / len(X)

    start = [mpmath.mpf(float(value)) for part in weights for value in part.ravel()]
    step = mpmath.mpf(10) ** -12
    with mpmath.workdps(40):
        slopes = [
            (
                mean_loss(*start[:i], value + step, *start[i + 1 :])
                - mean_loss(*start[:i], value - step, *start[i + 1 :])
            )
            / (2 * step)
            for i, value in enumerate(start)
        ]
    parts = np.split(np.array([float(slope) for slope in slopes]), ends)
    return tuple(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))


def gradients(X, labels, U, u, W, b):
    H = np.clip(X @ U + u, 0, None)
    G = scipy.special.softmax(H @ W + b, axis=1) - (labels[:, None] == np.arange(len(b)))
    in_A = np.where(H, G @ W.T, 0) / len(X)
    return X.T @ in_A, in_A.sum(axis=0), H.T @ G / len(X), G.mean(axis=0)


def exact_error(a, b):
    pairs = zip(np.ravel(a), np.ravel(b), strict=True)
    pairs = [(exact(x), exact(y)) for x, y in pairs if x or y]
    with mpmath.workdps(40):
        return float(max((abs(x - y) / max(abs(x), abs(y)) for x, y in pairs), default=0))


def error(a, b):
    size = np.fmax(abs(a), abs(b)) + (abs(a) + abs(b) == 0)
    return (abs(a - b) / size).max()


def units(rng):
    shape = rng.integers(1, 5, size=2)
    return rng.integers(-2, 3, size=shape) * 0.5, rng.normal(size=shape)


def whole_network(rng):
    N, D, M, C = rng.integers(2, 4, size=4)
    X, U, W = rng.normal(size=(N, D)), rng.normal(size=(D, M)), rng.normal(size=(M, C))
    return X, rng.integers(C, size=N), U, rng.normal(size=M), W, rng.normal(size=C)


def two_gradients(rng):
    shape = rng.integers(1, 4, size=2)
    a = rng.normal(size=shape) * 10.0 ** rng.integers(-9, 3, size=shape)
    return a * rng.integers(0, 2, size=shape), a * rng.integers(0, 3, size=shape)


EXACT = {
    "relu_backward": plain_backward,
    "relu_start": exact_start,
    "network_gradients": exact_gradients,
    "relative_error": exact_error,
}
BY_SCIPY = {
    "relu_backward": lambda A, G: G * np.heaviside(A, 0),
    "relu_start": lambda fan_in, fan_out: (fan_in / 2) ** -0.5,
    "network_gradients": gradients,
    "relative_error": error,
}
DRAWN = {
    "relu_backward": units,
    "relu_start": lambda rng: tuple(map(float, rng.integers(1, 300, size=2))),
    "network_gradients": whole_network,
    "relative_error": two_gradients,
}

"""Right implementations of the gradient, the layer, the step; and what else is right."""

import mpmath
import numpy as np
import scipy.linalg
import scipy.special

import softmax_lib
from oracles import exact, exact_softmax
from readers import labelled, rows

SOURCES = {
    "softmax_cross_entropy_grad": {
        "one-hot": """
            def gradient(z, k):
                return scipy.special.softmax(z, axis=1) - np.eye(z.shape[1])[k]
        """,
        "indexing": """
            def gradient(z, k):
                g = np.exp(z - z.max(axis=1, keepdims=True))
                g /= g.sum(axis=1, keepdims=True)
                g[np.arange(len(k)), k] -= 1
                return g
        """,
    },
    "linear_backward": {
        "matrices": """
            def backward(X, W, G):
                return G @ W.T, X.T @ G, G.sum(axis=0)
        """,
        "einsum": """
            def backward(X, W, G):
                grad_X = np.einsum("nc,dc->nd", G, W)
                return [grad_X, np.einsum("nd,nc->dc", X, G), np.einsum("nc->c", G)]
        """,
        "loops": """
            def backward(X, W, G):
                (N, D), C = X.shape, W.shape[1]
                grad_X, grad_W, grad_b = np.zeros((N, D)), np.zeros((D, C)), np.zeros(C)
                for n in range(N):
                    for c in range(C):
                        grad_b[c] += G[n, c]
                        for d in range(D):
                            grad_W[d, c] += X[n, d] * G[n, c]
                            grad_X[n, d] += W[d, c] * G[n, c]
                return grad_X, grad_W, grad_b
        """,
    },
    "training_step": {
        "matrices": """
            def step(X, labels, W, b, rate):
                G = scipy.special.softmax(X @ W + b, axis=1)
                G[np.arange(len(labels)), labels] -= 1
                G /= len(X)
                return W - rate * X.T @ G, b - rate * G.sum(axis=0)
        """,
        "one example after the other": """
            def step(X, labels, W, b, rate):
                in_W, in_b = np.zeros_like(W), np.zeros_like(b)
                for x, k in zip(X, labels):
                    p = scipy.special.softmax(x @ W + b)
                    p[k] -= 1
                    in_W, in_b = in_W + np.outer(x, p), in_b + p
                return W - rate * in_W / len(X), b - rate * in_b / len(X)
        """,
    },
    "temperature_gradient": {
        "one-hot": """
            def gradient(z, k, T):
                return (scipy.special.softmax(z / T, axis=1) - np.eye(z.shape[1])[k]) / T
        """,
        "through the layer that divides": """
            def gradient(z, k, T):
                W = np.eye(z.shape[1]) / T
                g = scipy.special.softmax(z @ W, axis=1)
                g[np.arange(len(k)), k] -= 1
                return g @ W.T
        """,
        "logits of either sign": """
            def gradient(z, k, T):
                gaps = (z[:, :, None] - z[:, None, :]) / T
                with np.errstate(over="ignore"):
                    p = 1 / np.exp(-gaps).sum(axis=2)
                return (p - (np.arange(z.shape[1]) == k[:, None])) / T
        """,
    },
    "safe_step": {
        "eigenvalues": """
            def safe_step(X, alpha):
                ones = np.ones((len(X), 1))
                X1 = np.hstack([X, ones])
                return 1 / (max(np.linalg.eigvalsh(X1.T @ X1 / len(X))) / 2 + alpha)
        """,
        "the longest singular value": """
            def safe_step(X, alpha):
                X1 = np.pad(X, ((0, 0), (0, 1)), constant_values=1)
                return 1 / (np.linalg.norm(X1, 2) ** 2 / (2 * len(X)) + alpha)
        """,
        "products of the examples": """
            def safe_step(X, alpha):
                largest = np.linalg.eigvalsh((X @ X.T + 1) / len(X)).max()
                return 2 / (largest + 2 * alpha)
        """,
    },
}
LIBRARIES = {
    "softmax_cross_entropy_grad": {"ours": softmax_lib.softmax_cross_entropy_grad},
    "linear_backward": {"ours": softmax_lib.linear_backward},
}


def exact_step(X, labels, W, b, rate):
    """Take the step by differentiating the mean loss itself."""

    def mean_loss(*parameters):
        W_, b_ = np.split(np.array(parameters), [W.size])
        total = mpmath.mpf(0)
        for x, k in zip(X, labels, strict=True):
            z = [
                sum(exact(x[d]) * W_.reshape(W.shape)[d, c] for d in range(len(x))) + b_[c]
                for c in range(len(b))
            ]
            total += mpmath.log(sum(mpmath.exp(value) for value in z)) - z[k]
        return total / len(X)

    start = [mpmath.mpf(float(value)) for value in (*W.ravel(), *b)]
    with mpmath.workdps(30):
        slopes = [
            mpmath.diff(lambda t, i=i: mean_loss(*start[:i], t, *start[i + 1 :]), value)
            for i, value in enumerate(start)
        ]
        new = np.array([float(v - rate * s) for v, s in zip(start, slopes, strict=True)])
    return new[: W.size].reshape(W.shape), new[W.size :]


def plain_backward(X, W, G):
    (N, D), C = X.shape, W.shape[1]
    return (
        [[sum(G[n, c] * W[d, c] for c in range(C)) for d in range(D)] for n in range(N)],
        [[sum(X[n, d] * G[n, c] for n in range(N)) for c in range(C)] for d in range(D)],
        [sum(G[n, c] for n in range(N)) for c in range(C)],
    )


def gradient(z, k):
    return scipy.special.softmax(z, axis=1) - (k[:, None] == np.arange(z.shape[1]))


def step(X, labels, W, b, rate):
    G = gradient(X @ W + b, labels) / len(X)
    return W - rate * X.T @ G, b - rate * G.sum(axis=0)


def layer(rng):
    N, C, D = rng.integers(2, 6, size=3)
    return rng.normal(size=(N, D)), rng.normal(size=(D, C)), rng.normal(size=(N, C))


def start(rng):
    X, W, _ = layer(rng)
    k, b = rng.integers(W.shape[1], size=len(X)), rng.normal(size=W.shape[1])
    return X, k, W, b, float(rng.uniform(0.1, 2))


def exact_slopes_at(z, k, T):
    """Differentiate the loss itself, at 40 digits."""

    def loss(row, label, T):
        return mpmath.log(sum(mpmath.exp(value / T) for value in row)) - row[label] / T

    with mpmath.workdps(40):
        temperature = exact(T)
        rows = [[exact(value) for value in row] for row in z]
        return [
            [
                float(
                    mpmath.diff(
                        lambda t, i=i, row=row, label=label: loss(
                            [*row[:i], t, *row[i + 1 :]], label, temperature
                        ),
                        value,
                    )
                )
                for i, value in enumerate(row)
            ]
            for row, label in zip(rows, k, strict=True)
        ]


def exact_safe_step(X, alpha):
    """Find the largest eigenvalue at 40 digits."""
    with mpmath.workdps(40):
        X1 = mpmath.matrix([[*map(exact, row), mpmath.mpf(1)] for row in X])
        largest = max(mpmath.eigsy(X1.T * X1 / len(X), eigvals_only=True))
        return float(1 / (largest / 2 + exact(alpha)))


def safe_step(X, alpha):
    X1 = np.column_stack([np.ones(len(X)), X])
    return 1 / (scipy.linalg.svdvals(X1)[0] ** 2 / len(X) / 2 + alpha)


def warm(rng):
    return *labelled(rng), float(rng.uniform(0.5, 4))


def features(rng):
    N, D = rng.integers(1, 6, size=2)
    return rng.normal(size=(N, D)), float(rng.uniform(0, 1))


EXACT = {
    "softmax_cross_entropy_grad": lambda z, k: (
        rows(exact_softmax)(z) - (np.arange(z.shape[1]) == k[:, None])
    ),
    "linear_backward": plain_backward,
    "training_step": exact_step,
    "temperature_gradient": exact_slopes_at,
    "safe_step": exact_safe_step,
}
BY_SCIPY = {
    "softmax_cross_entropy_grad": gradient,
    "linear_backward": lambda X, W, G: (G @ W.T, X.T @ G, G.sum(axis=0)),
    "training_step": step,
    "temperature_gradient": lambda z, k, T: gradient(z / T, k) / T,
    "safe_step": safe_step,
}
DRAWN = {
    "softmax_cross_entropy_grad": labelled,
    "linear_backward": layer,
    "training_step": start,
    "temperature_gradient": warm,
    "safe_step": features,
}

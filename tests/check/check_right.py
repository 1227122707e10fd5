"""Right implementations in many styles, as sources, for the checks to accept and to mutate."""

import math
import textwrap

import numpy as np
import scipy.special

import softmax_lib

# The bodies of functions, by what they compute and how. They are sources, so that a test can
# change them in one place.
SOURCES = {
    "hardmax": {
        "argmax": """
            def hardmax(z):
                p = np.zeros(z.shape)
                np.put_along_axis(p, np.argmax(z, axis=-1, keepdims=True), 1.0, axis=-1)
                return p
        """,
        "loops": """
            def hardmax(z):
                if z.ndim > 1:
                    return [hardmax(row) for row in z]
                best = 0
                for i in range(len(z)):
                    if z[i] > z[best]:
                        best = i
                return [1 if i == best else 0 for i in range(len(z))]
        """,
        "rows of the identity": """
            def hardmax(z):
                return np.eye(z.shape[-1])[z.argmax(axis=-1)]
        """,
    },
    "softmax": {
        "textbook": """
            def softmax(z):
                e = np.exp(z - z.max(axis=-1, keepdims=True))
                return e / e.sum(axis=-1, keepdims=True)
        """,
        "loops over math.exp": """
            def softmax(z):
                if z.ndim > 1:
                    return [softmax(row) for row in z]
                m = max(z)
                e = [math.exp(value - m) for value in z]
                return [value / sum(e) for value in e]
        """,
        "einsum": """
            def softmax(z):
                e = np.exp(z - np.max(z, -1, keepdims=True))
                return np.einsum("...i,...->...i", e, 1 / np.einsum("...i->...", e))
        """,
        "in place on a copy": """
            def softmax(z):
                p = np.array(z, dtype=float)
                p -= p.max(axis=-1, keepdims=True)
                np.exp(p, out=p)
                p /= p.sum(axis=-1, keepdims=True)
                return p
        """,
        "any axis": """
            def softmax(z, axis=-1):
                e = np.exp(z - z.max(axis=axis, keepdims=True))
                return e / e.sum(axis=axis, keepdims=True)
        """,
        "through the logarithm": """
            def softmax(z):
                return np.exp(z - scipy.special.logsumexp(z, axis=-1, keepdims=True))
        """,
        "matrix algebra": """
            def softmax(z):
                e = np.exp(z - z.max(axis=-1, keepdims=True))
                return e / (e @ np.ones((z.shape[-1], 1)) if z.ndim > 1 else e @ np.ones(z.shape))
        """,
        "single precision": """
            def softmax(z):
                e = np.exp((z - z.max(axis=-1, keepdims=True)).astype(np.float32))
                return e / e.sum(axis=-1, keepdims=True)
        """,
        "vectorized": """
            def softmax(z):
                rows = np.vectorize(lambda row: np.exp(row - row.max()), signature="(n)->(n)")
                e = rows(z)
                return (e.T / e.sum(axis=-1)).T
        """,
        "one over a sum of ratios": """
            def softmax(z):
                with np.errstate(over="ignore", invalid="ignore"):
                    gaps = np.exp(z[..., None, :] - z[..., :, None])
                return np.where(np.isneginf(z), 0.0, 1 / gaps.sum(axis=-1))
        """,
        "apply_along_axis": """
            def softmax(z):
                def of_row(row):
                    e = np.exp(row - np.amax(row))
                    return e / np.add.reduce(e)
                return np.apply_along_axis(of_row, -1, z)
        """,
    },
    "log_softmax": {
        "textbook": """
            def log_softmax(z):
                s = z - z.max(axis=-1, keepdims=True)
                return s - np.log(np.exp(s).sum(axis=-1, keepdims=True))
        """,
        "loops": """
            def log_softmax(z):
                if z.ndim > 1:
                    return [log_softmax(row) for row in z]
                m = max(z)
                total = math.fsum(math.exp(value - m) for value in z)
                return [value - m - math.log(total) for value in z]
        """,
        "pairs": """
            def log_softmax(z):
                return z - np.logaddexp.reduce(z, axis=-1, keepdims=True)
        """,
    },
    "logsumexp": {
        "textbook": """
            def logsumexp(z):
                m = z.max(axis=-1, keepdims=True)
                return m[..., 0] + np.log(np.exp(z - m).sum(axis=-1))
        """,
        "one pass": """
            def logsumexp(z):
                if z.ndim > 1:
                    return np.array([logsumexp(row) for row in z])
                m, s = -math.inf, 0.0
                for value in z:
                    if value > m:
                        s, m = s * math.exp(m - value), value
                    if value > -math.inf:
                        s += math.exp(value - m)
                return m + math.log(s)
        """,
        "pairs": """
            def logsumexp(z):
                return np.logaddexp.reduce(z, axis=-1)
        """,
    },
    "softmax_jacobian": {
        "textbook": """
            def jacobian(z):
                p = np.exp(z - z.max())
                p /= p.sum()
                return np.diag(p) - np.outer(p, p)
        """,
        "loops": """
            def jacobian(z):
                p = scipy.special.softmax(z)
                C = len(p)
                return [[p[i] * ((i == j) - p[j]) for j in range(C)] for i in range(C)]
        """,
        "einsum": """
            def jacobian(z):
                p = scipy.special.softmax(z)
                return np.einsum("i,ij->ij", p, np.eye(len(p)) - p)
        """,
    },
    "softmax_jvp": {
        "textbook": """
            def product(z, v):
                p = scipy.special.softmax(z, axis=-1)
                return p * (v - np.sum(p * v, axis=-1, keepdims=True))
        """,
        "the matrix": """
            def product(z, v):
                if z.ndim > 1:
                    return np.stack([product(*pair) for pair in zip(z, v)])
                p = scipy.special.softmax(z)
                return (np.diag(p) - np.outer(p, p)) @ v
        """,
    },
    "one_hot": {
        "rows of the identity": """
            def one_hot(labels, C):
                return np.eye(C)[labels]
        """,
        "comparison": """
            def one_hot(labels, C):
                return labels[:, None] == np.arange(C)
        """,
        "loops": """
            def one_hot(labels, C):
                return [[int(c == label) for c in range(C)] for label in labels]
        """,
    },
    "softmax_cross_entropy": {
        "indexing": """
            def loss(z, k):
                m = z.max(axis=1, keepdims=True)
                lse = m[:, 0] + np.log(np.exp(z - m).sum(axis=1))
                return lse - z[np.arange(len(k)), k]
        """,
        "loops": """
            def loss(z, k):
                losses = []
                for row, label in zip(z, k):
                    gaps = [value - row[label] for value in row]
                    m = max(gaps)
                    losses.append(m + math.log(sum(math.exp(gap - m) for gap in gaps)))
                return losses
        """,
        "take_along_axis": """
            def loss(z, k):
                log_p = scipy.special.log_softmax(z, axis=-1)
                return -np.take_along_axis(log_p, k[:, None], axis=-1)[:, 0]
        """,
    },
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
}
SOURCES["softmax_naive"] = {
    "as written": """
        def softmax(z):
            return np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True)
    """,
    **SOURCES["softmax"],
}
SOURCES["softmax_vjp"] = SOURCES["softmax_jvp"]
SOURCES["mean_cross_entropy"] = {
    "sum and divide": """
        def loss(z, k):
            log_p = scipy.special.log_softmax(z, axis=-1)
            return -sum(log_p[n, k[n]] for n in range(len(k))) / len(k)
    """,
    "mean": """
        def loss(z, k):
            return -scipy.special.log_softmax(z, axis=1)[np.arange(len(k)), k].mean()
    """,
}

# Libraries, as they are or with the axis named.
LIBRARIES = {
    "softmax": {"scipy": lambda z: scipy.special.softmax(z, axis=-1), "ours": softmax_lib.softmax},
    "softmax_naive": {"ours": softmax_lib.softmax_naive},
    "hardmax": {"ours": softmax_lib.hardmax},
    "log_softmax": {
        "scipy": lambda z: scipy.special.log_softmax(z, axis=-1),
        "ours": softmax_lib.log_softmax,
    },
    "logsumexp": {
        "scipy": lambda z: scipy.special.logsumexp(z, axis=-1),
        "ours": softmax_lib.logsumexp,
    },
    "softmax_jacobian": {"ours": softmax_lib.softmax_jacobian},
    "softmax_jvp": {"ours": softmax_lib.softmax_jvp},
    "softmax_vjp": {"ours": softmax_lib.softmax_vjp},
    "one_hot": {"ours": softmax_lib.one_hot},
    "softmax_cross_entropy": {"ours": softmax_lib.softmax_cross_entropy},
    "softmax_cross_entropy_grad": {"ours": softmax_lib.softmax_cross_entropy_grad},
    "linear_backward": {"ours": softmax_lib.linear_backward},
}


def compiled(source):
    """Return the function that a source defines."""
    names = {"np": np, "math": math, "scipy": scipy}
    exec(
        compile(source if not isinstance(source, str) else dedented(source), "<try>", "exec"), names
    )
    return list(names.values())[-1]


def dedented(source):
    return textwrap.dedent(source)

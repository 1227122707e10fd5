"""Right implementations of attention, its mask, its gradient, its heads, and of top-p."""

import math

import mpmath
import numpy as np
import scipy.special

import softmax_lib
from oracles import exact_softmax

SOURCES = {
    "dot_product_attention": {
        "textbook": """
            def attend(Q, K, V):
                S = Q @ K.T / math.sqrt(Q.shape[1])
                P = np.exp(S - S.max(axis=1, keepdims=True))
                return P / P.sum(axis=1, keepdims=True) @ V
        """,
        "query by query": """
            def attend(Q, K, V):
                means = []
                for q in Q:
                    p = scipy.special.softmax(K @ q / np.sqrt(len(q)))
                    means.append(sum(p[c] * V[c] for c in range(len(K))))
                return means
        """,
        "scaled queries": """
            def attend(Q, K, V):
                S = np.einsum("nd,cd->nc", Q * Q.shape[-1] ** -0.5, K)
                return scipy.special.softmax(S, axis=-1) @ V
        """,
    },
    "causal_attention": {
        "textbook": """
            def attend(Q, K, V):
                S = Q @ K.T / math.sqrt(Q.shape[1])
                S = np.where(np.tri(len(Q), dtype=bool), S, -np.inf)
                return scipy.special.softmax(S, axis=1) @ V
        """,
        "place by place": """
            def attend(Q, K, V):
                means = []
                for n in range(len(Q)):
                    p = scipy.special.softmax(K[: n + 1] @ Q[n] / math.sqrt(Q.shape[1]))
                    means.append(p @ V[: n + 1])
                return np.array(means)
        """,
    },
    "attention_backward": {
        "textbook": """
            def gradients(Q, K, V, G):
                a = 1 / math.sqrt(Q.shape[1])
                P = scipy.special.softmax(a * Q @ K.T, axis=1)
                U = G @ V.T
                R = P * (U - np.sum(P * U, axis=1, keepdims=True))
                return a * R @ K, a * R.T @ Q, P.T @ G
        """,
        "the mean from the answer": """
            def gradients(Q, K, V, G):
                a = Q.shape[1] ** -0.5
                P = scipy.special.softmax(a * (Q @ K.T), axis=1)
                mean = np.sum(G * (P @ V), axis=1, keepdims=True)
                R = a * P * (G @ V.T - mean)
                return R @ K, R.T @ Q, P.T @ G
        """,
        "jacobians": """
            def gradients(Q, K, V, G):
                a = Q.shape[1] ** -0.5
                P = scipy.special.softmax(a * (Q @ K.T), axis=1)
                R = np.array([(np.diag(p) - np.outer(p, p)) @ (V @ g) for p, g in zip(P, G)])
                return a * (R @ K), a * (R.T @ Q), P.T @ G
        """,
    },
    "split_heads": {
        "textbook": """
            def split(X, heads):
                return X.reshape(len(X), heads, -1).transpose(1, 0, 2)
        """,
        "slices": """
            def split(X, heads):
                width = X.shape[1] // heads
                return [X[:, h * width : (h + 1) * width] for h in range(heads)]
        """,
    },
    "top_p": {
        "textbook": """
            def cut(p, mass):
                order = np.argsort(p)[::-1]
                count = 1 + np.searchsorted(np.cumsum(p[order]), mass)
                kept = np.zeros(len(p))
                kept[order[:count]] = p[order[:count]]
                return kept / kept.sum()
        """,
        "one by one": """
            def cut(p, mass):
                left = list(range(len(p)))
                kept = np.zeros(len(p))
                while kept.sum() < mass:
                    best = max(left, key=lambda c: p[c])
                    kept[best] = p[best]
                    left.remove(best)
                return kept / kept.sum()
        """,
    },
}
LIBRARIES = {
    "dot_product_attention": {
        "ours": softmax_lib.attention,
        "streaming": softmax_lib.streaming_attention,
        "small blocks": lambda Q, K, V: softmax_lib.streaming_attention(Q, K, V, block=1),
    }
}


def exact_attention(Q, K, V, seen=None):
    """Return attention by mpmath's shares of each row."""
    means = []
    for n, q in enumerate(Q):
        keys, values = (a if seen is None else a[: seen(n)] for a in (K, V))
        with mpmath.workdps(60):
            root = mpmath.sqrt(len(q))
            row = [mpmath.fdot(map(float, k), map(float, q)) / root for k in keys]
            powers = [mpmath.exp(score - max(row)) for score in row]
            total = mpmath.fsum(powers)
            means.append([mpmath.fdot(powers, map(float, v)) / total for v in values.T])
    return np.array(means, dtype=float)


def exact_causal(Q, K, V):
    return exact_attention(Q, K, V, lambda n: n + 1)


def exact_gradients(Q, K, V, G):
    """Differentiate by numbers, in many digits: no formula for a slope."""

    def loss(arrays):
        Q, K, V = arrays
        total = mpmath.mpf(0)
        for q, g in zip(Q, G, strict=True):
            row = [mpmath.fdot(k, q) / mpmath.sqrt(len(q)) for k in K]
            powers = [mpmath.exp(score - max(row)) for score in row]
            answer = [mpmath.fdot(powers, v) / mpmath.fsum(powers) for v in V.T]
            total += mpmath.fdot(answer, map(float, g))
        return total

    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -20
        number = np.vectorize(lambda x: mpmath.mpf(float(x)), otypes=[object])
        arrays = [number(a) for a in (Q, K, V)]
        gradients = []
        for array in arrays:
            slopes = np.empty(array.shape)
            for index in np.ndindex(array.shape):
                given = array[index]
                array[index] = given + h
                above = loss(arrays)
                array[index] = given - h
                slopes[index] = float((above - loss(arrays)) / (2 * h))
                array[index] = given
            gradients.append(slopes)
    return tuple(gradients)


def attention_by_scipy(Q, K, V, mask=None):
    S = np.einsum("nd,cd->nc", Q, K) * Q.shape[1] ** -0.5
    S = S if mask is None else np.where(mask, S, -np.inf)
    return scipy.special.softmax(S, axis=1) @ V


def causal_by_scipy(Q, K, V):
    return attention_by_scipy(Q, K, V, ~np.triu(np.ones((len(Q), len(Q)), dtype=bool), k=1))


def gradients_by_scipy(Q, K, V, G):
    a = Q.shape[1] ** -0.5
    P = scipy.special.softmax(a * np.einsum("nd,cd->nc", Q, K), axis=1)
    # Of each query: the sum over pairs of keys of p_c p_j (v_c - v_j).
    gaps = np.einsum("nm,cm->nc", G, V)[:, :, None] - np.einsum("nm,jm->nj", G, V)[:, None, :]
    R = a * np.einsum("nc,nj,ncj->nc", P, P, gaps)
    return np.einsum("nc,cd->nd", R, K), np.einsum("nc,nd->cd", R, Q), np.einsum("nc,nm->cm", P, G)


def heads_in_loops(X, heads):
    width = X.shape[1] // heads
    return np.array(
        [[[row[h * width + d] for d in range(width)] for row in X] for h in range(heads)]
    )


def heads_in_columns(X, heads):
    return np.stack(np.hsplit(X, heads))


def every_cut(p, mass):
    """Try the largest one, the largest two, and so on, in fractions that are exact."""
    for count in range(1, len(p) + 1):
        least = sorted(p)[-count]
        kept = [x if x >= least else 0 for x in p]
        if math.fsum(kept) >= mass - 1e-12:
            return np.array(kept) / math.fsum(kept)
    return None


def cut_by_rank(p, mass):
    above = np.array([p[p > x].sum() for x in p])
    kept = np.where(above < mass - 1e-12, p, 0)
    return kept / kept.sum()


def arrays(rng):
    n, c, d, m = rng.integers(1, 6, size=4)
    size = rng.choice([1, 300])
    return rng.normal(size=(n, d)) * size, rng.normal(size=(c, d)), rng.normal(size=(c, m))


def places(rng):
    n, d, m = rng.integers(1, 6, size=3)
    return rng.normal(size=(n, d)), rng.normal(size=(n, d)), rng.normal(size=(n, m))


def with_gradient(rng):
    Q, K, V = arrays(rng)
    return Q, K, V, rng.normal(size=(len(Q), V.shape[1]))


def columns(rng):
    rows, heads, width = (int(n) for n in rng.integers(1, 5, size=3))
    return rng.normal(size=(rows, heads * width)), heads


def shares(rng):
    p = np.array(exact_softmax(rng.normal(size=rng.integers(2, 7))), dtype=float)
    return p, float(rng.uniform(0.05, 0.95))


EXACT = {
    "dot_product_attention": exact_attention,
    "causal_attention": exact_causal,
    "attention_backward": exact_gradients,
    "split_heads": heads_in_loops,
    "top_p": every_cut,
}
BY_SCIPY = {
    "dot_product_attention": attention_by_scipy,
    "causal_attention": causal_by_scipy,
    "attention_backward": gradients_by_scipy,
    "split_heads": heads_in_columns,
    "top_p": cut_by_rank,
}
DRAWN = {
    "dot_product_attention": arrays,
    "causal_attention": places,
    "attention_backward": with_gradient,
    "split_heads": columns,
    "top_p": shares,
}

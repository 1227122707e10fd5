"""Wrong attempts at attention, its mask, its gradient, its heads, and a cut."""

import numpy as np
import scipy.special

from softmax_lib import attention, softmax


def looked_up(scores, shares=scipy.special.softmax, **options):
    """Return attention by einsum, with these scores."""
    options = options or {"axis": -1}
    return lambda Q, K, V: np.einsum("nc,cm->nm", shares(scores(Q, K), **options), V)


def dots(Q, K):
    return np.einsum("nd,cd->nc", Q, K)


def scaled(Q, K):
    return dots(Q, K) * Q.shape[-1] ** -0.5


def by_exp(S):
    return np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)


def best_key(Q, K, V):
    return np.array([V[np.argmax(K @ q)] for q in Q])


LOOK_UP = [
    ("scale-missing", looked_up(dots)),
    ("divided-by-width", looked_up(lambda Q, K: dots(Q, K) / K.shape[-1])),
    ("multiplied-by-root", looked_up(lambda Q, K: dots(Q, K) * np.sqrt(Q.shape[1]))),
    ("root-of-the-number-of-keys", looked_up(lambda Q, K: dots(Q, K) / np.sqrt(K.shape[0]))),
    ("root-of-the-number-of-keys", looked_up(lambda Q, K: dots(Q, K) / np.sqrt(Q.shape[0]))),
    ("scaled-too-late", lambda Q, K, V: looked_up(dots)(Q, K, V) / np.sqrt(Q.shape[1])),
    ("over-the-queries", looked_up(scaled, axis=0)),
    ("over-all-scores", looked_up(scaled, axis=None)),
    ("scores-for-weights", lambda Q, K, V: scaled(Q, K) @ V),
    ("scores-for-weights", lambda Q, K, V: Q @ K.T @ V),
    ("sum-not-divided", lambda Q, K, V: sum(np.exp(scaled(Q, K)).T[..., None] * V[:, None])),
    ("keys-for-values", lambda Q, K, V: looked_up(scaled)(Q, K, K)),
    ("hard-look-up", best_key),
    ("no-shift", lambda Q, K, V: by_exp(scaled(Q, K)) @ V),
    ("few-digits", lambda Q, K, V: attention(Q, K, V).round(3)),
]


def lower(n, k=0):
    return np.arange(n)[:, None] + k >= np.arange(n)


def filled(S, allowed, number=-np.inf):
    S = np.array(S)
    S[~allowed] = number
    return S


def under(mask, number=-np.inf):
    def attend(Q, K, V):
        return softmax(filled(scaled(Q, K), mask(len(Q)), number)) @ V

    return attend


def zeroed_and_shared(Q, K, V):
    P = np.tril(scipy.special.softmax(scaled(Q, K), axis=1))
    with np.errstate(invalid="ignore"):
        return np.array([row / row.sum() for row in P]) @ V


CAUSAL = [
    ("mask-missing", looked_up(scaled)),
    ("masked-after-softmax", lambda Q, K, V: np.where(lower(len(Q)), softmax(scaled(Q, K)), 0) @ V),
    ("divided-again-after-mask", zeroed_and_shared),
    (
        "over-the-queries",
        lambda Q, K, V: scipy.special.softmax(filled(scaled(Q, K), lower(len(Q))), axis=0) @ V,
    ),
    ("scores-times-zero", lambda Q, K, V: softmax(np.tril(scaled(Q, K))) @ V),
    ("scores-times-zero", under(lower, 1e-9)),
    ("future-for-past", under(lambda n: lower(n).T)),
    ("mask-inverted", under(lambda n: ~lower(n))),
    ("own-key-masked", under(lambda n: lower(n, -1))),
    ("one-key-too-many", under(lambda n: lower(n, 1))),
    ("scale-missing", lambda Q, K, V: softmax(filled(Q @ K.T, lower(len(Q)))) @ V),
    ("no-shift", lambda Q, K, V: by_exp(filled(scaled(Q, K), lower(len(Q)))) @ V),
    ("few-digits", lambda Q, K, V: under(lower)(Q, K, V).astype(np.float16)),
]


def backward(slope, root=np.sqrt, values=lambda P, S, G: P.T @ G):
    """Return a backward pass, given how the scores' gradient is made of P, U and S."""

    def gradients(Q, K, V, G):
        S = Q @ K.T / np.sqrt(Q.shape[1])
        P, U = softmax(S), G @ V.T
        R = slope(P, U) / root(Q.shape[1])
        return R @ K, R.T @ Q, values(P, S, G)

    return gradients


def right(P, U):
    return P * (U - (P * U).sum(axis=1, keepdims=True))


BACKWARD = [
    ("mean-of-values-missing", backward(lambda P, U: U * P)),
    ("softmax-passed-over", backward(lambda P, U: U)),
    ("diagonal-only", backward(lambda P, U: U * (P - P**2))),
    ("mean-over-queries", backward(lambda P, U: P * (U - (P * U).sum(axis=0, keepdims=True)))),
    ("plain-mean-of-values", backward(lambda P, U: P * (U.T - U.mean(axis=1)).T)),
    ("mean-over-everything", backward(lambda P, U: P * (U - np.vdot(P, U)))),
    ("weights-of-rest-missing", backward(lambda P, U: right(P, U) / P)),
    ("mean-added", backward(lambda P, U: P * U + P * (P * U).sum(axis=1, keepdims=True))),
    ("scale-forgotten-backwards", backward(right, root=lambda d: 1)),
    ("weights-not-transposed", backward(right, values=lambda P, S, G: np.dot(P, G))),
    ("scores-for-weights-backwards", backward(right, values=lambda P, S, G: np.dot(S.T, G))),
    ("negated", lambda *a: [-one for one in backward(right)(*a)]),
    ("few-digits", lambda *a: [one.round(2) for one in backward(right)(*a)]),
]

HEADS = [
    (
        "reshape-alone",
        lambda X, heads: np.array(np.split(X.ravel(), heads)).reshape(heads, len(X), -1),
    ),
    ("heads-second", lambda X, heads: np.stack(np.hsplit(X, heads), axis=1)),
    ("columns-dealt-out", lambda X, heads: np.stack([X[:, h::heads] for h in range(heads)])),
    ("head-transposed", lambda X, heads: np.stack([part.T for part in np.hsplit(X, heads)])),
]


def kept(p, enough):
    """Return p with the entries for which ``enough`` holds of rank and of the sum before them."""
    order = np.argsort(p)[::-1]
    before = np.cumsum(p[order]) - p[order]
    out = np.zeros(len(p))
    out[order] = np.where(enough(np.arange(len(p)), before), p[order], 0)
    return out


def nucleus(p, mass):
    return kept(p, lambda rank, before: before < mass - 1e-12)


def again(p):
    with np.errstate(invalid="ignore"):
        return p / p.sum()


def without_the_last(p, mass):
    one_less = np.count_nonzero(nucleus(p, mass)) - 1
    return again(kept(p, lambda rank, before: rank < one_less))


def with_one_more(p, mass):
    return again(kept(p, lambda rank, before: rank <= np.count_nonzero(nucleus(p, mass))))


def from_below(p, mass):
    order, out, total = np.argsort(p), np.zeros(len(p)), 0.0
    for place in order:
        if total >= mass - 1e-12:
            break
        out[place], total = p[place], total + p[place]
    return out / out.sum()


def share_of_the_kept(p, mass):
    inside = nucleus(p, mass) > 0
    out = np.zeros(len(p))
    out[inside] = softmax(p[inside])
    return out


TOP_P = [
    ("last-one-dropped", without_the_last),
    ("one-class-too-many", with_one_more),
    ("not-divided-again", nucleus),
    ("divided-by-the-mass", lambda p, mass: nucleus(p, mass) / mass),
    ("softmax-of-what-is-kept", share_of_the_kept),
    ("softmax-of-what-is-kept", lambda p, mass: softmax(nucleus(p, mass))),
    ("order-not-undone", lambda p, mass: sorted(again(nucleus(p, mass)), reverse=True)),
    ("least-probable-first", from_below),
    ("each-by-itself", lambda p, mass: again(p * (p >= mass))),
    ("each-by-itself", lambda p, mass: again(p * (p >= 1 - mass))),
    ("few-digits", lambda p, mass: again(nucleus(p, mass)).round(3)),
]

ATTEMPTS = {
    "dot_product_attention": LOOK_UP,
    "causal_attention": CAUSAL,
    "attention_backward": BACKWARD,
    "split_heads": HEADS,
    "top_p": TOP_P,
}

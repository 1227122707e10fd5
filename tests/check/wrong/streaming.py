"""Wrong attempts at the merge, at one pass, and at one machine's part of a gradient."""

import math

import numpy as np
import scipy.special


def merge(total):
    """Return a merge with the right maximum and another sum, of what the two were shifted by."""

    def merge_sums(m, s, n, t):
        top = np.where(m > n, m, n)
        return top, total(s, t, m - top, n - top)

    return merge_sums


def second_shrinks(m, s, n, t):
    return np.maximum(m, n), s + t / np.exp(m - n)


def by_the_smaller(m, s, n, t):
    low = np.minimum(m, n)
    return low, np.exp(m - low) * s + np.exp(n - low) * t


def larger_first(m, s, n, t):
    return (m, s + t * math.exp(n - m)) if m >= n else (n, t + s * math.exp(m - n))


def unshifted(m, s, n, t):
    return np.maximum(m, n), np.exp(m + np.log(s)) + np.exp(n + np.log(t))


def rounded(m, s, n, t):
    top = np.maximum(m, n)
    return top, np.round(s * np.exp(m - top) + t * np.exp(n - top), 4)


def writes(m, s, n, t):
    top = np.maximum(m, n)
    s *= np.exp(m - top)
    s += t * np.exp(n - top)
    return top, s


def as_rests(m, s, n, t):
    if np.ndim(m):
        return np.transpose([as_rests(*row) for row in zip(m, s, n, t, strict=True)])
    return (m, s + (1 + t) * np.exp(n - m)) if m >= n else (n, t + (1 + s) * np.exp(m - n))


MERGE = [
    ("rests-for-sums", as_rests),
    ("sums-not-rescaled", merge(lambda s, t, a, b: t + s)),
    ("one-sum-not-rescaled", merge(lambda s, t, a, b: s + t * np.exp(b))),
    ("one-sum-not-rescaled", merge(lambda s, t, a, b: s * np.exp(a) + t)),
    ("one-sum-not-rescaled", second_shrinks),
    ("one-sum-not-rescaled", lambda m, s, n, t: (np.maximum(n, m), t + s / np.exp(n - m))),
    ("rescaled-the-wrong-way", merge(lambda s, t, a, b: s / np.exp(a) + t / np.exp(b))),
    ("factors-exchanged", merge(lambda s, t, a, b: t * np.exp(a) + s * np.exp(b))),
    ("shift-taken-back", unshifted),
    ("smaller-maximum-kept", by_the_smaller),
    ("maxima-added", lambda m, s, n, t: (n + m, t + s)),
    ("maxima-added", lambda m, s, n, t: (n + m, t * s)),
    ("numbers-only", larger_first),
    ("argument-changed", writes),
    ("few-digits", rounded),
    ("nothing-returned", lambda m, s, n, t: None),
    ("not-numbers", lambda m, s, n, t: np.maximum(m, n)),
]


def running(total, top=-math.inf, counted=0.0):
    """Return a loop that shows each logit, with the old and the new maximum, to ``total``."""

    def online_logsumexp(z):
        m, s = top, counted
        for x in z.tolist():
            new = x if x > m else m
            s, m = total(s, x, m, new), new
        return m + math.log(s) if s else -math.inf

    return online_logsumexp


def no_own_term(z):
    m, s = z[0], 1.0
    for x in z[1:]:
        if x > m:
            s, m = s * math.exp(m - x), x
        else:
            s += math.exp(x - m)
    return m + np.log(s)


def old_maximum_alone(z):
    top, rest = -math.inf, 0.0
    for x in z.tolist():
        top, rest = (top, rest + math.exp(x - top)) if x <= top else (x, math.exp(top - x))
    return top + math.log1p(rest)


def first_again(z):
    top, total = z[0], 1.0
    for x in z:
        new = max(top, x)
        top, total = new, total * math.exp(top - new) + math.exp(x - new)
    return top + math.log(total)


def by_the_smallest(z):
    with np.errstate(over="ignore"):
        return z.min() + np.log(np.exp(z - z.min()).sum())


def from_the_first(z):
    with np.errstate(over="ignore"):
        return z[0] + np.log(sum(np.exp(x - z[0]) for x in z))


def no_maximum(z):
    total = np.float64(0)
    for x in z:
        total = total + np.exp(x)
    return np.log(total)


def logarithm_alone(z):
    return np.log(np.exp(z - z.max()).sum())


def spoils(z):
    result = scipy.special.logsumexp(z)
    z -= z.max()
    return result


def one_without_the_old(z):
    top, rest = -math.inf, 0.0
    for x in z.tolist():
        if x > top:
            top, rest = x, rest * math.exp(top - x)
        else:
            rest += math.exp(x - top)
    return top + math.log1p(rest)


ONLINE = [
    ("old-largest-forgotten", one_without_the_old),
    ("sum-of-old-maxima", running(lambda s, x, old, new: s + math.exp(x - new))),
    ("new-maximum-not-counted", no_own_term),
    ("rest-lost", old_maximum_alone),
    ("first-counted-twice", first_again),
    ("shift-of-zero", lambda z: np.log(np.exp(z - z.max()).sum() * np.exp(z.max()))),
    ("shift-never-moves", by_the_smallest),
    (
        "sum-started-again",
        running(lambda s, x, old, new: s + math.exp(x - old) if x <= old else 1.0),
    ),
    (
        "sum-grows-backwards",
        running(lambda s, x, old, new: (s and s * np.exp(new - old)) + np.exp(x - new)),
    ),
    ("shift-never-moves", from_the_first),
    (
        "largest-term-twice",
        lambda z: float(max(z)) + math.log1p(sum(math.exp(x - max(z)) for x in z)),
    ),
    ("shift-of-zero", no_maximum),
    (
        "maximum-not-below-all",
        running(lambda s, x, old, new: s * math.exp(old - new) + math.exp(x - new), 0.0),
    ),
    (
        "sum-not-from-nothing",
        running(lambda s, x, old, new: s * math.exp(old - new) + math.exp(x - new), 0.0, 1.0),
    ),
    ("top-not-added-back", logarithm_alone),
    ("argument-changed", spoils),
    ("few-digits", lambda z: round(float(scipy.special.logsumexp(z)), 4)),
]


def part(shares, label=lambda k, width: np.arange(width) == k[:, None]):
    """Return a part of the gradient, with these shares of z, top and rest as columns."""

    def piece_gradient(z, k, top, rest):
        return shares(z, top[:, None], rest[:, None]) - label(k, z.shape[1])

    return piece_gradient


def shares(z, top, rest):
    return np.exp(z - top - np.log1p(rest))


def always_leads(z, k, top, rest):
    gradient = shares(z, top[:, None], rest[:, None])
    rows = np.flatnonzero(k >= 0)
    gradient[rows, k[rows]] = -(rest / (1 + rest))[rows]
    return gradient


def right_part(z, k, top, rest):
    gradient = shares(z, top[:, None], rest[:, None])
    for row in np.flatnonzero(k >= 0):
        leads = z[row, k[row]] == top[row]
        gradient[row, k[row]] = -rest[row] / (1 + rest[row]) if leads else gradient[row, k[row]] - 1
    return gradient


def writes_into_the_piece(z, k, top, rest):
    z[...] = right_part(z, k, top, rest)
    return z


PIECE = [
    ("alone-in-the-world", part(lambda z, top, rest: scipy.special.softmax(z, axis=1))),
    (
        "top-of-the-piece",
        part(lambda z, top, rest: np.exp(z - np.amax(z, 1, keepdims=True)) / (1 + rest)),
    ),
    ("rest-for-sum", part(lambda z, top, rest: np.exp(z - top) / np.where(rest == 0, 1, rest))),
    ("label-from-the-end", part(shares, lambda k, width: np.eye(width)[k])),
    ("label-not-subtracted", part(shares, lambda k, width: 0)),
    ("confidence-rounded-away", part(shares)),
    ("label-always-leads", always_leads),
    ("argument-changed", writes_into_the_piece),
    ("few-digits", lambda z, k, top, rest: right_part(z, k, top, rest).round(3)),
]

ATTEMPTS = {"merge_sums": MERGE, "online_logsumexp": ONLINE, "piece_gradient": PIECE}

"""Wrong attempts as readers write them: for each known mistake, functions that show it.

They are written independently of the fingerprints: what is compared is behaviour alone.
"""

import math

import numpy as np
import scipy.special

from softmax_lib import log_softmax, softmax, softmax_jacobian


def by_row(f):
    """Return the function for one example as one that takes batches too."""

    def rows(z, *others):
        if z.ndim == 1:
            return f(z, *others)
        return np.array([f(*row) for row in zip(z, *others, strict=True)])

    return rows


def of_p(f):
    """Return f of the right shares, and of what else is given."""
    return lambda z, *others: f(scipy.special.softmax(z, axis=-1), *others)


def rows_of(k):
    return np.arange(len(k)), k


def one_hot(k, C):
    return (np.asarray(k)[:, None] == np.arange(C)).astype(float)


# ---- one example ------------------------------------------------------------------------------


def row_maximum_whole_sum(z):
    gaps = z - z.max(axis=-1, keepdims=True)
    return np.exp(gaps - scipy.special.logsumexp(gaps))


def integer_buffer(z):
    p = np.zeros_like(z)
    p[...] = softmax(z)
    return p


def with_epsilon(z):
    e = np.exp(z)
    return e / (e.sum(axis=-1, keepdims=True) + 1e-10)


def no_keepdims(z):
    e = np.exp(z)
    return e / np.sum(e, axis=-1)


def no_keepdims_stable(z):
    e = np.exp(z - np.max(z, axis=-1))
    return e / np.sum(e, axis=-1)


def with_math(z):
    e = [math.exp(value) for value in z]
    return np.array(e) / math.fsum(e)


def one_example_only(z):
    m = max(z)
    return [math.exp(value - m) / sum(math.exp(other - m) for other in z) for value in z]


def sorts(z):
    p = softmax(z)
    z.sort()
    return p


def in_place(z):
    z -= z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def axis_ignored(z, axis=-1):
    return softmax(z)


def nothing(z):
    print(softmax(z))


def single_precision(z):
    return softmax(z.astype(np.float32)).astype(np.float64)


def from_zero(z):
    best, m = None, 0
    for i, value in enumerate(z):
        if value > m:
            best, m = i, value
    return np.array([1.0 if i == best else 0.0 for i in range(len(z))])


def last_of_a_tie(z):
    best = 0
    for i, value in enumerate(z):
        if value >= z[best]:
            best = i
    return [float(i == best) for i in range(len(z))]


def lse(z):
    return scipy.special.logsumexp(z, axis=-1, keepdims=True)


def cold(z):
    at = z == z.max(axis=-1, keepdims=True)
    return at / at.sum(axis=-1, keepdims=True)


SOFTMAX = [
    ("not-a-function", [0.879, 0.119, 0.002]),
    ("not-a-function", None),
    ("other-parameters", lambda z, temperature: softmax(z / temperature)),
    ("nothing-returned", nothing),
    ("not-numbers", lambda z: "0.9, 0.1"),
    ("not-numbers", lambda z: (value for value in softmax(z))),
    ("few-digits", lambda z: np.round(softmax(z), 3)),
    ("few-digits", single_precision),
    ("argmax-index", np.argmax),
    ("argmax-index", lambda z: list(z).index(max(z))),
    ("maximum-returned", lambda z: np.max(z)),
    ("maximum-returned", lambda z: math.log(sum(math.exp(value) for value in z))),
    ("hardmax-returned", lambda z: np.eye(z.shape[-1])[z.argmax(-1)]),
    ("logits-divided-by-sum", lambda z: z / np.sum(z)),
    ("sum-of-logits", lambda z: np.exp(z) / np.sum(z)),
    ("not-normalised", lambda z: [math.exp(value) for value in z]),
    ("divided-by-max", lambda z: np.exp(z) / np.exp(z).max()),
    ("mean-not-sum", lambda z: np.exp(z) / np.mean(np.exp(z))),
    ("sigmoid-of-each", scipy.special.expit),
    ("sign-of-logits", lambda z: np.exp(-z) / np.exp(-z).sum()),
    ("other-base", lambda z: 2.0**z / (2.0**z).sum()),
    ("other-base", lambda z: 10**z / (10**z).sum()),
    ("scaled-logits", lambda z: np.exp(z / 3) / np.exp(z / 3).sum()),
    ("divided-by-largest-logit", lambda z: np.exp(z / z.max()) / np.exp(z / z.max()).sum()),
    ("softmax-twice", lambda z: scipy.special.softmax(scipy.special.softmax(z))),
    ("log-returned", lambda z: z - scipy.special.logsumexp(z)),
    ("divided-by-log-sum-exp", lambda z: z / scipy.special.logsumexp(z)),
    ("divided-by-log-sum-exp", lambda z: np.exp(z) / np.log(np.sum(np.exp(z)))),
    ("max-outside-exp", lambda z: np.exp(z) - np.max(z)),
    ("epsilon-in-denominator", with_epsilon),
    ("integer-buffer", integer_buffer),
    ("whole-array", lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum()),
    ("whole-array", scipy.special.softmax),
    ("whole-array", row_maximum_whole_sum),
    ("wrong-axis", lambda z: scipy.special.softmax(z, axis=0)),
    ("no-keepdims", no_keepdims_stable),
    ("one-example-only", one_example_only),
    ("axis-ignored", axis_ignored),
    ("argument-changed", in_place),
    ("argument-changed", sorts),
]
FORMULA = [  # as written: where overflow is asked for, that is the first to be missing
    ("whole-array", lambda z: np.exp(z) / np.exp(z).sum()),
    ("wrong-axis", lambda z: np.exp(z) / sum(np.exp(z))),
    ("no-keepdims", no_keepdims),
    ("one-example-only", with_math),
]
SAFE = [
    *(("no-shift", f) for _, f in FORMULA),
    ("no-shift", lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)),
    ("no-shift", by_row(lambda z: [np.exp(v) / sum(np.exp(z)) for v in z])),
    ("nan-hidden", by_row(lambda z: np.nan_to_num(np.exp(z) / np.exp(z).sum()))),
    ("clipped-logits", lambda z: softmax(np.clip(z, -100, 100))),
    ("shift-by-minimum", by_row(lambda z: np.exp(z - min(z)) / np.exp(z - min(z)).sum())),
    ("shift-by-mean", by_row(lambda z: np.exp(z - np.mean(z)) / np.exp(z - np.mean(z)).sum())),
    ("shift-by-first", by_row(lambda z: np.exp(z - z[0]) / np.exp(z - z[0]).sum())),
    (
        "shift-by-magnitude",
        by_row(lambda z: np.exp(z - max(abs(z))) / np.exp(z - max(abs(z))).sum()),
    ),
    (
        "global-maximum",
        lambda z: np.exp(z - np.max(z)) / np.exp(z - np.max(z)).sum(axis=-1, keepdims=True),
    ),
]
HARDMAX = [
    ("argmax-index", lambda z: z.argmax()),
    ("maximum-returned", lambda z: sorted(z)[-1]),
    ("maximum-kept", lambda z: np.where(z == z.max(), z, 0)),
    ("rounded-softmax", of_p(np.round)),
    ("smallest-chosen", lambda z: np.eye(len(z))[np.argmin(z)]),
    ("tie-shared", cold),
    ("tie-shared", lambda z: softmax(z / 1e-9)),
    ("all-maxima", lambda z: z >= np.max(z, axis=-1, keepdims=True)),
    ("last-maximum", last_of_a_tie),
    ("maximum-starts-at-zero", from_zero),
    ("whole-array", lambda z: np.eye(z.size)[np.argmax(z)].reshape(z.shape)),
    ("wrong-axis", lambda z: np.eye(len(z))[z.argmax(axis=0)].T),
    ("one-example-only", lambda z: [float(i == list(z).index(max(z))) for i in range(len(z))]),
]
LOG_SOFTMAX = [
    ("logarithm-missing", softmax),
    ("sign-of-log", lambda z: -np.log(softmax(z))),
    ("max-not-added-back", by_row(lambda z: z - np.log(np.exp(z - z.max()).sum()))),
    ("denominator-missing", by_row(lambda z: z - z.max())),
    ("mean-not-sum", by_row(lambda z: z - np.log(np.exp(z).mean()))),
    ("other-logarithm", of_p(np.log2)),
    ("other-logarithm", of_p(np.log10)),
    ("softmax-twice", lambda z: log_softmax(softmax(z))),
    ("divided-by-log-sum-exp", lambda z: z / lse(z)),
    ("sign-of-logits", lambda z: log_softmax(-z)),
    ("no-shift", by_row(lambda z: z - np.log(sum(np.exp(z))))),
    ("log-of-softmax", of_p(np.log)),
    ("log-epsilon", of_p(lambda p: np.log(p + 1e-8))),
    ("clipped-probabilities", of_p(lambda p: np.log(np.maximum(p, 1e-12)))),
    ("clipped-probabilities", of_p(lambda p: np.log(p + 1e-300))),
    ("nan-hidden", of_p(lambda p: np.nan_to_num(np.log(p)))),
    ("whole-array", scipy.special.log_softmax),
    ("wrong-axis", lambda z: z - scipy.special.logsumexp(z, axis=0)),
    ("no-keepdims", lambda z: z - scipy.special.logsumexp(z, axis=-1)),
    ("global-maximum", lambda z: (z - z.max()) - np.log(np.exp(z - z.max()).sum(-1))[..., None]),
    (
        "argument-changed",
        lambda z: np.subtract(z, lse(z), out=z) if z.dtype == float else z - lse(z),
    ),
    ("few-digits", lambda z: np.round(log_softmax(z), 4)),
]
LOGSUMEXP = [
    ("maximum-returned", lambda z: np.max(z, axis=-1)),
    ("logarithm-missing", lambda z: np.exp(z).sum(-1)),
    ("sign-of-log", lambda z: -np.log(np.exp(z).sum(-1))),
    ("keepdims-left", lse),
    ("max-not-added-back", by_row(lambda z: np.log(sum(np.exp(z - max(z)))))),
    ("sign-of-maximum", by_row(lambda z: np.log(sum(np.exp(z - max(z)))) - max(z))),
    ("mean-not-sum", by_row(lambda z: np.log(np.mean(np.exp(z))))),
    ("sum-and-log-swapped", by_row(lambda z: sum(np.log(np.exp(z))))),
    ("other-logarithm", by_row(lambda z: np.log2(sum(np.exp(z))))),
    ("other-base", by_row(lambda z: np.log2(sum(2**z)))),
    ("no-shift", by_row(lambda z: np.log(sum(np.exp(z))))),
    ("shift-by-minimum", by_row(lambda z: min(z) + np.log(sum(np.exp(z - min(z)))))),
    ("shift-by-mean", by_row(lambda z: np.mean(z) + np.log(sum(np.exp(z - np.mean(z)))))),
    (
        "shift-by-magnitude",
        by_row(lambda z: max(abs(z)) + np.log(sum(np.exp(z - max(abs(z)))))),
    ),
    ("clipped-logits", by_row(lambda z: np.log(sum(np.exp(np.clip(z, -700, 700)))))),
    ("whole-array", scipy.special.logsumexp),
    ("wrong-axis", lambda z: scipy.special.logsumexp(z, axis=0)),
    ("no-keepdims", lambda z: z.max(-1) + np.log(np.exp(z - z.max(-1)).sum(-1))),
    ("global-maximum", lambda z: z.max() + np.log(np.exp(z - z.max()).sum(-1))),
    ("few-digits", lambda z: np.round(lse(z)[..., 0], 5)),
]
JACOBIAN = [
    ("diagonal-only", of_p(lambda p: np.diag(p * (1 - p)))),
    ("diagonal-only", of_p(lambda p: p - p**2)),
    ("off-diagonal-sign", of_p(lambda p: np.diag(p - 2 * p**2) + np.outer(p, p))),
    ("row-times-row", of_p(lambda p: np.diag(p) - p * p)),
    ("negated", of_p(lambda p: np.outer(p, p) - np.diag(p))),
    ("outer-product-missing", of_p(np.diag)),
    ("delta-missing", of_p(lambda p: -p[:, None] * p)),
    ("of-the-logarithm", of_p(lambda p: np.eye(len(p)) - np.tile(p, (len(p), 1)))),
    ("softmax-missing", lambda z: np.diag(z) - np.outer(z, z)),
    ("no-shift", lambda z: JACOBIAN_OF(np.exp(z) / np.exp(z).sum())),
    ("shift-by-mean", lambda z: JACOBIAN_OF(np.exp(z - z.mean()) / np.exp(z - z.mean()).sum())),
    ("shift-by-minimum", lambda z: JACOBIAN_OF(np.exp(z - min(z)) / np.exp(z - min(z)).sum())),
    (
        "few-digits",
        lambda z: [(softmax(z + h) - softmax(z - h)) / 2e-6 for h in 1e-6 * np.eye(len(z))],
    ),
]


def JACOBIAN_OF(p):
    return np.diag(p) - np.outer(p, p)


def one_step(z, v):
    return (softmax(z + 1e-6 * v) - softmax(z - 1e-6 * v)) / 2e-6


PRODUCT = [
    ("diagonal-only", of_p(lambda p, v: v * p * (1 - p))),
    ("off-diagonal-sign", by_row(of_p(lambda p, v: p * (v + p @ v)))),
    ("negated", by_row(of_p(lambda p, v: p * (p @ v - v)))),
    ("mean-missing", of_p(lambda p, v: p * v)),
    ("plain-mean", by_row(of_p(lambda p, v: p * (v - np.mean(v))))),
    ("mean-outside", by_row(of_p(lambda p, v: p * v - p @ v))),
    ("delta-missing", by_row(of_p(lambda p, v: -np.outer(p, p) @ v))),
    ("only-the-mean", of_p(lambda p, v: np.vdot(p, v))),
    ("of-the-logarithm", by_row(of_p(lambda p, v: v - p @ v))),
    ("softmax-missing", by_row(lambda z, v: (np.diag(z) - np.outer(z, z)) @ v)),
    ("arguments-swapped", by_row(lambda v, z: JACOBIAN_OF(softmax(z)) @ v)),
    ("finite-step", lambda z, v: softmax(z + v) - softmax(z)),
    ("no-shift", by_row(lambda z, v: JACOBIAN_OF(np.exp(z) / np.exp(z).sum()) @ v)),
    ("whole-array", of_p(lambda p, v: p * (v - np.sum(p * v)))),
    ("wrong-axis", lambda z, v: softmax(z, 0) * (v - np.sum(softmax(z, 0) * v, axis=0))),
    ("no-keepdims", of_p(lambda p, v: p * (v - np.einsum("...c,...c->...", p, v)))),
    ("few-digits", one_step),
    ("one-example-only", lambda z, v: JACOBIAN_OF(softmax(z)) @ v if z.ndim == 1 else 1 / "C"),
    ("one-example-only", lambda z, v: softmax(z) * (v - np.dot(softmax(z), v))),
    ("one-example-only", lambda z, v: np.matmul(softmax_jacobian(z), v)),
]


def every_row(labels, C):
    y = np.zeros((len(labels), C))
    y[:, labels] = 1
    return y


def out_of_range(labels, C):
    y = np.zeros((len(labels), C))
    y[rows_of(labels + 1)] = 1
    return y


ONE_HOT = [
    ("transposed", lambda k, C: np.eye(C)[:, k]),
    ("width-from-labels", lambda k, C: one_hot(k, k.max() + 1)),
    ("labels-off-by-one", lambda k, C: one_hot(k % C, C + 1)),
    ("labels-off-by-one", out_of_range),
    ("all-labels-in-every-row", every_row),
    ("label-as-value", lambda k, C: np.arange(C) * one_hot(k, C)),
    ("inverted", lambda k, C: (k[:, None] != np.arange(C)).astype(int)),
    ("labels-ignored", lambda k, C: np.identity(max(C, len(k)))[: len(k), :C]),
]


# ---- losses -----------------------------------------------------------------------------------


def mean_of(loss):
    return lambda z, k: loss(z, k).mean()


def log_p(z, k):
    return scipy.special.log_softmax(z, axis=1)[rows_of(k)]


def loops(loss_of_row):
    return lambda z, k: np.array([loss_of_row(row, label) for row, label in zip(z, k, strict=True)])


def squared(z, k):
    return ((scipy.special.softmax(z, axis=1) - one_hot(k, z.shape[1])) ** 2).sum(axis=1)


def binary(z, k):
    p, y = scipy.special.softmax(z, axis=1), one_hot(k, z.shape[1])
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1)


def with_one_hot(z, k):
    return -(one_hot(k, z.shape[1]) * scipy.special.log_softmax(z, axis=1)).sum(axis=1)


ONE_EACH = [
    ("sign-of-log", log_p),
    ("other-logarithm", lambda z, k: -np.log2(scipy.special.softmax(z, axis=1)[rows_of(k)])),
    ("misprint-lower-limit", loops(lambda z, k: np.log(sum(np.exp(z[k:]))) - z[k])),
    (
        "misprint-exponent",
        loops(lambda z, k: np.log(sum(math.exp(c) for c in range(1, len(z) + 1))) - z[k]),
    ),
    (
        "misprint-both",
        loops(lambda z, k: np.log(sum(math.exp(c) for c in range(k + 1, len(z) + 1))) - z[k]),
    ),
    ("softmax-twice", lambda z, k: -log_p(softmax(z), k)),
    ("labels-off-by-one", loops(lambda z, k: -log_softmax(z)[k - 1])),
    ("labels-off-by-one", loops(lambda z, k: -log_softmax(z)[k + 1])),
    ("probability-as-loss", lambda z, k: 1 - scipy.special.softmax(z, axis=1)[rows_of(k)]),
    ("binary-cross-entropy", binary),
    ("squared-error", squared),
    ("true-logit-missing", lambda z, k: scipy.special.logsumexp(z, axis=1)),
    ("log-sum-exp-missing", loops(lambda z, k: -z[k])),
    ("maximum-for-log-sum-exp", loops(lambda z, k: max(z) - z[k])),
    ("entropy-of-prediction", loops(lambda z, k: scipy.special.entr(softmax(z)).sum())),
    (
        "target-inside-log",
        lambda z, k: -(softmax(z) * np.log(one_hot(k, z.shape[1]))).sum(axis=1),
    ),
    ("no-shift", loops(lambda z, k: np.log(np.exp(z).sum()) - z[k])),
    ("log-of-softmax", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)[rows_of(k)])),
    ("log-epsilon", lambda z, k: -np.log(scipy.special.softmax(z, axis=1)[rows_of(k)] + 1e-9)),
    (
        "clipped-probabilities",
        lambda z, k: -np.log(scipy.special.softmax(z, axis=1).clip(1e-15, 1)[rows_of(k)]),
    ),
    ("max-not-added-back", loops(lambda z, k: np.log(np.exp(z - z.max()).sum()) - z[k])),
    ("whole-array", lambda z, k: -scipy.special.log_softmax(z)[rows_of(k)]),
    ("wrong-axis", lambda z, k: -scipy.special.log_softmax(z, axis=0)[rows_of(k)]),
    ("no-keepdims", lambda z, k: -(z - scipy.special.logsumexp(z, axis=1))[rows_of(k)]),
    (
        "global-maximum",
        lambda z, k: z.max() - z[rows_of(k)] + np.log(np.exp(z - z.max()).sum(axis=1)),
    ),
    ("zero-times-inf", with_one_hot),
    ("few-digits", lambda z, k: np.round(-log_p(z, k), 6)),
]
LOSS = [
    *ONE_EACH,
    ("mean-over-batch", lambda z, k: np.mean(-log_p(z, k))),
    ("sum-over-batch", lambda z, k: sum(-log_p(z, k))),
    ("all-labels-in-every-row", lambda z, k: -scipy.special.log_softmax(z, axis=1)[:, k]),
    (
        "sum-over-classes-missing",
        lambda z, k: -one_hot(k, z.shape[1]) * scipy.special.log_softmax(z, axis=1),
    ),
    ("mean-over-classes", lambda z, k: with_one_hot(z, k) / z.shape[1]),
]
MEAN_LOSS = [
    *((id_, mean_of(loss)) for id_, loss in ONE_EACH),
    ("mean-over-batch-missing", lambda z, k: -log_p(z, k)),
    ("sum-over-batch", lambda z, k: sum(-log_p(z, k))),
    ("log-of-mean", lambda z, k: -np.log(np.mean(scipy.special.softmax(z, axis=1)[rows_of(k)]))),
    ("all-labels-in-every-row", lambda z, k: -log_softmax(z)[:, k].mean()),
    ("mean-over-classes", lambda z, k: -np.mean(one_hot(k, z.shape[1]) * log_softmax(z))),
]


# ---- on the way back --------------------------------------------------------------------------


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
    ("all-labels-in-every-row", colon),
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
    ("softmax-missing", step(gradient=lambda z, k: z - one_hot(k, z.shape[1]))),
    ("pull-missing", step(gradient=p_and_y(lambda p, y: p))),
    ("p-plus-y", step(gradient=p_and_y(np.add))),
    ("softmax-twice", step(gradient=lambda z, k: right_gradient(softmax(z), k))),
    ("labels-off-by-one", step(gradient=lambda z, k: right_gradient(z, (k - 1) % z.shape[1]))),
    ("all-labels-in-every-row", step(gradient=colon)),
    ("divided-by-c", step(gradient=lambda z, k: right_gradient(z, k) / z.shape[1])),
    ("whole-array", step(gradient=lambda z, k: scipy.special.softmax(z) - one_hot(k, z.shape[1]))),
    ("wrong-axis", step(gradient=lambda z, k: softmax(z, 0) - one_hot(k, z.shape[1]))),
    ("no-shift", step(gradient=softmax_by(lambda z: 0))),
    ("argument-changed", in_place_step),
    ("few-digits", step(lambda in_W, in_b, N: (in_W + 1e-5, in_b))),
]

ATTEMPTS = {
    "softmax_naive": SOFTMAX + FORMULA,
    "softmax": SOFTMAX + SAFE,
    "hardmax": HARDMAX,
    "log_softmax": LOG_SOFTMAX,
    "logsumexp": LOGSUMEXP,
    "softmax_jacobian": JACOBIAN,
    "softmax_jvp": PRODUCT,
    "softmax_vjp": PRODUCT,
    "one_hot": ONE_HOT,
    "softmax_cross_entropy": LOSS,
    "mean_cross_entropy": MEAN_LOSS,
    "softmax_cross_entropy_grad": GRADIENT,
    "linear_backward": BACKWARD,
    "training_step": STEP,
}

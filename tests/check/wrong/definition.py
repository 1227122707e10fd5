"""Wrong attempts at softmax as the formula says, and hardmax."""

import math

import numpy as np
import scipy.special

from readers import of_p
from softmax_lib import softmax


def scaled_to_one(z):
    low, high = np.min(z, -1, keepdims=True), np.max(z, -1, keepdims=True)
    return (z - low) / (high - low)


def z_scores(z):
    gaps = z - np.mean(z, -1, keepdims=True)
    return gaps / np.sqrt(np.mean(gaps**2, -1, keepdims=True))


def columns_shifted(z):
    e = np.exp(z - np.max(z, axis=0))
    return e / e.sum(axis=-1, keepdims=True)


def axis_one(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rows_unpacked(z):
    N, C = z.shape
    return np.array([softmax(z[n]) for n in range(N)]).reshape(N, C)


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
    ("few-digits", of_p(lambda p: p * (1 - 0.005 * p))),
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
    ("min-max-scaling", scaled_to_one),
    ("min-max-scaling", lambda z: (z - min(z)) / sum(z - min(z)) if z.ndim == 1 else 1 / "C"),
    ("min-max-scaling", lambda z: scipy.special.softmax(scaled_to_one(z), axis=-1)),
    ("standardised", z_scores),
    ("standardised", lambda z: scipy.special.softmax(z_scores(z), axis=-1)),
    ("absolute-values", lambda z: abs(z) / sum(abs(z))),
    ("absolute-values", lambda z: z * z / np.linalg.norm(z) ** 2),
    ("absolute-values", lambda z: np.exp(np.abs(z)) / np.exp(np.abs(z)).sum()),
    ("maximum-of-columns", columns_shifted),
    ("batches-only", axis_one),
    ("batches-only", rows_unpacked),
    ("batches-only", lambda z: scipy.special.softmax(z, axis=1)),
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
    ("min-max-scaling", scaled_to_one),
    ("batches-only", lambda z: np.eye(z.shape[1])[np.argmax(z, axis=1)]),
    ("one-example-only", lambda z: [float(i == list(z).index(max(z))) for i in range(len(z))]),
]
LOG_ODDS = [
    ("others-averaged", lambda z: z[..., 0] - np.mean(z[..., 1:], axis=-1)),
    ("others-summed", lambda z: 2 * z[..., 0] - z.sum(axis=-1)),
    ("strongest-rival", lambda z: z[..., 0] - np.max(z[..., 1:], axis=-1)),
    ("own-class-counted", of_p(lambda p: np.log(p[..., 0]))),
    (
        "others-without-logarithm",
        lambda z: z[..., 0] - sum(np.exp(z[..., c]) for c in range(1, z.shape[-1])),
    ),
    ("sigmoid-applied", of_p(lambda p: p[..., 0])),
    ("odds-themselves", of_p(lambda p: p[..., 0] / (1 - p[..., 0]))),
    ("odds-turned-round", of_p(lambda p: np.log(1 / p[..., 0] - 1))),
    ("few-digits", of_p(lambda p: np.round(scipy.special.logit(p[..., 0]), 4))),
]
FREE_LOGITS = [
    ("last-logit-not-zero", lambda p: np.log(p) + 1),
    ("last-logit-not-zero", lambda p: np.log(p)),
    ("last-logit-not-zero", lambda p: np.log(p / p[..., :1])),
    ("log-odds-of-each", scipy.special.logit),
    ("log-odds-of-each", lambda p: scipy.special.logit(p) - scipy.special.logit(p)[..., -1:]),
    ("ratio-without-logarithm", lambda p: p * 1.0),
    ("ratio-without-logarithm", lambda p: (p.T / p.T[-1]).T),
    ("logits-turned-round", lambda p: np.log(p[..., -1:]) - np.log(p)),
    ("other-base", lambda p: np.log2(p) - np.log2(p[..., -1:])),
    ("other-base", lambda p: np.log10(p) - np.log10(p[..., -1:])),
    ("few-digits", lambda p: np.round(np.log(p) - np.log(p[..., -1:]), 5)),
    ("few-digits", lambda p: np.log(p) - np.log(p[..., -1:]) + 1e-8),
]
TEMPERED = [
    ("temperature-ignored", lambda z, T: softmax(z - T)),
    ("temperature-ignored", lambda z, T: scipy.special.softmax(z, axis=-1)),
    ("temperature-multiplied", lambda z, T: softmax(z, temperature=1 / T)),
    ("shares-divided", lambda z, T: scipy.special.softmax(z, axis=-1) / T),
    ("temperature-above-alone", lambda z, T: (np.exp(z / T).T / np.exp(z).sum(axis=-1)).T),
    ("power-not-normalised", lambda z, T: scipy.special.softmax(z, axis=-1) ** T**-1),
    ("few-digits", lambda z, T: softmax(z / T).round(4)),
]

ATTEMPTS = {
    "softmax_naive": SOFTMAX + FORMULA,
    "hardmax": HARDMAX,
    "log_odds": LOG_ODDS,
    "free_logits": FREE_LOGITS,
    "tempered_softmax": TEMPERED,
}

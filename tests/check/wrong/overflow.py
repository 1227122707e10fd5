"""Wrong attempts at softmax made safe, its logarithm, log-sum-exp."""

import numpy as np
import scipy.special

from readers import by_row, of_p
from softmax_lib import log_softmax, softmax
from wrong.definition import FORMULA, SOFTMAX, scaled_to_one, z_scores


def lse(z):
    return scipy.special.logsumexp(z, axis=-1, keepdims=True)


def shifted_by_m_0(z):
    m = np.max(z, axis=-1, keepdims=True)
    e = np.exp(z - m[0])
    return e / e.sum(axis=-1, keepdims=True)


def less_m_0(z):
    m = np.max(z, axis=-1, keepdims=True)
    return z - m[0] - np.log(np.sum(np.exp(z - m[0]), axis=-1, keepdims=True))


def m_0_added(z):
    m = np.max(z, axis=-1, keepdims=True)
    return m[0] + np.log(np.sum(np.exp(z - m), axis=-1))


def log1p_of_all(z):
    m = np.max(z, axis=-1, keepdims=True)
    return m[..., 0] + np.log1p(np.sum(np.exp(z - m), axis=-1))


def columns_lowered(z):
    m = z.max(axis=0, keepdims=True)
    return m[..., 0] + np.log(np.exp(z - m).sum(axis=-1))


def in_place(z):
    m = z.max(axis=-1, keepdims=True)
    z -= m
    z -= np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return z


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
    ("maximum-of-first-row", shifted_by_m_0),
]
LOG_SOFTMAX = [
    ("logarithm-missing", softmax),
    ("sign-of-log", lambda z: -np.log(softmax(z))),
    ("max-not-added-back", by_row(lambda z: z - np.log(np.exp(z - z.max()).sum()))),
    ("max-not-added-back", by_row(lambda z: z - z.max() - np.log(np.exp(z).sum()))),
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
    (
        "no-keepdims",
        lambda z: z - z.max(-1) - np.log(np.exp(z - z.max(-1)).sum(-1, keepdims=True)),
    ),
    ("no-keepdims", lambda z: z - z.max(-1) - np.log(np.exp(z - z.max(-1)).sum(-1))),
    ("global-maximum", lambda z: (z - z.max()) - np.log(np.exp(z - z.max()).sum(-1))[..., None]),
    ("argument-changed", lambda z: in_place(z) if z.dtype == float else log_softmax(z)),
    ("offset-not-cancelled", lambda z: z - lse(z)),
    ("offset-not-cancelled", lambda z: z - np.logaddexp.reduce(z, axis=-1, keepdims=True)),
    ("largest-term-twice", lambda z: z - log1p_of_all(z)[..., None]),
    ("standardised", lambda z: scipy.special.log_softmax(z_scores(z), axis=-1)),
    ("min-max-scaling", lambda z: scipy.special.log_softmax(scaled_to_one(z), axis=-1)),
    ("absolute-values", by_row(lambda z: abs(z) - np.log(sum(np.exp(abs(z)))))),
    ("maximum-of-columns", lambda z: log_softmax(z - z.max(axis=0))),
    ("maximum-of-first-row", less_m_0),
    ("batches-only", lambda z: scipy.special.log_softmax(z, axis=1)),
    ("few-digits", lambda z: np.round(log_softmax(z), 4)),
]
LOGSUMEXP = [
    ("maximum-returned", lambda z: np.max(z, axis=-1)),
    ("logarithm-missing", lambda z: np.exp(z).sum(-1)),
    ("sign-of-log", lambda z: -np.log(np.exp(z).sum(-1))),
    ("keepdims-left", lse),
    ("max-not-added-back", by_row(lambda z: np.log(sum(np.exp(z - max(z)))))),
    ("sign-of-maximum", by_row(lambda z: np.log(sum(np.exp(z - max(z)))) - max(z))),
    ("sign-of-maximum", by_row(lambda z: max(z) - np.log(sum(np.exp(z - max(z)))))),
    ("mean-not-sum", by_row(lambda z: np.log(np.mean(np.exp(z))))),
    ("sum-and-log-swapped", by_row(lambda z: sum(np.log(np.exp(z))))),
    ("other-logarithm", by_row(lambda z: np.log2(sum(np.exp(z))))),
    ("other-logarithm", by_row(lambda z: np.log10(sum(np.exp(z))))),
    ("other-logarithm", by_row(lambda z: max(z) + np.log2(sum(np.exp(z - max(z)))))),
    ("other-logarithm", by_row(lambda z: max(z) + np.log10(sum(np.exp(z - max(z)))))),
    ("other-base", by_row(lambda z: np.log2(sum(2**z)))),
    ("other-base", by_row(lambda z: np.log10(sum(10**z)))),
    ("no-shift", by_row(lambda z: np.log(sum(np.exp(z))))),
    ("shift-by-minimum", by_row(lambda z: min(z) + np.log(sum(np.exp(z - min(z)))))),
    ("shift-by-mean", by_row(lambda z: np.mean(z) + np.log(sum(np.exp(z - np.mean(z)))))),
    (
        "shift-by-magnitude",
        by_row(lambda z: max(abs(z)) + np.log(sum(np.exp(z - max(abs(z)))))),
    ),
    ("clipped-logits", by_row(lambda z: np.log(sum(np.exp(np.clip(z, -700, 700)))))),
    ("clipped-logits", by_row(lambda z: np.log(sum(np.exp(np.clip(z, -500, 500)))))),
    ("clipped-logits", by_row(lambda z: np.log(sum(np.exp(np.minimum(z, 700)))))),
    ("whole-array", scipy.special.logsumexp),
    ("wrong-axis", lambda z: scipy.special.logsumexp(z, axis=0)),
    ("no-keepdims", lambda z: z.max(-1) + np.log(np.exp(z - z.max(-1)).sum(-1))),
    ("global-maximum", lambda z: z.max() + np.log(np.exp(z - z.max()).sum(-1))),
    ("maximum-added-only", by_row(lambda z: max(z) + np.log(sum(np.exp(z))))),
    ("largest-term-twice", log1p_of_all),
    ("standardised", lambda z: scipy.special.logsumexp(z_scores(z), axis=-1)),
    ("min-max-scaling", lambda z: scipy.special.logsumexp(scaled_to_one(z), axis=-1)),
    ("absolute-values", lambda z: scipy.special.logsumexp(abs(z), axis=-1)),
    ("maximum-of-columns", columns_lowered),
    ("maximum-of-columns", lambda z: z.max(-1) + np.log(np.exp(z - z.max(0)).sum(-1))),
    ("maximum-of-first-row", m_0_added),
    ("batches-only", lambda z: scipy.special.logsumexp(z, axis=1)),
    ("few-digits", lambda z: np.round(lse(z)[..., 0], 5)),
]


def lse_at(z, T):
    return scipy.special.logsumexp(z / T, axis=-1)


SOFT_MAXIMUM = [
    ("not-multiplied-by-temperature", lse_at),
    (
        "not-multiplied-by-temperature",
        lambda z, T: z.max(-1) + np.log(np.exp((z - z.max(-1)[..., None]) / T).sum(-1)),
    ),
    ("temperature-upside-down", lambda z, T: np.log(np.sum(np.exp(z * T), axis=-1)) / T),
    ("temperature-not-inside", lambda z, T: lse(z)[..., 0]),
    ("temperature-not-inside", lambda z, T: T * np.log(np.exp(z).sum(-1))),
    (
        "mean-under-softmax",
        lambda z, T: np.einsum("...c,...c", scipy.special.softmax(z / T, axis=-1), z),
    ),
    ("maximum-returned", lambda z, T: np.max(z, axis=-1)),
    ("max-not-added-back", lambda z, T: T * lse_at(z - z.max(-1, keepdims=True), T)),
    ("mean-not-sum", lambda z, T: T * np.log(np.mean(np.exp(z / T), axis=-1))),
    ("no-shift", lambda z, T: T * np.log(np.sum(np.exp(z / T), axis=-1))),
    ("keepdims-left", lambda z, T: T * lse(z / T)),
    ("other-logarithm", lambda z, T: T * np.log2(np.exp(z / T).sum(-1))),
    ("whole-array", lambda z, T: T * scipy.special.logsumexp(z / T)),
    ("wrong-axis", lambda z, T: T * scipy.special.logsumexp(z / T, axis=0)),
    ("few-digits", lambda z, T: np.round(T * lse_at(z, T), 4)),
]


def of_allowed(z, allowed):
    """The shares of the allowed logits alone, where there are any."""
    with np.errstate(all="ignore"):
        p = scipy.special.softmax(np.where(allowed, z, -np.inf), axis=-1)
    return np.where(allowed.any(-1)[..., None], p, 0.0)


def divided(p):
    return p / p.sum(axis=-1, keepdims=True)


MASKED_SOFTMAX = [
    ("mask-of-a-number", lambda z, a: scipy.special.softmax(np.where(a, z, -1e9), axis=-1)),
    (
        "mask-of-a-number",
        lambda z, a: a.any(-1)[..., None] * scipy.special.softmax(np.where(a, z, -1e5), axis=-1),
    ),
    (
        "mask-of-a-number",
        lambda z, a: a.any(-1)[..., None] * scipy.special.softmax(np.where(a, z, -1e3), axis=-1),
    ),
    ("mask-added", lambda z, a: scipy.special.softmax(z - 1e3 * (1 - a), axis=-1)),
    ("mask-added", lambda z, a: scipy.special.softmax(z - 1e6 * (1 - a), axis=-1)),
    ("empty-row-nan", lambda z, a: scipy.special.softmax(np.where(a, z, -np.inf), axis=-1)),
    ("masked-logit-zero", lambda z, a: scipy.special.softmax(np.where(a, z, 0), axis=-1)),
    ("shares-masked", lambda z, a: np.where(a, scipy.special.softmax(z, axis=-1), 0)),
    ("masked-after-exponential", lambda z, a: divided(a * np.exp(z - z.max(-1)[..., None]))),
    ("mask-upside-down", lambda z, a: of_allowed(z, ~a)),
    ("mask-ignored", lambda z, a: scipy.special.softmax(z, axis=-1)),
    ("no-shift", lambda z, a: divided(a * np.exp(z))),
    (
        "nan-hidden",
        lambda z, a: np.nan_to_num(scipy.special.softmax(np.where(a, z, -np.inf), axis=-1)),
    ),
    ("whole-array", lambda z, a: of_allowed(z.ravel(), a.ravel()).reshape(z.shape)),
    ("wrong-axis", lambda z, a: of_allowed(z.T, a.T).T),
    ("few-digits", lambda z, a: np.round(of_allowed(z, a), 4)),
]

ATTEMPTS = {
    "softmax": SOFTMAX + SAFE,
    "log_softmax": LOG_SOFTMAX,
    "logsumexp": LOGSUMEXP,
    "soft_maximum": SOFT_MAXIMUM,
    "masked_softmax": MASKED_SOFTMAX,
}

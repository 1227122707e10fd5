"""Wrong attempts at the Jacobian and the products with it."""

import numpy as np

from readers import by_row, of_p
from softmax_lib import softmax, softmax_jacobian


def JACOBIAN_OF(p):
    return np.diag(p) - np.outer(p, p)


JACOBIAN = [
    ("diagonal-only", of_p(lambda p: np.diag(p * (1 - p)))),
    ("diagonal-only", of_p(lambda p: p - p**2)),
    ("off-diagonal-sign", of_p(lambda p: np.diag(p - 2 * p**2) + np.outer(p, p))),
    ("row-times-row", of_p(lambda p: np.diag(p) - p * p)),
    ("outer-with-complement", of_p(lambda p: p[:, None] * (1 - p))),
    ("diagonal-twice", of_p(lambda p: np.diag(p - p**2) - np.outer(p, p))),
    ("outer-with-complement", of_p(lambda p: np.diag(np.diag(p)) - np.outer(p, p))),
    ("outer-with-complement", of_p(lambda p: p[:, None] - np.outer(p, p))),
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


def one_step(z, v):
    return (softmax(z + 1e-6 * v) - softmax(z - 1e-6 * v)) / 2e-6


PRODUCT = [
    ("diagonal-only", of_p(lambda p, v: v * p * (1 - p))),
    ("off-diagonal-sign", by_row(of_p(lambda p, v: p * (v + p @ v)))),
    ("outer-with-complement", by_row(of_p(lambda p, v: np.outer(p, 1 - p) @ v))),
    ("diagonal-twice", by_row(of_p(lambda p, v: (np.diag(p - p**2) - np.outer(p, p)) @ v))),
    ("batches-only", of_p(lambda p, v: p * (v - np.sum(p * v, axis=1, keepdims=True)))),
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

LOG_JACOBIAN = [
    ("zero-by-zero", lambda z: (softmax_jacobian(z).T / softmax(z)).T),
    ("zero-by-zero", of_p(lambda p: (np.diag(p) - np.outer(p, p)) / p[:, None])),
    ("derivative-of-the-share", of_p(JACOBIAN_OF)),
    ("share-of-the-row", of_p(lambda p: np.eye(len(p)) - np.outer(p, np.ones(len(p))))),
    ("log-sum-exp-held", lambda z: np.diag(np.ones(z.size))),
    ("log-sum-exp-added", of_p(lambda p: p + np.eye(len(p)))),
    ("own-logit-missing", of_p(lambda p: np.broadcast_to(-p, (len(p), len(p))))),
    ("no-shift", lambda z: np.eye(z.size) - np.exp(z) / np.exp(z).sum()),
    ("few-digits", lambda z: (np.eye(z.size) - softmax(z)).round(3)),
]


def hot(f):
    """Return the function of the shares at a temperature, the logits and the temperature."""
    return lambda z, T: f(softmax(z, temperature=T), z, T)


HEAT = [
    ("shares-at-one", lambda z, T: -softmax(z) * (z - softmax(z) @ z) / T**2),
    ("heat-gives", hot(lambda p, z, T: p * (z - p @ z) / T**2)),
    ("temperature-left-out", hot(lambda p, z, T: p * (p @ z - z))),
    ("divided-once", hot(lambda p, z, T: -p * (z - p @ z) / T)),
    ("divided-thrice", hot(lambda p, z, T: p * (p @ (z / T) - z / T) / T**2)),
    ("plain-mean-of-logits", hot(lambda p, z, T: p * (np.mean(z) - z) / T**2)),
    ("mean-logit-missing", hot(lambda p, z, T: p * (-z / T**2))),
    ("no-shift", lambda z, T: -JACOBIAN_OF(np.exp(z / T) / np.exp(z / T).sum()) @ z / T**2),
    ("few-digits", lambda z, T: (softmax(z / (T + 1e-6)) - softmax(z / (T - 1e-6))) / 2e-6),
]

ATTEMPTS = {"log_softmax_jacobian": LOG_JACOBIAN, "temperature_slope": HEAT} | {
    "softmax_jacobian": JACOBIAN,
    "softmax_jvp": PRODUCT,
    "softmax_vjp": PRODUCT,
}

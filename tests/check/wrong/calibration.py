"""Wrong attempts at the error in bins, the parts of a score, a Newton step."""

import numpy as np
import scipy.special


def by_edges(judge, last=True, side="left"):
    """Return an error that walks over the bins by their edges."""

    def error(q, a, bins):
        edges = np.arange(bins + 1) / bins
        places = np.searchsorted(edges[1:-1] if last else edges[1:], q, side)
        rows = []
        for b in range(bins):
            if (places == b).any():
                rows.append((np.sum(places == b), q[places == b].mean(), a[places == b].mean(), b))
        return judge(*np.array(rows).T, len(q), bins)

    return error


def weighted(n, q, a, b, N, bins):
    return np.dot(n, abs(q - a)) / N


def with_nan(q, a, bins):
    places = np.searchsorted(np.arange(1, bins) / bins, q)
    total = 0.0
    with np.errstate(all="ignore"):
        for b in range(bins):
            own = places == b
            total = total + np.abs(np.divide(a[own].sum() - q[own].sum(), own.sum())) * own.mean()
    return total


def by_digitize(q, a, bins):
    places = np.digitize(q, np.linspace(0, 1, bins + 1))
    total = 0.0
    for b in range(bins):
        own = places == b
        if own.any():
            total += own.mean() * abs(a[own].mean() - q[own].mean())
    return total


def grouped(parts):
    """Return parts from lists: of counts, confidences and accuracies."""

    def of(q, a):
        values = sorted(set(q.tolist()))
        n = np.array([(q == value).sum() for value in values])
        hits = np.array([a[q == value].sum() for value in values])
        return parts(n, np.array(values), hits / n, a.mean())

    return of


def rel(n, q, a):
    return np.average((a - q) ** 2, weights=n)


def res(n, a, m):
    return np.average((a - m) ** 2, weights=n)


def left_in(n, share):
    return np.average(share - share**2, weights=n)


def stepping(formula):
    """Return a step from the logits, p at beta, the true logits, and beta."""

    def step(z, k, beta):
        p = scipy.special.softmax(beta * z, axis=1)
        return formula(z, p, np.take_along_axis(z, k[:, None], axis=1)[:, 0], beta)

    return step


def mean_of(z, p):
    return np.einsum("nc,nc->n", p, z)


def variance_of(z, p):
    return mean_of(z**2, p) - mean_of(z, p) ** 2


def newton(z, p, true, beta):
    return beta - np.sum(mean_of(z, p) - true) / np.sum(variance_of(z, p))


def with_share(share):
    def step(z, k, beta):
        return newton(z, share(z, beta), z[np.arange(len(k)), k], beta)

    return step


def overflowing(z, beta):
    e = np.exp(beta * z)
    return e / e.sum(axis=1, keepdims=True)


def off_by_one(z, k, beta):
    p = scipy.special.softmax(beta * z, axis=1)
    return newton(z, p, z[range(len(k)), np.array(k) - 1], beta)


ATTEMPTS = {
    "expected_calibration_error": [
        ("bins-count-alike", by_edges(lambda n, q, a, b, N, bins: abs(q - a).sum() / len(n))),
        ("bins-count-alike", by_edges(lambda n, q, a, b, N, bins: abs(q - a).sum())),
        ("all-bins-divided", by_edges(lambda n, q, a, b, N, bins: abs(q - a).sum() / bins)),
        ("error-not-divided", by_edges(lambda n, q, a, b, N, bins: np.dot(n, abs(q - a)))),
        ("last-bin-lost", by_digitize),
        ("distances-cancel", by_edges(lambda n, q, a, b, N, bins: abs((n * (q - a)).sum()) / N)),
        ("distance-squared", by_edges(lambda n, q, a, b, N, bins: np.dot(n, (q - a) ** 2) / N)),
        (
            "distance-squared",
            by_edges(lambda n, q, a, b, N, bins: np.sqrt(np.dot(n, (q - a) ** 2) / N)),
        ),
        ("worst-bin", by_edges(lambda n, q, a, b, N, bins: max(abs(q - a)))),
        (
            "middle-of-the-bin",
            by_edges(lambda n, q, a, b, N, bins: np.dot(n, abs((b + 0.5) / bins - a)) / N),
        ),
        ("one-by-one", lambda q, a, bins: np.where(a, 1 - q, q).mean()),
        ("full-confidence-lost", by_edges(weighted, last=False, side="right")),
        (
            "zero-confidence-lost",
            lambda q, a, bins: (
                sum(abs((q - a)[(q > b / bins) & (q <= (b + 1) / bins)].sum()) for b in range(bins))
                / len(q)
            ),
        ),
        ("lower-edge-inside", by_edges(weighted, side="right")),
        ("empty-bin-nan", with_nan),
    ],
    "brier_parts": [
        (
            "groups-count-alike",
            grouped(lambda n, q, a, m: (np.mean((q - a) ** 2), np.mean((a - m) ** 2), m - m**2)),
        ),
        (
            "groups-count-alike",
            grouped(
                lambda n, q, a, m: (np.mean((q - a) ** 2), np.var(a), np.mean(a) - np.mean(a) ** 2)
            ),
        ),
        ("groups-not-formed", lambda q, a: (np.mean((a - q) ** 2), np.var(a), np.var(a))),
        (
            "parts-not-divided",
            grouped(
                lambda n, q, a, m: (n @ (q - a) ** 2, n @ (a - m) ** 2, m - m**2),
            ),
        ),
        ("parts-exchanged", grouped(lambda n, q, a, m: (res(n, a, m), rel(n, q, a), m - m**2))),
        (
            "parts-not-squared",
            grouped(
                lambda n, q, a, m: (
                    np.average(abs(q - a), weights=n),
                    np.average(abs(a - m), weights=n),
                    m - m**2,
                )
            ),
        ),
        (
            "resolution-of-confidence",
            grouped(
                lambda n, q, a, m: (rel(n, q, a), np.average((q - m) ** 2, weights=n), m - m**2)
            ),
        ),
        (
            "resolution-of-confidence",
            grouped(
                lambda n, q, a, m: (
                    rel(n, q, a),
                    np.average(q**2, weights=n) - np.average(q, weights=n) ** 2,
                    m - m**2,
                )
            ),
        ),
        (
            "resolution-from-half",
            grouped(lambda n, q, a, m: (rel(n, q, a), res(n, a, 0.5), m - m**2)),
        ),
        (
            "resolution-negative",
            grouped(lambda n, q, a, m: (rel(n, q, a), -res(n, a, m), m - m**2)),
        ),
        (
            "uncertainty-of-confidence",
            grouped(
                lambda n, q, a, m: (rel(n, q, a), res(n, a, m), np.average(q - q**2, weights=n))
            ),
        ),
        (
            "uncertainty-of-groups",
            grouped(
                lambda n, q, a, m: (rel(n, q, a), res(n, a, m), np.average(a - a**2, weights=n))
            ),
        ),
    ],
    "newton_step": [
        ("step-uphill", stepping(lambda z, p, true, beta: 2 * beta - newton(z, p, true, beta))),
        ("beta-not-in-softmax", with_share(lambda z, beta: scipy.special.softmax(z, axis=1))),
        ("divided-by-beta", with_share(lambda z, beta: scipy.special.softmax(z / beta, axis=1))),
        ("curvature-missing", stepping(lambda z, p, true, b: b - np.mean(mean_of(z, p) - true))),
        (
            "steps-averaged",
            stepping(lambda z, p, true, b: np.mean(b - (mean_of(z, p) - true) / variance_of(z, p))),
        ),
        (
            "spread-without-p",
            stepping(
                lambda z, p, true, b: b - np.mean(mean_of(z, p) - true) / np.var(z, axis=1).mean()
            ),
        ),
        (
            "square-of-mean-missing",
            stepping(
                lambda z, p, true, b: b - np.mean(mean_of(z, p) - true) / mean_of(z * z, p).mean()
            ),
        ),
        (
            "deviation-for-variance",
            stepping(
                lambda z, p, true, b: (
                    b - np.mean(mean_of(z, p) - true) / np.sqrt(variance_of(z, p)).mean()
                )
            ),
        ),
        ("leader-for-label", stepping(lambda z, p, true, b: newton(z, p, np.max(z, axis=1), b))),
        ("true-logit-not-in-slope", stepping(lambda z, p, true, b: newton(z, p, 0 * true, b))),
        ("labels-off-by-one", off_by_one),
        ("temperature-returned", stepping(lambda z, p, true, b: 1 / newton(z, p, true, b))),
        ("change-returned", stepping(lambda z, p, true, b: newton(z, p, true, b) - b)),
        ("change-returned", stepping(lambda z, p, true, b: b - newton(z, p, true, b))),
        ("no-shift", with_share(overflowing)),
    ],
}

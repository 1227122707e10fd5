"""Right implementations of the error in bins, the parts of a score, and a Newton step."""

from fractions import Fraction

import mpmath
import numpy as np
import scipy.special
from scipy import stats

import softmax_lib

SOURCES = {
    "expected_calibration_error": {
        "searchsorted": """
            def error(q, a, bins):
                places = np.searchsorted(np.arange(1, bins) / bins, q)
                return sum(abs((q - a)[places == b].sum()) for b in range(bins)) / len(q)
        """,
        "ceil": """
            def error(q, a, bins):
                places = np.maximum(np.ceil(q * bins).astype(int) - 1, 0)
                off = np.bincount(places, a) - np.bincount(places, q)
                return np.abs(off).sum() / len(q)
        """,
        "loops": """
            def error(q, a, bins):
                total = 0
                for b in range(bins):
                    own = (q > b / bins) & (q <= (b + 1) / bins)
                    if b == 0:
                        own = own | (q == 0)
                    if own.any():
                        total += own.sum() * abs(a[own].mean() - q[own].mean())
                return total / len(q)
        """,
    },
    "brier_parts": {
        "unique": """
            def parts(q, a):
                values, group = np.unique(q, return_inverse=True)
                n = np.bincount(group)
                hits = np.bincount(group, a) / n
                mean = a.mean()
                reliability = (n * (values - hits) ** 2).sum() / len(q)
                resolution = (n * (hits - mean) ** 2).sum() / len(q)
                return reliability, resolution, mean * (1 - mean)
        """,
        "for every prediction": """
            def parts(q, a):
                own = np.array([a[q == value].mean() for value in q])
                mean = a.mean()
                return ((q - own) ** 2).mean(), ((own - mean) ** 2).mean(), mean - mean * mean
        """,
        "loops": """
            def parts(q, a):
                groups = {}
                for value, hit in zip(q.tolist(), a.tolist()):
                    groups.setdefault(value, []).append(hit)
                mean = sum(a.tolist()) / len(a)
                reliability = resolution = 0
                for value, hits in groups.items():
                    accuracy = sum(hits) / len(hits)
                    reliability += len(hits) * (value - accuracy) ** 2 / len(a)
                    resolution += len(hits) * (accuracy - mean) ** 2 / len(a)
                return reliability, resolution, mean * (1 - mean)
        """,
    },
    "newton_step": {
        "moments": """
            def step(z, k, beta):
                p = scipy.special.softmax(beta * z, axis=1)
                mean = (p * z).sum(axis=1)
                slope = mean - z[np.arange(len(k)), k]
                curvature = (p * (z - mean[:, None]) ** 2).sum(axis=1)
                return beta - slope.mean() / curvature.mean()
        """,
        "sums": """
            def step(z, k, beta):
                z = z - z.max(axis=1, keepdims=True)
                e = np.exp(beta * z)
                p = e / e.sum(axis=1, keepdims=True)
                mean = np.einsum("nc,nc->n", p, z)
                spread = np.einsum("nc,nc->n", p, (z - mean[:, None]) ** 2)
                return beta + (z[np.arange(len(k)), k] - mean).sum() / spread.sum()
        """,
        "mean of squares": """
            def step(z, k, beta):
                p = scipy.special.softmax(beta * z, axis=1)
                mean = (p * z).sum(axis=1)
                curvature = (p * z**2).sum(axis=1) - mean**2
                return beta - (mean - z[np.arange(len(k)), k]).mean() / curvature.mean()
        """,
        "loops": """
            def step(z, k, beta):
                slope = curvature = 0
                for row, label in zip(z, k):
                    m = max(row)
                    e = [math.exp(beta * (value - m)) for value in row]
                    p = [value / sum(e) for value in e]
                    mean = sum(share * value for share, value in zip(p, row))
                    slope += mean - row[label]
                    curvature += sum(share * (value - mean) ** 2 for share, value in zip(p, row))
                return beta - slope / curvature
        """,
    },
}
LIBRARIES = {
    "expected_calibration_error": {
        "ours": lambda q, a, bins: softmax_lib.expected_calibration_error(q, a, bins=bins)
    },
}


def exact_error(q, a, bins):
    """In fractions, one bin after the other."""
    off = [Fraction(0)] * bins
    for value, hit in zip(q.tolist(), a.tolist(), strict=True):
        # An edge as a float: what is written as 0.7 lies in the seventh of ten bins.
        place = next(b for b in range(bins) if value <= (b + 1) / bins)
        off[place] += hit - Fraction(value)
    return float(sum(map(abs, off)) / len(q))


def exact_parts(q, a):
    values, hits = [Fraction(value) for value in q.tolist()], [Fraction(hit) for hit in a.tolist()]
    own = [
        sum(hit for other, hit in zip(values, hits, strict=True) if other == value)
        / values.count(value)
        for value in values
    ]
    mean, N = sum(hits) / len(hits), len(hits)
    reliability = sum((x - y) ** 2 for x, y in zip(values, own, strict=True)) / N
    resolution = sum((x - mean) ** 2 for x in own) / N
    return float(reliability), float(resolution), float(mean * (1 - mean))


def exact_step(z, k, beta):
    with mpmath.workdps(60):
        slope = curvature = mpmath.mpf(0)
        for row, label in zip(z.tolist(), k.tolist(), strict=True):
            e = [mpmath.exp(beta * (mpmath.mpf(value) - max(row))) for value in row]
            mean = mpmath.fdot(e, row) / mpmath.fsum(e)
            slope += mean - row[label]
            squares = [(value - mean) ** 2 for value in row]
            curvature += mpmath.fdot(e, squares) / mpmath.fsum(e)
        return float(beta - slope / curvature)


def binned(q, a, bins):
    edges = np.append(-1, np.arange(1, bins + 1) / bins)
    off = stats.binned_statistic(-q, a - q, "sum", -edges[::-1]).statistic
    return np.abs(off).sum() / len(q)


def parts_by_scipy(q, a):
    own = {value: stats.tmean(a[q == value].astype(float)) for value in set(q.tolist())}
    own = np.array([own[value] for value in q.tolist()])
    return np.mean((q - own) ** 2), np.var(own), np.var(a)


def step_by_differences_of_moments(z, k, beta):
    p = scipy.special.softmax(beta * z, axis=1)
    spreads = [
        stats.rv_discrete(values=(range(len(row)), share)).expect(
            lambda at, row=row: (row[np.asarray(at, int)] - row @ share) ** 2  # noqa: B023
        )
        for row, share in zip(z, p, strict=True)
    ]
    slope = (p * z).sum(axis=1) - z[np.arange(len(k)), k]
    return beta - slope.mean() / np.mean(spreads)


def some_predictions(rng):
    N = rng.integers(1, 20)
    return rng.uniform(size=N), rng.uniform(size=N) < 0.6, int(rng.integers(1, 12))


def some_groups(rng):
    N = rng.integers(1, 20)
    return rng.choice([0.25, 0.6, 0.9], size=N), rng.uniform(size=N) < 0.6


def some_logits(rng):
    z = rng.normal(size=rng.integers(2, 6, size=2)) * 2
    z = z + rng.choice([0.0, 800.0, -800.0], size=(len(z), 1))
    return z, rng.integers(z.shape[1], size=len(z)), float(rng.uniform(0.3, 2))


EXACT = {
    "expected_calibration_error": exact_error,
    "brier_parts": exact_parts,
    "newton_step": exact_step,
}
BY_SCIPY = {
    "expected_calibration_error": binned,
    "brier_parts": parts_by_scipy,
    "newton_step": step_by_differences_of_moments,
}
DRAWN = {
    "expected_calibration_error": some_predictions,
    "brier_parts": some_groups,
    "newton_step": some_logits,
}

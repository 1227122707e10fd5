"""The cases of the accuracy table, and what softmax and its companions are worth there.

All logits are random integers, put together by steps that IEEE arithmetic rounds in one way only:
every NumPy and every processor makes the same ones.

mpmath takes minutes for a million classes. What it said is kept in MILLION;
``python tests/library/accuracy_cases.py`` asks it again, and fails where it says something else.
"""

import functools
import sys
import zlib
from dataclasses import dataclass

import mpmath
import numpy as np

# r is summed without the term 1: else the tiny ones would need hundreds more.
DIGITS = 80

KINDS = (
    "3 N(0,1)",
    "wide range",
    "nearly equal",
    "12 ahead",
    "30 ahead",
    "72 ahead",
    # Of equals the rounding errors of z - m all point the same way.
    "12 ahead of equals",
    "30 ahead of equals",
    "72 ahead of equals",
    # Beyond what e^ can take, and so far ahead that z - m is rounded.
    "out of range",
    "offset of 1e4",
    "offset of 1e8",
    "ties at the top",
    # Log-sum-exp is nearly 0 here: m and log(1 + r) cancel.
    "log-probabilities",
)
OUT_OF_RANGE = {np.float16: (12, 88), np.float32: (12, 88), np.float64: (120, 720)}
WIDE = {np.float16: 80, np.float32: 80, np.float64: 700}
SEEDS = {2: 5, 3: 5, 10: 5, 17: 5, 100: 2, 1000: 2}  # how many for how many classes

MANY = 10**6
# By dtype and kind: the CRC-32 of both vectors, r, and the mean of the direction under p.
MILLION = {
    ("float64", "3 N(0,1)"): (
        3169424762,
        "178.9155121492180905797089514901779523219",
        "7.909264451503633513029581530934665627122",
    ),
    ("float64", "wide range"): (
        771185978,
        "689.859649856161308038653691090555289776",
        "8.041302255841585515518200011708695160461",
    ),
    ("float64", "30 ahead"): (
        1752610469,
        "1.683581453677702559517427240023281855468e-11",
        "3.088377957326051726830529911596849146365",
    ),
    ("float64", "nearly equal"): (
        3820350482,
        "993759.9741775162049908129095490720443908",
        "7.998929796336970871827873460258847885623",
    ),
    ("float64", "30 ahead of equals"): (
        3121992849,
        "9.357613611217222054752947283108942576888e-8",
        "3.088378416756041116347853140716966289088",
    ),
    ("float64", "offset of 1e4"): (
        1985816799,
        "178.9155121492857007732893114440379521787",
        "7.909264451503637081344926009190225682468",
    ),
    ("float32", "3 N(0,1)"): (
        3048115896,
        "178.9154467765120614858153906310518928346",
        "7.909264450475708442836280362390570181334",
    ),
    ("float32", "wide range"): (
        3150648429,
        "6224.506162841894762323347868293080630564",
        "8.007920226736099642157594516804706581901",
    ),
    ("float32", "30 ahead"): (
        4150428480,
        "1.683582447533164970337185753290990488378e-11",
        "3.088377952656847196270998533943709224938",
    ),
    ("float32", "nearly equal"): (
        1800034786,
        "993759.9149246023882067647882580702460111",
        "7.998929796385339560720023087673426002922",
    ),
    ("float32", "30 ahead of equals"): (
        3810436166,
        "9.357622356854911412275198921697929712981e-8",
        "3.088378412087266444638456381731738952948",
    ),
    ("float32", "offset of 1e4"): (
        755648887,
        "178.9114433732396094467595512521481905233",
        "7.909265416990503024600734263371586642647",
    ),
}


# --- inputs --------------------------------------------------------------------------------------


def _three_normal(rng, n):
    """Draw n numbers that are nearly 3 N(0, 1): sums of twelve, each between -1.5 and 1.5."""
    return sum(rng.integers(-3 << 51, 3 << 51, n) for _ in range(12)) * 2.0**-52


@functools.cache
def _draws(n, seed):
    """Return what all vectors are made of, in float64."""
    rng = np.random.default_rng(seed)
    normal, other = _three_normal(rng, n), _three_normal(rng, n)
    flat = rng.integers(-1 << 52, 1 << 52, n) * 2.0**-52
    return normal, other, flat, rng.integers(1, 1000, n) ** 2, int(rng.integers(n))


def logits_of(kind, dtype, n, seed):
    """Return n logits of a kind."""
    normal, _, flat, _, k = _draws(n, seed)
    z = normal.astype(dtype)
    if kind.endswith("of equals"):
        lead = dtype(kind.split()[0])
        # Once the most that z - m can be rounded by: nearly half a unit.
        z[:] = z[k] if seed else dtype(0.49) * np.spacing(lead)
    match kind.split():
        case ["wide", *_]:
            z = (WIDE[dtype] * flat).astype(dtype)
        case ["nearly", *_]:
            z = (1.2345 + normal * 2.0**-11).astype(dtype)
        case [lead, "ahead", *_]:
            z[k] = z.max() + dtype(lead)
        case ["out", *_]:
            others, leader = OUT_OF_RANGE[dtype]
            z += dtype(others)
            z[k] = dtype(leader)
        case ["offset", "of", offset]:
            z += dtype(offset)
        case ["ties", *_]:
            z[[k, 0, -1]] = z.max() + dtype(1.5)
        case ["log-probabilities"]:
            # Rounded so far that no processor rounds it otherwise.
            z -= dtype(round(float(np.log(np.exp(normal).sum())), 3))
    return z


def direction_of(dtype, n, seed):
    """Return n numbers, mostly positive: how the logits move, or the cotangents of p."""
    return (8 + _draws(n, seed)[1]).astype(dtype)


def targets_of(dtype, n, seed):
    """Return a distribution over n classes; of a million, over 1024 of them."""
    if n < MANY:
        weights = _draws(n, seed)[3]
        return (weights / weights.sum()).astype(dtype)
    y = np.zeros(n, dtype)
    y[: 976 << 10 : 976] = 2.0**-10
    return y


# --- exact values --------------------------------------------------------------------------------

# Called at least twice for a term.
_exp = functools.lru_cache(1 << 12)(mpmath.exp)


def sums_of(z, v):
    """Return r, and the mean of v under p: what takes every class to know."""
    first, m = z.argmax(), mpmath.mpf(float(z.max()))
    r = weighted = mpmath.mpf(0)
    for i, (logit, weight) in enumerate(zip(z.tolist(), v.tolist(), strict=True)):
        term = _exp(logit - m)
        weighted += term * weight
        if i != first:
            r += term
    return r, weighted / (1 + r)


def values_of(z, v, y, at, r, mean):
    """Return what is known then: one number, or one for each class in ``at``."""
    m, log_total = mpmath.mpf(float(z.max())), mpmath.log1p(r)
    gaps = [logit - m for logit in z[at].tolist()]
    p = [_exp(gap) / (1 + r) for gap in gaps]
    charged = np.flatnonzero(y)
    costs = (log_total - (logit - m) for logit in z[charged].tolist())
    return {
        "logsumexp": m + log_total,
        "others": r / (1 + r),
        "log_p": [gap - log_total for gap in gaps],
        "p": p,
        "loss_of_y": mpmath.fdot(zip(y[charged].tolist(), costs, strict=True)),
        "moved": [p_i * (v_i - mean) for p_i, v_i in zip(p, v[at].tolist(), strict=True)],
    }


def _pair(numbers):
    """Return mpmath numbers as float64, and as float64 again what that rounded off."""
    numbers = np.array(numbers, dtype=object)
    high = numbers.astype(np.float64)
    return high, (numbers - high).astype(np.float64)


@dataclass(frozen=True)
class Case:
    """Rows of logits, and what is known of them."""

    names: tuple
    z: np.ndarray
    v: np.ndarray
    y: np.ndarray
    at: np.ndarray  # the classes, in each row, whose values are known
    exact: dict  # what values_of returns, as pairs

    @property
    def winner(self):
        """The first of the largest logits."""
        return self.z.argmax(axis=1)

    @property
    def loser(self):
        """The last of the smallest logits: another class, even if all are equal."""
        return self.z.shape[1] - 1 - self.z[:, ::-1].argmin(axis=1)

    def known(self, array):
        """Return the entries of an array whose exact values are known."""
        return np.take_along_axis(array, self.at, axis=1)

    def loss(self, labels):
        """Return -log p of one class in each row, as a pair."""
        rows, place = np.arange(len(labels)), np.argmax(self.at == labels[:, None], axis=1)
        return tuple(-part[rows, place] for part in self.exact["log_p"])

    def gradient(self, y):
        """Return p - y as a pair."""
        (p, rest), y = self.exact["p"], self.known(y).astype(np.float64)
        difference = p - y
        back = difference - p
        rest = (p - (difference - back)) - (y + back) + rest
        # A pair cannot tell p from 1 if it is confident enough.
        sure = (self.at == self.winner[:, None]) & (y == 1)
        pairs = zip(self.exact["others"], (difference, rest), strict=True)
        return tuple(np.where(sure, -others[:, None], other) for others, other in pairs)


def _case(rows):
    """Make a case of rows: name, z, v, y, at, and what `sums_of` says."""
    names, z, v, y, at, sums = zip(*rows, strict=True)
    with mpmath.workdps(DIGITS):
        values = [
            values_of(*arrays, *map(mpmath.mpf, known))
            for *arrays, known in zip(z, v, y, at, sums, strict=True)
        ]
        exact = {name: _pair([row[name] for row in values]) for name in values[0]}
    return Case(names, *map(np.stack, (z, v, y, at)), exact)


@functools.cache
def case_of(kind, dtype, n):
    """Return the case of a kind of logits for n classes, one row a seed."""
    rows = []
    for seed in range(SEEDS[n]):
        z, v = logits_of(kind, dtype, n, seed), direction_of(dtype, n, seed)
        with mpmath.workdps(DIGITS):
            sums = sums_of(z, v)
        name = f"{kind}, {n} classes, seed {seed}"
        rows.append((name, z, v, targets_of(dtype, n, seed), np.arange(n), sums))
    return _case(rows)


def _million(dtype):
    """Yield the kinds that are kept, their vectors, and what is kept of them."""
    for (name, kind), kept in MILLION.items():
        if name == np.dtype(dtype).name:
            yield kind, logits_of(kind, dtype, MANY, 0), direction_of(dtype, MANY, 0), kept


@functools.cache
def million(dtype):
    """Return the case of a million classes, one row a kind."""
    rows = []
    for kind, z, v, (code, *sums) in _million(dtype):
        assert code_of(z, v) == code, "NumPy draws other integers: run this file, keep what it says"
        at = np.array([z.argmax(), MANY - 1 - z[::-1].argmin(), *range(0, MANY, MANY // 60)])
        name = f"{kind}, {MANY} classes, seed 0"
        rows.append((name, z, v, targets_of(dtype, MANY, 0), at, sums))
    return _case(rows)


def forget():
    """Give the memory back that all these take."""
    for cache in (_draws, _exp, case_of, million):
        cache.cache_clear()


def code_of(*vectors):
    """Return a number that tells vectors from others."""
    little = (vector.astype(vector.dtype.newbyteorder("<")) for vector in vectors)
    return zlib.crc32(b"".join(vector.tobytes() for vector in little))


def main():
    """Print what mpmath says of a million classes; return 1 if something else is kept."""
    differences = 0
    for dtype in (np.float64, np.float32):
        for kind, z, v, kept in _million(dtype):
            with mpmath.workdps(DIGITS):
                said = (
                    code_of(z, v),
                    *(mpmath.nstr(number, 40, min_fixed=-3) for number in sums_of(z, v)),
                )
            differences += said != kept
            print(f"{np.dtype(dtype).name}, {kind}: {said}", flush=True)
    print(f"{differences} of {len(MILLION)} are kept otherwise")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

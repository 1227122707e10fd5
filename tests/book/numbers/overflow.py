"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import json
import warnings
from fractions import Fraction
from pathlib import Path
from statistics import median

import mpmath
import numpy as np
import scipy.special

from softmax_lib import log_softmax, logsumexp, softmax, softmax_naive

ROOT = Path(__file__).resolve().parents[3]
SPEED = json.loads((ROOT / "benchmarks" / "speed.json").read_text(encoding="utf-8"))
FUNCTIONS = ("softmax", "log_softmax", "logsumexp")
SMALL = ((64, 10), (1024, 1000))
LARGE = ((4096, 32000), (1000000, 10), (1000000, 3))
ONE = "PyTorch, 1 thread"
PRICE = "price of log_softmax"


def times(function, shape):
    """Return what was measured in float32 along the last axis."""
    return next(
        case["ns"]
        for case in SPEED["together"]
        if (case["function"], tuple(case["shape"]), case["dtype"], case["axis"])
        == (function, shape, "float32", -1)
    )


def ratio(peer, function, shape, ours="ours"):
    ns = times(function, shape)
    return min(ns[peer]) / min(ns[ours])


def alone():
    """SciPy's time divided by ours, in a process of its own."""
    cases = {c["function"]: c["ns"] for c in SPEED["alone"] if c["dtype"] == "float32"}
    return tuple(min(cases[f]["SciPy"]) / min(cases[f]["ours"]) for f in FUNCTIONS)


def marks(function, shape, axis):
    """SciPy's time divided by ours, as the picture of times has it: by the minimum and the median.

    It has float64 only where float32 was not timed.
    """
    dtype = "float64" if shape == (2048, 32000) else "float32"
    (ns,) = (
        case["ns"]
        for case in SPEED["together"]
        if (case["function"], tuple(case["shape"]), case["dtype"], case["axis"])
        == (function, shape, dtype, axis)
    )
    return tuple(of(ns["SciPy"]) / of(ns["ours"]) for of in (min, median))


def below_1():
    """Return which marks of the picture lie to the left of its line, and which of those filled."""
    left = {
        (function, shape, axis): marks(function, shape, axis)
        for function in FUNCTIONS
        for shape in (*SMALL, (2048, 32000), *LARGE)
        for axis in (-1, 0)
        if min(marks(function, shape, axis)) < 1
    }
    return {key: max(both) < 1 for key, both in left.items()}


def squares_to_the_left():
    squares = {(f, shape, 0): True for f in FUNCTIONS[:2] for shape in SMALL}
    last = {("log_softmax", SMALL[0], -1): True, ("log_softmax", (2048, 32000), 0): False}
    return below_1() == squares | last


def marks_of_lse():
    every = [marks("logsumexp", shape, axis) for shape in (*SMALL, *LARGE) for axis in (-1, 0)]
    every += [marks("logsumexp", (2048, 32000), axis) for axis in (-1, 0)]
    every = [ratio for both in [*every, marks("logsumexp", (10,), -1)] for ratio in both]
    return 1.9 < min(every) < 2 and 21 < max(every) < 22


def measured_with():
    machine, versions = SPEED["machine"], SPEED["machine"]["versions"]
    return (machine["processor"], machine["cores"]) == ("AMD EPYC", 2) and (
        [versions[name] for name in ("NumPy", "SciPy", "PyTorch")] == ["2.4.6", "1.17.1", "2.15.0"]
    )


def confident_with():
    report = (ROOT / "benchmarks" / "confident.md").read_text(encoding="utf-8")
    return "PyTorch 2.13.0" in report and "on Linux x86_64." in report


def pieces_in_any_order():
    rng = np.random.default_rng(0)
    parts = np.split(rng.normal(1000, 30, 1000), 10)
    totals = []
    for order in (range(10), range(9, -1, -1), rng.permutation(10)):
        total = -np.inf
        for part in order:
            total = logsumexp([total, logsumexp(parts[part])])
        totals.append(total)
    return np.allclose(totals, totals[0], rtol=1e-14)


def row(text, shape, peer="SciPy"):
    """Return a line of a table of times, and what it must say."""
    return text, lambda: tuple(ratio(peer, function, shape) for function in FUNCTIONS)


def true_loss(gap):
    with mpmath.workdps(60):
        return float(mpmath.log1p(mpmath.exp(-gap)))


def pytorch(dtype, gap):
    """Return what benchmarks/confident.md has of PyTorch, from the true loss on."""
    report = (ROOT / "benchmarks" / "confident.md").read_text(encoding="utf-8")
    section = report.split(f"\n## {dtype}, gap {gap}\n")[1].split("\n## ")[0]
    line = next(line for line in section.splitlines() if line.startswith("| PyTorch"))
    return true_loss(gap), *(float(cell.strip(" *")) for cell in line.strip("|").split("|")[1:])


def warns(function, z, under):
    with warnings.catch_warnings(record=True) as caught, np.errstate(under=under):
        warnings.simplefilter("always")
        function(np.array(z))
    return bool(caught)


def last_gap_that_is_not_0():
    """Return the gap from which the nearest float64 to e^-gap is 0."""
    with mpmath.workdps(60):
        return float(-mpmath.log(mpmath.mpf(2) ** -1075))


def within(ulp, z, log_p=lambda z: log_softmax(z)[0]):
    """Whether the log-probability of the first logit, the largest, is right to so many ULP."""
    with mpmath.workdps(400):
        true = -mpmath.log1p(mpmath.fsum(mpmath.exp(mpmath.mpf(v) - z[0]) for v in z[1:]))
        off = abs(float(log_p(np.array(z))) - true)
        return bool(off <= ulp * np.spacing(abs(float(true))))


def share_of_the_loser(gap):
    with mpmath.workdps(60):
        return 1 / (1 + mpmath.exp(gap))


def first_equal_to_1(digits):
    """Return the gap from which 1 + e^-gap, rounded to so many binary digits, is 1."""
    with mpmath.workdps(60):
        gaps = (mpmath.mpf(n) / 100 for n in range(4000))
        exact = (gap for gap in gaps if mpmath.exp(-gap) <= mpmath.mpf(2) ** -digits)
        gap = next(exact)
    with mpmath.workprec(digits):
        sums = [1 + mpmath.exp(-gap), 1 + mpmath.exp(-gap + 0.02)]
    return float(gap) if sums[0] == 1 < sums[1] else 0.0


def sterbenz(m):
    """Whether z - m is exact for z from m to the bound that the chapter names, and not beyond."""
    near, far = sorted((m, m / 2 if m > 0 else 2 * m))
    rng = np.random.default_rng(0)

    def exact(z):
        return Fraction(z) - Fraction(m) == Fraction(z - m)

    inside = all(exact(z) for z in rng.uniform(near, far, 999).tolist())
    beyond = (near, near - abs(m)) if m < 0 else (0, m / 2)
    return inside and not all(exact(z) for z in rng.uniform(*sorted(beyond), 999).tolist())


def the_shift_never_fails():
    """Whether its shares are near the truth for logits of any size."""
    rng = np.random.default_rng(0)
    for size in 10.0 ** rng.uniform(-3, 308, 99):
        z = np.clip(size * rng.standard_normal(3), -1e308, 1e308)
        with np.errstate(over="ignore"):
            e = np.exp(z - z.max())
        with mpmath.workdps(700):
            true = [mpmath.exp(mpmath.mpf(v) - mpmath.mpf(max(z))) for v in z]
            true = [float(t / sum(true)) for t in true]
        if not np.allclose(e / e.sum(), true, rtol=1e-12, atol=1e-300):
            return False
    return True


def three_fit():
    with mpmath.workdps(300):
        p = [
            1 / mpmath.fsum(mpmath.exp(other - z) for other in (123, 456, 789))
            for z in (123, 456, 789)
        ]
    return bool(np.finfo(float).tiny < p[0] < p[1] < 1) and float(p[2]) == 1 > p[2]


def unshifted_inside_the_range():
    """Whether softmax is the formula as written for logits within 700 of 0, to the last bit."""
    rows = np.random.default_rng(0).uniform(-700, 700, (200, 3))
    plain = [(softmax(row) == softmax_naive(row)).all() for row in rows]
    e = np.exp(rows - rows.max(axis=1, keepdims=True))
    shifted = (softmax(rows) == e / e.sum(axis=1, keepdims=True)).all(axis=1)
    return bool(all(plain) and not shifted.all())


def gaps_around_600_are_exact():
    rows = 600 + 3 * np.random.default_rng(0).standard_normal((200, 3))
    return all(
        Fraction(z) - Fraction(max(row)) == Fraction(z - max(row))
        for row in rows.tolist()
        for z in row
    )


EPS = np.finfo(np.float64).eps


def wrapped(dtype):
    """What the formula makes of each pair of integers whose difference wraps around."""
    ends, found = np.iinfo(dtype), set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pairs = [np.array([ends.max, low], dtype) for low in range(ends.min, ends.max)]
        moved = [z - z.max() for z in pairs]
    for z, less in zip(pairs, moved, strict=True):
        if less[1] == int(z[1]) - ends.max:
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(less)
            p = e / e.sum()
        found.add("overflow" if np.isinf(e).any() else "wrong" if p[1] > p[0] else "right")
    return found


HELD = {
    # What everyone needs.
    "All three fit into float64; the third rounds to 1.": three_fit,
    "In float64 only $e^{«789»}$ is infinite": lambda: min(
        z for z in (123, 456, 789) if z > np.log(np.finfo(np.float64).max)
    ),
    'NumPy is silent about underflow, unless you ask with `np.errstate(under="warn")`': lambda: (
        [warns(softmax_naive, [-744.4, -744.9], under) for under in ("ignore", "warn")]
        == [False, True]
    ),
    "one below half of it becomes 0": lambda: (
        5e-324 / 2.01 == 0 < 5e-324 / 1.99
        and np.float16(2.0**-24 / 2.01) == 0 < np.float16(2.0**-24 / 1.99)
    ),
    "a logit of 12 is too much": lambda: 11 < np.log(float(np.finfo(np.float16).max)) < 12,
    "above «88.72» float32 follows, above «709.78» float64": lambda: (
        np.log(float(np.finfo(np.float32).max)),
        np.log(np.finfo(np.float64).max),
    ),
    "A gap beyond «745.13» still makes": last_gap_that_is_not_0,
    "those of 8 bits may wrap around, and nothing warns of that. Then a wrong class may win, or an "
    "exponential overflow after all": lambda: (
        wrapped(np.int8) == wrapped(np.uint8) == {"wrong", "overflow"}
    ),
    "«70000» zeros are enough": lambda: 70000 if float(np.finfo(np.float16).max) < 70000 else 0,
    "but the share that follows, 0, is right": lambda: all(
        share_of_the_loser(2 * gap) < mpmath.mpf(2) ** smallest / 2
        for gap, smallest in ((32752, -24), (2.0**127, -149), (2.0**1023, -1074))
    ),
    "0 is the float64 nearest to the true probability": lambda: (
        float(share_of_the_loser(745.14)) == 0 == np.exp(-745.14)
    ),
    "LSE for the logits x and 0": lambda: bool(np.isclose(logsumexp([0, 0]), np.log(2))),
    "larger by the {term}`machine epsilon`, $«2.2 \\cdot 10^{-16}»$": lambda: EPS,
    "from a gap of 37 on, the logarithm of the sum is exactly 0": lambda: (
        1 + np.exp(-36.0) > 1 == 1 + np.exp(-37.0)
    ),
    "as in $\\log(p + «10^{-8}»)$, is no remedy. The loss at $p = 1$ becomes negative, and that at "
    "$p = 0$ stops at «18.42»": lambda: (
        1e-8 if -np.log(1 + 1e-8) < 0 else 0.0,
        -np.log(0 + 1e-8),
    ),
    "bfloat16 has nearly the range of float32": lambda: (
        0.99 < (2 - 2.0**-7) * 2.0**127 / float(np.finfo(np.float32).max) < 1
    ),
    "is rounded to 1 if $e^{-g} \\le 2^{-b}$": lambda: all(
        abs(first_equal_to_1(b) - b * np.log(2)) < 0.011 for b in (8, 11, 24, 53)
    ),
    "float16 has «11» binary digits": lambda: np.finfo(np.float16).nmant + 1,
    "from a gap of «5.55» on, where the winner has $p = «0.996»$": lambda: (
        8 * np.log(2),
        1 / (1 + 2.0**-8),
    ),
    "float16 has no −1000000": lambda: float(np.finfo(np.float16).max) < 1e6,
    # For the curious.
    "an error of $«10^{16}»$ ULP leaves none": lambda: 10.0 ** round(np.log10(2.0**53)),
    "In float32 the loss is gone at a gap of «17» already": lambda: next(
        gap
        for gap in range(100)
        if scipy.special.log_softmax(np.array([gap, 0], np.float32))[0] == 0
    ),
    "| float64, $g = 72$ | «5.380e-32» | «0» | «0» | «0» |": lambda: pytorch("float64", 72),
    "| float64, $g = 30$ | «9.358e-14» | -«9.348e-14» | «9.348e-14» | -«9.348e-14» |": lambda: (
        pytorch("float64", 30)
    ),
    "| float32, $g = 20$ | «2.061e-09» | «0» | «0» | «0» |": lambda: pytorch("float32", 20),
    "it reports $«2.2 \\cdot 10^{-16}»$ for every very confident and correct prediction, and "
    "«36.04» for": lambda: (EPS, -np.log(EPS)),
    "A loss of $«5 \\cdot 10^{-32}»$ is": lambda: true_loss(72),
    "a relative error of at most $«2^{-53}»$ in float64": lambda: EPS / 2,
    "about $|z_i - m| \\cdot «2^{-53}»$ in": lambda: EPS / 2,
    "$(|z_i| + |m|) \\cdot «2^{-53}»$": lambda: EPS / 2,
    "but in float64 the shifted one never fails": the_shift_never_fails,
    "leaves rows unshifted whose exponentials stay well inside the range": (
        unshifted_inside_the_range
    ),
    "is exact if $z_c \\ge m / 2$, or, for a negative $m$, if $z_c \\ge 2m$": lambda: all(
        sterbenz(m) for m in (720.1, 0.3, -0.3, -720.1)
    ),
    "less than $«10^{-150}»$": lambda: 1e-150 if np.exp(-700 / 2) < 1e-150 else 0.0,
    "as in $(-0.3, -40, -1000)$": lambda: (
        within(4, [-0.3, -40.0, -1000.0])
        and not within(4, [-0.3, -40.0, -1000.0], lambda z: -np.log1p(np.exp(z - max(z))[1:].sum()))
    ),
    **dict(
        row(*line)
        for line in (
            ("| (64, 10) | «1.1» | «0.99» | «3.4» |", (64, 10)),
            ("| (1024, 1000) | «1.2» | «1.0» | «3.6» |", (1024, 1000)),
            ("| (4096, 32000) | «1.6» | «1.5» | «4.7» |", (4096, 32000)),
            ("| (1000000, 10) | «4.6» | «3.5» | «9.8» |", (1000000, 10)),
            ("| (1000000, 3) | «12» | «7.9» | «22» |", (1000000, 3)),
            ("| (64, 10) | «0.96» | «0.50» | «0.56» |", (64, 10), ONE),
            ("| (1024, 1000) | «0.61» | «0.43» | «1.3» |", (1024, 1000), ONE),
            ("| (4096, 32000) | «1.8» | «1.8» | «4.0» |", (4096, 32000), ONE),
            ("| (1000000, 10) | «8.7» | «5.4» | «2.9» |", (1000000, 10), ONE),
            ("| (1000000, 3) | «12» | «4.8» | «2.6» |", (1000000, 3), ONE),
        )
    ),
    "softmax and log_softmax in NumPy do not reach PyTorch's compiled code: at (1024, 1000) it "
    "takes «0.61» and «0.43» of our time, with two threads «0.31» and «0.22»": lambda: tuple(
        ratio(f"PyTorch, {threads}", function, (1024, 1000))
        for threads in ("1 thread", "2 threads")
        for function in FUNCTIONS[:2]
    ),
    "softmax has little to gain, and log_softmax nothing": lambda: (
        0.9 < ratio("SciPy", "log_softmax", (64, 10)) < 1 < ratio("SciPy", "softmax", (64, 10))
    ),
    "On the three large arrays ours is faster than its one thread": lambda: (
        min(ratio(ONE, f, shape) for f in FUNCTIONS for shape in LARGE) > 1
    ),
    "«0.95» and «0.93» of our time for softmax and log_softmax of (4096, 32000)": lambda: tuple(
        ratio("PyTorch, 2 threads", f, (4096, 32000)) for f in FUNCTIONS[:2]
    ),
    "given an array as `out`, its one thread takes «0.57» and «0.60» there": lambda: tuple(
        ratio("PyTorch, 1 thread, out=", f, (4096, 32000), "ours, out=") for f in FUNCTIONS[:2]
    ),
    "for there the gaps are exact": gaps_around_600_are_exact,
    "the three numbers are «3.2», «4.9» and «14»": alone,
    "`log_softmax` of (4096, 32000) take «1.12» times as long; with giving its rounding back, "
    "«2.8» times": lambda: (
        1 / ratio("ours", PRICE, (4096, 32000), "ours, shifted"),
        1 / ratio("ours", PRICE, (4096, 32000), "ours, confident"),
    ),
    "the squares of (64, 10) and (1024, 1000) lie to the left of the line; so do the circles of "
    "log_softmax for (64, 10) and its filled square for (2048, 32000)": squares_to_the_left,
    "All other marks lie to the right, those of logsumexp between «1.9» and «22»": lambda: (
        (1.9, 22) if marks_of_lse() else (0, 0)
    ),
    "On the two small matrices softmax and log_softmax in NumPy do not reach PyTorch's compiled "
    "code": lambda: all(ratio(ONE, f, shape) < 1 for f in FUNCTIONS[:2] for shape in SMALL),
    "On small matrices these gain little, and along axis 0 they are slower": lambda: all(
        max(marks(f, shape, 0)) < 1 and max(marks(f, shape, -1)) < 1.3
        for f in FUNCTIONS[:2]
        for shape in SMALL
    ),
    "two cores of an AMD EPYC, NumPy 2.4.6, SciPy 1.17.1 and PyTorch 2.15.0": measured_with,
    "Version 2.13.0 on an x86-64 processor": confident_with,
    # Exercises.
    "The order of the pieces does not matter": pieces_in_any_order,
    "Five of the exercises open with code that is wrong": lambda: (
        (ROOT / "chapters" / "overflow.ipynb").read_text(encoding="utf-8").count('"def my_') == 5
    ),
    "The floats just below 1 are half as far apart as those just above it": lambda: (
        2 * (1 - np.nextafter(1, 0)) == np.nextafter(1, 2) - 1
    ),
    "becomes 1 from a gap of «36.74» on": lambda: 53 * np.log(2),
    "The nearest float below 1 is $1 - «2^{-53}»$": lambda: 1 - np.nextafter(1, 0),
    "The share is rounded to 1 if this is at most $«2^{-54}»$": lambda: (
        (1 - np.nextafter(1, 0)) / 2
    ),
    "half-way to it is $1 - «2^{-54}»$": lambda: (1 - np.nextafter(1, 0)) / 2,
}

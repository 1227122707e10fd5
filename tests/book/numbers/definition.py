"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import mpmath
import numpy as np
from scipy.special import expit, softmax


def is_one(gap):
    """Whether the exact probability has 1 for its nearest double."""
    with mpmath.workdps(40):
        return float(1 / (1 + mpmath.exp(-mpmath.mpf(gap)))) == 1


def first_one():
    low, high = 30.0, 40.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if is_one(middle) else (middle, high)
    return high


def last_sum_above_one():
    gaps = np.arange(30, 40, 0.001)
    return gaps[1 + np.exp(-gaps) > 1].max()


def first_underflow():
    return next(gap for gap in range(700, 800) if np.exp(-float(gap)) == 0)


def fulfils(rule, classes):
    """Whether a rule is positive, sums to one, and keeps the order, on drawn logits."""
    rng = np.random.default_rng(1)
    for z in rng.normal(size=(200, classes)):
        p = rule(z)
        if not (p.min() > 0 and np.isclose(p.sum(), 1) and (p.argsort() == z.argsort()).all()):
            return False
    return True


def cautious(z):
    return softmax(z / (1 + np.var(z)))


def cubed(z):
    return softmax([(z[0] - z[1]) ** 3, 0])


def narrow_less_wide(x):
    return -(x**2) / 2 - (-np.log(2) - x**2 / 8)


HELD = {
    "It is positive, sums to one, keeps the order, and is as smooth as softmax": lambda: (
        fulfils(cautious, 4) and np.allclose(cautious(np.arange(4) + 7.0), cautious(np.arange(4)))
    ),
    "$g(x) = e^{x^3}$ fulfils the four wishes as well": lambda: (
        fulfils(cubed, 2) and np.isclose(np.divide(*cubed([5.0, 3.9])), np.exp(1.1**3))
    ),
    "in the last two lines the gap is the same, and the ratio is not": lambda: (
        np.isclose(0.2 - 0.1, 10.2 - 10.1) and not np.isclose(0.2 / 0.1, 10.2 / 10.1)
    ),
    "with a gap of 37. Then": lambda: last_sum_above_one() < 37 < first_one(),
    "With 64 bits the sum in the denominator is rounded to 1": lambda: 1 + np.exp(-37.0) == 1,
    "up to a gap of «37.43».": first_one,
    "about twenty times as wide": lambda: 19.5 < first_underflow() / 37 < 20.5,
    "at most half the gap of their logits": lambda: all(
        expit(gap) - expit(-gap) <= gap / 2 for gap in np.linspace(0.001, 20, 500)
    ),
    "For $T$ below one half that is more than $g$, and small gaps are indeed": lambda: (
        np.subtract(*softmax([1e-3 / 0.49, 0])) > 1e-3 > np.subtract(*softmax([1e-3 / 0.51, 0]))
    ),
    "at least one is large, namely half the gap or more away from 0": lambda: all(
        max(abs(z), abs(z + gap)) >= gap / 2 for gap in (1, 40) for z in np.linspace(-99, 99, 397)
    ),
    "how little happens beyond a gap of 5": lambda: 1 - expit(5) < 0.007,
    "the gap is $z_1 - z_2 = \\log 2 - \\frac{3}{8} x^2$": lambda: np.allclose(
        narrow_less_wide(np.linspace(-3, 3)), np.log(2) - 3 / 8 * np.linspace(-3, 3) ** 2
    ),
    "Near 0 the narrow bell is more likely, far out the wide one": lambda: (
        narrow_less_wide(0) > 0 > narrow_less_wide(3)
    ),
}

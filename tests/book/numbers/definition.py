"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import numpy as np
from scipy.special import expit, log_softmax, logsumexp, softmax
from scipy.stats import multivariate_normal


def drawn(classes, width=3.0, count=200):
    """Return logits, one example a row."""
    return np.random.default_rng(classes).normal(0, width, size=(count, classes))


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


def hard(z):
    return np.arange(len(z)) == np.argmax(z)


def by_the_sum(z):
    return z / z.sum()


def keeps_differences_small(T):
    """Whether no difference of two probabilities is more than 1 / (2 T) of their gap."""
    pairs = (
        (np.subtract.outer(softmax(z / T), softmax(z / T)), np.subtract.outer(z, z))
        for classes in (2, 3, 7)
        for z in (*drawn(classes), *drawn(classes, 0.01))
    )
    return all((abs(p) <= abs(gap) / (2 * T) + 1e-15).all() for p, gap in pairs)


def bells_of_one_shape():
    """Whether Bayes' rule is softmax of a linear layer, for kinds that are not equally common."""
    rng = np.random.default_rng(0)
    means, often = rng.normal(size=(3, 2)), np.array([0.6, 0.3, 0.1])
    shape, X = np.array([[2.0, 0.7], [0.7, 1.0]]), rng.normal(0, 2, size=(50, 2))
    heights = np.stack([multivariate_normal(mean, shape).pdf(X) for mean in means], axis=1)
    bayes = heights * often / (heights * often).sum(axis=1, keepdims=True)
    W = np.linalg.solve(shape, means.T)
    b = np.log(often) - (means.T * W).sum(axis=0) / 2
    return np.allclose(bayes, softmax(X @ W + b, axis=1))


def pulls_apart(T, *others):
    """Whether two logits with a small gap have probabilities that are further apart."""
    p = softmax(np.array([1e-3, 0, *others]) / T)
    return p[0] - p[1] > 1e-3


def over_the_largest(z):
    return softmax(z / z.max())


def keeps_order(p, z):
    return bool((p.argsort() == z.argsort()).all())


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
    "fails the first wish when some logits are positive and some negative": lambda: all(
        by_the_sum(z).min() <= 0 for z in drawn(3) if z.min() < 0 < z.max()
    ),
    "its slope is 0 wherever it has one": lambda: all(
        (hard(z + 1e-9 * way) == hard(z)).all() for z in drawn(3) for way in np.eye(3)
    ),
    "With 64 bits the denominator is rounded to 1": lambda: (
        1 + np.exp(-37.0) == 1 < 1 + np.exp(-36.0)
    ),
    "about twenty times as wide": lambda: 19.5 < first_underflow() / 37 < 20.5,
    "at most half the gap of their logits": lambda: keeps_differences_small(1),
    "A difference is now at most $\\frac{1}{2 T} |z_i - z_j|$": lambda: (
        keeps_differences_small(0.1) and keeps_differences_small(5)
    ),
    "With two classes and $T$ below one half, small gaps are indeed pulled apart": lambda: (
        pulls_apart(0.49) and not pulls_apart(0.51) and not pulls_apart(0.49, 3)
    ),
    "A large *lead* does: a gap between the largest logit and all the others": lambda: (
        softmax([40, 0, -9]).max() == 1 and softmax([1000, 1000, 0]).max() == 0.5
    ),
    "the log-odds of a class are its gap to all the others together": lambda: all(
        np.isclose(np.log(p[0] / (1 - p[0])), z[0] - logsumexp(z[1:]))
        for z in drawn(4)
        for p in [softmax(z)]
    ),
    "a logit is the logarithm of a probability, up to one number that all": lambda: all(
        np.ptp(z - log_softmax(z)) < 1e-12 for z in drawn(5)
    ),
    "With several features the squares cancel, too": bells_of_one_shape,
    "A kind that is more common gets the logarithm of its frequency on top": bells_of_one_shape,
    "as long as the largest logit is positive": lambda: all(
        keeps_order(over_the_largest(z), z) == (z.max() > 0) for z in drawn(3)
    ),
    "With two classes he counts their gap twice": lambda: np.isclose(
        np.log(0.8 / 0.2) - np.log(0.2 / 0.8), 2 * np.log(0.8 / 0.2)
    ),
    "Of the seven temperatures it is highest at 8": lambda: (
        max((0.5, 1, 2, 4, 8, 16, 32), key=lambda T: softmax(np.array([3, 1, -3]) / T)[1]) == 8
    ),
    'Whether "«0.9»" is right nine times in ten': lambda: 9 / 10,
    "how little happens beyond a gap of 5": lambda: 1 - expit(5) < 0.007,
    "the gap is $z_1 - z_2 = \\log 2 - \\frac{3}{8} x^2$": lambda: np.allclose(
        narrow_less_wide(np.linspace(-3, 3)), np.log(2) - 3 / 8 * np.linspace(-3, 3) ** 2
    ),
    "Near 0 the narrow bell is more likely, far out the wide one": lambda: (
        narrow_less_wide(0) > 0 > narrow_less_wide(3)
    ),
}

"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import numpy as np
from scipy.special import softmax

LOGITS = np.array([3.0, 1.0, -3.0])
RNG = np.random.default_rng(7)


def jacobian(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def change_of(nudge):
    return softmax(LOGITS + np.array([0, nudge, 0])) - softmax(LOGITS)


def eigenvalues(size, many=300):
    """Return the eigenvalues of J at random logits, one row each."""
    return np.array([np.linalg.eigvalsh(jacobian(z)) for z in RNG.normal(0, 2, (many, size))])


def ratios(order):
    """Return how far p moves as a part of how far z moves, measured by a norm."""
    z, moves = RNG.normal(0, 2, (2, 500, 4))
    moved = softmax(z + moves, axis=1) - softmax(z, axis=1)
    return np.linalg.norm(moved, order, axis=1) / np.linalg.norm(moves, order, axis=1)


def differences(T):
    """Return the largest ratio of a difference of probabilities to its gap at a temperature."""
    gaps = np.linspace(1e-3, 5, 500)
    return max(np.abs(np.diff(softmax(np.array([g, 0]) / T)))[0] / g for g in gaps)


def share(T):
    return softmax(LOGITS / T)


TEMPERATURES = np.geomspace(0.2, 500, 400)
SHARES = np.array([share(T) for T in TEMPERATURES])
MEANS = SHARES @ LOGITS


def falls(values):
    return bool(np.all(np.diff(values) < 0))


def complex_step(h):
    z = np.exp(LOGITS + 1j * h * np.eye(3)[0])
    return (z[0] / z.sum()).imag / h


def central(h):
    move = h * np.eye(3)[0]
    return (softmax(LOGITS + move) - softmax(LOGITS - move))[0] / (2 * h)


def only_null_cotangent():
    """Whether the part of J that is off the diagonal sends no vector but 0 to 0."""
    J = jacobian(LOGITS)
    return bool(np.linalg.matrix_rank(J - np.diag(np.diag(J)), tol=1e-12) == 3)


def quotient(a, b, c, d):
    return np.isclose(((a + 1j * b) / (c + 1j * d)).imag, (b * c - a * d) / (c**2 + d**2))


def best(cost):
    """Return where a sum of two errors is lowest, and how low."""
    h = np.logspace(-10, -3, 70001)
    at = cost(h).argmin()
    return h[at], cost(h)[at]


EPS = np.finfo(float).eps

HELD = {
    "one goes up, the others go down": lambda: list(np.sign(change_of(1.0))) == [-1, 1, -1],
    "it is never above a quarter": lambda: (
        max(np.diag(jacobian([g, 0])).max() for g in range(9)) <= 0.25
    ),
    "and a large gap, each further unit divides the slope by $e$, nearly": lambda: np.isclose(
        jacobian([20, 0])[0, 1] / jacobian([21, 0])[0, 1], np.e
    ),
    "a little above 1. There its exponential is as large as the other two together": lambda: (
        1 < np.log(np.exp(LOGITS[1:]).sum()) < 1.1
    ),
    "plus on the diagonal, minus everywhere else": lambda: np.all(
        np.sign(jacobian(LOGITS)) == 2 * np.eye(3) - 1
    ),
    "the matrix would take «80» GB": lambda: 100_000**2 * 8 / 1e9,
    "(a quarter of ours, so that": lambda: np.allclose(LOGITS / 4, [0.75, 0.25, -0.75]),
    "Every eigenvalue of $J$ lies between 0 and $1/2$": lambda: all(
        eigenvalues(size).min() > -1e-12 and eigenvalues(size).max() <= 0.5 for size in (2, 3, 5)
    ),
    "The rank of $J$ is $C - 1$": lambda: all(
        np.all(np.sum(eigenvalues(size, 20) > 1e-9, axis=1) == size - 1) for size in (2, 3, 5)
    ),
    "Two classes with equal logits reach $1/2$. With three classes or more, finite logits only "
    "come near it": lambda: (
        np.isclose(np.linalg.eigvalsh(jacobian([0, 0]))[-1], 0.5)
        and 0.4999 < np.linalg.eigvalsh(jacobian([0, 0, -10]))[-1] < 0.5
    ),
    "by its largest component, or by the sum of the sizes": lambda: (
        max(ratios(np.inf).max(), ratios(1).max()) <= 0.5
    ),
    "As long as one logit leads alone, both ends are flat": lambda: (
        jacobian(LOGITS / 0.01)[0, 0] / 0.01 < 1e-9 and jacobian(LOGITS / 1e4)[0, 0] / 1e4 < 1e-4
    ),
    "differences shrink for sure only while $T \\ge \\frac{1}{2}$": lambda: (
        differences(0.5) < 1 < differences(0.45)
    ),
    "heat takes from the classes above the mean and gives to those below it": lambda: bool(
        np.all(np.sign(share(4.04) - share(4.0)) == np.sign(share(4.0) @ LOGITS - LOGITS))
    ),
    "The mean itself falls as $T$ rises": lambda: falls(MEANS),
    "Cold, it is the largest logit; hot, it comes down to the plain mean": lambda: (
        np.isclose(share(0.05) @ LOGITS, 3) and np.isclose(share(1e8) @ LOGITS, 1 / 3)
    ),
    "The largest logit is always above the mean. Its share only falls": lambda: falls(SHARES[:, 0]),
    "A logit at the plain mean or lower is always below $\\bar z$. Its share only rises": lambda: (
        falls(-SHARES[:, 2])
        and falls(-np.array([softmax(np.array([3, 0, -3]) / T)[1] for T in TEMPERATURES]))
    ),
    "Its share has one peak": lambda: np.sum(np.diff(np.sign(np.diff(SHARES[:, 1]))) != 0) == 1,
    "its 1 lies between the plain mean $1/3$ and the cat's 3": lambda: np.isclose(
        LOGITS.mean(), 1 / 3
    ),
    "From there on the dog loses as well, on its way down to $1/3$, and only the bird gains": (
        lambda: (
            all(list(np.sign(share(T + 0.1) - share(T))) == [-1, -1, 1] for T in (8.7, 20, 99))
            and np.isclose(share(1e8)[1], 1 / 3)
        )
    ),
    "(with $0 \\log 0 = 0$), $\\log C$ if all are equal": lambda: np.isclose(
        -np.sum(np.full(3, 1 / 3) * np.log(1 / 3)), np.log(3)
    ),
    "The slope $p_1 (1 - p_1)$ is tiny and positive. In 64-bit numbers $p_1$ rounds to 1": lambda: (
        softmax([40.0, 0.0])[0] == 1 and 0 < np.exp(-40.0) < 1e-17
    ),
    "the error shrinks with $h$ (forward) or with $h^2$ (central)": lambda: np.isclose(
        (central(0.02) - jacobian(LOGITS)[0, 0]) / (central(0.01) - jacobian(LOGITS)[0, 0]),
        4,
        rtol=1e-2,
    ),
    "On the right, central difference and complex step lie on each other": lambda: np.isclose(
        central(0.01) - jacobian(LOGITS)[0, 0],
        jacobian(LOGITS)[0, 0] - complex_step(0.01),
        rtol=1e-2,
    ),
    "the complex step with $h = «10^{-200}»$": lambda: 1e-200,
    "frac{b c - a d}{c^2 + d^2}": lambda: quotient(2.0, 3.0, 5.0, -7.0),
    "$u = 0$. The line is right for no other $u$": only_null_cotangent,
    "With four classes its rows sum to $3/16 = «0.1875»$": lambda: 3 / 16,
    "so $h = 2 \\sqrt{\\varepsilon}$, and the error is $2 \\sqrt{\\varepsilon}$": lambda: (
        np.allclose(best(lambda h: h / 2 + 2 * EPS / h), 2 * EPS**0.5, rtol=1e-3)
    ),
    "so $h = (3 \\varepsilon)^{1/3}$, and the error is $\\frac{1}{2} (3 \\varepsilon)^{2/3}$": (
        lambda: np.allclose(
            best(lambda h: h**2 / 6 + EPS / h),
            [(3 * EPS) ** (1 / 3), (3 * EPS) ** (2 / 3) / 2],
            rtol=1e-3,
        )
    ),
    "at most $1/2$, at the temperature $T$ at most $1/(2T)$": lambda: all(
        np.linalg.eigvalsh(jacobian(np.array(z) / T) / T)[-1] <= (1 + 1e-12) / (2 * T)
        for T in (0.1, 1, 3)
        for z in ([0, 0], LOGITS, [1, 0.5])
    ),
    "to about nine decimals, the complex step to about fifteen": lambda: (
        1e-13 < abs(central(EPS ** (1 / 3)) - jacobian(LOGITS)[0, 0]) < 1e-9
        and abs(complex_step(1e-200) - jacobian(LOGITS)[0, 0]) < 1e-15
    ),
}

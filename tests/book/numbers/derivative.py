"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import numpy as np
from scipy.special import expit, softmax
from scipy.special import logsumexp as lse

from softmax_lib import numerical_jacobian

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


def step_taken(method):
    """Return how far from 1 the library goes to differentiate there."""
    asked = []
    numerical_jacobian(lambda x: asked.append(x[0]) or x, [1.0], method=method)
    return float(np.abs(asked[0] - 1))


def only_null_cotangent():
    """Whether the part of J that is off the diagonal sends no vector but 0 to 0."""
    J = jacobian(LOGITS)
    return bool(np.linalg.matrix_rank(J - np.diag(np.diag(J)), tol=1e-12) == 3)


def reached():
    """Whether a change that sums to 0 is J v for a v, and for v + 1 too; and no other change is."""
    J, changes = jacobian(LOGITS), np.array([[0.1, -0.3, 0.2], [0.1, -0.3, 0.3]])
    v = changes @ np.linalg.pinv(J)
    missed = [np.abs(way @ J - changes).max(axis=1) for way in (v, v + 1)]
    return bool(np.all(np.max(missed, axis=0)[:1] < 1e-12) and np.min(missed, axis=0)[1] > 0.01)


def hessian(z, h=1e-4):
    """Return the second derivatives of log-sum-exp, by differences."""
    steps = h * np.eye(z.size)
    return np.array(
        [
            [
                (lse(z + a + b) - lse(z + a - b) - lse(z - a + b) + lse(z - a - b)) / (4 * h * h)
                for b in steps
            ]
            for a in steps
        ]
    )


def own_share(first, h):
    """Return the cat's share at three logits of its own."""
    return np.array([softmax([z, *LOGITS[1:]])[0] for z in (first - h, first, first + h)])


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
    "finite logits, $p_i$ and $1 - p_i$ are both positive. So raising a logit raises its own "
    "probability, and lowers every other one": lambda: all(
        np.all(np.sign(jacobian(z)) == 2 * np.eye(size) - 1)
        for size in (2, 3, 6)
        for z in RNG.normal(0, 2, (50, size))
    ),
    "Not the size of the logits decides, but their {term}`gap`": lambda: np.allclose(
        jacobian([1009, 1000]), jacobian([9, 0]), rtol=1e-12, atol=0
    ),
    "For a gap $g$ one of the two logits must have the size $g/2$ or more": lambda: np.all(
        np.abs(pairs := RNG.normal(0, 9, (500, 2))).max(axis=1) >= np.abs(np.ptp(pairs, axis=1)) / 2
    ),
    "it is never above a quarter": lambda: (
        max(np.diag(jacobian([g, 0])).max() for g in range(9)) <= 0.25
    ),
    "each further unit of a large gap divides the slope by nearly $e$": lambda: np.isclose(
        jacobian([20, 0])[0, 1] / jacobian([21, 0])[0, 1], np.e
    ),
    "a little above 1, where the cat has one half: there its exponential is as large as the other "
    "two together": lambda: 1 < np.log(np.exp(LOGITS[1:]).sum()) < 1.1,
    "plus on the diagonal, minus everywhere else": lambda: np.all(
        np.sign(jacobian(LOGITS)) == 2 * np.eye(3) - 1
    ),
    "it points from $p$ straight to this corner, and goes the fraction $p_j$ of the way": lambda: (
        all(
            np.allclose(jacobian(LOGITS)[:, j], share(1)[j] * (np.eye(3)[j] - share(1)))
            for j in range(3)
        )
    ),
    "the matrix would take «80» GB": lambda: 100_000**2 * 8 / 1e9,
    "(a quarter of ours, so that": lambda: np.allclose(LOGITS / 4, [0.75, 0.25, -0.75]),
    "is the covariance matrix of $y$": lambda: np.allclose(
        np.cov(np.eye(3), aweights=share(2), ddof=0), jacobian(LOGITS / 2)
    ),
    "a wished change of $p$ that sums to zero belongs to a whole line of directions": reached,
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
        and all(eigenvalues(size).max() < 0.5 for size in (3, 4, 5))
    ),
    "by the size of its largest component, or by the sum of the sizes": lambda: (
        max(ratios(np.inf).max(), ratios(1).max()) <= 0.5
    ),
    "$J$ is the Hessian of log-sum-exp": lambda: np.allclose(
        hessian(LOGITS), jacobian(LOGITS), atol=1e-6
    ),
    "Where it is below one half, chords run above the curve; where it is higher, below": lambda: (
        all(
            np.sign(np.diff(own_share(z, 1e-3), 2)[0]) == (1 if own_share(z, 1e-3)[1] < 0.5 else -1)
            for z in (-4, 0, 1, 1.03, 3, 6)
        )
    ),
    "If one logit leads alone, both ends are flat": lambda: (
        jacobian(LOGITS / 0.01)[0, 0] / 0.01 < 1e-9 and jacobian(LOGITS / 1e4)[0, 0] / 1e4 < 1e-4
    ),
    "differences shrink for sure only while $T \\ge \\frac{1}{2}$": lambda: (
        differences(0.5) < 1 < differences(0.45)
    ),
    "heat takes from the classes above the mean and gives to those below it": lambda: bool(
        np.all(np.sign(share(4.04) - share(4.0)) == np.sign(share(4.0) @ LOGITS - LOGITS))
    ),
    "The mean itself falls as $T$ rises": lambda: falls(MEANS),
    "is $-1/T^2$ times the variance of the logits under $p$": lambda: all(
        np.isclose(
            (share(T + 1e-5) - share(T - 1e-5)) @ LOGITS / 2e-5,
            -(share(T) @ (LOGITS - share(T) @ LOGITS) ** 2) / T**2,
        )
        for T in (0.5, 2, 9)
    ),
    "Cold, it is near the largest logit; hot, near the plain mean of all": lambda: (
        np.isclose(share(0.05) @ LOGITS, 3) and np.isclose(share(1e8) @ LOGITS, 1 / 3)
    ),
    "The largest logit is always above $\\bar z$. Its share only falls": lambda: (
        falls(SHARES[:, 0]) and np.all(MEANS < 3)
    ),
    "A logit at the plain mean or lower is always below $\\bar z$. Its share only rises": lambda: (
        falls(-SHARES[:, 2])
        and falls(-np.array([softmax(np.array([3, 0, -3]) / T)[1] for T in TEMPERATURES]))
    ),
    "Its share has one peak": lambda: np.sum(np.diff(np.sign(np.diff(SHARES[:, 1]))) != 0) == 1,
    "its 1 lies between the plain mean $1/3$ and the cat's 3": lambda: np.isclose(
        LOGITS.mean(), 1 / 3
    ),
    "From there on the dog loses as well, and only the bird gains": lambda: all(
        list(np.sign(share(T + 0.1) - share(T))) == [-1, -1, 1] for T in (8.7, 20, 99, 999)
    ),
    "Up to $T = 8.656$ that is the cat alone": lambda: all(
        list(np.sign(share(T + 1e-3) - share(T))) == [-1, 1, 1] for T in (0.5, 1, 4, 8.654)
    ),
    "(with $0 \\log 0 = 0$), $\\log C$ if all are equal": lambda: np.isclose(
        -np.sum(np.full(3, 1 / 3) * np.log(1 / 3)), np.log(3)
    ),
    "the slope $p_1 (1 - p_1)$ is tiny and positive. In 64-bit numbers $p_1$ rounds to 1": lambda: (
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
    "the central difference takes $h$ near the cube root of the": lambda: np.isclose(
        step_taken("central"), np.cbrt(EPS), rtol=1e-6
    ),
    "the complex step takes $h = «10^{-200}»$": lambda: step_taken("complex"),
    "For softmax, made of exponentials and a quotient, that is true of a complex": lambda: (
        abs(complex_step(1e-6) - jacobian(LOGITS)[0, 0]) < 1e-11
    ),
    "frac{b c - a d}{c^2 + d^2}": lambda: quotient(2.0, 3.0, 5.0, -7.0),
    "is the derivative of the sigmoid of the gap": lambda: np.isclose(
        (expit(1.5 + 1e-6) - expit(1.5 - 1e-6)) / 2e-6, jacobian([1.5, 0])[0, 0]
    ),
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

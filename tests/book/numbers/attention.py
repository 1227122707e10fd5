"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import re
from pathlib import Path

import numpy as np
from scipy.special import softmax
from scipy.stats import entropy

KEYS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
VALUES = np.array([10.0, 20.0, 40.0])
RNG = np.random.default_rng(11)
REPORT = (Path(__file__).resolve().parents[3] / "benchmarks" / "attention.md").read_text("utf-8")


def looked_up(query):
    scores = KEYS @ query
    return VALUES[scores.argmax()], softmax(scores) @ VALUES


def still_ten():
    """Whether a query that is turned a little finds the same value hard, and another soft one."""
    queries = [[2.0, 1.0], [2.1, 1.0], [1.9, 1.05]]
    hard, soft = np.transpose([looked_up(np.array(q)) for q in queries])
    return np.all(hard == 10) and len(set(soft)) == 3


def slopes(p, v):
    """Return the slopes of the answer in the scores, by central differences."""
    z, h = np.log(p), 1e-6 * np.eye(len(p))
    return [(softmax(z + step) @ v - softmax(z - step) @ v) / 2e-6 for step in h]


def row(case):
    """Return what PyTorch and this library made of a case, as the report has it."""
    return re.search(rf"^\| {case} \| (.+?) \| (.+?) \|$", REPORT, re.MULTILINE).groups()


def older_pytorch():
    return "| every key masked, PyTorch 2.4.1 | nan nan |" in REPORT


def near_the_answer():
    """Whether a weight of 0.9 on a value near the answer moves it less than the rest do."""
    p, v = np.array([0.9, 0.09, 0.01]), np.array([10.0, 5.0, 50.0])
    return abs(p @ v - 10) < 0.1 and abs(slopes(p, v)[0]) < 0.2 * min(map(abs, slopes(p, v)[1:]))


def towards_the_value():
    """Whether each score that is raised a little brings the answer nearer to the value behind."""
    for z, V in zip(RNG.normal(size=(50, 4)), RNG.normal(size=(50, 4, 3)), strict=True):
        for step, value in zip(1e-4 * np.eye(4), V, strict=True):
            before, after = (np.linalg.norm(softmax(s) @ V - value) for s in (z, z + step))
            if not after < before:
                return False
    return True


def nothing_left():
    """Whether masking after softmax leaves 0 / 0 where a masked key had all the weight."""
    seen = softmax([1.0, 2.0, 800.0]) * [1, 1, 0]
    with np.errstate(invalid="ignore"):
        return np.all(np.isnan(seen / seen.sum()))


def order_counts():
    """Return whether shuffled keys and values leave the answers, without and under a mask."""
    Q, K, V = RNG.normal(size=(3, 4, 4))
    order = [2, 0, 3, 1]
    return [
        np.allclose(
            softmax(Q @ K.T + m, axis=1) @ V, softmax(Q @ K[order].T + m, axis=1) @ V[order]
        )
        for m in (0, np.where(np.tri(4), 0, -np.inf))
    ]


def by_pytorch():
    masked = [row("every key masked"), row("a masked value is nan"), row("a masked key is nan")]
    version = "PyTorch 2.13.0" in REPORT and "x86_64" in REPORT
    return version and [theirs for theirs, _ in masked] == ["0 0", "nan nan", "nan nan"]


def heads_of_words():
    """Whether the first head of a plain reshape is made of the first words alone."""
    X = np.arange(24.0).reshape(4, 6)  # four words, two heads of width 3
    return set(X.reshape(2, 4, 3)[0].ravel()) == set(X[:2].ravel())


def nucleus(p, mass=0.9):
    return 1 + np.searchsorted(np.cumsum(np.sort(p)[::-1]), mass)


def sizes(z):
    return [nucleus(softmax(z / T)) for T in np.geomspace(0.1, 20, 60)]


def none_nearer():
    """Whether no distribution on the first classes is nearer to p than p itself, divided."""
    p = softmax([5.0, 3, 1, 0.5, 0])
    others = RNG.dirichlet(np.ones(3), 300)
    least = entropy(p[:3] / p[:3].sum(), p[:3])
    return all(np.sum(s * np.log(s / p[:3])) >= least for s in others)


def same_order(z):
    return all(np.array_equal(np.argsort(softmax(z / T)), np.argsort(z)) for T in (0.3, 1, 7))


HELD = {
    "A hard look-up returns the value of the best key, 10. Turn the query a little, and it still "
    "returns 10: it has no slope": still_ten,
    "It is a mean, so it never leaves the range of the values": lambda: all(
        10 <= looked_up(5 * q)[1] <= 40 for q in RNG.normal(size=(100, 2))
    ),
    "A key with a small weight and a large value can make most of the answer": lambda: (
        0.01 * 1000 > 0.5 * (0.9 + 0.09 + 10)
    ),
    "So a key whose value is near the answer hardly moves it by a small change of its score, "
    "whatever its weight": near_the_answer,
    "raising a score moves the answer towards the value behind it": towards_the_value,
    "If a masked key leads by so much that the other weights become 0, nothing is left, and "
    "dividing again gives 0 / 0": nothing_left,
    "Version 2.4.1, still without [this change](https://github.com/pytorch/pytorch/pull/133882), "
    "answered `nan`, too": older_pytorch,
    "when score $c$ grows, the answer $o$ moves at the speed $p_c (v_c - o)$": lambda: np.allclose(
        slopes(np.array([0.9, 0.09, 0.01]), np.array([1, 1, 1000])),
        np.array([0.9, 0.09, 0.01]) * (np.array([1, 1, 1000]) - 10.99),
        rtol=1e-6,
    ),
    "A width of 64 makes scores with a standard deviation of 8": lambda: np.sqrt(64) == 8,
    "a query of signs that meets its own key scores $D / \\sqrt{D} = \\sqrt{D}$": lambda: all(
        np.isclose(np.sum(np.sign(RNG.normal(size=D)) ** 2) / np.sqrt(D), np.sqrt(D))
        for D in (4, 64, 100)
    ),
    "PyTorch 2.13.0, asked on an x86-64 processor, answers 0 to the first of these questions, and "
    "`nan` to a masked `nan`": by_pytorch,
    "those of all rows would take half a terabyte": lambda: np.isclose(
        4096**3 * 8 / 1e12, 0.5, atol=0.06
    ),
    "So $R_{nc} = P_{nc}\\, g_n \\cdot (v_c - o_n)$": lambda: np.allclose(
        softmax([1.0, 2, 0]) * (VALUES - softmax([1.0, 2, 0]) @ VALUES),
        slopes(softmax([1.0, 2, 0]), VALUES),
    ),
    "the first head would get the first words, and not the first columns of all words": (
        heads_of_words
    ),
    "4096² weights, 67 megabytes in float32": lambda: round(4096**2 * 4 / 1e6) == 67,
    "inside all of them with probability $«0.9^{50}»$, about half a percent": lambda: 0.9**50,
    "A temperature changes no order, so top-k keeps the same classes before and after": lambda: all(
        same_order(z) for z in RNG.normal(size=(50, 6))
    ),
    "The nucleus never shrinks when the temperature rises": lambda: all(
        np.all(np.diff(sizes(z)) >= 0) for z in RNG.normal(0, 2, size=(50, 8))
    ),
    "In this sense, no other distribution on these classes is nearer to $p$": none_nearer,
    "it keeps two words of the sure one and seven of the unsure one": lambda: (
        [nucleus(softmax(np.array([5, 3, 1, 0.5, 0, -0.5, -1, -1.5]) / T)) for T in (1, 6)]
        == [2, 7]
    ),
    "for $-\\log(-\\log u) < x$ says $u < e^{-e^{-x}}$": lambda: all(
        (-np.log(-np.log(u)) < x) == (u < np.exp(-np.exp(-x)))
        for u in (0.01, 0.3, 0.9)
        for x in (-1.0, 0.5, 3.0)
    ),
    "A clock whose class has twice the exponential rings twice as fast": lambda: np.isclose(
        (-np.log(0.3) / np.exp(1.0)) / (-np.log(0.3) / np.exp(1.0 + np.log(2))), 2
    ),
    "Without a mask, attention sees no order": lambda: order_counts() == [True, False],
    "Since $2 e^z = e^{z + \\log 2}$, adding $\\log 2$ to its score does the same": lambda: (
        np.isclose(2 * np.exp(1.3), np.exp(1.3 + np.log(2)))
    ),
}

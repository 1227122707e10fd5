"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import re
from pathlib import Path

import nbformat
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import entr, logsumexp, rel_entr
from scipy.special import log_softmax as log_softmax_of
from scipy.special import softmax as softmax_of
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from softmax_lib import log_softmax, nll_loss, softmax_cross_entropy

TWO = np.array([[3, 1, -3], [2, 1, 0.1]])  # the examples of the page on other libraries
VOTES = np.array([0.7, 0.3])


def drawn(shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape) * 2


def mean_loss(logits):
    return log_loss([0, 1], softmax_of(logits, axis=1), labels=[0, 1, 2])


def squares(p):
    """The mean squared error of a prediction over labels with the shares of the votes."""
    return sum(
        share * ((p - label) ** 2).sum() for share, label in zip(VOTES, np.eye(2), strict=True)
    )


def slope_of_squares(z):
    """The slope of the squared error in the true logit, the first of two, by a difference."""
    h = 1e-6
    moved = softmax_of([[z + h, 0], [z - h, 0]], axis=1)
    up, down = ((moved - [1, 0]) ** 2).sum(axis=1)
    return (up - down) / (2 * h)


def bias_makes_means_equal():
    X, digits = load_digits(return_X_y=True)
    model = LogisticRegression(C=1.0, tol=1e-8, max_iter=5000).fit(X / 16, digits)
    means = model.predict_proba(X / 16).mean(axis=0)
    return np.allclose(means, np.bincount(digits) / len(digits), atol=1e-5)


def lowest_is_the_target():
    """Whether no drawn prediction costs as little as the target itself, by either loss."""
    y, p = softmax_of(drawn(4)), softmax_of(drawn((1000, 4), 2), axis=1)
    best = entr(y).sum()
    squared = ((p - y) ** 2).sum(axis=1)
    return (-(y * np.log(p)).sum(axis=1)).min() > best and squared.min() > 0


def mean_of_squares_is_as_written():
    y, p = softmax_of(drawn(4)), softmax_of(drawn(4, 2))
    mean = sum(share * ((p - label) ** 2).sum() for share, label in zip(y, np.eye(4), strict=True))
    return np.isclose(mean, ((p - y) ** 2).sum() + 1 - (y**2).sum())


def starts_of_digits(seeds=50):
    """The mean losses with which the digits start, from small random weights."""
    X, digits = load_digits(return_X_y=True)
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)
    for seed in range(seeds):
        W = np.random.default_rng(seed).uniform(-1 / 8, 1 / 8, size=(64, 10))
        yield log_loss(digits, softmax_of(X @ W, axis=1))


def best_gap(alpha):
    return np.log(1 + 10 * (1 - alpha) / alpha)


def weakest_below():
    at = minimize_scalar(slope_of_squares, bounds=(-5, 5), method="bounded").x
    return softmax_of([at, 0])[0]


def shared_mistake_is_cheaper():
    uneven, even = np.array([0, 0.731, 0.269]), np.array([0, 0.5, 0.5])
    return ((even - [1, 0, 0]) ** 2).sum() < ((uneven - [1, 0, 0]) ** 2).sum()


def sum_grows():
    z = drawn((5, 3))
    losses = -log_softmax_of(z, axis=1)[:, 0]
    return np.isclose(np.tile(losses, 2).sum(), 2 * losses.sum())


def mean_of_exponentials_is_larger():
    losses = np.abs(drawn((1000, 5)))
    return (np.exp(losses).mean(axis=1) > np.exp(losses.mean(axis=1))).all()


def later_compete(z):
    return np.array([logsumexp(z[i:]) - z[i] for i in range(len(z))])


def never_larger():
    z = drawn((1000, 4))
    wrong, right = np.array([later_compete(row) for row in z]), -log_softmax_of(z, axis=1)
    return np.allclose(wrong[:, 0], right[:, 0]) and (wrong[:, 1:] < right[:, 1:]).all()


def roads_meet():
    z, labels = drawn((1000, 5)) * 10, np.arange(1000) % 5
    return np.array_equal(nll_loss(log_softmax(z), labels), softmax_cross_entropy(z, labels))


def floors_have_the_mean():
    """By the chain rule of entropy: what both leave unsure, less what the photograph does."""
    joint = softmax_of(drawn(12)).reshape(4, 3)
    photographs = joint.sum(axis=1)
    floors = entr(joint / photographs[:, None]).sum(axis=1)
    return np.isclose(photographs @ floors, entr(joint).sum() - entr(photographs).sum())


def wider_is_cheaper():
    z = drawn((1000, 4))
    z[:, 0] = z[:, 1:].max(axis=1) + np.abs(z[:, 0])  # the true class leads
    once, twice = -log_softmax_of([z, 2 * z], axis=-1)[..., 0]
    return (twice < once).all()


def rests_with_every_class():
    """Softmax meets shares of every class; without one of a class, its logit falls for ever."""
    every = np.array([0.5, 0.3, 0.2])
    z = np.array([[np.log(0.7), np.log(0.3), -far] for far in (1, 5, 20)])
    losses = -(log_softmax_of(z, axis=1) @ [0.7, 0.3, 0])
    return np.allclose(softmax_of(np.log(every)), every) and (np.diff(losses) < 0).all()


def starts_sure_and_wrong():
    X, digits = load_digits(return_X_y=True)
    p = softmax_of(X / 16 @ (3 * np.random.default_rng(0).normal(size=(64, 10))), axis=1)
    return np.mean((p.argmax(axis=1) != digits) & (p.max(axis=1) > 0.99)) > 0.5


def shrunk_to_a_tenth():
    p = np.full(10, 0.1)
    outer = softmax_of(p) - np.eye(10)[3]
    return np.allclose((np.diag(p) - np.outer(p, p)) @ outer, outer / 10)


def table_of_equal_labels_is_right():
    log_p, two = log_softmax_of(drawn((6, 3)), axis=1), [0, 2, 1, 1, 0, 2]
    same = np.full(6, 2)
    right = [np.isclose(log_p[:, k].mean(), log_p[np.arange(6), k].mean()) for k in (same, two)]
    return right == [True, False]


def too_few_columns():
    """What NumPy says of p - y if the table of the labels lacks columns, and of a wrong label."""
    p = np.full((2, 3), 1 / 3)
    said = []
    for labels in ([0, 1], [0, 0]):
        try:
            said.append((p - np.eye(max(labels) + 1)[labels]).shape)
        except ValueError:
            said.append("complains")
    try:
        np.eye(3)[3]
    except IndexError:
        said.append("an error by itself")
    return said == ["complains", (2, 3), "an error by itself"] and np.eye(3)[-1][2] == 1


def close_below():
    """The size of the slope in the true logit, fed with logits, over that of a second softmax."""
    z = np.zeros((25, 10))
    z[:, 0] = np.linspace(4, 8, 25)
    p = softmax_of(z, axis=1)
    outer = softmax_of(p, axis=1)
    outer[:, 0] -= 1
    twice = -p[:, 0] * (outer[:, 0] - (p * outer).sum(axis=1))
    ratio = (1 - p[:, 0]) / twice
    return ratio.min() > 1 and ratio.max() < 1.5  # of a scale of nine powers of ten


def two_classes_are_named():
    """What the misprinted loss makes of the digits, as the cell has printed it."""
    path = Path(__file__).parents[3] / "chapters" / "cross-entropy.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (shown,) = (c.outputs[0].text for c in cells if c.source.startswith("compete ="))
    true, named = (np.array(row.split(), int) for row in re.findall(r"\[([\d ]+)\]", shown))
    return named[0] > 5 * true[0] and named[1] > 2 * true[1] and not named[2:].any()


HELD = {
    "class 1 far too often, class 2 too often, and no other class at all": two_classes_are_named,
    "Usually the shapes do not fit then, and NumPy complains. If all labels are 0, it does not": (
        too_few_columns
    ),
    "runs close below the other curve on the right": close_below,
    "With one softmax the gain comes as near to $\\log C$ as one likes": lambda: all(
        0 < -log_softmax_of([far, *[0] * 9])[0] < 10 * np.exp(-far) for far in (5, 10, 30)
    ),
    "with the sum, twice as much data of the same kind makes a step of the training about twice "
    "as long": sum_grows,
    "The two roads end in the same number": roads_meet,
    "It is infinite if some class with $y_c > 0$ has $p_c = 0$": lambda: np.isinf(
        rel_entr([0.5, 0.5], [1, 0]).sum()
    ),
    "So the floor is «0.611» again": lambda: entr(VOTES).sum(),
    "The mean of these floors is called the *conditional entropy* $H(Y|X)$": floors_have_the_mean,
    "The mean of the $1 / p_k$ is larger, unless they are all equal": (
        lambda: (
            mean_of_exponentials_is_larger()
            and np.isclose(np.exp(np.full(5, 2.0)).mean(), np.exp(2))
        )
    ),
    "twice these numbers double all gaps, and every loss falls": wider_is_cheaper,
    "If one photograph has labels of every class, descent on their mean loss has a place to rest": (
        rests_with_every_class
    ),
    "large random ones, with which it is often confidently wrong": starts_sure_and_wrong,
    "at equal probabilities the inner Jacobian shrinks every slope to a tenth": shrunk_to_a_tenth,
    "If all labels are equal it is even the right one": table_of_equal_labels_is_right,
    "one nat is $1 / \\log 2$ bits, about «1.443»": lambda: 1 / np.log(2),
    "It is the number of classes among which a fair guess would cost as much": lambda: np.isclose(
        -np.log(1 / 7), np.log(7)
    ),
    "the mean probability of each class equals its frequency in the training data": (
        bias_makes_means_equal
    ),
    "the mean loss is lowest exactly where the prediction is the distribution of the labels": (
        lowest_is_the_target
    ),
    "These are the gaps of the logits": lambda: np.allclose(
        np.diff(-log_softmax_of([3, 1, -3])), [2, 4]
    ),
    "at $p_k = 1/2$ the slope is «−2»": lambda: -1 / 0.5,
    "about «3.31», the misprinted loss is negative": lambda: np.log(np.exp(2) + np.exp(3)),
    "If the labels have the distribution $y$, its mean over them is": mean_of_squares_is_as_written,
    "cost least at «0.7», by either loss": lambda: (
        minimize_scalar(
            lambda share: squares(np.array([share, 1 - share])), bounds=(0, 1), method="bounded"
        ).x
    ),
    "With two classes, from $p_k = 1/3$ down, the worse the mistake, the weaker the correction": (
        lambda: np.isclose(weakest_below(), 1 / 3, atol=1e-4)
    ),
    "for a mistake that is shared out evenly has smaller squares": shared_mistake_is_cheaper,
    "For ten classes, from $\\alpha = 0.1$ to $0.001$ it roughly doubles": lambda: (
        1.9 < best_gap(0.001) / best_gap(0.1) < 2.1
    ),
    "a mean loss of «0.926» instead of «0.773»": lambda: (
        mean_loss(softmax_of(TWO, axis=1)),
        mean_loss(TWO),
    ),
    "so there is nothing left to subtract": lambda: np.allclose(
        logsumexp(log_softmax_of(drawn((9, 4)), axis=1), axis=1), 0, atol=1e-14
    ),
    "Small random ones start a little higher in most runs": lambda: (
        0.7 < np.mean([np.log(10) < start < np.log(10) + 0.4 for start in starts_of_digits()]) < 1
    ),
    "less than one in a million": lambda: np.exp(-14) < 1e-6,
    "the mean of $e^L$ is never below $e$ to the mean of $L$": mean_of_exponentials_is_larger,
    "the right sum is larger, and so is its logarithm": never_larger,
    "In the second, the third class has $0.2 \\log (0.2 / 0)$, which is infinite": lambda: np.isinf(
        rel_entr(0.2, 0)
    ),
}

"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

from functools import cache

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LogisticRegression

LOGITS = np.array([3.0, 1.0, -3.0])


@cache
def digits():
    """The page's split: ink and labels of the training and of the test pictures."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.data))
    test, train = order[:450], order[450:]
    ink = data.data / 16
    return ink[train], data.target[train], ink[test], data.target[test]


@cache
def trained():
    """Train by hand, at rate 20 and alpha = 1/N: the first step, six mean losses, the last P."""
    X, labels, X_test, labels_test = digits()
    X, X_test = X - X.mean(axis=0), X_test - X.mean(axis=0)
    Y = np.eye(10)[labels]
    W, b, losses = np.zeros((64, 10)), np.zeros(10), []
    for step in range(1, 301):
        G = (softmax(X @ W + b, axis=1) - Y) / len(X)
        W, b = W - 20 * (X.T @ G + W / len(X)), b - 20 * G.sum(axis=0)
        if step == 1:
            first_step = W
        if step in (1, 3, 10, 30, 100, 300):
            pairs = (X, labels), (X_test, labels_test)
            logs = [log_softmax(x @ W + b, axis=1)[np.arange(len(k)), k] for x, k in pairs]
            losses.append([-each.mean() for each in logs])
    return first_step, np.array(losses), softmax(X_test @ W + b, axis=1)


def wrong():
    """The true and the given answers of all mistakes on the test pictures, and P there."""
    P, labels = trained()[2], digits()[3]
    rows = P.argmax(axis=1) != labels
    return labels[rows], P[rows].argmax(axis=1), P[rows]


def eights():
    true, said, _ = wrong()
    return 3 * np.sum(true == 8) == len(true) and np.sum((true == 8) & (said == 1)) == 3


def surest_is_most_wrong():
    true, _, P = wrong()
    return P[np.arange(len(true)), true].argmin() == P.max(axis=1).argmax()


def ring():
    zero = trained()[0][:, 0].reshape(8, 8)
    return np.all(zero[3:5, 3:5] < 0) and np.all(zero[[2, 4, 5], 2] > 0) and zero[4, 5] > 0


def wine_score():
    """The accuracy of 200 steps of 1/K on scaled wines, by hand."""
    wine = load_wine()
    X = (wine.data - wine.data.mean(axis=0)) / wine.data.std(axis=0)
    X = np.column_stack([X, np.ones(len(X))])
    rate = 1 / (np.linalg.norm(X, 2) ** 2 / len(X) / 2 + 1e-4)
    W, Y = np.zeros((14, 3)), np.eye(3)[wine.target]
    for _ in range(200):
        W = W - rate * (X.T @ (softmax(X @ W, axis=1) - Y) / len(X))
    return np.mean((X @ W).argmax(axis=1) == wine.target)


def proline_is_the_largest():
    means = np.sort(load_wine().data.mean(axis=0))
    return abs(means[-1] - 750) < 5 and means[-2] < 100


def pull(T, true=1):
    return 1 - softmax(LOGITS / T)[true]


def cross_entropy(z, y):
    return -np.sum(y * log_softmax(z, axis=-1), axis=-1)


def goes_on_rising():
    z, half, losses = np.array([0.4, 0.0]), np.array([0.5, 0.5]), []
    for _ in range(21):
        losses.append(cross_entropy(z, half))
        z = z - 4.4 * (softmax(z) - half)
    return np.all(np.diff(losses) > 0)


def both_sides():
    J = np.array([[0.25, -0.25], [-0.25, 0.25]])
    v = np.array([1.0, -1.0])
    return v @ J @ v == 1 and v @ v / 2 == 1


def a_hard_label_always_gains():
    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 2, (500, 4)), np.eye(4)[rng.integers(4, size=500)]
    rates = (0.1, 4, 8, 400)
    moved = [z - rate * (softmax(z, axis=1) - y) for rate in rates]
    return all(np.all(cross_entropy(each, y) <= cross_entropy(z, y)) for each in moved)


def the_bias_absorbs_the_mean():
    X, labels, X_test, _ = digits()
    both = []
    for shift in (0, X.mean(axis=0)):
        model = LogisticRegression(tol=1e-6, max_iter=1000).fit(X - shift, labels)
        both.append(model.predict_proba(X_test - shift))
    return np.allclose(*both, atol=1e-3)


HELD = {
    "Of the wrong classes, the most believed one is pushed the hardest": lambda: (
        softmax(LOGITS)[[0, 2]].argmax() == LOGITS[[0, 2]].argmax()
    ),
    "a modest wrong answer is pulled less than a sure one": lambda: pull(4.0) < pull(1.0),
    "pushes twice as hard: $2p - y$": lambda: np.allclose(
        [
            (cross_entropy(LOGITS + h, both) - cross_entropy(LOGITS - h, both)) / 2e-5
            for both in ([1, 1, 0],)
            for h in 1e-5 * np.eye(3)
        ],
        2 * softmax(LOGITS) - [1, 1, 0],
        atol=1e-8,
    ),
    "the loss rises with the first step, and goes on rising": goes_on_rising,
    "with $v = (1, -1)$ reach it: both sides are 1": both_sides,
    "no step is too long: its logit rises, and all others fall": a_hard_label_always_gains,
    "proline, is about 750 on average, and no other average is above 100": proline_is_the_largest,
    "With scaled features all of them are": lambda: wine_score() == 1,
    "ink on the ring speaks for it, ink in the middle speaks against it": ring,
    "from 2.303 to about one half. The mean pictures alone": lambda: (
        abs(trained()[1][0, 0] - 0.5) < 0.02
    ),
    "these are the pictures of 13 writers": lambda: all(
        part in " ".join(load_digits().DESCR.split())
        for part in ("copy of the test set", "30 contributed to the training set and different 13")
    ),
    "at each of the six points, what was seen is cheaper": lambda: np.all(
        trained()[1][:, 0] < trained()[1][:, 1]
    ),
    "a third of all mistakes are eights, and three of them were read as a 1": eights,
    "the model is surest where it is most wrong": surest_is_most_wrong,
    "At first the pull grows; in great heat the factor wins": lambda: (
        pull(1, 0) < pull(2, 0) / 2 > pull(4, 0) / 4 > pull(8, 0) / 8
    ),
    "since the bias can absorb the mean picture": the_bias_absorbs_the_mean,
}

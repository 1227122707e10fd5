"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

from functools import cache

import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.metrics import roc_curve
from sklearn.model_selection import train_test_split


def halves_hold_still():
    """With targets that sum to 2 the slope is 2 p - y."""
    return np.all(2 * np.array([0.5, 0.5, 0]) - [1, 1, 0] == 0)


@cache
def eights():
    """The page's layer without and with weights: the truth of the test digits, and both gaps."""
    X, digits = load_digits(return_X_y=True)
    parts = train_test_split(X / 16, digits, test_size=0.4, stratify=digits, random_state=0)
    learn, test, k, truth = (parts[0], parts[1], parts[2] == 8, parts[3] == 8)
    test, learn = test - learn.mean(axis=0), learn - learn.mean(axis=0)
    gaps = []
    for weights in (np.ones(len(k)), np.where(k, len(k) / 2 / k.sum(), len(k) / 2 / np.sum(~k))):
        W, b = np.zeros(64), 0.0
        # Of two classes the gap alone matters; it moves twice as fast as each logit.
        for _ in range(500):
            slope = weights * (1 / (1 + np.exp(-(learn @ W + b))) - k) / len(k)
            W, b = W - 8 * learn.T @ slope, b - 8 * slope.sum()
        gaps.append(test @ W + b)
    return truth, *gaps


def weights_stay_on_the_line():
    """No threshold on the plain layer is beaten, nor missed by much, by the weighted one."""
    truth, plain, weighted = eights()
    alarms, found, _ = roc_curve(truth, plain, drop_intermediate=False)
    alarm, recall = np.mean(weighted[~truth] > 0), np.mean(weighted[truth] > 0)
    best = found[alarms <= alarm].max()
    return best - 0.03 < recall <= best


def focal_pulls_harder():
    """Where the factor is above 1: from 0 to some p below one half, for gamma 2."""
    p = np.linspace(1e-6, 1 - 1e-6, 10_001)
    above = (1 - p) * (1 - p - 2 * p * np.log(p)) > 1
    return above[:2000].all() and not above[p > 0.3].any()


def order_is_kept():
    """The cheapest answer of three classes has the order of the truth."""
    y, gamma = np.array([0.5, 0.3, 0.2]), 2
    z = np.zeros(3)
    for _ in range(3000):
        p = softmax(z)
        each = (1 - p) ** (gamma - 1) * (1 - p - gamma * p * np.log(p))
        z = z - (y * each).sum() * p + y * each
    return np.all(np.diff(softmax(z)) < -0.01) and softmax(z)[0] < 0.49


HELD = {
    "the slopes would vanish at $p = (0.5, 0.5, 0)$": halves_hold_still,
    "Notice that the weights move along the line; they do not lift it.": weights_stay_on_the_line,
    "where the answer is wrong, but not hopeless, focal loss pulls harder.": focal_pulls_harder,
    "The order of the classes is kept, the probabilities are not": order_is_kept,
}

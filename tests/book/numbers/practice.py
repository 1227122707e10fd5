"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.metrics import roc_curve
from sklearn.model_selection import train_test_split

CHAPTERS = Path(__file__).resolve().parents[3] / "chapters"


def halves_hold_still():
    """With targets that sum to 2 the slope is 2 p - y."""
    return np.all(2 * np.array([0.5, 0.5, 0]) - [1, 1, 0] == 0)


@cache
def parts():
    """The page's digits, those to learn from and the others, about one mean; which are eights."""
    X, digits = load_digits(return_X_y=True)
    split = train_test_split(X / 16, digits, test_size=0.4, stratify=digits, random_state=0)
    learn, test, k, truth = (split[0], split[1], split[2] == 8, split[3] == 8)
    return learn - learn.mean(axis=0), test - learn.mean(axis=0), k, truth


@cache
def eights():
    """The page's layer without and with weights: the truth of the test digits, and both gaps."""
    learn, test, k, truth = parts()
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
    """Where the factor is above 1, for gamma 2: up to some p below 0.3; at 0 it begins at 1."""
    p = np.linspace(1e-6, 1 - 1e-6, 10_001)
    factor = (1 - p) * (1 - p - 2 * p * np.log(p))
    return factor[0] < 1.0001 and np.all(factor[p < 0.29] > 1) and np.all(factor[p > 0.3] < 1)


def independent_answers():
    """No two answers reach one half for both and one half for neither; halves give a quarter."""
    one, other = np.meshgrid(np.linspace(0, 1, 101), np.linspace(0, 1, 101))
    least = np.minimum(one * other, (1 - one) * (1 - other))
    return least.max() == least[50, 50] == 1 / 4


def no_plane_between():
    """No weights and bias put all eights that are learned on one side, and the others opposite."""
    learn, _, k, _ = parts()
    side = np.where(k, 1, -1)[:, None] * np.column_stack([learn, np.ones(len(k))])
    free = [(None, None)] * side.shape[1]
    found = linprog(np.zeros(len(free)), A_ub=-side, b_ub=-np.ones(len(k)), bounds=free)
    return found.status == 2  # infeasible


def weights_in_whole_numbers():
    _, _, k, _ = parts()
    return round(np.sum(~k) / k.sum()) == 9


def no_eight_for_ten_steps():
    learn, test, k, _ = parts()
    W, b = np.zeros(64), 0.0
    seen = []
    for _ in range(20):
        seen.append(np.any(test @ W + b > 0))
        slope = (1 / (1 + np.exp(-(learn @ W + b))) - k) / len(k)
        W, b = W - 2 * learn.T @ slope, b - 2 * slope.sum()
    return not any(seen[:11]) and seen[-1]


def unseen_pairs_get_dearer():
    """Of the text of the page: what no pair of its beginning shows costs more after each step."""
    page = json.loads((CHAPTERS / "practice.ipynb").read_text(encoding="utf-8"))
    cells = ("".join(cell["source"]) for cell in page["cells"])
    (start,) = (cell.partition('"""')[2] for cell in cells if cell.startswith('text = """'))
    text = start.partition('"""')[0].replace("\n", " ")
    letters = sorted(set(text))
    codes = np.array([letters.index(letter) for letter in text])
    pairs = np.zeros((len(letters), len(letters)))
    np.add.at(pairs, (codes[:499], codes[1:500]), 1)
    new = {(a, b) for a, b in pairwise(codes[499:]) if not pairs[a, b]}
    rows, columns = np.transpose(sorted(new))
    z, share = np.zeros_like(pairs), softmax(np.zeros_like(pairs), axis=1)
    for _ in range(500):
        z -= 20 * (share * pairs.sum(axis=1, keepdims=True) - pairs) / 499
        before, share = share, softmax(z, axis=1)
        if np.any(share[rows, columns] >= before[rows, columns]):
            return False
    return len(new) > 0


def order_is_kept():
    """The cheapest answer of three classes has the order of the truth."""
    y, gamma = np.array([0.5, 0.3, 0.2]), 2
    z = np.zeros(3)
    for _ in range(3000):
        p = softmax(z)
        each = (1 - p) ** (gamma - 1) * (1 - p - gamma * p * np.log(p))
        z = z - (y * each).sum() * p + y * each
    return np.all(np.diff(softmax(z)) < -0.01) and softmax(z)[0] < 0.49


def rounds_to_one():
    """The smallest whole logit whose share is 1."""
    z = np.arange(100.0)
    return z[1 / (1 + np.exp(-z)) == 1].min()


HELD = {
    "the slopes would vanish at $p = (0.5, 0.5, 0)$": halves_hold_still,
    "Notice that the weights move along the line; they do not lift it.": weights_stay_on_the_line,
    "where the true class has little, focal loss pulls harder, but hardly where it has next to "
    "nothing.": focal_pulls_harder,
    "Logits of «37» or more break the attempt: $s$ rounds to 1": rounds_to_one,
    "So do logits of $«-710»$ or less: $e^{-z}$ overflows": lambda: (
        -np.ceil(np.log(np.finfo(float).max))
    ),
    "So *either both or neither* cannot be said: two sigmoids of $1/2$": independent_answers,
    "It cannot get all the digits right that it learns from": no_plane_between,
    "as the weights are 9 to 1": weights_in_whole_numbers,
    "For ten steps the accuracy does not move": no_eight_for_ten_steps,
    "It makes them ever less likely, and each costs ever more": unseen_pairs_get_dearer,
    "The order of the classes is kept, the probabilities are not": order_is_kept,
}

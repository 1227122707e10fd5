"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LogisticRegression

import softmax_lib
from softmax_lib import check

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


def wine_says():
    return " ".join(load_wine().DESCR.split())


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


def refused():
    try:
        softmax_lib.softmax_cross_entropy(LOGITS, [1.0, 1.0, 0.0])
    except ValueError:
        return True
    return False


def settled(target, steps=60, rate=2.0):
    """The probabilities on the way of the figure, with the start and the end."""
    z, path = LOGITS, []
    for _ in range(steps + 1):
        path.append(softmax(z))
        z = z - rate * (softmax(z) - target)
    return np.array(path)


def soft_lines():
    cat, dog, bird = settled(np.array([0.1, 0.8, 0.1])).T
    flat = np.ptp(np.array([cat, dog, bird])[:, 30:], axis=1).max() < 0.005
    return 0.83 < dog.max() < 0.86 and flat and abs(cat[-1] - 0.1) + abs(bird[-1] - 0.1) < 1e-4


def hard_line():
    dog = settled(np.array([0.0, 1.0, 0.0]))[:, 1]
    return dog[0] < 0.5 < dog[1] and np.all(np.diff(dog) > 0) and dog[-1] < 1


def play():
    """The explorer stops below the force that is named, and before it gets tired."""
    file = Path(softmax_lib.__file__).parent / "explorer" / "explorer.js"
    last = [np.abs(settled(np.eye(3)[k], steps=499, rate=1.0)[-1] - np.eye(3)[k]) for k in (1, 2)]
    return "Math.abs(row[3]) < 0.01)" in file.read_text() and np.max(last) < 0.01


def multiples_of_separating_weights():
    z = np.array([[2.0, 1.0, 0.0], [0.0, 0.1, -3.0]])
    at = [cross_entropy(t * z, np.eye(3)[[0, 1]]).mean() for t in (1, 10, 300)]
    return at[0] > at[1] > at[2] > 0 and at[2] < 1e-12


def longest(X):
    """The largest mean square along a direction of the features and the 1."""
    tilde = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(tilde.T @ tilde / len(X))[-1]


def ten_times_as_large():
    rng = np.random.default_rng(0)
    some = [scale * rng.normal(1, 2, (9, 3)) for scale in (0.01, 0.3, 1, 20)]
    factors = [longest(10 * X) / longest(X) for X in some]
    least = all(longest(X) >= np.max(np.mean(X**2, axis=0)) for X in some)
    return max(factors) < 100 < 1.001 * max(factors) and min(factors) < 2 and least


def safe_steps():
    """No step changes F by more than the theorem says; at 2/K none raises it."""
    rng, over, rises = np.random.default_rng(0), [], []
    for scale in np.repeat((0.1, 1, 5), 60):
        X, Y = scale * rng.normal(size=(5, 2)), softmax(rng.normal(0, 3, (5, 3)), axis=1)
        X, W, alpha = np.column_stack([X, np.ones(5)]), rng.normal(size=(3, 3)), rng.choice([0, 1])
        K, weights = longest(X[:, :2]) / 2 + alpha, np.array([[1], [1], [0]])

        def F(W, X=X, Y=Y, alpha=alpha):
            return cross_entropy(X @ W, Y).mean() + alpha / 2 * np.sum(W[:2] ** 2)

        g = X.T @ (softmax(X @ W, axis=1) - Y) / 5 + alpha * weights * W
        for rate in (0.5 / K, 1 / K, 2 / K):
            change = F(W - rate * g) - F(W)
            over.append(change + rate * (1 - rate * K / 2) * np.sum(g**2))
            rises.append(change)
    return max(over) < 1e-12 and max(rises) < 0


def strokes():
    step = trained()[0] / np.abs(trained()[0]).max()
    one, seven = step[:, 1].reshape(8, 8), step[:, 7].reshape(8, 8)
    strong = np.all(one[1:7, 3:5].max(axis=1) > 0.25) and np.all(seven[:4, 5] > 0.25)
    return strong and np.all(seven[5:7, 5:7] < 0)


def mean_pictures():
    X, _, X_test, labels = digits()
    said = ((X_test - X.mean(axis=0)) @ trained()[0]).argmax(axis=1)
    return np.mean(said == labels) > 0.75


def darkest_cell():
    true, said, _ = wrong()
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (true, said), 1)
    return counts.max() == counts[8, 1] == 3 and np.sum(counts == 3) == 1


def the_rest_is_ours():
    """The gradient of the objective is far smaller at scikit-learn's weights than at ours."""
    X, labels, _, _ = digits()
    X, Y = X - X.mean(axis=0), np.eye(10)[labels]
    peer = LogisticRegression(tol=1e-8, max_iter=1000).fit(X, labels)
    ours = softmax_lib.SoftmaxRegression(learning_rate=20, max_iter=300, alpha=1 / len(X))
    left = [
        np.linalg.norm(X.T @ (m.predict_proba(X) - Y) + m.coef_.T)
        for m in (peer, ours.fit(X, labels))
    ]
    return left[0] < 0.1 * left[1]


def half_mended(X, labels, W, b, rate):
    G = softmax(X @ W + b, axis=1)
    G[np.arange(len(X)), labels] -= 1
    W -= rate * X.T @ G / len(X)
    b -= rate * G.mean(axis=0)
    return W, b


def longest_ink():
    """The mean picture, and what the longest directions are with it and without."""
    ink = digits()[0]
    mean = ink.mean(axis=0)
    first = np.linalg.svd(ink)[2][0]
    along = abs(first @ mean) / np.linalg.norm(mean) > 0.99
    return along and abs(longest(ink - mean) - 1) < 1e-9


def a_worse_answer_with_a_shorter_gradient():
    """The page's dog, and one that has less and whose cat and bird share the rest evenly."""
    page, even = softmax(LOGITS), np.array([0.499, 0.002, 0.499])
    slopes = [p - np.eye(3)[1] for p in (page, even)]
    sizes, lengths = (np.linalg.norm(slopes, order, axis=1) for order in (1, 2))
    told = np.allclose(sizes, [2 * (1 - page[1]), 2 * (1 - even[1])])
    return told and even[1] < page[1] and sizes[1] > sizes[0] and lengths[1] < lengths[0]


def halves_of_the_gap():
    """The weights of threes and eights, ours and the one row of scikit-learn."""
    X, labels, _, _ = digits()
    pair = np.isin(labels, (3, 8))
    X, labels = X[pair] - X.mean(axis=0), labels[pair]
    w = LogisticRegression(tol=1e-8, max_iter=1000).fit(X, labels).coef_[0]
    ours = softmax_lib.SoftmaxRegression(learning_rate=10, max_iter=3000, alpha=2 / len(X))
    return np.allclose(ours.fit(X, labels).coef_, [-w / 2, w / 2], atol=1e-3 * np.abs(w).max())


def the_way_is_shorter():
    """The objective after 50 steps with the safe rate, with the mean picture and without."""
    X, labels, _, _ = digits()
    models = [
        softmax_lib.SoftmaxRegression(max_iter=50, alpha=1 / len(X)).fit(each, labels)
        for each in (X, X - X.mean(axis=0))
    ]
    (rate, loss), (other_rate, other_loss) = ((m.learning_rate_, m.loss_curve_[-1]) for m in models)
    return other_rate > 10 * rate and other_loss < 0.5 * loss


def inputs_are_a_factor():
    """Larger inputs may make the gradient in W shorter: p - y depends on them, too."""
    W, x, y = np.array([[2.0, -1.0], [1.0, 0.0]]), np.array([1.0, 1.0]), np.array([1, 0])
    apart = [(t * x, softmax(t * x @ W) - y) for t in (1, 3, 10)]
    lengths = [np.linalg.norm(np.outer(*pair)) for pair in apart]
    products = [np.linalg.norm(x) * np.linalg.norm(g) for x, g in apart]
    return np.allclose(lengths, products) and lengths[0] > lengths[1] > lengths[2]


def n_times_as_long():
    """Without 1/N a step is N times as long, but with opposite examples it does not grow."""
    X, Y = np.array([[1.0], [-1.0], [3.0]]), np.array([[1, 0], [1, 0], [0, 1]])
    each = X[:, :, None] * (0.5 - Y)[:, None]
    lengths = [[np.linalg.norm(f(each[:n], axis=0)) for f in (np.sum, np.mean)] for n in (1, 2, 3)]
    of_sum, of_mean = np.transpose(lengths)
    return of_sum[1] < of_sum[0] and np.allclose(of_sum, [1, 2, 3] * of_mean)


def tolerances_are_added():
    numbers, naive = np.exp(-40) * np.array([-1, 1]), np.array([0, np.exp(-40)])
    by_itself = np.allclose(naive, numbers, rtol=1e-6, atol=0)
    return np.allclose(naive, numbers, rtol=1e-6) and not by_itself


def reads_as_well():
    X, labels, X_test, labels_test = digits()
    mean = X.mean(axis=0)
    peer = LogisticRegression(tol=1e-8, max_iter=1000).fit(X - mean, labels)
    return peer.score(X_test - mean, labels_test) == 1 - len(wrong()[0]) / len(labels_test)


def no_slope_is_0():
    rng = np.random.default_rng(0)
    slopes = [softmax(rng.normal(0, 3, C)) - np.eye(C)[0] for C in (2, 3, 9)]
    alone = softmax(np.array([3.0])) - 1
    return all(np.all(each != 0) for each in slopes) and alone[0] == 0


HELD = {
    "the safe rate is many times larger": the_way_is_shorter,
    "Only the way is shorter without it": the_way_is_shorter,
    "A step on all examples with a rate of at most $2/K$ cannot raise the objective": safe_steps,
    "it has the inputs as a factor": inputs_are_a_factor,
    "The gradient in the weights has the inputs as a factor": inputs_are_a_factor,
    "Whoever forgets the $1/N$ has a step $N$ times as long": n_times_as_long,
    "(`np.allclose` adds the two, so set `atol=0`)": tolerances_are_added,
    "with the same penalty as well as scikit-learn's": reads_as_well,
    "One step has taken away more than half of the loss": lambda: (
        cross_entropy(LOGITS - (softmax(LOGITS) - np.eye(3)[1]), np.eye(3)[1])
        < cross_entropy(LOGITS, np.eye(3)[1]) / 2
    ),
    "With two classes or more, no slope in $z$ is 0": no_slope_is_0,
    "The library refuses such a target": refused,
    "the dog jumps above one half in the first step and then creeps towards 1": hard_line,
    "cat and bird meet at 0.1, and all lines are flat from step 30 on": soft_lines,
    "it goes on until every force is below 0.01": play,
    "Large multiples of these weights bring the loss as near to 0 as one likes": (
        multiples_of_separating_weights
    ),
    "heat above $T = 1$ weakens the pull on the dog twice": lambda: all(
        pull(T) < pull(1.0) for T in np.geomspace(1.0001, 1e6, 500)
    ),
    "Features ten times as large make $\\lambda$ up to a hundred times as large, and $\\lambda$ is "
    "at least the mean square of each": ten_times_as_large,
    "brings «178» wines of three types, with «13» measurements each": lambda: (
        load_wine().data.shape
        if len(set(load_wine().target)) == 3 and "the three types of wine" in wine_says()
        else (0, 0)
    ),
    "The length does so only roughly: it also depends on how the other classes share the rest": (
        a_worse_answer_with_a_shorter_gradient
    ),
    "At the best weights they are $-w/2$ and $w/2$": halves_of_the_gap,
    "With $x / 255$ and the same $p - y$ it would be 255 times shorter": lambda: np.isclose(
        np.linalg.norm(np.outer(np.full(64, 255.0), [-1, 1])),
        255 * np.linalg.norm(np.outer(np.full(64, 1.0), [-1, 1])),
    ),
    "almost to the bottom in one step": lambda: (
        np.ptp(np.array([0.4, 0.0]) - 2 * (softmax([0.4, 0.0]) - 0.5)) < 0.02 * 0.4
    ),
    "changes $F$ by at most $-\\eta \\left(1 - \\frac{\\eta K}{2}\\right) \\|g\\|^2$. So it cannot "
    "raise $F$ if $\\eta \\le 2 / K$": safe_steps,
    "the 1 has a blue stroke down its middle; the 7 is blue at the top right, and vermilion at "
    "the bottom right": strokes,
    "The mean pictures alone read most of the digits": mean_pictures,
    "Both are nearly flat after step 100": lambda: np.all(
        np.abs(np.diff(trained()[1][4:], axis=0)) < 0.003
    ),
    "the darkest cell is three eights that were read as 1": darkest_cell,
    "mostly the distance that gradient descent still has to go": the_rest_is_ours,
    "the other one shows when that is mended": lambda: (
        check.training_step(half_mended).diagnosis == "argument-changed"
    ),
    "The direction of the mean picture dominates the ink. Without it, the longest direction is "
    "the column of ones": longest_ink,
    "Of the wrong classes, the most believed one is pushed the hardest": lambda: (
        softmax(LOGITS)[[0, 2]].argmax() == LOGITS[[0, 2]].argmax()
    ),
    "the dog then always has more than its «0.119», so less is left to pull": lambda: (
        1 - max(pull(T) for T in np.geomspace(1, 1e6, 500))
    ),
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
    "of all the mistakes it is the surest, and the most wrong": surest_is_most_wrong,
    "At first the pull grows; in great heat the factor wins": lambda: (
        pull(1, 0) < pull(2, 0) / 2 > pull(4, 0) / 4 > pull(8, 0) / 8
    ),
    "since the bias can absorb the mean picture": the_bias_absorbs_the_mean,
}

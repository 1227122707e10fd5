"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import warnings
from functools import cache

import numpy as np
import scipy.special
import scipy.stats
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from softmax_lib import OneHiddenLayer, hidden_layer_backward


@cache
def train():
    data = load_digits()
    options = {"train_size": 1000, "stratify": data.target, "random_state": 0}
    X, _, labels, _ = train_test_split(data.data / 16, data.target, **options)
    return X, labels


def slope_of_forces(weights, unit):
    """The force on a unit's output, by differences of the loss itself."""
    h = np.array([2.0, 1.0, 0.0])

    def loss(h):
        z = h @ weights
        return scipy.special.logsumexp(z) - z[1]

    step = 1e-5 * np.eye(3)[unit]
    return (loss(h - step) - loss(h + step)) / 2e-5


WEIGHTS = np.array([[1, 0, -1], [1, 1, -1], [0.5, -2, 1]])


def start():
    rng = np.random.default_rng(0)
    return np.sqrt(2 / 64) * rng.normal(size=(64, 32)), np.sqrt(1 / 32) * rng.normal(size=(32, 10))


def dead(U, u):
    return set(np.flatnonzero((train()[0] @ U + u).max(axis=0) <= 0))


def two_are_born_dead_and_no_other_dies():
    model = OneHiddenLayer(max_iter=5).fit(*train())
    born = dead(start()[0], 0)
    return len(born) == 2 and dead(model.coefs_[0], model.intercepts_[0]) == born


def one_step_kills():
    model = OneHiddenLayer(learning_rate=10, max_iter=1, batch_size=None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(*train())
    return len(dead(model.coefs_[0], model.intercepts_[0]) - dead(start()[0], 0)) >= 5


def a_penalty_opens_a_unit():
    """Whether a unit that is shut for both examples opens in 300 steps: without, with a penalty."""
    X, Y = np.array([[1.0], [2.0]]), np.eye(2)
    opens = []
    for alpha in (0, 0.05):
        U, u, W, b = np.array([[-2.0]]), np.array([1.0]), np.array([[1.0, -1.0]]), np.zeros(2)
        for _ in range(300):
            H = np.maximum(X @ U + u, 0)
            G = (scipy.special.softmax(H @ W + b, axis=1) - Y) / 2
            back = G @ W.T * (H > 0)
            U, u = U - 0.1 * (X.T @ back + alpha * U), u - 0.1 * back.sum(axis=0)
            W, b = W - 0.1 * (H.T @ G + alpha * W), b - 0.1 * G.sum(axis=0)
        opens.append(bool((X @ U + u > 0).any()))
    return opens == [False, True]


def peer(**options):
    options |= {"solver": "sgd", "momentum": 0, "shuffle": False, "random_state": 0}
    return MLPClassifier(8, learning_rate_init=0.1, **options)


def two_classes_are_another_network():
    X, labels = train()
    models = [
        peer().partial_fit(X[labels < C], labels[labels < C], classes=range(C)) for C in (2, 3)
    ]
    return [model.out_activation_ for model in models] == ["logistic", "softmax"]


def cut_at_two_hundred():
    """Whether 200 pictures at once are one step, and 400 two."""
    X, labels = train()
    whole, halves, once = peer(), peer(), peer(batch_size=200)
    for model, cuts in ((whole, [400]), (halves, [200, 400]), (once, [200, 400])):
        for start, end in zip([0, *cuts], cuts, strict=False):
            model.partial_fit(X[start:end], labels[start:end], classes=range(10))
    same = [np.allclose(whole.coefs_[0], model.coefs_[0], 1e-12) for model in (halves, once)]
    one = peer(batch_size=400).partial_fit(X[:400], labels[:400], classes=range(10))
    return all(same) and not np.allclose(whole.coefs_[0], one.coefs_[0], 1e-6)


def first_loss(X, labels, scale=1):
    U, W = (scale * weights for weights in start())
    p = scipy.special.log_softmax(np.maximum(X @ U, 0) @ W, axis=1)
    return -p[np.arange(len(X)), labels].mean()


def the_first_loss_is_an_alarm():
    X, labels = train()
    wrong = np.random.default_rng(0).permutation(labels)
    near = [first_loss(X, labels), first_loss(X, wrong)]
    far = [first_loss(X, labels, 10), first_loss(16 * X, labels), len(X) * near[0]]
    return max(np.abs(near - np.log(10))) < 0.1 and min(far) > 2 * np.log(10)


def pictures_are_alike():
    """Over the draws, the mean squares behind two pictures go up and down together."""
    rng = np.random.default_rng(0)
    draws = [np.sqrt(2 / 64) * rng.normal(size=(64, 32)) for _ in range(100)]
    squares = [np.mean(np.maximum(train()[0][:200] @ U, 0) ** 2, axis=1) for U in draws]
    between = np.corrcoef(np.transpose(squares))[np.triu_indices(200, 1)]
    return between.mean() > 0.4 and np.mean(between > 0) > 0.99


def corners():
    """Along a straight way the slope of the gap changes where a unit opens, and nowhere else."""
    rng = np.random.default_rng(0)
    U, u, w = rng.normal(size=(2, 8)), rng.normal(size=8), rng.normal(size=8)
    t = np.linspace(-3, 3, 6001)
    way = np.column_stack([0.3 + 0.8 * t, -0.2 + 0.6 * t])
    A = way @ U + u
    bends = np.abs(np.diff(np.maximum(A, 0) @ w, 2)) > 1e-9
    opens = np.any(np.diff(A > 0, axis=0), axis=1)
    return np.all(~bends | opens[1:] | opens[:-1]) and opens.sum() >= 4 and bends.sum() >= 4


def nothing_moves_from_zero():
    X, labels = train()
    model = OneHiddenLayer(start_scale=0, max_iter=5).fit(X, labels)
    only_b = not any(np.any(part) for part in (*model.coefs_, model.intercepts_[0]))
    return only_b and np.any(model.intercepts_[1])


def touches_from_below():
    x = np.linspace(-5, 5, 101)
    lines = [slope * x <= np.maximum(x, 0) for slope in np.linspace(0, 1, 11)]
    beyond = [np.all(slope * x <= np.maximum(x, 0)) for slope in (-0.1, 1.1)]
    return np.all(lines) and not any(beyond)


def a_last_batch_counts_too_much():
    g = np.array([1.0, 2, 3, 4, 50])
    means, sizes = np.array([g[:2].mean(), g[2:4].mean(), g[4:].mean()]), np.array([2, 2, 1])
    return means.mean() > g.mean() + 5 and np.isclose(np.average(means, weights=sizes), g.mean())


def tanh_falls_asleep():
    slope = 1 / np.cosh(np.linspace(-300, 300, 101)) ** 2
    return np.all(slope > 0) and slope.min() < 1e-200


def tanh_dies_in_floating_point():
    H = np.tanh([[-1e300, -20.0, -10, 10, 20, 1e300]])
    slopes = hidden_layer_backward([[1]], np.ones((1, 6)), H, H**2, activation="tanh")[2]
    return np.array_equal(slopes == 0, [True, True, False, False, True, True])


HELD = {
    "Notice the corners on the right; each is made by one hidden unit": corners,
    "Unit 2 speaks for cat and dog alike. Push and pull nearly cancel": lambda: (
        abs(slope_of_forces(WEIGHTS, 1)) < 0.01
    ),
    "it gets the strongest push of all, «2.204»": lambda: slope_of_forces(WEIGHTS, 2),
    "A single step can kill it, if it is too long": one_step_kills,
    "Two units are dead before the first step: as their weights were drawn, no picture opens them. "
    "With the rate 0.1 no other dies": two_are_born_dead_and_no_other_dies,
    "nothing reaches the hidden layer. With $H = 0$ the gradient $H^{\\top} (P - Y) / N$ in $W$ "
    "is 0. Neither can move before the other does: only $b$ learns": nothing_moves_from_zero,
    "Its slope is above 0 everywhere, but it can be as small as one likes": tanh_falls_asleep,
    "beyond $|a| = 20$, tanh is rounded to −1 or 1, and the slope is 0": (
        tanh_dies_in_floating_point
    ),
    "a draw that makes large numbers of one tends to make large numbers of the others": (
        pictures_are_alike
    ),
    "a cheap alarm: the start is too large, or the features are, or a mean was forgotten. (It "
    "tells nothing of the labels. Wrong ones have the same first loss on average, near": (
        the_first_loss_is_an_alarm
    ),
    "it is a factor of «1024» in the mean square, «32» in the size": lambda: (2**10, 2**5),
    "each layer makes the numbers about seven times smaller": lambda: (
        abs(np.sqrt(0.02) / 0.02 - 7) < 0.1
    ),
    "for each number from 0 to 1, a line with this slope touches the graph at 0 from below": (
        touches_from_below
    ),
    "a last batch that is smaller counts more than its share, unless its gradient is weighted by "
    "its size": a_last_batch_counts_too_much,
    "chance alone moves such a count by about «5»": lambda: scipy.stats.binom.std(797, 26 / 797),
    "For three classes or more, scikit-learn's `MLPClassifier` is the same network": (
        two_classes_are_another_network
    ),
    "Its `partial_fit` on a batch of at most 200 is one step": cut_at_two_hundred,
    "and without a penalty it stays shut": a_penalty_opens_a_unit,
    "each example's gradient is a row of «2410» numbers": lambda: 64 * 32 + 32 + 32 * 10 + 10,
}

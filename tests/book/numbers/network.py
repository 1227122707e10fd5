"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

from functools import cache

import numpy as np
import scipy.special
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from softmax_lib import OneHiddenLayer, hidden_layer


@cache
def train():
    data = load_digits()
    rest, _ = train_test_split(np.arange(1797), stratify=data.target, test_size=0.2, random_state=0)
    kept, _ = train_test_split(rest, stratify=data.target[rest], test_size=0.25, random_state=0)
    return data.data[kept] / 16, data.target[kept]


def slope_of_forces(weights, unit):
    """The force on a unit's output, by differences of the loss itself."""
    h = np.array([2.0, 1.0, 0.0])

    def loss(h):
        z = h @ weights
        return scipy.special.logsumexp(z) - z[1]

    step = 1e-5 * np.eye(3)[unit]
    return (loss(h - step) - loss(h + step)) / 2e-5


WEIGHTS = np.array([[1, 0, -1], [1, 1, -1], [0.5, -2, 1]])


def dead_after(rate):
    model = OneHiddenLayer(learning_rate=rate, max_iter=10).fit(*train())
    return np.sum(hidden_layer(train()[0], model.coefs_[0], model.intercepts_[0]).max(axis=0) == 0)


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
    model = OneHiddenLayer(start_scale=0, max_iter=3).fit(X, labels)
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


HELD = {
    "Notice the corners on the right; each is made by one hidden unit": corners,
    "Unit 2 speaks for cat and dog alike. Push and pull nearly cancel": lambda: (
        abs(slope_of_forces(WEIGHTS, 1)) < 0.01
    ),
    "it gets the strongest push of all, «2.204»": lambda: slope_of_forces(WEIGHTS, 2),
    "With the rate 0.1 two units are dead as well; the other 30": lambda: dead_after(0.1) == 2,
    "nothing reaches the hidden layer. With $H = 0$ the gradient $H^{\\top} G$ in $W$ is 0. "
    "Neither can move before the other does: only $b$ learns": nothing_moves_from_zero,
    "Its slope is above 0 everywhere, but it can be as small as one likes": tanh_falls_asleep,
    "it is a factor of «1024» in the mean square, «32» in the size": lambda: (2**10, 2**5),
    "each layer makes the numbers about «seven» times smaller".replace(
        "«seven»", "seven"
    ): lambda: abs(np.sqrt(0.02) / 0.02 - 7) < 0.1,
    "Any number from 0 to 1 would do: it is the slope of a line that touches the graph at 0 from "
    "below": touches_from_below,
    "a last batch that is smaller counts more than its share, unless its gradient is weighted by "
    "its size": a_last_batch_counts_too_much,
    "each example's gradient is a row of «2410» numbers": lambda: 64 * 32 + 32 + 32 * 10 + 10,
}

"""Checks of the chapter on practice: yes-or-no losses, weighted means, priors, focal loss."""

import numpy as np

from softmax_lib import (
    binary_cross_entropy,
    log_softmax,
    one_hot,
    sigmoid,
    softmax,
    softmax_cross_entropy_grad,
    weighted_mean_loss,
)
from softmax_lib.check import backprop, cross_entropy, definition, overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import for_all, on_the_whole
from softmax_lib.check.cross_entropy import at, batches


def pairs(*nested):
    """Return inputs of a law: two arrays of floats each."""
    return tuple(tuple(np.array(values, dtype=float) for values in pair) for pair in nested)


# --- several labels at once ------------------------------------------------------------------


def _charged(yes, no):
    """Return a loss made of what a yes costs and what a no costs."""
    return lambda z, y: y * yes(z) + (1 - y) * no(z)


def _sigmoid_naive(z):
    return 1 / (1 + np.exp(-z))


def _sigmoid_of_a_yes(z):
    return np.exp(z) / (1 + np.exp(z))


def _of_shares(shares):
    return _charged(lambda z: -np.log(shares(z)), lambda z: -np.log(1 - shares(z)))


@for_all
def _floored(came, expected):
    """Losses are right, or all the same and far below what is expected."""
    off = np.abs(came - expected) > 0.01
    if not np.any(off) or not np.all(came[off] < expected[off]):
        return False
    return bool(np.ptp(came[off]) < 0.01 * came[off].max() and came[off].min() > 5)


BINARY = (
    Mistake(
        "softmax-for-sigmoid",
        "The classes compete. Softmax shares one answer among them; here each class is a question "
        "by itself, and gets a sigmoid of its own logit.",
        "sec-several-labels",
    ).like(
        _charged(lambda z: -log_softmax(z), lambda z: -np.log(1 - softmax(z))),
        lambda z, y: -y * log_softmax(z),
    ),
    Mistake(
        "no-is-free",
        "Only what is true is charged. What is false costs as well: the share of a no is 1 - s, "
        "and its loss -log(1 - s).",
        "sec-binary-loss",
    ).like(
        lambda z, y: y * np.logaddexp(0, -z),
    ),
    Mistake(
        "yes-and-no-exchanged",
        "A yes is charged as a no. The target y weighs -log s, and 1 - y weighs -log(1 - s); s "
        "itself has e to the -z.",
        "sec-binary-loss",
    ).like(lambda z, y: binary_cross_entropy(z, 1 - y)),
    Mistake(
        "target-rounded",
        "A target between 0 and 1 is taken for a yes or a no. It weighs both: y times the loss of "
        "a yes, 1 - y times that of a no.",
        "sec-binary-loss",
    ).like(
        lambda z, y: binary_cross_entropy(z, 1.0 * (y == 1)),
        lambda z, y: binary_cross_entropy(z, 1.0 * (y > 0)),
        lambda z, y: binary_cross_entropy(z, 1.0 * (y >= 0.5)),
        lambda z, y: binary_cross_entropy(z, 1.0 * (y > 0.5)),
    ),
    Mistake(
        "questions-averaged",
        "The mean over the questions is returned. One loss for each entry is asked for; the mean "
        "is written where it is wanted.",
        "sec-binary-loss",
    ).like(
        lambda z, y: binary_cross_entropy(z, y).mean(),
        lambda z, y: binary_cross_entropy(z, y).mean(axis=-1),
    ),
    Mistake(
        "questions-added",
        "The losses of the questions are added up. One loss for each entry is asked for.",
        "sec-binary-loss",
    ).like(
        lambda z, y: binary_cross_entropy(z, y).sum(),
        lambda z, y: binary_cross_entropy(z, y).sum(axis=-1),
    ),
    Mistake(
        "sigmoid-twice",
        "The sigmoid is applied twice. A sure yes then has the share 0.73, and never costs less "
        "than 0.31.",
        "sec-binary-loss",
    ).like(lambda z, y: binary_cross_entropy(sigmoid(z), y)),
    Mistake(
        "sigmoid-missing",
        "The logits are taken for probabilities. The sigmoid makes probabilities of them.",
        "sec-several-labels",
    ).like(_of_shares(lambda z: z)),
    overflow.SIGN_OF_LOG.like(lambda z, y: -binary_cross_entropy(z, y)),
    overflow.OTHER_LOGARITHM.like(
        lambda z, y: binary_cross_entropy(z, y) / np.log(2),
        lambda z, y: binary_cross_entropy(z, y) / np.log(10),
    ),
    Mistake(
        "slope-for-loss",
        "This is the slope, s - y. The loss is asked for.",
        "sec-binary-loss",
    ).like(lambda z, y: sigmoid(z) - y),
    cross_entropy.SQUARED_ERROR.like(lambda z, y: (sigmoid(z) - y) ** 2),
    Mistake(
        "log-of-sigmoid",
        "The share rounds to 0 or 1, or becomes nan, before its logarithm is taken. The formula "
        "from logits takes no logarithm of a share.",
        "sec-binary-loss",
    ).like(_of_shares(sigmoid), _of_shares(_sigmoid_naive), _of_shares(_sigmoid_of_a_yes)),
    Mistake(
        "exponential-of-a-yes",
        "The exponential overflows, of a large logit or of minus a very negative one. Put the "
        "larger of z and 0 before the logarithm; what is left in it is e to the -|z|.",
        "sec-binary-loss",
    ).like(
        lambda z, y: np.log(1 + np.exp(z)) - y * z,
        lambda z, y: np.log(1 + np.exp(-z)) + (1 - y) * z,
    ),
    overflow.CLIPPED_PROBABILITIES.seen_by(_floored),
    general.FEW_DIGITS,
)

UNSURE = pairs(([0, 0], [1, 0]), ([0, 0, 0], [1, 1, 0]))
ONE_PHOTOGRAPH = pairs(([4, 4, -4], [1, 1, 0]), ([4, 4, -4], [0, 1, 1]), ([-4, -4, -4], [0, 0, 0]))
TABLE = pairs(([[3, 1], [0, 0.5]], [[1, 1], [0, 0]]), ([[3, 1, -3], [0, 0.5, 2]], np.eye(2, 3)))
FAR = pairs(([1000, -1000], [1, 0]), ([1000, -1000], [0, 1]), ([-1000, 1000], [0, 0]))

BINARY_LOSSES = Exercise(
    "binary_cross_entropy(logits, targets)",
    binary_cross_entropy,
    """Check the loss of separate yes-or-no questions, one number for each entry.

    ``binary_cross_entropy(logits, targets)`` takes two arrays of the same shape, the targets from
    0 to 1, and returns an array of that shape.

    >>> def my_loss(z, y):
    ...     s = 1 / (1 + np.exp(-z))
    ...     return -y * np.log(s) - (1 - y) * np.log(1 - s)
    >>> check.binary_cross_entropy(my_loss).diagnosis
    'log-of-sigmoid'
    """,
    (
        Law("there is one loss for each entry", UNSURE, has_shape),
        Law(
            "no loss is negative",
            ONE_PHOTOGRAPH,
            holds(lambda came, *_: bool(np.all(came >= 0)), "no number below 0"),
        ),
        Law("a logit of 0 costs log 2, whatever is true", UNSURE),
        Law("a yes costs -log s, and a no costs -log(1 - s)", ONE_PHOTOGRAPH),
        Law("a target may lie between", pairs(([2, -1], [0.5, 0.25]), ([0, 3], [0.1, 0.9]))),
        Law("each entry of a batch is a question by itself", TABLE),
        Law("logits of 1000 and -1000 have their right loss, not inf or nan", FAR),
        left_alone((*ONE_PHOTOGRAPH, *TABLE)),
    ),
    BINARY,
)


# --- the mean of what counts -----------------------------------------------------------------


def _mean(losses, labels, class_weight, ignored):
    return weighted_mean_loss(losses, labels, class_weight=class_weight, ignore_index=ignored)


def _kept(formula):
    """Return a wrong mean of the losses that count, with their labels."""

    def mean(losses, labels, class_weight, ignored):
        kept = labels != ignored
        return formula(losses[kept], labels[kept], class_weight, len(labels))

    return mean


def _of_weights(formula):
    """Return a wrong mean made of losses and weights alone."""
    return _kept(lambda losses, labels, table, n: formula(losses, table[labels]))


def _zero_for_ignored(losses, labels, class_weight, ignored):
    weights = np.where(labels == ignored, 0, class_weight[labels])
    return np.sum(weights * losses) / weights.sum()


def _of_nothing(value):
    def mean(losses, labels, *others):
        if np.all(labels == others[1]):
            return value
        return _mean(losses, labels, *others)

    return mean


def _class_means(losses, labels, table, n):
    there = np.unique(labels)
    means = [losses[labels == label].mean() for label in there]
    return np.average(means, weights=table[there])


WEIGHTED = (
    Mistake(
        "divided-by-count",
        "The weighted sum is divided by the number of examples. Then larger weights make a larger "
        "loss. Divide by the sum of the weights of those that count.",
        "sec-which-mean",
    ).like(_of_weights(lambda losses, w: np.mean(w * losses))),
    Mistake(
        "divided-by-batch",
        "What is ignored is still counted below the line. So padding makes the loss smaller.",
        "sec-which-mean",
    ).like(
        _kept(lambda losses, labels, table, n: np.sum(table[labels] * losses) / n),
    ),
    Mistake(
        "ignored-label-counts",
        "What is to be ignored is counted. As an index, the label -1 is the last class, and "
        "nothing warns.",
        "sec-which-mean",
    ).like(
        lambda losses, labels, table, ignored: np.average(losses, weights=table[labels]),
        lambda losses, labels, table, ignored: losses.mean(),
    ),
    Mistake(
        "weights-of-all-classes",
        "The sum is divided by the weights of all classes. A class counts as often as it occurs in "
        "the batch: add up the weights of the labels.",
        "sec-which-mean",
    ).like(
        _kept(lambda losses, labels, table, n: np.sum(table[labels] * losses) / table.sum()),
        _kept(lambda losses, labels, table, n: np.mean(table[labels] * losses) / table.mean()),
    ),
    Mistake(
        "weights-not-used",
        "The weights are not used. This is the plain mean of what counts.",
        "sec-which-mean",
    ).like(_of_weights(lambda losses, w: losses.mean())),
    Mistake(
        "weights-inverted",
        "The weights are turned over. A larger weight must count more.",
        "sec-which-mean",
    ).like(_of_weights(lambda losses, w: np.average(losses, weights=1 / w))),
    Mistake(
        "weights-by-position",
        "The weights are taken in their own order. The label of an example chooses its weight: "
        "`class_weight[labels]`.",
        "sec-which-mean",
    ).like(
        _kept(
            lambda losses, labels, table, n: np.average(
                losses, weights=np.resize(table, len(losses))
            )
        )
    ),
    Mistake(
        "not-divided",
        "The weighted sum is not divided. It grows with the batch.",
        "sec-which-mean",
    ).like(_of_weights(lambda losses, w: np.sum(w * losses))),
    Mistake(
        "mean-of-means",
        "Each class is averaged first. A mean of means gives a class with few examples as much as "
        "one with many.",
        "sec-which-mean",
    ).like(_kept(_class_means)),
    Mistake(
        "mean-over-batch-unmade",
        "The losses are weighted, but no mean is taken. One number is asked for.",
        "sec-which-mean",
    ).like(
        lambda losses, labels, table, ignored: table[labels] * losses,
        lambda losses, labels, table, ignored: table[labels] * losses * (labels != ignored),
    ),
    Mistake(
        "zero-times-nan",
        "What is ignored is multiplied by 0. 0 times nan is nan, and 0 times inf too. Leave the "
        "example out: `losses[labels != ignored]`.",
        "sec-which-mean",
    ).like(_zero_for_ignored),
    Mistake(
        "nothing-is-nan",
        "A batch in which nothing counts gives nan. Whatever it is averaged into is nan as well. "
        "Look, and raise an error.",
        "sec-which-mean",
    ).like(_of_nothing(np.nan)),
    Mistake(
        "nothing-is-zero",
        "A batch in which nothing counts costs 0. That is the best loss there is, for nothing. "
        "Look, and raise an error.",
        "sec-which-mean",
    ).like(_of_nothing(0.0)),
    general.FEW_DIGITS,
)


def weighed(*cases):
    """Return inputs of losses, labels, class weights and the label to ignore, which is -1."""
    return tuple(
        (np.array(losses, float), np.array(labels), np.array(table, float), -1)
        for losses, labels, table in cases
    )


PLAIN = weighed(([2, 4], [0, 1], [1, 1]), ([1, 2, 6], [1, 1, 0], [1, 1]))
SOME_IGNORED = weighed(([2, 9], [0, -1], [1, 1]), ([9, 2, 4, 9], [-1, 0, 1, -1], [1, 1]))
HEAVY = weighed(([2, 4], [0, 1], [3, 1]), ([2, 4, 7], [1, 1, 0], [1, 4]))
BOTH = weighed(([2, 9, 4, 1, 3], [0, -1, 1, 1, 0], [0.5, 2]), ([5, 1, 9], [2, 0, -1], [1, 7, 2.5]))
BAD_LOSS = weighed(([2, np.nan], [0, -1], [1, 1]), ([np.inf, 2, 4], [-1, 0, 1], [3, 1]))

WEIGHTED_MEAN = Exercise(
    "weighted_mean_loss(losses, labels, class_weight, ignored)",
    _mean,
    """Check the mean loss of a batch with class weights and a label to ignore.

    ``weighted_mean_loss(losses, labels, class_weight, ignored)`` takes N losses, N integer labels,
    an array of C weights and the label that does not count, which is -1. It returns one number. If
    no example counts it raises an error.

    >>> def my_mean(losses, labels, class_weight, ignored):
    ...     weights = np.where(labels == ignored, 0, class_weight[labels])
    ...     return (weights * losses).mean()
    >>> check.weighted_mean_loss(my_mean).diagnosis
    'divided-by-batch'
    """,
    (
        Law("there is one number for the batch", PLAIN, has_shape),
        Law("with equal weights it is the mean", PLAIN),
        Law("an ignored example counts neither above nor below the line", SOME_IGNORED),
        Law("each loss counts with the weight of its label", HEAVY),
        Law("both at once", BOTH),
        Law("what is ignored takes nothing, even of nan or inf", BAD_LOSS),
        Law(
            "a batch in which nothing counts is an error",
            weighed(([2.0], [-1], [1, 1]), ([2.0, 3.0], [-1, -1], [1, 2])),
            refused="there is no mean of nothing",
        ),
        left_alone((*PLAIN, *BOTH)),
    ),
    WEIGHTED,
)


# --- another prior ---------------------------------------------------------------------------


def shifted_prior(logits, old, new):
    """Return the probabilities of the classes once their frequencies are new."""
    return softmax(logits + np.log(new) - np.log(old))


PRIOR = (
    Mistake(
        "prior-turned-round",
        "Old and new are exchanged. A class that has become more frequent gains: add log(new / "
        "old).",
        "sec-prior-shift",
    ).like(lambda z, old, new: shifted_prior(z, new, old)),
    Mistake(
        "prior-without-log",
        "The frequencies are added without a logarithm. Logits are logarithms: add the logarithm "
        "of new / old.",
        "sec-prior-shift",
    ).like(
        lambda z, old, new: softmax(z + new / old),
        lambda z, old, new: softmax(z + new - old),
        lambda z, old, new: softmax(z + new),
    ),
    Mistake(
        "prior-multiplies-logits",
        "The logits are multiplied. Probabilities are multiplied by new / old, which adds its "
        "logarithm to the logits.",
        "sec-prior-shift",
    ).like(lambda z, old, new: softmax(z * new / old), lambda z, old, new: softmax(z * new)),
    Mistake(
        "old-prior-kept",
        "The old frequencies are not taken out. The logits have learned them already: divide by "
        "old, multiply by new.",
        "sec-prior-shift",
    ).like(lambda z, old, new: softmax(z + np.log(new))),
    Mistake(
        "new-prior-missing",
        "Only the old frequencies are taken out. That is the answer for classes that are all "
        "equally frequent.",
        "sec-prior-shift",
    ).like(lambda z, old, new: softmax(z - np.log(old))),
    Mistake(
        "prior-not-used",
        "The answer is the old one. The frequencies have to come in.",
        "sec-prior-shift",
    ).like(lambda z, old, new: softmax(z)),
    Mistake(
        "not-shared-out-again",
        "The new numbers do not sum to 1. After p times new / old, divide by the sum.",
        "sec-prior-shift",
    ).like(lambda z, old, new: softmax(z) * new / old),
    Mistake(
        "logits-for-shares",
        "The logits are returned. Probabilities are asked for: softmax is still missing.",
        "sec-prior-shift",
    ).like(lambda z, old, new: z + np.log(new / old)),
    definition.WHOLE_ARRAY.like(
        lambda z, old, new: on_the_whole(softmax)(z + np.log(new / old)),
        lambda z, old, new: softmax(z) * new / old / np.sum(softmax(z) * new / old),
    ),
    definition.WRONG_AXIS.like(lambda z, old, new: softmax(z + np.log(new / old), axis=0)),
    general.FEW_DIGITS,
)


def priors(*cases):
    """Return inputs of logits, old and new frequencies."""
    return tuple(tuple(np.array(values, float) for values in case) for case in cases)


HALVES = [0.5, 0.5]
SAME = priors(([1, 0], HALVES, HALVES), ([3, 1, -3], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5]))
LEVEL = priors(([0, 0], HALVES, [0.75, 0.25]), ([0, 0], [0.8, 0.2], HALVES))
ROWS = priors(([[3, 1], [0, 0.5]], [0.75, 0.25], [0.25, 0.75]))

PRIOR_SHIFT = Exercise(
    "prior_shift(logits, old, new)",
    shifted_prior,
    """Check the probabilities after the frequencies of the classes have changed.

    ``prior_shift(logits, old, new)`` takes logits of shape (C,) or, one example a row, (N, C), and
    two arrays of C frequencies. It returns probabilities in the shape of the logits.

    >>> from softmax_lib import softmax
    >>> check.prior_shift(lambda z, old, new: softmax(z + new / old)).diagnosis
    'prior-without-log'
    """,
    (
        Law("there is one number for each logit", SAME, has_shape),
        Law("the probabilities sum to 1", LEVEL, agrees(lambda p: p.sum(axis=-1), "sum")),
        Law("frequencies that stay change nothing", SAME),
        Law("level logits, from halves to 3 in 4: 0.75 and 0.25", LEVEL),
        Law(
            "(3, 1, -3), from (0.8, 0.1, 0.1) to (0.1, 0.1, 0.8)",
            priors(([3, 1, -3], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8])),
        ),
        Law("every row of a batch is shifted alike", ROWS),
        left_alone((*LEVEL, *ROWS)),
    ),
    PRIOR,
)


# --- focal loss ------------------------------------------------------------------------------


def _focal(factor):
    """Return p - y times a factor of p_k, its logarithm, and gamma."""

    def gradient(z, k, gamma):
        log_p = at(log_softmax(z), k)
        return factor(np.exp(log_p), log_p, gamma)[:, None] * softmax_cross_entropy_grad(z, k)

    return gradient


focal_gradient = _focal(lambda p, log_p, g: (1 - p) ** g - g * p * log_p * (1 - p) ** (g - 1))


def _less_pull(z, k, gamma):
    p_k = at(softmax(z), k)[:, None]
    return (1 - p_k) ** gamma * softmax(z) - one_hot(k, z.shape[1])


def _in_p(z, k, gamma):
    p = at(softmax(z), k)[:, None]
    slope = gamma * (1 - p) ** (gamma - 1) * np.log(p) - (1 - p) ** gamma / p
    return slope * one_hot(k, z.shape[1])


FOCAL = (
    Mistake(
        "factor-held-fixed",
        "The factor (1 - p) to the gamma is treated as a number. It moves with the logits too: the "
        "product rule gives a second term.",
        "sec-focal",
    ).like(_focal(lambda p, log_p, g: (1 - p) ** g)),
    Mistake(
        "gamma-not-used",
        "This is p - y, the slope without focus. The factor of gamma is missing.",
        "sec-focal",
    ).like(_focal(lambda p, log_p, g: p**0)),
    Mistake(
        "focus-on-the-easy",
        "The factor is p to the gamma. It would keep the easy examples, and drop the hard ones: it "
        "is 1 - p.",
        "sec-focal",
    ).like(
        _focal(lambda p, log_p, g: p**g),
        _focal(lambda p, log_p, g: p**g + g * log_p * p**g),
    ),
    Mistake(
        "second-term-turned",
        "The second term has the wrong sign. The logarithm of p is negative: minus gamma p log p "
        "adds to the factor.",
        "sec-focal",
    ).like(_focal(lambda p, log_p, g: (1 - p) ** g + g * p * log_p * (1 - p) ** (g - 1))),
    Mistake(
        "gamma-of-the-power-missing",
        "The factor gamma is missing in the second term. The slope of a power brings the exponent "
        "down: with gamma 0, nothing of this term is left.",
        "sec-focal",
    ).like(_focal(lambda p, log_p, g: (1 - p) ** g - p * log_p * (1 - p) ** (g - 1))),
    Mistake(
        "slopes-averaged",
        "The slopes are divided by the number of examples. One row for each example is asked for; "
        "1/N belongs to the loss, if that is a mean.",
        "sec-focal",
    ).like(lambda z, k, gamma: focal_gradient(z, k, gamma) / len(k)),
    Mistake(
        "p-of-the-chain-missing",
        "A factor p is missing in the second term. The slope of p in the logits brings it in.",
        "sec-focal",
    ).like(_focal(lambda p, log_p, g: (1 - p) ** g - g * log_p * (1 - p) ** (g - 1))),
    Mistake(
        "focal-slope-in-p",
        "This is the slope in the probability. It has still to go back through softmax.",
        "sec-focal",
    ).like(_in_p),
    Mistake(
        "pull-not-scaled",
        "The factor is on the pushes alone. It multiplies p - y as a whole; each row sums to 0.",
        "sec-focal",
    ).like(_less_pull),
    backprop.FORCE.like(lambda z, k, gamma: -focal_gradient(z, k, gamma)),
    overflow.OTHER_LOGARITHM.like(
        _focal(lambda p, log_p, g: (1 - p) ** g - g * p * log_p / np.log(2) * (1 - p) ** (g - 1)),
        _focal(lambda p, log_p, g: (1 - p) ** g - g * p * log_p / np.log(10) * (1 - p) ** (g - 1)),
    ),
    general.FEW_DIGITS,
)


def focused(gamma, *cases):
    """Return inputs of logits, one example a row, labels and a gamma."""
    return tuple((*pair, gamma) for pair in batches(*cases))


ONE_ROW = ([[3, 1, -3]], [1])
TWO_ROWS = ([[3, 1, -3], [0, 0.5, 2]], [2, 0])
NO_FOCUS = focused(0.0, ([[1, 0]], [0]), ONE_ROW, TWO_ROWS)
FOCUS = focused(2.0, ([[1, 0]], [0]), ([[1, 0]], [1]), ONE_ROW)

FOCAL_GRADIENT = Exercise(
    "focal_gradient(logits, labels, gamma)",
    focal_gradient,
    """Check the gradient of the focal loss in the logits.

    ``focal_gradient(logits, labels, gamma)`` takes logits of shape (N, C), one example a row,
    integer labels of shape (N,), and a number. It returns an array in the shape of the logits.

    >>> from softmax_lib import softmax, softmax_cross_entropy_grad
    >>> def my_gradient(z, k, gamma):
    ...     p_k = softmax(z)[np.arange(len(k)), k]
    ...     return (1 - p_k)[:, None] ** gamma * softmax_cross_entropy_grad(z, k)
    >>> check.focal_gradient(my_gradient).diagnosis
    'factor-held-fixed'
    """,
    (
        Law("there is one slope for each logit", NO_FOCUS, has_shape),
        Law("with gamma 0 it is p - y", NO_FOCUS),
        Law("each row sums to 0", FOCUS, agrees(lambda g: g.sum(axis=-1), "row sums")),
        Law("one example, with gamma 2", FOCUS),
        Law(
            "other gammas, and batches",
            focused(1.0, TWO_ROWS) + focused(0.5, ([[1, 0], [0, 2]], [0, 0])),
        ),
        left_alone((*NO_FOCUS, *FOCUS)),
    ),
    FOCAL,
)

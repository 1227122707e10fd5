"""Checks of chapter 4, cross-entropy: labels, losses and their mean, perplexity, smoothing."""

import numpy as np

from softmax_lib import (
    entropy,
    log_softmax,
    logsumexp,
    one_hot,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
)
from softmax_lib.check import definition, overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check.definition import EXAMPLE, largest, share
from softmax_lib.check.overflow import epsilon_inside, first_row, floored, naive, rest_and_one

LABELS_OFF_BY_ONE = Mistake(
    "labels-off-by-one",
    "The labels are counted from another start. Formulas count classes from 1, Python counts them "
    "from 0; labels here are Python's.",
    "sec-hard-and-soft",
)
EVERY_ROW = Mistake(
    "all-labels-in-every-row",
    "Every row gets the labels of all examples. `A[:, labels]` takes all those columns in each "
    "row. Pair them with the rows: `A[np.arange(len(labels)), labels]`.",
    "sec-likelihood",
)
MEAN_OVER_BATCH = Mistake(
    "mean-over-batch",
    "The mean over the batch is returned. One loss for each example is asked for; the mean is "
    "written where it is wanted.",
    "sec-likelihood",
)
SUM_OVER_BATCH = Mistake(
    "sum-over-batch",
    "The losses of the batch are added up. A sum grows with the batch.",
    "sec-likelihood",
)
SQUARED_ERROR = Mistake(
    "squared-error",
    "The squared error is returned. It is bounded, and its slope in the true logit dies where the "
    "answer is confidently wrong.",
    "sec-squared-error",
)


def _filled(labels, C, rows, columns):
    table = np.zeros((len(labels), C))
    table[rows, columns] = 1
    return table


def compared(labels, C):
    return 1.0 * (labels[:, None] == np.arange(C))


def from_one(labels, C):
    """Return targets whose columns are counted from 1."""
    return compared(labels - 1, C)


ONE_HOT = (
    Mistake(
        "transposed",
        "Rows and columns are exchanged. One example is a row, one class is a column.",
        "sec-one-hot",
    ).like(lambda labels, C: one_hot(labels, C).T),
    Mistake(
        "width-from-labels",
        "The number of columns is read off the labels. max + 1 is too few if the last class has "
        "no example in this batch.",
        "sec-one-hot",
    ).like(lambda labels, C: one_hot(labels, labels.max() + 1)),
    LABELS_OFF_BY_ONE.like(
        lambda labels, C: np.eye(C)[labels - 1],
        lambda labels, C: np.eye(C)[labels + 1],
        lambda labels, C: np.eye(C)[(labels + 1) % C],
        lambda labels, C: np.eye(C + 1)[labels],
        from_one,
    ),
    EVERY_ROW.like(lambda labels, C: _filled(labels, C, slice(None), labels)),
    Mistake(
        "label-as-value",
        "The label stands where a 1 should. The place tells the class; the value is the share of "
        "the target, 1.",
        "sec-one-hot",
    ).like(lambda labels, C: one_hot(labels, C) * labels[:, None]),
    Mistake(
        "inverted",
        "Zeros and ones are exchanged. All mass belongs to the true class.",
        "sec-one-hot",
    ).like(lambda labels, C: 1 - one_hot(labels, C)),
    Mistake(
        "labels-ignored",
        "The rows come in their own order. np.eye is a table: pick its rows by the labels.",
        "sec-one-hot",
    ).like(lambda labels, C: np.eye(len(labels), C)),
    Mistake(
        "negative-label-wraps",
        "A negative label is taken from the end. `np.eye(C)[-1]` is the row of the last class, and "
        "nothing warns. Compare the labels with 0 and C, and raise.",
        "sec-one-hot",
    ).like(lambda labels, C: np.eye(C)[labels], lambda labels, C: np.eye(C)[labels % C]),
    Mistake(
        "label-out-of-range",
        "A label that is no class gets a row without a 1. Such a target sums to 0, and its loss is "
        "0 as well. Compare the labels with 0 and C, and raise.",
        "sec-one-hot",
    ).like(compared),
)


def at(values, labels):
    return values[np.arange(len(labels)), labels]


def _of_log_p(formula):
    """Return a loss made of the logarithms of the right shares, and the one-hot targets."""
    return lambda z, k: formula(log_softmax(z), one_hot(k, z.shape[-1]))


def _misprinted(z, k, terms, at_label):
    sums = [row[label if at_label else 0 :].sum() for row, label in zip(terms, k, strict=True)]
    return np.log(sums) - at(z, k)


def _numbers(z):
    """Return e to the number of the class instead of the logit, counted from 1."""
    return np.exp(np.ones_like(z).cumsum(axis=-1))


def _binary(log_p, y):
    p = np.exp(log_p)
    return -np.where(y == 1, log_p, np.log(1 - p)).sum(axis=-1)


LOSS = (
    MEAN_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).mean()),
    SUM_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).sum()),
    EVERY_ROW.like(lambda z, k: -log_softmax(z)[:, k]),
    Mistake(
        "sum-over-classes-missing",
        "The terms of the classes are not added up. Cross-entropy is the sum over the classes; "
        "for a one-hot target one term is left.",
        "sec-one-hot",
    ).like(_of_log_p(lambda log_p, y: -y * log_p)),
    Mistake(
        "mean-over-classes",
        "The mean over the classes is taken. Cross-entropy is a sum over the classes; the mean "
        "makes it C times too small.",
        "sec-one-hot",
    ).like(_of_log_p(lambda log_p, y: -(y * log_p).mean(axis=-1))),
    Mistake(
        "label-unused",
        "Every class pays. -log p of all classes is added up, averaged or returned; the loss is "
        "that of the true class alone.",
        "sec-likelihood",
    ).like(
        lambda z, k: -log_softmax(z).sum(axis=-1),
        lambda z, k: -log_softmax(z).mean(axis=-1),
        lambda z, k: -log_softmax(z),
    ),
    overflow.SIGN_OF_LOG.like(lambda z, k: at(log_softmax(z), k)),
    overflow.OTHER_LOGARITHM.like(
        lambda z, k: -at(log_softmax(z), k) / np.log(2),
        lambda z, k: -at(log_softmax(z), k) / np.log(10),
    ),
    Mistake(
        "misprint-lower-limit",
        "The sum starts at the true class. A misprint that flatters: the classes before the true "
        "one are left out.",
        "sec-misprints",
    ).like(lambda z, k: _misprinted(z, k, np.exp(z), at_label=True)),
    Mistake(
        "misprint-exponent",
        "The exponent is the number of the class. A misprint: the sum is over e to the z_c, not e "
        "to the c.",
        "sec-misprints",
    ).like(
        lambda z, k: _misprinted(z, k, _numbers(z), at_label=False),
        lambda z, k: _misprinted(z, k, _numbers(z) / np.e, at_label=False),
    ),
    Mistake(
        "misprint-both",
        "The formula has both misprints. The sum starts at 1, and its terms are e to the z_c.",
        "sec-misprints",
    ).like(
        lambda z, k: _misprinted(z, k, _numbers(z), at_label=True),
        lambda z, k: _misprinted(z, k, _numbers(z) / np.e, at_label=True),
    ),
    definition.SOFTMAX_TWICE.like(lambda z, k: -at(log_softmax(softmax(z)), k)),
    LABELS_OFF_BY_ONE.like(
        lambda z, k: -at(log_softmax(z), k - 1),
        lambda z, k: -at(log_softmax(z), k + 1),
        lambda z, k: -at(log_softmax(z), (k + 1) % z.shape[-1]),
        lambda z, k: -(from_one(k, z.shape[-1]) * log_softmax(z)).sum(axis=-1),
    ),
    Mistake(
        "probability-as-loss",
        "The loss is made of p without its logarithm. 1 - p is at most 1, however wrong the "
        "prediction is. The loss is -log p.",
        "sec-likelihood",
    ).like(lambda z, k: -at(softmax(z), k), lambda z, k: 1 - at(softmax(z), k)),
    Mistake(
        "binary-cross-entropy",
        "Each class pays a loss of its own. That is the loss of C separate yes-or-no questions. "
        "Here one class is true.",
        "sec-one-hot",
    ).like(_of_log_p(_binary)),
    SQUARED_ERROR.like(
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).sum(axis=-1)),
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).mean(axis=-1)),
        _of_log_p(lambda log_p, y: ((np.exp(log_p) - y) ** 2).sum(axis=-1) / 2),
    ),
    Mistake(
        "true-logit-missing",
        "The logit of the true class is not taken off. Log-sum-exp alone is the same for every "
        "label.",
        "sec-loss-in-logits",
    ).like(lambda z, k: logsumexp(z)),
    Mistake(
        "log-sum-exp-missing",
        "Log-sum-exp is missing. Minus the true logit could fall for ever. Log-sum-exp makes the "
        "classes compete.",
        "sec-loss-in-logits",
    ).like(lambda z, k: -at(z, k)),
    Mistake(
        "maximum-for-log-sum-exp",
        "The maximum stands where log-sum-exp should. The loss would be 0 as soon as the true "
        "class leads, by however little.",
        "sec-loss-in-logits",
    ).like(lambda z, k: at(largest(z) - z, k)),
    Mistake(
        "entropy-of-prediction",
        "The entropy of the prediction is returned. It does not look at the label. In the "
        "cross-entropy the target weighs the logarithms.",
        "sec-entropy",
    ).like(lambda z, k: entropy(softmax(z))),
    Mistake(
        "target-inside-log",
        "The logarithm is taken of the target. The prediction belongs into the logarithm: log 0 "
        "of a one-hot target is -inf.",
        "sec-entropy",
    ).like(_of_log_p(lambda log_p, y: -(np.exp(log_p) * np.log(y)).sum(axis=-1))),
    overflow.NO_SHIFT.like(
        lambda z, k: np.log(np.exp(z).sum(axis=-1)) - at(z, k),
        lambda z, k: -np.log(at(naive(z), k)),
        lambda z, k: -(one_hot(k, z.shape[-1]) * np.log(naive(z))).sum(axis=-1),
    ),
    overflow.ONE_TWICE.like(lambda z, k: at(largest(z) + rest_and_one(z)[:, None] - z, k)),
    overflow.ADDED_ONLY.like(lambda z, k: at(largest(z) + logsumexp(z, keepdims=True) - z, k)),
    definition.STANDARDISED.like(lambda z, k: -at(log_softmax(definition.standardised(z)), k)),
    definition.MIN_MAX.like(lambda z, k: -at(log_softmax(definition.min_max(z)), k)),
    definition.ABSOLUTE.like(lambda z, k: -at(log_softmax(np.abs(z)), k)),
    overflow.LOG_OF_SOFTMAX.like(lambda z, k: -np.log(at(softmax(z), k))),
    overflow.MAX_NOT_ADDED_BACK.like(
        lambda z, k: at(np.log(np.exp(z - largest(z)).sum(axis=-1, keepdims=True)) - z, k)
    ),
    definition.WHOLE_ARRAY.like(lambda z, k: logsumexp(z, axis=None) - at(z, k)),
    definition.WRONG_AXIS.like(lambda z, k: -at(log_softmax(z, axis=0), k)),
    definition.NO_KEEPDIMS.like(lambda z, k: -at(z - logsumexp(z), k)),
    definition.MAXIMUM_OF_COLUMNS.like(
        lambda z, k: -at(log_softmax(z - z.max(axis=0)), k),
        lambda z, k: z.max(axis=0) + logsumexp(z - z.max(axis=0)) - at(z, k),
    ),
    overflow.FIRST_ROW.like(
        lambda z, k: first_row(z) + logsumexp(z - largest(z)) - at(z, k),
        lambda z, k: first_row(z) + np.log(np.exp(z - first_row(z)).sum(axis=-1)) - at(z, k),
    ),
    overflow.GLOBAL_MAXIMUM.like(
        lambda z, k: z.max() + np.log(np.exp(z - z.max()).sum(axis=-1)) - at(z, k),
        lambda z, k: -np.log(at(share(np.exp(z - z.max())), k)),
    ),
    Mistake(
        "zero-times-inf",
        "0 times -inf is nan. A class whose p is 0, and that is not true, costs nothing. Pick the "
        "true class instead of multiplying by a one-hot row.",
        "sec-one-hot",
    ).like(
        _of_log_p(lambda log_p, y: -(y * log_p).sum(axis=-1)),
        lambda z, k: -(one_hot(k, z.shape[-1]) * np.log(softmax(z))).sum(axis=-1),
    ),
    overflow.LOG_EPSILON.seen_by(
        lambda pairs: epsilon_inside([(-came, -right) for came, right in pairs])
    ),
    overflow.CLIPPED_PROBABILITIES.seen_by(
        lambda pairs: floored([(-came, -right) for came, right in pairs])
    ),
    general.FEW_DIGITS,
)


def _averaged(loss):
    return lambda z, k: np.mean(loss(z, k))


# Averaged, the terms of the classes would be the mean over the classes.
OF_ONE_EXAMPLE = ("mean-over-batch", "sum-over-batch", "sum-over-classes-missing")

MEAN_LOSS = (
    Mistake(
        "mean-over-batch-missing",
        "The losses are not averaged. One number for the whole batch is asked for: the mean of "
        "the losses.",
        "sec-likelihood",
    ).like(lambda z, k: -at(log_softmax(z), k)),
    SUM_OVER_BATCH.like(lambda z, k: -at(log_softmax(z), k).sum()),
    Mistake(
        "log-of-mean",
        "The mean is taken before the logarithm. The mean of the logarithms is not the logarithm "
        "of the mean.",
        "sec-likelihood",
    ).like(lambda z, k: -np.log(at(softmax(z), k).mean())),
    *(m.through(_averaged) for m in LOSS if m.formulas and m.id not in OF_ONE_EXAMPLE),
    *(m for m in LOSS if m.sign),
)


def _labels(*pairs):
    """Return inputs of labels and a number of classes."""
    return tuple((np.array(labels), classes) for labels, classes in pairs)


def batches(*pairs):
    """Return inputs of logits, one example a row, and labels."""
    return tuple((np.array(z, dtype=float), np.array(labels)) for z, labels in pairs)


FULL = _labels(([0, 1, 1], 2), ([2, 0], 3))

TARGETS = Exercise(
    "one_hot(labels, num_classes)",
    one_hot,
    """Check the table that has a 1 at each label.

    ``one_hot(labels, num_classes)`` takes an integer array of shape (N,) and the number C,
    and returns zeros and ones in the shape (N, C). A label below 0, or of C or more, is an
    error.

    >>> check.one_hot(lambda labels, C: np.eye(max(labels) + 1)[labels]).diagnosis
    'width-from-labels'
    """,
    (
        Law("there is one row a label, one column a class", FULL, has_shape),
        Law(
            "the numbers are zeros and ones",
            FULL,
            holds(lambda came, *_: bool(np.all((came == 0) | (came == 1))), "only 0 and 1"),
        ),
        Law("every row has one 1", FULL, agrees(lambda y: y.sum(axis=1), "row sums")),
        Law("the 1 stands at the label", (*FULL, *_labels(([1, 0, 2], 3), ([1, 2], 3)))),
        Law("a class without an example keeps its column", _labels(([0], 2), ([1, 0], 4))),
        Law(
            "a label that is no class is an error",
            _labels(([-1], 2), ([2], 2), ([0, -3], 3)),
            refused="no class has this label",
        ),
        left_alone(FULL, "the labels are left as they were"),
    ),
    ONE_HOT,
)

SMALL = batches(([[1, 0]], [0]), ([[3, 1, -3], [0, 1, 2]], [0, 1]))
EACH_LABEL = batches(*(([EXAMPLE], [k]) for k in range(3)))
BATCH = batches(
    ([[3, 1], [0, 0.5]], [1, 0]),
    ([EXAMPLE, [0, 0.5, 2]], [2, 0]),
)
LARGE = batches(
    ([[1000, 0]], [0]), ([[1000, 0]], [1]), ([[-1000, -1000]], [0]), ([[1000, -1000, -1000]], [0])
)

LOSSES = Exercise(
    "softmax_cross_entropy(logits, labels)",
    softmax_cross_entropy,
    """Check the loss, from logits and labels, one number for each example.

    ``softmax_cross_entropy(logits, labels)`` takes logits of shape (N, C), one example a
    row, and integer labels of shape (N,), and returns N losses.

    >>> from softmax_lib import softmax
    >>> def my_loss(logits, labels):
    ...     return -np.log(softmax(logits)[np.arange(len(labels)), labels])
    >>> report = check.softmax_cross_entropy(my_loss)
    >>> report.diagnosis, report.failure.came, report.failure.expected
    ('log-of-softmax', '[inf]', '[1000]')
    """,
    (
        Law("there is one loss for each example", SMALL, has_shape),
        Law(
            "no loss is negative",
            SMALL,
            holds(lambda came, *_: bool(np.all(came >= 0)), "no number below 0"),
        ),
        Law(
            "a guess without knowledge costs log C",
            batches(([[0, 0]], [0]), ([[0, 0]], [1]), ([[0, 0, 0]], [1])),
        ),
        Law("(3, 1, -3) costs 0.129, 2.129 or 6.129", EACH_LABEL),
        Law("adding a number to all logits changes nothing", batches(([[13, 11, 7]], [1]))),
        Law("in a batch each example pays by its own label", BATCH),
        Law("logits of 1000 and -1000 have their right loss, not inf or nan", LARGE),
        Law("each row has its own maximum", batches(([[0, 1], [1000, 1001]], [0, 1]))),
        Law(
            "a class that is ruled out, and not true, costs nothing",
            batches(([[0, -np.inf]], [0]), ([[3, 1, -np.inf]], [1])),
        ),
        left_alone((*SMALL, *BATCH)),
    ),
    LOSS,
)

TWICE = ([[3, 1, -3], [0, 0.5, 2]] * 2, [2, 0] * 2)
OF_BATCHES = Law("a batch costs the mean of what its examples cost", (*BATCH, *batches(TWICE)))

MEAN_OF_LOSSES = Exercise(
    "mean_cross_entropy(logits, labels)",
    lambda logits, labels: softmax_cross_entropy(logits, labels).mean(),
    """Check the mean loss of a batch, from logits and labels.

    ``mean_cross_entropy(logits, labels)`` takes logits of shape (N, C), one example a row,
    and integer labels of shape (N,), and returns one number.

    >>> from softmax_lib import log_softmax
    >>> check.mean_cross_entropy(lambda z, k: -log_softmax(z)[:, k].mean()).diagnosis
    'all-labels-in-every-row'
    """,
    (
        Law("there is one number for the batch", SMALL, has_shape),
        *(OF_BATCHES if law.inputs is BATCH else law for law in LOSSES.laws[1:-1]),
        left_alone((*SMALL, *BATCH)),
    ),
    MEAN_LOSS,
)


def perplexity_of(loss):
    """Return the perplexity of a batch by a loss, one number an example."""
    return lambda z, k: np.exp(np.mean(loss(z, k)))


def _loss_of(z, k):
    return -at(log_softmax(z), k)


PERPLEXITY = (
    Mistake(
        "exponential-before-mean",
        "The exponential is taken before the mean. The mean of 1 / p is larger, and one tiny p "
        "outweighs all the others: average the losses first.",
        "sec-units",
    ).like(lambda z, k: np.exp(_loss_of(z, k)).mean()),
    Mistake(
        "log-of-mean-likelihood",
        "The likelihoods are averaged before the logarithm. The mean of the losses is wanted, and "
        "the exponential of it.",
        "sec-units",
    ).like(lambda z, k: 1 / at(softmax(z), k).mean()),
    Mistake(
        "exponential-missing",
        "The mean loss itself is returned. Perplexity is its exponential.",
        "sec-units",
    ).like(
        lambda z, k: _loss_of(z, k).mean(),
        lambda z, k: _loss_of(z, k).mean() / np.log(2),
    ),
    Mistake(
        "two-bases",
        "The base of the power is not that of the logarithm. Nats go with e, bits with 2.",
        "sec-units",
    ).like(
        lambda z, k: 2 ** _loss_of(z, k).mean(),
        lambda z, k: np.exp(_loss_of(z, k).mean() / np.log(2)),
        lambda z, k: 10 ** _loss_of(z, k).mean(),
    ),
    Mistake(
        "perplexity-turned-round",
        "The sign is lost. This is the geometric mean of the likelihoods; perplexity is 1 over it.",
        "sec-units",
    ).like(lambda z, k: np.exp(-_loss_of(z, k).mean())),
    Mistake(
        "perplexity-of-each",
        "There is one number for each example. The perplexity of a batch is one number: the mean "
        "of the losses comes first.",
        "sec-units",
    ).like(lambda z, k: np.exp(_loss_of(z, k))),
    Mistake(
        "perplexity-of-prediction",
        "The labels are not looked at. This is e to the entropy of the prediction; perplexity asks "
        "what the true class has cost.",
        "sec-units",
    ).like(lambda z, k: np.exp(entropy(softmax(z)).mean())),
    SUM_OVER_BATCH.like(lambda z, k: np.exp(_loss_of(z, k).sum())),
    EVERY_ROW.like(lambda z, k: np.exp(-log_softmax(z)[:, k].mean())),
    LABELS_OFF_BY_ONE.like(perplexity_of(lambda z, k: _loss_of(z, k - 1))),
    definition.SOFTMAX_TWICE.like(perplexity_of(lambda z, k: _loss_of(softmax(z), k))),
    overflow.NO_SHIFT.like(
        perplexity_of(lambda z, k: np.log(np.exp(z).sum(axis=-1)) - at(z, k)),
        perplexity_of(lambda z, k: -np.log(at(naive(z), k))),
    ),
    general.FEW_DIGITS,
)
EQUAL = batches(([[0, 0]], [1]), ([[0, 0, 0], [5, 5, 5]], [1, 0]))
ONE = batches(([[3, 1, -3]], [0]), ([[3, 1, -3]], [1]))
SEVERAL = batches(([[3, 1, -3], [0, 0.5, 2]], [0, 1]), ([[3, 1], [0, 0.5], [1, 1]], [1, 0, 0]))

PERPLEXITIES = Exercise(
    "perplexity(logits, labels)",
    perplexity_of(softmax_cross_entropy),
    """Check the perplexity of a batch: e to the mean loss in nats.

    ``perplexity(logits, labels)`` takes logits of shape (N, C), one example a row, and integer
    labels of shape (N,), and returns one number.

    >>> from softmax_lib import log_softmax
    >>> def my_perplexity(logits, labels):
    ...     return 2 ** -log_softmax(logits)[np.arange(len(labels)), labels].mean()
    >>> check.perplexity(my_perplexity).diagnosis
    'two-bases'
    """,
    (
        Law("there is one number for the batch", EQUAL, has_shape),
        Law("a uniform guess has the number of classes", EQUAL),
        Law("one example has 1 / p: (3, 1, -3) gives 1.138 or 8.408", ONE),
        Law("the losses are averaged before the exponential", SEVERAL),
        Law("logits of 1000 have their right perplexity", batches(([[1000, 999]], [1]))),
        left_alone((*EQUAL, *SEVERAL)),
    ),
    PERPLEXITY,
)


def _smoothed(weights):
    """Return smoothing by what the targets keep, and what every class gets."""

    def smooth(y, alpha):
        kept, given = weights(alpha, y.shape[-1])
        return kept * y + given

    return smooth


SMOOTHING = (
    Mistake(
        "share-to-others-only",
        "Only the other classes get a share. All classes get alpha / C, the true one as well: it "
        "keeps 1 - alpha + alpha / C.",
        "sec-smoothing",
    ).like(
        _smoothed(lambda alpha, C: (1 - alpha - alpha / (C - 1), alpha / (C - 1))),
    ),
    Mistake(
        "share-added-on-top",
        "The shares are added, but nothing is taken away. The targets then sum to 1 + alpha; "
        "they keep 1 - alpha of their mass.",
        "sec-smoothing",
    ).like(_smoothed(lambda alpha, C: (1, alpha / C))),
    Mistake(
        "share-not-divided",
        "Every class gets all of alpha. The share is divided among the C classes.",
        "sec-smoothing",
    ).like(
        _smoothed(lambda alpha, C: (1 - alpha, alpha)),
        lambda y, alpha: np.where(y == 1, 1 - alpha, alpha),
    ),
    Mistake(
        "share-not-given",
        "The mass is taken away and not given to anyone. The targets sum to 1 - alpha.",
        "sec-smoothing",
    ).like(_smoothed(lambda alpha, C: (1 - alpha, 0))),
    Mistake(
        "alpha-for-the-target",
        "The share alpha stays with the target. It is the other way round: alpha is what all "
        "classes share.",
        "sec-smoothing",
    ).like(_smoothed(lambda alpha, C: (alpha, (1 - alpha) / C))),
    Mistake(
        "targets-clipped",
        "The targets are clipped. A clip moves the zeros and ones, but its sum is not 1, and "
        "numbers between stay as they were.",
        "sec-smoothing",
    ).like(
        lambda y, alpha: np.clip(y, alpha / y.shape[-1], 1 - alpha),
        lambda y, alpha: np.clip(y, alpha, 1 - alpha),
    ),
    Mistake(
        "only-ones-smoothed",
        "Only zeros and ones are looked at. A soft target is mixed as well: the formula has no "
        "cases.",
        "sec-smoothing",
    ).like(
        lambda y, alpha: np.where(y == 1, 1 - alpha, 0) + alpha / y.shape[-1],
        lambda y, alpha: np.where(np.isin(y, (0, 1)), (1 - alpha) * y + alpha / y.shape[-1], y),
    ),
    Mistake(
        "divided-by-examples",
        "The share is divided by the number of examples. len counts the rows of a batch; the "
        "classes are its columns.",
        "sec-smoothing",
    ).like(lambda y, alpha: (1 - alpha) * y + alpha / len(y)),
    general.FEW_DIGITS,
)


def smoothings(*pairs):
    """Return inputs of targets, one distribution a row, and the share alpha."""
    return tuple((np.array(y, dtype=float), alpha) for y, alpha in pairs)


HARD = smoothings(([[0, 1, 0]], 0.3), ([[1, 0]], 0.2))
SEVERAL_HARD = smoothings(([[1, 0, 0], [0, 0, 1]], 0.3), ([[0, 1], [1, 0], [1, 0]], 0.1))
ENDS = smoothings(([[0, 1, 0]], 0.0), ([[0, 1, 0]], 1.0))
SOFT = smoothings(([[0.75, 0.25]], 0.2), ([[0.5, 0.5, 0], [0.2, 0.3, 0.5]], 0.3))

SMOOTHED = Exercise(
    "smooth_labels(targets, alpha)",
    lambda targets, alpha: smooth_labels(targets, alpha),
    """Check label smoothing: targets, and what they give to all classes alike.

    ``smooth_labels(targets, alpha)`` takes distributions of shape (N, C), one example a row, and
    a number from 0 to 1, and returns distributions in the same shape.

    >>> check.smooth_labels(lambda y, alpha: y + alpha / y.shape[-1]).diagnosis
    'share-added-on-top'
    """,
    (
        Law("there is one number for every target", HARD, has_shape),
        Law("each row sums to 1", HARD, agrees(lambda y: y.sum(axis=-1))),
        Law("(0, 1, 0) and alpha = 0.3 give (0.1, 0.8, 0.1)", HARD),
        Law("alpha = 0 changes nothing, alpha = 1 makes all classes equal", ENDS),
        Law("a batch is smoothed row by row", SEVERAL_HARD),
        Law("targets that are not one-hot are mixed in the same way", SOFT),
        left_alone((*HARD, *SOFT), "the targets are left as they were"),
    ),
    SMOOTHING,
)

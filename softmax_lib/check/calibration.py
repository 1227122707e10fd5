"""Checks of the chapter on calibration: the error in bins, the parts of a score, a Newton step."""

import numpy as np

from softmax_lib import expected_calibration_error, softmax
from softmax_lib.check import overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check.cross_entropy import LABELS_OFF_BY_ONE, at
from softmax_lib.check.overflow import naive

# ---- the error in bins ---------------------------------------------------------------------------


def _upper_edge_inside(q, bins):
    return np.maximum(np.ceil(q * bins) - 1, 0)


def _lower_edge_inside(q, bins):
    return np.minimum(np.floor(q * bins), bins - 1)


def _in_bins(judged, place=_upper_edge_inside, kept=range):
    """Return the error that is judged from share, confidence and accuracy of the bins."""

    def error(confidence, correct, bins):
        places = place(confidence, bins)
        members = [places == b for b in kept(bins)]
        members = [own for own in members if own.any()]
        shares = np.array([own.mean() for own in members])
        q = np.array([confidence[own].mean() for own in members])
        a = np.array([correct[own].mean() for own in members])
        middle = np.array([(place(confidence[own], bins)[0] + 0.5) / bins for own in members])
        return judged(shares, q, a, middle)

    return error


def _nan_from_empty(confidence, correct, bins):
    places = _upper_edge_inside(confidence, bins)
    empty = len(np.unique(places)) < bins
    return np.nan if empty else _weighted(confidence, correct, bins)


def _sum_of_shares(share, q, a, middle):
    return (share * np.abs(a - q)).sum()


def _top_apart(q, bins):
    return np.floor(q * bins)


def _all_but_the_last(bins):
    return range(bins - 1)


_weighted = _in_bins(_sum_of_shares)

IN_BINS = (
    Mistake(
        "bins-count-alike",
        "All bins count alike. A bin with one prediction would weigh as much as one with a "
        "thousand; weigh each with its share n_b / N.",
        "sec-ece",
    ).like(
        _in_bins(lambda share, q, a, middle: np.abs(a - q).mean()),
        _in_bins(lambda share, q, a, middle: np.abs(a - q).sum()),
    ),
    Mistake(
        "all-bins-divided",
        "The distances are divided by the number of bins. Empty bins count as if they were right; "
        "weigh each bin with its share n_b / N.",
        "sec-ece",
    ).like(
        lambda q, a, bins: (
            _in_bins(lambda share, q, a, middle: np.abs(a - q).sum())(q, a, bins) / bins
        )
    ),
    Mistake(
        "error-not-divided",
        "The sum is not divided by the number of predictions. The error is a mean: each bin has "
        "the weight n_b / N.",
        "sec-ece",
    ).like(lambda q, a, bins: len(q) * _weighted(q, a, bins)),
    Mistake(
        "last-bin-lost",
        "A bin is missing at the end. B bins have B + 1 edges and B numbers. Where the edges begin "
        "with 0, np.digitize counts from 1: bin b is the one with the number b + 1.",
        "sec-reliability",
    ).like(
        _in_bins(_sum_of_shares, kept=_all_but_the_last),
        _in_bins(_sum_of_shares, _lower_edge_inside, _all_but_the_last),
        _in_bins(_sum_of_shares, _top_apart, _all_but_the_last),
    ),
    Mistake(
        "distances-cancel",
        "Errors of different bins cancel. Too sure here and too modest there are two errors: form "
        "all B bins, with B + 1 edges from 0 to 1, and take the absolute value in each, before the "
        "sum.",
        "sec-ece",
    ).like(
        lambda q, a, bins: np.abs(q.mean() - a.mean()),
        lambda q, a, bins: q.mean() - a.mean(),
        lambda q, a, bins: a.mean() - q.mean(),
    ),
    Mistake(
        "distance-squared",
        "The distances are squared. Squares belong to the reliability of the Brier score; the "
        "calibration error takes the distance itself.",
        "sec-brier-parts",
    ).like(
        _in_bins(lambda share, q, a, middle: (share * (a - q) ** 2).sum()),
        _in_bins(lambda share, q, a, middle: (share * (a - q) ** 2).sum() ** 0.5),
    ),
    Mistake(
        "worst-bin",
        "The largest distance is returned. That is the maximum calibration error; the expected one "
        "is a mean.",
        "sec-ece",
    ).like(_in_bins(lambda share, q, a, middle: np.abs(a - q).max())),
    Mistake(
        "middle-of-the-bin",
        "The middle of the bin stands for its confidence. Compare the accuracy with the mean "
        "confidence of those that lie in the bin.",
        "sec-reliability",
    ).like(_in_bins(lambda share, q, a, middle: (share * np.abs(a - middle)).sum())),
    Mistake(
        "one-by-one",
        "No bin is formed. One prediction is either right or wrong; how often 0.9 is right shows "
        "in many alone.",
        "sec-reliability",
    ).like(lambda q, a, bins: np.abs(a - q).mean()),
    Mistake(
        "full-confidence-lost",
        "A confidence of 1 falls out of the last bin. The most confident predictions would not be "
        "judged at all.",
        "sec-reliability",
    ).like(_in_bins(_sum_of_shares, _top_apart)),
    Mistake(
        "zero-confidence-lost",
        "A confidence of 0 falls out of the first bin. Where every bin is open below, the first "
        "one has to hold 0 as well.",
        "sec-reliability",
    ).like(_in_bins(_sum_of_shares, lambda q, bins: np.ceil(q * bins) - 1)),
    Mistake(
        "lower-edge-inside",
        "A confidence on an edge goes to the bin above. Here a bin ends with its upper edge: 0.5 "
        "is in the first of two bins.",
        "sec-reliability",
    ).like(_in_bins(_sum_of_shares, _lower_edge_inside)),
    Mistake(
        "empty-bin-nan",
        "An empty bin makes the result nan. The mean of nothing is 0 / 0; leave out the bins that "
        "hold no prediction.",
        "sec-ece",
    ).like(_nan_from_empty),
    general.FEW_DIGITS,
)


def predictions(*triples):
    """Return inputs of confidences, whether they were right, and a number of bins."""
    return tuple(
        (np.array(q, dtype=float), np.array(a, dtype=bool), bins) for q, a, bins in triples
    )


ONE_BIN = predictions(([0.75], [1], 1), ([0.75, 0.75], [1, 0], 1))
SURE_AND_MODEST = predictions(([0.75] * 4, [1, 0, 1, 0], 1), ([0.25] * 2, [1, 0], 1))
ONE_MEAN = predictions(([0.6, 0.9, 0.7], [1, 0, 1], 1))
OPPOSITE = predictions(([0.25, 0.75], [1, 0], 2), ([0.2, 0.4, 0.6, 0.8], [1, 1, 0, 0], 2))
WEIGHED = predictions(([0.9, 0.9, 0.8, 0.3], [1, 0, 1, 0], 2))
EMPTY = predictions(([0.85, 0.15, 0.85], [1, 0, 0], 4), ([0.72, 0.76], [1, 0], 10))
ENDS = predictions(([0.9, 1.0, 0.1, 0.3], [1, 0, 1, 0], 2), ([0.9, 0.0, 0.3], [1, 1, 0], 2))
EDGES = predictions(([0.5, 0.75, 0.3], [1, 0, 0], 2), ([0.25, 0.4, 0.9, 0.7], [1, 0, 1, 1], 4))

ERROR_IN_BINS = Exercise(
    "expected_calibration_error(confidence, correct, bins)",
    lambda q, a, bins: expected_calibration_error(q, a, bins=bins),
    """Check the expected calibration error, in bins of equal width.

    ``expected_calibration_error(confidence, correct, bins)`` takes numbers from 0 to 1 and whether
    each prediction was right, both of shape (N,), and the number of bins, and returns one number.
    A bin holds its upper edge, not its lower one; the first holds 0 as well.

    >>> def my_error(confidence, correct, bins):
    ...     return abs(confidence.mean() - correct.mean())
    >>> check.expected_calibration_error(my_error).diagnosis
    'distances-cancel'
    """,
    (
        Law("the error is one number", ONE_BIN, has_shape),
        Law("0.75 that is right half the time is off by 0.25, and so is 0.25", SURE_AND_MODEST),
        Law("the accuracy is compared with the mean confidence of the bin", ONE_MEAN),
        Law("too sure in one bin does not make up for too modest in another", OPPOSITE),
        Law("a bin weighs as much as the predictions in it", WEIGHED),
        Law("an empty bin adds nothing", EMPTY),
        Law("0 lies in the first bin and 1 in the last", ENDS),
        Law("a bin ends with its upper edge", EDGES),
        left_alone((*ONE_BIN, *WEIGHED)),
    ),
    IN_BINS,
)

# ---- the parts of the Brier score ----------------------------------------------------------------


def _parts(parts):
    """Return the parts made from share, confidence and accuracy of groups of equal confidence."""

    def of_predictions(confidence, correct):
        q, group = np.unique(confidence, return_inverse=True)
        n = np.bincount(group)
        return parts(n / n.sum(), q, np.bincount(group, correct) / n)

    return of_predictions


def _right_parts(w, q, a):
    mean = (w * a).sum()
    return (w * (q - a) ** 2).sum(), (w * (a - mean) ** 2).sum(), mean * (1 - mean)


def _with_mean(parts):
    """Return the parts from a formula that is given the accuracy of all, too."""
    return _parts(lambda w, q, a: parts(w, q, a, (w * a).sum()))


PARTS = (
    Mistake(
        "groups-count-alike",
        "All groups count alike. A mean over the predictions gives each group the weight n_b / N.",
        "sec-brier-parts",
    ).like(
        _with_mean(lambda w, q, a, m: (((q - a) ** 2).mean(), ((a - m) ** 2).mean(), m * (1 - m))),
        _parts(
            lambda w, q, a: (
                ((q - a) ** 2).mean(),
                ((a - a.mean()) ** 2).mean(),
                a.mean() * (1 - a.mean()),
            )
        ),
    ),
    Mistake(
        "groups-not-formed",
        "Each prediction is a group of its own. Then the reliability is the whole score. "
        "Predictions of equal confidence belong together: np.unique finds them.",
        "sec-brier-parts",
    ).like(
        lambda q, a: (((q - a) ** 2).mean(), ((a - a.mean()) ** 2).mean(), a.mean() * (~a).mean())
    ),
    Mistake(
        "parts-not-divided",
        "The sums are not divided by the number of predictions. Each group has the weight n_b / N.",
        "sec-brier-parts",
    ).like(lambda q, a: (*(len(q) * part for part in _parts(_right_parts)(q, a)[:2]), a.var())),
    Mistake(
        "parts-exchanged",
        "Reliability and resolution are exchanged. Reliability compares with the confidence, "
        "resolution with the accuracy of all.",
        "sec-brier-parts",
    ).like(
        _with_mean(
            lambda w, q, a, m: ((w * (a - m) ** 2).sum(), (w * (q - a) ** 2).sum(), m * (1 - m))
        )
    ),
    Mistake(
        "parts-not-squared",
        "These are distances, not squares. Absolute distances make the calibration error; the "
        "Brier score is made of squares.",
        "sec-brier-parts",
    ).like(
        _with_mean(
            lambda w, q, a, m: (
                (w * np.abs(q - a)).sum(),
                (w * np.abs(a - m)).sum(),
                m * (1 - m),
            )
        )
    ),
    Mistake(
        "resolution-of-confidence",
        "The resolution is taken from the confidence. It asks how far apart the accuracies of the "
        "groups are, whatever the model said.",
        "sec-brier-parts",
    ).like(
        _with_mean(
            lambda w, q, a, m: (
                (w * (q - a) ** 2).sum(),
                (w * (q - m) ** 2).sum(),
                m * (1 - m),
            )
        ),
        _with_mean(
            lambda w, q, a, m: (
                (w * (q - a) ** 2).sum(),
                (w * (q - (w * q).sum()) ** 2).sum(),
                m * (1 - m),
            )
        ),
    ),
    Mistake(
        "resolution-from-half",
        "The accuracies are compared with 1/2. The resolution is measured from the accuracy of "
        "all predictions together.",
        "sec-brier-parts",
    ).like(
        _with_mean(
            lambda w, q, a, m: (
                (w * (q - a) ** 2).sum(),
                (w * (a - 0.5) ** 2).sum(),
                m * (1 - m),
            )
        )
    ),
    Mistake(
        "resolution-negative",
        "The resolution has the wrong sign. It is a mean of squares; the minus stands in the "
        "formula that joins the parts.",
        "sec-brier-parts",
    ).like(
        _with_mean(
            lambda w, q, a, m: (
                (w * (q - a) ** 2).sum(),
                -(w * (a - m) ** 2).sum(),
                m * (1 - m),
            )
        )
    ),
    Mistake(
        "uncertainty-of-confidence",
        "The uncertainty is taken from the confidence. It is about what happened: the accuracy of "
        "all, times what is left to 1.",
        "sec-brier-parts",
    ).like(
        _parts(
            lambda w, q, a: (
                *_right_parts(w, q, a)[:2],
                (w * q).sum() * (1 - (w * q).sum()),
            )
        ),
        _parts(lambda w, q, a: (*_right_parts(w, q, a)[:2], (w * q * (1 - q)).sum())),
    ),
    Mistake(
        "uncertainty-of-groups",
        "The uncertainty is taken in each group. What is left within the groups is uncertainty "
        "less resolution; here the accuracy of all together is meant.",
        "sec-brier-parts",
    ).like(_parts(lambda w, q, a: (*_right_parts(w, q, a)[:2], (w * a * (1 - a)).sum()))),
    general.FEW_DIGITS,
)


def _forecasts(*pairs):
    return tuple((np.array(q, dtype=float), np.array(a, dtype=bool)) for q, a in pairs)


ALONE = _forecasts(([0.5], [1]), ([0.75, 0.75], [1, 0]))
ONE_GROUP = _forecasts(([0.75] * 4, [1, 1, 0, 1]), ([0.9] * 4, [1, 0, 0, 0]))
TWO_GROUPS = _forecasts(([0.75, 0.75, 0.25, 0.25], [1, 1, 0, 1]), ([0.9, 0.9, 0.4, 0.4], [1] * 4))
UNEQUAL = _forecasts(
    ([0.9, 0.9, 0.9, 0.3], [1, 1, 0, 0]), ([0.8, 0.1, 0.8, 0.6, 0.8], [0, 1] * 2 + [1])
)

BRIER_PARTS = Exercise(
    "brier_parts(confidence, correct)",
    _parts(_right_parts),
    """Check what the Brier score of a confidence is made of: reliability, resolution, uncertainty.

    ``brier_parts(confidence, correct)`` takes numbers from 0 to 1 and whether each prediction was
    right, both of shape (N,), and returns three numbers: reliability, resolution, uncertainty.
    Predictions of equal confidence are one group.

    >>> def my_parts(q, a):
    ...     return ((q - a) ** 2).mean(), a.var(), a.mean() * (1 - a.mean())
    >>> check.brier_parts(my_parts).diagnosis
    'groups-not-formed'
    """,
    (
        Law("there are three numbers", ALONE, has_shape),
        Law("the uncertainty is that of the accuracy of all", TWO_GROUPS, results=(2,)),
        Law("one group has no resolution, and its squared distance for reliability", ONE_GROUP),
        Law("two groups of the same size count alike", TWO_GROUPS),
        Law("a group counts with its share of the predictions", UNEQUAL),
        left_alone((*ALONE, *UNEQUAL)),
    ),
    PARTS,
    results=("reliability", "resolution", "uncertainty"),
)

# ---- a step of Newton's method -------------------------------------------------------------------


def _moments(z, p):
    """Return each row's mean and variance of the logits under p."""
    mean = (p * z).sum(axis=-1)
    return mean, (p * (z - mean[:, None]) ** 2).sum(axis=-1)


def _step(made, share=lambda z, beta: softmax(beta * z)):
    """Return a step that is made of beta, the slopes and the curvatures of the examples."""

    def step(z, labels, beta):
        mean, variance = _moments(z, share(z, beta))
        return made(beta, mean - at(z, labels), variance)

    return step


def _by_means(beta, slope, curvature):
    return beta - slope.mean() / curvature.mean()


def _with_slope(slope):
    """Return the step with another slope, made from logits, labels and p."""

    def step(z, labels, beta):
        p = softmax(beta * z)
        return beta - slope(z, labels, p).mean() / _moments(z, p)[1].mean()

    return step


def _with_curvature(curvature):
    """Return the step with another curvature, made from logits and p."""

    def step(z, labels, beta):
        p = softmax(beta * z)
        slope = (p * z).sum(axis=-1) - at(z, labels)
        return beta - slope.mean() / curvature(z, p).mean()

    return step


NEWTON = (
    Mistake(
        "step-uphill",
        "Newton steps uphill. Where the slope is negative, the minimum is further on: slope over "
        "curvature is subtracted.",
        "sec-fit-temperature",
    ).like(_step(lambda beta, slope, curvature: beta + slope.mean() / curvature.mean())),
    Mistake(
        "beta-not-in-softmax",
        "The probabilities do not know beta. They are softmax(beta z), made anew at each step.",
        "sec-fit-temperature",
    ).like(_step(_by_means, lambda z, beta: softmax(z))),
    Mistake(
        "divided-by-beta",
        "The logits are divided by beta. That is what T does; beta is 1 / T and multiplies.",
        "sec-fit-temperature",
    ).like(_step(_by_means, lambda z, beta: softmax(z / beta))),
    Mistake(
        "curvature-missing",
        "The slope itself is the step. That is gradient descent with the learning rate 1; Newton "
        "divides by the curvature.",
        "sec-fit-temperature",
    ).like(_step(lambda beta, slope, curvature: beta - slope.mean())),
    Mistake(
        "steps-averaged",
        "Each example takes a step of its own. The mean of quotients is not the quotient of the "
        "means: average slope and curvature first.",
        "sec-fit-temperature",
    ).like(_step(lambda beta, slope, curvature: beta - (slope / curvature).mean())),
    Mistake(
        "spread-without-p",
        "The variance does not weigh the classes. Under p, a likely class counts more than an "
        "unlikely one.",
        "sec-fit-temperature",
    ).like(_with_curvature(lambda z, p: z.var(axis=-1))),
    Mistake(
        "square-of-mean-missing",
        "The square of the mean is not taken off. The mean of the squares is no variance, and "
        "changes with a number added to all logits.",
        "sec-fit-temperature",
    ).like(_with_curvature(lambda z, p: (p * z**2).sum(axis=-1))),
    Mistake(
        "deviation-for-variance",
        "This is the standard deviation. The curvature is the variance, without a root.",
        "sec-fit-temperature",
    ).like(_with_curvature(lambda z, p: _moments(z, p)[1] ** 0.5)),
    Mistake(
        "leader-for-label",
        "The label is not looked at. The slope compares with the logit of the true class, not with "
        "the largest.",
        "sec-fit-temperature",
    ).like(_with_slope(lambda z, labels, p: (p * z).sum(axis=-1) - z.max(axis=-1))),
    Mistake(
        "true-logit-not-in-slope",
        "The logit of the true class is missing. The slope is the mean logit under p less the true "
        "one.",
        "sec-fit-temperature",
    ).like(_with_slope(lambda z, labels, p: (p * z).sum(axis=-1))),
    LABELS_OFF_BY_ONE.like(
        _with_slope(lambda z, labels, p: (p * z).sum(axis=-1) - at(z, labels - 1))
    ),
    Mistake(
        "temperature-returned",
        "This is 1 / beta. The step is taken in beta, and so is what it leads to; T is made at the "
        "end.",
        "sec-fit-temperature",
    ).like(_step(lambda beta, slope, curvature: 1 / _by_means(beta, slope, curvature))),
    Mistake(
        "change-returned",
        "The old beta is missing. The new one is the old one less slope over curvature.",
        "sec-fit-temperature",
    ).like(
        _step(lambda beta, slope, curvature: -slope.mean() / curvature.mean()),
        _step(lambda beta, slope, curvature: slope.mean() / curvature.mean()),
    ),
    overflow.NO_SHIFT.like(_step(_by_means, lambda z, beta: naive(beta * z))),
    general.FEW_DIGITS,
)


def _at(*triples):
    return tuple((np.array(z, dtype=float), np.array(k), float(beta)) for z, k, beta in triples)


SINGLE = _at(([[2, 0]], [0], 1), ([[2, 0]], [1], 1))
OTHER_BETAS = _at(([[3, 1, -3]], [0], 0.5), ([[3, 1, -3]], [1], 2))
BATCHES = _at(([[3, 1], [0, 0.5]], [1, 1], 1), ([[3, 1, -3], [0, 0.5, 2]], [2, 0], 0.5))
SHIFTED = _at(([[13, 11, 7], [0, 0.5, 2]], [1, 2], 0.5))
AT_REST = _at(([[2, 0]] * 4, [0, 0, 1, 0], np.log(3) / 2))
HUGE = _at(([[1000, 0], [0, 1]], [0, 1], 1.0))

NEWTON_STEP = Exercise(
    "newton_step(logits, labels, beta)",
    _step(_by_means),
    """Check one step of Newton's method for beta = 1 / T.

    ``newton_step(logits, labels, beta)`` takes logits of shape (N, C), integer labels of shape
    (N,) and a positive number, and returns the next beta.

    >>> def my_step(logits, labels, beta):
    ...     p = softmax(beta * logits)
    ...     slope = (p * logits).sum(axis=1) - logits[np.arange(len(labels)), labels]
    ...     return beta - slope.mean()
    >>> from softmax_lib import softmax
    >>> check.newton_step(my_step).diagnosis
    'curvature-missing'
    """,
    (
        Law("the next beta is one number", SINGLE, has_shape),
        Law("one example steps by its slope over its curvature", SINGLE),
        Law("the probabilities are those at beta", OTHER_BETAS),
        Law("a batch steps by the mean slope over the mean curvature", BATCHES),
        Law("adding a number to a row changes nothing", SHIFTED),
        Law("at the best beta the step is 0", AT_REST),
        Law("logits of 1000 make no nan", HUGE),
        left_alone((*SINGLE, *BATCHES)),
    ),
    NEWTON,
)

"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

from functools import cache

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

from softmax_lib import expected_calibration_error, fit_temperature


def error(q, a, bins=10):
    """The calibration error by scikit-learn's curve."""
    accuracy, mean = calibration_curve(a, q, n_bins=bins)
    counts = np.histogram(-q, bins=-np.linspace(0, 1, bins + 1)[::-1])[0][::-1]
    return (counts[counts > 0] * np.abs(accuracy - mean)).sum() / len(q)


@cache
def digits():
    X, labels = load_digits(return_X_y=True)
    X, rest, y, left = train_test_split(
        X / 16, labels, test_size=0.4, stratify=labels, random_state=0
    )
    halves = train_test_split(rest, left, test_size=0.5, stratify=left, random_state=0)
    return X, y, *halves


@cache
def logits():
    """The logits of the four models on the validation and the test part, and the labels."""
    X, y, X_val, X_test, y_val, y_test = digits()
    models = (
        LogisticRegression(C=1e4, solver="newton-cholesky", tol=1e-6),
        LinearDiscriminantAnalysis(),
        LogisticRegression(C=1, solver="newton-cholesky", tol=1e-6),
        GaussianNB(var_smoothing=1e-3),
    )
    fitted = [model.fit(X, y) for model in models]
    val = [model.predict_log_proba(X_val) for model in fitted]
    return val, [model.predict_log_proba(X_test) for model in fitted], y_val, y_test


def scores(z, labels):
    """Log loss, Brier score and calibration error."""
    p, true = softmax(z, axis=1), np.eye(10)[labels]
    loss = -(true * log_softmax(z, axis=1)).sum(axis=1).mean()
    brier = ((p - true) ** 2).sum(axis=1).mean()
    return loss, brier, error(p.max(axis=1), p.argmax(axis=1) == labels)


@cache
def changes():
    """What the fitted temperature adds to the three scores of each model on the test part."""
    val, test, y_val, y_test = logits()
    temperatures = [fit_temperature(z, y_val) for z in val]
    return np.array(
        [
            np.subtract(scores(z / T, y_test), scores(z, y_test))
            for z, T in zip(test, temperatures, strict=True)
        ]
    )


def losses_fall():
    return (changes()[:, 0] < 0).all()


def only_bayes_rises():
    return (changes()[:3, 2] < 0).all() and (changes()[3, 1:] > 0).all()


def further_than_chance():
    _, test, _, y_test = logits()
    rng = np.random.default_rng(1)
    for z in test:
        p = softmax(z, axis=1)
        q = p.max(axis=1)
        hits = rng.uniform(size=(200, len(q))) < q
        drawn = [expected_calibration_error(q, a) for a in hits]
        if error(q, p.argmax(axis=1) == y_test) <= max(drawn):
            return False
    return True


def judged():
    """Confidences and hits of the four models on the test part."""
    _, test, _, y_test = logits()
    for z in test:
        p = softmax(z, axis=1)
        yield p.max(axis=1), p.argmax(axis=1) == y_test


def two_too_sure_one_too_modest():
    """By more than chance: the means differ by two standard deviations and more."""
    off = [(q - a).mean() / np.sqrt((q * (1 - q)).sum()) * len(q) for q, a in judged()]
    return min(off[0], off[1], off[3]) > 2 and off[2] < -2


def no_two_alike():
    q, _ = list(judged())[2]
    return len(np.unique(q)) == len(q)


def two_empty_bins():
    q, _ = list(judged())[2]
    return q.min() > 0.2


def most_groups_are_single():
    counts = [np.unique(q, return_counts=True)[1] for q, _ in judged()]
    return all((n == 1).mean() > 0.9 for n in counts)


def default_knows_better():
    """Also in bins of equal counts, which do not put nearly all answers of one model together."""
    for groups in (5, 10, 20):
        found = []
        for q, a in judged():
            parts = np.array_split(a[np.argsort(q, kind="stable")], groups)
            found.append(sum(len(own) * (own.mean() - a.mean()) ** 2 for own in parts) / len(a))
        if found[2] <= found[0]:
            return False
    return True


def cuts_never_lower_it():
    rng = np.random.default_rng(0)
    for _ in range(300):
        q, a = rng.uniform(size=12), rng.uniform(size=12) < 0.5
        B, times = rng.integers(1, 6, size=2)
        coarse, fine = (expected_calibration_error(q, a, bins=b) for b in (B, B * times))
        if fine < coarse - 1e-12:
            return False
    return True


def training_data_are_separable():
    X, y = digits()[:2]
    model = LogisticRegression(C=1e4, solver="newton-cholesky", tol=1e-6)
    return model.fit(X, y).score(X, y) == 1


def no_order_changes():
    z = np.random.default_rng(0).normal(size=(200, 6))
    return all(
        (np.argsort(z / T) == np.argsort(softmax(z / T, axis=1))).all()
        and (np.argsort(z / T) == np.argsort(z)).all()
        for T in (0.1, 0.5, 3, 40)
    )


def balanced():
    val, _, y_val, _ = logits()
    for z in val:
        p = softmax(z / fit_temperature(z, y_val), axis=1)
        under_p, true = (p * z).sum(axis=1), z[np.arange(len(z)), y_val]
        if not np.isclose(under_p.mean(), true.mean(), rtol=1e-10):
            return False
    return True


def nearly_all_in_the_last_bin():
    weak = softmax(logits()[1][0], axis=1).max(axis=1)
    default = softmax(logits()[1][2], axis=1).max(axis=1)
    return (weak > 0.9).mean() > 0.95 and (default > 0.9).mean() < 0.75


def looking_away_is_calibrated():
    y_test = digits()[-1]
    frequency = np.bincount(y_test) / len(y_test)
    q = np.full(len(y_test), frequency.max())
    return np.isclose(error(q, y_test == frequency.argmax()), 0, atol=1e-12)


def absolute_error_wants_certainty():
    p = np.linspace(0, 1, 101)
    mean = 0.7 * 2 * (1 - p) + 0.3 * 2 * p
    return (np.diff(mean) < 0).all()


def temperature_on_paper(a):
    """By a fine search, for the gap 1."""
    T = np.geomspace(0.01, 1000, 200_001)
    loss = a * np.log1p(np.exp(-1 / T)) + (1 - a) * np.log1p(np.exp(1 / T))
    return T[loss.argmin()]


def grows_and_falls():
    found = [temperature_on_paper(a) for a in (0.501, 0.6, 0.9, 0.999)]
    expected = [1 / np.log(a / (1 - a)) for a in (0.501, 0.6, 0.9, 0.999)]
    return np.allclose(found, expected, rtol=1e-3) and (np.diff(found) < 0).all()


def newton_steps(gaps, wrong):
    """How far beta moves from 1, of two classes with these gaps: each alone, and all together."""
    p = 1 / (1 + np.exp(-np.array(gaps)))
    slope = gaps * (p - 1 + np.array(wrong))
    curvature = np.square(gaps) * p * (1 - p)
    return -slope / curvature, -slope.mean() / curvature.mean()


def sure_and_wrong_takes_a_huge_step():
    alone, together = newton_steps([10.0, *[2.0] * 9], [True, *[False] * 9])
    return alone[0] < -2000 and -3 < together < 0


HELD = {
    "alone it would take a huge step. In the mean the curvature of the others makes its step "
    "shorter than it would be alone": sure_and_wrong_takes_a_huge_step,
    "# Calibration: may one believe «0.9»?": lambda: 9 / 10,
    "If nine in ten of these answers are right, «0.9» can be taken at its word": lambda: 9 / 10,
    "Two are too sure. The third is too modest.": two_too_sure_one_too_modest,
    "no two answers of the default model have the same one": no_two_alike,
    "The first two bins are empty here": two_empty_bins,
    "On the digits most groups would hold a single answer.": most_groups_are_single,
    "and yet it knows better when it knows": default_knows_better,
    "cutting bins never lowers the error": cuts_never_lower_it,
    "All four are further from the diagonal than chance has brought a calibrated model": (
        further_than_chance
    ),
    "Nearly all answers of the other one lie in the last bin": nearly_all_in_the_last_bin,
    "which is 0 only if every answer is right and fully sure": lambda: (
        expected_calibration_error([1.0, 1.0], [1, 1], bins=1000) == 0
        and expected_calibration_error([0.9, 0.8], [1, 1], bins=1000) > 0
        and expected_calibration_error([1.0, 1.0], [1, 0], bins=1000) > 0
    ),
    "He is calibrated, and useless.": looking_away_is_calibrated,
    "The mean falls all the way to $p = 1$.": absolute_error_wants_certainty,
    "Their order stays, the leader stays, and the answer stays.": no_order_changes,
    "training data that are [separable](backprop.ipynb#heading=Where-the-forces-come-to-rest), "
    "as these are": training_data_are_separable,
    "All four losses fall.": losses_fall,
    "Three calibration errors fall as well. That of naive Bayes *rises*, and so does its Brier "
    "score": only_bayes_rises,
    "the mean logit under $p$ equals the mean true logit": balanced,
    "As $a$ comes down to $1/2$, $T$ grows without end; as $a$ goes up to 1, it falls to 0.": (
        grows_and_falls
    ),
}

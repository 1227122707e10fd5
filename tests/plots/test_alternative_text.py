"""The numbers in the words beside a figure: they are drawn in it, or follow from what it draws.

Matplotlib writes each text that it draws into the SVG as a comment, beside the outlines.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss

from softmax_lib import SoftmaxRegression
from softmax_lib.plots.derivative import gap_errors, step_errors

CHAPTERS = sorted((Path(__file__).resolve().parents[2] / "chapters").glob("*.ipynb"))
NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)")
LOGITS = np.array([3.0, 1.0, -3.0])
SHARES = softmax(LOGITS)


def figures():
    for path in CHAPTERS:
        for cell in nbformat.read(path, as_version=4).cells:
            shown = cell.metadata.get("mystnb", {})
            if "figure" in shown:
                (svg,) = (
                    output.data["image/svg+xml"]
                    for output in cell.outputs
                    if "image/svg+xml" in output.get("data", {})
                )
                name = shown["figure"]["name"]
                words = shown["image"]["alt"], shown["figure"]["caption"]
                yield pytest.param(name, words, svg, id=name)


def gone_at():
    """The first gap at which 1 + e^-gap is 1, and the power of ten of an error of all digits."""
    gap = next(gap for gap in range(100) if 1 + np.exp(-float(gap)) == 1)
    return gap, round(np.log10(2.0**53))


def two_bottoms():
    """The powers of ten below which the two differences fall, and where."""
    errors = step_errors(LOGITS, [1e-8, 1e-5])
    assert 1e-8 < errors["forward"][0] < 1e-7 and 1e-11 < errors["central"][1] < 1e-10
    flat = step_errors(LOGITS, np.logspace(-20, -8, 25))["complex"]
    assert flat.max() < 1e-14
    return 7, 8, 10, 5, 14


def small_slopes():
    """Where two lines start and when they reach 1, what the third stays below, and two steps."""
    gaps = np.arange(0, 45.5, 0.5)
    errors = gap_errors(gaps)
    assert 1e-11 < errors["central"][0] < 2e-11
    assert errors["complex"][0] < 1e-16
    assert errors["rewritten"].max() < 1e-15
    assert list(gaps[errors["central"] > 1.5]) == [37]  # above the picture
    gone = [gaps[errors[method] > 0.9][0] for method in ("central", "complex")]
    return 11, 16, 15, *np.floor(gone), 2, 17, 600


def fed_twice(gaps):
    """The loss of ten classes, and its slope in the true logit, if softmax is applied twice."""
    z = np.zeros((len(gaps), 10))
    z[:, 0] = gaps
    p = softmax(z, axis=-1)
    inner = softmax(p, axis=-1)
    inner[:, 0] -= 1  # the gradient in p; the Jacobian of the inner softmax takes it to z
    slope = p[:, 0] * (inner[:, 0] - (p * inner).sum(axis=-1))
    return -log_softmax(p, axis=-1)[:, 0], np.abs(slope)


def top_of_the_second_softmax():
    gaps = np.linspace(-20, 8, 281)
    loss, slope = fed_twice(gaps)
    return loss[gaps.searchsorted(-4)], slope.max(), round(gaps[slope.argmax()])


def squares_of_two():
    """Where the slope of the squared error of two classes is steepest, and how steep, and 0.7."""
    gaps = np.linspace(-20, 8, 281)
    p = softmax(np.stack([gaps, np.zeros(281)], axis=1), axis=-1)
    slope = 4 * p[:, 0] * p[:, 1] ** 2
    assert slope[0] < 1e-8
    return slope.max(), gaps[slope.argmax()], gaps[0], 0.7, 1


def settled():
    """The first shares, and a step from which on no line moves by more than its own width."""
    z, path = LOGITS, []
    for _ in range(61):
        path.append(softmax(z))
        z = z - 2 * (path[-1] - [0.1, 0.8, 0.1])
    assert np.ptp(path[30:], axis=0).max() < 0.01 < np.ptp(path[15:], axis=0).max()
    return *SHARES, 30


def first_and_last_losses():
    """Cross-entropy of the digits after 1 and 300 steps, judged by scikit-learn."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.data))
    test, train = order[:450], order[450:]
    X, labels = digits.data / 16 - digits.data[train].mean(axis=0) / 16, digits.target
    for steps in (1, 300):
        model = SoftmaxRegression(learning_rate=20, max_iter=steps, alpha=1 / len(train))
        model.fit(X[train], labels[train])
        for part in (train, test):
            yield log_loss(labels[part], model.predict_proba(X[part]))
    yield steps


def pictures_and_mistakes(drawn):
    """How many pictures a table of ten digits counts, and how many beside its diagonal."""
    pictures = sum(drawn) - 2 * sum(range(10))  # the digits are written along both sides
    return pictures, pictures - sum(number for number in drawn if number > 9)


def drawn_in(svg):
    return [value for text in re.findall(r"<!-- (.*?) -->", svg) for _, value in numbers(text)]


def numbers(text):
    return [(number, float(number.replace(",", ""))) for number in NUMBER.findall(text)]


# What is not written in the figure: the numbers, from elsewhere.
BESIDE = {
    "fig-temperature": lambda svg: SHARES,
    "fig-shifted-logits": lambda svg: [np.log(np.finfo(float).max)],
    "fig-soft-maximum": lambda svg: [np.log(2)],
    "fig-ulp-of-the-winner": lambda svg: gone_at(),
    "fig-saturation": lambda svg: LOGITS[:1],
    "fig-step": lambda svg: [*two_bottoms(), np.finfo(float).nmant + 1],
    "fig-small-slopes": lambda svg: small_slopes(),
    "fig-two-slopes": lambda svg: SHARES,
    "fig-squared-error": lambda svg: squares_of_two(),
    "fig-second-softmax": lambda svg: top_of_the_second_softmax(),
    "fig-settling": lambda svg: settled(),
    "fig-where-exp-lives": lambda svg: [np.ceil(np.log(float(np.finfo(np.float16).max)))],
    "fig-corners": lambda svg: LOGITS / 4,
    "fig-misprints": lambda svg: [0.1],  # a logit of the notes
    "fig-first-step": lambda svg: load_digits().images.shape[1:],
    "fig-loss-curve": lambda svg: list(first_and_last_losses()),
    "fig-machines": lambda svg: [4 * max(drawn_in(svg))],  # what four of them hold
    "fig-confusion": lambda svg: pictures_and_mistakes(drawn_in(svg)),
}


@pytest.mark.parametrize(("name", "words", "svg"), list(figures()))
def test_each_number_in_the_words_is_that_of_the_figure(name, words, svg):
    known = [*drawn_in(svg), *np.abs(BESIDE.get(name, lambda svg: [])(svg))]
    for text, of_caption in zip(words, (False, True), strict=True):
        for number, meant in numbers(text):
            if of_caption and len(number) == 1:
                continue  # what the figure was given
            decimals = len(number.partition(".")[2])
            off = 0.51 * 10.0**-decimals if decimals else 0  # what rounding may take
            near = min(known, key=lambda value: abs(value - meant))
            assert abs(near - meant) <= off, (
                f"{name}: {number} in {text!r} is not written in the figure; if it comes from "
                "elsewhere, say so in BESIDE"
            )

"""Chapter 1: what is asked of softmax as the formula says, and of hardmax."""

import numpy as np
import pytest

from softmax_lib import check


@pytest.mark.parametrize(
    "mended",
    [
        lambda z: (z - 1e-3 * np.arange(z.shape[-1])).argmax(axis=-1),
        lambda z: np.round(z, 6).argmax(axis=-1),
    ],
)
def test_a_tie_is_not_broken_by_moving_the_logits(mended):
    def hardmax(z):
        return np.eye(z.shape[-1])[mended(z)]

    assert check.hardmax(hardmax).failed_law == "a close race has a winner"


@pytest.mark.parametrize("temperature", [0.5, 2.0, 3.0, 10.0])
def test_a_temperature_is_recognised_whatever_it_is(temperature):
    def warm(z):
        e = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
        return e / e.sum(axis=-1, keepdims=True)

    assert check.softmax_naive(warm).diagnosis == "scaled-logits"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6, 1e-8, 1e-10, 1e-12])
def test_an_epsilon_is_recognised_by_its_effect_of_any_size(epsilon):
    def in_denominator(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / (e.sum(axis=-1, keepdims=True) + epsilon)

    assert check.softmax_naive(in_denominator).diagnosis == "epsilon-in-denominator"
    assert check.softmax(in_denominator).diagnosis == "epsilon-in-denominator"


@pytest.mark.parametrize("moved", [1e-3, 0.5, -2.0, 100.0])
def test_logits_that_are_moved_together_are_recognised_wherever_they_are(moved):
    report = check.free_logits(lambda p: np.log(p / p[..., -1:]) + moved)
    assert (report.failed_law, report.diagnosis) == ("the last logit is 0", "last-logit-not-zero")


@pytest.mark.parametrize("knob", [lambda e, T: e / T, lambda e, T: e * T, lambda e, T: e**1.0])
def test_a_temperature_outside_the_exponential_is_no_temperature(knob):
    def tempered(z, T):
        e = knob(np.exp(z), T)
        return e / e.sum(axis=-1, keepdims=True)

    assert check.tempered_softmax(tempered).diagnosis == "temperature-ignored"

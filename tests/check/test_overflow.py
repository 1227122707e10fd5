"""Chapter 2: what is asked of softmax made safe, of its logarithm, and of log-sum-exp."""

import math

import numpy as np
import pytest
import scipy.special

from attempts import WRONG
from softmax_lib import check


def test_the_law_that_fails_is_the_one_that_speaks_of_the_mistake():
    failed = {id_: check.softmax(attempt).failed_law for id_, attempt in WRONG["softmax"]}
    assert failed["not-normalised"] == "the shares sum to 1"
    assert failed["logits-divided-by-sum"] == "no share is negative"
    assert failed["sign-of-logits"] == "a larger logit gets a larger share"
    assert failed["global-maximum"] == "each row has its own maximum"
    assert failed["integer-buffer"] == "integers are logits too"


def test_an_error_is_a_sign_only_where_the_exercise_says_so():
    def overflows(labels, C):
        return [math.exp(1000)]

    assert check.one_hot(overflows).failure.came.startswith("OverflowError")
    assert check.one_hot(overflows).diagnosis is None
    assert check.log_softmax(lambda z: math.exp(1000)).diagnosis == "no-shift"


@pytest.mark.parametrize("instead", [np.inf, np.nan, -1e9, 0.0])
def test_infinity_is_nothing_else(instead):
    def attempt(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        log_p = z - z.max(axis=-1, keepdims=True) - np.log(e.sum(axis=-1, keepdims=True))
        return np.where(np.isneginf(log_p), instead, log_p)

    assert check.log_softmax(attempt).failed_law == "a logit of -inf rules its class out"


def test_the_first_of_two_mistakes_is_named_first():
    def both(z):
        return 2.0**z / (2.0**z).sum()  # the base, and no axis

    def one(z):
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()

    assert check.softmax(both).diagnosis == "other-base"
    assert check.softmax(one).diagnosis == "whole-array"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6, 1e-8, 1e-10, 1e-12])
def test_an_epsilon_in_the_logarithm_is_recognised_whatever_its_size(epsilon):
    def log_softmax(z):
        return np.log(scipy.special.softmax(z, axis=-1) + epsilon)

    assert check.log_softmax(log_softmax).diagnosis == "log-epsilon"


@pytest.mark.parametrize(("floor", "diagnosis"), [(-5.05, "clipped-probabilities"), (-4.95, None)])
def test_a_floor_is_one_only_below_minus_five(floor, diagnosis):
    def log_softmax(z):
        return np.maximum(scipy.special.log_softmax(z, axis=-1), floor)

    assert check.log_softmax(log_softmax).diagnosis == diagnosis

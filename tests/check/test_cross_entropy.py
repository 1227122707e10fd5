"""Chapter 4: what is asked of labels and of the loss."""

import numpy as np
import pytest

from attempts import WRONG
from softmax_lib import check, softmax_cross_entropy


def test_the_law_that_fails_is_the_one_that_speaks_of_the_mistake():
    failed = {id_: check.one_hot(attempt).failed_law for id_, attempt in WRONG["one_hot"]}
    assert failed["inverted"] == "every row has one 1"
    assert failed["width-from-labels"] == "a class without an example keeps its column"


@pytest.mark.parametrize("floor", [1e-12, 1e-15, 1e-30, 1e-300])
def test_a_floor_under_the_shares_is_recognised_at_any_height(floor):
    def loss(z, k):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.log(np.maximum(p, floor))[np.arange(len(k)), k]

    assert check.softmax_cross_entropy(loss).diagnosis == "clipped-probabilities"


@pytest.mark.parametrize(("most", "diagnosis"), [(5.05, "clipped-probabilities"), (4.95, None)])
def test_a_loss_that_stops_growing_is_cut_only_above_five(most, diagnosis):
    def loss(z, k):
        return np.minimum(softmax_cross_entropy(z, k), most)

    assert check.softmax_cross_entropy(loss).diagnosis == diagnosis

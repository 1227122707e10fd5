"""The checks of the network: what each law is for."""

import numpy as np

from attempts import WRONG
from softmax_lib import check


def failed(name):
    return {id_: getattr(check, name)(attempt).failed_law for id_, attempt in WRONG[name]}


def test_a_law_speaks_of_the_mistake_that_breaks_it():
    assert failed("relu_backward")["open-at-zero"] == "at exactly 0 the slope is taken to be 0"
    assert failed("relative_error")["zero-over-zero"] == "two zeros do not differ"
    assert failed("network_gradients")["network-mean-missing"] == (
        "a batch takes the mean of its examples"
    )


def test_the_units_of_the_samples_stand_clear_of_the_kink_and_on_both_sides():
    from softmax_lib.check.network import ALONE, IN_BATCH

    for X, _, U, u, W, b in (*ALONE, *IN_BATCH):
        A = X @ U + u
        assert np.abs(A).min() > 1e-3
        assert np.abs(np.maximum(A, 0) @ W + b).min() > 1e-3
    assert all(len(set((X @ U + u > 0).ravel())) == 2 for X, _, U, u, _, _ in (*ALONE, *IN_BATCH))

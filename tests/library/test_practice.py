"""Chapter on practice: logits without their mean."""

import numpy as np
from hypothesis import given

from oracles import few, logits
from softmax_lib import practice_example


@few
@given(logits())
def test_the_mean_is_gone_and_the_gaps_are_left(drawn):
    z, axis = drawn
    centred = practice_example(z, axis)
    np.testing.assert_allclose(centred.mean(axis=axis), 0, atol=1e-14)
    np.testing.assert_allclose(np.diff(centred, axis=axis), np.diff(z, axis=axis), atol=1e-13)

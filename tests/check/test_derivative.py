"""Chapter 3: what is asked of the Jacobian, and of the products with it."""

import numpy as np

from attempts import EXERCISES
from softmax_lib import check, softmax_jacobian, softmax_vjp


def test_the_two_products_are_asked_the_same_for_the_matrix_is_its_own_transpose():
    forward, backward = EXERCISES["softmax_jvp"], EXERCISES["softmax_vjp"]
    assert check.softmax_jvp(softmax_vjp).passed
    for one, other in zip(forward.laws, backward.laws, strict=True):
        for (z, v), (w, u) in zip(one.inputs, other.inputs, strict=True):
            assert np.array_equal(z, w) and np.array_equal(v, u)


def test_a_matrix_with_right_row_sums_is_not_yet_right():
    def without_corners(z):
        J = softmax_jacobian(z)
        J[0, 0] += 0.1
        J[0, -1] -= 0.1
        return J

    assert check.softmax_jacobian(without_corners).failed_law == "it is its own transpose"

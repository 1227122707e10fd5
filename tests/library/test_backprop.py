"""Chapter 5: the gradient p - y, and the layer behind it."""

import numpy as np
import pytest
import scipy.optimize
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oracles import EXAMPLE, FLOATS, distribution, exact_gradient, few, logits, strict, ulps
from softmax_lib import (
    linear_backward,
    numerical_jacobian,
    one_hot,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_jacobian,
    softmax_vjp,
)

INF, NAN = np.inf, np.nan


@st.composite
def labelled(draw, **options):
    """Draw logits, an axis and labels."""
    z, axis = draw(logits(**options))
    shape = tuple(np.delete(z.shape, axis).tolist())
    return z, axis, draw(hnp.arrays(int, shape, elements=st.integers(0, z.shape[axis] - 1)))


# --- p - y -------------------------------------------------------------------------------------


def test_the_example_of_the_course():
    gradient = softmax_cross_entropy_grad(EXAMPLE, 0)
    np.testing.assert_array_equal(gradient.round(3), [-0.121, 0.119, 0.002])


@few
@given(labelled())
def test_gradient_is_p_minus_y(drawn):
    z, axis, labels = drawn
    p = scipy.special.softmax(z, axis)
    hot = one_hot(labels, z.shape[axis], axis=axis)
    gradient = softmax_cross_entropy_grad(z, labels, axis)
    np.testing.assert_allclose(gradient, p - hot, rtol=1e-12, atol=1e-15)
    np.testing.assert_array_equal(softmax_cross_entropy_grad(z, hot, axis), gradient)
    np.testing.assert_array_equal(softmax_cross_entropy_grad(z, hot.astype(int), axis), gradient)
    y = distribution(z[::-1], axis)
    gradient = softmax_cross_entropy_grad(z, y, axis)
    np.testing.assert_allclose(gradient, p - y, rtol=1e-12, atol=1e-15)


def test_a_target_above_1_by_what_a_sum_may_be_off_is_subtracted_as_it_is():
    y = np.array([1 + 5e-7, 0, 0])
    wanted = scipy.special.softmax(EXAMPLE) - y
    np.testing.assert_allclose(softmax_cross_entropy_grad(EXAMPLE, y), wanted, rtol=1e-12)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("classes", [1, 2, 4, 10, 3000])
def test_labels_and_one_hot_targets_give_the_same_bits(dtype, classes):
    rng = np.random.default_rng(20240311)
    z = (rng.integers(-48, 48, (200, classes)) / 16).astype(dtype)
    z[0, :4] = (0.0625, 0, 0, 0)[:classes]
    labels = rng.integers(classes, size=200)
    for axis, rows in ((-1, z), (0, np.ascontiguousarray(z.T))):
        hot = one_hot(labels, classes, axis=axis)
        np.testing.assert_array_equal(
            softmax_cross_entropy_grad(rows, labels, axis),
            softmax_cross_entropy_grad(rows, hot, axis),
        )


@few
@given(labelled(max_dims=2, bound=5))
def test_gradient_is_the_derivative_of_the_loss(drawn):
    z, axis, labels = drawn
    y = distribution(z[::-1], axis)
    for targets in (labels, y):

        def total(flat, targets=targets):
            return softmax_cross_entropy(flat.reshape(z.shape), targets, axis).sum()

        numerical = scipy.optimize.approx_fprime(z.ravel(), total).reshape(z.shape)
        gradient = softmax_cross_entropy_grad(z, targets, axis)
        np.testing.assert_allclose(gradient, numerical, atol=3e-6)
        central = numerical_jacobian(
            lambda z, t=targets: softmax_cross_entropy(z, t, axis).sum(), z
        )
        np.testing.assert_allclose(gradient, central, atol=2e-9)


@few
@given(logits(max_dims=1, bound=5), st.data())
def test_gradient_through_the_jacobian_is_the_same(drawn, data):
    z, _ = drawn
    k = data.draw(st.integers(0, len(z) - 1))
    p = softmax(z)
    in_p = np.zeros_like(p)
    in_p[k] = -1 / p[k]
    gradient = softmax_cross_entropy_grad(z, k)
    np.testing.assert_allclose(softmax_jacobian(z).T @ in_p, gradient, atol=1e-13)
    np.testing.assert_allclose(softmax_vjp(z, in_p), gradient, atol=1e-13)


@few
@given(labelled(bound=400))
def test_push_all_and_pull_one_sum_to_zero(drawn):
    z, axis, labels = drawn
    gradient = softmax_cross_entropy_grad(z, labels, axis)
    np.testing.assert_allclose(gradient.sum(axis=axis), 0, atol=1e-15)
    pulled = np.take_along_axis(gradient, np.expand_dims(labels, axis), axis)
    assert (pulled <= 0).all()
    assert ((gradient < 0).sum(axis=axis) <= 1).all()


@few
@given(labelled(max_dims=1))
def test_norms_are_bounded(drawn):
    z, _, k = drawn
    gradient = softmax_cross_entropy_grad(z, k)
    p = softmax(z)
    np.testing.assert_allclose(np.abs(gradient).sum(), 2 * (1 - p[k]), rtol=1e-9, atol=1e-14)
    assert np.linalg.norm(gradient) <= np.sqrt(2) * (1 - p[k]) + 1e-14


# Sixteenths: z - m is exact, and the gradient alone is measured.
RNG = np.random.default_rng(20240302)
EXACT_GAPS = [
    np.r_[lead, np.round(48 * RNG.standard_normal(classes - 1)) / 16]
    for lead in (0.0, 20.0, 72.0)
    for classes in (2, 10, 100)
]


@pytest.mark.parametrize("z", [*EXACT_GAPS, 1e8 + np.arange(10.0), np.r_[72.0, np.zeros(9)]])
def test_every_component_is_accurate_also_that_of_the_target(z):
    for label in {0, int(np.argmax(z)), int(np.argmin(z))}:
        assert ulps(softmax_cross_entropy_grad(z, label), exact_gradient(z, label)) < 6
        single = (z - 1e8 * (z > 1e7)).astype(np.float32)
        wanted = exact_gradient(single, label)
        assert ulps(softmax_cross_entropy_grad(single, label), wanted) < 12


def test_small_shares_keep_their_digits_in_rows_that_must_be_shifted():
    z = np.array([720.1, 70.3, 130.7])
    for label in (0, 2):
        got = softmax_cross_entropy_grad(z, label)
        assert ulps(got, exact_gradient(z, label)) < 64
    assert ulps(softmax(z)[1:2], exact_gradient(z, 0)[1:2]) > 200


def test_one_minus_p_would_lose_the_gradient_of_a_confident_prediction():
    for dtype, lead in [(np.float64, 72), (np.float32, 20)]:
        z = np.array([lead, 0], dtype)
        assert softmax(z)[0] - 1 == 0
        gradient = softmax_cross_entropy_grad(z, 0)
        np.testing.assert_allclose(gradient[0], -np.exp(-float(lead)), rtol=1e-6)
        assert gradient[0] == -gradient[1]


@few
@given(labelled(dtypes=[np.float16], max_side=8))
def test_float16_is_rounded_once(drawn):
    z, axis, labels = drawn
    y = distribution(z.astype(float), axis)
    for targets in (labels, y):
        gradient = softmax_cross_entropy_grad(z, targets, axis).astype(float)
        wide = softmax_cross_entropy_grad(z.astype(float), targets, axis)
        rounded = wide.astype(np.float16)
        # Where p - y cancels, p is good to a few eps of float32.
        slack = np.spacing(np.abs(rounded)).astype(float) + 8 * np.finfo(np.float32).eps
        assert (np.abs(gradient - rounded) <= slack).all()


def test_float16_targets_are_pulled_by_all_the_others():
    gradient = softmax_cross_entropy_grad(np.zeros(70_000, np.float16), 5)
    assert gradient[5] == -1  # 1 / 70000 - 1, rounded once
    soft = softmax_cross_entropy_grad(np.array([0, 0.003], np.float16), [0.5, 0.5])
    assert soft[0] == -soft[1]


@pytest.mark.parametrize("dtype", FLOATS)
def test_edge_values_of_the_gradient(dtype):
    z = np.array([[-INF, 0], [-INF, -INF], [INF, 0], [NAN, 0]], dtype)
    for label in (0, 1):
        with strict():
            gradient = softmax_cross_entropy_grad(z, np.full(4, label))
        np.testing.assert_array_equal(gradient[0], [[-1, 1], [0, 0]][label])
        assert np.isnan(gradient[1:]).all()


def test_a_single_class_has_no_gradient_but_keeps_its_nan():
    for z in (5.0, -1e300):
        np.testing.assert_array_equal(softmax_cross_entropy_grad([z], 0), [0])
        np.testing.assert_array_equal(softmax_cross_entropy_grad([z], [1.0]), [0])
        assert not np.signbit(softmax_cross_entropy_grad([z], 0)).any()
    for z in (NAN, INF, -INF):
        assert np.isnan(softmax_cross_entropy_grad([z], 0)).all()
        assert np.isnan(softmax_cross_entropy_grad([z], [1.0])).all()
    assert softmax_cross_entropy_grad(3.0, 1.0) == 0
    assert np.ndim(softmax_cross_entropy_grad(3.0, 1.0)) == 0


def test_the_probabilities_of_the_caller_are_left_alone():
    # dscores = probs; dscores[k] -= 1 changes probs as well.
    p = softmax(EXAMPLE)
    dscores = p
    dscores[0] -= 1
    assert p[0] < 0
    z = np.array([EXAMPLE])
    first = softmax(z)
    softmax_cross_entropy_grad(z, [0])
    np.testing.assert_array_equal(softmax(z), first)


# --- what "the gradient explodes" gets wrong -----------------------------------------------------


def test_the_gradient_in_p_is_unbounded_and_the_gradient_in_z_is_not():
    for gap in (10.0, 100.0, 700.0):
        z = np.array([0.0, gap])  # class 0 is right, and the prediction is wrong
        p = softmax(z)
        assert -1 / p[0] < -0.99 * np.exp(gap)
        gradient = softmax_cross_entropy_grad(z, 0)
        assert np.abs(gradient).max() <= 1
        assert np.linalg.norm(gradient) <= np.sqrt(2)
        np.testing.assert_allclose(-1 / p[0] * p[0] * p[1], gradient[0], rtol=1e-12)


def test_squared_error_on_probabilities_learns_nothing_from_a_confident_mistake():
    sizes = []
    for gap in (10.0, 15.0, 20.0):
        z, y = np.array([0.0, gap]), np.array([1.0, 0.0])
        squared = softmax_vjp(z, 2 * (softmax(z) - y))
        sizes.append(np.abs(squared).max())
        assert np.abs(softmax_cross_entropy_grad(z, y)).max() > 0.9999
    assert 1e-4 < sizes[0] < 3e-4
    assert 1e-9 < sizes[2] < 2e-8


def test_a_second_softmax_makes_the_gradient_vanish_when_confidently_wrong():
    def twice(z):
        return softmax_cross_entropy(softmax(z), 0)

    wrong = np.array([0.0, 20.0, 0.0])
    gradient = softmax_vjp(wrong, softmax_cross_entropy_grad(softmax(wrong), 0))
    np.testing.assert_allclose(gradient, numerical_jacobian(twice, wrong), atol=1e-9)
    assert np.abs(gradient).max() < 1e-7
    assert np.abs(softmax_cross_entropy_grad(wrong, 0)).max() > 0.99


def test_temperature_divides_the_gradient():
    z, T = np.array(EXAMPLE), 2.0
    warm = numerical_jacobian(lambda z: softmax_cross_entropy(z / T, 1), z)
    np.testing.assert_allclose(warm, softmax_cross_entropy_grad(z / T, 1) / T, atol=1e-10)


# --- the linear layer ----------------------------------------------------------------------------


def layer(seed, N=4, D=3, C=2, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = (N, D), (D, C), (C,)
    return (
        *(rng.standard_normal(shape).astype(dtype) for shape in shapes),
        rng.integers(C, size=N),
    )


@pytest.mark.parametrize("shape", [(1, 1, 2), (4, 3, 2), (5, 2, 4)])
def test_gradients_of_the_batch_mean(shape):
    X, W, b, labels = layer(sum(shape), *shape)

    def loss(X, W, b):
        return softmax_cross_entropy(X @ W + b, labels).mean()

    G = softmax_cross_entropy_grad(X @ W + b, labels) / len(X)
    grad_X, grad_W, grad_b = linear_backward(X, W, G)
    np.testing.assert_allclose(grad_X, numerical_jacobian(lambda x: loss(x, W, b), X), atol=1e-9)
    np.testing.assert_allclose(grad_W, numerical_jacobian(lambda w: loss(X, w, b), W), atol=1e-9)
    np.testing.assert_allclose(grad_b, numerical_jacobian(lambda c: loss(X, W, c), b), atol=1e-9)


def test_a_mean_divides_by_the_number_of_examples():
    X, W, b, labels = layer(3)
    wrong = linear_backward(X, W, softmax_cross_entropy_grad(X @ W + b, labels))[2]
    numerical = numerical_jacobian(lambda c: softmax_cross_entropy(X @ W + c, labels).mean(), b)
    np.testing.assert_allclose(wrong, len(X) * numerical, atol=1e-8)
    assert np.abs(wrong - numerical).max() > 0.01


@few
@given(st.integers(0, 2**32 - 1), *[st.integers(0, 4)] * 3)
def test_gradients_by_the_formula_entry_by_entry(seed, N, D, C):
    X, W, _, _ = layer(seed, N, D, max(C, 1))
    G = np.random.default_rng(seed).standard_normal((N, W.shape[1]))
    before = [array.copy() for array in (X, W, G)]
    grad_X, grad_W, grad_b = linear_backward(X, W, G)
    np.testing.assert_allclose(grad_X, np.einsum("nc,dc->nd", G, W), atol=1e-14)
    np.testing.assert_allclose(grad_W, np.einsum("nd,nc->dc", X, G), atol=1e-14)
    np.testing.assert_allclose(grad_b, np.einsum("nc->c", G), atol=1e-14)
    for array, copy in zip((X, W, G), before, strict=True):
        np.testing.assert_array_equal(array, copy)
    for gradient, array in [(grad_X, X), (grad_W, W)]:
        assert gradient.shape == array.shape


@pytest.mark.parametrize("dtype", FLOATS)
def test_dtypes_of_the_layer_are_kept(dtype):
    X, W, _, _ = layer(0, dtype=dtype)
    assert {gradient.dtype for gradient in linear_backward(X, W, X @ W)} == {np.dtype(dtype)}
    for wider in range(3):
        arrays = [X, W, X @ W]
        arrays[wider] = arrays[wider].astype(np.float32)
        mixed = {gradient.dtype for gradient in linear_backward(*arrays)}
        assert mixed == {np.result_type(dtype, np.float32)}
    swapped = linear_backward(*(a.astype(a.dtype.newbyteorder(">")) for a in (X, W, X @ W)))
    np.testing.assert_allclose(swapped[0], linear_backward(X, W, X @ W)[0], rtol=1e-6)
    assert {gradient.dtype for gradient in linear_backward([[1]], [[2]], [[True]])} == {
        np.dtype(np.float64)
    }


def test_float16_batches_accumulate_in_float32():
    ones = np.ones((5000, 2), np.float16)
    _, grad_W, grad_b = linear_backward(ones, np.ones((2, 2), np.float16), ones)
    np.testing.assert_array_equal(grad_b, [5000, 5000])
    np.testing.assert_array_equal(grad_W, np.full((2, 2), 5000))


def test_a_layer_does_not_warn():
    huge = [[1e200, -1e200]]
    with strict():
        grad_X, grad_W, grad_b = linear_backward(huge, [[1e200], [INF]], [[1e200]])
    np.testing.assert_array_equal(grad_X, [[INF, INF]])
    np.testing.assert_array_equal(grad_W, [[INF], [-INF]])
    np.testing.assert_array_equal(grad_b, [1e200])


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 2), (3, 5), (4, 5)), r"got \(4, 2\), \(3, 5\), \(4, 5\)"),
        (((4, 3), (2, 2), (4, 2)), r"got \(4, 3\), \(2, 2\), \(4, 2\)"),
        (((4, 3), (3, 2), (3, 2)), r"got \(4, 3\), \(3, 2\), \(3, 2\)"),
        (((4, 3), (3, 2), (4, 1)), r"got \(4, 3\), \(3, 2\), \(4, 1\)"),
        (((4, 3), (3, 2), (5, 2)), r"got \(4, 3\), \(3, 2\), \(5, 2\)"),
        (((4, 3), (3, 2), (4, 3)), r"got \(4, 3\), \(3, 2\), \(4, 3\)"),
        (((3,), (3, 2), (4, 2)), r"X must be a matrix, got an array of shape \(3,\)"),
        (((4, 3), (3,), (4, 2)), r"W must be a matrix, got an array of shape \(3,\)"),
        (((4, 3), (3, 2), (1, 4, 2)), r"grad_logits must be a matrix, .* \(1, 4, 2\)"),
    ],
)
def test_shapes_that_do_not_fit_are_shown(shapes, message):
    with pytest.raises(ValueError, match=message):
        linear_backward(*(np.ones(shape) for shape in shapes))

"""Chapter 3: the Jacobian of softmax, its products without the matrix, and numerical checks."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oracles import EXAMPLE, FLOATS, exact, exact_softmax, few, logits, strict, ulps
from softmax_lib import (
    log_softmax,
    logsumexp,
    numerical_jacobian,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_naive,
    softmax_vjp,
)

NAN = np.nan


@st.composite
def rows(draw, bound=10):
    """Draw a batch of logits and vectors of the same shape."""
    z, _ = draw(logits(bound=bound))
    v = draw(hnp.arrays(np.float64, z.shape, elements=st.integers(-8, 8)))
    return z, v


def exact_jacobian(row):
    """Return diag(p) - p p^T to 60 digits."""
    with mpmath.workdps(60):
        p = exact_softmax(row)
        return [[p[i] * ((i == j) - p[j]) for j in range(len(p))] for i in range(len(p))]


# --- the matrix --------------------------------------------------------------------------------


def test_the_example_of_the_course():
    expected = [[0.106, -0.105, -0.002], [-0.105, 0.105, 0], [-0.002, 0, 0.002]]
    np.testing.assert_array_equal(softmax_jacobian(EXAMPLE).round(3), expected)


@pytest.mark.parametrize("z", [EXAMPLE, (72.0, 0.0, 0.0), (1000.0, 960.0, 990.0), (5.0,)])
def test_every_entry_is_accurate_also_where_p_is_near_1(z):
    # The gaps are integers, hence exact; their exponentials are good to a few ulp.
    for got, wanted in zip(softmax_jacobian(z), exact_jacobian(z), strict=True):
        assert ulps(got, wanted) < 6


def test_one_minus_p_would_lose_the_diagonal():
    p = softmax([72.0, 0.0])
    assert p[0] * (1 - p[0]) == 0
    np.testing.assert_allclose(softmax_jacobian([72.0, 0.0])[0, 0], np.exp(-72.0), rtol=1e-15)


@few
@given(logits())
def test_jacobian_is_diag_p_minus_the_outer_product(drawn):
    z, _ = drawn
    p = softmax(z)
    diagonal = p[..., :, None] * np.eye(z.shape[-1])
    expected = diagonal - p[..., :, None] * p[..., None, :]
    np.testing.assert_allclose(softmax_jacobian(z), expected, rtol=1e-12, atol=1e-15)


@few
@given(logits(max_dims=1, bound=10))
def test_jacobian_is_the_derivative(drawn):
    z, _ = drawn
    J = softmax_jacobian(z)
    by_complex_step = numerical_jacobian(softmax_naive, z, method="complex")
    np.testing.assert_allclose(by_complex_step, J, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(numerical_jacobian(softmax, z), J, rtol=0, atol=1e-9)


def test_jacobian_against_derivatives_in_arbitrary_precision():
    z = [mpmath.mpf(value) for value in EXAMPLE]

    def p(i, *logits):
        return mpmath.exp(logits[i]) / mpmath.fsum(mpmath.exp(value) for value in logits)

    with mpmath.workdps(40):
        expected = [
            [
                float(
                    mpmath.diff(lambda *a, i=i: p(i, *a), z, tuple(int(k == j) for k in range(3)))
                )
                for j in range(3)
            ]
            for i in range(3)
        ]
    np.testing.assert_allclose(softmax_jacobian(EXAMPLE), expected, rtol=1e-14)


@few
@given(rows())
def test_jacobian_is_symmetric_with_rows_that_sum_to_zero(drawn):
    J = softmax_jacobian(drawn[0])
    np.testing.assert_array_equal(J, np.swapaxes(J, -1, -2))
    np.testing.assert_allclose(J.sum(axis=-1), 0, atol=1e-16)


@few
@given(rows())
def test_the_quadratic_form_is_the_variance_under_p(drawn):
    z, v = drawn
    p, J = softmax(z), softmax_jacobian(z)
    form = np.einsum("...i,...ij,...j", v, J, v)
    mean = (p * v).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(form, (p * (v - mean) ** 2).sum(axis=-1), rtol=1e-9, atol=1e-12)
    assert (form >= -1e-13).all()


@few
@given(logits(max_dims=1, bound=3))
def test_rank_is_one_less_than_the_number_of_classes(drawn):
    z, _ = drawn
    J = softmax_jacobian(z)
    eigenvalues = np.linalg.eigvalsh(J)
    assert np.linalg.matrix_rank(J, tol=1e-12) == len(z) - 1
    assert eigenvalues[-1] <= 0.5 + 1e-15
    assert abs(eigenvalues[0]) < 1e-15


def test_the_spectral_norm_of_one_half_is_reached():
    assert np.linalg.norm(softmax_jacobian([0.0, 0.0]), 2) == pytest.approx(0.5, rel=1e-15)


def test_the_jacobian_is_neither_diagonal_nor_invertible():
    J = softmax_jacobian(EXAMPLE)
    assert np.abs(J - np.diag(np.diag(J))).max() > 0.1
    np.testing.assert_allclose(J @ np.ones(3), 0, atol=1e-16)


def test_temperature_divides_the_jacobian():
    z, T = np.array(EXAMPLE), 2.5
    warm = numerical_jacobian(lambda x: softmax(x, temperature=T), z)
    np.testing.assert_allclose(warm, softmax_jacobian(z / T) / T, atol=1e-10)


def test_the_gradient_of_logsumexp_is_softmax():
    np.testing.assert_allclose(numerical_jacobian(logsumexp, EXAMPLE), softmax(EXAMPLE), atol=1e-9)


def test_the_jacobian_of_log_softmax_is_the_identity_minus_p():
    expected = np.eye(3) - softmax(EXAMPLE)
    np.testing.assert_allclose(numerical_jacobian(log_softmax, EXAMPLE), expected, atol=1e-9)


# --- the products ------------------------------------------------------------------------------


@few
@given(rows())
def test_jvp_and_vjp_are_products_with_the_jacobian(drawn):
    z, v = drawn
    J = softmax_jacobian(z)
    jvp = np.einsum("...ij,...j->...i", J, v)
    vjp = np.einsum("...j,...ji->...i", v, J)
    np.testing.assert_allclose(softmax_jvp(z, v), jvp, rtol=0, atol=1e-14)
    np.testing.assert_allclose(softmax_vjp(z, v), vjp, rtol=0, atol=1e-14)


@few
@given(rows(), st.data())
def test_jvp_and_vjp_are_adjoint(drawn, data):
    z, v = drawn
    u = data.draw(hnp.arrays(np.float64, z.shape, elements=st.integers(-8, 8)))
    for axis in range(z.ndim):
        left, right = u * softmax_jvp(z, v, axis), softmax_vjp(z, u, axis) * v
        np.testing.assert_allclose(left.sum(axis), right.sum(axis), rtol=0, atol=1e-13)


@few
@given(rows())
def test_jvp_is_a_directional_derivative(drawn):
    z, v = drawn
    h = 1e-200
    for axis in range(z.ndim):
        expected = softmax_naive(z + 1j * h * v, axis).imag / h
        np.testing.assert_allclose(softmax_jvp(z, v, axis), expected, rtol=0, atol=1e-14)


@few
@given(logits(bound=200))
def test_a_constant_direction_changes_nothing(drawn):
    z, axis = drawn
    np.testing.assert_allclose(softmax_jvp(z, np.full_like(z, 3), axis), 0, atol=1e-14)


@few
@given(rows())
def test_products_sum_to_zero(drawn):
    z, v = drawn
    np.testing.assert_allclose(softmax_jvp(z, v).sum(axis=-1), 0, atol=1e-14)


def test_products_need_no_matrix():
    z = np.zeros(100_000)  # the matrix would be 80 GB
    v = np.arange(100_000.0)
    np.testing.assert_allclose(softmax_jvp(z, v), (v - v.mean()) / 1e5, rtol=1e-12)


@pytest.mark.parametrize(
    ("product", "name"), [(softmax_jvp, "tangent"), (softmax_vjp, "cotangent")]
)
def test_shapes_that_differ_are_an_error_that_shows_both(product, name):
    message = rf"{name} must have the shape of logits: got \(1, 3\), logits have \(3,\)"
    with pytest.raises(ValueError, match=message):
        product(EXAMPLE, [EXAMPLE])
    with pytest.raises(ValueError, match=r"got \(\), logits have \(3,\)"):
        product(EXAMPLE, 1.0)


# --- edge values and dtypes ----------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
def test_rows_that_are_nan_in_softmax_are_nan(dtype):
    z = np.array([[np.inf, 0], [-np.inf, -np.inf], [NAN, 0], [-np.inf, 0]], dtype)
    with strict():
        J = softmax_jacobian(z)
        product = softmax_jvp(z, np.ones_like(z))
        assert np.isnan(J[:3]).all()
        assert np.isnan(product[:3]).all()
        np.testing.assert_array_equal(J[3], np.zeros((2, 2)))
        np.testing.assert_array_equal(product[3], [0, 0])


def test_a_single_class_has_no_derivative_but_keeps_its_nan():
    for z in (5.0, -1e300):
        np.testing.assert_array_equal(softmax_jacobian([z]), [[0]])
        assert not np.signbit(softmax_jacobian([z])).any()
        np.testing.assert_array_equal(softmax_jvp([z], [3.0]), [0])
    for z in (NAN, np.inf, -np.inf):
        assert np.isnan(softmax_jacobian([z])).all()
        assert np.isnan(softmax_jvp([z], [3.0])).all()


def test_a_scalar_has_no_class_axis():
    with pytest.raises(ValueError, match="must have a class axis"):
        softmax_jacobian(3.0)
    assert softmax_jvp(3.0, 2.0) == 0
    assert np.ndim(softmax_vjp(3.0, 2.0)) == 0


def test_underflow_is_harmless():
    with strict():
        J = softmax_jacobian([0.0, -720.0, -800.0])
    with np.errstate(under="ignore"):
        np.testing.assert_allclose(J[0, :2], [np.exp(-720.0), -np.exp(-720.0)], atol=1e-322)
    assert J[2].tolist() == [0, 0, 0]


@few
@given(logits(dtypes=[np.float16], max_side=6), st.data())
def test_float16_is_rounded_once(drawn, data):
    z, axis = drawn
    wide = z.astype(np.float64)
    J, expected = softmax_jacobian(z), softmax_jacobian(wide).astype(np.float16)
    assert (np.abs(J.astype(float) - expected) <= np.spacing(np.abs(expected))).all()
    v = data.draw(hnp.arrays(np.float16, z.shape, elements=st.integers(-8, 8)))
    product = softmax_jvp(z, v, axis)
    expected = softmax_jvp(wide, v, axis).astype(np.float16)
    # The mean of v is good to eps of float32 times its size.
    slack = np.spacing(np.abs(expected)) + 8 * 4 * np.finfo(np.float32).eps
    assert (np.abs(product.astype(float) - expected) <= slack).all()


def test_float16_diagonals_do_not_add_rounded_probabilities():
    J = softmax_jacobian(np.zeros(2000, np.float16))
    assert J[0, 0] == np.float16(1999 / 2000**2)


# --- numerical_jacobian --------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_linear_map_has_itself_as_jacobian(method):
    A = np.arange(6.0).reshape(2, 3) + 0.5
    x = [1.0, -2.0, 1e5]
    J = numerical_jacobian(lambda x: A @ x, x, method=method)
    np.testing.assert_allclose(J, A, rtol=1e-6 if method == "central" else 1e-15)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_the_shape_is_that_of_f_and_then_that_of_x(method):
    x = np.arange(6.0).reshape(2, 3) / 8
    J = numerical_jacobian(lambda x: (x**2).sum(axis=1), x, method=method)
    expected = np.zeros((2, 2, 3))
    expected[0, 0], expected[1, 1] = 2 * x
    np.testing.assert_allclose(J, expected, atol=1e-10)
    assert numerical_jacobian(lambda x: x.sum(), x, method=method).shape == (2, 3)
    assert numerical_jacobian(np.square, 3.0, method=method).shape == ()
    assert numerical_jacobian(np.square, 3.0, method=method) == pytest.approx(6, rel=1e-9)
    empty = numerical_jacobian(lambda x: np.ones(4) * x.sum(), np.zeros((0, 2)), method=method)
    assert empty.shape == (4, 0, 2)


def test_central_differences_are_exact_for_a_parabola_up_to_rounding():
    for x in (0.0, 3.0, -1e6):
        J = numerical_jacobian(np.square, x)
        assert abs(J - 2 * x) <= 1e-9 * max(1.0, abs(x))


def test_the_error_is_of_the_order_of_eps_to_two_thirds():
    error = np.abs(numerical_jacobian(softmax, EXAMPLE) - softmax_jacobian(EXAMPLE)).max()
    assert error < 1e-9
    J = numerical_jacobian(softmax_naive, EXAMPLE, method="complex")
    assert np.abs(J - softmax_jacobian(EXAMPLE)).max() < 1e-16


@pytest.mark.parametrize("large", [1e3, 1e8, -1e12])
def test_the_step_grows_with_x(large):
    assert numerical_jacobian(lambda x: 3 * x, large) == pytest.approx(3, rel=1e-9)


def test_a_function_that_reuses_its_buffer_is_differentiated_all_the_same():
    buffer = np.empty(3)
    J = numerical_jacobian(lambda x: softmax(x, out=buffer), EXAMPLE)
    np.testing.assert_allclose(J, softmax_jacobian(EXAMPLE), atol=1e-9)


def test_x_is_not_modified_even_by_a_function_that_modifies_its_argument():
    x = np.array(EXAMPLE)
    J = numerical_jacobian(lambda x: softmax(x, out=x), x)
    np.testing.assert_array_equal(x, EXAMPLE)
    np.testing.assert_allclose(J, softmax_jacobian(EXAMPLE), atol=1e-9)
    integers = np.array([3, 1, -3])
    np.testing.assert_array_equal(
        numerical_jacobian(softmax, integers), numerical_jacobian(softmax, x)
    )


@pytest.mark.parametrize("method", ["forward", "", None, 1])
def test_an_unknown_method_is_an_error(method):
    with pytest.raises(ValueError, match="method must be 'central' or 'complex', got"):
        numerical_jacobian(softmax, EXAMPLE, method=method)


def test_the_complex_step_needs_a_complex_result():
    with pytest.raises(TypeError, match="complex step needs f to return complex"):
        numerical_jacobian(lambda x: np.abs(x), EXAMPLE, method="complex")
    with pytest.raises(TypeError, match="real numbers, got an array of dtype complex128"):
        numerical_jacobian(softmax, EXAMPLE, method="complex")


@pytest.mark.parametrize(
    ("method", "steps"),
    [
        ("central", [np.cbrt(np.finfo(float).eps), -np.cbrt(np.finfo(float).eps)]),
        ("complex", [1e-200j]),
    ],
)
def test_the_step_is_the_one_that_the_chapter_names(method, steps):
    seen = []
    numerical_jacobian(lambda x: seen.append(complex(x)) or x, 0.5, method=method)
    assert [x - 0.5 for x in seen] == pytest.approx(steps, rel=1e-6, abs=0)


def test_the_step_taken_is_the_one_divided_by():
    # x + h is rounded: near 1e9 the step taken differs from h in its sixth digit or so.
    steps = []
    numerical_jacobian(lambda x: steps.append(float(x)) or x, 1e9 + 1 / 3)
    above, below = steps
    assert exact(above) - exact(below) != 2 * exact(np.cbrt(np.finfo(float).eps) * (1e9 + 1 / 3))
    assert numerical_jacobian(lambda x: x, 1e9 + 1 / 3) == 1


@pytest.mark.parametrize(("dtype", "error"), [(np.float32, 2e-5), (np.float16, 0.02)])
def test_a_function_of_fewer_digits_gets_a_larger_step(dtype, error):
    for z in (np.array(EXAMPLE), np.array([0.1, 0.2, 0.7, -5.0])):
        J = numerical_jacobian(lambda x: softmax(x.astype(dtype)), z)
        assert np.abs(J - softmax_jacobian(z)).max() < error
    J = numerical_jacobian(lambda x: np.float32(x.sum()) ** 2, [1.0, 2.0])
    np.testing.assert_allclose(J, [6, 6], rtol=1e-4)


def test_integer_results_are_differentiated_like_floats():
    J = numerical_jacobian(lambda x: np.array([1, 2]), [1.0, 2.0])
    np.testing.assert_array_equal(J, np.zeros((2, 2)))

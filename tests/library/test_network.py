"""The network: one hidden layer, against scikit-learn's, and against derivatives by numbers."""

import re
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from oracles import FLOATS, few, strict
from softmax_lib import (
    NotFittedError,
    OneHiddenLayer,
    hidden_layer,
    hidden_layer_backward,
    network_loss_and_gradients,
    numerical_jacobian,
    relative_error,
    relu,
    softmax,
    softmax_cross_entropy,
)

INF, NAN = np.inf, np.nan
BOTH = pytest.mark.parametrize("activation", ["relu", "tanh"])


def network(seed=0, N=5, D=4, M=3, C=2, dtype=np.float64):
    """Return X, labels and the arrays of a network, no two of whose sizes are equal."""
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape).astype(dtype) for shape in ((N, D), (D, M), M, (M, C), C)]
    return arrays[0], rng.integers(C, size=N), *arrays[1:]


def three_clouds(seed=0, size=30):
    rng = np.random.default_rng(seed)
    labels = np.arange(size) % 3
    centres = np.array([[0.0, 2.0], [2.0, -2.0], [-2.0, -1.0]])
    return centres[labels] + rng.standard_normal((size, 2)), np.array(["ant", "bee", "cat"])[labels]


X, Y = three_clouds()


# --- the activations, and the hidden layer -------------------------------------------------------


@few
@given(hnp.arrays(float, hnp.array_shapes(max_dims=2, max_side=4)))
def test_relu_is_half_of_a_and_its_size(a):
    halves = [(Fraction(x) + abs(Fraction(x))) / 2 if np.isfinite(x) else x for x in a.ravel()]
    wanted = np.array([0 if half == -INF else float(half) for half in halves]).reshape(a.shape)
    np.testing.assert_array_equal(relu(a), wanted)


@pytest.mark.parametrize("dtype", FLOATS)
def test_relu_keeps_dtypes_and_makes_integers_float64(dtype):
    assert relu(np.array([-1, 2], dtype)).dtype == dtype
    assert relu([-1, 2]).dtype == np.float64
    assert relu(-3.0) == 0
    assert np.ndim(relu(-3.0)) == 0


@BOTH
def test_a_hidden_layer_is_linear_and_then_the_activation(activation):
    X, _, U, u, _, _ = network()
    f = {"relu": lambda a: np.where(a > 0, a, 0), "tanh": lambda a: 1 - 2 / (np.exp(2 * a) + 1)}
    A = np.einsum("nd,dm->nm", X, U) + u
    H = hidden_layer(X, U, u, activation=activation)
    np.testing.assert_allclose(H, f[activation](A), rtol=1e-13, atol=1e-15)


def test_relu_is_the_default():
    X, labels, U, u, W, b = network()
    H = hidden_layer(X, U, u)
    assert (H == 0).any() and (H > 1).any()
    same = hidden_layer_backward(X, U, H, H)[1]
    np.testing.assert_array_equal(same, hidden_layer_backward(X, U, H, H, activation="relu")[1])
    loss, _ = network_loss_and_gradients(X, labels, U, u, W, b)
    assert loss == network_loss_and_gradients(X, labels, U, u, W, b, activation="relu")[0]


@BOTH
@few
@given(st.integers(0, 2**32 - 1), st.tuples(*[st.integers(1, 4)] * 4))
def test_the_way_back_is_the_derivative(activation, seed, sizes):
    X, _, U, u, _, _ = network(seed, *sizes)
    G = np.random.default_rng(seed).normal(size=(len(X), len(u)))

    def total(X, U, u):
        return np.sum(G * hidden_layer(X, U, u, activation=activation))

    if np.abs(X @ U + u).min() < 1e-3:
        return  # too near a kink for a difference
    H = hidden_layer(X, U, u, activation=activation)
    in_X, in_U, in_u = hidden_layer_backward(X, U, H, G, activation=activation)
    np.testing.assert_allclose(in_X, numerical_jacobian(lambda x: total(x, U, u), X), atol=1e-8)
    np.testing.assert_allclose(in_U, numerical_jacobian(lambda v: total(X, v, u), U), atol=1e-8)
    np.testing.assert_allclose(in_u, numerical_jacobian(lambda v: total(X, U, v), u), atol=1e-8)


def test_the_slopes_are_those_of_relu_and_tanh_to_the_last_digits():
    a = np.array([[-2.0, -0.5, 0.25, 1.0, 3.0]])
    one, ones = np.zeros((1, 0)), np.ones_like(a)
    slope = hidden_layer_backward(one, np.zeros((0, 5)), np.tanh(a), ones, activation="tanh")[2]
    np.testing.assert_allclose(slope, [float(mpmath.sech(x) ** 2) for x in a[0]], rtol=2e-14)
    slope = hidden_layer_backward(one, np.zeros((0, 5)), relu(a), ones)[2]
    np.testing.assert_array_equal(slope, [0, 0, 1, 1, 1])


def test_a_saturated_tanh_keeps_an_absolute_error_below_eps():
    a = np.linspace(3, 30, 28)[None]
    slope = hidden_layer_backward(
        np.zeros((1, 0)), np.zeros((0, 28)), np.tanh(a), np.ones_like(a), activation="tanh"
    )[2]
    exact = [float(mpmath.sech(x) ** 2) for x in a[0]]
    assert np.abs(slope - exact).max() < np.finfo(float).eps
    # Where 1 - h is still exact, the product of 1 - h and 1 + h is, to its last digits.
    h = 1 - 2.0**-40
    (got,) = hidden_layer_backward([[0]], [[0]], [[h]], [[1]], activation="tanh")[2]
    assert got == 2.0**-40 * (2 - 2.0**-40)


def test_at_the_kink_relu_passes_nothing_back():
    _, in_U, in_u = hidden_layer_backward(
        [[3.0]], [[0.0]], hidden_layer([[3.0]], [[0.0]], [0.0]), [[1]]
    )
    assert in_U == 0 and in_u == 0


def test_a_unit_that_is_shut_for_every_example_gets_no_gradient():
    X, labels, U, u, W, b = network()
    u = u.copy()
    u[1] = -1 - (X @ U).max()
    _, (in_U, in_u, in_W, _) = network_loss_and_gradients(X, labels, U, u, W, b)
    assert not in_U[:, 1].any() and not in_u[1] and not in_W[1].any()
    assert in_U[:, 0].any() and in_W[0].any()


# --- loss and gradients --------------------------------------------------------------------------


@BOTH
def test_the_loss_is_the_mean_and_the_gradients_are_its_derivatives(activation):
    X, labels, *weights = network(1)
    assert np.abs(X @ weights[0] + weights[1]).min() > 0.01
    options = {"activation": activation}
    loss, gradients = network_loss_and_gradients(X, labels, *weights, **options)
    Z = hidden_layer(X, *weights[:2], **options) @ weights[2] + weights[3]
    p = scipy.special.log_softmax(Z, axis=1)[np.arange(len(X)), labels]
    assert loss == pytest.approx(-p.mean(), rel=1e-14)
    for at, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):

        def loss_of(moved, at=at):
            changed = [*weights[:at], moved, *weights[at + 1 :]]
            return network_loss_and_gradients(X, labels, *changed, **options)[0]

        assert gradient.shape == weight.shape
        assert relative_error(gradient, numerical_jacobian(loss_of, weight)) < 1e-7


def test_soft_targets_are_targets_too():
    X, labels, *weights = network()
    hard = np.eye(2)[labels]
    one, other = (network_loss_and_gradients(X, k, *weights) for k in (labels, hard))
    assert one[0] == other[0]
    soft = network_loss_and_gradients(X, 0.9 * hard + 0.05, *weights)
    assert soft[0] != one[0]


@BOTH
@pytest.mark.parametrize("dtype", FLOATS)
def test_dtypes_are_kept(dtype, activation):
    X, labels, *weights = network(dtype=dtype)
    H = hidden_layer(X, *weights[:2], activation=activation)
    loss, gradients = network_loss_and_gradients(X, labels, *weights, activation=activation)
    back = hidden_layer_backward(X, weights[0], H, H, activation=activation)
    found = {array.dtype for array in (H, loss, *gradients, *back)}
    assert found == {np.dtype(dtype)}
    swapped = [a.astype(a.dtype.newbyteorder(">")) for a in (X, *weights)]
    again = network_loss_and_gradients(swapped[0], labels, *swapped[1:], activation=activation)
    assert again[0] == pytest.approx(float(loss), rel=1e-3)
    assert {array.dtype for array in again[1]} == {np.dtype(dtype)}


def test_float16_is_computed_in_float32():
    ones = np.ones((1, 4096), np.float16)
    U = np.ones((4096, 1), np.float16)
    assert hidden_layer(ones, U, np.array([1], np.float16)) == 4096  # 4097, rounded once
    H = np.ones((5000, 2), np.float16)
    W = np.full((2, 1), 600, np.float16)
    assert network_loss_and_gradients(ones, [0], U, [0], [[100]], [0])[0] == 0
    in_u = hidden_layer_backward(H, np.ones((2, 2), np.float16), H, H)[2]
    np.testing.assert_array_equal(in_u, [5000, 5000])
    assert W.dtype == np.float16


def test_arguments_are_left_alone():
    X, labels, *weights = network()
    given_ = [X, labels, *weights]
    before = [array.copy() for array in given_]
    for activation in ("relu", "tanh"):
        network_loss_and_gradients(*given_, activation=activation)
        H = hidden_layer(X, *weights[:2], activation=activation)
        G, kept = H + 1, H.copy()
        hidden_layer_backward(X, weights[0], H, G, activation=activation)
        np.testing.assert_array_equal(H, kept)
        np.testing.assert_array_equal(G, kept + 1)
    relu(X)
    for array, copy in zip(given_, before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_nothing_warns_where_numbers_overflow():
    huge = np.array([[1e200, -1e200]])
    with strict():
        H = hidden_layer(huge, huge.T, [0.0])
        assert H == INF
        loss, _ = network_loss_and_gradients(huge, [0], huge.T, [0.0], [[1.0, -1.0]], [0, 0])
        hidden_layer_backward(huge, huge.T, H, [[1e300]])
        relative_error([1e308], [-1e308])
    assert np.isnan(loss)


SHAPES = [
    (((2, 3), (2, 4), (4,)), r"X \(N, D\), U \(D, M\), u \(M,\): got \(2, 3\), \(2, 4\), \(4,\)"),
    (((2, 3), (5, 4), (4,)), r"X \(N, D\), U \(D, M\), u \(M,\): got \(2, 3\), \(5, 4\), \(4,\)"),
    (((2, 3), (3, 4), (3,)), r"got \(2, 3\), \(3, 4\), \(3,\)"),
    (((2, 3), (3, 4), (5,)), r"got \(2, 3\), \(3, 4\), \(5,\)"),
    (((2, 3), (3, 4), (1, 4)), r"got \(2, 3\), \(3, 4\), \(1, 4\)"),
    (((3,), (3, 4), (4,)), "X must be a matrix"),
    (((2, 3), (3,), (4,)), "U must be a matrix"),
]


@pytest.mark.parametrize(("shapes", "message"), SHAPES)
def test_shapes_of_the_hidden_layer_that_do_not_fit_are_shown(shapes, message):
    with pytest.raises(ValueError, match=message):
        hidden_layer(*map(np.ones, shapes))


def test_shapes_of_the_output_layer_that_do_not_fit_are_shown():
    X, labels, U, u, W, b = network()
    wanted = r"H \(N, M\), W \(M, C\), b \(C,\): got \(5, 3\), \(2, 3\), \(2,\)"
    with pytest.raises(ValueError, match=wanted):
        network_loss_and_gradients(X, labels, U, u, W.T, b)
    with pytest.raises(ValueError, match=r"got \(5, 3\), \(3, 2\), \(3,\)"):
        network_loss_and_gradients(X, labels, U, u, W, u)
    for wrong_W, wrong_b in ((np.ones((4, 2)), b), (W[:2], b), (W, b[:1])):
        with pytest.raises(ValueError, match=r"shapes must be H \(N, M\), W \(M, C\), b \(C,\)"):
            network_loss_and_gradients(X, labels, U, u, wrong_W, wrong_b)
    with pytest.raises(ValueError, match="W must be a matrix"):
        network_loss_and_gradients(X, labels, U, u, b, b)


def test_shapes_on_the_way_back_that_do_not_fit_are_shown():
    X, _, U, u, _, _ = network()
    H = hidden_layer(X, U, u)
    for arrays, message in (
        ((X, U, H, H.T), r"grad_H \(N, M\): got \(5, 4\), \(4, 3\), \(5, 3\), \(3, 5\)"),
        ((X.T, U, H, H), r"got \(4, 5\), \(4, 3\), \(5, 3\), \(5, 3\)"),
        ((X, U.T, H, H), r"got \(5, 4\), \(3, 4\), \(5, 3\), \(5, 3\)"),
        ((X[:4], U, H, H), r"got \(4, 4\), \(4, 3\), \(5, 3\), \(5, 3\)"),
        ((X, U[:, :2], H, H), r"got \(5, 4\), \(4, 2\), \(5, 3\), \(5, 3\)"),
        ((X[:, :3], U, H, H), r"got \(5, 3\), \(4, 3\), \(5, 3\), \(5, 3\)"),
        ((X, U[:3], H, H), r"got \(5, 4\), \(3, 3\), \(5, 3\), \(5, 3\)"),
        ((X, U, H[:, :2], H[:, :2]), r"got \(5, 4\), \(4, 3\), \(5, 2\), \(5, 2\)"),
        ((X, U, H, np.ones((5, 4))), r"got \(5, 4\), \(4, 3\), \(5, 3\), \(5, 4\)"),
    ):
        with pytest.raises(ValueError, match=message):
            hidden_layer_backward(*arrays)
    with pytest.raises(ValueError, match="H must be a matrix"):
        hidden_layer_backward(X, U, u, u)
    with pytest.raises(ValueError, match="grad_H must be a matrix"):
        hidden_layer_backward(X, U, H, u)


def test_an_empty_batch_and_another_activation_are_errors():
    X, labels, *weights = network()
    with pytest.raises(ValueError, match="X holds no example"):
        network_loss_and_gradients(X[:0], labels[:0], *weights)
    wanted = re.escape("activation must be one of ('relu', 'tanh'), got 'sigmoid'")
    with pytest.raises(ValueError, match=wanted):
        hidden_layer(X, *weights[:2], activation="sigmoid")
    with pytest.raises(ValueError, match=wanted):
        hidden_layer_backward(X, weights[0], X, X, activation="sigmoid")
    with pytest.raises(ValueError, match=wanted):
        OneHiddenLayer(activation="sigmoid").fit([[0], [1]], [0, 1])


# --- the relative error --------------------------------------------------------------------------


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@few
@given(st.lists(st.tuples(FINITE, FINITE), max_size=4))
def test_the_relative_error_is_the_largest_difference_over_the_larger_size(pairs):
    a, b = np.array(pairs, dtype=float).reshape(-1, 2).T
    with mpmath.workdps(400):
        exact = [
            abs(mpmath.mpf(x) - mpmath.mpf(y)) / max(abs(mpmath.mpf(x)), abs(mpmath.mpf(y)))
            for x, y in pairs
            if (x, y) != (0, 0)
        ]
        wanted = float(max(exact, default=0))
    assert relative_error(a, b) == pytest.approx(wanted, rel=1e-9, abs=1e-15)
    assert relative_error(a, b) == relative_error(b, a)


def test_edge_values_of_the_relative_error():
    assert relative_error([1.0, 0.0], [1.0, 0.0]) == 0
    assert relative_error([0.0], [1e-300]) == 1
    assert relative_error([2.0], [-2.0]) == 2
    assert relative_error([], []) == 0
    assert relative_error(1.0, 4.0) == 0.75
    assert relative_error(np.float16([1]), np.float16([1 + 2**-10])) == pytest.approx(
        2**-10, rel=1e-2
    )
    for bad in (NAN, INF):
        assert np.isnan(relative_error([1.0, bad], [1.0, bad]))
    with pytest.raises(ValueError, match=r"a must have the shape of b: got \(1,\)"):
        relative_error([1.0], [1.0, 2.0])


# --- the model, against scikit-learn's -----------------------------------------------------------


@BOTH
def test_from_one_start_through_the_same_batches_the_weights_are_scikit_learns(activation):
    labels = np.searchsorted(["ant", "bee", "cat"], Y)
    ours = OneHiddenLayer(
        hidden=5, activation=activation, learning_rate=0.2, max_iter=6, batch_size=8
    ).fit(X, labels)
    rng = np.random.default_rng(0)
    peer = MLPClassifier(
        (5,), activation=activation, solver="sgd", alpha=0, learning_rate_init=0.2, momentum=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        peer.partial_fit(X[:8], labels[:8], classes=[0, 1, 2])  # makes the arrays
        variance = 2 / 2 if activation == "relu" else 2 / (2 + 5)
        U = np.sqrt(variance) * rng.normal(size=(2, 5))
        W = np.sqrt(1 / 5) * rng.normal(size=(5, 3))
        peer.coefs_, peer.intercepts_ = [U, W], [np.zeros(5), np.zeros(3)]
        for _ in range(6):
            order = rng.permutation(len(X))
            for batch in np.split(order, [8, 16, 24]):
                peer.partial_fit(X[batch], labels[batch])
    for one, other in zip(
        ours.coefs_ + ours.intercepts_, peer.coefs_ + peer.intercepts_, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ours.predict_proba(X), peer.predict_proba(X), atol=1e-13)
    assert ours.score(X, labels) == peer.score(X, labels)


def test_one_step_on_all_examples_by_hand():
    start = OneHiddenLayer(hidden=4, max_iter=1, batch_size=None, learning_rate=1e-300).fit(X, Y)
    moved = OneHiddenLayer(hidden=4, max_iter=1, batch_size=None, learning_rate=0.25).fit(X, Y)
    U, W = start.coefs_
    labels = np.searchsorted(start.classes_, Y)
    weights = U, np.zeros(4), W, np.zeros(3)
    loss, gradients = network_loss_and_gradients(X, labels, *weights)
    assert start.loss_curve_[0] == moved.loss_curve_[0] == loss
    after = moved.coefs_[0], moved.intercepts_[0], moved.coefs_[1], moved.intercepts_[1]
    for new, old, gradient in zip(after, weights, gradients, strict=True):
        np.testing.assert_array_equal(new, old - 0.25 * gradient)


@pytest.mark.parametrize(("activation", "in_U"), [("relu", 2 / 300), ("tanh", 2 / (300 + 200))])
def test_the_start_has_the_variances_that_are_said(activation, in_U):
    rng = np.random.default_rng(7)
    wide, labels = rng.normal(size=(2, 300)), [0, 1]
    options = {"activation": activation, "hidden": 200, "max_iter": 1, "learning_rate": 1e-300}
    U, W = OneHiddenLayer(**options).fit(wide, labels).coefs_
    assert U.var() == pytest.approx(in_U, rel=0.03) and abs(U.mean()) < 1e-3
    assert W.var() == pytest.approx(1 / 200, rel=0.2)
    U3, W3 = OneHiddenLayer(start_scale=3, **options).fit(wide, labels).coefs_
    np.testing.assert_allclose(U3, 3 * U, rtol=1e-14)
    np.testing.assert_allclose(W3, 3 * W, rtol=1e-14)
    none = OneHiddenLayer(start_scale=0, **options).fit(wide, labels)
    assert not none.coefs_[0].any() and not none.intercepts_[0].any()
    assert none.loss_curve_[0] == pytest.approx(np.log(2), rel=1e-15)


def test_it_learns_what_no_line_can_separate():
    corners = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    for activation in ("relu", "tanh"):
        model = OneHiddenLayer(hidden=8, activation=activation, batch_size=None, max_iter=800)
        model.set_params(learning_rate=0.3).fit(corners, [0, 1, 1, 0])
        assert model.score(corners, [0, 1, 1, 0]) == 1
        assert model.loss_curve_[-1] < 0.1


def test_learned_attributes_and_defaults():
    model = OneHiddenLayer(max_iter=2)
    assert model.fit(X, Y) is model
    assert [a.shape for a in model.coefs_ + model.intercepts_] == [(2, 32), (32, 3), (32,), (3,)]
    assert (model.n_iter_, model.n_features_in_, len(model.loss_curve_)) == (2, 2, 3)
    assert all(type(loss) is float for loss in model.loss_curve_)
    np.testing.assert_array_equal(model.classes_, ["ant", "bee", "cat"])
    Z = model.decision_function(X)
    np.testing.assert_array_equal(model.predict_proba(X), softmax(Z))
    labels = np.searchsorted(model.classes_, Y)
    assert model.loss_curve_[-1] == softmax_cross_entropy(Z, labels).mean()
    assert repr(model) == (
        "OneHiddenLayer(hidden=32, activation='relu', learning_rate=0.1, max_iter=2, "
        "batch_size=32, start_scale=1.0, random_state=0)"
    )
    assert OneHiddenLayer().get_params() == {
        **{"hidden": 32, "activation": "relu", "learning_rate": 0.1, "max_iter": 100},
        **{"batch_size": 32, "start_scale": 1.0, "random_state": 0},
    }
    with pytest.raises(ValueError, match="OneHiddenLayer has no parameter 'alpha'"):
        model.set_params(alpha=1)


def test_the_seed_decides_the_start_and_the_batches():
    one, same, other = (
        OneHiddenLayer(max_iter=2, batch_size=4, random_state=seed).fit(X, Y).coefs_[0]
        for seed in (3, np.random.default_rng(3), 4)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.allclose(one, other)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("hidden", 0, "hidden must be an integer of at least 1, got 0"),
        ("hidden", 2.0, "hidden must be an integer of at least 1, got 2.0"),
        ("start_scale", -1, "start_scale must be finite and not negative, got -1"),
        ("start_scale", INF, "start_scale must be finite and not negative, got inf"),
        ("start_scale", "1", "start_scale must be finite and not negative, got '1'"),
        ("learning_rate", None, "learning_rate must be a number, got None"),
        ("learning_rate", 0, "learning_rate must be positive, got 0"),
        ("max_iter", 0, "max_iter must be an integer of at least 1, got 0"),
        ("batch_size", 0, "batch_size must be an integer of at least 1, got 0"),
    ],
)
def test_parameters_out_of_range_are_errors(parameter, value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        OneHiddenLayer(**{parameter: value}).fit(X, Y)


def test_one_unit_is_enough_to_be_a_network():
    assert OneHiddenLayer(hidden=1, max_iter=1).fit(X, Y).coefs_[0].shape == (2, 1)


def test_data_that_cannot_be_learned_from_are_errors():
    model = OneHiddenLayer(max_iter=1)
    with pytest.raises(ValueError, match="at least 2 classes, got 1"):
        model.fit(X, np.zeros(len(X), int))
    with pytest.raises(ValueError, match="X must be finite, got nan"):
        model.fit([[NAN], [0]], [0, 1])
    with pytest.raises(NotFittedError, match="this OneHiddenLayer is not fitted yet"):
        model.predict(X)
    model.fit(X, Y)
    with pytest.raises(ValueError, match="X has 3 features, fit saw 2"):
        model.predict(np.ones((1, 3)))
    with pytest.raises(ValueError, match="X has 1 features, fit saw 2"):
        model.predict(np.ones((3, 1)))
    with pytest.raises(ValueError, match="X must be finite, got inf"):
        model.decision_function([[INF, 0]])


def test_logits_that_are_nan_predict_nothing():
    model = OneHiddenLayer(hidden=2, max_iter=1).fit(X, Y)
    model.intercepts_[1] = np.array([0, INF, -INF])
    model.coefs_[1][:] = [[INF, 0, 0], [-INF, 0, 0]]
    with pytest.raises(ValueError, match="the logits of example 0 are nan"):
        model.predict(X)


def test_a_rate_that_is_too_large_warns_or_fails():
    model = OneHiddenLayer(hidden=4, learning_rate=5, max_iter=3, batch_size=2)
    with pytest.warns(
        RuntimeWarning, match="learning_rate=5 may be too large for these data"
    ) as warned:
        model.fit(X, Y)
    first, *_, last = model.loss_curve_
    (said,) = warned
    assert str(said.message).startswith(f"the loss rose from {first:.4g} to {last:.4g}: ")
    assert said.filename == __file__
    with strict(), pytest.raises(ValueError, match="after epoch 1; learning_rate=1e\\+200, the"):
        OneHiddenLayer(learning_rate=1e200, max_iter=3, batch_size=8).fit(X, Y)
    late = OneHiddenLayer(hidden=4, learning_rate=1e60, max_iter=5, batch_size=None)
    with strict(), pytest.raises(ValueError, match=r"^the loss is nan after epoch [2-5]; "):
        late.fit(X, Y)
    with strict():
        OneHiddenLayer(max_iter=2).fit(X, Y)


def test_a_loss_that_ends_a_little_above_its_start_warns_whatever_lies_between():
    model = OneHiddenLayer(hidden=4, learning_rate=2, max_iter=4, batch_size=8)
    with pytest.warns(RuntimeWarning, match="the loss rose from "):
        model.fit(X, Y)
    first, second, *_, last = model.loss_curve_
    assert second > last > first > last / 2


def test_a_rise_of_rounding_is_none():
    settled = OneHiddenLayer(hidden=2, start_scale=0, learning_rate=1e-12, max_iter=3, batch_size=1)
    with strict():
        settled.fit(X, Y)
    with strict(), pytest.raises(ValueError, match="the start or the features are too large"):
        OneHiddenLayer(start_scale=1e200, learning_rate=1e-9, max_iter=2).fit(X, Y)


@pytest.mark.parametrize(("rate", "batch_size", "high"), [(4, 8, 1), (2, 2, -2)])
def test_a_loss_that_ends_below_its_start_may_have_risen_before(rate, batch_size, high):
    model = OneHiddenLayer(hidden=4, learning_rate=rate, max_iter=4, batch_size=batch_size)
    with strict():
        model.fit(X, Y)
    assert model.loss_curve_[high] > model.loss_curve_[0] > model.loss_curve_[-1]

"""The model that the chapters add up to, against scikit-learn's."""

import numpy as np
import pytest
import sklearn.base
import sklearn.datasets
from sklearn.linear_model import LogisticRegression

from oracles import strict
from softmax_lib import NotFittedError, SoftmaxRegression, softmax, softmax_cross_entropy

NAMES = np.array(["ant", "bee", "cat"])


def three_clouds(seed=0, size=30, spread=1.0):
    """Return points of three overlapping clouds in the plane and their names."""
    rng = np.random.default_rng(seed)
    labels = np.arange(size) % 3
    centres = np.array([[0.0, 1.0], [1.0, -1.0], [-1.0, -0.5]])
    return centres[labels] + spread * rng.standard_normal((size, 2)), NAMES[labels]


X, Y = three_clouds()


# --- the optimum -------------------------------------------------------------------------------


@pytest.mark.parametrize(("alpha", "offset"), [(0.1, 0.0), (0.05, 1.0)])
def test_the_optimum_is_that_of_scikit_learn(alpha, offset):
    inputs = X + offset
    ours = SoftmaxRegression(alpha=alpha, learning_rate=1.0, max_iter=600).fit(inputs, Y)
    theirs = LogisticRegression(C=1 / (alpha * len(inputs)), tol=1e-10, max_iter=2000)
    theirs.fit(inputs, Y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
    # Softmax sees gaps alone: the intercepts agree but for a constant, 0 here as there.
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=1e-6)
    np.testing.assert_allclose(ours.predict_proba(inputs), theirs.predict_proba(inputs), atol=1e-7)
    np.testing.assert_array_equal(ours.predict(inputs), theirs.predict(inputs))
    assert ours.score(inputs, Y) == theirs.score(inputs, Y)
    np.testing.assert_allclose(
        ours.decision_function(inputs), theirs.decision_function(inputs), atol=1e-5
    )


def test_two_classes_have_a_row_of_weights_each():
    keep = Y != "cat"
    ours = SoftmaxRegression(alpha=0.1, learning_rate=1.0, max_iter=500).fit(X[keep], Y[keep])
    assert ours.coef_.shape == (2, 2)
    np.testing.assert_allclose(ours.coef_[0], -ours.coef_[1], atol=1e-12)
    # One row of scikit-learn's is the gap of ours; its penalty counts the gap once, ours halves.
    theirs = LogisticRegression(C=2 / (0.1 * keep.sum()), tol=1e-10, max_iter=2000)
    theirs.fit(X[keep], Y[keep])
    np.testing.assert_allclose(ours.coef_[1] - ours.coef_[0], theirs.coef_[0], atol=1e-6)


def test_the_gradient_vanishes_at_the_optimum():
    model = SoftmaxRegression(alpha=0.05, learning_rate=1.0, max_iter=600).fit(X, Y)
    residual = model.predict_proba(X) - (Y[:, None] == model.classes_)
    grad_W = residual.T @ X / len(X) + 0.05 * model.coef_
    np.testing.assert_allclose(grad_W, 0, atol=1e-8)
    np.testing.assert_allclose(residual.mean(axis=0), 0, atol=1e-8)


# --- what fit leaves behind ----------------------------------------------------------------------


def test_learned_attributes():
    model = SoftmaxRegression(max_iter=7).fit(X, Y)
    assert model.fit(X, Y) is model
    np.testing.assert_array_equal(model.classes_, NAMES)
    assert model.coef_.shape == (3, 2)
    assert model.intercept_.shape == (3,)
    assert model.n_features_in_ == 2
    assert model.n_iter_ == 7
    assert len(model.loss_curve_) == 8
    assert all(type(loss) is float for loss in model.loss_curve_)


def test_the_loss_curve_is_the_objective():
    model = SoftmaxRegression(max_iter=50, alpha=0.2).fit(X, Y)
    labels = np.searchsorted(model.classes_, Y)
    logits = X @ model.coef_.T + model.intercept_
    penalty = 0.2 / 2 * (model.coef_**2).sum()
    expected = softmax_cross_entropy(logits, labels).mean() + penalty
    assert model.loss_curve_[-1] == pytest.approx(expected, rel=1e-14)
    assert model.loss_curve_[0] == pytest.approx(np.log(3), rel=1e-15)  # weights start at 0
    assert (np.diff(model.loss_curve_) < 0).all()


def test_one_step_from_zero_by_hand():
    model = SoftmaxRegression(max_iter=1, learning_rate=0.25).fit(X, Y)
    gap = 1 / 3 - (Y[:, None] == NAMES)
    np.testing.assert_allclose(model.coef_, -0.25 * gap.T @ X / len(X), rtol=1e-13)
    np.testing.assert_allclose(model.intercept_, -0.25 * gap.mean(axis=0), atol=1e-16)


def test_probabilities_are_the_softmax_of_the_decision_function():
    model = SoftmaxRegression(max_iter=20).fit(X, Y)
    new, _ = three_clouds(seed=5)
    P = model.predict_proba(new)
    np.testing.assert_array_equal(P, softmax(model.decision_function(new)))
    np.testing.assert_array_equal(model.predict(new), NAMES[P.argmax(axis=1)])
    assert model.predict(np.zeros((0, 2))).shape == (0,)


def test_the_score_is_the_share_predicted_right():
    model = SoftmaxRegression(max_iter=20).fit(X, Y)
    right = model.predict(X) == Y
    assert 0.5 < right.mean() < 1
    assert model.score(X, Y) == right.sum() / len(Y)
    assert type(model.score(X, Y)) is float


@pytest.mark.parametrize(
    "labels", [Y.tolist(), Y == "ant", np.searchsorted(NAMES, Y) - 5, (Y == "bee") * 2.5]
)
def test_labels_may_be_strings_booleans_or_numbers(labels):
    model = SoftmaxRegression(max_iter=20).fit(X, labels)
    np.testing.assert_array_equal(model.classes_, np.unique(labels))
    assert set(model.predict(X)) <= set(np.asarray(labels).tolist())


@pytest.mark.parametrize("dtype", [np.int8, np.float32, "U1", "S1", "datetime64[D]"])
def test_labels_keep_their_dtype(dtype):
    labels = (np.arange(30) % 3).astype(dtype)
    model = SoftmaxRegression(max_iter=1).fit(X, labels)
    assert model.classes_.dtype == model.predict(X).dtype == labels.dtype


def test_data_may_be_of_any_real_dtype_and_are_not_modified():
    integers = (X * 4).round().astype(int)
    before = integers.copy()
    by_integers = SoftmaxRegression(max_iter=5).fit(integers, Y)
    by_floats = SoftmaxRegression(max_iter=5).fit(integers.astype(float).tolist(), Y)
    np.testing.assert_array_equal(by_integers.coef_, by_floats.coef_)
    np.testing.assert_array_equal(integers, before)


# --- mini-batches ------------------------------------------------------------------------------


def test_mini_batches_are_seeded():
    def fit(**options):
        return SoftmaxRegression(batch_size=7, max_iter=5, **options).fit(X, Y).coef_

    np.testing.assert_array_equal(fit(), fit())
    np.testing.assert_array_equal(fit(random_state=0), fit())
    np.testing.assert_array_equal(fit(random_state=3), fit(random_state=3))
    np.testing.assert_array_equal(fit(random_state=np.random.default_rng(3)), fit(random_state=3))
    assert (fit(random_state=3) != fit(random_state=4)).any()


def test_the_full_batch_needs_no_seed():
    first, second = (SoftmaxRegression(max_iter=5, random_state=s).fit(X, Y) for s in (1, 2))
    np.testing.assert_array_equal(first.coef_, second.coef_)


@pytest.mark.parametrize("batch_size", [30, 31, 10**9])
def test_a_batch_of_all_examples_is_the_full_batch(batch_size):
    whole = SoftmaxRegression(max_iter=5).fit(X, Y)
    batch = SoftmaxRegression(max_iter=5, batch_size=batch_size).fit(X, Y)
    np.testing.assert_allclose(batch.coef_, whole.coef_, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("batch_size", [1, 7, 15, 29])
def test_an_epoch_takes_every_example_once(batch_size):
    batches = SoftmaxRegression(batch_size=batch_size)._batches(30, np.random.default_rng(0))
    assert sorted(np.concatenate(batches).tolist()) == list(range(30))
    assert [len(batch) for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert 0 < len(batches[-1]) <= batch_size
    assert np.concatenate(batches).tolist() != list(range(30))


def test_mini_batches_come_near_the_same_optimum():
    whole = SoftmaxRegression(alpha=0.1, max_iter=300).fit(X, Y)
    batch = SoftmaxRegression(alpha=0.1, max_iter=60, batch_size=10, learning_rate=0.1).fit(X, Y)
    assert batch.loss_curve_[-1] == pytest.approx(whole.loss_curve_[-1], rel=2e-3)


# --- stopping ----------------------------------------------------------------------------------


def test_tol_stops_at_the_first_epoch_that_gains_less():
    every = SoftmaxRegression(max_iter=300).fit(X, Y)
    assert every.n_iter_ == 300
    gains = -np.diff(every.loss_curve_)
    first = int(np.argmax(gains < 1e-4)) + 1
    model = SoftmaxRegression(max_iter=300, tol=1e-4).fit(X, Y)
    assert model.n_iter_ == first < 300
    assert model.loss_curve_ == every.loss_curve_[: first + 1]


def test_a_gain_of_exactly_tol_is_not_less():
    curve = SoftmaxRegression(max_iter=2).fit(X, Y).loss_curve_
    assert SoftmaxRegression(max_iter=2, tol=curve[0] - curve[1]).fit(X, Y).n_iter_ == 2


def test_an_epoch_that_gains_nothing_is_the_last():
    # Features of 0 and as many of each label: the model that knows nothing is the best.
    assert SoftmaxRegression(tol=1e-9).fit(np.zeros((4, 1)), [0, 1, 0, 1]).n_iter_ == 1


def test_a_rise_is_no_reason_to_stop():
    with pytest.warns(RuntimeWarning, match="the objective rose"):
        model = SoftmaxRegression(learning_rate=20.0, max_iter=30, tol=1e-6).fit(X, Y)
    gains = -np.diff(model.loss_curve_)
    assert (gains[:-1] < 0).any()
    assert model.n_iter_ == 30 or 0 <= gains[-1] < 1e-6


# --- the step ----------------------------------------------------------------------------------

DATA = ("load_iris", "load_wine", "load_breast_cancer", "load_digits")


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("alpha", [0.0, 1e-4, 1.0])
def test_the_default_step_never_raises_the_objective(data, alpha):
    inputs, labels = getattr(sklearn.datasets, data)(return_X_y=True)
    with strict():
        model = SoftmaxRegression(alpha=alpha).fit(inputs, labels)
    assert (np.diff(model.loss_curve_) < 0).all()
    if alpha < 1:
        assert model.score(inputs, labels) > 1.3 * np.bincount(labels).max() / len(labels)


@pytest.mark.parametrize("data", DATA)
def test_the_default_step_is_one_over_the_bound_of_the_hessian(data):
    inputs, labels = getattr(sklearn.datasets, data)(return_X_y=True)
    inputs, labels = inputs[:40], labels[:40] % 2
    labels[0] = 1 - labels[1]
    model = SoftmaxRegression(alpha=0.3, max_iter=1).fit(inputs, labels)
    ones = np.column_stack([inputs, np.ones(len(inputs))])
    largest = np.linalg.norm(ones, 2) ** 2 / len(ones)
    assert model.learning_rate_ == pytest.approx(1 / (largest / 2 + 0.3), rel=1e-9)
    # At the start both shares are 1/2, and the bound on the Jacobian of two classes is reached.
    hessian = np.kron([[0.25, -0.25], [-0.25, 0.25]], ones.T @ ones / len(ones))
    assert np.linalg.eigvalsh(hessian)[-1] == pytest.approx(largest / 2, rel=1e-9)


@pytest.mark.parametrize(("data", "rate"), [("load_iris", 0.5), ("load_wine", 0.5)])
def test_a_loss_that_rises_is_told_with_what_to_do(data, rate):
    inputs, labels = getattr(sklearn.datasets, data)(return_X_y=True)
    told = (
        r"the objective rose from 1.099 to [\d.e+]+ by epoch 1: "
        r"learning_rate=0.5 is too large .* scaled"
    )
    for batch_size in (None, 30):
        model = SoftmaxRegression(learning_rate=rate, max_iter=3, batch_size=batch_size)
        match = told if batch_size is None else "the objective rose"
        with pytest.warns(RuntimeWarning, match=match):
            model.fit(inputs, labels)
        assert model.learning_rate_ == rate


def test_what_is_told_to_rise_is_the_objective_and_the_mean_loss_may_fall():
    model = SoftmaxRegression(learning_rate=1.0, alpha=5.0, max_iter=1)
    with pytest.warns(RuntimeWarning, match="the objective rose") as warned:
        model.fit(X, Y)
    before, after = model.loss_curve_
    assert f"from {before:.4g} to {after:.4g} by" in str(warned[0].message)
    labels = np.searchsorted(model.classes_, Y)
    assert softmax_cross_entropy(model.decision_function(X), labels).mean() < before < after


def test_the_warning_of_a_rise_points_at_the_call_of_fit():
    with pytest.warns(RuntimeWarning, match="the objective rose") as warned:
        SoftmaxRegression(learning_rate=100.0, max_iter=1).fit(X, Y)
    assert [each.filename for each in warned] == [__file__]


def test_the_rate_of_all_examples_is_not_promised_to_mini_batches():
    """Alone, an example may be larger than the mean that the rate is made for."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(40, 2)), rng.integers(3, size=40)
    with pytest.warns(RuntimeWarning, match="too large .* in mini-batches; take a smaller"):
        SoftmaxRegression(batch_size=1, max_iter=50).fit(inputs, labels)


def test_mini_batches_that_end_lower_warn_of_nothing():
    with strict():
        model = SoftmaxRegression(learning_rate=2.0, batch_size=3, max_iter=10).fit(X, Y)
    assert (np.diff(model.loss_curve_) > 0).any()
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_mini_batches_that_rise_in_their_only_epoch_are_told_of_it():
    with pytest.warns(RuntimeWarning, match="the objective rose from 1.099 to .* by epoch 1: "):
        model = SoftmaxRegression(learning_rate=100.0, batch_size=10, max_iter=1).fit(X, Y)
    assert model.loss_curve_[1] > model.loss_curve_[0]


def test_a_loss_of_0_that_stays_0_has_not_risen():
    with strict():
        model = SoftmaxRegression(learning_rate=1.0, alpha=0, max_iter=3).fit(
            [[-1e3], [1e3]], Y[:2]
        )
    assert model.loss_curve_[1:] == [0, 0, 0]


def test_features_whose_squares_overflow_have_no_default_step():
    with strict(), pytest.raises(ValueError, match="squares of its features overflow; scale them"):
        SoftmaxRegression().fit(X * 1e200, Y)


# --- labels that are none ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "shown"),
    [
        (["ant", None] * 15, "None"),
        (np.array(["ant", float("nan")] * 15, dtype=object), "nan"),
        (["ant", None, float("nan")] * 10, "None"),  # the first of them
        (np.array(["2020", "NaT"] * 15, dtype="datetime64[Y]"), "NaT"),
        (np.array([1, "NaT"] * 15, dtype="timedelta64[D]"), "NaT"),
    ],
)
def test_a_missing_label_is_named(missing, shown):
    with pytest.raises(TypeError, match=f"y must hold a label for every example, got {shown}"):
        SoftmaxRegression().fit(X, missing)


def test_labels_of_several_types_are_an_error():
    with pytest.raises(TypeError, match="labels of one type"):
        SoftmaxRegression().fit(X, np.array(["ant", 1] * 15, dtype=object))


def test_strings_may_come_as_objects():
    model = SoftmaxRegression(max_iter=3).fit(X, Y.astype(object))
    assert model.score(X, Y.astype(object)) == model.score(X, Y)


def test_a_score_against_labels_of_another_type_is_an_error():
    model = SoftmaxRegression(max_iter=3).fit(X, Y)
    with pytest.raises(TypeError, match="y holds int64 labels, fit saw str"):
        model.score(X, np.arange(30) % 3)
    model = SoftmaxRegression(max_iter=3).fit(X, np.arange(30) % 3)
    with pytest.raises(TypeError, match="y holds str"):
        model.score(X, Y)


def test_logits_that_are_nan_predict_nothing():
    model = SoftmaxRegression(max_iter=3).fit(X, Y)
    model.coef_ = np.array([[1.0, 1.0], [0.0, 1.0], [np.inf, np.inf]])
    with pytest.raises(ValueError, match="the logits of example 1 are nan"):
        model.predict([[1.0, 2.0], [1.0, -1.0], [2.0, -2.0]])


# --- scikit-learn's conventions ------------------------------------------------------------------

DEFAULTS = {
    "learning_rate": None,
    "max_iter": 200,
    "alpha": 1e-4,
    "batch_size": None,
    "tol": None,
    "random_state": 0,
}


def test_parameters_are_got_and_set_by_name():
    model = SoftmaxRegression()
    assert model.get_params() == DEFAULTS
    assert model.get_params(deep=False) == DEFAULTS
    assert model.set_params(alpha=0.5, tol=1e-3) is model
    assert model.get_params() == DEFAULTS | {"alpha": 0.5, "tol": 1e-3}
    with pytest.raises(TypeError):
        SoftmaxRegression(0.5)  # keyword-only


def test_an_unknown_parameter_changes_nothing():
    model = SoftmaxRegression()
    with pytest.raises(ValueError, match="SoftmaxRegression has no parameter 'C'; it has"):
        model.set_params(alpha=0.5, C=1.0)
    assert model.get_params() == DEFAULTS


def test_a_clone_has_the_parameters_and_nothing_learned():
    model = SoftmaxRegression(max_iter=3, alpha=0.5).fit(X, Y)
    for clone in (type(model)(**model.get_params()), sklearn.base.clone(model)):
        assert clone.get_params() == model.get_params()
        assert not hasattr(clone, "coef_")


def test_the_repr_makes_the_model_again():
    model = SoftmaxRegression(max_iter=3, tol=0.1)
    assert eval(repr(model)).get_params() == model.get_params()


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "score"])
def test_use_before_fit_is_an_error_of_two_kinds(method):
    arguments = (X, Y) if method == "score" else (X,)
    for kind in (NotFittedError, ValueError, AttributeError):
        with pytest.raises(kind, match="this SoftmaxRegression is not fitted yet; call fit first"):
            getattr(SoftmaxRegression(), method)(*arguments)


# --- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_data_must_be_finite(value):
    wrong, another = X.copy(), np.inf if np.isnan(value) else np.nan
    wrong[4, 1], wrong[5, 0] = value, another  # the first is named
    with pytest.raises(ValueError, match=f"X must be finite, got {value}"):
        SoftmaxRegression().fit(wrong, Y)
    model = SoftmaxRegression(max_iter=1).fit(X, Y)
    for use in (model.predict, model.predict_proba, model.decision_function):
        with pytest.raises(ValueError, match=f"X must be finite, got {value}"):
            use(wrong)
    labels = np.arange(30.0)
    labels[3], labels[4] = value, another
    with pytest.raises(ValueError, match=f"y must be finite, got {value}"):
        model.fit(X, labels)


def test_one_class_is_not_enough():
    with pytest.raises(ValueError, match="y must hold at least 2 classes, got 1"):
        SoftmaxRegression().fit(X, ["ant"] * 30)


def test_no_example_is_not_enough():
    with pytest.raises(ValueError, match="X and y hold no example"):
        SoftmaxRegression().fit(np.zeros((0, 2)), [])
    with pytest.raises(ValueError, match="X and y hold no example"):
        SoftmaxRegression(max_iter=1).fit(X, Y).score(np.zeros((0, 2)), [])


def test_shapes_that_do_not_fit_are_shown():
    model = SoftmaxRegression(max_iter=1).fit(X, Y)
    for use in (model.fit, model.score):
        with pytest.raises(ValueError, match=r"got \(29,\) for X \(30, 2\)"):
            use(X, Y[:-1])
        with pytest.raises(ValueError, match=r"got \(30, 1\) for X \(30, 2\)"):
            use(X, Y[:, None])
        with pytest.raises(ValueError, match=r"got \(\) for X \(30, 2\)"):
            use(X, "ant")
        with pytest.raises(ValueError, match=r"X must be a matrix, got an array of shape \(30,\)"):
            use(X[:, 0], Y)
    for use in (model.predict, model.predict_proba, model.decision_function):
        for features in (1, 3):
            with pytest.raises(ValueError, match=f"X has {features} features, fit saw 2"):
                use(np.zeros((4, features)))


@pytest.mark.parametrize(
    "wrong", [X.astype(complex), X.astype(object), X.astype(str), [[1], [2, 3]]]
)
def test_data_must_be_real_numbers(wrong):
    with pytest.raises(TypeError, match=r"^X must be"):
        SoftmaxRegression().fit(wrong, Y)


def test_masked_data_are_an_error():
    with pytest.raises(TypeError, match="X must not be a masked array"):
        SoftmaxRegression().fit(np.ma.masked_array(X), Y)
    with pytest.raises(TypeError, match="y must not be a masked array"):
        SoftmaxRegression().fit(X, np.ma.masked_array(np.arange(30)))


@pytest.mark.parametrize(
    ("parameter", "values", "message"),
    [
        ("max_iter", [0, -1, 1.5, "3", None], "max_iter must be an integer of at least 1, got"),
        ("batch_size", [0, -1, 1.5, "3"], "batch_size must be an integer of at least 1, got"),
        ("alpha", [-1e-9, np.nan, np.inf, "1", None], "alpha must be finite and not negative, got"),
        ("learning_rate", [-1, np.nan, np.inf, "1"], "learning_rate must be finite and not neg"),
        ("learning_rate", [0, 0.0], "learning_rate must be positive"),
        ("tol", ["1", 1j], "tol must be a number or None, got"),
    ],
)
def test_parameters_out_of_range_are_an_error_at_fit(parameter, values, message):
    for value in values:
        with pytest.raises(ValueError, match=message):
            SoftmaxRegression(**{parameter: value}).fit(X, Y)


def test_numpy_numbers_are_parameters():
    options = {"max_iter": np.int64(2), "alpha": np.float32(0), "learning_rate": np.float64(1)}
    assert SoftmaxRegression(**options, batch_size=np.int8(4)).fit(X, Y).n_iter_ == 2


def test_steps_that_are_too_large_end_in_one_clear_error():
    with strict(), pytest.raises(ValueError, match=r"after epoch 1; learning_rate=1000 is too"):
        SoftmaxRegression(learning_rate=1e3).fit(X * 1e200, Y)


def test_a_loss_that_overflows_is_told_with_its_epoch():
    # The penalty makes each weight some -1e100 times what it was; squares above 1e308 overflow.
    told = r"the objective is inf after epoch 2; .*=1e\+100 is"
    with strict(), pytest.raises(ValueError, match=told):
        SoftmaxRegression(learning_rate=1e100, alpha=1.0).fit(X, Y)


def test_a_failed_fit_leaves_the_model_as_it_was():
    model = SoftmaxRegression(max_iter=2).fit(X, Y)
    before = model.coef_.copy()
    with pytest.raises(ValueError, match="too large"):
        model.set_params(learning_rate=1e3).fit(X * 1e200, Y)
    np.testing.assert_array_equal(model.coef_, before)


def test_predictions_do_not_warn():
    model = SoftmaxRegression(max_iter=2).fit(X, Y)
    with strict():
        model.predict_proba([[1e308, -1e308]])
        model.set_params(learning_rate=0.5).fit(X * 1e-300, Y)


# --- a myth ------------------------------------------------------------------------------------


def test_the_output_is_no_calibrated_probability():
    # Labels of pure chance, and more weights than examples: sure of itself, and right by luck.
    rng = np.random.default_rng(0)
    inputs, labels = rng.standard_normal((40, 60)), np.arange(40) % 2
    new, truth = rng.standard_normal((400, 60)), np.arange(400) % 2
    model = SoftmaxRegression(alpha=0, max_iter=200).fit(inputs, labels)
    confidence = model.predict_proba(new).max(axis=1).mean()
    assert confidence > 0.8
    assert model.score(new, truth) < 0.6

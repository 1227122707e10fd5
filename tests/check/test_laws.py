"""The laws: what they expect is what other oracles say, and each of them can fail."""

import functools
import re
from fractions import Fraction

import numpy as np
import pytest

import softmax_lib
from attempts import BY_SCIPY, EXACT, EXERCISES
from softmax_lib import check
from softmax_lib.check._engine.laws import agrees, has_shape, the_same, tolerance_of
from softmax_lib.check._engine.running import Outcome


def expected(exercise, law, arguments):
    return exercise.right(arguments, law.options).value


def test_precision_is_asked_for_as_far_as_the_dtype_goes():
    z = (np.array([3.0, 1.0, -3.0]),)
    double = tolerance_of((np.ones(3),), z)
    assert double < 1e-13
    assert tolerance_of((np.ones(3, np.float32),), z) > 1e5 * double
    half = tolerance_of((np.ones(3, np.float16),), z)
    assert half == tolerance_of((np.ones(3, np.float32),), z)
    assert tolerance_of((np.ones(3, np.longdouble),), z) == double
    assert tolerance_of(([1],), (np.array([np.inf, 1000.0]), 2)) > 100 * double


@pytest.mark.parametrize("came", [5.0, -np.inf, np.nan, np.inf])
@pytest.mark.parametrize("expected", [5.0, -np.inf, np.nan, np.inf])
def test_infinity_is_no_number_and_neither_is_another(came, expected):
    complaint = the_same(np.array([1.0, came]), np.array([1.0, expected]), 1e-12)
    assert (complaint is None) == (str(came) == str(expected))


def test_what_a_law_looks_at_is_told_beside_what_came():
    judge = agrees(lambda y: y.sum(axis=1), "row sums")
    came, expected = judge(np.array([[1.0, 2.0]]), np.array([[1.0, 3.0]]), 1e-12)
    assert came == "[[1, 2]], row sums [3]" and expected == "row sums [4]"


@pytest.mark.parametrize("name", EXERCISES)
def test_what_a_check_expects_is_what_mpmath_says(name):
    exercise = EXERCISES[name]
    for law in told(exercise):
        for arguments in law.inputs:
            right = expected(exercise, law, arguments)
            other = EXACT[name](*arguments, **law.options)
            others = other if len(exercise.results) > 1 else (other,)
            for ours, theirs in zip(right, others, strict=True):
                assert ours.shape == np.shape(theirs)
                assert np.allclose(ours, np.asarray(theirs, float), 1e-12, 1e-15, equal_nan=True)


@pytest.mark.parametrize("name", EXERCISES)
def test_what_a_check_expects_is_what_scipy_says(name):
    exercise = EXERCISES[name]
    for law in told(exercise):
        for arguments in () if law.options else law.inputs:
            right = expected(exercise, law, arguments)
            other = BY_SCIPY[name](*arguments)
            for ours, theirs in zip(right, other if len(right) > 1 else (other,), strict=True):
                single = ours.dtype == np.float32
                assert np.allclose(ours, theirs, 1e-6 if single else 1e-12, 1e-15, equal_nan=True)


def told(exercise):
    """Return the laws whose inputs have an answer."""
    return [law for law in exercise.laws if not law.refused]


def test_where_an_error_is_wanted_the_library_raises_one_and_a_result_is_none():
    asked = [(e, law) for e in EXERCISES.values() for law in e.laws if law.refused]
    assert asked
    for exercise, law in asked:
        for arguments in law.inputs:
            assert exercise.right(arguments, {}).cause == "raised"
            for cause in ("time", "nothing", "no numbers"):
                outcome = Outcome(cause=cause, problem=cause)
                found = exercise.first_complaint(law, lambda *_, outcome=outcome: outcome)
                assert found[2] == (cause, f"an error: {law.refused}")


@pytest.mark.parametrize("name", EXERCISES)
def test_laws_are_tried_on_small_inputs_first(name):
    exercise = EXERCISES[name]
    names = [law.name for law in exercise.laws]
    assert len(set(names)) == len(names)
    assert exercise.laws[-1].about_arguments
    assert [law.judge is has_shape for law in exercise.laws] == [True] + [False] * (len(names) - 1)
    sizes = [sum(np.size(a) for a in law.inputs[0]) for law in exercise.laws]
    assert all(
        size <= max(sum(np.size(a) for a in arguments) for arguments in law.inputs)
        for size, law in zip(sizes, exercise.laws, strict=True)
    )
    assert max(np.size(a) for law in exercise.laws for inputs in law.inputs for a in inputs) < 20


def test_every_law_can_fail():
    """Hand each law results that are off, and see it complain."""
    for exercise in EXERCISES.values():
        for law in exercise.laws:
            spoilt = functools.partial(off, exercise, law)
            assert exercise.first_complaint(law, spoilt), (exercise.name, law.name)


def off(exercise, law, arguments, options):
    """Return results that break the law."""
    shape_law = law.judge.__name__ == "has_shape"
    if law.refused:
        return Outcome((np.ones(2),))
    spoilt = [
        np.append(value, 0.0)
        if shape_law
        else -3.25 - np.arange(value.size).reshape(value.shape) ** 2
        for value in expected(exercise, law, arguments)
    ]
    if exercise.name == "log_softmax":
        spoilt = [value if shape_law else -value for value in spoilt]
    return Outcome(tuple(spoilt), changed=True)


SUMS = [
    (name, law)
    for name, exercise in EXERCISES.items()
    for law in exercise.laws
    if re.search(r" sums? to [01]$", law.name)
]


@pytest.mark.parametrize(("name", "law"), SUMS, ids=[f"{name}-{law.name}" for name, law in SUMS])
def test_a_law_of_sums_asks_for_no_more_than_the_sums(name, law):
    """Other numbers with the same sums keep it; where each is larger, it is broken."""
    exercise = EXERCISES[name]

    def with_same_sums(arguments, options):
        values = expected(exercise, law, arguments)
        return Outcome(tuple(-2 * v if law.name.endswith("0") else v[..., ::-1] for v in values))

    def with_larger_sums(arguments, options):
        return Outcome(tuple(v + 1 for v in expected(exercise, law, arguments)))

    if "exponentials" not in law.name:
        assert exercise.first_complaint(law, with_same_sums) is None
    assert exercise.first_complaint(law, with_larger_sums)


@pytest.mark.parametrize(
    ("name", "sentence", "number"),
    [
        ("log_softmax", "no number is above 0", 0.5),
        ("relu_start", "200 inputs give a number above 0 and below 1", 1.5),
        ("logsumexp", "it lies between m and m + log 2", 1.75),
        ("logsumexp", "it lies between m and m + log 3", 2.99),
    ],
)
def test_a_limit_is_where_the_law_says(name, sentence, number):
    exercise = EXERCISES[name]
    (law,) = (law for law in exercise.laws if law.name == sentence)
    assert exercise.first_complaint(law, exercise.right) is None

    def beyond(arguments, options):
        return Outcome((np.full_like(expected(exercise, law, arguments)[0], number),))

    assert exercise.first_complaint(law, beyond)


def test_where_two_logits_are_equal_their_order_is_not_asked_for():
    (law,) = (law for law in check.softmax_naive.laws if "larger logit" in law.name)
    p = np.array([0.4, 0.4, 0.2])
    assert law.judge(p, p, 1e-12) is None
    assert law.judge(p[::-1], p, 1e-12)


@pytest.mark.parametrize("name", ["softmax_jacobian", "log_softmax_jacobian"])
def test_a_law_off_the_diagonal_does_not_look_at_it(name):
    exercise = EXERCISES[name]
    (law,) = (law for law in exercise.laws if law.name.startswith("off the diagonal"))

    def with_another_diagonal(arguments, options):
        (J,) = expected(exercise, law, arguments)
        return Outcome((J + np.eye(len(J)),))

    assert exercise.first_complaint(law, with_another_diagonal) is None


def numbers(text):
    """Return the numbers of a list in a law's sentence: "(-1/2, 1/2)" or "3.129"."""
    return [float(Fraction(part)) for part in re.findall(r"-?\d+(?:/\d+|\.\d+)?", text)]


def test_what_a_sentence_says_of_an_example_is_so():
    said = 0
    for exercise in EXERCISES.values():
        for law in exercise.laws:
            found = re.search(r" gives? (\(.*\)|\d+\.\d+)$", law.name)
            if found:
                said += 1
                rounded = [
                    np.round(np.ravel(expected(exercise, law, arguments)[0]), 3).tolist()
                    for arguments in law.inputs
                ]
                assert numbers(found[1]) in rounded, law.name
    assert said >= 9


def test_a_law_that_speaks_of_a_thousand_is_tried_on_it():
    said = [law for e in EXERCISES.values() for law in e.laws if "1000" in law.name]
    assert len(said) >= 8
    for law in said:
        largest = [np.abs(np.asarray(a, float)).max() for inputs in law.inputs for a in inputs[:1]]
        assert set(largest) == {1000.0}, (
            f"{law.name!r} speaks of 1000: its first inputs must reach just that far"
        )
        if "-1000" in law.name:
            assert any(-1000 in inputs[0] for inputs in law.inputs)


@pytest.mark.parametrize(("units", "passes"), [(115, True), (130, False)])
def test_rounding_may_cost_some_units_of_the_last_place_and_no_more(units, passes):
    factor = 1 + units * np.finfo(float).eps

    def loss(z, k):
        return softmax_lib.softmax_cross_entropy(z, k) * factor

    # A number x may be off by 64 units times 1 + x, and here x is log 3 at most.
    report = check.softmax_cross_entropy(loss)
    assert ("a guess without knowledge costs log C" in report.laws) == passes


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("linear_backward", 0, "a feature collects"),
        ("linear_backward", 1, "a weight collects"),
        ("linear_backward", 2, "a bias collects"),
        ("brier_parts", 2, "the uncertainty is"),
        ("network_gradients", 0, "one example: a hidden weight"),
        ("network_gradients", 1, "one example: a hidden bias"),
        ("network_gradients", 2, "one example: an output weight"),
        ("network_gradients", 3, "one example: an output bias"),
        ("attention_backward", 0, "equal values leave no slope"),
        ("attention_backward", 1, "equal values leave no slope"),
        ("attention_backward", 2, "a value collects"),
        ("merge_sums", 0, "the maximum of the whole"),
    ],
)
def test_the_law_that_fails_speaks_of_the_result_that_is_wrong(name, number, said):
    def attempt(*arguments):
        results = [np.asarray(one, float) for one in BY_SCIPY[name](*arguments)]
        results[number] = results[number] - 7
        return tuple(results)

    assert getattr(check, name)(attempt).failed_law.startswith(said)


@pytest.mark.parametrize(("number", "said"), [(0, "a query is moved"), (1, "a key is moved")])
def test_a_slope_that_is_wrong_by_a_factor_fails_at_the_law_of_its_own(number, said):
    def attempt(*arguments):
        results = list(BY_SCIPY["attention_backward"](*arguments))
        results[number] = 2 * results[number]
        return tuple(results)

    assert check.attention_backward(attempt).failed_law.startswith(said)


def test_a_bias_that_steps_the_other_way_fails_at_the_law_of_the_bias():
    def attempt(X, labels, W, b, learning_rate):
        W, stepped = BY_SCIPY["training_step"](X, labels, W, b, learning_rate)
        return W, 2 * b - stepped

    assert check.training_step(attempt).failed_law.startswith("the bias of the true class rises")

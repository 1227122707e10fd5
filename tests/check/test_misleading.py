"""A report shows an input on which the mistake matters, and what came back as it came back."""

import numpy as np
import pytest

from attempts import EXERCISES, TRIED
from oracles import exact_log_softmax, exact_logsumexp
from softmax_lib import check, log_softmax, softmax
from softmax_lib.check._engine.laws import agrees, tolerance_of

# Of one example, a mean or a sum over the batch is its only number, and its maximum is that of all.
OF_BATCHES = {
    "log-of-mean",
    "sum-over-batch",
    "mean-over-batch-missing",
    "global-maximum",
    "maximum-of-first-row",
    "all-labels-in-every-row",
}


def report_of(name, attempt):
    return getattr(check, name)(attempt)


def arguments_of(report):
    """Return the arguments that a report shows."""
    return eval(
        f"given{report.failure.given.removeprefix(report.attempt)}",
        {"np": np, "given": lambda *a, **k: a},
    )


@pytest.mark.parametrize(("name", "mistake", "attempt"), [t for t in TRIED if t[1] in OF_BATCHES])
def test_a_mistake_about_batches_is_shown_with_a_batch_on_which_it_matters(name, mistake, attempt):
    report = report_of(name, attempt)
    first = arguments_of(report)[0]
    shape_alone = report.laws == (
        f"it is a function of {EXERCISES[name].signature.removeprefix(name)}",
    )
    assert shape_alone or len(first) > 1, report
    if mistake in ("log-of-mean", "sum-over-batch") and name == "mean_cross_entropy":
        assert not shape_alone
        assert report.failed_law == "a batch costs the mean of what its examples cost"


@pytest.mark.parametrize(("name", "mistake", "attempt"), TRIED)
def test_only_a_shift_breaks_the_law_of_each_row_s_own_maximum(name, mistake, attempt):
    if report_of(name, attempt).failed_law == "each row has its own maximum":
        assert mistake in {"global-maximum", "maximum-of-first-row"}


def test_beside_a_sum_stands_what_was_returned():
    failure = check.softmax_naive(lambda z: np.exp(z)).failure
    assert (failure.came, failure.expected) == ("[2.7183, 1], sum 3.7183", "sum 1")
    failure = check.softmax_jacobian(lambda z: np.diag(softmax(z))).failure
    assert failure.came == "[[0.5, 0], [0, 0.5]], row sums [0.5, 0.5]"
    assert failure.expected == "row sums [0, 0]"


@pytest.mark.parametrize("name", EXERCISES)
def test_what_came_is_what_was_returned_whatever_the_law_looks_at(name):
    """Of the results off by as little as can be, the report shows the array itself, in each law."""
    exercise = EXERCISES[name]
    for law in exercise.laws:
        if law.refused or law.about_arguments or law.judge.__qualname__ != agrees(sum).__qualname__:
            continue
        (arguments, *_) = law.inputs
        (right,) = exercise.right(arguments, law.options).value
        wrong = right + 0.25 + np.arange(right.size).reshape(right.shape)
        shown, wanted = law.judge(wrong, right, 1e-12)
        assert shown.startswith("[")
        numbers = shown[: shown.rindex("]" * right.ndim + ", ") + right.ndim]
        assert np.allclose(eval(numbers), wrong, atol=1e-4)
        named = shown.removeprefix(f"{numbers}, ").split("[")[0].rstrip("0123456789.- ")
        assert named and wanted.startswith(named)


# ---- what the course calls a fault elsewhere ----------------------------------------------------


@pytest.mark.parametrize("offset", [1e12, 1e13, 1e15])
def test_an_offset_that_is_not_cancelled_leaves_an_error_that_mpmath_sees(offset):
    """The law asks for what the stable formula keeps, and the late subtraction loses."""
    z = np.array([offset, offset])
    late = z - np.array(exact_logsumexp(z), dtype=float)  # correctly rounded, and still too late
    early = (z - z.max()) - np.log(np.exp(z - z.max()).sum())
    exact = np.array(exact_log_softmax(z), dtype=float)
    assert np.abs(late - exact).max() > 1e-5
    assert np.abs(early - exact).max() < 1e-15
    # What rounding may cost logits as large as these would hide it.
    assert tolerance_of((late,), (z,)) > np.abs(late - exact).max() / 10


def test_the_offset_has_to_be_cancelled_before_log_sum_exp_is_subtracted():
    report = check.log_softmax(lambda z: z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
    assert report.failed_law == "a large number added to all logits costs no digits"
    assert report.diagnosis == "offset-not-cancelled"
    assert check.log_softmax(log_softmax).passed


@pytest.mark.parametrize("where", ["below", "above"])
def test_a_label_that_is_no_class_has_to_be_refused_at_both_ends(where):
    def attempt(labels, C):
        if (labels < 0).any() if where == "below" else (labels >= C).any():
            raise ValueError("no such class")
        return 1 * (labels[:, None] == np.arange(C))

    report = check.one_hot(attempt)
    assert report.failed_law == "a label that is no class is an error"
    assert report.failure.came == ("[[0, 0]]")
    assert report.failure.expected == "an error: no class has this label"


def test_any_error_refuses_a_label_and_no_other_answer_does():
    def attempt(answer):
        def one_hot(labels, C):
            if labels.min() < 0 or labels.max() >= C:
                return answer()
            return np.eye(C)[labels]

        return one_hot

    def refuse():
        raise AssertionError

    assert check.one_hot(attempt(refuse)).passed
    assert check.one_hot(attempt(lambda: None)).diagnosis == "nothing-returned"
    assert check.one_hot(attempt(lambda: "no such class")).diagnosis == "not-numbers"
    assert check.one_hot(attempt(lambda: np.nan)).diagnosis is None

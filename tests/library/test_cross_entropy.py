"""Chapter 4: what a prediction costs, for labels and for distributions."""

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st

from oracles import (
    EXAMPLE,
    FLOATS,
    distribution,
    exact,
    exact_log_softmax,
    exact_loss,
    few,
    logits,
    strict,
    ulps,
)
from softmax_lib import (
    entropy,
    kl_divergence,
    log_softmax,
    logsumexp,
    nll_loss,
    one_hot,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)

INF, NAN = np.inf, np.nan
CLOSE = {"rtol": 1e-12, "atol": 1e-15}


@st.composite
def labelled(draw, **options):
    """Draw logits, an axis and labels."""
    z, axis = draw(logits(**options))
    labels = draw(st.integers(0, z.shape[axis] - 1))
    shape = np.delete(z.shape, axis)
    spread = np.arange(np.prod(shape, dtype=int)).reshape(shape) + labels
    return z, axis, spread % z.shape[axis]


# --- one_hot -----------------------------------------------------------------------------------


def test_one_hot_is_a_row_of_the_identity():
    for num_classes in (1, 2, 5):
        labels = np.arange(num_classes)
        np.testing.assert_array_equal(one_hot(labels, num_classes), np.eye(num_classes))
    np.testing.assert_array_equal(one_hot(2, 4), [0, 0, 1, 0])
    assert one_hot([1], 2).dtype == np.float64


@few
@given(labelled())
def test_one_hot_is_undone_by_argmax_on_every_axis(drawn):
    z, axis, labels = drawn
    hot = one_hot(labels, z.shape[axis], axis=axis)
    assert hot.shape == z.shape
    np.testing.assert_array_equal(hot.argmax(axis=axis), labels)
    np.testing.assert_array_equal(hot.sum(axis=axis), 1)


@pytest.mark.parametrize("dtype", ["i1", "u1", ">i2", "<u4", ">i8", "u8"])
def test_labels_of_every_integer_dtype(dtype):
    labels = np.array([1, 0], dtype)
    np.testing.assert_array_equal(one_hot(labels, 2), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(one_hot(labels, 300)[:, :2], [[0, 1], [1, 0]])  # 300 > uint8
    z = np.array([EXAMPLE, EXAMPLE])
    np.testing.assert_array_equal(
        softmax_cross_entropy(z, labels), softmax_cross_entropy(z, [1, 0])
    )
    np.testing.assert_array_equal(nll_loss(z, labels), [-1, -3])


def test_no_labels_are_no_rows():
    assert one_hot([], 3).shape == (0, 3)
    assert one_hot(np.zeros((0, 2), int), 3, axis=0).shape == (3, 0, 2)
    assert softmax_cross_entropy(np.zeros((0, 3)), []).shape == (0,)
    assert nll_loss(np.zeros((2, 0, 3)), [[], []]).shape == (2, 0)
    with pytest.raises(TypeError, match="labels must be integers, got an array of dtype float64"):
        one_hot(np.array([]), 3)


@pytest.mark.parametrize("num_classes", [0, -1])
def test_there_must_be_a_class(num_classes):
    with pytest.raises(ValueError, match=f"num_classes must be at least 1, got {num_classes}"):
        one_hot([0], num_classes)


@pytest.mark.parametrize("num_classes", [2.0, "2", None, [2]])
def test_the_number_of_classes_must_be_an_int(num_classes):
    with pytest.raises(TypeError, match="num_classes must be an int, got"):
        one_hot([0], num_classes)


def test_the_axis_of_one_hot():
    assert one_hot([[0, 1, 1]], 2, axis=1).tolist() == [[[1, 0, 0], [0, 1, 1]]]
    for axis in (2, -3):
        with pytest.raises(np.exceptions.AxisError):
            one_hot([0], 2, axis=axis)
    with pytest.raises(TypeError, match="axis must be an int"):
        one_hot([0], 2, axis=None)


@pytest.mark.parametrize(
    ("p", "named"),
    [
        ([[0.0, 1.25, -0.25], [-0.5, 1.5, 0.0]], "got -0.25$"),
        ([[0.5, 0.5], [1.0, 0.5], [1.0, 1.0]], "got a sum of 1.5$"),
        (0.5, "got a sum of 0.5$"),
    ],
)
def test_of_what_is_no_distribution_the_first_offender_is_named(p, named):
    with pytest.raises(ValueError, match=named):
        entropy(p)


@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_grad])
def test_a_single_logit_has_a_single_label(function):
    assert function(7.0, 0) == 0
    with pytest.raises(ValueError, match=r"the shape of logits: got \(1,\), logits have \(\)"):
        function(7.0, [0])


# --- labels, wherever they are taken -------------------------------------------------------------

TAKE_LABELS = {
    "one_hot": lambda labels: one_hot(labels, 3),
    "nll_loss": lambda labels: nll_loss(np.zeros((*np.shape(labels), 3)), labels),
    "softmax_cross_entropy": lambda labels: softmax_cross_entropy(
        np.zeros((*np.shape(labels), 3)), labels
    ),
    "softmax_cross_entropy_grad": lambda labels: softmax_cross_entropy_grad(
        np.zeros((*np.shape(labels), 3)), labels
    ),
}


@pytest.mark.parametrize("function", TAKE_LABELS.values(), ids=TAKE_LABELS)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3, -1], "labels must be from 0 to 2, got 3 at position 1$"),
        ([0, 1, -1], "labels must be from 0 to 2, got -1 at position 2$"),
        ([[0, 1], [2, 7], [-1, 0]], r"labels must be from 0 to 2, got 7 at position \(1, 1\)$"),
        (3, "labels must be from 0 to 2, got 3$"),
        (-1, "labels must be from 0 to 2, got -1$"),
        (np.array([0, 255], np.uint8), "got 255 at position 1$"),
        (np.array([2**63], np.uint64), f"got {2**63} at position 0$"),
    ],
)
def test_the_first_label_out_of_range_is_named_with_its_position(function, labels, message):
    with pytest.raises(ValueError, match=message):
        function(labels)


@pytest.mark.parametrize("function", TAKE_LABELS.values(), ids=TAKE_LABELS)
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0.0, 1.0], "labels must be integers, got an array of dtype float64"),
        ([True, False], "labels must be integers, got an array of dtype bool"),
        (["0", "1"], "labels must be integers, got an array of dtype <U1"),
        ([0, None], "labels must be integers, got an array of dtype object"),
        ([0, 1j], "labels must be integers, got an array of dtype complex128"),
        (np.ma.masked_array([0, 1], [0, 1]), "labels must not be a masked array"),
        (1.5, "labels must be integers"),
    ],
)
def test_labels_must_be_integers(function, labels, message):
    with pytest.raises(TypeError, match=message):
        function(labels)


def test_ragged_labels_are_an_error():
    ragged = [[0, 1], [2]]
    with pytest.raises(TypeError, match="labels must be a rectangular array of integers"):
        one_hot(ragged, 3)
    with pytest.raises(TypeError, match="labels must be a rectangular array of integers"):
        nll_loss(np.zeros((2, 2, 3)), ragged)
    for function in (softmax_cross_entropy, softmax_cross_entropy_grad):
        with pytest.raises(TypeError, match="targets must be a rectangular array of numbers"):
            function(np.zeros((2, 2, 3)), ragged)


@pytest.mark.parametrize("function", [softmax_cross_entropy, softmax_cross_entropy_grad])
def test_shapes_that_do_not_fit_are_shown(function):
    z = np.zeros((2, 3))
    with pytest.raises(ValueError, match=r"\(3,\), but logits without the class axis have \(2,\)"):
        function(z, [0, 1, 2])
    with pytest.raises(ValueError, match=r"\(2,\), but logits without the class axis have \(3,\)"):
        function(z, [0, 1], axis=0)
    for shape in ((3, 2), (1, 3), (2, 3, 1), ()):
        message = rf"targets must .* of logits: got {np.empty(shape).shape}, logits have (2, 3)"
        with pytest.raises(ValueError, match=message.replace("(", r"\(").replace(")", r"\)")):
            function(z, np.full(shape, 1 / 3))


def test_shapes_of_log_probs_and_labels_are_shown():
    with pytest.raises(
        ValueError, match=r"\(3,\), but log_probs without the class axis have \(2,\)"
    ):
        nll_loss(np.zeros((2, 3)), [0, 1, 2])
    with pytest.raises(ValueError, match=r"\(\), but log_probs without the class axis have \(2,\)"):
        nll_loss(np.zeros((2, 3)), 0)


# --- distributions, wherever they are taken ------------------------------------------------------

TAKE_DISTRIBUTIONS = {
    "entropy": ("p", entropy),
    "kl_divergence p": ("p", lambda p: kl_divergence(p, np.full(np.shape(p), 0.5))),
    "kl_divergence q": ("q", lambda q: kl_divergence(np.full(np.shape(q), 0.5), q)),
    "smooth_labels": ("targets", lambda y: smooth_labels(y, 0.1)),
    "softmax_cross_entropy": (
        "targets",
        lambda y: softmax_cross_entropy(np.zeros(np.shape(y)), y),
    ),
    "softmax_cross_entropy_grad": (
        "targets",
        lambda y: softmax_cross_entropy_grad(np.zeros(np.shape(y)), y),
    ),
}


@pytest.mark.parametrize(("name", "function"), TAKE_DISTRIBUTIONS.values(), ids=TAKE_DISTRIBUTIONS)
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([1.5, -0.5], "must be non-negative, got -0.5"),
        ([NAN, 1], "must be non-negative, got nan"),
        ([[0.5, 0.5], [1, -1e-300]], "must be non-negative, got -1e-300"),
        ([0.5, 0.6], r"must sum to 1 along axis -?\d, got a sum of 1.1"),
        ([0.0, 0.0], r"must sum to 1 along axis -?\d, got a sum of 0.0"),
        ([INF, 0], r"must sum to 1 along axis -?\d, got a sum of inf"),
        ([1e308, 1e308], r"must sum to 1 along axis -?\d, got a sum of (2e\+308|inf)"),
        ([[0.5, 0.5], [2.0, 0.0]], r"must sum to 1 along axis -?\d, got a sum of 2.0"),
        ([1, 1], r"must sum to 1 along axis -?\d, got a sum of 2.0"),
        ([0.5, 0.5 + 2e-6], "must sum to 1"),
        (np.array([0.5, 0.5 + 1e-4], np.float32), "must sum to 1"),
        (np.array([0.5, 0.55], np.float16), "must sum to 1"),
    ],
)
def test_what_is_no_distribution_is_an_error(name, function, wrong, message):
    with strict(), pytest.raises(ValueError, match=f"^{name} {message}"):
        function(wrong)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("classes", [1, 2, 3, 10, 1000, 20_000])
def test_every_softmax_is_a_distribution(dtype, classes):
    z = np.random.default_rng(classes).standard_normal(classes).astype(dtype) * dtype(3)
    for p in (softmax(z), softmax(z * 0), smooth_labels(softmax(z), 0.1)):
        assert softmax_cross_entropy(z, p) >= 0


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("classes", [2, 1000, 20_000, 70_000])
def test_one_percent_more_is_no_distribution_however_many_classes(dtype, classes):
    for factor in (0, 0.98, 1.02):
        wrong = (np.full(classes, factor / classes)).astype(dtype)
        with pytest.raises(ValueError, match="sum to 1"):
            entropy(wrong)


def test_shapes_of_two_distributions_are_shown():
    with pytest.raises(
        ValueError, match=r"q must have the shape of p: got \(2,\), p have \(1, 2\)"
    ):
        kl_divergence([[0.5, 0.5]], [0.5, 0.5], axis=1)


# --- nll_loss ----------------------------------------------------------------------------------


@few
@given(labelled())
def test_nll_picks_minus_the_logarithm_of_the_label(drawn):
    z, axis, labels = drawn
    log_p = log_softmax(z, axis)
    loss = nll_loss(log_p, labels, axis)
    assert np.shape(loss) == labels.shape
    picked = (log_p * one_hot(labels, z.shape[axis], axis=axis)).sum(axis=axis)
    np.testing.assert_array_equal(loss, -picked)


def test_nll_of_a_certain_class_is_positive_zero():
    loss = nll_loss([0.0, -INF], 0)
    assert loss == 0
    assert not np.signbit(loss)
    assert nll_loss([0.0, -INF], 1) == INF
    assert np.isnan(nll_loss([NAN, -1.0], 0))


def test_losses_are_never_averaged():
    z = np.array([EXAMPLE, EXAMPLE])
    np.testing.assert_array_equal(softmax_cross_entropy(z, [0, 2]).round(3), [0.129, 6.129])
    np.testing.assert_array_equal(nll_loss(log_softmax(z), [0, 2]).round(3), [0.129, 6.129])


# --- softmax_cross_entropy ---------------------------------------------------------------------


@few
@given(labelled())
def test_cross_entropy_is_nll_after_log_softmax(drawn):
    z, axis, labels = drawn
    expected = nll_loss(log_softmax(z, axis), labels, axis)
    np.testing.assert_array_equal(softmax_cross_entropy(z, labels, axis), expected)


@few
@given(labelled())
def test_labels_are_one_hot_distributions(drawn):
    z, axis, labels = drawn
    hot = one_hot(labels, z.shape[axis], axis=axis)
    by_label = softmax_cross_entropy(z, labels, axis)
    np.testing.assert_array_equal(softmax_cross_entropy(z, hot, axis), by_label)
    np.testing.assert_array_equal(softmax_cross_entropy(z, hot.astype(int), axis), by_label)
    np.testing.assert_array_equal(softmax_cross_entropy(z, hot > 0, axis), by_label)


@few
@given(labelled())
def test_cross_entropy_is_logsumexp_minus_the_logit_of_the_label(drawn):
    z, axis, labels = drawn
    picked = np.take_along_axis(z, np.expand_dims(labels, axis), axis).squeeze(axis)
    loss = softmax_cross_entropy(z, labels, axis)
    np.testing.assert_allclose(loss, logsumexp(z, axis) - picked, rtol=1e-13, atol=1e-13)
    assert (loss >= 0).all()


@few
@given(logits())
def test_cross_entropy_is_entropy_plus_kl(drawn):
    z, axis = drawn
    y = distribution(z[::-1], axis)
    expected = entropy(y, axis) + kl_divergence(y, softmax(z, axis), axis)
    np.testing.assert_allclose(softmax_cross_entropy(z, y, axis), expected, **CLOSE)
    assert (softmax_cross_entropy(z, y, axis) >= entropy(y, axis) - 1e-14).all()


@few
@given(logits())
def test_cross_entropy_of_a_distribution_is_the_mean_over_labels(drawn):
    z, axis = drawn
    y = distribution(z, axis)
    losses = -scipy.special.log_softmax(z, axis)
    expected = (y * losses).sum(axis=axis)
    np.testing.assert_allclose(softmax_cross_entropy(z, y, axis), expected, rtol=1e-13, atol=1e-13)


# Sixteenths: z - m is exact, and the loss alone is measured.
RNG = np.random.default_rng(20240301)
EXACT_GAPS = [
    np.r_[lead, np.round(48 * RNG.standard_normal(classes - 1)) / 16]
    for lead in (0.0, 20.0, 30.0, 72.0)
    for classes in (2, 10, 100)
]


@pytest.mark.parametrize("z", [*EXACT_GAPS, 1e8 + np.arange(10.0), np.r_[72.0, np.zeros(9)]])
def test_the_loss_is_accurate_to_a_few_ulp(z):
    for label in {0, int(np.argmax(z)), int(np.argmin(z))}:
        assert ulps(softmax_cross_entropy(z, label), exact_loss(z, label)) < 4
        single = (z - 1e8 * (z > 1e7)).astype(np.float32)
        assert ulps(softmax_cross_entropy(single, label), exact_loss(single, label)) < 12


@pytest.mark.parametrize("z", EXACT_GAPS[::2])
def test_the_loss_of_a_distribution_is_accurate_to_a_few_ulp(z):
    y = distribution(np.arange(len(z)) / 7)
    with mpmath.workdps(60):
        terms = zip(y, exact_log_softmax(z), strict=True)
        wanted = -mpmath.fsum(exact(weight) * log_p for weight, log_p in terms)
    assert ulps(softmax_cross_entropy(z, y), wanted) < 6


def test_a_confident_right_prediction_costs_something():
    for dtype, lead in [(np.float64, 72), (np.float32, 20)]:
        z = np.array([lead, 0], dtype)
        np.testing.assert_array_equal(scipy.special.log_softmax(z)[0], 0)  # lost
        loss = softmax_cross_entropy(z, 0)
        np.testing.assert_allclose(loss, np.exp(-float(lead)), rtol=4 * np.finfo(dtype).eps)


@few
@given(labelled(dtypes=[np.float16], max_side=8))
def test_float16_is_rounded_once(drawn):
    z, axis, labels = drawn
    y = distribution(z.astype(float), axis)
    for targets in (labels, y):
        loss = softmax_cross_entropy(z, targets, axis)
        wide = np.asarray(softmax_cross_entropy(z.astype(float), targets, axis))
        rounded = wide.astype(np.float16)
        assert (np.abs(loss.astype(float) - rounded) <= np.spacing(np.abs(rounded))).all()


def test_float16_losses_accumulate_in_float32():
    zeros = np.zeros(70_000, np.float16)
    assert softmax_cross_entropy(zeros, 3) == np.float16(np.log(70_000))
    assert softmax_cross_entropy(zeros, softmax(zeros)) == pytest.approx(11.16, abs=0.03)


@pytest.mark.parametrize(
    ("z", "label", "loss"),
    [
        ([-INF, 0.0, 0.0], 0, INF),
        ([-INF, 0.0, 0.0], 1, np.log(2)),
        ([-INF, -INF, 3.0], 2, 0),
        ([-INF, -INF], 0, NAN),
        ([INF, 0.0], 0, NAN),
        ([INF, 0.0], 1, NAN),
        ([NAN, 0.0], 1, NAN),
        ([1000.0, 0.0], 1, 1000),
        ([5.0], 0, 0),
        ([-INF], 0, NAN),
        ([1.7e308, -1.7e308], 1, INF),
    ],
)
def test_edge_values_of_the_loss(z, label, loss):
    with strict():
        np.testing.assert_array_equal(softmax_cross_entropy(z, label), loss)
        hot = one_hot(label, len(z))
        np.testing.assert_array_equal(softmax_cross_entropy(z, hot), loss)


def test_a_target_of_zero_costs_nothing_against_minus_infinity():
    with strict():
        loss = softmax_cross_entropy([-INF, 0.0, 0.0], [0, 0.5, 0.5])
        np.testing.assert_allclose(loss, np.log(2), rtol=1e-15)
        assert softmax_cross_entropy([-INF, 0.0, 0.0], [0.1, 0.4, 0.5]) == INF


def test_a_scalar_is_one_class():
    assert softmax_cross_entropy(3.0, 1.0) == 0
    assert nll_loss(-2.0, 0) == 2
    assert entropy(1.0) == 0
    assert kl_divergence(1.0, 1.0) == 0
    assert smooth_labels(1.0, 0.5) == 1


# --- smooth_labels -----------------------------------------------------------------------------


@few
@given(labelled(), st.floats(0, 1))
def test_smoothing_mixes_with_the_uniform_distribution(drawn, alpha):
    z, axis, labels = drawn
    y = one_hot(labels, z.shape[axis], axis=axis)
    smooth = smooth_labels(y, alpha, axis)
    uniform = np.full_like(y, 1 / z.shape[axis])
    np.testing.assert_allclose(smooth, (1 - alpha) * y + alpha * uniform, rtol=1e-15)
    np.testing.assert_allclose(smooth.sum(axis=axis), 1, rtol=1e-14)
    mixed = (1 - alpha) * softmax_cross_entropy(z, y, axis) + alpha * softmax_cross_entropy(
        z, uniform, axis
    )
    loss = softmax_cross_entropy(z, smooth, axis)
    np.testing.assert_allclose(loss, mixed, rtol=1e-12, atol=1e-14)


def test_the_ends_of_smoothing():
    y = np.array([[0.0, 1, 0, 0], [0.5, 0.5, 0, 0]])
    np.testing.assert_array_equal(smooth_labels(y, 0), y)
    np.testing.assert_array_equal(smooth_labels(y, 1), np.full((2, 4), 0.25))
    np.testing.assert_array_equal(
        smooth_labels(y, np.float32(0.5))[0], [0.125, 0.625, 0.125, 0.125]
    )


@pytest.mark.parametrize("alpha", [-0.1, 1.1, NAN, INF, -1e-300, 2])
def test_alpha_outside_0_to_1_is_an_error(alpha):
    with pytest.raises(ValueError, match=r"alpha must be in \[0, 1\], got"):
        smooth_labels([0.0, 1.0], alpha)


@pytest.mark.parametrize("alpha", ["0.1", None, 1j, [0.1], 10**400])
def test_alpha_must_be_a_number(alpha):
    with pytest.raises(TypeError, match=r"^alpha must"):
        smooth_labels([0.0, 1.0], alpha)


# --- entropy and divergence ----------------------------------------------------------------------


@few
@given(logits(), st.booleans())
def test_entropy_and_divergence_agree_with_scipy(drawn, with_zeros):
    z, axis = drawn
    p, q = distribution(z, axis), distribution(-z, axis)
    if with_zeros:
        p = one_hot(z.argmax(axis=axis), z.shape[axis], axis=axis)
    np.testing.assert_allclose(entropy(p, axis), scipy.stats.entropy(p, axis=axis), **CLOSE)
    expected = scipy.special.rel_entr(p, q).sum(axis=axis)
    np.testing.assert_allclose(kl_divergence(p, q, axis), expected, rtol=1e-12, atol=1e-14)


@few
@given(logits())
def test_entropy_is_between_zero_and_log_c(drawn):
    z, axis = drawn
    for p in (distribution(z, axis), softmax(z, axis)):
        assert (entropy(p, axis) >= 0).all()
        assert (entropy(p, axis) <= np.log(z.shape[axis]) + 1e-14).all()


def test_the_ends_of_entropy():
    with strict():
        assert entropy([0.0, 1.0, 0.0]) == 0
        assert not np.signbit(entropy([0.0, 1.0, 0.0]))
        np.testing.assert_allclose(entropy(np.full(8, 1 / 8)), np.log(8), rtol=1e-15)


@few
@given(logits())
def test_divergence_is_not_negative_and_zero_only_for_equals(drawn):
    z, axis = drawn
    p, q = distribution(z, axis), distribution(z[::-1], axis)
    assert (kl_divergence(p, q, axis) >= -1e-15).all()
    np.testing.assert_array_equal(kl_divergence(p, p, axis), 0)
    assume(np.abs(p - q).max() > 1e-6)
    assert kl_divergence(p, q, axis).max() > 0


def test_divergence_where_a_probability_is_zero():
    with strict():
        assert kl_divergence([0.5, 0.5], [1.0, 0.0]) == INF
        np.testing.assert_allclose(kl_divergence([1.0, 0.0], [0.5, 0.5]), np.log(2), rtol=1e-15)
        assert kl_divergence([1.0, 0.0], [1.0, 0.0]) == 0


def test_divergence_is_not_symmetric():
    p, q = [0.5, 0.5], [0.9, 0.1]
    assert abs(kl_divergence(p, q) - kl_divergence(q, p)) > 0.1


# --- the notes, and myths ------------------------------------------------------------------------


def test_the_loss_of_the_notes_and_its_two_misprints():
    z, e = np.array([2.0, 1.0, 0.1]), np.exp
    # True class 2: the sum starts at c = 1, not at the true class.
    assert round(float(softmax_cross_entropy(z, 1)), 4) == 1.4170
    assert round(float(-(z[1] - np.log(e(z[1:]).sum()))), 4) == 0.3412
    # True class 1: the term is e^{z_c}, not e^c.
    assert round(float(softmax_cross_entropy(z, 0)), 4) == 0.4170
    assert round(float(-(z[0] - np.log(e([1, 2, 3]).sum()))), 4) == 1.4076


def test_a_second_softmax_has_a_loss_floor():
    classes = 10
    floor = np.log(np.e + classes - 1) - 1
    assert round(float(floor), 2) == 1.46
    right = softmax([1000.0, *[0.0] * (classes - 1)])
    np.testing.assert_allclose(softmax_cross_entropy(right, 0), floor, rtol=1e-14)
    for seed in range(5):
        p = softmax(5 * np.random.default_rng(seed).standard_normal(classes))
        assert softmax_cross_entropy(p, 0) >= floor
    # A second *log*-softmax is harmless.
    z = np.array(EXAMPLE)
    np.testing.assert_allclose(
        softmax_cross_entropy(log_softmax(z), 1), softmax_cross_entropy(z, 1), rtol=1e-14
    )


def test_the_logarithm_of_softmax_loses_a_confident_mistake():
    z = np.array([800.0, 0.0])
    with np.errstate(divide="ignore"):
        assert -np.log(softmax(z)[1]) == INF
    assert softmax_cross_entropy(z, 1) == 800


# --- sums that are nearly 1 ----------------------------------------------------------------------


def normalised_in_float32(shape):
    weights = np.random.default_rng(20240313).random(shape, dtype=np.float32)
    return (weights / weights.sum(axis=-1, keepdims=True)).astype(np.float64)


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_targets_that_were_normalised_in_float32_are_taken(classes):
    y = normalised_in_float32((50, classes))
    assert np.abs(y.sum(axis=-1) - 1).max() > 1e-9
    z = np.random.default_rng(0).standard_normal(y.shape)
    loss = softmax_cross_entropy(z, y)
    np.testing.assert_allclose(loss, -(y * log_softmax(z)).sum(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(smooth_labels(y, 0.1).sum(axis=-1), 1, atol=1e-6)
    assert (kl_divergence(y, y) == 0).all()
    assert entropy(y).max() <= np.log(classes) + 1e-5


def test_a_float32_distribution_may_be_off_by_a_sum_added_one_after_the_other():
    weights = np.random.default_rng(0).random(100_000, dtype=np.float32)
    p = weights / np.cumsum(weights)[-1]
    assert abs(p.sum(dtype=np.float64) - 1) > 2e-6  # more than the tolerance of few classes
    assert entropy(p) == pytest.approx(scipy.stats.entropy(p.astype(np.float64)), rel=1e-5)


@pytest.mark.parametrize("off", [2e-6, -2e-6, 1e-3])
def test_sums_that_are_further_off_are_refused(off):
    y = np.array([0.25, 0.75 + off])
    for function in (entropy, lambda y: smooth_labels(y, 0.1), lambda y: kl_divergence(y, y)):
        with pytest.raises(ValueError, match="must sum to 1"):
            function(y)
    with pytest.raises(ValueError, match="targets must sum to 1"):
        softmax_cross_entropy([0.0, 1.0], y)
    nearly = np.array([0.25, 0.75 + off * (abs(off) < 1e-4) / 2.1])
    softmax_cross_entropy([0.0, 1.0], nearly)


@pytest.mark.parametrize(
    ("dtype", "classes", "taken", "refused"),
    [
        (np.float16, 2, 5e-3, 0.05),
        (np.float32, 2, 2e-6, 4e-6),
        (np.float32, 10_000, 3e-5, 3e-4),
        (np.float64, 10_000, 9e-7, 2e-6),
    ],
)
def test_how_far_off_a_sum_may_be_is_a_matter_of_the_dtype(dtype, classes, taken, refused):
    for off in (taken, refused):
        y = np.zeros(classes, dtype)
        y[:2] = 0.25, 0.75 + off
        if off == taken:
            assert y.sum(dtype=np.float64) - 1 > off / 2
            entropy(y)
        else:
            with pytest.raises(ValueError, match="must sum to 1"):
                entropy(y)


def test_a_sum_that_is_off_moves_what_is_least_by_as_much():
    off = 9e-7
    less, more, half = np.array([0.5, 0.5 - off]), np.array([1 + off, 0]), np.array([0.5, 0.5])
    z = np.array([0.0, -off])  # the best logits for the first
    near = {"rel": 1e-3}
    assert softmax_cross_entropy(z, less) - entropy(less) == pytest.approx(-off, **near)
    assert kl_divergence(less, half) == pytest.approx(-off, **near)
    assert entropy(more) == pytest.approx(-off, **near)
    assert softmax_cross_entropy_grad(z, less).sum() == pytest.approx(off, **near)
    # A certain target has minus the sum of the others, whatever stands beside it.
    beside = softmax_cross_entropy_grad(EXAMPLE, [1.0, off, 0.0])
    p = softmax(EXAMPLE)
    assert abs(beside.sum()) < 1e-16
    assert beside[0] - (p[0] - 1) == pytest.approx(off, **near)


def test_the_label_of_a_single_logit_is_0():
    for label in (0, np.int8(0), np.array(0)):
        assert softmax_cross_entropy(3.0, label) == nll_loss(log_softmax(3.0), label) == 0
        assert softmax_cross_entropy_grad(3.0, label) == 0
    assert softmax_cross_entropy(3.0, 1.0) == 0  # a distribution
    with pytest.raises(ValueError, match="labels must be from 0 to 0, got 1"):
        softmax_cross_entropy(3.0, 1)

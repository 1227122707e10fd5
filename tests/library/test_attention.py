"""Attention, with the whole matrix of weights and in blocks of keys: both are held to each law."""

import functools
import math
import re
import tracemalloc

import mpmath
import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st

from oracles import FLOATS, INTEGERS, few, strict
from softmax_lib import attention, softmax_vjp, streaming_attention

NAN, INF = np.nan, np.inf
BOTH = {
    "attention": attention,
    "streaming_attention": streaming_attention,
    "blocks of 1": functools.partial(streaming_attention, block=1),
    "blocks of 3": functools.partial(streaming_attention, block=3),
}
both = pytest.mark.parametrize("attend", BOTH.values(), ids=list(BOTH))
# The example of the chapter: the scores are the logits 3, 1, -3 of the course.
QUERY, KEYS = [[2.0, 1.0]], [[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]]
VALUES = [[10.0], [20.0], [40.0]]
SHARES = scipy.special.softmax([3.0, 1.0, -3.0])


def drawn(rng, *leading, queries=4, keys=7, width=5, out=3, dtype=float):
    """Return random queries, keys and values."""
    sizes = (queries, width), (keys, width), (keys, out)
    return [rng.normal(size=(*leading, *size)).astype(dtype) for size in sizes]


def by_scipy(Q, K, V, where=None, scale=None):
    """Return attention, as it is written."""
    Q, K, V = (np.asarray(a, dtype=float) for a in (Q, K, V))
    scores = np.einsum("...qd,...kd->...qk", Q, K) * (scale or Q.shape[-1] ** -0.5)
    if where is not None:
        scores = np.where(where, scores, -INF)
    with np.errstate(all="ignore"):
        return np.einsum("...qk,...kv->...qv", scipy.special.softmax(scores, axis=-1), V)


def exact(Q, K, V, scale=None):
    """Return attention to 50 digits, rounded to float64."""
    with mpmath.workdps(50):
        number = np.vectorize(lambda x: mpmath.mpf(float(x)), otypes=[object])
        Q, K, V = number(Q), number(K), number(V)
        a = 1 / mpmath.sqrt(Q.shape[1]) if scale is None else mpmath.mpf(scale)
        means = []
        for scores in Q @ K.T * a:
            powers = [mpmath.exp(score - max(scores)) for score in scores]
            means.append(np.array(powers) @ V / mpmath.fsum(powers))
        return np.array(means).astype(float)


# --- what it computes --------------------------------------------------------------------------


@both
def test_the_example_of_the_chapter(attend):
    np.testing.assert_allclose(attend(QUERY, KEYS, VALUES, scale=1), [SHARES @ VALUES], rtol=1e-15)
    colder = scipy.special.softmax(np.array([3.0, 1.0, -3.0]) / math.sqrt(2))
    np.testing.assert_allclose(attend(QUERY, KEYS, VALUES), [colder @ VALUES], rtol=1e-15)


@both
@few
@given(st.integers(0, 999), st.sampled_from([(), (2,), (2, 3)]), st.booleans())
def test_it_is_what_scipy_gives(attend, seed, leading, masked):
    rng = np.random.default_rng(seed)
    queries, keys, width, out = rng.integers(1, 9, size=4)
    Q, K, V = drawn(rng, *leading, queries=queries, keys=keys, width=width, out=out)
    where = rng.random((*leading, queries, keys)) < 0.7 if masked else None
    for scale in (None, 0.3, -2.0):
        came = attend(Q, K, V, where=where, scale=scale)
        np.testing.assert_allclose(
            came, by_scipy(Q, K, V, where, scale), rtol=1e-12, atol=1e-13, equal_nan=True
        )
        assert came.shape == (*leading, queries, out)


@both
@pytest.mark.parametrize(("dtype", "most"), [(np.float64, 8), (np.float32, 12), (np.float16, 1)])
def test_the_error_is_a_few_eps_of_the_largest_value(attend, dtype, most):
    # With scores up to 20, whose own rounding the exponential shows. float16 is rounded once.
    rng = np.random.default_rng(0)
    for size in (1, 4):
        Q, K, V = drawn(rng, queries=6, keys=40, width=16, dtype=dtype)
        Q *= dtype(size)
        came = attend(Q, K, V)
        assert came.dtype == dtype
        off = np.abs(came.astype(float) - exact(Q, K, V)).max()
        assert off < most * np.finfo(dtype).eps * np.abs(V).max()


@both
def test_scores_of_1000_overflow_nothing(attend):
    Q, K = np.array([[1000.0], [-1000.0]]), np.array([[1.0], [0.999], [-1.0]])
    V = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    with strict():
        came = attend(Q, K, V)
    np.testing.assert_allclose(came, exact(Q, K, V), rtol=1e-12)


@both
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("keys", [1, 3, 4, 200])
def test_values_near_the_largest_number_have_a_mean(attend, dtype, keys):
    most = 0.99 * np.finfo(dtype).max
    K = np.zeros((keys, 1), dtype=dtype)
    V = np.array([[1.0, -1.0, 2.0**-126]] * keys, dtype=dtype) * np.array([most, most, 1], dtype)
    with strict():
        came = attend(np.ones((2, 1), dtype=dtype), K, V)
    np.testing.assert_allclose(came, V[[0, 0]], rtol=40 * np.finfo(dtype).eps)


@both
@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-17, reason="longdouble is float64 here")
def test_a_longdouble_keeps_its_digits(attend):
    with mpmath.workdps(40):
        scores = [mpmath.mpf(score) / mpmath.sqrt(2) for score in (3, 1, -3)]
        powers = [mpmath.exp(score) for score in scores]
        right = mpmath.fdot(powers, (10, 20, 40)) / mpmath.fsum(powers)
        arrays = [np.array(a, dtype=np.longdouble) for a in (QUERY, KEYS, VALUES)]
        ((came,),) = attend(*arrays)
        off = abs(mpmath.mpf(np.format_float_positional(came, unique=True)) - right) / right
        assert off < 4 * float(np.finfo(np.longdouble).eps)


@both
def test_equal_scores_give_the_plain_mean(attend):
    V = np.arange(12.0).reshape(6, 2)
    K = np.random.default_rng(1).normal(size=(6, 4))
    np.testing.assert_allclose(attend(np.zeros((3, 4)), K, V), [[5, 6]] * 3, rtol=1e-15)
    np.testing.assert_allclose(attend(np.ones((1, 4)), K, V, scale=0), [[5, 6]], rtol=1e-15)


@both
def test_the_order_of_keys_with_their_values_does_not_matter(attend):
    rng = np.random.default_rng(2)
    Q, K, V = drawn(rng)
    order = rng.permutation(7)
    np.testing.assert_allclose(attend(Q, K[order], V[order]), attend(Q, K, V), rtol=1e-13)


@both
def test_an_answer_lies_between_the_values(attend):
    Q, K, V = drawn(np.random.default_rng(3), queries=50)
    came = attend(5 * Q, K, V)
    assert np.all(came <= V.max(axis=0) + 1e-15)
    assert np.all(came >= V.min(axis=0) - 1e-15)


def test_blocks_change_the_rounding_alone():
    Q, K, V = drawn(np.random.default_rng(4), 2, keys=129)
    right = attention(Q, K, V)
    for block in (1, 2, 64, 128, 129, 1000, np.int8(5)):
        np.testing.assert_allclose(
            streaming_attention(Q, K, V, block=block), right, rtol=1e-13, atol=1e-14
        )


def test_128_keys_are_a_block():
    Q, K, V = drawn(np.random.default_rng(4), keys=300)
    came = [streaming_attention(Q, K, V, **options) for options in ({}, {"block": 128})]
    np.testing.assert_array_equal(*came)


def test_the_gradient_of_the_chapter_is_that_of_the_function():
    rng = np.random.default_rng(5)
    Q, K, V = drawn(rng)
    G = rng.normal(size=(4, 3))
    scores = Q @ K.T / math.sqrt(5)
    R = softmax_vjp(scores, G @ V.T)
    found = (R @ K / math.sqrt(5), R.T @ Q / math.sqrt(5), scipy.special.softmax(scores, 1).T @ G)
    for place, gradient in enumerate(found):
        for index in np.ndindex(gradient.shape):
            # Richardson's steps: the error falls with the fourth power of the step.
            slopes = []
            for step in (1e-2, 2e-2):
                moved = [a.copy() for a in (Q, K, V)], [a.copy() for a in (Q, K, V)]
                moved[0][place][index] += step
                moved[1][place][index] -= step
                slopes.append(np.sum(G * (attention(*moved[0]) - attention(*moved[1]))) / 2 / step)
            assert (4 * slopes[0] - slopes[1]) / 3 == pytest.approx(gradient[index], abs=1e-6)


# --- masks -------------------------------------------------------------------------------------


@both
def test_a_masked_key_is_as_good_as_none(attend):
    Q, K, V = drawn(np.random.default_rng(6))
    seen = np.array([True, False, True, True, False, False, True])
    came = attend(Q, K, V, where=seen)
    np.testing.assert_allclose(came, attend(Q, K[seen], V[seen]), rtol=1e-13)


@both
@pytest.mark.parametrize("garbage", [NAN, INF, -INF, 1e300])
def test_what_is_masked_is_not_looked_at(attend, garbage):
    Q, K, V = drawn(np.random.default_rng(7))
    seen = np.ones((4, 7), dtype=bool)
    seen[:3, 2] = False
    right = attend(Q, K, V, where=seen)
    K[2] = V[2] = garbage
    came = attend(Q, K, V, where=seen)
    np.testing.assert_array_equal(came[:3], right[:3])
    assert not np.array_equal(came[3], right[3])


@both
def test_a_query_that_looks_at_no_key_is_nan_and_alone(attend):
    Q, K, V = drawn(np.random.default_rng(8))
    seen = np.ones((4, 7), dtype=bool)
    seen[1] = False
    with strict():
        came = attend(Q, K, V, where=seen)
    assert np.all(np.isnan(came[1]))
    others = [0, 2, 3]
    np.testing.assert_allclose(came[others], attend(Q, K, V)[others], rtol=1e-13)


@both
def test_a_whole_block_that_is_masked_changes_nothing(attend):
    Q, K, V = drawn(np.random.default_rng(9), keys=9)
    for masked in (slice(0, 3), slice(3, 6), slice(6, 9)):
        seen = np.ones(9, dtype=bool)
        seen[masked] = False
        came = attend(Q, K, V, where=seen)
        np.testing.assert_allclose(came, attention(Q, K[seen], V[seen]), rtol=1e-13)


@both
def test_a_causal_mask_keeps_the_first_rows_when_more_come(attend):
    Q, K, V = drawn(np.random.default_rng(10), queries=7)
    causal = np.tri(7, dtype=bool)
    whole = attend(Q, K, V, where=causal)
    np.testing.assert_array_equal(whole[0], V[0])
    for length in range(1, 7):
        part = attend(Q[:length], K[:length], V[:length], where=causal[:length, :length])
        np.testing.assert_allclose(part, whole[:length], rtol=1e-13)


@both
def test_a_mask_is_broadcast(attend):
    Q, K, V = drawn(np.random.default_rng(11), 2, 3)
    seen = np.random.default_rng(1).random((2, 1, 1, 7)) < 0.6
    whole = np.broadcast_to(seen, (2, 3, 4, 7))
    np.testing.assert_array_equal(attend(Q, K, V, where=seen), attend(Q, K, V, where=whole))


# --- inf and nan -------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("scores", "answers"),
    [
        ((0, 0, -INF), [1.5]),
        ((-INF, -INF, 3), [4]),
        ((-INF, -INF, -INF), [NAN]),
        ((0, INF, 0), [NAN]),
        ((INF, INF, -INF), [NAN]),
        ((0, NAN, 0), [NAN]),
    ],
)
def test_scores_that_are_not_finite(attend, scores, answers):
    with strict():
        came = attend([[1.0]], np.array(scores, dtype=float)[:, None], [[1], [2], [4]])
    np.testing.assert_array_equal(came, [answers])


@both
@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ((1, INF, 1), INF),
        ((1, -INF, 1), -INF),
        ((INF, -INF, 1), NAN),
        ((1, NAN, INF), NAN),
        ((1, 2, INF), INF),
        ((3, 5, NAN), NAN),
    ],
)
def test_values_that_are_not_finite_are_part_of_the_mean(attend, values, answer):
    with strict():
        came = attend(np.zeros((2, 1)), np.zeros((3, 1)), np.array([values, (1, 2, 3)], float).T)
    np.testing.assert_array_equal(came, [[answer, 2]] * 2)


@both
@pytest.mark.parametrize("value", [NAN, INF, -INF])
def test_a_value_of_weight_0_counts_nothing(attend, value):
    K = np.array([[0.0], [-2000.0], [-INF]])
    with strict():
        came = attend([[1.0]], K, np.array([[5.0, 1], [value, 2], [3.0, value]]))
    np.testing.assert_array_equal(came, [[5, 1]])


@both
def test_values_that_are_not_finite_are_those_of_their_own_head(attend):
    Q, K, V = drawn(np.random.default_rng(18), 3)
    seen = np.ones((3, 1, 7), dtype=bool)
    seen[0, 0, 2] = False
    right = attend(Q, K, V, where=seen)
    V[0, 2] = NAN  # masked
    V[1, 4, 0] = INF
    V[2, 6, 1] = NAN
    right[1, :, 0], right[2, :, 1] = INF, NAN
    np.testing.assert_array_equal(attend(Q, K, V, where=seen), right)


# --- shapes and dtypes -------------------------------------------------------------------------


@both
def test_leading_dimensions_are_broadcast(attend):
    rng = np.random.default_rng(12)
    Q, K, V = (drawn(rng, *leading)[i] for i, leading in enumerate([(3, 1), (2,), (4, 1, 1)]))
    seen = rng.random((4, 1, 1, 4, 7)) < 0.8
    came = attend(Q, K, V, where=seen)
    assert came.shape == (4, 3, 2, 4, 3)
    for a, b, c in np.ndindex(4, 3, 2):
        one = attend(Q[b, 0], K[c], V[a, 0, 0], where=seen[a, 0, 0])
        np.testing.assert_allclose(came[a, b, c], one, rtol=1e-13)


@both
def test_no_query_gives_no_answer(attend):
    Q, K, V = drawn(np.random.default_rng(13), queries=0)
    assert attend(Q, K, V).shape == (0, 3)
    assert attend(np.ones((0, 2, 5)), K, V).shape == (0, 2, 3)
    assert attend(np.ones((2, 5)), K, V[:, :0]).shape == (2, 0)


@both
@pytest.mark.parametrize("dtype", FLOATS)
def test_floating_dtypes_are_kept(attend, dtype):
    Q, K, V = drawn(np.random.default_rng(14), dtype=dtype)
    for order in "<>":
        turned = [a.astype(a.dtype.newbyteorder(order)) for a in (Q, K, V)]
        came = attend(*turned, scale=np.float64(0.5), where=np.ones(7, dtype=bool))
        assert came.dtype == np.dtype(dtype)
        assert came.dtype.isnative
        np.testing.assert_array_equal(came, attend(Q, K, V, scale=0.5))
    V[0, 0] = INF
    assert attend(Q, K, V).dtype == np.dtype(dtype)


@both
def test_the_widest_dtype_wins(attend):
    Q, K, V = drawn(np.random.default_rng(15), dtype=np.float32)
    for wide in ((Q.astype(float), K, V), (Q, K.astype(float), V), (Q, K, V.astype(float))):
        assert attend(*wide).dtype == np.float64


@both
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_and_booleans_become_float64(attend, dtype):
    rows = np.array([[1, 0], [1, 1], [0, 1]], dtype=dtype)
    came = attend(rows, rows, rows)
    assert came.dtype == np.float64
    np.testing.assert_array_equal(came, attend(*[rows.astype(float)] * 3))


@both
def test_float16_does_not_overflow_in_the_scores(attend):
    Q, K = np.full((1, 64), 100, dtype=np.float16), np.ones((2, 64), dtype=np.float16) * 100
    with strict():
        came = attend(Q, K, np.array([[1.0], [3.0]], dtype=np.float16))
    np.testing.assert_array_equal(came, [[2]])


@both
def test_arguments_are_left_alone(attend):
    Q, K, V = drawn(np.random.default_rng(16))
    V[2, 1] = INF
    seen = np.random.default_rng(1).random((4, 7)) < 0.5
    before = [a.copy() for a in (Q, K, V, seen)]
    came = attend(Q, K, V, where=seen)
    for array, copy in zip((Q, K, V, seen), before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert not np.may_share_memory(came, array)


# --- what is refused ---------------------------------------------------------------------------

ONES = np.ones((2, 3))
WRONG = [
    (
        (np.ones(3), ONES, ONES),
        {},
        ValueError,
        "Q must have at least two dimensions, got",
    ),
    (
        (ONES, np.ones(3), ONES),
        {},
        ValueError,
        "K must have at least two dimensions, got",
    ),
    ((ONES, ONES, 1.0), {}, ValueError, "V must have at least two dimensions, got shape ()"),
    ((np.ones((2, 4)), ONES, ONES), {}, ValueError, "K must be as wide as Q: got shape (2, 3), Q"),
    ((ONES, ONES, np.ones((1, 3))), {}, ValueError, "V must have a row for each key: got shape"),
    ((ONES, np.ones((2, 4)), ONES), {}, ValueError, "K must be as wide as Q: got shape (2, 4), Q"),
    (
        (ONES, ONES, np.ones((3, 3))),
        {},
        ValueError,
        "V must have a row for each key: got shape",
    ),
    ((ONES[:, :0], ONES[:, :0], ONES), {}, ValueError, "Q and K must be at least one number wide"),
    ((ONES, ONES[:0], ONES[:0]), {}, ValueError, "K must hold at least one key, got shape (0, 3)"),
    (
        (np.ones((4, 2, 0)),) * 2 + (ONES,),
        {},
        ValueError,
        "Q and K must be at least one number wide, got shape (4, 2, 0)",
    ),
    (
        (np.ones((4, 2, 3)), np.ones((4, 0, 3)), np.ones((4, 0, 3))),
        {},
        ValueError,
        "K must hold at least one key, got shape (4, 0, 3)",
    ),
    (
        (np.ones((2, 2, 3)), np.ones((3, 2, 3)), ONES),
        {},
        ValueError,
        "the leading dimensions of Q, K and V must broadcast: (2, 2, 3), (3, 2, 3), (2, 3)",
    ),
    (
        (ONES,) * 3,
        {"where": [1, 0]},
        TypeError,
        "where must be booleans, got an array",
    ),
    (
        (ONES,) * 3,
        {"where": [True] * 3},
        ValueError,
        "where must broadcast to the shape of the scores: got (3,) for (2, 2)",
    ),
    ((ONES,) * 3, {"scale": "1"}, TypeError, "scale must be real numbers"),
    ((ONES,) * 3, {"scale": [1.0]}, TypeError, "scale must be one number, got an array of shape"),
    ((ONES,) * 3, {"scale": INF}, ValueError, "scale must be finite in float64, got inf"),
    ((ONES,) * 3, {"scale": NAN}, ValueError, "scale must be finite in float64, got nan"),
    (
        (ONES.astype(np.float32),) * 3,
        {"scale": 1e300},
        ValueError,
        "scale must be finite in float32, got 1e+300",
    ),
]


@both
@pytest.mark.parametrize(("arguments", "options", "error", "message"), WRONG)
def test_what_is_wrong_is_named(attend, arguments, options, error, message):
    with strict(), pytest.raises(error, match=f"^{re.escape(message)}"):
        attend(*arguments, **options)


@pytest.mark.parametrize("block", [1.0, "1", None])
def test_a_block_that_is_no_int_is_an_error(block):
    with pytest.raises(TypeError, match=rf"^block must be an int, got {block!r}"):
        streaming_attention(ONES, ONES, ONES, block=block)


@pytest.mark.parametrize("block", [0, -1])
def test_a_block_without_a_key_is_an_error(block):
    with pytest.raises(ValueError, match=f"^block must be at least 1, got {block}"):
        streaming_attention(ONES, ONES, ONES, block=block)


# --- memory ------------------------------------------------------------------------------------


def peak(function, *arguments, **options):
    """Return the most memory that was allocated at once during a call."""
    tracemalloc.start()
    try:
        function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_block_and_not_with_the_keys():
    Q, K, V = drawn(np.random.default_rng(17), queries=256, keys=2048, width=8, out=8)
    weights = 256 * 2048 * 8  # bytes of all weights
    causal = np.broadcast_to(np.tri(1, 2048, dtype=bool), (256, 2048))
    assert peak(attention, Q, K, V) > weights
    for options in ({}, {"where": causal}):
        of_a_block = [
            peak(streaming_attention, Q, K, V, block=block, **options) for block in (64, 256)
        ]
        assert of_a_block[0] < 0.25 * weights
        assert 2 < of_a_block[1] / of_a_block[0] < 4.5
    # Twice the keys, and no more memory.
    few_keys = peak(streaming_attention, Q, K[:1024], V[:1024], block=64)
    assert peak(streaming_attention, Q, K, V, block=64) < 1.1 * few_keys

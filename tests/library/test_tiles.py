"""Arrays of every shape, order and size: how they are cut into tiles changes no result."""

import contextlib
import itertools
import tracemalloc
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
import scipy.special
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import softmax_lib
from oracles import FLOATS, INTEGERS, LAYOUTS, distribution, strict
from softmax_lib import (
    entropy,
    hardmax,
    kl_divergence,
    log_softmax,
    logsumexp,
    one_hot,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_jvp,
    softmax_vjp,
)
from softmax_lib._engine import reductions, tiles

INF, NAN = np.inf, np.nan
MIB = 1 << 20

# Each function of logits z, a direction v, distributions y, labels k and an axis: those whose
# result has the shape of the logits, and those that give one value a row.
LIKE_THE_LOGITS = {
    "softmax": lambda z, v, y, k, axis: softmax(z, axis),
    "log_softmax": lambda z, v, y, k, axis: log_softmax(z, axis),
    "log_softmax warm": lambda z, v, y, k, axis: log_softmax(z, axis, temperature=1.5),
    "hardmax": lambda z, v, y, k, axis: hardmax(z, axis),
    "gradient labels": lambda z, v, y, k, axis: softmax_cross_entropy_grad(z, k, axis),
    "gradient one-hot labels": lambda z, v, y, k, axis: softmax_cross_entropy_grad(
        z, one_hot(k, z.shape[axis], axis=axis), axis
    ),
    "gradient targets": lambda z, v, y, k, axis: softmax_cross_entropy_grad(z, y, axis),
    "softmax_jvp": lambda z, v, y, k, axis: softmax_jvp(z, v, axis),
    "softmax_vjp": lambda z, v, y, k, axis: softmax_vjp(z, v, axis),
    "smooth_labels": lambda z, v, y, k, axis: smooth_labels(y, 0.25, axis),
}
ONE_A_ROW = {
    "logsumexp": lambda z, v, y, k, axis: logsumexp(z, axis),
    "loss labels": lambda z, v, y, k, axis: softmax_cross_entropy(z, k, axis),
    "loss targets": lambda z, v, y, k, axis: softmax_cross_entropy(z, y, axis),
    "entropy": lambda z, v, y, k, axis: entropy(y, axis),
    "kl_divergence": lambda z, v, y, k, axis: kl_divergence(y, smooth_labels(y, 0.5, axis), axis),
}
CASES = LIKE_THE_LOGITS | ONE_A_ROW
SEVERAL_AXES = ["softmax", "log_softmax", "log_softmax warm", "logsumexp"]
# A small result of these is a difference of larger numbers, and has their errors.
CANCELLING = ["logsumexp", "gradient targets", "softmax_jvp", "softmax_vjp", "kl_divergence"]


def assert_close(got, wanted, case, *inputs):
    """Hold ``got`` to ``wanted`` but for what adding in another order may change: a few eps."""
    assert np.shape(got) == np.shape(wanted), case
    assert got.dtype == wanted.dtype or not got.size, case
    limits = np.finfo(got.dtype)
    units = 1 if got.dtype == np.float16 else 8  # float16 is rounded at the end alone
    atol = limits.smallest_subnormal
    if case in CANCELLING:
        scale = max(np.max(np.abs(a), where=np.isfinite(a), initial=1) for a in inputs)
        atol = units * limits.eps * scale
    rtol = units * float(limits.eps)
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol, err_msg=case)


def cut(**constants):
    """Cut arrays at other sizes."""
    patches = contextlib.ExitStack()
    for name, value in constants.items():
        module = tiles if hasattr(tiles, name) else reductions
        patches.enter_context(mock.patch.object(module, name, value))
    return patches


# --- laws --------------------------------------------------------------------------------------


def unaligned(array):
    memory = np.empty(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    memory[...] = array
    return memory


ORDERS = {name: LAYOUTS[name] for name in LAYOUTS if name != "list"} | {
    "C": np.array,
    "rotated": lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    "unaligned": unaligned,
    "one row": lambda a: np.broadcast_to(a[:1], a.shape),
    "one column": lambda a: np.broadcast_to(a[..., :1], a.shape),
}
# Nothing and one number, blocks, matrices and rows.
SHAPES = (
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=2)
    | hnp.array_shapes(min_dims=3, max_dims=4, min_side=2, max_side=5)
    | st.tuples(st.integers(2, 40), st.integers(2, 40))
    | st.tuples(st.integers(10, 200))
)
# As it is, and so that a few numbers, of 2 to 16 bytes, are a tile or a piece.
CUTS = st.builds(
    lambda sizes, **counts: dict(zip(("PIECE", "WIDE"), sizes, strict=True)) | counts,
    st.sampled_from([(tiles.PIECE, tiles.WIDE), (32, 1), (100, 3), (320, 8)]),
    SHORT=st.sampled_from([tiles.SHORT, 1, 3]),
    SMALL=st.sampled_from([tiles.SMALL, 1, 12]),
    FEW=st.sampled_from([tiles.FEW, 1, 2]),
    LITTLE=st.sampled_from([reductions.LITTLE, 0, 12]),
    NARROW=st.sampled_from([reductions.NARROW, 0, 2]),
    IN_A_ROW=st.sampled_from([reductions.IN_A_ROW, 1, 3]),
)


@st.composite
def arrays(draw, dtypes=FLOATS + INTEGERS):
    """Draw the arguments of all cases, in any order of memory, and one axis or several."""
    shape = draw(SHAPES)
    ndim = max(len(shape), 1)  # a 0-d array has one class, on an axis of its own
    tuples = [t for n in range(ndim) for t in itertools.permutations(range(ndim), n + 1)]
    axis = draw(
        st.integers(-ndim, -1) | st.integers(0, ndim - 1) | st.sampled_from([None, *tuples])
    )
    axes = {int: (axis,), tuple: axis}.get(type(axis), tuple(range(ndim)))
    axes = tuple(d % ndim for d in axes)
    shape = [max(n, int(d in axes)) for d, n in enumerate(shape)]  # no axis without a class
    kept = [n for d, n in enumerate(shape) if d not in axes]

    rng = np.random.default_rng(draw(st.integers(0, 999)))
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    floating = dtype if dtype.kind == "f" else np.dtype(float)
    # Sixteenths up to 30: gaps are exact in every floating dtype, and only sums may differ.
    numbers = rng.integers(-480, 481, (3, *shape)) / np.longdouble(16)
    z, v = (np.array(a if dtype is floating else np.abs(a), dtype) for a in numbers[:2])
    y = distribution(numbers[2], axis if shape else None).astype(floating)
    k = rng.integers(0, max(1, z.size // max(1, np.prod(kept, dtype=int))), kept)
    if dtype is floating and draw(st.booleans()):
        z[rng.random(shape) < 0.1] = rng.choice([-INF, INF, NAN])

    name = draw(st.sampled_from([*ORDERS])) if z.ndim and z.size else "C"
    z, v, k = (ORDERS[name](a) if np.ndim(a) else a for a in (z, v, k))
    y = y if name.startswith("one") else ORDERS[name](y)  # else they would not sum to 1
    return SimpleNamespace(arguments=(z, v, y, k), z=z, axis=axis, axes=axes, order=ORDERS[name])


def alone(case, z, v, y, k, axes):
    """Call the function on one row after the other, each in memory of its own."""
    last, shape = range(-len(axes), 0), z.shape
    z, v, y = (np.moveaxis(np.atleast_1d(a), axes, last) for a in (z, v, y))
    rows = [
        CASES[case](*(a[i].astype(a.dtype.newbyteorder("=")).ravel() for a in (z, v, y)), k[i], -1)
        for i in np.ndindex(k.shape)
    ]
    if case in ONE_A_ROW:
        return np.array(rows).reshape(k.shape)
    return np.moveaxis(np.array(rows).reshape(z.shape), last, axes).reshape(shape)


@settings(max_examples=120)
@given(arrays(), CUTS)
def test_each_row_is_computed_as_if_it_were_alone(a, constants):
    z, v, _, _ = a.arguments
    before = [np.array(argument) for argument in a.arguments]
    for case in CASES if isinstance(a.axis, int) else SEVERAL_AXES:
        if z.ndim == 0 and "labels" in case.split():
            continue  # labels have a dimension less
        with strict():
            wanted = alone(case, *a.arguments, a.axes)
            with cut(**constants):
                got = CASES[case](*a.arguments, a.axis)
        assert_close(got, wanted, case, z, v)
    for argument, copy in zip(a.arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)


# --- sizes around the boundaries -----------------------------------------------------------------

# Twelve float64 numbers a piece: every size below is on a boundary of these, or beside one.
SMALL_CUTS = {"PIECE": 96, "SHORT": 3, "SMALL": 20, "WIDE": 4, "FEW": 2}
SMALL_CUTS |= {"LITTLE": 20, "NARROW": 3, "IN_A_ROW": 3}
AROUND = (1, 2, 3, 4, 5, 11, 12, 13)
SIZES = [*itertools.product(AROUND, AROUND), (9, 23), (9, 24), (9, 25), (24, 5), (25, 5)]
PLACES = {  # of n rows of c classes
    "last axis": (lambda n, c: (n, c), -1),
    "first axis": (lambda n, c: (c, n), 0),
    "middle axis": (lambda n, c: (2, c, n), 1),
}
at_every_place = pytest.mark.parametrize("place", PLACES)
softmax_and_its_logarithm = pytest.mark.parametrize("function", [softmax, log_softmax])


def logits_of_sizes(place, sizes, dtype=np.float64):
    """Yield logits of every size, and the axis of their classes."""
    make, axis = PLACES[place]
    for shape in (make(*size) for size in sizes):
        z = np.random.default_rng(shape).standard_normal(shape)
        yield (np.round(96 * z) / 16).astype(dtype), axis


@at_every_place
def test_tiles_cover_every_row_once_in_pieces_no_larger_than_said(place):
    def formula(out, z, row, *, axis):
        nonlocal elements, count
        rows, cuts = z.shape[1 + axis], tiles.pieces(z, axis)
        assert rows == 1 or z.nbytes <= tiles.PIECE or (axis == 0 and rows <= tiles.WIDE)
        assert all(z[piece].nbytes <= tiles.PIECE for piece in cuts)
        elements, count = elements + z.size, count + len(cuts)
        for piece in cuts:
            out[piece] = z[piece] - row

    for z, axis in logits_of_sizes(place, SIZES):
        largest, out = z.max(axis=axis, keepdims=True), np.full_like(z, NAN)
        elements = count = 0
        with cut(**SMALL_CUTS):
            assert tiles.over_tiles(formula, (axis % z.ndim,), out, z, largest) is out
        np.testing.assert_array_equal(out, z - largest)
        assert elements == z.size
        assert count >= z.nbytes / SMALL_CUTS["PIECE"]


STEPS = {"neighbours": (1, 1), "every other": (2, 2), "backwards": (-2, -2), "each its own": (1, 2)}


@pytest.mark.parametrize("shape", [(13, 4), (4, 13), (2, 3, 13), (13, 3, 2), (5, 2, 7), (3, 1, 11)])
@pytest.mark.parametrize("step", STEPS)
def test_only_what_is_read_where_it_lies_is_larger_than_a_piece(shape, step):
    def formula(*tiles_of, axis):
        for array, tile in zip(arrays, tiles_of, strict=True):
            rows, read_as_it_lies = tile.shape[1 + axis], np.may_share_memory(tile, array)
            limit = tiles.WIDE if axis == 0 and read_as_it_lies else 1
            assert tile.nbytes <= tiles.PIECE or rows <= limit
        out, z, v = tiles_of
        out[...] = (z - v).sum(axis=axis, keepdims=True)

    # One value a row, or as many as z holds; z, v and out in any two orders of memory.
    def laid_out(order, by):
        apart = np.repeat(values, abs(by), axis=-1)
        return apart.transpose(order).copy().transpose(np.argsort(order))[..., ::by]

    values = np.random.default_rng(shape).standard_normal(shape)
    orders = [*itertools.permutations(range(len(shape)))]
    several = [axes for n in (1, 2) for axes in itertools.combinations(range(len(shape)), n)]
    for *two, axes in itertools.product(orders, orders, several):
        z, v = map(laid_out, two, STEPS[step])
        v *= 2
        wanted = (z - v).sum(axis=axes, keepdims=True)
        for out in (np.empty_like(z), np.empty_like(v), np.empty(wanted.shape)):
            arrays = out, z, v
            with cut(**SMALL_CUTS):
                tiles.over_tiles(formula, axes, *arrays)
            np.testing.assert_allclose(out, np.broadcast_to(wanted, out.shape), atol=1e-12)


@at_every_place
@pytest.mark.parametrize("case", CASES)
def test_a_result_in_many_tiles_is_the_result_in_one(case, place):
    for z, axis in logits_of_sizes(place, SIZES):
        # Right and confident: small losses, and gradients that p - 1 would lose.
        labels = z.argmax(axis=axis)
        arguments = z, np.cos(z), distribution(z, axis), labels, axis
        in_one = CASES[case](*arguments)
        with strict(), cut(**SMALL_CUTS):
            in_many = CASES[case](*arguments)
        assert_close(in_many, in_one, case, z)


@at_every_place
@softmax_and_its_logarithm
@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_out_receives_many_tiles_as_it_does_one(function, place, dtype):
    writable = [order for order in ORDERS.values() if order(np.ones((2, 3))).flags.writeable]
    for z, axis in logits_of_sizes(place, SIZES[::3], dtype):
        in_one = function(z, axis)
        for order in writable:
            out, itself = order(np.zeros_like(z)), order(z)
            with strict(), cut(**SMALL_CUTS):
                assert function(z, axis, out=out) is out
                assert function(itself, axis, out=itself) is itself
            for got in (out, itself):
                assert_close(got.astype(dtype), in_one, f"{z.shape}")


@softmax_and_its_logarithm
@pytest.mark.parametrize("shape", [(5000,), (1000, 3), (3, 1000), (100, 100), (300, 400)])
def test_neither_out_nor_a_mask_that_is_all_true_changes_a_bit(function, shape):
    z = 3 * np.random.default_rng(7).standard_normal(shape)  # in one piece
    for axis in (*range(z.ndim), None):
        itself, expected = z.copy(), function(z, axis)
        for got in (
            function(z, axis, out=np.empty_like(z)),
            function(itself, axis, out=itself),
            function(z, axis, where=np.ones_like(z, bool)),
            function(z, axis, where=True),
        ):
            np.testing.assert_array_equal(got, expected, err_msg=f"axis {axis}")


# --- where -------------------------------------------------------------------------------------


def mask_of(a, ones):
    """Return a mask that broadcasts to the logits, of length 1 along the axes in ``ones``."""
    shape = [1 if d in ones else n for d, n in enumerate(a.z.shape)]
    mask = np.random.default_rng(len(ones)).random(shape) < 0.7
    mask = a.order(mask) if shape else mask
    return mask[0] if shape and ones >= {0, 1} else mask  # with a dimension less


SOME_AXES = st.sets(st.integers(0, 3))


@settings(max_examples=100)
@given(arrays(dtypes=FLOATS), SOME_AXES, CUTS, st.sampled_from([INF, NAN, 7]))
def test_where_is_minus_infinity_where_it_is_false(a, ones, constants, unseen):
    mask = mask_of(a, ones)
    filled = np.where(mask, a.z, -INF).astype(a.z.dtype)
    z = np.where(mask, a.z, unseen).astype(a.z.dtype)
    z = a.order(z) if z.ndim else z
    before = mask.copy(), z.copy()
    for case in SEVERAL_AXES:
        function = getattr(softmax_lib, case.split()[0])
        options = {"temperature": 2.5} if "warm" in case else {}
        with strict():
            wanted = function(filled, a.axis, **options)
            with cut(**constants):
                got = [function(z, a.axis, where=mask, **options)]
                if case in LIKE_THE_LOGITS:
                    out, itself = np.empty_like(wanted), z.copy()
                    got.append(function(z, a.axis, where=mask, out=out, **options))
                    got.append(function(itself, a.axis, where=mask, out=itself, **options))
        for result in got:
            assert_close(result.astype(wanted.dtype), wanted, case, filled)
    np.testing.assert_array_equal(mask, before[0])
    np.testing.assert_array_equal(z, before[1])


@given(arrays(dtypes=[np.float64]), SOME_AXES)
def test_where_agrees_with_scipy_and_with_masked_arrays(a, ones):
    assume(a.z.ndim and a.z.size and np.isfinite(a.z).all())
    mask = np.broadcast_to(mask_of(a, ones), a.z.shape)
    with np.errstate(divide="ignore"):
        lse = scipy.special.logsumexp(a.z, a.axis, b=mask)
    np.testing.assert_allclose(logsumexp(a.z, a.axis, where=mask), lse, rtol=1e-14, atol=1e-13)
    powers = np.ma.masked_array(np.exp(a.z), ~mask)
    p = np.ma.filled(powers / powers.sum(axis=a.axis, keepdims=True), 0)
    p = np.where(mask.any(axis=a.axis, keepdims=True), p, NAN)
    np.testing.assert_allclose(softmax(a.z, a.axis, where=mask), p, rtol=1e-13)


def test_a_row_with_no_logit_left_has_no_share_to_give():
    z, mask = [[1.0, NAN], [INF, 1.0], [1.0, 2.0]], [[False, False], [False, True], [True, True]]
    with strict():
        np.testing.assert_array_equal(softmax(z, where=mask)[:2], [[NAN, NAN], [0, 1]])
        np.testing.assert_array_equal(log_softmax(z, where=mask)[:2], [[NAN, NAN], [-INF, 0]])
        np.testing.assert_array_equal(logsumexp(z, where=mask)[:2], [-INF, 1])
        assert logsumexp(z, None, where=False) == -INF
        assert np.isnan(softmax(7.0, where=False))


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_a_mask_must_be_boolean_and_broadcast_to_the_logits(function):
    for z in (np.zeros((2, 3)), np.zeros((0, 3))):
        for wrong in ([1, 0, 1], 1, np.ones(z.shape), "yes", [None, True, True]):
            with pytest.raises(TypeError, match="where must be booleans, got an array of dtype"):
                function(z, where=wrong)
        with pytest.raises(TypeError, match="where must not be a masked array"):
            function(z, where=np.ma.masked_array(np.ones(z.shape, bool), mask=True))
        with pytest.raises(TypeError, match="where must be a rectangular array of booleans"):
            function(z, where=[[True], [True, False, True]])
        for shape in [(3, 1), (1, 2, 3), (4,)]:
            with pytest.raises(ValueError, match="where must broadcast") as error:
                function(z, where=np.ones(shape, bool))
            assert f"got {shape} for {z.shape}" in str(error.value)


# --- large arrays ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "axis", "dtype", "wide"),
    [
        ((300_000, 3), -1, np.float32, np.float64),
        ((64, 40_000), -1, np.float32, np.float64),
        ((3_000, 500), 0, np.float64, np.longdouble),
        ((1_000_000,), -1, np.float64, np.longdouble),
    ],
)
def test_large_arrays_agree_with_scipy_in_a_wider_dtype(shape, axis, dtype, wide):
    z = (3 * np.random.default_rng(3).standard_normal(shape)).astype(dtype)
    k = np.expand_dims(z.argmin(axis=axis), axis)
    log_p = scipy.special.log_softmax(z.astype(wide), axis)
    log_p_k, gradient = np.take_along_axis(log_p, k, axis), np.exp(log_p)
    np.put_along_axis(gradient, k, np.expm1(log_p_k), axis)
    expected = {
        "softmax": np.exp(log_p),
        "log_softmax": log_p,
        "logsumexp": scipy.special.logsumexp(z.astype(wide), axis),
        "loss labels": -log_p_k.squeeze(axis),
        "gradient labels": gradient,
    }
    # z - m is off by half an eps of the gap, e^(z - m) by as much, and so is its sum; exp, the
    # sum in pairs, the quotient or the logarithm take some units more. SciPy's logarithms near 0
    # are off by some units of the gap, in the wider dtype.
    eps, gap = float(np.finfo(dtype).eps), float(np.ptp(z))
    for case, wanted in expected.items():
        got = CASES[case](z, None, None, k.squeeze(axis), axis)
        assert got.dtype == dtype
        atol = gap * (float(np.finfo(wide).eps) + (case == "logsumexp") * eps)
        np.testing.assert_allclose(got, wanted, rtol=(4 + gap) * eps, atol=atol, err_msg=case)


def peak(function, *arguments, **options):
    """Return the most memory that was allocated at once during a call, without the result."""
    tracemalloc.start()
    try:
        result = function(*arguments, **options)
        return tracemalloc.get_traced_memory()[1] - result.nbytes * ("out" not in options)
    finally:
        tracemalloc.stop()


LARGE = {  # twice what may be allocated beside the result
    "rows": ((128, 32_000), np.float32, -1, "C"),
    "columns": ((128, 32_000), np.float32, 0, "C"),
    "high columns": ((1_000, 4_200), np.float32, 0, "C"),
    "short rows": ((210_000, 10), np.float64, -1, "C"),
    "few columns": ((210_000, 10), np.float64, 0, "C"),
    "a middle axis": ((100, 100, 210), np.float64, 1, "C"),
    "one row": ((2_100_000,), np.float64, -1, "C"),
    "all axes": ((2_000, 1_050), np.float64, None, "C"),
    "all axes, Fortran": ((2_000, 1_050), np.float64, None, "F"),
}


def other_order(array):
    return np.array(array, order="C" if array.T.flags.c_contiguous else "F")


@pytest.fixture(scope="module", params=LARGE)
def large(request):
    shape, dtype, axis, order = LARGE[request.param]
    z = np.random.default_rng(5).standard_normal(shape, np.float32)
    return z.astype(dtype, order=order), axis


TWO_ARRAYS = ["loss targets", "gradient targets", "softmax_jvp"]
ONE_ARRAY = ["softmax", "log_softmax", "logsumexp", "loss labels", "gradient labels"]


@pytest.mark.parametrize("case", [*ONE_ARRAY, *TWO_ARRAYS, *(f"{c}, turned" for c in TWO_ARRAYS)])
def test_a_large_result_needs_at_most_8_mib_beside_it(large, case):
    z, axis = large
    case, _, turned = case.partition(", ")
    if axis is None and case not in SEVERAL_AXES:
        return
    v = other_order(z) if turned else z
    y = softmax(v, axis) if "targets" in case else None
    beside = peak(CASES[case], z, v, y, z.argmin(axis=axis), axis)
    assert beside <= 8 * MIB


@softmax_and_its_logarithm
@pytest.mark.parametrize("way", ["out", "out in other order", "in place", "float16", "where"])
def test_out_and_where_need_at_most_8_mib_or_one_row_more(large, way, function):
    z, axis = large
    z = z.astype(np.float16) if way == "float16" else z
    options = {}
    if way == "out":
        options["out"] = np.empty_like(z)
    elif way == "out in other order":
        options["out"] = other_order(z)
    elif way == "in place":
        z = options["out"] = z.copy(order="K")
    elif way == "where":
        options["where"] = z > -1
    row = (z.size if axis is None else z.shape[axis]) * max(z.itemsize, 4)
    more = row if way != "out" and row > MIB else 0
    beside = peak(function, z, axis, **options)
    assert beside <= 8 * MIB + more


@pytest.mark.parametrize("case", [*ONE_ARRAY, *TWO_ARRAYS])
@pytest.mark.parametrize("place", ["long columns", "strided axes"])
def test_memory_beside_the_result_is_a_few_pieces(case, place):
    # As a (16000, 4000) of float64 along axis 0, and a (400, 200, 200) along two axes that are no
    # neighbours in memory, are to pieces of a MiB.
    z, axis = np.random.default_rng(6).standard_normal((15_000, 66)), 0
    if place == "strided axes":
        z, axis = z.reshape(250, 60, 66)[::2], (0, 1)
        if case not in SEVERAL_AXES:
            return
    v, y = z.copy(), softmax(z, axis) if "targets" in case else None
    labels = z.argmin(axis=axis) if axis == 0 else None
    with cut(PIECE=1 << 14, WIDE=1 << 9), mock.patch.object(tiles, "_keep_freed_memory"):
        assert peak(CASES[case], z, v, y, labels, axis) <= 10 * (1 << 14)

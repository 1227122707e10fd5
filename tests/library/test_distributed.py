"""On Dask: as the plain functions, however cut; never the whole; a dead worker loses nothing."""

import importlib
import inspect
import os
import runpy
import signal
import sys
from pathlib import Path

import dask
import dask.array as da
import mpmath
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st

import softmax_lib
from oracles import FLOATS, exact_gradient, exact_loss
from softmax_lib import distributed
from softmax_lib.course import CHAPTERS

INF, NAN = np.inf, np.nan
EPS = np.finfo(float).eps
Z = np.random.default_rng(0).normal(0, 20, (7, 12))
LABELS = np.array([0, 3, 11, 5, 5, 0, 7])
TARGETS = np.random.default_rng(1).dirichlet(np.ones(12), 7)
CHUNKS = {"whole": (7, 12), "rows": (3, 12), "classes": (7, 5), "both": (3, 5), "single": (4, 1)}
LIKE_LOGITS = ("softmax", "log_softmax", "softmax_cross_entropy_grad")


@pytest.fixture(autouse=True, scope="module")
def _here():
    """One process computes, one chunk after the other, unless a test has a cluster."""
    with dask.config.set(scheduler="synchronous"):
        yield


def calls(z, labels, targets):
    """Yield a name and further arguments: every function, and both kinds of targets."""
    for name in distributed.__all__:
        if "entropy" in name:
            yield name, (labels,)
            yield name, (targets,)
        else:
            yield name, ()


def both(name, z, chunks, *others, **options):
    """Return what the plain function returns, and what the lazy one does when computed."""
    lazy = getattr(distributed, name)(da.from_array(z, chunks=chunks), *others, **options)
    assert isinstance(lazy, da.Array)
    result = lazy.compute()
    assert lazy.dtype == result.dtype
    assert lazy.shape == result.shape
    return getattr(softmax_lib, name)(z, *others, **options), result


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_function_is_the_plain_one_however_the_array_is_cut(chunks, dtype):
    z, y = Z.astype(dtype), TARGETS.astype(dtype)
    eps = np.finfo(dtype).eps
    for name, others in calls(z, LABELS, y):
        plain, lazy = both(name, z, chunks, *others)
        assert plain.dtype == lazy.dtype == dtype
        np.testing.assert_allclose(lazy, plain, rtol=64 * eps, atol=2 * eps, err_msg=name)
        if chunks[1] == 12:
            assert np.array_equal(lazy, plain), name


@settings(max_examples=8)
@given(st.data())
def test_any_axis_any_shape_any_chunks(data):
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    chunks = tuple(data.draw(st.integers(1, n)) for n in shape)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    z = rng.normal(0, 9, shape)
    labels = rng.integers(0, shape[axis], z.sum(axis=axis).shape)
    targets = softmax_lib.softmax(rng.normal(size=shape), axis)
    for name, others in calls(z, labels, targets):
        plain, lazy = both(name, z, chunks, *others, axis=axis)
        np.testing.assert_allclose(lazy, plain, rtol=1e-13, atol=1e-14, err_msg=name)
    for several in (None, tuple(range(len(shape)))):
        for name in ("softmax", "log_softmax", "logsumexp"):
            plain, lazy = both(name, z, chunks, axis=several)
            np.testing.assert_allclose(lazy, plain, rtol=1e-13, atol=1e-14, err_msg=name)
    plain, lazy = both("logsumexp", z, chunks, axis=axis, keepdims=True)
    assert plain.shape == lazy.shape


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("T", [0.25, 4.0])
def test_a_temperature_divides_the_gaps_in_pieces_too(name, T):
    for chunks in CHUNKS.values():
        plain, lazy = both(name, Z, chunks, temperature=T)
        np.testing.assert_allclose(lazy, plain, rtol=1e-12, atol=1e-300)
    # A quotient that would overflow does not: only gaps are divided.
    plain, lazy = both(name, np.array([1.5e308, 1.5e308, 0]), 1, temperature=0.5)
    assert np.array_equal(plain, lazy)
    assert np.isfinite(lazy[0])


@pytest.mark.parametrize("chunks", [(2, 3), (2, 2), (1, 1)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_a_mask_may_be_an_array_of_either_kind_and_broadcasts(name, chunks):
    z = np.array([[3.0, NAN, -3.0], [1.0, 2.0, 5.0]])
    for where in ([True, False, True], [[True, False, True], [False, False, True]]):
        plain, lazy = both(name, z, chunks, where=np.array(where))
        np.testing.assert_allclose(lazy, plain, rtol=1e-15)
        mask = da.from_array(np.array(where), chunks=1)
        again = getattr(distributed, name)(da.from_array(z, chunks=chunks), where=mask)
        assert np.array_equal(again.compute(), lazy)
    assert both(name, z.astype(np.float16), chunks, where=np.array(where))[1].dtype == np.float16


EDGES = np.array(
    [
        (-INF, 0.0, 1.0),
        (-INF, -INF, -INF),
        (INF, 1.0, 2.0),
        (INF, INF, -INF),
        (NAN, 1.0, 2.0),
        (1e308, 0.0, -1e308),
        (5.0, 5.0, 5.0),
        (-1000.0, -1000.0, -2000.0),
    ]
)


@pytest.mark.parametrize("chunks", [(8, 3), (8, 2), (3, 1)])
def test_infinities_and_nans_stay_in_their_rows_and_nothing_warns(chunks):
    for label in (0, 1, 2):
        labels = np.full(8, label)
        for name, others in calls(EDGES, labels, np.eye(3)[labels]):
            plain, lazy = both(name, EDGES, chunks, *others)
            np.testing.assert_allclose(lazy, plain, rtol=1e-14, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("chunks", [(2, 2), (1, 1)])
def test_what_float16_cannot_hold_is_infinite_and_nothing_warns(chunks):
    z = np.array([[60000, -60000], [3, 1]], np.float16)
    for name, others in calls(z, [1, 0], np.eye(2)[[1, 0]]):
        plain, lazy = both(name, z, chunks, *others)
        np.testing.assert_allclose(lazy, plain, rtol=2e-3, err_msg=name)


def test_another_order_of_bytes_is_left_behind():
    swapped = Z.astype(Z.dtype.newbyteorder())
    for name, others in calls(swapped, LABELS, TARGETS):
        plain, lazy = both(name, swapped, (3, 5), *others)
        assert plain.dtype.isnative and lazy.dtype.isnative
        np.testing.assert_allclose(lazy, plain, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("gap", [30.0, 72.0, 700.0])
@pytest.mark.parametrize("chunks", [3, 2, 1])
def test_a_confident_prediction_keeps_its_digits_across_chunks(gap, chunks):
    row = np.array([0.25, gap, -0.5])
    d = da.from_array(row, chunks=chunks)
    with mpmath.workdps(400):
        loss, gradient = float(exact_loss(row, 1)), [float(g) for g in exact_gradient(row, 1)]
    for target in (1, [0.0, 1.0, 0.0]):
        computed = distributed.softmax_cross_entropy(d, target).compute()
        np.testing.assert_allclose(computed, loss, rtol=8 * EPS)
        computed = distributed.softmax_cross_entropy_grad(d, target).compute()
        np.testing.assert_allclose(computed, gradient, rtol=gap * EPS)
    np.testing.assert_allclose(distributed.log_softmax(d)[1].compute(), -loss, rtol=8 * EPS)


@pytest.mark.parametrize("dtype", [*FLOATS, np.int8, np.uint8, np.bool_])
def test_dtypes_are_those_of_the_plain_functions(dtype):
    z = np.array([[1, 0, 0], [0, 1, 1]], dtype)
    if dtype is np.uint8:
        z = z * dtype(255)
    for chunks in ((2, 3), (1, 2)):
        for name, others in calls(z, [0, 2], np.eye(3)[[0, 2]]):
            plain, lazy = both(name, z, chunks, *others)
            assert plain.dtype == lazy.dtype
            np.testing.assert_allclose(lazy, plain, rtol=2e-3 if dtype == np.float16 else 1e-6)


@pytest.mark.parametrize("T", [0.3, 1.0, 7.0])
def test_rounded_gaps_are_what_softmax_of_pieces_is_off_by(T):
    rows = np.random.default_rng(0).normal(0, 30, (20, 6))
    p = distributed.softmax(da.from_array(rows, chunks=(20, 2)), temperature=T).compute()
    for row, shares in zip(rows, p, strict=True):
        with mpmath.workdps(50):
            terms = [mpmath.exp(mpmath.mpf(float(z)) / T) for z in row]
            right = [term / mpmath.fsum(terms) for term in terms]
            off = [abs(float(q / r - 1)) for q, r in zip(map(float, shares), right, strict=True)]
        assert np.all(off <= EPS * ((row.max() - row) / T + 2))


def test_an_empty_axis_has_no_class_and_its_log_sum_exp_is_minus_infinity():
    d = da.zeros((2, 0))
    assert np.array_equal(distributed.logsumexp(d).compute(), [-INF, -INF])
    for name in LIKE_LOGITS:
        others = ([0, 0],) if "grad" in name else ()
        with pytest.raises(ValueError, match=r"shape \(2, 0\) hold no class along axis 1"):
            getattr(distributed, name)(d, *others)


# --- lazy ----------------------------------------------------------------------------------------


def test_nothing_is_computed_before_it_is_asked_for_and_never_the_whole():
    largest = []

    def block(block_info=None):
        shape = block_info[None]["chunk-shape"]
        largest.append(np.prod(shape))
        return np.zeros(shape)

    z = da.map_blocks(block, chunks=((10,) * 4, (25,) * 4), dtype=float)
    labels, targets = np.zeros(40, int), da.full((40, 100), 0.01, chunks=-1)
    lazy = [getattr(distributed, n)(z, *others) for n, others in calls(z, labels, targets)]
    assert not largest
    for result in lazy:
        result.sum().compute()
        assert len(largest) >= 16
    assert max(largest) == 250


def test_chunks_of_the_logits_are_chunks_of_the_results():
    d = da.from_array(Z, chunks=(3, 5))
    for name in LIKE_LOGITS:
        others = (LABELS,) if "grad" in name else ()
        assert getattr(distributed, name)(d, *others).chunks == d.chunks
    assert distributed.logsumexp(d).chunks == ((3, 3, 1),)
    assert distributed.softmax_cross_entropy(d, LABELS).chunks == ((3, 3, 1),)


def test_labels_and_targets_may_be_cut_in_another_way():
    d = da.from_array(Z, chunks=(3, 5))
    for name in ("softmax_cross_entropy", "softmax_cross_entropy_grad"):
        for y, chunks in ((LABELS, 2), (TARGETS, (2, 7))):
            function = getattr(distributed, name)
            one = function(d, da.from_array(y, chunks=chunks)).compute()
            assert np.array_equal(one, function(d, y).compute())


def test_rows_may_be_unknown_but_not_the_classes():
    d = da.from_array(Z, chunks=(3, 5))
    some = d[d[:, 0] > 0]
    expected = softmax_lib.softmax(Z[Z[:, 0] > 0])
    np.testing.assert_allclose(distributed.softmax(some).compute(), expected, rtol=1e-13)
    for call in (
        lambda: distributed.softmax(some, axis=0),
        lambda: distributed.softmax(some, where=[True] * 12),
    ):
        with pytest.raises(ValueError, match="compute_chunk_sizes"):
            call()


@pytest.mark.parametrize("chunks", [(1, 12), (1, 5), (3, 5)])
def test_chunks_without_rows_tell_nothing_and_keep_their_width(chunks):
    d = da.from_array(Z, chunks=chunks)
    for kept in (np.arange(7) == 4, np.zeros(7, bool)):
        some = d[da.from_array(kept, chunks=chunks[0])]
        known = d[np.flatnonzero(kept)]
        for name in ("softmax", "log_softmax", "logsumexp"):
            plain = getattr(softmax_lib, name)(Z[kept])
            for lazy in (getattr(distributed, name)(each).compute() for each in (some, known)):
                assert lazy.shape == plain.shape
                np.testing.assert_allclose(lazy, plain, rtol=1e-13)
        for name, others in calls(known, LABELS[kept], TARGETS[kept]):
            plain = getattr(softmax_lib, name)(Z[kept], *others)
            lazy = getattr(distributed, name)(known, *others).compute()
            assert lazy.shape == plain.shape
            np.testing.assert_allclose(lazy, plain, rtol=1e-13, atol=1e-14)


# --- errors --------------------------------------------------------------------------------------


D = da.from_array(Z, chunks=(3, 5))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda f: f.softmax(Z),
            TypeError,
            "logits must be a Dask array, got ndarray; dask.*from_",
        ),
        (lambda f: f.logsumexp(D + 0j), TypeError, "logits must be real numbers, .* complex128"),
        (lambda f: f.logsumexp(da.from_array(3.0)), ValueError, "logits must have a dimension"),
        (lambda f: f.softmax(D, axis=2), ValueError, "axis 2 is out of bounds"),
        (lambda f: f.softmax(D, temperature=0), ValueError, "temperature must be positive"),
        (lambda f: f.softmax(D, where=[1] * 12), TypeError, "where must be booleans, .* int64"),
        (lambda f: f.softmax(D, where=[True] * 7), ValueError, r"got \(7,\) for \(7, 12\)"),
        (
            lambda f: f.logsumexp(D, where=np.ones((2, 7, 12), bool)),
            ValueError,
            r"got \(2, 7, 12\) for \(7, 12\)",
        ),
        (lambda f: f.softmax_cross_entropy(D, LABELS, None), TypeError, "axis must be an int"),
        (lambda f: f.softmax_cross_entropy(D, LABELS * 1.0), TypeError, "integers, .* float64"),
        (lambda f: f.softmax_cross_entropy(D, LABELS[:3]), ValueError, r"\(3,\), .* have \(7,\)"),
        (
            lambda f: f.softmax_cross_entropy(D, np.append(LABELS, 0)),
            ValueError,
            r"labels have shape \(8,\), .* have \(7,\)",
        ),
        (
            lambda f: f.softmax(D, where=np.ones((9, 7, 12), bool)),
            ValueError,
            r"got \(9, 7, 12\) for \(7, 12\)",
        ),
        (
            lambda f: f.softmax(da.zeros((2, 0, 3)), axis=(0, 1)),
            ValueError,
            r"shape \(2, 0, 3\) hold no class along axis 1",
        ),
        (lambda f: f.softmax_cross_entropy(D, Z[:3]), ValueError, "targets must have the shape"),
        (lambda f: f.softmax_cross_entropy(D, D + 0j), TypeError, "targets must be real numbers"),
    ],
)
def test_wrong_arguments_are_seen_at_once(call, error, message):
    with pytest.raises(error, match=message):
        call(distributed)


def negative(first):
    """Return targets whose first numbers are these."""
    y = TARGETS.copy()
    y[0, : len(first)] = first
    return y


@pytest.mark.parametrize("chunks", [(7, 12), (3, 5)])
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.array([0, 0, 12, 0, 0, 0, 0]), "labels must be from 0 to 11, got 12"),
        (np.array([0, 0, 0, 0, -1, -2, 0]), "labels must be from 0 to 11, got -1"),
        (negative([0.0, -0.25, -0.5]), "targets must be non-negative, got -0.25"),
        (
            np.multiply(TARGETS.T, [1, 1.01, 1.02, 1, 1, 1, 1]).T,
            "sum to 1 along .*, got a sum of 1.01",
        ),
    ],
)
def test_wrong_values_are_seen_when_they_are_computed(targets, message, chunks):
    d = da.from_array(Z, chunks=chunks)
    loss = distributed.softmax_cross_entropy(d, targets)
    with pytest.raises(ValueError, match=message):
        loss.compute()
    if "sum to 1" not in message or chunks[1] == 12:
        gradient = distributed.softmax_cross_entropy_grad(d, targets)
        with pytest.raises(ValueError, match=message):
            gradient.compute()


def test_sums_of_targets_may_be_off_by_what_rounding_makes_them():
    y = TARGETS.astype(np.float32)
    y[0, 0] += 5e-7
    for targets in (y, y.astype(np.float64)):
        loss = distributed.softmax_cross_entropy(D, targets).compute()
        np.testing.assert_allclose(loss, softmax_lib.softmax_cross_entropy(Z, targets), rtol=1e-14)


# --- beside the plain functions ------------------------------------------------------------------


CONTRACTS = [
    (name, *case)
    for each in CHAPTERS
    for name, case in importlib.import_module(f"contracts.{each.module}").REAL_ARGUMENTS.items()
]


@pytest.mark.parametrize(("name", "arguments", "places"), CONTRACTS)
def test_the_plain_functions_refuse_a_dask_array_and_name_the_module(name, arguments, places):
    def block():
        raise AssertionError("the array was loaded")

    for place in places:
        changed = list(arguments)
        shape = np.shape(arguments[place]) if name != "merge_logsumexp" else (2,)
        z = da.map_blocks(block, chunks=tuple((n,) for n in shape), dtype=float)
        changed[place] = (z, z) if name == "merge_logsumexp" else z
        with pytest.raises(
            TypeError, match=r"must be an array in memory.*softmax_lib\.distributed"
        ):
            getattr(softmax_lib, name)(*changed)


def test_labels_masks_and_one_hot_refuse_it_too():
    for call in (
        lambda: softmax_lib.one_hot(da.zeros(3, dtype=int), 3),
        lambda: softmax_lib.softmax(np.zeros(3), where=da.ones(3, dtype=bool)),
        lambda: softmax_lib.softmax_cross_entropy(np.zeros((2, 3)), da.zeros(2, dtype=int)),
    ):
        with pytest.raises(TypeError, match=r"in memory.*softmax_lib\.distributed"):
            call()


def test_names_and_parameters_are_those_of_the_plain_functions():
    for name in distributed.__all__:
        plain, lazy = getattr(softmax_lib, name), getattr(distributed, name)
        theirs = [p for p in inspect.signature(plain).parameters.values() if p.name != "out"]
        assert list(inspect.signature(lazy).parameters.values()) == theirs
        for section in ("Parameters", "Returns", "Raises", "Examples"):
            assert f"\n{section}\n---" in inspect.getdoc(lazy)
    assert sorted(distributed.__all__) == distributed.__all__


def test_without_dask_the_module_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.array", None)
    with pytest.raises(ImportError, match=r"needs Dask: pip install 'dask\[array,distributed\]'"):
        runpy.run_path(distributed.__file__)


# --- on a cluster --------------------------------------------------------------------------------


class Deadly:
    """A block of logits; the one that finds four others made ends its worker, but only once."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __call__(self, block, block_id=None):
        made = len(list(self.folder.glob("made-*")))
        (self.folder / f"made-{block_id[0]}-{block_id[1]}-{os.getpid()}").touch()
        if made >= 4:
            try:
                (self.folder / "killed").touch(exist_ok=False)
            except FileExistsError:
                return block
            os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        return block


def test_a_worker_that_dies_in_the_middle_loses_nothing(tmp_path):
    rng = np.random.default_rng(2)
    z, labels = rng.normal(0, 9, (40, 60)), rng.integers(0, 60, 40)
    z[:, 7] += 72 * (labels == 7)
    d = da.from_array(z, chunks=(10, 15)).map_blocks(Deadly(tmp_path), dtype=float)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",
            local_directory=str(tmp_path),
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):
        before = set(client.run(os.getpid).values())
        loss = client.compute(distributed.softmax_cross_entropy(d, labels)).result(240)
    made = list(tmp_path.glob("made-*"))
    assert (tmp_path / "killed").exists()
    assert len(made) > 16  # what the dead had made was made again
    assert {int(path.name.rpartition("-")[2]) for path in made} & before
    expected = softmax_lib.softmax_cross_entropy(z, labels)
    np.testing.assert_allclose(loss, expected, rtol=1e-14)

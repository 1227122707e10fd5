"""What `speed.py` times: the cases, and for each the calls of the library and of its peers."""

import functools
import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import softmax_lib

FUNCTIONS = ("softmax", "log_softmax", "logsumexp")
LOSSES = ("softmax_cross_entropy", "softmax_cross_entropy_grad")
GRADIENT = "cross-entropy with gradient"
PRICE = "price of log_softmax"
F32, F64 = ("float32",), ("float64",)
SMALL = {(10,): F32 + F64, (64, 10): F32 + F64}
MIDDLE = {(1024, 1000): F32 + F64}
LARGE = {(4096, 32000): F32, (2048, 32000): F64}
TALL = {(1000000, 10): F32 + F64, (1000000, 3): F32 + F64}
# The mean of the logits and the leader of a confident row, which e^ cannot take.
OUT_OF_RANGE = {"float32": (12, 88), "float64": (120, 720)}
# Name, module and distribution of whom the library is measured against.
PEERS = (
    ("SciPy", "scipy.special", "scipy"),
    ("scikit-learn", "sklearn.utils.extmath", "scikit-learn"),
    ("PyTorch", "torch", "torch"),
)


class Case(NamedTuple):
    """A function on an array."""

    function: str
    shape: tuple
    dtype: str
    axis: int


class Timed(NamedTuple):
    """A call; what has to be done before the clock starts, and seconds to wait afterwards."""

    call: Callable
    prepare: Callable = lambda: None
    rest: float = 0.0


def together_cases(quick=False):
    """Return what all are timed on in one process; cases of the same logits are neighbours."""
    shapes = SMALL if quick else SMALL | MIDDLE | LARGE | TALL
    cases = [
        Case(function, shape, dtype, axis)
        for shape, dtypes in shapes.items()
        for dtype in dtypes
        for function in FUNCTIONS
        for axis in ((-1, 0) if len(shape) > 1 else (-1,))
    ]
    cases.append(Case(GRADIENT, _matrix(quick), "float32", -1))
    matrices = {(64, 10): F32} if quick else MIDDLE | LARGE | {(1000000, 10): F32 + F64}
    cases += [
        Case(PRICE, shape, dtype, -1) for shape, dtypes in matrices.items() for dtype in dtypes
    ]
    return cases


def alone_cases(quick=False):
    """Return what is timed in processes of its own."""
    shapes, functions = ({(64, 10): F32}, FUNCTIONS[:1]) if quick else (MIDDLE, FUNCTIONS)
    return [
        Case(function, shape, dtype, -1)
        for function in functions
        for shape, dtypes in shapes.items()
        for dtype in dtypes
    ]


def memory_cases(quick=False):
    """Return what memory is counted on."""
    return [
        Case(function, _matrix(quick), "float32", axis)
        for function in FUNCTIONS + LOSSES
        for axis in (-1, 0)
    ]


def _matrix(quick):
    return (64, 10) if quick else (4096, 32000)


@functools.lru_cache(maxsize=1)
def logits(shape, dtype):
    """Return 3 N(0, 1), without a temporary: freeing one would teach the allocator something."""
    z = np.random.default_rng(2026).standard_normal(shape, dtype=dtype)
    z *= 3
    return z


def labels(shape, axis=-1):
    """Return a true class for every row."""
    return np.random.default_rng(7).integers(shape[axis], size=shape[1 + axis])


def installed():
    """Return the names of the peers that are there, and of those that are not."""
    there, missing = [], []
    for name, module, _ in PEERS:
        try:
            importlib.import_module(module)
            there.append(name)
        except ImportError:
            missing.append(name)
    return there, missing


def calls(case, peers):
    """Return name -> `Timed`: ours, the peers', and what NumPy cannot go below."""
    z = logits(case.shape, case.dtype)
    out = np.empty_like(z)
    timed = {
        "copy": Timed(functools.partial(np.copyto, out, z)),
        "exp": Timed(functools.partial(np.exp, z, out=out)),
    }
    for peer in ("ours", *peers):
        timed |= MAKERS[peer](case, z, out)
    return timed


def ours(case, z, out):
    """The functions of this course, with and without ``out``."""
    if case.function == GRADIENT:
        y = labels(case.shape)
        return {
            "ours": Timed(
                lambda: (
                    softmax_lib.softmax_cross_entropy(z, y),
                    softmax_lib.softmax_cross_entropy_grad(z, y),
                )
            )
        }
    if case.function == PRICE:
        others, leader = OUT_OF_RANGE[np.dtype(case.dtype).name]
        confident = z + z.dtype.type(others)
        confident[:, 0] = leader
        kinds = {"ours": z, "ours, shifted": z + z.dtype.type(1000), "ours, confident": confident}
        return {
            name: Timed(functools.partial(softmax_lib.log_softmax, kind))
            for name, kind in kinds.items()
        }
    call = functools.partial(getattr(softmax_lib, case.function), z, case.axis)
    return {"ours": Timed(call)} | _with_out("ours", case, call, out)


def scipy(case, z, out):
    """SciPy's functions of the same names; it has no loss, and no ``out``."""
    from scipy import special

    if case.function not in FUNCTIONS:
        return {}
    return {"SciPy": Timed(functools.partial(getattr(special, case.function), z, case.axis))}


def scikit_learn(case, z, out):
    """scikit-learn has a softmax of the rows of a matrix."""
    from sklearn.utils.extmath import softmax

    if case.function != "softmax" or z.ndim != 2 or case.axis != -1:
        return {}
    return {"scikit-learn": Timed(functools.partial(softmax, z))}


def pytorch(case, z, out):
    """PyTorch on one thread and on two, on the same memory."""
    import torch
    from torch.nn import functional

    if case.function == PRICE:
        return {}
    z, out = torch.from_numpy(z), torch.from_numpy(out) if out is not None else None
    if case.function == GRADIENT:
        y = torch.from_numpy(labels(case.shape))
        z.requires_grad_()

        def call():
            loss = functional.cross_entropy(z, y, reduction="sum")
            return loss.detach(), *torch.autograd.grad(loss, z)
    else:
        call = functools.partial(getattr(torch, case.function), z, case.axis)
    timed = {}
    # The second thread goes on spinning for some milliseconds, in case there is more to do.
    for threads, name, rest in ((1, "PyTorch, 1 thread", 0.0), (2, "PyTorch, 2 threads", 0.02)):
        prepare = functools.partial(torch.set_num_threads, threads)
        timed[name] = Timed(call, prepare, rest)
        timed |= _with_out(name, case, call, out, prepare, rest)
    return timed


def _with_out(name, case, call, out, *options):
    """Return the same call into ``out``, where the result is as large as the logits."""
    if case.function not in ("softmax", "log_softmax"):
        return {}
    return {f"{name}, out=": Timed(functools.partial(call, out=out), *options)}


MAKERS = {"ours": ours, "SciPy": scipy, "scikit-learn": scikit_learn, "PyTorch": pytorch}

"""Dask beside NumPy on an array larger than the memory of its workers; attention in blocks.

The logits are made by the workers, chunk by chunk, so that no file has to be read. Peak memory is
the largest resident set of a process since it began, as the system tells it. Run it on a machine
with two cores and keep the output::

    pip install -e ".[notebooks]"
    python -P benchmarks/distributed.py > benchmarks/distributed.md

With -P Python does not look for modules beside this file, which bears the name of one of Dask's.
"""

import functools
import math
import multiprocessing
import platform
import resource
import time
import tracemalloc
from datetime import date
from importlib.metadata import version
from pathlib import Path

import dask.array as da
import nbformat
import numpy as np
from dask.distributed import Client, LocalCluster

import softmax_lib
from softmax_lib import distributed

ROWS, CLASSES = 24_000, 32_000
CHUNK = (1_000, 8_000)
FITS = 2_000  # rows that plain NumPy is given
WORKERS, LIMIT = 2, "1GiB"
LENGTHS, WIDTH, BLOCK = (1024, 4096), 64, 128


def logits_of(block_id):
    """The logits of one chunk, whose seed is its place: normal, with deviation 3."""
    rng = np.random.default_rng(block_id)
    return 3 * rng.standard_normal(CHUNK)


def logits():
    """The logits as a Dask array, of which nothing is made yet."""
    rows, columns = (
        (size,) * (whole // size) for size, whole in zip(CHUNK, (ROWS, CLASSES), strict=True)
    )
    return da.map_blocks(
        lambda block_id=None: logits_of(block_id), chunks=(rows, columns), dtype=float
    )


def first_rows():
    """The first rows as one array in memory."""
    return np.block(
        [
            [logits_of((row, column)) for column in range(CLASSES // CHUNK[1])]
            for row in range(FITS // CHUNK[0])
        ]
    )


def labels():
    return np.random.default_rng(7).integers(0, CLASSES, ROWS)


def peak():
    """The largest resident set of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


# What is computed of the logits and labels: the module's loss, and its gradient put to use.
TASKS = {
    "logsumexp, mean": lambda of, z, k: of.logsumexp(z).mean(),
    "softmax_cross_entropy, mean": lambda of, z, k: of.softmax_cross_entropy(z, k).mean(),
    "softmax_cross_entropy_grad, sum of sizes": lambda of, z, k: abs(
        of.softmax_cross_entropy_grad(z, k)
    ).sum(),
}


def lazily(name):
    """Seconds, the workers' peaks and the value, of the whole array on a cluster of its own."""
    with (
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, memory_limit=LIMIT, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        start = time.perf_counter()
        value = TASKS[name](distributed, logits(), labels()).compute()
        seconds = time.perf_counter() - start
        return seconds, max(client.run(peak).values()), float(value)


def plainly(name):
    """The same of NumPy, of the rows that fit: in a fresh process, the making of logits counted."""
    start = time.perf_counter()
    value = TASKS[name](softmax_lib, first_rows(), labels()[:FITS])
    return time.perf_counter() - start, peak(), float(value)


def in_a_fresh_process(function, *arguments):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def largest_difference():
    """How far the losses of the first rows are from the plain ones, relative, at most."""
    k = labels()[:FITS]
    plain = softmax_lib.softmax_cross_entropy(first_rows(), k)
    return float(np.max(np.abs(distributed.softmax_cross_entropy(logits()[:FITS], k) / plain - 1)))


@functools.cache
def from_the_chapter():
    """The attention in blocks as the chapter writes it."""
    path = Path(__file__).parents[1] / "chapters" / "streaming.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    (source,) = (c.source for c in cells if "def attention_in_blocks" in c.source)
    names = {"np": np, "math": math}
    exec(source[source.index("def attention_in_blocks") :].split("\n\n\n")[0], names)
    return names["attention_in_blocks"]


def whole(Q, K, V):
    """Attention with its whole matrix of weights."""
    return softmax_lib.softmax(Q @ K.T / math.sqrt(Q.shape[-1])) @ V


def in_blocks(Q, K, V):
    return from_the_chapter()(Q, K, V, BLOCK)


def attending(function, length):
    """Seconds (the best of five), the peak of what is allocated in MB, and the error in eps."""
    rng = np.random.default_rng(0)
    Q, K, V = rng.standard_normal((3, length, WIDTH)).astype(np.float32)
    exact = whole(*(array.astype(np.float64) for array in (Q, K, V)))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        result = function(Q, K, V)
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    function(Q, K, V)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    error = np.max(np.abs(result - exact)) / np.finfo(np.float32).eps
    return min(times), most / 1e6, error


def main():
    size = ROWS * CLASSES * 8 / 1e9
    print("# Larger than a memory\n")
    print(
        f"Measured on {date.today().isoformat()} with Python {platform.python_version()}, ", end=""
    )
    print(f"NumPy {np.__version__}, Dask {version('dask')}, softmax_lib {softmax_lib.__version__},")
    print(f"on {platform.system()} {platform.machine()}. Made by")
    print(
        "`python -P benchmarks/distributed.py > benchmarks/distributed.md`. Times are those of one"
    )
    print("run, and depend on what else the machine has to do; memory hardly does.\n")
    print(f"## {size:.2f} GB of logits under {WORKERS} x 1 GiB\n")
    print(
        f"A float64 array of shape ({ROWS}, {CLASSES}) in {ROWS * CLASSES // math.prod(CHUNK)} ",
        end="",
    )
    print(f"chunks of {CHUNK}: cut along rows and classes.")
    print(f"Dask: a LocalCluster of {WORKERS} worker processes with one thread and {LIMIT} each.")
    print(f"NumPy: the first {FITS} rows ({size * FITS / ROWS:.2f} GB) in one process. ", end="")
    print("Making the logits is part of all times and peaks.\n")
    print("| | Dask, s | a worker's peak, MiB | NumPy, s | its peak, MiB | s a GB: Dask, NumPy |")
    print("|---|---|---|---|---|---|")
    for name in TASKS:
        seconds, memory, _ = lazily(name)
        plain, plain_memory, _ = in_a_fresh_process(plainly, name)
        a_gb = f"{seconds / size:.1f}, {plain / (size * FITS / ROWS):.1f}"
        print(
            f"| {name} | {seconds:.0f} | {memory:.0f} | {plain:.1f} | {plain_memory:.0f} | {a_gb} |"
        )
    off = largest_difference()
    print(f"\nThe losses of these {FITS} rows differ by at most {off:.1e}, relative.\n")
    print("## Attention in blocks\n")
    print(
        f"Queries, keys and values of width {WIDTH} in float32, one head; blocks of {BLOCK} keys. "
    )
    print("Peak: of what NumPy allocates. Error: the largest, absolute, in eps of float32.\n")
    print("| length | | seconds | peak, MB | error, eps |")
    print("|---|---|---|---|---|")
    for length in LENGTHS:
        for name, function in (("whole matrix", whole), ("in blocks", in_blocks)):
            seconds, memory, error = attending(function, length)
            print(f"| {length} | {name} | {seconds:.3f} | {memory:.1f} | {error:.1f} |")


if __name__ == "__main__":
    main()

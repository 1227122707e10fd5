"""Attention beside PyTorch's: its answers to a few inputs, and what it makes of the edges.

The inputs are made of integers, so that every machine has the same ones. Run it and keep the
output::

    pip install -e ".[bench]"
    python benchmarks/attention.py > benchmarks/attention.md

and, with an older PyTorch instead (``pip install torch==2.4.1``)::

    python benchmarks/attention.py older >> benchmarks/attention.md
"""

import math
import platform
import sys
from datetime import date

import numpy as np

from softmax_lib import attention, streaming_attention


def inputs(queries=3, keys=4, width=5, out=2, heads=None):
    """Return queries, keys and values: quarters of small integers, no two rows alike."""
    leading = () if heads is None else (heads,)
    arrays = []
    for step, (rows, columns) in enumerate(((queries, width), (keys, width), (keys, out)), 3):
        count = math.prod((*leading, rows, columns))
        numbers = (np.arange(count) * (2 * step + 5) + step * step) % 17 - 8
        arrays.append(numbers.reshape(*leading, rows, columns) / 4)
    return arrays


PADDING = np.array([True, True, True, False])
CAUSAL = np.tri(4, dtype=bool)
# Name, inputs, where, scale.
CASES = {
    "plain": (inputs(), None, None),
    "scale 1": (inputs(), None, 1.0),
    "padding: the last key is masked": (inputs(), PADDING, None),
    "causal": (inputs(queries=4), CAUSAL, None),
    "two heads": (inputs(heads=2), None, None),
}


def spoilt(which, value):
    """Return the first inputs with a last key, or a last value, that is not finite."""
    arrays = inputs()
    arrays[which][-1] = value
    return arrays


# Name, inputs, where: what each makes of them, in the first row.
EDGES = {
    "every key masked": (inputs(), np.zeros(4, dtype=bool)),
    "a masked key is nan": (spoilt(1, np.nan), PADDING),
    "a masked value is nan": (spoilt(2, np.nan), PADDING),
    "a masked value is inf": (spoilt(2, np.inf), PADDING),
}


def by_torch(arrays, where=None, scale=None):
    """Return what PyTorch answers, in float64 on the CPU."""
    import torch
    from torch.nn import functional

    tensors = [torch.tensor(array) for array in arrays]
    mask = None if where is None else torch.tensor(np.broadcast_to(where, mask_shape(arrays)))
    return functional.scaled_dot_product_attention(*tensors, attn_mask=mask, scale=scale).numpy()


def mask_shape(arrays):
    """Return the shape of the scores."""
    Q, K, _ = arrays
    return (*Q.shape[:-1], K.shape[-2])


def written(numbers, digits=16):
    """Return numbers as the tables have them."""
    return " ".join(f"{number:.{digits}g}" for number in np.ravel(numbers))


def older():
    """Print what another version makes of a query whose keys are all masked."""
    import torch

    arrays, where = EDGES["every key masked"]
    answer = written(by_torch(arrays, where)[0], 4)
    print("\n## An older version\n")
    print("Made by `python benchmarks/attention.py older >> benchmarks/attention.md`.\n")
    print("| Case | PyTorch |\n|---|---|")
    print(f"| every key masked, PyTorch {torch.__version__.split('+')[0]} | {answer} |")


def main():
    """Print the report."""
    import torch

    print("# Attention beside PyTorch's\n")
    print("What `torch.nn.functional.scaled_dot_product_attention` answers, in float64.")
    print("Made by `python benchmarks/attention.py > benchmarks/attention.md`.\n")
    print(
        f"Run on {date.today():%d %B %Y} with Python {platform.python_version()}, "
        f"NumPy {np.__version__}, PyTorch {torch.__version__}, "
        f"on {platform.system()} {platform.machine()}.\n"
    )
    print("## Answers\n")
    print("| Case | PyTorch, row by row |\n|---|---|")
    for name, (arrays, where, scale) in CASES.items():
        theirs = by_torch(arrays, where, scale)
        for ours in (attention, streaming_attention):
            np.testing.assert_allclose(
                ours(*arrays, where=where, scale=scale), theirs, rtol=1e-13, atol=1e-14
            )
        print(f"| {name} | {written(theirs)} |")
    print("\n## Edges\n")
    print("The first row of the answer.\n")
    print("| Case | PyTorch | Here |\n|---|---|---|")
    for name, (arrays, where) in EDGES.items():
        theirs, ours = by_torch(arrays, where), attention(*arrays, where=where)
        print(f"| {name} | {written(theirs[0], 4)} | {written(ours[0], 4)} |")


if __name__ == "__main__":
    older() if sys.argv[1:] == ["older"] else main()

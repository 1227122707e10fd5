"""What the numbers are that the chapter states and no cell nearby shows: read by test_numbers."""

import math
import re
from functools import cache, reduce
from pathlib import Path

import numpy as np

import softmax_lib
from softmax_lib import distributed

REPORT = Path(__file__).parents[3] / "benchmarks" / "distributed.md"


@cache
def table():
    """The rows of the report's tables: the numbers of each, by its first cells."""
    found = {}
    for line in REPORT.read_text(encoding="utf-8").splitlines():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells:
            numbers = [float(n) for cell in cells for n in re.findall(r"\d+\.?\d*", cell)]
            found[name, cells[0]] = found[name] = numbers
    return found


def sixteen_lines():
    import nbformat

    path = REPORT.parents[1] / "chapters" / "streaming.ipynb"
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    (source,) = (text for text in cells if "def attention_in_blocks" in text)
    function = source[source.index("def attention_in_blocks") :].split("\n\n\n")[0]
    return len(function.splitlines()) == 16


def peaks(length):
    """The peak in MB of attention with its whole matrix, and in blocks."""
    return tuple(table()[str(length), how][1] for how in ("whole matrix", "in blocks"))


def of_the_chapter(definition):
    """What a function of one of the chapter's cells is."""
    import nbformat

    path = REPORT.parents[1] / "chapters" / "streaming.ipynb"
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    (source,) = (text for text in cells if f"def {definition}(" in text)
    names = {"np": np, "math": math}
    exec(source[source.index(f"def {definition}(") :].split("\n\n\n")[0], names)
    return names[definition]


def nan_after_minus_infinity():
    with np.errstate(invalid="ignore"):
        ours = of_the_chapter("one_pass")([-np.inf, 1.0])
    top, rest = reduce(
        softmax_lib.merge_logsumexp, map(softmax_lib.partial_logsumexp, ([-np.inf], [1.0]))
    )
    return np.isnan(ours) and (top, rest) == (1, 0)


def nothing_is_made_to_know_its_kind():
    """How often Dask asks for a chunk of the recipe when it is written down, then computed."""
    import dask.array as da

    asked = []

    def logits_of(block_id=None):
        asked.append(block_id)
        return np.zeros((200, 500))

    chunks = ((200,) * 4, (500,) * 4)
    z = da.map_blocks(logits_of, chunks=chunks, meta=np.empty((0, 0)))
    labels = np.zeros(800, int)
    loss = distributed.softmax_cross_entropy(z, labels)
    gradient = distributed.softmax_cross_entropy_grad(z, labels)
    before = len(asked)
    loss.compute(scheduler="synchronous")
    gradient.compute(scheduler="synchronous")
    return before == 0 and len(asked) == 2 * 16 and z.dtype == float


def a_mean_of_means_needs_equal_lengths():
    rng = np.random.default_rng(0)
    equal, unequal = rng.normal(size=(2, 5, 3)), (rng.normal(size=3), rng.normal(size=1))
    right, wrong = (
        np.isclose(np.mean([part.mean() for part in parts]), np.concatenate(parts).mean())
        for parts in (equal, unequal)
    )
    return right and not wrong


def workers_kept_below(most, *names):
    return all(table()[name][1] < most for name in names)


LOSSES = ("logsumexp, mean", "softmax_cross_entropy, mean")
GRADIENT = "softmax_cross_entropy_grad, sum of sizes"


def blocks_are_in_the_library():
    Q, K, V = np.random.default_rng(0).standard_normal((3, 40, 8))
    source = of_the_chapter("attention_in_blocks")
    masked = softmax_lib.streaming_attention(Q, K, V, where=np.arange(40) < 30)
    return np.allclose(
        softmax_lib.streaming_attention(Q, K, V), source(Q, K, V, 16), rtol=1e-12
    ) and np.allclose(masked, softmax_lib.attention(Q, K[:30], V[:30]), rtol=1e-12)


def a_label_below_the_top_has_at_most_half():
    z = np.random.default_rng(0).normal(0, 1, (2000, 3))
    below = z < z.max(axis=1, keepdims=True)
    return softmax_lib.softmax(z)[below].max() <= 0.5


def ratios_within_a_piece_are_right():
    pieces = ([3.0, 1.0, -3.0], [2.0, 4.0, 0.5], [-1.0, 1.5, 0.25])
    whole = np.split(softmax_lib.softmax(np.concatenate(pieces)), 3)
    alone = [softmax_lib.softmax(piece) for piece in pieces]
    return all(np.allclose(a / a[0], w / w[0]) for a, w in zip(alone, whole, strict=True))


def first_quarter_rounds_to_its_top():
    return softmax_lib.logsumexp([72.0, -1.0, -0.8]) == 72


def sure():
    return np.append(72.0, np.linspace(-1, 1, 11))


def the_rest_is_lost_twice():
    """In the first quarter; and of all of it, where the log-sum-exps are added up in the end."""
    parts = [softmax_lib.logsumexp(part) for part in np.split(sure(), 4)]
    top, rest = softmax_lib.partial_logsumexp(parts)
    right = softmax_lib.softmax_cross_entropy(sure(), 0)
    return parts[0] == 72 and 0.9 < rest / right < 1 and softmax_lib.logsumexp(parts) == 72 == top


def digits_are_lost_before_all_is():
    with np.errstate(divide="ignore"):
        far, less = (np.log(np.exp([c, c - 1.0]).sum()) for c in (-750.0, -740.0))
    return far == -np.inf and 1e-5 < abs(less - softmax_lib.logsumexp([-740.0, -741.0])) < 1e-2


HELD = {
    "Let one logit be «72» and the others lie between «-1» and «1»": lambda: (
        sure().max(),
        sure()[1:].min(),
        sure()[1:].max(),
    ),
    "`softmax_lib.distributed` has five functions of this course": lambda: (
        sum(hasattr(softmax_lib, name) for name in distributed.__all__) == 5
    ),
    "What the other quarters add is lost at the end": the_rest_is_lost_twice,
    "and the logarithm of 0 is $-\\infty$. A little less far below, digits are lost.": (
        digits_are_lost_before_all_is
    ),
    "within a piece all ratios are right": ratios_within_a_piece_are_right,
    "The other one is at most 1: no exponential can overflow": lambda: all(
        max(np.exp(a - max(a, b)), np.exp(b - max(a, b))) == 1
        for a, b in np.random.default_rng(1).normal(0, 1e5, (100, 2))
    ),
    "in sixteen lines": sixteen_lines,
    "and the loop gives nan. The library looks out for that": nan_after_minus_infinity,
    "So up to here nothing was computed": nothing_is_made_to_know_its_kind,
    "it is `streaming_attention`, which takes masks, too": blocks_are_in_the_library,
    "is sure to be the mean only if the pieces": a_mean_of_means_needs_equal_lengths,
    "the whole needed a peak of «140.5» MB, and the blocks «9.5» MB": lambda: peaks(4096),
    "were given «6.14» GB of logits": lambda: 24_000 * 32_000 * 8 / 1e9,
    "in «96» chunks": lambda: 24 * 4,
    "with 1 GiB («1.07» GB) each": lambda: 2**30 / 1e9,
    "200 MiB («210» MB)": lambda: 200 * 2**20 / 1e6,
    "no worker ever held more than 200 MiB": lambda: workers_kept_below(200, *LOSSES),
    "for the gradient, whose slopes were added up and not kept, no more than 800": lambda: (
        workers_kept_below(800, GRADIENT)
    ),
    "since $1 + r$ rounds to 1": lambda: 1 + 7.1741e-31 == 1,
    "with a tiny $r$, and that rounds to 72": first_quarter_rounds_to_its_top,
    "$p$ is at most one half": a_label_below_the_top_has_at_most_half,
    "«160» bytes travelled here": lambda: 4 * (3 + 2) * 8,
}

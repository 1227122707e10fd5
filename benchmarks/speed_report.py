"""The table and the picture of `speed.py`, made from its results alone."""

import io
import math
from statistics import median
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from speed_calls import FUNCTIONS, GRADIENT, LARGE, MIDDLE, PRICE, SMALL, TALL

from softmax_lib.plots.style import FAINT, LOGIT, REST, figure, use_course_style

LIMITS = ("ours", "ours, out=", "exp", "copy")
COLUMNS = (
    "SciPy",
    "scikit-learn",
    "PyTorch, 1 thread",
    "PyTorch, 2 threads",
    "PyTorch, 1 thread, out=",
    "PyTorch, 2 threads, out=",
)
KINDS = {"ours": "in range", "ours, shifted": "shifted", "ours, confident": "given back"}
STATISTICS = (min, median)
MIB = 1 << 20
ALLOWED = 8 * MIB  # beside the result


class Target(NamedTuple):
    """How many times our time that of a peer should be, for all dtypes that are timed."""

    function: str
    shapes: tuple
    axis: int
    bounds: tuple  # for the minimum and for the median
    peer: str = "SciPy"


ONE, TEN, THREE = (10,), (1000000, 10), (1000000, 3)
MATRIX, BIG = (1024, 1000), (4096, 32000)
TARGETS = (
    *(Target(name, (MATRIX,), axis, (1.0, 1.0)) for name in FUNCTIONS[:2] for axis in (-1, 0)),
    *(Target("softmax", (BIG,), axis, (1.5, 3.0)) for axis in (-1, 0)),
    Target("softmax", (TEN,), -1, (3.5, 3.5)),
    Target("softmax", (THREE,), -1, (6.0, 6.0)),
    *(Target("logsumexp", (*MIDDLE, *LARGE, *TALL), axis, (5.0, 5.0)) for axis in (-1, 0)),
    Target("softmax", (ONE,), -1, (1.4, 1.4)),
    Target("log_softmax", (ONE,), -1, (1.4, 1.4)),
    Target("logsumexp", (ONE,), -1, (5.0, 5.0)),
    Target(GRADIENT, (BIG,), -1, (1.3, 1.3), "PyTorch, 1 thread"),
)


# --- the table -----------------------------------------------------------------------------------


def as_markdown(results):
    """Return the whole report."""
    together = {}
    for case in results["together"]:
        together.setdefault(case["function"], []).append(case)
    sections = [
        "# Speed, side by side",
        _machine(results),
        "## Targets",
        _targets(results),
        "## How it was measured",
        _method(results["effort"]),
    ]
    for function in (*FUNCTIONS, GRADIENT):
        sections += [f"## {function}", _explained(function), _ratios(together[function])]
    sections += [
        "## The price of a shift",
        _price(together[PRICE]),
        "## Alone in a fresh process",
        _alone(results["alone"]),
        "## Memory",
        _memory(results["memory"]),
    ]
    return "\n\n".join(sections) + "\n"


def _machine(results):
    found = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    text = (
        f"Measured on {found['processor']}, {found['cores']} cores, {found['system']}, with "
        f"{versions}.\nMade by `make bench` from [speed.json](speed.json); no number is written "
        "by hand."
    )
    if results["missing"]:
        text += f"\nNot installed, so left out: {', '.join(results['missing'])}."
    return text


def _targets(results):
    rows = [_target(target, results["together"]) for target in TARGETS]
    for what, wanted, functions in (
        ("peak extra memory on a large array", "output + 8 MiB", None),
        ("logsumexp, extra memory", "no full-size temporary", ("logsumexp",)),
    ):
        cases = [
            case for case in results["memory"] if functions is None or case["function"] in functions
        ]
        most = max(cases, key=lambda case: case["bytes"])
        got = f"{most['bytes'] / MIB:.1f} MiB ({_named(most)})"
        rows.append((what, wanted, got, "", "yes" if most["bytes"] <= ALLOWED else "no"))
    head = ("time of the peer / ours", "target", "by the minimum", "by the median", "met")
    return (
        "SciPy's time over ours, if no other peer is named: the least over the dtypes and "
        "shapes of a line, and whose it is.\n\n" + _table(head, rows)
    )


def _target(target, together):
    where = _shape(target.shapes[0]) if len(target.shapes) == 1 else "from (1024, 1000) up"
    what = f"{target.function} {where}, axis {target.axis}"
    if target.peer != "SciPy":
        what += f", against {target.peer}"
    least, typical = target.bounds
    wanted = f">= {least}"
    if least != typical:
        wanted += f" by the minimum, >= {typical} by the median"
    chosen = [
        case
        for case in together
        if (case["function"], case["axis"]) == (target.function, target.axis)
        and tuple(case["shape"]) in target.shapes
        and target.peer in case["ns"]
    ]
    if not chosen:
        return what, wanted, "", "", "not measured"
    cells, met = [], []
    for of, bound in zip(STATISTICS, target.bounds, strict=True):
        ratio, case = min(
            ((_ratio(case, target.peer, of), case) for case in chosen), key=lambda pair: pair[0]
        )
        whose = case["dtype"] if len(target.shapes) == 1 else _named(case)
        cells.append(f"{_number(ratio)} ({whose})")
        met.append(ratio >= bound)
    verdict = {
        (True, True): "yes",
        (True, False): "by the minimum",
        (False, True): "by the median",
        (False, False): "no",
    }
    return what, wanted, *cells, verdict[tuple(met)]


def _method(effort):
    return (
        f"- In each of {effort['least']} rounds or more (up to {effort['most']}), all in one line "
        "of a table ran once, one after the other, the order rotating. What took less than "
        f"{effort['sample'] * 1e3:g} ms was repeated until that had passed. Cells are minimum / "
        "median over the rounds.\n"
        "- The logits are 3 N(0, 1). A result is freed before the next call begins; freeing the "
        "last one is not timed. `exp` is `np.exp(z, out=...)` alone and `copy` is `np.copyto`, "
        "both into memory in use: NumPy cannot get below that.\n"
        "- All ran in one process. A block of 31 MiB was freed first, after which the GNU C "
        "library keeps smaller ones, for all alike; results above 32 MiB come from the system "
        "each time, and the first touch of their pages is timed. NumPy asks for pages of 2 MiB, "
        "PyTorch does not."
    )


def _explained(function):
    text = "Ours, `exp` and `copy` in nanoseconds an element; peers as their time / ours"
    if function in ("softmax", "log_softmax"):
        text += ", where a peer with `out=` is compared with ours with `out=`"
    if function == GRADIENT:
        text = "Loss and gradient for labels; PyTorch forward and backward. " + text
    return text + "."


def _ratios(cases):
    """Return the table of one function."""
    names = {name for case in cases for name in case["ns"]}
    limits = [name for name in LIMITS if name in names]
    peers = [name for name in COLUMNS if name in names]
    rows = [
        (
            _shape(case["shape"]),
            case["dtype"],
            case["axis"],
            *(_pair(_nanoseconds(case, name, of) for of in STATISTICS) for name in limits),
            *(
                _pair(_ratio(case, name, of) for of in STATISTICS) if name in case["ns"] else ""
                for name in peers
            ),
        )
        for case in cases
    ]
    head = [name.replace("out=", "`out=`") for name in limits + peers]
    return _table(("shape", "dtype", "axis", *head), rows)


def _price(cases):
    text = (
        "Rows whose exponentials stay in range are not shifted. Nanoseconds an element of "
        "log_softmax on 3 N(0, 1), where none is; on the same and 1000, where every row is; and "
        "on confident rows out of range, where the rounding of z - max is given back as well. "
        "The last two columns are over the first.\n\n"
    )
    rows = []
    for case in cases:
        first, *others = ([_nanoseconds(case, kind, of) for of in STATISTICS] for kind in KINDS)
        rows.append(
            (
                _shape(case["shape"]),
                case["dtype"],
                *map(_pair, (first, *others)),
                *(_pair(b / a for a, b in zip(first, other, strict=True)) for other in others),
            )
        )
    kinds = tuple(KINDS.values())
    head = ("shape", "dtype", *kinds, *(f"{kind} / {kinds[0]}" for kind in kinds[1:]))
    return text + _table(head, rows)


def _alone(cases):
    text = (
        "What a program meets that has freed no large block before: a process for each cell. "
        "Nanoseconds an element, axis -1; minimum / median over the calls.\n\n"
    )
    names = list(cases[0]["ns"])
    rows = [
        (
            case["function"],
            _shape(case["shape"]),
            case["dtype"],
            *(_pair(_nanoseconds(case, name, of) for of in STATISTICS) for name in names),
            *(_pair(_ratio(case, name, of) for of in STATISTICS) for name in names[1:]),
        )
        for case in cases
    ]
    head = ("function", "shape", "dtype", *names, *(f"{name} / ours" for name in names[1:]))
    return text + _table(head, rows)


def _memory(cases):
    rows = [
        (
            case["function"],
            _shape(case["shape"]),
            case["dtype"],
            case["axis"],
            f"{case['bytes'] / MIB:.1f}",
        )
        for case in cases
    ]
    return "The peak beyond arguments and result, in MiB, as tracemalloc counts.\n\n" + _table(
        ("function", "shape", "dtype", "axis", "MiB"), rows
    )


# --- words and numbers ---------------------------------------------------------------------------


def _ratio(case, peer, of):
    mine = "ours, out=" if peer.endswith("out=") else "ours"
    return of(case["ns"][peer]) / of(case["ns"][mine])


def _nanoseconds(case, name, of):
    return of(case["ns"][name]) / math.prod(case["shape"])


def _number(value):
    """Return three digits, or as many as stand before the point."""
    digits = max(0, 2 - math.floor(math.log10(value)))
    return f"{value:.{digits}f}"


def _pair(values):
    return " / ".join(map(_number, values))


def _shape(shape):
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def _named(case):
    what = f"{_shape(case['shape'])} {case['dtype']}"
    return f"{case['function']}, axis {case['axis']}" if "bytes" in case else what


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


# --- the picture ---------------------------------------------------------------------------------

SHAPES = SMALL | MIDDLE | LARGE | TALL
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
DOT = {"markersize": 4.5}
RING = {"markersize": 7, "fillstyle": "none", "markeredgewidth": 1.2}


def as_svg(results):
    """Return the picture of SciPy's time over ours: a line for every function and shape.

    Both axes are drawn, but float64 only where float32 was not timed; the table has the rest.
    """
    with matplotlib.rc_context():
        use_course_style()
        # Letters stay letters: the file is small, and the words can be searched and read aloud.
        plt.rcParams.update(
            {
                "svg.fonttype": "none",
                "font.family": "sans-serif",
                "font.sans-serif": ["DejaVu Sans"],
            }
        )
        fig = _drawn(
            [
                case
                for case in results["together"]
                if case["function"] in FUNCTIONS
                and "SciPy" in case["ns"]
                and case["dtype"] == SHAPES[tuple(case["shape"])][0]
            ]
        )
        file = io.StringIO()
        fig.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(fig)
    return file.getvalue()


def _drawn(cases):
    lines = []
    for function in FUNCTIONS:
        of_one = [case for case in cases if case["function"] == function]
        shapes = list(dict.fromkeys(tuple(case["shape"]) for case in of_one))
        lines.append((function, []))
        lines += [
            (
                _shape(shape) + " float64" * (SHAPES[shape][0] == "float64"),
                [case for case in of_one if tuple(case["shape"]) == shape],
            )
            for shape in shapes
        ]
    fig, ax = figure(1.2 + 0.29 * len(lines))
    ax.axvline(1, color=FAINT, linewidth=1.5, zorder=0)
    for axis, colour, marker, below in ((-1, LOGIT, "o", -0.2), (0, REST, "s", 0.2)):
        look = {"color": colour, "marker": marker, "linestyle": ""}
        marks = [
            (
                y + below * (len(case["shape"]) > 1),
                *(_ratio(case, "SciPy", of) for of in STATISTICS),
            )
            for y, (_, in_line) in enumerate(lines)
            for case in in_line
            if case["axis"] == axis
        ]
        if marks:
            places, minima, medians = zip(*marks, strict=True)
            ax.hlines(places, minima, medians, color=colour, linewidth=1)
            ax.plot(minima, places, **look, **DOT)
            ax.plot(medians, places, **look, **RING)
    ax.set_xscale("log")
    low, high = ax.get_xlim()
    shown = [tick for tick in TICKS if low <= tick <= high]
    ax.set_xticks(shown, [f"{tick:g}" for tick in shown])
    ax.xaxis.minorticks_off()
    ax.set_xlabel("SciPy's time / ours, logarithmic")
    ax.set_yticks(range(len(lines)), [name for name, _ in lines])
    for label in ax.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() in FUNCTIONS else "normal")
    ax.set_ylim(len(lines) - 0.4, -0.6)
    looks = (
        ("minimum", FAINT, "o", DOT),
        ("median", FAINT, "o", RING),
        ("axis \N{MINUS SIGN}1", LOGIT, "o", DOT),
        ("axis 0", REST, "s", DOT),
    )
    keys = [
        Line2D([], [], color=colour, marker=marker, linestyle="", label=text, **size)
        for text, colour, marker, size in looks
    ]
    fig.legend(
        handles=keys,
        loc="outside upper center",
        ncols=4,
        handlelength=1,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    return fig

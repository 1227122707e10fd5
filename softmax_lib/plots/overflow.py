"""The figures of chapter 2: where exp lives, the shift, log-sum-exp, and what rounding takes."""

import itertools

import mpmath
import numpy as np

from softmax_lib import log_softmax, logsumexp, softmax
from softmax_lib.plots.style import FAINT, FORMULA, LOGIT, PROBABILITY, REST, label_line

MINUS = "\N{MINUS SIGN}"
INK = "#333333"  # for what is neither logit nor probability, and for words
DTYPES = (np.float16, np.float32, np.float64)


def exp_range(dtype):
    """Return the logits between which e^z is neither 0 nor inf in a dtype, as two floats.

    The largest float is e^z at the right end. At the left end e^z is half the smallest one, which
    is where rounding to nearest goes down to 0.
    """
    info = np.finfo(dtype)
    with mpmath.workprec(120):
        underflow = mpmath.log(mpmath.mpf(float(info.smallest_subnormal)) / 2)
        overflow = mpmath.log(mpmath.mpf(float(info.max)))
        return float(underflow), float(overflow)


def where_exp_lives(ax, logits):
    """Draw one bar a dtype, from underflow to overflow, and the logits across them."""
    end = 1000.0
    for row, dtype in zip((2, 1, 0), DTYPES, strict=True):
        low, high = exp_range(dtype)
        ax.barh(row, high - low, left=low, height=0.36, color=FAINT)
        text = f"{np.dtype(dtype).name}: {low:.2f} to {high:.2f}".replace("-", MINUS)
        ax.text(-end, row + 0.26, text, va="bottom")
        for x, result in ((min(low - 100, -240), "0"), (max(high + 160, 280), r"\infty")):
            ax.text(x, row, f"${result}$", ha="center", va="center", color=REST, size=FORMULA)
    for z in logits:
        ax.axvline(z, ymax=0.88, color=LOGIT, linestyle="--", linewidth=1.4)
        ax.text(z, 2.78, f"{z:g}", color=LOGIT, ha="center", va="bottom", weight="bold")
    ax.set(xlim=(-end, end), ylim=(-0.4, 3.1), yticks=[], xlabel="logit z")
    ax.set_xticks(range(-1000, 1001, 500))
    return ax


def shifted_logits(ax, logits):
    """Draw the logits on a line, and below it the same logits after the shift by their maximum."""
    z = np.asarray(logits, dtype=float)
    limit = exp_range(np.float64)[1]
    start, end = -850.0, 1050.0
    ax.axvspan(limit, end, color=FAINT, alpha=0.45, linewidth=0)
    ax.text((limit + end) / 2, 0.5, "$e^z$", ha="center", va="bottom", color=REST, size=FORMULA)
    ax.text((limit + end) / 2, 0.5, "overflows", ha="center", va="top", color=REST)
    for row, values, name, height in ((1, z, "z", 0.24), (0, z - z.max(), "z - m", -0.26)):
        ax.axhline(row, color=REST, linewidth=0.8, zorder=1)
        ax.plot(values, np.full(len(z), row), "o", color=LOGIT, markersize=8)
        ax.text(start, row + 0.08, f"${name}$", va="bottom")
        for value in values:
            ax.text(
                value,
                row + height,
                f"{value:g}".replace("-", MINUS),
                ha="center",
                va="center",
                weight="bold",
                color=LOGIT,
            )
        for left, right in itertools.pairwise(values):
            ax.annotate(
                "",
                (right - 110, row + height),
                (left + 110, row + height),
                arrowprops={"arrowstyle": "<->", "color": REST, "lw": 1.0},
            )
            ax.text(
                (left + right) / 2,
                row + 1.75 * height,
                f"{right - left:g}",
                ha="center",
                va="center",
                color=REST,
            )
    for before, after in zip(z, z - z.max(), strict=True):
        ax.plot([before, after], [1, 0], color=LOGIT, linewidth=1, linestyle=":")
    ax.set(xlim=(start, end), ylim=(-0.6, 1.6), yticks=[], xlabel="logit")
    return ax


def soft_maximum(ax, widest=5.0):
    """Draw LSE(x, 0) over x between its two bounds: the maximum, and the maximum plus log 2."""
    x = np.linspace(-widest, widest, 201)
    pairs = np.stack([x, np.zeros_like(x)], axis=-1)
    low, high = pairs.max(axis=1), pairs.max(axis=1) + np.log(2)
    ax.fill_between(x, low.round(6), high.round(6), color=FAINT, alpha=0.35, linewidth=0)
    ax.plot(x, low.round(6), color=LOGIT, linestyle="--", linewidth=1.6)
    ax.plot(x, high.round(6), color=REST, linestyle=":", linewidth=1.6)
    ax.plot(x, logsumexp(pairs).round(6), color=INK)
    top = round(float(logsumexp([0.0, 0.0])), 6)
    ax.plot([0], [top], "o", color=INK)
    leader = {"arrowstyle": "-", "color": REST, "lw": 0.8, "shrinkB": 4}
    ax.annotate(
        "equal logits:\nlog 2 above\nthe maximum",
        (0, top),
        xytext=(-16, 26),
        ha="right",
        textcoords="offset points",
        arrowprops=leader,
    )
    ax.annotate(
        "LSE",
        (1, logsumexp([1.0, 0.0])),
        xytext=(26, -20),
        weight="bold",
        textcoords="offset points",
        arrowprops=leader,
    )
    label_line(
        ax, 3.1, 3.1 + np.log(2), r"$m + \log 2$", REST, xytext=(-8, 8), ha="right", size=FORMULA
    )
    label_line(ax, 2.5, 2.5, "$m$, the\nmaximum", LOGIT, xytext=(12, -18))
    ax.set(xlabel="first logit; the second one is 0", ylabel="value", xticks=range(-4, 5, 2))
    return ax


def log_of_the_loser(ax, widest=1000.0):
    """Draw the log-probability of the smaller of two logits, by log(softmax) and directly."""
    limit = -exp_range(np.float64)[0]
    gaps = np.arange(0.0, widest + 1, 20.0)
    pairs = np.stack([gaps, np.zeros_like(gaps)], axis=-1)
    with np.errstate(divide="ignore"):
        detour = np.log(softmax(pairs)[:, 1])
    direct = log_softmax(pairs)[:, 1]
    seen = np.isfinite(detour)
    # One decimal: near its end the detour has no more, and no two processors agree beyond.
    ax.plot(gaps, direct.round(1), color=PROBABILITY, linewidth=5)
    ax.plot(gaps[seen], detour[seen].round(1), color=INK, linestyle="--", linewidth=1.6)
    end = gaps[seen][-1]
    ax.annotate(
        "",
        (limit, -widest),
        (limit, -limit),
        arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.6, "ls": "--"},
    )
    label_line(
        ax,
        limit,
        -widest,
        f"log(softmax):\n{MINUS}inf beyond {limit:.2f}",
        INK,
        xytext=(-8, 10),
        ha="right",
    )
    label_line(ax, 850, -850, "log_softmax", INK, xytext=(8, 6))
    ax.annotate("both", (end / 2, -end / 2), xytext=(8, 6), textcoords="offset points")
    ax.set(
        xlabel="gap between the two logits",
        ylabel=r"$\log p$ of the smaller",
        ylim=(-widest - 20, 20),
        xticks=range(0, int(widest) + 1, 250),
        yticks=[0, -250, -500, -750, -1000],
    )
    return ax


def _rounded(function, x):
    """Return function(x) of one float, rounded correctly: the same number on every machine."""
    with mpmath.workprec(200):
        return float(function(mpmath.mpf(x)))


# log p of the larger of two logits, by three formulas, each step rounded once to float64.
FORMULAS = {
    "log(softmax)": lambda e: _rounded(mpmath.log, 1.0 / (1.0 + e)),
    "SciPy's formula": lambda e: -_rounded(mpmath.log, 1.0 + e),
    "log1p": lambda e: -_rounded(mpmath.log1p, e),
}


def log_of_the_winner(formula, gap):
    """Return log p of the larger of two logits by one of ``FORMULAS``."""
    return FORMULAS[formula](_rounded(mpmath.exp, -gap))


def loss_of_the_winner(ax, widest=80, bottom=1e-42):
    """Draw -log p of the winner over the gap, by log1p and by the log of the sum; 0 at the bottom.

    The scale is logarithmic and has no 0, so that what is exactly 0 is drawn on a line of its own.
    """
    gaps = np.arange(0, widest + 1, 1.0)
    right, by_sum = (
        np.array([float(f"{-log_of_the_winner(name, gap):.6g}") for gap in gaps])
        for name in ("log1p", "SciPy's formula")
    )
    gone = by_sum == 0
    ax.axhline(bottom, color=REST, linewidth=0.8, zorder=1)
    ax.plot(gaps, right, color=PROBABILITY)
    ax.plot(gaps, np.where(gone, bottom, by_sum), ".", color=INK, markersize=5, clip_on=False)
    label_line(ax, 48, right[48], "log1p: right", INK, xytext=(8, 6))
    first = gaps[gone][0]
    label_line(
        ax,
        first,
        bottom,
        f"log of the sum:\nexactly 0 from {first:.0f} on",
        INK,
        xytext=(-2, 6),
        va="bottom",
    )
    ax.set(yscale="log", ylim=(bottom / 1e3, 30), xlabel="gap between the two logits")
    ax.set_ylabel(r"loss, $-\log p$")
    ax.minorticks_off()
    ax.set_yticks(
        [bottom, 1e-32, 1e-24, 1e-16, 1e-8, 1],
        ["$0$", *(f"$10^{{{n}}}$" for n in (-32, -24, -16, -8)), "$1$"],
        size=FORMULA,
    )
    return ax


def error_in_ulp(value, gap):
    """Return how far a log p of the larger of two logits is off the truth, in ULP of the truth."""
    with mpmath.workprec(400):
        truth = -mpmath.log1p(mpmath.exp(-mpmath.mpf(gap)))
        ulp = np.spacing(abs(float(truth)))
        return float(abs(mpmath.mpf(float(value)) - truth) / mpmath.mpf(float(ulp)))


def ulp_of_the_winner(ax, widest=80, floor=4.0):
    """Draw the error of log p of the winner over the gap, for the three formulas."""
    gaps = np.arange(0, widest + 1, 1.0)
    styles = {
        "log(softmax)": {"color": FAINT, "linewidth": 6},
        "SciPy's formula": {"color": INK, "linestyle": ":"},
        "log1p": {"color": PROBABILITY},
    }
    for name, style in styles.items():
        errors = [max(error_in_ulp(log_of_the_winner(name, gap), gap), floor) for gap in gaps]
        ax.plot(gaps, [float(f"{error:.6g}") for error in errors], **style)
    label_line(ax, 20, 1e8, "log(softmax), and SciPy's\nformula (dotted)", INK, xytext=(14, -8))
    label_line(
        ax,
        62,
        5e14,
        "all digits lost:\nthe result is 0",
        INK,
        xytext=(0, -14),
        ha="center",
        weight="normal",
    )
    label_line(ax, 35, floor, "log1p: this course", INK, xytext=(0, 12))
    ax.set(yscale="log", ylim=(2, 5e16), xlabel="gap between the two logits", ylabel="error in ULP")
    ax.minorticks_off()
    ax.set_yticks(
        [floor, 1e4, 1e8, 1e12, 1e16],
        [rf"$\leq {floor:g}$", *(f"$10^{{{n}}}$" for n in (4, 8, 12, 16))],
        size=FORMULA,
    )
    return ax

"""The figures of the chapter on streaming: pieces, a pass, blocks of attention, machines."""

import numpy as np
from matplotlib.patches import Rectangle

from softmax_lib import partial_logsumexp
from softmax_lib.plots.definition import MINUS
from softmax_lib.plots.style import FAINT, FORMULA, LOGIT, REST, label_line

TEXT = "#333333"


def pieces(ax, parts):
    """Draw the logits of each piece as bars, and under them what the piece tells."""
    start, low = 0, min(0, *(np.min(part) for part in parts))
    for part in parts:
        part = np.asarray(part, dtype=float)
        places = start + np.arange(len(part))
        top, rest = partial_logsumexp(part)
        for place, logit in zip(places, part, strict=True):
            leads = logit == top
            ax.bar(place, logit, width=0.8, color=LOGIT if leads else "none", edgecolor=LOGIT)
            side, va = (0.15, "bottom") if logit >= 0 else (-0.15, "top")
            text = f"{logit:g}".replace("-", MINUS)
            ax.text(place, logit + side, text, ha="center", va=va)
        middle = places.mean()
        ax.text(middle, low - 1.5, f"$m = {top:g}$\n$r = {rest:.3f}$", ha="center", va="top")
        ax.plot([places[0] - 0.4, places[-1] + 0.4], [low - 1.1] * 2, color=REST, linewidth=1.2)
        start = places[-1] + 2
    top, rest = partial_logsumexp(np.concatenate(parts))
    ax.text((start - 2) / 2, low - 4.1, f"whole: $m = {top:g}$, $r = {rest:.3f}$", ha="center")
    ax.axhline(0, color=REST, linewidth=0.8)
    ax.set(xticks=[], yticks=[], ylim=(low - 4.4, max(map(np.max, parts)) + 1))
    ax.spines["bottom"].set_visible(False)
    return ax


def one_pass(axes, logits):
    """Draw logits as they come with the largest so far, and below it the shifted sum so far."""
    logits = np.asarray(logits, dtype=float)
    seen = [partial_logsumexp(logits[: count + 1]) for count in range(len(logits))]
    tops = np.array([top for top, _ in seen])
    sums = np.array([1 + rest for _, rest in seen]).round(6)
    steps = np.arange(1, len(logits) + 1)
    above, below = axes
    above.step(steps, tops, where="post", color=REST, linestyle="--", linewidth=1.6)
    above.plot(steps, logits, "o", color=LOGIT, markersize=7)
    label_line(above, steps[-1], tops[-1], "largest\nso far", TEXT, weight="normal")
    label_line(above, steps[-1], logits[-1], "logit", LOGIT)
    above.set(ylim=(logits.min() - 1, logits.max() + 1), yticks=[])
    fell = np.flatnonzero(np.diff(tops) > 0) + 1
    for at, (step, value) in enumerate(zip(steps, sums, strict=True)):
        risen = at in fell
        hatch = {"hatch": "////", "fill": False} if risen else {"color": FAINT}
        below.bar(step, value, width=0.7, edgecolor=REST, **hatch)
        below.text(step, value + 0.05, f"{value:.2f}", ha="center", va="bottom")
    below.set(ylim=(0, sums.max() + 0.45), yticks=[], xticks=steps, xlabel="logits seen")
    below.set_title("sum so far, shifted by the largest so far", loc="left")
    for ax in axes:
        ax.set_xlim(0.4, len(logits) + 1.6)
    return axes


def blocks(ax, length, block, at):
    """Draw the matrix of scores, of which one block of columns is in memory at a time."""
    ax.add_patch(Rectangle((0, 0), length, length, fill=False, edgecolor=REST, linewidth=1.2))
    for start in range(block, length, block):
        ax.plot([start, start], [0, length], color=FAINT, linewidth=0.8)
    now = Rectangle((at * block, 0), block, length, facecolor=LOGIT, edgecolor=LOGIT, hatch="..")
    ax.add_patch(now)
    ax.annotate(
        "",
        ((at + 2.2) * block, length * 1.07),
        (at * block, length * 1.07),
        arrowprops={"arrowstyle": "->", "color": REST},
    )
    ax.text(0, length * 1.11, f"{block} keys at a time", va="bottom")
    ax.text(length / 2, -0.06 * length, f"{length} keys", ha="center", va="top")
    ax.text(-0.04 * length, length / 2, f"{length} queries", va="center", ha="right", rotation=90)
    for place, (name, width) in enumerate((("m", 0.05), ("s", 0.05), ("a", 0.24))):
        left = length * (1.12 + 0.16 * place)
        ax.add_patch(Rectangle((left, 0), length * width, length, fill=False, edgecolor=REST, lw=2))
        centre = left + length * width / 2
        ax.text(centre, -0.06 * length, f"${name}$", ha="center", va="top", size=FORMULA)
    ax.text(length * 1.12, length * 1.11, "kept", va="bottom")
    ax.set(xlim=(-0.18 * length, 1.75 * length), ylim=(-0.2 * length, 1.25 * length))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def machines(ax, count, classes):
    """Draw what travels for one row: three numbers up from each machine, two numbers back."""
    share = classes // count
    ax.text(count / 2 - 0.5, 2, "merge", ha="center", va="center", size=13, bbox=_box(REST))
    for at in range(count):
        ax.text(
            at, 0, f"{share:,}\nlogits", ha="center", va="center", linespacing=1.3, bbox=_box(LOGIT)
        )
        x = count / 2 - 0.5 + (at - count / 2 + 0.5) * 0.3
        up = {"arrowstyle": "->", "color": REST, "lw": 1.2}
        ax.annotate("", (x, 1.72), (at - 0.1, 0.42), arrowprops=up)
        back = up | {"linestyle": "--"}
        ax.annotate("", (at + 0.12, 0.42), (x + 0.12, 1.72), arrowprops=back)
    ax.text(-0.45, 1.3, "up: $m$, $r$, $z_k$", ha="left", va="center", size=FORMULA)
    ax.text(count - 0.55, 1.3, "back: $m$, $r$", ha="right", va="center", size=FORMULA)
    ax.set(xlim=(-0.5, count - 0.5), ylim=(-0.5, 2.4))
    ax.axis("off")
    return ax


def _box(colour):
    return {"boxstyle": "round,pad=0.35", "fc": "none", "ec": colour, "lw": 1.8}

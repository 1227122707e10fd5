"""The figures of chapter 4: costs and their floor, misprints, slopes that vanish or do not."""

import numpy as np

from softmax_lib import (
    entropy,
    kl_divergence,
    one_hot,
    smooth_labels,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    softmax_vjp,
)
from softmax_lib.plots.style import FAINT, FORMULA, LOGIT, PROBABILITY, REST, TARGET

MINUS = "\N{MINUS SIGN}"
INK = "#333333"


def cost_of_probability(ax, marks=(0.9, 0.5, 0.1, 0.01)):
    """Draw -log p over p, with the cost of a few probabilities written at the curve."""
    p = np.geomspace(0.006, 1, 300)
    ax.plot(p.round(6), (0 - np.log(p)).round(6), color=REST)
    for share in marks:
        cost = -np.log(share)
        ax.plot([share], [cost], "o", color=PROBABILITY, markersize=8)
        offset, side = ((80, 17), "right") if share > 0.7 else ((10, 15), "left")
        _note(ax, f"p = {share:g} costs {cost:.3f}", (share, cost), offset, ha=side)
    ax.axhline(0, color=FAINT, linewidth=1)
    ax.set(xlabel="probability of the true class", ylabel="loss in nats", xlim=(-0.02, 1.2))
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    ax.set_yticks(range(6))
    return ax


def misprints(axes, losses):
    """Draw one panel a formula: its loss for each true class; the first formula is the right one.

    ``losses`` maps a title to the losses for the true classes 1..C. The right loss is drawn
    again, as a short line, wherever another formula misses it.
    """
    right = np.round(next(iter(losses.values())), 6)
    places = np.arange(1, len(right) + 1)
    highest = max(map(np.max, losses.values()))
    for ax, (title, values), hatch in zip(axes, losses.items(), ("", "//", "."), strict=True):
        values = np.round(values, 6) + 0.0  # no minus zero
        wrong = ~np.isclose(values, right)
        look = {"color": FAINT if hatch else REST, "hatch": hatch, "edgecolor": REST}
        ax.bar(places, values, width=0.6, linewidth=0.8, **look)
        ax.hlines(right[wrong], places[wrong] - 0.42, places[wrong] + 0.42, color=INK, linewidth=2)
        for place, value in zip(places, values, strict=True):
            _note(ax, f"{value:.4f}", (place, value), (0, 10), ha="center")
        ax.set_xticks(places)
        ax.tick_params(axis="x", length=0)
        ax.set(title=title, yticks=[], ylim=(0, 1.14 * highest))
    axes[-1].set_xlabel("true class")
    _note(axes[1], "line:\nright loss", (places[-1] - 0.5, right[-1]), (0, 0), ha="right")
    return axes


def two_slopes(axes, logits, label, steepest=10.0):
    """Draw the slope of one loss twice at the same scale: in p, and in the true class's logit."""
    z = np.asarray(logits, dtype=float)
    place, p_true = z[label], softmax(z)[label]
    p = np.geomspace(1 / (steepest + 0.4), 1, 200)
    moved = np.linspace(place - 9, place + 9, 181)
    rows = np.tile(z, (len(moved), 1))
    rows[:, label] = moved
    in_z = softmax_cross_entropy_grad(rows, np.full(len(moved), label))[:, label]
    here = softmax_cross_entropy_grad(z, label)[label]
    curves = (
        (p, -1 / p, PROBABILITY, "--", (p_true, -1 / p_true)),
        (moved, in_z, LOGIT, "-", (place, here)),
    )
    for ax, (x, slope, colour, style, point) in zip(axes, curves, strict=True):
        for level in (0, -1):
            ax.axhline(level, color=FAINT, linewidth=1, linestyle=":")
        ax.plot(x.round(6), slope.round(6), color=colour, linestyle=style)
        ax.plot(*([value] for value in point), "o", color=colour, markersize=8)
        _note(ax, f"{point[1]:.2f}".replace("-", MINUS), point, (8, -9))
        ax.set_ylim(-steepest - 0.5, 0.5)
        ax.set_yticks([0, -1, -5, -10], ["0", f"{MINUS}1", f"{MINUS}5", f"{MINUS}10"])
    axes[0].set_title("slope $-1/p_k$", size=FORMULA)
    axes[0].set_xlabel("probability\nof the true class")
    axes[1].set_title("slope $p_k - 1$", size=FORMULA)
    axes[1].set_xlabel("logit\nof the true class")
    axes[0].set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes[0].set_xlim(0, 1.02)
    return axes


def entropy_and_excess(ax, target, shares):
    """Draw cross-entropy as entropy plus KL, one stacked bar for each predicted share of class 1.

    ``target`` has two classes; the prediction is (share, 1 - share).
    """
    y = np.asarray(target, dtype=float)
    floor = entropy(y)
    excess = np.array([kl_divergence(y, [share, 1 - share]) for share in shares])
    excess = excess.round(6) + 0.0  # where p = y, rounding may leave either sign
    places = np.arange(len(excess))
    ax.bar(places, np.full(len(excess), floor), width=0.7, color=TARGET)
    look = {"color": PROBABILITY, "hatch": "//", "edgecolor": "white"}
    ax.bar(places, excess, width=0.7, bottom=floor, linewidth=0, **look)
    for place, more in zip(places, excess, strict=True):
        _note(ax, f"{more:.2f}", (place, floor + more), (0, 10), ha="center")
    middle, top = places.mean(), floor + excess.max()
    _note(ax, "hatched: KL divergence,\nthe number on top", (middle, top), (0, -6), ha="center")
    _note(
        ax, f"below it: entropy\nof the target, {floor:.2f}", (middle, top), (0, -46), ha="center"
    )
    ax.set(xlabel=f"predicted share of class 1 (target: {y[0]:g})", ylabel="loss in nats")
    ax.set_yticks([0, 0.5, 1, 1.5])
    ax.set_xticks(places, [f"{share:g}" for share in shares])
    ax.tick_params(axis="x", length=0)
    return ax


def same_goal_other_slope(axes, target):
    """Draw cross-entropy and squared error: mean loss over a prediction, slope over a gap.

    ``target`` has two classes. In the second, the first of two classes is true.
    """
    y = np.asarray(target, dtype=float)
    share = np.linspace(0.2, 0.95, 151)
    p = np.stack([share, 1 - share], axis=1)
    gap = np.linspace(-20, 8, 141)
    z, label = _with_gap(gap, 2), np.zeros(len(gap), dtype=int)
    squared = softmax_vjp(z, 2 * (softmax(z) - one_hot(label, 2)))
    losses = {
        "cross-entropy": (-np.log(p) @ y, softmax_cross_entropy_grad(z, label), "-"),
        "squared error": (((p - y) ** 2).sum(axis=1) + 1 - y @ y, squared, "--"),
    }
    for loss, slope, style in losses.values():
        look = {"color": LOGIT if style == "-" else PROBABILITY, "linestyle": style}
        axes[0].plot(share.round(6), loss.round(6), **look)
        axes[1].plot(gap, np.log10(np.abs(slope[:, 0])).round(6), **look)
        lowest = loss.min()
        at = share[loss.argmin()]
        axes[0].plot([at], [lowest], "o", color=look["color"], markersize=8)
        _note(axes[0], f"{lowest:.2f}", (at, lowest), (0, 12), ha="center")
    axes[0].axvline(y[0], color=FAINT, linewidth=1, linestyle=":")
    _note(axes[0], "cross-entropy", (share[20], losses["cross-entropy"][0][20]), (8, 6))
    _note(axes[0], "squared error", (share[8], losses["squared error"][0][8]), (-14, -70))
    _note(axes[1], "cross-entropy", (gap[50], 0), (0, -12), ha="center")
    at = 40
    _note(axes[1], "squared error", (gap[at], np.log10(-squared[at, 0])), (12, -8))
    axes[0].set(title="mean loss of the ten labels", xlabel="predicted share of class 1")
    axes[0].set(xticks=[0.3, 0.5, 0.7, 0.9], yticks=[0.5, 1, 1.5], ylim=(0.3, 1.3))
    axes[1].set(title="size of the slope in the true logit")
    axes[1].set(xlabel="gap from the true class to the other")
    axes[1].set_yticks(
        [0, -3, -6, -9], ["$1$", *(f"$10^{{-{n}}}$" for n in (3, 6, 9))], size=FORMULA
    )
    return axes


def smoothing_gap(ax, alpha, num_classes):
    """Draw the loss over the true class's gap to its equal rivals, with and without smoothing."""
    gap = np.linspace(-1, 8, 181)
    z = _with_gap(gap, num_classes)
    hard = np.tile(one_hot(0, num_classes), (len(gap), 1))
    soft = smooth_labels(hard, alpha)
    for y, colour, style, text, up in (
        (hard, REST, "-", "one-hot target", 10),
        (soft, TARGET, "--", f"smoothed, α = {alpha:g}", 16),
    ):
        loss = softmax_cross_entropy(z, y).round(6)
        ax.plot(gap, loss, color=colour, linestyle=style)
        _note(ax, text, (gap[-1], loss[-1]), (0, up), ha="right")
    best = np.log(1 + num_classes * (1 - alpha) / alpha)
    lowest = softmax_cross_entropy(_with_gap(np.array([best]), num_classes), soft[:1])[0]
    ax.axvline(best, color=FAINT, linewidth=1, linestyle=":")
    ax.plot([best], [lowest], "o", color=TARGET, markersize=8)
    _note(ax, f"lowest at gap {best:.2f}:\nloss {lowest:.2f}", (best, lowest), (8, 75))
    ax.set(xlabel="gap from the true class to the others", ylabel="loss in nats")
    ax.set(ylim=(-0.1, 2.1), yticks=[0, 1, 2])
    return ax


def second_softmax(axes, num_classes):
    """Draw loss and slope over the gap for a loss fed with logits, and fed with probabilities."""
    floor = np.log(np.e + num_classes - 1) - 1
    near, far = np.linspace(-4, 8, 121), np.linspace(-20, 8, 141)
    label, labels = np.zeros(len(near), dtype=int), np.zeros(len(far), dtype=int)
    z = _with_gap(near, num_classes)
    loss = softmax_cross_entropy(z, label), softmax_cross_entropy(softmax(z), label)
    z = _with_gap(far, num_classes)
    through = softmax_vjp(z, softmax_cross_entropy_grad(softmax(z), labels))
    slope = softmax_cross_entropy_grad(z, labels)[:, 0], through[:, 0]
    for at, (colour, style) in enumerate(((LOGIT, "-"), (PROBABILITY, "--"))):
        axes[0].plot(near, loss[at].round(6), color=colour, linestyle=style)
        axes[1].plot(far, np.log10(np.abs(slope[at])).round(6), color=colour, linestyle=style)
    axes[0].axhline(floor, color=FAINT, linewidth=1, linestyle=":")
    _note(axes[0], "fed with logits", (near[10], loss[0][10]), (8, 0))
    _note(axes[0], "fed with probabilities", (near[-1], floor), (0, 24), ha="right")
    _note(axes[0], f"floor {floor:.2f}", (near[-1], floor), (0, -9), ha="right")
    _note(axes[1], "fed with logits", (far[50], 0), (0, -12), ha="center")
    _note(axes[1], "fed with\nprobabilities", (far[50], np.log10(-slope[1][50])), (10, -12))
    axes[0].set(title="loss in nats", xticks=[-4, 0, 4, 8], yticks=[0, 2, 4, 6])
    axes[1].set(title="size of the slope in the true logit")
    axes[1].set_yticks(
        [0, -3, -6, -9], ["$1$", *(f"$10^{{-{n}}}$" for n in (3, 6, 9))], size=FORMULA
    )
    axes[1].set_xlabel("gap from the true class to the others")
    return axes


def _with_gap(gap, num_classes):
    """One row of logits a gap: the true class, first, ahead of equal others by that gap."""
    z = np.zeros((len(gap), num_classes))
    z[:, 0] = gap
    return z


def _note(ax, text, place, offset, ha="left"):
    """Write a text at an offset, in points, from a place of the data."""
    style = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    ax.annotate(text, place, xytext=offset, ha=ha, **style)

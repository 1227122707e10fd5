"""The figures of chapter 9: a look-up, the width, a mask, Gumbel's noise, and cut tails."""

import numpy as np
from matplotlib.patches import Rectangle

from softmax_lib import softmax
from softmax_lib.plots.definition import CLASSES, MINUS
from softmax_lib.plots.style import FAINT, LOGIT, PROBABILITY, REST, label_line

TEXT = "#333333"


def lookup(axes, query, keys, values):
    """Draw a query among its keys, with the scores; and the values, with weights and mean."""
    plane, line = axes
    scores = keys @ query
    p = softmax(scores)
    arrow = {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 16}
    for key, score, name in zip(keys, scores, CLASSES, strict=False):
        plane.annotate(
            "", key, (0, 0), arrowprops=arrow | {"arrowstyle": "-|>", "color": REST, "lw": 1.6}
        )
        text = f"{name}: score {score:g}".replace("-", MINUS)
        place = {"xytext": (0, 8 if key[1] > 0 else -12), "textcoords": "offset points"}
        plane.annotate(text, key, color=LOGIT, ha="right" if key[1] > 0 else "center", **place)
    plane.annotate(
        "", query, (0, 0), arrowprops=arrow | {"arrowstyle": "-|>", "color": TEXT, "lw": 3.4}
    )
    plane.annotate("query", query, xytext=(6, 0), textcoords="offset points", weight="bold")
    plane.set(xlim=(-2.1, 3.4), ylim=(-1.6, 1.75), aspect="equal")
    plane.axis("off")
    mean = p @ values
    line.bar(values, p, width=2.4, color=PROBABILITY)
    for value, weight, name in zip(values, p, CLASSES, strict=False):
        line.annotate(
            f"{name} {weight:.3f}",
            (value, weight),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
        )
    line.plot([mean, mean], [0, 0.8], color=TEXT, linestyle="--", linewidth=1.4)
    place = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
    line.annotate(f"answer {mean:.2f}", (mean, 0.65), weight="bold", **place)
    line.set(xlabel="value", xlim=(0, 45), ylim=(0, 1.12), yticks=[])
    line.set_xticks(values, [f"{value:g}" for value in values])
    line.set_title("weights", loc="left")
    return axes


def sharpness(ax, widths, plain, scaled):
    """Draw the mean of the largest weight over the width, with the division and without."""
    for name, weights, style, marker, offset in (
        ("not divided", plain, "-", "o", (0, -14)),
        (r"divided by $\sqrt{D}$", scaled, "--", "s", (0, 12)),
    ):
        weights = np.round(weights, 6)
        ax.plot(widths, weights, color=PROBABILITY, linestyle=style, marker=marker, markersize=5)
        label_line(ax, widths[-2], weights[-2], name, TEXT, xytext=offset, ha="center")
        ax.annotate(
            f"{weights[-1]:.2f}",
            (widths[-1], weights[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
        )
    start = {"xytext": (0, -14), "textcoords": "offset points", "ha": "center", "va": "center"}
    ax.annotate(f"{plain[0]:.2f}", (widths[0], plain[0]), **start)
    ax.set_xscale("log", base=4)
    ax.set(xlabel="width D (logarithmic scale)", ylabel="largest weight", ylim=(0, 1.05))
    ax.set_xlim(widths[0] * 0.6, widths[-1] * 3)
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.set_yticks([0, 0.5, 1])
    ax.minorticks_off()
    return ax


def weights_map(ax, weights, words):
    """Draw attention weights, a row for each word that asks; a weight of 0 is hatched."""
    size = len(words)
    for row, column in np.ndindex(size, size):
        weight = weights[row, column]
        shade = {"facecolor": PROBABILITY, "alpha": round(0.85 * weight, 3)}
        if not weight:
            shade = {"facecolor": "none", "hatch": "///"}
        ax.add_patch(
            Rectangle((column - 0.5, row - 0.5), 1, 1, edgecolor=FAINT, linewidth=0.8, **shade)
        )
        if weight:
            ax.text(column, row, f"{weight:.2f}", ha="center", va="center", color=TEXT)
    ax.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal")
    ax.set_xticks(range(size), words)
    ax.set_yticks(range(size), words)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set(xlabel="is seen", ylabel="asks")
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    return ax


def gumbel_density(x, place):
    """Return the density of Gumbel's distribution around a place."""
    return np.exp(-(x - place) - np.exp(-(x - place)))


def gumbels(ax, logits):
    """Draw where each logit may land once noise is added, and its chance to land furthest."""
    x = np.linspace(-6, 9, 301)
    # Line style, and on which side of its peak a name stands.
    looks = (("-", "left", -8), ("--", "right", 8), ("-.", "center", -14))
    for logit, share, (style, side, offset), name in zip(
        logits, softmax(logits), looks, CLASSES, strict=False
    ):
        density = gumbel_density(x, logit).round(6)
        ax.plot(x, density, color=LOGIT, linestyle=style)
        ax.annotate(
            f"{name}\nwins {share:.3f}",
            (logit, gumbel_density(0, 0)),
            xytext=(offset, 5),
            textcoords="offset points",
            ha=side,
            va="bottom",
        )
    ax.set(xlabel="logit + noise", yticks=[], ylim=(0, 0.49), xlim=(-6, 9))
    ax.set_xticks(logits, [f"{logit:g}".replace("-", MINUS) for logit in logits])
    return ax


def cuts(axes, distributions, k, mass):
    """Draw distributions in order of size, what top-k keeps, and what top-p keeps."""
    for ax, (title, p) in zip(axes, distributions.items(), strict=True):
        p = np.sort(p)[::-1]
        nucleus = 1 + int(np.searchsorted(np.cumsum(p), mass))
        places = np.arange(len(p))
        ax.bar(places, p, color=PROBABILITY, width=0.66)
        for place, share in zip(places, p, strict=True):
            ax.annotate(
                f"{share:.2f}",
                (place, share),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
            )
        top = 1.45 * float(p.max())
        for count, text, style, height in (
            (k, f"top-{k}", "--", 1.0),
            (nucleus, "top-p", "-", 0.84),
        ):
            ax.axvline(count - 0.5, color=TEXT, linestyle=style, linewidth=1.3)
            place = {"xytext": (4, 0), "textcoords": "offset points", "va": "top"}
            ax.annotate(text, (count - 0.5, height * top), **place)
        ax.set(xticks=[], yticks=[], ylim=(0, top), xlim=(-0.6, len(p) - 0.1))
        kept = f"top-{k} keeps {p[:k].sum():.2f}, top-p {p[:nucleus].sum():.2f}"
        ax.set_title(f"{title}: {kept}", loc="left")
    return axes

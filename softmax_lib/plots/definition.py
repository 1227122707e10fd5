"""The figures of chapter 1: hard and soft, the layer, the exponential, the simplex."""

import itertools

import numpy as np

from softmax_lib import hardmax, softmax
from softmax_lib.plots.style import FAINT, FORMULA, LOGIT, PROBABILITY, REST, label_line

MINUS = "\N{MINUS SIGN}"
CLASSES = ("cat", "dog", "bird")


def bars(ax, values, title, colour, digits=2):
    """Draw one bar a class, with its value written above (or below) it."""
    values = np.asarray(values, dtype=float)
    places = np.arange(len(values))
    ax.bar(places, values, color=colour, width=0.62)
    for place, value in zip(places, values, strict=True):
        text = f"{value:.{digits}f}".replace("-", MINUS)
        ax.annotate(
            text,
            (place, value),
            xytext=(0, 4 if value >= 0 else -4),
            ha="center",
            va="bottom" if value >= 0 else "top",
            textcoords="offset points",
        )
    ax.axhline(0, color=REST, linewidth=0.8)
    ax.set_xticks(places, CLASSES[: len(values)])
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.set_yticks([])
    ax.margins(y=0.18)
    ax.set_title(title, loc="left")
    return ax


def hard_and_soft(axes, logits):
    """Draw the logits, the hard choice and the soft one, side by side."""
    bars(axes[0], logits, "logits", LOGIT, digits=0)
    bars(axes[1], hardmax(logits), "hardmax", FAINT, digits=0)
    bars(axes[2], softmax(logits), "softmax", PROBABILITY, digits=3)
    for ax in axes[1:]:
        ax.set_ylim(0, 1.18)
    return axes


def output_layer(ax, logits):
    """Draw the output layer: each logit, its exponential, and its share of their sum."""
    z = np.asarray(logits, dtype=float)
    exponentials, p = np.exp(z), softmax(z)
    rows = np.arange(len(z))[::-1]
    columns = (
        (0.0, LOGIT, "logit", [f"{value:g}" for value in z]),
        (1.0, REST, "exponential", [f"{value:.3f}" for value in exponentials]),
        (2.25, PROBABILITY, "probability", [f"{value:.3f}" for value in p]),
    )
    middle = rows.mean()
    for row in rows:
        _arrow(ax, (0.2, row), (0.67, row), r"$e^{z}$")
        _arrow(ax, (1.33, row), (1.94, row), rf"$\div\,{exponentials.sum():.3f}$")
    for x, colour, title, texts in columns:
        ax.text(x, rows.max() + 0.62, title, ha="center", weight="bold")
        for row, text in zip(rows, texts, strict=True):
            ax.text(
                x,
                row,
                text.replace("-", MINUS),
                ha="center",
                va="center",
                bbox={"boxstyle": "round,pad=0.5", "fc": "none", "ec": colour, "lw": 1.8},
            )
    for row, name in zip(rows, CLASSES, strict=False):
        ax.text(-0.25, row, name, ha="right", va="center")
    ax.text(1.0, -0.78, f"sum {exponentials.sum():.3f}", ha="center", color=REST)
    ax.text(2.25, -0.78, f"sum {p.sum():.0f}", ha="center", color=REST)
    ax.set(xlim=(-0.6, 2.65), ylim=(-1.0, 2 * middle + 0.95))
    ax.axis("off")
    return ax


def _arrow(ax, start, end, text):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": REST, "lw": 1.2})
    ax.text((start[0] + end[0]) / 2, start[1] + 0.1, text, ha="center", color=REST, size=FORMULA)


def equal_steps(ax, start=-1.0, step=1.0, count=4):
    """Draw e^x over equal steps of x: each step multiplies the height by the same factor."""
    x = np.linspace(start - 0.3, start + step * (count - 1) + 0.15, 200)
    ax.plot(x, np.exp(x).round(6), color=REST)
    marks = start + step * np.arange(count)
    for left, right in itertools.pairwise(marks):
        low, high = np.exp(left), np.exp(right)
        ax.plot([left, right, right], [low, low, high], color=FAINT, linewidth=1.2)
        ax.annotate(
            rf"$\times\,{np.exp(step):.2f}$",
            (right, (low + high) / 2),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=REST,
        )
    ax.plot(marks, np.exp(marks), "o", color=LOGIT)
    for mark in marks:
        ax.annotate(
            f"{np.exp(mark):.2f}",
            (mark, np.exp(mark)),
            xytext=(-8, 6),
            ha="right",
            textcoords="offset points",
        )
    ax.set_ylabel("$e^z$", size=FORMULA)
    ax.set(xlabel="logit z", xlim=(x[0] - 0.2, x[-1] + 0.55))
    ax.set_xticks(marks)
    return ax


def two_classes(ax, widest=6.0):
    """Draw p_1 of two classes over the gap z_1 - z_2: the logistic sigmoid."""
    gap = np.linspace(-widest, widest, 241)
    p = softmax(np.stack([gap, np.zeros_like(gap)], axis=-1))[:, 0]
    ax.axhline(0.5, color=FAINT, linewidth=1, linestyle=":")
    ax.axvline(0, color=FAINT, linewidth=1, linestyle=":")
    ax.plot(gap, p.round(6), color=PROBABILITY)
    ax.plot([0], [0.5], "o", color=PROBABILITY)
    ax.annotate(
        "equal logits:\none half each",
        (0, 0.5),
        xytext=(12, -10),
        va="top",
        textcoords="offset points",
    )
    ax.set_xlabel("$z_1 - z_2$", size=FORMULA)
    ax.set_ylabel("$p_1$", size=FORMULA)
    ax.set(ylim=(-0.03, 1.03), yticks=[0, 0.5, 1])
    return ax


def bells(axes, first, second, names):
    """Draw two bells of one width over a feature, the gap of the logits, and the probability.

    The bells have the means of the two samples and the standard deviation inside them.
    """
    places = np.array([np.mean(first), np.mean(second)])
    off = np.concatenate([first - places[0], second - places[1]])
    width = np.sqrt(np.mean(off**2))
    middle, reach = places.mean(), 2.6 * width
    x = np.linspace(places.min() - reach, places.max() + reach, 241)
    heights = np.exp(-((x[:, None] - places) ** 2) / (2 * width**2)) / (width * np.sqrt(2 * np.pi))
    logits = np.log(heights)

    for i, style in enumerate(("--", "-")):
        axes[0].plot(x, heights[:, i].round(6), color=REST, linestyle=style)
        sample = (first, second)[i]
        marks = np.full(len(sample), -0.06 - 0.09 * i)
        axes[0].plot(sample, marks, "|", color=REST, markersize=5, markeredgewidth=0.8)
        axes[0].annotate(
            names[i],
            (places[i], heights[:, i].max()),
            xytext=(0, 5),
            ha="center",
            textcoords="offset points",
        )
    axes[0].set(title="how common each length is", ylim=(-0.2, 1.3 * heights.max()), yticks=[])

    axes[1].axhline(0, color=FAINT, linewidth=1)
    axes[1].plot(x, (logits[:, 1] - logits[:, 0]).round(6), color=LOGIT)
    axes[1].set_title("gap of the logits: a straight line")

    p = softmax(logits)[:, 1]
    axes[2].plot(x, p.round(6), color=PROBABILITY)
    axes[2].set(title=f"probability of {names[1]}", ylim=(-0.06, 1.06), yticks=[0, 0.5, 1])
    for ax in axes:
        ax.axvline(middle, color=FAINT, linewidth=1, linestyle=":")
    return axes


def temperature_curves(ax, logits, coldest=0.1, hottest=100.0):
    """Draw each probability over the temperature, from nearly hard to nearly uniform."""
    z = np.asarray(logits, dtype=float)
    temperatures = np.geomspace(coldest, hottest, 121)
    p = np.array([softmax(z, temperature=t) for t in temperatures]).round(6)
    ax.axhline(1 / len(z), color=FAINT, linewidth=1, linestyle=":")
    ax.axvline(1, color=FAINT, linewidth=1, linestyle=":")
    for i, style in enumerate(("-", "--", "-.")[: len(z)]):
        ax.plot(temperatures, p[:, i], color=PROBABILITY, linestyle=style)
        label_line(
            ax,
            2,
            softmax(z, temperature=2)[i],
            f"z = {z[i]:g}".replace("-", MINUS),
            LOGIT,
            xytext=((4, 10), (-4, 10), (4, -12))[i],
            ha=("left", "right", "left")[i],
        )
    ax.annotate("T = 1", (1, 1.02), ha="center", color=REST, annotation_clip=False)
    ax.annotate(
        f"1/{len(z)}",
        (hottest, 1 / len(z)),
        xytext=(6, 0),
        color=REST,
        textcoords="offset points",
        va="center",
    )
    ax.set(xscale="log", xlabel="temperature T (logarithmic scale)", ylabel="probability")
    ax.set(ylim=(-0.09, 1.08), yticks=[0, 0.5, 1])
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    return ax


def simplex(ax, logits):
    """Draw all distributions over three classes as a triangle, and softmax's path through it."""
    z = np.asarray(logits, dtype=float)
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    outline = np.vstack([corners, corners[:1]])
    ax.plot(outline[:, 0], outline[:, 1], color=REST, linewidth=1.2)
    for corner, name, place in zip(corners, CLASSES, ((-10, -6), (10, -6), (0, 8)), strict=True):
        ax.annotate(
            f"{name} = 1",
            corner,
            xytext=place,
            textcoords="offset points",
            ha={-10: "right", 10: "left", 0: "center"}[place[0]],
        )
    path = softmax(z / np.geomspace(0.12, 400, 120)[:, None]) @ corners
    ax.plot(path[:, 0].round(6), path[:, 1].round(6), color=PROBABILITY)
    for temperature, place in ((1, (2, -17)), (3, (9, -4)), (10, (9, -5))):
        point = softmax(z, temperature=temperature) @ corners
        ax.plot(*point, "o", color=PROBABILITY)
        ax.annotate(f"T = {temperature}", point, xytext=place, textcoords="offset points")
    centre = corners.mean(axis=0)
    ax.plot(*centre, "s", color=REST)
    ax.annotate(
        "T to infinity:\nuniform",
        centre,
        xytext=(0, 9),
        textcoords="offset points",
        ha="center",
        linespacing=1.25,
    )
    ax.set_aspect("equal")
    ax.set(xlim=(-0.38, 1.38), ylim=(-0.12, 1.0))
    ax.axis("off")
    return ax

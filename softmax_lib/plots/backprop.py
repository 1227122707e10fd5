"""The figures of chapter 5: forces, the way of a batch and back, and training on digits."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from softmax_lib import (
    linear_backward,
    one_hot,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
)
from softmax_lib.plots.definition import CLASSES, MINUS
from softmax_lib.plots.style import (
    FAINT,
    FORMULA,
    LOGIT,
    PROBABILITY,
    PULL,
    PUSH,
    REST,
    TARGET,
    label_line,
)

TEXT = "#333333"
DOWN_TO_UP = LinearSegmentedColormap.from_list("down_to_up", (PUSH, "white", PULL))


def forces(axes, logits, label):
    """Draw minus the gradient as arrows: its two terms side by side, and their sum."""
    push, pull = -softmax(logits), one_hot(label, len(logits))
    net = push + pull
    for place, amount in enumerate(push):
        _force(axes[0], place - 0.13, amount, PUSH)
    _force(axes[0], label + 0.13, pull[label], PULL, digits=0)
    for place, amount in enumerate(net):
        _force(axes[1], place, amount, PULL if amount > 0 else PUSH)
    titles = ("push all, pull one", f"net: the sum is {abs(net.sum()):.0f}")
    for ax, title in zip(axes, titles, strict=True):
        ax.axhline(0, color=REST, linewidth=0.8)
        ax.set(ylim=(-1.25, 1.25), xlim=(-0.6, len(push) - 0.4), yticks=[])
        ax.set_title(title, loc="left")
        ax.set_xticks(range(len(push)), CLASSES[: len(push)])
        ax.tick_params(axis="x", length=0)
        ax.spines["bottom"].set_visible(False)
    return axes


def _force(ax, x, amount, colour, digits=3):
    if abs(amount) < 0.01:  # too short for a shaft
        ax.plot([x], [amount], "v" if amount < 0 else "^", color=colour, markersize=5)
    else:
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 3, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (x, amount), (x, 0), arrowprops=arrow)
    sign, side, va = ("+", 5, "bottom") if amount > 0 else (MINUS, -5, "top")
    text, above = f"{sign}{abs(amount):.{digits}f}", {"textcoords": "offset points", "va": va}
    ax.annotate(text, (x, amount), xytext=(0, side), ha="center", **above)


def settling(axes, logits, targets, steps=60, learning_rate=2.0):
    """Draw the probabilities while gradient descent moves the logits, once for each target."""
    # Line style, and where the name stands: at which step, how many points away.
    looks = (("-", 3, (14, 8)), ("--", steps // 3, (0, -12)), ("-.", steps // 3, (0, -10)))
    for ax, target in zip(axes, targets, strict=True):
        z, path = np.array(logits, dtype=float), []
        for _ in range(steps):
            path.append(softmax(z))
            z = z - learning_rate * softmax_cross_entropy_grad(z, target)
        path = np.array([*path, softmax(z)]).round(6)
        for i, (style, step, offset) in enumerate(looks[: len(z)]):
            ax.axhline(target[i], color=TARGET, linewidth=1, linestyle=":")
            ax.plot(path[:, i], color=PROBABILITY, linestyle=style)
            label_line(ax, step, path[step, i], CLASSES[i], TEXT, xytext=offset, ha="center")
        ax.set(xlabel="step", ylim=(-0.12, 1.06), yticks=[0, 0.5, 1])
        ax.set_title("target " + ", ".join(f"{share:g}" for share in target), loc="left")
    axes[0].set_ylabel("probability")
    return axes


def step_sizes(ax, logits, target, rates, steps=20):
    """Draw the loss over the steps of gradient descent on logits, a line for each rate."""
    # Line style, marker, and where its name stands beside an early step.
    looks = (("-", "s", (0, -11)), ("--", "o", (0, 12)), (":", "^", (10, -10)))
    for rate, (style, marker, offset) in zip(rates, looks, strict=False):
        z, losses = np.array(logits, dtype=float), []
        for _ in range(steps + 1):
            losses.append(softmax_cross_entropy(z, target))
            z = z - rate * softmax_cross_entropy_grad(z, target)
        losses = np.round(losses, 6)
        ax.plot(losses, color=REST, linestyle=style, marker=marker, markersize=4)
        label_line(ax, steps // 4, losses[steps // 4], f"rate {rate:g}", TEXT, xytext=offset)
    low, high = ax.get_ylim()
    ax.set(xlabel="step", ylabel="loss", ylim=(1.2 * low - 0.2 * high, high))
    ax.set_xticks(range(0, steps + 1, 5))
    return ax


def draw_shapes(ax, letter, arrays, arrows):
    """Draw arrays as boxes with their shapes, and arrows with words between them.

    An array has a name, its place, its values and a colour; an arrow has its start, its end, words,
    how far these are from its middle, and their side.
    """
    for name, x, y, values, colour in arrays:
        sizes = [letter[size] for size in np.shape(values)]
        text = f"${name}$\n$({', '.join(sizes)}{'{,}' * (len(sizes) == 1)})$"
        box = {"boxstyle": "round,pad=0.35", "fc": "none", "ec": colour, "lw": 1.8}
        box["ls"] = "--" if colour == PUSH else "-"
        ax.text(x, y, text, ha="center", va="center", size=13, linespacing=1.25, bbox=box)
    for start, end, text, dx, dy, side in arrows:
        ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": REST, "lw": 1.2})
        x, y = (start[0] + end[0]) / 2 + dx, (start[1] + end[1]) / 2 + dy
        ax.text(x, y, text, ha=side, va="center", size=FORMULA if "$" in text else None)


def shapes(ax, X, W, b, labels):
    """Draw a batch on its way to the mean loss and back, with the shape of every array.

    The shapes are read off the arrays as they are computed. N, D and C must differ.
    """
    Z, Y = X @ W + b, one_hot(labels, len(b))
    L, G = softmax_cross_entropy(Z, labels), softmax_cross_entropy_grad(Z, labels) / len(X)
    grad_X, grad_W, grad_b = linear_backward(X, W, G)
    letter = {len(X): "N", len(W): "D", len(b): "C"}
    arrays = (
        ("W", 0, 3.5, W, REST),
        ("b", 0, 2.5, b, REST),
        ("Y", 0, 1, Y, TARGET),
        ("X", 1.1, 4, X, REST),
        ("Z", 1.1, 3, Z, LOGIT),
        ("P", 1.1, 2, softmax(Z), PROBABILITY),
        ("L", 1.1, 1, L, REST),
        (r"\bar{L}", 1.1, 0, L.mean(), REST),
        ("1", 2.7, 0, L.mean(), PUSH),
        ("1/N", 2.7, 1, L, PUSH),
        ("(P-Y)/N", 2.7, 3, G, PUSH),
        (r"\partial\bar{L}/\partial X", 2.7, 4, grad_X, PUSH),
        (r"\partial\bar{L}/\partial W", 4, 3.5, grad_W, PUSH),
        (r"\partial\bar{L}/\partial b", 4, 2.5, grad_b, PUSH),
    )
    arrows = (
        ((1.1, 3.7), (1.1, 3.3), "$XW + b$", 0.08, 0, "left"),
        ((0.3, 3.4), (0.8, 3.15), "", 0, 0, "left"),
        ((0.3, 2.6), (0.8, 2.85), "", 0, 0, "left"),
        ((1.1, 2.7), (1.1, 2.3), "softmax", 0.08, 0, "left"),
        ((1.1, 1.7), (1.1, 1.3), r"$-\log p_k$", 0.08, 0, "left"),
        ((0.3, 1), (0.85, 1), "", 0, 0, "left"),
        ((1.1, 0.7), (1.1, 0.3), "mean", 0.08, 0, "left"),
        ((2.7, 0.3), (2.7, 0.7), r"$\div\,N$", 0.08, 0, "left"),
        ((2.7, 1.3), (2.7, 2.7), "$p - y$", 0.08, 0, "left"),
        ((2.7, 3.3), (2.7, 3.7), r"$\cdot\,W^{\top}$", -0.08, 0, "right"),
        ((3.2, 3.15), (3.5, 3.3), r"$X^{\top}\cdot$", 0, 0.25, "center"),
        ((3.2, 2.85), (3.5, 2.7), "sum of\nthe rows", -0.1, -0.45, "center"),
    )
    draw_shapes(ax, letter, arrays, arrows)
    ax.set(xlim=(-0.4, 4.5), ylim=(-0.4, 4.4))
    ax.axis("off")
    return ax


def loss_curve(ax, steps, train, test):
    """Draw the mean loss on both parts of the data over the steps, which start at 1."""
    for name, losses, style, va in (("train", train, "-", "top"), ("test", test, "--", "bottom")):
        losses = np.round(losses, 6)
        ax.plot(steps, losses, color=REST, linestyle=style, marker="o", markersize=4)
        label_line(ax, steps[-1], losses[-1], f"{name} {losses[-1]:.2f}", TEXT, va=va)
    ax.set(xscale="log", xlabel="step (logarithmic scale)", ylabel="mean loss", ylim=(0, None))
    ax.set_xlim(steps[0] * 0.8, steps[-1] * 9)
    ax.set_xticks([1, 10, 100], ["1", "10", "100"])
    ax.minorticks_off()
    return ax


def confusion(ax, labels, predicted, num_classes=10):
    """Draw how often each class (row) was given each answer (column); mistakes stand out."""
    counts = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(counts, (labels, predicted), 1)
    worst = max(1, (counts - np.diag(np.diag(counts))).max())
    for row, column in np.argwhere(counts):
        count, colour, weight = counts[row, column], REST, "normal"
        if row != column:
            shade = str(round(1 - 0.75 * count / worst, 3))
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=shade))
            colour, weight = "white" if count > worst / 2 else TEXT, "bold"
        place = {"ha": "center", "va": "center"}
        ax.text(column, row, str(count), color=colour, weight=weight, **place)
    edges = np.arange(num_classes + 1) - 0.5
    ax.hlines(edges, edges[0], edges[-1], color=FAINT, linewidth=0.5)
    ax.vlines(edges, edges[0], edges[-1], color=FAINT, linewidth=0.5)
    ax.set(xlabel="predicted", ylabel="true", aspect="equal", ylim=(edges[-1], edges[0]))
    ax.set(xlim=(edges[0], edges[-1]), xticks=range(num_classes), yticks=range(num_classes))
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)
    return ax


def mistakes(axes, images, labels, probabilities):
    """Draw images, ink from 0 to 1, with the probabilities of the true class and the answer."""
    first = _first(axes, len(images))
    for ax, image, label, p in zip(first, images, labels, probabilities, strict=True):
        title = f"true {label}: {p[label]:.2f}\nsaid {p.argmax()}: {p.max():.2f}"
        _picture(ax, image, title, "Greys", 0)
    return axes


def first_step(axes, steps, classes):
    """Draw a step of the weights (D, C) as square pictures: up is blue (+), down vermilion (-)."""
    side = int(np.sqrt(len(steps)))
    pictures = (steps / np.abs(steps).max()).round(6)
    for ax, digit in zip(_first(axes, len(classes)), classes, strict=True):
        picture = pictures[:, digit].reshape(side, side)
        _picture(ax, picture, str(digit), DOWN_TO_UP, -1)
        for marker, strong in (("+", picture > 0.25), ("_", picture < -0.25)):
            row, column = np.nonzero(strong)
            ax.plot(column + 0.5, row + 0.5, marker, color=TEXT, markersize=5, markeredgewidth=0.8)
    return axes


def _first(axes, count):
    """Return the first Axes, row by row, and leave the places of the others empty."""
    axes = np.ravel(axes)
    for ax in axes[count:]:
        ax.remove()
    return axes[:count]


def _picture(ax, pixels, title, colours, least):
    # Squares as vectors, each edged in its own colour: no raster in the SVG, and no seams.
    squares = {"vmin": least, "vmax": 1, "edgecolors": "face", "linewidth": 0.3}
    ax.pcolormesh(pixels, cmap=colours, **squares)
    ax.set(aspect="equal", xticks=[], yticks=[], ylim=(len(pixels), 0))
    ax.set_title(title, loc="center")
    ax.spines["bottom"].set_visible(False)

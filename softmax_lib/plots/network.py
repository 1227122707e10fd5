"""The figures of the network: what it can separate, its shapes, its start, and the kink."""

import numpy as np

from softmax_lib import hidden_layer, linear_backward, relu, softmax_cross_entropy_grad
from softmax_lib.plots.backprop import draw_shapes
from softmax_lib.plots.style import FAINT, LOGIT, PROBABILITY, PUSH, REST, label_line

TEXT = "#333333"


def regions(axes, points, labels, models, titles):
    """Draw points of two classes, and where each model gives both the probability 1/2."""
    reach = float(np.ceil(np.abs(points).max() * 10) / 10 + 0.2)
    grid = np.linspace(-reach, reach, 61)
    across, up = np.meshgrid(grid, grid)
    places = np.column_stack([across.ravel(), up.ravel()])
    for ax, model, title in zip(axes, models, titles, strict=True):
        p = model.predict_proba(places)[:, 1].reshape(across.shape).round(6)
        ax.contour(across, up, p, [0.5], colors=PROBABILITY, linewidths=2.2)
        for label, marker, filled in ((0, "o", True), (1, "^", False)):
            of_class = points[labels == label].round(6)
            face = REST if filled else "none"
            ax.plot(*of_class.T, marker, color=REST, markerfacecolor=face, markersize=4.5)
        right = f"{model.score(points, labels):.2f}"
        ax.set_title(f"{title}\n{right} are right", loc="left")
        ax.set(aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[])
        ax.spines["bottom"].set_visible(False)
    return axes


def shapes(ax, X, U, u, W, b, labels):
    """Draw a batch on its way through the network and back, with the shape of every array.

    The shapes are read off the arrays as they are computed. N, D, M and C must differ.
    """
    A, H = X @ U + u, hidden_layer(X, U, u)
    Z = H @ W + b
    G = softmax_cross_entropy_grad(Z, labels) / len(X)
    grad_H, grad_W, grad_b = linear_backward(H, W, G)
    grad_A = grad_H * (A > 0)
    _, grad_U, grad_u = linear_backward(X, U, grad_A)
    letter = {len(X): "N", len(U): "D", len(u): "M", len(b): "C"}
    arrays = (
        ("U", 0, 4.85, U, REST),
        ("u", 0, 3.95, u, REST),
        ("W", 0, 2.05, W, REST),
        ("b", 0, 1.15, b, REST),
        ("X", 1.2, 5.4, X, REST),
        ("A", 1.2, 4.05, A, REST),
        ("H", 1.2, 2.7, H, REST),
        ("Z", 1.2, 1.35, Z, LOGIT),
        (r"\bar{L}", 1.2, 0, np.array(0.0), REST),
        ("(P-Y)/N", 2.75, 1.35, G, PUSH),
        (r"\partial\bar{L}/\partial H", 2.75, 2.7, grad_H, PUSH),
        (r"\partial\bar{L}/\partial A", 2.75, 4.05, grad_A, PUSH),
        (r"\partial\bar{L}/\partial b", 4.3, 0.4, grad_b, PUSH),
        (r"\partial\bar{L}/\partial W", 4.3, 1.75, grad_W, PUSH),
        (r"\partial\bar{L}/\partial u", 4.3, 3.1, grad_u, PUSH),
        (r"\partial\bar{L}/\partial U", 4.3, 4.45, grad_U, PUSH),
    )
    arrows = (
        ((1.2, 5.08), (1.2, 4.38), "$XU + u$", 0.08, 0, "left"),
        ((0.32, 4.75), (0.82, 4.3), "", 0, 0, "left"),
        ((0.32, 3.98), (0.82, 4.04), "", 0, 0, "left"),
        ((1.2, 3.72), (1.2, 3.03), "ReLU", 0.08, 0, "left"),
        ((1.2, 2.37), (1.2, 1.68), "$HW + b$", 0.08, 0.13, "left"),
        ((0.32, 1.98), (0.82, 1.6), "", 0, 0, "left"),
        ((0.32, 1.18), (0.82, 1.3), "", 0, 0, "left"),
        ((1.2, 1.02), (1.2, 0.33), "loss,\nmean", 0.08, 0, "left"),
        ((1.6, 0.1), (2.45, 1), "$p-y$", 0.1, -0.22, "left"),
        ((2.75, 1.68), (2.75, 2.37), r"$\cdot\,W^{\top}$", -0.08, -0.16, "right"),
        ((2.75, 3.03), (2.75, 3.72), "where\nopen", -0.08, 0, "right"),
        ((3.3, 1.42), (3.72, 1.62), r"$H^{\top}\cdot$", -0.12, 0.33, "center"),
        ((3.3, 1.15), (3.72, 0.62), "sum", -0.17, -0.18, "center"),
        ((3.32, 4.15), (3.72, 4.35), r"$X^{\top}\cdot$", -0.12, 0.33, "center"),
        ((3.32, 3.85), (3.72, 3.35), "sum", -0.17, -0.18, "center"),
    )
    draw_shapes(ax, letter, arrays, arrows)
    ax.set(xlim=(-0.4, 4.95), ylim=(-0.4, 5.8))
    ax.axis("off")
    return ax


def through_layers(ax, factors, *, width=100, layers=10, seed=1):
    """Draw the size of the numbers behind each of several ReLU layers, a line for each start.

    The weights are normal random numbers with the variance factor / width; the size is the root
    of the mean square, over 200 examples.
    """
    looks = (("-.", "v", -12), ("-", "o", 10), ("--", "^", 10))
    for factor, (style, marker, lift) in zip(factors, looks, strict=True):
        rng = np.random.default_rng(seed)
        H = rng.normal(size=(200, width))
        sizes = [np.sqrt(np.mean(H**2))]
        for _ in range(layers):
            H = relu(H @ (np.sqrt(factor / width) * rng.normal(size=(width, width))))
            sizes.append(np.sqrt(np.mean(H**2)))
        sizes = np.round(sizes, 6)
        ax.plot(sizes, color=REST, linestyle=style, marker=marker, markersize=5)
        name = {"xytext": (0, lift), "ha": "right"}
        label_line(ax, layers, sizes[-1], f"variance {factor}/{width}", TEXT, **name)
    ax.axhline(1, color=FAINT, linewidth=1, zorder=0)
    ax.set(yscale="log", xlabel="layer", ylabel="size of the numbers", ylim=(0.012, 90))
    ax.set_yticks([0.1, 1, 10], ["0.1", "1", "10"])
    ax.minorticks_off()
    ax.set_xticks(range(0, layers + 1, 2))
    return ax


def kink(ax, h):
    """Draw the slope of ReLU around 0, true and by the central difference with the step h."""
    a = np.array([-2.0, -1.0, 1.0, 2.0])
    by_numbers = ((relu(a + 1) - relu(a - 1)) / 2).round(6)
    ax.plot([-2, 0], [0, 0], color=REST)
    ax.plot([0, 2], [1, 1], color=REST)
    ax.plot([0, 0], [0, 1], "o", color=REST, markersize=5)
    ax.lines[-1].set_markerfacecolor("white")
    ax.plot(a, by_numbers, color=PUSH, linestyle="--")
    label_line(ax, 0, 1, "true slope", TEXT, xytext=(-4, 12), ha="right")
    label_line(ax, 0.25, 0.5, "central difference", TEXT, xytext=(16, -6))
    ax.plot([0], [0.5], "s", color=PUSH, markersize=6)
    label_line(ax, 0, 0.5, "at 0: 1/2", TEXT, xytext=(-8, 6), ha="right")
    ax.set(xlabel=f"$a$, in steps of $h$ = {h}", ylabel="slope", ylim=(-0.12, 1.3))
    ax.set_xticks([-2, -1, 0, 1, 2], [r"$-2h$", r"$-h$", "0", "$h$", "$2h$"])
    ax.set_yticks([0, 0.5, 1], ["0", "1/2", "1"])
    return ax

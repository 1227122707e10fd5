"""The figures of the chapter on practice: questions, a moved decision, focus, bits of a text."""

import numpy as np

from softmax_lib import sigmoid, softmax
from softmax_lib.plots.style import LOGIT, PROBABILITY, REST, TARGET


def shares_and_answers(axes, photographs):
    """Draw, a panel a photograph, what softmax and what separate sigmoids make of its logits.

    ``photographs`` maps a title to the logits of cat, dog and bird.
    """
    for ax, (title, logits) in zip(axes, photographs.items(), strict=True):
        looks = (
            (softmax(logits), -0.2, {"color": "white", "edgecolor": PROBABILITY, "hatch": "//"}),
            (sigmoid(logits), 0.2, {"color": PROBABILITY, "edgecolor": PROBABILITY}),
        )
        for shares, beside, look in looks:
            places = np.arange(len(shares)) + beside
            ax.bar(places, np.round(shares, 6), width=0.36, linewidth=1, **look)
            for place, share in zip(places, shares, strict=True):
                _note(ax, f"{share:.2f}", (place, share), (0, 9), ha="center")
        ax.set(ylim=(0, 1.25), yticks=[], xlim=(-0.6, 2.6))
        ax.set_title(title, pad=12)
        ax.set_xticks(range(3), ("cat", "dog", "bird"))
        ax.tick_params(axis="x", length=0)
    _note(axes[-1], "hatched: softmax\nfilled: a sigmoid each", (2.6, 0.95), (0, 0), ha="right")
    return axes


def moved_decisions(ax, truth, plain, points):
    """Draw recall over false alarms of a model whose gap is shifted, and points of other models.

    ``plain`` and the values of ``points`` are logits of no and yes, one example a row; ``truth``
    says 1 for yes.
    """
    gap = plain[:, 1] - plain[:, 0]
    line = [_rates(truth, gap + shift) for shift in np.linspace(-3, 6, 91)]
    ax.plot(*np.round(np.transpose(line), 6), color=REST, linewidth=1.6)
    for (name, logits), (marker, glyph), offset in zip(
        points.items(), ("o●", "s■", "D◆"), ((12, -8), (30, -14), (26, -32)), strict=True
    ):
        alarm, recall = _rates(truth, logits[:, 1] - logits[:, 0])
        ax.plot([alarm], [recall], marker, color=LOGIT, markersize=8)
        _note(ax, f"{glyph} {name}: {recall:.0f} and {alarm:.0f} %", (alarm, recall), offset)
    ax.set(xlabel="false alarms, % of the others", ylabel="found, % of the eights")
    ax.set(xlim=(-0.5, 25), ylim=(45, 103), yticks=[50, 75, 100])
    return ax


def _rates(truth, gap):
    """Return how many of the others, and of the yeses, are called a yes, in percent."""
    called = gap > 0
    return 100 * called[truth == 0].mean(), 100 * called[truth == 1].mean()


def focus(axes, gamma):
    """Draw the focal loss over p of the true class, and the factor on its slope in the logits."""
    p = np.linspace(0.01, 0.999, 200)
    losses = -np.log(p), -((1 - p) ** gamma) * np.log(p)
    factor = (1 - p) ** (gamma - 1) * (1 - p - gamma * p * np.log(p))
    for y, style, colour in zip(losses, "-:", (REST, LOGIT), strict=True):
        axes[0].plot(p.round(6), y.round(6), color=colour, linestyle=style)
    _note(axes[0], "cross-entropy", (0.25, -np.log(0.25)), (8, 8))
    _note(axes[0], f"focal, γ = {gamma:g}", (0.01, 0.35), (8, -2))
    axes[1].axhline(1, color=REST)
    axes[1].plot(p.round(6), factor.round(6), color=LOGIT, linestyle=":")
    top = factor.argmax()
    marks = (p[top], factor[top]), (0.9, np.interp(0.9, p, factor))
    for at, value in marks:
        axes[1].plot([at], [value], "o", color=LOGIT, markersize=8)
        _note(axes[1], f"{value:.2f}", (at, value), (4, 13))
    axes[0].set(title="loss in nats", yticks=[0, 2, 4])
    axes[1].set(title="factor on the slope p − y", yticks=[0, 0.5, 1], ylim=(-0.05, 1.55))
    axes[1].set_xlabel("probability of the true class")
    return axes


def bits_of_text(ax, steps, learned, held_out, floor, alone):
    """Draw the bits a letter over the steps of training, and two levels that do not move."""
    for bits, style, colour, text, offset in (
        (held_out, "--", PROBABILITY, "new text", (-4, 14)),
        (learned, "-", LOGIT, "text it learns", (-8, -12)),
    ):
        ax.plot(steps, np.round(bits, 4), color=colour, linestyle=style)
        at = len(steps) - 1 if style == "--" else len(steps) // 3
        _note(ax, text, (steps[at], bits[at]), offset, ha="right")
    low = int(np.argmin(held_out))
    ax.plot([steps[low]], [np.round(held_out[low], 4)], "o", color=PROBABILITY, markersize=8)
    _note(ax, f"{held_out[low]:.2f}", (steps[low], held_out[low]), (0, 13), ha="center")
    for level, text, up in ((alone, "letters alone", 8), (floor, "floor of the pairs", -9)):
        ax.axhline(np.round(level, 4), color=TARGET, linewidth=1, linestyle=":")
        _note(ax, f"{text}: {level:.2f}", (steps[-1], level), (0, up), ha="right")
    ax.set(xscale="log", xlabel="step", ylabel="bits a letter", yticks=[3, 4], ylim=(2.4, 4.6))
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    ax.minorticks_off()
    return ax


def _note(ax, text, place, offset, ha="left"):
    """Write a text at an offset, in points, from a place of the data."""
    style = {"textcoords": "offset points", "va": "center", "annotation_clip": False}
    ax.annotate(text, place, xytext=offset, ha=ha, **style)

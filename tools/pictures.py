"""Draw the course's own picture, and what is made of it: ``python tools/pictures.py``."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from softmax_lib import softmax, softmax_cross_entropy_grad
from softmax_lib.plots.style import LOGIT, PROBABILITY, PULL, PUSH, REST, use_course_style

STATIC = Path(__file__).parent.parent / "_static"
NAMES, LOGITS, TRUTH = ("cat", "dog", "bird"), np.array([3.0, 1.0, -3.0]), 1
TALL = 4.0  # inches: the width of a phone's page
SLIVER = 0.03  # of a bar that would be too low to be seen, in a sign without numbers
HIGHEST = 46  # of 64 pixels
BAR = 0.72  # a bar's width, where from bar to bar is 1
STARTS = (0, 4.35, 8.7)  # of the three groups
WIDE = 7.0  # inches


def groups() -> list[tuple]:
    """Return what the course is about, step by step: title, remark, values, unit, colours."""
    p, corrections = softmax(LOGITS), -softmax_cross_entropy_grad(LOGITS, TRUTH)
    pulls = np.where(corrections > 0, PULL, PUSH)
    return [
        ("logits", "what the network says", LOGITS, np.abs(LOGITS).max(), LOGIT),
        ("probabilities", "what softmax makes of it", p, 1.0, PROBABILITY),
        ("corrections", f"if it was a {NAMES[TRUTH]}", corrections, 1.0, pulls),
    ]


def written(value: float) -> str:
    """Return a number as the picture writes it."""
    text = f"{value:.0f}" if value == round(value) else f"{value:.3f}"
    return text.replace("-", "\N{MINUS SIGN}")


def draw_course(ax: Axes, size: float = 11) -> None:
    """Draw the whole course on one line, from left to right."""
    for start, (title, remark, values, unit, colours) in zip(STARTS, groups(), strict=True):
        at, lengths = start + np.arange(len(values)), values / unit
        ax.bar(at, lengths, width=BAR, color=colours)
        for x, length, value, name in zip(at, lengths, values, NAMES, strict=True):
            below = length < 0
            ax.annotate(
                written(value),
                (x, length),
                xytext=(0, -5 if below else 5),
                ha="center",
                va="top" if below else "bottom",
                textcoords="offset points",
                size=size,
            )
            ax.text(x, -1.4, name, ha="center", va="top", color=REST, size=size)
        ax.text(start - BAR / 2, 1.86, title, weight="bold", va="top", size=size)
        ax.text(start - BAR / 2, 1.61, remark, va="top", color=REST, size=0.82 * size)
    end = STARTS[-1] + 3
    line(ax, (-0.8, 0), (end, 0))
    ax.set(xlim=(-0.85, end + 0.05), ylim=(-1.6, 1.88))
    ax.axis("off")


def course_figure() -> Figure:
    """Return the picture of the front page."""
    fig, ax = plt.subplots(figsize=(WIDE, 3.1), facecolor="none")
    draw_course(ax)
    return fig


def card_figure() -> Figure:
    """Return what is shown beside a link to the course: its title over its picture."""
    fig = plt.figure(figsize=(12, 6.3), facecolor="white", layout="none")
    fig.text(0.06, 0.735, "Softmax,", size=76, family="STIXGeneral")
    fig.text(
        0.063,
        0.635,
        "from definition to backpropagation",
        size=34,
        style="italic",
        family="STIXGeneral",
        color=REST,
    )
    draw_course(fig.add_axes((0.055, 0.05, 0.89, 0.52)), size=16)
    return fig


def icon_figure() -> Figure:
    """Return the course's sign, the bars of the probabilities, for a phone's screen."""
    fig = plt.figure(figsize=(1.8, 1.8), facecolor="white", layout="none")
    ax = fig.add_axes((0.16, 0.18, 0.68, 0.66))
    p = softmax(LOGITS)
    ax.bar(NAMES, np.maximum(p, SLIVER), width=BAR, color=PROBABILITY)
    ax.axhline(0, color=REST, linewidth=3)
    ax.set(ylim=(-0.03, p.max()))
    ax.axis("off")
    return fig


def tall_figure() -> Figure:
    """Return the same for a narrow screen: one line, from top to bottom."""
    fig, ax = plt.subplots(figsize=(TALL, 6.5), facecolor="none")
    for start, (title, remark, values, unit, colours) in zip(STARTS, groups(), strict=True):
        at, lengths = start + np.arange(len(values)), values / unit
        ax.barh(at, lengths, height=BAR, color=colours)
        for y, length, value, name in zip(at, lengths, values, NAMES, strict=True):
            below = length < 0
            ax.annotate(
                written(value),
                (length, y),
                xytext=(-5 if below else 5, 0),
                va="center",
                ha="right" if below else "left",
                textcoords="offset points",
            )
            ax.text(-2.1, y, name, va="center", color=REST)
        ax.text(0.16, start - 1.3, title, weight="bold", va="center")
        ax.text(0.16, start - 0.8, remark, va="center", color=REST, size=9)
    end = STARTS[-1] + 3
    line(ax, (0, -1.6), (0, end))
    ax.set(xlim=(-2.1, 1.9), ylim=(end + 0.05, -1.65))
    ax.axis("off")
    return fig


def line(ax: Axes, start: tuple, end: tuple) -> None:
    """Draw the line that the bars stand on; it goes on after the last of them."""
    style = {"arrowstyle": "-|>", "color": REST, "lw": 1.1, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style)


PICTURES = {
    "course.svg": course_figure,
    "course-tall.svg": tall_figure,
    "card.png": card_figure,
    "icon.png": icon_figure,
}


def picture(name: str) -> bytes:
    """Return one of the pictures as the file that it becomes."""
    with matplotlib.rc_context():
        use_course_style()
        fig = PICTURES[name]()
        file = io.BytesIO()
        kind = Path(name).suffix[1:]
        # Neither the day nor the version of what drew it.
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        fig.savefig(file, format=kind, dpi=100, metadata=metadata)
        plt.close(fig)
    return file.getvalue()


def logo() -> str:
    """Return the course's sign for a browser's tab, on a page of any colour."""
    p = softmax(LOGITS)
    bars = "".join(
        f"M{9 + 17 * i} 54V{54 - HIGHEST * height / p.max():.2f}h12V54z"
        for i, height in enumerate(np.maximum(p, SLIVER))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" '
        'aria-label="The probabilities of three logits as bars">\n'
        '  <path d="M4 58h56" stroke="#8a94a0" stroke-width="3" stroke-linecap="round"/>\n'
        f'  <path d="{bars}" fill="{PROBABILITY}"/>\n</svg>\n'
    )


if __name__ == "__main__":
    for name in PICTURES:
        (STATIC / name).write_bytes(picture(name))
    (STATIC / "logo.svg").write_text(logo(), encoding="utf-8")
    print(f"drawn, in _static: {', '.join([*PICTURES, 'logo.svg'])}")

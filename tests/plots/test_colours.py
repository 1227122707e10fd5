"""No figure says anything by colour alone."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from colours import told_by_colour_alone
from softmax_lib.plots import style

ROOT = Path(__file__).resolve().parents[2]
BLUE, ORANGE, GREY = style.LOGIT, style.PROBABILITY, style.REST


def stored() -> dict[str, bytes]:
    """Return every figure that a reader of the course sees, by its name."""
    drawn = {path.name: path.read_bytes() for path in sorted((ROOT / "_static").glob("*.svg"))}
    found = {name: svg for name, svg in drawn.items() if b'id="axes_1"' in svg}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if "image/svg+xml" in output.get("data", {}):
                    name = cell.metadata["mystnb"]["figure"]["name"]
                    found[f"{path.stem}, {name}"] = output.data["image/svg+xml"].encode()
    return found


FIGURES = stored()


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_says_anything_by_colour_alone(name):
    assert told_by_colour_alone(FIGURES[name]) == []


def test_the_figures_of_all_chapters_were_looked_at():
    assert {name.split(",")[0] for name in FIGURES} >= {
        path.stem for path in (ROOT / "chapters").glob("*.ipynb")
    }


@pytest.fixture
def lost(ax):
    """Return a function that tells what is lost of what has been drawn."""

    def read():
        file = io.BytesIO()
        ax.figure.savefig(file, format="svg")
        return told_by_colour_alone(file.getvalue())

    return read


X = np.linspace(0, 1, 80)


def two_lines(ax, **second):
    ax.plot(X, X**2, color=BLUE, label="train")
    ax.plot(X, 1 - X, **{"color": ORANGE, "label": "test"} | second)


@pytest.mark.parametrize("second", [{}, {"color": GREY}, {"linewidth": 2}, {"color": style.PULL}])
def test_two_lines_and_a_legend_are_lost(ax, lost, second):
    two_lines(ax, **second)
    ax.legend()
    assert len(lost()) == 1


@pytest.mark.parametrize(
    "second",
    [{"linestyle": "--"}, {"linewidth": 5}, {"color": BLUE}, {"linestyle": "", "marker": "o"}],
)
def test_a_line_of_another_form_is_not_lost(ax, lost, second):
    two_lines(ax, **second)
    ax.legend()
    assert lost() == []


def test_lines_that_bear_their_names_are_not_lost(ax, lost):
    two_lines(ax)
    ax.text(0.1, 0.0, "train", va="bottom")
    assert len(lost()) == 1
    ax.text(0.1, 0.9, "test", va="bottom")
    assert lost() == []


def test_lines_that_bear_numbers_are_lost(ax, lost):
    two_lines(ax)
    ax.text(0.1, 0.0, "0.01", va="bottom")
    ax.text(0.1, 0.9, "0.9", va="bottom")
    assert len(lost()) == 1


@pytest.mark.parametrize(("marker", "n"), [("o", 1), ("s", 0), ("^", 0)])
def test_dots_differ_in_their_shape(ax, lost, marker, n):
    ax.plot(X, X, "o", color=BLUE)
    ax.plot(X, X**2, marker, color=ORANGE, markersize=9)
    assert len(lost()) == n


def test_dots_on_curves_are_told_by_their_curves(ax, lost):
    two_lines(ax, linestyle="--")
    ax.plot(X[::20], X[::20] ** 2, "o", color=BLUE)
    ax.plot(X[::20], 1 - X[::20], "o", color=ORANGE)
    assert lost() == []


def test_bars_side_by_side_are_lost_but_for_a_hatch_or_a_place_of_their_own(ax, lost):
    places, heights = np.arange(3), np.array([1.0, 2.0, 3.0])
    ax.bar(places - 0.2, heights, width=0.4, color=BLUE)
    theirs = ax.bar(places + 0.2, heights, width=0.4, color=ORANGE)
    for place, height in zip((*places - 0.2, *places + 0.2), (*heights, *heights), strict=True):
        ax.text(place, height, f"{height:.1f}", ha="center")
    assert len(lost()) == 1
    for bar in theirs:
        bar.set_hatch("//")
    assert lost() == []
    for bar in theirs:
        bar.set(hatch=None, y=-bar.get_height())
    assert lost() == []


def test_arrows_differ_in_their_direction(ax, lost):
    def arrow(x, y, colour):
        look = {"arrowstyle": "-|>", "color": colour, "lw": 2}
        ax.annotate("", (x, y), (x, 0.5), arrowprops=look)

    arrow(0.2, 0.9, BLUE)
    arrow(0.4, 0.1, ORANGE)
    assert lost() == []
    arrow(0.6, 0.9, ORANGE)
    assert len(lost()) == 1


@pytest.mark.parametrize("signed", [True, False])
def test_a_map_of_two_colours_needs_signs(ax, lost, signed):
    values = np.array([[1.0, -1.0], [-1.0, 1.0]])
    ax.pcolormesh(values, cmap="RdBu", vmin=-1.2, vmax=1.2)
    for row, column in np.ndindex(2, 2):
        value = values[row, column] if signed else abs(values[row, column])
        text = f"{value:+.1f}" if signed else f"{value:.1f}"
        ax.text(column + 0.5, row + 0.5, text.replace("-", "\N{MINUS SIGN}"), ha="center")
    assert len(lost()) == (not signed)


def test_shades_of_grey_and_of_one_colour_are_the_same_to_all(ax, lost):
    ax.pcolormesh(np.arange(9.0).reshape(3, 3), cmap="Greys")
    ax.pcolormesh(np.arange(3, 6), [0, 1], [[0.5, 0.8]], cmap="Blues", vmin=0, vmax=1)
    plt.close()
    ax.plot(X, X, color=GREY)
    ax.plot(X, X**2, color=style.FAINT)
    assert lost() == []

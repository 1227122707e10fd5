"""One look for every figure, and the same bytes for the same figure."""

import io
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from softmax_lib.plots import style


def svg_of(values):
    style.use_course_style()
    fig, ax = style.figure()
    ax.plot(values)
    file = io.StringIO()
    fig.savefig(file, format="svg", metadata={"Date": None})
    plt.close(fig)
    return file.getvalue()


@pytest.fixture(autouse=True)
def restored_defaults():
    with matplotlib.rc_context():
        yield


def test_a_figure_is_the_same_svg_every_time():
    assert svg_of([1, 2, 3]) == svg_of([1, 2, 3])


def test_a_curve_changed_by_a_thousandth_is_another_svg():
    assert svg_of([1, 2, 3]) != svg_of([1, 2.002, 3])


def test_every_figure_has_the_same_width():
    style.use_course_style()
    for columns, rows in ((1, 1), (3, 1), (1, 2)):
        fig, axes = style.figure(2.5, columns=columns, rows=rows)
        assert tuple(fig.get_size_inches()) == (style.WIDTH, 2.5)
        assert np.size(axes) == columns * rows
        assert [ax.get_subplotspec().get_geometry()[:2] for ax in np.ravel(axes)][-1] == (
            rows,
            columns,
        )
        plt.close(fig)


def test_a_figure_covers_whatever_is_behind_it():
    style.use_course_style()
    fig, ax = style.figure()
    ax.plot([1, 2, 3])
    file = io.BytesIO()
    fig.savefig(file, format="png")
    plt.close(fig)
    file.seek(0)
    picture = plt.imread(file)
    assert (picture[..., 3] == 1).all()
    assert (picture[0, 0] == 1).all()


def test_label_line_names_a_line_in_its_colour():
    fig, ax = plt.subplots()
    assert style.label_line(ax, 1, 2, "loss", style.REST) is ax
    assert ax.texts[0].get_text() == "loss"
    assert ax.texts[0].get_color() == style.REST
    assert ax.texts[0].xy == (1, 2)
    plt.close(fig)


def test_a_notebook_stores_svg_without_a_date(monkeypatch):
    shell = InteractiveShell.instance()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    style.use_course_style()
    fig, ax = style.figure()
    ax.plot([1, 2, 3])
    svg = shell.display_formatter.formatters["image/svg+xml"](fig)
    plt.close(fig)
    InteractiveShell.clear_instance()
    assert svg.lstrip().startswith("<?xml")
    assert "<dc:date>" not in svg


def test_style_is_set_also_where_ipython_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    matplotlib.rcParams["svg.hashsalt"] = None
    style.use_course_style()
    assert matplotlib.rcParams["svg.hashsalt"] == "softmax"

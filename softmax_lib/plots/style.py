"""One look for every figure: the width, the type, and a colour for each meaning."""

import matplotlib
import matplotlib.pyplot as plt

# Okabe and Ito's palette, safe for colour-blind readers; one colour, one meaning.
LOGIT = "#0072B2"
PROBABILITY = "#E69F00"
TARGET = "#009E73"
PUSH = "#D55E00"
PULL = "#56B4E9"
REST = "#6E6E6E"
FAINT = "#BDBDBD"

# A phone's page has some 330 of CSS's pixels, 96 to the inch, so there a figure is shown at two
# thirds of its size: its letters stand 10 pixels high, and the indices of its formulas 9.
WIDTH = 5.0  # inches
WORDS = 12  # points
FORMULA = 14.2  # points, for a text with indices or exponents, which are 0.7 as large

_STYLE = {
    "axes.edgecolor": REST,
    "axes.labelcolor": "#333333",
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": WORDS,
    "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",  # dark letters on a dark notebook could not be read
    "axes.facecolor": "none",
    "font.family": "DejaVu Sans",  # comes with Matplotlib, so it is there on every machine
    "font.size": WORDS,
    "legend.frameon": False,
    "lines.linewidth": 2.2,
    "mathtext.fontset": "cm",
    "savefig.pad_inches": 3 / 72,  # as much as a notebook cuts off, so that a figure is WIDTH wide
    "svg.fonttype": "path",
    "svg.hashsalt": "softmax",  # or the ids in the SVG would be random
    "text.color": "#333333",
    "xtick.color": REST,
    "xtick.labelcolor": "#333333",
    "ytick.color": REST,
    "ytick.labelcolor": "#333333",
    "ytick.left": False,
}


def use_course_style():
    """Set Matplotlib's defaults for the course; in a notebook, also the SVG output.

    Call it once, before the first figure. The SVG carries no date, so that running a notebook
    again gives the same bytes.

    Examples
    --------
    >>> from softmax_lib.plots.style import use_course_style
    >>> use_course_style()
    """
    matplotlib.rcdefaults()  # whatever a matplotlibrc says: a figure is the same everywhere
    matplotlib.rcParams.update(_STYLE)
    try:
        from IPython import get_ipython
    except ImportError:  # drawing outside a notebook needs no IPython
        return
    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


def figure(height=3.0, columns=1, rows=1, **options):
    """Return a figure of the course's width and its Axes (an array if there are several)."""
    fig, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), **options)
    return fig, axes


def label_line(ax, x, y, text, colour, **options):
    """Write a line's name beside it, in its colour; a legend would send the eye away."""
    ax.annotate(
        text,
        (x, y),
        **{"color": colour, "xytext": (6, 0), "va": "center"}
        | {"textcoords": "offset points", "weight": "bold"}
        | options,
    )
    return ax

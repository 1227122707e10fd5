"""Read from Axes what a figure shows."""

MINUS = "\N{MINUS SIGN}"


def texts(ax):
    """Return every text written into the picture."""
    return [text.get_text() for text in ax.texts]


def curves(ax, longer_than=50):
    """Return the x and y of every drawn curve, without points and guide lines."""
    return [line.get_xydata().T for line in ax.get_lines() if len(line.get_xdata()) > longer_than]


def points(ax):
    """Return the lines that are markers alone, without a curve."""
    return [line for line in ax.get_lines() if len(line.get_xdata()) == 1]

"""The object that a notebook shows: what it is given, and the HTML that it becomes."""

import json
from pathlib import Path

import numpy as np

from softmax_lib._engine.arrays import as_floating
from softmax_lib._engine.targets import as_targets
from softmax_lib.course import CHAPTERS
from softmax_lib.explorer.table import table_html
from softmax_lib.overflow import softmax

# A chapter's view has its name; what it has besides stands in ALSO.
VIEWS = {
    name: view
    for each in CHAPTERS
    if (room := each.room("explorer"))
    for name, view in {each.name: room.VIEW, **getattr(room, "ALSO", {})}.items()
}
MOST_CLASSES = 10  # rows that a reader still takes in

# Every output carries both: a notebook has no other place for them. On a page with several, the
# script's first copy counts, and a site may take them out and serve the two files instead.
_HERE = Path(__file__).parent
STYLE = f"<style>\n{(_HERE / 'explorer.css').read_text(encoding='utf-8')}</style>"
SCRIPT = f"<script>\n{(_HERE / 'explorer.js').read_text(encoding='utf-8')}</script>"


class SoftmaxExplorer:
    """A table of logits and what follows from them, which scripts turn into a picture to drag.

    Parameters
    ----------
    logits : array_like, shape (C,)
        The logits z to start from: finite, 2 to 10 classes.
    target : int or array_like of shape (C,), optional
        The label k of the true class, or a distribution y. The views "cross-entropy" (a label)
        and "backprop" need one, "definition" may have one, the others take none.
    temperature : float, default 1.0
        T > 0, finite. The view "overflow" knows only 1.
    labels : sequence of C str, optional
        The names of the classes, all different; by default "1" to "C".
    view : str, default "definition"
        What there is to take hold of:

        - "definition": logits, temperature, and one number added to all logits;
        - "simplex": three classes, the answer as a point in their triangle;
        - "overflow": the formula as written beside the stable one, in three floating types;
        - "derivative": the Jacobian as a heat map that follows the logits;
        - "cross-entropy": the loss as a curve, its two slopes, and a misprinted formula;
        - "backprop": the forces on the logits, and gradient descent step by step.

    Raises
    ------
    TypeError
        If an argument is of the wrong type.
    ValueError
        If an argument has a wrong shape or value, or does not go with the view.

    Notes
    -----
    In a notebook the object shows itself. Without scripts, in print and where only safe HTML is
    shown, its table stands alone; its numbers are computed by this library. The script uses the
    same formulas, and asks no server for anything.

    Examples
    --------
    >>> from softmax_lib.explorer import SoftmaxExplorer
    >>> SoftmaxExplorer([3.0, 1.0, -3.0], target=1, view="backprop")
    SoftmaxExplorer([3.0, 1.0, -3.0], target=1, view='backprop')
    >>> SoftmaxExplorer([3.0, 1.0, -3.0], view="backprop")
    Traceback (most recent call last):
        ...
    ValueError: view 'backprop' needs a target
    """

    def __init__(self, logits, target=None, temperature=1.0, labels=None, view="definition"):
        self.logits = _checked_logits(logits)
        if view not in VIEWS:
            raise ValueError(f"view must be one of {', '.join(VIEWS)}, got {view!r}")
        self.view = view
        classes = VIEWS[view].classes
        if classes and len(self.logits) != classes:
            raise ValueError(f"view {view!r} has {classes} classes, got {len(self.logits)}")
        self.target = _checked_target(target, self.logits, view)
        softmax(self.logits, temperature=temperature)  # it says what is wrong with a temperature
        if temperature != 1 and not VIEWS[view].any_temperature:
            raise ValueError(f"view {view!r} has temperature 1, got {temperature!r}")
        self.temperature = float(temperature)
        self.labels = _checked_names(labels, len(self.logits))

    def __repr__(self):
        arguments = [repr(list(self.logits))]
        if self.target is not None:
            target = self.target if isinstance(self.target, int) else list(self.target)
            arguments.append(f"target={target!r}")
        if self.temperature != 1:
            arguments.append(f"temperature={self.temperature!r}")
        if self.labels != _numbered(len(self.logits)):
            arguments.append(f"labels={list(self.labels)!r}")
        if self.view != "definition":
            arguments.append(f"view={self.view!r}")
        return f"SoftmaxExplorer({', '.join(arguments)})"

    def _repr_html_(self):
        return f"{self.element()}\n{STYLE}\n{SCRIPT}"

    def element(self):
        """Return the table alone, in the element that the script looks for."""
        state = json.dumps(self.state(), ensure_ascii=False, separators=(",", ":"))
        for sign, escaped in (("&", "&amp;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;")):
            state = state.replace(sign, escaped)
        shown = (self.logits, self.target, self.temperature, self.labels)
        table = table_html(VIEWS[self.view], *shown)
        return f"<softmax-explorer data-state='{state}'>\n{table}\n</softmax-explorer>"

    def state(self):
        """Return what the script starts from, as JSON knows it."""
        label = self.target if isinstance(self.target, int) else None
        y = self.target
        if label is not None:
            y = [int(c == label) for c in range(len(self.logits))]
        shown = {"view": self.view, "z": self.logits, "T": self.temperature, "y": y, "k": label}
        shown |= {"names": self.labels, "key": VIEWS[self.view].key}
        picture = VIEWS[self.view].picture
        return shown | ({"picture": picture(self.labels)} if picture else {})


def _checked_logits(logits):
    z = as_floating(logits, "logits")
    if z.ndim != 1 or not 2 <= len(z) <= MOST_CLASSES:
        raise ValueError(
            f"logits must be one row of 2 to {MOST_CLASSES} numbers, got shape {z.shape}"
        )
    z = z.astype(np.float64)
    if not np.isfinite(z).all():
        raise ValueError(f"logits must be finite, got {z[~np.isfinite(z)][0]}")
    return tuple(z.tolist())


def _checked_target(target, logits, view):
    """Return None, a label as an int, or a distribution as a tuple."""
    takes = VIEWS[view].target
    if target is None:
        if takes in ("needed", "label"):
            raise ValueError(f"view {view!r} needs a target")
        return None
    if takes == "none":
        raise ValueError(f"view {view!r} has no loss, and takes no target")
    y = as_targets(target, np.array(logits), 0)
    if y.ndim == 0:
        return int(y)
    if takes == "label":
        raise ValueError(f"view {view!r} shows -log p of one class: target must be a label")
    return tuple(y.astype(np.float64).tolist())


def _numbered(count):
    return tuple(str(number) for number in range(1, count + 1))


def _checked_names(labels, count):
    if labels is None:
        return _numbered(count)
    names = tuple(labels)
    if isinstance(labels, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"labels must be a sequence of str, got {labels!r}")
    if len(names) != count:
        raise ValueError(f"labels must name {count} classes, got {len(names)}")
    if len(set(names)) < count or not all(name.strip() for name in names):
        raise ValueError(f"labels must be different and not empty, got {list(names)}")
    return names

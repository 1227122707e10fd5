"""The set-up of a chapter in one line: ``from softmax_lib.notebook import *``.

It brings NumPy as ``np``, Matplotlib's ``pyplot`` as ``plt``, all functions of `softmax_lib`, and
what the chapters show things with: `check` an exercise, `prove` an equation, print the
`source_of` a function, draw with `plots` into a `figure` of the page's width, and take hold of a
`SoftmaxExplorer`. Figures get the look of the course, and NumPy prints three digits. Without
Matplotlib or SymPy, as in a browser, there are no figures or no proofs.

Outside of a chapter, ``from softmax_lib import softmax`` is the plain way.

Examples
--------
>>> from softmax_lib.notebook import *
>>> print(softmax(np.array([3.0, 1.0, -3.0])))
[0.879 0.119 0.002]
"""

from importlib.util import find_spec

import numpy as np

import softmax_lib
from softmax_lib import *  # noqa: F403
from softmax_lib import check
from softmax_lib.course import CHAPTERS
from softmax_lib.explorer import SoftmaxExplorer
from softmax_lib.source import source_of

__all__ = [*softmax_lib.__all__, "SoftmaxExplorer", "check", "np", "source_of"]

if find_spec("matplotlib"):
    import matplotlib.pyplot as plt

    from softmax_lib import plots
    from softmax_lib.plots.style import figure, use_course_style

    __all__ += ["figure", "plots", "plt"]
    for _chapter in CHAPTERS:
        _chapter.room("plots")  # so that `plots.overflow` is there
    use_course_style()

if find_spec("sympy"):
    from softmax_lib.symbolic import prove

    __all__ += ["prove"]

np.set_printoptions(precision=3, suppress=True)

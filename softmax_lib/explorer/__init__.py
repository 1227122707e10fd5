"""Softmax in the reader's hands: a table of numbers that a script turns into a picture to drag.

``SoftmaxExplorer`` is the object; ``STYLE`` and ``SCRIPT`` are the two elements that end its
output, for a site that would rather serve them as files.
"""

from softmax_lib.explorer.element import SCRIPT, STYLE, VIEWS, SoftmaxExplorer

__all__ = ["SCRIPT", "STYLE", "VIEWS", "SoftmaxExplorer"]

"""The figures of the chapter on streaming."""

from softmax_lib import streaming_example
from softmax_lib.plots.definition import bars
from softmax_lib.plots.style import LOGIT


def centred(ax, logits):
    """Draw the logits without their mean as bars."""
    return bars(ax, streaming_example(logits), "logits without their mean", LOGIT)

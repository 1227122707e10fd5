"""The figures of the chapter on attention."""

from softmax_lib import attention_example
from softmax_lib.plots.definition import bars
from softmax_lib.plots.style import LOGIT


def centred(ax, logits):
    """Draw the logits without their mean as bars."""
    return bars(ax, attention_example(logits), "logits without their mean", LOGIT)

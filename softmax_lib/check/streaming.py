"""Checks of the chapter on streaming."""

from softmax_lib import streaming_example
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake

ONE = floats([1, 0], [3, 1, -3])
ROWS = floats([[3, 1], [0, 0.5]], [[3, 1, -3], [0, 0.5, 2]])

EXAMPLE = Exercise(
    "streaming_example(logits)",
    streaming_example,
    """Check logits without their mean.

    ``streaming_example(logits)`` takes an array of shape (C,) or, one example a row, (N, C), and
    returns an array of the same shape.

    >>> check.streaming_example(lambda z: z - z.max()).diagnosis
    'streaming-maximum-for-mean'
    """,
    (
        Law("there is one number for every logit", ONE, has_shape),
        Law("the numbers sum to 0", ONE, agrees(lambda w: w.sum(axis=-1), "sum")),
        Law("(3, 1, -3) gives (2.667, 0.667, -3.333)", floats([3, 1, -3])),
        Law("a batch is treated row by row", ROWS),
        left_alone((*ONE, *ROWS)),
    ),
    (
        Mistake(
            "streaming-maximum-for-mean",
            "The maximum is taken off. The numbers are then at most 0, and do not sum to 0.",
            "sec-streaming",
        ).like(lambda z: z - z.max(axis=-1, keepdims=True)),
    ),
)

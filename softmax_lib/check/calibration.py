"""Checks of the chapter on calibration."""

from softmax_lib import calibration_example
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake

ONE = floats([1, 0], [3, 1, -3])
ROWS = floats([[3, 1], [0, 0.5]], [[3, 1, -3], [0, 0.5, 2]])

EXAMPLE = Exercise(
    "calibration_example(logits)",
    calibration_example,
    """Check logits without their mean.

    ``calibration_example(logits)`` takes an array of shape (C,) or, one example a row, (N, C), and
    returns an array of the same shape.

    >>> check.calibration_example(lambda z: z - z.max()).diagnosis
    'calibration-maximum-for-mean'
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
            "calibration-maximum-for-mean",
            "The maximum is taken off. The numbers are then at most 0, and do not sum to 0.",
            "sec-calibration",
        ).like(lambda z: z - z.max(axis=-1, keepdims=True)),
    ),
)

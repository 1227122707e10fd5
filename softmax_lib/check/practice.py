"""Checks of the chapter on practice."""

from softmax_lib import practice_example
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, floats, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake

ONE = floats([1, 0], [3, 1, -3])
ROWS = floats([[3, 1], [0, 0.5]], [[3, 1, -3], [0, 0.5, 2]])

EXAMPLE = Exercise(
    "practice_example(logits)",
    practice_example,
    """Check logits without their mean.

    ``practice_example(logits)`` takes an array of shape (C,) or, one example a row, (N, C), and
    returns an array of the same shape.

    >>> check.practice_example(lambda z: z - z.max()).diagnosis
    'practice-maximum-for-mean'
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
            "practice-maximum-for-mean",
            "The maximum is taken off. The numbers are then at most 0, and do not sum to 0.",
            "sec-practice",
        ).like(lambda z: z - z.max(axis=-1, keepdims=True)),
    ),
)

"""Mistakes that any function can show."""

from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check._engine.tools import only_some_digits

NOT_A_FUNCTION = Mistake(
    "not-a-function",
    "This is no function. Hand over the function itself, by its name alone: the check will call "
    "it.",
)
OTHER_PARAMETERS = Mistake(
    "other-parameters",
    "The function takes other arguments. The arguments are given by position; more parameters are "
    "fine if they have defaults.",
)
NOTHING_RETURNED = Mistake(
    "nothing-returned",
    "The function returns None. A print shows a number but hands nothing back: is there a return "
    "on every way out?",
)
NOT_NUMBERS = Mistake(
    "not-numbers",
    "What came back is not what was asked for. Return an array, or a list or number that can "
    "become one; several results as a tuple.",
)
NEVER_RETURNS = Mistake(
    "never-returns",
    "The function did not return in time. A loop without an end? The condition of a while must "
    "become false.",
)
ARGUMENT_CHANGED = Mistake(
    "argument-changed",
    "The function changes what it was given. `z -= m` and `P[...] -= 1` write into the caller's "
    "array, and so does a second name for it. Write `z = z - m`, or copy first.",
    "sec-layer",
)
# The last of an exercise: whatever has a better name is recognised before it.
FEW_DIGITS = Mistake(
    "few-digits",
    "Right, but only to some digits. A rounded result, a smaller dtype inside, a constant with "
    "few digits, a small number that was added, or a difference quotient instead of a formula.",
    "sec-where-exp-lives",
).seen_by(only_some_digits)
ONE_EXAMPLE_ONLY = Mistake(
    "one-example-only",
    "The function cannot take a batch. It works for one example. Let every sum and maximum go "
    "along the last axis.",
    "sec-max-shift",
)
NUMBERS_ONLY = Mistake(
    "numbers-only",
    "The function cannot take arrays. It works for numbers. `np.maximum`, `np.where` and `np.exp` "
    "take each entry for itself.",
    "sec-merge",
)
BATCHES_ONLY = Mistake(
    "batches-only",
    "The function needs a batch. It works for rows of logits; one example has no axis 1. The last "
    "axis is there in both: `axis=-1`.",
    "sec-max-shift",
)

BY_CAUSE = {"nothing": NOTHING_RETURNED, "no numbers": NOT_NUMBERS, "time": NEVER_RETURNS}

"""Which known mistake a failure shows: the one whose wrong formula gives the same numbers."""

from functools import cache

import numpy as np

from softmax_lib.check._engine import general
from softmax_lib.check._engine.running import Trusted, remembering
from softmax_lib.check._engine.tools import nearly


@cache
def models(task):
    """Return each wrong formula of a task: the mistake, its calls, the law at which it fails."""
    found = []
    for mistake in task.mistakes:
        for formula in mistake.formulas:
            call = remembering(Trusted(formula, task.results))
            asked = (law for law in task.laws if law.is_asked_of(formula))
            broken = next(law for law in asked if task.first_complaint(law, call))
            found.append((mistake, call, broken))
    return found


def diagnose(task, law, outcome, call):
    """Return the known mistake that the failure of a law shows, or None.

    A wrong formula explains the failure if it keeps the laws before this one, and gives the
    same on all inputs of this one. Among several, the one wins that agrees with the function
    most often on the inputs of all laws. Only if there is none, the signs are asked.
    """
    if outcome.cause in general.BY_CAUSE:
        return general.BY_CAUSE[outcome.cause]
    if outcome.value and law.about_arguments:
        return general.ARGUMENT_CHANGED
    for mistake in task.mistakes:
        if mistake.error and outcome.error and issubclass(outcome.error, mistake.error):
            return mistake
    outcomes = [call(arguments, law.options) for arguments in law.inputs]
    fitting = [
        (mistake, model)
        for mistake, model, broken in models(task)
        if broken is law and _fits(model, law, outcomes)
    ]
    if len({mistake.id for mistake, _ in fitting}) > 1:
        fitting = [max(fitting, key=lambda pair: _agreement(task, pair[1], call))]
    if fitting:
        return fitting[0][0]
    expected = [task.right(arguments, law.options).value for arguments in law.inputs]
    for mistake in () if law.refused else task.mistakes:
        if mistake.sign and _shows(mistake.sign, outcomes, expected):
            return mistake
    if all(o.cause == "raised" for o in outcomes):
        batches = _first_batches(task)
        if law is batches:
            of_numbers = _dimension(task.laws[0]) == 0
            return general.NUMBERS_ONLY if of_numbers else general.ONE_EXAMPLE_ONLY
        if batches and _dimension(law) == 1 and call(batches.inputs[0], {}).value:
            return general.BATCHES_ONLY
    return None


def _fits(model, law, outcomes):
    pairs = zip(law.inputs, outcomes, strict=True)
    return all(_alike(model(arguments, law.options), outcome) for arguments, outcome in pairs)


def _agreement(task, model, call):
    """Return how many inputs the two treat alike; an axis is not asked for here."""
    inputs = [arguments for law in task.laws if not law.options for arguments in law.inputs]
    return sum(_alike(model(arguments, {}), call(arguments, {})) for arguments in inputs)


def _alike(one, other):
    if not one.value or not other.value:
        return one.cause == other.cause and one.error is other.error
    return all(map(nearly, one.value, other.value))


def _shows(sign, outcomes, expected):
    """Say whether every result has the right shape, and the numbers have the sign."""
    if not all(outcome.value for outcome in outcomes):
        return False
    results = zip(outcomes, expected, strict=True)
    pairs = [pair for o, right in results for pair in zip(o.value, right, strict=True)]
    if not all(came.shape == right.shape for came, right in pairs):
        return False
    with np.errstate(all="ignore"):
        return sign([(np.float64(came), right) for came, right in pairs])


def _dimension(law):
    return np.ndim(law.inputs[0][0])


def _first_batches(task):
    """Return the first law on batches, if the first of all is on single examples; or None."""
    return next((law for law in task.laws if _dimension(law) > _dimension(task.laws[0])), None)

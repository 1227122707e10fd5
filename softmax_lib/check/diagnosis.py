"""Which known mistake a failure shows: the one whose wrong formula gives the same numbers."""

import numpy as np

from softmax_lib.check.fingerprints.tools import nearly
from softmax_lib.check.mistakes import general, overflow
from softmax_lib.check.running import Outcome, arrays_of


class Model:
    """A wrong formula, called like a reader's function, but trusted."""

    def __init__(self, formula, results):
        self.formula, self.results = formula, results

    def __call__(self, arguments, options):
        try:
            with np.errstate(all="ignore"):
                return Outcome(arrays_of(self.formula(*arguments, **options), self.results))
        except Exception as error:
            return Outcome(cause="raised", error=type(error))


def diagnose(exercise, law, outcome, caller):
    """Return the known mistake that the failure of a law shows, or None.

    A wrong formula explains the failure if it keeps the laws before this one, and gives the
    same on all inputs of this one. Among several, the one wins that agrees with the function
    most often on the inputs of all laws. Only if there is none, the signs are asked.
    """
    if outcome.cause in general.BY_CAUSE:
        return general.BY_CAUSE[outcome.cause]
    if outcome.error and issubclass(outcome.error, OverflowError):
        return overflow.NO_SHIFT  # math.exp does not return inf
    if outcome.value and law.about_arguments:
        return general.ARGUMENT_CHANGED
    outcomes = [caller(arguments, law.options) for arguments in law.inputs]
    fitting = {}
    for fingerprint in exercise.fingerprints:
        for formula in fingerprint.formulas:
            model = Model(formula, exercise.results)
            if exercise.first_broken[formula] is law and _fits(model, law, outcomes):
                agreement = sum(
                    _alike(model(arguments, {}), caller(arguments, {}))
                    for each in exercise.laws
                    if not each.options
                    for arguments in each.inputs
                )
                best = fitting.get(fingerprint.mistake, 0)
                fitting[fingerprint.mistake] = max(agreement, best)
    if fitting:
        return max(fitting, key=fitting.get)
    expected = [exercise.expected(law, arguments) for arguments in law.inputs]
    for fingerprint in exercise.fingerprints:
        if fingerprint.sign and _shows(fingerprint.sign, outcomes, expected):
            return fingerprint.mistake
    if all(o.cause == "raised" for o in outcomes) and _is_first_on_batches(exercise, law):
        return general.ONE_EXAMPLE_ONLY
    return None


def _fits(model, law, outcomes):
    pairs = zip(law.inputs, outcomes, strict=True)
    return all(_alike(model(arguments, law.options), outcome) for arguments, outcome in pairs)


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


def _is_first_on_batches(exercise, law):
    """Say whether the law is on batches, while the first one is on single examples."""
    one, many = (np.ndim(asked.inputs[0][0]) for asked in (exercise.laws[0], law))
    return one < many

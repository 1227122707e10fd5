"""An exercise: run the laws in order until one does not hold, and say what was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from softmax_lib.check import showing
from softmax_lib.check.diagnosis import Model, diagnose
from softmax_lib.check.laws import tolerance_of
from softmax_lib.check.limit import has_limit
from softmax_lib.check.mistakes import general
from softmax_lib.check.report import Failure, Report
from softmax_lib.check.running import Caller, accepts, arrays_of

SECONDS = 5.0  # for all calls of one check
NO_LIMIT = "There is no time limit here: interrupt by hand a function that does not return."


@dataclass(frozen=True)
class Exercise:
    """What one function of the reader is held to.

    Attributes
    ----------
    name, signature : str
        What the check is called, and how it calls the function.
    oracle : callable
        The right function.
    laws : tuple of Law
        In the order of teaching. The first one is on the smallest inputs.
    fingerprints : tuple of Fingerprint
        The mistakes that it knows.
    results : tuple of str
        The names of what the function returns: one array, or a tuple of several.
    """

    name: str
    signature: str
    oracle: Callable
    laws: tuple
    fingerprints: tuple
    results: tuple = ("result",)

    def check(self, function, seconds):
        """Return the `Report` on the reader's function."""
        notes = () if has_limit() else (NO_LIMIT,)
        attempt = showing.name_of(function) if callable(function) else showing.kind(function)
        wish = f"a function of {self.signature.removeprefix(self.name)}"
        failure = self._not_callable(function, attempt, wish)
        if failure:
            return Report(self.name, attempt, (), failure, notes)
        caller = Caller(function, self.results, seconds)
        held = [f"it is {wish}"]
        for law in self.laws:
            if law.is_asked_of(function):
                failure = self._failure(law, caller, attempt)
                if failure:
                    break
                held.append(law.name)
        return Report(self.name, attempt, tuple(held), failure, notes)

    def _not_callable(self, function, attempt, wish):
        arguments = self.laws[0].inputs[0]
        if not callable(function):
            given, mistake = f"check.{self.name}(...)", general.NOT_A_FUNCTION
            came = f"not a function: {attempt}"
        elif not accepts(function, arguments):
            given, mistake = showing.call(attempt, arguments, {}), general.OTHER_PARAMETERS
            came = "a function with other parameters"
        else:
            return None
        return Failure(f"it is {wish}", given, came, wish, mistake)

    def _failure(self, law, caller, attempt):
        found = self.first_complaint(law, caller)
        if found is None:
            return None
        arguments, outcome, (came, expected) = found
        given = showing.call(attempt, arguments, law.options)
        mistake = diagnose(self, law, outcome, caller)
        return Failure(law.name, given, came, expected, mistake, outcome.printed, outcome.warned)

    def first_complaint(self, law, call):
        """Return the first input that breaks the law, the outcome, and the two texts; or None."""
        for arguments in law.inputs:
            outcome = call(arguments, law.options)
            complaint = self._complaint(law, arguments, outcome)
            if complaint:
                return arguments, outcome, complaint
        return None

    def expected(self, law, arguments):
        """Return the right results for a law's input as a tuple of arrays."""
        return arrays_of(self.oracle(*arguments, **law.options), self.results)

    def _complaint(self, law, arguments, outcome):
        """Return what came and what was expected, as texts, if the law is broken."""
        expected = self.expected(law, arguments)
        if not outcome.value:
            return outcome.problem, ", ".join(map(self._named, range(len(expected)), expected))
        if law.about_arguments:
            return ("an argument was changed", "a result, and nothing else") * outcome.changed
        tolerance = tolerance_of(outcome.value, arguments)
        for place, (came, right) in enumerate(zip(outcome.value, expected, strict=True)):
            if came.shape != right.shape:
                texts = showing.pair(came, right)
            elif law.results is None or place in law.results:
                texts = law.judge(came, right, tolerance)
            else:
                continue
            if texts:
                return tuple(self._named(place, text) for text in texts)
        return None

    def _named(self, place, shown):
        text = shown if isinstance(shown, str) else showing.array(shown)
        return f"{self.results[place]} = {text}" if len(self.results) > 1 else text

    @cached_property
    def first_broken(self):
        """The law at which each wrong formula fails: it cannot explain a failure of another."""
        broken = {}
        for fingerprint in self.fingerprints:
            for formula in fingerprint.formulas:
                model = Model(formula, self.results)
                asked = (law for law in self.laws if law.is_asked_of(formula))
                broken[formula] = next(law for law in asked if self.first_complaint(law, model))
        return broken

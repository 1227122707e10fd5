"""A task: the right function, and the laws and mistakes that an attempt is held against."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from softmax_lib.check._engine import showing
from softmax_lib.check._engine.laws import tolerance_of
from softmax_lib.check._engine.running import Trusted, remembering


@dataclass(frozen=True, eq=False)
class Task:
    """What one function of the reader is held to."""

    signature: str  # how the function is called: "softmax(logits)"
    oracle: Callable  # the right function
    said: str  # what is checked, what the function takes and returns, an example: a paragraph each
    laws: tuple  # in the order of teaching, the first one on the smallest inputs
    mistakes: tuple = ()  # those that it knows
    results: tuple = ("result",)  # names of what is returned: one array, or a tuple of several

    @property
    def name(self):
        """What the check is called."""
        return self.signature.partition("(")[0]

    @cached_property
    def right(self):
        """The right function, called like a reader's."""
        return remembering(Trusted(self.oracle, self.results))

    def first_complaint(self, law, call):
        """Return the first input that breaks the law, the outcome, and the two texts; or None."""
        for arguments in law.inputs:
            outcome = call(arguments, law.options)
            complaint = self._complaint(law, arguments, outcome)
            if complaint:
                return arguments, outcome, complaint
        return None

    def _complaint(self, law, arguments, outcome):
        """Return what came and what was expected, as texts, if the law is broken."""
        expected = self.right(arguments, law.options).value
        if law.refused:
            came = outcome.problem or ", ".join(map(self._named, range(9), outcome.value))
            return None if outcome.cause == "raised" else (came, f"an error: {law.refused}")
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

"""An exercise: run the laws in order until one does not hold, and say what was seen."""

from dataclasses import dataclass
from inspect import cleandoc
from numbers import Real

from softmax_lib.check._engine import general, showing
from softmax_lib.check._engine.diagnosis import diagnose
from softmax_lib.check._engine.limit import has_limit
from softmax_lib.check._engine.report import Failure, Report
from softmax_lib.check._engine.running import Caller, accepts, remembering
from softmax_lib.check._engine.task import Task

SECONDS = 5.0  # for all calls of one check
NO_LIMIT = "There is no time limit here: interrupt by hand a function that does not return."
DOC = """{}

Parameters
----------
function : callable
    {}
seconds : float, default 5
    The time limit, for all calls together; infinity for none.

Returns
-------
Report

Raises
------
TypeError, ValueError
    If ``seconds`` is not a number above 0. Whatever the function does is in the report.

Examples
--------
>>> import numpy as np
>>> from softmax_lib import check
{}
"""


@dataclass(frozen=True, eq=False)
class Exercise(Task):
    """A check, to be called with the reader's function."""

    def __post_init__(self):
        heading, wanted, example = cleandoc(self.said).split("\n\n")
        doc = DOC.format(heading, wanted.replace("\n", "\n    "), example)
        # As of a function, for help(), doctest and autodoc.
        names = {"__name__": self.name, "__qualname__": self.name}
        vars(self).update(names, __doc__=doc, __module__="softmax_lib.check")

    def __repr__(self):
        return f"<check.{self.name}(function, *, seconds={SECONDS})>"

    def __call__(self, function, *, seconds=SECONDS):
        if not isinstance(seconds, Real) or isinstance(seconds, bool):
            raise TypeError(f"seconds must be a number, not {showing.kind(seconds)}")
        if not seconds > 0:
            raise ValueError(f"seconds must be more than 0, not {seconds}")
        notes = () if has_limit() else (NO_LIMIT,)
        attempt = showing.name_of(function) if callable(function) else showing.kind(function)
        wish = f"a function of {self.signature.removeprefix(self.name)}"
        failure = self._not_callable(function, attempt, wish)
        if failure:
            return Report(self.name, attempt, (), failure, notes)
        call = remembering(Caller(function, self.results, seconds))
        held = [f"it is {wish}"]
        for law in self.laws:
            if law.is_asked_of(function):
                failure = self._failure(law, call, attempt)
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

    def _failure(self, law, call, attempt):
        found = self.first_complaint(law, call)
        if found is None:
            return None
        arguments, outcome, (came, expected) = found
        given = showing.call(attempt, arguments, law.options)
        mistake = diagnose(self, law, outcome, call)
        mistake = mistake and mistake.told_in(self.chapter)
        return Failure(law.name, given, came, expected, mistake, outcome.printed, outcome.warned)

"""Laws: what must be true of a function, the inputs that show it, and who judges."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from softmax_lib.check._engine import showing
from softmax_lib.check._engine.running import has_parameter

UNITS = 64  # of the last place: what a correct formula may lose, per unit of the largest logit


def the_same(came, expected, tolerance):
    """Judge every number."""
    with np.errstate(all="ignore"):
        off = np.abs(came - expected) > tolerance * (1 + np.abs(expected))
    wrong = off | (np.isnan(came) != np.isnan(expected)) | _differ_in_inf(came, expected)
    return showing.pair(came, expected) if np.any(wrong) else None


def agrees(view, named="of which"):
    """Return a judge of what ``view`` sees in the result; its name is told before it."""

    def judge(came, expected, tolerance):
        with np.errstate(all="ignore"):  # inf less inf, say
            seen, wanted = view(came), view(expected)
        texts = the_same(seen, wanted, tolerance)
        return texts and (f"{showing.array(came)}, {named} {texts[0]}", f"{named} {texts[1]}")

    return judge


def to_within(tolerance):
    """Return a judge of every number, by a tolerance of its own."""
    return lambda came, expected, _: the_same(came, expected, tolerance)


def holds(predicate, wish):
    """Return a judge: the predicate is true of the result; else the wish is what was expected."""

    def judge(came, expected, tolerance):
        return None if predicate(came, expected, tolerance) else (showing.array(came), wish)

    return judge


def has_shape(came, expected, tolerance):
    """Judge the shape alone, which has been compared before any judge is asked."""


@dataclass(frozen=True)
class Law:
    """A sentence that must be true, and the inputs it is tried on, the smallest first."""

    name: str  # the sentence
    inputs: tuple  # the arguments of each call
    # Takes what came, what was expected, and a tolerance; returns None, or the two as texts.
    judge: Callable = the_same
    results: tuple = None  # the numbers of the results it speaks of; None for all
    options: dict = field(default_factory=dict)  # asked of functions with parameters of these names
    about_arguments: bool = False  # about what was given, not about what came back
    refused: str = ""  # why the inputs are wrong, if an error is wanted

    def is_asked_of(self, function):
        """Say whether the function has a parameter for each option."""
        return all(has_parameter(function, name) for name in self.options)


def left_alone(inputs, name="the arguments are left as they were"):
    """Return the law that arguments are never changed."""
    return Law(name, inputs, about_arguments=True)


def floats(*nested):
    """Return inputs of a law: one array of floats each.

    >>> floats([1, 0])
    ((array([1., 0.]),),)
    """
    return tuple((np.array(values, dtype=np.float64),) for values in nested)


def tolerance_of(value, arguments):
    """Return the relative error that rounding may leave, in the dtype that came back.

    Half precision is no excuse: it gets the tolerance of single precision.
    """
    eps = [np.finfo(np.float64).eps]
    floating = [a for a in (*value, *arguments) if getattr(a, "dtype", np.dtype(int)).kind == "f"]
    eps += [min(np.finfo(a.dtype).eps, np.finfo(np.float32).eps) for a in floating]
    numbers = np.concatenate([np.ravel(argument) for argument in arguments]).astype(float)
    largest = np.abs(numbers[np.isfinite(numbers)]).max(initial=1.0)
    return float(UNITS * max(eps) * largest)


def _differ_in_inf(came, expected):
    return (np.isinf(came) | np.isinf(expected)) & (came != expected)

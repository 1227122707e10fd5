"""Call a stranger's function: on copies, within a time limit, whatever it does or returns."""

import inspect
import os
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from softmax_lib.check._engine.hearing import listening
from softmax_lib.check._engine.limit import FAR, TimeUp, has_limit, within
from softmax_lib.check._engine.showing import kind, one_line

# Where a line of code is nobody's attempt: this library, NumPy and its neighbours, Python's own.
LIBRARIES = tuple(
    os.path.join(folder, "")
    for folder in (
        Path(__file__).absolute().parents[2],
        Path(np.__file__).parents[1],
        Path(os.__file__).parent,
    )
)


@dataclass
class Outcome:
    """What one call led to: arrays, or a problem that is told in words."""

    value: tuple = ()  # one array for each result; empty if there is a problem
    problem: str = ""
    cause: str = ""  # "raised", "time", "nothing" or "no numbers"
    error: type = None
    changed: bool = False  # whether an argument is another than before
    printed: str = ""
    warned: tuple = ()


class NoNumbersError(Exception):
    """What came back cannot be read as arrays of real numbers."""


class Caller:
    """The reader's function, as the laws call it.

    Parameters
    ----------
    function : callable
        Of any origin.
    results : tuple of str
        The names of what it must return: one array, or a tuple of several.
    seconds : float
        For all calls together.
    """

    def __init__(self, function, results, seconds):
        self.function, self.results = function, results
        self.left = float(min(seconds, FAR))

    def __call__(self, arguments, options):
        given = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
        outcome, started = Outcome(), time.monotonic()

        def act():
            return arrays_of(self.function(*given, **options), self.results)

        with (
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
            listening() as ear,
        ):
            value, error = within(self.left, act)
            if isinstance(error, KeyboardInterrupt) and has_limit():
                raise error
            if isinstance(error, KeyboardInterrupt):
                outcome.cause, outcome.problem = "time", "nothing before it was interrupted"
            elif isinstance(error, TimeUp):
                outcome.cause, outcome.problem = "time", "nothing before the time was up"
            elif isinstance(error, NoNumbersError):
                nothing = str(error) == "None"
                outcome.cause = "nothing" if nothing else "no numbers"
                outcome.problem = str(error)
            elif error is not None:
                outcome.cause, outcome.error = "raised", type(error)
                outcome.problem = told(error)
            else:
                outcome.value = value
            del error  # what it holds goes with it, not when someone looks for circles
        self.left -= time.monotonic() - started
        # Bytes, for nan is to be equal to nan.
        pairs = zip(given, arguments, strict=True)
        outcome.changed = any(
            np.asarray(after).tobytes() != np.asarray(before).tobytes() for after, before in pairs
        )
        outcome.printed, outcome.warned = ear.getvalue(), ear.warnings()
        return outcome


class Trusted:
    """A function of our own, right or wrong, called like a reader's."""

    def __init__(self, function, results):
        self.function, self.results = function, results

    def __call__(self, arguments, options):
        try:
            with np.errstate(all="ignore"):
                return Outcome(arrays_of(self.function(*arguments, **options), self.results))
        except Exception as error:
            return Outcome(cause="raised", error=type(error))


def remembering(call):
    """Return the calls with a memory: nothing is tried twice, and asked twice it is the same."""
    outcomes = {}

    def remembered(arguments, options):
        key = (*map(_key, arguments), *sorted(options.items()))
        if key not in outcomes:
            outcomes[key] = call(arguments, options)
        return outcomes[key]

    return remembered


def _key(argument):
    if isinstance(argument, np.ndarray):
        return argument.dtype.str, argument.shape, argument.tobytes()
    return type(argument), argument


def arrays_of(returned, results):
    """Return copies of what came back as a tuple of arrays, or raise `NoNumbersError`."""
    if returned is None:
        raise NoNumbersError(kind(returned))
    if len(results) == 1:
        return (_as_numbers(returned),)
    if not isinstance(returned, (tuple, list)):
        raise NoNumbersError(f"{kind(returned)}, not {len(results)} results")
    if len(returned) != len(results):
        plural = "s" * (len(returned) != 1)
        raise NoNumbersError(f"{len(returned)} result{plural}, not {len(results)}")
    return tuple(_as_numbers(part) for part in returned)


def _as_numbers(value):
    try:
        array = np.array(value)
        if array.dtype == object and not any(part is None for part in array.flat):
            array = array.astype(np.float64)
    except Exception as error:
        raise NoNumbersError(f"{kind(value)}, not numbers") from error
    if array.dtype.kind == "c":
        raise NoNumbersError(f"{kind(value)} of complex numbers")
    if array.dtype.kind not in "biuf":
        raise NoNumbersError(f"{kind(value)}, not numbers")
    return array


def accepts(function, arguments):
    """Say whether the function takes so many arguments, as far as its signature is known."""
    try:
        signature = inspect.signature(function)
    except Exception:
        return True  # compiled functions may have none, and anything may pretend to have one
    try:
        signature.bind(*arguments)
    except TypeError:
        return False
    return True


def has_parameter(function, name):
    """Say whether the function has a parameter of that name."""
    try:
        return name in inspect.signature(function).parameters
    except Exception:
        return False


def told(error):
    """Return type and message of an error in one line, and the reader's line that it is from."""
    text = type(error).__name__
    message = one_line(error)
    if message:
        text += f": {message}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith((*LIBRARIES, "<frozen", "<__array")):
            return f"{text} (line {frame.lineno}: {frame.line})" if frame.line else text
    return text

"""Write numbers and calls as a reader would, and the same on every processor."""

import re
from keyword import iskeyword

import numpy as np

DECIMALS = (4, 6, 8, 10, 12)
NOISE = 1e-12  # what is less, is rounding where a 0 was meant, and differs between processors
MANY = 60  # numbers of an array that are shown
LONGEST = 300  # characters that are kept of a message, or of what was printed
LONGEST_NAME = 60


def number(x, decimals=4):
    """Return a number with so many decimals, or digits if it is very small or very large.

    >>> number(0.87887824), number(-3.0), number(2.4e-145), number(float("inf"))
    ('0.8789', '-3', '0', 'inf')
    """
    x = float(x)
    if not np.isfinite(x):
        return str(x)
    if abs(x) < NOISE:
        return "0"
    if 10**-decimals <= abs(x) < 1e6:
        return f"{x:.{decimals}f}".rstrip("0").rstrip(".")
    return f"{x:.{decimals - 1}e}"


def array(values, decimals=4):
    """Return an array as nested brackets.

    >>> array(np.array([[1.0, 0.5], [np.nan, 0.0]]))
    '[[1, 0.5], [nan, 0]]'
    """
    values = np.asarray(values)
    if values.size > MANY:
        return f"{values.size} numbers in an array of shape {values.shape}"
    if values.ndim == 0:
        return number(values, decimals)
    return "[" + ", ".join(array(row, decimals) for row in values) + "]"


def pair(came, expected):
    """Return two arrays as texts, with as many decimals as it takes to tell them apart.

    >>> pair(np.array(0.99999999), np.array(1.0))
    ('0.99999999', '1')
    """
    came, expected = np.asarray(came), np.asarray(expected)
    for decimals in DECIMALS:
        texts = array(came, decimals), array(expected, decimals)
        if texts[0] != texts[1]:
            break
    else:
        texts = f"{texts[0]}, off by less than {10.0 ** -DECIMALS[-1]:.0e}", texts[1]
    if came.shape != expected.shape:
        texts = tuple(
            f"{text}, shape {a.shape}" for text, a in zip(texts, (came, expected), strict=True)
        )
    return texts


def call(name, arguments, options):
    """Return the call as code that runs.

    >>> call("f", (np.array([1.0, -np.inf]), 0), {"axis": 0})
    'f(np.array([1.0, -np.inf]), 0, axis=0)'
    """
    parts = [_code(argument) for argument in arguments]
    parts += [f"{key}={value!r}" for key, value in options.items()]
    return f"{name}({', '.join(parts)})"


def _code(argument):
    if not isinstance(argument, np.ndarray):
        return repr(argument)
    usual = (np.float64, np.int64, np.array([0]).dtype)  # integers have 32 bits in a browser
    dtype = "" if argument.dtype in usual else f", np.{argument.dtype.name}"
    text = repr(argument.tolist()).replace("inf", "np.inf")
    return f"np.array({text}{dtype})"


def kind(value):
    """Return what sort of thing this is.

    >>> kind("0.5"), kind(np.ones(3)), kind(None)
    ('a str', 'an array', 'None')
    """
    if value is None:
        return "None"
    name = "array" if issubclass(type(value), np.ndarray) else name_of(type(value), "object")
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def name_of(thing, otherwise="f"):
    """Return the name of a function or a type, or another if it has none that can stand in code.

    >>> name_of(np.exp), name_of(lambda z: z)
    ('exp', 'f')
    """
    try:
        name = thing.__name__
    except Exception:
        return otherwise
    # A class derived from str may answer anything.
    stands = type(name) is str and name.isidentifier() and not iskeyword(name)
    return name if stands and len(name) <= LONGEST_NAME else otherwise


def one_line(message):
    """Return a message without line ends and addresses, and not too long.

    >>> one_line("no such\\n  class at 0x7f00")
    'no such class at 0x...'
    """
    try:
        text = " ".join(str(message).split())
    except (Exception, SystemExit):
        text = "(its message cannot be shown)"
    text = re.sub(r"0x[0-9a-fA-F]+", "0x...", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."

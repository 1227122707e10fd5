"""What shows a mistake: functions applied wrongly, and signs of it in the numbers."""

import numpy as np


def on_the_whole(f):
    """Return f of all numbers of the array together, in the shape that they had.

    >>> on_the_whole(np.cumsum)(np.ones((2, 2)))
    array([[1., 2.],
           [3., 4.]])
    """

    def whole(z, *others):
        result = np.asarray(f(z.ravel(), *(np.ravel(other) for other in others)))
        return result.reshape(z.shape) if result.ndim else result

    return whole


def along_columns(f):
    """Return f of the transposed arrays, transposed back: the classes are sought in columns.

    >>> along_columns(lambda z: np.cumsum(z, axis=-1))(np.ones((2, 2)))
    array([[1., 1.],
           [2., 2.]])
    """
    return lambda *arrays: np.transpose(f(*(np.transpose(a) for a in arrays)))


def nearly(came, expected):
    """Say whether two arrays are the same but for rounding.

    >>> nearly(np.array([np.nan, 1.0]), np.array([np.nan, 1.0 + 1e-9]))
    True
    """
    came, expected = np.asarray(came), np.asarray(expected)
    if came.shape != expected.shape:
        return False
    return bool(np.allclose(came, expected, rtol=1e-5, atol=1e-8, equal_nan=True))


def for_each(sign):
    """Return the sign that ``sign(came, expected)`` holds for every pair by itself."""
    return lambda pairs: all(sign(came, expected) for came, expected in pairs)


def for_all(sign):
    """Return the sign that ``sign(came, expected)`` holds for the numbers of all together."""

    def together(pairs):
        came, expected = (
            np.concatenate([np.ravel(a) for a in side]) for side in zip(*pairs, strict=True)
        )
        return sign(came, expected)

    return together


@for_all
def only_some_digits(came, expected):
    """Say whether came is expected, but for an error of a hundredth, of the number or of 1.

    >>> only_some_digits([(np.array([0.88, 0.12]), np.array([0.8788, 0.1192]))])
    True
    """
    near = np.abs(came - expected) <= 0.01 * np.maximum(1, np.abs(expected))
    return bool(np.all((came == expected) | near))

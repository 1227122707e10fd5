"""What the attempts of readers are made with, and what they are held against."""

import math
import textwrap

import numpy as np
import scipy.special


def by_row(f):
    """Return the function for one example as one that takes batches too."""

    def rows(z, *others):
        if z.ndim == 1:
            return f(z, *others)
        return np.array([f(*row) for row in zip(z, *others, strict=True)])

    return rows


def of_p(f):
    """Return f of the right shares, and of what else is given."""
    return lambda z, *others: f(scipy.special.softmax(z, axis=-1), *others)


def rows_of(k):
    return np.arange(len(k)), k


def one_hot(k, C):
    return (np.asarray(k)[:, None] == np.arange(C)).astype(float)


def compiled(source):
    """Return the function that a source defines."""
    names = {"np": np, "math": math, "scipy": scipy}
    exec(
        compile(source if not isinstance(source, str) else dedented(source), "<try>", "exec"), names
    )
    return list(names.values())[-1]


def dedented(source):
    return textwrap.dedent(source)


def rows(function):
    """Return an mpmath function of one row as one that takes batches, and an axis."""

    def of_array(z, axis=-1):
        z = np.moveaxis(np.asarray(z, dtype=float), axis, -1)
        values = np.array([function(row) for row in z.reshape(-1, z.shape[-1])], dtype=object)
        inner = values.shape[1:]
        values = values.astype(float).reshape(z.shape[:-1] + inner)
        return np.moveaxis(values, -1, axis) if inner else values

    return of_array


def logits(rng):
    """Draw a batch, as likely as not with gaps that overflow."""
    z = rng.normal(size=rng.integers(2, 6, size=2)) * 3 * rng.choice([1, 400])
    return z + rng.choice([0.0, 800.0, -800.0], size=(len(z), 1))


def labelled(rng):
    """Draw logits and labels."""
    z = logits(rng)
    return z, rng.integers(z.shape[1], size=len(z))

"""What the contract of all public functions is tried with, one file a chapter.

``SIGNATURES`` names each public function of the chapter. ``SAME_SHAPE`` and ``ONE_A_ROW`` make
valid arguments from logits and an axis, for functions that go along an axis; a second way to call
one is told apart by a second word. ``REAL_ARGUMENTS`` holds a valid list of arguments, and the
places where real numbers must stand, with the name that the error gives them. ``APART`` names
the functions that do not go along an axis or warn, and have tests of their own.
"""

import numpy as np

from oracles import distribution


def lowest(z, axis):
    return np.argmin(z, axis=axis)


def weights(z, axis):
    return distribution(np.nan_to_num(np.asarray(z, float), posinf=1, neginf=-1) % 1e6, axis)

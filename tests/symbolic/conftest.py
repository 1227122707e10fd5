"""Made-up entries of the ledger, and a copy of an entry that says something else."""

from copy import copy

import pytest

from softmax_lib.symbolic import LEDGER, Chain, Claim, Step, Theorem
from softmax_lib.symbolic.definition import SOFTMAX


@pytest.fixture
def identity():
    """Return a maker of theorems that claim one equation and offer one step for it."""

    def make(left, right, *, why="by magic", distinct=(), **options):
        chain = Chain(Step(left), Step(right, why), distinct=distinct)
        options = {"using": (SOFTMAX,), **options}
        return Theorem("made-up", "", Claim(left, "=", right), chain, **options)

    return make


@pytest.fixture
def changed():
    """Return a maker of copies of an entry of the ledger, some of its parts replaced."""

    def make(label, **parts):
        entry = copy(LEDGER[label])
        vars(entry).update(parts)
        return entry

    return make

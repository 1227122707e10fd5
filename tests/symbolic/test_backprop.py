"""Misprints and wrong code of the chapter on backpropagation."""

from copy import copy

import pytest
from sympy import Integer, evaluate

from softmax_lib.symbolic import LEDGER, ProofError
from softmax_lib.symbolic._engine.expressions import sum_over
from softmax_lib.symbolic.backprop import Y, n
from softmax_lib.symbolic.definition import c

MISPRINTS = (
    ("weight-gradient", r"X^{\top} (P - Y)", r"X^{\top} (Y - P)"),
    ("bias-gradient", r"\frac{1}{N} ", ""),
    ("linear-layer", "+ b", "- b"),
    ("bias-gradient", "Y_{nc}", "Y_{nn}"),
    ("half-curvature", r"\frac{1}{2}", r"\frac{1}{3}"),
    ("half-curvature", r"\le", r"\ge"),
)


def test_transposed_gradient_fails(changed):
    code = copy(LEDGER["weight-gradient"].code)
    code.call = lambda *args: LEDGER["weight-gradient"].code.call(*args)[::-1]
    claim = copy(LEDGER["weight-gradient"].claims[0])
    claim.hypothesis = True
    with pytest.raises(ProofError, match="does not compute"):
        changed("weight-gradient", code=code, chains=(), claims=(claim,)).verify()


def test_target_sums_to_one_over_classes_only(identity):
    """Summed over the examples, the entries of one class are a count, not one."""
    options = {"sums_to_one": (Y[n, c],), "classes": ()}
    with evaluate(False):
        over_classes, over_examples = sum_over(Y[n, c], c), sum_over(Y[n, c], n)
    identity(over_classes, Integer(1), **options).verify()
    with pytest.raises(ProofError):
        identity(over_examples, Integer(1), **options).verify()

"""Misprints of the chapter on cross-entropy, the two of the notes among them."""

import pytest
from sympy import evaluate, exp, log

from softmax_lib.symbolic import ProofError
from softmax_lib.symbolic._engine.expressions import C, SumOver, sum_over
from softmax_lib.symbolic.cross_entropy import k
from softmax_lib.symbolic.definition import c, p, z

MISPRINTS = (
    # The two misprints of the notes.
    ("nll-logits", r"\sum_{c=1}^{C} e^{z_c}", r"\sum_{c=k}^{C} e^{z_c}"),
    ("nll-logits", r"\sum_{c=1}^{C} e^{z_c}", r"\sum_{c=1}^{C} e^{c}"),
    ("nll-logits", "z_k -", "z_k +"),
    ("smoothing", r"\frac{\alpha}{C}", r"\alpha"),
)


@pytest.mark.parametrize("general", [True, False])
def test_misprinted_lower_limit_fails(general, identity):
    """The notes' first misprint: the sum starts at the class itself."""
    with evaluate(False):
        wrong = -(z[k] - log(SumOver(exp(z[c]), (c, k, C))))
        false = identity(-log(p[k]), wrong, general=general)
    with pytest.raises(ProofError, match="made-up, step 1"):
        false.verify()


@pytest.mark.parametrize("general", [True, False])
def test_misprinted_exponent_fails(general, identity):
    """The notes' second misprint: e to the index instead of e to the logit."""
    with evaluate(False):
        false = identity(-log(p[k]), -(z[k] - log(sum_over(exp(c), c))), general=general)
    with pytest.raises(ProofError, match="made-up, step 1"):
        false.verify()


def test_upper_limit_at_the_class_fails_for_concrete_c(identity):
    with evaluate(False):
        false = identity(sum_over(exp(z[c]), c), SumOver(exp(z[c]), (c, 1, k)), general=False)
    with pytest.raises(ProofError, match="C = 2"):
        false.verify()

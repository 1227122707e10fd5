"""Misprints and wrong proofs of the chapter on the definition."""

import pytest
from sympy import evaluate, exp

from softmax_lib.symbolic import Claim, ProofError
from softmax_lib.symbolic.definition import i, j, p, z

MISPRINTS = (
    ("softmax", "e^{z_i}", "e^{z_c}"),
    ("cold-limit", r"\frac{1}{q}", r"\frac{1}{C}"),
    ("hot-limit", r"T \to \infty", r"T \to 0^+"),
    ("bell-gap", r"\mu_i + \mu_j", r"\mu_i - \mu_j"),
    ("bell-gap", r"\sigma^2", r"\sigma"),
    ("gap-rule", r"e^{\kappa x}", "e^{x}"),
)
CONCRETE = {"two-classes": {"C = 2"}}  # two classes are two


def test_false_equation_beside_a_true_chain_fails(changed):
    with evaluate(False):
        entry = changed("ratio", claims=(Claim(p[i] / p[j], "=", exp(z[j] - z[i])),))
    with pytest.raises(ProofError, match="ratio, claim"):
        entry.verify()


def test_true_equation_needs_no_chain_of_its_own(changed):
    with evaluate(False):
        entry = changed("ratio", claims=(Claim(p[j] / p[i], "=", exp(z[j] - z[i])),))
    entry.verify()

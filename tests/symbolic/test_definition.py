"""Misprints and wrong proofs of the chapter on the definition."""

import mpmath
import pytest
import scipy.special
from sympy import Add, Integer, evaluate, exp

from softmax_lib.symbolic import LEDGER, Claim, ProofError
from softmax_lib.symbolic._engine.expressions import C, SumOver
from softmax_lib.symbolic.definition import BELL, T, below, i, j, m, mu, p, q, sigma, x, z

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


def test_the_cold_limit_speaks_of_the_softmax_of_logits_of_which_q_are_largest():
    kept, classes, warmth = 2, 5, 0.7
    gaps = [0.0] * kept + [0.3, 1.1, 0.2]
    shares = scipy.special.softmax([(1.5 - gap) / warmth for gap in gaps])
    for chain, at in zip(LEDGER["cold-limit"].chains, (0, 3), strict=True):
        ((_, ratio),) = chain.let
        counts = {q: Integer(kept), C: Integer(classes), i: Integer(at + 1)}
        written = ratio.xreplace(counts).replace(lambda part: isinstance(part, SumOver), terms)
        known = {below[number + 1]: gap for number, gap in enumerate(gaps)}
        assert float(written.subs({**known, m: 1.5, T: warmth})) == pytest.approx(shares[at])


def terms(total):
    """A sum over a known range, written out."""
    body, (index, low, high) = total.args
    return Add(*(body.xreplace({index: number}) for number in range(int(low), int(high) + 1)))


def test_what_falls_away_in_the_cold_are_the_classes_after_the_first_q():
    sums = [
        (total.args[1][1] - q, total.args[1][2])
        for chain in LEDGER["cold-limit"].chains
        for step in chain.steps
        for total in step.expr.atoms(SumOver)
    ]
    assert sums and set(sums) == {(1, C)}


def test_the_bell_curve_is_a_density():
    _, height = BELL
    width = height.subs({sigma: 1.7, mu[i]: 0.4})
    assert mpmath.quad(lambda at: float(width.subs(x, at)), [-30, 0.4, 30]) == pytest.approx(1)

"""Misprints and wrong proofs of the chapter on the derivative."""

import pytest
from sympy import Rational, evaluate

from softmax_lib.symbolic import LEDGER, Chain, Claim, ProofError, Step, Theorem
from softmax_lib.symbolic._engine.expressions import Partial
from softmax_lib.symbolic.definition import i, j, p, z

MISPRINTS = (
    ("derivative-other", "-p_i", "p_i"),
    ("derivative-other", r"(i \ne j)", r"(i \ne k)"),
    ("derivative", r"\delta_{ij}", r"\delta_{jj}"),
    ("derivative", r"\partial z_j", r"\partial z_i"),
    ("jacobian", r"p p^{\top}", r"p^{\top} p"),
    ("jacobian-symmetric", r"J^{\top} = J", r"J = J^{\top} J"),
    ("temperature-slope", r"= -\frac", r"= \frac"),
    ("temperature-slope", "{T^2}", "{T}"),
    ("temperature-slope", r"\bar z", r"\bar v"),
    ("entropy-slope", "{T^3}", "{T^2}"),
    ("entropy-slope", r"\ge 0", r"\le 0"),
)


def test_wrong_sign_fails_and_names_label_step_and_sides(identity):
    with evaluate(False):
        false = identity(Partial(p[i], z[j]), p[i] * p[j], why="sign lost", distinct=((i, j),))
    with pytest.raises(ProofError) as error:
        false.verify()
    message = str(error.value)
    assert message.startswith("made-up, step 1 (sign lost): d(p[i])/d(z[j]) is not p[i]*p[j]")
    assert "every C" in message


def test_condition_matters(identity):
    with evaluate(False):
        sides = Partial(p[i], z[j]), -(p[i] * p[j])
    with pytest.raises(ProofError, match=r"every C, i = i, j = i"):
        identity(*sides).verify()
    identity(*sides, distinct=((i, j),)).verify()


def test_slack_without_a_manifest_sign_fails():
    with evaluate(False):
        slack = p[i] - p[i] ** 2 - Rational(1, 4)
    chain = Chain(Step(slack), Step(slack, "no square"), sign=r"\ge 0")
    with pytest.raises(ProofError, match=r"last step \(no square\): it is not manifest that"):
        Theorem("made-up", "", chain).verify()


def test_claim_that_no_chain_shows_fails(changed):
    claim = Claim(p[i] * (1 - p[i]), r"\le", Rational(1, 5))
    with pytest.raises(ProofError, match=r"claim: .* \[no chain of steps shows it\]"):
        changed("diagonal-bound", claims=(claim,)).verify()


def test_claimed_direction_matters(changed):
    left, right = LEDGER["diagonal-bound"].claims[0].sides
    with pytest.raises(ProofError, match="no chain"):
        changed("diagonal-bound", claims=(Claim(left, r"\ge", right),)).verify()

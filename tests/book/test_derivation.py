"""Proofs are set line by line: nothing of what they say is lost, and what ends a formula stays."""

import pytest
from bs4 import BeautifulSoup

from derivation import derivation_html, lines_of
from softmax_lib.symbolic import LEDGER
from softmax_lib.symbolic._engine.proof import Proof

PROVED = [label for label, entry in LEDGER.items() if entry.chains]


def page_of(found):
    def show(tex, display):
        return f"<i>{tex}</i>" if display else f"<b>{tex}</b>"

    return BeautifulSoup(derivation_html(*found, show), "lxml")


@pytest.mark.parametrize("label", PROVED)
def test_a_proof_has_a_line_for_each_step_with_its_reason(label):
    entry, proof = LEDGER[label], Proof(LEDGER[label])
    lines, verdict = lines_of(proof._repr_latex_().strip("$"))
    lets = sum(len(chain.let) for chain in entry.chains)
    steps = [step for chain in entry.chains for step in chain.steps[1:]]
    words = [line.words for line in lines if line.right]
    assert sorted(words) == sorted([""] * lets + [step.why for step in steps])
    titles = [f"{chain.title}:" for chain in entry.chains if chain.title]
    said = [line.words for line in lines if not line.right]
    assert said[: len(titles)] == titles
    assert len(said) == len(titles) + len(proof.conclusions(str))
    assert "; ".join(verdict).replace(r"\_", "_") == entry.verdict
    page = page_of((lines, verdict))
    assert len(page.select(".line > .right ~ .reason")) == sum(map(bool, words))
    assert len(page.select(".line > .said")) == len(said)
    assert "$" not in page.text and "\\text" not in page.text.replace(r"\text{let }", "")


def test_a_mark_stays_with_the_formula_before_it():
    lines, verdict = lines_of(Proof(LEDGER["difference"])._repr_latex_().strip("$"))
    title = page_of((lines, verdict)).select_one(".said")
    assert title.get_text() == r"x - \tanh x is 0 at 0 and never falls, so |\tanh x| \le |x|{:}"
    assert [b.text for b in title.select("b")] == [r"x - \tanh x", r"|\tanh x| \le |x|{:}"]


def test_what_is_no_proof_is_set_as_one_formula():
    assert lines_of(r"\begin{aligned}a &= b && \text{why}\end{aligned}") is None

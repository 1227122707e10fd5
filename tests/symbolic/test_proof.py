"""What the reader sees of a proof: TeX and plain text, as it was checked."""

import hashlib
import os
import subprocess
import sys

import pytest
from sympy import Limit, evaluate, exp, log, oo

from softmax_lib.symbolic import LEDGER, prove
from softmax_lib.symbolic._engine.expressions import Partial, product_over, sum_over
from softmax_lib.symbolic._engine.printer import in_words, to_latex, to_text
from softmax_lib.symbolic._engine.proof import Proof, prose
from softmax_lib.symbolic.definition import T, a, c, m, p


def test_derivation_is_shown_as_it_was_checked():
    with evaluate(False):
        shown = LEDGER["derivative-same"].chains[0].steps[2].expr
    lines = prove("derivative-same")._repr_latex_().splitlines()
    assert lines[:2] == [r"$$\begin{gathered}", r"\begin{aligned}"]
    assert lines[-1] == r"\end{gathered}$$"
    assert lines[4] == rf" &= {to_latex(shown)} && \text{{quotient rule}} \\[6pt]"
    assert r"\dfrac{\partial e^{z_{i}}}{\partial z_{i}} S" in lines[4]


def test_inequality_ends_in_its_claim():
    proof = prove("lse-bounds")
    assert proof._repr_latex_().endswith(
        r"&\rlap{\text{Therefore $m \le \operatorname{LSE}(z) \le m + \log C$.}}"
        "\n\\end{aligned} \\\\[6pt]\n"
        r"\small\text{proved for every C, and again for C = 2, 3, 4, 5}"
        "\n\\end{gathered}$$"
    )
    assert repr(proof).endswith("therefore m <= LSE(z) <= m + log(C)")


def test_a_proof_in_words_has_titles_names_reasons_and_the_sign_of_the_last_line():
    assert repr(prove("lse-bounds")).splitlines() == [
        "lse-bounds: proved for every C, and again for C = 2, 3, 4, 5",
        "  From below:",
        "  with r = sum(exp(z[c] - m), c!=i^*)",
        "    LSE(z) - m",
        "      = (m + log(1 + r)) - m    (the largest term taken out)",
        "      = log(1 + r) >= 0    (r >= 0)",
        "  From above:",
        "    (m + log(C)) - LSE(z)",
        "      = log(C) - log(1 + r)    (the largest term taken out)",
        "      = log(C/(1 + r))    (log of a quotient)",
        "      = log(1 + ((C - 1) - r)/(1 + r))    (take out 1)",
        "      = log(1 + sum(1 - exp(z[c] - m), c!=i^*)/(1 + r)) >= 0    (C - 1 terms; z_c <= m)",
        "  therefore m <= LSE(z) <= m + log(C)",
    ]
    untitled = repr(prove("hot-limit")).splitlines()
    assert untitled[1] == "    lim(p(T)[i], T -> oo)"
    assert untitled[-1] == "      = 1/C    (C ones)"


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("second-softmax", "L - (log((E + C) - 1) - 1)"),
        ("streaming-merge", "((1 + r_1)*exp(m_{1}) + (1 + r_2)*exp(m_{2}))*exp(-m_{1}) - 1"),
    ],
)
def test_a_line_is_shown_as_it_was_written(label, line):
    assert f" {line}" in repr(prove(label))


def test_a_limit_in_words_says_from_which_side():
    assert to_text(Limit(a, T, oo)) == "lim(a, T -> oo)"
    assert to_text(Limit(a, T, 0)) == "lim(a, T -> 0+)"
    assert to_text(Limit(a, T, -1)) == "lim(a, T -> -1)"


def test_the_sign_in_a_derivation_stands_in_the_last_line_of_its_chain():
    lines = prove("lse-bounds")._repr_latex_().splitlines()
    assert [line.split("&& ")[1].split(r" \\")[0] for line in lines if r" \ge 0 &&" in line] == [
        r"{r \ge 0}",
        r"{C - 1}\text{ terms; }{z_c \le m}",
    ]
    for entry in LEDGER.values():
        assert "  &&" not in Proof(entry)._repr_latex_(), entry.label


def test_a_definition_shows_the_code_that_computes_it():
    proof = prove("softmax")
    verdict = "softmax_naive agrees with this definition on random input"
    formula = r"p_i = \frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}"
    assert repr(proof) == f"softmax: {verdict}\n    {formula}"
    escaped = verdict.replace("_", r"\_")
    assert proof._repr_latex_().splitlines()[1:-1] == [rf"\small\text{{{escaped}}}"]


def test_every_line_has_balanced_braces():
    for entry in LEDGER.values():
        for line in Proof(entry)._repr_latex_().splitlines():
            assert line.count("{") == line.count("}")
            assert line.count(r"\left") == line.count(r"\right")


def test_reasons_as_tex_and_as_text():
    why = r"divide by $e^{z_i / T}$; $\frac{a}{b} \le 1$"
    assert prose(why) == r"\text{divide by }{e^{z_i / T}}\text{; }{\frac{a}{b} \le 1}"
    assert in_words(why) == "divide by e^(z_i / T); a/b <= 1"


def test_products_print_as_written():
    with evaluate(False):
        assert to_latex((a + 1) * T) == r"\left(a + 1\right) T"
        assert to_latex(a * -T) == r"a \left(-T\right)"
        assert to_latex(sum_over(p[c], c) * a) == r"\left(\sum_{c=1}^{C} p_{c}\right) a"
        assert to_latex(a - (T - m)) == r"a - \left(T - m\right)"
        assert to_latex(a + (T - m)) == r"a + \left(T - m\right)"
        assert to_latex(log(a * T)) == r"\log\left(a T\right)"
        assert to_latex(exp(1 / (a + 1))) == "e^{1 / (a + 1)}"
        assert to_text(product_over(p[c], c)) == "prod(p[c], c=1..C)"


def test_a_derivative_encloses_what_it_is_taken_of():
    with evaluate(False):
        assert to_latex(Partial(a, T)) == r"\frac{\partial a}{\partial T}"
        assert to_latex(Partial(a * m, T)) == r"\frac{\partial}{\partial T} \left(a m\right)"
        assert to_latex(Partial(a / m, T)) == r"\frac{\partial}{\partial T} \frac{a}{m}"
        summed = r"\left(\sum_{c=1}^{C} p_{c}\right)"
        assert (
            to_latex(Partial(sum_over(p[c], c), T)) == rf"\frac{{\partial}}{{\partial T}} {summed}"
        )


def test_shown_proofs_do_not_depend_on_the_hash_seed():
    program = (
        "import hashlib\n"
        "from softmax_lib.symbolic import LEDGER\n"
        "from softmax_lib.symbolic._engine.proof import Proof\n"
        "shown = [f(Proof(e)) for e in LEDGER.values() for f in (repr, Proof._repr_latex_)]\n"
        "print(hashlib.sha256('\\n'.join(shown).encode()).hexdigest())\n"
    )
    seen = subprocess.run(
        [sys.executable, "-c", program],
        # Another seed than that of this process.
        env={
            **os.environ,
            "PYTHONHASHSEED": "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    shown = [show(Proof(entry)) for entry in LEDGER.values() for show in (repr, Proof._repr_latex_)]
    assert seen.strip() == hashlib.sha256("\n".join(shown).encode()).hexdigest()

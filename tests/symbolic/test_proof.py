"""What the reader sees of a proof: TeX and plain text, as it was checked."""

import hashlib
import os
import subprocess
import sys

from sympy import evaluate, exp, log

from softmax_lib.symbolic import LEDGER, prove
from softmax_lib.symbolic._engine.expressions import product_over, sum_over
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

"""The equation ledger: every entry holds, false ones do not, and the printed TeX is the claim."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from sympy import Abs, Integer, Rational, Symbol, evaluate, exp, log, nan, sqrt

from softmax_lib.overflow import logsumexp
from softmax_lib.symbolic import (
    LEDGER,
    Chain,
    Claim,
    Code,
    Definition,
    ProofError,
    Step,
    Theorem,
    collect,
    prove,
)
from softmax_lib.symbolic import notation as nt
from softmax_lib.symbolic.algebra import coincidences, resolve, worlds
from softmax_lib.symbolic.checks import counterexample, has_sign
from softmax_lib.symbolic.definition import SOFTMAX
from softmax_lib.symbolic.ledger import Entry
from softmax_lib.symbolic.normal import Exponential, Normal
from softmax_lib.symbolic.notation import (
    C,
    J,
    Others,
    Partial,
    Total,
    Y,
    c,
    delta,
    i,
    j,
    k,
    n,
    p,
    total,
    y,
    z,
)
from softmax_lib.symbolic.printing import tex, text
from softmax_lib.symbolic.proof import Proof, plain, prose
from softmax_lib.symbolic.reader import Reader, UnreadableError
from softmax_lib.symbolic.tex import number, read_back
from softmax_lib.symbolic.zero import is_zero

LABELS = list(LEDGER)
# Not for every C at once: two classes are two, and a determinant of C rows needs a C.
CONCRETE = {"two-classes": {"C = 2"}, "jacobian-minor": {f"C = {size}" for size in (2, 3, 4, 5)}}
# Sides of equations that SymPy's parser cannot be brought to read, with the reason.
UNREADABLE = {}
POINT = {i: Integer(1), j: Integer(2), k: Integer(3), nt.STAR: Integer(1), c: Integer(2)}
POINT |= {n: Integer(2), nt.d: Integer(1)}


@cache
def proved(label):
    return prove(label)


def identity(left, right, *, why="by magic", **options):
    """A theorem that claims one equation and offers one step for it."""
    chain = Chain((Step(left), Step(right, why)))
    options = {"using": (SOFTMAX,), **options}
    return Theorem(
        label="made-up", tex="", claims=(Claim((left, right)),), chains=(chain,), **options
    )


# Every entry


@pytest.mark.parametrize("label", LABELS)
def test_entry_proves(label):
    assert repr(proved(label)).startswith(f"{label}: ")


@pytest.mark.parametrize("label", LABELS)
def test_printed_tex_is_the_claim(label):
    found = read_back(LEDGER[label])
    unreadable = {side: reason for side, reason in found.items() if isinstance(reason, str)}
    assert unreadable == UNREADABLE.get(label, {})
    assert all(agrees is True for side, agrees in found.items() if side not in unreadable)


def test_every_theorem_is_checked_for_every_c_and_each_small_c():
    for label, entry in LEDGER.items():
        if isinstance(entry, Theorem):
            exprs = [resolve(side, entry.rules()) for side in entry.claims[0].sides]
            seen = worlds(exprs, (), entry.general, entry.classes, entry.sizes)
            small = {f"C = {size}" for size in (2, 3, 4, 5)}
            assert {name for name, _ in seen} == CONCRETE.get(label, {"every C", *small}), label


@pytest.mark.parametrize(
    "label",
    # Where both sides are functions of what the reader is given, without further assumptions.
    [
        label
        for label in LABELS
        if isinstance(LEDGER[label], Theorem)
        and not LEDGER[label].sums_to_one
        and label not in ("gap-rule", "one-hot", "two-classes")
        and not label.endswith(("-limit", "-norm"))
    ],
)
def test_claims_hold_at_a_point(label):
    """mpmath's numbers, in 30 digits: an oracle that shares no normal form with the proofs."""
    for claim in LEDGER[label].claims:
        values = [number(side, LEDGER[label].rules(), POINT) for side in claim.sides]
        for relation, (left, right) in zip(claim.relations, pairwise(values), strict=True):
            if relation == "=":
                assert abs(left - right) < 1e-25
            elif label != "lse-bounds":  # there the point is not ordered
                assert left <= right if relation == r"\le" else left >= right


def test_definitions_name_code_of_the_library():
    for entry in LEDGER.values():
        if isinstance(entry, Definition):
            assert entry.code is not None
            words = f"{entry.code.name} agrees with this definition on random input"
            assert entry.verdict() == words


# What is false does not pass


def test_wrong_sign_fails_and_names_label_step_and_sides():
    with evaluate(False):
        false = identity(Partial(p[i], z[j]), p[i] * p[j], why="sign lost")
    with pytest.raises(ProofError) as error:
        replace(false, chains=(replace(false.chains[0], distinct=((i, j),)),)).check()
    message = str(error.value)
    assert message.startswith("made-up, step 1 (sign lost): d(p[i])/d(z[j]) is not p[i]*p[j]")
    assert "every C" in message


def test_condition_matters():
    with evaluate(False):
        only_if_different = identity(Partial(p[i], z[j]), -(p[i] * p[j]))
    with pytest.raises(ProofError, match=r"every C, i = i, j = i"):
        only_if_different.check()
    replace(
        only_if_different, chains=(replace(only_if_different.chains[0], distinct=((i, j),)),)
    ).check()


@pytest.mark.parametrize("general", [True, False])
def test_misprinted_lower_limit_fails(general):
    """The notes' first misprint: the sum starts at the class itself."""
    with evaluate(False):
        loss = -log(p[k])
        false = identity(loss, -(z[k] - log(Total(exp(z[c]), (c, k, C)))), general=general)
    with pytest.raises(ProofError, match="made-up, step 1"):
        false.check()


@pytest.mark.parametrize("general", [True, False])
def test_misprinted_exponent_fails(general):
    """The notes' second misprint: e to the index instead of e to the logit."""
    with evaluate(False):
        false = identity(-log(p[k]), -(z[k] - log(total(exp(c), c))), general=general)
    with pytest.raises(ProofError, match="made-up, step 1"):
        false.check()


def test_upper_limit_at_the_class_fails_for_concrete_c():
    with evaluate(False):
        false = identity(total(exp(z[c]), c), Total(exp(z[c]), (c, 1, k)), general=False)
    with pytest.raises(ProofError, match="C = 2"):
        false.check()


def test_slack_without_a_manifest_sign_fails():
    with evaluate(False):
        slack = p[i] - p[i] ** 2 - Rational(1, 4)
        step = Step(slack, "no square")
    chain = Chain((Step(slack), step), sign=r"\ge 0")
    false = Theorem(label="made-up", tex="", claims=(), chains=(chain,))
    with pytest.raises(ProofError, match=r"last step \(no square\): it is not manifest that"):
        false.check()


def test_claim_that_no_chain_shows_fails():
    entry = LEDGER["diagonal-bound"]
    claim = Claim((p[i] * (1 - p[i]), Rational(1, 5)), (r"\le",))
    with pytest.raises(ProofError, match=r"claim: .* \[no chain of steps shows it\]"):
        replace(entry, claims=(claim,)).check()


def test_claimed_direction_matters():
    entry = LEDGER["diagonal-bound"]
    turned = Claim(entry.claims[0].sides, (r"\ge",))
    with pytest.raises(ProofError, match="no chain"):
        replace(entry, claims=(turned,)).check()


def test_false_equation_beside_a_true_chain_fails():
    with evaluate(False):
        entry = replace(LEDGER["ratio"], claims=(Claim((p[i] / p[j], exp(z[j] - z[i]))),))
    with pytest.raises(ProofError, match=r"made|ratio, claim"):
        entry.check()


def test_true_equation_needs_no_chain_of_its_own():
    with evaluate(False):
        entry = replace(LEDGER["ratio"], claims=(Claim((p[j] / p[i], exp(z[j] - z[i]))),))
    entry.check()


def test_code_that_differs_fails():
    entry = LEDGER["logsumexp"]
    code = Code("off by a hair", lambda logits: logsumexp(logits) * (1 + 1e-12), (z,))
    with pytest.raises(ProofError, match=r"logsumexp: off by a hair does not compute .* \[C = 2\]"):
        replace(entry, code=code).check()


def test_transposed_gradient_fails():
    entry = LEDGER["weight-gradient"]
    code = replace(entry.code, call=lambda *args: entry.code.call(*args)[::-1])
    with pytest.raises(ProofError, match="does not compute"):
        replace(
            entry, code=code, chains=(), claims=(replace(entry.claims[0], hypothesis=True),)
        ).check()


def test_unknown_label():
    with pytest.raises(KeyError, match="no entry of the ledger is labelled 'sofmax'"):
        prove("sofmax")


def test_label_used_twice():
    with pytest.raises(ValueError, match="two entries of the ledger are labelled 'softmax'"):
        collect((Entry(label="softmax", tex="", claims=()),))


# The algebra under the proofs


@pytest.mark.parametrize(("count", "bell"), [(0, 1), (1, 1), (2, 2), (3, 5), (4, 15)])
def test_indices_coincide_in_all_ways(count, bell):
    ways = list(coincidences((i, j, k, c)[:count], ()))
    assert len(ways) == len({tuple(way.values()) for way in ways}) == bell


def test_fewer_classes_than_different_indices_are_passed_over():
    three = worlds([z[i] + z[j] + z[k]], ((i, j), (i, k), (j, k)))
    assert [name for name, _ in three] == ["every C", "C = 3", "C = 4", "C = 5"]


def test_distinct_indices_do_not_coincide():
    assert all(way[i] != way[j] for way in coincidences((i, j, k), ((i, j),)))


def test_target_sums_to_one_over_classes_only():
    """Summed over the examples, the entries of one class are a count, not one."""
    with evaluate(False):
        over_classes, over_examples = total(Y[n, c], c), total(Y[n, c], n, nt.N)
    options = {"sums_to_one": (Y,), "classes": ()}
    identity(over_classes, Integer(1), **options).check()
    with pytest.raises(ProofError):
        identity(over_examples, Integer(1), **options).check()


def test_sum_of_a_constant_counts_its_terms():
    identity(total(nt.a, c), C * nt.a).check()


def test_unequal_sums_stay_unequal():
    assert counterexample(identity(z[i], z[i]), total(z[c], c), total(z[c] ** 2, c))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(exp(z[1]), exp(z[1])), (-exp(z[1]), exp(z[1]))],
)
def test_absolute_value_of_certain_sign(value, expected):
    normal = Normal({C: Integer(2)})
    assert normal.walk(Abs(value, evaluate=False)) == normal.walk(expected)


def test_absolute_value_of_open_sign_is_kept():
    difference = exp(z[1]) - exp(z[2])
    assert Normal({C: Integer(2)}).walk(Abs(difference)).has(Abs)
    assert Normal({}).walk(Abs(exp(z[i]) - exp(z[j]))).has(Abs)
    assert Normal({}).walk(Abs(exp(z[i]) - 2 * total(exp(z[c]), c) * z[j])).has(Abs)


def test_log_of_open_sign_is_not_taken_apart():
    assert Normal({}).walk(log(z[1] * z[2], evaluate=False)) == log(z[1] * z[2])


def test_roots_of_exponentials_are_known():
    x = Exponential(z[1])
    assert is_zero(sqrt(x) * sqrt(x) - x)
    assert is_zero((x - 1) / (sqrt(x) - 1) - sqrt(x) - 1)
    assert not is_zero(sqrt(x) - x)


def test_nothing_undefined_is_zero():
    assert not is_zero(nan)
    assert is_zero(Integer(0))
    hidden = Symbol("x") * (Symbol("x") + 1) - Symbol("x") ** 2 - Symbol("x")
    with pytest.raises(ZeroDivisionError, match="vanishes identically"):
        is_zero(1 / hidden)
    assert is_zero(hidden * Symbol("y"))


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (total(p[c], c), "> 0"),
        (Others(p[c], c, k), r"\ge 0"),
        (1 - 1 / (1 + nt.r), r"\ge 0"),
        (-nt.T, "< 0"),
        (total(z[c] ** 2, c), r"\ge 0"),
    ],
)
def test_manifest_signs(expr, sign):
    assert has_sign(expr, sign)


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (total(z[c], c), r"\ge 0"),
        (Others(p[c], c, k), "> 0"),  # with one class there are no others
        (nt.r, "> 0"),
        (1 - p[i], r"\ge 0"),
        (z[i] * z[j], r"\ge 0"),
    ],
)
def test_signs_that_are_not_manifest(expr, sign):
    assert not has_sign(expr, sign)


def test_total_from_another_start_may_be_empty():
    assert Total(p[c], (c, 2, C)).is_positive is None
    assert Total(p[c], (c, 2, C)).is_nonnegative is True


# What the reader sees


def test_derivation_is_shown_as_it_was_checked():
    with evaluate(False):
        shown = LEDGER["derivative-same"].chains[0].steps[2].expr
    lines = proved("derivative-same")._repr_latex_().splitlines()
    assert lines[:2] == [r"$$\begin{gathered}", r"\begin{aligned}"]
    assert lines[-1] == r"\end{gathered}$$"
    assert lines[4] == rf" &= {tex(shown)} && \text{{quotient rule}} \\[6pt]"
    assert r"\dfrac{\partial e^{z_{i}}}{\partial z_{i}} S" in lines[4]


def test_inequality_ends_in_its_claim():
    proof = proved("lse-bounds")
    assert proof._repr_latex_().endswith(
        r"&\rlap{\text{Therefore $m \le \operatorname{LSE}(z) \le m + \log C$.}}"
        "\n\\end{aligned} \\\\[6pt]\n"
        r"\small\text{proved for every C, and again for C = 2, 3, 4, 5}"
        "\n\\end{gathered}$$"
    )
    assert repr(proof).endswith("therefore m <= LSE(z) <= m + log(C)")


def test_a_definition_shows_the_code_that_computes_it():
    proof = proved("softmax")
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
    assert plain(why) == "divide by e^(z_i / T); a/b <= 1"


def test_products_print_as_written():
    with evaluate(False):
        assert tex((nt.a + 1) * nt.T) == r"\left(a + 1\right) T"
        assert tex(nt.a * -nt.T) == r"a \left(-T\right)"
        assert tex(total(p[c], c) * nt.a) == r"\left(\sum_{c=1}^{C} p_{c}\right) a"
        assert tex(nt.a - (nt.T - nt.m)) == r"a - \left(T - m\right)"
        assert tex(nt.a + (nt.T - nt.m)) == r"a + \left(T - m\right)"
        assert tex(log(nt.a * nt.T)) == r"\log\left(a T\right)"
        assert tex(exp(1 / (nt.a + 1))) == "e^{1 / (a + 1)}"
        assert text(nt.product(p[c], c)) == "prod(p[c], c=1..C)"


def test_shown_proofs_do_not_depend_on_the_hash_seed():
    program = (
        "import hashlib\n"
        "from softmax_lib.symbolic import LEDGER\n"
        "from softmax_lib.symbolic.proof import Proof\n"
        "shown = [f(Proof(e)) for e in LEDGER.values() for f in (repr, Proof._repr_latex_)]\n"
        "print(hashlib.sha256('\\n'.join(shown).encode()).hexdigest())\n"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


# Misprints in the TeX

NLL = r"L = -\left(z_k - \log \sum_{c=1}^{C} e^{z_c}\right)"


@pytest.mark.parametrize(
    ("label", "right", "wrong"),
    [
        # The two misprints of the notes.
        ("nll-logits", r"\sum_{c=1}^{C} e^{z_c}", r"\sum_{c=k}^{C} e^{z_c}"),
        ("nll-logits", r"\sum_{c=1}^{C} e^{z_c}", r"\sum_{c=1}^{C} e^{c}"),
        ("nll-logits", "z_k -", "z_k +"),
        ("softmax", "e^{z_i}", "e^{z_c}"),
        ("derivative-other", "-p_i", "p_i"),
        ("derivative-other", r"(i \ne j)", r"(i \ne k)"),
        ("derivative", r"\delta_{ij}", r"\delta_{jj}"),
        ("derivative", r"\partial z_j", r"\partial z_i"),
        ("lse-bounds", r"\le m + \log C", r"\le m + \log 2"),
        ("lse-bounds", r"m \le", r"m \ge"),
        ("lse-log1p", r"\ne i^*", r"\ne k"),
        ("lse-log1p", r", \qquad r = \sum_{c \ne i^*} e^{z_c - m}", ""),
        ("jacobian", r"p p^{\top}", r"p^{\top} p"),
        ("jacobian-symmetric", r"J^{\top} = J", r"J = J^{\top} J"),
        ("weight-gradient", r"X^{\top} (P - Y)", r"X^{\top} (Y - P)"),
        ("bias-gradient", r"\frac{1}{N} ", ""),
        ("linear-layer", "+ b", "- b"),
        ("bias-gradient", "Y_{nc}", "Y_{nn}"),
        ("cold-limit", r"\frac{1}{q}", r"\frac{1}{C}"),
        ("hot-limit", r"T \to \infty", r"T \to 0^+"),
        ("gap-rule", r"e^{\kappa x}", "e^{x}"),
        ("smoothing", r"\frac{\alpha}{C}", r"\alpha"),
    ],
)
def test_misprint_is_caught(label, right, wrong):
    entry = LEDGER[label]
    assert right in entry.tex
    found = read_back(entry, entry.tex.replace(right, wrong, 1))
    assert not all(agrees is True for agrees in found.values())


@pytest.mark.parametrize(
    ("unreadable", "reason"),
    [
        (r"\foo_i", "unknown symbol foo"),
        (r"f(z_i)", "unknown symbol f"),
        (r"z_i +", "Invalid LaTeX"),
        (r"J + z_i", "unsupported operand"),
        (r"J X", "mismatch"),
        (r"p_l", "unknown index l"),
        (r"w_i", "unknown symbol w"),
    ],
)
def test_what_cannot_be_read_says_why(unreadable, reason):
    with pytest.raises(UnreadableError, match=reason):
        Reader().read(unreadable)
    found = read_back(LEDGER["nll-logits"], f"L = {unreadable}")
    assert isinstance(found[unreadable], str)


def test_reader_knows_numbers_as_indices():
    assert Reader().read("p_1 + y_2") == p[1] + y[2]
    assert Reader().read(r"\delta_{ij}") == delta(i, j)
    assert Reader().read("J")[0, 1] == J[1, 2]

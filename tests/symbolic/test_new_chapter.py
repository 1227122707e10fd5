"""A chapter with symbols of its own proves and reads back with no edit of the engine."""

from types import SimpleNamespace

import numpy as np
import pytest
from sympy import Function, Idx, IndexedBase, Integer, Rational, Symbol, evaluate, symbols

from softmax_lib.course import CHAPTERS
from softmax_lib.symbolic import (
    LEDGER,
    Chain,
    Claim,
    Code,
    Definition,
    Ledger,
    ProofError,
    Step,
    Theorem,
)
from softmax_lib.symbolic._engine.expressions import C, ForEachC, delta, sum_over
from softmax_lib.symbolic._engine.reader import name_of
from softmax_lib.symbolic._engine.round_trip import read_back

M = Symbol("M", integer=True, positive=True)
t, u = (Idx(name, (1, M)) for name in "tu")
o = Idx("o", (1, C))
A = IndexedBase("A", real=True)
w = IndexedBase("w", positive=True)
CENTRE = IndexedBase(r"\hat A", real=True)
beta, lift = symbols("beta lambda", real=True)
f = Function("f")


class LastOf(ForEachC):
    """The value that an expression has at the last class: ``LastOf(f, o)``."""

    def for_size(self, size):
        return self.args[0].xreplace({self.args[1]: Integer(size)})

    def _latex(self, printer):
        return r"\operatorname{last}(A)"


LAST = LastOf(A[1, o], o)
SYMBOLS = (M, t, u, o, A[t, o], w[t], CENTRE[o], beta, lift, f(beta), LAST)

with evaluate(False):
    MEAN = (CENTRE[o], sum_over(w[t] * A[t, o], t))
    ENTRIES = (
        Definition(
            "toy-centre",
            r"\hat A_o = \sum_{t=1}^{M} w_t A_{to}",
            Claim(CENTRE[o], "=", sum_over(w[t] * A[t, o], t)),
            code=Code(lambda A, w: w @ A, (A[t, o], w[t]), (o,), name="w @ A"),
        ),
        Theorem(
            "toy-deviations",
            r"\sum_{t=1}^{M} w_t (A_{to} - \hat A_o) = 0",
            Claim(sum_over(w[t] * (A[t, o] - CENTRE[o]), t), "=", Integer(0)),
            Chain(
                Step(sum_over(w[t] * (A[t, o] - CENTRE[o]), t)),
                Step(sum_over(w[t] * A[t, o], t) - CENTRE[o] * sum_over(w[t], t), "two sums"),
                Step(CENTRE[o] - CENTRE[o], "the weights sum to one"),
                Step(Integer(0)),
            ),
            using=(MEAN,),
            sums_to_one=(w[t],),
        ),
        Theorem(
            "toy-function",
            r"f(\beta + \lambda, \beta) - \beta = f(\lambda + \beta, \beta) - \beta",
            Claim(f(beta + lift, beta) - beta, "=", f(lift + beta, beta) - beta),
            Chain(
                Step(f(beta + lift, beta) - beta), Step(f(lift + beta, beta) - beta, "a sum turned")
            ),
        ),
        Theorem(
            "toy-last",
            r"\operatorname{last}(A) = A_{1C}",
            Claim(LAST, "=", A[1, C]),
            Chain(Step(LAST), Step(A[1, C], "by definition")),
            general=False,
        ),
    )


@pytest.fixture
def ledger():
    room = SimpleNamespace(ENTRIES=ENTRIES, SYMBOLS=SYMBOLS)
    toy = SimpleNamespace(name="toy", part="Toys", room=lambda role: room)
    return Ledger.of([*CHAPTERS, toy])


def test_it_reads_its_own_symbols_and_those_of_the_first_part_that_it_does_not_rename(ledger):
    own = {name_of(one) for one in SYMBOLS}
    kept = [one for one in LEDGER.symbols if name_of(one) not in own]
    assert ledger["toy-centre"].symbols == (*SYMBOLS, *kept)
    assert {str(one) for one in LEDGER.symbols} > {"p[i]", "z[i]", "T"}
    assert len(kept) < len(LEDGER.symbols)
    course = [each for each in CHAPTERS if each.part == CHAPTERS[0].part]
    assert LEDGER.symbols == Ledger.of(course).symbols
    assert ledger["softmax"].symbols == CHAPTERS[0].room("symbolic").SYMBOLS


@pytest.mark.parametrize("label", [entry.label for entry in ENTRIES])
def test_its_entries_prove_and_read_back(label, ledger):
    assert repr(ledger.prove(label)).startswith(f"{label}: ")
    assert "M" not in label and r"\begin{gathered}" in ledger.prove(label)._repr_latex_()
    found = read_back(ledger[label])
    assert found == dict.fromkeys(found, True)


@pytest.mark.parametrize(
    ("label", "right", "wrong"),
    [
        ("toy-centre", "t=1", "t=2"),
        ("toy-centre", "A_{to}", "A_{oo}"),
        ("toy-centre", "w_t", "w_u"),
        ("toy-deviations", r"\hat A_o", r"\hat A_1"),
        ("toy-function", r"f(\beta + \lambda, \beta)", r"f(\beta, \beta + \lambda)"),
        ("toy-last", "A_{1C}", "A_{2C}"),
    ],
)
def test_its_misprints_are_caught(label, right, wrong, ledger):
    found = read_back(ledger[label], ledger[label].tex.replace(right, wrong, 1))
    assert not all(agrees is True for agrees in found.values())


def test_what_is_false_of_its_indices_fails(identity):
    """Two indices of a count other than C may be equal, and for every C as for each small one."""
    with evaluate(False):
        only_if_different = identity(delta(t, u) * A[t, o], Integer(0))
        picked = identity(sum_over(delta(t, u) * A[t, o], t), A[u, o])
        halved = identity(A[t, o] * w[u], Rational(1, 2) * A[t, o] * w[u])
    with pytest.raises(ProofError, match="every C, o = o, t = t, u = t"):
        only_if_different.verify()
    only_if_different.general = False
    with pytest.raises(ProofError, match="C = 2, o = 1, t = 1, u = 1"):
        only_if_different.verify()
    picked.verify()
    with pytest.raises(ProofError):
        halved.verify()


def test_its_code_is_compared(ledger):
    entry = ledger["toy-centre"]
    wrong = Code(lambda A, w: np.sum(A, axis=0), entry.code.arguments, (o,), name="no weights")
    with pytest.raises(ProofError, match="toy-centre: no weights does not compute"):
        Definition("toy-centre", "", *entry.claims, code=wrong).verify()

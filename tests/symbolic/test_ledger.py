"""Every entry of the ledger holds, and the TeX that is printed is what is proved.

What is known about the entries of one chapter stands in the test file of its name: `MISPRINTS` of
their TeX, which must be caught, and `CONCRETE`, the theorems that are not for every C at once.
"""

import re
import runpy
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from sympy import Idx, Indexed, Symbol, log

from softmax_lib.course import CHAPTERS
from softmax_lib.symbolic import LEDGER, Definition, Ledger, Theorem, prove
from softmax_lib.symbolic._engine.round_trip import read_back, values
from softmax_lib.symbolic._engine.small_cases import cases
from softmax_lib.symbolic._engine.substitution import head, resolve
from softmax_lib.symbolic.cross_entropy import y

PAGES = Path(__file__).parents[2] / "chapters"

LABELS = list(LEDGER)
ROOMS = [chapter for chapter in CHAPTERS if chapter.room("symbolic")]
SMALL = {f"C = {size}" for size in (2, 3, 4, 5)}


def told(chapter):
    """What the test file of a chapter tells of its entries."""
    return runpy.run_path(str(Path(__file__).with_name(f"test_{chapter.module}.py")))


def at_a_point(entry):
    """Whether the sides are functions of what the reader is given, without further assumptions."""
    sides = [side for claim in entry.claims for side in claim.sides]
    given = {head(one) for side in sides for one in side.atoms(Indexed, Symbol)}
    supposed = {head(symbol) for chain in entry.chains for symbol, _ in chain.let} - set(
        entry.rules()
    )
    return (
        isinstance(entry, Theorem)
        and (3 in entry.classes or not entry.classes)
        and not (entry.sums_to_one or entry.sizes or supposed & given)
        and not any(claim.hypothesis for claim in entry.claims)
    )


@pytest.mark.parametrize("label", LABELS)
def test_entry_proves(label):
    assert repr(prove(label)).startswith(f"{label}: ")


@pytest.mark.parametrize("label", LABELS)
def test_printed_tex_is_the_claim(label):
    found = read_back(LEDGER[label])
    assert found == dict.fromkeys(found, True)


@pytest.mark.parametrize(
    ("label", "right", "wrong"), [case for room in ROOMS for case in told(room)["MISPRINTS"]]
)
def test_misprint_is_caught(label, right, wrong):
    entry = LEDGER[label]
    assert right in entry.tex
    found = read_back(entry, entry.tex.replace(right, wrong, 1))
    assert not all(agrees is True for agrees in found.values())


@pytest.mark.parametrize("chapter", ROOMS, ids=lambda chapter: chapter.name)
def test_every_theorem_is_checked_for_every_c_and_each_small_c(chapter):
    concrete = told(chapter).get("CONCRETE", {})
    for entry in chapter.room("symbolic").ENTRIES:
        if isinstance(entry, Theorem):
            exprs = [resolve(side, entry.rules()) for side in entry.claims[0].sides]
            seen = cases(exprs, (), entry.general, entry.classes, entry.sizes)
            every = {"every C", *SMALL} if entry.classes else {"every C"}
            wanted = concrete.get(entry.label, every)
            assert {name for name, _ in seen} == wanted, entry.label


@pytest.mark.parametrize("label", [label for label in LABELS if at_a_point(LEDGER[label])])
def test_claims_hold_at_a_point(label):
    """mpmath's numbers, in 30 digits: an oracle that shares no normal form with the proofs."""
    entry = LEDGER[label]
    for claim in entry.claims:
        pairs = pairwise(values([resolve(side, entry.rules()) for side in claim.sides]))
        for relation, (left, right) in zip(claim.relations, pairs, strict=True):
            if relation == "=":
                assert abs(left - right) < 1e-25
            elif label != "lse-bounds":  # there the point is not ordered
                assert left <= right if relation == r"\le" else left >= right


def counts(entry):
    """The counts that an entry speaks of: in its sides and definitions, not behind an index."""

    def walk(expr):
        if isinstance(expr, Idx):
            return set()
        if isinstance(expr, Symbol) and expr.is_integer and expr.is_positive:
            return {expr.name}
        return set().union(*map(walk, expr.args))

    sides = [side for claim in entry.claims for side in claim.sides]
    rules = entry.rules()
    used = [meaning for _, meaning in rules.values()] if sides else []
    return set().union(*map(walk, [*sides, *used]))


@pytest.mark.parametrize("label", LABELS)
def test_a_stamp_speaks_of_the_counts_that_the_statement_has_and_of_no_other(label):
    entry = LEDGER[label]
    if isinstance(entry, Theorem) and entry.general:
        said = {
            name
            for name in ("C", "N", "D", "M", "K", "B", "q")
            if re.search(rf"\b{name}\b", entry.scope)
        }
        assert said == counts(entry) - {"k"}
        assert bool(entry.classes) == ("C" in said)
        assert entry.verdict.startswith(f"proved for {entry.scope}")


@pytest.mark.parametrize("label", ["decomposition", "gibbs"])
def test_a_proof_that_takes_logarithms_of_targets_says_so(label):
    entry = LEDGER[label]
    steps = [step.expr for chain in entry.chains for step in chain.steps]
    steps += [meaning for _, meaning in entry.rules().values()]
    assert any(part.has(y) for expr in steps for part in expr.atoms(log))
    assert "targets without a 0" in entry.verdict


def test_definitions_name_code_of_the_library():
    for entry in LEDGER.values():
        if isinstance(entry, Definition):
            words = f"{entry.code.name} agrees with this definition on random input"
            assert entry.verdict == words


def test_the_ledger_keeps_the_order_of_the_course():
    assert [entry.label for room in ROOMS for entry in room.room("symbolic").ENTRIES] == LABELS


def test_a_proof_is_done_once(monkeypatch):
    prove("ratio")
    monkeypatch.setattr(Theorem, "verify", None)
    assert prove("ratio") is prove("ratio")


def test_unknown_label():
    with pytest.raises(KeyError, match="no entry of the ledger is labelled 'sofmax'"):
        prove("sofmax")


def test_a_label_used_twice_names_both_chapters():
    room = SimpleNamespace(ENTRIES=(Definition("twice", ""),), SYMBOLS=())
    one, empty, other = (
        SimpleNamespace(name=name, part="one", room=lambda role, room=room: room)
        for name, room in (("first", room), ("no-proofs", None), ("second", room))
    )
    assert list(Ledger.of([one, empty])) == ["twice"]
    with pytest.raises(
        ValueError, match="labelled 'twice': one of the chapter 'first', one of 'second'"
    ):
        Ledger.of([one, empty, other])


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_page_proves_what_is_no_definition(chapter):
    """Of a definition, `prove` shows no step: only that the library computes it."""
    cells = nbformat.read(PAGES / f"{chapter.name}.ipynb", as_version=4).cells
    proved = [label for cell in cells for label in re.findall(r'prove\("([\w-]+)"', cell.source)]
    assert proved
    assert not [label for label in proved if isinstance(LEDGER[label], Definition)]

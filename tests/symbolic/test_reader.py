"""The reader of TeX: what it knows, and what it says of what it cannot read."""

import pytest
from sympy import Indexed, IndexedBase, Symbol

from softmax_lib.symbolic import LEDGER
from softmax_lib.symbolic._engine.expressions import delta, sum_over
from softmax_lib.symbolic._engine.printer import to_latex
from softmax_lib.symbolic._engine.reader import Reader, UnreadableError
from softmax_lib.symbolic._engine.round_trip import read_back
from softmax_lib.symbolic.cross_entropy import k, y
from softmax_lib.symbolic.definition import c, i, j, p, z
from softmax_lib.symbolic.derivative import J


@pytest.fixture
def reader():
    return Reader(LEDGER.symbols)


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
        (r"\sum_{c \ne l} p_c", "unknown index l"),
        (r"\frac{\partial^2 p_i}{\partial z_j^2}", "a letter which stands for the first"),
    ],
)
def test_what_cannot_be_read_says_why(unreadable, reason):
    # As the chapter on backpropagation reads: later ones may give a meaning to w and f.
    reader = Reader(LEDGER["weight-gradient"].symbols)
    with pytest.raises(UnreadableError, match=reason):
        reader.read(unreadable)
    found = read_back(LEDGER["nll-logits"], f"L = {unreadable}")
    assert isinstance(found[unreadable], str)


def test_reader_knows_numbers_as_indices(reader):
    assert reader.read("p_1 + y_2") == p[1] + y[2]
    assert reader.read(r"\delta_{ij}") == delta(i, j)
    assert reader.read("J")[0, 1] == J[1, 2]


def test_sum_over_all_but_some(reader):
    left_out = (1 - delta(c, i)) * (1 - delta(c, j)) * z[c]
    assert reader.read(r"\sum_{c \ne i, j} z_c").doit() == sum_over(left_out, c).doit()


def test_the_first_of_two_symbols_of_one_name_counts():
    vectors = [IndexedBase("q", **{kind: True})[k] for kind in ("positive", "real")]
    numbers = [Symbol("x", **{kind: True}) for kind in ("positive", "real")]
    for first, second in (vectors, vectors[::-1], numbers, numbers[::-1]):
        assert first != second
        assert Reader((k, first, second)).read(to_latex(first)) == first


@pytest.mark.parametrize("symbols", {entry.symbols: None for entry in LEDGER.values()})
def test_every_symbol_reads_back_as_it_prints(symbols):
    reader = Reader(symbols)
    first = {to_latex(one): one for one in reversed(symbols)}
    for tex, one in first.items():
        read = reader.read(tex)
        if isinstance(one, Indexed):  # a later chapter may give the index another range
            assert (read.base, len(read.indices)) == (one.base, len(one.indices))
        else:
            assert read == one

"""The algebra under the proofs: cases, normal forms, the zero test and manifest signs."""

import pytest
from sympy import (
    Abs,
    Float,
    Idx,
    IndexedBase,
    Integer,
    Limit,
    Matrix,
    Pow,
    Rational,
    Symbol,
    evaluate,
    exp,
    log,
    nan,
    pi,
    sqrt,
)

from softmax_lib.symbolic import LEDGER, ProofError
from softmax_lib.symbolic._engine.expressions import (
    C,
    SumExcept,
    SumOver,
    delta,
    product_over,
    sum_over,
)
from softmax_lib.symbolic._engine.normal_form import Exponential, Normal
from softmax_lib.symbolic._engine.prover import counterexample, has_sign
from softmax_lib.symbolic._engine.round_trip import same_values, values
from softmax_lib.symbolic._engine.small_cases import cases, coincidences
from softmax_lib.symbolic._engine.substitution import resolve
from softmax_lib.symbolic._engine.zero_test import is_zero
from softmax_lib.symbolic.backprop import X, d, n
from softmax_lib.symbolic.cross_entropy import k, y
from softmax_lib.symbolic.definition import T, a, c, i, j, p, z
from softmax_lib.symbolic.overflow import r


@pytest.mark.parametrize(("count", "bell"), [(0, 1), (1, 1), (2, 2), (3, 5), (4, 15)])
def test_indices_coincide_in_all_ways(count, bell):
    ways = list(coincidences((i, j, k, c)[:count], ()))
    assert len(ways) == len({tuple(way.values()) for way in ways}) == bell


def test_fewer_classes_than_different_indices_are_passed_over():
    three = cases([z[i] + z[j] + z[k]], ((i, j), (i, k), (j, k)))
    assert [name for name, _ in three] == ["every C", "C = 3", "C = 4", "C = 5"]


def test_distinct_indices_do_not_coincide():
    assert all(way[i] != way[j] for way in coincidences((i, j, k), ((i, j),)))


def test_indices_of_other_counts_coincide_among_themselves():
    other = Idx("m", (1, n.upper))
    assert list(coincidences((c, n, other), ())) == [
        {c: c, n: n, other: n},
        {c: c, n: n, other: other},
    ]
    with evaluate(False):
        exprs = [X[n, d] * X[other, d] * z[c]]
    apart = [world for name, world in cases(exprs) if name == "C = 3"][-1]
    assert (apart[n], apart[other], apart[n.upper], apart[d.upper]) == (2, 1, 2, 2)
    third = Idx("o", (1, n.upper))
    *_, (_, three) = cases([X[n, d] * X[other, d] * X[third, d]])
    assert (three[n], three[other], three[third], three[n.upper]) == (2, 1, 3, 3)


def test_sum_of_a_constant_counts_its_terms(identity):
    identity(sum_over(a, c), C * a).verify()


def test_a_product_is_written_out(identity):
    factors, exponents = product_over(exp(z[c]), c), sum_over(z[c], c)
    identity(factors, exp(exponents), general=False).verify()
    with pytest.raises(ProofError):
        identity(factors, exp(2 * exponents), general=False).verify()
    one, other = values([product_over(p[c], c), p[1] * p[2] * p[3]])  # of three classes
    assert one == pytest.approx(other, rel=1e-25)


def test_unequal_sums_stay_unequal(identity):
    assert counterexample(identity(z[i], z[i]), sum_over(z[c], c), sum_over(z[c] ** 2, c))


@pytest.mark.parametrize(
    ("summand", "whole"), [(y[c], Integer(1)), (delta(c, j) * z[c], z[j])], ids=str
)
def test_part_of_a_sum_is_not_the_whole(summand, whole, identity):
    """For every C alone: what sums to one, or to one term, does so over all classes."""
    options = {"sums_to_one": (y[c],), "classes": ()}
    identity(SumOver(summand, (c, 1, C)), whole, **options).verify()
    for span in ((c, 2, C), (c, k, C), (c, 1, k)):
        with pytest.raises(ProofError):
            identity(SumOver(summand, span), whole, **options).verify()


def test_indices_of_a_definition_are_not_caught_by_its_sums():
    """p_c stands for p_i, where the sum of the definition runs over c as well."""
    with evaluate(False):
        rules = {p: (p[i], z[i] * SumExcept(z[c], c, i))}
        meant = z[c] * SumExcept(z[j], j, c)
    assert resolve(p[c], rules) == resolve(meant, {})


@pytest.mark.parametrize(
    ("value", "expected"), [(exp(z[1]), exp(z[1])), (-exp(z[1]), exp(z[1]))], ids=str
)
def test_absolute_value_of_certain_sign(value, expected):
    normal = Normal({C: Integer(2)})
    assert normal.walk(Abs(value, evaluate=False)) == normal.walk(expected)


def test_absolute_value_of_open_sign_is_kept():
    difference = exp(z[1]) - exp(z[2])
    assert Normal({C: Integer(2)}).walk(Abs(difference)).has(Abs)
    assert Normal({}).walk(Abs(exp(z[i]) - exp(z[j]))).has(Abs)
    assert Normal({}).walk(Abs(exp(z[i]) - 2 * sum_over(exp(z[c]), c) * z[j])).has(Abs)
    assert Normal({}).walk(Abs(exp(z[i]) - SumOver(exp(z[c]), (c, 2, C)))).has(Abs)


def test_log_of_open_sign_is_not_taken_apart():
    assert Normal({}).walk(log(z[1] * z[2], evaluate=False)) == log(z[1] * z[2])


def test_roots_of_exponentials_are_known():
    x = Exponential(z[1])
    assert is_zero(sqrt(x) * sqrt(x) - x)
    assert is_zero((x - 1) / (sqrt(x) - 1) - sqrt(x) - 1)
    assert not is_zero(sqrt(x) - x)


@pytest.mark.parametrize("size", [2, 3, 6])
def test_every_root_is_known_and_is_no_whole_power(size):
    x = Symbol("x", positive=True)
    root = x ** Rational(1, size)
    assert is_zero((x - 1) / (root - 1) - sum(root**power for power in range(size)))
    assert is_zero(1 / root**2 - root ** (size - 2) / x)
    for other in (1, root**2, root ** (size + 1), x, x ** Rational(1, 5)):
        assert not is_zero(root - other) and not is_zero(1 / root - 1 / other)


def test_roots_of_different_orders_are_of_one_quantity():
    x, y = Symbol("x", positive=True), Symbol("y", positive=True)
    assert is_zero(
        (sqrt(x) - 1) / (x ** Rational(1, 6) - 1) - x ** Rational(1, 3) - x ** Rational(1, 6) - 1
    )
    assert is_zero(
        sqrt(x) * y ** Rational(1, 3) / (x * y) - x ** Rational(-1, 2) * y ** Rational(-2, 3)
    )
    assert not is_zero(sqrt(x) - x ** Rational(1, 3))
    assert not is_zero(sqrt(x) - sqrt(y))


@pytest.mark.parametrize(
    "expr",
    [
        Symbol("x", positive=True) ** pi - Symbol("x", positive=True) ** 3,
        Symbol("x", positive=True) ** sqrt(2) - Symbol("x", positive=True),
        Symbol("x", positive=True) ** Float(0.3) - 1,
        sqrt(Symbol("u") ** Symbol("n")) - Symbol("u") ** Symbol("n"),
        sqrt(Symbol("u") ** 2) - Symbol("u"),
        Integer(2) ** Rational(1, 3) - 1,
        Pow(Rational(1, 2), Rational(1, 3), evaluate=False) - 1,
        exp(Rational(1, 3)) - 1,
        exp(Symbol("u")) - 1,
        Float(1e-30),
    ],
    ids=str,
)
def test_what_is_not_zero_stays(expr):
    assert not is_zero(expr)


def test_a_power_with_a_symbol_above_gives_off_whole_powers_alone():
    x, n = Symbol("x", positive=True), Symbol("n")
    assert is_zero(x**n / x - x ** (n - 1))
    assert is_zero((1 + x) ** (n + 2) - (1 + 2 * x + x**2) * (1 + x) ** n)
    assert not is_zero(x ** (n + Rational(1, 2)) - x**n)
    assert is_zero(sqrt(Symbol("u") ** n) ** 2 - Symbol("u") ** n)


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
        (sum_over(p[c], c), "> 0"),
        (SumExcept(p[c], c, k), r"\ge 0"),
        (1 - 1 / (1 + r), r"\ge 0"),
        (-T, "< 0"),
        (sum_over(z[c] ** 2, c), r"\ge 0"),
    ],
    ids=str,
)
def test_manifest_signs(expr, sign):
    assert has_sign(expr, sign)


@pytest.mark.parametrize(
    ("expr", "sign"),
    [
        (sum_over(z[c], c), r"\ge 0"),
        (SumExcept(p[c], c, k), "> 0"),  # with one class there are no others
        (r, "> 0"),
        (1 - p[i], r"\ge 0"),
        (z[i] * z[j], r"\ge 0"),
    ],
    ids=str,
)
def test_signs_that_are_not_manifest(expr, sign):
    assert not has_sign(expr, sign)


def test_sum_from_another_start_may_be_empty():
    assert SumOver(p[c], (c, 2, C)).is_positive is None
    assert SumOver(p[c], (c, 2, C)).is_nonnegative is True


def test_a_logarithm_falls_into_two_only_where_both_factors_are_positive_for_one_class_too():
    assert Normal({}).walk(log(C * T)) == log(C) + log(T)
    assert Normal({}).walk(log((C - 1) * T)).func == log


def test_an_absolute_value_finds_its_class_among_indices_of_other_counts():
    weight = IndexedBase("w", positive=True)[d]
    with evaluate(False):
        gap = Abs(weight * (sum_over(exp(z[c]), c) - exp(z[i])))
    assert not Normal({}).walk(gap).has(Abs)


u, v = (Symbol(name, negative=True) for name in "uv")
with evaluate(False):
    LIMITS = [
        (1 / (1 + exp(u / T) + exp(v / T)), 1),
        (exp(u / T) / (exp(u / T) + exp(2 * u / T)), 1),
        (exp(-u / T) / (exp(-u / T) + 1), 1),
        (exp(u / T) * (1 + exp(v / T)), 0),
    ]
    # As T falls to 0 they depend on which of u and v is smaller.
    OPEN = [
        exp(u / T) / (exp(u / T) + exp(v / T)),
        exp(-u / T) / (exp(-u / T) + exp(-v / T)),
        exp(u / T) * exp(-v / T),
        exp(u / T) / exp(v / T),
    ]


@pytest.mark.parametrize(("ratio", "value"), LIMITS)
def test_a_limit_is_that_of_each_term(identity, ratio, value):
    identity(Limit(ratio, T, 0), Integer(value), using=()).verify()


@pytest.mark.parametrize("ratio", OPEN)
@pytest.mark.parametrize("value", [0, Rational(1, 2), 1])
def test_a_limit_of_which_the_laws_say_nothing_is_nothing(identity, ratio, value):
    with pytest.raises(ProofError):
        identity(Limit(ratio, T, 0), value + Integer(0), using=()).verify()


def test_a_further_count_takes_every_value_from_one_to_the_number_of_classes():
    q = Symbol("q", integer=True, positive=True)
    worlds = [(name, world[q]) for name, world in cases([C + q], sizes=(q,)) if q in world]
    assert worlds == [(f"C = {size}", many) for size in (2, 3, 4, 5) for many in range(1, size + 1)]


@pytest.mark.parametrize("wrong", [None, (0, 0), (0, 1), (1, 0)])
def test_a_matrix_is_compared_on_above_and_below_its_diagonal(wrong):
    entry = LEDGER["jacobian"]
    side = entry.claims[0].sides[-1]
    read = Matrix(2, 2, lambda row, column: side.xreplace({i: row + 1, j: column + 1}))
    if wrong:
        read[wrong] += 1
    assert same_values(read, side, entry) is (wrong is None)

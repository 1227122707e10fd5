"""The prover: chains of equal steps, manifest signs, agreement with the library's code."""

from itertools import pairwise, product

import numpy as np
from sympy import Add, Dummy, Indexed, factor, lambdify

from softmax_lib.symbolic._engine.expressions import C, SumExcept, SumOver
from softmax_lib.symbolic._engine.normal_form import Normal
from softmax_lib.symbolic._engine.printer import to_text
from softmax_lib.symbolic._engine.small_cases import cases, free_counts, free_indices
from softmax_lib.symbolic._engine.substitution import head, resolve
from softmax_lib.symbolic._engine.zero_test import is_zero

SEED = 20250410


class ProofError(AssertionError):
    """A statement of the ledger does not hold; the message names label, step and both sides."""


def counterexample(entry, left, right, *, let=(), distinct=(), known=None):
    """The name of the first case in which two expressions differ; None if there is none.

    ``known`` keeps normal forms from one call to the next, where ``let`` is the same.
    """
    known = {} if known is None else known
    rules = entry.rules(let)
    pair = [resolve(side, rules) for side in (left, right)]
    for name, world in cases(pair, distinct, entry.general, entry.classes, entry.sizes):
        normal = Normal(world, entry.sums_to_one)
        forms = []
        for side in pair:
            case = side.xreplace(world), world.get(C)
            if case not in known:
                known[case] = normal.walk(case[0])
            forms.append(known[case])
        if not is_zero(forms[0] - forms[1]):
            indices = [f"{index} = {world[index]}" for index in free_indices(*pair)]
            return ", ".join([name, *indices])
    return None


def verify_chain(entry, chain):
    """Every step equals the one before, and the last has the sign that is claimed for it."""
    known = {}
    for at, (before, step) in enumerate(pairwise(chain.steps), start=1):
        sides = (side.expr.xreplace(step.given) for side in (before, step))
        options = {"let": chain.let, "distinct": chain.distinct, "known": known}
        where = counterexample(entry, *sides, **options)
        if where:
            raise ProofError(
                f"{entry.label}, step {at} ({step.why}): {to_text(before.expr)} is not "
                f"{to_text(step.expr)} [{where}]"
            )
    last = chain.steps[-1].expr
    if chain.sign and not has_sign(last.xreplace(chain.because), chain.sign):
        raise ProofError(
            f"{entry.label}, last step ({chain.steps[-1].why}): "
            f"it is not manifest that {to_text(last)} {chain.sign}"
        )


def verify_claim(entry, claim):
    """Every relation of a claim is what some chain shows, or holds outright."""
    for left, relation, right in zip(claim.sides, claim.relations, claim.sides[1:], strict=False):
        shown = any(shows(entry, chain, left, relation, right) for chain in entry.chains)
        if claim.hypothesis or shown:
            continue
        where = "no chain of steps shows it"
        if relation == "=":
            where = counterexample(entry, left, right, distinct=claim.distinct)
        if where:
            raise ProofError(
                f"{entry.label}, claim: {to_text(left)} {relation} {to_text(right)} fails [{where}]"
            )


def shows(entry, chain, left, relation, right):
    """Whether a chain proves a relation: from side to side, or by the sign of the difference."""
    first, last = chain.steps[0].expr, chain.steps[-1].expr
    if relation == "=":
        return (first, last) == (left, right)
    gap = left - right if relation == r"\ge" else right - left
    return chain.sign == r"\ge 0" and counterexample(entry, gap, first, let=chain.let) is None


def has_sign(expr, sign):
    r"""Whether the sign (``\ge 0``, ``> 0`` or ``< 0``) follows from assumptions alone."""
    seen = lift(expr)
    wanted = {r"\ge 0": "is_nonnegative", "> 0": "is_positive", "< 0": "is_negative"}
    return getattr(seen, wanted[sign]) is True


def lift(expr):
    """Replace sums of terms with a known sign by symbols with that sign, from inside out."""
    if isinstance(expr, SumOver):
        return expr.func(lift(expr.function), *expr.limits)
    if isinstance(expr, SumExcept):
        # Perhaps no other class is left: such a sum may be 0.
        return Dummy(nonnegative=lift(expr.args[0]).is_nonnegative)
    if not expr.args or isinstance(expr, Indexed):
        return expr
    lifted = expr.func(*map(lift, expr.args))
    # Factors show a sign that terms hide; terms that show it are left alone.
    open_sign = lifted.is_nonnegative is None and lifted.is_nonpositive is None
    return factor(lifted) if open_sign and isinstance(lifted, Add) else lifted


def verify_code(entry):
    """The library computes the last side of the first claim, on seeded random input."""
    rng = np.random.default_rng(SEED)
    code, side = entry.code, entry.claims[0].sides[-1]
    formula = resolve(side, entry.rules())
    others = [count for count in free_counts(formula, *code.arguments) if count != C]
    names = [*map(head, code.arguments), *code.indices, C, *others, *code.found]
    evaluate = lambdify(names, formula, "numpy")
    for size in (2, 3, 5):
        counts = {C: size, **{count: at for at, count in enumerate(others, start=3)}}
        drawn = [sample(argument, counts, rng) for argument in code.arguments]
        found = [find(*drawn) for find in code.found.values()]
        # Classes count from 1 in formulas: a first entry that is never read makes up for it.
        padded = [np.pad(values, (1, 0)) if np.ndim(values) else values for values in drawn]
        places = product(*(range(1, counts[index.upper] + 1) for index in code.indices))
        expected = [evaluate(*padded, *place, *counts.values(), *found) for place in places]
        got = np.asarray(code.call(*drawn))
        if not np.allclose(got.reshape(-1), expected, rtol=1e-13, atol=1e-15):
            raise ProofError(
                f"{entry.label}: {code.name} does not compute {to_text(side)} [C = {size}]"
            )


def sample(argument, counts, rng):
    """Random values for a number, a vector or a matrix; a positive row sums to one."""
    if not isinstance(argument, Indexed):
        return rng.uniform(0.3, 0.9) if argument.is_nonnegative else rng.normal()
    *front, last = (counts[high] for _, high in argument.ranges)
    if argument.is_positive:
        return rng.dirichlet(np.ones(last), front)
    return rng.normal(0, 2, (*front, last))

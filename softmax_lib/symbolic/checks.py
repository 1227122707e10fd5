"""Holds ledger entries to their word: chains of equal steps, manifest signs, agreement with code."""

from itertools import product

import numpy as np
from sympy import Add, Dummy, Indexed, Integer, factor, lambdify

from . import notation as nt
from .algebra import Normal, resolve, worlds
from .notation import Others, Total
from .printing import text

SEED = 20250410


class ProofError(AssertionError):
    """A statement of the ledger does not hold; the message names label, step and both sides."""


def counterexample(entry, left, right, *, let=(), distinct=(), given=None):
    """The name of the first world in which two expressions differ; None if there is none."""
    rules = entry.rules(let)
    pair = [resolve(side.xreplace(given or {}), rules) for side in (left, right)]
    for name, world in worlds(pair, distinct, entry.general, entry.classes, entry.sizes):
        normal = Normal(world, entry.sums_to_one)
        if not normal.is_zero(normal(pair[0]) - normal(pair[1])):
            indices = [f"{index} = {world[index]}" for index in world if str(index) in "ijk"]
            return ", ".join([name, *indices])
    return None


def check_chain(entry, chain):
    """Every step equals the one before, and the last has the sign that is claimed for it."""
    for at, (before, step) in enumerate(zip(chain.steps, chain.steps[1:], strict=False), start=1):
        where = counterexample(entry, before.expr, step.expr, let=chain.let,
                               distinct=chain.distinct, given=step.given)
        if where:
            raise ProofError(
                f"{entry.label}, step {at} ({step.why}): {text(before.expr)} is not "
                f"{text(step.expr)} [{where}]"
            )
    last = chain.steps[-1].expr
    if chain.sign and not has_sign(last.xreplace(chain.because), chain.sign):
        raise ProofError(
            f"{entry.label}, last step ({chain.steps[-1].why}): "
            f"it is not manifest that {text(last)} {chain.sign}"
        )


def check_claim(entry, claim):
    """Every relation of a claim is what some chain shows, or holds outright."""
    for left, relation, right in zip(claim.sides, claim.relations, claim.sides[1:], strict=False):
        if claim.hypothesis or any(shows(entry, chain, left, relation, right)
                                   for chain in entry.chains):
            continue
        where = "no chain of steps shows it"
        if relation == "=":
            where = counterexample(entry, left, right, distinct=claim.distinct)
        if where:
            raise ProofError(
                f"{entry.label}, claim: {text(left)} {relation} {text(right)} fails [{where}]"
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
    if isinstance(expr, Total | Others):
        term = lift(expr.args[0])
        return Dummy(positive=term.is_positive, nonnegative=term.is_nonnegative)
    if not expr.args or isinstance(expr, Indexed):
        return expr
    lifted = expr.func(*map(lift, expr.args))
    # Factors show a sign that terms hide; terms that show it are left alone.
    open_sign = lifted.is_nonnegative is None and lifted.is_nonpositive is None
    return factor(lifted) if open_sign and isinstance(lifted, Add) else lifted


def check_code(entry):
    """The library computes the last side of the first claim, on seeded random input."""
    rng = np.random.default_rng(SEED)
    code = entry.code
    formula = resolve(entry.claims[0].sides[-1], entry.rules())
    for size in (2, 3, 5):
        counts = {nt.C: size, nt.N: 4, nt.D: 3}
        drawn = {argument: sample(argument, counts, rng) for argument in code.arguments}
        fixed = {nt.STAR: int(np.argmax(drawn[nt.z])) + 1} if nt.z in drawn else {}
        shape = tuple(counts[length] for _, length in code.indices)
        places = list(product(*(range(1, extent + 1) for extent in shape)))
        expected = [
            evaluate(formula, counts | fixed | dict(zip(dict(code.indices), place, strict=True)), drawn)
            for place in places
        ]
        got = np.asarray(code.call(*drawn.values()))
        if not np.allclose(got.reshape(-1), expected, rtol=1e-13, atol=1e-15):
            raise ProofError(
                f"{entry.label}: {code.name} does not compute {text(entry.claims[0].sides[-1])} "
                f"[C = {size}]"
            )


def sample(argument, counts, rng):
    """Random values for a vector, a matrix or a number of the course."""
    if argument in (nt.y, nt.p):
        return rng.dirichlet(np.ones(counts[nt.C]))
    if argument == nt.Y:
        return rng.dirichlet(np.ones(counts[nt.C]), counts[nt.N])
    if argument in (nt.T, nt.alpha):
        return rng.uniform(0.3, 0.9)
    lengths = {nt.X: (nt.N, nt.D), nt.W: (nt.D, nt.C)}.get(argument, (nt.C,))
    return rng.normal(0, 2, [counts[length] for length in lengths])


def evaluate(formula, numbers, drawn):
    """A formula's value at given indices and at the values drawn for its vectors."""
    concrete = formula.xreplace({symbol: Integer(at) for symbol, at in numbers.items()}).doit()
    values = {}
    for leaf in concrete.free_symbols:
        if isinstance(leaf, Indexed):
            values[leaf] = drawn[leaf.base][tuple(int(at) - 1 for at in leaf.indices)]
        elif leaf in drawn:
            values[leaf] = drawn[leaf]
    names = {leaf: Dummy() for leaf in values}
    return lambdify(list(names.values()), concrete.xreplace(names))(*values.values())

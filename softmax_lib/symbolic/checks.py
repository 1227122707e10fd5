"""Holds entries to their word: chains of equal steps, manifest signs, agreement with code."""

from itertools import pairwise, product

import numpy as np
from sympy import Add, Dummy, Indexed, factor, lambdify

from . import notation as nt
from .algebra import CLASS_INDICES, resolve, worlds
from .normal import Normal
from .notation import Others, Total
from .printing import text
from .zero import is_zero

SEED = 20250410
COUNTS = (nt.C, nt.N, nt.D)


class ProofError(AssertionError):
    """A statement of the ledger does not hold; the message names label, step and both sides."""


def counterexample(entry, left, right, *, let=(), distinct=(), given=None, known=None):
    """The name of the first world in which two expressions differ; None if there is none.

    ``known`` keeps normal forms from one call to the next, where ``let`` is the same.
    """
    known = {} if known is None else known
    rules = entry.rules(let)
    pair = [resolve(side.xreplace(given or {}), rules) for side in (left, right)]
    for name, world in worlds(pair, distinct, entry.general, entry.classes, entry.sizes):
        normal = Normal(world, entry.sums_to_one)
        forms = []
        for side in pair:
            case = side.xreplace(world), world.get(nt.C)
            if case not in known:
                known[case] = normal.walk(case[0])
            forms.append(known[case])
        if not is_zero(forms[0] - forms[1]):
            indices = [f"{index} = {world[index]}" for index in CLASS_INDICES if index in world]
            return ", ".join([name, *indices])
    return None


def check_chain(entry, chain):
    """Every step equals the one before, and the last has the sign that is claimed for it."""
    known = {}
    for at, (before, step) in enumerate(pairwise(chain.steps), start=1):
        where = counterexample(
            entry,
            before.expr,
            step.expr,
            let=chain.let,
            distinct=chain.distinct,
            given=step.given,
            known=known,
        )
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
        if claim.hypothesis or any(
            shows(entry, chain, left, relation, right) for chain in entry.chains
        ):
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
    if isinstance(expr, Total):
        return expr.func(lift(expr.function), *expr.limits)
    if isinstance(expr, Others):
        # Perhaps no other class is left: such a sum may be 0.
        return Dummy(nonnegative=lift(expr.args[0]).is_nonnegative)
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
    names = [*(index for index, _ in code.indices), *COUNTS, nt.STAR]
    evaluate = lambdify([*code.arguments, *names], formula, "numpy")
    for size in (2, 3, 5):
        counts = dict(zip(COUNTS, (size, 4, 3), strict=True))
        drawn = {argument: sample(argument, counts, rng) for argument in code.arguments}
        largest = int(np.argmax(drawn[nt.z])) + 1 if nt.z in drawn else 0
        # Classes count from 1 in formulas: a first entry that is never read makes up for it.
        padded = [
            np.pad(values, (1, 0)) if np.ndim(values) else values for values in drawn.values()
        ]
        places = product(*(range(1, counts[length] + 1) for _, length in code.indices))
        expected = [evaluate(*padded, *place, *counts.values(), largest) for place in places]
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

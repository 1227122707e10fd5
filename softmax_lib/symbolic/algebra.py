"""Puts definitions into expressions, carries out derivatives, and lists the cases to check.

`resolve` leaves nothing but logits, targets and their functions; `worlds` names every case that a
proof looks at: all C at once, then each C in 2..5, and in each the ways in which free class
indices may coincide.
"""

from sympy import Dummy, Indexed, Integer, Product, Symbol, expand_log

from . import notation as nt
from .notation import At, LeadingMinor, Others, Partial, Total

CLASS_INDICES = (nt.i, nt.j, nt.k, nt.STAR, nt.c)
SMALL = (2, 3, 4, 5)


def head(symbol):
    """What a definition is filed under: the base of an indexed symbol, else the symbol."""
    return symbol.base if isinstance(symbol, Indexed) else symbol


def put_in(rule, symbol):
    """The right-hand side of a definition ``(pattern, meaning)`` for one symbol."""
    pattern, meaning = rule
    if isinstance(pattern, Indexed):
        indices = zip(pattern.indices, symbol.indices, strict=True)
        return apart(meaning).xreplace(dict(indices))
    return apart(meaning)


def apart(expr):
    """The same expression with indices of its own in every sum."""
    if not expr.args or isinstance(expr, Indexed):
        return expr
    expr = expr.func(*map(apart, expr.args))
    if isinstance(expr, Total | Product):
        body, (index, low, high) = expr.args
        own = Dummy(integer=True)
        return expr.func(body.xreplace({index: own}), (own, low, high))
    return expr


def bound(number):
    """The name that every sum's own index gets, by its depth, so that equal sums look equal."""
    return Symbol(f"_{number}", integer=True)


def depth(expr):
    """How deeply sums are nested in an expression."""
    inner = max(map(depth, expr.args), default=0)
    return inner + isinstance(expr, Total | Product)


def resolve(expr, rules):
    """Put in every definition, carry out the derivatives, and name the indices of sums."""
    return named(put(expr, rules))


def put(expr, rules, stop=None):
    """Put in every definition but that of ``stop``, and carry out the derivatives."""
    if isinstance(expr, Partial):
        function, variable = expr.args
        # Logarithms of quotients are taken apart first: their derivatives are shorter then.
        inner = expand_log(put(function, rules, head(variable)))
        return put(inner.diff(variable), rules, stop)
    if isinstance(expr, At):
        function, variable, value = expr.args
        return put(function, rules, stop).subs(variable, value)
    if isinstance(expr, Others):
        return put(expr.whole(), rules, stop)
    if head(expr) in rules and head(expr) != stop:
        return put(put_in(rules[head(expr)], expr), rules, stop)
    if isinstance(expr, Total | Product):
        body, (index, low, high) = expr.args
        # An index of its own, so that no definition put in later can mistake it for another.
        own = Dummy(integer=True)
        return expr.func(put(body.xreplace({index: own}), rules, stop), (own, low, high))
    if isinstance(expr, LeadingMinor):
        own = {index: Dummy(integer=True) for index in expr.args[1:]}
        return expr.func(*(put(arg.xreplace(own), rules, stop) for arg in expr.args))
    if not expr.args or isinstance(expr, Indexed):
        return expr
    return expr.func(*(put(arg, rules, stop) for arg in expr.args))


def named(expr):
    """Name the index of every sum by its depth, from inside out."""
    if not expr.args or isinstance(expr, Indexed):
        return expr
    expr = expr.func(*map(named, expr.args))
    if isinstance(expr, Total | Product):
        body, (index, low, high) = expr.args
        own = bound(depth(body) + 1)
        return expr.func(body.xreplace({index: own}), (own, low, high))
    return expr


def coincidences(indices, distinct):
    """All ways in which indices may coincide, as substitutions; ``distinct`` pairs never do."""
    if not indices:
        yield {}
        return
    *front, last = indices
    for smaller in coincidences(front, distinct):
        for block in (*dict.fromkeys(smaller.values()), last):
            chosen = {**smaller, last: block}
            if all(chosen.get(s, s) != chosen.get(t, t) for s, t in distinct):
                yield chosen


def worlds(exprs, distinct=(), general=True, classes=SMALL, sizes=()):
    """Every case in which an equation is to be checked, as ``(name, substitution)``.

    ``sizes`` are further counts: each takes every value from 1 to C.
    """
    free = set().union(*(expr.free_symbols for expr in exprs))
    indices = [index for index in CLASS_INDICES if index in free]
    other = {nt.N: Integer(2), nt.D: Integer(2), nt.n: Integer(1), nt.d: Integer(1)}
    for pattern in coincidences(indices, distinct):
        if general:
            yield "every C", pattern
        blocks = list(dict.fromkeys(pattern.values()))
        for size in classes:
            if size < len(blocks):
                continue
            # Renaming classes changes nothing, so a few stand for any: the first for even C, the
            # last for odd C, lest a range that is not the whole one pass unseen.
            order = range(1, size + 1) if size % 2 == 0 else range(size, 0, -1)
            numbers = {block: Integer(at) for block, at in zip(blocks, order, strict=False)}
            concrete = {index: numbers[block] for index, block in pattern.items()}
            for count in range(1, size + 1) if sizes else (1,):
                counts = {symbol: Integer(count) for symbol in sizes}
                yield f"C = {size}", {**concrete, **other, **counts, nt.C: Integer(size)}

"""Puts definitions into expressions and carries out derivatives.

`resolve` leaves nothing but logits, targets and their functions.
"""

from sympy import Dummy, Indexed, Product, Subs, Symbol, expand_log

from softmax_lib.symbolic._engine.expressions import ForEachC, Partial, SumExcept, SumOver


def head(symbol):
    """What a definition is filed under: the base of an indexed symbol, else the symbol."""
    return symbol.base if isinstance(symbol, Indexed) else symbol


def own_index(body=None):
    """A summation index that no other sum has."""
    return Dummy(integer=True)


def index_by_depth(body):
    """The summation index that a sum gets by its depth, so that equal sums look equal."""
    return Symbol(f"_{depth(body) + 1}", integer=True)


def depth(expr):
    """How deeply sums are nested in an expression."""
    inner = max(map(depth, expr.args), default=0)
    return inner + isinstance(expr, SumOver | Product)


def reindexed(expr, name):
    """The same expression with every summation index renamed, from inside out."""
    if not expr.args or isinstance(expr, Indexed):
        return expr
    if isinstance(expr, SumExcept):
        return reindexed(expr.over_all(), name)
    expr = expr.func(*(reindexed(arg, name) for arg in expr.args))
    if isinstance(expr, SumOver | Product):
        body, (index, low, high) = expr.args
        new = name(body)
        return expr.func(body.xreplace({index: new}), (new, low, high))
    return expr


def resolve(expr, rules):
    """Put in every definition, carry out the derivatives, and name the indices of sums."""
    return reindexed(put(expr, rules), index_by_depth)


def meaning(symbol, rules):
    """The right-hand side of the definition of a symbol."""
    pattern, right = rules[head(symbol)]
    if isinstance(pattern, Indexed):
        given = zip(pattern.indices, symbol.indices, strict=True)
        return reindexed(right, own_index).xreplace(dict(given))
    return right


def put(expr, rules, stop=None):
    """Put in every definition but that of ``stop``, and carry out the derivatives."""
    if isinstance(expr, Partial):
        function, variable = expr.args
        # Logarithms of quotients are taken apart first: their derivatives are shorter then.
        inner = expand_log(put(function, rules, head(variable)))
        return put(inner.diff(variable), rules, stop)
    if isinstance(expr, Subs):
        return put(expr.expr, rules, stop).subs(*expr.variables, *expr.point)
    if isinstance(expr, SumExcept):
        return put(expr.over_all(), rules, stop)
    if head(expr) in rules and head(expr) != stop:
        return put(meaning(expr, rules), rules, stop)
    if isinstance(expr, SumOver | Product):
        body, (index, low, high) = expr.args
        # An index of its own, so that no definition put in later can mistake it for another.
        own = own_index()
        return expr.func(put(body.xreplace({index: own}), rules, stop), (own, low, high))
    if isinstance(expr, ForEachC):
        own = {index: own_index() for index in expr.args[1:]}
        return expr.func(*(put(arg.xreplace(own), rules, stop) for arg in expr.args))
    if not expr.args or isinstance(expr, Indexed):
        return expr
    return expr.func(*(put(arg, rules, stop) for arg in expr.args))

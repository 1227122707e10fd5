"""Decides exactly whether two expressions of the course are equal.

Three stages. `resolve` puts in definitions and carries out derivatives. `worlds` lists every case
to look at: all C at once, then each C in 2..5, and in each the ways in which free class indices
may coincide. `Normal` rewrites a case as a rational function of independent quantities, so that
equality becomes a question about polynomials, which is decided, not sampled.
"""

from sympy import (
    QQ,
    Abs,
    Add,
    Dummy,
    Function,
    Indexed,
    Integer,
    KroneckerDelta,
    Limit,
    Mul,
    Pow,
    Product,
    Symbol,
    cancel,
    exp,
    expand,
    expand_log,
    expand_mul,
    factor,
    limit,
    log,
    nan,
    oo,
    ring,
    tanh,
    zoo,
)
from sympy import S as singletons

from . import notation as nt
from .notation import At, LeadingMinor, Others, Partial, Total

CLASS_INDICES = (nt.i, nt.j, nt.k, nt.STAR, nt.c)
SMALL = (2, 3, 4, 5)
EULER = Symbol("e", positive=True)
MORE_CLASSES = Symbol("C'", integer=True, nonnegative=True)


class Exponential(Function):
    """e to some power, held as one positive quantity that SymPy does not take apart."""

    def _eval_is_positive(self):
        return True


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


def expanded(expr):
    """Products and powers of sums multiplied out, and nothing else."""
    only = dict.fromkeys(("power_exp", "power_base", "log", "basic"), False)
    return expand(expr, mul=True, multinomial=True, **only)


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
            # Renaming classes changes nothing, so the first few stand for any.
            numbers = {block: Integer(at) for at, block in enumerate(blocks, start=1)}
            concrete = {index: numbers[block] for index, block in pattern.items()}
            if len(blocks) <= size:
                for count in range(1, size + 1) if sizes else (1,):
                    counts = {symbol: Integer(count) for symbol in sizes}
                    yield f"C = {size}", {**concrete, **other, **counts, nt.C: Integer(size)}


def is_zero(expr):
    """Whether a normal form vanishes identically, as a function of independent quantities."""
    if expr.has(oo, zoo, nan):
        return False
    # A square in place of a quantity, where its root occurs: then the root is one of them too.
    roots = {power.base for power in expr.atoms(Pow) if not power.exp.is_Integer}
    names = {}
    expr = plain(expr, names, roots)
    polynomials = ring(list(names.values()), QQ)[0] if names else ring("unused", QQ)[0]
    return not factors(expr, polynomials)


def plain(expr, names, roots):
    """Symbols in place of all that is not a number, a sum, a product or a power."""
    if expr.is_Number:
        return expr
    if isinstance(expr, Add | Mul) or isinstance(expr, Pow) and expr.exp.is_Integer:
        return expr.func(*(plain(arg, names, roots) for arg in expr.args))
    base, power = expr.as_base_exp()
    if base not in names:
        names[base] = Symbol(f"q{len(names)}", positive=True)
    return names[base] ** (2 * power if base in roots else power)


def factors(expr, polynomials):
    """A rational function as polynomials with exponents, negative for denominators; {} is 0."""
    if isinstance(expr, Mul):
        product = {}
        for arg in expr.args:
            parts = factors(arg, polynomials)
            if not parts:
                return {}
            for base, power in parts.items():
                product[base] = product.get(base, 0) + power
        return product
    if isinstance(expr, Pow):
        parts = factors(expr.base, polynomials)
        if not parts and expr.exp < 0:
            raise ZeroDivisionError("a denominator vanishes identically")
        return {base: power * int(expr.exp) for base, power in parts.items()}
    if isinstance(expr, Add):
        terms = [term for term in (factors(arg, polynomials) for arg in expr.args) if term]
        common = {base: min(term.get(base, 0) for term in terms) for base in set().union(*terms)}
        whole = polynomials.zero
        for term in terms:
            rest = polynomials.one
            for base, power in common.items():
                rest *= base ** (term.get(base, 0) - power)
            whole += rest
        return {**common, whole: common.get(whole, 0) + 1} if whole else {}
    value = polynomials(expr) if expr.is_Number else polynomials.from_expr(expr)
    return {value: 1} if value else {}


class Normal:
    """Rewrites expressions in one world as rational functions of independent quantities.

    Parameters
    ----------
    substitution : dict
        The world: what C and the class indices are.
    sums_to_one : iterable of IndexedBase
        Vectors whose entries (over the last index) sum to one.
    """

    def __init__(self, substitution, sums_to_one=()):
        self.substitution = substitution
        self.concrete = nt.C in substitution
        self.sums_to_one = set(sums_to_one)

    def walk(self, expr):
        """The normal form of an expression whose world has been put in."""
        if isinstance(expr, Total):
            return self.sum(expr)
        if isinstance(expr, LeadingMinor):
            return self.walk(expr.determinant(int(self.substitution[nt.C])))
        if isinstance(expr, Product):
            return self.walk(Mul(*self.terms(expr)))
        if isinstance(expr, Limit):
            return self.limit(*expr.args)
        if isinstance(expr, Indexed):
            return self.entry(expr)
        if expr is singletons.Exp1:
            return EULER
        args = [self.walk(arg) for arg in expr.args]
        if isinstance(expr, exp):
            return self.exponential(*args)
        if isinstance(expr, log):
            return self.logarithm(*args)
        if isinstance(expr, tanh):
            twice = self.exponential(2 * args[0])
            return (twice - 1) / (twice + 1)
        if isinstance(expr, Abs):
            return self.absolute(*args)
        if isinstance(expr, KroneckerDelta):
            # Indices that have not been made equal are different; a sum's own index is open.
            own = any(str(index).startswith("_") for index in args)
            return expr if own else Integer(args[0] == args[1])
        return expr.func(*args) if args else expr

    def entry(self, expr):
        """An entry of a distribution, in a concrete world, as a share of positive weights."""
        numbers = all(index.is_Integer for index in expr.indices)
        if not (self.concrete and numbers and expr.base in self.sums_to_one):
            return expr
        *front, last = expr.indices
        weight = [Symbol(f"{expr.base}{(*front, at)}", positive=True)
                  for at in range(1, int(self.substitution[nt.C]) + 1)]
        return weight[int(last) - 1] / Add(*weight)

    def terms(self, expr):
        """The terms of a sum, or the factors of a product, over a concrete range."""
        body, (index, low, high) = expr.args
        return [body.xreplace({index: Integer(at)}) for at in range(int(low), int(high) + 1)]

    def sum(self, expr):
        """A sum: written out if its range is known, else split into sums that do not simplify."""
        body, (index, low, high) = expr.args
        if high.is_Integer and low.is_Integer:
            # The body first: what is the same in every term is then worked out once.
            inner = Total(self.walk(body), (index, low, high))
            return Add(*(self.walk(term) for term in self.terms(inner)))
        return self.split(self.walk(body), index, low, high)

    def split(self, body, index, low, high):
        """Linear splitting of a sum over a general range."""
        for pick in sorted(body.atoms(KroneckerDelta), key=str):
            if index in pick.args:
                # The delta changes one term alone: the one at its other index.
                off, on = (body.xreplace({pick: Integer(value)}) for value in (0, 1))
                other = next(arg for arg in pick.args if arg != index)
                change = self.walk((on - off).xreplace({index: other}))
                return self.split(off, index, low, high) + change
        parts = []
        for term in Add.make_args(expanded(body)):
            outside, inside = term.as_independent(index, as_Add=False)
            if inside == 1:
                parts.append((high - low + 1) * outside)
            elif self.whole_distribution(inside, index):
                parts.append(outside)
            else:
                own = bound(depth(inside) + 1)
                parts.append(outside * Total(inside.xreplace({index: own}), (own, low, high)))
        return Add(*parts)

    def whole_distribution(self, inside, index):
        """Whether summing over an index adds up a vector that sums to one."""
        return (
            isinstance(inside, Indexed)
            and inside.base in self.sums_to_one
            and inside.indices[-1] == index
        )

    def exponential(self, power):
        """e to a sum as a product, one positive quantity for each term."""
        factors = []
        for term in Add.make_args(expand_mul(power)):
            number, rest = term.as_coeff_Mul()
            if isinstance(rest, log):
                factors.append(rest.args[0] ** number)
            else:
                factors.append((EULER if rest == 1 else Exponential(rest)) ** number)
        return Mul(*factors)

    def logarithm(self, value):
        """log of a product of positive factors as a sum."""
        parts = []
        for base, power in factor(value).as_powers_dict().items():
            # There is at least one class.
            if not base.xreplace({nt.C: 1 + MORE_CLASSES}).is_positive:
                return log(value)
            exact = {EULER: Integer(1)}.get(base, log(base))
            parts.append(power * (base.args[0] if isinstance(base, Exponential) else exact))
        return Add(*parts)

    def absolute(self, value):
        """The absolute value, where the sign is certain."""
        value = factor(value)
        if not self.concrete:
            # With two classes or more, a sum of positive terms exceeds any one of them.
            for whole in sorted(value.atoms(Total), key=str):
                body, (index, _, _) = whole.args
                for own in sorted(value.free_symbols & set(CLASS_INDICES), key=str):
                    rest = Symbol("rest", positive=True)
                    changed = factor(value.subs(whole, body.subs(index, own) + rest))
                    if changed.is_nonnegative or changed.is_nonpositive:
                        return value if changed.is_nonnegative else -value
        if value.is_nonnegative or value.is_nonpositive:
            return value if value.is_nonnegative else -value
        return Abs(value)

    def limit(self, expr, variable, point, direction):
        """A limit by the laws for sums, products and quotients, term by term."""
        reduced = cancel(self.walk(expr))
        vanishing = Symbol("vanishing", positive=True)
        ends = {-oo: vanishing, oo: 1 / vanishing}
        values = {}
        for one in reduced.atoms(Exponential):
            power = limit(one.args[0], variable, point, str(direction))
            values[one] = ends.get(power, exp(power))
        return self.walk(cancel(reduced.xreplace(values)).subs(vanishing, 0))

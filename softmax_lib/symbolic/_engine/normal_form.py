"""Normal forms: every case as a rational function of independent quantities.

Exponentials become products of positive quantities, logarithms sums, and a sum over the classes
falls into sums that do not simplify further. Two expressions are equal if the difference of
their normal forms vanishes as a rational function, which `is_zero` decides.
"""

from sympy import (
    Abs,
    Add,
    Dummy,
    E,
    Function,
    Indexed,
    Integer,
    KroneckerDelta,
    Limit,
    Mul,
    Product,
    Symbol,
    cancel,
    exp,
    expand,
    expand_mul,
    factor,
    fraction,
    limit,
    log,
    nan,
    oo,
    tanh,
)

from softmax_lib.symbolic._engine.expressions import C, ForEachC, SumOver
from softmax_lib.symbolic._engine.small_cases import free_indices
from softmax_lib.symbolic._engine.substitution import index_by_depth

EULER = Symbol("e", positive=True)
MORE_CLASSES = Symbol("C'", integer=True, nonnegative=True)


class Exponential(Function):
    """e to some power, held as one positive quantity that SymPy does not take apart."""

    def _eval_is_positive(self):
        return True


def expanded(expr):
    """Products and powers of sums multiplied out, and nothing else."""
    only = dict.fromkeys(("power_exp", "power_base", "log", "basic"), False)
    return expand(expr, mul=True, multinomial=True, **only)


class Normal:
    """Rewrites expressions in one world as rational functions of independent quantities.

    Parameters
    ----------
    substitution : dict
        The world: what C and the class indices are.
    sums_to_one : iterable of Indexed
        Entries of vectors that sum to one over the last index.
    """

    def __init__(self, substitution, sums_to_one=()):
        self.substitution = substitution
        self.concrete = C in substitution
        self.sums_to_one = {one.base: one.ranges[-1][1] for one in sums_to_one}

    def walk(self, expr):
        """The normal form of an expression whose world has been put in."""
        if isinstance(expr, SumOver):
            return self.sum(expr)
        if isinstance(expr, ForEachC):
            return self.walk(expr.for_size(int(self.substitution[C])))
        if isinstance(expr, Product):
            return self.walk(Mul(*self.terms(expr)))
        if isinstance(expr, Limit):
            return self.limit(*expr.args)
        if isinstance(expr, Indexed):
            return self.entry(expr)
        if expr is E:
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
        weight = [
            Symbol(f"{expr.base}{(*front, at)}", positive=True)
            for at in range(1, int(self.substitution[self.sums_to_one[expr.base]]) + 1)
        ]
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
            inner = SumOver(self.walk(body), (index, low, high))
            return Add(*(self.walk(term) for term in self.terms(inner)))
        return self.split_sum(self.walk(body), index, low, high)

    def split_sum(self, body, index, low, high):
        """Linear splitting of a sum over a general range."""
        for pick in sorted(body.atoms(KroneckerDelta), key=str):
            other = next((arg for arg in pick.args if arg != index), index)
            if index in pick.args and low == 1 and high == getattr(other, "upper", high):
                # The delta changes one term alone: the one at its other index.
                off, on = (body.xreplace({pick: Integer(value)}) for value in (0, 1))
                change = self.walk((on - off).xreplace({index: other}))
                return self.split_sum(off, index, low, high) + change
        parts = []
        for term in Add.make_args(expanded(body)):
            outside, inside = term.as_independent(index, as_Add=False)
            if inside == 1:
                parts.append((high - low + 1) * outside)
            elif low == 1 and self.whole_distribution(inside, index, high):
                parts.append(outside)
            else:
                own = index_by_depth(inside)
                parts.append(outside * SumOver(inside.xreplace({index: own}), (own, low, high)))
        return Add(*parts)

    def whole_distribution(self, inside, index, high):
        """Whether summing over an index adds up a vector that sums to one."""
        return (
            isinstance(inside, Indexed)
            and inside.indices[-1] == index
            and self.sums_to_one.get(inside.base) == high
        )

    def exponential(self, power):
        """e to a sum as a product, one positive quantity for each term."""
        factors = []
        for term in Add.make_args(expand_mul(power)):
            number, rest = term.as_coeff_Mul()
            factors.append((EULER if rest == 1 else Exponential(rest)) ** number)
        return Mul(*factors)

    def logarithm(self, value):
        """log of a product of positive factors as a sum."""
        parts = []
        for base, power in factor(value).as_powers_dict().items():
            # There is at least one class.
            if not base.xreplace({C: 1 + MORE_CLASSES}).is_positive:
                return log(value)
            exact = {EULER: Integer(1)}.get(base, log(base))
            parts.append(power * (base.args[0] if isinstance(base, Exponential) else exact))
        return Add(*parts)

    def absolute(self, value):
        """The absolute value, where the sign is certain."""
        value = factor(value)
        if not self.concrete:
            # With two classes or more, a sum of positive terms exceeds any one of them.
            for whole in sorted(value.atoms(SumOver), key=str):
                body, (index, low, high) = whole.args
                for own in free_indices(value):
                    if (low, high) != (1, own.upper):
                        continue
                    rest = Symbol("rest", positive=True)
                    changed = factor(value.subs(whole, body.subs(index, own) + rest))
                    if changed.is_nonnegative or changed.is_nonpositive:
                        return value if changed.is_nonnegative else -value
        if value.is_nonnegative or value.is_nonpositive:
            return value if value.is_nonnegative else -value
        return Abs(value)

    def limit(self, expr, variable, point, direction):
        """A limit by the laws for sums, products and quotients; nan where they say nothing."""
        reduced = cancel(self.walk(expr))
        values, vanishing = {}, {}
        for one in reduced.atoms(Exponential):
            power = limit(one.args[0], variable, point, str(direction))
            values[one] = exp(power)
            if power in (oo, -oo):
                # Each vanishes, or its inverse, at a pace of its own.
                own = Dummy("vanishing", positive=True)
                values[one] = own if power == -oo else 1 / own
                vanishing[own] = Integer(0)
        parts = fraction(cancel(reduced.xreplace(values)))
        above, below = (self.walk(part.xreplace(vanishing)) for part in parts)
        return nan if below == 0 else above / below

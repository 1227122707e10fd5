"""Sums, derivatives and determinants that SymPy itself would not keep as they are written.

Entries are written under ``with evaluate(False)``: then ``p[i] * (1 - p[i])`` stays the product
that a reader sees, and what is shown is the very object that was checked. An index is SymPy's
`Idx`, and knows how far it runs: ``Idx("i", (1, C))``.
"""

from sympy import Expr, KroneckerDelta, Product, Sum, Symbol, Tuple, sympify

delta = KroneckerDelta

# The number of classes. What holds for every C is proved for every C.
C = Symbol("C", integer=True, positive=True)


class Written(Expr):
    """An expression that is kept as it was written."""

    is_commutative = True

    def __new__(cls, *args):
        return Expr.__new__(cls, *map(sympify, args))


class SumOver(Written, Sum):
    """A sum over an index, with the summand kept exactly as it was written."""

    def __new__(cls, summand, limits):
        return super().__new__(cls, summand, Tuple(*limits))

    def _eval_is_nonnegative(self):
        return self.function.is_nonnegative

    def _eval_is_positive(self):
        # A range that starts at 1 holds at least one term.
        return self.function.is_positive if self.limits[0][1] == 1 else None


class SumExcept(Written):
    """The sum over a whole index but some: ``SumExcept(f, c, k)`` leaves out class k."""

    def over_all(self):
        """The same sum over all, where a factor removes what is left out."""
        summand, index, *left_out = self.args
        for other in left_out:
            summand = (1 - delta(index, other)) * summand
        return sum_over(summand, index)


class Partial(Written):
    """A partial derivative, not yet carried out: ``Partial(p[i], z[j])``."""


class ForEachC(Written):
    """An expression that is known once C is: ``ForEachC(f, i, j)`` has indices of its own.

    A chapter derives its own from it, with ``for_size`` and how it prints.
    """


def sum_over(summand, index, upper=None):
    """The sum over a whole index, or up to another upper end."""
    return SumOver(summand, (index, 1, upper or index.upper))


def product_over(factor, index, upper=None):
    """The product over a whole index, or up to another upper end."""
    return Product(factor, (index, 1, upper or index.upper))

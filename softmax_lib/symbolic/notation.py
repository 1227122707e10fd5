"""The symbols of the course and the few expressions that SymPy itself would not keep as written.

Entries are written under ``with evaluate(False)``: then ``p[i] * (1 - p[i])`` stays the product
that a reader sees, and what is shown is the very object that was checked.
"""

from sympy import (
    Expr,
    Function,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    Product,
    Sum,
    Symbol,
    Tuple,
    symbols,
    sympify,
)

# Counts and class indices. STAR is the index of the (first) largest logit.
C = Symbol("C", integer=True, positive=True)
N = Symbol("N", integer=True, positive=True)
D = Symbol("D", integer=True, positive=True)
i, j, k, c, n, d = symbols("i j k c n d", integer=True)
STAR = Symbol("i^*", integer=True)

# Vectors and matrices, by their components.
z = IndexedBase("z", real=True)
v = IndexedBase("v", real=True)
u = IndexedBase("u", real=True)
p = IndexedBase("p", positive=True)
p_hot = IndexedBase("p(T)", positive=True)
# Targets are taken as positive where logarithms of them appear: 0 log 0 is 0, so that entries
# of 0 may be left out of such sums.
y = IndexedBase("y", positive=True)
J = IndexedBase("J", real=True)
X = IndexedBase("X", real=True)
W = IndexedBase("W", real=True)
b = IndexedBase("b", real=True)
Z = IndexedBase("Z", real=True)
P = IndexedBase("P", positive=True)
Y = IndexedBase("Y", positive=True)

# Scalars.
a = Symbol("a", real=True)
m = Symbol("m", real=True)
r = Symbol("r", nonnegative=True)
S = Symbol("S", positive=True)
T = Symbol("T", positive=True)
alpha = Symbol("alpha", nonnegative=True)
L = Symbol("L", real=True)
L_MEAN = Symbol(r"\bar L", real=True)
LSE = Symbol(r"\operatorname{LSE}(z)", real=True)
ENTROPY = Symbol("H(y)", real=True)
CROSS_ENTROPY = Symbol("H(y, p)", real=True)
KL = Symbol(r"\operatorname{KL}(y \| p)", real=True)


def delta(row, column):
    """Kronecker's delta of two class indices."""
    return KroneckerDelta(row, column)


class Total(Sum):
    """A sum over an index, with the summand kept exactly as it was written."""

    def __new__(cls, summand, *limits):
        total = Expr.__new__(cls, sympify(summand), *(Tuple(*limit) for limit in limits))
        total.is_commutative = True
        return total

    def _eval_is_nonnegative(self):
        return self.function.is_nonnegative

    def _eval_is_positive(self):
        # A range that starts at 1 holds at least one term.
        return self.function.is_positive if self.limits[0][1] == 1 else None


class Others(Expr):
    """The sum over all classes but some: ``Others(f, c, k)`` leaves out class k."""

    is_commutative = True

    def __new__(cls, summand, index, *left_out):
        return Expr.__new__(cls, sympify(summand), index, *left_out)

    def whole(self):
        """The same sum over all classes, where a factor removes the classes left out."""
        summand, index, *left_out = self.args
        for other in left_out:
            summand = (1 - delta(index, other)) * summand
        return Total(summand, (index, 1, C))


class Partial(Expr):
    """A partial derivative, not yet carried out: ``Partial(p[i], z[j])``."""

    is_commutative = True

    def __new__(cls, expression, variable):
        return Expr.__new__(cls, sympify(expression), variable)


class At(Expr):
    """An expression taken at one value of a variable: ``At(f, t, 0)``."""

    is_commutative = True

    def __new__(cls, expression, variable, value):
        return Expr.__new__(cls, sympify(expression), variable, sympify(value))


class LeadingMinor(Expr):
    """Determinant of a matrix without its last row and column, given by a general entry."""

    is_commutative = True

    def __new__(cls, entry, row, column):
        return Expr.__new__(cls, sympify(entry), row, column)

    def determinant(self, size):
        """The determinant for a concrete number of classes."""
        entry, row, column = self.args
        kept = range(1, size)
        rows = [[entry.subs({row: s, column: t}, simultaneous=True) for t in kept] for s in kept]
        return Matrix(rows).det(method="berkowitz")


class GrowthRate(Function):
    """The derivative g' of the unknown function g."""


class Growth(Function):
    """The unknown function g of chapter 1; its derivative is `GrowthRate`."""

    def fdiff(self, argindex=1):
        return GrowthRate(self.args[0])


def total(summand, index, upper=C):
    """The sum over a whole index: classes unless another upper end is given."""
    return Total(summand, (index, 1, upper))


def product(factor, index, upper=C):
    """The product over a whole index."""
    return Product(factor, (index, 1, upper))


def softmax_of(logit, index):
    """The softmax formula; ``logit`` maps a class index to its logit."""
    from sympy import exp

    other = Symbol("l", integer=True)
    return exp(logit(index)) / total(exp(logit(other)), other)

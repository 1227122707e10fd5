"""Reads TeX into SymPy expressions, with SymPy's parser, in the symbols of a chapter.

The parser does not know derivatives by z_i, sums over "all but one", or names of several letters:
those are cut out first, and a held place stands for each.
"""

import re
from functools import cache, partial, reduce
from operator import add, mul

from sympy import E, Idx, Indexed, Integer, Limit, Matrix, Mul, Product, Sum, Symbol, log
from sympy.core.function import AppliedUndef
from sympy.matrices.exceptions import ShapeError
from sympy.parsing.latex import LaTeXParsingError, parse_latex

from softmax_lib.symbolic._engine.expressions import C, Partial, SumOver, delta
from softmax_lib.symbolic._engine.printer import around_indices, to_latex

# SymPy's parser is slow, and many formulas are alike once their symbols are held.
parsed = cache(partial(parse_latex, strict=True))


class UnreadableError(ValueError):
    """TeX that cannot be turned into an expression of the course."""


def size(count):
    """The size that a count has where TeX is evaluated."""
    return 3 if count == C else 2


def squeezed(tex):
    """TeX without what changes its look alone."""
    tex = re.sub(r"\\left(?![a-z])|\\right(?![a-z])|\\,", "", tex)
    return re.sub(r"([_^])\{([\w*])\}", r"\1\2", tex)


def name_of(one):
    """The name that a declared symbol bears in TeX, whatever its kind."""
    if isinstance(one, Indexed):
        return one.base.name
    return one.func.__name__ if isinstance(one, AppliedUndef) else to_latex(one)


class Reader:
    """Turns the TeX of one side into an expression.

    Parameters
    ----------
    symbols : iterable of Expr
        What the TeX may speak of, each as it prints: a symbol, an index, an entry ``z[i]`` for a
        vector and its components, a value ``g(x)`` for a function. The first of one name counts.
    """

    def __init__(self, symbols):
        self.held = {}
        self.scalars, self.indices, self.entries = {"e": E}, {}, {}
        self.functions, self.names = {}, {}
        for one in symbols:
            if isinstance(one, Indexed):
                self.entries.setdefault(one.base.name, one)
            elif isinstance(one, AppliedUndef):
                self.functions.setdefault(one.func.__name__, one.func)
            elif isinstance(one, Idx) and one.name.isalnum():
                self.indices.setdefault(one.name, one)
            elif isinstance(one, Symbol) and one.name.isalnum():
                self.scalars.setdefault(one.name, one)
            else:
                self.names.setdefault(squeezed(to_latex(one)), one)

    def hold(self, expr):
        """TeX for a place that stands for an expression."""
        name = f"Omega_{{{len(self.held)}}}"
        self.held[name] = expr
        return "\\" + name

    def replace(self, pattern, meaning, tex):
        """Hold what a pattern finds; ``meaning`` gets the parts that it marks."""
        return re.sub(pattern, lambda at: self.hold(meaning(*at.groups())), tex)

    def read(self, tex):
        """The expression, a Matrix where the TeX is one; UnreadableError where it cannot be had."""
        tex = self.cut_out(squeezed(tex))
        try:
            return self.convert(parsed(tex))
        except (LaTeXParsingError, ShapeError, TypeError) as error:
            raise UnreadableError(str(error).strip().splitlines()[0]) from error

    def cut_out(self, tex):
        """Hold everything that SymPy's parser would misunderstand."""
        tex = re.sub(r"\\sum_\{(\w) \\ne ([^{}]*)\}", self.all_but_some, tex)
        for name in sorted(self.names, key=len, reverse=True):
            tex = tex.replace(name, self.hold(self.names[name])) if name in tex else tex
        tex = self.replace(
            r"\\frac\{\\partial (.*?)\}\{\\partial (.*?)\}(?!\})", self.derivative, tex
        )
        for name in sorted(self.entries, key=len, reverse=True):
            tex = self.components(name, tex)
        for name, function in self.functions.items():
            pattern = rf"(?<![\\a-z]){name}\(([^()]*)\)"
            tex = self.replace(
                pattern, lambda at, f=function: f(*map(self.read, at.split(", "))), tex
            )
        tex = self.replace(r"\\delta_\{(\w)(\w)\}", lambda *at: delta(*map(self.index, at)), tex)
        tex = self.matrices(tex)
        # A name or a number before a bracket is a factor, not a function; after a sum's upper
        # end the bracket begins the summand.
        return re.sub(r"(\^\w|\\(?:log|tanh|cdot)|[\w}])\s*\(", times_bracket, tex)

    def components(self, name, tex):
        """Hold the components of a vector or a matrix: p_i, p_i(T), Y_{nc}."""
        entry = self.entries[name]
        before, after = around_indices(name)
        places = r"(\w)" if len(entry.indices) == 1 else r"\{(\w)(\w)\}"
        pattern = rf"(?<![\\A-Za-z]){re.escape(before)}_{places}{re.escape(after)}"
        return self.replace(pattern, lambda *at: entry.base[tuple(map(self.index, at))], tex)

    def derivative(self, above, below):
        """The derivative of a scalar by a scalar or, entry by entry, by a matrix."""
        function = self.read(above)
        if below in self.entries:
            return self.matrix(below).applyfunc(lambda one: Partial(function, one))
        return Partial(function, self.read(below))

    def all_but_some(self, found):
        """A sum over all but some, as a sum over all with a factor."""
        index = self.index(found[1])
        kept = [1 - delta(index, self.index(other)) for other in found[2].split(", ")]
        return rf"\sum_{{{index}=1}}^{{{index.upper}}} {self.hold(Mul(*kept))} \cdot "

    def matrix(self, name):
        """A vector as a column, or a matrix, of its components in the sizes of the evaluation."""
        entry = self.entries[name]
        rows, columns = [*(size(high) for _, high in entry.ranges), 1][:2]
        return Matrix(
            rows, columns, lambda *at: entry.base[tuple(n + 1 for n in at[: len(entry.indices)])]
        )

    def matrices(self, tex):
        """Hold matrices, and vectors where no index follows, in products that keep their order."""
        whole = {name: self.matrix(name) for name in self.entries if len(name) == 1 and name in tex}
        literal = {r"\mathbf{1}": Matrix.ones(size(C), 1)}
        for name, matrix in whole.items():
            literal[rf"{name}^{{\top}}"] = matrix.T
            spread = Matrix(matrix.rows, matrix.rows, lambda s, t, m=matrix: m[s] if s == t else 0)
            literal[rf"\operatorname{{diag}}({name})"] = spread
        for name, matrix in literal.items():
            tex = tex.replace(name, self.hold(matrix) + " ") if name in tex else tex
        bare = rf"(?<![\\A-Za-z{{])([{''.join(whole)}])(?![\w(])"
        return self.replace(bare, whole.get, tex) if whole else tex

    def convert(self, expr):
        """Symbols of the chapter for parsed ones, from inside out."""
        if isinstance(expr, Symbol):
            return self.symbol(expr.name)
        if isinstance(expr, Sum | Product):
            kind = SumOver if isinstance(expr, Sum) else Product
            body = self.convert(expr.args[0])
            for index, low, high in expr.limits:
                span = (self.index(index.name), self.convert(low), self.convert(high))
                body = kind(body, span)
            return body
        if isinstance(expr, Limit):
            body, variable, point, direction = expr.args
            return Limit(*map(self.convert, (body, variable, point)), str(direction))
        if not expr.args:
            return expr
        args = [self.convert(arg) for arg in expr.args]
        if isinstance(expr, log):
            return log(args[0])
        if isinstance(expr, Mul):
            result = reduce(mul, args)
            scalar = isinstance(result, Matrix) and result.shape == (1, 1)
            return result[0] if scalar else result
        if any(isinstance(arg, Matrix) for arg in args):
            return reduce(add, (broadcast(arg, args[0]) for arg in args))
        return expr.func(*args)

    def symbol(self, name):
        """What a parsed name means."""
        for known in (self.held, self.scalars, self.indices):
            if name in known:
                return known[name]
        if name == "partial":
            raise UnreadableError(
                "no derivative of one letter by one letter; write a second one as that of a letter "
                "which stands for the first"
            )
        raise UnreadableError(f"unknown symbol {name}")

    def index(self, name):
        """An index, the last one (a count), or its number."""
        known = {**self.scalars, **self.indices, **self.names}.get(name)
        if known is not None and known.is_integer:
            return known
        if name.isdigit():
            return Integer(name)
        raise UnreadableError(f"unknown index {name}")


def broadcast(term, other):
    """A vector that is added to a matrix, as NumPy does it: to every row."""
    vector = isinstance(term, Matrix) and isinstance(other, Matrix) and term.cols == 1
    if vector and other.cols == term.rows != other.rows:
        return Matrix.ones(other.rows, 1) * term.T
    return term


def times_bracket(found):
    """A dot before the bracket, where what stands there is a factor."""
    function = found[1].startswith(("\\", "^"))
    return f"{found[1]} (" if function else rf"{found[1]} \cdot ("

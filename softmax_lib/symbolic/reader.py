"""Turns TeX into expressions of the ledger, with SymPy's parser.

The parser does not know derivatives by z_i, sums over "all but one", or names of several letters:
those are cut out first, and a held place stands for each.
"""

import re

from sympy import (
    E,
    Integer,
    Limit,
    Matrix,
    Mul,
    Product,
    Sum,
    Symbol,
    log,
    ones,
)
from sympy.matrices.exceptions import ShapeError

from . import notation as nt
from .cross_entropy import SMOOTHED
from .definition import kappa, q, s, t, x
from .derivative import JV, MEAN
from .notation import Growth, LeadingMinor, Partial, Total, delta
from .overflow import LSE_SHIFTED

INDICES = {str(index): index for index in (nt.i, nt.j, nt.k, nt.c, nt.n, nt.d)}
SCALARS = {str(one): one for one in (nt.C, nt.N, nt.D, nt.a, nt.m, nt.r, nt.S, nt.T, nt.L, q)}
SCALARS |= {"e": E, "alpha": nt.alpha, "kappa": kappa, "x": x, "s": s, "t": t}
VECTORS = {str(base): base for base in (nt.z, nt.v, nt.p, nt.y, nt.b)}
NAMES = {str(one): one for one in (nt.LSE, LSE_SHIFTED, nt.CROSS_ENTROPY, nt.ENTROPY, nt.KL)}
NAMES |= {
    r"\bar L": nt.L_MEAN,
    r"\bar v": MEAN,
    r"\det(J_{ij})_{i,j < C}": LeadingMinor(nt.J[nt.i, nt.j], nt.i, nt.j),
}
SHAPES = {
    nt.J: (nt.C, nt.C),
    nt.X: (nt.N, nt.D),
    nt.W: (nt.D, nt.C),
    nt.Z: (nt.N, nt.C),
    nt.P: (nt.N, nt.C),
    nt.Y: (nt.N, nt.C),
}
MATRICES = {str(base): base for base in SHAPES}
SIZES = {nt.C: Integer(3), nt.N: Integer(2), nt.D: Integer(2)}


class UnreadableError(ValueError):
    """TeX that cannot be turned into an expression of the course."""


class Reader:
    """Turns the TeX of one side into an expression in the symbols of the ledger."""

    def __init__(self):
        self.held = {}

    def hold(self, expr):
        """TeX for a place that stands for an expression."""
        name = f"Omega_{{{len(self.held)}}}"
        self.held[name] = expr
        return "\\" + name

    def read(self, tex):
        """The expression, a Matrix where the TeX is one; UnreadableError where it cannot be had."""
        from sympy.parsing.latex import LaTeXParsingError, parse_latex

        tex = self.cut_out(tex)
        try:
            return self.convert(parse_latex(tex, strict=True))
        except (LaTeXParsingError, ShapeError, TypeError) as error:
            raise UnreadableError(str(error).strip().splitlines()[0]) from error

    def cut_out(self, tex):
        """Hold everything that SymPy's parser would misunderstand."""
        for name in sorted(NAMES, key=len, reverse=True):
            tex = tex.replace(name, self.hold(NAMES[name]))
        tex = self.derivatives(tex)
        tex = re.sub(r"p_(\w)\(T\)", lambda at: self.hold(nt.p_hot[index(at[1])]), tex)
        tex = re.sub(r"\(J v\)_(\w)", lambda at: self.hold(JV[index(at[1])]), tex)
        tex = re.sub(r"\\tilde y_(\w)", lambda at: self.hold(SMOOTHED[index(at[1])]), tex)
        tex = re.sub(
            r"(?<![a-z])g\(([^()]*)\)", lambda at: self.hold(Growth(self.read(at[1]))), tex
        )
        tex = re.sub(r"\\sum_\{c \\ne ([^{}]*)\}", self.all_but_one, tex)
        tex = re.sub(
            r"\\delta_\{(\w)(\w)\}", lambda at: self.hold(delta(index(at[1]), index(at[2]))), tex
        )
        tex = re.sub(
            r"([JXWZPY])_\{(\w)(\w)\}",
            lambda at: self.hold(MATRICES[at[1]][index(at[2]), index(at[3])]),
            tex,
        )
        tex = self.matrices(tex)
        # A name or a number before a bracket is a factor, not a function; after a sum's upper
        # end the bracket begins the summand.
        tex = re.sub(r"(\^\{\w\}|\\(?:log|tanh|cdot)|[\w}])\s*\(", times_bracket, tex)
        return tex

    def derivatives(self, tex):
        r"""Hold every \frac{\partial A}{\partial B}."""
        pattern = r"\\frac\{\\partial (.*?)\}\{\\partial (.*?)\}(?!\})"
        return re.sub(pattern, lambda at: self.hold(self.derivative(at[1], at[2])), tex)

    def derivative(self, above, below):
        """The derivative of a scalar by a scalar or, entry by entry, by a matrix."""
        function = self.read(above)
        if below in MATRICES:
            return entries(MATRICES[below]).applyfunc(lambda entry: Partial(function, entry))
        return Partial(function, self.read(below))

    def all_but_one(self, found):
        """A sum over all classes but one, as a sum over all with a factor."""
        other = nt.STAR if found[1] == "i^*" else index(found[1])
        return rf"\sum_{{c=1}}^{{C}} {self.hold(1 - delta(nt.c, other))} \cdot "

    def matrices(self, tex):
        """Hold matrices, and vectors where no index follows, in products that keep their order."""
        column = {name: entries(VECTORS[name]) for name in "pvb"}
        literal = {
            r"\operatorname{diag}(p)": Matrix(
                SIZES[nt.C], SIZES[nt.C], lambda i, j: column["p"][i] if i == j else 0
            ),
            r"\mathbf{1}": ones(SIZES[nt.C], 1),
            r"p^{\top}": column["p"].T,
            r"v^{\top}": column["v"].T,
        }
        literal |= {rf"{name}^{{\top}}": entries(base).T for name, base in MATRICES.items()}
        for name, matrix in literal.items():
            tex = tex.replace(name, self.hold(matrix) + " ")
        bare = r"(?<![\\A-Za-z{])([JXWZPYpvb])(?![\w(])"
        rows = ones(SIZES[nt.N], 1) * column["b"].T
        values = {**{name: entries(base) for name, base in MATRICES.items()}, **column, "b": rows}
        return re.sub(bare, lambda at: self.hold(values[at[1]]) + " ", tex)

    def convert(self, expr):
        """Ledger symbols for parsed ones, from inside out."""
        if isinstance(expr, Symbol):
            return self.symbol(expr.name)
        if isinstance(expr, Sum | Product):
            body, *limits = expr.args
            for index_, low, high in limits:
                kind = Total if isinstance(expr, Sum) else Product
                span = (INDICES[index_.name], self.convert(low), self.convert(high))
                body = kind(self.convert(body) if body is expr.args[0] else body, span)
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
            result = args[0]
            for arg in args[1:]:
                result = result * arg
            return result[0] if isinstance(result, Matrix) and result.shape == (1, 1) else result
        if any(isinstance(arg, Matrix) for arg in args):
            return sum(args[1:], args[0])
        return expr.func(*args)

    def symbol(self, name):
        """What a parsed name means."""
        if name in self.held:
            return self.held[name]
        if name in SCALARS | INDICES:
            return (SCALARS | INDICES)[name]
        found = re.fullmatch(r"(\w)_\{(\w)\}", name)
        if found and found[1] in VECTORS:
            return VECTORS[found[1]][index(found[2])]
        raise UnreadableError(f"unknown symbol {name}")


def index(name):
    """A class index, or a class's number."""
    if name in INDICES:
        return INDICES[name]
    if name.isdigit():
        return Integer(name)
    raise UnreadableError(f"unknown index {name}")


def times_bracket(found):
    """A dot before the bracket, where what stands there is a factor."""
    function = found[1].startswith(("\\", "^{"))
    return f"{found[1]} (" if function else rf"{found[1]} \cdot ("


def entries(base):
    """A vector as a column, or a matrix, of its entries in the sizes of the evaluation."""
    rows, columns = (SIZES[length] for length in SHAPES.get(base, (nt.C, nt.C)))
    if base not in SHAPES:
        return Matrix([base[row] for row in range(1, rows + 1)])
    return Matrix(rows, columns, lambda row, column: base[row + 1, column + 1])

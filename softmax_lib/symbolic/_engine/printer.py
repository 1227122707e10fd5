"""Prints expressions as they were written: as TeX that KaTeX reads, and as plain text."""

import re

from sympy import Add, Indexed, Integer, Limit, Mul, Number, Pow, Product, Symbol, tanh
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from softmax_lib.symbolic._engine.expressions import Partial, SumExcept, SumOver

# How TeX is spelled in plain text: names of symbols first, then what reasons hold besides.
NAMES = ((r"\\bar ", "mean_"), (r" \\\|", ","), (r"\\(?:operatorname|mathrm)\{(\w+)\}", r"\1"))
SPELLED = (
    NAMES[-1],
    (r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2"),
    (r"_\{([^{}]*)\}", r"_\1"),
    (r"\^\{\\top\}", "'"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\le\b", "<="),
    (r"\\ge\b", ">="),
    (r"\\to\b", "->"),
    (r"\\infty\b", "oo"),
    (r"\$|\\,|\\", ""),
)
BIG = (SumOver, SumExcept, Product, Limit)


def is_inverse(expr):
    """Whether an expression was written as one over something."""
    return isinstance(expr, Pow) and expr.exp == -1


def is_fraction(expr):
    """Whether an expression appears as a fraction, numerator above denominator."""
    if isinstance(expr, Mul):
        return len(expr.args) == 2 and expr.args[0] != -1 and is_inverse(expr.args[1])
    return is_inverse(expr) or (isinstance(expr, Partial) and is_short(expr.args[0]))


def is_short(expr):
    """Whether a derivative of the expression fits above the fraction bar."""
    return isinstance(expr, Symbol | Indexed | AppliedUndef) or (
        expr.is_Function and isinstance(expr.args[0], Symbol | Indexed)
    )


def around_indices(name):
    """What stands before and after the indices of a vector: p_i, but p_i(T)."""
    return re.fullmatch(r"(.+?)(\(\w\))?", name).groups("")


class TeX(LatexPrinter):
    """SymPy's printer, but the order of terms and factors is the writer's."""

    # Whether what is printed stands in an exponent.
    raised = False

    def brackets(self, expr):
        return f"({self._print(expr)})" if self.raised else rf"\left({self._print(expr)}\right)"

    def factor(self, expr, last, first=False):
        """One factor of a product, in brackets where it would be misread."""
        tex = self._print(expr)
        loose = isinstance(expr, Add) or (tex.startswith("-") and not first)
        return self.brackets(expr) if loose or (isinstance(expr, BIG) and not last) else tex

    def fraction(self, above, below):
        """A fraction; in an exponent, where a bar would be tiny, with a slash."""
        if not self.raised:
            # Fractions inside a fraction keep their size, or nobody could read them.
            parts = (self._print(part).replace(r"\frac", r"\dfrac") for part in (above, below))
            return r"\frac{{{}}}{{{}}}".format(*parts)
        return f"{self.factor(above, last=False, first=True)} / {self.factor(below, last=False)}"

    def _print_exp(self, expr):
        before, self.raised = self.raised, True
        power = self._print(expr.args[0])
        self.raised = before
        return f"e^{{{power}}}"

    def argument(self, expr):
        """What a function is applied to: bare if it is one thing, else in brackets."""
        bare = is_fraction(expr) or not isinstance(expr, Add | Mul)
        return " " + self._print(expr) if bare else self.brackets(expr)

    def _print_Add(self, expr, order=None):
        tex = ""
        for term in expr.args:
            part = self.brackets(term) if tex and isinstance(term, Add) else self._print(term)
            if tex:
                part = " - " + part[1:].lstrip() if part.startswith("-") else " + " + part
            tex += part
        return tex

    def _print_Mul(self, expr):
        first, *rest = expr.args
        if first == -1:
            whole = rest[0] if len(rest) == 1 else Mul(*rest, evaluate=False)
            return "-" + self.factor(whole, last=True)
        if is_fraction(expr):
            return self.fraction(first, rest[0].base)
        tex = self.factor(first, last=False, first=True)
        for before, one in zip(expr.args, rest, strict=False):
            numbers = before == 0 or isinstance(one, Number)
            dot = numbers or (is_fraction(before) and is_fraction(one))
            gap = r" \cdot " if dot else r" \, " if isinstance(one, AppliedUndef) else " "
            tex += gap + self.factor(one, last=one is rest[-1])
        return tex

    def _print_Pow(self, expr):
        if is_inverse(expr):
            return self.fraction(Integer(1), expr.base)
        if isinstance(expr.base, tanh):
            return rf"\tanh^{{{self._print(expr.exp)}}}" + self.argument(expr.base.args[0])
        bare = isinstance(expr.base, Symbol | Indexed)
        base = self._print(expr.base) if bare else self.brackets(expr.base)
        return f"{base}^{{{self._print(expr.exp)}}}"

    def _print_Indexed(self, expr):
        name, argument = around_indices(expr.base.name)
        return f"{name}_{{{''.join(map(self._print, expr.indices))}}}{argument}"

    def _print_Idx(self, expr):
        return self._print(expr.label)

    def _print_KroneckerDelta(self, expr):
        return rf"\delta_{{{''.join(map(self._print, expr.args))}}}"

    def _print_log(self, expr):
        return rf"\{expr.func.__name__}" + self.argument(expr.args[0])

    _print_tanh = _print_log

    def _print_SumOver(self, expr):
        body, (index, low, high) = expr.args
        index, low, high = map(self._print, (index, low, high))
        return rf"\sum_{{{index}={low}}}^{{{high}}} {self.factor(body, last=True)}"

    def _print_SumExcept(self, expr):
        body, index, *left_out = expr.args
        below = rf"{self._print(index)} \ne {', '.join(map(self._print, left_out))}"
        return rf"\sum_{{{below}}} {self.factor(body, last=True)}"

    def _print_Partial(self, expr):
        function, variable = expr.args
        below = rf"\partial {self._print(variable)}"
        if is_short(function):
            return rf"\frac{{\partial {self._print(function)}}}{{{below}}}"
        product = isinstance(function, Mul) and not is_fraction(function)
        inner = self.brackets(function) if product else self.factor(function, last=False)
        return rf"\frac{{\partial}}{{{below}}} {inner}"

    def _print_Subs(self, expr):
        place = f"{self._print(expr.variables[0])}={self._print(expr.point[0])}"
        return rf"\left.{self.factor(expr.expr, last=True)}\right|_{{{place}}}"

    def _print_AppliedUndef(self, expr):
        return f"{expr.func.__name__}({', '.join(map(self._print, expr.args))})"


class Text(StrPrinter):
    """Plain text in the writer's order."""

    def _print_Symbol(self, expr):
        return in_words(expr.name, NAMES)

    def _print_KroneckerDelta(self, expr):
        return f"delta[{', '.join(map(self._print, expr.args))}]"

    def _print_SumOver(self, expr, name="sum"):
        index, low, high = map(self._print, expr.args[1])
        return f"{name}({self._print(expr.args[0])}, {index}={low}..{high})"

    def _print_Product(self, expr):
        return self._print_SumOver(expr, "prod")

    def _print_SumExcept(self, expr):
        body, index, *left_out = expr.args
        names = ", ".join(map(self._print, left_out))
        return f"sum({self._print(body)}, {self._print(index)}!={names})"

    def _print_Partial(self, expr):
        function, variable = expr.args
        return f"d({self._print(function)})/d({self._print(variable)})"

    def _print_Subs(self, expr):
        function, variable, value = expr.expr, expr.variables[0], expr.point[0]
        return f"{self._print(function)} at {self._print(variable)}={self._print(value)}"

    def _print_Limit(self, expr):
        function, variable, point, _ = expr.args
        toward = self._print(point) + ("+" if point == 0 else "")
        return f"lim({self._print(function)}, {self._print(variable)} -> {toward})"


def in_words(tex, spelled=SPELLED):
    """TeX of a reason, spelled out as plain text."""
    for pattern, words in spelled:
        tex = re.sub(pattern, words, tex)
    return tex


def to_latex(expr):
    """An expression as TeX."""
    return TeX({"order": "none"}).doprint(expr)


def to_text(expr):
    """An expression as plain text."""
    return Text({"order": "none"}).doprint(expr)

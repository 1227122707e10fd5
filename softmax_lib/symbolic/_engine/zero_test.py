"""Decides whether a rational function is zero: exactly, as a question about polynomials."""

from math import lcm
from operator import index

from sympy import QQ, Add, Float, Mul, Pow, Symbol, nan, oo, ring, zoo


def is_zero(expr):
    """Whether a normal form vanishes identically, as a function of independent quantities."""
    # A float stands for all numbers that are rounded to it.
    if expr.has(oo, zoo, nan, Float):
        return False
    names, roots = {}, {}
    for power in expr.atoms(Pow):
        base, exponent = power.as_base_exp()
        if exponent.is_Rational:
            roots[base] = lcm(roots.get(base, 1), exponent.q)
    expr = over_symbols(expr, names, roots)
    polynomials = ring(list(names.values()), QQ)[0] if names else ring("unused", QQ)[0]
    return not as_powers(expr, polynomials)


def over_symbols(expr, names, roots):
    """Symbols in place of all that is not a number, a sum, a product or a power."""
    if expr.is_Number:
        return expr
    if isinstance(expr, Add | Mul) or (isinstance(expr, Pow) and expr.exp.is_Integer):
        return expr.func(*(over_symbols(arg, names, roots) for arg in expr.args))
    if isinstance(expr, Pow) and expr.exp.is_Rational:
        return quantity(*expr.as_base_exp(), names, roots)
    if isinstance(expr, Pow):
        # x^(n - 1) is x^n times x^-1; x^n is a quantity of its own.
        whole, rest = expr.exp.as_coeff_Add()
        if whole.is_Integer and whole:
            parts = (Pow(expr.base, exponent) for exponent in (rest, whole))
            return Mul(*(over_symbols(part, names, roots) for part in parts))
    return quantity(expr, 1, names, roots)


def quantity(base, power, names, roots):
    """A power of one quantity, whose symbol stands for the root by which all are whole powers."""
    root = names.setdefault(base, Symbol(f"q{len(names)}", positive=True))
    return root ** (power * roots.get(base, 1))


def as_powers(expr, polynomials):
    """A rational function as polynomials with exponents, negative for denominators; {} is 0."""
    if isinstance(expr, Mul):
        product = {}
        for arg in expr.args:
            parts = as_powers(arg, polynomials)
            if not parts:
                return {}
            for base, power in parts.items():
                product[base] = product.get(base, 0) + power
        return product
    if isinstance(expr, Pow):
        parts = as_powers(expr.base, polynomials)
        if not parts and expr.exp < 0:
            raise ZeroDivisionError("a denominator vanishes identically")
        return {base: power * index(expr.exp) for base, power in parts.items()}
    if isinstance(expr, Add):
        terms = [term for term in (as_powers(arg, polynomials) for arg in expr.args) if term]
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

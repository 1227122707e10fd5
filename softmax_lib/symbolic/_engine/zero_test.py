"""Decides whether a rational function is zero: exactly, as a question about polynomials."""

from sympy import QQ, Add, Mul, Pow, Symbol, nan, oo, ring, zoo


def is_zero(expr):
    """Whether a normal form vanishes identically, as a function of independent quantities."""
    if expr.has(oo, zoo, nan):
        return False
    # A square in place of a quantity, where its root occurs: then the root is one of them too.
    roots = {power.base for power in expr.atoms(Pow) if not power.exp.is_Integer}
    names = {}
    expr = over_symbols(expr, names, roots)
    polynomials = ring(list(names.values()), QQ)[0] if names else ring("unused", QQ)[0]
    return not as_powers(expr, polynomials)


def over_symbols(expr, names, roots):
    """Symbols in place of all that is not a number, a sum, a product or a power."""
    if expr.is_Number:
        return expr
    if isinstance(expr, Add | Mul) or (isinstance(expr, Pow) and expr.exp.is_Integer):
        return expr.func(*(over_symbols(arg, names, roots) for arg in expr.args))
    if isinstance(expr, Pow) and not expr.exp.is_number:
        # x^(n - 1) is x^n times x^-1; x^n is a quantity of its own.
        whole, rest = expr.exp.as_coeff_Add()
        if not whole.is_Integer:
            whole, rest = 0, expr.exp
        named = names.setdefault(expr.base**rest, Symbol(f"q{len(names)}", positive=True))
        return named * over_symbols(expr.base, names, roots) ** whole
    base, power = expr.as_base_exp()
    if base not in names:
        names[base] = Symbol(f"q{len(names)}", positive=True)
    return names[base] ** (2 * power if base in roots else power)


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
        return {base: power * int(expr.exp) for base, power in parts.items()}
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

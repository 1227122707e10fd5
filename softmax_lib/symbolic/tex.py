"""Reads the TeX of an entry back, and evaluates it.

So a misprint in a formula that a reader sees (a sum that starts at the wrong index, an exponent
without its logit, a sign) is caught, although no derivation uses that TeX.
"""

import re
from zlib import crc32

from mpmath import mpf, workdps
from sympy import Indexed, IndexedBase, Integer, Limit, Matrix, Product, Rational, exp, lambdify

from . import notation as nt
from .algebra import resolve
from .definition import kappa
from .notation import Growth, LeadingMinor, Total
from .reader import SIZES, Reader, UnreadableError

RELATIONS = ("=", r"\le", r"\ge")
CLAUSES = (r"\quad\Longrightarrow\quad", r", \qquad", r"\quad")
PLACE = {nt.i: 1, nt.j: 2, nt.k: 3, nt.STAR: 1, nt.c: 2, nt.n: 2, nt.d: 1}
DIGITS = 30
TOLERANCE = mpf(10) ** -25


def clauses(tex):
    """Split TeX into statements: each its sides and the relations between them."""
    tex = re.sub(r"\\left|\\right|\\,", "", tex)
    rows = re.search(r"\\begin\{cases\}(.*)\\end\{cases\}", tex)
    if rows:
        values = [row.split("&")[0] for row in rows[1].split(r"\\")]
        return [split(tex.replace(rows[0], value), RELATIONS) for value in values]
    parts, _ = split(tex, CLAUSES)
    return [split(part, RELATIONS) for part in parts]


def split(tex, marks):
    """Split at marks that stand outside braces and brackets; return the parts and the marks."""
    parts, found, deep, start, at = [], [], 0, 0, 0
    while at < len(tex):
        deep += (tex[at] in "{(") - (tex[at] in "})")
        mark = next((m for m in marks if re.match(re.escape(m) + r"(?![a-z])", tex[at:])), None)
        if mark and not deep:
            parts.append(tex[start:at].strip())
            found.append(mark)
            start = at = at + len(mark)
        else:
            at += 1
    return [*parts, tex[start:].strip()], found


class Table:
    """Values of a vector or a matrix, drawn from its name and the place asked for."""

    def __init__(self, name):
        self.name = name

    def __getitem__(self, place):
        return decimal(f"{self.name}{place}")


def drawn(name):
    """A rational number between 0.5 and 1.5, always the same for the same name."""
    return Rational(500 + crc32(name.encode()) % 997, 997)


def decimal(name):
    """The same number in high precision."""
    return mpf(drawn(name).p) / drawn(name).q


def number(expr, rules, place):
    """The value of an expression at one point, to 30 digits."""
    expr = resolve(expr, rules).xreplace({**SIZES, **place})
    expr = expr.replace(Growth, lambda argument: exp(kappa * argument))
    minors = {part: part.determinant(int(SIZES[nt.C])) for part in expr.atoms(LeadingMinor)}
    expr = expr.xreplace(minors)
    for part in expr.atoms(Limit, Product):
        expr = expr.xreplace({part: exact(part)})
    bases = sorted(expr.atoms(IndexedBase), key=str)
    plain = {base: IndexedBase(f"base{at}") for at, base in enumerate(bases)}
    names = sorted(
        expr.free_symbols - expr.atoms(Indexed) - {base.label for base in bases}, key=str
    )
    function = lambdify([*plain.values(), *names], expr.xreplace(plain), "mpmath")
    with workdps(DIGITS):
        return mpf(function(*map(Table, map(str, bases)), *map(decimal, map(str, names))))


def exact(part):
    """A product written out, or a limit at exact values of its symbols."""
    if isinstance(part, Product):
        return part.doit()
    body, *rest = part.args
    body = body.replace(lambda inner: isinstance(inner, Total), lambda inner: inner.doit())
    point = {leaf: drawn(str(leaf)) for leaf in body.atoms(Indexed)}
    return Limit(body.xreplace(point), *rest).doit()


def agrees(read, side, rules):
    """Whether what was read has the value of a side of a claim, entry by entry for a matrix."""
    if not isinstance(read, Matrix):
        at = {symbol: Integer(number_) for symbol, number_ in PLACE.items()}
        return bool(abs(number(read, rules, at) - number(side, rules, at)) < TOLERANCE)
    free = [one for one in (nt.n, nt.d, nt.i, nt.j, nt.c) if one in side.free_symbols]
    # On the diagonal, above and below it.
    rows, columns = read.shape
    for position in [at for at in ((0, 0), (0, 1), (1, 0)) if at[0] < rows and at[1] < columns]:
        at = {one: Integer(where + 1) for one, where in zip(free, position, strict=False)}
        gap = number(read[position], rules, at) - number(side, rules, at)
        if abs(gap) >= TOLERANCE:
            return False
    return True


def read_back(entry, tex=None):
    """Read an entry's TeX and compare it with the claims that it prints.

    Parameters
    ----------
    entry : Entry
        An entry of the ledger.
    tex : str, optional
        Another TeX, to be compared with the claims of the entry.

    Returns
    -------
    dict
        For each side and each condition: True or False for agreement, or a string that says why
        it cannot be read. So for relation signs, and for whether every claim is printed.
    """
    result, claims, claim = {}, iter(entry.claims), None
    for sides, relations in clauses(tex or entry.tex):
        if not relations:
            result[sides[0]] = sides == [
                rf"({first} \ne {second})" for first, second in claim.distinct
            ]
            continue
        claim = next(claims)
        result[" ".join(relations)] = tuple(relations) == claim.relations
        for side, meant in zip(sides, claim.sides, strict=False):
            try:
                result[side] = agrees(Reader().read(side), meant, entry.rules())
            except UnreadableError as reason:
                result[side] = str(reason)
    result["every claim"] = next(claims, None) is None
    return result

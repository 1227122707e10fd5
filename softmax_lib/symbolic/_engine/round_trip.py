"""Reads the TeX of an entry back, and evaluates it.

So a misprint in a formula that a reader sees (a sum that starts at the wrong index, an exponent
without its logit, a sign) is caught, although no derivation uses that TeX.
"""

import re
from zlib import crc32

from mpmath import mpf, workdps
from sympy import Indexed, IndexedBase, Integer, Limit, Matrix, Product, Rational, exp, lambdify
from sympy.core.function import AppliedUndef

from softmax_lib.symbolic._engine.expressions import C, ForEachC, SumOver
from softmax_lib.symbolic._engine.reader import Reader, UnreadableError, size, squeezed
from softmax_lib.symbolic._engine.small_cases import free_counts, free_indices
from softmax_lib.symbolic._engine.substitution import resolve

RELATIONS = ("=", r"\le", r"\ge")
CLAUSES = (r"\quad\Longrightarrow\quad", r", \qquad", r"\quad")
DIGITS = 30
TOLERANCE = mpf(10) ** -25


def clauses(tex):
    """Split TeX into statements: each its sides and the relations between them."""
    tex = squeezed(tex)
    if tex.startswith(r"\begin{aligned}"):  # one statement, broken to fit a phone
        tex = re.sub(r"\\(?:begin|end)\{aligned\}|\\\\(?:\[\w+\])?|&", "", tex)
    rows = re.search(r"\\begin\{cases\}(.*)\\end\{cases\}", tex)
    if rows:
        values = [row.split("&")[0] for row in rows[1].split(r"\\")]
        return [split(tex.replace(rows[0], value), RELATIONS) for value in values]
    # A long formula is broken into lines.
    tex = re.sub(r"\\(?:begin|end)\{aligned\}|\\\\|&|\{\}", " ", tex)
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


def place(exprs):
    """Numbers for the free indices of expressions, different as far as their counts allow."""
    indices = free_indices(*exprs)
    number = {one: [x for x in indices if x.upper == one.upper].index(one) for one in indices}
    # Not 1 first: a sum from there to the end is the whole sum.
    return {one: Integer((2, 1, 3)[number[one] % size(one.upper)]) for one in indices}


def values(exprs):
    """The values of expressions at one point, to 30 digits, definitions being put in."""
    indices = place(exprs)
    return [value(expr, indices) for expr in exprs]


def value(expr, indices):
    """The value of an expression for numbers of its indices."""
    sizes = {count: Integer(size(count)) for count in (C, *free_counts(expr))}
    expr = expr.xreplace({**sizes, **indices})
    expr = expr.replace(lambda part: isinstance(part, AppliedUndef), some_function)
    expr = expr.xreplace({part: part.for_size(size(C)) for part in expr.atoms(ForEachC)})
    expr = expr.xreplace({part: exact(part) for part in expr.atoms(Limit, Product)})
    bases = sorted(expr.atoms(IndexedBase), key=str)
    plain = {base: IndexedBase(f"base{at}") for at, base in enumerate(bases)}
    labels = {base.label for base in bases}
    names = sorted(expr.free_symbols - expr.atoms(Indexed) - labels, key=str)
    function = lambdify([*plain.values(), *names], expr.xreplace(plain), "mpmath")
    with workdps(DIGITS):
        return mpf(function(*map(Table, map(str, bases)), *map(decimal, map(str, names))))


def some_function(part):
    """What an unknown function stands for: any will do, if it is always the same."""
    weighted = (at * argument for at, argument in enumerate(part.args, start=1))
    return exp(drawn(part.func.__name__) * sum(weighted))


def exact(part):
    """A product written out, or a limit at exact values of its symbols."""
    if isinstance(part, Product):
        return part.doit()
    body, *rest = part.args
    body = body.replace(lambda inner: isinstance(inner, SumOver), lambda inner: inner.doit())
    point = {leaf: drawn(str(leaf)) for leaf in body.atoms(Indexed)}
    return Limit(body.xreplace(point), *rest).doit()


def same_values(read, side, entry):
    """Whether what was read has the value of a side of a claim, entry by entry for a matrix."""
    meant = resolve(side, entry.rules())
    if not isinstance(read, Matrix):
        got, expected = values([resolve(read, entry.rules()), meant])
        return bool(abs(got - expected) < TOLERANCE)
    # Rows and columns are numbered as those of the code's result, or else by name.
    free = entry.code.indices if entry.code else free_indices(side)
    rows, columns = read.shape
    # On the diagonal, above and below it.
    for at in [at for at in ((0, 0), (0, 1), (1, 0)) if at[0] < rows and at[1] < columns]:
        indices = {index: Integer(number + 1) for index, number in zip(free, at, strict=False)}
        got = value(resolve(read[at], entry.rules()), indices)
        if abs(got - value(meant, indices)) >= TOLERANCE:
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
                result[side] = same_values(Reader(entry.symbols).read(side), meant, entry)
            except UnreadableError as reason:
                result[side] = str(reason)
    result["every claim"] = next(claims, None) is None
    return result

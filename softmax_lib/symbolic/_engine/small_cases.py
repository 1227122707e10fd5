"""Lists the cases of a proof: all C at once and each C in 2..5, indices equal or different."""

from sympy import Idx, Integer

from softmax_lib.symbolic._engine.expressions import C

SMALL = (2, 3, 4, 5)


def free_indices(*exprs):
    """The indices of expressions that no sum runs over, by name."""
    free = set().union(*(expr.free_symbols for expr in exprs))
    return sorted((one for one in free if isinstance(one, Idx)), key=str)


def free_counts(*exprs):
    """The counts, such as C, in expressions and behind their indices, by name."""
    free = set().union(*(expr.free_symbols for expr in exprs))
    free |= {index.upper for index in free if isinstance(index, Idx)}
    return sorted(
        (one for one in free if one.is_Symbol and one.is_integer and one.is_positive), key=str
    )


def coincidences(indices, distinct):
    """All ways in which indices may coincide, as substitutions; ``distinct`` pairs never do."""
    if not indices:
        yield {}
        return
    *front, last = indices
    for smaller in coincidences(front, distinct):
        for block in (*dict.fromkeys(smaller.values()), last):
            chosen = {**smaller, last: block}
            apart = all(chosen.get(s, s) != chosen.get(t, t) for s, t in distinct)
            if apart and block.upper == last.upper:
                yield chosen


def cases(exprs, distinct=(), general=True, classes=SMALL, sizes=()):
    """Every case in which an equation is to be checked, as ``(name, substitution)``.

    ``sizes`` are further counts: each takes every value from 1 to C. Other counts are 2, or as
    many as there are different indices.
    """
    others = [count for count in free_counts(*exprs) if count not in (C, *sizes)]
    for pattern in coincidences(free_indices(*exprs), distinct):
        if general:
            yield "every C", pattern
        blocks = dict.fromkeys(pattern.values())
        own = {count: [one for one in blocks if one.upper == count] for count in (C, *others)}
        for size in classes:
            if size < len(own[C]):
                continue
            # Renaming classes changes nothing, so a few stand for any: the first for even C, the
            # last for odd C, lest a range that is not the whole one pass unseen.
            orders = dict.fromkeys(others, range(1, len(blocks) + 1))
            orders[C] = range(1, size + 1) if size % 2 == 0 else range(size, 0, -1)
            numbers = {
                block: Integer(at)
                for count, order in orders.items()
                for block, at in zip(own[count], order, strict=False)
            }
            world = {C: Integer(size)}
            world |= {index: numbers[block] for index, block in pattern.items()}
            world |= {count: Integer(max(2, len(own[count]))) for count in others}
            for many in range(1, size + 1) if sizes else (1,):
                yield f"C = {size}", {**world, **dict.fromkeys(sizes, Integer(many))}

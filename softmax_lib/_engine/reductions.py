"""Each row's largest entry, its sum, and its sum without the largest: right in rows and columns.

NumPy adds in pairs along the last axis alone, and walks slowly along columns that are few. Here
columns are folded: their second half is added to the first, until few terms are left.
"""

import numpy as np

from softmax_lib._engine.tiles import pieces

LITTLE = 1 << 12  # terms whose largest is found the fastest by its place, in columns too
NARROW = 64  # columns up to this number are better folded than walked along
IN_A_ROW = 16  # terms that may be added one after the other
GROUP = 16  # partial results of pieces that are merged together


def row_max(tile, axis, dtype):
    """Return each row's largest entry, and the index of its first place where that is no detour.

    It is one in columns, unless they are small, and in a row of more than one piece.
    """
    if tile.size <= LITTLE or (axis == -1 and len(pieces(tile, axis)) == 1):
        first = _first_largest(tile, axis)
        largest = tile[first]
        return (largest if largest.dtype == dtype else largest.astype(dtype)), first
    if axis == -1 or tile.shape[1] > NARROW:
        return np.maximum.reduce(tile, axis, dtype, None, tile.ndim > 1), None
    parts = (_in_pairs(np.maximum, tile[piece], dtype) for piece in pieces(tile, axis))
    return merged(parts, np.maximum.reduce), None


def _first_largest(tile, axis):
    """Return the index of each row's first largest entry."""
    first = tile.argmax(axis=axis)
    if tile.ndim == 1:
        return first
    every = np.arange(first.size)
    return (first[None], every[None]) if axis == 0 else (every[:, None], first[:, None])


def row_sum(terms, axis, dtype=None):
    """Return each row's sum, added in pairs of pairs, as NumPy adds along the last axis alone."""
    if axis == -1:
        return np.add.reduce(terms, axis, dtype, None, terms.ndim > 1)
    return sum_of_parts((_in_pairs(np.add, terms[p], dtype) for p in pieces(terms, axis)), axis)


def _in_pairs(ufunc, terms, dtype):
    """Return each column's sum or maximum: long columns are folded in halves until short."""
    while len(terms) > IN_A_ROW:
        half = len(terms) // 2
        pairs = ufunc(terms[:half], terms[half : 2 * half], dtype=dtype)
        for odd in terms[2 * half :]:
            ufunc(pairs[0], odd, out=pairs[0])
        terms = pairs
    return ufunc.reduce(terms, 0, dtype, None, True)


def sum_of_parts(parts, axis):
    """Return each row's sum from the sums of its pieces."""
    return merged(parts, lambda group: row_sum(_side_by_side(group, axis), axis))


def sum_in_pieces(terms_of, tile, axis):
    """Return each row's sum of the terms that ``terms_of`` makes for one piece of it at a time."""
    cuts = pieces(tile, axis)
    if len(cuts) == 1:  # a small array has no time for more
        return row_sum(terms_of(cuts[0]), axis)
    return sum_of_parts((row_sum(terms_of(piece), axis) for piece in cuts), axis)


def merged(parts, merge):
    """Return what ``merge`` makes of all partial results: in groups, and in groups of groups.

    So a long tile has few of them at a time, and sums stay balanced.
    """
    levels = []
    for part in parts:
        level = 0
        while True:
            if level == len(levels):
                levels.append([])
            levels[level].append(part)
            if len(levels[level]) < GROUP:
                break
            part, levels[level] = merge(levels[level]), []
            level += 1
    left = [part for level in reversed(levels) for part in level]
    return left[0] if len(left) == 1 else merge(left)


def _side_by_side(parts, axis):
    return np.vstack(parts) if axis == 0 else np.hstack(parts)


def top_and_rest(terms, axis):
    """Return each row's largest term, and the sum of all the others; the terms are used up."""
    if axis == 0:
        return _knockout(terms)
    first = _first_largest(terms, axis)
    top = terms[first]
    terms[first] = 0
    return top, row_sum(terms, axis)


def merge_tops(parts, axis):
    """Return what `top_and_rest` would for the whole, from what it returned for the pieces."""

    def merge(group):
        tops, rests = zip(*group, strict=True)
        top, others = top_and_rest(_side_by_side(tops, axis), axis)
        return top, others + row_sum(_side_by_side(rests, axis), axis)

    return merged(parts, merge)


def _knockout(terms):
    """Return the largest of each column, and the sum of the others, added in pairs of pairs.

    In each round the larger of two goes on, and the smaller one joins what it has beaten itself.
    """
    sums = np.zeros_like(terms[len(terms) // 2 :])
    while len(terms) > 1:
        half = (len(terms) + 1) // 2  # of an odd number, the one in the middle has a rest
        behind, beaten = terms[half:], sums[half : len(terms)]
        ahead = terms[: len(behind)]
        sums[: len(beaten)] += beaten
        sums[: len(behind)] += np.minimum(ahead, behind)
        np.maximum(ahead, behind, out=ahead)
        terms = terms[:half]
    return terms.copy(), sums[:1].copy()  # views would keep all the terms

"""Walk over arrays in tiles, so that each formula is written once, for one small matrix.

A tile is a matrix, or a single row, whose classes lie along ``axis``: -1 in rows, 0 in columns.
What a formula needs beside it, it makes for one piece of the tile after the other. A piece fits
into a core's cache, so the passes over it do not wait for memory, and nothing as large as the
arrays is allocated but the result, and a copy of a tile that is masked.
"""

import functools
import itertools
import math

import numpy as np

PIECE = 1 << 20  # bytes: what fits into a core's cache
SHORT = 32  # rows up to this length are turned into columns, for NumPy starts a loop a row ...
SMALL = 1 << 12  # ... unless there are so few elements that turning them costs more
WIDE = 1 << 12  # columns that are taken together ...
FEW = 4  # classes that are better copied one by one


@functools.cache
def computing_dtype(dtype):
    """The native dtype to compute in: float32 for float16, which is rounded once, at the end."""
    dtype = dtype.newbyteorder("=")
    return np.dtype(np.float32) if dtype == np.float16 else dtype


@np.errstate(all="ignore")
def over_tiles(formula, axes, out, *arrays, where=None, **options):
    """Call ``formula(out, *arrays, axis=..., **options)`` on every tile, and return ``out``.

    ``axes`` are the axes of the classes, counted from 0. All arrays have the shape of the first,
    but for a length of 1 along ``axes`` where they hold one value a row. The formula fills its
    tile of ``out``, which has the dtype to compute in, and changes nothing else. Where a mask is
    False, the first array counts as -inf. It may be ``out`` itself if the formula, as softmax and
    its logarithm, reads no entry once it has filled it.
    """
    if not out.size:
        return out
    if out.ndim == 0:
        flat = [array.reshape(1) for array in (out, *arrays)]
        where = where if where is None else where.reshape(1)
        over_tiles(formula, (0,), *flat, where=where, **options)
        return out
    if where is not None:
        formula, arrays = _masked(formula), (*arrays, where)
    direct = out.dtype == computing_dtype(out.dtype)
    if out.ndim == 1 and direct:
        formula(out, *arrays, axis=-1, **options)
        return out
    ready = _as_they_lie(axes, out, *arrays) if direct else None
    for axis, tiles, deliver in ready or _tiles(axes, direct, out, *arrays):
        formula(*tiles, axis=axis, **options)
        deliver()
    return out


def _masked(formula):
    """Return the formula with -inf for its first array where its last one is False."""

    def of_tile(out, z, *others, **options):
        *others, where = others
        formula(out, np.where(where, z, -np.inf), *others, **options)

    return of_tile


def _as_they_lie(axes, *arrays):
    """Return what `_tiles` would yield if no tile has to be looked for or copied, else None."""
    z = arrays[1]
    if not all(array.flags.c_contiguous for array in arrays):
        return None
    if axes == (0,) and z.nbytes <= PIECE:
        return [(0, [array.reshape(array.shape[0], -1) for array in arrays], _nothing_to_do)]
    if axes != (z.ndim - 1,) or (z.size > SMALL and z.shape[-1] <= SHORT):
        return None
    arrays = [array.reshape(-1, array.shape[-1]) for array in arrays]
    if z.nbytes <= PIECE:
        return [(-1, arrays, _nothing_to_do)]
    _keep_freed_memory()
    height = max(1, PIECE // (z.shape[-1] * z.itemsize))
    return (
        (-1, [array[start : start + height] for array in arrays], _nothing_to_do)
        for start in range(0, len(arrays[0]), height)
    )


def _tiles(axes, direct, out, *arrays):
    """Yield, tile after tile, its axis, the tiles of out and the arrays, and how to deliver it."""
    _keep_freed_memory()
    # Wide tiles are for formulas that read and write the arrays themselves, not copies of tiles.
    z = arrays[0]
    as_they_are = direct and all(
        array.dtype != bool and _far_to_near(array) == _far_to_near(z) and _is_one_axis(array, axes)
        for array in (out, *arrays)
        if array.shape == z.shape
    )
    columns, axes, kept, height = _plan(z, axes, as_they_are)
    order = (*axes, *kept) if columns else (*kept, *axes)
    fronts = [array.transpose(order) for array in (out, *arrays)]
    spare = {}
    for index in _blocks([out.shape[d] for d in kept], height):
        index = (slice(None),) * (len(axes) * columns) + index
        blocks = [front[index] for front in fronts]
        tiles = [_matrix(block, len(axes), columns) for block in blocks]
        for i, tile in enumerate(tiles[1:], start=1):
            if _turned(tile):
                tiles[i] = _spare(spare, i, tile.shape, tile.dtype)
                np.copyto(tiles[i], tile)
        target, deliver = blocks[0], _nothing_to_do
        if not direct or _turned(tiles[0]):
            tiles[0] = _spare(spare, 0, tiles[0].shape, computing_dtype(out.dtype))
        if not np.may_share_memory(tiles[0], target):
            deliver = functools.partial(_copy, tiles[0].reshape(target.shape), target)
        yield 0 if columns else -1, tiles, deliver


def _plan(z, axes, as_they_are):
    """Return whether tiles are columns, both kinds of axes, and how many rows are a tile."""
    axes, kept = ([d for d in _far_to_near(z) if (d in axes) == wanted] for wanted in (True, False))
    length = math.prod(z.shape[d] for d in axes)
    height = PIECE // (length * z.itemsize)
    if length <= SHORT and z.size > SMALL:
        return True, axes, kept, height // 2
    across, along = (
        min((abs(z.strides[d]) for d in dims if z.shape[d] > 1), default=0) for dims in (kept, axes)
    )
    if 0 < across < along:
        # The neighbours are a matrix as they lie in memory; beyond them it would be a copy.
        neighbours = z.shape[kept[-1]] if as_they_are else 1
        return True, axes, kept, min(WIDE, max(neighbours, height // 2))
    return False, axes, kept, max(1, height)


def _is_one_axis(array, axes):
    """Return whether the axes can be walked along as one, from far to near, without a copy."""
    far_to_near = (d for d in _far_to_near(array) if d in axes and array.shape[d] > 1)
    pairs = itertools.pairwise(far_to_near)
    return all(array.strides[d] == array.shape[e] * array.strides[e] for d, e in pairs)


def _far_to_near(array):
    """Return the axes from the longest step in memory to the shortest: neighbours come last."""
    return sorted(range(array.ndim), key=lambda d: -abs(array.strides[d]))


def _blocks(shape, size):
    """Yield indices that cut an array of this shape into blocks of at most ``size`` elements."""
    split, whole = len(shape), 1
    while split and whole * shape[split - 1] <= size:
        split -= 1
        whole *= shape[split]
    if not split:
        yield ()
        return
    step = max(1, size // whole)
    for outer in np.ndindex(*shape[: split - 1]):
        for start in range(0, shape[split - 1], step):
            yield (*outer, slice(start, start + step))


def _matrix(block, count, columns):
    """Return a block as a matrix: its ``count`` axes of classes are one, the others the other."""
    if columns:
        return block.reshape(math.prod(block.shape[:count]), -1)
    return block.reshape(-1, math.prod(block.shape[block.ndim - count :]))


def _keep_freed_memory():
    """Let the allocator of the GNU C library keep what the formulas free, for the next tile.

    It returns freed blocks to the system, and touching fresh ones costs more than computing,
    until it has seen a larger one freed: then it keeps up to twice that size.
    """
    np.empty(6 << 20, np.uint8)


def _turned(tile):
    """Return whether the tile lies in memory the other way round, which takes longer to read."""
    return tile.shape[0] > 1 and abs(tile.strides[0]) < abs(tile.strides[1])


def _spare(spare, name, shape, dtype):
    """Return memory for a tile: that of the tile before, which is in the cache, if it fits."""
    if name not in spare or spare[name].shape != shape:
        spare[name] = np.empty(shape, dtype)
    return spare[name]


def _nothing_to_do():
    pass


def _copy(tile, target):
    """Copy a tile into its place."""
    if len(target) > FEW:
        target[...] = tile
    else:  # class after class, for NumPy would make its shortest loop the innermost
        for place in range(len(target)):
            target[place] = tile[place]


def pieces(tile, axis):
    """Return indices that cut a tile along its classes into pieces."""
    if tile.nbytes <= PIECE:
        return (...,)
    length = tile.shape[axis]
    step = max(1, PIECE * length // tile.nbytes)
    cuts = (slice(start, start + step) for start in range(0, length, step))
    return tuple(cut if axis == 0 else (..., cut) for cut in cuts)

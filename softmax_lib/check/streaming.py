"""Checks of the chapter on streaming: merging, one pass, and one machine's part of a gradient."""

import numpy as np

from softmax_lib import logsumexp, softmax
from softmax_lib.check import overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, floats, has_shape, holds, left_alone
from softmax_lib.check._engine.mistake import Mistake


def _merged(m, s, other_m, other_s):
    M = np.maximum(m, other_m)
    return M, s * np.exp(m - M) + other_s * np.exp(other_m - M)


def _sum_like(total):
    """Return a wrong merge: the right maximum, and this for the sum."""
    return lambda m, s, n, t: (np.maximum(m, n), total(m, s, n, t))


def _minimum_kept(m, s, n, t):
    least = np.minimum(m, n)
    return least, s * np.exp(m - least) + t * np.exp(n - least)


MERGE = (
    Mistake(
        "sums-not-rescaled",
        "The sums are added as they are. Each is shifted by its own maximum; bring both to the "
        "same one first.",
        "sec-merge",
    ).like(_sum_like(lambda m, s, n, t: s + t)),
    Mistake(
        "one-sum-not-rescaled",
        "Only one sum is rescaled. Which of the two maxima is the larger is not known before: "
        "rescale both, one of them by 1.",
        "sec-merge",
    ).like(
        _sum_like(lambda m, s, n, t: s + t * np.exp(n - np.maximum(m, n))),
        _sum_like(lambda m, s, n, t: s * np.exp(m - np.maximum(m, n)) + t),
        _sum_like(lambda m, s, n, t: s + t * np.exp(n - m)),
        _sum_like(lambda m, s, n, t: s * np.exp(m - n) + t),
    ),
    Mistake(
        "rescaled-the-wrong-way",
        "The sums grow where they should shrink. The new maximum is at least the old one, so the "
        "factor is e to the old minus the new, at most 1.",
        "sec-merge",
    ).like(
        _sum_like(
            lambda m, s, n, t: s * np.exp(np.maximum(m, n) - m) + t * np.exp(np.maximum(m, n) - n)
        )
    ),
    Mistake(
        "factors-exchanged",
        "Each sum is rescaled by the other one's maximum. s was shifted by m, and goes with it.",
        "sec-merge",
    ).like(
        _sum_like(
            lambda m, s, n, t: s * np.exp(n - np.maximum(m, n)) + t * np.exp(m - np.maximum(m, n))
        )
    ),
    Mistake(
        "shift-taken-back",
        "The shift is taken back altogether. This is the sum of the exponentials themselves, "
        "which may overflow; it should be shifted by the new maximum.",
        "sec-merge",
    ).like(_sum_like(lambda m, s, n, t: s * np.exp(m) + t * np.exp(n))),
    Mistake(
        "smaller-maximum-kept",
        "The smaller maximum is kept. The formula holds with any shift, but exponentials above 1 "
        "may overflow.",
        "sec-merge",
    ).like(_minimum_kept),
    Mistake(
        "rests-for-sums",
        "A 1 is added, as for two rests. A sum has its largest term in it already.",
        "sec-merge",
    ).like(
        lambda m, s, n, t: _merged(m, s + (m < n), n, t + (n <= m)),
    ),
    Mistake(
        "maxima-added",
        "The maxima are added. The maximum of the whole is the larger of the two.",
        "sec-merge",
    ).like(lambda m, s, n, t: (m + n, s + t), lambda m, s, n, t: (m + n, s * t)),
    general.FEW_DIGITS,
)


def _pairs(*merges):
    return tuple(tuple(np.array(number, float) for number in each) for each in merges)


EQUAL = _pairs((0, 1, 0, 1), (3, 1.5, 3, 2))
UNEQUAL = _pairs((3, 1.5, 1, 1.25), (1, 1.25, 3, 1.5), (-2, 2, 0.5, 1), (0.5, 1, -2, 2))
FAR = _pairs((1000, 1, 998, 3), (-1000, 2, -1001, 1), (1000, 1, -1000, 1))
EMPTY = _pairs((-np.inf, 0, 3, 1.5), (3, 1.5, -np.inf, 0))
ROWS = _pairs(([0, 3], [1, 1.5], [1, 2], [3, 1.25]))

MERGE_SUMS = Exercise(
    "merge_sums(m, s, other_m, other_s)",
    _merged,
    """Check the merge of two partial results, each a maximum and a shifted sum.

    ``merge_sums(m, s, other_m, other_s)`` takes the maximum of one piece and the sum of its
    exponentials, shifted by it, then those of another piece, and returns both of the whole.
    They are numbers, or arrays with an entry for each row.

    >>> check.merge_sums(lambda m, s, n, t: (np.maximum(m, n), s + t)).diagnosis
    'sums-not-rescaled'
    """,
    (
        Law("there are a maximum and a sum", EQUAL, has_shape),
        Law("the maximum of the whole is the larger of the two", UNEQUAL, results=(0,)),
        Law("under equal maxima the sums add", EQUAL),
        Law("a sum under the smaller maximum shrinks by e to the gap", UNEQUAL),
        Law("maxima of 1000 and -1000 make no inf", FAR),
        Law("beside logits, a piece without any, (-inf, 0), changes nothing", EMPTY),
        Law("each row is merged for itself", ROWS),
        left_alone((*UNEQUAL, *ROWS)),
    ),
    MERGE,
    ("m", "s"),
)


def _running(step, start=(-np.inf, 0.0), end=lambda m, s: m + np.log(s)):
    """Return log-sum-exp by a loop: how a logit changes m and s, how it starts and ends."""

    def one_pass(z):
        m, s = start(z) if callable(start) else start
        for logit in z:
            m, s = step(m, s, logit)
        return end(m, s)

    return one_pass


def _right_step(m, s, logit):
    M = max(m, logit)
    return M, s * np.exp(m - M) + np.exp(logit - M)


def _not_rescaled(m, s, logit):
    M = max(m, logit)
    return M, s + np.exp(logit - M)


def _new_one_missing(m, s, logit):
    return (m, s + np.exp(logit - m)) if logit <= m else (logit, s * np.exp(m - logit))


def _started_again(m, s, logit):
    return (m, s + np.exp(logit - m)) if logit <= m else (logit, 1.0)


def _largest_forgotten(m, r, logit):
    return (m, r + np.exp(logit - m)) if logit <= m else (logit, r * np.exp(m - logit))


def _rest_lost(m, r, logit):
    return (m, r + np.exp(logit - m)) if logit <= m else (logit, np.exp(m - logit))


def _backwards(m, s, logit):
    M = max(m, logit)
    return M, s * np.exp(M - m) + np.exp(logit - M) if s else np.exp(logit - M)


ONE_PASS = (
    Mistake(
        "sum-of-old-maxima",
        "The sum is not rescaled when the maximum rises. Its terms are still shifted by the old "
        "maximum: multiply by e to the old minus the new.",
        "sec-online",
    ).like(_running(_not_rescaled)),
    overflow.ONE_TWICE.like(_running(_right_step, end=lambda m, s: m + np.log1p(s))),
    Mistake(
        "new-maximum-not-counted",
        "The logit that becomes the maximum is not counted. Its own term is e to the 0: 1.",
        "sec-online",
    ).like(_running(_new_one_missing, lambda z: (z[0], 0.0))),
    Mistake(
        "rest-lost",
        "What was in the sum is lost when the maximum rises. Only the old maximum is carried over; "
        "the rest has to shrink as well.",
        "sec-online",
    ).like(_running(_rest_lost, end=lambda m, r: m + np.log1p(r))),
    Mistake(
        "sum-started-again",
        "With each new maximum the sum starts again. What came before is not nothing: it shrinks.",
        "sec-online",
    ).like(_running(_started_again)),
    Mistake(
        "old-largest-forgotten",
        "The logit that was the largest is lost. It was not in the rest; once a larger one comes, "
        "it is: (1 + r), not r, shrinks.",
        "sec-online",
    ).like(_running(_largest_forgotten, end=lambda m, r: m + np.log1p(r))),
    Mistake(
        "sum-grows-backwards",
        "The sum grows where it should shrink. The factor is e to the old maximum minus the new "
        "one, at most 1.",
        "sec-online",
    ).like(_running(_backwards)),
    Mistake(
        "shift-never-moves",
        "The shift is not the largest so far. Any shift is right on paper, but a logit far above "
        "it overflows.",
        "sec-online",
    ).like(_running(lambda m, s, x: (m, s + np.exp(x - m)), lambda z: (z[0], 0.0))),
    Mistake(
        "shift-of-zero",
        "The logarithm is taken of an unshifted sum. e to the 1000 is inf, and e to the -1000 is "
        "0.",
        "sec-online",
    ).like(_running(lambda m, s, x: (m, s + np.exp(x)), (0.0, 0.0))),
    Mistake(
        "maximum-not-below-all",
        "The maximum does not start below all logits. Those far below its start underflow: start "
        "at -inf, or at the first logit.",
        "sec-online",
    ).like(_running(_right_step, (0.0, 0.0))),
    Mistake(
        "sum-not-from-nothing",
        "The sum starts at 1 without a logit. Before the first logit it is empty: 0.",
        "sec-online",
    ).like(_running(_right_step, (0.0, 1.0))),
    Mistake(
        "first-counted-twice",
        "The first logit is counted twice. It is counted at the start, and the loop adds it again: "
        "leave it out of one of the two.",
        "sec-online",
    ).like(_running(_right_step, lambda z: (z[0], 1.0))),
    Mistake(
        "top-not-added-back",
        "The maximum is not added back. log s alone is log-sum-exp of the shifted logits.",
        "sec-log-sum-exp",
    ).like(_running(_right_step, end=lambda m, s: np.log(s))),
    general.FEW_DIGITS,
)

FALLING = floats([1, 0], [3, 1, -3], [1, 1, 1, 0])
RISING = floats([0, 1], [-3, 1, 3], [1, -2, 4, 0.5], [1, 1, 1, 2])

ONLINE = Exercise(
    "online_logsumexp(logits)",
    logsumexp,
    """Check log-sum-exp in one pass, with a maximum and a sum that run along.

    ``online_logsumexp(logits)`` takes an array of shape (C,) and returns a number. That it looks
    at each logit once is not checked.

    >>> check.online_logsumexp(lambda z: np.log(np.sum(np.exp(z)))).diagnosis
    'shift-of-zero'
    """,
    (
        Law("there is one number", floats([0], [1, 0]), has_shape),
        Law("one logit is its own log-sum-exp", floats([0], [2])),
        Law("logits that fall: the first is the maximum", FALLING),
        Law("logits that rise: the sum shrinks with each new maximum", RISING),
        Law("logits of 1000 make no inf", floats([999, 1000], [0, 1000, 1])),
        Law("logits of -1000 make no -inf", floats([-999, -1000], [-1000, -999])),
        left_alone((*FALLING, *RISING)),
    ),
    ONE_PASS,
)


def _at_label(label, width):
    """Return a 1 at each row's label; nothing where the label is elsewhere."""
    return label[:, None] == np.arange(width)


def _piece_gradient(logits, label, top, rest):
    p = np.exp(logits - top[:, None]) / (1 + rest[:, None])
    lead = np.where(logits == top[:, None], -rest[:, None] / (1 + rest[:, None]), p - 1)
    return np.where(_at_label(label, p.shape[1]), lead, p)


def _p_minus_y(shares):
    """Return the gradient with these shares, and p - 1 at the label."""
    return lambda z, k, top, rest: shares(z, top[:, None], rest[:, None]) - _at_label(k, z.shape[1])


def _shares(z, top, rest):
    return np.exp(z - top) / (1 + rest)


def _last_class(z, k, top, rest):
    p = _shares(z, top[:, None], rest[:, None])
    p[np.arange(len(k)), k] -= 1
    return p


PIECE = (
    Mistake(
        "alone-in-the-world",
        "The piece is normalised by itself. Its shares then sum to 1, as if no other machine held "
        "a class. Use the top and the rest of the whole row.",
        "sec-machines",
    ).like(_p_minus_y(lambda z, top, rest: softmax(z))),
    Mistake(
        "top-of-the-piece",
        "The exponentials are shifted by the piece's own maximum, and divided by a sum that was "
        "shifted by another. Both need the top of the whole row.",
        "sec-machines",
    ).like(_p_minus_y(lambda z, top, rest: _shares(z, z.max(axis=1, keepdims=True), rest))),
    Mistake(
        "rest-for-sum",
        "The rest is taken for the sum. The largest term, 1, is not in it: divide by 1 + r.",
        "sec-confidence",
    ).like(_p_minus_y(lambda z, top, rest: np.exp(z - top) / np.where(rest > 0, rest, 1))),
    Mistake(
        "label-from-the-end",
        "A label of -1 is used as an index. It means that another machine holds the label; NumPy "
        "takes it for the last class of this piece.",
        "sec-machines",
    ).like(_last_class),
    Mistake(
        "label-not-subtracted",
        "The 1 of the label is not subtracted. On the machine that holds the label the gradient "
        "is p - 1 there.",
        "sec-machines",
    ).like(lambda z, k, top, rest: _shares(z, top[:, None], rest[:, None])),
    Mistake(
        "confidence-rounded-away",
        "Where the label leads by far, p is rounded to 1, and p - 1 to 0. The same number is "
        "-r / (1 + r), and keeps its digits.",
        "sec-confidence",
    ).like(_p_minus_y(_shares)),
    Mistake(
        "label-always-leads",
        "A label below the top of the row gets -r / (1 + r). That is right only where the label's "
        "logit is the top of the whole row; elsewhere it is p - 1.",
        "sec-machines",
    ).like(
        lambda z, k, top, rest: np.where(
            _at_label(k, z.shape[1]),
            -rest[:, None] / (1 + rest[:, None]),
            _shares(z, top[:, None], rest[:, None]),
        )
    ),
    general.FEW_DIGITS,
)


def _parts(*pieces):
    """Return inputs from logits and labels of a piece, and logits of the same rows elsewhere."""
    inputs = []
    for logits, label, elsewhere in pieces:
        piece, whole = np.array(logits, float), np.hstack([logits, elsewhere]).astype(float)
        top = whole.max(axis=1)
        shifted = np.exp(whole - top[:, None])
        shifted[np.arange(len(whole)), whole.argmax(axis=1)] = 0
        inputs.append((piece, np.array(label), top, shifted.sum(axis=1)))
    return tuple(inputs)


ELSEWHERE = _parts(([[0, 0]], [-1], [[0, 0]]), ([[1, -1]], [-1], [[3]]), ([[3, 1]], [-1], [[0]]))
HERE = _parts(([[0, 0]], [1], [[0]]), ([[1, -3]], [0], [[3]]), ([[1, 3]], [1], [[-3]]))
BATCH = _parts(([[3, 1], [0, 2], [1, 1]], [0, -1, 1], [[-3], [4], [0]]))
BIG = _parts(([[1000, 999]], [1], [[998]]), ([[-1000, -999]], [-1], [[-998]]))
SURE = _parts(([[72, 0]], [0], [[0]]), ([[0, 50]], [1], [[1]]))

PIECE_GRADIENT = Exercise(
    "piece_gradient(logits, label, top, rest)",
    _piece_gradient,
    """Check the part of the gradient p - y that one machine makes, for the classes it holds.

    ``piece_gradient(logits, label, top, rest)`` takes the machine's logits of shape (N, c), the
    label of each row, counted in this piece, or -1 if another machine holds it, and for each
    whole row its largest logit and the rest: the sum of its other exponentials, shifted by it.
    It returns the slopes in the shape (N, c).

    >>> def my_part(logits, label, top, rest):
    ...     p = np.exp(logits - top[:, None]) / (1 + rest[:, None])
    ...     p[np.arange(len(label)), label] -= 1
    ...     return p
    >>> check.piece_gradient(my_part).diagnosis
    'label-from-the-end'
    """,
    (
        Law("there is one slope for every logit of the piece", ELSEWHERE, has_shape),
        Law("where the label is elsewhere, the slopes are the shares of the whole", ELSEWHERE),
        Law("where the label is here, 1 is subtracted from its share", HERE),
        Law("in a batch every row has the slopes it has alone", BATCH),
        Law("logits of 1000 and -1000 make no nan", BIG),
        Law(
            "a label that leads by 72 keeps its slope",
            SURE,
            holds(
                lambda came, right, _: np.allclose(came, right, rtol=1e-9, atol=0),
                "-r / (1 + r) at the label, which is not 0",
            ),
        ),
        left_alone((*HERE, *BATCH)),
    ),
    PIECE,
)

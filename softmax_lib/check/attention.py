"""Checks of chapter 9, attention: the look-up, its mask, its gradient, heads, and a cut."""

import math

import numpy as np

from softmax_lib import attention, softmax, softmax_vjp
from softmax_lib.check import derivative, overflow
from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.laws import Law, agrees, has_shape, left_alone
from softmax_lib.check._engine.mistake import Mistake
from softmax_lib.check.overflow import naive


def _scores(Q, K):
    return Q @ K.T / math.sqrt(Q.shape[1])


def _over_all(scores):
    return softmax(scores, axis=None)


def _with(scores=_scores, weights=softmax):
    """Return attention with a wrong step."""
    return lambda Q, K, V: weights(scores(Q, K)) @ V


SCALE_MISSING = Mistake(
    "scale-missing",
    "The scores are not divided by the square root of the width. Their variance grows with the "
    "width, and softmax with it becomes a hard choice.",
    "sec-root-d",
)
OVER_THE_QUERIES = Mistake(
    "over-the-queries",
    "Softmax runs over the queries. Each query shares its attention among the keys: along a row "
    "of the scores, the last axis.",
    "sec-soft-lookup",
)

LOOK_UP = (
    SCALE_MISSING.like(_with(lambda Q, K: Q @ K.T)),
    Mistake(
        "divided-by-width",
        "The scores are divided by the width itself. Their variance is the width, and their "
        "standard deviation the square root of it.",
        "sec-root-d",
    ).like(_with(lambda Q, K: Q @ K.T / Q.shape[1])),
    Mistake(
        "multiplied-by-root",
        "The scores are multiplied by the square root of the width. It makes them larger still: "
        "divide.",
        "sec-root-d",
    ).like(_with(lambda Q, K: Q @ K.T * math.sqrt(Q.shape[1]))),
    Mistake(
        "root-of-the-number-of-keys",
        "The wrong length stands under the root. A score is a sum over the components of a query: "
        "their number counts, the last length of Q.",
        "sec-root-d",
    ).like(
        _with(lambda Q, K: Q @ K.T / math.sqrt(len(K))),
        _with(lambda Q, K: Q @ K.T / math.sqrt(len(Q))),
    ),
    Mistake(
        "scaled-too-late",
        "The weights are divided. After softmax a factor takes the sum 1 away, and changes no "
        "ratio of two weights: divide the scores alone.",
        "sec-root-d",
    ).like(lambda Q, K, V: softmax(Q @ K.T) / math.sqrt(Q.shape[1]) @ V),
    OVER_THE_QUERIES.like(_with(weights=lambda S: softmax(S, axis=0))),
    Mistake(
        "over-all-scores",
        "All scores of all queries share one sum. Each query has an answer of its own: softmax "
        "goes along the last axis.",
        "sec-soft-lookup",
    ).like(_with(weights=_over_all)),
    Mistake(
        "scores-for-weights",
        "The scores themselves weigh the values. They may be negative, and do not sum to 1: take "
        "the softmax first.",
        "sec-soft-lookup",
    ).like(_with(weights=lambda S: S), _with(lambda Q, K: Q @ K.T, lambda S: S)),
    Mistake(
        "sum-not-divided",
        "The weighted values are not divided by the sum of their weights. What comes back is a sum "
        "and no mean, as large as the scores make it.",
        "sec-soft-lookup",
    ).like(_with(weights=np.exp)),
    Mistake(
        "keys-for-values",
        "The keys are averaged. They only decide how much each value counts; what is averaged "
        "are the values.",
        "sec-soft-lookup",
    ).like(lambda Q, K, V: softmax(_scores(Q, K)) @ K),
    Mistake(
        "hard-look-up",
        "The best key alone is asked. argmax has no slope to learn from; softmax lets every key "
        "answer.",
        "sec-soft-lookup",
    ).like(lambda Q, K, V: V[_scores(Q, K).argmax(axis=1)]),
    overflow.NO_SHIFT.like(_with(weights=naive)),
    general.FEW_DIGITS,
)


def _arrays(*nested):
    """Return inputs of a law: as many arrays each as lists were given."""
    return tuple(tuple(np.array(rows, dtype=np.float64) for rows in each) for each in nested)


_Q, _K = [[2, 1], [0, -1]], [[1, 1], [1, -1], [-1, -1]]
_V = [[10, 0], [20, 1], [40, -1]]
ONE_KEY = _arrays(([[1, 2]], [[3, -1]], [[5, 7]]), (_Q, [[3, -1]], [[5, 7]]))
NO_PREFERENCE = _arrays(([[0, 0]], _K, _V))
EQUAL_VALUES = _arrays((_Q, _K, [[5, 7]] * 3))
PLAIN = _arrays(([[2, 1]], _K, [[10], [20], [40]]), (_Q, _K, _V))
OTHER_SIZES = _arrays(
    (
        [[1, 0, -1, 2], [0.5, 1, 1, -0.5], [-1, 2, 0, 1]],
        [[1, 1, 0, 0], [0, -1, 1, 0.5], [2, 0, 0, -1], [1, -1, 1, -1]],
        [[1], [2], [4], [8]],
    ),
)
LARGE = _arrays(([[1000, 0], [0, -1000]], [[2, 2], [2, -2], [1, -2]], _V))

DOT_PRODUCT = Exercise(
    "dot_product_attention(Q, K, V)",
    attention,
    """Check scaled dot-product attention, for one head and without a mask.

    ``dot_product_attention(Q, K, V)`` takes queries (N, D), keys (C, D) and values (C, M), and
    returns an array of shape (N, M).

    >>> from softmax_lib import softmax
    >>> check.dot_product_attention(lambda Q, K, V: softmax(Q @ K.T) @ V).diagnosis
    'scale-missing'
    """,
    (
        Law(
            "there is one row for every query, as wide as the values",
            (*ONE_KEY, *PLAIN, *OTHER_SIZES),
            has_shape,
        ),
        Law("a single key gives its value", ONE_KEY),
        Law("a query of zeros gives the plain mean of the values", NO_PREFERENCE),
        Law("equal values come back, whatever the weights", EQUAL_VALUES),
        Law("each query gets the mean of the values under its own weights", PLAIN),
        Law("the sizes may be any", OTHER_SIZES),
        Law("scores above 1000 make no nan", LARGE),
        left_alone((*PLAIN, *OTHER_SIZES)),
    ),
    LOOK_UP,
)


# --- the causal mask -----------------------------------------------------------------------------


def _right_causal(Q, K, V):
    return attention(Q, K, V, where=np.tri(len(Q), dtype=bool))


def _masked(where):
    """Return attention under a wrong mask, made from the number of places."""
    return lambda Q, K, V: attention(Q, K, V, where=where(len(Q)))


def _filled(number):
    return lambda Q, K, V: softmax(np.where(np.tri(len(Q), dtype=bool), _scores(Q, K), number)) @ V


def _divided_again(Q, K, V):
    seen = softmax(_scores(Q, K)) * np.tri(len(Q))
    with np.errstate(all="ignore"):
        return seen / seen.sum(axis=1, keepdims=True) @ V


CAUSAL_MASK = (
    Mistake(
        "mask-missing",
        "Nothing is masked. Every place sees those after it, and so the word that it is to guess.",
        "sec-attention-masks",
    ).like(attention),
    Mistake(
        "masked-after-softmax",
        "The weights are multiplied by 0 after softmax. What is left no longer sums to 1: the "
        "masked keys were in the sum that it was divided by.",
        "sec-attention-masks",
    ).like(lambda Q, K, V: softmax(_scores(Q, K)) * np.tri(len(Q)) @ V),
    Mistake(
        "divided-again-after-mask",
        "The weights are masked after softmax, and divided again. That is right on paper; but "
        "where a masked key had all the weight, nothing is left to divide. Mask the scores.",
        "sec-attention-masks",
    ).like(_divided_again),
    OVER_THE_QUERIES.like(
        lambda Q, K, V: softmax(_scores(Q, K), axis=0, where=np.tri(len(Q), dtype=bool)) @ V,
        lambda Q, K, V: softmax(_scores(Q, K), axis=0, where=np.tri(len(Q), dtype=bool).T) @ V,
    ),
    Mistake(
        "scores-times-zero",
        "The masked scores are 0 or close to it. A score of 0 rules nothing out, for e^0 is 1: the "
        "score must be minus infinity.",
        "sec-attention-masks",
    ).like(_filled(0)),
    Mistake(
        "future-for-past",
        "The mask is turned round. Row n may see the columns up to n: the lower triangle.",
        "sec-attention-masks",
    ).like(_masked(lambda n: np.tri(n, dtype=bool).T)),
    Mistake(
        "mask-inverted",
        "What is allowed is masked, and what is masked allowed. The last place then sees nothing, "
        "and is nan.",
        "sec-attention-masks",
    ).like(_masked(lambda n: ~np.tri(n, dtype=bool))),
    Mistake(
        "own-key-masked",
        "A place does not see itself. The first one then sees nothing at all, and is nan: the "
        "diagonal belongs to what is allowed.",
        "sec-attention-masks",
    ).like(_masked(lambda n: np.tri(n, k=-1, dtype=bool))),
    Mistake(
        "one-key-too-many",
        "A place sees the next one. That is just the word that it is to guess: the diagonal is "
        "the last that is allowed.",
        "sec-attention-masks",
    ).like(_masked(lambda n: np.tri(n, k=1, dtype=bool))),
    SCALE_MISSING.like(
        lambda Q, K, V: attention(Q, K, V, where=np.tri(len(Q), dtype=bool), scale=1)
    ),
    overflow.NO_SHIFT.like(
        lambda Q, K, V: naive(np.where(np.tri(len(Q), dtype=bool), _scores(Q, K), -np.inf)) @ V
    ),
    general.FEW_DIGITS,
)

TWO = _arrays(([[2, 1], [0, -1]], [[1, 1], [1, -1]], [[10, 0], [20, 1]]))
FOUR = _arrays(
    (
        [[2, 1], [0, -1], [1, 0.5], [-1, 1]],
        [[1, 1], [1, -1], [-1, -1], [0.5, 2]],
        [[10], [20], [40], [80]],
    ),
    (
        [[1, 0, -1], [0.5, 1, 1], [-1, 2, 0]],
        [[1, 1, 0], [0, -1, 1], [2, 0, 0]],
        [[1, 0, 1], [2, 1, 0], [4, -1, 0]],
    ),
)
ALIKE = _arrays((FOUR[0][0], FOUR[0][1], [[5, 7]] * 4))
FAR = _arrays((500 * FOUR[0][0], 4 * FOUR[0][1], FOUR[0][2]))
# The place that is to come fits 1131 better than what may be seen.
TEMPTED = _arrays(([[0, -800], [1, 0]], TWO[0][1], TWO[0][2]))

CAUSAL = Exercise(
    "causal_attention(Q, K, V)",
    _right_causal,
    """Check attention under a causal mask: place n sees the places up to n, and itself.

    ``causal_attention(Q, K, V)`` takes queries and keys (N, D) and values (N, M), and returns an
    array of shape (N, M).

    >>> from softmax_lib import attention
    >>> check.causal_attention(attention).diagnosis
    'mask-missing'
    """,
    (
        Law("there is one row for every place", (*TWO, *FOUR), has_shape),
        Law("the first place sees itself alone", TWO, agrees(lambda means: means[0], "first row")),
        Law("equal values come back, whatever the weights", ALIKE),
        Law("of two places, the second sees both", TWO),
        Law("each place sees those up to its own", FOUR),
        Law("scores above 1000 make no nan", FAR),
        Law("a key to come takes nothing, however well it fits", TEMPTED),
        left_alone((*TWO, *FOUR)),
    ),
    CAUSAL_MASK,
)


# --- the gradient --------------------------------------------------------------------------------


def _gradients(of_scores=softmax_vjp, scale=lambda d: 1 / math.sqrt(d), of_values=None):
    """Return the backward pass, with a wrong step if one is given."""

    def gradients(Q, K, V, G):
        S, a = _scores(Q, K), scale(Q.shape[1])
        R = of_scores(S, G @ V.T)
        return R @ K * a, R.T @ Q * a, (of_values or (lambda S, G: softmax(S).T @ G))(S, G)

    return gradients


def _of_weights(formula):
    return lambda S, U: formula(softmax(S), U)


BACKWARD_MISTAKES = (
    Mistake(
        "mean-of-values-missing",
        "The mean of the values is not subtracted. A score moves the answer from where it stands "
        "towards its value: P (U - mean), the mean of each row under its weights.",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: P * U))),
    Mistake(
        "softmax-passed-over",
        "The gradient of the weights is taken for that of the scores. Softmax lies between them: "
        "multiply by its Jacobian, which gives P (U - mean).",
        "sec-attention-gradient",
    ).like(_gradients(lambda S, U: U)),
    derivative.DIAGONAL_ONLY.like(_gradients(_of_weights(lambda P, U: P * (1 - P) * U))),
    Mistake(
        "mean-over-queries",
        "The mean is taken over the queries. Each query has a softmax of its own: sum along the "
        "last axis, and keep it.",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: P * (U - np.sum(P * U, axis=0))))),
    Mistake(
        "plain-mean-of-values",
        "The mean of the values is not weighted. What is subtracted is the mean under the "
        "weights, the sum of P U along a row.",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: P * (U - U.mean(axis=1, keepdims=True))))),
    Mistake(
        "mean-over-everything",
        "The mean is taken over all queries together. Each row has its own: sum along the last "
        "axis, and keep it.",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: P * (U - np.sum(P * U))))),
    Mistake(
        "weights-of-rest-missing",
        "The difference from the mean is not multiplied by the weight. A score moves the answer in "
        "proportion to its weight: P (U - mean).",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: U - np.sum(P * U, axis=1, keepdims=True)))),
    Mistake(
        "mean-added",
        "The mean of the values is added. A score moves the answer from where it stands towards "
        "its value: subtract it.",
        "sec-attention-gradient",
    ).like(_gradients(_of_weights(lambda P, U: P * (U + np.sum(P * U, axis=1, keepdims=True))))),
    Mistake(
        "scale-forgotten-backwards",
        "The factor of the scores is missing on the way back. They were divided by the square "
        "root of the width, so both gradients are.",
        "sec-attention-gradient",
    ).like(_gradients(scale=lambda d: 1)),
    Mistake(
        "weights-not-transposed",
        "The weights are not transposed. Value c is in the answer to every query: its gradient "
        "is a sum down column c.",
        "sec-attention-gradient",
    ).like(_gradients(of_values=lambda S, G: softmax(S) @ G)),
    Mistake(
        "scores-for-weights-backwards",
        "The gradient of the values is weighted by the scores. The answer is P V, so it is P "
        "transposed times G.",
        "sec-attention-gradient",
    ).like(_gradients(of_values=lambda S, G: S.T @ G)),
    derivative.NEGATED.like(lambda *arrays: tuple(-g for g in _gradients()(*arrays))),
    general.FEW_DIGITS,
)

SQUARE = _arrays((_Q, _K[:2], _V[:2], [[1, 0], [-1, 2]]))
OBLONG = _arrays((_Q, _K, _V, [[1, 0], [-1, 2]]), (*OTHER_SIZES[0], [[1], [-2], [0.5]]))
STEEP = _arrays((*LARGE[0], [[1, 0], [-1, 2]]))
SHIFTED_VALUES = _arrays((_Q, _K, [[5, 7]] * 3, [[1, 0], [-1, 2]]))

BACKWARD = Exercise(
    "attention_backward(Q, K, V, G)",
    _gradients(),
    """Check the gradients of attention, without a Jacobian.

    ``attention_backward(Q, K, V, G)`` takes what attention takes, and the gradient G in its
    result, of shape (N, M). It returns the gradients in Q, K and V, in their shapes.

    >>> from softmax_lib import softmax
    >>> def my_backward(Q, K, V, G):
    ...     a = 1 / np.sqrt(Q.shape[1])
    ...     P = softmax(Q @ K.T * a)
    ...     R = P * (G @ V.T)
    ...     return R @ K * a, R.T @ Q * a, P.T @ G
    >>> check.attention_backward(my_backward).diagnosis
    'mean-of-values-missing'
    """,
    (
        Law("each gradient has the shape of what it belongs to", (*SQUARE, *OBLONG), has_shape),
        Law("a value collects the gradients of all queries by its weights", SQUARE, results=(2,)),
        Law("equal values leave no slope in the scores", SHIFTED_VALUES, results=(0, 1)),
        Law("a query is moved by its keys", SQUARE, results=(0,)),
        Law("a key is moved by its queries", SQUARE, results=(1,)),
        Law("the sizes may be any", OBLONG),
        Law("scores above 1000 make no nan", STEEP),
        left_alone((*SQUARE, *OBLONG)),
    ),
    BACKWARD_MISTAKES,
    ("grad Q", "grad K", "grad V"),
)


# --- heads ---------------------------------------------------------------------------------------


def _right_heads(X, heads):
    rows, width = X.shape
    return X.reshape(rows, heads, width // heads).swapaxes(0, 1)


HEADS_MISTAKES = (
    Mistake(
        "reshape-alone",
        "The rows are cut in order. reshape reads row after row, so a head gets numbers that "
        "follow one another, and not a part of each row: give it (rows, heads, width), and "
        "exchange the first two axes.",
        "sec-heads",
    ).like(lambda X, heads: X.reshape(heads, len(X), -1)),
    Mistake(
        "heads-second",
        "The heads are not in front. A matrix product takes the last two axes: there rows and "
        "width belong. Exchange the first two axes.",
        "sec-heads",
    ).like(lambda X, heads: X.reshape(len(X), heads, -1)),
    Mistake(
        "columns-dealt-out",
        "The columns are dealt out in turn. Head h has neighbours: counted from 0, the columns "
        "from h D to h D + D - 1.",
        "sec-heads",
    ).like(lambda X, heads: X.reshape(len(X), -1, heads).transpose(2, 0, 1)),
    Mistake(
        "head-transposed",
        "Rows and columns of a head are exchanged. Only the axis of the heads moves to the front; "
        "the rows stay rows.",
        "sec-heads",
    ).like(lambda X, heads: X.reshape(len(X), heads, -1).transpose(1, 2, 0)),
)


def _numbered(rows, heads, width):
    return np.arange(rows * heads * width, dtype=float).reshape(rows, heads * width), heads


HEADS = Exercise(
    "split_heads(X, heads)",
    _right_heads,
    """Check how the columns of a batch become heads.

    ``split_heads(X, heads)`` takes an array of shape (N, heads * d) and returns one of shape
    (heads, N, d): head 0 has the first d columns of each row.

    >>> check.split_heads(lambda X, heads: X.reshape(heads, len(X), -1)).diagnosis
    'reshape-alone'
    """,
    (
        Law(
            "the shape is (heads, rows, width)",
            (_numbered(2, 2, 4), _numbered(3, 3, 2)),
            has_shape,
        ),
        Law("one head is everything", (_numbered(3, 1, 2),)),
        Law("one row is cut into its heads", (_numbered(1, 2, 3),)),
        Law("each head has a part of every row", (_numbered(3, 2, 2), _numbered(2, 2, 3))),
        Law("the sizes may be any", (_numbered(2, 2, 4), _numbered(3, 3, 2))),
        left_alone((_numbered(2, 2, 4),)),
    ),
    HEADS_MISTAKES,
)


# --- top-p ---------------------------------------------------------------------------------------


def _kept(p, count):
    """Return p with its largest entries alone, in their places, not divided yet."""
    cut = np.zeros_like(p)
    best = np.argsort(-p, kind="stable")[:count]
    cut[best] = p[best]
    return cut


def _enough(p, mass):
    """Return how many of the largest entries it takes to reach the mass."""
    return int(np.searchsorted(np.cumsum(np.sort(p)[::-1]), mass)) + 1


def _right_top_p(p, mass):
    kept = _kept(p, _enough(p, mass))
    return kept / kept.sum()


def _divided(kept):
    with np.errstate(all="ignore"):
        return kept / kept.sum()


def _smallest(p, mass):
    ascending = np.argsort(p)
    count = int(np.searchsorted(np.cumsum(p[ascending]), mass)) + 1
    kept = np.zeros_like(p)
    kept[ascending[:count]] = p[ascending[:count]]
    return _divided(kept)


TOP_P_MISTAKES = (
    Mistake(
        "last-one-dropped",
        "The class that carries the sum over the mass is dropped. What is kept must reach it; if "
        "one class alone has more, nothing is left.",
        "sec-top-p",
    ).like(lambda p, mass: _divided(_kept(p, _enough(p, mass) - 1))),
    Mistake(
        "one-class-too-many",
        "One class more is kept than it takes. Stop as soon as the mass is reached.",
        "sec-top-p",
    ).like(lambda p, mass: _divided(_kept(p, _enough(p, mass) + 1))),
    Mistake(
        "not-divided-again",
        "What is kept does not sum to 1. Divide it by its sum.",
        "sec-top-p",
    ).like(lambda p, mass: _kept(p, _enough(p, mass))),
    Mistake(
        "divided-by-the-mass",
        "The divisor is the mass that was asked for. More than that is kept, as a rule: divide by "
        "the sum of what is there.",
        "sec-top-p",
    ).like(lambda p, mass: _kept(p, _enough(p, mass)) / mass),
    Mistake(
        "softmax-of-what-is-kept",
        "Softmax is applied to probabilities. It changes their ratios; a division by their sum "
        "keeps them.",
        "sec-top-p",
    ).like(
        lambda p, mass: softmax(p, where=_kept(p, _enough(p, mass)) > 0),
        lambda p, mass: softmax(_kept(p, _enough(p, mass))),
    ),
    Mistake(
        "order-not-undone",
        "The result is in order of size. Each class has a place: what was sorted must go back "
        "into it.",
        "sec-top-p",
    ).like(lambda p, mass: np.sort(_right_top_p(p, mass))[::-1]),
    Mistake(
        "least-probable-first",
        "The least probable classes are kept, too. Begin with the most probable one, and stop as "
        "soon as the mass is reached.",
        "sec-top-p",
    ).like(_smallest),
    Mistake(
        "each-by-itself",
        "Each probability is compared by itself. Not one class must reach the mass, but all that "
        "are kept together.",
        "sec-top-p",
    ).like(
        lambda p, mass: _divided(np.where(p >= mass, p, 0)),
        lambda p, mass: _divided(np.where(p >= 1 - mass, p, 0)),
    ),
    general.FEW_DIGITS,
)


def _cuts(*pairs):
    return tuple((np.array(p, dtype=float), mass) for p, mass in pairs)


SHARED = [0.125, 0.5, 0.0625, 0.3125]
ONE_OF_THREE = _cuts(([0.7, 0.2, 0.1], 0.6))
TWO_OF_FOUR = _cuts((SHARED, 0.7), (SHARED, 0.625))
ON_THE_DOT = _cuts((SHARED, 0.8125), (SHARED, 0.5))
OTHERS = _cuts(
    ([0.05, 0.1, 0.15, 0.3, 0.4], 0.9),
    ([0.4, 0.05, 0.3, 0.1, 0.15], 0.6),
    ([0.97, 0.02, 0.01], 0.95),
)

TOP_P = Exercise(
    "top_p(p, mass)",
    _right_top_p,
    """Check the cut of a distribution to its nucleus: the fewest classes that reach a mass.

    ``top_p(p, mass)`` takes probabilities (C,), no two equal, and a number above 0 and below 1.
    It returns probabilities (C,): the largest ones that it takes to reach the mass, divided by
    their sum, and 0 elsewhere.

    >>> check.top_p(lambda p, mass: np.where(p >= mass, p, 0) / p[p >= mass].sum()).diagnosis
    'each-by-itself'
    """,
    (
        Law("every class keeps its place", (*ONE_OF_THREE, *TWO_OF_FOUR), has_shape),
        Law("a class that has the mass alone gets all", ONE_OF_THREE),
        Law("what is kept sums to 1", TWO_OF_FOUR, agrees(np.sum, "sum")),
        Law("two classes that reach the mass keep their ratio", TWO_OF_FOUR),
        Law("a mass that is reached exactly is reached", ON_THE_DOT),
        Law("the smallest number of classes is kept", OTHERS),
        left_alone((*TWO_OF_FOUR, *OTHERS)),
    ),
    TOP_P_MISTAKES,
)

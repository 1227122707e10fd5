"""Known mistakes of chapter 3, derivative."""

from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import Section

CASES = Section("derivative", "Two cases")
MATRIX = Section("derivative", "The matrix")
PRODUCTS = Section("derivative", "Products without the matrix")

DIAGONAL_ONLY = Mistake(
    "diagonal-only",
    "Only the diagonal is there",
    "p (1 - p) is one of two cases: every logit moves every share, the others by -p_i p_j.",
    CASES,
)
OFF_DIAGONAL_SIGN = Mistake(
    "off-diagonal-sign",
    "The sign off the diagonal is wrong",
    "When one share grows, the others shrink: -p_i p_j.",
    CASES,
)
ROW_TIMES_ROW = Mistake(
    "row-times-row",
    "`p * p` is a row, not a matrix",
    "It multiplies number by number, and NumPy repeats it: p_j squared stands where p_i p_j "
    "should. np.outer(p, p) is the matrix.",
    MATRIX,
)
NEGATED = Mistake(
    "negated",
    "Everything has the wrong sign",
    "Sums that must be 0 do not show it. A share grows with its own logit.",
    MATRIX,
)
OUTER_MISSING = Mistake(
    "outer-product-missing",
    "Only the numerator is differentiated",
    "The denominator contains every logit too; its derivative is the term -p p^T.",
    CASES,
)
DELTA_MISSING = Mistake(
    "delta-missing",
    "Only the denominator is differentiated",
    "On the diagonal the numerator moves as well; its derivative is the term diag(p).",
    CASES,
)
OF_THE_LOGARITHM = Mistake(
    "of-the-logarithm",
    "This is the derivative of log p",
    "The logarithm's is the same without the factor p_i in front.",
    Section("derivative", "Log-sum-exp, one step above"),
)
SOFTMAX_MISSING = Mistake(
    "softmax-missing",
    "The logits stand where the shares should",
    "The formula is made of p: take the softmax first.",
    MATRIX,
)
MEAN_MISSING = Mistake(
    "mean-missing",
    "The mean is not subtracted",
    "A class gains only if its logit rises faster than the mean: p_i (v_i - mean).",
    PRODUCTS,
)
PLAIN_MEAN = Mistake(
    "plain-mean",
    "The mean is not weighted",
    "Each v_c counts with its share: the mean is the sum of p_c v_c.",
    PRODUCTS,
)
MEAN_OUTSIDE = Mistake(
    "mean-outside",
    "The mean is subtracted outside the brackets",
    "p_i (v_i - mean), not p_i v_i - mean: the changes must sum to 0.",
    PRODUCTS,
)
ONLY_THE_MEAN = Mistake(
    "only-the-mean",
    "Only the weighted mean is returned",
    "The result has one number for each logit: p_i (v_i - mean).",
    PRODUCTS,
)
ARGUMENTS_SWAPPED = Mistake(
    "arguments-swapped",
    "The two arguments are taken for each other",
    "The logits come first, the vector second.",
    PRODUCTS,
)
FINITE_STEP = Mistake(
    "finite-step",
    "This is a step, not a slope",
    "The product is the change for a very small step, divided by its length.",
    Section("derivative", "A nudge"),
)

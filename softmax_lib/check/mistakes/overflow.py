"""Known mistakes of chapter 2, overflow."""

from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import Section

BREAKS = Section("overflow", "The formula breaks")
SUBTRACT = Section("overflow", "Subtract the maximum")
LSE = Section("overflow", "Log-sum-exp, the soft maximum")
LOGARITHM = Section("overflow", "The logarithm of softmax")
CONFIDENT = Section("overflow", "The confident prediction")

NO_SHIFT = Mistake(
    "no-shift",
    "The maximum is not subtracted",
    "e to the 1000 is inf, and inf / inf is nan; e to the -1000 is 0, and 0 / 0 is nan too.",
    SUBTRACT,
)
NAN_HIDDEN = Mistake(
    "nan-hidden",
    "The nan is replaced instead of avoided",
    "The overflow has already happened, and the shares are wrong. Subtract the maximum first.",
    BREAKS,
)
CLIPPED_LOGITS = Mistake(
    "clipped-logits",
    "Large logits are cut off",
    "Beyond the limit all logits become equal, and so do their shares. Only a shift keeps gaps.",
    SUBTRACT,
)
SHIFT_BY_MINIMUM = Mistake(
    "shift-by-minimum",
    "The minimum is subtracted",
    "Any shift is exact, but only the maximum leaves no exponent above 0.",
    SUBTRACT,
)
SHIFT_BY_MEAN = Mistake(
    "shift-by-mean",
    "The mean is subtracted",
    "Any shift is exact, but a logit may lie far above the mean. Subtract the maximum.",
    SUBTRACT,
)
SHIFT_BY_FIRST = Mistake(
    "shift-by-first",
    "The first logit is subtracted",
    "Another logit may lie far above it. Subtract the maximum.",
    SUBTRACT,
)
SHIFT_BY_MAGNITUDE = Mistake(
    "shift-by-magnitude",
    "The largest absolute value is subtracted",
    "For negative logits it is positive, and every exponential underflows: 0 / 0.",
    SUBTRACT,
)
GLOBAL_MAXIMUM = Mistake(
    "global-maximum",
    "The maximum of the whole batch is subtracted",
    "Right on paper; but a row far below that maximum underflows as a whole. Each row needs "
    "its own.",
    SUBTRACT,
)
LOG_OF_SOFTMAX = Mistake(
    "log-of-softmax",
    "The logarithm is taken of a share that has become 0",
    "softmax rounds a tiny share to 0, and log makes it -inf. Subtract log-sum-exp from the "
    "logits instead.",
    LOGARITHM,
)
LOG_EPSILON = Mistake(
    "log-epsilon",
    "A small number is added inside the logarithm",
    "It changes every value a little, and a rare class altogether.",
    CONFIDENT,
)
CLIPPED_PROBABILITIES = Mistake(
    "clipped-probabilities",
    "The share is kept from falling below a limit before the logarithm",
    "The value stops there, and so does the slope: the worst mistakes teach nothing.",
    CONFIDENT,
)
SOFTMAX_RETURNED = Mistake(
    "logarithm-missing",
    "The logarithm is missing",
    "What came back was not put through the logarithm.",
    LOGARITHM,
)
SIGN_OF_LOG = Mistake(
    "sign-of-log",
    "The sign of the logarithm is turned",
    "The logarithm of a share is at most 0; the loss is minus that.",
    LOGARITHM,
)
OTHER_LOGARITHM = Mistake(
    "other-logarithm",
    "The logarithm is not the natural one",
    "log2 and log10 undo powers of 2 and 10, not of e.",
    Section("cross-entropy", "From likelihood to the loss"),
)
MAX_NOT_ADDED_BACK = Mistake(
    "max-not-added-back",
    "The maximum is subtracted in one place only",
    "LSE(z + a) = LSE(z) + a: log-sum-exp moves with a shift. After shifting by -m, m has to "
    "be added again.",
    LSE,
)
DENOMINATOR_MISSING = Mistake(
    "denominator-missing",
    "Only the maximum is subtracted",
    "The logarithm of the sum is missing, so the shares do not sum to one.",
    LOGARITHM,
)
KEEPDIMS_LEFT = Mistake(
    "keepdims-left",
    "The axis of the classes is still there",
    "Log-sum-exp gives one number for each example. keepdims=True is for what is subtracted.",
    LSE,
)
SUM_AND_LOG_SWAPPED = Mistake(
    "sum-and-log-swapped",
    "The logarithm is taken of each term, not of the sum",
    "log undoes exp term by term, and the sum of the logits is left.",
    LSE,
)
MAXIMUM_SUBTRACTED_AGAIN = Mistake(
    "sign-of-maximum",
    "A sign is turned where the parts are put together",
    "LSE is m + log of the sum of e to the (z - m).",
    LSE,
)

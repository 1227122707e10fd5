"""Known mistakes of chapter 1, definition."""

from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import Section

HARD = Section("definition", "A hard choice and a soft one")
WISHES = Section("definition", "Four wishes and one formula")
OUTPUT = Section("definition", "The output layer")
RATIOS = Section("definition", "What the exponential does to ratios and to differences")
SHIFT = Section("definition", "Adding the same number to every logit")
SIGMOID = Section("definition", "Two classes: the sigmoid")
TEMPERATURE = Section("definition", "Temperature")
BATCH = Section("overflow", "Subtract the maximum")

ARGMAX_INDEX = Mistake(
    "argmax-index",
    "The place of the maximum is returned",
    "argmax gives the number of the class; what is wanted is one number for each class.",
    HARD,
)
MAXIMUM_RETURNED = Mistake(
    "maximum-returned",
    "The maximum is returned",
    "Hardmax and softmax say where the maximum is, not how large it is.",
    HARD,
)
HARDMAX_RETURNED = Mistake(
    "hardmax-returned",
    "The choice is hard",
    "All goes to the largest logit; softmax gives every class a share.",
    HARD,
)
DIVIDED_BY_SUM = Mistake(
    "logits-divided-by-sum",
    "The logits themselves are divided by their sum",
    "Without the exponential a share can be negative, and the zero of the scale matters.",
    WISHES,
)
SUM_OF_LOGITS = Mistake(
    "sum-of-logits",
    "The denominator is the sum of the logits",
    "Divide by the sum of the exponentials.",
    OUTPUT,
)
NOT_NORMALISED = Mistake(
    "not-normalised",
    "The exponentials are not divided by their sum",
    "They are positive, but they do not sum to one.",
    OUTPUT,
)
DIVIDED_BY_MAX = Mistake(
    "divided-by-max",
    "The largest share is 1",
    "The exponentials are divided by the largest one, which is what subtracting the maximum "
    "does, but not by their sum.",
    OUTPUT,
)
MEAN_NOT_SUM = Mistake(
    "mean-not-sum",
    "A mean stands where a sum should",
    "Dividing by the mean of the exponentials makes everything C times too large.",
    OUTPUT,
)
SIGMOID_OF_EACH = Mistake(
    "sigmoid-of-each",
    "Each logit goes through a sigmoid of its own",
    "The sigmoid is softmax for two classes, and takes their gap; classes must compete.",
    SIGMOID,
)
SOFTMIN = Mistake(
    "sign-of-logits",
    "The smallest logit gets the largest share",
    "The exponent has the wrong sign.",
    WISHES,
)
OTHER_BASE = Mistake(
    "other-base",
    "The base is not e",
    "Powers of 2 or 10 share by the same rule, but at another temperature.",
    TEMPERATURE,
)
SCALED_LOGITS = Mistake(
    "scaled-logits",
    "The logits are multiplied by a factor",
    "Shares follow e to the gap, times a factor: a temperature that nobody asked for.",
    TEMPERATURE,
)
DIVIDED_BY_MAXIMUM_LOGIT = Mistake(
    "divided-by-largest-logit",
    "The logits are divided by the largest one",
    "Only a subtraction leaves the gaps alone; a division changes them, and the shares.",
    SHIFT,
)
SOFTMAX_TWICE = Mistake(
    "softmax-twice",
    "Softmax is applied twice",
    "The second one sees numbers between 0 and 1, so its shares are nearly equal.",
    Section("cross-entropy", "A second softmax before the loss"),
)
LOG_RETURNED = Mistake(
    "log-returned",
    "The logarithm of the shares is returned",
    "These are the log-probabilities; take the exponential, or no logarithm.",
    Section("overflow", "The logarithm of softmax"),
)
DIVIDED_BY_LSE = Mistake(
    "divided-by-log-sum-exp",
    "Log-sum-exp stands in the denominator",
    "Divide by the sum of the exponentials, or subtract log-sum-exp inside the exponential.",
    Section("overflow", "Log-sum-exp, the soft maximum"),
)
MAX_OUTSIDE_EXP = Mistake(
    "max-outside-exp",
    "The maximum is subtracted from the exponentials",
    "`np.exp(z) - np.max(z)` is not `np.exp(z - np.max(z))`: the shift belongs inside.",
    Section("overflow", "Subtract the maximum"),
)
EPSILON_IN_DENOMINATOR = Mistake(
    "epsilon-in-denominator",
    "A small number is added to the denominator",
    "The shares do not quite sum to one. After subtracting the maximum the sum is at least 1, "
    "and needs no protection.",
    Section("overflow", "Subtract the maximum"),
)
INTEGER_BUFFER = Mistake(
    "integer-buffer",
    "The shares are stored as integers",
    "`np.zeros_like(z)` of integers holds integers: every share below 1 is cut to 0.",
    OUTPUT,
)
WHOLE_ARRAY = Mistake(
    "whole-array",
    "The batch is treated as one long example",
    "Sums and maxima go along the classes of each row: axis=-1.",
    BATCH,
)
WRONG_AXIS = Mistake(
    "wrong-axis",
    "The classes are sought along the wrong axis",
    "One example is a row, so the classes lie along the last axis: axis=-1, not 0.",
    BATCH,
)
NO_KEEPDIMS = Mistake(
    "no-keepdims",
    "A row's number meets a column",
    "Without keepdims=True one number a row becomes a row itself, and NumPy lines it up with "
    "the columns: an error, or for a square batch a silent one.",
    BATCH,
)
AXIS_IGNORED = Mistake(
    "axis-ignored",
    "The parameter axis has no effect",
    "Hand it on to every sum and maximum, together with keepdims=True.",
    BATCH,
)
ALL_MAXIMA = Mistake(
    "all-maxima",
    "On a tie there is more than one 1",
    "`z == z.max()` marks every maximum; argmax takes the first.",
    HARD,
)
LAST_MAXIMUM = Mistake(
    "last-maximum",
    "On a tie the last maximum wins",
    "In a loop, replace the best so far only by a larger one: > instead of >=.",
    HARD,
)
TIE_SHARED = Mistake(
    "tie-shared",
    "On a tie the 1 is shared",
    "That is the limit of softmax for a cold temperature; hardmax takes the first.",
    TEMPERATURE,
)
ROUNDED_SOFTMAX = Mistake(
    "rounded-softmax",
    "The soft shares are rounded",
    "In a close race no share reaches one half, and nobody wins.",
    HARD,
)
STARTS_AT_ZERO = Mistake(
    "maximum-starts-at-zero",
    "The search for the maximum starts at 0",
    "If all logits are negative, none is above it. Start at the first logit, or at -inf.",
    HARD,
)
MAXIMUM_KEPT = Mistake(
    "maximum-kept",
    "The largest logit stands where a 1 should",
    "Hardmax forgets how large the logit was.",
    HARD,
)
ARGMIN = Mistake(
    "smallest-chosen", "The smallest logit is chosen", "The 1 belongs to the largest.", HARD
)

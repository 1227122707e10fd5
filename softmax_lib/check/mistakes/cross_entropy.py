"""Known mistakes of chapter 4, cross-entropy."""

from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import Section

LIKELIHOOD = Section("cross-entropy", "From likelihood to the loss")
IN_LOGITS = Section("cross-entropy", "The same loss in logits")
MISPRINTS = Section("cross-entropy", "Two misprints in one formula")
ONE_HOT_SECTION = Section("cross-entropy", "One-hot: why it is called cross-entropy")
SURPRISE = Section("cross-entropy", "Entropy, and what the prediction adds")

TRANSPOSED = Mistake(
    "transposed",
    "Rows and columns are exchanged",
    "One example is a row, one class is a column.",
    ONE_HOT_SECTION,
)
WIDTH_FROM_LABELS = Mistake(
    "width-from-labels",
    "The number of columns is read off the labels",
    "max + 1 is too few if the last class has no example in this batch.",
    ONE_HOT_SECTION,
)
LABELS_OFF_BY_ONE = Mistake(
    "labels-off-by-one",
    "The labels are counted from another start",
    "Formulas count classes from 1, Python counts them from 0; labels here are Python's.",
    Section("definition", "A hard choice and a soft one"),
)
EVERY_ROW = Mistake(
    "all-labels-in-every-row",
    "Every row gets the labels of all examples",
    "`A[:, labels]` takes all those columns in each row. Pair them with the rows: "
    "`A[np.arange(len(labels)), labels]`.",
    LIKELIHOOD,
)
LABEL_AS_VALUE = Mistake(
    "label-as-value",
    "The label stands where a 1 should",
    "The place tells the class; the value is the share of the target, 1.",
    ONE_HOT_SECTION,
)
INVERTED = Mistake(
    "inverted",
    "Zeros and ones are exchanged",
    "All mass belongs to the true class.",
    ONE_HOT_SECTION,
)
LABELS_IGNORED = Mistake(
    "labels-ignored",
    "The rows come in their own order",
    "np.eye is a table: pick its rows by the labels.",
    ONE_HOT_SECTION,
)
MEAN_OVER_BATCH = Mistake(
    "mean-over-batch",
    "The mean over the batch is returned",
    "One loss for each example is asked for; the mean is written where it is wanted.",
    LIKELIHOOD,
)
SUM_OVER_BATCH = Mistake(
    "sum-over-batch",
    "The losses of the batch are added up",
    "A sum grows with the batch.",
    LIKELIHOOD,
)
NOT_AVERAGED = Mistake(
    "mean-over-batch-missing",
    "The losses are not averaged",
    "One number for the whole batch is asked for: the mean of the losses.",
    LIKELIHOOD,
)
LOG_OF_MEAN = Mistake(
    "log-of-mean",
    "The mean is taken before the logarithm",
    "The mean of the logarithms is not the logarithm of the mean.",
    LIKELIHOOD,
)
SUM_OVER_CLASSES_MISSING = Mistake(
    "sum-over-classes-missing",
    "The terms of the classes are not added up",
    "Cross-entropy is the sum over the classes; for a one-hot target one term is left.",
    ONE_HOT_SECTION,
)
MEAN_OVER_CLASSES = Mistake(
    "mean-over-classes",
    "The mean over the classes is taken",
    "Cross-entropy is a sum over the classes; the mean makes it C times too small.",
    ONE_HOT_SECTION,
)
LOWER_LIMIT = Mistake(
    "misprint-lower-limit",
    "The sum starts at the true class",
    "A misprint that flatters: the classes before the true one are left out.",
    MISPRINTS,
)
EXPONENT = Mistake(
    "misprint-exponent",
    "The exponent is the number of the class",
    "A misprint: the sum is over e to the z_c, not e to the c.",
    MISPRINTS,
)
BOTH_MISPRINTS = Mistake(
    "misprint-both",
    "The formula has both misprints",
    "The sum starts at 1, and its terms are e to the z_c.",
    MISPRINTS,
)
LOG_MISSING = Mistake(
    "probability-as-loss",
    "The loss is made of p without its logarithm",
    "1 - p is at most 1, however wrong the prediction is. The loss is -log p.",
    LIKELIHOOD,
)
BINARY = Mistake(
    "binary-cross-entropy",
    "Each class pays a loss of its own",
    "That is the loss of C separate yes-or-no questions. Here one class is true.",
    ONE_HOT_SECTION,
)
SQUARED_ERROR = Mistake(
    "squared-error",
    "The squared error is returned",
    "It is bounded, and its slope dies where the answer is confidently wrong.",
    Section("cross-entropy", "Why not the squared error?"),
)
LOGIT_MISSING = Mistake(
    "true-logit-missing",
    "The logit of the true class is not taken off",
    "Log-sum-exp alone is the same for every label.",
    IN_LOGITS,
)
LSE_MISSING = Mistake(
    "log-sum-exp-missing",
    "Log-sum-exp is missing",
    "Minus the true logit could fall for ever. Log-sum-exp makes the classes compete.",
    IN_LOGITS,
)
HARD_MAXIMUM = Mistake(
    "maximum-for-log-sum-exp",
    "The maximum stands where log-sum-exp should",
    "The loss would be 0 as soon as the true class leads, by however little.",
    IN_LOGITS,
)
ENTROPY_OF_P = Mistake(
    "entropy-of-prediction",
    "The entropy of the prediction is returned",
    "It does not look at the label. In the cross-entropy the target weighs the logarithms.",
    SURPRISE,
)
TARGET_IN_LOG = Mistake(
    "target-inside-log",
    "The logarithm is taken of the target",
    "The prediction belongs into the logarithm: log 0 of a one-hot target is -inf.",
    SURPRISE,
)
ZERO_TIMES_INF = Mistake(
    "zero-times-inf",
    "0 times -inf is nan",
    "A class that is ruled out and not true costs nothing. Pick the true class instead of "
    "multiplying by a one-hot row.",
    Section("overflow", "Ruling a class out"),
)

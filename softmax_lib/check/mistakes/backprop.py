"""Known mistakes of chapter 5, backprop."""

from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import Section

STEP = Section("backprop", "One step, by hand")
TWO_WAYS = Section("backprop", "Two ways to one gradient")
PUSH_PULL = Section("backprop", "Push all, pull one")
LAYER = Section("backprop", "A batch through a layer")
TRAINING = Section("backprop", "Training")

FORCE = Mistake(
    "y-minus-p",
    "The sign is turned: y - p",
    "y - p are the forces, the direction of the step. The gradient is p - y.",
    PUSH_PULL,
)
PLUS = Mistake(
    "p-plus-y",
    "The target is added",
    "The pull acts against the pushes: p - y. Each row must sum to 0.",
    TWO_WAYS,
)
PULL_MISSING = Mistake(
    "pull-missing",
    "The target is not subtracted",
    "p alone pushes every logit down; the true one must be pulled up by 1.",
    PUSH_PULL,
)
PUSH_MISSING = Mistake(
    "push-missing",
    "Only the true class has a slope",
    "Log-sum-exp pushes every logit down, the true one too.",
    PUSH_PULL,
)
IN_PROBABILITIES = Mistake(
    "gradient-in-p",
    "This is the slope in the probabilities",
    "-y / p has still to go back through softmax; then 1 / p cancels.",
    TWO_WAYS,
)
DIVIDED_BY_N = Mistake(
    "divided-by-n",
    "The mean over the batch is in it already",
    "The gradient of each example is asked for; 1/N is written where the mean is.",
    LAYER,
)
DIVIDED_BY_C = Mistake(
    "divided-by-c",
    "The gradient is divided by the number of classes",
    "The loss is a sum over the classes, not a mean.",
    TWO_WAYS,
)
W_NOT_TRANSPOSED = Mistake(
    "w-not-transposed",
    "W is not transposed",
    "The gradient goes back from the classes to the features: G @ W.T.",
    LAYER,
)
X_NOT_TRANSPOSED = Mistake(
    "x-not-transposed",
    "X is not transposed",
    "The sum in X.T @ G is over the examples.",
    LAYER,
)
GRAD_W_TRANSPOSED = Mistake(
    "gradient-transposed",
    "The gradient in W is transposed",
    "A gradient has the shape of its array: X.T @ G, not G.T @ X.",
    LAYER,
)
BIAS_MEAN = Mistake(
    "bias-mean",
    "The bias gets a mean",
    "If 1/N is in the gradient in the logits, it is in there once: the bias gets the sum.",
    LAYER,
)
BIAS_AXIS = Mistake(
    "bias-over-classes",
    "The bias gradient is summed along the wrong axis",
    "There is one bias for each class: sum over the examples, axis=0.",
    LAYER,
)
BIAS_NOT_SUMMED = Mistake(
    "bias-not-summed",
    "The bias gradient is not summed over the examples",
    "The bias acts on every example, so it collects a slope from each.",
    LAYER,
)
RESULTS_EXCHANGED = Mistake(
    "results-exchanged",
    "The results come in another order",
    "The numbers are right; return them in the order that is asked for.",
    LAYER,
)
MEAN_AGAIN = Mistake(
    "mean-again",
    "The examples are averaged here",
    "linear_backward takes what comes and adds nothing: 1/N is in the gradient it is given.",
    LAYER,
)
ASCENT = Mistake(
    "gradient-ascent",
    "The step goes uphill",
    "The gradient points where the loss grows. Subtract it.",
    STEP,
)
N_MISSING = Mistake(
    "mean-missing-in-step",
    "The 1/N of the mean is missing",
    "The step grows with the batch, and a learning rate fits one batch size only.",
    LAYER,
)
MEAN_IN_ONE = Mistake(
    "mean-in-one-gradient",
    "One gradient has the 1/N, the other lacks it",
    "Divide the gradient in the logits once; then neither needs it again.",
    LAYER,
)
N_TWICE = Mistake("mean-twice", "1/N is taken twice", "The mean is taken once.", LAYER)
BIAS_FIXED = Mistake(
    "bias-not-updated", "The bias stays what it was", "The bias learns as well.", TRAINING
)
WEIGHTS_FIXED = Mistake(
    "weights-not-updated", "The weights stay what they were", "W learns as well.", TRAINING
)
GRADIENTS_RETURNED = Mistake(
    "gradients-returned",
    "The change is returned, not what it leads to",
    "Return W and b after the step: W - rate * gradient.",
    STEP,
)
RATE_IGNORED = Mistake(
    "rate-ignored",
    "The learning rate has no effect",
    "The step is the rate times the gradient.",
    STEP,
)
BIAS_UNUSED = Mistake(
    "bias-unused", "The logits are computed without the bias", "Z = X W + b.", LAYER
)
ONE_AFTER_THE_OTHER = Mistake(
    "one-after-the-other",
    "The second gradient is taken after the first step",
    "Both belong to the same place: compute both, then move both.",
    TRAINING,
)

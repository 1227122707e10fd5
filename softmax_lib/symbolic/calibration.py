"""Equations of calibration: the loss along a temperature, and what a Brier score is made of."""

from sympy import Idx, IndexedBase, Integer, Symbol, evaluate, exp, log

from softmax_lib.symbolic._engine.expressions import Partial, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Step, Theorem
from softmax_lib.symbolic.cross_entropy import L, k, y
from softmax_lib.symbolic.definition import S, c, i, p, z
from softmax_lib.symbolic.derivative import MEAN_LOGIT, MEAN_Z

beta = Symbol("beta", positive=True)
# Groups of predictions: the share of each among all, its confidence, its accuracy.
B = Symbol("B", integer=True, positive=True)
b = Idx("b", (1, B))
w = IndexedBase("w", positive=True)
q, a = IndexedBase("q", real=True), IndexedBase("a", real=True)
ACCURACY = Symbol(r"\bar a", real=True)
BRIER, RELIABILITY, RESOLUTION, UNCERTAINTY = (
    Symbol(rf"\mathrm{{{name}}}", real=True) for name in ("BS", "REL", "RES", "UNC")
)
EXPECTED_BRIER, BRIER_OF_TRUTH = (
    Symbol(rf"\mathrm{{BS}}(y, {prediction})", real=True) for prediction in "py"
)

SYMBOLS = (beta, B, b, w[b], q[b], a[b], ACCURACY, BRIER, RELIABILITY, RESOLUTION, UNCERTAINTY)
SYMBOLS += (EXPECTED_BRIER, BRIER_OF_TRUTH)

with evaluate(False):
    total = sum_over(exp(beta * z[c]), c)
    SOFTMAX_AT_BETA = (p[i], exp(beta * z[i]) / total)
    TOTAL = (S, total)
    LOSS_AT_BETA = (L, log(total) - beta * z[k])
    mean_logit = sum_over(p[c] * z[c], c)
    variance = sum_over(p[c] * (z[c] - MEAN_LOGIT) ** 2, c)

    def expected_squares(prediction):
        """The squared error over labels that have the distribution y."""
        return sum_over(y[k] * sum_over((prediction[i] - delta(i, k)) ** 2, i), k)

    own_squares = sum_over(y[i] ** 2, i)
    distance = sum_over((p[i] - y[i]) ** 2, i)

    by_outcome = sum_over(w[b] * (a[b] * (1 - q[b]) ** 2 + (1 - a[b]) * q[b] ** 2), b)
    mean_accuracy = sum_over(w[b] * a[b], b)
    reliability = sum_over(w[b] * (q[b] - a[b]) ** 2, b)
    resolution = sum_over(w[b] * (a[b] - ACCURACY) ** 2, b)
    uncertainty = ACCURACY * (1 - ACCURACY)
    squares = sum_over(w[b] * a[b] ** 2, b)

    ENTRIES = (
        Theorem(
            "calibration-proper",
            r"\mathrm{BS}(y, p) - \mathrm{BS}(y, y) = \sum_{i=1}^{C} (p_i - y_i)^2 \ge 0",
            Claim(EXPECTED_BRIER - BRIER_OF_TRUTH, "=", distance, r"\ge", Integer(0)),
            Chain(
                Step(expected_squares(p) - expected_squares(y), "definition"),
                Step(
                    sum_over(p[i] ** 2 - 2 * p[i] * y[i], i)
                    + 1
                    - (sum_over(y[i] ** 2 - 2 * y[i] * y[i], i) + 1),
                    "multiply out; the target sums to one",
                ),
                Step(
                    sum_over(p[i] ** 2 - 2 * p[i] * y[i], i) + own_squares,
                    "subtract",
                ),
                Step(distance, "a square in every term"),
                sign=r"\ge 0",
            ),
            using=(
                (EXPECTED_BRIER, expected_squares(p)),
                (BRIER_OF_TRUTH, expected_squares(y)),
            ),
            sums_to_one=(y[c],),
        ),
        Theorem(
            "calibration-brier",
            r"\mathrm{BS} = \mathrm{REL} - \mathrm{RES} + \mathrm{UNC}",
            Claim(BRIER, "=", RELIABILITY - RESOLUTION + UNCERTAINTY),
            Chain(
                Step(by_outcome, "each group: right or wrong"),
                Step(
                    sum_over(w[b] * ((q[b] - a[b]) ** 2 + a[b] * (1 - a[b])), b),
                    "add and subtract $a_b^2$",
                ),
                Step(reliability + (mean_accuracy - squares), "two sums"),
                Step(
                    reliability - (squares - ACCURACY**2) + (ACCURACY - ACCURACY**2),
                    r"$\bar a = \sum_b w_b a_b$",
                ),
                Step(reliability - resolution + uncertainty, "the shares sum to one"),
                Step(RELIABILITY - RESOLUTION + UNCERTAINTY, "definitions"),
            ),
            using=(
                (BRIER, by_outcome),
                (RELIABILITY, reliability),
                (RESOLUTION, resolution),
                (UNCERTAINTY, uncertainty),
                (ACCURACY, mean_accuracy),
            ),
            sums_to_one=(w[b],),
            classes=(),
            scope="every number B of groups",
        ),
        Theorem(
            "calibration-slope",
            r"\frac{\partial L}{\partial \beta} = \bar z - z_k",
            Claim(Partial(L, beta), "=", MEAN_LOGIT - z[k]),
            Chain(
                Step(Partial(log(S) - beta * z[k], beta), "definition of $L$"),
                Step(1 / S * Partial(S, beta) - z[k], "chain rule"),
                Step(
                    1 / S * sum_over(z[c] * exp(beta * z[c]), c) - z[k],
                    r"$(e^{\beta x})' = x e^{\beta x}$",
                ),
                Step(mean_logit - z[k], "definition of $p_c$"),
                Step(MEAN_LOGIT - z[k], r"definition of $\bar z$"),
                let=(TOTAL,),
            ),
            using=(SOFTMAX_AT_BETA, LOSS_AT_BETA, MEAN_Z),
        ),
        Theorem(
            "calibration-curvature",
            r"\frac{\partial \bar z}{\partial \beta} = "
            r"\sum_{c=1}^{C} p_c (z_c - \bar z)^2 \ge 0",
            Claim(Partial(MEAN_LOGIT, beta), "=", variance, r"\ge", Integer(0)),
            Chain(
                Step(sum_over(Partial(p[c], beta) * z[c], c), r"definition of $\bar z$"),
                Step(
                    sum_over(sum_over(p[c] * (delta(c, i) - p[i]) * z[i], i) * z[c], c),
                    r"the Jacobian times $z$: chain rule through $\beta z$",
                ),
                Step(sum_over(p[c] * (z[c] - MEAN_LOGIT) * z[c], c), r"one term has $i = c$"),
                Step(variance, r"$\sum_c p_c (z_c - \bar z) = 0$"),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX_AT_BETA, MEAN_Z),
        ),
    )

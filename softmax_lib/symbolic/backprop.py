"""Equations of backpropagation: the gradient in the logits, and of a batch in a linear layer."""

from sympy import Abs, Idx, IndexedBase, Integer, Symbol, evaluate, exp, log

from softmax_lib.backprop import linear_backward, softmax_cross_entropy_grad
from softmax_lib.regression import SoftmaxRegression
from softmax_lib.symbolic._engine.expressions import Partial, SumExcept, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.cross_entropy import ONE_HOT, L, k, y
from softmax_lib.symbolic.definition import SOFTMAX, SOFTMAX_AT_T, T, c, i, j, p, softmax_formula, z
from softmax_lib.symbolic.derivative import HALF, JACOBIAN, J, v
from softmax_lib.symbolic.derivative import form as along_v
from softmax_lib.symbolic.derivative import pairs as in_pairs

# Examples and features.
N, D = (Symbol(name, integer=True, positive=True) for name in "ND")
n, d = Idx("n", (1, N)), Idx("d", (1, D))
X, W, b, Z = (IndexedBase(name, real=True) for name in "XWbZ")
P, Y = (IndexedBase(name, positive=True) for name in "PY")
L_MEAN = Symbol(r"\bar L", real=True)

SYMBOLS = (N, D, n, d, X[n, d], W[d, c], b[c], Z[n, c], P[n, c], Y[n, c], L_MEAN)


def logits_of_layer(X, W, b):
    """The logits of a regression whose weights are W and b."""
    model = SoftmaxRegression()
    model.coef_, model.intercept_, model.n_features_in_ = W.T, b, X.shape[1]
    return model.decision_function(X)


def layer_gradient(which, *indices):
    """The code of one of the layer's three gradients, under a batch mean."""

    def gradient(X, W, b, Y):
        grad_logits = softmax_cross_entropy_grad(X @ W + b, Y) / len(X)
        return linear_backward(X, W, grad_logits)["XWb".index(which)]

    name = f"linear_backward (result {which})"
    return Code(gradient, (X[n, d], W[d, c], b[c], Y[n, c]), indices, name=name)


with evaluate(False):
    LOSS = (L, -sum_over(y[c] * log(p[c]), c))
    LAYER = (Z[n, c], sum_over(X[n, d] * W[d, c], d) + b[c])
    BATCH = (
        (L_MEAN, 1 / N * sum_over(-sum_over(Y[n, c] * log(P[n, c]), c), n)),
        (P[n, c], softmax_formula(lambda at: Z[n, at], c)),
        LAYER,
    )
    residual = p[i] - y[i]
    errors = P[n, c] - Y[n, c]
    push = SumExcept(p[i], i, k)
    upstream = Partial(L_MEAN, Z[n, j])
    own_squares = sum_over(p[i] * (1 - p[i]) * v[i] ** 2, i)
    half_of_squares = HALF * sum_over(v[c] ** 2, c)
    sums_in_pairs = HALF * sum_over(SumExcept(p[i] * p[j] * (v[i] + v[j]) ** 2, j, i), i)
    by_definition = Step(-sum_over(y[c] * Partial(log(p[c]), z[i]), c), "definition of $L$")
    through_log = (
        by_definition,
        Step(-sum_over(y[c] * (delta(c, i) - p[i]), c), r"the derivative of $\log p_c$"),
    )

    ENTRIES = (
        Theorem(
            "gradient",
            r"\frac{\partial L}{\partial z_i} = p_i - y_i",
            Claim(Partial(L, z[i]), "=", residual),
            Chain(
                "Directly, through the logarithm",
                *through_log,
                Step(-y[i] + p[i] * sum_over(y[c], c), "one term has $c = i$"),
                Step(residual, "the target sums to one"),
            ),
            Chain(
                "Through the Jacobian",
                Step(sum_over(Partial(L, p[j]) * J[j, i], j), "chain rule"),
                Step(
                    sum_over(-(y[j] / p[j]) * (p[j] * (delta(j, i) - p[i])), j),
                    "the gradient in $p_j$; the Jacobian",
                ),
                Step(-sum_over(y[j] * (delta(j, i) - p[i]), j), "$p_j$ cancels"),
                Step(-y[i] + p[i] * sum_over(y[j], j), "one term has $j = i$"),
                Step(residual, "the target sums to one"),
            ),
            using=(SOFTMAX, LOSS, JACOBIAN),
            sums_to_one=(y[c],),
            code=Code(softmax_cross_entropy_grad, (z[i], y[i]), (i,)),
        ),
        Theorem(
            "gradient-general",
            r"\frac{\partial L}{\partial z_i} = p_i \sum_{c=1}^{C} y_c - y_i",
            Claim(Partial(L, z[i]), "=", p[i] * sum_over(y[c], c) - y[i]),
            Chain(*through_log, Step(p[i] * sum_over(y[c], c) - y[i], "one term has $c = i$")),
            using=(SOFTMAX, LOSS),
        ),
        Theorem(
            "gradient-sum",
            r"\sum_{i=1}^{C} (p_i - y_i) = 0",
            Claim(sum_over(residual, i), "=", Integer(0)),
            Chain(
                Step(sum_over(p[i], i) - sum_over(y[i], i), "two sums"),
                Step(Integer(1) - Integer(1), "both sum to one"),
                Step(Integer(0)),
            ),
            using=(SOFTMAX,),
            sums_to_one=(y[c],),
        ),
        Theorem(
            "gradient-one-norm",
            r"\sum_{i=1}^{C} |p_i - y_i| = 2 (1 - p_k)",
            Claim(sum_over(Abs(residual), i), "=", 2 * (1 - p[k])),
            Chain(
                Step(Abs(p[k] - 1) + SumExcept(Abs(p[i]), i, k), "one-hot target"),
                Step((1 - p[k]) + push, "$0 < p_i < 1$"),
                Step((1 - p[k]) + (1 - p[k]), "all sum to one"),
                Step(2 * (1 - p[k]), "pull and push weigh the same"),
                let=(ONE_HOT,),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "gradient-two-norm",
            r"\sum_{i=1}^{C} (p_i - y_i)^2 \le 2 (1 - p_k)^2",
            Claim(sum_over(residual**2, i), r"\le", 2 * (1 - p[k]) ** 2),
            Chain(
                Step(2 * (1 - p[k]) ** 2 - sum_over(residual**2, i)),
                Step(
                    2 * (1 - p[k]) ** 2 - ((1 - p[k]) ** 2 + SumExcept(p[i] ** 2, i, k)),
                    "one-hot target",
                ),
                Step((1 - p[k]) ** 2 - SumExcept(p[i] ** 2, i, k), "subtract"),
                Step(push**2 - SumExcept(p[i] ** 2, i, k), "all sum to one"),
                Step(SumExcept(SumExcept(p[i] * p[j], j, k, i), i, k), "the squares cancel"),
                let=(ONE_HOT,),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "gradient-temperature",
            r"\frac{\partial L}{\partial z_i} = \frac{1}{T} (p_i - y_i)",
            Claim(Partial(L, z[i]), "=", 1 / T * residual),
            Chain(
                by_definition,
                Step(
                    -sum_over(y[c] * (1 / T * (delta(c, i) - p[i])), c), r"inner derivative $1 / T$"
                ),
                Step(1 / T * (-y[i] + p[i] * sum_over(y[c], c)), "one term has $c = i$"),
                Step(1 / T * residual, "the target sums to one"),
                let=((p[i], exp(z[i] / T) / sum_over(exp(z[c] / T), c)),),
            ),
            using=(SOFTMAX_AT_T, LOSS),
            sums_to_one=(y[c],),
        ),
        Definition(
            "linear-layer",
            r"Z = X W + b",
            Claim(Z[n, c], "=", sum_over(X[n, d] * W[d, c], d) + b[c]),
            code=Code(
                logits_of_layer,
                (X[n, d], W[d, c], b[c]),
                (n, c),
                name="SoftmaxRegression.decision_function",
            ),
        ),
        Theorem(
            "weight-gradient",
            r"\frac{\partial \bar L}{\partial W} = \frac{1}{N} X^{\top} (P - Y)",
            Claim(Partial(L_MEAN, W[d, c]), "=", 1 / N * sum_over(X[n, d] * errors, n)),
            Chain(
                Step(
                    sum_over(sum_over(upstream * Partial(Z[n, j], W[d, c]), j), n),
                    r"chain rule: $W$ acts through $Z$",
                ),
                Step(
                    sum_over(
                        sum_over(1 / N * (P[n, j] - Y[n, j]) * (X[n, d] * delta(j, c)), j), n, N
                    ),
                    r"$\bar L$ is a mean; $Z_{nj}$ holds $X_{nd} W_{dj}$",
                ),
                Step(1 / N * sum_over(X[n, d] * errors, n), "one term has $j = c$"),
            ),
            using=BATCH,
            scope="every N, D and C",
            sums_to_one=(Y[n, c],),
            code=layer_gradient("W", d, c),
        ),
        Theorem(
            "bias-gradient",
            r"\frac{\partial \bar L}{\partial b_c} = "
            r"\frac{1}{N} \sum_{n=1}^{N} (P_{nc} - Y_{nc})",
            Claim(Partial(L_MEAN, b[c]), "=", 1 / N * sum_over(errors, n)),
            Chain(
                Step(
                    sum_over(sum_over(upstream * Partial(Z[n, j], b[c]), j), n),
                    r"chain rule: $b$ acts through $Z$",
                ),
                Step(
                    sum_over(sum_over(1 / N * (P[n, j] - Y[n, j]) * delta(j, c), j), n),
                    r"$\bar L$ is a mean; $Z_{nj}$ holds $b_j$",
                ),
                Step(1 / N * sum_over(errors, n), "one term has $j = c$"),
            ),
            using=BATCH,
            scope="every N, D and C",
            sums_to_one=(Y[n, c],),
            code=layer_gradient("b", c),
        ),
        Theorem(
            "input-gradient",
            r"\frac{\partial \bar L}{\partial X} = \frac{1}{N} (P - Y) W^{\top}",
            Claim(Partial(L_MEAN, X[n, d]), "=", 1 / N * sum_over(errors * W[d, c], c)),
            Chain(
                Step(
                    sum_over(Partial(L_MEAN, Z[n, c]) * Partial(Z[n, c], X[n, d]), c),
                    "chain rule: $X_{nd}$ acts on row $n$ of $Z$",
                ),
                Step(
                    sum_over(1 / N * errors * W[d, c], c),
                    r"$\bar L$ is a mean; $Z_{nc}$ holds $X_{nd} W_{dc}$",
                ),
                Step(1 / N * sum_over(errors * W[d, c], c), "take out $1 / N$"),
            ),
            using=BATCH,
            scope="every N, D and C",
            sums_to_one=(Y[n, c],),
            code=layer_gradient("X", n, d),
        ),
        Theorem(
            "half-curvature",
            r"v^{\top} J v \le \frac{1}{2} \sum_{c=1}^{C} v_c^2",
            Claim(along_v, r"\le", half_of_squares),
            Chain(
                Step(half_of_squares - along_v),
                Step(half_of_squares - in_pairs, "the form in pairs"),
                Step(
                    half_of_squares
                    - 2 * sum_over(p[i] * (1 - p[i]) * v[i] ** 2, i)
                    + sums_in_pairs,
                    "$(v_i - v_j)^2 = 2 v_i^2 + 2 v_j^2 - (v_i + v_j)^2$",
                ),
                Step(
                    2 * sum_over((p[i] - HALF) ** 2 * v[i] ** 2, i) + sums_in_pairs,
                    r"$p_i (1 - p_i) = \frac{1}{4} - (p_i - \frac{1}{2})^2$",
                ),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX, JACOBIAN),
        ),
    )

"""Chapter 5: the gradient of the loss in the logits, and of a batch in a linear layer."""

from sympy import Abs, Integer, Symbol, evaluate, exp, log

from ..backprop import linear_backward, softmax_cross_entropy_grad
from ..regression import SoftmaxRegression
from .cross_entropy import ONE_HOT
from .definition import SOFTMAX
from .derivative import JACOBIAN
from .ledger import Chain, Claim, Code, Definition, Step, Theorem
from .notation import (
    L_MEAN,
    C,
    D,
    J,
    L,
    N,
    Others,
    P,
    Partial,
    T,
    W,
    X,
    Y,
    Z,
    b,
    c,
    d,
    delta,
    i,
    j,
    k,
    n,
    p,
    softmax_of,
    total,
    y,
    z,
)


def logits_of_layer(X, W, b):
    """The logits of a regression whose weights are W and b."""
    model = SoftmaxRegression()
    model.coef_, model.intercept_, model.n_features_in_ = W.T, b, X.shape[1]
    return model.decision_function(X)


def layer_gradient(which):
    """A function that gives one of the layer's three gradients under a batch mean."""

    def gradient(X, W, b, Y):
        grad_logits = softmax_cross_entropy_grad(X @ W + b, Y) / len(X)
        return linear_backward(X, W, grad_logits)[which]

    return gradient


with evaluate(False):
    own, other, row = (Symbol(name, integer=True) for name in ("l", "s", "h"))
    LOSS = (L, -total(y[own] * log(p[own]), own))
    SOFTMAX_T = (p[i], softmax_of(lambda at: z[at] / T, i))
    LAYER = (Z[n, c], total(X[n, own] * W[own, c], own, D) + b[c])
    BATCH = (
        (L_MEAN, 1 / N * total(-total(Y[row, own] * log(P[row, own]), own), row, N)),
        (P[n, c], softmax_of(lambda at: Z[n, at], c)),
        LAYER,
    )
    residual = p[i] - y[i]
    errors = P[n, c] - Y[n, c]
    push = Others(p[i], i, k)
    upstream = Partial(L_MEAN, Z[n, j])

    def shown_layer(*indices):
        return Code(
            f"linear_backward (result {'XWb'[indices[0]]})",
            layer_gradient(indices[0]),
            (X, W, b, Y),
            indices[1:],
        )

    ENTRIES = (
        Theorem(
            label="gradient",
            tex=r"\frac{\partial L}{\partial z_i} = p_i - y_i",
            claims=(Claim((Partial(L, z[i]), residual)),),
            using=(SOFTMAX, LOSS, JACOBIAN),
            sums_to_one=(y,),
            code=Code("softmax_cross_entropy_grad", softmax_cross_entropy_grad, (z, y), ((i, C),)),
            chains=(
                Chain(
                    title="Directly, through the logarithm",
                    steps=(
                        Step(Partial(L, z[i])),
                        Step(-total(y[c] * Partial(log(p[c]), z[i]), c), "definition of $L$"),
                        Step(
                            -total(y[c] * (delta(c, i) - p[i]), c),
                            r"the derivative of $\log p_c$",
                        ),
                        Step(-y[i] + p[i] * total(y[c], c), "one term has $c = i$"),
                        Step(residual, "the target sums to one"),
                    ),
                ),
                Chain(
                    title="Through the Jacobian",
                    steps=(
                        Step(Partial(L, z[i])),
                        Step(total(Partial(L, p[j]) * J[j, i], j), "chain rule"),
                        Step(
                            total(-(y[j] / p[j]) * (p[j] * (delta(j, i) - p[i])), j),
                            "the gradient in $p_j$; the Jacobian",
                        ),
                        Step(-total(y[j] * (delta(j, i) - p[i]), j), "$p_j$ cancels"),
                        Step(-y[i] + p[i] * total(y[j], j), "one term has $j = i$"),
                        Step(residual, "the target sums to one"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="gradient-general",
            tex=r"\frac{\partial L}{\partial z_i} = p_i \sum_{c=1}^{C} y_c - y_i",
            claims=(Claim((Partial(L, z[i]), p[i] * total(y[c], c) - y[i])),),
            using=(SOFTMAX, LOSS),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L, z[i])),
                        Step(-total(y[c] * Partial(log(p[c]), z[i]), c), "definition of $L$"),
                        Step(
                            -total(y[c] * (delta(c, i) - p[i]), c),
                            r"the derivative of $\log p_c$",
                        ),
                        Step(p[i] * total(y[c], c) - y[i], "one term has $c = i$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="gradient-sum",
            tex=r"\sum_{i=1}^{C} (p_i - y_i) = 0",
            claims=(Claim((total(residual, i), Integer(0))),),
            using=(SOFTMAX,),
            sums_to_one=(y,),
            chains=(
                Chain(
                    steps=(
                        Step(total(residual, i)),
                        Step(total(p[i], i) - total(y[i], i), "two sums"),
                        Step(Integer(1) - Integer(1), "both sum to one"),
                        Step(Integer(0)),
                    ),
                ),
            ),
        ),
        Theorem(
            label="gradient-one-norm",
            tex=r"\sum_{i=1}^{C} |p_i - y_i| = 2 (1 - p_k)",
            claims=(Claim((total(Abs(residual), i), 2 * (1 - p[k]))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(ONE_HOT,),
                    steps=(
                        Step(total(Abs(residual), i)),
                        Step(Abs(p[k] - 1) + Others(Abs(p[i]), i, k), "one-hot target"),
                        Step((1 - p[k]) + push, "$0 < p_i < 1$"),
                        Step((1 - p[k]) + (1 - p[k]), "all sum to one"),
                        Step(2 * (1 - p[k]), "pull and push weigh the same"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="gradient-two-norm",
            tex=r"\sum_{i=1}^{C} (p_i - y_i)^2 \le 2 (1 - p_k)^2",
            claims=(Claim((total(residual**2, i), 2 * (1 - p[k]) ** 2), (r"\le",)),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(ONE_HOT,),
                    steps=(
                        Step(2 * (1 - p[k]) ** 2 - total(residual**2, i)),
                        Step(
                            2 * (1 - p[k]) ** 2 - ((1 - p[k]) ** 2 + Others(p[i] ** 2, i, k)),
                            "one-hot target",
                        ),
                        Step((1 - p[k]) ** 2 - Others(p[i] ** 2, i, k), "subtract"),
                        Step(push**2 - Others(p[i] ** 2, i, k), "all sum to one"),
                        Step(
                            Others(Others(p[i] * p[j], j, k, i), i, k),
                            "the squares cancel",
                        ),
                    ),
                    sign=r"\ge 0",
                ),
            ),
        ),
        Theorem(
            label="gradient-temperature",
            tex=r"\frac{\partial L}{\partial z_i} = \frac{1}{T} (p_i - y_i)",
            claims=(Claim((Partial(L, z[i]), 1 / T * residual)),),
            using=(SOFTMAX_T, LOSS),
            sums_to_one=(y,),
            chains=(
                Chain(
                    let=((p[i], exp(z[i] / T) / total(exp(z[c] / T), c)),),
                    steps=(
                        Step(Partial(L, z[i])),
                        Step(-total(y[c] * Partial(log(p[c]), z[i]), c), "definition of $L$"),
                        Step(
                            -total(y[c] * (1 / T * (delta(c, i) - p[i])), c),
                            r"inner derivative $1 / T$",
                        ),
                        Step(1 / T * (-y[i] + p[i] * total(y[c], c)), "one term has $c = i$"),
                        Step(1 / T * residual, "the target sums to one"),
                    ),
                ),
            ),
        ),
        Definition(
            label="linear-layer",
            tex=r"Z = X W + b",
            claims=(Claim((Z[n, c], total(X[n, d] * W[d, c], d, D) + b[c])),),
            code=Code(
                "SoftmaxRegression.decision_function", logits_of_layer, (X, W, b), ((n, N), (c, C))
            ),
        ),
        Theorem(
            label="weight-gradient",
            tex=r"\frac{\partial \bar L}{\partial W} = \frac{1}{N} X^{\top} (P - Y)",
            claims=(Claim((Partial(L_MEAN, W[d, c]), 1 / N * total(X[n, d] * errors, n, N))),),
            using=BATCH,
            sums_to_one=(Y,),
            code=shown_layer(1, (d, D), (c, C)),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L_MEAN, W[d, c])),
                        Step(
                            total(total(upstream * Partial(Z[n, j], W[d, c]), j), n, N),
                            r"chain rule: $W$ acts through $Z$",
                        ),
                        Step(
                            total(
                                total(1 / N * (P[n, j] - Y[n, j]) * (X[n, d] * delta(j, c)), j),
                                n,
                                N,
                            ),
                            r"$\bar L$ is a mean; $Z_{nj}$ holds $X_{nd} W_{dj}$",
                        ),
                        Step(1 / N * total(X[n, d] * errors, n, N), "one term has $j = c$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="bias-gradient",
            tex=r"\frac{\partial \bar L}{\partial b_c} = "
            r"\frac{1}{N} \sum_{n=1}^{N} (P_{nc} - Y_{nc})",
            claims=(Claim((Partial(L_MEAN, b[c]), 1 / N * total(errors, n, N))),),
            using=BATCH,
            sums_to_one=(Y,),
            code=shown_layer(2, (c, C)),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L_MEAN, b[c])),
                        Step(
                            total(total(upstream * Partial(Z[n, j], b[c]), j), n, N),
                            r"chain rule: $b$ acts through $Z$",
                        ),
                        Step(
                            total(total(1 / N * (P[n, j] - Y[n, j]) * delta(j, c), j), n, N),
                            r"$\bar L$ is a mean; $Z_{nj}$ holds $b_j$",
                        ),
                        Step(1 / N * total(errors, n, N), "one term has $j = c$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="input-gradient",
            tex=r"\frac{\partial \bar L}{\partial X} = \frac{1}{N} (P - Y) W^{\top}",
            claims=(Claim((Partial(L_MEAN, X[n, d]), 1 / N * total(errors * W[d, c], c))),),
            using=BATCH,
            sums_to_one=(Y,),
            code=shown_layer(0, (n, N), (d, D)),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L_MEAN, X[n, d])),
                        Step(
                            total(Partial(L_MEAN, Z[n, c]) * Partial(Z[n, c], X[n, d]), c),
                            "chain rule: $X_{nd}$ acts on row $n$ of $Z$",
                        ),
                        Step(
                            total(1 / N * errors * W[d, c], c),
                            r"$\bar L$ is a mean; $Z_{nc}$ holds $X_{nd} W_{dc}$",
                        ),
                        Step(1 / N * total(errors * W[d, c], c), "take out $1 / N$"),
                    ),
                ),
            ),
        ),
    )

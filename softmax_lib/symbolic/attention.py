"""Equations of attention, of drawing from a softmax, and of cutting its tail off."""

from sympy import Idx, IndexedBase, Integer, Symbol, evaluate, exp, log, sqrt

from softmax_lib.attention import _scores, attention
from softmax_lib.backprop import linear_backward
from softmax_lib.derivative import softmax_vjp
from softmax_lib.symbolic._engine.expressions import Partial, SumOver, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.backprop import D, P, Z, d, n
from softmax_lib.symbolic.cross_entropy import L
from softmax_lib.symbolic.definition import (
    SOFTMAX,
    SUM,
    S,
    c,
    i,
    j,
    p,
    softmax_formula,
    x,
    z,
)

# The width of the values, and a second component of a query.
M = Symbol("M", integer=True, positive=True)
h, g = Idx("h", (1, M)), Idx("g", (1, D))
Q, K, V, U, G, R, F, answer = (IndexedBase(name, real=True) for name in "QKVUGRFO")
A, B = (IndexedBase(name, real=True) for name in "AB")
r = Symbol("r", positive=True)
k = Symbol("k", integer=True, positive=True)  # how many classes are kept

SYMBOLS = (M, h, g, Q[n, d], K[c, d], V[c, h], answer[n, h], U[n, c], G[n, h], R[n, c])
SYMBOLS += (A[d, g], B[d, g], F[i], r, k)


def scores(Q, K):
    """The scores of the library, at its own scale."""
    return _scores(Q, K, Q.shape[1] ** -0.5)


def of_answers(which):
    """The code of the gradients of a product P V: a linear layer whose weights are the values."""
    return lambda *arrays: linear_backward(*arrays)[which]


def of_scores(which):
    """The code of the gradients of the scores: a linear layer whose weights are the scaled keys."""

    def gradient(Q, K, R):
        scale = Q.shape[1] ** -0.5
        grad_Q, grad_weights, _ = linear_backward(Q, K.T * scale, R)
        return grad_Q if which == "Q" else grad_weights.T * scale

    return gradient


with evaluate(False):
    by_root = 1 / sqrt(D) * sum_over(Q[n, d] * K[c, d], d)
    SCORES = (Z[n, c], by_root)
    WEIGHTS = (P[n, c], softmax_formula(lambda at: Z[n, at], c))
    ANSWER = (answer[n, h], sum_over(P[n, c] * V[c, h], c))
    # One step back at a time: a loss whose gradient in the answers, the weights, the scores is
    # G, U, R.
    OF_ANSWERS = (L, sum_over(sum_over(G[n, h] * answer[n, h], h), n))
    OF_WEIGHTS = (L, sum_over(sum_over(U[n, c] * P[n, c], c), n))
    OF_SCORES = (L, sum_over(sum_over(R[n, c] * Z[n, c], c), n))
    mean = sum_over(P[n, j] * U[n, j], j)
    KEPT = (r, SumOver(p[i], (i, 1, k)))

    ENTRIES = (
        Definition(
            "attention-scores",
            r"Z_{nc} = \frac{1}{\sqrt{D}} \sum_{d=1}^{D} Q_{nd} K_{cd}",
            Claim(Z[n, c], "=", by_root),
            code=Code(scores, (Q[n, d], K[c, d]), (n, c), name="attention"),
        ),
        Definition(
            "attention-answer",
            r"O_{nh} = \sum_{c=1}^{C} P_{nc} V_{ch}",
            Claim(answer[n, h], "=", sum_over(P[n, c] * V[c, h], c)),
            using=(WEIGHTS, SCORES),
            code=Code(attention, (Q[n, d], K[c, d], V[c, h]), (n, h)),
        ),
        Theorem(
            "attention-variance",
            r"\sum_{d=1}^{D} \sum_{g=1}^{D} A_{dg} B_{dg} = D",
            Claim(sum_over(sum_over(A[d, g] * B[d, g], g), d), "=", D),
            Chain(
                Step(
                    sum_over(sum_over(delta(d, g) * delta(d, g), g), d),
                    "different components are independent, with mean 0 and variance 1",
                ),
                Step(sum_over(Integer(1), d), "one term has $g = d$"),
                Step(D, "$D$ terms"),
            ),
            using=((A[d, g], delta(d, g)), (B[d, g], delta(d, g))),
            classes=(),
            scope="every D",
        ),
        Theorem(
            "attention-value-gradient",
            r"\frac{\partial L}{\partial V} = P^{\top} G",
            Claim(Partial(L, V[c, h]), "=", sum_over(P[n, c] * G[n, h], n)),
            Chain(
                Step(
                    sum_over(G[n, h] * Partial(answer[n, h], V[c, h]), n),
                    "chain rule: $V_{ch}$ acts on column $h$ of $O$",
                ),
                Step(sum_over(P[n, c] * G[n, h], n), "$O_{nh}$ holds $P_{nc} V_{ch}$"),
            ),
            using=(OF_ANSWERS, ANSWER),
            scope="every N, C and M",
            code=Code(
                of_answers(1),
                (P[n, c], V[c, h], G[n, h]),
                (c, h),
                name="linear_backward (result W)",
            ),
        ),
        Theorem(
            "attention-weight-gradient",
            r"\frac{\partial L}{\partial P} = G V^{\top}",
            Claim(Partial(L, P[n, c]), "=", sum_over(G[n, h] * V[c, h], h)),
            Chain(
                Step(
                    sum_over(G[n, h] * Partial(answer[n, h], P[n, c]), h),
                    "chain rule: $P_{nc}$ acts on row $n$ of $O$",
                ),
                Step(sum_over(G[n, h] * V[c, h], h), "$O_{nh}$ holds $P_{nc} V_{ch}$"),
            ),
            using=(OF_ANSWERS, ANSWER),
            scope="every N, C and M",
            code=Code(
                of_answers(0),
                (P[n, c], V[c, h], G[n, h]),
                (n, c),
                name="linear_backward (result X)",
            ),
        ),
        Theorem(
            "attention-score-gradient",
            r"R_{nc} = P_{nc} \left(U_{nc} - \sum_{j=1}^{C} P_{nj} U_{nj}\right)",
            Claim(R[n, c], "=", P[n, c] * (U[n, c] - mean)),
            Chain(
                Step(Partial(L, Z[n, c]), r"$R$ is the gradient in $Z$"),
                Step(
                    sum_over(U[n, j] * Partial(P[n, j], Z[n, c]), j),
                    "chain rule: $Z_{nc}$ acts through row $n$ of $P$",
                ),
                Step(
                    sum_over(U[n, j] * (P[n, j] * (delta(j, c) - P[n, c])), j),
                    "the Jacobian of softmax",
                ),
                Step(P[n, c] * (U[n, c] - mean), "one term has $j = c$"),
            ),
            using=(OF_WEIGHTS, WEIGHTS, (R[n, c], Partial(L, Z[n, c]))),
            scope="every N and C",
            code=Code(softmax_vjp, (Z[n, c], U[n, c]), (n, c)),
        ),
        Theorem(
            "attention-query-gradient",
            r"\frac{\partial L}{\partial Q} = \frac{1}{\sqrt{D}} R K",
            Claim(Partial(L, Q[n, d]), "=", 1 / sqrt(D) * sum_over(R[n, c] * K[c, d], c)),
            Chain(
                Step(
                    sum_over(R[n, c] * Partial(Z[n, c], Q[n, d]), c),
                    "chain rule: $Q_{nd}$ acts on row $n$ of $Z$",
                ),
                Step(
                    sum_over(R[n, c] * (1 / sqrt(D) * K[c, d]), c),
                    r"$Z_{nc}$ holds $Q_{nd} K_{cd} / \sqrt{D}$",
                ),
                Step(1 / sqrt(D) * sum_over(R[n, c] * K[c, d], c), r"take out $1 / \sqrt{D}$"),
            ),
            using=(OF_SCORES, SCORES),
            scope="every N, D and C",
            code=Code(
                of_scores("Q"),
                (Q[n, d], K[c, d], R[n, c]),
                (n, d),
                name="linear_backward (result X)",
            ),
        ),
        Theorem(
            "attention-key-gradient",
            r"\frac{\partial L}{\partial K} = \frac{1}{\sqrt{D}} R^{\top} Q",
            Claim(Partial(L, K[c, d]), "=", 1 / sqrt(D) * sum_over(R[n, c] * Q[n, d], n)),
            Chain(
                Step(
                    sum_over(R[n, c] * Partial(Z[n, c], K[c, d]), n),
                    "chain rule: $K_{cd}$ acts on column $c$ of $Z$",
                ),
                Step(
                    sum_over(R[n, c] * (1 / sqrt(D) * Q[n, d]), n),
                    r"$Z_{nc}$ holds $Q_{nd} K_{cd} / \sqrt{D}$",
                ),
                Step(1 / sqrt(D) * sum_over(R[n, c] * Q[n, d], n), r"take out $1 / \sqrt{D}$"),
            ),
            using=(OF_SCORES, SCORES),
            scope="every N, D and C",
            code=Code(
                of_scores("K"),
                (Q[n, d], K[c, d], R[n, c]),
                (c, d),
                name="linear_backward (result W)",
            ),
        ),
        Theorem(
            "gumbel-slope",
            r"\frac{\partial F_i}{\partial x} = e^{z_i - x} e^{-S e^{-x}}",
            Claim(Partial(F[i], x), "=", exp(z[i] - x) * exp(-S * exp(-x))),
            Chain(
                Step(Partial(p[i] * exp(-S * exp(-x)), x), "definition of $F_i$"),
                Step(p[i] * (S * exp(-x)) * exp(-S * exp(-x)), "inner derivative $S e^{-x}$"),
                Step(exp(z[i]) * exp(-x) * exp(-S * exp(-x)), "$p_i S = e^{z_i}$"),
                Step(exp(z[i] - x) * exp(-S * exp(-x)), "one exponential"),
            ),
            using=(SOFTMAX, SUM, (F[i], p[i] * exp(-S * exp(-x)))),
        ),
        Theorem(
            "top-distance",
            r"\sum_{i=1}^{k} \left(\frac{p_i}{r} - p_i\right) = 1 - r",
            Claim(SumOver(p[i] / r - p[i], (i, 1, k)), "=", 1 - r),
            Chain(
                Step(SumOver(p[i], (i, 1, k)) / r - SumOver(p[i], (i, 1, k)), "two sums"),
                Step(r / r - r, "definition of $r$"),
                Step(1 - r),
                let=(KEPT,),
            ),
            using=(SOFTMAX, KEPT),
            sizes=(k,),
            scope="every C and every k",
        ),
        Theorem(
            "top-divergence",
            r"\sum_{i=1}^{k} \frac{p_i}{r} \log \frac{p_i / r}{p_i} = -\log r",
            Claim(SumOver(p[i] / r * log(p[i] / r / p[i]), (i, 1, k)), "=", -log(r)),
            Chain(
                Step(SumOver(p[i] / r * log(1 / r), (i, 1, k)), "$p_i$ cancels"),
                Step(log(1 / r) / r * SumOver(p[i], (i, 1, k)), "the same in every term"),
                Step(-log(r), "definition of $r$"),
            ),
            using=(SOFTMAX, KEPT),
            sizes=(k,),
            scope="every C and every k",
        ),
    )

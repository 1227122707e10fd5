"""Equations of the network: its activations, the way back, the start, and mini-batches."""

from sympy import Abs, Function, Idx, IndexedBase, Rational, Symbol, evaluate, log, tanh
from sympy.core.function import UndefinedFunction

from softmax_lib.network import relu
from softmax_lib.symbolic._engine.expressions import C, Partial, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.backprop import L_MEAN, D, N, P, X, Y, b, d, n
from softmax_lib.symbolic.cross_entropy import q, surplus
from softmax_lib.symbolic.definition import SOFTMAX, c, p, softmax_formula, z
from softmax_lib.symbolic.overflow import LOGSUMEXP, LSE

# Hidden units; batches, and the examples of one.
M, K, B = (Symbol(name, integer=True, positive=True) for name in "MKB")
m, k, i = Idx("m", (1, M)), Idx("k", (1, K)), Idx("i", (1, B))
g = Idx("g", (1, D))
U, u, A, H, W, Z = (IndexedBase(name, real=True) for name in "UuAHWZ")
x, G, S = (IndexedBase(name, real=True) for name in "xGS")
a, h = Symbol("a", real=True), Symbol("h", real=True)
sigma = Symbol("sigma", positive=True)
RELU = Symbol(r"\operatorname{relu}(a)", real=True)
MEAN_SQUARE = Symbol(r"\operatorname{E}[a^2]", real=True)

# Any activation that has a slope: what is proved holds for every one.
slope = Function("f'")
f = UndefinedFunction("f", __dict__={"fdiff": lambda self, argindex: slope(*self.args)})

SYMBOLS = (M, K, B, m, k, i, g, U[d, m], u[m], A[n, m], H[n, m], W[m, c], Z[n, c], x[d], G[k, i])
SYMBOLS += (f(a), slope(a), S[d, g], a, h, sigma, RELU, MEAN_SQUARE)


with evaluate(False):
    NETWORK = (
        (L_MEAN, 1 / N * sum_over(-sum_over(Y[n, c] * log(P[n, c]), c), n)),
        (P[n, c], softmax_formula(lambda at: Z[n, at], c)),
        (Z[n, c], sum_over(H[n, m] * W[m, c], m) + b[c]),
        (H[n, m], f(A[n, m])),
        (A[n, m], sum_over(X[n, d] * U[d, m], d) + u[m]),
    )
    errors = P[n, c] - Y[n, c]
    own_slope = slope(A[n, m])
    in_unit = Partial(L_MEAN, A[n, m])
    products = sum_over(sum_over(x[d] * x[g] * S[d, g], g), d)
    MOMENTS = (S[d, g], sigma**2 * delta(d, g))
    floor = log(C) + 1 / C * sum_over(z[c], c)
    all_of_them = sum_over(sum_over(G[k, i], i), k)
    batch_means = 1 / K * sum_over(1 / B * sum_over(G[k, i], i), k)

    ENTRIES = (
        Definition(
            "network-relu",
            r"\operatorname{relu}(a) = \frac{1}{2} (a + |a|)",
            Claim(RELU, "=", Rational(1, 2) * (a + Abs(a))),
            code=Code(relu, (a,)),
        ),
        Theorem(
            "network-tanh-slope",
            r"\frac{\partial h}{\partial a} = 1 - h^2",
            Claim(Partial(h, a), "=", 1 - h**2),
            Chain(
                Step(Partial(tanh(a), a), r"$h = \tanh a$"),
                Step(1 - tanh(a) ** 2, r"the derivative of $\tanh$"),
                Step(1 - h**2, r"$\tanh a = h$"),
            ),
            using=((h, tanh(a)),),
            classes=(),
            scope="every a",
        ),
        Theorem(
            "network-hidden-gradient",
            r"\frac{\partial \bar L}{\partial A_{nm}} = "
            r"f'(A_{nm}) \frac{1}{N} \sum_{c=1}^{C} (P_{nc} - Y_{nc}) W_{mc}",
            Claim(in_unit, "=", own_slope * (1 / N * sum_over(errors * W[m, c], c))),
            Chain(
                Step(
                    sum_over(Partial(L_MEAN, Z[n, c]) * Partial(Z[n, c], A[n, m]), c),
                    "chain rule: a unit acts on all logits of its example",
                ),
                Step(
                    sum_over(1 / N * errors * (own_slope * W[m, c]), c),
                    r"$Z_{nc}$ holds $H_{nm} W_{mc}$, and $H_{nm} = f(A_{nm})$",
                ),
                Step(own_slope * (1 / N * sum_over(errors * W[m, c], c)), "take out"),
            ),
            using=NETWORK[:-1],
            scope="every N, M and C",
            sums_to_one=(Y[n, c],),
        ),
        Theorem(
            "network-hidden-weights",
            r"\frac{\partial \bar L}{\partial U_{dm}} = "
            r"\sum_{n=1}^{N} X_{nd} \frac{\partial \bar L}{\partial A_{nm}}",
            Claim(Partial(L_MEAN, U[d, m]), "=", sum_over(X[n, d] * in_unit, n)),
            Chain(
                Step(
                    sum_over(in_unit * Partial(A[n, m], U[d, m]), n),
                    "chain rule: a weight acts on its unit, in every example",
                ),
                Step(sum_over(X[n, d] * in_unit, n), r"$A_{nm}$ holds $X_{nd} U_{dm}$"),
            ),
            using=NETWORK,
            scope="every N, D, M and C",
            sums_to_one=(Y[n, c],),
        ),
        Theorem(
            "network-variance",
            r"\operatorname{E}[a^2] = \sigma^2 \sum_{d=1}^{D} x_d^2",
            Claim(MEAN_SQUARE, "=", sigma**2 * sum_over(x[d] ** 2, d)),
            Chain(
                Step(products, "the square of a sum, term by term"),
                Step(
                    sum_over(sum_over(x[d] * x[g] * (sigma**2 * delta(d, g)), g), d),
                    "independent weights with the mean 0",
                ),
                Step(sigma**2 * sum_over(x[d] ** 2, d), "one term has $g = d$"),
            ),
            using=((MEAN_SQUARE, products), MOMENTS),
            classes=(),
            scope="every D",
        ),
        Theorem(
            "network-start",
            r"\operatorname{LSE}(z) \ge \log C + \frac{1}{C} \sum_{c=1}^{C} z_c",
            Claim(LSE, r"\ge", floor),
            Chain(
                Step(LSE - floor),
                Step(
                    -(1 / C * sum_over(log(q[c]), c)), r"$\log p_c = z_c - \operatorname{LSE}(z)$"
                ),
                Step(
                    1 / C * sum_over(q[c] - 1 - log(q[c]), c),
                    r"the $q_c$ sum to $C$; $x - 1 - \log x \ge 0$",
                ),
                let=((q[c], C * p[c]),),
                sign=r"\ge 0",
                because={q[c] - 1 - log(q[c]): surplus[c]},
            ),
            using=(SOFTMAX, LOGSUMEXP),
        ),
        Theorem(
            "network-batches",
            r"\frac{1}{K} \sum_{k=1}^{K} \left(\frac{1}{B} \sum_{i=1}^{B} G_{ki}\right) = "
            r"\frac{1}{K B} \sum_{k=1}^{K} \sum_{i=1}^{B} G_{ki}",
            Claim(batch_means, "=", 1 / (K * B) * all_of_them),
            Chain(
                Step(batch_means),
                Step(1 / K * (1 / B * all_of_them), "$1 / B$ is the same in every batch"),
                Step(1 / (K * B) * all_of_them, r"all batches together hold $K B$ examples"),
            ),
            classes=(),
            scope="every K and B",
        ),
    )

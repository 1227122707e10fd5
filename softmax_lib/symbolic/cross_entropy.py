"""Equations of cross-entropy: from likelihood to the loss, and what happens to its gradient."""

from sympy import E, Idx, IndexedBase, Integer, Subs, Symbol, evaluate, exp, log, symbols

from softmax_lib.cross_entropy import (
    entropy,
    kl_divergence,
    nll_loss,
    smooth_labels,
    softmax_cross_entropy,
)
from softmax_lib.overflow import log_softmax
from softmax_lib.symbolic._engine.expressions import C, Partial, SumExcept, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.definition import SOFTMAX, c, i, logit_total, p, z

k = Idx("k", (1, C))
# Targets are taken as positive where logarithms of them appear: 0 log 0 is 0, so that entries
# of 0 may be left out of such sums.
y = IndexedBase("y", positive=True)
SMOOTHED = IndexedBase(r"\tilde y", positive=True)
L = Symbol("L", real=True)
CROSS_ENTROPY, ENTROPY, KL = (
    Symbol(name, real=True) for name in ("H(y, p)", "H(y)", r"\operatorname{KL}(y \| p)")
)
alpha = Symbol("alpha", nonnegative=True)
x, s = symbols("x s", positive=True)
q = IndexedBase("q", positive=True)
surplus = IndexedBase("f", nonnegative=True)
above = IndexedBase("x", nonnegative=True)

SYMBOLS = (k, y[i], SMOOTHED[i], L, CROSS_ENTROPY, ENTROPY, KL, alpha)


def nll_of_every_label(logits):
    """The loss for each label in turn."""
    return [nll_loss(log_softmax(logits), label) for label in range(len(logits))]


NO_ZERO = "every C and targets without a 0"

with evaluate(False):
    NLL = (L, -log(p[k]))
    ONE_HOT = (y[c], delta(c, k))
    RATIO = (q[c], p[c] / y[c])
    cross = -sum_over(y[c] * log(p[c]), c)
    divergence = sum_over(y[c] * log(y[c] / p[c]), c)
    own_entropy = -sum_over(y[c] * log(y[c]), c)
    TWICE = (L, -log(exp(p[k]) / sum_over(exp(p[c]), c)))
    floor = log(E + C - 1) - 1
    f = x - 1 - log(x)
    above_one, below_one = 1 + s, 1 / (1 + s)

    ENTRIES = (
        Definition(
            "nll",
            r"L = -\log p_k",
            Claim(L, "=", -log(p[k])),
            using=(SOFTMAX,),
            code=Code(nll_of_every_label, (z[i],), (k,), name="nll_loss of log_softmax"),
        ),
        Theorem(
            "nll-logits",
            r"L = -\left(z_k - \log \sum_{c=1}^{C} e^{z_c}\right)",
            Claim(L, "=", -(z[k] - log(logit_total))),
            Chain(
                Step(-log(p[k]), "definition of $L$"),
                Step(-log(exp(z[k]) / logit_total), "definition of $p_k$"),
                Step(-(log(exp(z[k])) - log(logit_total)), "log of a quotient"),
                Step(-(z[k] - log(logit_total)), "log undoes exp"),
            ),
            using=(SOFTMAX, NLL),
        ),
        Definition(
            "cross-entropy",
            r"H(y, p) = -\sum_{c=1}^{C} y_c \log p_c",
            Claim(CROSS_ENTROPY, "=", cross),
            using=(SOFTMAX,),
            code=Code(softmax_cross_entropy, (z[i], y[i])),
        ),
        Theorem(
            "one-hot",
            r"-\sum_{c=1}^{C} y_c \log p_c = -\log p_k",
            Claim(cross, "=", -log(p[k])),
            Chain(
                Step(-sum_over(delta(c, k) * log(p[c]), c), "one-hot target"),
                Step(-log(p[k]), "one term has $c = k$"),
                let=(ONE_HOT,),
            ),
            using=(SOFTMAX,),
        ),
        Definition(
            "entropy",
            r"H(y) = -\sum_{c=1}^{C} y_c \log y_c",
            Claim(ENTROPY, "=", own_entropy),
            code=Code(entropy, (y[i],)),
        ),
        Definition(
            "kl",
            r"\operatorname{KL}(y \| p) = \sum_{c=1}^{C} y_c \log \frac{y_c}{p_c}",
            Claim(KL, "=", divergence),
            code=Code(kl_divergence, (y[i], p[i])),
        ),
        Theorem(
            "decomposition",
            r"H(y, p) = H(y) + \operatorname{KL}(y \| p)",
            Claim(CROSS_ENTROPY, "=", ENTROPY + KL),
            Chain(
                Step(cross, "definition"),
                Step(
                    -sum_over(y[c] * (log(y[c]) - log(y[c] / p[c])), c),
                    r"$\log p_c = \log y_c - \log \frac{y_c}{p_c}$",
                ),
                Step(own_entropy + divergence, "two sums"),
                Step(ENTROPY + KL, "definitions"),
            ),
            using=((CROSS_ENTROPY, cross), (ENTROPY, own_entropy), (KL, divergence)),
            scope=NO_ZERO,
        ),
        Theorem(
            "gibbs",
            r"\operatorname{KL}(y \| p) \ge 0",
            Claim(KL, r"\ge", Integer(0)),
            Chain(
                r"$f(x) = x - 1 - \log x$ is 0 at 1",
                Step(Subs(f, x, 1)),
                Step(Integer(0), r"$\log 1 = 0$"),
            ),
            Chain(
                "It rises after 1, at $x = 1 + s$ with $s > 0$",
                Step(Subs(Partial(f, x), x, above_one)),
                Step(1 - 1 / above_one, r"$(\log x)' = 1 / x$"),
                Step(s / (1 + s), "common denominator"),
                sign="> 0",
            ),
            Chain(
                "It falls before 1, at $x = 1 / (1 + s)$, so $f(x) \\ge 0$ everywhere",
                Step(Subs(Partial(f, x), x, below_one)),
                Step(1 - (1 + s), r"$(\log x)' = 1 / x$"),
                Step(-s, "subtract"),
                sign="< 0",
            ),
            Chain(
                "Put $f$ into the sum",
                Step(-sum_over(y[c] * log(q[c]), c), r"$\log \frac{y_c}{p_c} = -\log q_c$"),
                Step(
                    sum_over(p[c], c) - sum_over(y[c], c) - sum_over(y[c] * log(q[c]), c),
                    "both sum to one",
                ),
                Step(
                    sum_over(y[c] * (q[c] - 1 - log(q[c])), c), r"$p_c = y_c q_c$; $f(q_c) \ge 0$"
                ),
                let=(RATIO,),
                sign=r"\ge 0",
                because={q[c] - 1 - log(q[c]): surplus[c]},
            ),
            using=((KL, divergence),),
            sums_to_one=(p[c], y[c]),
            scope=NO_ZERO,
        ),
        Theorem(
            "gradient-p",
            r"\frac{\partial L}{\partial p_k} = -\frac{1}{p_k}",
            Claim(Partial(L, p[k]), "=", -(1 / p[k])),
            Chain(
                Step(Partial(-log(p[k]), p[k]), "definition of $L$"),
                Step(-(1 / p[k]), r"$(\log x)' = 1 / x$"),
            ),
            using=(NLL,),
            classes=(),
            scope="every probability above 0",
        ),
        Theorem(
            "cancellation",
            r"\frac{\partial L}{\partial z_k} = -\frac{1}{p_k} \cdot p_k (1 - p_k) = p_k - 1",
            Claim(Partial(L, z[k]), "=", -(1 / p[k] * (p[k] * (1 - p[k]))), "=", p[k] - 1),
            Chain(
                Step(Partial(L, p[k]) * Partial(p[k], z[k]), "chain rule"),
                Step(
                    -(1 / p[k] * (p[k] * (1 - p[k]))),
                    "the gradient in $p_k$; the derivative of $p_k$",
                ),
                Step(-(1 - p[k]), "$p_k$ cancels"),
                Step(p[k] - 1, r"between $-1$ and 0"),
            ),
            using=(SOFTMAX, NLL),
        ),
        Definition(
            "smoothing",
            r"\tilde y_i = (1 - \alpha) y_i + \frac{\alpha}{C}",
            Claim(SMOOTHED[i], "=", (1 - alpha) * y[i] + alpha / C),
            code=Code(smooth_labels, (y[i], alpha), (i,)),
        ),
        Theorem(
            "second-softmax",
            r"L \ge \log(e + C - 1) - 1",
            Claim(L, r"\ge", floor),
            Chain(
                "Probabilities taken for logits",
                Step(L - floor),
                Step(log(sum_over(exp(p[c] - p[k]), c)) - log((E + C - 1) / E), r"$1 = \log e$"),
                Step(
                    log(E * (1 + SumExcept(exp(p[c] - p[k]), c, k)) / (E + C - 1)),
                    "the term of $k$ is 1",
                ),
                Step(
                    log(1 + SumExcept(exp(1 + p[c] - p[k]) - 1, c, k) / (E + C - 1)),
                    r"$p_c \ge 0$, $p_k \le 1$",
                ),
                let=(TWICE,),
                sign=r"\ge 0",
                # 1 + p_c - p_k >= 0, so that its exponential is 1 + x_c with x_c >= 0.
                because={exp(1 + p[c] - p[k]): 1 + above[c]},
            ),
            using=(TWICE,),
        ),
    )

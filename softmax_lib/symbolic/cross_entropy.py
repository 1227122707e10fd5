"""Chapter 4: from likelihood to cross-entropy, and what happens to its gradient."""

from sympy import E, IndexedBase, Integer, Symbol, evaluate, exp, log

from ..cross_entropy import entropy, kl_divergence, nll_loss, smooth_labels, softmax_cross_entropy
from ..overflow import log_softmax
from .definition import SOFTMAX
from .ledger import Chain, Claim, Code, Definition, Step, Theorem
from .notation import (
    CROSS_ENTROPY,
    ENTROPY,
    KL,
    At,
    C,
    L,
    Others,
    Partial,
    alpha,
    c,
    delta,
    i,
    k,
    p,
    total,
    y,
    z,
)

x, s = (Symbol(name, positive=True) for name in "xs")
q = IndexedBase("q", positive=True)
surplus = IndexedBase("f", nonnegative=True)
above = IndexedBase("x", nonnegative=True)
SMOOTHED = IndexedBase(r"\tilde y", positive=True)


def nll_of_every_label(logits):
    """The loss for each label in turn."""
    return [nll_loss(log_softmax(logits), label) for label in range(len(logits))]


with evaluate(False):
    NLL = (L, -log(p[k]))
    ONE_HOT = (y[c], delta(c, k))
    RATIO = (q[c], p[c] / y[c])
    logit_total = total(exp(z[c]), c)
    cross = -total(y[c] * log(p[c]), c)
    divergence = total(y[c] * log(y[c] / p[c]), c)
    own_entropy = -total(y[c] * log(y[c]), c)
    TWICE = (L, -log(exp(p[k]) / total(exp(p[c]), c)))
    floor = log(E + C - 1) - 1
    f = x - 1 - log(x)
    above_one, below_one = 1 + s, 1 / (1 + s)

    ENTRIES = (
        Definition(
            label="nll",
            tex=r"L = -\log p_k",
            claims=(Claim((L, -log(p[k]))),),
            using=(SOFTMAX,),
            code=Code("nll_loss of log_softmax", nll_of_every_label, (z,), ((k, C),)),
        ),
        Theorem(
            label="nll-logits",
            tex=r"L = -\left(z_k - \log \sum_{c=1}^{C} e^{z_c}\right)",
            claims=(Claim((L, -(z[k] - log(logit_total)))),),
            using=(SOFTMAX, NLL),
            chains=(
                Chain(
                    steps=(
                        Step(L),
                        Step(-log(p[k]), "definition of $L$"),
                        Step(-log(exp(z[k]) / logit_total), "definition of $p_k$"),
                        Step(-(log(exp(z[k])) - log(logit_total)), "log of a quotient"),
                        Step(-(z[k] - log(logit_total)), "log undoes exp"),
                    ),
                ),
            ),
        ),
        Definition(
            label="cross-entropy",
            tex=r"H(y, p) = -\sum_{c=1}^{C} y_c \log p_c",
            claims=(Claim((CROSS_ENTROPY, cross)),),
            using=(SOFTMAX,),
            code=Code("softmax_cross_entropy", softmax_cross_entropy, (z, y)),
        ),
        Theorem(
            label="one-hot",
            tex=r"-\sum_{c=1}^{C} y_c \log p_c = -\log p_k",
            claims=(Claim((cross, -log(p[k]))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(ONE_HOT,),
                    steps=(
                        Step(cross),
                        Step(-total(delta(c, k) * log(p[c]), c), "one-hot target"),
                        Step(-log(p[k]), "one term has $c = k$"),
                    ),
                ),
            ),
        ),
        Definition(
            label="entropy",
            tex=r"H(y) = -\sum_{c=1}^{C} y_c \log y_c",
            claims=(Claim((ENTROPY, own_entropy)),),
            code=Code("entropy", entropy, (y,)),
        ),
        Definition(
            label="kl",
            tex=r"\operatorname{KL}(y \| p) = \sum_{c=1}^{C} y_c \log \frac{y_c}{p_c}",
            claims=(Claim((KL, divergence)),),
            code=Code("kl_divergence", kl_divergence, (y, p)),
        ),
        Theorem(
            label="decomposition",
            tex=r"H(y, p) = H(y) + \operatorname{KL}(y \| p)",
            claims=(Claim((CROSS_ENTROPY, ENTROPY + KL)),),
            using=((CROSS_ENTROPY, cross), (ENTROPY, own_entropy), (KL, divergence)),
            chains=(
                Chain(
                    steps=(
                        Step(CROSS_ENTROPY),
                        Step(cross, "definition"),
                        Step(
                            -total(y[c] * (log(y[c]) - log(y[c] / p[c])), c),
                            r"$\log p_c = \log y_c - \log \frac{y_c}{p_c}$",
                        ),
                        Step(own_entropy + divergence, "two sums"),
                        Step(ENTROPY + KL, "definitions"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="gibbs",
            tex=r"\operatorname{KL}(y \| p) \ge 0",
            claims=(Claim((KL, Integer(0)), (r"\ge",)),),
            using=((KL, divergence),),
            sums_to_one=(p, y),
            chains=(
                Chain(
                    title=r"$f(x) = x - 1 - \log x$ is 0 at 1",
                    steps=(
                        Step(At(f, x, 1)),
                        Step(Integer(0), r"$\log 1 = 0$"),
                    ),
                ),
                Chain(
                    title="It rises after 1, at $x = 1 + s$ with $s > 0$",
                    steps=(
                        Step(At(Partial(f, x), x, above_one)),
                        Step(1 - 1 / above_one, r"$(\log x)' = 1 / x$"),
                        Step(s / (1 + s), "common denominator"),
                    ),
                    sign="> 0",
                ),
                Chain(
                    title="It falls before 1, at $x = 1 / (1 + s)$, so $f(x) \\ge 0$ everywhere",
                    steps=(
                        Step(At(Partial(f, x), x, below_one)),
                        Step(1 - (1 + s), r"$(\log x)' = 1 / x$"),
                        Step(-s, "subtract"),
                    ),
                    sign="< 0",
                ),
                Chain(
                    title="Put $f$ into the sum",
                    let=(RATIO,),
                    steps=(
                        Step(KL),
                        Step(-total(y[c] * log(q[c]), c), r"$\log \frac{y_c}{p_c} = -\log q_c$"),
                        Step(
                            total(p[c], c) - total(y[c], c) - total(y[c] * log(q[c]), c),
                            "both sum to one",
                        ),
                        Step(
                            total(y[c] * (q[c] - 1 - log(q[c])), c),
                            r"$p_c = y_c q_c$; $f(q_c) \ge 0$",
                        ),
                    ),
                    sign=r"\ge 0",
                    because={q[c] - 1 - log(q[c]): surplus[c]},
                ),
            ),
        ),
        Theorem(
            label="gradient-p",
            tex=r"\frac{\partial L}{\partial p_k} = -\frac{1}{p_k}",
            claims=(Claim((Partial(L, p[k]), -(1 / p[k]))),),
            using=(NLL,),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L, p[k])),
                        Step(Partial(-log(p[k]), p[k]), "definition of $L$"),
                        Step(-(1 / p[k]), r"$(\log x)' = 1 / x$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="cancellation",
            tex=r"\frac{\partial L}{\partial z_k} = -\frac{1}{p_k} \cdot p_k (1 - p_k) = p_k - 1",
            claims=(
                Claim((Partial(L, z[k]), -(1 / p[k] * (p[k] * (1 - p[k]))), p[k] - 1), ("=", "=")),
            ),
            using=(SOFTMAX, NLL),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(L, z[k])),
                        Step(Partial(L, p[k]) * Partial(p[k], z[k]), "chain rule"),
                        Step(
                            -(1 / p[k] * (p[k] * (1 - p[k]))),
                            "the gradient in $p_k$; the derivative of $p_k$",
                        ),
                        Step(-(1 - p[k]), "$p_k$ cancels"),
                        Step(p[k] - 1, r"between $-1$ and 0"),
                    ),
                ),
            ),
        ),
        Definition(
            label="smoothing",
            tex=r"\tilde y_i = (1 - \alpha) y_i + \frac{\alpha}{C}",
            claims=(Claim((SMOOTHED[i], (1 - alpha) * y[i] + alpha / C)),),
            code=Code("smooth_labels", smooth_labels, (y, alpha), ((i, C),)),
        ),
        Theorem(
            label="second-softmax",
            tex=r"L \ge \log(e + C - 1) - 1",
            claims=(Claim((L, floor), (r"\ge",)),),
            using=(TWICE,),
            chains=(
                Chain(
                    title="Probabilities taken for logits",
                    let=(TWICE,),
                    steps=(
                        Step(L - floor),
                        Step(
                            log(total(exp(p[c] - p[k]), c)) - log((E + C - 1) / E),
                            r"$1 = \log e$",
                        ),
                        Step(
                            log(E * (1 + Others(exp(p[c] - p[k]), c, k)) / (E + C - 1)),
                            "the term of $k$ is 1",
                        ),
                        Step(
                            log(1 + Others(exp(1 + p[c] - p[k]) - 1, c, k) / (E + C - 1)),
                            r"$p_c \ge 0$, $p_k \le 1$",
                        ),
                    ),
                    sign=r"\ge 0",
                    # 1 + p_c - p_k >= 0, so that its exponential is 1 + x_c with x_c >= 0.
                    because={exp(1 + p[c] - p[k]): 1 + above[c]},
                ),
            ),
        ),
    )

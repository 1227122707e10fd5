"""Chapter 1: from what softmax should do to the formula, and what follows from the formula."""

from sympy import IndexedBase, Integer, Limit, Symbol, evaluate, exp, oo, tanh

from ..definition import softmax_naive
from ..overflow import softmax
from .ledger import Chain, Claim, Code, Definition, Step, Theorem
from .notation import (
    At,
    C,
    Growth,
    GrowthRate,
    Others,
    Partial,
    S,
    T,
    Total,
    a,
    c,
    i,
    j,
    m,
    p,
    p_hot,
    softmax_of,
    total,
    z,
)

s, t, x, kappa = (Symbol(name, real=True) for name in ("s", "t", "x", "kappa"))
more = Symbol("x", positive=True)
# How many logits share the maximum, and how far below it the others are.
q = Symbol("q", integer=True, positive=True)
below = IndexedBase("x", positive=True)

with evaluate(False):
    SOFTMAX = (p[i], softmax_of(lambda at: z[at], i))
    SOFTMAX_T = (p_hot[i], softmax_of(lambda at: z[at] / T, i))
    SUM = (S, total(exp(z[c]), c))

    logit_total = total(exp(z[c]), c)
    cold_total = Total(exp(m / T), (c, 1, q)) + Total(exp((m - below[c]) / T), (c, q + 1, C))
    hot, cold = Limit(p_hot[i], T, oo), Limit(p_hot[i], T, 0)
    gap = z[i] - z[j]

    ENTRIES = (
        Definition(
            label="softmax",
            tex=r"p_i = \frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}",
            claims=(Claim((p[i], exp(z[i]) / logit_total)),),
            code=Code("softmax_naive", softmax_naive, (z,), ((i, C),)),
        ),
        Theorem(
            label="sum-to-one",
            tex=r"\sum_{i=1}^{C} p_i = 1",
            claims=(Claim((total(p[i], i), Integer(1))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(SUM,),
                    steps=(
                        Step(total(p[i], i)),
                        Step(total(exp(z[i]) / S, i), "definition of $p_i$"),
                        Step(1 / S * total(exp(z[i]), i), "$S$ is the same in every term"),
                        Step(S / S, "the sum is $S$ again"),
                        Step(Integer(1), "cancel"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="ratio",
            tex=r"\frac{p_i}{p_j} = e^{z_i - z_j}",
            claims=(Claim((p[i] / p[j], exp(gap))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(SUM,),
                    steps=(
                        Step(p[i] / p[j]),
                        Step((exp(z[i]) / S) / (exp(z[j]) / S), "definition of $p_i$ and $p_j$"),
                        Step(exp(z[i]) / exp(z[j]), "$S$ cancels"),
                        Step(exp(gap), "law of exponents"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="order",
            tex=r"p_i - p_j = p_j (e^{z_i - z_j} - 1)",
            claims=(Claim((p[i] - p[j], p[j] * (exp(gap) - 1))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    steps=(
                        Step(p[i] - p[j]),
                        Step(p[j] * (p[i] / p[j] - 1), "take out $p_j$"),
                        Step(p[j] * (exp(gap) - 1), "the ratio"),
                    ),
                ),
                Chain(
                    title="If $z_i > z_j$, then $e^{z_i - z_j} = 1 + x$ with $x > 0$",
                    steps=(
                        Step(p[j] * (exp(gap) - 1)),
                        Step(p[j] * more, "put in $1 + x$", given={exp(gap): 1 + more}),
                    ),
                    sign="> 0",
                ),
            ),
        ),
        Theorem(
            label="difference",
            tex=r"p_i - p_j = (p_i + p_j) \tanh\frac{z_i - z_j}{2}",
            claims=(Claim((p[i] - p[j], (p[i] + p[j]) * tanh(gap / 2))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    steps=(
                        Step(p[i] - p[j]),
                        Step(
                            (p[i] + p[j]) * ((p[i] - p[j]) / (p[i] + p[j])),
                            "multiply and divide",
                        ),
                        Step(
                            (p[i] + p[j]) * ((exp(gap) - 1) / (exp(gap) + 1)),
                            "divide both by $p_j$",
                        ),
                        Step(
                            (p[i] + p[j])
                            * ((exp(gap / 2) - exp(-gap / 2)) / (exp(gap / 2) + exp(-gap / 2))),
                            "divide both by $e^{(z_i - z_j)/2}$",
                        ),
                        Step((p[i] + p[j]) * tanh(gap / 2), r"definition of $\tanh$"),
                    ),
                ),
                Chain(
                    title=r"$x - \tanh x$ is 0 at 0 and never falls, so $|\tanh x| \le |x|$",
                    steps=(
                        Step(Partial(x - tanh(x), x)),
                        Step(1 - (1 - tanh(x) ** 2), r"derivative of $\tanh$"),
                        Step(tanh(x) ** 2, "a square"),
                    ),
                    sign=r"\ge 0",
                ),
                Chain(
                    title="Two probabilities sum to at most 1",
                    distinct=((i, j),),
                    steps=(
                        Step(1 - (p[i] + p[j])),
                        Step(Others(p[c], c, i, j), "all sum to one"),
                    ),
                    sign=r"\ge 0",
                ),
            ),
        ),
        Theorem(
            label="gap-rule",
            tex=r"g(s + t) = g(s)\, g(t) \quad\Longrightarrow\quad g(x) = e^{\kappa x}",
            claims=(
                Claim((Growth(s + t), Growth(s) * Growth(t)), hypothesis=True),
                Claim((Growth(x), exp(kappa * x))),
            ),
            chains=(
                Chain(
                    title=r"The slope of $g$ is proportional to $g$",
                    let=((kappa, GrowthRate(0)),),
                    steps=(
                        Step(GrowthRate(s)),
                        Step(At(Partial(Growth(s + t), t), t, 0), "slope at $s$"),
                        Step(
                            At(Partial(Growth(s) * Growth(t), t), t, 0),
                            "gaps add, ratios multiply",
                            given={Growth(s + t): Growth(s) * Growth(t)},
                        ),
                        Step(Growth(s) * GrowthRate(0), "$g(s)$ does not depend on $t$"),
                        Step(kappa * Growth(s), r"definition of $\kappa$"),
                    ),
                ),
                Chain(
                    title=r"$g(x)\, e^{-\kappa x}$ is constant",
                    steps=(
                        Step(Partial(Growth(x) * exp(-kappa * x), x)),
                        Step(
                            GrowthRate(x) * exp(-kappa * x) - kappa * Growth(x) * exp(-kappa * x),
                            "product rule",
                        ),
                        Step(
                            Integer(0),
                            r"$g'(x) = \kappa\, g(x)$",
                            given={GrowthRate(x): kappa * Growth(x)},
                        ),
                    ),
                ),
                Chain(
                    title="The constant is its value at 0",
                    steps=(
                        Step(Growth(0) * exp(-kappa * 0)),
                        Step(p[i] / p[i], "no gap: equal logits", given={Growth(0): p[i] / p[i]}),
                        Step(Integer(1), "cancel"),
                    ),
                ),
                Chain(
                    title="Hence",
                    steps=(
                        Step(Growth(x)),
                        Step((Growth(x) * exp(-kappa * x)) * exp(kappa * x), "insert 1"),
                        Step(
                            exp(kappa * x),
                            "the constant is 1",
                            given={Growth(x) * exp(-kappa * x): Integer(1)},
                        ),
                    ),
                ),
            ),
        ),
        Theorem(
            label="shift-invariance",
            tex=r"\frac{e^{z_i + a}}{\sum_{c=1}^{C} e^{z_c + a}} = "
            r"\frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}",
            claims=(Claim((exp(z[i] + a) / total(exp(z[c] + a), c), exp(z[i]) / logit_total)),),
            chains=(
                Chain(
                    steps=(
                        Step(exp(z[i] + a) / total(exp(z[c] + a), c)),
                        Step(
                            (exp(z[i]) * exp(a)) / total(exp(z[c]) * exp(a), c),
                            "law of exponents",
                        ),
                        Step(
                            (exp(z[i]) * exp(a)) / (exp(a) * logit_total),
                            "$e^a$ is the same in every term",
                        ),
                        Step(exp(z[i]) / logit_total, "$e^a$ cancels"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="two-classes",
            tex=r"p_1 = \frac{1}{1 + e^{-(z_1 - z_2)}}",
            claims=(Claim((p[1], 1 / (1 + exp(-(z[1] - z[2]))))),),
            using=(SOFTMAX,),
            general=False,
            classes=(2,),
            chains=(
                Chain(
                    steps=(
                        Step(p[1]),
                        Step(exp(z[1]) / (exp(z[1]) + exp(z[2])), "definition, two classes"),
                        Step(1 / (1 + exp(z[2]) / exp(z[1])), "divide by $e^{z_1}$"),
                        Step(1 / (1 + exp(-(z[1] - z[2]))), "law of exponents"),
                    ),
                ),
            ),
        ),
        Definition(
            label="temperature",
            tex=r"p_i(T) = \frac{e^{z_i / T}}{\sum_{c=1}^{C} e^{z_c / T}}",
            claims=(Claim((p_hot[i], exp(z[i] / T) / total(exp(z[c] / T), c))),),
            code=Code(
                "softmax with temperature=T",
                lambda logits, temperature: softmax(logits, temperature=temperature),
                (z, T),
                ((i, C),),
            ),
        ),
        Theorem(
            label="hot-limit",
            tex=r"\lim_{T \to \infty} p_i(T) = \frac{1}{C}",
            claims=(Claim((hot, 1 / C)),),
            using=(SOFTMAX_T,),
            chains=(
                Chain(
                    steps=(
                        Step(hot),
                        Step(
                            Limit(exp(z[i] / T) / total(exp(z[c] / T), c), T, oo),
                            "definition of $p_i(T)$",
                        ),
                        Step(exp(0) / total(exp(0), c), r"$z_c / T \to 0$ for every $c$"),
                        Step(1 / C, "$C$ ones"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="cold-limit",
            tex=r"\lim_{T \to 0^+} p_i(T) = "
            r"\begin{cases} \frac{1}{q} & z_i = m \\ 0 & z_i < m \end{cases}",
            claims=(Claim((cold, 1 / q)), Claim((cold, Integer(0)))),
            using=(SOFTMAX_T,),
            sizes=(q,),
            chains=tuple(
                Chain(
                    title=title,
                    let=((p_hot[i], exp(power / T) / cold_total),),
                    steps=(
                        Step(cold),
                        Step(
                            Limit(
                                exp((power - m) / T)
                                / (q + Total(exp(-below[c] / T), (c, q + 1, C))),
                                T,
                                0,
                            ),
                            "divide by $e^{m / T}$",
                        ),
                        Step(
                            first / (q + Total(0, (c, q + 1, C))),
                            r"$-x_c / T \to -\infty$",
                        ),
                        Step(result, ending),
                    ),
                )
                for title, power, first, result, ending in (
                    (
                        "$q$ logits are $m$, the others $m - x_c$ with $x_c > 0$; first $z_i = m$",
                        m,
                        Integer(1),
                        1 / q,
                        "one of $q$",
                    ),
                    ("Now $z_i = m - x_i$", m - below[i], Integer(0), Integer(0), "nothing left"),
                )
            ),
        ),
    )

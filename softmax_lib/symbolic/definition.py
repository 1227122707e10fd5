"""Equations of the definition: from what softmax should do to the formula, and what follows."""

from sympy import (
    Idx,
    IndexedBase,
    Integer,
    Limit,
    Subs,
    Symbol,
    evaluate,
    exp,
    log,
    oo,
    pi,
    sqrt,
    symbols,
    tanh,
)
from sympy.core.function import Function, UndefinedFunction

from softmax_lib.definition import softmax_naive
from softmax_lib.overflow import softmax
from softmax_lib.symbolic._engine.expressions import C, Partial, SumExcept, SumOver, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem

i, j, c = (Idx(name, (1, C)) for name in "ijc")
z = IndexedBase("z", real=True)
p = IndexedBase("p", positive=True)
p_hot = IndexedBase("p(T)", positive=True)
a, m, s, t, x, kappa = symbols("a m s t x kappa", real=True)
S, T, more = symbols("S T x", positive=True)
# How many logits share the maximum, and how far below it the others are.
q = Symbol("q", integer=True, positive=True)
below = IndexedBase("x", positive=True)
# Bell curves of one width: the place of each, its height at x, and the width.
mu = IndexedBase(r"\mu", real=True)
bell = IndexedBase("f(x)", positive=True)
sigma = Symbol("sigma", positive=True)
# The unknown function of the gap, and its derivative.
slope = Function("g'")
g = UndefinedFunction("g", __dict__={"fdiff": lambda self, argindex: slope(*self.args)})

SYMBOLS = (C, i, j, c, z[i], p[i], p_hot[i], a, m, s, t, x, kappa, S, T, q, g(x))
SYMBOLS += (mu[i], bell[i], sigma)


def softmax_formula(logit, index):
    """The softmax formula; ``logit`` maps an index to its logit."""
    return exp(logit(index)) / sum_over(exp(logit(c)), c)


with evaluate(False):
    SOFTMAX = (p[i], softmax_formula(lambda at: z[at], i))
    SOFTMAX_T = (p_hot[i], softmax_formula(lambda at: z[at] / T, i))
    # Where every p is taken at the temperature T.
    SOFTMAX_AT_T = (p[i], softmax_formula(lambda at: z[at] / T, i))

    logit_total = sum_over(exp(z[c]), c)
    SUM = (S, logit_total)
    cold_total = SumOver(exp(m / T), (c, 1, q)) + SumOver(exp((m - below[c]) / T), (c, q + 1, C))
    hot, cold = Limit(p_hot[i], T, oo), Limit(p_hot[i], T, 0)
    gap = z[i] - z[j]
    exponent = -((x - mu[i]) ** 2) / (2 * sigma**2)
    BELL = (bell[i], exp(exponent) / (sigma * sqrt(2 * pi)))

    ENTRIES = (
        Definition(
            "softmax",
            r"p_i = \frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}",
            Claim(p[i], "=", exp(z[i]) / logit_total),
            code=Code(softmax_naive, (z[i],), (i,)),
        ),
        Theorem(
            "sum-to-one",
            r"\sum_{i=1}^{C} p_i = 1",
            Claim(sum_over(p[i], i), "=", Integer(1)),
            Chain(
                Step(sum_over(exp(z[i]) / S, i), "definition of $p_i$"),
                Step(1 / S * sum_over(exp(z[i]), i), "$S$ is the same in every term"),
                Step(S / S, "the sum is $S$ again"),
                Step(Integer(1), "cancel"),
                let=(SUM,),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "ratio",
            r"\frac{p_i}{p_j} = e^{z_i - z_j}",
            Claim(p[i] / p[j], "=", exp(gap)),
            Chain(
                Step((exp(z[i]) / S) / (exp(z[j]) / S), "definition of $p_i$ and $p_j$"),
                Step(exp(z[i]) / exp(z[j]), "$S$ cancels"),
                Step(exp(gap), "law of exponents"),
                let=(SUM,),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "order",
            r"p_i - p_j = p_j (e^{z_i - z_j} - 1)",
            Claim(p[i] - p[j], "=", p[j] * (exp(gap) - 1)),
            Chain(
                Step(p[j] * (p[i] / p[j] - 1), "take out $p_j$"),
                Step(p[j] * (exp(gap) - 1), "the ratio"),
            ),
            Chain(
                "If $z_i > z_j$, then $e^{z_i - z_j} = 1 + x$ with $x > 0$",
                Step(p[j] * (exp(gap) - 1)),
                Step(p[j] * more, "put in $1 + x$", given={exp(gap): 1 + more}),
                sign="> 0",
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "difference",
            r"p_i - p_j = (p_i + p_j) \tanh\frac{z_i - z_j}{2}",
            Claim(p[i] - p[j], "=", (p[i] + p[j]) * tanh(gap / 2)),
            Chain(
                Step((p[i] + p[j]) * ((p[i] - p[j]) / (p[i] + p[j])), "multiply and divide"),
                Step((p[i] + p[j]) * ((exp(gap) - 1) / (exp(gap) + 1)), "divide both by $p_j$"),
                Step(
                    (p[i] + p[j])
                    * ((exp(gap / 2) - exp(-gap / 2)) / (exp(gap / 2) + exp(-gap / 2))),
                    "divide both by $e^{(z_i - z_j)/2}$",
                ),
                Step((p[i] + p[j]) * tanh(gap / 2), r"definition of $\tanh$"),
            ),
            Chain(
                r"$x - \tanh x$ is 0 at 0 and never falls, so $|\tanh x| \le |x|$",
                Step(Partial(x - tanh(x), x)),
                Step(1 - (1 - tanh(x) ** 2), r"derivative of $\tanh$"),
                Step(tanh(x) ** 2, "a square"),
                sign=r"\ge 0",
            ),
            Chain(
                "Two probabilities sum to at most 1",
                Step(1 - (p[i] + p[j])),
                Step(SumExcept(p[c], c, i, j), "all sum to one"),
                distinct=((i, j),),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "gap-rule",
            r"g(s + t) = g(s)\, g(t) \quad\Longrightarrow\quad g(x) = e^{\kappa x}",
            Claim(g(s + t), "=", g(s) * g(t), hypothesis=True),
            Claim(g(x), "=", exp(kappa * x)),
            Chain(
                r"The slope of $g$ is proportional to $g$",
                Step(slope(s)),
                Step(Subs(Partial(g(s + t), t), t, 0), "slope at $s$"),
                Step(
                    Subs(Partial(g(s) * g(t), t), t, 0),
                    "gaps add, ratios multiply",
                    given={g(s + t): g(s) * g(t)},
                ),
                Step(g(s) * slope(0), "$g(s)$ does not depend on $t$"),
                Step(kappa * g(s), r"definition of $\kappa$"),
                let=((kappa, slope(0)),),
            ),
            Chain(
                r"$g(x)\, e^{-\kappa x}$ is constant",
                Step(Partial(g(x) * exp(-kappa * x), x)),
                Step(slope(x) * exp(-kappa * x) - kappa * g(x) * exp(-kappa * x), "product rule"),
                Step(Integer(0), r"$g'(x) = \kappa\, g(x)$", given={slope(x): kappa * g(x)}),
            ),
            Chain(
                "The constant is its value at 0",
                Step(g(0) * exp(-kappa * 0)),
                Step(p[i] / p[i], "no gap: equal logits", given={g(0): p[i] / p[i]}),
                Step(Integer(1), "cancel"),
            ),
            Chain(
                "Hence",
                Step(g(x)),
                Step((g(x) * exp(-kappa * x)) * exp(kappa * x), "insert 1"),
                Step(
                    exp(kappa * x), "the constant is 1", given={g(x) * exp(-kappa * x): Integer(1)}
                ),
            ),
            # The chapter's own proof needs no slope; it takes the order of the logits instead.
            classes=(),
            scope="every g that has a slope",
        ),
        Theorem(
            "shift-invariance",
            r"\frac{e^{z_i + a}}{\sum_{c=1}^{C} e^{z_c + a}} = "
            r"\frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}",
            Claim(exp(z[i] + a) / sum_over(exp(z[c] + a), c), "=", exp(z[i]) / logit_total),
            Chain(
                Step((exp(z[i]) * exp(a)) / sum_over(exp(z[c]) * exp(a), c), "law of exponents"),
                Step(
                    (exp(z[i]) * exp(a)) / (exp(a) * logit_total), "$e^a$ is the same in every term"
                ),
                Step(exp(z[i]) / logit_total, "$e^a$ cancels"),
            ),
        ),
        Theorem(
            "two-classes",
            r"p_1 = \frac{1}{1 + e^{-(z_1 - z_2)}}",
            Claim(p[1], "=", 1 / (1 + exp(-(z[1] - z[2])))),
            Chain(
                Step(exp(z[1]) / (exp(z[1]) + exp(z[2])), "definition, two classes"),
                Step(1 / (1 + exp(z[2]) / exp(z[1])), "divide by $e^{z_1}$"),
                Step(1 / (1 + exp(-(z[1] - z[2]))), "law of exponents"),
            ),
            using=(SOFTMAX,),
            general=False,
            classes=(2,),
        ),
        Theorem(
            "bell-gap",
            r"\log \frac{f_i(x)}{f_j(x)} = "
            r"\frac{\mu_i - \mu_j}{\sigma^2} \left(x - \frac{\mu_i + \mu_j}{2}\right)",
            Claim(
                log(bell[i] / bell[j]),
                "=",
                (mu[i] - mu[j]) / sigma**2 * (x - (mu[i] + mu[j]) / 2),
            ),
            Chain(
                Step(
                    log(exp(exponent) / exp(exponent.xreplace({mu[i]: mu[j]}))),
                    "the factor before the exponential cancels",
                ),
                Step(
                    (x - mu[j]) ** 2 / (2 * sigma**2) - (x - mu[i]) ** 2 / (2 * sigma**2),
                    "log undoes exp",
                ),
                Step(
                    (2 * x * (mu[i] - mu[j]) - (mu[i] ** 2 - mu[j] ** 2)) / (2 * sigma**2),
                    "$x^2$ cancels",
                ),
                Step(
                    (mu[i] - mu[j]) / sigma**2 * (x - (mu[i] + mu[j]) / 2),
                    r"take out $\mu_i - \mu_j$",
                ),
            ),
            using=(BELL,),
            classes=(),
            scope="any two bell curves of one width",
        ),
        Definition(
            "temperature",
            r"p_i(T) = \frac{e^{z_i / T}}{\sum_{c=1}^{C} e^{z_c / T}}",
            Claim(p_hot[i], "=", exp(z[i] / T) / sum_over(exp(z[c] / T), c)),
            code=Code(
                lambda logits, temperature: softmax(logits, temperature=temperature),
                (z[i], T),
                (i,),
                name="softmax with temperature=T",
            ),
        ),
        Theorem(
            "hot-limit",
            r"\lim_{T \to \infty} p_i(T) = \frac{1}{C}",
            Claim(hot, "=", 1 / C),
            Chain(
                Step(
                    Limit(exp(z[i] / T) / sum_over(exp(z[c] / T), c), T, oo),
                    "definition of $p_i(T)$",
                ),
                Step(exp(0) / sum_over(exp(0), c), r"$z_c / T \to 0$ for every $c$"),
                Step(1 / C, "$C$ ones"),
            ),
            using=(SOFTMAX_T,),
        ),
        Theorem(
            "cold-limit",
            r"\lim_{T \to 0^+} p_i(T) = "
            r"\begin{cases} \frac{1}{q} & z_i = m \\ 0 & z_i < m \end{cases}",
            Claim(cold, "=", 1 / q),
            Claim(cold, "=", Integer(0)),
            *(
                Chain(
                    title,
                    Step(cold),
                    Step(
                        Limit(
                            exp((power - m) / T) / (q + SumOver(exp(-below[c] / T), (c, q + 1, C))),
                            T,
                            0,
                        ),
                        "divide by $e^{m / T}$",
                    ),
                    Step(first / (q + SumOver(0, (c, q + 1, C))), r"$-x_c / T \to -\infty$"),
                    Step(result, ending),
                    let=((p_hot[i], exp(power / T) / cold_total),),
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
            using=(SOFTMAX_T,),
            sizes=(q,),
            scope="every C and every q",
        ),
    )

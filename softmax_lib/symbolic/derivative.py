"""Equations of the derivative of softmax: its Jacobian, and what that does to a vector."""

from sympy import IndexedBase, Integer, Rational, Symbol, evaluate, exp, log

from softmax_lib.derivative import softmax_jacobian, softmax_jvp
from softmax_lib.symbolic._engine.expressions import Partial, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Step, Theorem
from softmax_lib.symbolic.definition import SOFTMAX, SOFTMAX_AT_T, SUM, S, T, c, i, j, p, z
from softmax_lib.symbolic.overflow import LOGSUMEXP, LSE

J = IndexedBase("J", real=True)
v = IndexedBase("v", real=True)
JV = IndexedBase("(J v)", real=True)
MEAN = Symbol(r"\bar v", real=True)
MEAN_LOGIT = Symbol(r"\bar z", real=True)
H = Symbol("H", real=True)
HALF = Rational(1, 2)


SYMBOLS = (J[i, j], v[i], JV[i], MEAN, MEAN_LOGIT, H)

with evaluate(False):
    JACOBIAN = (J[i, j], p[i] * (delta(i, j) - p[j]))
    SUM_T = (S, sum_over(exp(z[c] / T), c))
    weighted = sum_over(p[c] * v[c], c)
    MEAN_V = (MEAN, weighted)
    square = sum_over(p[c] * v[c] ** 2, c)
    spread = Step(square - weighted**2, r"$J_{ij} = p_i \delta_{ij} - p_i p_j$")
    form = sum_over(sum_over(v[i] * J[i, j] * v[j], j), i)
    pairs = HALF * sum_over(sum_over(p[i] * p[j] * (v[i] - v[j]) ** 2, j), i)
    variance = sum_over(p[c] * (v[c] - MEAN) ** 2, c)

    SUM_SLOPE = sum_over(-(z[c] / T**2) * exp(z[c] / T), c)
    MEAN_Z = (MEAN_LOGIT, sum_over(p[c] * z[c], c))
    ENTROPY = (H, -sum_over(p[c] * log(p[c]), c))
    variance_z = sum_over(p[c] * (z[c] - MEAN_LOGIT) ** 2, c)

    def by_quotient_rule(at):
        above = Partial(exp(z[i]), z[at]) * S - exp(z[i]) * Partial(S, z[at])
        return Step(above / S**2, "quotient rule")

    ENTRIES = (
        Theorem(
            "derivative-same",
            r"\frac{\partial p_i}{\partial z_i} = p_i (1 - p_i)",
            Claim(Partial(p[i], z[i]), "=", p[i] * (1 - p[i])),
            Chain(
                Step(Partial(exp(z[i]) / S, z[i]), "definition of $p_i$"),
                by_quotient_rule(i),
                Step(
                    (exp(z[i]) * S - exp(z[i]) * exp(z[i])) / S**2,
                    "$(e^x)' = e^x$; only one term of $S$ holds $z_i$",
                ),
                Step((exp(z[i]) / S) * ((S - exp(z[i])) / S), "take out $e^{z_i}$"),
                Step(p[i] * (1 - p[i]), "definition of $p_i$"),
                let=(SUM,),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "derivative-other",
            r"\frac{\partial p_i}{\partial z_j} = -p_i p_j \quad (i \ne j)",
            Claim(Partial(p[i], z[j]), "=", -(p[i] * p[j]), distinct=((i, j),)),
            Chain(
                Step(Partial(exp(z[i]) / S, z[j]), "definition of $p_i$"),
                by_quotient_rule(j),
                Step(
                    (0 * S - exp(z[i]) * exp(z[j])) / S**2,
                    "$e^{z_i}$ does not hold $z_j$; one term of $S$ does",
                ),
                Step(-((exp(z[i]) / S) * (exp(z[j]) / S)), "split the fraction"),
                Step(-(p[i] * p[j]), "definition of $p_i$ and $p_j$"),
                let=(SUM,),
                distinct=((i, j),),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "derivative",
            r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
            Claim(Partial(p[i], z[j]), "=", p[i] * (delta(i, j) - p[j])),
            Chain(
                by_quotient_rule(j),
                Step(
                    (delta(i, j) * exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2,
                    r"$\delta_{ij}$ is 1 if $i = j$, else 0",
                ),
                Step((exp(z[i]) / S) * (delta(i, j) - exp(z[j]) / S), "take out $e^{z_i} / S$"),
                Step(p[i] * (delta(i, j) - p[j]), "definition of $p_i$ and $p_j$"),
                let=(SUM,),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "jacobian",
            r"J = \operatorname{diag}(p) - p p^{\top}",
            Claim(J[i, j], "=", p[i] * delta(i, j) - p[i] * p[j]),
            Chain(
                Step(Partial(p[i], z[j]), "row $i$, column $j$"),
                Step(p[i] * (delta(i, j) - p[j]), "the derivative"),
                Step(p[i] * delta(i, j) - p[i] * p[j], "multiply out"),
            ),
            using=(SOFTMAX, (J[i, j], Partial(p[i], z[j]))),
            code=Code(softmax_jacobian, (z[i],), (i, j)),
        ),
        Theorem(
            "jacobian-symmetric",
            r"J^{\top} = J",
            Claim(J[j, i], "=", J[i, j]),
            Chain(
                Step(p[j] * (delta(j, i) - p[i]), "the derivative"),
                Step(p[i] * (delta(i, j) - p[j]), r"where $\delta_{ij}$ is not 0, $p_j$ is $p_i$"),
                Step(J[i, j], "the derivative"),
            ),
            using=(SOFTMAX, JACOBIAN),
        ),
        Theorem(
            "jacobian-null",
            r"J \mathbf{1} = 0",
            Claim(sum_over(J[i, j], j), "=", Integer(0)),
            Chain(
                Step(sum_over(p[i] * delta(i, j) - p[i] * p[j], j), "the derivative"),
                Step(p[i] - p[i] * sum_over(p[j], j), "one term has $j = i$"),
                Step(p[i] - p[i], "the probabilities sum to one"),
                Step(Integer(0)),
            ),
            using=(SOFTMAX, JACOBIAN),
        ),
        Theorem(
            "jacobian-variance",
            r"v^{\top} J v = \sum_{c=1}^{C} p_c (v_c - \bar v)^2 \ge 0",
            Claim(form, "=", variance, r"\ge", Integer(0)),
            Chain(
                spread,
                Step(
                    square - 2 * MEAN * weighted + MEAN**2 * sum_over(p[c], c),
                    r"$-\bar v^2 = -2 \bar v^2 + \bar v^2$",
                ),
                Step(variance, "a square in every term"),
                let=(MEAN_V,),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX, JACOBIAN, MEAN_V),
        ),
        Theorem(
            "jacobian-pairs",
            r"v^{\top} J v = "
            r"\frac{1}{2} \sum_{i=1}^{C} \sum_{j=1}^{C} p_i p_j (v_i - v_j)^2",
            Claim(form, "=", pairs),
            Chain(
                spread,
                Step(
                    HALF
                    * sum_over(
                        sum_over(p[i] * p[j] * (v[i] ** 2 - 2 * v[i] * v[j] + v[j] ** 2), j), i
                    ),
                    "the probabilities sum to one",
                ),
                Step(pairs, "a square, 0 only where $v_i = v_j$"),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX, JACOBIAN),
        ),
        Theorem(
            "jvp",
            r"(J v)_i = p_i \left(v_i - \sum_{c=1}^{C} p_c v_c\right)",
            Claim(JV[i], "=", p[i] * (v[i] - weighted)),
            Chain(
                Step(sum_over(J[i, j] * v[j], j), "row $i$ of $J$ times $v$"),
                Step(sum_over(p[i] * (delta(i, j) - p[j]) * v[j], j), "the derivative"),
                Step(p[i] * v[i] - p[i] * sum_over(p[j] * v[j], j), "one term has $j = i$"),
                Step(p[i] * (v[i] - weighted), "take out $p_i$"),
            ),
            using=(SOFTMAX, JACOBIAN, (JV[i], sum_over(J[i, c] * v[c], c))),
            code=Code(softmax_jvp, (z[i], v[i]), (i,)),
        ),
        Theorem(
            "lse-gradient",
            r"\frac{\partial \operatorname{LSE}(z)}{\partial z_i} = p_i",
            Claim(Partial(LSE, z[i]), "=", p[i]),
            Chain(
                Step(Partial(log(S), z[i]), r"definition of $\operatorname{LSE}$"),
                Step(1 / S * Partial(S, z[i]), "chain rule"),
                Step(exp(z[i]) / S, "one term of $S$ holds $z_i$"),
                Step(p[i], "definition of $p_i$"),
                let=(SUM,),
            ),
            using=(SOFTMAX, LOGSUMEXP),
        ),
        Theorem(
            "log-softmax-derivative",
            r"\frac{\partial \log p_i}{\partial z_j} = \delta_{ij} - p_j",
            Claim(Partial(log(p[i]), z[j]), "=", delta(i, j) - p[j]),
            Chain(
                Step(Partial(z[i] - LSE, z[j]), r"$\log p_i = z_i - \operatorname{LSE}(z)$"),
                Step(Partial(z[i], z[j]) - Partial(LSE, z[j]), "sum rule"),
                Step(delta(i, j) - p[j], r"the gradient of $\operatorname{LSE}$ is softmax"),
            ),
            using=(SOFTMAX, LOGSUMEXP),
        ),
        Theorem(
            "derivative-temperature",
            r"\frac{\partial p_i}{\partial z_j} = \frac{1}{T} p_i (\delta_{ij} - p_j)",
            Claim(Partial(p[i], z[j]), "=", 1 / T * p[i] * (delta(i, j) - p[j])),
            Chain(
                Step(Partial(exp(z[i] / T) / S, z[j]), "definition of $p_i$ at $T$"),
                Step(
                    (delta(i, j) / T * exp(z[i] / T) * S - exp(z[i] / T) * (1 / T * exp(z[j] / T)))
                    / S**2,
                    "quotient rule; $(e^{x/T})' = e^{x/T} / T$",
                ),
                Step(
                    1 / T * (exp(z[i] / T) / S) * (delta(i, j) - exp(z[j] / T) / S),
                    "take out $1 / T$ and $e^{z_i / T} / S$",
                ),
                Step(1 / T * p[i] * (delta(i, j) - p[j]), "definition of $p_i$ and $p_j$"),
                let=(SUM_T,),
            ),
            using=(SOFTMAX_AT_T,),
        ),
        Theorem(
            "temperature-slope",
            r"\frac{\partial p_i}{\partial T} = -\frac{1}{T^2} p_i (z_i - \bar z)",
            Claim(Partial(p[i], T), "=", -(1 / T**2 * p[i] * (z[i] - MEAN_LOGIT))),
            Chain(
                Step(Partial(exp(z[i] / T) / S, T), "definition of $p_i$ at $T$"),
                Step(
                    (-(z[i] / T**2) * exp(z[i] / T) * S - exp(z[i] / T) * SUM_SLOPE) / S**2,
                    "quotient rule; $z_c / T$ has the slope $-z_c / T^2$",
                ),
                Step(
                    -(1 / T**2 * (exp(z[i] / T) / S))
                    * (z[i] - sum_over(exp(z[c] / T) / S * z[c], c)),
                    "take out $-1 / T^2$ and $e^{z_i / T} / S$",
                ),
                Step(
                    -(1 / T**2 * p[i] * (z[i] - sum_over(p[c] * z[c], c))),
                    "definition of $p_i$ and $p_c$",
                ),
                Step(-(1 / T**2 * p[i] * (z[i] - MEAN_LOGIT)), r"definition of $\bar z$"),
                let=(SUM_T,),
            ),
            using=(SOFTMAX_AT_T, MEAN_Z),
        ),
        Theorem(
            "entropy-slope",
            r"\frac{\partial H}{\partial T} = "
            r"\frac{1}{T^3} \sum_{c=1}^{C} p_c (z_c - \bar z)^2 \ge 0",
            Claim(Partial(H, T), "=", 1 / T**3 * variance_z, r"\ge", Integer(0)),
            Chain(
                Step(-Partial(sum_over(p[c] * log(p[c]), c), T), "definition of $H$"),
                Step(
                    -sum_over(Partial(p[c], T) * (log(p[c]) + 1), c),
                    "product rule",
                ),
                Step(
                    1 / T**2 * sum_over(p[c] * (z[c] - MEAN_LOGIT) * (log(p[c]) + 1), c),
                    "the slope in $T$",
                ),
                Step(
                    1 / T**2 * sum_over(p[c] * (z[c] - MEAN_LOGIT) * (z[c] / T - log(S) + 1), c),
                    r"$\log p_c = z_c / T - \log S$",
                ),
                Step(
                    1 / T**3 * sum_over(p[c] * (z[c] - MEAN_LOGIT) * z[c], c),
                    r"$\sum_c p_c (z_c - \bar z) = 0$",
                ),
                Step(1 / T**3 * variance_z, "for the same reason"),
                let=(SUM_T,),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX_AT_T, MEAN_Z, ENTROPY),
        ),
        Theorem(
            "diagonal-bound",
            r"p_i (1 - p_i) \le \frac{1}{4}",
            Claim(p[i] * (1 - p[i]), r"\le", Rational(1, 4)),
            Chain(
                Step(Rational(1, 4) - p[i] * (1 - p[i])),
                Step(p[i] ** 2 - p[i] + Rational(1, 4), "multiply out"),
                Step((p[i] - HALF) ** 2, "a square"),
                sign=r"\ge 0",
            ),
            using=(SOFTMAX,),
        ),
    )

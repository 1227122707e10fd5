"""Chapter 3: the derivative of softmax, its Jacobian, and what the Jacobian does to a vector."""

from sympy import IndexedBase, Integer, Rational, Symbol, evaluate, exp, log

from ..derivative import softmax_jacobian, softmax_jvp
from .definition import SOFTMAX, SUM
from .ledger import Chain, Claim, Code, Step, Theorem
from .notation import (
    LSE,
    C,
    J,
    LeadingMinor,
    Partial,
    S,
    T,
    c,
    delta,
    i,
    j,
    p,
    product,
    softmax_of,
    total,
    v,
    z,
)
from .overflow import LOGSUMEXP

JV = IndexedBase("(J v)", real=True)
MEAN = Symbol(r"\bar v", real=True)
HALF = Rational(1, 2)

with evaluate(False):
    own = Symbol("l", integer=True)
    JACOBIAN = (J[i, j], p[i] * (delta(i, j) - p[j]))
    MEAN_SHOWN = (MEAN, total(p[c] * v[c], c))
    SUM_T = (S, total(exp(z[c] / T), c))
    weighted = total(p[c] * v[c], c)
    form = total(total(v[i] * J[i, j] * v[j], j), i)
    pairs = HALF * total(total(p[i] * p[j] * (v[i] - v[j]) ** 2, j), i)
    variance = total(p[c] * (v[c] - MEAN) ** 2, c)
    quotient_rule = "quotient rule"

    ENTRIES = (
        Theorem(
            label="derivative-same",
            tex=r"\frac{\partial p_i}{\partial z_i} = p_i (1 - p_i)",
            claims=(Claim((Partial(p[i], z[i]), p[i] * (1 - p[i]))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(SUM,),
                    steps=(
                        Step(Partial(p[i], z[i])),
                        Step(Partial(exp(z[i]) / S, z[i]), "definition of $p_i$"),
                        Step(
                            (Partial(exp(z[i]), z[i]) * S - exp(z[i]) * Partial(S, z[i])) / S**2,
                            quotient_rule,
                        ),
                        Step(
                            (exp(z[i]) * S - exp(z[i]) * exp(z[i])) / S**2,
                            "$(e^x)' = e^x$; only one term of $S$ holds $z_i$",
                        ),
                        Step((exp(z[i]) / S) * ((S - exp(z[i])) / S), "take out $e^{z_i}$"),
                        Step(p[i] * (1 - p[i]), "definition of $p_i$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="derivative-other",
            tex=r"\frac{\partial p_i}{\partial z_j} = -p_i p_j \quad (i \ne j)",
            claims=(Claim((Partial(p[i], z[j]), -(p[i] * p[j])), distinct=((i, j),)),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(SUM,),
                    distinct=((i, j),),
                    steps=(
                        Step(Partial(p[i], z[j])),
                        Step(Partial(exp(z[i]) / S, z[j]), "definition of $p_i$"),
                        Step(
                            (Partial(exp(z[i]), z[j]) * S - exp(z[i]) * Partial(S, z[j])) / S**2,
                            quotient_rule,
                        ),
                        Step(
                            (0 * S - exp(z[i]) * exp(z[j])) / S**2,
                            "$e^{z_i}$ does not hold $z_j$; one term of $S$ does",
                        ),
                        Step(-((exp(z[i]) / S) * (exp(z[j]) / S)), "split the fraction"),
                        Step(-(p[i] * p[j]), "definition of $p_i$ and $p_j$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="derivative",
            tex=r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
            claims=(Claim((Partial(p[i], z[j]), p[i] * (delta(i, j) - p[j]))),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    let=(SUM,),
                    steps=(
                        Step(Partial(p[i], z[j])),
                        Step(
                            (Partial(exp(z[i]), z[j]) * S - exp(z[i]) * Partial(S, z[j])) / S**2,
                            quotient_rule,
                        ),
                        Step(
                            (delta(i, j) * exp(z[i]) * S - exp(z[i]) * exp(z[j])) / S**2,
                            r"$\delta_{ij}$ is 1 if $i = j$, else 0",
                        ),
                        Step(
                            (exp(z[i]) / S) * (delta(i, j) - exp(z[j]) / S),
                            "take out $e^{z_i} / S$",
                        ),
                        Step(p[i] * (delta(i, j) - p[j]), "definition of $p_i$ and $p_j$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="jacobian",
            tex=r"J = \operatorname{diag}(p) - p p^{\top}",
            claims=(Claim((J[i, j], p[i] * delta(i, j) - p[i] * p[j])),),
            using=(SOFTMAX, (J[i, j], Partial(p[i], z[j]))),
            code=Code("softmax_jacobian", softmax_jacobian, (z,), ((i, C), (j, C))),
            chains=(
                Chain(
                    steps=(
                        Step(J[i, j]),
                        Step(Partial(p[i], z[j]), "row $i$, column $j$"),
                        Step(p[i] * (delta(i, j) - p[j]), "the derivative"),
                        Step(p[i] * delta(i, j) - p[i] * p[j], "multiply out"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="jacobian-symmetric",
            tex=r"J^{\top} = J",
            claims=(Claim((J[j, i], J[i, j])),),
            using=(SOFTMAX, JACOBIAN),
            chains=(
                Chain(
                    steps=(
                        Step(J[j, i]),
                        Step(p[j] * (delta(j, i) - p[i]), "the derivative"),
                        Step(
                            p[i] * (delta(i, j) - p[j]),
                            r"where $\delta_{ij}$ is not 0, $p_j$ is $p_i$",
                        ),
                        Step(J[i, j], "the derivative"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="jacobian-null",
            tex=r"J \mathbf{1} = 0",
            claims=(Claim((total(J[i, j], j), Integer(0))),),
            using=(SOFTMAX, JACOBIAN),
            chains=(
                Chain(
                    steps=(
                        Step(total(J[i, j], j)),
                        Step(total(p[i] * delta(i, j) - p[i] * p[j], j), "the derivative"),
                        Step(p[i] - p[i] * total(p[j], j), "one term has $j = i$"),
                        Step(p[i] - p[i], "the probabilities sum to one"),
                        Step(Integer(0)),
                    ),
                ),
            ),
        ),
        Theorem(
            label="jacobian-variance",
            tex=r"v^{\top} J v = \sum_{c=1}^{C} p_c (v_c - \bar v)^2 \ge 0",
            claims=(Claim((form, variance, Integer(0)), ("=", r"\ge")),),
            using=(SOFTMAX, JACOBIAN, MEAN_SHOWN),
            chains=(
                Chain(
                    let=(MEAN_SHOWN,),
                    steps=(
                        Step(form),
                        Step(
                            total(p[c] * v[c] ** 2, c) - weighted**2,
                            r"$J_{ij} = p_i \delta_{ij} - p_i p_j$",
                        ),
                        Step(
                            total(p[c] * v[c] ** 2, c)
                            - 2 * MEAN * weighted
                            + MEAN**2 * total(p[c], c),
                            r"$-\bar v^2 = -2 \bar v^2 + \bar v^2$",
                        ),
                        Step(variance, "a square in every term"),
                    ),
                    sign=r"\ge 0",
                ),
            ),
        ),
        Theorem(
            label="jacobian-pairs",
            tex=r"v^{\top} J v = "
            r"\frac{1}{2} \sum_{i=1}^{C} \sum_{j=1}^{C} p_i p_j (v_i - v_j)^2",
            claims=(Claim((form, pairs)),),
            using=(SOFTMAX, JACOBIAN),
            chains=(
                Chain(
                    steps=(
                        Step(form),
                        Step(
                            total(p[c] * v[c] ** 2, c) - weighted**2,
                            r"$J_{ij} = p_i \delta_{ij} - p_i p_j$",
                        ),
                        Step(
                            HALF
                            * total(
                                total(p[i] * p[j] * (v[i] ** 2 - 2 * v[i] * v[j] + v[j] ** 2), j), i
                            ),
                            "the probabilities sum to one",
                        ),
                        Step(pairs, "a square, 0 only where $v_i = v_j$"),
                    ),
                    sign=r"\ge 0",
                ),
            ),
        ),
        Theorem(
            label="jacobian-minor",
            tex=r"\det\,(J_{ij})_{i,j < C} = \prod_{c=1}^{C} p_c",
            claims=(Claim((LeadingMinor(J[i, j], i, j), product(p[c], c))),),
            using=(JACOBIAN,),
            sums_to_one=(p,),
            general=False,
            chains=(
                Chain(
                    steps=(
                        Step(LeadingMinor(J[i, j], i, j)),
                        Step(
                            (1 - total(p[c], c, C - 1)) * product(p[c], c, C - 1),
                            "matrix determinant lemma",
                        ),
                        Step(p[C] * product(p[c], c, C - 1), "the probabilities sum to one"),
                        Step(product(p[c], c), "all factors together"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="jvp",
            tex=r"(J v)_i = p_i \left(v_i - \sum_{c=1}^{C} p_c v_c\right)",
            claims=(Claim((JV[i], p[i] * (v[i] - weighted))),),
            using=(SOFTMAX, JACOBIAN, (JV[i], total(J[i, own] * v[own], own))),
            code=Code("softmax_jvp", softmax_jvp, (z, v), ((i, C),)),
            chains=(
                Chain(
                    steps=(
                        Step(JV[i]),
                        Step(total(J[i, j] * v[j], j), "row $i$ of $J$ times $v$"),
                        Step(total(p[i] * (delta(i, j) - p[j]) * v[j], j), "the derivative"),
                        Step(p[i] * v[i] - p[i] * total(p[j] * v[j], j), "one term has $j = i$"),
                        Step(p[i] * (v[i] - weighted), "take out $p_i$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="lse-gradient",
            tex=r"\frac{\partial \operatorname{LSE}(z)}{\partial z_i} = p_i",
            claims=(Claim((Partial(LSE, z[i]), p[i])),),
            using=(SOFTMAX, LOGSUMEXP),
            chains=(
                Chain(
                    let=(SUM,),
                    steps=(
                        Step(Partial(LSE, z[i])),
                        Step(Partial(log(S), z[i]), r"definition of $\operatorname{LSE}$"),
                        Step(1 / S * Partial(S, z[i]), "chain rule"),
                        Step(exp(z[i]) / S, "one term of $S$ holds $z_i$"),
                        Step(p[i], "definition of $p_i$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="log-softmax-derivative",
            tex=r"\frac{\partial \log p_i}{\partial z_j} = \delta_{ij} - p_j",
            claims=(Claim((Partial(log(p[i]), z[j]), delta(i, j) - p[j])),),
            using=(SOFTMAX, LOGSUMEXP),
            chains=(
                Chain(
                    steps=(
                        Step(Partial(log(p[i]), z[j])),
                        Step(
                            Partial(z[i] - LSE, z[j]), r"$\log p_i = z_i - \operatorname{LSE}(z)$"
                        ),
                        Step(Partial(z[i], z[j]) - Partial(LSE, z[j]), "sum rule"),
                        Step(
                            delta(i, j) - p[j], r"the gradient of $\operatorname{LSE}$ is softmax"
                        ),
                    ),
                ),
            ),
        ),
        Theorem(
            label="derivative-temperature",
            tex=r"\frac{\partial p_i}{\partial z_j} = \frac{1}{T} p_i (\delta_{ij} - p_j)",
            claims=(Claim((Partial(p[i], z[j]), 1 / T * p[i] * (delta(i, j) - p[j]))),),
            using=((p[i], softmax_of(lambda at: z[at] / T, i)),),
            chains=(
                Chain(
                    let=(SUM_T,),
                    steps=(
                        Step(Partial(p[i], z[j])),
                        Step(Partial(exp(z[i] / T) / S, z[j]), "definition of $p_i$ at $T$"),
                        Step(
                            (
                                delta(i, j) / T * exp(z[i] / T) * S
                                - exp(z[i] / T) * (1 / T * exp(z[j] / T))
                            )
                            / S**2,
                            "quotient rule; $(e^{x/T})' = e^{x/T} / T$",
                        ),
                        Step(
                            1 / T * (exp(z[i] / T) / S) * (delta(i, j) - exp(z[j] / T) / S),
                            "take out $1 / T$ and $e^{z_i / T} / S$",
                        ),
                        Step(1 / T * p[i] * (delta(i, j) - p[j]), "definition of $p_i$ and $p_j$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="diagonal-bound",
            tex=r"p_i (1 - p_i) \le \frac{1}{4}",
            claims=(Claim((p[i] * (1 - p[i]), Rational(1, 4)), (r"\le",)),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    steps=(
                        Step(Rational(1, 4) - p[i] * (1 - p[i])),
                        Step(p[i] ** 2 - p[i] + Rational(1, 4), "multiply out"),
                        Step((p[i] - HALF) ** 2, "a square"),
                    ),
                    sign=r"\ge 0",
                ),
            ),
        ),
    )

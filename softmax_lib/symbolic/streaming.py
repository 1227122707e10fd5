"""Equations of streaming: partial results, how two become one, and what a machine must be told."""

import numpy as np
from sympy import Symbol, evaluate, exp, log

from softmax_lib.streaming import merge_logsumexp, partial_logsumexp
from softmax_lib.symbolic._engine.expressions import SumExcept, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Step, Theorem
from softmax_lib.symbolic.cross_entropy import L, k
from softmax_lib.symbolic.definition import SOFTMAX, c, m, p, z
from softmax_lib.symbolic.overflow import LARGEST, LOGSUMEXP, REST, r

# Three pieces: the maximum of each, the sum of its shifted exponentials, that sum without the
# largest, and the sum of values that these weigh. Without a number: of the whole.
m_1, m_2, m_3, m_12, m_23 = (Symbol(f"m_{{{at}}}", real=True) for at in (1, 2, 3, 12, 23))
s_1, s_2, s_3, s = (Symbol(name, positive=True) for name in ("s_1", "s_2", "s_3", "s"))
r_1, r_2 = (Symbol(f"r_{at}", nonnegative=True) for at in (1, 2))
a_1, a_2 = (Symbol(f"a_{at}", real=True) for at in (1, 2))

SYMBOLS = (m_1, m_2, m_3, m_12, m_23, s_1, s_2, s_3, s, r_1, r_2, a_1, a_2)


def merged_rest(m_1, r_1, m_2, r_2):
    """The rest of two pieces, shifted by the top of the first, whichever is the larger."""
    top, rest = merge_logsumexp((m_1, r_1), (m_2, r_2))
    return (1 + rest) * np.exp(top - m_1) - 1


def loss_of_parts(logits, label):
    """The loss from what a row of logits tells, and the label's logit."""
    top, rest = partial_logsumexp(logits)
    return np.log1p(rest) - (logits[label] - top)


with evaluate(False):
    two_sums = s_1 * exp(m_1 - m) + s_2 * exp(m_2 - m)
    unshifted = s_1 * exp(m_1) + s_2 * exp(m_2)
    SUM_OF_TWO = (s, unshifted * exp(-m))
    all_terms = (1 + r_1) * exp(m_1) + (1 + r_2) * exp(m_2)
    REST_OF_TWO = (r, all_terms * exp(-m_1) - 1)
    rest_of_two = r_1 + (1 + r_2) * exp(m_2 - m_1)
    values_of_two = a_1 * exp(m_1 - m) + a_2 * exp(m_2 - m)
    first_two = s_1 * exp(m_1 - m_12) + s_2 * exp(m_2 - m_12)
    last_two = s_2 * exp(m_2 - m_23) + s_3 * exp(m_3 - m_23)
    LABEL_LEADS = (r, SumExcept(exp(z[c] - z[k]), c, k))
    shifted = SumExcept(exp(z[c] - z[k]), c, k)

    ENTRIES = (
        Theorem(
            "streaming-sum",
            r"s = s_1 e^{m_1 - m} + s_2 e^{m_2 - m}",
            Claim(s, "=", two_sums),
            Chain(
                Step(unshifted * exp(-m), "the terms of both pieces, shifted by $m$"),
                Step(s_1 * (exp(m_1) * exp(-m)) + s_2 * (exp(m_2) * exp(-m)), "$e^{-m}$ goes in"),
                Step(two_sums, "law of exponents"),
            ),
            using=(SUM_OF_TWO,),
            classes=(),
            scope="all pieces",
        ),
        Theorem(
            "streaming-associative",
            r"\begin{aligned} "
            r"& (s_1 e^{m_1 - m_{12}} + s_2 e^{m_2 - m_{12}}) e^{m_{12} - m} + s_3 e^{m_3 - m} \\ "
            r"&= s_1 e^{m_1 - m} + (s_2 e^{m_2 - m_{23}} + s_3 e^{m_3 - m_{23}}) e^{m_{23} - m} "
            r"\end{aligned}",
            Claim(
                first_two * exp(m_12 - m) + s_3 * exp(m_3 - m),
                "=",
                s_1 * exp(m_1 - m) + last_two * exp(m_23 - m),
            ),
            Chain(
                Step(first_two * exp(m_12 - m) + s_3 * exp(m_3 - m)),
                Step(
                    s_1 * exp(m_1 - m) + s_2 * exp(m_2 - m) + s_3 * exp(m_3 - m),
                    "$m_{12}$ cancels",
                ),
                Step(
                    s_1 * exp(m_1 - m) + last_two * exp(m_23 - m),
                    "$m_{23}$ is put in, and cancels as well",
                ),
            ),
            classes=(),
            scope="all pieces",
        ),
        Theorem(
            "streaming-merge",
            r"r = r_1 + (1 + r_2) e^{m_2 - m_1}",
            Claim(r, "=", rest_of_two),
            Chain(
                Step(all_terms * exp(-m_1) - 1, "all terms, shifted by $m_1$, but the largest"),
                Step(((1 + r_1) + (1 + r_2) * exp(m_2 - m_1)) - 1, "law of exponents"),
                Step(rest_of_two, "the largest term, 1, goes out"),
            ),
            using=(REST_OF_TWO,),
            classes=(),
            scope="all pieces",
            code=Code(merged_rest, (m_1, r_1, m_2, r_2), name="merge_logsumexp"),
        ),
        Theorem(
            "streaming-lse",
            r"\begin{aligned} & m_1 + \log(1 + r) \\ "
            r"&= \log((1 + r_1) e^{m_1} + (1 + r_2) e^{m_2}) \end{aligned}",
            Claim(m_1 + log(1 + r), "=", log(all_terms)),
            Chain(
                Step(m_1 + log(1 + r)),
                Step(m_1 + log(1 + rest_of_two), "the merged rest"),
                Step(log(exp(m_1) * (1 + rest_of_two)), "log of a product"),
                Step(log(all_terms), "law of exponents"),
            ),
            using=(REST_OF_TWO,),
            classes=(),
            scope="all pieces",
        ),
        Theorem(
            "streaming-attention",
            r"\begin{aligned} "
            r"& \frac{a_1 e^{m_1 - m} + a_2 e^{m_2 - m}}"
            r"{s_1 e^{m_1 - m} + s_2 e^{m_2 - m}} \\[6pt] "
            r"&= \frac{a_1 e^{m_1} + a_2 e^{m_2}}{s_1 e^{m_1} + s_2 e^{m_2}} "
            r"\end{aligned}",
            Claim(values_of_two / two_sums, "=", (a_1 * exp(m_1) + a_2 * exp(m_2)) / unshifted),
            Chain(
                Step(values_of_two / two_sums),
                Step(
                    ((a_1 * exp(m_1) + a_2 * exp(m_2)) * exp(-m)) / (unshifted * exp(-m)),
                    "take out $e^{-m}$",
                ),
                Step((a_1 * exp(m_1) + a_2 * exp(m_2)) / unshifted, "it cancels"),
            ),
            classes=(),
            scope="all pieces",
        ),
        Theorem(
            "streaming-loss",
            r"L = \log(1 + r) - (z_k - m)",
            Claim(L, "=", log(1 + r) - (z[k] - m)),
            Chain(
                Step(-log(p[k]), "the loss of one label"),
                Step(log(sum_over(exp(z[c]), c)) - z[k], "the logarithm of softmax"),
                Step((m + log(1 + r)) - z[k], "the largest term taken out"),
                Step(log(1 + r) - (z[k] - m), "the same three numbers, $m$ with $z_k$"),
            ),
            using=(SOFTMAX, (L, -log(p[k])), LOGSUMEXP, LARGEST, REST),
            code=Code(
                lambda logits: loss_of_parts(logits, 1),
                (z[c],),
                name="partial_logsumexp",
                found={
                    k: lambda logits: 2,
                    LARGEST[1].indices[0]: lambda logits: np.argmax(logits) + 1,
                },
            ),
        ),
        Theorem(
            "streaming-sure",
            r"p_k - 1 = -\frac{r}{1 + r}",
            Claim(p[k] - 1, "=", -(r / (1 + r))),
            Chain(
                Step(p[k] - 1),
                Step(1 / (1 + shifted) - 1, "$m = z_k$ is taken out"),
                Step(-(shifted / (1 + shifted)), "one fraction"),
                Step(-(r / (1 + r)), "definition of $r$"),
                let=(LABEL_LEADS,),
            ),
            using=(SOFTMAX, LABEL_LEADS),
        ),
    )

"""Equations against overflow: the largest logit taken out, and log-sum-exp."""

import numpy as np
from sympy import Idx, IndexedBase, Symbol, evaluate, exp, log

from softmax_lib.overflow import log_softmax, logsumexp
from softmax_lib.symbolic._engine.expressions import C, SumExcept, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.definition import SOFTMAX, a, c, i, logit_total, m, p, z

# The index of the (first) largest logit.
STAR = Idx("i^*", (1, C))
LSE = Symbol(r"\operatorname{LSE}(z)", real=True)
LSE_SHIFTED = Symbol(r"\operatorname{LSE}(z + a)", real=True)
r = Symbol("r", nonnegative=True)
above = IndexedBase("x", nonnegative=True)

SYMBOLS = (STAR, LSE, LSE_SHIFTED, r)

with evaluate(False):
    shifted_total = sum_over(exp(z[c] - m), c)
    LOGSUMEXP = (LSE, log(logit_total))
    LARGEST = (m, z[STAR])
    REST = (r, SumExcept(exp(z[c] - m), c, STAR))

    ENTRIES = (
        Theorem(
            "max-shift",
            r"p_i = \frac{e^{z_i - m}}{\sum_{c=1}^{C} e^{z_c - m}}",
            Claim(p[i], "=", exp(z[i] - m) / shifted_total),
            Chain(
                Step(exp(z[i]) / logit_total, "definition of $p_i$"),
                Step(
                    (exp(z[i]) * exp(-m)) / (logit_total * exp(-m)),
                    "multiply above and below by $e^{-m}$",
                ),
                Step(exp(z[i] - m) / shifted_total, "law of exponents, term by term"),
            ),
            using=(SOFTMAX,),
        ),
        Definition(
            "logsumexp",
            r"\operatorname{LSE}(z) = \log \sum_{c=1}^{C} e^{z_c}",
            Claim(LSE, "=", log(logit_total)),
            code=Code(logsumexp, (z[i],)),
        ),
        Theorem(
            "lse-shift",
            r"\operatorname{LSE}(z + a) = \operatorname{LSE}(z) + a",
            Claim(LSE_SHIFTED, "=", LSE + a),
            Chain(
                Step(log(sum_over(exp(z[c] + a), c)), "definition"),
                Step(log(exp(a) * logit_total), "$e^a$ is the same in every term"),
                Step(log(logit_total) + a, "log of a product"),
                Step(LSE + a, "definition"),
            ),
            using=(LOGSUMEXP, (LSE_SHIFTED, log(sum_over(exp(z[c] + a), c)))),
        ),
        Theorem(
            "lse-bounds",
            r"m \le \operatorname{LSE}(z) \le m + \log C",
            Claim(m, r"\le", LSE, r"\le", m + log(C)),
            Chain(
                "From below",
                Step(LSE - m),
                Step((m + log(1 + r)) - m, "the largest term taken out"),
                Step(log(1 + r), r"$r \ge 0$"),
                let=(REST,),
                sign=r"\ge 0",
            ),
            Chain(
                "From above",
                Step((m + log(C)) - LSE),
                Step(log(C) - log(1 + r), "the largest term taken out"),
                Step(log(C / (1 + r)), "log of a quotient"),
                Step(log(1 + (C - 1 - r) / (1 + r)), "take out 1"),
                Step(
                    log(1 + SumExcept(1 - exp(z[c] - m), c, STAR) / (1 + r)),
                    r"$C - 1$ terms; $z_c \le m$",
                ),
                sign=r"\ge 0",
                # Any z_c that is at most m is m - log(1 + x_c) with some x_c >= 0.
                because={z[c]: m - log(1 + above[c])},
            ),
            using=(LOGSUMEXP, LARGEST, REST),
        ),
        Theorem(
            "log-softmax",
            r"\log p_i = z_i - \operatorname{LSE}(z)",
            Claim(log(p[i]), "=", z[i] - LSE),
            Chain(
                Step(log(exp(z[i]) / logit_total), "definition of $p_i$"),
                Step(log(exp(z[i])) - log(logit_total), "log of a quotient"),
                Step(z[i] - LSE, r"log undoes exp; definition of $\operatorname{LSE}$"),
            ),
            using=(SOFTMAX, LOGSUMEXP),
        ),
        Theorem(
            "lse-log1p",
            r"\operatorname{LSE}(z) = m + \log(1 + r), \qquad "
            r"r = \sum_{c \ne i^*} e^{z_c - m}",
            Claim(LSE, "=", m + log(1 + r)),
            Claim(r, "=", SumExcept(exp(z[c] - m), c, STAR)),
            Chain(
                Step(log(exp(m) * shifted_total), "$e^m$ taken out of every term"),
                Step(m + log(shifted_total), "log of a product"),
                Step(
                    m + log(1 + SumExcept(exp(z[c] - m), c, STAR)), "the term of $i^*$ is $e^0 = 1$"
                ),
                Step(m + log(1 + r), "definition of $r$"),
                let=(REST,),
            ),
            using=(LOGSUMEXP, LARGEST, REST),
        ),
        Theorem(
            "log-softmax-stable",
            r"\log p_i = (z_i - m) - \log(1 + r)",
            Claim(log(p[i]), "=", (z[i] - m) - log(1 + r)),
            Chain(
                Step(z[i] - LSE, "the logarithm of softmax"),
                Step(z[i] - (m + log(1 + r)), "the largest term taken out"),
                Step((z[i] - m) - log(1 + r), "the same two numbers, $m$ first"),
            ),
            using=(SOFTMAX, LOGSUMEXP, LARGEST, REST),
            code=Code(
                log_softmax, (z[i],), (i,), found={STAR: lambda logits: np.argmax(logits) + 1}
            ),
        ),
    )

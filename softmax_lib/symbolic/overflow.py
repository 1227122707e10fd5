"""Chapter 2: the largest logit taken out, and log-sum-exp."""

from sympy import IndexedBase, Symbol, evaluate, exp, log

from ..overflow import log_softmax, logsumexp
from .definition import SOFTMAX
from .ledger import Chain, Claim, Code, Definition, Step, Theorem
from .notation import LSE, STAR, C, Others, a, c, i, m, p, r, total, z

LSE_SHIFTED = Symbol(r"\operatorname{LSE}(z + a)", real=True)
above = IndexedBase("x", nonnegative=True)

with evaluate(False):
    own = Symbol("l", integer=True)
    logit_total = total(exp(z[c]), c)
    shifted_total = total(exp(z[c] - m), c)
    LOGSUMEXP = (LSE, log(total(exp(z[own]), own)))
    LARGEST = (m, z[STAR])
    REST = (r, Others(exp(z[own] - m), own, STAR))
    REST_SHOWN = (r, Others(exp(z[c] - m), c, STAR))

    ENTRIES = (
        Theorem(
            label="max-shift",
            tex=r"p_i = \frac{e^{z_i - m}}{\sum_{c=1}^{C} e^{z_c - m}}",
            claims=(Claim((p[i], exp(z[i] - m) / shifted_total)),),
            using=(SOFTMAX,),
            chains=(
                Chain(
                    steps=(
                        Step(p[i]),
                        Step(exp(z[i]) / logit_total, "definition of $p_i$"),
                        Step(
                            (exp(z[i]) * exp(-m)) / (logit_total * exp(-m)),
                            "multiply above and below by $e^{-m}$",
                        ),
                        Step(exp(z[i] - m) / shifted_total, "law of exponents, term by term"),
                    ),
                ),
            ),
        ),
        Definition(
            label="logsumexp",
            tex=r"\operatorname{LSE}(z) = \log \sum_{c=1}^{C} e^{z_c}",
            claims=(Claim((LSE, log(logit_total))),),
            code=Code("logsumexp", logsumexp, (z,)),
        ),
        Theorem(
            label="lse-shift",
            tex=r"\operatorname{LSE}(z + a) = \operatorname{LSE}(z) + a",
            claims=(Claim((LSE_SHIFTED, LSE + a)),),
            using=(LOGSUMEXP, (LSE_SHIFTED, log(total(exp(z[own] + a), own)))),
            chains=(
                Chain(
                    steps=(
                        Step(LSE_SHIFTED),
                        Step(log(total(exp(z[c] + a), c)), "definition"),
                        Step(log(exp(a) * logit_total), "$e^a$ is the same in every term"),
                        Step(log(logit_total) + a, "log of a product"),
                        Step(LSE + a, "definition"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="lse-bounds",
            tex=r"m \le \operatorname{LSE}(z) \le m + \log C",
            claims=(Claim((m, LSE, m + log(C)), (r"\le", r"\le")),),
            using=(LOGSUMEXP, LARGEST, REST),
            chains=(
                Chain(
                    title="From below",
                    let=(REST_SHOWN,),
                    steps=(
                        Step(LSE - m),
                        Step((m + log(1 + r)) - m, "the largest term taken out"),
                        Step(log(1 + r), r"$r \ge 0$"),
                    ),
                    sign=r"\ge 0",
                ),
                Chain(
                    title="From above",
                    steps=(
                        Step((m + log(C)) - LSE),
                        Step(log(C) - log(1 + r), "the largest term taken out"),
                        Step(log(C / (1 + r)), "log of a quotient"),
                        Step(log(1 + (C - 1 - r) / (1 + r)), "take out 1"),
                        Step(
                            log(1 + Others(1 - exp(z[c] - m), c, STAR) / (1 + r)),
                            r"$C - 1$ terms; $z_c \le m$",
                        ),
                    ),
                    sign=r"\ge 0",
                    # Any z_c that is at most m is m - log(1 + x_c) with some x_c >= 0.
                    because={z[c]: m - log(1 + above[c])},
                ),
            ),
        ),
        Theorem(
            label="log-softmax",
            tex=r"\log p_i = z_i - \operatorname{LSE}(z)",
            claims=(Claim((log(p[i]), z[i] - LSE)),),
            using=(SOFTMAX, LOGSUMEXP),
            chains=(
                Chain(
                    steps=(
                        Step(log(p[i])),
                        Step(log(exp(z[i]) / logit_total), "definition of $p_i$"),
                        Step(log(exp(z[i])) - log(logit_total), "log of a quotient"),
                        Step(
                            z[i] - LSE,
                            r"log undoes exp; definition of $\operatorname{LSE}$",
                        ),
                    ),
                ),
            ),
        ),
        Theorem(
            label="lse-log1p",
            tex=r"\operatorname{LSE}(z) = m + \log(1 + r), \qquad "
            r"r = \sum_{c \ne i^*} e^{z_c - m}",
            claims=(
                Claim((LSE, m + log(1 + r))),
                Claim((r, Others(exp(z[c] - m), c, STAR))),
            ),
            using=(LOGSUMEXP, LARGEST, REST),
            chains=(
                Chain(
                    let=(REST_SHOWN,),
                    steps=(
                        Step(LSE),
                        Step(log(exp(m) * shifted_total), "$e^m$ taken out of every term"),
                        Step(m + log(shifted_total), "log of a product"),
                        Step(
                            m + log(1 + Others(exp(z[c] - m), c, STAR)),
                            "the term of $i^*$ is $e^0 = 1$",
                        ),
                        Step(m + log(1 + r), "definition of $r$"),
                    ),
                ),
            ),
        ),
        Theorem(
            label="log-softmax-stable",
            tex=r"\log p_i = (z_i - m) - \log(1 + r)",
            claims=(Claim((log(p[i]), (z[i] - m) - log(1 + r))),),
            using=(SOFTMAX, LOGSUMEXP, LARGEST, REST),
            chains=(
                Chain(
                    steps=(
                        Step(log(p[i])),
                        Step(z[i] - LSE, "the logarithm of softmax"),
                        Step(z[i] - (m + log(1 + r)), "the largest term taken out"),
                        Step((z[i] - m) - log(1 + r), "the same two numbers, $m$ first"),
                    ),
                ),
            ),
            code=Code("log_softmax", log_softmax, (z,), ((i, C),)),
        ),
    )

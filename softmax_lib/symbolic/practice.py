"""Equations of the chapter on practice: questions, weighted means, priors, focus, and a floor."""

import numpy as np
from sympy import IndexedBase, Symbol, evaluate, exp, log

from softmax_lib.practice import binary_cross_entropy, sigmoid, weighted_mean_loss
from softmax_lib.symbolic._engine.expressions import Partial, SumExcept, delta, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.backprop import L_MEAN, P, Y, n
from softmax_lib.symbolic.cross_entropy import L, k, y
from softmax_lib.symbolic.definition import SOFTMAX, a, c, i, p, z

# One answer, one loss a question; one loss, one weight an example.
answer = IndexedBase(r"\sigma", positive=True)
loss = IndexedBase(r"\ell", real=True)
w = IndexedBase(r"\omega", positive=True)
drawn = IndexedBase("u", real=True)  # the logarithm of a weight, for a sample of any size
# The weighted target; the frequencies of the classes before and after.
weighted_y = IndexedBase(r"\tau", positive=True)
before = IndexedBase(r"\pi", positive=True)
after = IndexedBase(r"\pi'", positive=True)
gamma = Symbol("gamma", nonnegative=True)
FOCAL = Symbol("F", real=True)
# How often the model sees the n-th of N things.
often = IndexedBase(r"\phi", positive=True)

SYMBOLS = (answer[i], loss[i], w[i], weighted_y[i], before[i], after[i], gamma, FOCAL, often[n])


def mean_of_each(losses, u):
    """The mean of losses whose examples have each a class, and a weight, of their own."""
    return weighted_mean_loss(losses, np.arange(len(losses)), class_weight=np.exp(u))


with evaluate(False):
    SIGMOID = (answer[i], 1 / (1 + exp(-z[i])))
    QUESTION = (loss[i], -y[i] * log(answer[i]) - (1 - y[i]) * log(1 - answer[i]))
    WEIGHTS = (w[n], exp(drawn[n]))
    weight_sum = sum_over(w[n], n)
    weighted = sum_over(w[n] * loss[n], n) / weight_sum
    mass = sum_over(w[c] * y[c], c)

    ENTRIES = (
        Definition(
            "practice-sigmoid",
            r"\sigma_i = \frac{1}{1 + e^{-z_i}}",
            Claim(answer[i], "=", 1 / (1 + exp(-z[i]))),
            code=Code(sigmoid, (z[i],), (i,)),
        ),
        Definition(
            "practice-binary",
            r"\ell_i = -y_i \log \sigma_i - (1 - y_i) \log(1 - \sigma_i)",
            Claim(loss[i], "=", -y[i] * log(answer[i]) - (1 - y[i]) * log(1 - answer[i])),
            using=(SIGMOID,),
            code=Code(binary_cross_entropy, (z[i], y[i]), (i,)),
        ),
        Theorem(
            "practice-binary-logits",
            r"\begin{aligned} \ell_i &= \log(1 + e^{z_i}) - y_i z_i \\ "
            r"&= \log(1 + e^{-z_i}) + (1 - y_i) z_i \end{aligned}",
            Claim(
                loss[i],
                "=",
                log(1 + exp(z[i])) - y[i] * z[i],
                "=",
                log(1 + exp(-z[i])) + (1 - y[i]) * z[i],
            ),
            Chain(
                Step(-y[i] * log(answer[i]) - (1 - y[i]) * log(1 - answer[i]), "definition"),
                Step(
                    y[i] * log(1 + exp(-z[i])) + (1 - y[i]) * log(1 + exp(z[i])),
                    r"$1 - \sigma_i = 1 / (1 + e^{z_i})$",
                ),
                Step(
                    y[i] * (log(1 + exp(z[i])) - z[i]) + (1 - y[i]) * log(1 + exp(z[i])),
                    r"$1 + e^{-z_i} = (1 + e^{z_i}) / e^{z_i}$",
                ),
                Step(log(1 + exp(z[i])) - y[i] * z[i], "the logarithms add up"),
            ),
            using=(SIGMOID, QUESTION),
            scope="every question",
            classes=(),
        ),
        Theorem(
            "practice-binary-gradient",
            r"\frac{\partial \ell_i}{\partial z_i} = \sigma_i - y_i",
            Claim(Partial(loss[i], z[i]), "=", answer[i] - y[i]),
            Chain(
                Step(Partial(log(1 + exp(z[i])) - y[i] * z[i], z[i]), "the loss in logits"),
                Step(exp(z[i]) / (1 + exp(z[i])) - y[i], "chain rule"),
                Step(answer[i] - y[i], "divide both by $e^{z_i}$"),
            ),
            using=(SIGMOID, QUESTION),
            scope="every question",
            classes=(),
        ),
        Definition(
            "practice-weighted-mean",
            r"\bar L = \frac{\sum_{n=1}^{N} \omega_n \ell_n}{\sum_{n=1}^{N} \omega_n}",
            Claim(L_MEAN, "=", sum_over(w[n] * loss[n], n) / weight_sum),
            using=(WEIGHTS,),
            code=Code(mean_of_each, (loss[n], drawn[n]), name="weighted_mean_loss"),
        ),
        Theorem(
            "practice-weight-scale",
            r"\frac{\sum_{n=1}^{N} a \omega_n \ell_n}{\sum_{n=1}^{N} a \omega_n} = \bar L",
            Claim(sum_over(a * w[n] * loss[n], n) / sum_over(a * w[n], n), "=", L_MEAN),
            Chain(
                Step(
                    (a * sum_over(w[n] * loss[n], n)) / (a * weight_sum),
                    "$a$ is the same in every term",
                ),
                Step(weighted, "$a$ cancels"),
                Step(L_MEAN, "definition"),
            ),
            using=((L_MEAN, weighted),),
            scope="every N",
            classes=(),
        ),
        Theorem(
            "practice-prior-shift",
            r"\frac{e^{z_i + \log(\pi'_i / \pi_i)}}{\sum_{c=1}^{C} e^{z_c + \log(\pi'_c / \pi_c)}}"
            r" = \frac{p_i\, \pi'_i / \pi_i}{\sum_{c=1}^{C} p_c\, \pi'_c / \pi_c}",
            Claim(
                exp(z[i] + log(after[i] / before[i]))
                / sum_over(exp(z[c] + log(after[c] / before[c])), c),
                "=",
                (p[i] * (after[i] / before[i])) / sum_over(p[c] * (after[c] / before[c]), c),
            ),
            using=(SOFTMAX,),
        ),
        Theorem(
            "practice-weighted-target",
            r"\begin{aligned} &-\sum_{c=1}^{C} \omega_c y_c \log p_c \\ "
            r"&= \left(\sum_{c=1}^{C} \omega_c y_c\right)"
            r" \left(-\sum_{c=1}^{C} \tau_c \log p_c\right) \end{aligned}",
            Claim(
                -sum_over(w[c] * y[c] * log(p[c]), c),
                "=",
                mass * (-sum_over(weighted_y[c] * log(p[c]), c)),
            ),
            using=((weighted_y[c], (w[c] * y[c]) / mass),),
        ),
        Theorem(
            "practice-adjusted",
            r"L = \log\left(1 + \sum_{c \ne k} \frac{\pi_c}{\pi_k} e^{z_c - z_k}\right)",
            Claim(L, "=", log(1 + SumExcept((before[c] / before[k]) * exp(z[c] - z[k]), c, k))),
            using=((L, -log(before[k] * exp(z[k]) / sum_over(before[c] * exp(z[c]), c))),),
        ),
        Theorem(
            "practice-focal-gradient",
            r"\begin{aligned} \frac{\partial F}{\partial z_i} = {}&(1 - p_k)^{\gamma - 1} "
            r"(p_i - y_i) \\ &\cdot (1 - p_k - \gamma\, p_k \log p_k) \end{aligned}",
            Claim(
                Partial(FOCAL, z[i]),
                "=",
                (1 - p[k]) ** (gamma - 1) * (1 - p[k] - gamma * p[k] * log(p[k])) * (p[i] - y[i]),
            ),
            using=(SOFTMAX, (FOCAL, -((1 - p[k]) ** gamma) * log(p[k])), (y[i], delta(i, k))),
        ),
        Theorem(
            "practice-floor",
            r"\begin{aligned} -\sum_{n=1}^{N} &\phi_n \sum_{c=1}^{C} Y_{nc} \log P_{nc} \\ "
            r"= {}&-\sum_{n=1}^{N} \phi_n \sum_{c=1}^{C} Y_{nc} \log Y_{nc} \\ "
            r"&+ \sum_{n=1}^{N} \phi_n \sum_{c=1}^{C} Y_{nc} \log \frac{Y_{nc}}{P_{nc}} "
            r"\end{aligned}",
            Claim(
                -sum_over(often[n] * sum_over(Y[n, c] * log(P[n, c]), c), n),
                "=",
                -sum_over(often[n] * sum_over(Y[n, c] * log(Y[n, c]), c), n)
                + sum_over(often[n] * sum_over(Y[n, c] * log(Y[n, c] / P[n, c]), c), n),
            ),
            scope="every N, C and targets without a 0",
        ),
    )

"""Equations of the chapter on calibration."""

from sympy import IndexedBase, Integer, evaluate

from softmax_lib.calibration import calibration_example
from softmax_lib.symbolic._engine.expressions import C, sum_over
from softmax_lib.symbolic._engine.ledger import Chain, Claim, Code, Definition, Step, Theorem
from softmax_lib.symbolic.definition import c, i, z

w = IndexedBase("w", real=True)

SYMBOLS = (w[i],)

with evaluate(False):
    CENTRED = (w[i], z[i] - sum_over(z[c], c) / C)

    ENTRIES = (
        Definition(
            "calibration-centred",
            r"w_i = z_i - \frac{1}{C} \sum_{c=1}^{C} z_c",
            Claim(w[i], "=", z[i] - sum_over(z[c], c) / C),
            code=Code(calibration_example, (z[i],), (i,)),
        ),
        Theorem(
            "calibration-sum",
            r"\sum_{i=1}^{C} w_i = 0",
            Claim(sum_over(w[i], i), "=", Integer(0)),
            Chain(
                Step(sum_over(w[i], i)),
                Step(sum_over(z[i], i) - C * (sum_over(z[c], c) / C), "C equal means"),
                Step(sum_over(z[i], i) - sum_over(z[c], c), "C cancels"),
                Step(Integer(0), "the same sum"),
            ),
            using=(CENTRED,),
        ),
    )

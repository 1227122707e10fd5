"""Exercises that answer back: hand over a function, and read which laws it keeps.

One module a chapter; a check bears the name of the function of `softmax_lib` that it is for::

    definition     softmax_naive  hardmax
    overflow       softmax  log_softmax  logsumexp
    derivative     softmax_jacobian  softmax_jvp  softmax_vjp
    cross_entropy  one_hot  softmax_cross_entropy  mean_cross_entropy
    backprop       softmax_cross_entropy_grad  linear_backward  training_step

A check calls the function on copies of small inputs, within a time limit, and runs its laws in
the order in which they are taught. It answers with a `Report`: the laws that hold, the first one
that does not, with the smallest input that shows it, and, if the failure has the fingerprint of
a known mistake, its name and the section that explains it.
"""

from softmax_lib.check.backprop import linear_backward, softmax_cross_entropy_grad, training_step
from softmax_lib.check.cross_entropy import mean_cross_entropy, one_hot, softmax_cross_entropy
from softmax_lib.check.definition import hardmax, softmax_naive
from softmax_lib.check.derivative import softmax_jacobian, softmax_jvp, softmax_vjp
from softmax_lib.check.overflow import log_softmax, logsumexp, softmax
from softmax_lib.check.report import Failure, Report, Section

__all__ = [
    "Failure",
    "Report",
    "Section",
    "hardmax",
    "linear_backward",
    "log_softmax",
    "logsumexp",
    "mean_cross_entropy",
    "one_hot",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_naive",
    "softmax_vjp",
    "training_step",
]

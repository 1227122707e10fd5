"""Misprints and wrong code of the chapter on overflow."""

import pytest

from softmax_lib.overflow import logsumexp
from softmax_lib.symbolic import Code, ProofError
from softmax_lib.symbolic.definition import i, z

MISPRINTS = (
    ("lse-bounds", r"\le m + \log C", r"\le m + \log 2"),
    ("lse-bounds", r"m \le", r"m \ge"),
    ("lse-log1p", r"\ne i^*", r"\ne i"),
    ("lse-log1p", r", \qquad r = \sum_{c \ne i^*} e^{z_c - m}", ""),
)


def test_code_that_differs_fails(changed):
    code = Code(lambda logits: logsumexp(logits) * (1 + 1e-12), (z[i],), name="off by a hair")
    with pytest.raises(ProofError, match=r"logsumexp: off by a hair does not compute .* \[C = 2\]"):
        changed("logsumexp", code=code).verify()

"""The proofs of the course: `prove` checks a labelled equation and shows how it follows.

One file a chapter holds the entries, `LEDGER` collects them by label. Importing this package
needs SymPy; reading an entry's TeX back (``softmax_lib.symbolic.tex``) needs ANTLR's runtime too.

Examples
--------
>>> from softmax_lib.symbolic import LEDGER, prove
>>> print(LEDGER["order"].tex)
p_i - p_j = p_j (e^{z_i - z_j} - 1)
>>> prove("ratio")
ratio: proved for every C, and again for C = 2, 3, 4, 5
  with S = sum(exp(z[c]), c=1..C)
    p[i]/p[j]
      = (exp(z[i])/S)/((exp(z[j])/S))    (definition of p_i and p_j)
      = exp(z[i])/exp(z[j])    (S cancels)
      = exp(z[i] - z[j])    (law of exponents)
"""

from . import backprop, cross_entropy, definition, derivative, overflow
from .checks import ProofError
from .ledger import LEDGER, Chain, Claim, Code, Definition, Entry, Step, Theorem, collect, prove

__all__ = [
    "LEDGER",
    "Chain",
    "Claim",
    "Code",
    "Definition",
    "Entry",
    "ProofError",
    "Step",
    "Theorem",
    "prove",
]

collect(
    *(chapter.ENTRIES for chapter in (definition, overflow, derivative, cross_entropy, backprop))
)

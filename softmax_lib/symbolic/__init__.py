"""The proofs of the course: `prove` checks a labelled equation and shows how it follows.

One file a chapter holds its entries and the symbols they are written in; `LEDGER` collects the
entries by label. Importing this package needs SymPy; reading an entry's TeX back needs ANTLR's
runtime too.

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

from softmax_lib.course import CHAPTERS
from softmax_lib.symbolic._engine.ledger import (
    Chain,
    Claim,
    Code,
    Definition,
    Ledger,
    Step,
    Theorem,
)
from softmax_lib.symbolic._engine.prover import ProofError

__all__ = [
    "LEDGER",
    "Chain",
    "Claim",
    "Code",
    "Definition",
    "Ledger",
    "ProofError",
    "Step",
    "Theorem",
    "prove",
]

LEDGER = Ledger.of(CHAPTERS)


def prove(label):
    """Check one entry of the ledger and show how it follows.

    Parameters
    ----------
    label : str
        The label of the equation, a key of `LEDGER`.

    Returns
    -------
    Proof
        Shows the derivation, as mathematics in a notebook and as plain text elsewhere.

    Raises
    ------
    ProofError
        If a step does not hold; the message names the label, the step and both sides.
    KeyError
        If there is no such label.

    Examples
    --------
    >>> from softmax_lib.symbolic import prove
    >>> prove("sum-to-one")
    sum-to-one: proved for every C, and again for C = 2, 3, 4, 5
      with S = sum(exp(z[c]), c=1..C)
        sum(p[i], i=1..C)
          = sum(exp(z[i])/S, i=1..C)    (definition of p_i)
          = sum(exp(z[i]), i=1..C)/S    (S is the same in every term)
          = S/S    (the sum is S again)
          = 1    (cancel)
    """
    return LEDGER.prove(label)

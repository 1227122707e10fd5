"""The equation ledger: every labelled equation of the course, and what holds it.

A *definition* is held by the library: its formula, evaluated by SymPy, gives the numbers that the
library's code gives. A *theorem* is held by a derivation: chains of steps, each proved equal to
the one before, for every C at once and again for each C in 2..5. An inequality is a chain that
starts at the difference of its sides and ends in something whose sign is manifest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sympy import Expr

from .algebra import SMALL, head
from .checks import check_chain, check_claim, check_code
from .proof import Proof

LEDGER = {}


@dataclass(frozen=True)
class Step:
    """One line of a derivation and the reason for it.

    ``given`` holds hypotheses, as literal replacements, that make this line equal the one before.
    """

    expr: Expr
    why: str = ""
    given: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    r"""Steps that are equal, one after the other.

    ``let`` introduces symbols to the reader; ``distinct`` are pairs of indices that differ.
    ``sign`` (``\ge 0``, ``> 0`` or ``< 0``) is what the last line is seen to have, once the
    literal replacements of ``because`` are made: SymPy reads it off the assumptions alone.
    """

    steps: tuple
    title: str = ""
    let: tuple = ()
    distinct: tuple = ()
    sign: str = ""
    because: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """What an entry states: sides, the relations between them, and which indices differ."""

    sides: tuple
    relations: tuple = ("=",)
    distinct: tuple = ()
    hypothesis: bool = False


@dataclass(frozen=True)
class Code:
    """The library's side: ``call`` gets a sample of each argument, ``indices`` index its result."""

    name: str
    call: Callable
    arguments: tuple
    indices: tuple = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One labelled equation.

    Attributes
    ----------
    label : str
        The label of the equation in the chapters.
    tex : str
        The TeX that the chapters show.
    claims : tuple of Claim
        The same statement as SymPy expressions.
    using : tuple of (symbol, meaning)
        The definitions in force.
    sums_to_one : tuple of IndexedBase
        The vectors that are assumed to be distributions.
    code : Code or None
        What in the library computes the last side of the first claim.
    """

    label: str
    tex: str
    claims: tuple
    using: tuple = ()
    sums_to_one: tuple = ()
    code: Code | None = None

    def rules(self, let=()):
        """The definitions in force, filed under the symbol that each defines."""
        return {head(pattern): (pattern, meaning) for pattern, meaning in (*self.using, *let)}


@dataclass(frozen=True, kw_only=True)
class Definition(Entry):
    """An entry that the library's code carries out."""

    chains = ()

    def check(self):
        """Compare the formula with the code; raise ProofError if they differ."""
        check_code(self)

    def verdict(self):
        """How the entry was checked, in words."""
        return f"{self.code.name} agrees with this definition on random input"


@dataclass(frozen=True, kw_only=True)
class Theorem(Entry):
    """An entry that follows from definitions, step by step.

    ``general`` says whether the proof covers every C at once; ``classes`` are the C that are
    checked besides; ``sizes`` are further counts, each tried from 1 to C.
    """

    chains: tuple
    general: bool = True
    classes: tuple = SMALL
    sizes: tuple = ()

    def check(self):
        """Prove every chain and every claim; raise ProofError where that fails."""
        for chain in self.chains:
            check_chain(self, chain)
        for claim in self.claims:
            check_claim(self, claim)
        if self.code:
            check_code(self)

    def verdict(self):
        """How the entry was checked, in words."""
        small = f"C = {', '.join(map(str, self.classes))}"
        proved = (
            f"proved for every C, and again for {small}" if self.general else f"proved for {small}"
        )
        return proved + (f"; {self.code.name} computes it" if self.code else "")


def collect(*chapters):
    """Put the entries of the chapters into `LEDGER`; a label used twice is an error."""
    for entries in chapters:
        for entry in entries:
            if entry.label in LEDGER:
                raise ValueError(f"two entries of the ledger are labelled {entry.label!r}")
            LEDGER[entry.label] = entry


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
    if label not in LEDGER:
        raise KeyError(f"no entry of the ledger is labelled {label!r}")
    entry = LEDGER[label]
    entry.check()
    return Proof(entry)

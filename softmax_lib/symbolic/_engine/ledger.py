"""The equation ledger: every labelled equation of the course, and what holds it.

A *definition* is held by the library: its formula, evaluated by SymPy, gives the numbers that the
library's code gives. A *theorem* is held by a derivation: chains of steps, each proved equal to
the one before, for every C at once and again for each C in 2..5. An inequality is a chain that
starts at the difference of its sides and ends in something whose sign is manifest.
"""

from dataclasses import dataclass, field

from sympy import Expr

from softmax_lib.symbolic._engine.proof import Proof
from softmax_lib.symbolic._engine.prover import verify_chain, verify_claim, verify_code
from softmax_lib.symbolic._engine.reader import name_of
from softmax_lib.symbolic._engine.small_cases import SMALL
from softmax_lib.symbolic._engine.substitution import head


@dataclass(frozen=True)
class Step:
    """One line of a derivation and the reason for it.

    ``given`` holds hypotheses, as literal replacements, that make this line equal the one before.
    """

    expr: Expr
    why: str = ""
    given: dict = field(default_factory=dict)


class Chain:
    r"""Steps that are equal, one after the other: ``Chain("Title", Step(...), Step(...))``.

    It starts at the left side of the first claim, if its first step gives a reason.
    ``let`` introduces symbols to the reader; ``distinct`` are pairs of indices that differ.
    ``sign`` (``\ge 0``, ``> 0`` or ``< 0``) is what the last line is seen to have, once the
    literal replacements of ``because`` are made: SymPy reads it off the assumptions alone.
    """

    def __init__(self, *steps, let=(), distinct=(), sign="", because=None):
        self.title = steps[0] if isinstance(steps[0], str) else ""
        self.steps = steps[1:] if self.title else steps
        self.let, self.distinct = let, distinct
        self.sign, self.because = sign, because or {}


class Claim:
    r"""What an entry states: ``Claim(m, r"\le", LSE)``, and which indices differ in it.

    What is only supposed is no claim to prove: a ``hypothesis``.
    """

    def __init__(self, *statement, distinct=(), hypothesis=False):
        self.sides, self.relations = statement[::2], statement[1::2]
        self.distinct, self.hypothesis = distinct, hypothesis


class Code:
    """The library's side: ``call`` gets a sample of each argument, ``indices`` index its result.

    An argument that is an array is told by an entry, ``z[i]``. ``found`` holds indices that
    depend on the arguments, each with the function that finds it.
    """

    def __init__(self, call, arguments, indices=(), *, name="", found=None):
        self.call, self.name = call, name or call.__name__
        self.arguments, self.indices, self.found = arguments, indices, found or {}


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
    chains : tuple of Chain
        How it follows.
    using : tuple of (symbol, meaning)
        The definitions in force.
    sums_to_one : tuple of Indexed
        Entries of the vectors that are assumed to sum to one over their last index.
    code : Code or None
        What in the library computes the last side of the first claim.
    """

    def __init__(self, label, tex, *parts, using=(), sums_to_one=(), code=None):
        self.label, self.tex = label, tex
        self.claims = tuple(part for part in parts if isinstance(part, Claim))
        self.chains = tuple(part for part in parts if isinstance(part, Chain))
        self.using, self.sums_to_one, self.code = using, sums_to_one, code
        for chain in self.chains:
            if chain.steps[0].why:
                chain.steps = (Step(self.claims[0].sides[0]), *chain.steps)

    def rules(self, let=()):
        """The definitions in force, filed under the symbol that each defines."""
        return {head(pattern): (pattern, meaning) for pattern, meaning in (*self.using, *let)}


class Definition(Entry):
    """An entry that the library's code carries out."""

    def verify(self):
        """Compare the formula with the code; raise ProofError if they differ."""
        verify_code(self)

    @property
    def verdict(self):
        """How the entry was checked, in words."""
        return f"{self.code.name} agrees with this definition on random input"


class Theorem(Entry):
    """An entry that follows from definitions, step by step.

    ``general`` says whether the proof covers every C at once; ``classes`` are the C that are
    checked besides, none if the statement is not about classes; ``sizes`` are further counts,
    each tried from 1 to C. ``scope`` says in words what the general proof is about, where that
    is another thing than the number of classes, or not this number alone.
    """

    def __init__(
        self, *statement, general=True, classes=SMALL, sizes=(), scope="every C", **options
    ):
        super().__init__(*statement, **options)
        self.general, self.classes, self.sizes, self.scope = general, classes, sizes, scope

    def verify(self):
        """Prove every chain and every claim; raise ProofError where that fails."""
        for chain in self.chains:
            verify_chain(self, chain)
        for claim in self.claims:
            verify_claim(self, claim)
        if self.code:
            verify_code(self)

    @property
    def verdict(self):
        """How the entry was checked, in words."""
        small = f"C = {', '.join(map(str, self.classes))}" if self.classes else ""
        proofs = [self.scope, small] if self.general else [small]
        said = "proved for " + ", and again for ".join(filter(None, proofs))
        return said + (f"; {self.code.name} computes it" if self.code else "")


class Ledger(dict):
    """The entries of the chapters by label, in their order, and the symbols of their TeX."""

    def __init__(self):
        self.symbols, self.chapters, self.proofs = (), {}, {}

    @classmethod
    def of(cls, chapters):
        """The ledger of a course: the chapters that have proofs, in their order.

        Those of the first part build on one another; each of a later one builds on these alone, so
        that a letter may mean one thing here and another there.
        """
        ledger, first = cls(), chapters[0].part
        for chapter in chapters:
            if room := chapter.room("symbolic"):
                ledger.add(chapter.name, room.ENTRIES, room.SYMBOLS, chapter.part == first)
        return ledger

    def add(self, name, entries, symbols, for_later=True):
        """Take in a chapter; it reads the symbols of those before it, but for names of its own."""
        own = {name_of(one) for one in symbols}
        known = (*symbols, *(one for one in self.symbols if name_of(one) not in own))
        if for_later:
            self.symbols = known
        for entry in entries:
            if entry.label in self:
                raise ValueError(
                    f"two entries are labelled {entry.label!r}: one of the chapter "
                    f"{self.chapters[entry.label]!r}, one of {name!r}"
                )
            entry.symbols = known
            self[entry.label], self.chapters[entry.label] = entry, name

    def prove(self, label):
        """Check an entry, once, and return its Proof."""
        if label not in self:
            raise KeyError(f"no entry of the ledger is labelled {label!r}")
        if label not in self.proofs:
            self[label].verify()
            self.proofs[label] = Proof(self[label])
        return self.proofs[label]

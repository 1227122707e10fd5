"""A known mistake, and how its behaviour is recognised; the source is never read."""

from collections.abc import Callable
from dataclasses import dataclass

from softmax_lib.check.report import Section


@dataclass(frozen=True)
class Mistake:
    """A stable identifier, a name, what it does, and where the course explains it."""

    id: str
    title: str
    text: str
    section: Section = None

    def like(self, *formulas):
        """Return the fingerprint: the attempt returns what one of these wrong formulas does."""
        return Fingerprint(self, formulas=formulas)

    def seen_by(self, sign):
        """Return the fingerprint: ``sign`` holds for the law's pairs (came, expected)."""
        return Fingerprint(self, sign=sign)


@dataclass(frozen=True)
class Fingerprint:
    """A mistake as one exercise shows it."""

    mistake: Mistake
    formulas: tuple = ()
    sign: Callable = None

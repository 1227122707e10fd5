"""A known mistake, and how its behaviour is recognised; the source is never read."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from softmax_lib.check._engine.report import Section


@dataclass(frozen=True)
class Mistake:
    """A mistake as one exercise shows it."""

    id: str  # stable
    said: str  # its title, which is the first sentence, and what it does
    label: str = None  # of the section that explains it
    formulas: tuple = ()  # wrong ones; the attempt returns what one of them does
    sign: Callable = None  # holds for the pairs (came, expected) of the law that fails
    error: type = None  # what is raised by this mistake alone

    @property
    def title(self):
        """Its name, without the full stop."""
        return self.said.partition(". ")[0]

    @property
    def text(self):
        """What it does, and what helps."""
        return self.said.partition(". ")[2]

    @property
    def section(self):
        """The `Section` that explains it, or None."""
        return self.label and Section(self.label)

    def like(self, *formulas):
        """Return the mistake as it shows in an exercise: one of these wrong formulas."""
        return replace(self, formulas=formulas)

    def through(self, wrap):
        """Return the mistake as it shows in what is made of an exercise's results."""
        return replace(self, formulas=tuple(map(wrap, self.formulas)))

    def seen_by(self, sign):
        """Return the mistake as it shows in an exercise: a sign in the numbers."""
        return replace(self, sign=sign)

    def raising(self, error):
        """Return the mistake with the error that only this one leads to."""
        return replace(self, error=error)

"""A known mistake, and how its behaviour is recognised; the source is never read."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from softmax_lib.check._engine.report import Section


@dataclass(frozen=True)
class Mistake:
    """A mistake as one exercise shows it."""

    id: str  # stable
    said: str  # its title, which is the first sentence, and what it does
    label: str = None  # of the section that explains it to who meets it first
    later: str = None  # of one of a later chapter that explains it better
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
    def sections(self):
        """The sections that explain it."""
        return tuple(Section(label) for label in (self.label, self.later) if label)

    @property
    def section(self):
        """The `Section` that explains it best, or None."""
        return self.sections[-1] if self.sections else None

    def told_in(self, chapter):
        """Return the mistake with the sections that whoever has come to a chapter has read."""
        read = [each.label for each in self.sections if each.is_read_by(chapter)]
        return replace(self, **dict(zip(("label", "later"), [*read, None, None], strict=False)))

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

"""What a check answers: an object with facts for a program and two forms for a reader."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from softmax_lib.course import CHAPTERS, section

# Rules of a colour that stands out on white and on black; the text has the page's own colour.
HOLDS, FAILS = "#009E73", "#D55E00"


@dataclass(frozen=True)
class Section:
    """A place in the course.

    Attributes
    ----------
    label : str
        The label above its heading, such as "sec-max-shift".
    """

    label: str

    @property
    def chapter(self):
        """The name of its chapter's page, such as "overflow"."""
        return section(self.label)[0].name

    @property
    def heading(self):
        """Its heading, such as "Subtract the maximum"."""
        return section(self.label)[1]

    def is_read_by(self, chapter):
        """Say whether whoever has come to a chapter, named as its modules are, has come by."""
        names = [each.module for each in CHAPTERS]
        return names.index(section(self.label)[0].module) <= names.index(chapter)

    def __str__(self):
        chapter, heading = section(self.label)
        return f"chapter {chapter.title}, section “{heading}”"

    @property
    def link(self):
        """Where JupyterLab finds it, from a notebook beside the chapters."""
        return f"{self.chapter}.ipynb#heading={quote(self.heading.replace(' ', '-'), ',:?')}"


@dataclass(frozen=True)
class Failure:
    """The first law that does not hold, and the smallest input that shows it.

    Attributes
    ----------
    law : str
        The law, as a sentence.
    given : str
        The call, as code.
    came, expected : str
        What the function returned or raised, and what the right one returns.
    mistake : Mistake or None
        The known mistake that it shows: its `id`, `title`, `text` and `section`.
    printed : str
        What the function printed during the call.
    warned : tuple of str
        The warnings during the call.
    """

    law: str
    given: str
    came: str
    expected: str
    mistake: object = None
    printed: str = ""
    warned: tuple = ()


@dataclass(frozen=True)
class Report:
    """The answer to an attempt.

    It is true in a condition if the attempt passed, and shows itself at the end of a cell.

    Attributes
    ----------
    function : str
        What it was checked as, such as "softmax".
    attempt : str
        The name of the function that was handed over, such as "my_softmax"; "f" if it has none.
    laws : tuple of str
        The laws that hold, in the order of the checks.
    failure : Failure or None
        The first law that does not hold.
    notes : tuple of str
        What the reader should know besides.
    """

    function: str
    attempt: str
    laws: tuple
    failure: Failure = None
    notes: tuple = ()

    @property
    def passed(self):
        """Whether every law holds."""
        return self.failure is None

    @property
    def failed_law(self):
        """The first law that does not hold, or None."""
        return self.failure and self.failure.law

    @property
    def diagnosis(self):
        """The identifier of the known mistake that the failure shows, or None."""
        return self.failure and self.failure.mistake and self.failure.mistake.id

    @property
    def section(self):
        """The section that explains that mistake, or None."""
        return self.failure and self.failure.mistake and self.failure.mistake.section

    def __bool__(self):
        return self.passed

    def __str__(self):
        lines = [self._verdict(), *(f"  holds  {law}" for law in self.laws)]
        if self.failure:
            lines.append(f"  FAILS  {self.failure.law}")
            lines += [f"         {label:9} {said}" for label, said in self._details()]
        return "\n".join([*lines, *(f"  note   {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self):
        colour = HOLDS if self.passed else FAILS
        items = [f"<li>✓ {escape(law)}</li>" for law in self.laws]
        if self.failure:
            details = "".join(
                f'<dt style="margin: 0; font-weight: 600">{escape(label)}</dt>'
                f'<dd style="margin: 0; overflow-wrap: anywhere">{_marked(label, said)}</dd>'
                for label, said in self._details()
            )
            items.append(
                f"<li><strong>✗ {escape(self.failure.law)}</strong>"
                '<dl style="display: grid; grid-template-columns: max-content minmax(0, 1fr); '
                f'gap: 0 1em; margin: 0.3em 0 0 1.2em">{details}</dl></li>'
            )
        items += [f"<li>{escape(note)}</li>" for note in self.notes]
        return (
            # JupyterLab shows the first line of what is folded.
            f"<!-- {escape(self._verdict())} -->\n"
            f'<div style="border-left: 4px solid {colour}; padding: 0.2em 0 0.2em 1em; '
            'color: inherit; background: none; line-height: 1.5">'
            f"<strong>{escape(self._verdict())}</strong>"
            '<ul style="list-style: none; margin: 0.3em 0 0 0; padding: 0">'
            f"{''.join(items)}</ul></div>"
        )

    def _verdict(self):
        count, checked = len(self.laws), self.attempt
        if checked != self.function:
            checked += f", checked as {self.function}"
        if self.passed:
            return f"{checked}: passed, all {count} laws hold."
        held = {0: "no law holds yet", 1: "1 law holds"}.get(count, f"{count} laws hold")
        return f"{checked}: not yet; {held}, the next one fails."

    def _details(self):
        failure, mistake = self.failure, self.failure.mistake
        yield "given", failure.given
        yield "came", failure.came
        yield "expected", failure.expected
        if failure.printed:
            yield "printed", " ".join(failure.printed.split())
        for warning in failure.warned:
            yield "warned", warning
        if mistake:
            yield "mistake", f"{mistake.title} ({mistake.id}). {mistake.text}"
            if mistake.section:
                yield "read", mistake.section


def _marked(label, said):
    """Return HTML: values are code as a whole, in sentences what is in backticks; sections link."""
    text = escape(str(said))
    if isinstance(said, Section):
        return f'<a href="{said.link}">{text}</a>'
    if label in ("given", "came", "expected", "printed", "warned"):
        return f"<code>{text}</code>"
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)

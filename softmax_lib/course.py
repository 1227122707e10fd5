"""The one list of the course's chapters; what belongs to a chapter is found by its name.

A chapter is declared here, in one line. Its page is ``chapters/<name>.ipynb``; its mathematics,
its proofs, its checks and its figures are modules of that name, and so are their tests.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

THE_COURSE = "The course"


@dataclass(frozen=True)
class Chapter:
    """A chapter, as the whole course knows it.

    Attributes
    ----------
    name : str
        The name of its page: "cross-entropy". Modules write an underscore for the dash.
    title : str
        How other pages and reports call it: "Cross-entropy".
    question : str
        What it answers, in a line.
    part : str
        The part of the course that it stands in, as the contents call it.
    also : tuple of str
        Further modules of the library that belong to it.
    """

    name: str
    title: str
    question: str
    part: str = THE_COURSE
    also: tuple = ()

    @property
    def module(self):
        """The name of its modules."""
        return self.name.replace("-", "_")

    def room(self, role=""):
        """Return its module in a role, or None if it has none there.

        Parameters
        ----------
        role : str
            "symbolic", "check", "plots" or "explorer"; empty for the mathematics.
        """
        package = f"softmax_lib.{role}".rstrip(".")
        path = f"{package}.{self.module}"
        return import_module(path) if find_spec(path) else None

    def modules(self):
        """Return the modules of its mathematics."""
        return [import_module(f"softmax_lib.{name}") for name in (self.module, *self.also)]


CHAPTERS = (
    Chapter("definition", "Definition", "Where does the formula come from, and what does it keep?"),
    Chapter(
        "overflow", "Overflow", "Why does it fail on a computer, and how is it computed rightly?"
    ),
    Chapter(
        "derivative",
        "Derivative",
        "What does a small change of one logit do to all the probabilities?",
    ),
    Chapter("cross-entropy", "Cross-entropy", "What should a wrong prediction cost?"),
    Chapter(
        "backprop",
        "Backprop",
        "Why is the gradient p − y, and how does a model learn from it?",
        also=("regression",),
    ),
    Chapter(
        "practice",
        "Practice",
        "What if there are several labels, or weights, or classes that are rare?",
        "Going further",
    ),
    Chapter("calibration", "Calibration", "May one believe a probability of 0.9?", "Going further"),
    Chapter("network", "Network", "What changes with one hidden layer?", "Going further"),
    Chapter(
        "attention",
        "Attention",
        "How does softmax look something up, and how does one draw from it?",
        "Going further",
    ),
    Chapter(
        "streaming",
        "Streaming",
        "What if the numbers come in pieces, or lie on many machines?",
        "Going further",
        also=("distributed",),
    ),
)


def chapter(name):
    """Return the chapter of that name, dashed or not; a KeyError names those that there are."""
    for each in CHAPTERS:
        if name in (each.name, each.module):
            return each
    raise KeyError(
        f"no chapter is called {name!r}; there are: {', '.join(c.name for c in CHAPTERS)}"
    )


@cache
def sections():
    """Return a chapter's name and a heading for each label; `tools/notebooks.py` writes them."""
    return json.loads(Path(__file__).with_name("sections.json").read_text(encoding="utf-8"))


def section(label):
    """Return the chapter and the heading of the section that bears a label.

    >>> place, heading = section("sec-max-shift")
    >>> place.title, heading
    ('Overflow', 'Subtract the maximum')
    """
    name, heading = sections()[label]
    return chapter(name), heading

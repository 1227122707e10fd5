"""Each number in the prose of a chapter is shown by a cell nearby, or computed here.

A number with a decimal point or an exponent that a sentence, a table or a formula states must
appear in the code or the outputs of its section (of its exercise; a summary may repeat what the
whole chapter showed), rounded to as many digits. Where no cell shows it,
``numbers/<chapter>.py`` says what it is::

    HELD = {
        "overflows above «709.78»": lambda: np.log(np.finfo(np.float64).max),
        "takes «80» GB": lambda: 100_000**2 * 8 / 1e9,
    }

The words around the number are part of it, so that a sentence turned round is noticed, too. A
phrase with several numbers has a function that returns as many; one without a number, a function
that returns whether it is true.
"""

from __future__ import annotations

import re
import runpy
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import pytest

from softmax_lib.course import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent / "numbers"
NAMES = [each.name for each in CHAPTERS]

NUMBER = re.compile(
    r"""(?<![\w.^])(?<!\^\{)(?:
    (?P<digits>\d+(?:\.\d+)?)
    (?:\s*(?:\\cdot|\\times|[·×])\s*10\^\{?(?P<ten>[-−]?\d+)\}?  # 2.2 \cdot 10^{-16}
     | e(?P<e>[+-]?\d+)                                          # 2.2e-16
     | \^\{?(?P<power>[-−]?\d+)(?![\d.]*\w)\}?)?                 # 2^{-53}
    )(?![\w^]|\.\d)""",
    re.VERBOSE,
)
# What says nothing of size: labels, options of directives, citations and references, addresses.
NO_PROSE = re.compile(
    r"""```\{math\}\n:label:.*?```          # the ledger holds what it says
    | ^:[\w-]+:[^\n]*$ | ^\([\w-]+\)=$
    | \{(?:cite[:\w]*|eq|ref|numref|prf:ref|doc|label)\}`[^`]*`
    | \]\([^)]*\) | <[^>]+> | https?://\S+""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
UNIT_HEADING = re.compile(r"(?m)^## |<h3>")


class Number(NamedTuple):
    text: str
    value: Fraction
    unit: Fraction  # of the last digit that is written

    def rounds(self, value) -> bool:
        """Whether it is the value, or the value as a percentage, rounded to its digits."""
        if not isinstance(value, Fraction):
            if not np.isfinite(value):
                return False
            value = Fraction(float(value))
        near = self.unit / 2 * (1 + Fraction(1, 10**6))
        return any(abs(self.value - scale * abs(value)) <= near for scale in (1, 100))

    def shown_as(self, other: Number) -> bool:
        """Whether a cell shows it: a single digit, which many numbers round to, just so."""
        single = len(re.sub(r"\D", "", self.text).strip("0")) == 1
        return self.value == other.value if single else self.rounds(other.value)


def plain(text: str) -> str:
    """Return a text with its numbers written in one way."""
    text = text.replace("{,}", "").replace("{.}", ".").replace("**", "^")
    return re.sub(r"(?<=\d)(?:\\,|_)(?=\d{3})", "", text)


def numbers(text: str):
    """Yield the numbers of a text that `plain` has gone over."""
    for found in NUMBER.finditer(text):
        digits, places = found["digits"], len(found["digits"].partition(".")[2])
        value, unit = Fraction(digits), Fraction(1, 10**places)
        exponent = int((found["ten"] or found["e"] or "0").replace("−", "-"))
        value, unit = value * Fraction(10) ** exponent, unit * Fraction(10) ** exponent
        if found["power"]:
            value **= int(found["power"].replace("−", "-"))
            unit = value / 10**6  # it is exact
        yield Number(found[0], value, unit)


def is_claimed(number: Number) -> bool:
    return bool(re.search(r"[.^e]", number.text))


class Unit(NamedTuple):
    """A section or an exercise: what it says, and what its cells show."""

    title: str
    prose: str
    shown: list[Number]


@cache
def units(name: str) -> list[Unit]:
    """Return the sections and exercises of a chapter."""
    found: list[list] = [["", [], []]]
    for cell in read(name).cells:
        if cell.cell_type == "markdown":
            for at, part in enumerate(UNIT_HEADING.split(cell.source)):
                if at:
                    found.append([part.splitlines()[0], [], []])
                found[-1][1].append(NO_PROSE.sub(" ", part))
        else:
            found[-1][2].append(re.sub(r"(?m)#.*$", "", cell.source))
            for output in cell.outputs:
                shown = output.get("text") or output.get("data", {}).get("text/plain", "")
                found[-1][2].append(shown)
    parts = [
        Unit(title, plain("\n\n".join(prose)), list(numbers(plain("\n".join(shown)))))
        for title, prose, shown in found
    ]
    everything = [number for part in parts for number in part.shown]
    return [p._replace(shown=everything) if p.title.startswith("Summary") else p for p in parts]


@cache
def everything_said(name: str) -> str:
    """Return all prose on one line: the text, and what stands beside the figures."""
    texts = []
    for cell in read(name).cells:
        shown = cell.metadata.get("mystnb", {})
        texts += [cell.source] * (cell.cell_type == "markdown")
        texts += [shown.get(part, {}).get(key, "") for part, key in WORDS]
    return " ".join("\n".join(texts).split())


WORDS = (("image", "alt"), ("figure", "caption"))


def held_in(name: str) -> dict:
    path = HERE / f"{name.replace('-', '_')}.py"
    return runpy.run_path(str(path))["HELD"] if path.exists() else {}


def not_held(unit: Unit, phrases) -> list[Number]:
    """Return the claimed numbers of a unit that no cell of it shows and no phrase holds."""
    prose = " ".join(unit.prose.split())
    for phrase in sorted(phrases, key=len, reverse=True):
        words = " ".join(plain(phrase).split())
        # A claim that is true as a whole holds all its numbers.
        rest = re.sub("«.*?»", "", words) if "«" in words else ""
        prose = prose.replace(re.sub("[«»]", "", words), rest)
    shown = unit.shown
    unheld = [
        number
        for number in numbers(prose)
        if is_claimed(number) and not any(number.shown_as(other) for other in shown)
    ]
    # Several in brackets are shown together, in this order.
    for inside in re.findall(r"\(([^()]+,[^()]+)\)", prose):
        parts = [[*numbers(part)] for part in inside.split(",")]
        row = [part[0] for part in parts if len(part) == 1]
        if len(row) == len(parts) and any(map(is_claimed, row)):
            starts = range(len(shown) - len(row) + 1)
            if not any(
                all(number.shown_as(shown[at + i]) for i, number in enumerate(row)) for at in starts
            ):
                unheld += row
    return unheld


@cache
def read(name: str):
    return nbformat.read(ROOT / "chapters" / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_prose_is_shown_nearby_or_computed(name):
    phrases = held_in(name)
    unheld = [
        f"{unit.title or 'the opening'}: {number.text}"
        for unit in units(name)
        for number in not_held(unit, phrases)
    ]
    assert unheld == [], f"show them in a cell, or say in {HERE.name}/ what they are"


def phrases():
    return [
        pytest.param(name, phrase, value, id=f"{name}-{phrase[:40]}")
        for name in NAMES
        for phrase, value in held_in(name).items()
    ]


@pytest.mark.parametrize(("name", "phrase", "value"), phrases())
def test_what_a_phrase_says_is_what_is_computed(name, phrase, value):
    written = re.findall("«(.*?)»", phrase)
    assert " ".join(re.sub("[«»]", "", phrase).split()) in everything_said(name), (
        f"{name} does not say so (any more)"
    )
    computed = value()
    if not written:
        assert computed is True or (isinstance(computed, np.bool_) and computed)
        return
    computed = computed if isinstance(computed, tuple) else (computed,)
    assert len(written) == len(computed)
    for text, one in zip(written, computed, strict=True):
        (number,) = numbers(plain(text))
        assert number.rounds(one), f"{text} is said, {float(one):.6g} is computed"


# ---- that it bites ------------------------------------------------------------------------------


def changed(number: Number) -> str:
    """Return the number with another leading digit."""
    at = re.search(r"[1-9]", number.text)
    digit = str(int(at[0]) % 9 + 1)
    return number.text[: at.start()] + digit + number.text[at.end() :]


def test_nine_of_ten_numbers_cannot_be_changed_unnoticed():
    noticed, total = 0, 0
    for name in NAMES:
        phrases = held_in(name)
        for unit in units(name):
            claimed = {n.text for n in numbers(unit.prose) if is_claimed(n) and n.value}
            for number in numbers(unit.prose):
                if number.text not in claimed:
                    continue
                total += 1
                pattern = rf"(?<![\w.]){re.escape(number.text)}(?![\w]|\.\d)"
                other = re.sub(pattern, lambda _: changed(number), unit.prose)  # noqa: B023
                noticed += bool(not_held(unit._replace(prose=other), phrases))
    assert total > 50
    assert noticed >= 0.9 * total, f"{noticed} of {total}"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("above 709.78, and 12", [709.78, 12]),
        (r"about $2.2 \cdot 10^{-16}$", [2.2e-16]),
        ("2.2e-16 and $2^{-53}$", [2.2e-16, 2**-53]),
        (r"$1{,}000\,000$ of 2**10", [1e6, 1024]),
        ("NumPy 2.4.6, p_2, x^2, float32", []),
        ("99.5 % of $10^{-16}$.", [99.5, 1e-16]),
    ],
)
def test_numbers_are_read(text, values):
    assert [float(n.value) for n in numbers(plain(text))] == pytest.approx(values, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "value", "right"),
    [
        ("0.88", 0.8789, True),
        ("0.87", 0.8789, False),
        ("87.9", 0.8789, True),
        ("2^{53}", 2.0**53 + 2, True),
        ("709.8", 709.78, True),
        ("719.78", 709.78, False),
    ],
)
def test_a_number_is_right_if_it_is_the_value_rounded(text, value, right):
    (number,) = numbers(plain(text))
    assert number.rounds(value) is right

"""The glossary: each term leads back to its section, and is found by its Chinese."""

import re
import unicodedata
from pathlib import Path

import pytest

from test_notes import CHINESE, labels

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "reference" / "glossary.md").read_text(encoding="utf-8")
TERMS, TABLE = PAGE.split("```{glossary}\n")[1].split("```\n", 1)
# Terms, one a line and the last one may be an abbreviation; then, indented, what they mean.
ENTRIES = re.findall(r"^((?:\S.*\n)+)  (.+)$", TERMS, re.MULTILINE)
ROWS = re.findall(r"^\| (.+) \| (.+) \| \{term\}`(.+)` \|$", TABLE, re.MULTILINE)


def chinese_of(meaning):
    """Return what an entry gives as Chinese: one word, and others in brackets."""
    words = re.match(r"(.+?)(?:, \$|\. )", meaning)[1]
    return [word for word in re.split(r" \(|\)", words) if CHINESE.search(word)] or [words]


def sound(pinyin):
    """Return pinyin without its tones, by which it is sorted."""
    apart = unicodedata.normalize("NFD", pinyin.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def test_every_line_is_part_of_an_entry():
    assert sum(len(terms.splitlines()) + 1 for terms, _ in ENTRIES) == len(
        [line for line in TERMS.splitlines() if line]
    )


@pytest.mark.parametrize(("terms", "meaning"), ENTRIES)
def test_a_term_leads_back_to_the_section_that_introduces_it(terms, meaning):
    (label,) = re.findall(r" → \{ref\}`([\w-]+)`$", meaning)
    assert label in labels()["ref"]


def test_the_table_has_each_chinese_word_once():
    wanted = [(word, terms.splitlines()[0]) for terms, m in ENTRIES for word in chinese_of(m)]
    assert sorted((word, term) for _, word, term in ROWS) == sorted(wanted)


def test_both_are_in_order():
    terms = [terms.splitlines()[0].lower() for terms, _ in ENTRIES]
    assert terms == sorted(terms)
    sounds = [sound(pinyin) for pinyin, *_ in ROWS]
    assert sounds == sorted(sounds)


@pytest.mark.parametrize(("pinyin", "word"), [row[:2] for row in ROWS])
def test_pinyin_has_a_syllable_for_each_character(pinyin, word):
    latin = re.sub(CHINESE, " ", word.replace("，", ",")).split()
    syllables = re.split("[ –]", pinyin.replace(",", ""))
    assert len(syllables) == len(CHINESE.findall(word)) + len([w for w in latin if w not in ",–"])

"""The bibliography: what is listed is cited on a page of the course, under its authors' names."""

import re
from pathlib import Path

import pytest
from pybtex.database import parse_file

from lab import LINK, address, with_citations, with_references

ROOT = Path(__file__).resolve().parents[2]
SOURCES = parse_file(ROOT / "references.bib")
ADDRESSES = {address(key, entry): key for key, entry in SOURCES.entries.items()}
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
CITED = [
    (chapter.stem, text, ADDRESSES[target])
    for chapter in CHAPTERS
    for text, target in re.findall(LINK, chapter.read_text(encoding="utf-8"))
    if target in ADDRESSES
]


def names(entry):
    """Return the authors as an author-year citation names them."""
    people = [
        " ".join(author.prelast_names + author.last_names) for author in entry.persons["author"]
    ]
    people = [name.strip("{}") for name in people]
    return f"{people[0]} et al." if len(people) > 2 else " and ".join(people)


def test_every_source_is_cited():
    pages = [ROOT / "index.md", *(ROOT / "reference").glob("*.md")]
    pages = {page: page.read_text(encoding="utf-8") for page in [*pages, *CHAPTERS]}
    text = "".join(with_citations(pages[page], SOURCES) for page in pages)
    cited = {
        key for keys in re.findall(r"\{cite(?::t)?\}`([^`]+)`", text) for key in keys.split(",")
    }
    assert [key for key in SOURCES.entries if key not in cited] == []


@pytest.mark.parametrize(("chapter", "text", "key"), CITED)
def test_a_chapter_names_whom_it_cites(chapter, text, key):
    entry = SOURCES.entries[key]
    year = entry.fields.get("year")
    named = {f"{names(entry)}, {year}", f"{names(entry)} ({year})"} if year else {names(entry)}
    assert text in named


def test_links_in_brackets_and_in_a_sentence_are_citations():
    given = (
        "Exact ([Sterbenz, 1974](../references.bib#sterbenz1974floating); "
        "[Goldberg, 1991](https://doi.org/10.1145/103162.103163)), as "
        "[Bridle (1990)](https://doi.org/10.1007/978-3-642-76153-9_28) says. See [here](there.md), "
        "([Goldberg, 1991](https://doi.org/10.1145/103162.103163); [more](there.md))."
    )
    assert with_citations(given, SOURCES) == (
        "Exact {cite}`sterbenz1974floating,goldberg1991what`, as {cite:t}`bridle1990probabilistic` "
        "says. See [here](there.md), ({cite:t}`goldberg1991what`; [more](there.md))."
    )


def test_links_to_sections_of_other_chapters_are_references():
    given = (
        "The loss [does not explode](cross-entropy.ipynb#heading=Does-the-gradient-explode?), "
        "[a chapter](overflow.ipynb), [none](overflow.ipynb#heading=None)."
    )
    assert with_references(given) == (
        "The loss {ref}`does not explode <sec-two-slopes>`, "
        "[a chapter](overflow.ipynb), [none](overflow.ipynb#heading=None)."
    )

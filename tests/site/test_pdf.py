"""The printed course, read again: all of it is there, and the contents say where."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from onepage import page_names

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
FRONT, *PAGES = page_names()
LETTER = re.compile(rb"<([0-9A-F]{4})>\n")  # at the end of a line of a table of letters
RAW = re.compile(r"\\[a-zA-Z]{3,}|\$\$|\\\(|\?\?\?|\{(?:eq|ref|cite\w*)\}")


def plain(text: str) -> str:
    """Return the text without spaces, which a PDF does not keep."""
    return re.sub(r"\s+", "", text)


def article(page: str):
    return lxml.html.parse(str(SITE / f"{page}.html")).xpath("//article")[0]


def heading(element) -> str:
    """Return a heading's text, without the link to itself."""
    return plain("".join(element.xpath(".//text()[not(ancestor::a[@class='headerlink'])]")))


def entries(outline: list, level: int = 1) -> list[tuple[int, object]]:
    """Return the bookmarks with their levels, in reading order."""
    found = []
    for item in outline:
        found += entries(item, level + 1) if isinstance(item, list) else [(level, item)]
    return found


def alternatives(node: DictionaryObject) -> list[str]:
    """Return what the PDF's structure says aloud in the place of pictures."""
    children = node.get("/K", [])
    found = [str(node["/Alt"])] if "/Alt" in node else []
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object()
        if isinstance(child, DictionaryObject):
            found += alternatives(child)
    return found


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    file = tmp_path_factory.mktemp("pdf") / "course.pdf"
    command = [sys.executable, ROOT / "tools" / "pdf.py", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return PdfReader(file)


@pytest.fixture(scope="module")
def texts(pdf):
    return [page.extract_text() for page in pdf.pages]


@pytest.fixture(scope="module")
def bookmarks(pdf):
    """Return level, title and page, counted from 1, of every bookmark."""
    return [
        (level, plain(item.title), pdf.get_destination_page_number(item) + 1)
        for level, item in entries(pdf.outline)
    ]


def test_every_chapter_and_section_has_its_bookmark(bookmarks):
    wanted = [
        (int(element.tag[1]), heading(element))
        for page in PAGES
        for element in article(page).iter("h1", "h2")
    ]
    # "1." on the page is "1" in the list.
    assert [(level, title) for level, title, _ in bookmarks] == [
        (level, re.sub(r"^([\d.]*\d)\.", r"\1", title)) for level, title in wanted
    ]


def test_bookmarks_lead_to_the_pages_of_their_headings(bookmarks, texts):
    for _, title, number in bookmarks:
        name = re.sub(r"^[\d.]+", "", title)
        assert name in plain(texts[number - 1]), f"{title} is not on page {number}"


def test_the_contents_name_the_page_of_every_heading(bookmarks, texts):
    first_chapter = bookmarks[0][2]
    lines = [plain(line) for text in texts[1 : first_chapter - 1] for line in text.splitlines()]
    listed = [line for line in lines if line in {f"{title}{n}" for _, title, n in bookmarks}]
    assert listed == [f"{title}{number}" for _, title, number in bookmarks]


def test_pages_are_numbered_as_a_reader_counts_them(texts):
    assert not re.search(r"(?m)^1$", texts[0])  # the cover
    for number, text in enumerate(texts[1:], start=2):
        assert re.search(rf"(?m)^{number}$", text), f"page {number} does not say so"


def test_every_chapter_begins_a_page(bookmarks, texts):
    starts = [number for level, _, number in bookmarks if level == 1]
    assert sorted(set(starts)) == starts
    assert len(starts) == len(PAGES)
    for before, after in pairwise(starts):
        name = next(plain(t) for lvl, t, n in bookmarks if lvl == 1 and n == after)
        assert re.sub(r"^\d+", "", name) not in plain(texts[after - 2]), (before, after)


def test_no_formula_is_left_as_tex(texts):
    for number, text in enumerate(texts, start=1):
        assert RAW.findall(text) == [], f"page {number}"


def test_every_picture_is_there_and_says_what_it_shows(pdf):
    pictures = [image for page in (FRONT, *PAGES) for image in article(page).iter("img")]
    wanted = Counter(plain(image.get("alt")) for image in pictures)
    structure = pdf.trailer["/Root"]["/StructTreeRoot"]
    found = Counter(plain(text) for text in alternatives(structure))
    assert wanted
    assert wanted - found == Counter()


def test_all_fonts_are_inside_as_outlines(pdf):
    seen = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            if font["/Subtype"] == "/Type3":  # letters that are pictures, which some draw badly
                table = font["/ToUnicode"].get_object().get_data()
                letters = {int(code, 16) for code in LETTER.findall(table)}
                # A sign, or Chinese, in whatever face the machine has.
                assert letters and min(letters) > 0x2000, sorted(map(chr, letters))
                continue
            assert font["/Subtype"] == "/Type0", font
            described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
            seen.add(str(font.get("/BaseFont", "")).split("+")[-1])
    assert {"Course_Math-Italic", "CourseSerif-Regular", "CourseSerif-Italic"} <= seen


def test_links_lead_to_places_in_the_book_or_to_the_web(pdf):
    places = {name.removeprefix("/") for name in pdf.named_destinations}
    inside = 0
    for number, page in enumerate(pdf.pages, start=1):
        for link in (a.get_object() for a in page.get("/Annots", [])):
            if "/Dest" in link:
                assert str(link["/Dest"]).removeprefix("/") in places, f"page {number}"
                inside += 1
            else:
                assert re.match(r"https?://", link["/A"]["/URI"]), f"page {number}"
    assert inside > len(PAGES)


def test_the_file_says_what_it_is_and_not_when_it_was_made(pdf):
    assert pdf.metadata.title == "Softmax, from definition to backpropagation"
    assert pdf.metadata.author == "The Softmax Course contributors"
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert not {"/CreationDate", "/ModDate"} & set(pdf.metadata)


def test_names_inside_the_file_are_the_same_on_every_run(pdf):
    pdf.stream.seek(0)
    names = {int(number) for number in re.findall(rb"\(node(\d{8})\)", pdf.stream.read())}
    assert names == set(range(len(names)))
    assert names

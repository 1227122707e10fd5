"""What a page says of itself: always a description, and an address only where there is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from PIL import Image

from sharing import CARD, CARD_SIZE, LONGEST, description, meta, shortened

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://course.example.org/softmax"
FRONT, PAGE = "A sentence about the whole.", "A sentence about a part."


def built(folder: Path, *settings: str) -> Path:
    """Build a site of two pages with the extension, and return it."""
    source, site = folder / "source", folder / "site"
    (source / "part").mkdir(parents=True)
    conf = f'import sys\nsys.path.insert(0, {str(ROOT / "_ext")!r})\nextensions = ["sharing"]\n'
    (source / "conf.py").write_text(conf + 'html_title = "The course"\n')
    (source / "index.rst").write_text(f"Whole\n=====\n\n{FRONT}\n\n.. toctree::\n\n   part/page\n")
    (source / "part/page.rst").write_text(f"Part *one* & more\n=================\n\n{PAGE}\n")
    command = [sys.executable, "-m", "sphinx"]
    command += ["-q", "-W", *settings, source, site]
    subprocess.run(command, check=True)
    return site


def head_of(page: Path) -> dict[str, str]:
    """Return the properties in a page's head, and the canonical link."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    found = {m.get("property") or m.get("name"): m["content"] for m in soup("meta", content=True)}
    for link in soup.find_all("link", rel=["canonical", "apple-touch-icon"]):
        found[link["rel"][0]] = link["href"]
    return found


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory):
    return built(tmp_path_factory.mktemp("nowhere"))


@pytest.fixture(scope="module")
def somewhere(tmp_path_factory):
    return built(tmp_path_factory.mktemp("somewhere"), "-D", f"html_baseurl={ADDRESS}")


def test_every_page_says_what_it_is_about(nowhere):
    front, page = head_of(nowhere / "index.html"), head_of(nowhere / "part/page.html")
    assert front["description"] == front["og:description"] == FRONT
    assert page["description"] == PAGE
    assert (front["og:title"], front["og:type"]) == ("The course", "website")
    assert (page["og:title"], page["og:type"]) == ("Part one & more", "article")
    assert page["apple-touch-icon"] == "../_static/icon.png"


def test_a_page_without_text_says_what_the_course_is_about(nowhere):
    assert head_of(nowhere / "search.html")["description"] == FRONT


def test_without_an_address_none_is_given(nowhere):
    for page in nowhere.rglob("*.html"):
        assert not {"canonical", "og:url", "og:image"} & set(head_of(page)), page
        assert not BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").find("base"), page
    assert not (nowhere / "sitemap.xml").exists()


def test_with_an_address_everything_is_in_its_place(somewhere):
    page = head_of(somewhere / "part/page.html")
    assert page["canonical"] == page["og:url"] == f"{ADDRESS}/part/page.html"
    assert page["og:image"] == f"{ADDRESS}/{CARD}"
    assert page["twitter:card"] == "summary_large_image"
    sitemap = BeautifulSoup((somewhere / "sitemap.xml").read_text(encoding="utf-8"), "xml")
    listed = [loc.get_text() for loc in sitemap("loc")]
    assert listed == [f"{ADDRESS}/index.html", f"{ADDRESS}/part/page.html"]


def test_the_missing_page_finds_the_site_from_any_depth(nowhere, somewhere):
    there = BeautifulSoup((somewhere / "404.html").read_text(encoding="utf-8"), "lxml")
    # Before whatever it is to hold for.
    assert there.find(["base", "link", "script"]).get("href") == f"{ADDRESS}/"
    here = BeautifulSoup((nowhere / "404.html").read_text(encoding="utf-8"), "lxml")
    assert "objects.inv" in here.find(["base", "link", "script"]).get_text()
    assert (nowhere / "objects.inv").is_file()
    # Where the root is known, nothing needs to be said to those who run no scripts.
    assert here.find_all("noscript") and not there.find_all("noscript")


def test_the_missing_page_is_not_to_be_found(somewhere):
    assert head_of(somewhere / "404.html")["robots"] == "noindex"
    assert "canonical" not in head_of(somewhere / "404.html")
    assert "404" not in (somewhere / "searchindex.js").read_text(encoding="utf-8")
    assert "404" not in (somewhere / "sitemap.xml").read_text(encoding="utf-8")


def test_the_card_is_as_large_as_it_says():
    with Image.open(ROOT / CARD) as card:
        assert card.size == CARD_SIZE


def test_a_description_prefers_what_one_will_learn_and_holds_no_formula():
    text = "Title\n=====\n\nFirst.\n\n.. admonition:: Box\n   :class: learn\n\n"
    both = publish_doctree(text + "   Of :math:`p`.\n\n   You will learn.\n")
    assert description(both) == "You will learn."
    assert description(publish_doctree("Of :math:`p`.\n\nNo formula.")) == "No formula."
    assert description(publish_doctree("")) == description(None) == ""


def test_a_long_description_ends_with_a_whole_word():
    short = shortened("word, " * 100)
    assert len(short) <= LONGEST
    assert short.endswith(" word\N{HORIZONTAL ELLIPSIS}")
    assert shortened(" a\n b ") == "a b"


def test_what_is_said_cannot_break_out_of_its_place():
    assert meta(og__title='"<p>') == '<meta property="og:title" content="&quot;&lt;p&gt;">\n'

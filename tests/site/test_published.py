"""What only the published site has, built with the settings of a public repository."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest

import colab
from browsing import served
from building import build
from mutants import NOT_COPIED
from softmax_lib.course import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
SETTING = re.compile(r"(?m)(^repository:\n  url: ).*$")
REPOSITORY = "https://github.com/someone/softmax-course"
PRINTED = b"%PDF-1.7 a course of two megabytes\n" + b"%" * 2_000_000


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The address of a site that is built as the workflow builds it."""
    copied = tmp_path_factory.mktemp("published") / "course"
    shutil.copytree(ROOT, copied, ignore=NOT_COPIED)
    (copied / "printed.pdf").write_bytes(PRINTED)
    config = copied / "_config.yml"
    text = config.read_text(encoding="utf-8")
    text, found = SETTING.subn(rf'\1"{REPOSITORY}"', text)
    assert found == 1
    config.write_text(text, encoding="utf-8")
    built, _ = build(copied, copied, COURSE_PDF="printed.pdf")
    colab.main(copied / "colab", config)
    with served(built, copied) as url:
        yield url


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("page", ["index.html", "chapters/overflow.html"])
def test_the_foot_of_a_page_leads_to_the_course_as_one_pdf(opened, published, page, width):
    page = opened(page, url=published, width=width).page
    link = page.get_by_role("link", name="The course as one PDF, 2 MB")
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    answer = page.request.get(link.evaluate("a => a.href"))
    assert answer.body() == PRINTED


def test_a_site_without_the_pdf_has_no_link_to_it(opened, name):
    links = opened(name).page.locator("footer a[href$='softmax.pdf']")
    assert links.count() == ("COURSE_PDF" in os.environ)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("chapter", [each.name for each in CHAPTERS])
def test_a_chapter_opens_on_binder_and_in_colab_where_the_library_is_installed(
    opened, published, chapter, width
):
    visit = opened(f"chapters/{chapter}.html", url=published, width=width)
    page = visit.page
    page.get_by_role("button", name="Launch interactive content").click()
    links = {name: page.get_by_role("link", name=name) for name in ("Binder", "Colab")}
    for link in links.values():
        box = link.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    _, place = REPOSITORY.split("https://github.com/")
    file = f"chapters/{chapter}.ipynb"
    assert links["Binder"].get_attribute("href") == (
        f"https://mybinder.org/v2/gh/{place}/main?urlpath=lab/tree/{file}"
    )
    assert links["Colab"].get_attribute("href") == (
        f"https://colab.research.google.com/github/{place}/blob/colab/{file}"
    )
    written = nbformat.reads(page.request.get(f"{published}colab/{file}").text(), as_version=4)
    nbformat.validate(written)
    assert written.cells[0].source == f"%pip install --quiet git+{REPOSITORY}"
    assert written.cells[1:] == nbformat.read(ROOT / file, as_version=4).cells
    assert not visit.wrong


def test_without_a_repository_no_button_leads_elsewhere(opened, name):
    button = opened(name).page.get_by_role("button", name="Launch interactive content")
    setting = SETTING.search((ROOT / "_config.yml").read_text(encoding="utf-8"))[0]
    known = not setting.endswith('""')
    assert button.count() == (known and name.startswith("chapters/"))


def test_without_a_repository_nothing_is_written_for_colab(tmp_path):
    config = tmp_path / "_config.yml"
    config.write_text('repository: {url: ""}', encoding="utf-8")
    colab.main(tmp_path / "colab", config)
    assert not (tmp_path / "colab").exists()

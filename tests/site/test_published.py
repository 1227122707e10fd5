"""What only the published site has, built with the settings of a public repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from browsing import served
from mutants import NOT_COPIED

ROOT = Path(__file__).resolve().parents[2]
PRINTED = b"%PDF-1.7 a course of two megabytes\n" + b"%" * 2_000_000


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The address of a site that is built as the workflow builds it."""
    copied = tmp_path_factory.mktemp("published") / "course"
    shutil.copytree(ROOT, copied, ignore=NOT_COPIED)
    (copied / "printed.pdf").write_bytes(PRINTED)
    program = Path(sys.executable).with_name("jupyter-book")
    subprocess.run(
        [program, "build", copied, "-W", "-n", "--keep-going"],
        check=True,
        env=os.environ | {"COURSE_PDF": "printed.pdf"},
    )
    with served(copied / "_build/html", copied) as url:
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

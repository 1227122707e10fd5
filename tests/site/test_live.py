"""`make live`: a change of a chapter or of a style comes to the reader's screen by itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mutants import NOT_COPIED

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90_000  # of a busy machine, in milliseconds


@pytest.fixture
def course(tmp_path):
    """Return a copy of the course, to be written in."""
    copied = tmp_path / "course"
    shutil.copytree(ROOT, copied, ignore=NOT_COPIED, copy_function=shutil.copyfile)
    return copied


@pytest.fixture
def live(course):
    """Return the address at which the copy is served."""
    command = [sys.executable, course / "tools/live.py", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        lines = (re.search(r"http://[\d.:]+/", line) for line in server.stdout)
        yield next(filter(None, lines)).group()
        server.terminate()


def write(course, text):
    """Put a paragraph below the title of a chapter."""
    file = course / "chapters/overflow.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = f"# Overflow\n\n{text}"
    file.write_text(json.dumps(notebook), encoding="utf-8")


def test_a_change_of_a_chapter_or_a_style_shows_and_a_mistake_does_not_end_it(
    course, live, browser
):
    page = browser.new_page()
    page.goto(f"{live}chapters/overflow.html")
    body = page.locator("article")
    for text in ("Newly written.", "A mistake: {ref}`gone`.", "And written again."):
        write(course, text)
        expect(body).to_contain_text(text.split("{")[0], timeout=PATIENCE)
    with (course / "_static/course.css").open("a", encoding="utf-8") as style:
        style.write("h1 { letter-spacing: 7px !important }")
    expect(body.locator("h1")).to_have_css("letter-spacing", "7px", timeout=PATIENCE)
    page.close()

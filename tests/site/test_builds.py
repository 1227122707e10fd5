"""Builds of the whole course beside that of `make book`: after other states of it, and with more.

They need no browser, and take half a minute, which `make test` has no time for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from browsing import BUILT
from building import build, command
from mutants import NOT_COPIED

ROOT = Path(__file__).resolve().parents[2]
# What stood before the first section of two pages at another time; in a notebook, as JSON has it.
EARLIER = {
    "index.md": "## Another section\n\nOf a {eq}`eq-earlier`.\n\n",
    "chapters/overflow.ipynb": (
        r"## Another beginning\n\n```{math}\n:label: eq-earlier\nx^2 + 7\n```\n\n"
        r"```{exercise}\n:label: ex-earlier\nSolve {eq}`eq-earlier`.\n```\n\n"
    ),
}


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the course in a folder whose name is no ASCII."""
    root = tmp_path / "autre café"
    shutil.copytree(ROOT, root, ignore=NOT_COPIED, copy_function=shutil.copyfile)
    if printed := os.environ.get("COURSE_PDF"):  # the site has it, then
        (root / printed).parent.mkdir(parents=True)
        shutil.copyfile(ROOT / printed, root / printed)
    return root


def files_of(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_another_build_gives_the_same_bytes_whatever_was_built_before(copied):
    """Neither folder, clock, language, hash seed nor what earlier builds left is on the site."""
    elsewhere = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1000"}
    # Up to 3.12, Python itself cannot start in the locale C beside a folder with accents: the
    # file by which it finds the library names that folder.
    elsewhere["LC_ALL"] = "C" if str(ROOT).isascii() else "C.UTF-8"

    # The course as it was at another time, of which a first build, with a page more, is killed.
    shutil.copy(copied / "reference/glossary.md", copied / "reference/gone.md")
    with (copied / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.write("      - file: reference/gone\n")
    for name, text in EARLIER.items():
        file = copied / name
        old = file.read_text(encoding="utf-8")
        file.write_text(old.replace("## ", f"{text}## ", 1), encoding="utf-8")
        os.utime(file, (2**32, 2**32))  # files get old dates back, and Sphinx goes by the clock
    with subprocess.Popen(command(copied, copied), stdout=subprocess.DEVNULL) as killed:
        # From then on, Sphinx would take all pages for read; most are not yet written.
        while killed.poll() is None and not (copied / "_build/html/chapters").exists():
            time.sleep(0.01)
        killed.kill()
    assert killed.returncode != 0
    for picture in (copied / "_build/jupyter_execute").glob("*.svg"):
        picture.write_text("<svg", encoding="utf-8")
    (copied / "reference/gone.md").unlink()
    shutil.copyfile(ROOT / "_toc.yml", copied / "_toc.yml")
    build(copied, copied)

    for name in EARLIER:
        shutil.copyfile(ROOT / name, copied / name)
        os.utime(copied / name, (0, 0))
    again, said = build(copied, copied, **elsewhere)
    assert f"0 added, {len(EARLIER)} changed" in said
    names = files_of(BUILT)
    assert files_of(again) == names
    assert [n for n in names if (again / n).read_bytes() != (BUILT / n).read_bytes()] == []


def test_the_stubs_of_a_chapter_are_a_page_of_the_site(copied):
    made = [sys.executable, "tools/chapter.py", "going-far", "--part", "Going far"]
    subprocess.run(made, cwd=copied, check=True, env=os.environ | {"PYTHONPATH": str(copied)})
    # The pages are made from the library that stands beside them.
    there, _ = build(copied, copied, PYTHONPATH=str(copied))
    page = (there / "chapters/going-far.html").read_text(encoding="utf-8")
    assert "going_far_example" in page
    front = (there / "index.html").read_text(encoding="utf-8")
    article = front[front.index("<article") : front.index("</article>")]
    assert "Going far" in article and 'href="chapters/going-far.html"' in article

"""A new chapter is one command: its stubs pass what every chapter must, and leave no trace.

That they build as well is seen by tests/site/test_builds.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mutants import NOT_COPIED

ROOT = Path(__file__).resolve().parents[2]
# What looks at all chapters, and what was written for the new one.
TESTS = [
    *(f"tests/book/test_{name}.py" for name in ("house", "notebooks", "numbers")),
    *(f"tests/check/test_{name}.py" for name in ("diagnosis", "laws", "package", "right_attempts")),
    *(f"tests/library/test_{name}.py" for name in ("course", "going_far", "public_api")),
    *(f"tests/plots/test_{name}.py" for name in ("alternative_text", "colours", "going_far")),
    "tests/symbolic/test_ledger.py",
    "softmax_lib/going_far.py",
    "chapters/going-far.ipynb",
]
CHOSEN = "going or house or listed or test_course or test_all or signatures or held"


def files_of(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """Return a copy of the course, with what Python has compiled."""
    root = tmp_path_factory.mktemp("house") / "course"

    def left_out(folder, names):
        return NOT_COPIED(folder, names) - {"__pycache__"}

    shutil.copytree(ROOT, root, ignore=left_out)
    return root


def run(root, *words):
    command = [sys.executable, *words]
    environment = os.environ | {"PYTHONPATH": str(root), "RUFF_NO_CACHE": "true"}
    return subprocess.run(
        command, cwd=root, env=environment, check=False, capture_output=True, encoding="utf-8"
    )


def test_the_stubs_of_a_chapter_test_and_prove(copied):
    before = files_of(copied)
    made = run(copied, "tools/chapter.py", "going-far", "--part", "Going far")
    assert made.returncode == 0, made.stdout + made.stderr
    after = files_of(copied)
    new = {path for path in after if path not in before}
    changed = {str(path) for path in before if after[path] != before[path]}
    assert {path.stem.removeprefix("test_").replace("-", "_") for path in new} == {"going_far"}
    # The lists, the front page with its new part, and what is made from them and the notebooks.
    lists = {"softmax_lib/course.py", "_toc.yml", "softmax_lib/__init__.py", "index.md"}
    assert changed == lists | {"README.md", "softmax_lib/sections.json"}

    tested = run(
        copied, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *TESTS, "-k", CHOSEN
    )
    assert tested.returncode == 0, tested.stdout
    assert " passed" in tested.stdout
    code = [str(path) for path in (*new, *changed) if Path(path).suffix in (".py", ".ipynb")]
    layout = run(copied, "-m", "ruff", "check", *code)
    assert layout.returncode == 0, layout.stdout
    assert run(copied, "-m", "ruff", "format", "--check", *code).returncode == 0
    again = run(copied, "tools/chapter.py", "going-far")
    assert again.returncode != 0
    assert "nothing was written, since there is" in again.stderr

    for path in new:
        (copied / path).unlink()
    for path in changed:
        (copied / path).write_bytes(before[Path(path)])
    left = {path: text for path, text in files_of(copied).items() if path in before}
    assert left == before


def test_a_name_that_is_none_is_refused(copied):
    refused = run(copied, "tools/chapter.py", "Going Far")
    assert refused.returncode != 0
    assert "lower-case words with dashes" in refused.stderr


def test_the_table_of_the_readme_is_made_from_the_list(copied):
    before = (copied / "README.md").read_bytes()
    done = run(copied, "tools/chapter.py")
    assert done.returncode == 0, done.stderr
    assert (copied / "README.md").read_bytes() == before

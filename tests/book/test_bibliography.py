"""The bibliography: what is listed is cited on a page of the course."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_source_is_cited():
    listed = re.findall(
        r"^@\w+\{([\w-]+),", (ROOT / "references.bib").read_text(encoding="utf-8"), re.M
    )
    pages = [ROOT / "index.md", *(ROOT / "reference").glob("*.md")]
    pages += (ROOT / "chapters").glob("*.ipynb")
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    cited = {
        key for keys in re.findall(r"\{cite(?::t)?\}`([^`]+)`", text) for key in keys.split(",")
    }
    assert [key for key in listed if key not in cited] == []

"""What the overflow chapter cites from benchmarks/confident.md was measured, and still holds."""

import importlib.util
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
REPORT = (ROOT / "benchmarks" / "confident.md").read_text(encoding="utf-8")


def load():
    path = ROOT / "benchmarks" / "confident.py"
    spec = importlib.util.spec_from_file_location("confident", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


confident = load()


def rows(dtype, gap):
    """The rows of one case in the report: name -> numbers, as written."""
    section = REPORT.split(f"\n## {dtype}, gap {gap:g}\n")[1].split("\n## ")[0]
    cells = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| ")
    ]
    return {name: numbers for name, *numbers in cells[1:]}


def chapter_rows():
    """The table on PyTorch in the chapter: dtype, gap, and the four numbers as written."""
    chapter = nbformat.read(ROOT / "chapters" / "overflow.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    return re.findall(r"^\| (float\d\d), \$g = (\d+)\$ \| (.*?) \|$", text, re.MULTILINE)


def test_the_chapter_cites_pytorch_as_measured():
    cited = chapter_rows()
    assert len(cited) == len(confident.CASES)
    for dtype, gap, numbers in cited:
        measured = rows(dtype, float(gap))
        _, true_loss, _ = measured["true value"]
        assert numbers.split(" | ") == [true_loss, *measured["PyTorch"]]


def test_the_chapter_names_the_version_that_was_measured():
    release = re.search(r"PyTorch (\d+\.\d+\.\d+)", REPORT)[1]
    chapter = nbformat.read(ROOT / "chapters" / "overflow.ipynb", as_version=4)
    assert any(f"Version {release} on an x86-64 processor" in cell.source for cell in chapter.cells)
    assert "x86_64" in REPORT


@pytest.mark.parametrize(("dtype", "gap"), confident.CASES)
def test_the_report_can_be_measured_again(dtype, gap):
    """The zeros are zero again; the other numbers agree to the digits that CPUs agree on."""
    logits = np.array([gap, 0.0], dtype=dtype)
    stored = rows(dtype, gap)
    assert [float(x) for x in stored["true value"]] == pytest.approx(
        confident.exact(logits), rel=5e-4
    )
    for name, measure, _ in confident.PEERS:
        if confident.installed(measure):
            assert [float(x) for x in stored[name]] == pytest.approx(
                [float(x) for x in measure(logits)], rel=2e-2, abs=0
            ), name


def test_a_missing_peer_is_left_out_with_a_note(monkeypatch, capsys):
    def absent(logits):
        raise ImportError

    monkeypatch.setattr(confident, "PEERS", (confident.PEERS[0], ("Absent", absent, "absent")))
    confident.main()
    printed = capsys.readouterr().out
    assert "Not installed, so left out: Absent." in printed
    assert "| Absent |" not in printed
    assert printed.count("| softmax_lib |") == len(confident.CASES)

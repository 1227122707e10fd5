"""What the page on other libraries says was run, and still holds."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from softmax_lib import softmax_cross_entropy

ROOT = Path(__file__).resolve().parents[2]
REPORT = (ROOT / "benchmarks" / "elsewhere.md").read_text(encoding="utf-8")
PAGE = (ROOT / "reference" / "elsewhere.md").read_text(encoding="utf-8")


def load():
    path = ROOT / "benchmarks" / "elsewhere.py"
    spec = importlib.util.spec_from_file_location("elsewhere", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


elsewhere = load()
INSTALLED = ("SciPy", "scikit-learn")  # the others are never needed by a test


def test_the_page_shows_every_part_of_the_report():
    parts = re.findall(r"^<!-- end of (.+) -->$", REPORT, re.MULTILINE)
    assert len(parts) == len(elsewhere.PEERS) * 2 + 3
    shown = re.findall(
        r":start-after: <!-- (.+) -->\n:end-before: <!-- end of \1 -->\n", PAGE, re.MULTILINE
    )
    assert shown == parts


def test_the_report_names_every_version():
    modules = [name for peer in elsewhere.PEERS.values() for name in peer.modules]
    for name in ("Python", "NumPy", *modules):
        assert re.search(rf"\b{name} \d+\.\d+\.\d+", REPORT), name
    assert "left out" not in REPORT


def test_the_report_lists_the_calls_that_were_run():
    calls = [call for peer in elsewhere.PEERS.values() for call in peer.names.values()]
    calls += [call for peer in elsewhere.PEERS.values() for call in peer.defaults]
    assert re.findall(r"\| `(.+?)` \|", REPORT) != []
    assert sorted(re.findall(r"\| `(.+?)` \|", REPORT)) == sorted(calls)


def test_the_numbers_between_the_tables_are_right():
    losses = softmax_cross_entropy(np.array([[3.0, 1, -3], [2, 1, 0.1]]), [0, 1])
    right = {f"{x:.4g}" for x in (*losses, losses.mean())}
    assert set(re.findall(r"\d+\.\d{2,}", PAGE)) == right
    assert f"| {np.log(3):.4g} |" in REPORT


@pytest.mark.parametrize("library", INSTALLED)
def test_the_answers_come_again(library):
    _, answers = elsewhere.measure(library)
    for call, answer in zip(elsewhere.PEERS[library].defaults, answers, strict=True):
        assert f"| `{call}` | {answer} |" in REPORT


@pytest.mark.parametrize("name", elsewhere.PENALTIES)
def test_the_penalties_come_again(name):
    assert (
        f"| {name} | {elsewhere.below(elsewhere.penalty(*elsewhere.PENALTIES[name]))} |" in REPORT
    )


def test_a_call_that_does_not_agree_stops_the_run(monkeypatch):
    scipy = elsewhere.PEERS["SciPy"]
    wrong = scipy._replace(names=scipy.names | {"softmax": "special.softmax(z, axis=0)"})
    monkeypatch.setitem(elsewhere.PEERS, "SciPy", wrong)
    with pytest.raises(AssertionError, match="SciPy"):
        elsewhere.measure("SciPy")


def test_a_missing_library_is_left_out_with_a_note(monkeypatch, capsys):
    monkeypatch.setattr(elsewhere, "PEERS", {"SciPy": elsewhere.PEERS["SciPy"]})
    monkeypatch.setattr(elsewhere, "PENALTIES", {})
    monkeypatch.setattr(elsewhere, "measured", lambda library: [])
    elsewhere.main()
    printed = capsys.readouterr().out
    assert "Not installed, so left out: SciPy." in printed
    assert "## SciPy" not in printed

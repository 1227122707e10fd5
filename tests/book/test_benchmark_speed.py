"""What benchmarks/speed.md and its picture say was measured; and it can be measured again."""

import importlib.util
import json
import shutil
import sys
import weakref
from pathlib import Path

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "benchmarks" / "speed.json"
TABLE = ROOT / "benchmarks" / "speed.md"
PICTURE = ROOT / "_static" / "speed.svg"

# The function, what it is measured on, and the target: all that the report has to answer.
TARGETS = (
    ("softmax (1024, 1000)", ">= 1.0"),
    ("log_softmax (1024, 1000)", ">= 1.0"),
    ("softmax (4096, 32000)", ">= 1.5 by the minimum, >= 3.0 by the median"),
    ("softmax (1000000, 10)", ">= 3.5"),
    ("softmax (1000000, 3)", ">= 6.0"),
    ("logsumexp from (1024, 1000) up", ">= 5.0"),
    ("logsumexp, extra memory", "no full-size temporary"),
    ("softmax (10,)", ">= 1.4"),
    ("log_softmax (10,)", ">= 1.4"),
    ("logsumexp (10,)", ">= 5.0"),
    ("cross-entropy with gradient (4096, 32000)", ">= 1.3"),
    ("peak extra memory on a large array", "output + 8 MiB"),
)


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # under which the others import it
    spec.loader.exec_module(module)
    return module


speed_calls, speed_report, speed = map(load, ("speed_calls", "speed_report", "speed"))
RESULTS = json.loads(STORED.read_text(encoding="utf-8"))


def target_rows(markdown):
    """The lines of the table of targets, as cells, without its head."""
    section = markdown.split("\n## Targets\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("| ")
    ]
    return rows[2:]


# --- what is stored ------------------------------------------------------------------------------


def test_the_table_and_the_picture_are_made_from_the_stored_results(tmp_path):
    shutil.copy(STORED, tmp_path)
    speed.main(["--render", "--into", str(tmp_path)])
    for stored in (TABLE, PICTURE):
        made = (tmp_path / stored.name).read_text(encoding="utf-8")
        assert stored.read_text(encoding="utf-8") == made, "run benchmarks/speed.py --render"


def test_the_stored_results_are_of_a_whole_run_with_every_peer():
    assert RESULTS["missing"] == [], "a run without them is not for keeping"
    assert RESULTS["effort"] == speed.FULL._asdict()
    for key, cases in (
        ("together", speed_calls.together_cases()),
        ("alone", speed_calls.alone_cases()),
        ("memory", speed_calls.memory_cases()),
    ):
        stored = [
            (case["function"], tuple(case["shape"]), case["dtype"], case["axis"])
            for case in RESULTS[key]
        ]
        assert stored == cases


@pytest.mark.parametrize(("what", "target"), TARGETS)
def test_every_target_is_answered(what, target):
    answers = [
        row
        for row in target_rows(TABLE.read_text(encoding="utf-8"))
        if (row[0] == what or row[0].startswith(f"{what}, ")) and row[1] == target
    ]
    assert answers
    for _, _, by_minimum, _, verdict in answers:
        assert by_minimum
        assert verdict in ("yes", "no", "by the minimum", "by the median")


def test_the_table_names_the_machine_and_the_versions():
    text = TABLE.read_text(encoding="utf-8")
    machine = RESULTS["machine"]
    assert f"{machine['processor']}, {machine['cores']} cores" in text
    for name in ("Python", "NumPy", "SciPy", "scikit-learn", "PyTorch"):
        assert f"{name} {machine['versions'][name]}" in text


def test_the_picture_is_words_and_no_more_than_a_page_loads():
    svg = PICTURE.read_text(encoding="utf-8")
    assert len(svg) < 50_000
    for words in ("softmax", "log_softmax", "logsumexp", "(1024, 1000)", "minimum", "median"):
        assert f">{words}</text>" in svg
    assert "<dc:date>" not in svg


def test_the_overflow_chapter_names_what_was_measured_on_and_with():
    """Its numbers are held by numbers/overflow.py."""
    notebook = nbformat.read(ROOT / "chapters" / "overflow.ipynb", as_version=4)
    text = next(cell.source for cell in notebook.cells if "(sec-tiles)=" in cell.source)
    versions = RESULTS["machine"]["versions"]
    for name in ("NumPy", "SciPy", "PyTorch"):
        assert f"{name} {versions[name]}" in text
    assert RESULTS["machine"]["processor"] in text and RESULTS["machine"]["cores"] == 2


def test_the_words_beside_the_picture_say_on_which_side_of_the_line_each_mark_lies():
    ratios = {}
    for case in RESULTS["together"]:
        drawn = speed_report.SHAPES.get(tuple(case["shape"]), [None])[0]
        if "SciPy" in case["ns"] and case["dtype"] == drawn:
            key = case["function"], tuple(case["shape"]), case["axis"]
            ours, scipy = sorted(case["ns"]["ours"]), sorted(case["ns"]["SciPy"])
            ratios[key] = scipy[0] / ours[0], scipy[len(scipy) // 2] / ours[len(ours) // 2]
    assert len(ratios) == 3 * (7 + 6)  # a single row has no other axis
    small = {
        (function, shape, 0)
        for function in ("softmax", "log_softmax")
        for shape in ((64, 10), (1024, 1000))
    }
    assert small == {key for key, both in ratios.items() if key[2] == 0 and max(both) < 1.0}
    beside = {key for key, both in ratios.items() if min(both) < 1.0} - small
    large = "log_softmax", (2048, 32000), 0
    assert beside == {("log_softmax", (64, 10), -1), large}
    assert ratios[large][0] < 1 < ratios[large][1]  # the filled mark alone
    assert all(min(ratios[key]) > 0.95 for key in beside)  # close to the line
    sums = [ratio for key, both in ratios.items() if key[0] == "logsumexp" for ratio in both]
    assert 1.9 < min(sums) < max(sums) < 22


# --- from times to verdicts ----------------------------------------------------------------------


def times(ours, scipy):
    return {
        "function": "softmax",
        "shape": [10],
        "dtype": "float32",
        "axis": -1,
        "ns": {"ours": ours, "SciPy": scipy},
    }


@pytest.mark.parametrize(
    ("ours", "scipy", "cells"),
    [
        ([10, 20, 30], [15, 30, 99], ["1.50 (float32)", "1.50 (float32)", "yes"]),
        ([10, 20, 30], [14, 20, 99], ["1.40 (float32)", "1.00 (float32)", "by the minimum"]),
        ([10, 20, 30], [10, 40, 99], ["1.00 (float32)", "2.00 (float32)", "by the median"]),
        ([10, 20, 30], [5, 5, 5], ["0.500 (float32)", "0.250 (float32)", "no"]),
    ],
)
def test_a_target_is_met_by_the_minimum_and_by_the_median(ours, scipy, cells):
    target = next(
        target
        for target in speed_report.TARGETS
        if (target.function, target.shapes) == ("softmax", ((10,),))
    )
    assert speed_report._target(target, [times(ours, scipy)])[2:] == tuple(cells)


def test_the_worst_dtype_decides():
    target = next(
        target
        for target in speed_report.TARGETS
        if (target.function, target.shapes) == ("softmax", ((10,),))
    )
    slower = times([10], [10]) | {"dtype": "float64"}
    row = speed_report._target(target, [times([10], [20]), slower])
    assert row[2:] == ("1.00 (float64)", "1.00 (float64)", "no")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0956, "0.0956"),
        (1.0, "1.00"),
        (12.345, "12.3"),
        (730.4, "730"),
        (5012.0, "5012"),
    ],
)
def test_numbers_have_three_digits(value, written):
    assert speed_report._number(value) == written


# --- how it is measured --------------------------------------------------------------------------


def test_all_run_in_every_round_and_the_order_rotates():
    ran, prepared = [], []
    timed = {
        name: speed_calls.Timed(
            lambda name=name: ran.append(name), lambda name=name: prepared.append(name)
        )
        for name in "abc"
    }
    samples = speed.measure(timed, speed.QUICK._replace(least=3, most=3))
    assert "".join(ran[-9:]) == "".join(prepared[-9:]) == "abcbcacab"
    assert {name: len(found) for name, found in samples.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_result_is_freed_before_the_next_call():
    results = []

    def call():
        assert all(result() is None for result in results)
        result = np.empty(3)
        results.append(weakref.ref(result))
        return result

    speed.seconds(call, 4)
    speed.seconds(call, 1)
    assert len(results) == 5


def test_memory_is_counted_beyond_the_result():
    case = speed_calls.Case("softmax", (500, 100), "float64", -1)
    assert 0 < speed.memory(case) < 500 * 100 * 8


@pytest.mark.parametrize("case", speed_calls.together_cases(quick=True), ids=str)
def test_all_compute_the_same(case):
    timed = speed_calls.calls(case, speed_calls.installed()[0])
    if case.function == speed_calls.PRICE:
        return
    mine = timed["ours"].call()
    if case.function == speed_calls.GRADIENT:
        mine = np.sum(mine[0]), mine[1]
    for name, (call, prepare, _) in timed.items():
        if name not in ("ours", "copy", "exp"):
            prepare()
            parts = call() if isinstance(mine, tuple) else (call(),)
            for part, own in zip(parts, mine if isinstance(mine, tuple) else (mine,), strict=True):
                np.testing.assert_allclose(
                    np.asarray(part), own, rtol=1e-4, atol=1e-6, err_msg=name
                )


# --- a rehearsal of the whole --------------------------------------------------------------------


def rehearse(folder, capsys):
    """What a quick run stores, writes and prints."""
    speed.main(["--quick", "--into", str(folder)])
    results = json.loads((folder / "speed.json").read_text(encoding="utf-8"))
    table = (folder / "speed.md").read_text(encoding="utf-8")
    assert (folder / "speed.svg").read_text(encoding="utf-8").endswith("</svg>\n")
    return results, table, capsys.readouterr().out


def test_it_can_be_measured_again(tmp_path, capsys):
    there, missing = speed_calls.installed()
    results, table, printed = rehearse(tmp_path, capsys)
    assert "SciPy" in there
    assert results["missing"] == missing
    assert ("Not installed, so left out: PyTorch" in table) == ("PyTorch" in missing)
    assert ('pip install -e ".[bench]"' in printed) == bool(missing)
    large = [target for target in speed_report.TARGETS if target.shapes != ((10,),)]
    assert [row[4] for row in target_rows(table)].count("not measured") == len(large)
    assert "| SciPy |" in table


def test_absent_peers_are_left_out_with_a_note(tmp_path, capsys, monkeypatch):
    for _, module, _ in speed_calls.PEERS:
        monkeypatch.setitem(sys.modules, module, None)  # so importing it fails
    results, table, printed = rehearse(tmp_path, capsys)
    assert results["missing"] == ["SciPy", "scikit-learn", "PyTorch"]
    assert {name for case in results["together"] for name in case["ns"]} == {
        "ours",
        "ours, out=",
        "ours, shifted",
        "ours, confident",
        "copy",
        "exp",
    }
    for text in (table, printed):
        assert "Not installed, so left out: SciPy, scikit-learn, PyTorch." in text
    assert "| SciPy |" not in table


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--quick"], "name another folder"),
        (["--quick", "--render"], "cannot be --quick"),
        (["--render", "--into", "nowhere"], "no such folder"),
        (["--render", "--into", "."], "nothing to render"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(
    tmp_path, capsys, monkeypatch, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        speed.main(arguments)
    assert complaint in capsys.readouterr().err

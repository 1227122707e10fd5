"""What PyTorch answered, and the report keeps, is what attention here answers."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from softmax_lib import attention, streaming_attention

ROOT = Path(__file__).resolve().parents[2]
REPORT = (ROOT / "benchmarks" / "attention.md").read_text(encoding="utf-8")
ROWS = {
    name: cells
    for name, *cells in (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in REPORT.splitlines()
        if line.startswith("| ")
    )
}


def load():
    path = ROOT / "benchmarks" / "attention.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_attention", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


benchmark = load()


def test_the_report_has_its_date_its_versions_and_every_case():
    assert re.search(r"Run on \d\d \w+ \d{4} with Python 3\.\d+\.\d+, NumPy 2\.\S+, ", REPORT)
    assert re.search(r"PyTorch \d+\.\d+\.\d+", REPORT)
    older = "every key masked, PyTorch 2.4.1"
    assert list(ROWS) == ["Case", *benchmark.CASES, *benchmark.EDGES, older]
    assert ROWS[older] == ["nan nan"]


@pytest.mark.parametrize("attend", [attention, streaming_attention])
@pytest.mark.parametrize("name", benchmark.CASES)
def test_the_answers_are_those_of_pytorch(name, attend):
    arrays, where, scale = benchmark.CASES[name]
    came = attend(*arrays, where=where, scale=scale)
    theirs = [float(number) for number in ROWS[name][0].split()]
    np.testing.assert_allclose(np.ravel(came), theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("attend", [attention, streaming_attention])
@pytest.mark.parametrize("name", benchmark.EDGES)
def test_the_edges_come_again(name, attend):
    arrays, where = benchmark.EDGES[name]
    assert benchmark.written(attend(*arrays, where=where)[0], 4) == ROWS[name][1]


@pytest.mark.parametrize("name", [*benchmark.CASES, *benchmark.EDGES])
def test_pytorch_answers_the_same_again(name):
    pytest.importorskip("torch")
    of_edge = name in benchmark.EDGES
    arguments = (benchmark.EDGES if of_edge else benchmark.CASES)[name]
    came = benchmark.by_torch(*arguments)
    theirs = [float(number) for number in ROWS[name][0].split()]
    tolerance = 5e-4 if of_edge else 1e-13
    np.testing.assert_allclose(
        np.ravel(came[0] if of_edge else came), theirs, rtol=tolerance, atol=1e-14, equal_nan=True
    )

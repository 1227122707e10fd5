"""The chapters' outputs are the same where another processor computes them.

NumPy picks faster routines where the processor has them, and OpenBLAS a kernel for each family of
processors; both change last bits. Here NumPy's are switched off, all beyond the baseline, and
OpenBLAS takes another kernel. Outputs that survive this are printed with no more digits than they
have. A cell that shows a proof and nothing else is left out: SymPy computes with integers.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest

import notebooks
from softmax_lib.course import CHAPTERS

PAGES = Path(__file__).resolve().parents[2] / "chapters"
REPORT = """
import numpy, scipy.linalg, threadpoolctl
print(*numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", []))
print(*{pool.get("architecture", "none") for pool in threadpoolctl.threadpool_info()
        if pool["internal_api"] == "openblas"})
"""
PROOF = re.compile(r'prove\("[\w-]+"\)')
# A kernel that every processor of the family can run, and a second for machines that use it.
OTHER_CORES = {"x86": ("Nehalem", "Prescott"), "arm": ("ARMV8", "NEOVERSEN1")}


def paths_taken(environment: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the SIMD groups that NumPy found and the kernels that OpenBLAS took."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT], env=environment, check=True, capture_output=True, text=True
    )
    groups, cores = done.stdout.splitlines()
    return groups.split(), cores.split()


@cache
def another_processor() -> dict[str, str]:
    """Return an environment in which this machine computes as another would."""
    groups, cores = paths_taken(dict(os.environ))
    environment = dict(os.environ)
    if groups:
        environment["NPY_DISABLE_CPU_FEATURES"] = " ".join(groups)
    if cores:
        others = OTHER_CORES["arm" if platform.machine() in ("aarch64", "arm64") else "x86"]
        environment["OPENBLAS_CORETYPE"] = next(core for core in others if core not in cores)
    other_groups, other_cores = paths_taken(environment)
    assert not set(groups) & set(other_groups), "NumPy did not switch its routines off"
    if (groups, cores) == (other_groups, other_cores):
        pytest.skip("this machine has no other way to compute")
    return environment


@cache
def run_there() -> dict[str, list]:
    """Return each chapter's cells as run there, one after the other in a kernel for all.

    That they can do with a fresh one is what nbval shows; here a start for each would take longer
    than their cells do.
    """
    chapters = {each.name: notebooks.load(PAGES / f"{each.name}.ipynb") for each in CHAPTERS}
    every = nbformat.v4.new_notebook()
    for chapter in chapters.values():
        for cell in chapter.cells:
            if PROOF.fullmatch(cell.source):
                cell.source = "pass"  # the others keep their numbers
        every.cells += chapter.cells
    notebooks.execute(every, "on another processor", PAGES)
    return {name: chapter.cells for name, chapter in chapters.items()}


def shown(cell) -> list[dict]:
    """Return what a cell puts out, but for the number of its run."""
    outputs = cell.get("outputs", [])
    return [{key: output[key] for key in output if key != "execution_count"} for output in outputs]


@pytest.mark.parametrize("chapter", [each.name for each in CHAPTERS])
def test_outputs_are_those_of_another_processor(chapter, monkeypatch):
    for name, value in another_processor().items():
        monkeypatch.setenv(name, value)
    stored = notebooks.load(PAGES / f"{chapter}.ipynb").cells
    for number, (cell, again) in enumerate(zip(stored, run_there()[chapter], strict=True), start=1):
        if again.source == cell.source:
            assert shown(again) == shown(cell), f"{chapter}: cell {number}"

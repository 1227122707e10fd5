"""The chapters' outputs are the same where another processor computes them.

NumPy picks faster routines where the processor has them, and OpenBLAS a kernel for each family of
processors; both change last bits. Here NumPy's are switched off, all beyond the baseline, and
OpenBLAS takes another kernel. Outputs that survive this are printed with no more digits than they
have.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from softmax_lib.course import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
REPORT = """
import numpy, scipy.linalg, threadpoolctl
print(*numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", []))
print(*{pool.get("architecture", "none") for pool in threadpoolctl.threadpool_info()
        if pool["internal_api"] == "openblas"})
"""
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


@pytest.mark.parametrize("chapter", [each.name for each in CHAPTERS])
def test_outputs_are_those_of_another_processor(chapter):
    command = [sys.executable, "-m", "pytest", f"chapters/{chapter}.ipynb", "-q", "--no-cov"]
    done = subprocess.run(
        [*command, "-p", "no:xdist", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=another_processor(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout

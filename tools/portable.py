"""Run the chapters against their stored outputs as another processor would compute them.

NumPy picks faster routines where the processor has them, and OpenBLAS a kernel for each family of
processors; both change last bits. Here NumPy's are switched off, all beyond the baseline, and
OpenBLAS takes another kernel. Outputs that survive this are printed with no more digits than they
have.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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


def main() -> int:
    # Told to stop, subprocess.run stops the tests as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    groups, cores = paths_taken(dict(os.environ))
    environment = dict(os.environ)
    if groups:
        environment["NPY_DISABLE_CPU_FEATURES"] = " ".join(groups)
    if cores:
        others = OTHER_CORES["arm" if platform.machine() in ("aarch64", "arm64") else "x86"]
        environment["OPENBLAS_CORETYPE"] = next(core for core in others if core not in cores)
    other_groups, other_cores = paths_taken(environment)

    print(f"NumPy    {' '.join(groups) or 'baseline'} -> {' '.join(other_groups) or 'baseline'}")
    print(f"OpenBLAS {' '.join(cores) or 'not used'} -> {' '.join(other_cores) or 'not used'}")
    if (groups, cores) == (other_groups, other_cores):
        print("This machine has no other way to compute; the chapters run as before.")
    elif set(groups) & set(other_groups):
        print("NumPy did not switch its routines off.")
        return 1
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", "chapters", "--no-cov"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""pytest: every test runs without the user's settings; and how several processes share them.

nbval compares the chapters' cells. A kernel listens on files instead of ports where the system
has them: two that start side by side may choose the same port, and wait for minutes. Kernels are
not measured, for coverage is about the library's own tests.
"""

import atexit
import gc
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import nbval.kernel
import nbval.plugin
import numpy as np
import pytest
from jupyter_client.manager import KernelManager
from threadpoolctl import threadpool_limits

# Before any of its modules is collected: pytest would set the one on attention in the place of the
# function of that name.
import softmax_lib  # noqa: F401
from isolation import isolated

# Modules, tests and SymPy's cache are many objects that live to the end: looking through them for
# garbage again and again takes a sixth of the time of a proof.
gc.set_threshold(200_000, 20, 100)

ISOLATION = ExitStack()
ISOLATION.enter_context(isolated())
# OpenBLAS has read how many threads it may use if another plugin has loaded NumPy; two that wait
# for one another on a busy machine take minutes.
threadpool_limits(1)
# Not before: an IPython that a test has started writes down its history when Python ends.
atexit.register(ISOLATION.close)


def kernel_manager(**options):
    """Return a manager whose kernel listens on files in a folder of its own."""
    folder = ISOLATION.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    return KernelManager(transport="ipc", ip=str(Path(folder, "kernel")), **options)


if os.name == "posix":
    nbval.kernel.KernelManager = kernel_manager
nbval.plugin.setup_coverage = nbval.plugin.teardown_coverage = lambda *arguments: None

# What takes longest comes first, so that no process is left with it at the end.
FIRST = (
    "tests/book/test_site",
    "tests/book/test_portable",
    "tests/symbolic/test_ledger",
    "tests/library/test_tiles",
    "tests/book/test_chapter",
    "tests/book/test_notebooks",
    "tests/library/test_accuracy",
    "chapters",
)
LONG = (
    *("weight-gradient", "input-gradient", "bias-gradient", "gibbs", "jacobian-variance"),
    *("lse-bounds", "half-curvature", "entropy-slope", "practice-floor"),
    *("calibration-curvature", "calibration-proper", "top-divergence"),
    *("network-hidden-weights", "network-hidden-gradient"),
)
# They need no line of the library that others do not, and a tracer makes them slow.
NOT_MEASURED = (
    "chapters",
    "tests/book",
    "tests/check/test_misleading",
    "tests/check/test_right_attempts",
    "tests/check/test_diagnosis.py::test_a_report_sends",
    "tests/check/test_diagnosis.py::test_an_attempt",
    "tests/library/test_accuracy",
    "tests/library/test_distributed.py::test_a_worker",
    "tests/library/test_tiles.py::test_a_large_result",
    "tests/library/test_tiles.py::test_a_result_in_many_tiles",
    "tests/library/test_tiles.py::test_each_row",
    "tests/library/test_tiles.py::test_large_arrays",
    "tests/library/test_tiles.py::test_memory",
    "tests/library/test_tiles.py::test_only_what",
    "tests/library/test_tiles.py::test_out",
    "tests/plots/test_alternative_text",
    "tests/plots/test_colours",
    "tests/symbolic/test_ledger.py::test_claims_hold",
    "tests/symbolic/test_ledger.py::test_every_theorem",
    "tests/symbolic/test_ledger.py::test_printed_tex",
    *(
        f"tests/symbolic/test_ledger.py::{law}[{label}"
        for law in ("test_entry_proves", "test_misprint_is_caught")
        for label in LONG
    ),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Trace what is measured alone: not the other tests, nor what they set up.

    The marker no_cover does not do it: in a process of several, pytest-cov measures twice, and
    where one pauses, the other goes on.
    """
    if not item.nodeid.startswith(NOT_MEASURED):
        return (yield)
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)


@pytest.fixture(autouse=True)
def _numbers_are_printed_in_full(request):
    """What an example sets for its own prints is not left to the next.

    Nor what the set-up of the chapters sets, which is imported when its examples are collected.
    """
    own = request.node.path.name == "notebook.py"
    with np.printoptions(**{} if own else {"precision": 8, "suppress": False}):
        yield


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: [not item.nodeid.startswith(prefix) for prefix in FIRST])

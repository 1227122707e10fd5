"""The environment in which notebooks run: none of the user's settings reaches a cell.

Stored outputs are compared to the byte, and a figure that a setting changed or took away would be
stored as if the chapter had said so. A matplotlibrc in the notebook's own folder, which comes
before all others, is undone by `softmax_lib.plots.style`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Each of them changes what a cell prints or draws, or which program runs it.
FORGOTTEN = (
    "MPLBACKEND",  # a kernel that is told nothing draws into the notebook
    "PYTHONSTARTUP",  # IPython runs this file, in kernels as well
    "PYTHONWARNINGS",
    "PYTHONDEVMODE",
    "PYTHONOPTIMIZE",  # no assertion would hold anything
    "COLUMNS",
    "JUPYTER_PATH",  # kernels of the name python3 may stand there
    "JUPYTER_PREFER_ENV_PATH",
    "JUPYTER_CONFIG_PATH",
    "JUPYTER_RUNTIME_DIR",
)

# What Dask's own files leave open, and does else; as far as it changes what a chapter computes.
LEFT_OPEN = "scheduler: null\npool: null\nnum_workers: null\nsplit_every: 4\n"


@contextmanager
def isolated() -> Iterator[None]:
    """Give this process, and the kernels that it starts, an environment without settings."""
    before = dict(os.environ)
    # On Windows, a kernel that has not quite ended still holds its history.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # A file, since Matplotlib goes on looking where it finds none. Its own folder stays: that
        # is where it keeps the list of fonts, which takes seconds to make.
        style = Path(folder, "matplotlibrc")
        style.touch()
        for name in (*FORGOTTEN, *(name for name in os.environ if name.startswith("DASK_"))):
            os.environ.pop(name, None)
        os.environ |= {
            "MATPLOTLIBRC": str(style),
            "DASK_CONFIG": str(dask_defaults(Path(folder, "dask"))),
            # One thread adds in one order, and such small matrices are slower with more.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        } | {f"{kind}DIR": folder for kind in ("IPYTHON", "JUPYTER_CONFIG_", "JUPYTER_DATA_")}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def dask_defaults(folder: Path) -> Path:
    """Return a folder with Dask's own settings: it reads the user's, and after them these."""
    folder.mkdir()
    (folder / "left-open.yaml").write_text(LEFT_OPEN, encoding="utf-8")
    for name in ("dask", "distributed"):
        package = importlib.util.find_spec(name)
        if package and package.origin:
            shutil.copy(Path(package.origin).with_name(f"{name}.yaml"), folder)
    return folder

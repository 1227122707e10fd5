"""Building a site as `make book` does, from and into folders of one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def command(source: Path, output: Path) -> list[str | Path]:
    """Return the command that builds the course strictly."""
    program = Path(sys.executable).with_name("jupyter-book")
    return [program, "build", source, "--path-output", output, "-W", "-n", "--keep-going"]


def build(source: Path, output: Path, **environment: str) -> tuple[Path, str]:
    """Return the folder of the site that is built from `source`, and what the build said."""
    done = subprocess.run(
        command(source, output),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
    )
    assert done.returncode == 0, done.stdout
    return output / "_build" / "html", done.stdout

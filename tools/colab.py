"""Write the chapters as Colab can run them: ``python tools/colab.py FOLDER``.

Colab opens a notebook without the files around it. So a cell before the first installs the
library, from the repository that _config.yml names; if it names none, nothing is written. Colab
brings the other packages, in versions of its own, so digits and figures may differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).parent.parent


def with_library(notebook: nbformat.NotebookNode, repository: str) -> nbformat.NotebookNode:
    """Return the notebook with a cell before it that installs the library."""
    install = nbformat.v4.new_code_cell(f"%pip install --quiet git+{repository}", id="install")
    return nbformat.from_dict({**notebook, "cells": [install, *notebook.cells]})


def main(folder: Path, config: Path = ROOT / "_config.yml") -> None:
    """Write the chapters into the folder, at the paths that they have in the repository."""
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    if repository := settings["repository"]["url"].rstrip("/"):
        for path in sorted((ROOT / "chapters").glob("*.ipynb")):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(with_library(nbformat.read(path, as_version=4), repository), copy)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

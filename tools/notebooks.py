"""Execute the chapters and store their outputs: `python tools/notebooks.py [chapter ...]`.

Each chapter runs in a fresh kernel, in its own folder. What is stored depends on the chapter and
the locked environment alone, so that a second run changes no byte. If a cell fails, or an output
is lost, the stored notebook stays as it was. With `--normalise` nothing runs: only what editors
add is taken away.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from isolation import isolated

CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"
CELL_TIMEOUT = 120
SOURCE_LINES = 4

# What JupyterLab writes when it saves a chapter, but for the Python that happened to execute it.
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
# What the site reads. Editors add much more (collapsed, scrolled, timings).
CELL_METADATA = ("mystnb", "tags")
# The site folds a solution as a whole. JupyterLab folds what follows a heading, down to the next
# one that is no lower, and leaves it folded when all cells are run.
FOLDED = "jp-MarkdownHeadingCollapsed"


class ChapterError(Exception):
    """A cell of a chapter failed or lost an output; the message says which and how."""


def load(path: Path, text: str | None = None) -> NotebookNode:
    """Read a notebook; a cell without an id of its own gets one, the same on every run."""
    raw = json.loads(path.read_text(encoding="utf-8") if text is None else text)
    taken: set[str] = set()
    for number, cell in enumerate(raw["cells"], start=1):
        if cell.get("id", "") in taken | {""}:
            cell["id"] = f"{path.stem}-{number:02d}"
        taken.add(cell["id"])
    raw["nbformat_minor"] = 5
    return nbformat.reads(json.dumps(raw), as_version=4)


def execute(notebook: NotebookNode, name: str, folder: Path) -> None:
    """Run all cells of `notebook` in a fresh kernel, filling in their outputs."""
    running = {"index": 0}
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        # Otherwise each kernel warns that it talks over TCP, which here stays on this machine.
        extra_arguments=["--log-level=ERROR"],
        # A loop of prints arrives in chunks that depend on the machine: keep one output.
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: running.update(index=cell_index),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise ChapterError(where(notebook, name, running["index"], error_of(error))) from None
    except (CellTimeoutError, DeadKernelError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        raise ChapterError(where(notebook, name, running["index"], reason)) from None


def error_of(error: CellExecutionError) -> str:
    """Return the name and the message of what was raised in the cell."""
    return f"{error.ename}: {error.evalue}"


def where(notebook: NotebookNode, name: str, index: int, reason: str, verb: str = "failed") -> str:
    """Return a report that names the chapter, the cell, the head of its source, and `reason`."""
    lines = notebook.cells[index].source.splitlines()
    head = [f"    | {line}" for line in lines[:SOURCE_LINES]]
    if len(lines) > SOURCE_LINES:
        head.append("    | ...")
    place = f"{name}: cell {index + 1} of {len(notebook.cells)} {verb}"
    return "\n".join([place, *head, reason])


def kinds_of(cell: NotebookNode) -> Counter[str]:
    """Count what a cell puts out: its streams, and the formats of what it shows."""
    outputs = cell.get("outputs", [])
    return Counter(kind for o in outputs for kind in o.get("data", [o.get("name", "error")]))


def committed(path: Path) -> dict[str, str]:
    """Return the source of each cell, by its id, as git last saw the notebook; none without git."""
    command = ["git", "show", f"HEAD:./{path.name}"]
    try:
        done = subprocess.run(command, cwd=path.parent, check=True, capture_output=True)
        return {cell.id: cell.source for cell in load(path, done.stdout.decode()).cells}
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}


def require_outputs(stored: NotebookNode, notebook: NotebookNode, path: Path) -> None:
    """Raise if a cell that nobody has changed lost a figure or another output."""
    sources = None
    for index, (old, new) in enumerate(zip(stored.cells, notebook.cells, strict=True)):
        lost = kinds_of(old) - kinds_of(new)
        if lost:
            sources = committed(path) if sources is None else sources
            # An edited cell still has the outputs that it had before.
            if sources.get(old.id, old.source).rstrip() == old.source.rstrip():
                reason = (
                    f"The run gave no {' and no '.join(sorted(lost))}. If that is meant, clear "
                    "the cell's output first, in JupyterLab or by jupytext without --update."
                )
                raise ChapterError(where(notebook, path.stem, index, reason, "lost an output"))


def normalise(notebook: NotebookNode) -> None:
    """Leave in `notebook` only what its own text and outputs determine."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell, opens in zip(notebook.cells, opens_solution(notebook), strict=True):
        kept = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        if opens:
            kept[FOLDED] = True
        cell.metadata = nbformat.from_dict(kept)
        cell.source = cell.source.rstrip()


def in_solutions(notebook: NotebookNode) -> list[bool]:
    """Tell of each cell whether it stands between the gates of a solution."""
    inside, told = False, []
    for cell in notebook.cells:
        told.append(inside)
        if cell.cell_type == "markdown":
            for gate in re.findall(r"\{solution-(start|end)\}", cell.source):
                inside = gate == "start"
                told[-1] &= inside
    return told


def opens_solution(notebook: NotebookNode) -> list[bool]:
    """Tell of each cell whether the code of a solution follows it."""
    solves = [*in_solutions(notebook), False]
    return [after and not here for here, after in pairwise(solves)]


def store(notebook: NotebookNode, path: Path) -> bool:
    """Write `notebook` to `path`, whole or not at all, and tell whether that changed the file."""
    nbformat.validate(notebook)
    text = nbformat.writes(notebook).rstrip() + "\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    descriptor, temporary = tempfile.mkstemp(".tmp", f".{path.stem}-", path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return True


def refresh(path: Path) -> bool:
    """Execute, normalise and store one chapter; tell whether its file changed."""
    notebook = load(path)
    execute(notebook, path.stem, path.parent)
    require_outputs(load(path), notebook, path)
    normalise(notebook)
    return store(notebook, path)


def tidy(path: Path) -> bool:
    """Normalise one chapter without running it; tell whether its file changed."""
    notebook = load(path)
    normalise(notebook)
    return store(notebook, path)


def sections() -> dict[str, tuple[str, str]]:
    """Return the chapter and the heading of each labelled section, by its label."""
    found = {}
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        for cell in load(path).cells:
            if cell.cell_type == "markdown":
                labelled = re.findall(r"(?m)^\((sec-[\w-]+)\)=\n+#+ +(.+?) *$", cell.source)
                found |= {label: (path.stem, heading) for label, heading in labelled}
    return found


def store_sections() -> None:
    """Write the sections, one a line, where the library looks them up."""
    lines = [json.dumps({label: at}, ensure_ascii=False)[1:-1] for label, at in sections().items()]
    path = CHAPTERS.parent / "softmax_lib/sections.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def find(names: list[str]) -> list[Path]:
    """Return the notebooks of the named chapters, of all chapters if none is named."""
    paths = {path.stem: path for path in sorted(CHAPTERS.glob("*.ipynb"))}
    wanted = [Path(name).stem for name in names] or list(paths)
    unknown = [name for name in wanted if name not in paths]
    if unknown or not wanted:
        sys.exit(f"no chapter {', '.join(unknown)}; there are: {', '.join(paths) or 'none'}")
    return [paths[name] for name in wanted]


def main() -> int:
    parser = argparse.ArgumentParser(description="Execute chapters and store their outputs.")
    parser.add_argument(
        "chapter", nargs="*", help="name of a chapter; all of them if none is given"
    )
    parser.add_argument(
        "--normalise",
        action="store_true",
        help="run nothing, only take away what editors add; fail if there was something",
    )
    options = parser.parse_args()
    paths = find(options.chapter)
    if options.normalise:
        changed = [path.stem for path in paths if tidy(path)]
        if changed:
            print(f"normalised: {', '.join(changed)}")
        return 1 if changed else 0
    store_sections()  # reports, which are outputs, look them up
    with isolated():
        well = [refreshed(path) for path in paths]
    return 0 if all(well) else 1


def refreshed(path: Path) -> bool:
    """Refresh one chapter, say on a line what came of it, and return whether that was well."""
    start = time.perf_counter()
    print(f"{path.stem:<16}", end="", flush=True)
    try:
        changed = refresh(path)
    except ChapterError as error:
        print(f"failed\n{error}", flush=True)
        return False
    seconds = time.perf_counter() - start
    print(f"{'stored' if changed else 'unchanged':<10} {seconds:5.1f} s", flush=True)
    return True


if __name__ == "__main__":
    if sys.platform == "win32":
        # The sockets to the kernel need this event loop there.
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    sys.exit(main())

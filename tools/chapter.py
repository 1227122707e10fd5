"""Write the stubs of a chapter, and its lines in the lists: `make chapter NAME=... TITLE=...`.

The stubs are the files of `tools/stub/`, with the chapter's name in their paths and texts. They
build, test and prove at once; replace them piece by piece. By hand a chapter needs its line in
`softmax_lib/course.py`, in `_toc.yml`, and its functions in `softmax_lib/__init__.py`, and a new
part its line on the front page; the table of the README is made from the first. Without a name,
only that table is made again.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat

import notebooks

ROOT = Path(__file__).resolve().parent.parent
STUB = Path(__file__).parent / "stub"
TABLE = re.compile(r"(\| Chapter \| .+ \|\n\|---\|---\|\n)(?:\|.*\n)+")
CHECKED = """
    def {name}_{number}(z):
        return z - z.{wrong}(axis=-1, keepdims=True)


    check.MODULE_example({name}_{number})
"""
EXERCISE = """
% <h3>Exercise {number}</h3>

```{{exercise}} Exercise {number}
:label: ex-NAME-{number}
{task}
```

:::{{dropdown}} Hint
{hint}
:::
{attempt}
+++

% <h4>Solution</h4>

```{{solution-start}} ex-NAME-{number}
:label: sol-NAME-{number}
```

+++

{words}

```{{code-cell}}
{solution}
```

+++

```{{solution-end}}
```

+++
"""


def exercises() -> str:
    """Return the text of five exercises, two of which answer back."""
    parts = ["+++\n\n## Exercises\n\nTwo of these answer back.\n\n+++\n"]
    for number in range(1, 6):
        task, attempt, words = "Which gaps does $w$ have?", "", "Those of $z$."
        hint = "What do two classes lose when the same number is taken off both?"
        solution = "print(np.diff(MODULE_example([3.0, 1.0, -3.0])))"
        if number < 3:
            task, words = "This takes the maximum off. Take the mean off.", "The mean, then."
            hint = "Which of the two makes the numbers sum to zero?"
            code = {"my": "max", "solved": "mean"}
            attempt, solution = (
                re.sub(r"(?m)^    ", "", CHECKED).strip().format(name=n, number=number, wrong=w)
                for n, w in code.items()
            )
            attempt = f"\n```{{code-cell}}\n{attempt}\n```\n"
        parts.append(
            EXERCISE.format(
                number=number,
                task=task,
                hint=hint,
                attempt=attempt,
                words=words,
                solution=solution,
            )
        )
    return "".join(parts)


def write_stubs(root: Path, name: str, title: str) -> list[Path]:
    """Write the chapter's files; none of them may be there already."""
    words = {"MODULE": name.replace("-", "_"), "NAME": name, "TITLE": title}

    def named(text: str) -> str:
        for word, stands_for in words.items():
            text = text.replace(word, stands_for)
        return text

    written = {
        root / named(str(stub.relative_to(STUB))): stub.read_text(encoding="utf-8")
        for stub in sorted(STUB.rglob("*.*"))
    }
    there = [str(path.relative_to(root)) for path in written if path.with_suffix("").exists()]
    there += [str(path.relative_to(root)) for path in written if path.exists()]
    if there:
        sys.exit(f"nothing was written, since there is {', '.join(there)}")
    for path, text in written.items():
        if path.suffix == ".md":
            text = named(text.replace("EXERCISES\n", exercises()))
            notebook = jupytext.reads(text, fmt="md:myst")
            notebooks.normalise(notebook)
            nbformat.write(notebook, path.with_suffix(".ipynb"))
        else:
            path.write_text(named(text), encoding="utf-8")
    return list(written)


def add_lines(root: Path, name: str, title: str, question: str, part: str) -> None:
    """Add the chapter to the list, to the contents, and its function to the library.

    A part that is new gets its place on the front page, below those that are there.
    """
    module = name.replace("-", "_")

    def change(path: str, old: str, new: str) -> None:
        text = (root / path).read_text(encoding="utf-8")
        at = text.rindex(old)
        text = text[:at] + new + text[at + len(old) :]
        (root / path).write_text(text, encoding="utf-8")

    entry = f'    Chapter("{name}", "{title}", "{question}", "{part}"),\n'
    change("softmax_lib/course.py", ")\n\n\ndef chapter(", f"{entry})\n\n\ndef chapter(")
    new_part = f"  - caption: {part}\n    numbered: true\n    chapters:\n"
    toc = (root / "_toc.yml").read_text(encoding="utf-8")
    page = f"      - file: chapters/{name}\n"
    if f"caption: {part}\n" in toc:
        head, _, rest = toc.partition(f"caption: {part}\n")
        here, separator, after = rest.partition("  - caption:")
        toc = f"{head}caption: {part}\n{here}{page}{separator}{after}"
    else:
        toc = toc.replace("  - caption: Reference\n", f"{new_part}{page}  - caption: Reference\n")
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    front, place = (root / "index.md").read_text(encoding="utf-8"), f"<!-- chapters of {part} -->"
    if place not in front:
        at = front.index("\n## ", front.rindex("<!-- chapters of "))
        front = f"{front[:at]}\n### {part}\n\n{place}\n{front[at:]}"
        (root / "index.md").write_text(front, encoding="utf-8")
    line = f"from softmax_lib.{module} import {module}_example\n\n__version__"
    change("softmax_lib/__init__.py", "\n__version__", line)
    text = (root / "softmax_lib/__init__.py").read_text(encoding="utf-8")
    head, _, names = text.partition("__all__ = [\n")
    names = sorted([*names.splitlines()[:-1], f'    "{module}_example",'])
    text = "\n".join([f"{head}__all__ = [", *names, "]", ""])
    (root / "softmax_lib/__init__.py").write_text(text, encoding="utf-8")


def readme_table(chapters) -> str:
    """Return the rows of the README's table."""
    return "".join(f"| [{c.title}](chapters/{c.name}.ipynb) | {c.question} |\n" for c in chapters)


def make_table(root: Path) -> None:
    """Make the README's table from the list of chapters, read anew."""
    script = "from chapter import *; from softmax_lib.course import CHAPTERS as c"
    script += "; print(readme_table(c), end='')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'tools'}", "PYTHONIOENCODING": "utf-8"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(TABLE.sub(lambda match: match[1] + done.stdout, text), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="", help="such as cross-entropy")
    parser.add_argument("--title", default="", help="by default the name, with a capital letter")
    parser.add_argument("--question", default="What does this chapter answer?")
    parser.add_argument("--part", default="The course")
    given = parser.parse_args()
    if not given.name:
        return make_table(ROOT)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", given.name):
        sys.exit(f"a name is lower-case words with dashes between them, not {given.name!r}")
    title = given.title or given.name.capitalize()
    files = write_stubs(ROOT, given.name, title)
    add_lines(ROOT, given.name, title, given.question, given.part)
    make_table(ROOT)
    touched = [f for f in files if f.suffix == ".py"] + [ROOT / "chapters" / f"{given.name}.ipynb"]
    touched += [ROOT / "softmax_lib" / name for name in ("__init__.py", "course.py")]
    for words in (["check", "--fix", "--exit-zero", "--ignore", "E501"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *words, "--quiet", *touched], check=True)
    execute = [sys.executable, ROOT / "tools" / "notebooks.py", given.name]
    subprocess.run(execute, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    print("Stubs to replace or to delete:", *sorted(f.relative_to(ROOT) for f in touched[:-2]))
    return None


if __name__ == "__main__":
    main()

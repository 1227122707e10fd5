"""The house: each chapter is listed once, its rooms bear its name, and imports run one way."""

import ast
import re
import runpy
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LIST = "softmax_lib/course.py"
# The folders whose files are named after chapters, and what else may stand there.
ROLES = {
    "chapters": ("*.ipynb", ()),
    "softmax_lib": (
        "*.py",
        ("__init__", "course", "distributed", "notebook", "regression", "source"),
    ),
    "softmax_lib/symbolic": ("*.py", ("__init__",)),
    "softmax_lib/check": ("*.py", ("__init__",)),
    "softmax_lib/plots": ("*.py", ("__init__", "style")),
    "softmax_lib/explorer": ("*.py", ("__init__", "element", "table")),
}


def listed(root):
    return runpy.run_path(str(root / LIST))["CHAPTERS"]


def misplaced(root):
    """Return a sentence for each file without a chapter and each chapter without its notebook."""
    chapters = listed(root)
    known = {each.name for each in chapters} | {each.module for each in chapters}
    wrong = [
        f"{path.relative_to(root)} belongs to no chapter of {LIST}"
        for folder, (pattern, others) in ROLES.items()
        for path in sorted((root / folder).glob(pattern))
        if path.stem not in known | set(others)
    ]
    pages = {path.stem for path in (root / "chapters").glob("*.ipynb")}
    return wrong + [
        f"{LIST} lists {each.name!r}, but there is no chapters/{each.name}.ipynb"
        for each in chapters
        if each.name not in pages
    ]


def contents(root):
    """Return the parts and pages of the table of contents, the reference aside."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [(part["caption"], page["file"]) for part in toc["parts"] for page in part["chapters"]]
    return [page for page in pages if page[1].startswith("chapters/")]


def test_every_file_belongs_to_a_chapter_and_every_chapter_has_its_page():
    assert misplaced(ROOT) == []


@pytest.fixture
def rooms(tmp_path):
    """A house of one chapter, which is all in order."""
    for folder in ROLES:
        (tmp_path / folder).mkdir(parents=True)
    course = (ROOT / LIST).read_text(encoding="utf-8")
    head = course[: course.index("CHAPTERS = (")]
    (tmp_path / LIST).write_text(f'{head}CHAPTERS = (Chapter("a-b", "A", "?"),)', encoding="utf-8")
    for name in ("chapters/a-b.ipynb", "softmax_lib/a_b.py", "softmax_lib/plots/a_b.py"):
        (tmp_path / name).touch()
    assert misplaced(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize("folder", ROLES)
def test_a_file_without_a_chapter_is_an_error_that_names_file_and_list(rooms, folder):
    stray = Path(folder, "stray").with_suffix(Path(ROLES[folder][0]).suffix)
    (rooms / stray).touch()
    assert misplaced(rooms) == [f"{stray} belongs to no chapter of {LIST}"]


def test_a_chapter_without_a_notebook_is_an_error_that_names_both(rooms):
    (rooms / "chapters/a-b.ipynb").unlink()
    (wrong,) = misplaced(rooms)
    assert LIST in wrong
    assert "chapters/a-b.ipynb" in wrong


def test_the_contents_are_the_list():
    assert contents(ROOT) == [(each.part, f"chapters/{each.name}") for each in listed(ROOT)]


def test_the_front_page_has_every_part():
    parts = list(dict.fromkeys(each.part for each in listed(ROOT)))
    front = (ROOT / "index.md").read_text(encoding="utf-8")
    assert re.findall("<!-- chapters of (.+) -->", front) == parts


# ---- imports ------------------------------------------------------------------------------------


def modules():
    """Return the modules of the library, by name."""
    paths = (ROOT / "softmax_lib").rglob("*.py")
    names = {path: path.relative_to(ROOT).with_suffix("").parts for path in paths}
    return {".".join(n).removesuffix(".__init__"): path for path, n in names.items()}


MODULES = modules()


def imported(path):
    """Return the modules that a file imports, those of this library by their full name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the module in full"
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (named & set(MODULES)) or {node.module}
    return found


ARROWS = {name: imported(path) for name, path in MODULES.items()}
OWN = {name: {m for m in found if m in MODULES} for name, found in ARROWS.items()}


def reached(name):
    """Return the modules that a module needs, at once or through others."""
    seen, waiting = set(), [name]
    while waiting:
        for each in OWN[waiting.pop()] - seen:
            seen.add(each)
            waiting.append(each)
    return seen


@pytest.mark.parametrize("name", MODULES)
def test_no_module_needs_itself(name):
    assert name not in reached(name)


@pytest.mark.parametrize("engine", [m for m in MODULES if m.endswith("_engine")])
def test_an_engine_knows_no_chapter(engine):
    chapters = {each.module for each in listed(ROOT)}
    for name in MODULES:
        if name.startswith(engine):
            above = {m for m in OWN[name] if m.split(".")[-1] in chapters}
            assert not above, f"{name} imports {above}"


def test_a_chapter_uses_the_engine_and_the_chapters_before_it_alone():
    allowed = {name for name in MODULES if name.startswith("softmax_lib._engine")}
    for each in listed(ROOT):
        name = f"softmax_lib.{each.module}"
        assert OWN[name] <= allowed, f"{name} imports {OWN[name] - allowed}"
        allowed |= {f"softmax_lib.{module}" for module in (each.module, *each.also)}


@pytest.mark.parametrize("role", ["symbolic", "check", "plots", "explorer"])
def test_in_each_role_a_chapter_uses_no_later_one(role):
    later = {f"softmax_lib.{role}.{each.module}" for each in listed(ROOT)}
    for each in listed(ROOT):
        name = f"softmax_lib.{role}.{each.module}"
        assert not OWN.get(name, set()) & later, f"{name} imports {OWN[name] & later}"
        later.discard(name)


def test_the_library_itself_needs_numpy_alone():
    for name in {"softmax_lib"} | reached("softmax_lib"):
        others = {m.split(".")[0] for m in ARROWS[name]} - {"softmax_lib", "numpy"}
        assert others <= set(sys.stdlib_module_names), f"{name} imports {others}"


# In the package its function hides it: what is in the module is imported from it by name.
HIDDEN = {"softmax_lib.attention"}


def test_no_module_bears_the_name_of_a_function_in_it():
    for name, path in MODULES.items():
        if name in HIDDEN:
            continue
        functions = {
            node.name
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        assert name.split(".")[-1] not in functions

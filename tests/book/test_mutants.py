"""The mutants themselves: that the list is not out of date, and that a survivor is reported."""

import ast
import shutil

import pytest

import code_mutants
import mutants
from mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_what_a_mutant_changes_is_there_and_changes(mutant, tmp_path):
    copy = tmp_path / mutant.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutant.file, copy)
    mutant.apply(tmp_path)
    assert copy.read_bytes() != (ROOT / mutant.file).read_bytes()
    assert (ROOT / mutant.test.split("::")[0]).exists()


@pytest.mark.parametrize("text", ["", "a + b\na + b\n"])
def test_an_old_text_that_is_not_there_exactly_once_is_an_error(text, tmp_path):
    (tmp_path / "m.py").write_text(text)
    with pytest.raises(LookupError, match=r"m\.py holds [02] times: 'a [+] b'"):
        Mutant("m.py", "a + b", "a - b", "", "").apply(tmp_path)


@pytest.fixture
def small_tree(tmp_path, monkeypatch):
    """A tree with a library of one line and a test of it that sees its sign alone."""
    (tmp_path / "softmax_lib").mkdir()
    (tmp_path / "softmax_lib/__init__.py").write_text("VALUE = 1\n")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "test_sign.py").write_text(
        "import softmax_lib\n\n\ndef test_sign():\n    assert softmax_lib.VALUE > 0\n"
    )
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    return tmp_path


def of_the_line(new):
    return Mutant("softmax_lib/__init__.py", "VALUE = 1", new, new, "test_sign.py")


def test_a_survivor_is_reported(small_tree, monkeypatch, capsys):
    monkeypatch.setattr(mutants, "MUTANTS", [of_the_line("VALUE = -1"), of_the_line("VALUE = 2")])
    assert mutants.main([]) == 1
    said = capsys.readouterr().out
    assert "[1/2] softmax_lib/__init__.py: VALUE = -1\n  caught" in said
    assert "test_sign.py::test_sign: assert -1 > 0" in said
    assert "[2/2] softmax_lib/__init__.py: VALUE = 2\n  SURVIVES" in said
    assert "1 of 2 caught" in said
    assert (small_tree / "softmax_lib/__init__.py").read_text() == "VALUE = 1\n"


def test_tests_that_fail_without_a_mutant_prove_nothing(small_tree, monkeypatch, capsys):
    (small_tree / "softmax_lib/__init__.py").write_text("VALUE = 1 - 2\n")
    monkeypatch.setattr(mutants, "MUTANTS", [of_the_line("VALUE = 3")])
    assert mutants.main([]) == 1
    assert "the tests fail as they are" in capsys.readouterr().out


def test_a_library_from_elsewhere_is_an_error(tmp_path):
    (tmp_path / "chapters").mkdir()  # no softmax_lib in this copy
    with pytest.raises((ImportError, mutants.subprocess.CalledProcessError)):
        mutants.require_import_from(tmp_path)


# ---- mutants of the code ------------------------------------------------------------------------


@pytest.mark.parametrize("survivor", code_mutants.listed())
def test_a_survivor_is_of_a_definition_that_is_there(survivor):
    path, definition, _ = survivor.split(" ", 2)
    assert path in code_mutants.modules([])
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if hasattr(node, "name")}
    assert definition.removesuffix(":") in names | {"module"}


def test_a_survivor_without_a_reason_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "survivors.txt"
    path.write_text("softmax_lib/overflow.py\nsoftmax: return -p\n", encoding="utf-8")
    monkeypatch.setattr(code_mutants, "SURVIVORS", path)
    with pytest.raises(SystemExit, match="no reason is given: softmax: return -p"):
        code_mutants.listed()


@pytest.mark.parametrize("path", code_mutants.modules([]))
def test_every_module_has_tests_that_are_to_catch_its_mutants(path):
    assert [test for test in code_mutants.tests_of(path) if test.startswith("tests/")]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a = 1\nb = 2\n", "a = 1\nb =  3\n", "b = 3"),
        ("@cache\ndef f(): pass\n", "def f(): pass\n", "- @cache"),
    ],
)
def test_a_mutant_is_told_by_its_changed_line(old, new, line):
    assert code_mutants.changed_line(old, new) == line


def test_of_proofs_and_checks_the_same_share_is_run_whatever_stands_beside():
    names = [f"softmax: return p - {number}" for number in range(7000)]

    def chosen(path):
        return {name for name in names if code_mutants.Mutant(path, name, "").chosen}

    assert chosen("softmax_lib/_engine/shift.py") == chosen("softmax_lib/__init__.py") == {*names}
    for path in ("softmax_lib/check/overflow.py", "softmax_lib/symbolic/_engine/reader.py"):
        assert 900 < len(chosen(path)) < 1100
    assert code_mutants.Mutant("softmax_lib/check/overflow.py", names[0], "a").chosen == (
        code_mutants.Mutant("softmax_lib/check/overflow.py", names[0], "b").chosen
    )


def test_mutants_of_one_line_do_not_meet_the_tests_together():
    path = "softmax_lib/_engine/__init__.py"
    text = (ROOT / path).read_text(encoding="utf-8")
    first, second, last = text.split()[0], text.split()[1], text.split()[-2]
    one, same, other = (
        code_mutants.Mutant(path, "", text.replace(word, word.upper(), 1))
        for word in (first, second, last)
    )
    both = one.code.replace(last, last.upper(), 1)
    assert one.code != both == code_mutants.together([one, other])
    assert code_mutants.together([one, same]) is None


def test_a_run_goes_on_after_what_another_has_caught(tmp_path):
    log = tmp_path / "run.log"
    log.write_text("unchanged: ...\n  caught: a.py f: x\n  passes: a.py f: y\n  3 to go\n")
    assert code_mutants.caught_before(log) == {"a.py f: x"}


TEXT = """\
def f(a,
      b=1):
    if (a
            > b):
        return a
    return [
        lambda: (a
                 - b),
        a + b,
    ]
"""


@pytest.mark.parametrize(
    ("place", "lines"),
    [((2, 7), [1, 2]), ((4, 12), [3, 4]), ((8, 17), [7, 8]), ((9, 10), [6, 7, 8, 9, 10])],
)
def test_what_a_change_belongs_to_is_its_statement_or_the_body_of_its_lambda(place, lines):
    assert [*code_mutants.lines_of(TEXT, place)] == lines


DECLARED = """
HALF = 1 / 2
ENTRY = Theorem("a-law", HALF * 3)
SLIP = Mistake("a-slip", "said").like(lambda z: z + 2)
TASK = Exercise("f(z)", laws=(Law("it holds", 4),))
"""


@pytest.mark.parametrize(
    ("number", "labels"),
    [("2\n", {"a-law"}), ("3)", {"a-law"}), ("2)", {"a-slip"}), ("4)", {"f", "it holds"})],
)
def test_a_change_has_the_labels_of_what_is_declared_with_it(number, labels):
    before = DECLARED[: DECLARED.index(number)].split("\n")
    assert code_mutants.labels_at(DECLARED, (len(before), len(before[-1]))) == labels


@pytest.mark.parametrize(
    ("text", "number", "is_one"),
    [
        ("TRIED = make([[7, 2]], 3)", "7", True),
        ("TRIED = _make(1, 7)", "7", True),
        ('LAWS = (Law("it holds", _make(7), agrees(3)),)', "7", True),
        ('LAWS = (Law("it holds", _make(3), agrees(7)),)', "7", False),
        ('LAWS = (Law("it holds", TRIED, results=(7,)),)', "7", False),
        ("WRONG = SLIP.like(_filled(7))", "7", False),
        ("WRONG = of(SLIP.like(lambda z: z[[0, 7]]))", "7", False),
        ("def right(z):\n    return z[[0, 7]]", "7", False),
        ("LIMIT = 7", "7", False),
    ],
)
def test_an_example_is_told_from_what_is_computed_with(text, number, is_one):
    before = text[: text.index(number)].split("\n")
    place = len(before), len(before[-1])
    assert any(first <= place <= last for first, last in code_mutants.examples(text)) == is_one


def test_a_mutant_first_meets_the_tests_that_name_what_it_declares():
    seconds = {"t.py::short": 1.0, "t.py::it[f-a-law]": 3.0, "t.py::it[a-law-too]": 2.0}
    seconds |= {"t.py::it[another-law]": 0.5}
    seen = code_mutants.Seen(seconds, {"t.py": 1.0}, {("m.py", 1): {"t.py::short"}})
    mutant = code_mutants.Mutant("m.py", "", "", range(1, 2), frozenset({"a-law"}))
    named = ["t.py::it[a-law-too]", "t.py::it[f-a-law]"]
    assert seen.first(mutant, ["t.py"]) == {"t.py": named}
    seen.seconds["t.py::it[f-a-law]"] = 2.5
    assert seen.first(mutant, ["t.py"]) == {"t.py": [*named, "t.py::short"]}


def test_a_mutant_first_meets_the_shortest_tests_that_run_its_line():
    seconds = {"t.py::long": 4.0, "t.py::short": 1.0, "t.py::longer": 9.0, "u.py::other": 1.0}
    running = {("m.py", 3): {"t.py::long", "t.py::short", "t.py::longer"}}
    seen = code_mutants.Seen(seconds, dict.fromkeys(["t.py", "u.py"], 1.0), running)
    on_it, elsewhere = (code_mutants.Mutant("m.py", "", "", range(a, a + 1)) for a in (3, 4))
    files = ["t.py", "u.py"]
    assert seen.first(on_it, files) == {"t.py": ["t.py::short", "t.py::long"]}
    every = {"t.py": ["t.py::short", "t.py::long"], "u.py": ["u.py::other"]}
    assert seen.first(elsewhere, files) == every

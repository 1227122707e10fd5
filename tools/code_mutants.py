"""Mutation testing of the code: change one operator or number at a time, and see a test fail.

    python tools/code_mutants.py                            the library, some of proofs and checks
    python tools/code_mutants.py softmax_lib/overflow.py    of one module, or one folder
    python tools/code_mutants.py --all softmax_lib/check    all that there are
    python tools/code_mutants.py --unlisted                 but for the known survivors
    python tools/code_mutants.py --after run.log            go on with a run that was stopped

cosmic-ray makes the mutants. Its own runner starts Python, NumPy and pytest anew for each, which
takes longer than the tests that catch one; so here each mutant is a fork of a process that has
them loaded, in a scratch copy of the tree. It first meets tests that run its line, as coverage
has seen, the shortest first. What survives is compared with the committed list.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import itertools
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import coverage
import pytest

from mutants import NOT_COPIED

ROOT = Path(__file__).resolve().parent.parent
SURVIVORS = ROOT / "tests/mutants/survivors.txt"
# By role: the rest of the library is the mathematics and what carries it.
ROLES = ("symbolic", "check")
# Modules of engines whose tests have another name.
TESTED_AS = {"reductions": "tiles", "shift": "overflow", "targets": "cross_entropy"}
# Seconds that the tests may take which a mutant meets alone, in all and those of one file; what
# passes them meets all tests in groups.
FIRST = 30
OF_A_FILE = 6
LIMIT = 15  # seconds for a test, of the processor; the longest of them takes 3
PATIENCE = 300  # seconds by the clock, for one that waits: on a busy machine LIMIT takes minutes
# Pictures, whose tests look at what is drawn, and a set-up, which every page's stored outputs hold.
ELSEWHERE = ("plots", "explorer", "notebook")
CAUGHT = "  caught: "  # so begins a line of what is printed
SHARE = 7  # of proofs and checks, which have three times as many as the library, one in so many
# Loaded once, for all mutants.
PRELOADED = """
    numpy scipy.special sklearn mpmath hypothesis sympy matplotlib.pyplot IPython bs4
    nbval.plugin nbval.kernel jupyter_client.manager pytest_timeout
"""

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # threads do not survive a fork
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # looking for them takes half of a short test's time
}
OPTIONS = f"""
    -x -q --no-header --tb=line -p no:cacheprovider -p _hypothesis_pytestplugin -p pytest_timeout
    --override-ini=addopts= --import-mode=importlib --doctest-modules
    --override-ini=timeout={PATIENCE}
    -W ignore::pytest.PytestAssertRewriteWarning
"""

# Which of cosmic-ray's operators are on.
OPERATORS = re.compile(
    r"""core/(
    NumberReplacer | ReplaceTrueWithFalse | ReplaceFalseWithTrue
    | ReplaceAndWithOr | ReplaceOrWithAnd | AddNot
    | ZeroIterationForLoop | ReplaceBreakWithContinue | ReplaceContinueWithBreak
    | ExceptionReplacer | RemoveDecorator
    # A comparison has three outcomes, and each is changed by one of these; the other pairs are
    # caught with them.
    | ReplaceComparisonOperator_(
        Lt_LtE | Lt_Gt | LtE_Lt | LtE_GtE | Gt_GtE | Gt_Lt | GtE_Gt | GtE_LtE
        | Eq_NotEq | Eq_LtE | Eq_GtE | NotEq_Eq | NotEq_Lt | NotEq_Gt | Is_IsNot | IsNot_Is)
    # The inverse operation; any other is no nearer to the right one, and caught sooner.
    | ReplaceBinaryOperator_(
        Add_Sub | Sub_Add | Mul_Div | Div_Mul | FloorDiv_Mul | Mod_Mul | Pow_Mul
        | LShift_RShift | BitAnd_BitOr | BitOr_BitAnd)
    # A minus to a plus is the same as none.
    | ReplaceUnaryOperator_Delete_(USub | Not | Invert)
    )""",
    re.VERBOSE,
)


OFF = re.compile(
    r"""
    [ (] ?/(,|$)  # the star of a signature is no product
    # A limit at which another way is faster: on both sides of it, and at it, both are right.
    | ^softmax_lib/_engine/\S+\ [A-Z_]+\ =\ [\d <>-]+(\#|$)
    | ^softmax_lib/_engine/.*(<\ (PIECE|SHORT|LITTLE)|>=\ (SMALL|FEW|NARROW))\b
    # How high a tile of columns is, and what the allocator is told: speed alone.
    | ^softmax_lib/_engine/tiles\.py\ (return\ True,.*height\ //\ [13]\b|np\.empty\(.*uint8)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Mutant:
    """A module with one change, told apart by the definition and the changed line."""

    path: str
    name: str
    code: str
    lines: range = range(0)  # of the statement that is changed, in the text as it is
    labels: frozenset[str] = frozenset()  # of what is declared there

    def __str__(self):
        return f"{self.path} {self.name}"

    @property
    def chosen(self):
        """Whether it is one of those that are always run: by its name, whatever stands beside."""
        role = self.path.split("/")[1]
        return role not in ROLES or zlib.crc32(str(self).encode()) % SHARE == 0


def changed_line(old: str, new: str) -> str:
    """Return the line that is new, or with a minus the one that is gone."""
    before, after = (Counter(" ".join(x.split()) for x in text.splitlines()) for text in (old, new))
    gone = (f"- {line}" for line in before - after if line)
    return next((line for line in after - before if line), None) or next(gone)


@cache
def statements(text: str) -> list[tuple[tuple[int, int], tuple[int, int], range]]:
    """Return where each statement and each body of a lambda begins and ends, and its own lines."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt | ast.Lambda):
            part = node.body if isinstance(node, ast.Lambda) else node
            # Of one that holds others, its head.
            inner = getattr(node, "body", None)
            last = inner[0].lineno - 1 if isinstance(inner, list) else part.end_lineno
            start, end = (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)
            found.append((start, end, range(part.lineno, max(part.lineno, last) + 1)))
    return found


def lines_of(text: str, place: tuple[int, int]) -> range:
    """Return the lines of the smallest statement, or body of a lambda, around a place."""
    around = [(start, own) for start, end, own in statements(text) if start <= place <= end]
    return max(around, key=lambda one: one[0], default=(0, range(0)))[1]


@cache
def declarations(text: str) -> tuple[list[ast.Call | ast.Assign], dict[str, list]]:
    """Return the calls and assignments, and where each name is used."""
    nodes = [*ast.walk(ast.parse(text))]
    uses = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.Name):
            uses[node.id].append((node.lineno, node.col_offset))
    return [node for node in nodes if isinstance(node, ast.Call | ast.Assign)], uses


@cache
def labels_at(text: str, place: tuple[int, int]) -> frozenset[str]:
    """Return the labels of what is declared around a place, as the first argument of a call.

    Where a value gets a name, those of what uses the name, too.
    """
    labels, names = set(), set()
    nodes, uses = declarations(text)
    for node in nodes:
        start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        if not start <= place <= end:
            continue
        if isinstance(node, ast.Assign):
            parts = itertools.chain.from_iterable(map(ast.walk, node.targets))
            names.update(part.id for part in parts if isinstance(part, ast.Name))
        else:
            # The label of Mistake("label", ...).like(...) is its as well.
            made = getattr(node.func, "value", None)
            first = [*node.args[:1], *getattr(made, "args", [])[:1]]
            told = (str(one.value) for one in first if isinstance(one, ast.Constant))
            labels.update(label.partition("(")[0] for label in told)
    later = (use for name in names for use in uses[name] if use > place)
    return frozenset(labels).union(*(labels_at(text, use) for use in later))


@cache
def examples(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the examples of a module of checks are.

    They are lists of numbers, what a constant is made of by a function, and what a law is tried
    with; not what stands in a function or a wrong formula.
    """
    found, todo = [], [ast.parse(text)]
    while todo:
        node = todo.pop()
        parts = [node] if isinstance(node, ast.List) else []
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = node.value.func
            parts = [node.value] if isinstance(maker, ast.Name) and maker.id.islower() else []
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Law":
            parts = node.args[1:2]
        found += [
            ((part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset))
            for part in parts
            if not any(isinstance(inner, ast.Lambda) for inner in ast.walk(part))
        ]
        if not isinstance(node, ast.Lambda | ast.FunctionDef):
            todo += ast.iter_child_nodes(node)
    return found


def mutants_of(path: str) -> list[Mutant]:
    """Return the mutants of a module, in the order of its text."""
    # `make mutants` installs it; the tests do without.
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.ast.ast_query import ASTQuery
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    text = (ROOT / path).read_text(encoding="utf-8")
    found = []
    for operator_name in sorted(filter(OPERATORS.fullmatch, operator_names())):
        operator = get_operator(operator_name)()
        places = [
            (start, ASTQuery(node).get_definition_name() or "module")
            for node in ast_nodes(get_ast(text))
            for start, _ in operator.mutation_positions(node)
        ]
        for occurrence, (start, definition) in enumerate(places):
            # What a check tries: the tests ask what it tells apart, not by which numbers.
            tried = path.startswith("softmax_lib/check/")
            if tried and any(first <= start <= last for first, last in examples(text)):
                continue
            code = mutate_code(text, operator, occurrence)
            line = changed_line(text, code)
            if OFF.search(f"{path} {line}"):
                continue
            own = lines_of(text, start), labels_at(text, start)
            found.append((start, f"{definition}: {line}", code, *own))
    again: Counter[str] = Counter()
    result = []
    for _, name, code, lines, labels in sorted(found, key=lambda one: one[:3]):
        again[name] += 1
        name = f"{name} [{again[name]}]" if again[name] > 1 else name
        result.append(Mutant(path, name, code, lines, labels))
    return result


def modules(wanted: list[str]) -> list[str]:
    """Return the modules to be mutated, those below the wanted paths alone."""
    every = (path.relative_to(ROOT).as_posix() for path in ROOT.glob("softmax_lib/**/*.py"))
    here = [path for path in sorted(every) if not path.split("/")[1].startswith(ELSEWHERE)]
    return [p for p in here if not wanted or any(f"{p}/".startswith(f"{w}/") for w in wanted)]


def tests_of(path: str) -> list[str]:
    """Return what tests a module: its doctests, the tests of its name, those of no one module.

    An engine is tested by all tests of its role, but for those of a module that does not use it.
    """
    role = path.split("/")[1] if path.split("/")[1] in ROLES else ""
    named = {f"test_{file.stem}" for file in (ROOT / "softmax_lib" / role).glob("*.py")}
    named |= {f"test_{folder}" for folder in ELSEWHERE}
    own = f"test_{TESTED_AS.get(Path(path).stem, Path(path).stem)}"
    found = sorted(ROOT.glob(f"tests/{role or 'library'}/test_*.py"))
    if "/_engine/" in path:
        files = (ROOT / "softmax_lib" / role).glob("*.py")
        named -= {f"test_{f.stem}" for f in files if "_engine" in f.read_text(encoding="utf-8")}
        found = [test for test in found if test.stem not in named]
    elif own in named:
        found = [test for test in found if test.stem == own or test.stem not in named]
    found.sort(key=lambda test: (test.stem != own, test.name))
    examples = [path] * (">>> " in (ROOT / path).read_text(encoding="utf-8"))
    return [*examples, *(test.relative_to(ROOT).as_posix() for test in found)]


# --- running them --------------------------------------------------------------------------------


@dataclass
class Seen:
    """What the tests did when nothing was changed."""

    seconds: dict[str, float] = field(default_factory=dict)  # of each test
    alone: dict[str, float] = field(default_factory=dict)  # of each file, beside its tests
    running: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))

    def first(self, mutant: Mutant, tests: list[str]) -> dict[str, list[str]]:
        """Return, for each file, the shortest tests that run what is changed.

        First come those that name what it declares: what is computed once and kept is run by one
        test and asked for by others. A line that is run by no test, as a constant is, may be seen
        by any.
        """
        places = [(mutant.path, line) for line in mutant.lines]
        running = set().union(*(self.running.get(place, ()) for place in places))
        labels = "|".join(map(re.escape, mutant.labels)) or "(?!)"  # which nothing matches
        naming = {name for name in self.seconds if re.search(rf"[\[-](?:{labels})[\]-]", name)}
        result = {}
        for test in tests:
            mine = [
                name
                for name in (running | naming if running else self.seconds)
                if name.startswith(f"{test}::")
            ]
            mine.sort(key=lambda name: (name not in naming, self.seconds[name]))
            total = itertools.accumulate(self.seconds[name] for name in mine)
            mine = [name for name, until in zip(mine, total, strict=True) if until < OF_A_FILE]
            if mine:
                result[test] = mine
        return result

    def time_of(self, test: str, names: Collection[str]) -> float:
        return self.alone[test] + sum(self.seconds[name] for name in names)


class Watch:
    """The plugin of pytest that lets the system end a test which takes too long.

    It runs the chosen tests alone, in their order, and writes down how long each took.
    """

    def __init__(self, chosen=(), times=None, lines=None):
        self.place = {name: place for place, name in enumerate(chosen)}
        self.times, self.lines = times, lines

    def pytest_collection_modifyitems(self, items):
        if self.place:
            items[:] = [item for item in items if item.nodeid in self.place]
            items.sort(key=lambda item: self.place[item.nodeid])

    def pytest_runtest_logstart(self, nodeid=""):
        if self.lines:
            self.lines.switch_context(nodeid)
        self.start = time.perf_counter()
        limit = int(time.process_time()) + LIMIT
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))

    def pytest_runtest_logfinish(self, nodeid):
        if self.times:
            print(nodeid, time.perf_counter() - self.start, sep="\t", file=self.times)
        if self.lines:
            self.lines.switch_context("")


def run_tests(copy: Path, tests: dict[str, list[str]], traced: bool = False) -> int:
    """Fork and run the tests, of one file after the other; return the process.

    It ends with 0 when all have passed, with the number of the file that failed otherwise. Where
    nothing is said of the tests of a file, all of them are run.
    """
    process = os.fork()
    if process:
        return process
    try:
        os._exit(first_failure(copy, tests, traced))
    except BaseException:
        traceback.print_exc()
        os._exit(255)


def first_failure(copy: Path, tests: dict[str, list[str]], traced: bool) -> int:
    """Run the tests in the copy; return the number of the first file that fails, or 0.

    When they are traced, to see which lines they run, they are slow, and all of them are run.
    """
    os.chdir(copy)
    os.setpgid(0, 0)
    silence = os.open("_output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    resource.setrlimit(resource.RLIMIT_DATA, (6 << 30, 6 << 30))
    sys.path.insert(0, str(copy))
    os.environ["PYTHONPATH"] = str(copy)
    os.environ["TMPDIR"] = str(copy)  # what a test that was ended leaves goes with the copy
    tempfile.tempdir = None
    options = OPTIONS.split()
    lines = None
    if traced:
        options.remove("-x")
        lines = coverage.Coverage(
            data_file=str(copy / "_lines"), source=["softmax_lib"], config_file=False
        )
        lines.start()
    Watch().pytest_runtest_logstart()
    with open("_seconds", "w", buffering=1) as seconds, open("_times", "w", buffering=1) as times:
        for number, (test, chosen) in enumerate(tests.items(), start=1):
            start = time.perf_counter()
            # Its profiles are those of the tests.
            profile = ["--hypothesis-profile=mutants"] if test.startswith("tests/") else []
            watch = Watch(chosen, times, lines)
            status = pytest.main([*options, *profile, test], [watch])
            sys.stdout.flush()
            if status not in (0, 5) and not traced:  # 5: a file without tests
                return number
            print(test, time.perf_counter() - start, file=seconds)
    if traced:
        lines.stop()
        lines.save()
    return 0


def seen_in(copies: list[Path], tests: list[str]) -> Seen:
    """Run the tests as they are, and once more traced; exit if one fails."""
    print(f"unchanged: {len(tests)} files of tests ...", flush=True)
    every: dict[str, list[str]] = {test: [] for test in tests}
    plain, traced = copies[0], copies[-1].with_name("traced")
    shutil.copytree(plain, traced)
    waiting = [run_tests(plain, every), run_tests(traced, every, traced=True)]
    status, broken = (os.waitpid(process, 0)[1] for process in waiting)
    if status or broken:
        sys.exit(
            f"the tests fail as they are:\n{((plain, traced)[not status] / '_output').read_text()}"
        )
    seen = Seen()
    for line in (plain / "_times").read_text().splitlines():
        name, took = line.split("\t")
        seen.seconds[name] = float(took)
    for line in (plain / "_seconds").read_text().splitlines():
        test, took = line.split()
        mine = sum(s for name, s in seen.seconds.items() if name.startswith(f"{test}::"))
        seen.alone[test] = max(0.1, float(took) - mine)
    data = coverage.CoverageData(str(traced / "_lines"))
    data.read()
    for file in data.measured_files():
        path = Path(file).relative_to(traced).as_posix()
        for line, names in data.contexts_by_lineno(file).items():
            seen.running[path, line].update({*names} & seen.seconds.keys())
    return seen


def write(copy: Path, path: str, code: str) -> None:
    (copy / path).write_text(code, encoding="utf-8")
    for compiled in (copy / path).parent.glob(f"__pycache__/{Path(path).stem}.*"):
        compiled.unlink()  # it is known to be stale by whole seconds alone


def alike(one: str, other: str) -> int:
    """Return how many letters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def together(group: list[Mutant]) -> str | None:
    """Return the module with all changes of the group; None if two in one line could hide."""
    text = (ROOT / group[0].path).read_text(encoding="utf-8")
    edits = []
    for mutant in group:
        start = alike(text, mutant.code)
        old, new = text[start:], mutant.code[start:]
        same = alike(old[::-1], new[::-1])
        edits.append((start, len(text) - same, new[: len(new) - same]))
    last = len(text) + 1
    for start, end, new in sorted(edits, reverse=True):
        if "\n" not in text[end:last]:
            return None
        text, last = text[:start] + new + text[end:], start
    return text


def survivors_of(
    groups: list[list[Mutant]], copies: list[Path], seen: Seen, alone: bool = False
) -> list[Mutant]:
    """Run the tests on each group, as many groups at a time as there are copies.

    Those come first that catch the most for their time. Mutants that are alone meet some that run
    their lines. A group that is caught is halved until it is known which of its mutants are.
    """
    survivors, running, done = [], {}, 0
    tried, caught = Counter(), Counter()
    copies, todo = list(copies), groups[::-1]
    while todo or running:
        if todo and copies:
            group = todo.pop()
            code = together(group)
            if code is None:
                todo += halves(group)
                continue
            path, copy = group[0].path, copies.pop()
            write(copy, path, code)
            tests = {test: [] for test in tests_of(path)}
            if alone:
                tests = seen.first(group[0], [*tests])
            left, rates, chosen = FIRST, {}, {}
            for place, (test, names) in enumerate(tests.items()):
                rate = (caught[path, test] + (8 if place < 2 else 0.5)) / (tried[path, test] + 4)
                # One that is over at once is not chosen for that: it may test something else.
                rates[test] = rate / max(2, seen.time_of(test, names))
            for test in sorted(tests, key=lambda test, rates=rates: -rates[test]):
                if left > 0 or not alone:
                    chosen[test] = tests[test]
                    left -= seen.time_of(test, tests[test])
            tests = chosen
            running[run_tests(copy, tests)] = group, copy, tests
            continue
        process, status = os.wait()
        group, copy, tests = running.pop(process)
        path = group[0].path
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)  # what its tests had started
        write(copy, path, (ROOT / path).read_text(encoding="utf-8"))
        copies.append(copy)
        passed = len((copy / "_seconds").read_text().splitlines())
        tests = [*tests]
        tried.update((path, test) for test in tests[: passed + 1])
        if status == 0:
            survivors += group
            print(*(f"  passes: {mutant}" for mutant in group), sep="\n", flush=True)
        else:
            caught.update((path, test) for test in tests[passed : passed + 1])
            todo += halves(group) if len(group) > 1 else []
            if len(group) == 1:
                print(f"{CAUGHT}{group[0]}", flush=True)
        done += 1
        if done % 50 == 0:
            print(f"  {len(todo)} to go, {len(survivors)} survive", flush=True)
    return survivors


def halves(group: list[Mutant]) -> list[list[Mutant]]:
    return [group[::2], group[1::2]]


def in_groups(mutants: list[Mutant]) -> list[list[Mutant]]:
    """Return groups of some eight mutants of a module, far from one another."""
    by_path: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_path.setdefault(mutant.path, []).append(mutant)
    return [
        mine[first :: -(-len(mine) // 8)]
        for mine in by_path.values()
        for first in range(-(-len(mine) // 8))
    ]


def listed() -> dict[str, str]:
    """Return the committed survivors, each with its reason."""
    found, path = {}, ""
    for line in SURVIVORS.read_text(encoding="utf-8").splitlines():
        if line.startswith("softmax_lib/"):
            path = line.strip()
        elif line.strip() and not line.startswith("#"):
            name, _, reason = line.strip().rpartition("  # ")
            if not reason.strip() or not name:
                sys.exit(f"{SURVIVORS.name}: no reason is given: {line}")
            found[f"{path} {name}"] = reason
    return found


def caught_before(log: Path) -> set[str]:
    """Return the mutants that a run has said are caught."""
    lines = log.read_text(encoding="utf-8").splitlines()
    return {line.removeprefix(CAUGHT) for line in lines if line.startswith(CAUGHT)}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("only", nargs="*", help="modules or folders; all without")
    parser.add_argument("--all", action="store_true", help="of proofs and checks, too")
    parser.add_argument("--unlisted", action="store_true", help="leave the known survivors out")
    parser.add_argument("--list", action="store_true", help="show the mutants, run nothing")
    parser.add_argument("--after", type=Path, help="what a run of the same code has printed so far")
    options = parser.parse_args(arguments)

    paths = modules(options.only)
    if not paths:
        sys.exit(f"no module to mutate: {' '.join(options.only)}")
    with multiprocessing.Pool() as pool:
        every = [mutant for some in pool.map(mutants_of, paths, 1) for mutant in some]
    chosen = [mutant for mutant in every if options.all or mutant.chosen]
    if options.list:
        print("\n".join(map(str, chosen)))
        return 0
    os.environ |= ENVIRONMENT
    for module in PRELOADED.split():
        importlib.import_module(module)

    known = [name for name in listed() if name.split(" ", 1)[0] in paths]
    if options.unlisted:
        chosen = [mutant for mutant in chosen if str(mutant) not in known]
    before = caught_before(options.after) if options.after else set()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / str(number) for number in range(os.cpu_count() or 1)]
        for copy in copies:
            shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
        needed = list(dict.fromkeys(test for path in paths for test in tests_of(path)))
        seen = seen_in(copies, needed)
        # What is listed changes nothing that can be seen, and passes all tests in company.
        expected = [mutant for mutant in chosen if str(mutant) in known]
        left = [[mutant] for mutant in chosen if str(mutant) not in before | {*known}]
        left = survivors_of(left, copies, seen, alone=True)
        print(f"{len(left)} pass the first tests", flush=True)
        left = survivors_of(in_groups(left) + in_groups(expected), copies, seen)
        # In company two changes may undo one another.
        doubtful = [[mutant] for mutant in left if str(mutant) not in known]
        left = [mutant for mutant in left if str(mutant) in known]
        left += survivors_of(doubtful, copies, seen)

    survivors, run, there = ({str(mutant) for mutant in some} for some in (left, chosen, every))
    print(
        f"{len(chosen)} mutants of {len(every)}, {len(chosen) - len(left)} caught,"
        f" {len(left)} survive; {(time.perf_counter() - start) / 60:.0f} minutes"
    )
    wrong = [f"survives, and is not listed: {name}" for name in sorted(survivors - {*known})]
    wrong += [f"listed, but no longer there: {name}" for name in known if name not in there]
    wrong += [f"listed, but caught: {name}" for name in known if name in run - survivors]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

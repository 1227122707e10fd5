"""What a chapter must be beyond what nbval compares; each rule returns its complaints."""

from __future__ import annotations

import ast
import copy
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

import notebooks
import softmax_lib
from pages import PAPER
from softmax_lib.check import Section
from softmax_lib.course import sections
from strict import HEAVIEST_PICTURE

# What chapters import from the library beside its functions.
OPEN_PARTS = ("symbolic", "plots", "source", "explorer", "check", "notebook", "distributed")
RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")
# nbval's ways to look away, as tags and as comments.
BLIND_TAG = re.compile(r"nbval|raises-exception|skip-execution")
SET_UP = "from softmax_lib.notebook import *"
WIDEST_CODE = 80  # letters that the box of a cell has room for beside a window's two sidebars
READ = 200  # words a minute
LOOK = 20  # seconds for a cell of code and what it puts out
BLIND_COMMENT = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE)")
OF_THIS_MACHINE = re.compile(
    r"(?<![\w./])/(?:home|Users|root|tmp|usr|opt|var|mnt|work)/"  # a folder of it
    r"|\b[A-Za-z]:\\\w"  # the same on Windows
    r"|\b0x[0-9a-fA-F]{6,}"  # an address in its memory
    r"|ipykernel_\d|<ipython-input"  # a process on it
)


@dataclass(frozen=True)
class Directive:
    """A MyST directive: its name, what stands beside the name, its options, its body."""

    name: str
    argument: str
    options: dict[str, str]
    body: str


def directives(text: str) -> Iterator[Directive]:
    """Yield the directives of a markdown text, those inside another after it."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        opening = re.match(r"\s*(`{3,}|:{3,})\s*\{([\w:-]+)\}\s*(.*?)\s*$", lines[at])
        at += 1
        if not opening:
            continue
        fence, name, argument = opening.groups()
        closing = re.compile(rf"\s*{fence[0]}{{{len(fence)},}}\s*$")
        inside = []
        while at < len(lines) and not closing.match(lines[at]):
            inside.append(lines[at])
            at += 1
        at += 1
        options = {}
        while inside and (option := re.match(r"\s*:([\w-]+):\s*(.*?)\s*$", inside[0])):
            options[option[1]] = option[2]
            inside.pop(0)
        body = "\n".join(inside).strip()
        yield Directive(name, argument, options, body)
        yield from directives(body)


def of_kind(notebook: NotebookNode, kind: str) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the cells of one kind with their numbers, counted from 1 as editors do."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == kind:
            yield number, cell


def all_directives(notebook: NotebookNode) -> Iterator[tuple[int, Directive]]:
    for number, cell in of_kind(notebook, "markdown"):
        for directive in directives(cell.source):
            yield number, directive


def text_of(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the MIME type and the text of everything that an output holds."""
    if output.output_type == "stream":
        yield "text/plain", output.text
    elif output.output_type != "error":
        for mime, content in output.data.items():
            yield mime, content if isinstance(content, str) else repr(content)


# ---- code cells ----------------------------------------------------------------------------


def executed_in_order(notebook: NotebookNode) -> list[str]:
    """nbval compares no cell without an execution count."""
    counts = [cell.execution_count for _, cell in of_kind(notebook, "code")]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"execution counts are {counts}, not 1..{len(counts)}"]


def stored_by_the_tool(notebook: NotebookNode) -> list[str]:
    """Metadata of an editor or of one machine would change with each author."""
    normal = copy.deepcopy(notebook)
    notebooks.normalise(normal)
    return [] if normal == notebook else ["not as `make notebooks` stores it"]


def nothing_looks_away(notebook: NotebookNode) -> list[str]:
    complaints = []
    for number, cell in of_kind(notebook, "code"):
        complaints += [
            f"cell {number}: tag {tag} switches a check off"
            for tag in cell.metadata.get("tags", [])
            if BLIND_TAG.search(tag)
        ]
        if BLIND_COMMENT.search(cell.source):
            complaints.append(f"cell {number}: a comment switches a check off")
    return complaints


def no_closing_semicolon(notebook: NotebookNode) -> list[str]:
    return [
        f"cell {number}: ends in a semicolon, which nbval and Jupyter read differently"
        for number, cell in of_kind(notebook, "code")
        if cell.source.rstrip().endswith(";")
    ]


def outputs_are_clean(notebook: NotebookNode) -> list[str]:
    """No error, nothing on stderr, no pixels, nothing of this machine, nothing heavy."""
    complaints = []
    for number, cell in of_kind(notebook, "code"):
        for output in cell.outputs:
            if output.output_type == "error":
                complaints.append(f"cell {number}: stored error {output.ename}")
            if output.output_type == "stream" and output.name == "stderr":
                complaints.append(f"cell {number}: stored text on stderr")
            for mime, text in text_of(output):
                if mime in RASTER:
                    complaints.append(f"cell {number}: {mime} is not compared; draw SVG")
                elif len(text) > HEAVIEST_PICTURE:
                    complaints.append(f"cell {number}: {mime} of {len(text)} characters")
                if mime not in RASTER and (found := OF_THIS_MACHINE.search(text)):
                    complaints.append(f"cell {number}: output names this machine: {found[0]}")
    return complaints


def no_absolute_path_in_source(notebook: NotebookNode) -> list[str]:
    return [
        f"cell {number}: source names this machine: {found[0]}"
        for number, cell in enumerate(notebook.cells, start=1)
        if (found := OF_THIS_MACHINE.search(cell.source))
    ]


def figures_are_described(notebook: NotebookNode) -> list[str]:
    """Alternative text for whom does not see it, a caption, and a name to refer to."""
    complaints = []
    for number, cell in of_kind(notebook, "code"):
        mimes = [mime for output in cell.outputs for mime, _ in text_of(output)]
        drawn = mimes.count("image/svg+xml")
        if drawn > 1:
            complaints.append(f"cell {number}: {drawn} figures share one description")
        if drawn:
            shown = cell.metadata.get("mystnb", {})
            for part, key in (("image", "alt"), ("figure", "caption"), ("figure", "name")):
                if not str(shown.get(part, {}).get(key, "")).strip():
                    complaints.append(f"cell {number}: figure without mystnb.{part}.{key}")
    return complaints


def figures_have_paper(notebook: NotebookNode) -> list[str]:
    """Dark letters on nothing cannot be read in a dark notebook; the site has paper of its own."""
    return [
        f"cell {number}: figure without white paper"
        for number, cell in of_kind(notebook, "code")
        for output in cell.outputs
        for mime, text in text_of(output)
        if mime == "image/svg+xml" and not PAPER.search(text)
    ]


def imports_are_public(notebook: NotebookNode) -> list[str]:
    """A chapter uses what its reader can use."""
    complaints = []
    for number, cell in of_kind(notebook, "code"):
        magics_out = re.sub(r"(?m)^\s*[%!].*$", "", cell.source)
        for node in ast.walk(ast.parse(magics_out)):
            if isinstance(node, ast.ImportFrom) and node.module:
                asked = [(node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                asked = [(node.value.id, node.attr)]
            else:
                continue
            complaints += [
                f"cell {number}: {module}.{name} is not public"
                for module, name in asked
                if module.split(".")[0] == "softmax_lib" and not is_public(module, name)
            ]
    return complaints


def is_public(module: str, name: str) -> bool:
    if module == "softmax_lib":
        return name in {*softmax_lib.__all__, *OPEN_PARTS, "__version__"}
    # What the library exports is imported from the top; what is private, from nowhere.
    if name in softmax_lib.__all__ or "._" in f"{module}.{name}":
        return False
    if name == "*":
        return module == "softmax_lib.notebook"
    found = importlib.import_module(module)
    if hasattr(found, name) or not hasattr(found, "__path__"):
        return hasattr(found, name)
    return importlib.util.find_spec(f"{module}.{name}") is not None  # a module not yet imported


def set_up_is_one_line(notebook: NotebookNode) -> list[str]:
    """What a chapter shows first is its question."""
    _, first = next(of_kind(notebook, "code"), (0, None))
    if first is not None and first.source == SET_UP:
        return []
    return [f"the first cell of code is not {SET_UP}"]


def no_cell_opens_with_an_assertion(notebook: NotebookNode) -> list[str]:
    return [
        f"cell {number}: opens with an assertion"
        for number, cell in of_kind(notebook, "code")
        if re.match(r"(#.*\n|\s)*assert\b", cell.source)
    ]


def code_fits_its_box(notebook: NotebookNode) -> list[str]:
    return [
        f"cell {number}: a line of {len(line)} letters, {WIDEST_CODE} fit: {line.strip()}"
        for number, cell in of_kind(notebook, "code")
        for line in cell.source.splitlines()
        if len(line) > WIDEST_CODE
    ]


def is_machinery(source: str) -> bool:
    """Whether a cell shows what the house has (a figure, a proof, a check) and no idea of its own.

    Who defines a function shows an idea, whatever comes after it.
    """
    nodes = list(ast.walk(ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))))
    if any(isinstance(node, ast.FunctionDef) for node in nodes):
        return False
    shown = {"plots", "plt", "prove", "source_of", "SoftmaxExplorer", "check"}
    return source == SET_UP or any(
        isinstance(node, ast.Name) and node.id in shown for node in nodes
    )


# ---- text -----------------------------------------------------------------------------------


def opens_with_what_you_will_learn(notebook: NotebookNode) -> list[str]:
    first = notebook.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        return ["the first cell is not the title"]
    opening = [d for number, d in all_directives(notebook) if number <= 2]
    if not any(d.name == "admonition" and d.options.get("class") == "learn" for d in opening):
        return ["no box of class learn under the title"]
    return []


def reading_time(notebook: NotebookNode) -> int:
    """Return the minutes that a chapter takes without its exercises, in steps of five."""
    minutes = 0.0
    for cell in notebook.cells:
        if re.search(r"(?m)^## Exercises", cell.source):
            break
        if cell.cell_type == "code":
            minutes += LOOK / 60
        else:
            minutes += len(re.findall(r"[^\W\d_]{2,}", cell.source)) / READ
    return max(5, 5 * round(minutes / 5))


def tells_its_reading_time(notebook: NotebookNode) -> list[str]:
    exercises = sum(d.name in ("exercise", "exercise-start") for _, d in all_directives(notebook))
    said = f"- **Time** about {reading_time(notebook)} minutes, and {exercises} exercises."
    opening = "".join(cell.source for cell in notebook.cells[:2])
    return [] if said in opening.splitlines() else [f"the box at the top does not say: {said}"]


def ends_with_exercises(notebook: NotebookNode) -> list[str]:
    """Exercises and a summary close a chapter; each exercise has one solution, folded away."""
    complaints = []
    found = [d for _, d in all_directives(notebook)]
    text = "\n\n".join(cell.source for _, cell in of_kind(notebook, "markdown"))
    headings = re.findall(r"(?m)^## +(.+?)\s*$", text)
    if headings[-2:] != ["Exercises", "Summary"]:
        complaints.append("the last two sections are not Exercises and Summary")

    posed, solved = [], []
    for directive in found:
        if directive.name in ("exercise", "exercise-start"):
            posed.append(directive.options.get("label", ""))
        elif directive.name in ("solution", "solution-start"):
            solved.append(directive.argument)
            if directive.argument not in posed:
                complaints.append(f"solution to {directive.argument!r} has no exercise above it")
            folds = "dropdown" in directive.options.get("class", "")
            if folds and directive.name == "solution-start":
                complaints.append(f"solution to {directive.argument!r} has an empty fold in Lab")
            elif not folds and directive.name == "solution":
                complaints.append(f"solution to {directive.argument!r} is not folded away")
    if not posed:
        complaints.append("no exercise")
    complaints += [f"exercise {label!r} has no solution" for label in posed if label not in solved]
    complaints += [f"{n} solutions to {label!r}" for label, n in Counter(solved).items() if n > 1]

    names = Counter(directive.name for directive in found)
    for gate in ("exercise", "solution"):
        if names[f"{gate}-start"] != names[f"{gate}-end"]:
            complaints.append(f"{gate}-start and {gate}-end do not pair up")
    return complaints


def exercises_have_a_hint(notebook: NotebookNode) -> list[str]:
    """Between an exercise and its solution stands one hint, folded on the site and in Lab."""
    marks: dict[str, list[str]] = {}
    for _, directive in all_directives(notebook):
        if directive.name.removesuffix("-start") == "exercise":
            marks[directive.argument] = []
        elif marks and directive.name.removesuffix("-start") == "solution":
            marks[list(marks)[-1]].append("solution")
        elif marks and directive.name == "dropdown":
            marks[list(marks)[-1]].append(directive.argument)
    return [
        f"exercise {title!r} is followed by {found}, not by its hint and its solution"
        for title, found in marks.items()
        if found != ["Hint", "solution"]
    ]


def heading_level(text: str) -> int:
    """Return the level of the highest heading that JupyterLab finds in a cell, 7 if there is none.

    It knows no directive but as a block of code, and no comment of MyST.
    """
    plain = re.sub(r"(?ms)^(`{3,}|~{3,}).*?^\1", "", text)
    found = re.findall(r"(?m)^(#{1,6}) |<h([1-6])\b.*</h\2>", plain)
    return min((len(marks) or int(level) for marks, level in found), default=7)


def solutions_fold_in_jupyterlab(notebook: NotebookNode) -> list[str]:
    """There, the heading above a solution folds it, all of it, and nothing of what follows.

    What stands in the cell of the heading is not folded by it.
    """
    complaints = []
    solves = notebooks.in_solutions(notebook)
    levels = [
        heading_level(cell.source) if cell.cell_type == "markdown" else 7 for cell in notebook.cells
    ]
    for start, opens in enumerate(notebooks.opens_solution(notebook)):
        if not opens:
            continue
        last = next((at for at in range(start + 1, len(solves)) if not solves[at]), start)
        after = (at for at in range(start + 1, len(levels)) if levels[at] <= levels[start])
        stop = next(after, len(levels))
        if levels[start] == 7:
            complaints.append(f"cell {start + 1}: no heading for JupyterLab above its solution")
        elif stop != last + 1:
            complaints.append(
                f"cell {start + 1}: JupyterLab folds the cells down to {stop}, "
                f"the solution ends in {last + 1}"
            )
        elif not re.fullmatch(r"`{3,}\{solution-end\}\s*`{3,}", notebook.cells[last].source):
            complaints.append(f"cell {last + 1}: JupyterLab folds what stands beside solution-end")
        elif not notebook.cells[start].source.endswith("\n```"):
            complaints.append(f"cell {start + 1}: text beside solution-start has a fold of its own")
    return complaints


def solutions_leave_the_attempt_alone(notebook: NotebookNode) -> list[str]:
    """Who runs all cells keeps the functions that he has written, and no solution needs them."""
    complaints: list[str] = []
    solves = notebooks.in_solutions(notebook)
    texts = of_kind(notebook, "markdown")
    start = next((n for n, cell in texts if re.search(r"(?m)^## Exercises", cell.source)), 0)
    attempted: set[str] = set()
    for number, cell in of_kind(notebook, "code"):
        if number < start:
            continue
        nodes = list(ast.walk(ast.parse(cell.source)))
        if not solves[number - 1]:
            attempted |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
            continue
        named = {node.id for node in nodes if isinstance(node, ast.Name)}
        named |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        complaints += [
            f"cell {number}: the solution takes the name {name} from the attempt"
            for name in sorted(named & attempted)
        ]
    return complaints


def exercises_answer_back(notebook: NotebookNode) -> list[str]:
    """Five exercises or more, two of them checked: the attempt fails and its solution passes.

    A check's last word on each attempt is a stored output, so that nbval holds the checker, too.
    """
    complaints = []
    posed = [d for _, d in all_directives(notebook) if d.name in ("exercise", "exercise-start")]
    if len(posed) < 5:
        complaints.append(f"{len(posed)} exercises, not five or more")
    solves = notebooks.in_solutions(notebook)
    attempted: list[str] = []  # by checks whose solution has not come yet
    answered = 0
    for number, cell in of_kind(notebook, "code"):
        asked = re.search(r"(?m)^check\.(\w+)\([^\n]*\)\Z", cell.source.rstrip())
        if not asked:
            if re.search(r"(?m)^check\.\w+\(", cell.source):
                complaints.append(f"cell {number}: the report is not shown")
            continue
        answers = [text for out in cell.outputs for mime, text in text_of(out) if "plain" in mime]
        passes = rf"(\w+, checked as )?{asked[1]}: passed"
        passed = any(re.match(passes, text) for text in answers)
        if passed != solves[number - 1]:
            verdict = "passes" if passed else "does not pass"
            complaints.append(f"cell {number}: check.{asked[1]} {verdict} here")
        elif not passed:
            attempted.append(asked[1])
        elif asked[1] in attempted:
            attempted.remove(asked[1])
            answered += 1
        else:
            complaints.append(f"cell {number}: no attempt at check.{asked[1]} before its solution")
    complaints += [f"the attempt at check.{name} has no passing solution" for name in attempted]
    if answered < 2:
        complaints.append(f"{answered} exercises with a check, not two or more")
    return complaints


def pictures_are_described(notebook: NotebookNode) -> list[str]:
    """The same as `figures_are_described`, for pictures that come from a file."""
    complaints = [
        f"cell {number}: {{{directive.name}}} {directive.argument} without alt"
        for number, directive in all_directives(notebook)
        if directive.name in ("figure", "image") and not directive.options.get("alt")
    ]
    for number, cell in of_kind(notebook, "markdown"):
        if re.search(r"!\[\s*\]\(", cell.source):
            complaints.append(f"cell {number}: picture without alt")
        if re.search(r"<img\b(?![^>]*\balt=\"[^\"])", cell.source):
            complaints.append(f"cell {number}: <img> without alt")
    return complaints


def myths_say_so(notebook: NotebookNode) -> list[str]:
    """The rule beside the box is vermilion; its title tells those who do not see that.

    JupyterLab knows no myths, but warnings.
    """
    return [
        f"cell {number}: the title of a myth box does not begin with 'Myth:', or it is no warning"
        for number, directive in all_directives(notebook)
        if "myth" in directive.options.get("class", "").split()
        and not (
            directive.argument.startswith("Myth: ")
            and directive.options["class"].split() == ["myth", "warning"]
        )
    ]


def cites_by_links(notebook: NotebookNode) -> list[str]:
    """JupyterLab shows the key of a `cite` role; a link to the source it shows by its text."""
    return [
        f"cell {number} cites by {role}, not by a link such as ([Goldberg, 1991](its address))"
        for number, cell in of_kind(notebook, "markdown")
        for role in re.findall(r"\{cite[:\w]*\}`[^`]*`", cell.source)
    ]


def referred(notebook: NotebookNode) -> Iterator[tuple[int, str, str, str]]:
    """Yield the references of a text: number of the cell, role, words if it has any, label."""
    for number, cell in of_kind(notebook, "markdown"):
        for role, body in re.findall(r"\{(eq|ref|numref|prf:ref)\}`([^`]+)`", cell.source):
            words, label = re.fullmatch(r"(?s)(?:(.*\S)\s*<)?([^<>]+)>?", body).groups()
            yield number, role, words or "", label


def own_labels(notebook: NotebookNode) -> set[str]:
    """Return the labels that stand in a chapter's text, where JupyterLab finds them."""
    texts = [cell.source for _, cell in of_kind(notebook, "markdown")]
    found = {label for text in texts for label in re.findall(r"(?m)^\(([\w-]+)\)=", text)}
    for _, directive in all_directives(notebook):
        found |= {directive.options.get(option, "") for option in ("label", "name")}
    return found


def other_labels_have_words(notebook: NotebookNode) -> list[str]:
    """JupyterLab shows the bare label of whatever is not in the text: figures, other chapters."""
    own = own_labels(notebook)
    return [
        f"cell {number}: {{{role}}} of {label}, which is not in this text, without words"
        for number, role, words, label in referred(notebook)
        if label not in own and (role == "numref" or not words)
    ]


def other_chapters_are_linked(notebook: NotebookNode) -> list[str]:
    """To a section of another chapter leads the link that JupyterLab follows, not its label."""
    own = own_labels(notebook)
    own |= {
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "")
        for _, cell in of_kind(notebook, "code")
    }
    complaints = [
        f"cell {number}: {{{role}}} of {label}, not a link such as {Section('sec-max-shift').link}"
        for number, role, _, label in referred(notebook)
        if role in ("ref", "prf:ref") and label not in own
    ]
    known = {Section(label).link for label in sections()}
    complaints += [
        f"cell {number}: no labelled section has the link {link}"
        for number, cell in of_kind(notebook, "markdown")
        for link in re.findall(r"\]\(([\w-]+\.ipynb#[^()\s]*)\)", cell.source)
        if link not in known
    ]
    return complaints


RULES = [
    executed_in_order,
    stored_by_the_tool,
    nothing_looks_away,
    no_closing_semicolon,
    outputs_are_clean,
    no_absolute_path_in_source,
    figures_are_described,
    figures_have_paper,
    imports_are_public,
    set_up_is_one_line,
    no_cell_opens_with_an_assertion,
    code_fits_its_box,
    opens_with_what_you_will_learn,
    tells_its_reading_time,
    ends_with_exercises,
    exercises_have_a_hint,
    solutions_fold_in_jupyterlab,
    solutions_leave_the_attempt_alone,
    exercises_answer_back,
    pictures_are_described,
    myths_say_so,
    cites_by_links,
    other_labels_have_words,
    other_chapters_are_linked,
]


# ---- equations ------------------------------------------------------------------------------


def one_line(tex: str) -> str:
    return " ".join(tex.split())


def equations_are_in_the_ledger(notebook: NotebookNode, ledger: dict[str, str]) -> list[str]:
    """Labelled equations of the chapter and entries of its ledger are the same, TeX and all."""
    printed: dict[str, str] = {}
    complaints = []
    for number, directive in all_directives(notebook):
        label = directive.options.get("label")
        if directive.name == "math" and label:
            if label in printed:
                complaints.append(f"cell {number}: a second equation {label!r}")
            printed[label] = one_line(directive.body)
    complaints += [f"equation {label!r} is not in the ledger" for label in printed.keys() - ledger]
    complaints += [f"entry {label!r} is not in the chapter" for label in ledger.keys() - printed]
    complaints += [
        f"equation {label!r} reads {printed[label]}, its entry {one_line(ledger[label])}"
        for label in printed.keys() & ledger.keys()
        if printed[label] != one_line(ledger[label])
    ]
    return sorted(complaints)

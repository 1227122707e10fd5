"""Code runs on the page: in the real browser, with every other host blocked."""

from __future__ import annotations

import gzip
import re
from contextlib import contextmanager

import nbformat
import pytest
from playwright.sync_api import expect

from browsing import BUILT
from softmax_lib.course import CHAPTERS
from test_accessibility import violations

RUN = BUILT / "_static" / "run"
NAMES = [each.name for each in CHAPTERS]
# Cells whose answer on the page is another one, and why: by chapter and the beginning of the cell.
OTHERWISE = {("overflow", "import warnings"): "NumPy gives no warnings there"}
AT_REST = """number => {
  const bar = document.querySelectorAll('.run-bar')[number];
  const state = bar.querySelector('.run-state').textContent;
  return bar.querySelectorAll('button')[2].hidden && state !== 'Runs …';
}"""
# What a cell shows, without what the page or an explorer adds, and NumPy's warnings in a report.
SHOWN = """element => {
  const copy = element.cloneNode(true);
  const added = 'button, style, script, [role=status], .controls, .picture';
  for (const own of copy.querySelectorAll(added)) own.remove();
  for (const term of copy.querySelectorAll('dt'))
    if (term.textContent === 'warned') { term.nextSibling.remove(); term.remove(); }
  return copy.textContent.replace(/\\s+/g, ' ').trim();
}"""
PROGRAM = """from softmax_lib import check
found = [
    f"{each.name} {mistake.id} {each(formula).diagnosis}"
    for exercises in check.CHECKS.values()
    for each in exercises
    for mistake in each.mistakes
    for formula in mistake.formulas
]
"""


class Page:
    """A page with cells, and hands for them."""

    def __init__(self, page, url):
        self.page = page
        page.goto(url)
        self.bars = page.locator(".run-bar")

    def button(self, number, name):
        return self.bars.nth(number).get_by_role("button", name=name, exact=True)

    def cell(self, number):
        return self.bars.nth(number).locator("xpath=..")

    def state(self, number):
        return self.bars.nth(number).locator(".run-state")

    def answer(self, number):
        return self.page.locator(".run-answer").nth(number)

    def wait(self, number):
        self.page.wait_for_function(AT_REST, arg=number, timeout=90_000)
        return self.answer(number).inner_text().strip()

    def run(self, number):
        self.button(number, "Run").click()
        return self.wait(number)

    def write(self, number, code):
        if self.button(number, "Edit").is_visible():
            self.button(number, "Edit").click()
        editor = self.cell(number).locator(".cm-content")
        editor.fill(code)
        return editor

    def try_code(self, number, code):
        self.write(number, code)
        return self.run(number)


@pytest.fixture
def page_of(opened, site):
    """Return a maker of chapters whose solutions are open."""

    def make(name="definition", **options):
        page = opened("404.html", **options).page
        made = Page(page, f"{site.url}chapters/{name}.html")
        page.evaluate(
            "document.querySelectorAll('.toggle-hidden .toggle-button').forEach(b => b.click())"
        )
        return made

    return make


def allow(made, seconds):
    """Load the page again, on which a cell may now run for that long."""

    def patient(route):
        script = route.fetch().text().replace("LIMIT = 20;", f"LIMIT = {seconds};")
        route.fulfill(content_type="text/javascript", body=script)

    made.page.route("**/run.js*", patient)
    made.page.reload()
    return made


@pytest.mark.parametrize("chapter", NAMES)
def test_each_cell_that_can_run_gives_its_stored_answer(page_of, chapter):
    made = page_of(chapter)
    notebook = nbformat.read(BUILT / "_sources" / "chapters" / f"{chapter}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    told = made.page.evaluate("JSON.parse(document.getElementById('runnable').textContent).needs")
    wrong = []
    for number, cell in enumerate(map(int, told)):
        if made.bars.nth(number).is_hidden():
            assert sources[cell].startswith("from softmax_lib.notebook import")
            continue
        made.run(number)
        new = made.answer(number).evaluate(SHOWN)
        box = made.answer(number).locator("xpath=..")
        stored = box.locator(":scope > .cell_output:not(.run-answer)")
        old = " ".join(text.evaluate(SHOWN) for text in stored.all())
        otherwise = (chapter, sources[cell].splitlines()[0]) in OTHERWISE
        if (new == old) is otherwise:
            wrong.append(f"cell {cell}: {sources[cell]!r}\n{old}\n{new}")
    assert not wrong, "\n\n".join(wrong)
    checked = [n for n, source in enumerate(sources) if re.search(r"^check\.", source, re.M)]
    assert {str(n) for n in checked} <= told.keys(), "an exercise with a check cannot run"


def test_nothing_is_loaded_before_a_click_and_then_little_and_from_here(page_of, site):
    asked = []
    made = page_of()
    made.page.on("request", lambda request: asked.append(request.url))
    made.page.reload()
    made.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/_static/run/" in url]
    asked.clear()
    made.run(1)
    loaded = [url for url in asked if url.startswith("http") and not url.endswith("logo.svg")]
    assert all(url.startswith(site.url) for url in loaded), loaded
    assert len(loaded) <= 10, loaded
    names = {url.rsplit("/", 1)[1] for url in loaded}
    assert {file.name for file in RUN.iterdir()} == names
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in RUN.iterdir()) <= 10e6
    asked.clear()
    made.run(1)
    made.run(2)
    assert not asked, "a second run loads something"


def test_a_loop_without_an_end_is_stopped_and_the_page_lives_on(page_of):
    made = allow(page_of(), 8)
    said = made.try_code(1, "while True:\n    pass")
    assert "Stopped after 8 seconds" in said
    assert "anew" in made.state(1).inner_text()
    assert made.try_code(1, "print(6 * 7)") == "42"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print(1", r"SyntaxError"),
        ("x = 1\n1 / 0", r'"this cell", line 2.*ZeroDivisionError: division by zero'),
        ("input('name')", r"RuntimeError: input\(\) finds no keyboard on this page"),
        ("[np.zeros(2**27) for _ in range(8)]", r"MemoryError|Unable to allocate"),
        ("for i in range(10**6):\n    print(i)", r"19\s+20[\s\S]*… and \d{7} more letters"),
        ("raise SystemExit(3)", r"SystemExit: 3"),
        ("import requests", r"ModuleNotFoundError"),
        ("print('<b>bold</b>')", r"^<b>bold</b>$"),
        ("x = []\nwhile True:\n    x.append(bytearray(10**9))", r"MemoryError|Python broke down"),
    ],
)
def test_what_goes_wrong_is_said_and_the_page_lives_on(page_of, code, said):
    made = allow(page_of(), 85)  # a busy machine fills a memory slowly
    text = made.try_code(1, code)
    assert re.search(said, text, re.DOTALL), text[-500:]
    assert made.try_code(1, "print(6 * 7)") == "42"


@contextmanager
def cut_off(page, pattern):
    page.route(pattern, lambda route: route.abort())
    yield
    page.unroute(pattern)


@pytest.mark.parametrize("file", ["numpy*", "pyodide.asm.wasm", "editor.js", "manifest.json"])
def test_a_network_that_fails_is_said_and_the_next_click_tries_again(page_of, file):
    made = page_of()
    with cut_off(made.page, f"**/_static/run/{file}"):
        assert "network" in made.run(1) + made.state(1).inner_text()
    assert "hardmax" in made.run(1)


def test_without_the_server_it_goes_on_even_after_a_stop(page_of):
    made = page_of()
    made.run(1)
    made.page.context.set_offline(True)
    made.write(1, "while True:\n    pass")
    made.button(1, "Run").click()
    expect(made.state(1)).to_have_text("Runs …")
    made.button(1, "Stop").click()
    assert "Stopped" in made.state(1).inner_text()
    assert made.try_code(1, "print(softmax([0, 0]))") == "[0.5 0.5]"


def test_what_is_written_is_kept_until_it_is_reset(page_of):
    made = page_of()
    assert not made.button(1, "Reset").is_visible()
    made.write(1, "print('mine')")
    made.page.reload()
    cell = made.cell(1)
    expect(cell.locator("pre").first).to_have_text("print('mine')")
    assert made.run(1) == "mine"
    other = Page(made.page.context.new_page(), made.page.url)  # another tab knows it, and runs too
    assert other.run(1) == "mine"
    stored = cell.locator(":scope > .cell_output:not(.run-answer)")
    expect(stored).to_be_hidden()
    made.button(1, "Reset").click()
    expect(stored).to_be_visible()
    made.page.reload()
    assert "hardmax" in made.cell(1).inner_text()


def test_an_answer_to_another_text_than_the_one_above_it_says_so(page_of):
    made = page_of()
    made.write(1, "print('mine')")
    expect(made.state(1)).to_contain_text("Changed")
    made.page.reload()
    expect(made.cell(1)).to_contain_text("hardmax")  # still the stored answer
    expect(made.state(1)).to_contain_text("Changed")
    assert made.run(1) == "mine"
    expect(made.state(1)).to_contain_text("Ran")
    made.write(1, "print('other')")
    expect(made.state(1)).to_contain_text("Changed")
    made.write(1, "print('mine')")
    expect(made.state(1)).to_be_empty()
    made.button(1, "Reset").click()
    expect(made.state(1)).to_be_empty()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_editor_has_the_colours_of_other_code(page_of, theme):
    made = page_of(theme=theme)
    colour = "e => getComputedStyle(e).color"
    page = {  # of a keyword, a string, a number and a defined name
        kind: made.page.locator(f"article .cell_input span.{kind}").first.evaluate(colour)
        for kind in ("k", "s2", "mf", "nf")
    }
    made.write(1, "def name():\n    return 'text', 1.5")
    spans = made.cell(1).locator(".cm-line span")
    expect(spans.filter(has_text="1.5").first).to_be_visible()  # the editor colours when idle
    shown = dict(spans.evaluate_all(f"all => all.map(e => [e.innerText, ({colour})(e)])"))
    assert [shown["def"], shown["'text'"], shown["1.5"], shown["name"]] == [*page.values()]


def test_lines_that_were_left_as_they_were_have_their_colours_after_a_reload(page_of):
    made = page_of()
    pre = made.cell(1).locator(".cell_input pre")
    before, code = (pre.evaluate(f"e => e.{what}") for what in ("innerHTML", "textContent"))
    assert "<span class=" in before
    changed = f"{code}print('a < b')"
    made.write(1, changed)
    made.page.reload()
    assert pre.evaluate("e => e.textContent") == f"{changed}\n"
    assert pre.evaluate("e => e.innerHTML") == f"{before}print('a &lt; b')\n"
    made.button(1, "Reset").click()
    assert pre.evaluate("e => e.innerHTML") == before


def test_cells_share_their_names_and_say_which_ran_first(page_of):
    made = page_of()
    made.try_code(1, "mine = 42")
    assert made.try_code(2, "print(mine)") == "42"
    told = made.page.evaluate("JSON.parse(document.getElementById('runnable').textContent).needs")
    cell = next(c for c, before in told.items() if any(isinstance(b, int) and b for b in before))
    number = [*told].index(cell)
    made.run(number)
    assert "above that it needs" in made.state(number).inner_text()


def test_it_goes_by_keyboard_and_traps_nobody(page_of):
    made = page_of()
    made.button(1, "Edit").press("Enter")
    editor = made.page.locator(".cm-content")
    expect(editor).to_be_focused()
    made.page.keyboard.press("Control+a")
    made.page.keyboard.type("print('by hand')")
    made.page.keyboard.press("Shift+Enter")
    assert made.wait(1) == "by hand"
    made.page.keyboard.press("End")
    made.page.keyboard.type("  # again")
    made.page.keyboard.press("Control+Enter")
    made.wait(1)
    expect(editor).to_be_focused()
    made.page.keyboard.press("Escape")
    expect(made.button(1, "Run")).to_be_focused()
    made.page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_cell_that_has_run_has_no_barrier_and_fits(page_of, width, theme):
    made = page_of(width=width, theme=theme)
    made.run(1)
    made.try_code(2, "def f(x):\n    '''text'''  # words\n    return x + 1.5\n\n\nf(None)")
    assert not violations(made.page)
    assert made.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_report_leads_to_its_section(page_of):
    made = page_of()
    reports = made.page.locator(".run-answer")
    told = made.page.evaluate("JSON.parse(document.getElementById('runnable').textContent).needs")
    notebook = nbformat.read(BUILT / "_sources" / "chapters" / "definition.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    number = next(
        n for n, cell in enumerate(map(int, told)) if re.search(r"(?m)^check\.", sources[cell])
    )
    assert "not yet" in made.run(number)
    link = reports.nth(number).locator("a[href]").first
    assert re.search(r"/chapters/[a-z-]+\.html#", link.evaluate("a => a.href"))


def test_known_mistakes_get_the_same_diagnosis_as_elsewhere(page_of):
    names: dict = {}
    exec(PROGRAM, names)
    expected = names["found"]
    assert len(expected) > 300
    made = allow(page_of(), 85)
    program = f"{PROGRAM}print([pair for pair in zip(found, {expected!r}) if pair[0] != pair[1]])"
    assert made.try_code(1, f"{program}\nprint(len(found))") == f"[]\n{len(expected)}"


def test_without_scripts_or_a_server_nothing_is_offered(opened):
    page = opened("chapters/definition.html", java_script_enabled=False).page
    assert page.locator(".run-bar").count() == 0
    expect(page.locator(".run-note")).to_be_hidden()
    disk = opened("chapters/definition.html", url=f"{BUILT.as_uri()}/").page
    assert disk.locator(".run-bar, .run-note").count() == 0

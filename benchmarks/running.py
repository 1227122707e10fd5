"""What a reader waits for who runs a cell on the page: from the first click to the report.

With the site built, its Python fetched and the browser tests set up, on a quiet machine::

    make test-site
    .venv/bin/python benchmarks/running.py > benchmarks/running.md
"""

import gzip
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT / "tests" / "site"), str(ROOT / "tools")]

from browser import ARGUMENTS, chromium  # noqa: E402
from browsing import BUILT, served  # noqa: E402
from softmax_lib.course import CHAPTERS  # noqa: E402

ROUNDS = 3
RUN = BUILT / "_static" / "run"
# The first cell that calls a check, by its place among those with a button.
CHECKED = """[...document.querySelectorAll('.run-bar')].findIndex(
  bar => /^check\\./m.test(bar.parentElement.querySelector('pre').textContent))"""


def waits(browser, address):
    """Return the seconds from a click to the report: of the first run, and of the next."""
    context = browser.new_context(service_workers="block")  # nothing is in its cache
    page = context.new_page()
    page.goto(address)
    number = page.evaluate(CHECKED)
    bar = page.locator(".run-bar").nth(number)
    answer = page.locator(".run-answer").nth(number)
    times = []
    for _ in range(2):
        answer.evaluate("answer => answer.replaceChildren()")
        started = time.perf_counter()
        bar.get_by_role("button", name="Run", exact=True).click()
        answer.get_by_text("checked as").first.wait_for(timeout=90_000)
        times.append(time.perf_counter() - started)
    context.close()
    return times


def main():
    """Print the report, in Markdown."""
    sizes = [len(gzip.compress(file.read_bytes(), 9)) for file in RUN.iterdir()]
    with sync_playwright() as started, served(BUILT, RUN) as site:
        browser = started.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        rows = [
            (chapter.name, *map(statistics.median, zip(*found, strict=True)))
            for chapter in CHAPTERS
            for found in [
                [waits(browser, f"{site}chapters/{chapter.name}.html") for _ in range(ROUNDS)]
            ]
        ]
        version = browser.version
    print("# Code that runs on the page\n")
    print(f"The first run loads {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB as gzip sends them.")
    print("The next loads nothing. Seconds from the click to the report of the first exercise with")
    print(f"a check, in Chromium {version}, from a server on the same machine, with an empty cache")
    print(f"each time, medians of {ROUNDS}. Measured on {time.strftime('%d %B %Y')}.\n")
    print("| chapter | first run | the next |\n| --- | --- | --- |")
    for name, first, second in rows:
        print(f"| {name} | {first:.1f} | {second:.2f} |")


if __name__ == "__main__":
    main()

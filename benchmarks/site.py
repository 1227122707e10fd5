"""The site beside an untouched Jupyter Book of the same chapters, in one Chromium.

`make bench-site` sets up what this needs, runs it, and writes `site.json` and `site.md`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import site_report

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.append(str(ROOT / "tools"))
PROGRAMS = HERE / "lighthouse"  # what npm installs
CHAPTERS = ("definition", "overflow", "derivative", "cross-entropy", "backprop")
PAGES = tuple(f"chapters/{name}.html" for name in CHAPTERS)
SOURCES = ("chapters", "reference", "index.md", "references.bib", "_toc.yml")
# The default settings, and beyond them only what the chapters cannot be built without.
PLAIN = """\
title: Softmax
execute:
  execute_notebooks: "off"
bibtex_bibfiles: [references.bib]
parse:
  myst_enable_extensions: [colon_fence, deflist, dollarmath, substitution, tasklist]
sphinx:
  extra_extensions: [sphinx.ext.autodoc, sphinx_proof, sphinx_exercise, sphinxcontrib.bibtex]
"""
CDN = "https://cdn.jsdelivr.net/npm/mathjax@3/"
FULL = {"rounds": 3, "lighthouse": 3}
QUICK = {"rounds": 1, "lighthouse": 1}


def build(folder, book, *options):
    """Build the book into `folder` and return where its pages are."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", book]
    done = subprocess.run(
        [*command, "--path-output", folder, *options],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return folder / "_build" / "html"


def write_plain_book(folder):
    """Write the same pages with the default settings into `folder`."""
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "_static").mkdir()
    for picture in (ROOT / "_static").glob("*.svg"):
        shutil.copy(picture, folder / "_static")
    (folder / "_config.yml").write_text(PLAIN, encoding="utf-8")


def pages_of(site):
    """Return all pages that are there to be found; a page for missing ones is not."""
    pages = (path.relative_to(site) for path in sorted(site.rglob("*.html")))
    return [
        page.as_posix() for page in pages if page.parts[0] != "_static" and page.name != "404.html"
    ]


def lighthouse(program, address, pages, runs):
    """Return Lighthouse's reports on the pages, as `lighthouse/lighthouse.mjs` prints them."""
    command = ["node", PROGRAMS / "lighthouse.mjs", program, str(runs), address, *pages]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


def run(effort):
    """Build both sites, measure both, and return the results as they are stored."""
    from playwright.sync_api import sync_playwright
    from site_browser import Copies, compare
    from site_server import serving

    from browser import ARGUMENTS, chromium

    packages = json.loads((PROGRAMS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    copies = Copies(CDN, PROGRAMS / "node_modules" / "mathjax")
    with tempfile.TemporaryDirectory() as folder:
        ours, book, plain = (Path(folder, name) for name in ("ours", "book", "plain"))
        for new in (ours, book, plain):
            new.mkdir()
        write_plain_book(book)
        ours, plain = build(ours, ROOT, "-W", "-n", "--keep-going"), build(plain, book)
        with serving(ours) as our_address, serving(plain) as plain_address:
            with sync_playwright() as started:
                browser = started.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
                sites = {"ours": our_address, "plain": plain_address}
                together = compare(browser, sites, PAGES, copies, effort["rounds"])
                number = browser.version
                browser.close()
            scores = lighthouse(chromium(), our_address, pages_of(ours), effort["lighthouse"])
    books = {name: version(name) for name in ("jupyter-book", "sphinx-book-theme")}
    return {
        "effort": effort,
        "cores": os.cpu_count(),
        "versions": {"Chromium": number, **books, **packages},
        "together": together,
        "lighthouse": scores,
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Weigh the site beside an untouched one.")
    parser.add_argument("--quick", action="store_true", help="a rehearsal: everything once")
    parser.add_argument("--render", action="store_true", help="measure nothing, read site.json")
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER")
    options = parser.parse_args(arguments)
    stored = options.into / "site.json"
    if not options.render:
        results = run(QUICK if options.quick else FULL)
        stored.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    results = json.loads(stored.read_text(encoding="utf-8"))
    (options.into / "site.md").write_text(site_report.as_markdown(results), encoding="utf-8")
    missed = [row for row in site_report.verdicts(results) if row.met != "yes"]
    for row in missed:
        print(f"missed: {row.what}, {row.page}: {row.got}, wanted {row.wanted}")


if __name__ == "__main__":
    main()

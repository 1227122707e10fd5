"""What benchmarks/site.md says was measured, the targets are met, and it can be measured again."""

import copy
import importlib.util
import json
import re
import shutil
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "benchmarks" / "site.json"
TABLE = ROOT / "benchmarks" / "site.md"


def load(name, alias):
    spec = importlib.util.spec_from_file_location(alias, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[alias] = module
    spec.loader.exec_module(module)
    return module


# Python has a module of the name `site` itself.
site_report, site_server = (load(name, name) for name in ("site_report", "site_server"))
bench = load("site", "benchmark_of_the_site")
RESULTS = json.loads(STORED.read_text(encoding="utf-8"))


# --- what is stored ------------------------------------------------------------------------------


def test_the_report_is_made_from_the_stored_results(tmp_path):
    shutil.copy(STORED, tmp_path)
    bench.main(["--render", "--into", str(tmp_path)])
    made = (tmp_path / TABLE.name).read_text(encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == made, "run benchmarks/site.py --render"


def test_the_stored_results_are_of_a_whole_run():
    assert RESULTS["effort"] == bench.FULL
    assert tuple(RESULTS["together"]) == bench.PAGES
    for sites in RESULTS["together"].values():
        for found in sites.values():
            assert len(found["first"]) == len(found["largest"]) == bench.FULL["rounds"]
    for reports in RESULTS["lighthouse"].values():
        assert len(reports) == bench.FULL["lighthouse"]


def test_lighthouse_has_seen_every_page_of_the_contents_and_the_search():
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    pages = {f"{name}.html" for name in re.findall(r"(?:root|file): (\S+)", contents)}
    assert len(pages) == 10
    assert pages | {"search.html", "genindex.html"} <= set(RESULTS["lighthouse"])


@pytest.mark.parametrize("verdict", site_report.verdicts(RESULTS), ids=lambda v: v.what)
def test_every_target_is_met(verdict):
    assert verdict.met == "yes", verdict


def test_the_report_names_the_versions():
    text = TABLE.read_text(encoding="utf-8")
    for name in ("Chromium", "jupyter-book", "sphinx-book-theme", "lighthouse", "mathjax"):
        assert f"{name} {RESULTS['versions'][name]}" in text


def test_the_versions_are_those_of_the_lock():
    lock = json.loads((bench.PROGRAMS / "package-lock.json").read_text(encoding="utf-8"))
    for name in ("lighthouse", "mathjax"):
        assert lock["packages"][f"node_modules/{name}"]["version"] == RESULTS["versions"][name]
    assert not any("resolved" in package for package in lock["packages"].values())


# --- from measurements to verdicts ---------------------------------------------------------------


def broken(change):
    """Return the verdicts on results that `change` has made worse."""
    results = copy.deepcopy(RESULTS)
    change(
        results["together"]["chapters/overflow.html"]["ours"], results["lighthouse"]["index.html"]
    )
    return {verdict.what for verdict in site_report.verdicts(results) if verdict.met == "no"}


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        (lambda ours, reports: ours.update(sent=10**9), "bytes, ours / untouched"),
        (lambda ours, reports: ours.update(requests=10**3), "requests, ours / untouched"),
        (
            lambda ours, reports: ours["blocking"].append("late.js"),
            "files in the way that are no stylesheets",
        ),
        (lambda ours, reports: [r["scores"].update(seo=99) for r in reports], "Lighthouse, seo"),
        (
            lambda ours, reports: [r["scores"].update(performance=94) for r in reports],
            "Lighthouse, performance",
        ),
    ],
)
def test_a_missed_target_is_seen(change, missed):
    assert missed in broken(change)


# --- what is measured ----------------------------------------------------------------------------


def test_the_untouched_book_has_the_same_pages_and_none_of_our_settings(tmp_path):
    bench.write_plain_book(tmp_path)
    for name in ("_toc.yml", "chapters/backprop.ipynb", "reference/api.md"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
    assert not list(tmp_path.rglob("*.css"))
    settings = (tmp_path / "_config.yml").read_text(encoding="utf-8")
    assert "html" not in settings and "local_extensions" not in settings


def test_the_server_compresses_text_and_nothing_else(tmp_path):
    (tmp_path / "a.html").write_text("long " * 1000, encoding="utf-8")
    (tmp_path / "a.woff2").write_bytes(bytes(1000))
    with site_server.serving(tmp_path) as address:
        for name, size, coding in (("a.html", None, "gzip"), ("a.woff2", 1000, None)):
            with urllib.request.urlopen(f"{address}/{name}") as answer:
                body = answer.read()
                assert answer.headers["Content-Encoding"] == coding
                assert int(answer.headers["Content-Length"]) == len(body)
                assert len(body) == size if size else len(body) < 200
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            urllib.request.urlopen(f"{address}/../secret")
        missing.value.close()

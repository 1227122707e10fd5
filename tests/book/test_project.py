"""The files around the course: what they promise to a reader, to CI and to installers holds."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import softmax_lib

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = dict(re.findall(r"(?m)^([a-z-]+):.*?## (.+)$", MAKEFILE))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
BROWSER = ROOT / "tests" / "site"
BROWSER_LOCK = (BROWSER / "requirements.txt").read_text(encoding="utf-8").splitlines()


def pins(lock: list[str]) -> dict[str, Requirement]:
    return {r.name: r for r in map(Requirement, (n for n in lock if n and n[0] not in "#-"))}


PINS = pins(LOCK)


def check_schema(schema: str, path: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, path],
        capture_output=True,
        text=True,
        check=False,
    )


# ---- the Makefile and those who call it ---------------------------------------------------------


def test_every_target_has_its_line_of_help():
    (phony,) = re.findall(r"(?m)^\.PHONY: (.+)$", MAKEFILE)
    assert set(TARGETS) == set(phony.split())


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "index.md", ".ci/run"])
def test_every_make_command_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    called = set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", text))
    assert called
    assert called <= set(TARGETS)


def test_readme_names_only_files_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


# ---- CI -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_workflow_is_valid_and_asks_for_little(path):
    done = check_schema("vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_ci_covers_the_pythons_that_the_project_promises():
    workflow = yaml.safe_load((ROOT / ".github/workflows/validate.yml").read_text(encoding="utf-8"))
    pythons = workflow["jobs"]["validate"]["strategy"]["matrix"]["python"]
    assert PYPROJECT["project"]["requires-python"] == f">={pythons[0]}"
    assert pythons == ["3.11", "3.12", "3.13"]


def test_an_invalid_workflow_is_seen(tmp_path):
    path = tmp_path / "bad.yml"
    path.write_text("on: push\njobs: {a: {runs-on: x, step: []}}\n", encoding="utf-8")
    assert check_schema("vendor.github-workflows", path).returncode != 0


def test_citation_is_valid():
    done = check_schema("vendor.citation-file-format", ROOT / "CITATION.cff")
    assert done.returncode == 0, done.stdout


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PYPROJECT["project"]["version"] == softmax_lib.__version__
    front_page = (ROOT / "index.md").read_text(encoding="utf-8")
    assert f"softmax_lib-{softmax_lib.__version__}-py3-none-any.whl" in front_page


# ---- the lock -----------------------------------------------------------------------------------


def test_the_lock_pins_everything_and_names_no_machine():
    assert LOCK[-1] == "-e ."
    for line in LOCK[:-1] + BROWSER_LOCK:
        assert re.match(r"#|[a-z0-9-]+==[\w.]+( ; .+)?$", line), line
    assert not [line for line in LOCK + BROWSER_LOCK if re.search(r"https?:|file:|--|/", line)]


def test_the_lock_is_one_for_all_pythons():
    names = [re.split("==", line)[0] for line in LOCK if "==" in line and line[0] != "#"]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("group", ["notebooks", "book", "test"])
def test_the_lock_meets_what_the_project_asks_for(group):
    for asked in map(Requirement, PYPROJECT["project"]["optional-dependencies"][group]):
        if asked.name != "softmax-lib":
            (pin,) = PINS[asked.name].specifier
            assert asked.specifier.contains(pin.version), asked


def test_the_lock_keeps_numpy_below_the_release_that_leaves_python_3_11():
    (pin,) = PINS["numpy"].specifier
    assert tuple(map(int, pin.version.split(".")[:2])) < (2, 5)


def test_the_lock_of_the_browser_tests_is_its_own_and_agrees_with_the_other():
    locked = pins(BROWSER_LOCK)
    for asked in map(Requirement, PYPROJECT["dependency-groups"]["site"]):
        (pin,) = locked[asked.name].specifier
        assert asked.specifier.contains(pin.version)
        assert asked.name not in PINS  # who only wants the book downloads no browser's driver
    assert {name: str(PINS.get(name, pin)) for name, pin in locked.items()} == {
        name: str(pin) for name, pin in locked.items()
    }


@pytest.mark.parametrize("folder", ["tests/site", "benchmarks/lighthouse"])
def test_the_npm_lock_names_versions_and_sums_and_no_place(folder):
    asked, lock = (
        json.loads((ROOT / folder / name).read_text(encoding="utf-8"))
        for name in ("package.json", "package-lock.json")
    )
    packages = lock["packages"]
    assert packages.pop("")["devDependencies"] == asked["devDependencies"]
    for name, version in asked["devDependencies"].items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_lighthouse_judges_every_page_but_the_one_for_missing_pages():
    text = (ROOT / "benchmarks/lighthouse/lighthouserc.json").read_text(encoding="utf-8")
    collect = json.loads(text)["ci"]["collect"]
    assert "url" not in collect and collect["maxAutodiscoverUrls"] == 0  # as many as there are
    assert collect["autodiscoverUrlBlocklist"] == ["/404.html"]
    assert (
        ROOT / "benchmarks/lighthouse" / collect["staticDistDir"]
    ).resolve() == ROOT / "_build/html"

"""The files around the course: what they promise to a reader, to CI and to installers holds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pydata_sphinx_theme
import pytest
import yaml
from packaging.requirements import Requirement

import softmax_lib

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = dict(re.findall(r"(?m)^([a-z-]+):.*?## (.+)$", MAKEFILE))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
BROWSER = ROOT / "tests" / "site"
# What a command of its own installs, beside the lock of everything else.
OWN_LOCKS = {
    group: (ROOT / "tests" / group / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for group in PYPROJECT["dependency-groups"]
}


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
    (phony,) = re.findall(r"(?m)^\.PHONY: (help .+)$", MAKEFILE)
    assert set(TARGETS) == set(phony.split())


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "index.md", ".ci/run"])
def test_every_make_command_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    called = set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", text))
    assert called
    assert called <= set(TARGETS)


def test_readme_names_only_files_that_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


# ---- CI -----------------------------------------------------------------------------------------


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
JOBS = yaml.safe_load((ROOT / ".github/workflows/validate.yml").read_text(encoding="utf-8"))["jobs"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_is_valid_and_asks_for_little(path):
    done = check_schema("vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path):
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"(?m)^ *(?:- )?uses: *(.+)$", text)
    assert used
    assert len(used) == text.count("uses:")
    for action in used:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_ci_covers_the_pythons_that_the_project_promises():
    (promised,) = re.findall(r"(?m)^With Python (3\S+), (3\S+) or (3\S+), and make", README)
    assert JOBS["validate"]["strategy"]["matrix"]["python"] == list(promised)
    assert PYPROJECT["project"]["requires-python"] == f">={promised[0]}"
    for python in promised:  # make asks for one of them
        assert f"{python}.*" in MAKEFILE
    assert f'"Python {promised[0]}, {promised[1]} or {promised[2]} is needed' in MAKEFILE


def test_ci_runs_the_plain_commands_of_the_readme_on_windows_and_macos():
    job = JOBS["without-make"]
    assert [m["os"] for m in job["strategy"]["matrix"]["include"]] == [
        "macos-latest",
        "windows-latest",
    ]
    plain = README.split("## Without make")[1].split("```")[1].splitlines()
    (commands,) = [step["run"].splitlines() for step in job["steps"] if "run" in step]
    kept = [line for line in plain if line.startswith(("pip", "jupyter-book", "pytest"))]
    assert len(kept) == 3
    assert commands[2:] == kept


def test_what_is_published_was_validated_before():
    for name in ("publish", "colab"):
        assert set(JOBS[name]["needs"]) == set(JOBS) - {"publish", "colab"}
        assert JOBS[name]["if"] == "github.ref == 'refs/heads/main'"
    uploads = [
        (name, step["if"])
        for name, job in JOBS.items()
        for step in job["steps"]
        if "upload-pages-artifact" in step.get("uses", "")
    ]
    assert uploads == [("site", JOBS["publish"]["if"])]
    assert [name for name, job in JOBS.items() if "permissions" in job] == ["colab", "publish"]
    assert "deploy-pages" in JOBS["publish"]["steps"][-1]["uses"]
    assert "deploy-pages" not in str([JOBS[name] for name in JOBS if name != "publish"])


def test_the_site_that_is_published_carries_the_pdf_that_was_printed_before():
    runs = [step["run"] for step in JOBS["site"]["steps"] if "run" in step]
    assert runs == ["make pdf", "make test-site COURSE_PDF=_build/pdf/softmax.pdf"]
    printer = (ROOT / "tools/pdf.py").read_text(encoding="utf-8")
    assert 'PDF = ROOT / "_build" / "pdf" / "softmax.pdf"' in printer


def test_an_invalid_workflow_is_seen(tmp_path):
    path = tmp_path / "bad.yml"
    path.write_text("on: push\njobs: {a: {runs-on: x, step: []}}\n", encoding="utf-8")
    assert check_schema("vendor.github-workflows", path).returncode != 0


def test_dependabot_looks_at_every_lock_and_at_the_workflows():
    path = ROOT / ".github/dependabot.yml"
    done = check_schema("vendor.dependabot", path)
    assert done.returncode == 0, done.stdout
    updates = yaml.safe_load(path.read_text(encoding="utf-8"))["updates"]
    watched = {u["package-ecosystem"]: u.get("directories", [u.get("directory")]) for u in updates}
    assert watched.pop("github-actions") == ["/"]
    locks = {"uv": "requirements.txt", "npm": "package-lock.json"}
    assert watched == {
        kind: ["/" + path.parent.relative_to(ROOT).as_posix().removeprefix(".") for path in paths]
        for kind, paths in {kind: lock_files(name) for kind, name in locks.items()}.items()
    }


def lock_files(name: str) -> list[Path]:
    """Return the locks of this name: at the root, or in a folder of a folder."""
    found = [*ROOT.glob(name), *ROOT.glob(f"tests/*/{name}"), *ROOT.glob(f"benchmarks/*/{name}")]
    return [path for path in found if path.parent.name != "node_modules"]


# ---- those who contribute -----------------------------------------------------------------------


def test_the_forms_for_issues_are_valid():
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 3
    for path in forms:
        done = check_schema("vendor.github-issue-forms", path)
        assert done.returncode == 0, done.stdout


def test_the_hooks_take_the_versions_of_the_lock_and_run_what_exists():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (local,) = config["repos"]
    assert local["repo"] == "local"  # nothing but the packages comes from elsewhere
    for hook in local["hooks"]:
        for asked in map(Requirement, hook["additional_dependencies"]):
            assert asked.specifier == PINS[asked.name].specifier, asked
        program, *words = hook["entry"].split()
        assert program == "ruff" or (program == "python" and (ROOT / words[0]).exists())


def test_the_changelog_opens_with_this_version_and_dates_the_others():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first, *others = re.findall(r"(?m)^## \[([\d.]+)\] - (.+)$", text)
    assert first[0] == PYPROJECT["project"]["version"]
    assert others
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for _, date in others)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d|Unreleased", first[1])


def test_citation_is_valid():
    done = check_schema("vendor.citation-file-format", ROOT / "CITATION.cff")
    assert done.returncode == 0, done.stdout


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PYPROJECT["project"]["version"] == softmax_lib.__version__
    front_page = (ROOT / "index.md").read_text(encoding="utf-8")
    assert f"softmax_lib-{softmax_lib.__version__}-py3-none-any.whl" in front_page


def test_the_icons_bear_the_licence_of_the_fonts_that_they_are_cut_from():
    static = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
    theirs = (static / "scripts/fontawesome.js.LICENSE.txt").read_text(encoding="utf-8")
    (version,) = re.findall(r"(?s)Free ([\d.]+) .*Fonts: SIL OFL ", theirs)
    page = (ROOT / "reference" / "licences.md").read_text(encoding="utf-8")
    for text in (README, page):
        assert re.search(r"Font Awesome[^()]*\(SIL Open Font License", text)
    assert f"Font Awesome Free {version} " in README


# ---- the lock -----------------------------------------------------------------------------------


def test_the_lock_pins_everything_and_names_no_machine():
    assert LOCK[-1] == "-e ."
    own = [line for lock in OWN_LOCKS.values() for line in lock]
    for line in LOCK[:-1] + own:
        assert re.match(r"#|[a-z0-9-]+==[\w.]+( ; .+)?$", line), line
    assert not [line for line in LOCK + own if re.search(r"https?:|file:|--|/", line)]


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


@pytest.mark.parametrize("group", OWN_LOCKS)
def test_a_lock_of_its_own_agrees_with_the_other(group):
    locked = pins(OWN_LOCKS[group])
    for asked in map(Requirement, PYPROJECT["dependency-groups"][group]):
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


def test_tests_compute_in_one_thread():
    """Whether or not another plugin has loaded NumPy, and with it OpenBLAS, before."""
    loaded = "import numpy, conftest, threadpoolctl as t"
    loaded += "; print({pool['num_threads'] for pool in t.threadpool_info()} <= {1})"
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", loaded],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT / "tools")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "True"

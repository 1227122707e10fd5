"""What make does where things are not as they should be; scripts stand in for the programs."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY = ".venv/.ready"

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("make"), reason="needs make and a POSIX shell"
)

# Makes an environment of two programs, which note each call but the question whether they live; if
# there is a file "stop", they kill the recipe that calls them.
VENV = r"""
test "$1" != -c || { echo 3.12.1; exit; }
rm -rf .venv; mkdir -p .venv/bin
for name in python uv; do
    printf '#!/bin/sh\n test "$1" != -I || exit 0\n' > .venv/bin/$name
    printf 'echo %s >> .venv/calls; test ! -e stop || kill -9 $PPID\n' $name >> .venv/bin/$name
    chmod +x .venv/bin/$name
done
"""
# Runs half a minute, unless it is told to stop, which it writes down.
RUN = """
trap 'touch stopped.$$; exit 1' INT TERM
touch running.$$
for tenth in $(seq 300); do sleep 0.1; done
"""


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def no_make_around(monkeypatch):
    """A make that runs these tests has no say in theirs."""
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_text("uv==1\n", encoding="utf-8")
        os.utime(tmp_path / name, (0, 0))
    return tmp_path


def make(project, *arguments, **environment):
    return subprocess.run(
        ["make", *arguments],
        cwd=project,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )


def make_environment(project):
    """Make the environment; return whether that went well, and which programs were called."""
    done = make(project, READY, "PYTHON=./venv")
    return done.returncode == 0, (project / ".venv/calls").read_text(encoding="utf-8").split()


def test_an_environment_is_made_anew_if_its_installation_was_stopped(project):
    script(project / "venv", VENV)
    once, stop = ["python", "uv"], project / "stop"
    stop.touch()
    assert make_environment(project) == (False, ["python"])
    stop.unlink()
    assert make_environment(project) == (
        True,
        once,
    )  # in an empty environment, not after the call that was stopped
    assert make_environment(project) == (True, once)  # nothing is done twice
    later = (project / READY).stat().st_mtime + 1  # clocks of files tick in milliseconds
    os.utime(project / "requirements.txt", (later, later))
    assert make_environment(project) == (
        True,
        [*once, *once],
    )  # a newer lock is installed over the old
    os.utime(project / "pyproject.toml", (2**32, 2**32))
    stop.touch()
    assert make_environment(project) == (False, [*once, *once, "python"])
    stop.unlink()
    assert make_environment(project) == (True, once)


def test_an_environment_is_made_anew_if_its_folder_was_renamed_or_its_python_is_gone(project):
    script(project / "venv", VENV)
    once = (True, ["python", "uv"])
    assert make_environment(project) == once

    renamed = project.with_name("ein Ordner für é")
    project.rename(renamed)
    stays = renamed / "notes"
    stays.touch()
    (renamed / ".venv/old").touch()
    assert make_environment(renamed) == once
    assert not (renamed / ".venv/old").exists()
    assert make_environment(renamed) == once

    (renamed / ".venv/bin/python").unlink()
    (renamed / ".venv/bin/python").symlink_to("gone")
    assert make_environment(renamed) == once
    assert stays.exists()


@pytest.mark.parametrize(
    ("says", "found"), [("echo 3.10.13", "3.10.13"), ("echo 3.14.0", "3.14.0"), ("exit 1", "none")]
)
def test_a_python_that_does_not_serve_is_named_before_anything_is_installed(project, says, found):
    script(project / "old", f'test "$1" = -c || touch called\n{says}')
    done = make(project, "book", "PYTHON=./old")
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        f"Python 3.11, 3.12 or 3.13 is needed, found {found} as ./old: say make PYTHON=python3.12"
    )
    assert not (project / ".venv").exists()
    assert not (project / "called").exists()
    assert "found none as no-such-python" in make(project, "book", "PYTHON=no-such-python").stderr


def test_the_settings_of_whoever_calls_make_do_not_move_the_packages(project):
    script(project / "venv", f"{VENV}\necho 'env > .venv/seen.${{0##*/}}' >> .venv/bin/python")
    moved = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH", "PYTHONOPTIMIZE")
    hostile = dict.fromkeys((*moved, "PIP_USER", "UV_SYSTEM_PYTHON"), "1") | {"LC_ALL": "C"}
    done = make(project, READY, "PYTHON=./venv", **hostile)
    assert done.returncode == 0, done.stderr
    seen = (project / ".venv/seen.python").read_text(encoding="utf-8").splitlines()
    assert "PIP_USER=0" in seen
    assert hostile.keys() & {line.split("=")[0] for line in seen} == {"PIP_USER"}


@pytest.mark.parametrize(("user", "allowed"), [("0", ["--allow-root"]), ("1000", [])])
def test_jupyterlab_is_told_when_it_is_started_by_root(project, user, allowed):
    script(project / "venv", VENV)
    assert make_environment(project)[0]
    script(project / "bin/id", f"echo {user}")
    script(project / ".venv/bin/jupyter", 'echo "$@"')
    done = make(project, "lab", PATH=f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}")
    served = ["--ServerApp.root_dir=.", "chapters/definition.ipynb"]
    assert done.stdout.splitlines()[-1].split() == ["lab", *allowed, *served]


def wait_for(project, pattern, count):
    for _ in range(200):
        if len(list(project.glob(pattern))) == count:
            return
        time.sleep(0.1)
    raise AssertionError(f"{list(project.iterdir())} hold no {count} {pattern}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_tests_that_are_interrupted_leave_nothing_running(project, number):
    script(project / ".venv/bin/ruff", "")
    script(project / ".venv/bin/python", f'test "$1" != -I || exit 0\n{RUN}')
    (project / READY).write_text(f"{project.resolve()}\n", encoding="utf-8")
    options = {
        "cwd": project,
        "start_new_session": True,
        # A shell that started the tests in the background has made them deaf to Ctrl-C.
        "preexec_fn": functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    with subprocess.Popen(["make", "test"], **options) as make:
        wait_for(project, "running.*", 1)
        os.killpg(make.pid, number)  # as a terminal does
    assert make.returncode != 0
    wait_for(project, "stopped.*", 1)

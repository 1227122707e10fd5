"""What make does where it is stopped half-way; small scripts stand in for the programs it calls."""

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

# Makes an environment of two programs, which note each call; if there is a file "stop", they kill
# the recipe that calls them.
VENV = """
rm -rf .venv; mkdir -p .venv/bin
for name in python uv; do
    printf '#!/bin/sh\\necho %s >> .venv/calls; test ! -e stop || kill -9 $PPID\\n' $name \\
        > .venv/bin/$name
    chmod +x .venv/bin/$name
done
"""
# Runs half a minute, unless it is told to stop, which it writes down.
RUN = """
touch running.$$
trap 'touch stopped.$$; exit 1' TERM
for tenth in $(seq 300); do sleep 0.1; done
"""


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_text("uv==1\n", encoding="utf-8")
        os.utime(tmp_path / name, (0, 0))
    return tmp_path


def test_an_environment_is_made_anew_if_its_installation_was_stopped(project):
    script(project / "venv", VENV)

    def make():
        command = ["make", READY, "PYTHON=./venv"]
        done = subprocess.run(command, cwd=project, check=False, capture_output=True)
        calls = (project / ".venv/calls").read_text(encoding="utf-8").split()
        return done.returncode == 0, calls

    once, stop = ["python", "uv"], project / "stop"
    stop.touch()
    assert make() == (False, ["python"])
    stop.unlink()
    assert make() == (True, once)  # in an empty environment, not after the call that was stopped
    assert make() == (True, once)  # nothing is done twice
    later = (project / READY).stat().st_mtime + 1  # clocks of files tick in milliseconds
    os.utime(project / "requirements.txt", (later, later))
    assert make() == (True, [*once, *once])  # a newer lock is installed over the old
    os.utime(project / "pyproject.toml", (2**32, 2**32))
    stop.touch()
    assert make() == (False, [*once, *once, "python"])
    stop.unlink()
    assert make() == (True, once)


def wait_for(project, pattern, count):
    for _ in range(200):
        if len(list(project.glob(pattern))) == count:
            return
        time.sleep(0.1)
    raise AssertionError(f"{list(project.iterdir())} hold no {count} {pattern}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_tests_that_are_interrupted_leave_nothing_running(project, number):
    script(project / ".venv/bin/ruff", "")
    script(project / ".venv/bin/python", RUN)
    (project / READY).touch()
    options = {
        "cwd": project,
        "start_new_session": True,
        # A shell that started the tests in the background has made them deaf to Ctrl-C.
        "preexec_fn": functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    with subprocess.Popen(["make", "test"], **options) as make:
        wait_for(project, "running.*", 2)
        os.killpg(make.pid, number)  # as a terminal does
    assert make.returncode != 0
    wait_for(project, "stopped.*", 2)

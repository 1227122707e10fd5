"""How fast the library is beside its peers: measured in one run, kept as a table and a picture.

Run it, with PyTorch for company::

    .venv/bin/pip install -e ".[bench]"
    make bench

It takes some minutes and writes ``benchmarks/speed.json``, every time that was measured, and from
that ``benchmarks/speed.md`` and ``_static/speed.svg``; ``--render`` makes these two again. Quiet
the machine first: the minimum forgives a disturbance, the median does not.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from speed_calls import (
    LOSSES,
    MAKERS,
    PEERS,
    Case,
    alone_cases,
    calls,
    installed,
    labels,
    logits,
    memory_cases,
    together_cases,
)

import softmax_lib

ROOT = Path(__file__).resolve().parent.parent


class Effort(NamedTuple):
    """How long everything is timed."""

    least: int  # rounds
    most: int
    enough: float  # seconds a case, after which there are only the least rounds
    sample: float  # seconds, up to which a call is repeated within a round
    alone: int  # calls in a process of its own


FULL = Effort(least=5, most=15, enough=1.5, sample=5e-3, alone=20)
QUICK = Effort(least=2, most=2, enough=0.0, sample=0.0, alone=2)


# --- the clock -----------------------------------------------------------------------------------


def seconds(call, number=1):
    """Return the time of a call, out of a number of them; the last result is freed after it."""
    start = time.perf_counter()
    for _ in range(number - 1):
        call()
    result = call()
    took = time.perf_counter() - start
    del result
    return took / number


def nanoseconds(*args):
    """Return `seconds` with the digits that are worth keeping."""
    return float(f"{seconds(*args) * 1e9:.4g}")


def repetitions(call, sample):
    """Return how many calls last as long as a sample."""
    if seconds(call) > 20 * sample:
        return 1
    number = 1  # counted anew, for the first call made what is made only once
    while number * seconds(call, number) < sample:
        number *= 2
    return number


def measure(timed, effort):
    """Return name -> nanoseconds of a call, one for each round."""
    numbers = {}
    for name, (call, prepare, rest) in timed.items():
        prepare()
        numbers[name] = repetitions(call, effort.sample)
        time.sleep(rest)
    samples = {name: [] for name in timed}
    order, start = deque(timed), time.perf_counter()
    for done in range(effort.most):
        if done >= effort.least and time.perf_counter() - start > effort.enough:
            break
        for name in order:
            call, prepare, rest = timed[name]
            prepare()
            samples[name].append(nanoseconds(call, numbers[name]))
            time.sleep(rest)
        order.rotate(-1)
    return samples


def measure_alone(name, case, effort):
    """Return what `alone` returns in a process of its own."""
    request = json.dumps([name, case, effort.alone])
    done = subprocess.run(
        [sys.executable, __file__, "--alone", request], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def alone(name, case, number):
    """Return the nanoseconds of some calls, in a process that has done nothing else."""
    function, shape, dtype, axis = case
    case = Case(function, tuple(shape), dtype, axis)
    call = MAKERS[name](case, logits(case.shape, dtype), None)[name].call
    call()
    return [nanoseconds(call) for _ in range(number)]


def memory(case):
    """Return the bytes that a function of ours holds at most, beyond arguments and result."""
    arguments = [logits(case.shape, case.dtype)]
    if case.function in LOSSES:
        arguments.append(labels(case.shape, case.axis))
    tracemalloc.start()
    result = getattr(softmax_lib, case.function)(*arguments, axis=case.axis)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - result.nbytes


# --- one run -------------------------------------------------------------------------------------


def run(quick=False):
    """Measure everything and return the results, as they are stored."""
    effort = QUICK if quick else FULL
    peers, missing = installed()
    results = {"machine": machine(peers), "missing": missing, "effort": effort._asdict()}
    names = ("ours", "SciPy") if "SciPy" in peers else ("ours",)
    results["alone"] = measured(
        alone_cases(quick),
        "ns",
        lambda case: {name: measure_alone(name, case, effort) for name in names},
    )
    np.empty(31 << 20, np.uint8)  # teaches the allocator to keep blocks, for everyone
    results["together"] = measured(
        together_cases(quick), "ns", lambda case: measure(calls(case, peers), effort)
    )
    results["memory"] = measured(memory_cases(quick), "bytes", memory)
    return results


def measured(cases, unit, measure_case):
    """Return the cases with what was measured, and say which one is at work."""
    found = []
    for case in cases:
        print(f"{case.function} {case.shape} {case.dtype}, axis {case.axis}", flush=True)
        found.append({**case._asdict(), unit: measure_case(case)})
    return found


def machine(peers):
    """Return what the times depend on."""
    processor, cpuinfo = platform.processor(), Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        models = [line.split(": ")[1] for line in lines if line.startswith("model name")]
        processor = models[0] if models else processor
    system = " ".join((platform.system(), platform.machine(), *platform.libc_ver())).strip()
    versions = {
        "Python": platform.python_version(),
        "softmax_lib": softmax_lib.__version__,
        "NumPy": np.__version__,
    }
    versions |= {name: version(package) for name, _, package in PEERS if name in peers}
    return {"processor": processor, "cores": os.cpu_count(), "system": system, "versions": versions}


def as_json(results):
    """Return the results as JSON, one case a line."""
    parts = []
    for key, value in results.items():
        text = json.dumps(value)
        if key in ("alone", "together", "memory"):
            text = "[\n" + ",\n".join(json.dumps(case) for case in value) + "\n]"
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Time the library beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a rehearsal: small arrays, 2 rounds")
    parser.add_argument("--render", action="store_true", help="measure nothing, read speed.json")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where all three files are")
    parser.add_argument("--alone", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.alone:
        print(json.dumps(alone(*options.alone)))
        return
    if options.quick and options.render:
        parser.error("--render measures nothing, so it cannot be --quick")
    if options.quick and not options.into:
        parser.error("--quick measures too little to be kept: name another folder with --into")
    if options.into and not options.into.is_dir():
        parser.error(f"--into: no such folder: {options.into}")
    folder = options.into or ROOT / "benchmarks"
    stored, table = folder / "speed.json", folder / "speed.md"
    picture = (options.into or ROOT / "_static") / "speed.svg"
    if options.render and not stored.exists():
        parser.error(f"nothing to render: no {stored}")
    if not options.render:
        stored.write_text(as_json(run(options.quick)), encoding="utf-8")
    results = json.loads(stored.read_text(encoding="utf-8"))
    if results["missing"]:
        print(
            f"Not installed, so left out: {', '.join(results['missing'])}. "
            'All of them: .venv/bin/pip install -e ".[bench]"'
        )
    # Not before: Matplotlib is large, and a process that times alone should hold little.
    from speed_report import as_markdown, as_svg

    table.write_text(as_markdown(results), encoding="utf-8")
    picture.write_text(as_svg(results), encoding="utf-8")
    print(f"written: {table} and {picture}")


if __name__ == "__main__":
    main()

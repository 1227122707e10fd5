"""Python for the pages: fetch Pyodide, NumPy and CodeMirror, check them, and bundle the scripts.

    make runtime

What it makes is in `.runtime/`, outside git; `make book` puts it on the site if it is there. The
npm packages are pinned with their checksums by `_ext/run/package-lock.json`, NumPy's wheel by the
lock that is part of Pyodide. `_ext/run/parts.json` has the checksum of everything that is made, and
the site is not built with another byte; `--pin` writes it, after a change of versions.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "_ext" / "run"
MADE = ROOT / ".runtime"
PINNED = SOURCES / "parts.json"
# Where Pyodide publishes what was built for it.
PUBLISHED = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{name}"
# A package that carries the same wheel, for where that place is out of reach.
CARRIER = "open-webui==0.12.4"
SECONDS = 60


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def run(*command: str | Path, folder: Path) -> None:
    subprocess.run([*map(str, command)], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def numpy_wheel(lock: dict, version: str, folder: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of NumPy's wheel, whose checksum is that of the lock."""
    entry = lock["packages"]["numpy"]
    name, wanted = entry["file_name"], entry["sha256"]
    address = PUBLISHED.format(version=version, name=name)
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            data = answer.read()
    except OSError as error:
        print(f"{address}: {error}; taking it from {CARRIER.split('=')[0]}", flush=True)
        pip = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
        ]
        run(*pip, "--disable-pip-version-check", "--dest", folder, CARRIER, folder=folder)
        (carrier,) = folder.glob("*.whl")
        with zipfile.ZipFile(carrier) as archive:
            (inside,) = [each for each in archive.namelist() if each.endswith(f"/{name}")]
            data = archive.read(inside)
    if sha256(data) != wanted:
        sys.exit(f"{name}: its sha256 is {sha256(data)}, and Pyodide's lock says {wanted}")
    return name, data


def make(folder: Path) -> None:
    """Make everything in an empty folder."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        for name in ("package.json", "package-lock.json", "editor.js", "worker.js"):
            shutil.copy(SOURCES / name, work)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=work)
        pyodide = work / "node_modules" / "pyodide"
        esbuild = [work / "node_modules/.bin/esbuild", "--bundle", "--minify", "--format=esm"]
        # Parts of Pyodide that only node would need.
        esbuild += ["--log-level=error", "--target=es2022", "--external:node:*", "--external:ws"]
        run(*esbuild, "editor.js", f"--outfile={folder / 'editor.js'}", folder=work)
        run(*esbuild, "worker.js", f"--outfile={folder / 'python.js'}", folder=work)
        for name in ("pyodide.asm.wasm", "python_stdlib.zip"):
            shutil.copy(pyodide / name, folder)
        lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
        version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
        name, data = numpy_wheel(lock, version, work)
        (folder / name).write_bytes(data)
        # Of the lock, the page needs what is said of Pyodide itself.
        small = json.dumps({**lock, "packages": {}}, sort_keys=True)
        (folder / "lock.json").write_text(small, encoding="utf-8")


def described(folder: Path) -> dict[str, dict[str, str | int]]:
    """Return the checksum of each file, and how many bytes of it a server sends."""
    data = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
    return {
        name: {"sha256": sha256(each), "compressed": len(gzip.compress(each, mtime=0))}
        for name, each in data.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pin", action="store_true", help="write the checksums of what is made")
    options = parser.parse_args()
    pinned = json.loads(PINNED.read_text(encoding="utf-8")) if PINNED.exists() else {}
    if not options.pin and MADE.is_dir() and described(MADE) == pinned:
        print(f"{MADE.name}/ is complete.")
        return
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir()
    make(MADE)
    found = described(MADE)
    if options.pin:
        PINNED.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    elif changed := [
        name for name in sorted({*found, *pinned}) if found.get(name) != pinned.get(name)
    ]:
        shutil.rmtree(MADE)
        sys.exit(f"not what {PINNED.relative_to(ROOT)} says: {', '.join(changed)}")
    size = sum(file.stat().st_size for file in MADE.iterdir())
    print(f"{MADE.name}/ is complete: {len(found)} files, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

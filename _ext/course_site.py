"""Sphinx extension: clean builds, the wheel and the PDF, the explorers' script, no foreign server.

It lets autodoc import the library, and takes away what a page would ask of another server.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pybtex.plugin
import sphinx
from docutils import nodes
from docutils.parsers.rst.states import Inliner
from flit_core.wheel import make_wheel_in
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from build_cache import digest

ROOT = Path(__file__).parent.parent
PYPROJECT = ROOT / "pyproject.toml"
# Within the page, since a browser reads no filter from another file of a site opened from disk.
CODE = ROOT / "_ext"
DARK_FIGURES = CODE / "dark-figures.svg"
LIBRARY = ROOT / "softmax_lib"
EXPLORER = LIBRARY / "explorer"
PACKAGES = Path(sphinx.__file__).parents[1]
PAGES = ("chapters", "reference")
LICENCES = "reference/licences"
# The variable that names the printed course, if the site is to carry it: it is printed from a site.
PRINTED = "COURSE_PDF"
PDF = "softmax.pdf"
# The digests of what the doctrees were made of.
READ = "read.json"
# A wheel is a zip file, which dates each member: one fixed day makes equal sources equal bytes.
WHEEL_EPOCH = "1577836800"

sys.path.insert(0, str(ROOT))


def inputs(source: Path) -> dict[str, str]:
    """Return what pages can be made of: each file, with a digest of its bytes."""
    folders = [*(source / name for name in (*PAGES, "_static")), CODE, LIBRARY]
    files = [*source.glob("*"), PYPROJECT, *(f for folder in folders for f in folder.rglob("*"))]
    found = {f.as_posix(): digest(f.read_bytes()) for f in files if f.is_file()}
    # Styles are copied, and not read.
    found = {name: data for name, data in found.items() if not name.endswith((".pyc", ".css"))}
    # Every installation of a package dates their folder anew.
    return found | {"packages": f"{sys.version} {PACKAGES.stat().st_mtime_ns}"}


def start_afresh(app: Sphinx) -> None:
    """Forget earlier builds, of which one may have failed, or been stopped half-way.

    Sphinx reads again only the pages that have changed. It would say nothing more of a warning
    that it has once given, keep the files of a page that is gone, and keep half a picture. So it
    finds what was read only after a build that came to its end without a warning, while nothing
    but pages has changed; and every page is written anew.
    """
    output, note = Path(app.outdir), Path(app.doctreedir, READ)
    before = json.loads(note.read_bytes()) if note.is_file() else {}
    note.unlink(missing_ok=True)
    source = Path(app.srcdir)
    now = inputs(source)
    changed = {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}
    pages = tuple(f"{source.as_posix()}/{name}" for name in (*(f"{p}/" for p in PAGES), "index."))
    only_pages = all(name.startswith(pages) for name in changed)
    for folder in (output, Path(app.doctreedir), output.parent / "jupyter_execute"):
        if folder.exists() and not (only_pages and folder != output):
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)

    def read_again(app: Sphinx, env: BuildEnvironment, *others: set[str]) -> list[str]:
        """Name the pages that have changed: Sphinx goes by the clock, and files get old dates."""
        return [name for name in env.found_docs if Path(env.doc2path(name)).as_posix() in changed]

    def note_what_was_read(app: Sphinx, exception: Exception | None) -> None:
        if exception is None and not app._warncount:
            note.write_text(json.dumps(now), encoding="utf-8")

    app.connect("env-get-outdated", read_again)
    app.connect("build-finished", note_what_was_read, priority=999)


def wheel_name() -> str:
    """Return the file name of the library's wheel."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    return f"{project['name'].replace('-', '_')}-{project['version']}-py3-none-any.whl"


def wheel_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Inliner, options=None, content=None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """{wheel}`text`: a link to the wheel, right from any depth of the site."""
    document = inliner.document.settings.env.docname
    target = "../" * document.count("/") + f"_static/{wheel_name()}"
    return [nodes.reference(rawtext, text, refuri=target, internal=True)], []


def printed_course() -> Path | None:
    """Return the PDF that the site carries, if any."""
    named = os.environ.get(PRINTED)
    if named and not (ROOT / named).is_file():
        raise ExtensionError(f"{PRINTED} names {named}, which is not there: make pdf prints it")
    return ROOT / named if named else None


def finish_site(app: Sphinx, exception: Exception | None) -> None:
    """Make the wheel in the finished site, and put the PDF there."""
    if exception is None and app.builder.format == "html":
        # By this file a next build would know what to keep; it holds a path of this machine.
        Path(app.outdir, ".buildinfo").unlink(missing_ok=True)
        with mock.patch.dict(os.environ, SOURCE_DATE_EPOCH=WHEEL_EPOCH):
            make_wheel_in(PYPROJECT, Path(app.outdir) / "_static")
        if pdf := printed_course():
            shutil.copyfile(pdf, Path(app.outdir, PDF))


def silence_thebe(app: Sphinx, config: Config) -> None:
    """Disconnect sphinx-thebe: Jupyter Book always loads it, and it names two foreign servers."""
    for listeners in app.events.listeners.values():
        for listener in list(listeners):
            if listener.handler.__module__.startswith("sphinx_thebe"):
                app.disconnect(listener.id)


def publish_explorer(app: Sphinx, config: Config) -> None:
    """Put the explorers' script and stylesheet beside the site's own files."""
    config.html_static_path += [str(EXPLORER / name) for name in ("explorer.js", "explorer.css")]


def share_explorer(app: Sphinx, context: dict[str, Any]) -> None:
    """Take script and style out of every explorer of a page, and load the two files instead.

    In a notebook each output carries its own copy, since there is nothing else to carry it. The
    site keeps one for all its pages.
    """
    from softmax_lib.explorer import SCRIPT, STYLE

    if SCRIPT in context["body"]:
        context["body"] = context["body"].replace(SCRIPT, "").replace(STYLE, "")
        app.add_css_file("explorer.css")
        app.add_js_file("explorer.js", loading_method="defer")


def finish_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Take off a stylesheet that nobody publishes; put in the filter for figures on dark pages."""
    if "body" in context:
        share_explorer(app, context)
        context["body"] += DARK_FIGURES.read_text(encoding="utf-8")
    if LICENCES in app.env.found_docs:  # a link in the footer, right from any depth
        address = app.builder.get_relative_uri(pagename, LICENCES)
        footer = context["theme_extra_footer"]
        context["theme_extra_footer"] = footer.replace('"licences"', f'"{address}"')
    if pdf := printed_course():
        address = context["pathto"](PDF, resource=True)
        size = f"{pdf.stat().st_size / 1e6:.0f} MB"
        context["theme_extra_footer"] += f' · <a href="{address}">The course as one PDF, {size}</a>'
    context["css_files"] = [sheet for sheet in context["css_files"] if "thebe" not in str(sheet)]


def setup(app: Sphinx) -> dict[str, bool]:
    start_afresh(app)
    # For every citation, pybtex looks through all packages that are installed.
    pybtex.plugin.entry_points = cache(pybtex.plugin.entry_points)
    # Sphinx would print its year as that of the copyright.
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    app.add_role("wheel", wheel_role)
    app.connect("config-inited", silence_thebe)
    app.connect("config-inited", publish_explorer)
    app.connect("html-page-context", finish_page)
    app.connect("build-finished", finish_site)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The extension of the site sees what Sphinx does not."""

import os
from types import SimpleNamespace
from unittest.mock import MagicMock

import pybtex.plugin
import pytest
from sphinx.errors import ExtensionError

import course_site
from course_site import printed_course, share_explorer, start_afresh
from softmax_lib.explorer import SoftmaxExplorer


class Build:
    """A builder's folders, and what the extension does at the beginning and at the end."""

    def __init__(self, folder):
        self.srcdir, self.outdir, self.doctreedir = folder, folder / "b/html", folder / "b/doctrees"
        self._warncount, self.listeners = 0, {}
        for name in ("chapters/one.md", "_static/picture.svg"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("first", encoding="utf-8")

    def connect(self, event, listener, priority=500):
        self.listeners[event] = listener

    def begin(self):
        """Return what stays of the files of a build before."""
        kept = {"html/gone.html", "doctrees/read.doctree", "jupyter_execute/half.svg", "other.log"}
        for name in kept:
            file = self.srcdir / "b" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("old", encoding="utf-8")
        start_afresh(self)
        return {name for name in kept if (self.srcdir / "b" / name).exists()}

    def end(self, exception=None):
        self.listeners["build-finished"](self, exception)

    def read_again(self):
        pages = {name: self.srcdir / f"chapters/{name}.md" for name in ("one", "two")}
        env = SimpleNamespace(found_docs=pages, doc2path=pages.get)
        return self.listeners["env-get-outdated"](self, env, set(), set(), set())


READ = {"doctrees/read.doctree", "jupyter_execute/half.svg", "other.log"}


def test_after_a_good_build_only_the_changed_page_is_read_again(tmp_path):
    build = Build(tmp_path)
    assert build.begin() == {"other.log"}
    build.end()
    assert build.begin() == READ and build.read_again() == []
    build.end()
    (tmp_path / "chapters/one.md").write_text("second", encoding="utf-8")
    os.utime(tmp_path / "chapters/one.md", (0, 0))
    assert build.begin() == READ and build.read_again() == ["one"]


def test_a_build_begins_afresh(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # which the extension takes away
    monkeypatch.setattr(pybtex.plugin, "entry_points", pybtex.plugin.entry_points)
    app = MagicMock(srcdir=tmp_path, outdir=tmp_path / "b/html", doctreedir=tmp_path / "b/doctrees")
    gone = tmp_path / "b/html/gone.html"
    gone.parent.mkdir(parents=True)
    gone.write_text("old", encoding="utf-8")
    course_site.setup(app)
    assert gone.parent.is_dir() and not gone.exists()


@pytest.mark.parametrize("ending", ["stopped", "failed", "with a warning"])
def test_nothing_stays_of_a_build_that_did_not_end_well(tmp_path, ending):
    build = Build(tmp_path)
    build.begin()
    build.end()
    build.begin()
    build._warncount = int(ending == "with a warning")
    if ending != "stopped":
        build.end(ValueError() if ending == "failed" else None)
    assert build.begin() == {"other.log"}


@pytest.mark.parametrize("name", ["_static/picture.svg", "_config.yml", "new.svg"])
def test_nothing_stays_when_more_than_a_page_has_changed(tmp_path, name):
    build = Build(tmp_path)
    build.begin()
    build.end()
    (tmp_path / name).write_text("second", encoding="utf-8")
    assert build.begin() == {"other.log"}


@pytest.mark.parametrize("name", ["CODE", "LIBRARY", "PACKAGES"])
def test_nothing_stays_when_the_code_or_a_package_has_changed(tmp_path, monkeypatch, name):
    build, code = Build(tmp_path), tmp_path / "code"
    code.mkdir()
    monkeypatch.setattr(course_site, name, code)
    build.begin()
    build.end()
    (code / "a.py").write_text("second", encoding="utf-8")
    os.utime(code, (1, 1))
    assert build.begin() == {"other.log"}


class Page(SimpleNamespace):
    """An application that notes the files it is asked to load."""

    def add_css_file(self, name):
        self.loaded.append(name)

    def add_js_file(self, name, **attributes):
        self.loaded.append(name)


def test_a_page_of_explorers_loads_their_script_once():
    explorers = [SoftmaxExplorer([3.0, 1.0]), SoftmaxExplorer([0.0, 1.0], view="derivative")]
    app, context = Page(loaded=[]), {"body": "".join(e._repr_html_() for e in explorers)}
    share_explorer(app, context)
    assert app.loaded == ["explorer.css", "explorer.js"]
    assert "<script" not in context["body"] and "<style" not in context["body"]
    assert all(explorer.element() in context["body"] for explorer in explorers)


def test_a_page_without_explorers_loads_nothing():
    app, context = Page(loaded=[]), {"body": "<p>text</p><script>other()</script>"}
    share_explorer(app, context)
    assert app.loaded == [] and context == {"body": "<p>text</p><script>other()</script>"}


def test_a_printed_course_that_is_not_there_is_said_to_be_missing(monkeypatch):
    monkeypatch.setenv("COURSE_PDF", "gone.pdf")
    with pytest.raises(ExtensionError, match=r"COURSE_PDF names gone\.pdf, .* make pdf prints it"):
        printed_course()
    monkeypatch.delenv("COURSE_PDF")
    assert printed_course() is None

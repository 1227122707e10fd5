"""The extension of the site sees what Sphinx does not."""

import os
from types import SimpleNamespace

from course import outdated_by_assets, share_explorer
from softmax_lib.explorer import SoftmaxExplorer


def test_a_changed_style_builds_every_page_again(tmp_path):
    app, env = SimpleNamespace(outdir=tmp_path), SimpleNamespace(found_docs={"index"})
    page = tmp_path / "index.html"
    assert outdated_by_assets(app, env, set(), set(), set()) == set()  # nothing is built yet
    page.write_text("")
    assert outdated_by_assets(app, env, set(), set(), set()) == set()
    os.utime(page, (0, 0))  # older than every style
    assert outdated_by_assets(app, env, set(), set(), set()) == {"index"}


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

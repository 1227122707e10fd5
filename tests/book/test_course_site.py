"""The extension of the site sees what Sphinx does not."""

from types import SimpleNamespace

from course_site import share_explorer, start_afresh
from softmax_lib.explorer import SoftmaxExplorer


def test_nothing_of_an_earlier_build_stays(tmp_path):
    app = SimpleNamespace(outdir=tmp_path / "html", doctreedir=tmp_path / ".doctrees")
    for name in ("html/chapters/gone.html", ".doctrees/gone.doctree", "jupyter_execute/half.svg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("old", encoding="utf-8")
    other = tmp_path / "lane.log"
    other.write_text("of the tests", encoding="utf-8")
    start_afresh(app)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]


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

"""The extension of the site sees what Sphinx does not."""

import os
from types import SimpleNamespace

from course import outdated_by_assets


def test_a_changed_style_builds_every_page_again(tmp_path):
    app, env = SimpleNamespace(outdir=tmp_path), SimpleNamespace(found_docs={"index"})
    page = tmp_path / "index.html"
    assert outdated_by_assets(app, env, set(), set(), set()) == set()  # nothing is built yet
    page.write_text("")
    assert outdated_by_assets(app, env, set(), set(), set()) == set()
    os.utime(page, (0, 0))  # older than every style
    assert outdated_by_assets(app, env, set(), set(), set()) == {"index"}

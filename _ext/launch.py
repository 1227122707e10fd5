"""Sphinx extension: buttons that open a chapter on Binder and in Colab, if its repository is known.

Binder installs what `.binder/` names. Colab opens a notebook alone, without the library: its
button leads to the branch on which `tools/colab.py` has put a cell before each that installs it.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

BRANCH, COLAB_BRANCH = "main", "colab"
BUTTONS = {
    "notebook_interface": "jupyterlab",
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
}


def offer(app: Sphinx, config: Config) -> None:
    """Ask the theme for the buttons; without a repository it would have nowhere to lead."""
    options = config.html_theme_options
    if options.get("repository_url"):
        options["repository_branch"] = BRANCH
        options["launch_buttons"] = BUTTONS


def turn_to_branch(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let Colab open the notebook that installs the library."""
    for group in context.get("header_buttons", ()):
        for button in group.get("buttons", ()):
            if button["text"] == "Colab":
                here, there = f"/blob/{BRANCH}/", f"/blob/{COLAB_BRANCH}/"
                button["url"] = button["url"].replace(here, there, 1)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", offer)
    # After the theme has made them.
    app.connect("html-page-context", turn_to_branch, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

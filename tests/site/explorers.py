"""The views of the explorer, a page of the site that holds them all, and hands for both."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from softmax_lib.explorer import SoftmaxExplorer

NAMES = ["cat", "dog", "bird"]
EXPLORERS = {
    "definition": SoftmaxExplorer([3.0, 1.0, -3.0], labels=NAMES),
    "simplex": SoftmaxExplorer([3.0, 1.0, -3.0], labels=NAMES, view="simplex"),
    "overflow": SoftmaxExplorer([12.0, 1.0, -3.0], labels=NAMES, view="overflow"),
    "derivative": SoftmaxExplorer([3.0, 1.0, -3.0], labels=NAMES, view="derivative"),
    "cross-entropy": SoftmaxExplorer([3.0, 1.0, -3.0], 1, labels=NAMES, view="cross-entropy"),
    "backprop": SoftmaxExplorer([3.0, 1.0, -3.0], 1, labels=NAMES, view="backprop"),
}
PAGE = "explorers.html"
ASSETS = """<link rel="stylesheet" href="_static/explorer.css">
<script defer src="_static/explorer.js"></script>
"""
CELL = """<div class="cell docutils container"><div class="cell_output docutils container">
<div class="output text_html">{}</div></div></div>"""


def write_page(built: Path, folder: Path) -> None:
    """Write a page that is the site's index but for its text: all the explorers."""
    text = (built / "genindex.html").read_text(encoding="utf-8")
    before, article = text.split('<article class="bd-article">', 1)
    after = article.split("</article>", 1)[1]
    cells = "\n".join(CELL.format(explorer.element()) for explorer in EXPLORERS.values())
    body = f'<article class="bd-article">\n<h1>Explorers</h1>\n{cells}\n</article>'
    page = before.replace("</head>", ASSETS + "</head>", 1) + body + after
    (folder / PAGE).write_text(page, encoding="utf-8")


def column(place, kind, rows=3):
    """Return the numbers of a column of the table, by the class of its cells."""
    shown = place.locator(f"tbody td.{kind}").evaluate_all("all => all.map(e => e.firstChild.data)")
    return np.array([float(text.replace("−", "-")) for text in shown[:rows]])


def slider(place, name):
    return place.get_by_role("slider", name=name)


def drag(place, name, fraction):
    """Drag a slider's thumb with the mouse to a fraction of its length."""
    thumb = slider(place, name)
    thumb.scroll_into_view_if_needed()
    box, mouse = thumb.bounding_box(), getattr(place, "page", place).mouse
    y = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + fraction * box["width"], y, steps=4)
    mouse.up()


def answer(place):
    """Return the point in the triangle."""
    return place.get_by_role("slider", name="the answer")


def carry(place, x, y):
    """Drag the point with the mouse: x of the base from the left, y of the height from below."""
    point = answer(place)
    point.scroll_into_view_if_needed()
    box, mouse = point.bounding_box(), getattr(place, "page", place).mouse
    outline = place.locator("svg path").first.bounding_box()
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    left, low = outline["x"], outline["y"] + outline["height"]
    mouse.move(left + x * outline["width"], low - y * outline["height"], steps=4)
    mouse.up()

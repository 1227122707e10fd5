"""Print the whole course as one PDF: ``python tools/pdf.py [FILE]``, after ``make book``.

Chromium prints the one page twice. The first print tells on which page each heading comes to
stand, the second has these numbers in its contents. A browser can number pages, but not yet say
in a table of contents where they are.
"""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path

import yaml
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

from browser import ARGUMENTS, chromium
from onepage import ROOT, Heading, one_page

SITE = ROOT / "_build" / "html"
PDF = ROOT / "_build" / "pdf" / "softmax.pdf"
PAPER_FACE = "Course Serif on paper"  # as tools/pdf.css names it
FONTS = {"normal": "course-serif.woff2", "italic": "course-serif-italic.woff2"}
WEIGHTS = (400, 500, 600, 700)
NODE = re.compile(rb"\(node\d{8}\)")
# What could scroll on a screen is made smaller: by one more step than it seems to need, since
# letters do not shrink quite in proportion.
SHRINK = """() => {
  for (const code of document.querySelectorAll("pre")) code.style.whiteSpace = "pre";
  const wide = document.querySelectorAll(".formula, .pst-scrollable-table-container, pre");
  for (const box of wide) {
    const content = box.querySelector("table") ?? box;
    const [width, room] = [Math.max(content.scrollWidth, content.offsetWidth), box.clientWidth];
    if (width > room) {
      const size = parseFloat(getComputedStyle(content).fontSize);
      content.style.fontSize = `${Math.floor(97 * size * room / width) / 100}px`;
    }
  }
}"""
# What then still sticks out of the page would be cut off.
TOO_WIDE = """() => {
  const page = document.querySelector(".bd-article-container").getBoundingClientRect();
  const seen = "article :is(.katex-display, pre, table, img, p, li, dt)";
  return [...document.querySelectorAll(seen)]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > page.right + 1
      || e.matches("pre") && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.closest("[id]").id}: ${e.textContent.trim().slice(0, 60)}`);
}"""


def faces() -> str:
    """Return the faces of the text as a stylesheet, one for each weight.

    Of a face with a range of weights, Chromium draws every letter into the PDF as a picture.
    """
    rules = []
    for style, name in FONTS.items():
        for weight in WEIGHTS:
            font = TTFont(ROOT / "_static" / "fonts" / name, recalcTimestamp=False)
            font = instantiateVariableFont(font, {"wght": weight})
            font.flavor = None
            file = io.BytesIO()
            font.save(file)
            data = base64.b64encode(file.getvalue()).decode()
            rules.append(
                f'@font-face {{ font-family: "{PAPER_FACE}"; font-weight: {weight}; '
                f"font-style: {style}; src: url(data:font/ttf;base64,{data}); }}"
            )
    return "\n".join([*rules, f'html[data-theme] {{ --course-serif: "{PAPER_FACE}"; }}'])


def printed(page: Page, site: Path, html: str) -> bytes:
    """Return the PDF that Chromium prints of the one page."""
    # Beside the pages, for their pictures and stylesheets; taken away again.
    file = site / "_onepage.html"
    file.write_text(html, encoding="utf-8")
    try:
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        page.evaluate(SHRINK)
        if wide := page.evaluate(TOO_WIDE):
            raise RuntimeError("too wide for the page: " + "; ".join(wide))
        return page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    finally:
        file.unlink()


def places_of(pdf: bytes, headings: list[Heading]) -> list[tuple[int, float]]:
    """Return where each heading stands: its page, counted from 1, and its height on it."""
    reader = PdfReader(io.BytesIO(pdf))
    named = {name.removeprefix("/"): place for name, place in reader.named_destinations.items()}
    places = [named[heading.anchor] for heading in headings]
    return [(reader.get_destination_page_number(p) + 1, float(p.top)) for p in places]


def print_course(site: Path) -> tuple[bytes, list[Heading]]:
    """Return the course as a PDF whose contents name the right pages, and its headings."""
    numbers: dict[str, int] = {}
    style = f"<style>{faces()}</style></head>"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = browser.new_page()
        page.emulate_media(media="print", color_scheme="light")
        lost = []
        page.on("requestfailed", lambda request: lost.append(request.url))
        # The numbers could make a line of the contents longer, and so move what follows.
        for _ in range(4):
            html, headings = one_page(site, numbers)
            pdf = printed(page, site, html.replace("</head>", style))
            if lost:
                raise RuntimeError(f"the PDF would lack {', '.join(lost)}")
            before = numbers
            places = places_of(pdf, headings)
            numbers = {h.anchor: number for h, (number, _) in zip(headings, places, strict=True)}
            if numbers == before:
                return pdf, headings
    raise RuntimeError("the page numbers of the contents do not settle")


def finished(pdf: bytes, headings: list[Heading]) -> bytes:
    """Return the PDF with bookmarks and author, and without the time at which it was printed.

    The bookmarks that Chromium makes run the words together where a heading breaks its line.
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.metadata = {"/Title": config["title"], "/Author": config["author"]}
    parent = None
    for heading, (number, top) in zip(headings, places_of(pdf, headings), strict=True):
        title = f"{heading.number} {heading.title}".strip()
        item = writer.add_outline_item(
            title=title,
            page_number=number - 1,
            parent=parent if heading.level == 2 else None,
            fit=Fit.xyz(left=0, top=top),
            is_open=False,
        )
        parent = item if heading.level == 1 else parent
    writer.page_mode = "/UseOutlines"
    file = io.BytesIO()
    writer.write(file)
    # Chromium names the heads of tables by numbers that differ from run to run; in their order
    # they are the same. The names keep their length, and so everything its place in the file.
    data = file.getvalue()
    names = {name: b"(node%08d)" % at for at, name in enumerate(sorted(set(NODE.findall(data))))}
    return NODE.sub(lambda match: names[match.group()], data)


def main(file: Path) -> str | None:
    """Write the PDF; return what went wrong, if something did."""
    if not (SITE / "index.html").exists():
        return "the site is not built: run make book"
    try:
        course = finished(*print_course(SITE))
    except (FileNotFoundError, RuntimeError) as error:
        return str(error)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(course)
    print(f"The course as a PDF of {len(PdfReader(file).pages)} pages is ready: {file}")
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if sys.argv[1:] else PDF))

"""The built site as one HTML page, in the order of the contents: what the PDF is printed from.

Every id gets its page's name in front, so that two chapters may both have `exercises`. Links
between pages become links within the one page, and what only a screen can do falls away.
"""

from __future__ import annotations

import posixpath
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import lxml.html
import yaml
from lxml.html import HtmlElement

ROOT = Path(__file__).parent.parent
STYLE = Path(__file__).with_name("pdf.css")
# Where other elements are named by id.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "headers")
# For a screen, not for paper; the filter is for dark pages.
ON_SCREEN = "//a[contains(@class, 'headerlink')] | //script | //button | //svg[.//filter]"


class Heading(NamedTuple):
    """A line of the contents: 1 for a chapter, 2 for a section of it."""

    level: int
    anchor: str
    number: str
    title: str


def page_names() -> list[str]:
    """Return the pages of the course in reading order, the front page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]


def anchor(page: str, fragment: str = "") -> str:
    """Return the id, in the one page, of a page or of a place in it."""
    name = page.replace("/", "-")
    return f"{name}--{fragment}" if fragment else name


def local_target(page: str, link: str, names: list[str]) -> str | None:
    """Return the link within the one page; None if it leads to a file that is not on paper."""
    parts = urlsplit(link)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    target = target.removesuffix(".html") if parts.path else page
    return f"#{anchor(target, unquote(parts.fragment))}" if target in names else None


def article_of(tree: HtmlElement, page: str, names: list[str]) -> HtmlElement:
    """Return the text of a page, fit to stand beside the others."""
    article = tree.xpath("//article")[0]
    for element in article.xpath(ON_SCREEN.replace("//", ".//")):
        element.drop_tree()
    for details in article.iter("details"):
        details.set("open", "")
    for element in article.xpath(".//*[@id]"):
        element.set("id", anchor(page, element.get("id")))
    # A section may begin at the foot of the page before the one to which its heading has moved.
    for heading in article.xpath(".//section[@id]/*[self::h1 or self::h2 or self::h3]"):
        section = heading.getparent()
        heading.set("id", section.attrib.pop("id"))
        for place in heading.xpath("preceding-sibling::span[@id]"):
            heading.append(place)
    for attribute in REFERENCES:
        for element in article.xpath(f".//*[@{attribute}]"):
            old = element.get(attribute).split()
            element.set(attribute, " ".join(anchor(page, name) for name in old))
    for link in article.xpath(".//a[@href]"):
        if not urlsplit(link.get("href")).scheme:
            target = local_target(page, link.get("href"), names)
            link.set("href", target) if target else link.drop_tag()
    for picture in article.iter("img"):
        base = posixpath.dirname(page)
        picture.set("src", posixpath.normpath(posixpath.join(base, picture.get("src"))))
        # Printing starts when all pictures are there, not when they have been scrolled to.
        picture.attrib.pop("loading", None)
    article.set("id", anchor(page))
    return article


def headings_of(article: HtmlElement) -> list[Heading]:
    """Return the chapter's and its sections' lines of the contents."""
    found = []
    for element in article.iter("h1", "h2"):
        numbers = [n.text_content().strip(" .") for n in element.find_class("section-number")]
        title = element.text_content().strip().removeprefix(numbers[0] if numbers else "")
        level = int(element.tag[1])
        found.append(Heading(level, element.get("id"), "".join(numbers), title.strip(" .")))
    return found


def contents(headings: list[Heading], pages: dict[str, int]) -> str:
    """Return the table of contents; a place that `pages` does not know yet gets a blank number."""
    rows = "".join(
        f'<li class="level-{h.level}"><a href="#{escape(h.anchor)}">'
        f'<span class="number">{h.number}</span><span class="title">{escape(h.title)}</span>'
        f'<span class="leader"></span><span class="page">{pages.get(h.anchor, "")}</span></a></li>'
        for h in headings
    )
    return f'<nav class="of-the-book"><h1>Contents</h1><ol>{rows}</ol></nav>'


def running_heads(headings: list[Heading]) -> str:
    """Return the rules that put each chapter's title at the top of its pages."""
    rules = []
    for heading in headings:
        if heading.level == 1:
            title = f"{heading.number}   {heading.title}".strip().replace('"', r"\"")
            rules.append(f"article:has(#{heading.anchor}) {{ page: {heading.anchor}; }}")
            rules.append(f'@page {heading.anchor} {{ @top-center {{ content: "{title}"; }} }}')
    return "\n".join(rules)


def stylesheets(trees: dict[str, HtmlElement]) -> list[str]:
    """Return the sheets that any page asks for, each once, as seen from the root of the site."""
    found = [
        posixpath.normpath(posixpath.join(posixpath.dirname(page), link.get("href")))
        for page, tree in trees.items()
        for link in tree.xpath("//head/link[@rel='stylesheet'][@href]")
    ]
    return list(dict.fromkeys(found))


def one_page(site: Path, pages: dict[str, int]) -> tuple[str, list[Heading]]:
    """Return the whole course as HTML for the folder of the site, and the lines of its contents."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    parser = lxml.html.HTMLParser(encoding="utf-8")
    trees = {n: lxml.html.parse(str(site / f"{n}.html"), parser) for n in page_names()}
    sheets = "".join(f'<link rel="stylesheet" href="{s}">' for s in stylesheets(trees))
    front, *others = [article_of(tree, page, list(trees)) for page, tree in trees.items()]
    # The front page's title, sentence and picture are the cover, its sections the preface.
    preface = lxml.html.fragment_fromstring('<article class="bd-article preface"></article>')
    preface.extend(front.xpath("./section/section"))
    imprint = (config["author"], config["html"]["extra_footer"].strip())
    spans = "".join(f"<span>{escape(text)}</span>" for text in imprint)
    front.find("section").append(lxml.html.fromstring(f'<p class="imprint">{spans}</p>'))
    headings = [heading for article in others for heading in headings_of(article)]
    first, *rest = (lxml.html.tostring(a, encoding="unicode") for a in (front, preface, *others))
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{escape(config['title'])}</title>{sheets}<style>{STYLE.read_text(encoding='utf-8')}"
        f'{running_heads(headings)}</style></head><body><main class="bd-main">'
        f'<div class="bd-content"><div class="bd-article-container">{first}'
        f"{contents(headings, pages)}{''.join(rest)}</div></div></main></body></html>"
    ), headings

"""Sphinx extension: Open Graph tags, description, 404 page and sitemap.

Every page carries a description. What needs an absolute address (the picture on a card, the
canonical link, the sitemap) is written once `html: baseurl` in _config.yml names one, and not
before: nothing points to a place that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

LONGEST = 200  # characters of a description that those who show it do not cut
TAG = re.compile("<[^>]+>")
CARD = "_static/card.png"
ICON = "_static/icon.png"
CARD_SIZE = (1200, 630)
CARD_ALT = (
    "Three bar charts on one line: logits, the probabilities that softmax makes of them, "
    "and the corrections."
)
NOT_FOUND = """<section><h1>This page does not exist</h1>
<p>The address has a misprint, or the page has another name by now.</p>
<p><a href="{root}">Go to the front page</a><span>, or choose a chapter from the
contents</span>.</p>
{lost}</section>
<script>
/* Links within the page stay within it, whatever <base> says. */
for (const link of document.querySelectorAll('a[href^="#"]'))
  link.href = location.pathname + link.getAttribute("href");
</script>"""
LOST = """<noscript><p>Without scripts, this page cannot find the course: if the link leads nowhere,
take the last part off the address, and if need be one more, until it appears.</p></noscript>
"""
# Served at the address that was asked for, at any depth, and without knowing where the site
# begins: the nearest folder above that has the site's list of names is its root.
FIND_ROOT = """<script>
if (!location.pathname.endsWith("/404.html")) {
  const parts = location.pathname.split("/");
  while (parts.pop() !== undefined && parts.length) {
    const request = new XMLHttpRequest();
    const root = parts.join("/") + "/";
    request.open("HEAD", root + "objects.inv", false);
    try { request.send(); } catch { break; }
    if (request.status === 200) {
      document.write(`<base href="${root}">`);
      break;
    }
  }
}
</script>"""

# Without scripts nobody finds the root, nor the stylesheet: then the text alone, with a margin.
PLAIN = """<noscript><style>
:root { color-scheme: light; font: 1.125rem/1.6 Charter, Cambria, Georgia, serif; }
body :not(:has(article), article, article *) { display: none !important; }
article { margin: 12vh auto; max-width: 37rem; padding: 0 1rem; }
article :is(.headerlink, span) { display: none; } /* the contents are not there either */
</style></noscript>"""


def shortened(text: str) -> str:
    """Return the text in one line, whole words only, of a length that is shown."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "\N{HORIZONTAL ELLIPSIS}"


def description(doctree: nodes.document | None) -> str:
    """Return what the page is about: what one will learn, else its first paragraph, else nothing.

    Formulas are left out of the search: a paragraph that holds one would be read out as TeX.
    """
    if doctree is None:
        return ""
    boxes = [box for box in doctree.findall(nodes.Admonition) if "learn" in box["classes"]]
    for part in (*boxes, doctree):
        for paragraph in part.findall(nodes.paragraph):
            if not any(paragraph.findall(nodes.math)):
                return shortened(paragraph.astext())
    return ""


def meta(**properties: str) -> str:
    """Return the elements for these properties; two underscores stand for a colon."""
    lines = []
    for name, value in properties.items():
        key = "property" if name.startswith("og__") else "name"
        lines.append(f'<meta {key}="{name.replace("__", ":")}" content="{escape(value)}">\n')
    return "".join(lines)


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put title, description and, where there is an address, the card into the page's head."""
    config = app.config
    if pagename == "404":
        known = f'<base href="{escape(config.html_baseurl)}">'
        base = known if config.html_baseurl else FIND_ROOT + PLAIN
        context["metatags"] = base + meta(robots="noindex")
        context["pageurl"] = None
        return
    front = pagename == config.root_doc
    about = description(doctree) or description(app.env.get_doctree(config.root_doc))
    # The theme's title is HTML: with entities, and with tags where a heading has emphasis.
    title = "" if front else unescape(TAG.sub("", context.get("title", "")))
    found = {
        "description": about,
        "og__type": "website" if front else "article",
        "og__site_name": config.html_title,
        "og__title": title or config.html_title,
        "og__description": about,
        "twitter__card": "summary",
    }
    if config.html_baseurl:
        width, height = map(str, CARD_SIZE)
        found |= {
            "og__url": context["pageurl"],
            "og__image": urljoin(config.html_baseurl, CARD),
            "og__image__width": width,
            "og__image__height": height,
            "og__image__alt": CARD_ALT,
            "twitter__card": "summary_large_image",
        }
    icon = f'<link rel="apple-touch-icon" href="{context["pathto"](ICON, resource=True)}">\n'
    context["metatags"] = context.get("metatags", "") + meta(**found) + icon


def end_in_a_slash(app: Sphinx, config: Config) -> None:
    """Let the address of the site be joined with the names of its pages."""
    if config.html_baseurl:
        config.html_baseurl = config.html_baseurl.rstrip("/") + "/"


def not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Make the page that a server shows in the place of a missing one."""
    body = NOT_FOUND.replace("{root}", app.builder.get_relative_uri("404", app.config.root_doc))
    body = body.replace("{lost}", "" if app.config.html_baseurl else LOST)
    yield "404", {"title": "This page does not exist", "body": body}, "page.html"


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List all pages for search engines, if it is known where they are."""
    if exception is None and app.builder.format == "html" and app.config.html_baseurl:
        links = [app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)]
        base = app.config.html_baseurl
        lines = "".join(f"<url><loc>{escape(urljoin(base, link))}</loc></url>\n" for link in links)
        Path(app.outdir, "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n',
            encoding="utf-8",
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", end_in_a_slash)
    app.connect("html-page-context", describe)
    app.connect("html-collect-pages", not_found)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

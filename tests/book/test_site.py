"""The site, built once as a reader would build it: strict, whole, and at home without a network."""

from __future__ import annotations

import copy
import gzip
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import lxml.html
import pytest
import yaml
from lxml.html import HtmlElement

import katex
import softmax_lib
from building import build
from softmax_lib import check, distributed
from softmax_lib.course import CHAPTERS as LISTED
from softmax_lib.course import chapter

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
WHEEL = f"_static/softmax_lib-{VERSION}-py3-none-any.whl"
CHAPTERS = [each.name for each in LISTED]
# Where a browser finds what it loads by itself; a link that a reader clicks is not among them.
LOADED = {
    "script": ["src"],
    "img": ["src", "srcset"],
    "source": ["src", "srcset"],
    "iframe": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "audio": ["src"],
    "video": ["src", "poster"],
    "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
    "input": ["src"],
}
RAW = re.compile(r"\$\$|\\\(|\\\[|\\begin\{\w+|\?\?\?|\{eq\}|\{ref\}|\{cite\S*\}")
CSS_REFERENCE = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Return the folder of a fresh strict build and what the build said."""
    return build(ROOT, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(built):
    return built[0]


parsed = lxml.html.document_fromstring


@cache
def page_of(path: Path) -> HtmlElement:
    return parsed(path.read_text(encoding="utf-8"))


@cache
def ids_of(path: Path) -> set[str]:
    return set(page_of(path).xpath("//@id"))


def classes(element: HtmlElement) -> set[str]:
    return set(element.get("class", "").split())


def text_of(element: HtmlElement) -> str:
    return element.text_content()


def pages_of(site: Path) -> list[Path]:
    # The theme leaves templates of its own in _static; they are no pages.
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.relative_to(site).parts]


def is_external(reference: str) -> bool:
    return bool(urlsplit(reference).netloc) or urlsplit(reference).scheme in ("http", "https")


def css_references(css: str) -> list[str]:
    without_comments = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [(first or second).strip() for first, second in CSS_REFERENCE.findall(without_comments)]


@cache
def loaded_by(page: HtmlElement) -> list[str]:
    """Return every address that a browser asks for when it shows the page."""
    found = []
    for element in page.iter(*LOADED):
        for attribute in LOADED[element.tag]:
            value = element.get(attribute, "")
            parts = value.split(",") if attribute == "srcset" else [value]
            found += [part.split()[0] for part in parts if part.strip()]
    # rel=next, rel=search and the like name other pages; the rest is fetched.
    for element in page.iterfind(".//link[@href]"):
        kinds = {"stylesheet", "icon", "preload", "preconnect", "modulepreload"}
        if kinds & set(element.get("rel").split()):
            found.append(element.get("href"))
    for style in [*page.xpath("//@style"), *map(text_of, page.iter("style"))]:
        found += css_references(style)
    return found


def broken_links(site: Path, pages: list[Path]) -> list[str]:
    """Return the internal references of `pages` that lead nowhere, to a file or within one."""
    broken = []
    for page in pages:
        for link in [*page_of(page).xpath("//a/@href"), *loaded_by(page_of(page))]:
            parts = urlsplit(link)
            if is_external(link) or parts.scheme in ("mailto", "data", "javascript"):
                continue
            target = page.parent / unquote(parts.path) if parts.path else page
            if target.is_dir():
                target /= "index.html"
            name = page.relative_to(site)
            if not target.is_file():
                broken.append(f"{name}: {link}")
            elif target.suffix == ".html" and parts.fragment:
                anchor_is_there = unquote(parts.fragment) in ids_of(target)
                broken += [] if anchor_is_there else [f"{name}: {link} (no such anchor)"]
    return broken


def unset_formulas(page: HtmlElement) -> list[str]:
    """Return what KaTeX left as it was: errors, and TeX that shows as such in the text."""
    wrong = [f"KaTeX: {text_of(e)}" for e in page.cssselect(".katex-error")]
    for formula in page.cssselect(".math"):
        if not (formula.cssselect(".katex-html") and formula.cssselect(".katex-mathml math")):
            wrong.append(f"not set: {text_of(formula)}")
    for article in map(copy.deepcopy, page.iter("article")):
        for quoted in article.cssselect("pre, code, script, .katex"):
            quoted.drop_tree()
        wrong += re.findall(RAW, text_of(article))
    return wrong


# ---- the build --------------------------------------------------------------------------------


def test_the_strict_build_says_no_warning(built):
    assert "WARNING" not in built[1]
    assert "ERROR" not in built[1]


@pytest.mark.parametrize("name", ["index", *(f"chapters/{name}" for name in CHAPTERS)])
def test_the_page_is_there(site, name):
    assert page_of(site / f"{name}.html").find(".//h1") is not None


def test_pages_load_nothing_from_elsewhere(site):
    asked = {
        f"{page.relative_to(site)}: {reference}"
        for page in pages_of(site)
        for reference in loaded_by(page_of(page))
        if is_external(reference)
    }
    assert asked == set()


def test_no_script_of_a_page_names_another_server(site):
    for page in pages_of(site):
        for script in page_of(page).xpath("//script[not(@src)]"):
            assert not re.search(r"https?://|['\"]//\w", text_of(script)), page


def test_stylesheets_load_nothing_from_elsewhere_and_nothing_missing(site):
    for sheet in site.rglob("*.css"):
        for reference in css_references(sheet.read_text(encoding="utf-8")):
            assert not is_external(reference), f"{sheet}: {reference}"
            if not reference.startswith(("data:", "#")):
                assert (sheet.parent / urlsplit(reference).path).is_file(), f"{sheet}: {reference}"


def test_internal_links_and_anchors_resolve(site):
    assert broken_links(site, pages_of(site)) == []


def test_every_picture_has_alternative_text(site):
    for page in pages_of(site):
        # Empty says "decoration", which only the logo beside the title is.
        assert page_of(page).xpath("//img[not(@alt)]/@src") == [], page
        for alt in page_of(page).xpath("//article//img/@alt"):
            # docutils puts the name of the file where an author wrote nothing.
            assert alt.strip() and not alt.endswith((".svg", ".png")), f"{page}: {alt}"


def test_no_figure_brings_paper_along(site):
    grounds = [
        ElementTree.parse(file).find(".//*[@id='patch_1']/*").get("style")
        for file in (site / "_images").glob("*.svg")
    ]
    assert len(grounds) >= 30
    assert set(grounds) == {"fill: none"}


def test_all_mathematics_is_set(site):
    for page in pages_of(site):
        assert unset_formulas(page_of(page)) == [], page


def test_labelled_equations_are_numbered_by_chapter(site):
    for number, name in enumerate(CHAPTERS, start=1):
        shown = [*map(text_of, page_of(site / f"chapters/{name}.html").cssselect(".eqno"))]
        assert shown, name
        expected = [f"({number}.{at})" for at in range(1, len(shown) + 1)]
        assert [text.rstrip("#\N{PILCROW SIGN}") for text in shown] == expected


def test_a_link_to_a_term_shows_its_chinese_and_what_it_means(site):
    shown = {}
    for page in pages_of(site):
        for link in page_of(page).cssselect("article a[href*='#term-']:has(> .std-term)"):
            shown[urlsplit(link.get("href")).fragment] = link.get("title", "")
    assert len(shown) > 50
    assert all(shown.values())
    assert shown["term-gap"] == "差距: The difference of two logits."
    assert shown["term-cross-entropy"] == "交叉熵"  # the rest has a formula


def test_each_page_has_one_search_box(site):
    for page in pages_of(site):
        if page.name != "search.html":
            assert len(page_of(page).cssselect(".search-button-field")) == 1, page


# ---- what a reader takes away -----------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_offers_its_notebook(site, name):
    links = page_of(site / f"chapters/{name}.html").cssselect("a.btn-download-source-button[href]")
    (target,) = [link.get("href") for link in links if link.get("href").endswith(".ipynb")]
    offered = site / "chapters" / target
    assert offered.read_bytes() == (ROOT / "chapters" / f"{name}.ipynb").read_bytes()


def test_a_page_leads_to_its_neighbours_by_their_names(site):
    config = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    order = [config["root"], *(c["file"] for part in config["parts"] for c in part["chapters"])]
    for at, name in enumerate(order):
        page = site / f"{name}.html"
        for way, neighbour in ((".left-prev", at - 1), (".right-next", at + 1)):
            links = page_of(page).cssselect(f".prev-next-footer {way}")
            if neighbour not in range(len(order)):
                assert links == [], f"{name} leads beyond the course"
                continue
            there = site / f"{order[neighbour]}.html"
            title = text_of(page_of(there).find(".//article//h1"))
            assert (page.parent / links[0].get("href")).resolve() == there.resolve(), name
            shown = text_of(links[0].cssselect(".prev-next-title")[0])
            assert plain(shown) == plain(title), f"{name} calls {order[neighbour]} {shown!r}"


def test_every_page_has_the_courses_sign_in_its_tab(site):
    for page in pages_of(site):
        (icon,) = page_of(page).xpath("//link[@rel='icon']/@href")
        assert (page.parent / icon).resolve() == (site / "_static/logo.svg").resolve()


def test_index_links_to_the_wheel(site):
    assert WHEEL in page_of(site / "index.html").xpath("//a/@href")


def test_the_wheel_works_and_holds_the_library_alone(site, tmp_path):
    with zipfile.ZipFile(site / WHEEL) as wheel:
        wheel.extractall(tmp_path)
        roots = {name.split("/")[0] for name in wheel.namelist()}
    assert roots == {"softmax_lib", f"softmax_lib-{VERSION}.dist-info"}
    code = "import softmax_lib as s; print(s.__file__, s.softmax([0.0, 0.0]))"
    code += "; from softmax_lib.explorer import SCRIPT; assert 'customElements' in SCRIPT"
    code += "; from softmax_lib.course import sections; assert len(sections()) > 40"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    file, answer = done.stdout.strip().split(" ", 1)
    assert Path(file).is_relative_to(tmp_path)
    assert answer == "[0.5 0.5]"


def test_the_explorers_share_one_script_on_the_pages_that_have_one(site):
    for page in pages_of(site):
        loaded = [Path(urlsplit(name).path).name for name in loaded_by(page_of(page))]
        wanted = int(page_of(page).find(".//softmax-explorer") is not None)
        assert loaded.count("explorer.js") == wanted, page
        assert "explorer.css" not in loaded, page  # it is part of the one that all pages share
        scripts = map(text_of, page_of(page).iter("script"))
        assert not any("softmax-explorer" in script for script in scripts), page


def documented(site, name):
    page = page_of(site / f"reference/{name}.html")
    return {signature.get("id", "") for signature in page.cssselect("dt.sig")}


def test_the_library_page_covers_the_public_names(site):
    wanted = {f"softmax_lib.{name}" for name in softmax_lib.__all__}
    wanted |= {f"softmax_lib.distributed.{name}" for name in distributed.__all__}
    assert {*wanted, "softmax_lib.explorer.SoftmaxExplorer"} <= documented(site, "api")


def test_the_page_of_the_checks_covers_their_public_names(site):
    wanted = {f"softmax_lib.check.{name}" for name in check.__all__}
    of_a_report = {"passed", "failed_law", "diagnosis", "section"}
    wanted |= {f"softmax_lib.check.Report.{name}" for name in of_a_report}
    assert wanted <= documented(site, "checks")


def test_the_report_on_the_page_is_what_the_check_answers(site):
    shown = page_of(site / "reference/checks.html").cssselect(".report")[0]
    *before, last = text_of(shown.xpath("preceding::pre[1]")[0]).strip().splitlines()
    names: dict = {}
    exec("\n".join(before), names)
    report = eval(last, names)
    assert report.diagnosis == "max-not-added-back"
    assert text_of(shown).strip() == text_of(parsed(report._repr_html_()))


def plain(text: str) -> str:
    """Return the words alone: quotes, dashes and code are set in the site's own way."""
    return re.sub(r"\W+", " ", text).strip()


def test_the_page_of_the_checks_lists_every_known_mistake_once(site):
    rows = page_of(site / "reference/checks.html").cssselect("table.mistakes tbody tr")
    listed = [[*map(text_of, row.cssselect("td"))] for row in rows]
    known = {mistake.id: mistake for some in check.MISTAKES.values() for mistake in some}
    assert sorted(id_.strip() for id_, _ in listed) == sorted(known)
    for id_, text in listed:
        mistake = known[id_.strip()]
        read = [f"{chapter(at.chapter).title}: {at.heading}" for at in mistake.sections]
        assert plain(text) == plain(f"{mistake.title}. {mistake.text} {' '.join(read)}")


def chapter_and_heading(page, link):
    """Return the words, without numbers, of a chapter's title and the heading that is linked to."""
    path, _, anchor = link.get("href").partition("#")
    there = page_of((page.parent / path).resolve() if path else page)
    (target,) = there.xpath("//*[@id=$id]", id=anchor)
    heading = target.xpath("(.//h2 | .//h3 | following::h2 | following::h3)[1]")[0]
    return [plain(text_of(e)).lstrip("0123456789 ") for e in (there.find(".//h1"), heading)]


def test_a_mistake_links_to_the_heading_that_explains_it(site):
    page = site / "reference/checks.html"
    links = page_of(page).cssselect("table.mistakes td a")
    assert len(links) > 100
    for link in links:
        chapter, section = text_of(link).split(": ", 1)
        title, heading = chapter_and_heading(page, link)
        assert plain(chapter) in title and heading == plain(section)


@pytest.mark.parametrize("name", [*(f"chapters/{name}" for name in CHAPTERS), "reference/checks"])
def test_a_report_links_to_the_heading_that_explains_the_mistake(site, name):
    page = site / f"{name}.html"
    links = page_of(page).cssselect(".text_html dd a, .report dd a")
    assert links
    for link in links:
        chapter, section = re.fullmatch("chapter (.*), section “(.*)”", text_of(link)).groups()
        title, heading = chapter_and_heading(page, link)
        assert plain(chapter) in title and heading == plain(section)


# ---- weight -----------------------------------------------------------------------------------
# Not times, which depend on the machine: benchmarks/site.md has those. What follows leaves room
# for an explorer more, not for a script or a font more.

LARGEST = {"html": 90_000, "css": 42_000, "js": 45_000, "svg": 30_000, "woff2": 30_000}
FILES, BYTES = 18, 340_000  # of a chapter; the fonts of formulas, which vary, come on top


def sent(file):
    """Return the bytes that a usual server sends: text is compressed on the way."""
    data = file.read_bytes()
    text = file.suffix in (".html", ".css", ".js", ".svg")
    return len(gzip.compress(data, 6, mtime=0)) if text else len(data)


def weights(page):
    """Return what a page and its stylesheets name, by file; of fonts, those of the text."""
    found = {page} | {page.parent / urlsplit(name).path for name in loaded_by(page_of(page))}
    for sheet in [file for file in found if file.suffix == ".css"]:
        for reference in css_references(sheet.read_text(encoding="utf-8")):
            if "course-serif" in reference:
                found.add(sheet.parent / reference)
    return {file.resolve(): sent(file) for file in found}


def in_the_way(page):
    """Return the scripts of the head for which a browser waits, and doubled stylesheets."""
    scripts = page.xpath("//script[@src][not(@defer or @async)]/@src")
    sheets = page.xpath("//link[@rel='stylesheet']/@href")
    return scripts + [name for name in sheets if not re.search(r"/site\.css", name)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_light(site, name):
    found = weights(site / f"chapters/{name}.html")
    listed = "\n".join(
        f"{size:>8} {file.name}" for file, size in sorted(found.items(), key=lambda item: -item[1])
    )
    assert len(found) <= FILES, f"{name} loads {len(found)} files:\n{listed}"
    assert sum(found.values()) <= BYTES, f"{name} loads {sum(found.values())} bytes:\n{listed}"


def test_no_file_of_a_page_is_too_heavy(site):
    for page in pages_of(site):
        for file, size in weights(page).items():
            allowed = LARGEST.get(file.suffix[1:], 20_000)
            # The index of all words is for the page that searches it.
            if file.name != "searchindex.js":
                assert size <= allowed, f"{page.relative_to(site)}: {file.name} sends {size} bytes"


def test_nothing_but_its_stylesheets_holds_up_a_page(site):
    for page in pages_of(site):
        assert in_the_way(page_of(page)) == [], page


def test_only_the_page_that_searches_loads_the_index(site):
    for page in pages_of(site):
        loads = any("searchindex.js" in name for name in loaded_by(page_of(page)))
        assert loads == (page.name == "search.html"), page


def test_a_script_or_stylesheet_that_no_page_loads_is_not_published(site):
    loaded = {
        Path(urlsplit(name).path).name
        for page in pages_of(site)
        for name in loaded_by(page_of(page))
    }
    published = {file.name for kind in ("*.js", "*.css", "*.map") for file in site.rglob(kind)}
    # For pages with explorers, of which there need be none, and what a first run loads.
    later = {file.name for file in (site / "_static" / "run").glob("*.js")}
    assert published - loaded <= {"explorer.js", "explorer.css", *later}


def test_every_picture_of_the_text_has_its_size(site):
    for page in pages_of(site):
        unsized = page_of(page).xpath("//article//img[not(@width and @height)]/@src")
        assert unsized == [], page


def test_the_icons_of_the_pages_are_in_the_stylesheet(site):
    css = (site / "_static" / "site.css").read_text(encoding="utf-8")
    for page in pages_of(site):
        for icon in page_of(page).cssselect("[class*=fa-]"):
            names = {name for name in classes(icon) if name.startswith("fa-")}
            names -= {"fa-solid", "fa-lg"}
            for name in names:
                assert re.search(rf"\.{name}::?before", css), f"{page}: {name}"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<script src="a.js"></script>', ["a.js"]),
        ('<script defer src="a.js"></script>', []),
        ('<link rel="stylesheet" href="_static/site.css?v=1">', []),
        ('<link rel="stylesheet" href="_static/theme.css">', ["_static/theme.css"]),
    ],
)
def test_what_is_in_the_way_is_seen(html, found):
    assert in_the_way(parsed(html)) == found


# ---- the checks themselves --------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<script src="//cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="https://cdn.example.org/x.css">',
        '<link rel="preconnect" href="https://fonts.example.org">',
        '<img src="https://example.org/x.png">',
        '<img srcset="a.png 1x, https://example.org/x.png 2x">',
        '<p style="background: url(https://example.org/x.png)">',
        '<style>@import "https://example.org/x.css";</style>',
        '<iframe src="http://example.org"></iframe>',
    ],
)
def test_external_references_are_seen(html):
    assert any(is_external(reference) for reference in loaded_by(parsed(html)))


def test_a_link_to_click_is_not_loaded():
    assert loaded_by(parsed('<a href="https://example.org">x</a>')) == []


def test_broken_links_and_anchors_are_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p id="here"><a href="#here"></a><a href="#gone"></a><a href="none.html"></a>'
        '<a href="page.html#here"></a><img src="none.svg"></p>',
        encoding="utf-8",
    )
    assert broken_links(tmp_path, [page]) == [
        "page.html: #gone (no such anchor)",
        "page.html: none.html",
        "page.html: none.svg",
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<article><span class="katex-error">x</span></article>',
        '<article><span class="math">x</span></article>',
        "<article>$$x$$</article>",
        r"<article>\(x\)</article>",
        "<article>see ???</article>",
        "<article>see {eq}softmax</article>",
    ],
)
def test_unset_formulas_are_seen(html):
    assert unset_formulas(parsed(html)) != []


def test_set_formulas_and_quoted_tex_are_left_alone():
    formula = f'<span class="math">{katex.katex_html("x^2", False)}</span>'
    assert unset_formulas(parsed(f"<article>{formula} <code>$$x$$</code></article>")) == []

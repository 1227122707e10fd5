"""Sphinx extension: CSS and JavaScript bundles: one stylesheet and one script for all pages.

The theme and the extensions ask for a dozen stylesheets, which hold up the first picture of a
page, and for as many scripts, most of them in the way of the text. Here their files become
`site.css`, without the rules that no page uses, and `site.js`, which waits for the page. What
the theme asks for is compared with what is known of it: when it changes, the build stops and
names the file.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pydata_sphinx_theme
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from fonts import carry_icons, cut_fonts
from prune import prune
from tokens import plain_classes, without

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
MACROS = "theme/pydata_sphinx_theme/static/webpack-macros.html"
# What the theme's macros load, in this order; `templates/` has taken their place.
THEME_STYLES = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
THEME_SCRIPTS = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js"]
# Icons come with the stylesheet.
REPLACED = ["scripts/fontawesome.js"]
# Not needed while no page has an element of this class.
NEEDED_FOR = {"design-tabs.js": "sd-tab-set"}
# Asked for by some pages only: the stylesheet is small and goes to all, the scripts stay apart.
APART = ("explorer.css", "explorer.js", "run.js")
# Scripts that add classes to a page without being part of `site.js`.
OTHER_SCRIPTS = ["searchtools.js", *APART[1:]]
# The object that settings may belong to.
OPTIONS = "documentation_options.js"
# What is taken out of a script, and the file of this folder that does its work.
REPLACED_PARTS = {
    "scripts/pydata-sphinx-theme.js": (
        ',"complete"===document.readyState?I():window.addEventListener("load",I)',
        "scrollable.js",
    ),
}
# A hit in the index is shown with its entry, or it looks like the page itself beside it.
SEARCH = "searchtools.js"
BARE_HIT = "titles[file],\n            id ? "
NAMED_HIT = "`${titles[file]} > ${entry}`,\n            id ? "
# Comes after all others.
OWN_SCRIPTS = ["arrive.js", "reading.js"]
# Rounds corners that here are square. With it, a browser styles all of a cell's text once more when
# a script adds a button to the cell.
COSTLY = re.compile(
    r"div\.cell:has\(> \*:nth-child\(2\)\)[^{]*\{\s*(?:border-[\w-]*radius: 0;\s*)*\}"
)
# The editor names the colours of code by their beginning alone: `var(--code-${name})`.
EDITOR = HERE / "run" / "editor.js"
STEM = re.compile(r"var\((--[\w-]+-)\$\{")
PROPERTY = re.compile(r"(--[\w-]+)\s*:")
# Runs before all others, within the page.
STORAGE = "<script>\n" + (HERE / "storage.js").read_text(encoding="utf-8") + "</script>"
# What a script of a page calls by name belongs to all of them.
DECLARATION = re.compile(r"^(?:const|let) (?=[A-Za-z_$])", re.MULTILINE)
# The colours of code.
CODE = "pygments.css"
STYLESHEET, SCRIPT = "site.css", "site.js"
# What pages still load by themselves. Of the rest, which is in the two files or in none, nothing
# is published but the licences.
LOADED = {STYLESHEET, SCRIPT, *APART, "searchtools.js", "language_data.js"}
SWEPT = ("*.css", "*.js", "*.map", "*webpack-macros.html", "locales/**/*.*", "vendor/**/*.*")
LINK = re.compile(rf"(_static/(?:{re.escape(STYLESHEET)}|{re.escape(SCRIPT)}))(?:\?v=\w*)?")
CLASS_OR_ID = re.compile(r"\b(?:class|id)=[\"']([^\"']*)[\"']")
# Any word of a script may be a class; the host of an address is none.
WORD = re.compile(r"(?<!//)(?<![\w-])[A-Za-z_][\w-]*")
IMPORT = re.compile(r"@import\s+[\"']([^\"']+)[\"'];?")
URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def replace_templates(app: Sphinx, config: Config) -> None:
    """Put this folder's templates before the theme's, whose files must be those known here."""
    config.templates_path = [*config.templates_path, str(TEMPLATES)]
    text = (Path(pydata_sphinx_theme.__file__).parent / MACROS).read_text(encoding="utf-8")
    asked = set(re.findall(r"_static/([\w./-]+)", text))
    known = {*THEME_STYLES, *THEME_SCRIPTS, *REPLACED}
    if asked != known:
        raise ExtensionError(
            f"{MACROS} of pydata-sphinx-theme has changed: new {sorted(asked - known)}, gone "
            f"{sorted(known - asked)}. Say in _ext/bundle.py what becomes of these files."
        )


def take_in(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Note what the page asks for, and leave it what it alone does."""
    styles, _ = _split(context["css_files"])
    scripts, own_scripts = _split(context["script_files"])
    # Only the switcher of versions would read the name of the page.
    scripts = [s for s in scripts if "DOCUMENTATION_OPTIONS.pagename" not in _body(s)]
    asked = [_name(style) for style in styles], [_body(s) or _name(s) for s in scripts]
    first_page, expected = app.site_asks_for = getattr(app, "site_asks_for", (pagename, asked))
    if asked != expected:
        raise ExtensionError(
            f"{pagename} asks for other files than {first_page}: {asked}, not {expected}. Name "
            "what only some pages need in _ext/bundle.py, as the explorer is."
        )
    # The templates ask for the two.
    context["css_files"], context["script_files"] = [], own_scripts
    context["metatags"] = STORAGE + context.get("metatags", "")


def _split(files: list) -> tuple[list, list]:
    """Separate what all pages ask for from what only this one does."""
    own = [file for file in files if _name(file) in APART]
    return [file for file in files if file not in own], own


def _name(file: Any) -> str:
    return str(file.filename or "").removeprefix("_static/")


def _body(script: Any) -> str:
    return script.attributes.get("body") or ""


def write_bundles(app: Sphinx, exception: Exception | None) -> None:
    """Make the two files out of those that the pages asked for, and date the links to them."""
    if exception is not None or app.builder.format != "html" or not hasattr(app, "site_asks_for"):
        return
    static = Path(app.outdir) / "_static"
    pages = [p for p in Path(app.outdir).rglob("*.html") if static not in p.parents]
    plain = plain_classes((static / CODE).read_text(encoding="utf-8"))
    texts = {page: without(plain, page.read_text(encoding="utf-8")) for page in sorted(pages)}
    classes = {w for text in texts.values() for a in CLASS_OR_ID.findall(text) for w in a.split()}

    early = [page.name for page, text in texts.items() if "DOCUMENTATION_OPTIONS" in text]
    if early:
        raise ExtensionError(
            f"a script within {', '.join(early)} would run before {SCRIPT}, which "
            "it needs; take it out in _ext/templates"
        )

    styles, scripts = app.site_asks_for[1]
    script = join_scripts(static, [*scripts, *THEME_SCRIPTS], classes)
    words = {*classes, *WORD.findall(script)}
    for name in OTHER_SCRIPTS:
        if (static / name).exists():  # code runs on the pages only where that was fetched
            words.update(WORD.findall((static / name).read_text(encoding="utf-8")))
    names = [*THEME_STYLES, *styles, APART[0]]
    css, found = COSTLY.subn("", "\n".join(read_style(static, name) for name in names))
    if found != 2:
        raise ExtensionError("the corners of cells have other rules: see COSTLY in _ext/bundle.py")
    stems = tuple(STEM.findall(EDITOR.read_text(encoding="utf-8")))
    words.update(name for name in PROPERTY.findall(css) if name.startswith(stems))
    css = prune(css, words)
    stylesheet = cut_fonts(carry_icons(css, static), static, [*texts.values()])

    search = (static / SEARCH).read_text(encoding="utf-8")
    if search.count(BARE_HIT) != 1:
        raise ExtensionError(f"{SEARCH} has changed: look for {BARE_HIT!r} in _ext/bundle.py")
    search = search.replace(BARE_HIT, NAMED_HIT)
    (static / SEARCH).write_text(search, encoding="utf-8", newline="\n")

    digest = hashlib.sha256((stylesheet + script).encode()).hexdigest()[:8]
    (static / STYLESHEET).write_text(stylesheet, encoding="utf-8", newline="\n")
    (static / SCRIPT).write_text(script, encoding="utf-8", newline="\n")
    for page, text in texts.items():
        page.write_text(LINK.sub(rf"\1?v={digest}", text), encoding="utf-8")
    for pattern in SWEPT:
        for file in list(static.rglob(pattern)):
            if file.relative_to(static).as_posix() not in LOADED:
                file.unlink()


def join_scripts(static: Path, scripts: list[str], classes: set[str]) -> str:
    """Return the scripts as one, in the order in which the pages asked for them.

    But settings first, all of them lines within the page: a script that once waited for the page
    finds it complete, begins at once, and would miss what is set after it. Files and lines share
    one scope, as they did apart, and one that fails stops no other. They are not strict, since the
    first does not say so.
    """
    parts = []
    for name, wanted in NEEDED_FOR.items():
        if name not in scripts or wanted in classes:
            raise ExtensionError(
                f"_ext/bundle.py leaves out {name}: no page asks for it any more, "
                f"or one has an element of class {wanted}."
            )
    for item in sorted(dict.fromkeys(scripts), key=_comes):
        if item not in NEEDED_FOR:
            is_file = item.endswith(".js")
            text = (static / item).read_text(encoding="utf-8") if is_file else item
            if item in REPLACED_PARTS:
                part, own = REPLACED_PARTS[item]
                if text.count(part) != 1:
                    raise ExtensionError(
                        f"{item} no longer has the part that {own} replaces: "
                        f"{part}. See what became of it, then _ext/bundle.py."
                    )
                text = text.replace(part, "") + "\n;\n" + (HERE / own).read_text(encoding="utf-8")
            parts.append(DECLARATION.sub("var ", SOURCE_MAP.sub("", text)).strip())
    parts += [(HERE / name).read_text(encoding="utf-8").strip() for name in OWN_SCRIPTS]
    return "".join(
        f"try {{\n{part}\n}} catch (error) {{ reportError(error); }}\n" for part in parts
    )


def _comes(item: str) -> int:
    if item == OPTIONS:
        return 0
    return 2 if item.endswith(".js") else 1


def read_style(static: Path, name: str) -> str:
    """Return a stylesheet with its imports in it and its urls seen from `_static`."""

    def seen_from_static(match: re.Match) -> str:
        reference = match.group(1)
        if reference.startswith(("data:", "#")) or urlsplit(reference).netloc:
            return match.group()
        file = (static / name).parent / urlsplit(reference).path
        if not file.exists():
            raise ExtensionError(f"{name} names {reference}, which is not published")
        return f'url("{Path(os.path.relpath(file, static)).as_posix()}")'

    text = URL.sub(seen_from_static, (static / name).read_text(encoding="utf-8"))
    folder = Path(name).parent
    return IMPORT.sub(lambda m: read_style(static, os.path.normpath(folder / m[1])), text)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", replace_templates)
    # After everyone else has asked for files, and after the wheel and the like are there.
    app.connect("html-page-context", take_in, priority=900)
    app.connect("build-finished", write_bundles, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

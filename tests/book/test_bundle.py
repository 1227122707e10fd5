"""The extension that joins stylesheets and scripts: what it keeps, and what stops the build."""

import base64
import io
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

import bundle
import katex
from fonts import LICENCE, carry_icons, cut_fonts, subset
from prune import prune

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
FACES = bundle.read_style(THEME, "styles/pydata-sphinx-theme.css")


# ---- rules that no page uses ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".used{color:red}.unused{color:blue}", ".used{color:red}"),
        (".used .unused, .used b{color:red}", ".used b{color:red}"),
        ("#used>p{color:red}#unused{color:red}", "#used>p{color:red}"),
        ("b:not(.unused){color:red}", "b:not(.unused){color:red}"),
        ("@media print{.unused{color:red}}", ""),
        ("@media print{.used{color:red}}", "@media print{.used{color:red}}"),
        ("@page{margin:0}", "@page{margin:0}"),
        ("b{--one:1;--two:2;top:var(--one)}", "b{--one:1;top:var(--one)}"),
        (".unused{top:var(--one)}b{--one:1}", ""),
        ('html[data-theme="dark"] .used{color:red}', 'html[data-theme="dark"] .used{color:red}'),
    ],
)
def test_only_what_can_apply_stays(css, kept):
    assert prune(css, {"used"}) == kept


def test_a_chain_of_unused_properties_goes_to_its_end():
    assert prune("b{--a:var(--b);--b:var(--c);--c:1;top:0}", set()) == "b{top:0}"


def test_a_stylesheet_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="line 2"):
        prune("b{top:0}\nunfinished", set())


# ---- icons ------------------------------------------------------------------------------------


def carried(css):
    """Return the one font that a stylesheet has inside it."""
    (data,) = re.findall(r'data:font/woff;base64,([^"]+)', css)
    return base64.b64decode(data)


def test_the_stylesheet_carries_the_icons_that_it_names_and_the_licence():
    css = carry_icons(prune(FACES, {"fa-solid", "fa-sun"}), THEME)
    font = TTFont(io.BytesIO(carried(css)))
    assert 0xF185 in font.getBestCmap()
    assert 0xF186 not in font.getBestCmap()  # the moon
    assert "SIL OFL 1.1" in css
    assert ".woff2" not in css and ".ttf" not in css


def test_a_glyph_is_the_themes_own():
    source = THEME / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.ttf"
    whole, part = TTFont(source), TTFont(io.BytesIO(subset(TTFont(source), {"\uf185"})))
    name = whole.getBestCmap()[0xF185]
    small = part.getBestCmap()[0xF185]
    assert part["glyf"][small].getCoordinates(part["glyf"]) == whole["glyf"][name].getCoordinates(
        whole["glyf"]
    )


def test_an_icon_that_the_font_lacks_is_named():
    with pytest.raises(ValueError, match="no icon e999"):
        carry_icons(prune(FACES, set()) + 'b:before{content:"\ue999"}', THEME)


def test_an_outlined_icon_is_refused():
    with pytest.raises(ValueError, match="outlined"):
        carry_icons(prune(FACES, {"fa-regular"}), THEME)


def test_icons_under_another_licence_are_refused(tmp_path):
    (tmp_path / LICENCE).parent.mkdir()
    (tmp_path / LICENCE).write_text("Font Awesome Pro. All rights reserved.", encoding="utf-8")
    with pytest.raises(ValueError, match="no longer names the licence"):
        carry_icons(FACES, tmp_path)


# ---- formulas ---------------------------------------------------------------------------------

KATEX = katex.VENDOR / "katex"
GREEK = "".join(map(chr, range(0x391, 0x3AA)))


@pytest.fixture
def formulas(tmp_path):
    """A stylesheet with KaTeX's fonts beside it, of which two are used."""
    shutil.copytree(KATEX / "fonts", tmp_path / "katex/fonts")
    css = (KATEX / "katex.min.css").read_text(encoding="utf-8").partition(".katex{")[0]
    css = re.sub(r"url\(([^)]*)\)", r'url("katex/\1")', css)
    return css + ".a{font-family:KaTeX_Main}.b{font-family:KaTeX_Size1}", tmp_path


def test_the_fonts_of_formulas_have_the_letters_of_the_pages_and_the_small_ones_are_carried(
    formulas,
):
    letters = "".join(map(chr, range(ord("!"), ord("~"))))
    css = cut_fonts(*formulas, [f"<b>{letters}</b>", "&Sigma;", "\N{N-ARY SUMMATION}"])
    # Of the family Main, there are four; of those that no rule names, none is left.
    left = {file.name for file in (formulas[1] / "katex/fonts").iterdir()}
    assert {name.split("-")[0] for name in left} == {"Course_Main"}
    assert {f"katex/fonts/{name}" for name in left} == {*re.findall(r'"(katex/[^"]*)"', css)}
    main = TTFont(formulas[1] / "katex/fonts/Course_Main-Regular.woff2").getBestCmap()
    assert {ord("a"), ord("\N{GREEK CAPITAL LETTER SIGMA}")} <= set(main)
    assert ord("\N{GREEK CAPITAL LETTER PI}") not in main
    (carried,) = re.findall(r'data:font/woff2;base64,([^"]+)', css)
    large = TTFont(io.BytesIO(base64.b64decode(carried))).getBestCmap()
    assert "\N{N-ARY SUMMATION}" in {*map(chr, large)} <= {*letters, "\N{N-ARY SUMMATION}"}
    assert "KaTeX" not in css


def test_a_font_that_is_cut_gives_up_the_name_that_its_licence_reserves(formulas):
    cut_fonts(*formulas, [GREEK, *map(chr, range(ord("!"), ord("~")))])
    font = TTFont(formulas[1] / "katex/fonts/Course_Main-Regular.woff2")
    names = {name.nameID: str(name) for name in font["name"].names}
    assert "with Reserved Font Name KaTeX_Main" in names[13]
    assert names[1] == names[6].split("-")[0] == "Course_Main"
    assert not any("KaTeX" in text for number, text in names.items() if number != 13)


# ---- scripts ----------------------------------------------------------------------------------


@pytest.fixture
def static(tmp_path):
    files = {
        "documentation_options.js": "const OPTIONS = {};",
        "first.js": "first();\n//# sourceMappingURL=first.js.map",
        "design-tabs.js": "tabs();",
        "styles/theme.css": '@import "../basic.css";b{background:url(../a.png)}',
        "basic.css": 'i{background:url("a.png")}',
        "a.png": "",
    }
    (tmp_path / "styles").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_settings_come_before_the_scripts_that_read_them(static):
    asked = ["documentation_options.js", "first.js", "let late = 1", "design-tabs.js"]
    joined = bundle.join_scripts(static, asked, set())
    parts = re.findall(
        r"^try \{\n(.*)\n\} catch \(error\) \{ reportError\(error\); \}$", joined, re.M
    )
    assert parts[:3] == ["var OPTIONS = {};", "var late = 1", "first();"]


@pytest.mark.parametrize(
    ("asked", "classes"), [(["first.js", "design-tabs.js"], {"sd-tab-set"}), (["first.js"], set())]
)
def test_a_script_is_left_out_only_while_nothing_needs_it(static, asked, classes):
    with pytest.raises(ExtensionError, match=r"design-tabs\.js"):
        bundle.join_scripts(static, asked, classes)


def test_a_changed_part_of_a_script_is_named(static, monkeypatch):
    monkeypatch.setattr(bundle, "REPLACED_PARTS", {"first.js": ("second()", "scrollable.js")})
    with pytest.raises(ExtensionError, match=r"first\.js .* scrollable\.js"):
        bundle.join_scripts(static, ["first.js", "design-tabs.js"], set())


# ---- stylesheets and pages ----------------------------------------------------------------------


def test_imports_are_taken_in_and_urls_seen_from_their_new_place(static):
    css = bundle.read_style(static, "styles/theme.css")
    assert css == 'i{background:url("a.png")}b{background:url("a.png")}'


@pytest.mark.parametrize(
    "url", ["https://example.org/a.png", "//example.org/a.png", "data:image/png;base64,AA", "#mark"]
)
def test_what_is_no_file_of_the_site_stays_as_it_is(static, url):
    (static / "basic.css").write_text(f"b{{background:url({url})}}", encoding="utf-8")
    assert bundle.read_style(static, "basic.css") == f"b{{background:url({url})}}"


def test_the_host_of_an_address_is_no_class():
    words = bundle.WORD.findall('add("new-one", "https://card.example.org/", "_own")')
    assert {"add", "new-one", "_own"} <= set(words)
    assert "card" not in words


def test_a_missing_file_of_a_stylesheet_is_named(static):
    (static / "a.png").unlink()
    with pytest.raises(ExtensionError, match=r"basic\.css names a\.png|theme\.css names"):
        bundle.read_style(static, "styles/theme.css")


def test_a_theme_with_other_files_stops_the_build(monkeypatch):
    monkeypatch.setattr(bundle, "THEME_SCRIPTS", ["scripts/bootstrap.js"])
    config = SimpleNamespace(templates_path=[])
    with pytest.raises(ExtensionError, match=r"new \['scripts/pydata-sphinx-theme\.js'\]"):
        bundle.replace_templates(None, config)


def asked_for(*names):
    return [SimpleNamespace(filename=f"_static/{name}", attributes={}) for name in names]


def test_pages_keep_their_own_files_and_must_share_the_others():
    app = SimpleNamespace()
    page = {
        "css_files": asked_for("all.css", "explorer.css"),
        "script_files": asked_for("all.js", "explorer.js"),
    }
    bundle.take_in(app, "one", "page.html", page, None)
    assert page["css_files"] == []
    assert [file.filename for file in page["script_files"]] == ["_static/explorer.js"]
    other = {"css_files": asked_for("new.css"), "script_files": asked_for("all.js")}
    with pytest.raises(ExtensionError, match=r"two asks for other files than one: .*new\.css"):
        bundle.take_in(app, "two", "page.html", other, None)

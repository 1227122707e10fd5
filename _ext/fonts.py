"""Fonts of icons, text and formulas, cut down to the glyphs that the site shows.

The theme brings Font Awesome three times: as a script of 1.5 MB, and as fonts for its own
stylesheet. Here the stylesheet draws all icons, with fonts of a few glyphs that it carries
inside itself; nothing is left to fetch. The glyphs are the theme's own, unchanged, under the
SIL Open Font License 1.1, as the stylesheet says where it carries them.

A chapter asks for up to seven fonts of KaTeX. Cut down, four of them are small enough to be
carried as well. They are under the same licence, which reserves their names for the whole ones.
"""

from __future__ import annotations

import base64
import io
import logging
import re
from html import unescape
from pathlib import Path

import brotli
import fontTools
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from build_cache import cached

# It reports every table that it drops.
logging.getLogger("fontTools").setLevel(logging.WARNING)
# Icon fonts keep their glyphs in the private use area.
ICON = re.compile("[\ue000-\uf8ff]")
FACE = re.compile(r"@font-face\s*\{[^}]*Font Awesome[^}]*\}")
SOURCE = re.compile(r"src:\s*url\([^)]*\).*?url\([\"']?([^\"')]*\.ttf)[\"']?\)[^;}]*")
OUTLINED = re.compile(r"fa-(?:font-)?regular\b(?!:)")
LICENCE = "scripts/fontawesome.js.LICENSE.txt"
# As it is called whole, and cut down.
WHOLE, CUT = "KaTeX_", "Course_"
FONT = re.compile(
    r"@font-face\s*\{[^}]*font-family:\s*\"?(?P<family>[\w ]+)[^}]*?"
    r"url\(\"(?P<file>[^\"]+\.woff2)\"\)[^}]*\}"
)
SMALL = 2048  # bytes, up to which a font is carried


def carry_icons(css: str, folder: Path) -> str:
    """Return `css` with the icons that it names inside it.

    Parameters
    ----------
    css : str
        The stylesheet, pruned, with its urls relative to `folder`.
    folder : Path
        Where it will be published, with the theme's fonts.

    Raises
    ------
    ValueError
        If the theme's fonts are not what is known here, or have not all of the icons.
    """
    licence = (folder / LICENCE).read_text(encoding="utf-8").strip()
    if "SIL OFL" not in licence:
        raise ValueError(f"{LICENCE} no longer names the licence of the fonts")
    rest = FACE.sub("", css)
    if OUTLINED.search(rest):
        raise ValueError("a page shows an outlined icon (fa-regular), and only solid ones are kept")
    missing = set(ICON.findall(rest))
    faces = []
    for face in FACE.findall(css):
        source = SOURCE.search(face)
        if not source:
            raise ValueError(f"this face of the theme names no ttf file: {face}")
        if "regular" in source.group(1):
            continue
        font = TTFont(folder / source.group(1), recalcTimestamp=False)
        icons = {icon for icon in missing if ord(icon) in font.getBestCmap()}
        missing -= icons
        if icons:
            data = base64.b64encode(subset(font, icons)).decode()
            inside = f'src:url("data:font/woff;base64,{data}") format("woff")'
            faces.append(face.replace(source.group(), inside))
    if missing:
        named = ", ".join(sorted(f"{ord(icon):x}" for icon in missing))
        raise ValueError(f"Font Awesome as the theme brings it has no icon {named}")
    return "\n".join([rest, licence, *faces, ""])


def cut_fonts(css: str, folder: Path, texts: list[str]) -> str:
    """Return `css` with the fonts of text and formulas cut down to the letters of `texts`.

    The small ones are inside it. The others lie in `folder`, those of formulas under their new
    names; what no rule of `css` asks for is gone.
    """
    letters = "".join(sorted(set().union(*map(unescape, texts))))
    rest, found = FONT.sub("", css), [*FONT.finditer(css)]
    places = {}
    for name in {face["file"] for face in found}:
        data = base64.b64decode(_cut((folder / name).read_bytes(), letters))
        (folder / name).unlink()
        places[name] = f"data:font/woff2;base64,{base64.b64encode(data).decode()}"
        if len(data) > SMALL and any(f["family"] in rest for f in found if f["file"] == name):
            places[name] = name.replace(WHOLE, CUT)
            (folder / places[name]).write_bytes(data)
    faces = [
        face[0].replace(face["file"], places[face["file"]])
        for face in found
        if face["family"] in rest
    ]
    return "\n".join([rest, *faces]).replace(WHOLE, CUT)


@cached(Path(__file__), fontTools.version, brotli.__version__)
def _cut(font: bytes, letters: str) -> str:
    found = TTFont(io.BytesIO(font), recalcTimestamp=False)
    for name in found["name"].names:
        if name.nameID not in (0, 7, 13):  # the copyright, the trademark and the licence
            name.string = str(name).replace(WHOLE, CUT)
    return base64.b64encode(subset(found, {*letters}, "woff2")).decode()


def subset(font: TTFont, characters: set[str], flavor: str = "woff") -> bytes:
    """Return the font, with the glyphs of `characters` alone."""
    options = Options(name_IDs=["*"], hinting=False, layout_features=["*"], glyph_names=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, characters))
    subsetter.subset(font)
    font.flavor = flavor
    file = io.BytesIO()
    font.save(file, reorderTables=False)
    return file.getvalue()

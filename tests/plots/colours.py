"""Read a Matplotlib SVG as someone does who sees no colours, and find what is lost to them.

Two marks of one plot that differ in colour are told apart if their form differs too: a dashed line
and a solid one, a thick one and a thin one, a dot and a square, a hatched bar and a plain one, an
arrow up and an arrow down. Where it does not, bars may stand apart, in a place of their own on
one of the axes, or each mark bears a word or a sign that those of the other colour do not bear. A
legend is no such word: it leads back to the colour. Shades of grey are the same to all readers.
"""

from __future__ import annotations

import colorsys
import re
from itertools import combinations
from typing import NamedTuple

import lxml.etree
import numpy as np
from matplotlib.colors import to_rgb

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
PAPER = ("none", "#ffffff")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
PLACED = re.compile(r"translate\(([-\d.]+),? ([-\d.]+)\)(?: scale\(([\d.]+))?")
PALE = 0.25  # of the way from grey to a pure colour; below it, nobody sees a hue
HUES = 24  # steps on the circle of colours
DARK = 0.8  # of the brightest: a dark blue and a light one are two colours
THICKER = 1.8  # times as wide is seen
NEAR = 14  # points from a mark to its words
ON = 2  # points from a dot to the curve that it lies on
GLYPH = 60, 75  # width and height of a letter, in hundredths of the size of the type


class Mark(NamedTuple):
    """Something drawn: its colour, None for a grey, and what else there is to see of it."""

    colour: tuple | None
    kind: str
    form: tuple
    width: float
    points: np.ndarray

    @property
    def low(self) -> np.ndarray:
        return self.points.min(axis=0)

    @property
    def high(self) -> np.ndarray:
        return self.points.max(axis=0)

    def __str__(self) -> str:
        x, y = (self.low + self.high) / 2
        return f"{self.kind} at ({x:.0f}, {y:.0f})"


class Words(NamedTuple):
    """A text in the picture: what it says, and its box."""

    said: str
    low: np.ndarray
    high: np.ndarray


def style_of(element) -> dict[str, str]:
    pairs = (part.split(":") for part in element.get("style", "").split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def colour_of(value: str, opacity: float) -> tuple | None:
    """Return hue and darkness of a colour on white paper, roughly; None for a grey."""
    rgb = 1 - opacity * (1 - np.array(to_rgb(value)))
    if np.ptp(rgb) < PALE:
        return None
    return round(colorsys.rgb_to_hsv(*rgb)[0] * HUES) % HUES, bool(rgb.max() < DARK)


def is_tint(value: str, opacity: float) -> bool:
    """Return whether a colour is too pale for its hue to be seen, so that it says nothing."""
    rgb = 1 - opacity * (1 - np.array(to_rgb(value)))
    return 0 < np.ptp(rgb) < PALE


def outline(path: str) -> np.ndarray:
    return np.array([float(n) for n in NUMBER.findall(path)]).reshape(-1, 2)


def form_of(kind: str, points: np.ndarray, style: dict[str, str]) -> tuple:
    """Return the form of a dot, whatever its size, or of a line, wherever it leads."""
    if kind == "dot":
        size = (points / np.abs(points).max()).round(1) + 0.0
        return tuple(size.ravel().tolist()), style.get("fill-opacity") == "0"
    if kind == "line":
        level, upright = (np.ptp(points, axis=0) == 0)[::-1]
        return style.get("stroke-dasharray", ""), bool(level), bool(upright)
    return ()


def marks_of(artist, named: dict) -> list[Mark]:
    """Return the marks of one artist."""
    found = []
    for element in artist.iter(SVG + "path", SVG + "use"):
        if element.getparent().tag == SVG + "defs":
            continue
        style = style_of(element)
        drawn = named.get(element.get(LINK, "")[1:], element)
        points, kind, hatch = outline(drawn.get("d")), "dot" if drawn is not element else "area", ()
        fill, stroke = style.get("fill", "#000000"), style.get("stroke", "none")
        if fill.startswith("url"):
            pattern = named[fill[5:-1]]
            fill = pattern.find(SVG + "rect").get("fill")
            hatch = pattern.find(SVG + "path").get("d")
        if fill == "none" and kind == "area":
            kind = "line"
        value = stroke if fill == "none" or style.get("fill-opacity") == "0" else fill
        opacity = float(style.get("opacity", 1))
        if value in PAPER or is_tint(value, opacity):
            continue
        form = (*form_of(kind, points, style), hatch)
        if kind == "dot":
            points = points + np.array([element.get("x", 0), element.get("y", 0)], dtype=float)
        width = float(style.get("stroke-width", 1))
        found.append(Mark(colour_of(value, opacity), kind, form, width, points))
    if len(found) == 2 and found[0].kind == "line" and artist.get("id").startswith("patch"):
        shaft = found[0]  # the other one is the head of the arrow
        across, down = shaft.points[-1] - shaft.points[0]
        eighth = round(np.arctan2(down, across) / np.pi * 4) % 8
        return [shaft._replace(kind="arrow", form=(eighth, *shaft.form))]
    return found


def within_frame(artists: list) -> list:
    """Return what is drawn into the axes, without the edges of their background, if they have one.

    Matplotlib draws the background first, unless there are no axes to be seen.
    """
    paths = [artist.find(SVG + "path") for artist in artists]
    if paths[0] is None or style_of(paths[0]).get("fill") not in PAPER:
        return artists
    corners = outline(paths[0].get("d")).tolist()
    edges = (
        path is not None and all(end in corners for end in outline(path.get("d")).tolist())
        for path in paths
    )
    return [artist for artist, edge in zip(artists, edges, strict=True) if not edge]


def words_of(artist) -> Words | None:
    """Return a text and the box around its glyphs; of a number, no more than its sign counts."""
    said = "".join(comment.text for comment in artist.iter(lxml.etree.Comment)).strip()
    places = [PLACED.match(group.get("transform", "")) for group in artist.iter(SVG + "g")]
    if not any(places):
        return None
    x, y, scale = (float(value or 1) for value in next(filter(None, places)).groups())
    glyphs = [PLACED.match(use.get("transform", "")) for use in artist.iter(SVG + "use")]
    width = GLYPH[0] + max((float(glyph[1]) for glyph in glyphs if glyph), default=0)
    if not re.search("[a-z]", said, re.IGNORECASE):
        said = said[0] if said[0] in "+\N{MINUS SIGN}" else ""
    low, high = np.array([x, y - GLYPH[1] * scale]), np.array([x + width * scale, y])
    return Words(said, low, high)


def gap(words: Words, mark: Mark) -> float:
    """Return how far a text is from a mark, in points."""
    low, high = mark.low, mark.high
    if mark.kind in ("line", "arrow"):  # the box of a curve is not the curve
        way = np.linspace(0, 1, 20)[:, None, None]
        low = high = (mark.points[:-1] * (1 - way) + mark.points[1:] * way).reshape(-1, 2)
    apart = np.maximum(0, np.maximum(words.low - high, low - words.high))
    return float(np.sqrt((apart**2).sum(axis=-1)).min())


def place_of(mark: Mark) -> Words:
    middle = (mark.low + mark.high) / 2
    return Words("", middle, middle)


def along(dot: Mark, lines: list[Mark]) -> Mark:
    """Return a dot with the form of the curve of its own colour on which it lies."""
    curves = [m.form for m in lines if m.colour == dot.colour and gap(place_of(dot), m) <= ON]
    return dot._replace(form=(*dot.form, *curves))


def alike(one: Mark, two: Mark) -> bool:
    """Return whether two marks have the same form."""
    wide, thin = max(one.width, two.width), min(one.width, two.width)
    same = (one.kind, one.form) == (two.kind, two.form)
    return same and (one.kind in ("area", "dot") or wide < THICKER * thin)


def stand_apart(one: list[Mark], two: list[Mark]) -> bool:
    """Return whether these are bars whose places do not mix, along or across."""
    low, high = (
        [function([getattr(mark, side) for mark in group], axis=0) for group in (one, two)]
        for function, side in ((np.min, "low"), (np.max, "high"))
    )
    return one[0].kind == "area" and bool(np.any((high[0] <= low[1]) | (high[1] <= low[0])))


def signs_of(mark: Mark, others: list[Mark], texts: list[Words], dots: list[Mark]) -> set:
    """Return what is written at a mark, and nearer to it than to others, or drawn upon it."""
    near = (words for words in texts if gap(words, mark) <= NEAR)
    written = {w.said for w in near if all(gap(w, mark) <= gap(w, other) for other in others)}
    reach = 0 if mark.kind == "area" else ON
    return written | {dot.form for dot in dots if gap(place_of(dot), mark) <= reach}


def told_by_colour_alone(svg: bytes) -> list[str]:
    """Return what of a figure is lost to a reader who sees no colours."""
    root = lxml.etree.fromstring(svg)
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    lost = []
    for axes in root.xpath("//*[starts-with(@id, 'axes_')]"):
        # Of the axes, whatever is drawn is grey; a legend leads back to the colour.
        artists = [g for g in axes if not g.get("id", "").startswith(("matplotlib.axis", "legend"))]
        artists = within_frame(artists)
        texts = [g for g in artists if g.get("id").startswith("text")]
        marks = [m for g in artists if g not in texts for m in marks_of(g, named)]
        texts = list(filter(None, map(words_of, texts)))
        lines = [mark for mark in marks if mark.kind == "line"]
        marks = [along(mark, lines) if mark.kind == "dot" else mark for mark in marks]
        dots = [mark for mark in marks if mark.kind == "dot"]
        colours = sorted({mark.colour for mark in marks} - {None})
        for pair in combinations([None, *colours], 2):
            one, two = ([m for m in marks if m.colour == colour] for colour in pair)
            one = [mark for mark in one if any(alike(mark, other) for other in two)]
            two = [mark for mark in two if any(alike(mark, other) for other in one)]
            if not one or stand_apart(one, two):
                continue
            signs = (
                [signs_of(mark, two, texts, dots) for mark in one],
                [signs_of(mark, one, texts, dots) for mark in two],
            )
            if not all(map(all, signs)) or set.union(*signs[0]) & set.union(*signs[1]):
                lost.append(f"{axes.get('id')}: {one[0]} and {two[0]} differ in colour alone")
    return lost

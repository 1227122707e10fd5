"""Syntax highlighting without needless elements: take out of code the marks that show nothing.

Pygments puts every name, comma and space into an element of its own, and the theme's styles give
most of these the colour of the text around them: in a chapter full of code, thousands of elements
that a phone lays out for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict

THEME = r'html\[data-theme="?(\w+)"?\] \.highlight'
PAPER = re.compile(THEME + r"\s*\{([^}]*)\}")
RULE = re.compile(THEME + r" \.(\w+)\s*\{([^}]*)\}")
COLOUR = re.compile(r"(?:^|;)\s*color:\s*([^;]+)")


def plain_classes(css: str) -> set[str]:
    """Return the classes that a stylesheet of Pygments gives nothing but the text's own colour."""
    own = {theme: COLOUR.search(declared)[1].strip() for theme, declared in PAPER.findall(css)}
    if not own:
        raise ValueError("the theme's stylesheet for code names no colour of its own for the text")
    looks = defaultdict(dict)
    for theme, name, declared in RULE.findall(css):
        looks[name][theme] = declared.strip().rstrip(";")
    return {
        name
        for name, by_theme in looks.items()
        if by_theme == {theme: f"color: {colour}" for theme, colour in own.items()}
    }


def without(classes: set[str], html: str) -> str:
    """Return a page without the elements of these classes around single words of code."""
    names = "|".join(sorted(map(re.escape, classes)))
    return re.sub(rf'<span class="(?:{names})">([^<]*)</span>', r"\1", html) if names else html

"""Pruning of unused CSS: take out of a stylesheet what no page of the site can use.

A theme brings the styles of everything that it might be asked for; a page uses a tenth of them.
The test is a cautious one. A selector stays if all the classes and ids that it names occur
somewhere: in a page, or as a word in a script, which may add them later. What stands inside
`:is()`, `:not()` and their like is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import pairwise
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

from build_cache import cached

# What these hold are declarations, not rules.
LEAVES = ("font-face", "keyframes", "page", "property", "counter-style")
USED_PROPERTY = re.compile(r"var\(\s*(--[\w-]+)")


def prune(css: str, words: Set[str]) -> str:
    """Return the rules of `css` that `words`, the classes and ids of the site, allow.

    Then the custom properties that none of these rules uses go, too.
    """
    return _prune(css, tuple(sorted(words)))


@cached(Path(__file__), tinycss2.__version__)
def _prune(css: str, names: tuple[str, ...]) -> str:
    words = frozenset(names)
    kept = _rules(tinycss2.parse_stylesheet(css, True, True), words)
    before = ""
    while kept != before:
        before = kept
        used = set(USED_PROPERTY.findall(kept)) | words
        kept = _rules(tinycss2.parse_stylesheet(kept, True, True), None, used)
    return kept


def _rules(rules: list[Node], words: Set[str] | None, used: Set[str] | None = None) -> str:
    return "\n".join(filter(None, (_rule(rule, words, used) for rule in rules)))


def _rule(rule: Node, words: Set[str] | None, used: Set[str] | None) -> str:
    """Return one rule: without selectors outside `words`, without properties outside `used`."""
    if isinstance(rule, QualifiedRule):
        selectors = [
            tinycss2.serialize(selector).strip()
            for selector in _split(rule.prelude)
            if words is None or _names(selector) <= words
        ]
        content = tinycss2.serialize(rule.content).strip()
        if used is not None and "--" in content:
            content = _declarations(rule, used)
        return f"{','.join(selectors)}{{{content}}}" if selectors and content else ""
    if not isinstance(rule, AtRule):
        raise ValueError(f"line {rule.source_line} of a stylesheet: {rule.message}")
    if rule.content is None or rule.at_keyword.removeprefix("-webkit-") in LEAVES:
        return rule.serialize()
    inside = _rules(tinycss2.parse_rule_list(rule.content, True, True), words, used)
    return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}" if inside else ""


def _split(prelude: list[Node]) -> list[list[Node]]:
    """Split a prelude at its outer commas."""
    selectors: list[list[Node]] = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def _names(selector: list[Node]) -> set[str]:
    """Return the classes and ids that an element must have for this selector."""
    found = {token.value for token in selector if token.type == "hash"}
    for dot, name in pairwise(selector):
        if dot == "." and name.type == "ident":
            found.add(name.value)
    return found


def _declarations(rule: QualifiedRule, used: Set[str]) -> str:
    parts = tinycss2.parse_blocks_contents(rule.content, True, True)
    return ";".join(
        part.serialize().rstrip(";")
        for part in parts
        if not (part.type == "declaration" and part.name.startswith("--")) or part.name in used
    )

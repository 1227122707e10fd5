"""The attempts of all chapters, right and wrong, found by the chapters' names."""

from importlib import import_module

from softmax_lib import check
from softmax_lib.course import chapter

EXERCISES = {each.name: each for exercises in check.CHECKS.values() for each in exercises}


def collected(folder, what):
    """Return what the modules of a folder, one a chapter that has checks, hold under a name."""
    chapters = [chapter(name).module for name, exercises in check.CHECKS.items() if exercises]
    found = {}
    for name in chapters:
        found |= getattr(import_module(f"{folder}.{name}"), what)
    return found


WRONG = collected("wrong", "ATTEMPTS")  # by exercise: the mistake, and what makes it
SOURCES = collected("right", "SOURCES")  # by exercise and style
LIBRARIES = collected("right", "LIBRARIES")  # as they are, or with the axis named
EXACT = collected("right", "EXACT")  # oracles of many digits, or in plain loops
BY_SCIPY = collected("right", "BY_SCIPY")  # oracles that are fast
DRAWN = collected("right", "DRAWN")  # arguments drawn with a generator
TRIED = [(name, id_, attempt) for name, attempts in WRONG.items() for id_, attempt in attempts]

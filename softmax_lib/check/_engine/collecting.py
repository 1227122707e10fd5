"""The checks and the mistakes of all chapters, found in their modules."""

from softmax_lib.check._engine import general
from softmax_lib.check._engine.exercise import Exercise
from softmax_lib.check._engine.mistake import Mistake


def _of_kind(module, kind):
    return [value for value in vars(module).values() if isinstance(value, kind)]


def checks_of(module):
    """Return the checks that a chapter's module defines; none if the chapter has no module.

    Each is told its chapter, so that its reports name no section of a later one.
    """
    found = _of_kind(module, Exercise) if module else []
    for exercise in found:
        vars(exercise).update(chapter=module.__name__.rpartition(".")[2])
    return found


def by_name(checks):
    """Return all checks by name, given those of each chapter; no two may share a name."""
    found = {}
    for chapter, exercises in checks.items():
        for check in exercises:
            if check.name in found:
                both = f"{found[check.name][0]} and {chapter}"
                raise ValueError(f"check.{check.name} stands in two chapters: {both}")
            found[check.name] = chapter, check
    return {name: check for name, (_, check) in found.items()}


def mistakes_of(checks):
    """Return the mistakes where they are known first: of any function, then by chapter."""
    known = {"general": _of_kind(general, Mistake)}
    for chapter, exercises in checks.items():
        seen = {mistake.id for mistakes in known.values() for mistake in mistakes}
        every = {m.id: m for exercise in exercises for m in exercise.mistakes}
        known[chapter] = [mistake for mistake in every.values() if mistake.id not in seen]
    return known

"""Each known mistake is recognised as itself, by behaviour, and explained in a real section."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest
from scipy.special import expit

from attempts import EXERCISES, TRIED, WRONG
from softmax_lib import check
from softmax_lib.check._engine.collecting import by_name, checks_of
from softmax_lib.check._engine.diagnosis import models
from softmax_lib.check._engine.tools import only_some_digits
from softmax_lib.course import CHAPTERS, sections

ROOT = Path(__file__).resolve().parents[2]
MISTAKES = {mistake.id: mistake for known in check.MISTAKES.values() for mistake in known}


def checked(name, function):
    return getattr(check, name)(function)


@pytest.mark.parametrize(("name", "mistake", "attempt"), TRIED)
def test_an_attempt_is_diagnosed_as_the_mistake_it_makes(name, mistake, attempt):
    report = checked(name, attempt)
    assert report.diagnosis == mistake, report
    assert not report.passed
    assert report.section == report.failure.mistake.section


@pytest.mark.parametrize("name", EXERCISES)
def test_a_wrong_formula_is_taken_for_no_other(name):
    for mistake in EXERCISES[name].mistakes:
        for formula in mistake.formulas:
            assert checked(name, formula).diagnosis == mistake.id


def test_the_attempts_show_every_known_mistake():
    assert set(WRONG) == set(EXERCISES)
    shown = {id_ for _, id_, _ in TRIED}
    assert set(MISTAKES) - shown == {"never-returns"}  # which has its own tests: it takes time
    assert len(shown) > 100


@pytest.mark.parametrize("name", EXERCISES)
def test_the_attempts_show_the_mistakes_of_every_exercise(name):
    known = {mistake.id for mistake in EXERCISES[name].mistakes}
    assert known - {id_ for id_, _ in WRONG[name]} <= {
        "few-digits",
        "axis-ignored",
        "integer-buffer",
    }


def test_identifiers_are_stable_and_unique():
    said = {}
    for exercise in EXERCISES.values():
        for mistake in exercise.mistakes:
            assert said.setdefault(mistake.id, mistake.said) == mistake.said
            assert MISTAKES[mistake.id].label == mistake.label
    assert len(MISTAKES) == sum(map(len, check.MISTAKES.values()))
    assert len({mistake.title for mistake in MISTAKES.values()}) == len(MISTAKES)
    for id_ in MISTAKES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", id_)


def test_the_mistakes_found_in_public_code_are_known():
    assert {
        "max-outside-exp",  # np.exp(X) - np.max(X)
        "global-maximum",
        "whole-array",
        "no-keepdims",
        "log-of-softmax",
        "divided-by-log-sum-exp",
        "argument-changed",  # dscores = probs, and then in place
        "mean-missing-in-step",
        "all-maxima",  # one-hot by == max
        "misprint-lower-limit",
        "misprint-exponent",
    } <= set(MISTAKES)


def test_texts_are_sentences():
    for mistake in MISTAKES.values():
        assert mistake.title[0].isupper() or mistake.title[0] in "`01"
        assert not mistake.title.endswith(".")
        assert mistake.text[-1] in ".?"
        assert len(mistake.text) < 180


@cache
def headings(chapter):
    """Return the headings of a chapter by their labels, and all of them."""
    notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    labelled = dict(re.findall(r"(?m)^\((sec-[\w-]+)\)=\n+#+ +(.+?)\s*$", text))
    return labelled, re.findall(r"(?m)^##+ +(.+?)\s*$", text)


@pytest.mark.parametrize("chapter", [chapter.name for chapter in CHAPTERS])
def test_the_sections_are_those_of_the_notebooks(chapter):
    """`tools/notebooks.py` writes them whenever it stores a chapter."""
    known = {label: heading for label, (name, heading) in sections().items() if name == chapter}
    assert known == headings(chapter)[0]


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_a_section_and_jupyterlab_finds_it(mistake):
    """JupyterLab names a heading by its words, with hyphens between them."""
    assert mistake.sections or mistake in check.MISTAKES["general"]
    assert mistake.section == (mistake.sections[-1] if mistake.sections else None)
    for section in mistake.sections:
        file, kind, name = re.fullmatch(r"([^#]+)#(\w+)=([\w.~%,:?-]+)", section.link).groups()
        assert file == f"{section.chapter}.ipynb" and kind == "heading"
        labelled, every = headings(section.chapter)
        assert labelled[section.label] == section.heading
        assert [heading.replace(" ", "-") for heading in every].count(unquote(name)) == 1


PLACES = {chapter.name: place for place, chapter in enumerate(CHAPTERS)}


@pytest.mark.parametrize("name", check.CHECKS)
def test_a_report_sends_to_no_section_of_a_later_chapter(name):
    """Whoever does an exercise has read its chapter and those before it, and no other."""
    for exercise in check.CHECKS[name]:
        for mistake in exercise.mistakes:
            section = mistake.told_in(exercise.chapter).section
            assert section or mistake.id in {m.id for m in check.MISTAKES["general"]}
            assert not section or PLACES[section.chapter] <= PLACES[name], mistake.id
        for mistake_id, attempt in WRONG[exercise.name]:
            section = checked(exercise.name, attempt).section
            assert not section or PLACES[section.chapter] <= PLACES[name], mistake_id


def test_what_a_later_chapter_explains_better_is_read_there_once_it_has_been_read():
    whole = MISTAKES["whole-array"]
    told = [str(whole.told_in(chapter.module).section) for chapter in CHAPTERS[:2]]
    assert told == [
        "chapter Definition, section “The output layer”",
        "chapter Overflow, section “Subtract the maximum”",
    ]
    assert MISTAKES["argument-changed"].told_in("definition").section is None
    assert MISTAKES["argument-changed"].told_in("backprop").section is not None
    for mistake in MISTAKES.values():
        places = [PLACES[section.chapter] for section in mistake.sections]
        assert places == sorted(set(places))


def test_a_chapter_may_have_no_check():
    assert checks_of(None) == []


def test_two_checks_of_one_name_are_an_error_that_names_both_chapters():
    (exercise, *_) = check.CHECKS["overflow"]
    with pytest.raises(ValueError, match=r"check\.softmax stands in two .* overflow and attention"):
        by_name({**check.CHECKS, "attention": [replace(exercise)]})


ON_BATCHES = {"whole-array", "wrong-axis", "no-keepdims", "global-maximum"}


@pytest.mark.parametrize(
    "name", [n for n, e in EXERCISES.items() if np.ndim(e.laws[0].inputs[0][0]) == 1]
)
def test_a_mistake_about_batches_explains_no_failure_of_one_example(name):
    for mistake, _, broken in models(EXERCISES[name]):
        if mistake.id in ON_BATCHES:
            assert broken.inputs[0][0].ndim == 2


@pytest.mark.parametrize("name", EXERCISES)
def test_every_wrong_formula_is_wrong(name):
    formulas = [formula for m in EXERCISES[name].mistakes for formula in m.formulas]
    assert len(models(EXERCISES[name])) == len(formulas) == len(set(formulas))


@pytest.mark.parametrize(
    ("came", "expected", "few"),
    [(0.0, 0.009, True), (0.0, 0.011, False), (102.0, 101.0, True), (103.0, 101.0, False)],
)
def test_few_digits_are_right_to_a_hundredth_of_the_number_or_of_1(came, expected, few):
    assert only_some_digits([(np.array([came]), np.array([expected]))]) == few


def by_their_places(z):
    return np.arange(1.0, 1 + z.size).reshape(z.shape) / z.size


def infinity_made_large(z, y):
    s = expit(z)
    return np.nan_to_num(-y * np.log(s)) + np.nan_to_num(-(1 - y) * np.log(1 - s))


def never_above_4(z, y):
    return np.minimum(np.logaddexp(0, z) - y * z, 4.5)


@pytest.mark.parametrize(
    ("name", "attempt"),
    [
        ("softmax", by_their_places),
        ("binary_cross_entropy", infinity_made_large),
        ("binary_cross_entropy", never_above_4),
    ],
)
def test_an_unknown_mistake_has_no_name(name, attempt):
    report = getattr(check, name)(attempt)
    assert report.failed_law and report.diagnosis is report.section is None


def test_what_always_raises_has_no_name():
    def attempt(z):
        raise ValueError("no such class")

    for name in EXERCISES:
        accepted = {1: attempt, 2: lambda z, k: attempt(z), 3: lambda X, W, G: attempt(X)}
        accepted[4] = lambda Q, K, V, G: attempt(Q)
        accepted[5] = lambda X, k, W, b, rate: attempt(X)
        accepted[6] = lambda X, k, U, u, W, b: attempt(X)
        report = checked(name, accepted[len(EXERCISES[name].laws[0].inputs[0])])
        assert report.failed_law and report.diagnosis is None


def test_an_error_is_no_sign_of_a_mistake_that_leads_to_another_error():
    def attempt(z):
        if z.ndim == 2 and z.shape[0] != z.shape[1]:
            raise IndexError
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1)

    report = check.softmax(attempt)
    assert report.failed_law == "a batch is shared out row by row"
    assert report.diagnosis is None


def test_the_readme_counts_the_wrong_attempts():
    readme = Path(check.__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    assert "more than eight hundred of them" in readme
    assert 800 < len(TRIED) < 900

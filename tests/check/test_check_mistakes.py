"""Each known mistake is recognised as itself, by behaviour, and explained in a real section."""

import importlib
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import numpy as np
import pytest

from check_wrong import ATTEMPTS
from softmax_lib import check
from softmax_lib.check.exercise import Exercise
from softmax_lib.check.mistakes.mistake import Mistake
from softmax_lib.check.report import CHAPTERS, Section

ROOT = Path(__file__).resolve().parents[2]


def defined(package, kind):
    """Return what the modules of a package define, of one kind."""
    found = []
    for path in sorted((ROOT / package.replace(".", "/")).glob("[a-z]*.py")):
        module = importlib.import_module(f"{package}.{path.stem}")
        found += [value for value in vars(module).values() if isinstance(value, kind)]
    return found


EXERCISES = {exercise.name: exercise for exercise in defined("softmax_lib.check", Exercise)}
MISTAKES = {mistake.id: mistake for mistake in defined("softmax_lib.check.mistakes", Mistake)}
TRIED = [(name, id_, attempt) for name, attempts in ATTEMPTS.items() for id_, attempt in attempts]


def checked(name, function):
    return getattr(check, name)(function)


@pytest.mark.parametrize(("name", "mistake", "attempt"), TRIED)
def test_an_attempt_is_diagnosed_as_the_mistake_it_makes(name, mistake, attempt):
    report = checked(name, attempt)
    assert report.diagnosis == mistake, report
    assert not report.passed
    assert report.section is report.failure.mistake.section


@pytest.mark.parametrize("name", EXERCISES)
def test_a_wrong_formula_is_taken_for_no_other(name):
    for fingerprint in EXERCISES[name].fingerprints:
        for formula in fingerprint.formulas:
            assert checked(name, formula).diagnosis == fingerprint.mistake.id


def test_the_attempts_show_every_known_mistake():
    assert set(ATTEMPTS) == set(EXERCISES)
    shown = {id_ for _, id_, _ in TRIED}
    assert set(MISTAKES) - shown == {"never-returns"}  # which has its own tests: it takes time
    assert len(shown) > 100


@pytest.mark.parametrize("name", EXERCISES)
def test_the_attempts_show_the_mistakes_of_every_exercise(name):
    known = {fingerprint.mistake.id for fingerprint in EXERCISES[name].fingerprints}
    assert known - {id_ for id_, _ in ATTEMPTS[name]} <= {
        "few-digits",
        "axis-ignored",
        "integer-buffer",
    }


def test_identifiers_are_stable_and_unique():
    assert len(MISTAKES) == len(defined("softmax_lib.check.mistakes", Mistake))
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


def headings(chapter):
    notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.findall(r"(?m)^##+ +(.+?)\s*$", text)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_sections_that_are_named_are_in_the_chapters(chapter):
    named = {
        s.heading for s in defined("softmax_lib.check.mistakes", Section) if s.chapter == chapter
    }
    named |= {
        m.section.heading for m in MISTAKES.values() if m.section and m.section.chapter == chapter
    }
    assert named
    assert named <= set(headings(chapter))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_link_leads_to_one_heading_of_its_notebook(chapter):
    """JupyterLab names a heading by its words, with hyphens between them."""
    sections = {m.section for m in MISTAKES.values() if m.section and m.section.chapter == chapter}
    found = [heading.replace(" ", "-") for heading in headings(chapter)]
    for section in sections:
        file, kind, name = re.fullmatch(r"([^#]+)#(\w+)=([\w.~%,:?-]+)", section.link).groups()
        assert (ROOT / "chapters" / file).is_file() and kind == "heading"
        assert found.count(unquote(name)) == 1


def test_every_section_is_in_a_chapter_of_the_course():
    assert {path.stem for path in (ROOT / "chapters").glob("*.ipynb")} == set(CHAPTERS)
    assert {m.section.chapter for m in MISTAKES.values() if m.section} <= set(CHAPTERS)


ON_BATCHES = {"whole-array", "wrong-axis", "no-keepdims", "global-maximum"}


@pytest.mark.parametrize(
    "name", [n for n, e in EXERCISES.items() if e.laws[0].inputs[0][0].ndim == 1]
)
def test_a_mistake_about_batches_explains_no_failure_of_one_example(name):
    exercise = EXERCISES[name]
    for fingerprint in exercise.fingerprints:
        for formula in fingerprint.formulas:
            if fingerprint.mistake.id in ON_BATCHES:
                assert exercise.first_broken[formula].inputs[0][0].ndim == 2


@pytest.mark.parametrize("name", EXERCISES)
def test_every_wrong_formula_is_wrong(name):
    exercise = EXERCISES[name]
    formulas = [formula for f in exercise.fingerprints for formula in f.formulas]
    assert set(exercise.first_broken) == set(formulas)
    assert len(set(formulas)) == len(formulas)


def test_an_unknown_mistake_has_no_name():
    def attempt(z):
        return np.arange(1.0, 1 + z.size).reshape(z.shape) / z.size

    report = check.softmax(attempt)
    assert report.failed_law and report.diagnosis is report.section is None


def test_what_always_raises_has_no_name():
    def attempt(z):
        raise ValueError("no such class")

    for name in EXERCISES:
        accepted = {1: attempt, 2: lambda z, k: attempt(z), 3: lambda X, W, G: attempt(X)}
        accepted[5] = lambda X, k, W, b, rate: attempt(X)
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


def test_the_law_that_fails_is_the_one_that_speaks_of_the_mistake():
    failed = {
        (name, id_): checked(name, attempt).failed_law
        for name, id_, attempt in TRIED
        if name in ("softmax", "linear_backward", "one_hot")
    }
    assert failed["softmax", "not-normalised"] == "the shares sum to 1"
    assert failed["softmax", "logits-divided-by-sum"] == "no share is negative"
    assert failed["softmax", "sign-of-logits"] == "a larger logit gets a larger share"
    assert failed["softmax", "global-maximum"] == "each row has its own maximum"
    assert failed["softmax", "integer-buffer"] == "integers are logits too"
    assert failed["one_hot", "inverted"] == "every row has one 1"
    assert failed["linear_backward", "bias-mean"] == "a bias collects G_nc from every example n"

    def wrong_in_x(X, W, G):
        return G @ W.T + 1, X.T @ G, G.sum(axis=0)

    report = check.linear_backward(wrong_in_x)
    assert report.failed_law == "a feature collects G_nc W_dc from every class c"
    assert report.failure.came.startswith("grad_X = ")


@pytest.mark.parametrize("instead", [np.inf, np.nan, -1e9, 0.0])
def test_infinity_is_nothing_else(instead):
    def attempt(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        log_p = z - z.max(axis=-1, keepdims=True) - np.log(e.sum(axis=-1, keepdims=True))
        return np.where(np.isneginf(log_p), instead, log_p)

    assert check.log_softmax(attempt).failed_law == "a logit of -inf rules its class out"


def test_the_first_of_two_mistakes_is_named_first():
    def both(z):
        return 2.0**z / (2.0**z).sum()  # the base, and no axis

    def one(z):
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()

    assert check.softmax(both).diagnosis == "other-base"
    assert check.softmax(one).diagnosis == "whole-array"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6, 1e-8, 1e-10, 1e-12])
def test_an_epsilon_is_recognised_by_its_effect_of_any_size(epsilon):
    def in_denominator(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / (e.sum(axis=-1, keepdims=True) + epsilon)

    def in_log(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return np.log(e / e.sum(axis=-1, keepdims=True) + epsilon)

    assert check.softmax(in_denominator).diagnosis == "epsilon-in-denominator"
    assert check.log_softmax(in_log).diagnosis == "log-epsilon"


@pytest.mark.parametrize("floor", [1e-12, 1e-15, 1e-30, 1e-300])
def test_a_floor_under_the_shares_is_recognised_at_any_height(floor):
    def loss(z, k):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        return -np.log(np.maximum(p, floor))[np.arange(len(k)), k]

    assert check.softmax_cross_entropy(loss).diagnosis == "clipped-probabilities"


@pytest.mark.parametrize("temperature", [0.5, 2.0, 3.0, 10.0])
def test_a_temperature_is_recognised_whatever_it_is(temperature):
    def warm(z):
        e = np.exp((z - z.max(axis=-1, keepdims=True)) / temperature)
        return e / e.sum(axis=-1, keepdims=True)

    assert check.softmax(warm).diagnosis == "scaled-logits"

"""The page of the notes: every entry is whole, leads into the course, and has right numbers."""

import re
from functools import cache
from pathlib import Path

import mpmath
import nbformat
import numpy as np
import pytest

from softmax_lib import softmax, softmax_cross_entropy, softmax_naive
from softmax_lib.course import CHAPTERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "reference" / "notes.md").read_text(encoding="utf-8")
VERDICTS = ("Kept", "Made precise", "Mended")
CHINESE = re.compile("[\u4e00-\u9fff]")
VERDICT = re.compile(rf"\*\*({'|'.join(VERDICTS)})\.\*\* ")
HEADING = re.compile(r"^##+ (.+?) ?· (.+)\n\n(.+)$", re.MULTILINE)
ENTRY = re.compile(r"^([^:#\n].*)\n: (.+)\n: (.+)$", re.MULTILINE)
LINK = re.compile(r"\{(ref|eq)\}`(?:[^`<]*<)?([\w-]+)>?`")

headings = HEADING.findall(PAGE)
entries = ENTRY.findall(PAGE)


@cache
def labels():
    """Return the labels of sections and equations in the chapters and the reference."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "reference").glob("*.md")]
    for chapter in CHAPTERS:
        notebook = nbformat.read(ROOT / "chapters" / f"{chapter.name}.ipynb", as_version=4)
        texts += [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    text = "\n".join(texts)
    return {
        "ref": set(re.findall(r"^\((sec-[\w-]+)\)=$", text, re.MULTILINE)),
        "eq": set(re.findall(r"^:label: ([\w-]+)$", text, re.MULTILINE)),
    }


def test_everything_after_the_introduction_is_a_heading_or_an_entry():
    rest = ENTRY.sub("", HEADING.sub("", PAGE[PAGE.index("\n## ") :]))
    assert rest.strip() == ""
    # The notes have nine headings, one of them without words.
    assert len(headings) == 9
    assert len(entries) > 30


@pytest.mark.parametrize(("notes", "english", "remark"), headings + entries)
def test_an_entry_has_chinese_english_a_verdict_and_a_way_into_the_course(notes, english, remark):
    assert CHINESE.search(notes) or re.fullmatch(r"\$.*\$", notes)
    assert re.search("[A-Za-z]{3}", english) and not CHINESE.search(english)
    assert VERDICT.match(remark), remark
    assert LINK.search(remark), remark


def test_links_lead_to_labels_of_the_course():
    known = labels()
    for kind, label in LINK.findall(PAGE):
        assert label in known[kind], label


def test_what_is_false_in_the_notes_is_mended():
    """Two misprints, two false claims, a slip of counting in two formulas, and lost conditions."""
    mended = [notes for notes, _, remark in entries if remark.startswith("**Mended.**")]
    wanted = ("c=i", "梯度爆炸", "拉的更大", "p_0", "loss_1", "两种情况")
    assert len(mended) == len(wanted)
    for words in wanted:
        assert any(words in notes for notes in mended), words


def computed():
    """Return what the numbers of the remarks must be."""
    z = np.array([2.0, 1.0, 0.1])
    loss = softmax_cross_entropy(np.stack([z, z, z]), [0, 1, 2])
    from_second = np.log(np.exp(z[1:]).sum()) - z[1]
    of_numbers = np.log(np.exp([1, 2, 3]).sum()) - z[0]
    p = softmax([2.0, 0.0])
    bird = softmax([3.0, 1.0, -3.0])[2]
    with mpmath.workdps(300):
        parts = [mpmath.exp(x) for x in (123, 456, 789)]
        small = [mpmath.nstr(x / sum(parts), 3, strip_zeros=False) for x in parts[:2]]
    numbers = [f"{x:.4f}" for x in (loss[0], loss[1], from_second, of_numbers)]
    numbers += [f"{p[0] - p[1]:.3f}", f"{p[0] / p[1]:.3f}"]
    numbers += [f"{1 / bird:.1f}", f"{1 - bird:.3f}", *small]
    # Given, not computed: a probability to speak of, another, and a logit.
    return {*numbers, "0.9", "0.5", "0.1"}


def test_the_numbers_are_computed():
    remarks = "\n".join(remark for *_, remark in entries)
    assert set(re.findall(r"\d+\.\d+(?:e-\d+)?", remarks)) == computed()


def test_the_program_of_the_notes_prints_what_they_say():
    scores = np.array([123, 456, 789])
    with np.errstate(over="ignore", invalid="ignore"):
        assert str(softmax_naive(scores)) == "[ 0.  0. nan]"
        assert np.isnan(softmax_naive(scores.astype(np.float32))).all()
    assert "`print(softmax) # [ 0.  0. nan]`" in PAGE

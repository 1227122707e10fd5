"""The course's own pictures are the ones that the library draws, and say what it computes."""

from __future__ import annotations

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.special

from drawn import MINUS, texts
from tools import pictures

NUMBER = re.compile(rf"{MINUS}?\d+(?:\.\d+)?")
TRUE_P = scipy.special.softmax([3, 1, -3])
# Logits, probabilities, corrections if the second class is the true one.
TRUE = [3, 1, -3, *TRUE_P, *([0, 1, 0] - TRUE_P)]
FRONT_PAGE = (pictures.STATIC.parent / "index.md").read_text(encoding="utf-8")


def numbers(text):
    return [float(n.replace(MINUS, "-")) for n in NUMBER.findall(text)]


@pytest.fixture
def drawn():
    yield lambda name: pictures.PICTURES[name]()
    plt.close("all")


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_is_up_to_date(name):
    stored, made = (pictures.STATIC / name).read_bytes(), pictures.picture(name)
    if name.endswith(".png"):
        # The same picture may be packed differently, and its edges be rounded differently.
        stored, made = (plt.imread(io.BytesIO(data)) for data in (stored, made))
        assert stored.shape == made.shape
        assert np.abs(stored - made).max() <= 0.02, "run python tools/pictures.py"
    else:
        assert stored == made, "run python tools/pictures.py"


@pytest.mark.parametrize("name", ["course.svg", "course-tall.svg", "card.png"])
def test_every_number_of_the_picture_is_right(drawn, name):
    shown = [n for ax in drawn(name).axes for text in texts(ax) for n in numbers(text)]
    np.testing.assert_allclose(shown, TRUE, rtol=0, atol=0.0005)


@pytest.mark.parametrize("name", ["course.svg", "course-tall.svg", "card.png"])
def test_bars_of_one_kind_are_in_proportion(drawn, name):
    (ax,) = drawn(name).axes
    lengths = [
        max(b.get_width(), b.get_height(), key=lambda v: abs(abs(v) - pictures.BAR))
        for b in ax.patches
        if hasattr(b, "get_width")
    ]
    np.testing.assert_allclose(lengths, [1, 1 / 3, -1, *TRUE[3:]])


def test_the_words_beside_the_picture_give_its_numbers():
    (alt,) = re.findall(r'course\.svg".* alt="([^"]+)"', FRONT_PAGE)
    np.testing.assert_allclose(numbers(alt), TRUE, rtol=0, atol=0.0005)
    assert all(name in alt for name in (*pictures.NAMES, "Logits", "Probabilities", "Corrections"))


@pytest.mark.parametrize("name", ["course.svg", "course-tall.svg"])
def test_the_front_page_keeps_the_room_that_the_picture_takes(name):
    (size,) = re.findall(rf'{name}" width="(\d+)" height="(\d+)"', FRONT_PAGE)
    svg = (pictures.STATIC / name).read_text(encoding="utf-8")
    wanted = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()
    np.testing.assert_allclose([float(n) for n in size], [float(n) for n in wanted], atol=0.5)


def test_the_logo_is_drawn_of_the_probabilities():
    logo = (pictures.STATIC / "logo.svg").read_text(encoding="utf-8")
    assert logo == pictures.logo(), "run python tools/pictures.py"
    heights = [54 - float(top) for top in re.findall(r"54V([\d.]+)h12", logo)]
    assert len(heights) == 3
    # The third would not be seen; it is drawn as low as can be.
    np.testing.assert_allclose(heights[1] / heights[0], TRUE_P[1] / TRUE_P[0], atol=1e-3)
    assert 1 < heights[2] < heights[1]

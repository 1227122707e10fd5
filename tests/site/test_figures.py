"""The figures: what they say to who does not see them, and what is left of them in the dark."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from browsing import listed, settle

FIGURES = """() => [...document.querySelectorAll('article img')].map(image => ({
  alt: image.alt,
  file: image.getAttribute('src').split('/').pop(),
  caption: image.closest('figure')?.querySelector('.caption-text')?.innerText ?? '',
  place: placeOf(image),
  paper: image.classList.contains('no-invert'),
}))"""
# Each picture is drawn once more as part of the page, where the scale of each letter can be asked
# for: of the glyphs of Matplotlib, whose outlines have 100 units to the em, and of text.
LETTERS = """async () => {
  const found = [];
  for (const image of document.querySelectorAll('article img')) {
    const file = await (await fetch(image.currentSrc)).text();
    const drawn = new DOMParser().parseFromString(file, 'image/svg+xml').documentElement;
    const { paddingLeft, paddingRight } = getComputedStyle(image);
    const width = image.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    drawn.style.cssText = `position: absolute; width: ${width}px; height: auto`;
    document.body.append(drawn);
    const letters = [...drawn.querySelectorAll('[id^="text_"] use, text')].map(letter => {
      const { a, b } = letter.getScreenCTM(); // b where the text runs upwards
      return Math.hypot(a, b) *
        (letter.tagName === 'text' ? parseFloat(getComputedStyle(letter).fontSize) : 100);
    });
    drawn.remove();
    const figure = image.closest('figure');
    found.push({
      place: placeOf(image),
      letters,
      hidden: figure.scrollWidth - figure.clientWidth,
      text: parseFloat(getComputedStyle(image.closest('article')).fontSize),
      cover: figure.classList.contains('cover'),
    });
  }
  return found;
}"""
SMALLEST = 9  # pixels, indices and exponents included
FEWEST_WORDS = 12  # "a bar chart of the probabilities" names a figure; it takes more to tell it
INK = 3.0  # contrast to its surroundings from which a line counts as drawn
LEGIBLE = 3.0  # what the guidelines ask of graphics (WCAG 1.4.11)
LOST = 0.02  # of the ink, at most: rims that the browser blends with one paper or the other
# The dark theme frames pictures; without frames, the two are compared pixel by pixel.
FRAMELESS = "article img { padding: 0 !important }"

DISTORTED = """() => [...document.images].filter(i => i.width).filter(i =>
  Math.abs(i.width * i.naturalHeight / (i.height * i.naturalWidth) - 1) > 0.02
).map(i => `${placeOf(i)}: ${i.width} x ${i.height} for ${i.naturalWidth} x ${i.naturalHeight}`)"""


def luminance(picture) -> np.ndarray:
    """Return the relative luminance of every pixel, as WCAG defines it."""
    c = np.asarray(picture.convert("RGB")) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(picture) -> tuple[np.ndarray, float]:
    """Return the contrast of every pixel to the picture's paper, and the paper's luminance."""
    light = luminance(picture)
    light = light[4:-4, 4:-4]  # round corners show what is behind them
    rim = np.concatenate([light[:2].ravel(), light[-2:].ravel(), light[:, :2].ravel()])
    paper = float(np.median(rim))
    high, low = np.maximum(light, paper), np.minimum(light, paper)
    return (high + 0.05) / (low + 0.05), paper


def photograph(image):
    style = {"style": FRAMELESS, "animations": "disabled"}
    return Image.open(io.BytesIO(image.screenshot(**style)))


def illegible(light, dark) -> float:
    """Return the share of what is drawn on the light page that is lost on the dark one.

    A point is not lost if it, or one beside it, stands out: the pictures may lie half a pixel
    apart.
    """
    drawn, seen = contrast(light)[0] >= INK, contrast(dark)[0] >= LEGIBLE
    assert drawn.any(), "nothing is drawn even on the light page"
    rows, columns = np.minimum(drawn.shape, seen.shape)
    wider = np.pad(seen, 1)
    near = [wider[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    lost = drawn[:rows, :columns] & ~np.any(near, axis=0)
    return float(lost.sum() / drawn.sum())


@pytest.mark.widths(1280)
def test_alternative_text_says_what_one_sees(visit):
    for figure in visit.page.evaluate(FIGURES):
        alt, place = figure["alt"].strip(), f"{visit.name}: {figure['place']}"
        assert len(alt.split()) >= FEWEST_WORDS, f"{place}: too short to tell a figure: {alt!r}"
        assert alt[-1] in ".!?", f"{place}: not a sentence: {alt!r}"
        assert not alt.lower().startswith(("figure", "image of", "picture of")), f"{place}: {alt!r}"
        assert figure["file"].rsplit(".", 1)[0] not in alt, f"{place}: the name of the file"
        assert alt != figure["caption"].strip(), f"{place}: says what the caption says"


def test_figures_are_legible_on_a_dark_page(opened, name):
    light, dark = (opened(name, theme=theme).page for theme in ("light", "dark"))
    for page in (light, dark):
        settle(page)
    for n, figure in enumerate(light.evaluate(FIGURES)):
        place = f"{name}: {figure['place']}"
        for _ in range(3):
            pictures = [photograph(page.locator("article img").nth(n)) for page in (light, dark)]
            lost = illegible(*pictures)
            if lost <= LOST:
                break
            # Where the typeface came too late, all stands a part of a pixel elsewhere. Now it is
            # there.
            for page in (light, dark):
                page.reload()
                settle(page)
        if not figure["paper"]:  # filled with colour, it keeps its light paper
            assert contrast(pictures[1])[1] < 0.05, f"{place}: on a dark page, on light paper"
        assert lost <= LOST, f"{place}: {lost:.0%} of what is drawn is lost in the dark"


def test_a_figure_that_is_lost_in_the_dark_is_seen():
    light, dark = Image.new("RGB", (40, 40), "white"), Image.new("RGB", (40, 40), "#14181e")
    light.paste("black", (10, 10, 30, 30))
    dark.paste("black", (10, 10, 30, 30))
    assert illegible(light, dark) == 1
    dark.paste("#d7dce3", (10, 10, 30, 30))
    assert illegible(light, dark) == 0


@pytest.mark.widths(360, 390)
def test_a_figure_fits_a_phone_and_its_letters_can_be_read_there(visit):
    for figure in visit.page.evaluate(LETTERS):
        place = f"{visit}: {figure['place']}"
        assert figure["hidden"] <= 0, f"{place}: {figure['hidden']} px are out of sight"
        smallest = min(figure["letters"])
        assert smallest >= SMALLEST, f"{place}: letters of {smallest:.1f} px"


@pytest.mark.widths(1280)
def test_the_letters_of_a_figure_are_about_as_large_as_those_of_the_text(visit):
    for figure in visit.page.evaluate(LETTERS):
        if not figure["cover"]:
            ratio = np.median(figure["letters"]) / figure["text"]
            assert 0.75 < ratio < 1.1, f"{visit}: {figure['place']}: {ratio:.2f} of the text"


@pytest.mark.widths(390, 768, 1280)
def test_pictures_keep_their_proportions(visit):
    found = visit.page.evaluate(DISTORTED)
    assert not found, listed(visit, found)

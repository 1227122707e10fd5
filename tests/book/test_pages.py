"""The extension that sizes pictures beforehand."""

from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pytest
from sphinx.errors import ExtensionError

import pages

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}/>'


def picture(folder, attributes):
    file = folder / "a.svg"
    file.write_text(SVG.format(attributes), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="72pt" height="36pt"', (96, 48)),
        ('width="1in" height="20"', (96, 20)),
        ('width="10.4px" height="10.6px"', (10, 11)),
    ],
)
def test_a_size_is_read_in_pixels(tmp_path, attributes, size):
    assert pages.size_of(picture(tmp_path, attributes)) == size


@pytest.mark.parametrize("attributes", ["", 'width="100%" height="5px"', 'width="5px"'])
def test_a_picture_without_a_size_is_named(tmp_path, attributes):
    with pytest.raises(ExtensionError, match=r"a\.svg: give the picture a width and a height"):
        pages.size_of(picture(tmp_path, attributes))


def test_only_the_first_picture_comes_at_once(tmp_path):
    sources = {"x.svg": picture(tmp_path, 'width="8px" height="4px"')}
    first, second = pages.size_images('<img src="x.svg">\n<img src="x.svg">', sources).split("\n")
    assert first == '<img width="8" height="4" src="x.svg">'
    assert second == '<img width="8" height="4" loading="lazy" src="x.svg">'


def test_each_picture_of_a_page_gets_its_size_once(tmp_path):
    sources = {"x.svg": picture(tmp_path, 'width="8px" height="4px"')}
    body = (
        '<img alt="a width" src="../_images/x.svg" /><img src="y.png"><img width="1" src="x.svg">'
    )
    assert pages.size_images(body, sources) == (
        '<img width="8" height="4" alt="a width" src="../_images/x.svg" />'
        '<img src="y.png"><img width="1" src="x.svg">'
    )


def test_paper_is_taken_from_under_a_figure_and_white_that_is_drawn_stays(tmp_path):
    fig, ax = plt.subplots(facecolor="white")
    ax.add_patch(plt.Rectangle((0, 0), 1, 1, facecolor="white", gid="drawn"))
    (tmp_path / "_images").mkdir()
    file = tmp_path / "_images" / "a.svg"
    fig.savefig(file)
    plt.close(fig)
    builder = SimpleNamespace(format="html", imagedir="_images")
    pages.take_paper_away(SimpleNamespace(outdir=tmp_path, builder=builder), None)
    root = ElementTree.parse(file).getroot()
    fills = {name: root.find(f".//*[@id='{name}']/*").get("style") for name in ("patch_1", "drawn")}
    assert fills == {"patch_1": "fill: none", "drawn": "fill: #ffffff"}


def test_a_page_names_its_viewport_once():
    app = SimpleNamespace(builder=SimpleNamespace(images={}), srcdir=".")
    context = {
        "metatags": '<meta name="viewport" content="a" /><meta name="x" />',
    }
    pages.complete(app, "page", "page.html", context, None)
    assert context == {"metatags": '<meta name="x" />'}

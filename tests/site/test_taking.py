"""What a reader takes along from a page: formulas, code, notebooks."""

from __future__ import annotations

import nbformat
import pytest

from softmax_lib.course import CHAPTERS

COPIED = """element => {
  const range = document.createRange();
  range.selectNode(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true });
  element.dispatchEvent(event);
  return event.clipboardData.getData('text/plain').trim();
}"""


def test_a_copied_formula_is_its_tex_once(opened):
    page = opened("chapters/definition.html").page
    display = page.locator("article #equation-softmax .katex-display")
    assert display.evaluate(COPIED) == (r"$$p_i = \frac{e^{z_i}}{\sum_{c=1}^{C} e^{z_c}}$$")
    sentence = page.locator("article p", has=page.locator(".katex")).first
    formula = sentence.locator("annotation").first.text_content()
    copied = sentence.evaluate(COPIED)
    assert copied.count(f"${formula}$") == 1
    words = sentence.evaluate("e => e.firstChild.data").strip()
    assert copied.startswith(words)


@pytest.mark.parametrize("touch", [False, True])
def test_a_copy_button_can_be_seen_without_a_mouse(opened, touch):
    page = opened("chapters/definition.html", has_touch=touch, is_mobile=touch).page
    button = page.locator("button.copybtn").first
    button.wait_for(state="attached")
    assert (button.evaluate("e => getComputedStyle(e).opacity") == "1") is touch


@pytest.mark.parametrize("chapter", [each.name for each in CHAPTERS])
def test_the_download_button_saves_the_notebook(opened, chapter):
    page = opened(f"chapters/{chapter}.html").page
    # Some servers know that a notebook is JSON, which a browser shows.
    page.context.route(
        "**/*.ipynb",
        lambda route: route.fulfill(
            body=route.fetch().body(), headers={"Content-Type": "application/json"}
        ),
    )
    page.get_by_role("button", name="Download this page").click()
    with page.expect_download() as info:
        page.locator(".btn-download-source-button").click()
    assert info.value.suggested_filename == f"{chapter}.ipynb"
    notebook = nbformat.read(info.value.path(), as_version=4)
    assert notebook.cells[0].source.startswith("# ")

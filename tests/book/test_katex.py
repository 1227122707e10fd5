"""The extension that sets formulas: right ones are set, wrong ones are named."""

import re

import pytest
from bs4 import BeautifulSoup
from docutils import nodes

import katex


def test_a_formula_is_set_for_the_eye_and_for_the_ear():
    soup = BeautifulSoup(katex.katex_html(r"\frac{e^{z_i}}{S}", True), "lxml")
    assert soup.select_one(".katex-display .katex-html[aria-hidden=true] .mfrac")
    assert soup.select_one(".katex-mathml math[display=block] mfrac")
    assert not BeautifulSoup(katex.katex_html("x", False), "lxml").select_one(".katex-display")


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\softmx(z)", r"Undefined control sequence: \softmx"),
        (r"\frac{1}", "Unexpected end of input"),
        ("{x", "Expected '}'"),
        ("é", "unicodeTextInMathMode"),
    ],
)
def test_a_wrong_formula_is_an_error_that_says_why(tex, reason):
    with pytest.raises(ValueError, match=re.escape(reason)) as caught:
        katex.katex_html(tex, True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", "x = 1"),
        ("a \\\\ b", r"\begin{split}a \\ b\end{split}"),
        (
            "\\begin{aligned}a \\\\ b\\end{aligned}",
            r"\begin{aligned}a \\ b\end{aligned}",
        ),
        ("a\n\nb", r"\begin{gathered}a \\ b\end{gathered}"),
    ],
)
def test_lines_and_paragraphs_of_a_display(text, expected):
    assert katex.one_display(text) == expected
    assert "katex-display" in katex.katex_html(expected, True)


def paragraph(before, tex, following):
    formula = nodes.math(tex, tex)
    return nodes.paragraph("", "", nodes.Text(before), formula, nodes.Text(following))


@pytest.mark.parametrize(
    ("before", "tex", "following", "tied"),
    [
        ("Let ", "p_i", ". Then", "p_i."),
        ("Let (", "p_i", " be", "(p_i"),
        ("(", "p_i", ")", "(p_i)"),
    ],
)
def test_punctuation_stays_with_the_short_formula_beside_it(before, tex, following, tied):
    document = paragraph(before, tex, following)
    katex.keep_punctuation(None, document, "page")
    assert document.astext() == before + tex + following
    assert document[1]["classes"] == ["together"]
    assert document[1].astext() == tied


def test_a_formula_without_punctuation_or_too_long_for_a_line_may_break():
    for following in (" is", ""):
        document = paragraph("Let ", "p_i", following)
        katex.keep_punctuation(None, document, "page")
        assert not list(document.findall(nodes.inline))
    document = paragraph("Let ", "a + b = c + " * 9, ". Then")
    katex.keep_punctuation(None, document, "page")
    assert document[1]["classes"] == ["together", "long"]  # but for its last part

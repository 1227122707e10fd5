"""The report: what it says of an attempt, in both its forms, and how it writes numbers."""

import html.parser
import re

import numpy as np
import pytest

import softmax_lib
from softmax_lib import check
from softmax_lib.check._engine import showing


def no_shift(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def right(z):
    return softmax_lib.softmax(z)


# ---- the report ---------------------------------------------------------------------------------


def test_a_report_of_a_failure_says_all_that_is_promised():
    report = check.softmax(no_shift)
    assert report.passed is False and not report
    assert report.failed_law == "logits of 1000 and -1000 make no nan"
    assert report.diagnosis == "no-shift"
    assert len(report.laws) == 7
    assert report.failure.given == "no_shift(np.array([1000.0, 0.0]))"
    assert report.failure.came == "[nan, 0]"
    assert report.failure.expected == "[1, 0]"
    assert report.failure.mistake.title == "The maximum is not subtracted"
    assert report.section == check.Section("sec-max-shift")


def test_a_report_of_success_lists_the_laws():
    report = check.softmax(right)
    assert report.passed is True and report
    assert report.failed_law is None and report.diagnosis is None and report.section is None
    assert report.laws[0] == "it is a function of (logits)"
    assert str(report).splitlines()[0] == "right, checked as softmax: passed, all 14 laws hold."
    assert len(report.laws) == 14


def test_the_plain_form():
    why = "e to the 1000 is inf, and inf / inf is nan; e to the -1000 is 0, and 0 / 0 is nan too."
    assert repr(check.softmax(no_shift)) == "\n".join(
        [
            "no_shift, checked as softmax: not yet; 7 laws hold, the next one fails.",
            "  holds  it is a function of (logits)",
            "  holds  there is one share for every logit",
            "  holds  no share is negative",
            "  holds  the shares sum to 1",
            "  holds  a larger logit gets a larger share",
            "  holds  (3, 1, -3) gives (0.879, 0.119, 0.002)",
            "  holds  adding a number to all logits changes nothing",
            "  FAILS  logits of 1000 and -1000 make no nan",
            "         given     no_shift(np.array([1000.0, 0.0]))",
            "         came      [nan, 0]",
            "         expected  [1, 0]",
            "         warned    RuntimeWarning: overflow encountered in exp",
            "         warned    RuntimeWarning: invalid value encountered in divide",
            f"         mistake   The maximum is not subtracted (no-shift). {why}",
            "         read      chapter Overflow, section “Subtract the maximum”",
        ]
    )


@pytest.mark.parametrize(("laws", "said"), [(0, "no law holds yet"), (1, "1 law holds")])
def test_few_laws_are_counted_in_words(laws, said):
    attempt = None if laws == 0 else lambda z: None
    assert f"not yet; {said}, the next one fails." in str(check.softmax(attempt))


def test_a_report_names_the_reader_s_function_and_the_one_it_was_held_against():
    for report in (check.softmax(no_shift), check.logsumexp(no_shift)):
        heading = f"no_shift, checked as {report.function}: not yet; "
        assert str(report).startswith(heading)
        assert f"<strong>{heading}" in report._repr_html_()
        assert report.failure.given.startswith("no_shift(np.array(")
    assert str(check.softmax(softmax_lib.softmax)).startswith("softmax: passed, ")
    assert not any("softmax" in law for law in check.softmax(right).laws)


def test_a_call_with_other_parameters_is_the_one_that_fails():
    def two(z, w):
        return z

    failure = check.softmax(two).failure
    assert failure.given == "two(np.array([1.0, 0.0]))"
    with pytest.raises(TypeError, match="two"):
        eval(failure.given, {"np": np, "two": two})
    assert failure.law == f"it is {failure.expected}" == "it is a function of (logits)"


class Page(html.parser.HTMLParser):
    """Read tags and attributes, and see that every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], set(), [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += f"{data} "


@pytest.mark.parametrize("attempt", [no_shift, right, None])
def test_the_rich_form_is_small_and_quiet(attempt):
    rich = check.softmax(attempt)._repr_html_()
    page = Page(rich)
    assert page.tags <= {"div", "strong", "ul", "li", "dl", "dt", "dd", "code", "a"}
    assert {name for name, _ in page.attributes} <= {"style", "href"}
    assert len(rich) < 4000
    assert rich == check.softmax(attempt)._repr_html_()


def test_the_rich_form_says_what_the_plain_one_says():
    report = check.softmax(no_shift)
    text = " ".join(Page(report._repr_html_()).text.split())
    for line in str(report).splitlines():
        said = re.sub(r"^ *(holds|FAILS|given|came|expected|warned|mistake|read) +", "", line)
        assert said in text


def test_the_rich_form_links_to_the_section():
    rich = check.softmax(no_shift)._repr_html_()
    (link,) = re.findall("<a href=[^<]*</a>", rich)
    assert link.startswith('<a href="overflow.ipynb#heading=Subtract-the-maximum">chapter Overflow')
    assert "<a" not in check.softmax(right)._repr_html_()


def test_code_in_a_sentence_is_code_in_the_rich_form():
    rich = check.mean_cross_entropy(lambda z, k: -softmax_lib.log_softmax(z)[:, k].mean())
    assert "<code>A[:, labels]</code> takes all" in rich._repr_html_()
    assert "`" not in rich._repr_html_()


def test_the_rich_form_takes_its_colours_from_the_page():
    styles = " ".join(
        value
        for name, value in Page(check.softmax(no_shift)._repr_html_()).attributes
        if name == "style"
    )
    assert "color: inherit" in styles
    assert set(re.findall(r"#\w+", styles)) == {"#D55E00"}
    assert "#009E73" in check.softmax(right)._repr_html_()


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_the_rule_stands_out_on_light_and_dark_pages(page):
    for colour in ("#D55E00", "#009E73"):
        assert contrast(colour, page) > 3


def test_what_comes_from_the_reader_is_escaped():
    def attempt(z):
        raise ValueError("<script>alert(1)</script>")

    rich = check.softmax(attempt)._repr_html_()
    assert "<script" not in rich and "&lt;script&gt;" in rich


def test_the_smallest_input_is_code_that_shows_the_failure():
    names = {"np": np, "no_shift": no_shift}
    with np.errstate(all="ignore"):
        shown = eval(check.softmax(no_shift).failure.given, names)
    assert np.isnan(shown).any()
    for given in ("np.array([0.0, -np.inf])", "np.array([100.0, 0.0], np.float32)"):
        array = eval(given, {"np": np})
        assert showing.call("f", (array,), {}) == f"f({given})"


# ---- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.5, "0.5"),
        (-1e-17, "0"),
        (1000.0, "1000"),
        (1e-5, "1.000e-05"),
        (123456789.0, "1.235e+08"),
        (2.4e-145, "0"),
        (float("-inf"), "-inf"),
        (float("nan"), "nan"),
        (True, "1"),
    ],
)
def test_a_number_is_written_short(x, text):
    assert showing.number(x) == text


def test_rounding_errors_do_not_show():
    for x in (0.1, 1 / 3, 0.87887824, 6.12914, 1e-9):
        for nudge in (1 - 1e-15, 1 + 1e-15):
            assert showing.number(x * nudge) == showing.number(x)


def test_a_pair_is_told_apart_if_it_can_be():
    assert showing.pair(np.array(0.5), np.array(0.25)) == ("0.5", "0.25")
    assert showing.pair(np.array(0.99999), np.array(1.0)) == ("0.99999", "1")
    assert showing.pair(np.array(0.999994), np.array(0.999996)) == ("0.999994", "0.999996")
    assert showing.pair(np.array(0.9999999), np.array(1.0)) == ("0.9999999", "1")
    assert showing.pair(np.array(1 + 1e-13), np.array(1.0)) == ("1, off by less than 1e-12", "1")
    assert showing.pair(np.zeros(2), np.array(0.0)) == ("[0, 0], shape (2,)", "0, shape ()")


def test_a_large_array_is_not_written_out():
    assert showing.array(np.zeros((30, 40))) == "1200 numbers in an array of shape (30, 40)"

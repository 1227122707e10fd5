"""The explorer: its table says what the library computes, and its script computes the same."""

import json
import re
from fractions import Fraction

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

import softmax_lib as lib
from oracles import EXAMPLE, NOT_REAL, few
from softmax_lib.explorer import SCRIPT, STYLE, VIEWS, SoftmaxExplorer
from softmax_lib.explorer.table import text

NAMES = ["cat", "dog", "bird"]
# One target that each view takes.
TARGETS = dict(zip(VIEWS, (None, None, None, None, 1, 1), strict=True))


def example(view, logits=EXAMPLE):
    return SoftmaxExplorer(logits, TARGETS[view], labels=NAMES, view=view)


def table_of(explorer):
    return BeautifulSoup(explorer._repr_html_(), "lxml").table


def numbers_of(explorer):
    """Return the numbers that a reader finds in the body of the table, row by row."""
    found = [[td.get_text() for td in row.find_all("td")] for row in table_of(explorer)("tr")]
    kept = [row for row in found if row]
    if table_of(explorer).tfoot:
        kept.pop()
    return np.array([[float(t.replace("−", "-")) for t in row] for row in kept])


def rows(view, logits, target, temperature):
    """Return the numbers of a view before they are rounded."""
    return np.array(VIEWS[view].rows(np.array(logits), target, temperature))


# ---- the table ----------------------------------------------------------------------------------


def test_probabilities_and_gradient_are_the_library_s():
    z, p, gradient = numbers_of(SoftmaxExplorer(EXAMPLE, target=1)).T
    assert z.tolist() == list(EXAMPLE)
    np.testing.assert_allclose(p, lib.softmax(EXAMPLE), rtol=0, atol=5.1e-4)
    np.testing.assert_allclose(gradient, lib.softmax(EXAMPLE) - [0, 1, 0], rtol=0, atol=5.1e-4)


def test_the_loss_is_told_for_every_class_and_for_the_true_one():
    explorer = example("cross-entropy")
    _, _, loss, printed, _ = numbers_of(explorer).T
    np.testing.assert_allclose(loss, lib.nll_loss([-loss] * 3, [0, 1, 2]))
    np.testing.assert_allclose(loss, lib.logsumexp(EXAMPLE) - EXAMPLE, rtol=0, atol=5.1e-4)
    sums = [np.exp([1, 2, 3]).sum(), np.exp([2, 3]).sum(), np.exp([3]).sum()]
    np.testing.assert_allclose(printed, np.log(sums) - EXAMPLE, rtol=0, atol=5.1e-4)
    assert table_of(explorer).caption.get_text() == "The true class is dog: loss 2.129"


def test_the_slope_in_p_has_no_bound_and_the_one_in_z_stops_at_minus_1():
    shown = [numbers_of(example("cross-entropy", [3.0, z, -3.0]))[1] for z in (1, -5, -10, -20)]
    _, p, _, _, gradient = np.array(shown).T
    assert (np.diff(-1 / p) < 0).all() and -1 / p[-1] < -1e9
    assert gradient.tolist() == [-0.881, -1, -1, -1]


@pytest.mark.parametrize(("z", "sign"), [(3.31, 1), (3.32, -1), (10.0, -1)])
def test_the_loss_with_both_misprints_falls_below_0(z, sign):
    printed = numbers_of(example("cross-entropy", [3.0, z, -3.0]))[1, 3]
    assert np.sign(printed) == sign


def test_the_jacobian_is_the_derivative_by_numbers():
    shown = numbers_of(example("derivative"))[:, 2:]
    by_numbers = lib.numerical_jacobian(lib.softmax_naive, EXAMPLE, method="complex")
    np.testing.assert_allclose(shown, by_numbers, rtol=0.03, atol=5.1e-4)


def test_a_temperature_divides_logits_and_slopes():
    T, z = 4.0, np.array(EXAMPLE)
    hot = SoftmaxExplorer(EXAMPLE, temperature=T, view="derivative")
    by_numbers = lib.numerical_jacobian(lambda x: lib.softmax_naive(x / T), z, method="complex")
    np.testing.assert_allclose(numbers_of(hot)[:, 2:], by_numbers, rtol=0, atol=5.1e-4)
    for view in ("definition", "cross-entropy", "backprop"):
        hot = SoftmaxExplorer(EXAMPLE, 1, temperature=T, view=view)
        slopes = lib.numerical_jacobian(lambda x: lib.softmax_cross_entropy(x / T, 1), z)
        np.testing.assert_allclose(numbers_of(hot)[:, -1], slopes, rtol=0, atol=5.1e-4)
        assert "4.00" in table_of(hot).caption.get_text()
        assert "/ T" in table_of(hot).thead.get_text()


def test_the_table_of_the_triangle_has_four_points_of_one_path():
    _, *points = numbers_of(example("simplex")).T
    for point, T in zip(points, (1, 0.5, 3, 10), strict=True):
        p = lib.softmax(np.array(EXAMPLE) / T)
        np.testing.assert_allclose(point, p, rtol=0.01, atol=5.1e-4)
    heads = [th.get_text() for th in table_of(example("simplex")).thead("th")]
    assert [head.split("\N{NO-BREAK SPACE}")[-1] for head in heads[3:]] == ["0.5", "3", "10"]


def test_overflow_shows_what_numpy_returns_in_each_type():
    shown = numbers_of(example("overflow", [123.0, 456.0, 789.0]))
    with np.errstate(all="ignore"):
        for column, dtype in enumerate((np.float16, np.float32, np.float64), start=1):
            z = np.array([123.0, 456.0, 789.0], dtype=dtype)
            naive = lib.softmax_naive(z)
            np.testing.assert_array_equal(np.isnan(shown[3:6, column]), np.isnan(naive))
            np.testing.assert_array_equal(shown[:3, column] == np.inf, np.exp(z) == np.inf)
            assert shown[6:, column].tolist() == pytest.approx(lib.softmax(z).tolist(), rel=0.05)


def test_a_soft_target_is_shown_as_it_is():
    explorer = SoftmaxExplorer(EXAMPLE, [0.1, 0.8, 0.1], view="backprop")
    assert numbers_of(explorer)[:, 2].tolist() == [0.1, 0.8, 0.1]
    loss = lib.softmax_cross_entropy(EXAMPLE, [0.1, 0.8, 0.1])
    assert table_of(explorer).caption.get_text() == f"The target is a distribution: loss {loss:.3f}"


@pytest.mark.parametrize("view", VIEWS)
def test_a_screen_reader_finds_caption_and_headers(view):
    table = table_of(example(view))
    assert table.caption.get_text(strip=True)
    heads = table.thead.find_all("th")
    assert {th["scope"] for th in heads} == {"col"}
    for row in table.find_all("tr"):
        cells = row.find_all(["th", "td"])
        assert cells[0].name == "th" and cells[0]["scope"] in ("col", "row", "rowgroup")
        assert len(cells) == len(heads) or cells[0]["colspan"] == str(len(heads))
    assert [th.get_text() for th in table.select("tbody th[scope=row]")[:3]] == NAMES


@pytest.mark.parametrize("view", ["definition", "simplex", "derivative", "backprop"])
def test_the_last_row_is_the_sum(view):
    total = [td.get_text() for td in table_of(example(view)).tfoot.find_all("td")]
    assert total[1] == "1.000"
    assert set(total[2:]) <= {"0.000", "1.000"}


def test_the_true_class_is_marked_in_the_markup():
    rows = table_of(example("backprop"))("tr")
    assert [row.th.get_text() for row in rows if row.has_attr("data-true")] == ["dog"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (0.1194, "0.119"),
        (-0.0625, "−0.063"),
        (0.0625, "0.063"),
        (4.9e-4, "4.9e−4"),
        (-1.25e-9, "−1.3e−9"),
        (9999.5, "9999.500"),
        (12500.0, "1.3e4"),
        (2.2e53, "2.2e53"),
        (np.inf, "inf"),
        (-np.inf, "−inf"),
        (np.nan, "nan"),
    ],
)
def test_a_number_is_rounded_and_never_to_nothing(value, shown):
    assert text(value) == shown


def test_a_target_of_float32_can_be_shown():
    y = np.float32([0.1, 0.2, 0.7])
    assert float(y.astype(float).sum()) != 1
    assert numbers_of(SoftmaxExplorer(EXAMPLE, y, view="backprop"))[:, 2].tolist() == [
        0.1,
        0.2,
        0.7,
    ]


# ---- the output ---------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_the_output_is_the_same_every_time_and_holds_no_id(view):
    html = example(view)._repr_html_()
    assert html == example(view)._repr_html_()
    assert not re.search(r"\bid=|\bname=", html)


def test_the_output_asks_no_server():
    html = example("backprop")._repr_html_()
    assert not re.search(r"https?:|//\w+\.|\bimport\b|\bfetch\b|url\(|\bsrc=|\bhref=", html)


def test_the_script_is_short_and_ends_where_it_should():
    code = SCRIPT.removeprefix("<script>\n").removesuffix("</script>")
    assert len(code.encode()) <= 14_000
    assert "</script" not in code and "<!--" not in code
    assert "</style" not in STYLE.removesuffix("</style>")


def test_names_cannot_leave_the_table():
    names = ["<b>", "'\"&", "</softmax-explorer>"]
    for view in VIEWS:
        explorer = SoftmaxExplorer(EXAMPLE, TARGETS[view], labels=names, view=view)
        soup = BeautifulSoup(explorer.element(), "lxml")
        (element,) = soup("softmax-explorer")
        assert not element("b")
        assert [th.get_text() for th in element.select("tbody th[scope=row]")[:3]] == names
        assert json.loads(element["data-state"])["names"] == names


@pytest.mark.parametrize(
    "explorer",
    [
        SoftmaxExplorer(EXAMPLE),
        SoftmaxExplorer(EXAMPLE, target=[0.5, 0.5, 0.0]),
        SoftmaxExplorer(EXAMPLE, 2, 0.5, NAMES, "cross-entropy"),
        SoftmaxExplorer(np.float32([1, 2]), np.int64(0), view="backprop"),
    ],
)
def test_the_plain_form_makes_the_same_object_again(explorer):
    again = eval(repr(explorer))
    assert repr(again) == repr(explorer)
    assert again._repr_html_() == explorer._repr_html_()


# ---- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[3.0, 1.0]],), ValueError, r"one row of 2 to 10 numbers, got shape \(1, 2\)"),
        ((3.0,), ValueError, r"got shape \(\)"),
        (([3.0],), ValueError, r"got shape \(1,\)"),
        ((np.zeros(11),), ValueError, r"got shape \(11,\)"),
        (([3.0, np.inf],), ValueError, "finite, got inf"),
        (([3.0, np.nan],), ValueError, "finite, got nan"),
        (([3.0, 1.0], 2), ValueError, "labels must be from 0 to 1, got 2"),
        (([3.0, 1.0], 0.5), TypeError, "labels must be integers"),
        (([3.0, 1.0], [0.5, 0.6]), ValueError, "targets must sum to 1"),
        (([3.0, 1.0], [1.0, 0.0, 0.0]), ValueError, "targets must have the shape of logits"),
        (([3.0, 1.0], None, 0), ValueError, "temperature must be positive and finite"),
        (([3.0, 1.0], None, "hot"), TypeError, "temperature must be real"),
        (([3.0, 1.0], None, 1.0, "ab"), TypeError, "sequence of str"),
        (([3.0, 1.0], None, 1.0, [1, 2]), TypeError, "sequence of str"),
        (([3.0, 1.0], None, 1.0, ["a"]), ValueError, "name 2 classes, got 1"),
        (([3.0, 1.0], None, 1.0, ["a", "a"]), ValueError, "different and not empty"),
        (([3.0, 1.0], None, 1.0, ["a", " "]), ValueError, "different and not empty"),
        (([3.0, 1.0], None, 1.0, None, "loss"), ValueError, "view must be one of definition, "),
        (([3.0, 1.0], None, 1.0, None, "backprop"), ValueError, "'backprop' needs a target"),
        (([3.0, 1.0], None, 1.0, None, "cross-entropy"), ValueError, "needs a target"),
        (([3.0, 1.0], [0.5, 0.5], 1.0, None, "cross-entropy"), ValueError, "must be a label"),
        (([3.0, 1.0], 0, 1.0, None, "overflow"), ValueError, "'overflow' has no loss"),
        (([3.0, 1.0], 0, 1.0, None, "derivative"), ValueError, "'derivative' has no loss"),
        (([3.0, 1.0], None, 1.0, None, "simplex"), ValueError, "'simplex' has 3 classes, got 2"),
        (([3.0, 1.0, 2.0], 0, 1.0, None, "simplex"), ValueError, "'simplex' has no loss"),
        (([3.0, 1.0], None, 2.0, None, "overflow"), ValueError, "has temperature 1, got 2.0"),
    ],
)
def test_bad_input_is_an_error_that_says_why(arguments, error, message):
    with pytest.raises(error, match=message):
        SoftmaxExplorer(*arguments)


@pytest.mark.parametrize("kind", NOT_REAL)
def test_what_is_no_row_of_real_numbers_is_a_type_error(kind):
    with pytest.raises(TypeError, match="logits must"):
        SoftmaxExplorer(NOT_REAL[kind])


# ---- the script's numbers, run in V8 ------------------------------------------------------------


@pytest.fixture(scope="module")
def script():
    """Return a caller of the script's pure functions; numbers come back as they are."""
    engine = MiniRacer()
    code = SCRIPT.removeprefix("<script>\n").removesuffix("</script>")
    engine.eval(f"var numbers = {code}; 0")

    def call(name, *arguments):
        given = ", ".join(json.dumps(argument) for argument in arguments)
        # JSON knows neither inf nor nan, so all numbers travel as text.
        told = engine.eval(
            f"JSON.stringify(numbers.{name}({given}), (_, v) => v?.map ? v : `${{v}}`)"
        )
        return json.loads(told)

    yield call
    engine.close()


def as_numbers(value):
    return np.array(value, dtype=str).astype(float)


finite = st.floats(-30, 30)
logits = st.lists(finite, min_size=2, max_size=6)


@st.composite
def explorers(draw):
    view = draw(st.sampled_from([view for view in VIEWS if view != "overflow"]))
    z = draw(st.lists(finite, min_size=3, max_size=3) if view == "simplex" else logits)
    takes_none = VIEWS[view].target == "none"
    target = None if takes_none else draw(st.integers(0, len(z) - 1))
    if target is not None and view != "cross-entropy" and draw(st.booleans()):
        target = lib.smooth_labels(lib.one_hot(target, len(z)), 0.3)
    return SoftmaxExplorer(z, target, draw(st.floats(0.2, 20)), view=view)


@given(explorer=explorers())
def test_the_script_computes_what_the_library_computes(script, explorer):
    ours = rows(explorer.view, explorer.logits, explorer.target, explorer.temperature)
    theirs = as_numbers(script("rows", explorer.state()))
    # Where two numbers near 1 are subtracted, their last bits stay.
    np.testing.assert_allclose(theirs, ours, rtol=1e-12, atol=1e-14)


@given(z=logits, T=st.floats(0.2, 20))
def test_small_probabilities_and_losses_agree_to_all_their_digits(script, z, T):
    p = as_numbers(script("softmax", z, T))
    np.testing.assert_allclose(p, lib.softmax(z, temperature=T), rtol=1e-12, atol=0)
    losses = as_numbers(script("losses", z, T))
    np.testing.assert_allclose(losses, -lib.log_softmax(z, temperature=T), rtol=1e-12, atol=0)


def test_a_sure_answer_keeps_its_loss_and_its_gradient(script):
    z = [72.0, 0.0]
    state = SoftmaxExplorer(z, 0, view="backprop").state()
    gradient = as_numbers(script("rows", state))[:, 3]
    np.testing.assert_allclose(gradient, lib.softmax_cross_entropy_grad(z, 0), rtol=1e-12)
    assert as_numbers(script("losses", z, 1))[0] == pytest.approx(5.3802e-32, rel=1e-4)


# The corners of the triangle, as the script draws them: left, right, top.
CORNERS = np.array([[0, 260], [300, 260], [150, 0]])
inside = st.lists(st.floats(1e-2, 1), min_size=3, max_size=3).map(lambda w: np.array(w) / sum(w))


@given(p=inside, T=st.floats(0.1, 100))
def test_a_place_in_the_triangle_is_the_softmax_of_its_logits_whose_sum_is_0(script, p, T):
    z = as_numbers(script("centred", *(p @ CORNERS), T))
    logs = np.log(p)
    np.testing.assert_allclose(z, T * (logs - logs.mean()), rtol=1e-12, atol=1e-12 * T)
    np.testing.assert_allclose(lib.softmax(z, temperature=T), p, rtol=1e-12)
    np.testing.assert_allclose(z.sum(), 0, atol=1e-13 * T)
    np.testing.assert_allclose(as_numbers(script("spot", p.tolist())), p @ CORNERS, rtol=1e-12)


@given(x=st.floats(-1e4, 1e4), y=st.floats(-1e4, 1e4), T=st.floats(0.1, 100))
def test_a_place_outside_the_triangle_has_an_answer_that_rules_out_no_class(script, x, y, T):
    p = lib.softmax(as_numbers(script("centred", x, y, T)), temperature=T)
    assert (p > 1e-6).all() and p.sum() == pytest.approx(1)


@given(z=st.lists(st.floats(-4, 4), min_size=3, max_size=3), rise=st.floats(-4, 4))
def test_a_logit_that_changes_alone_moves_the_point_on_a_line_through_its_corner(script, z, rise):
    here, there = (
        as_numbers(script("spot", lib.softmax([*z[:2], top]).tolist())) - CORNERS[2]
        for top in (z[2], z[2] + rise)
    )
    assert here[0] * there[1] - here[1] * there[0] == pytest.approx(0, abs=1e-8)


@given(z=st.lists(st.floats(-1000, 1000), min_size=2, max_size=5))
def test_every_type_overflows_and_underflows_where_numpy_s_does(script, z):
    # Logits as a slider gives them; none is within rounding of an end of a type.
    z = np.round(z, 1).tolist()
    ours = rows("overflow", z, None, 1.0)
    theirs = as_numbers(script("rows", SoftmaxExplorer(z, view="overflow").state()))
    np.testing.assert_array_equal(np.isnan(theirs), np.isnan(ours))
    np.testing.assert_array_equal(theirs == np.inf, ours == np.inf)
    # Below the normal numbers one step is more than 1e-12 of them.
    np.testing.assert_allclose(theirs[:, 3], ours[:, 3], rtol=1e-12, atol=1e-323)
    for column, dtype in ((1, np.float16), (2, np.float32)):
        last = np.finfo(dtype)
        tiny = float(last.smallest_subnormal)
        np.testing.assert_allclose(
            theirs[:, column], ours[:, column], rtol=4 * float(last.eps), atol=2 * tiny
        )


@pytest.mark.parametrize(("z", "column"), [([11.0, 11.0], 1), ([88.5, 88.5], 2), ([709.5] * 2, 3)])
def test_a_sum_overflows_though_no_term_does(script, z, column):
    shown = as_numbers(script("rows", SoftmaxExplorer(z, view="overflow").state()))[:, column]
    assert np.isfinite(shown[:2]).all()
    assert shown[2:].tolist() == [0, 0, 0.5, 0.5]


@few
@given(st.lists(st.floats(-70_000, 70_000), min_size=1, max_size=50))
def test_half_is_numpy_s_float16(script, values):
    with np.errstate(over="ignore"):
        expected = np.float16(values)
    np.testing.assert_array_equal(as_numbers([script("half", v) for v in values]), expected)


def test_half_takes_halves_to_even_and_ends_at_65520(script):
    ends = [65504, 65519.99, 65520, -65520, 2.0**-24, 2.0**-25, 1.5 * 2.0**-24, 2.0**-26]
    halfway = [float(Fraction(2 * n + 1, 2048)) for n in range(1024, 1100)]
    with np.errstate(over="ignore"):
        expected = np.float16(ends + halfway)
    np.testing.assert_array_equal(as_numbers([script("half", v) for v in ends + halfway]), expected)


@given(st.floats(allow_nan=True), st.integers(1, 3))
def test_the_script_rounds_as_the_table_does(script, value, digits):
    for number in (value, value % 1000, value % 100_000):
        if np.isfinite(number):
            assert script("text", number, digits) == text(number, digits)

"""The explorer in a browser: every view is dragged, typed at and stepped, alone on a bare page."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import softmax_lib as lib
from explorers import EXPLORERS, answer, carry, column, drag, slider
from softmax_lib.explorer import SCRIPT, STYLE, VIEWS

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Explorer</title>
<meta name="viewport" content="width=device-width">
<style>[data-theme=dark] {{ background: #14181e; color: #d7dce3 }}</style></head>
<body>{body}</body></html>"""


@pytest.fixture
def show(browser, tmp_path):
    """Return a maker of pages with one explorer; whatever went wrong in one fails the test."""
    contexts, wrong = [], []

    def make(*views, theme="light", width=1280, scripts=True, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("request", lambda request: wrong.append(request.url))
        file = tmp_path / "page.html"
        body = "".join(EXPLORERS[view]._repr_html_() for view in views)
        file.write_text(PAGE.format(theme=theme, body=body), encoding="utf-8")
        page.goto(file.as_uri())
        wrong.remove(page.url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def said(page, text):
    expect(page.get_by_role("status")).to_contain_text(text)


# ---- every view ---------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_page_does_not_scroll_sideways(show, view, theme, width):
    page = show(view, theme=theme, width=width)
    slider(page, "logit cat").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("softmax-explorer").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_has_a_name_and_says_its_value(show, view):
    page = show(view)
    controls = page.locator("softmax-explorer :is(input, button, select)")
    assert controls.count() >= 4
    for control in controls.all():
        expect(control).to_have_accessible_name(re.compile(r"\w"))
    for control in page.get_by_role("slider").all():
        assert control.get_attribute("aria-valuetext")


@pytest.mark.parametrize("view", VIEWS)
def test_without_scripts_the_table_stands(show, view):
    page = show(view, scripts=False)
    assert page.locator("table caption").is_visible()
    assert page.locator("tbody td").count() >= 6
    assert page.locator("softmax-explorer :is(input, button, select)").count() == 0


def test_many_on_a_page_work_side_by_side(show):
    page = show(*VIEWS)
    assert page.get_by_role("slider", name="logit cat").count() == len(VIEWS)
    assert page.locator(".panel").count() == len(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_reset_brings_the_first_table_back(show, view):
    page = show(view)
    before = page.locator("table").inner_text()
    drag(page, "logit dog", 0.9)
    assert page.locator("table").inner_text() != before
    page.get_by_role("button", name="Reset").click()
    assert page.locator("table").inner_text() == before


def test_keys_move_a_slider_and_reach_nothing_else(show):
    page = show("definition")
    page.evaluate("seen = []; document.addEventListener('keydown', e => seen.push(e.key))")
    slider(page, "logit cat").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "a"):
        page.keyboard.press(key)
    assert column(page, "z")[0] == pytest.approx(3.1)
    assert page.evaluate("seen") == []
    page.keyboard.press("Tab")
    assert page.evaluate("seen") == ["Tab"]
    assert slider(page, "logit dog").evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("view", ["definition", "simplex", "derivative"])
def test_the_space_bar_does_not_scroll_the_page_away(show, view):
    page = show(view)
    page.add_style_tag(content="body { height: 5000px }")
    controls = [slider(page, "logit cat"), *page.locator("[tabindex]").all()[:1]]
    for control in controls:
        control.focus()
        for key in ("Space", "Shift+Space"):
            page.keyboard.press(key)
            page.wait_for_timeout(200)  # where it scrolls, it does so smoothly
            assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Reset").focus()
    drag(page, "logit dog", 0.9)
    page.get_by_role("button", name="Reset").press("Space")
    assert column(page, "z").tolist() == [3, 1, -3]


def test_print_leaves_the_controls_out(show):
    page = show("backprop")
    page.emulate_media(media="print")
    assert page.locator("table").is_visible()
    assert page.locator("softmax-explorer :is(input, button):visible").count() == 0


def test_a_finger_can_drag(show):
    page = show("definition", width=390, has_touch=True, is_mobile=True)
    box = slider(page, "logit bird").bounding_box()
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    assert column(page, "z")[2] == pytest.approx(8, abs=1.5)


# ---- each view ----------------------------------------------------------------------------------


def test_definition_follows_the_logits(show):
    page = show("definition")
    drag(page, "logit bird", 0.8)
    z = column(page, "z")
    assert z[2] > 4
    np.testing.assert_allclose(column(page, "p"), lib.softmax(z), rtol=0, atol=1.1e-3)
    said(page, "bird: 0.9")


def test_the_bar_in_a_cell_is_as_long_as_its_probability(show):
    page = show("definition", reduced_motion="reduce")
    drag(page, "logit bird", 0.8)
    size = "all => all.map(e => getComputedStyle(e, '::after').backgroundSize)"
    sizes = page.locator("tbody td.p").evaluate_all(size)
    bars = [float(size.split("%")[0]) for size in sizes]
    np.testing.assert_allclose(bars, 100 * lib.softmax(column(page, "z")), rtol=0, atol=0.5)
    assert bars[2] > 40


def test_the_answer_is_dragged_and_the_logits_follow(show):
    page = show("simplex")
    carry(page, 0.5, 0.3)  # cat 0.35, dog 0.35, bird 0.3
    p = [0.35, 0.35, 0.3]
    np.testing.assert_allclose(column(page, "p"), p, rtol=0, atol=6e-3)
    np.testing.assert_allclose(column(page, "z"), np.log(p) - np.log(p).mean(), rtol=0, atol=0.03)
    shown = [text.split("%")[0] for text in page.locator("tfoot td").all_inner_texts()]
    assert shown[:2] == ["0.00", "1.000"]
    said(page, "Probabilities: cat: 0.3")
    assert answer(page).get_attribute("aria-valuetext").startswith("cat: 0.05")


def test_the_answer_stays_where_it_is_let_go(show):
    page = show("simplex")
    carry(page, 0.5, 0.3)
    p = column(page, "p").tolist()
    box = answer(page).bounding_box()
    for part in (0.3, 0.7):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + part * box["height"])
    assert column(page, "p").tolist() == p


def test_a_drag_out_of_the_triangle_rules_out_no_class(show):
    page = show("simplex")
    for x, y in ((-0.2, -0.2), (1.2, -0.2), (0.5, 1.2)):
        carry(page, x, y)
        p = column(page, "p")
        assert p.max() > 0.99 and p.min() > 0
        assert np.isfinite(column(page, "z")).all()


def test_a_finger_drags_the_answer_and_scrolls_the_page_beside_it(show):
    page = show("simplex", width=390, has_touch=True, is_mobile=True)
    page.add_style_tag(content="body { height: 5000px }")
    session = page.context.new_cdp_session(page)

    def swipe(x, y, right, down):
        for part in range(5):
            at = {"x": x + right * part / 4, "y": y + down * part / 4}
            kind = "touchMove" if part else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(300)

    box = answer(page).bounding_box()
    assert min(box["width"], box["height"]) >= 44
    swipe(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 80, -100)
    assert column(page, "p")[2] > 0.2
    assert page.evaluate("scrollY") == 0
    p = column(page, "p").tolist()
    triangle = page.locator("svg").bounding_box()
    swipe(triangle["x"] + 0.9 * triangle["width"], triangle["y"] + 200, 0, -150)
    assert page.evaluate("scrollY") > 0
    assert column(page, "p").tolist() == p


def test_the_arrow_keys_move_the_answer_by_a_hundredth_and_not_the_page(show):
    page = show("simplex")
    page.add_style_tag(content="body { height: 5000px }")
    answer(page).focus()
    for key, moved in (
        ("ArrowUp", [-0.00577, -0.00577, 0.01154]),
        ("ArrowRight", [-0.01, 0.01, 0]),
        ("ArrowLeft", [0.01, -0.01, 0]),
        ("ArrowDown", [0.00577, 0.00577, -0.01154]),
    ):
        before = column(page, "p")
        page.keyboard.press(key)
        np.testing.assert_allclose(column(page, "p") - before, moved, rtol=0, atol=1.1e-3)
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == 0


def test_the_answer_has_a_ring_when_a_key_has_reached_it(show):
    page = show("simplex")
    ring = page.locator("svg circle").first
    stroke = "e => getComputedStyle(e).stroke"
    assert ring.evaluate(stroke) == "none"
    page.keyboard.press("Tab")
    assert answer(page).evaluate("e => e === document.activeElement")
    assert ring.evaluate(stroke) == "rgb(0, 114, 178)"


def along(page, kind):
    """Return the points that a line of the triangle goes through, piece by piece."""
    pieces = page.locator(f"svg path.{kind}").get_attribute("d").split("M")[1:]
    return [np.array([at.split(",") for at in p.split("L")], float) for p in pieces]


def where(page):
    place = answer(page).get_attribute("transform")
    return np.array(place.removeprefix("translate(").removesuffix(")").split(","), float)


# The corners of the triangle in the picture: left, right, top.
CORNERS = np.array([[0, 260], [300, 260], [150, 0]])


def test_the_temperature_moves_the_answer_along_the_drawn_path(show):
    page = show("simplex")
    carry(page, 0.35, 0.1)  # no two shares alike
    z = np.array(column(page, "z"))
    (path,) = along(page, "right")
    np.testing.assert_allclose(path[0], CORNERS[z.argmax()], atol=1e-6)
    np.testing.assert_allclose(path[-1], CORNERS.mean(axis=0), atol=1e-3)
    for (dot, _), T in zip(along(page, "dots"), (0.5, 3, 10), strict=True):
        np.testing.assert_allclose(dot, lib.softmax(z, temperature=T) @ CORNERS, rtol=0, atol=2)
    before = page.locator("svg path.right").get_attribute("d")
    shares = []
    for key in ("Home", *["PageUp"] * 8, "End"):
        slider(page, "T,").press(key)
        assert np.hypot(*(path - where(page)).T).min() < 5
        shares.append(column(page, "p").max())
    assert shares == sorted(shares, reverse=True) and shares[0] > 0.99 and shares[-1] < 0.35
    assert page.locator("svg path.right").get_attribute("d") == before
    np.testing.assert_array_equal(column(page, "z"), z)
    said(page, "Probabilities: cat: 0.3")


def test_one_logit_alone_moves_the_answer_along_the_dashed_line_of_its_corner(show):
    page = show("simplex")
    carry(page, 0.4, 0.3)
    corner, foot = along(page, "rays")[2]
    np.testing.assert_allclose(corner, CORNERS[2], atol=1e-6)
    assert foot[1] == pytest.approx(260)
    for fraction in (0.3, 0.45, 0.6):
        drag(page, "logit bird", fraction)
        (x, y), (a, b) = where(page) - corner, foot - corner
        assert abs(x * b - y * a) / np.hypot(a, b) < 1e-6


def test_the_colour_of_a_slope_follows_its_value(show):
    page = show("derivative")
    entry = page.locator("tbody td.j").first
    colour = "e => getComputedStyle(e).backgroundImage"
    before = entry.evaluate(colour)
    drag(page, "logit cat", 0.55)
    slope = lib.softmax_jacobian(column(page, "z"))[0, 0]
    assert float(entry.evaluate("e => e.style.getPropertyValue('--v')")) == pytest.approx(
        slope, abs=5e-3
    )
    assert entry.evaluate(colour) != before


def test_a_shift_moves_logits_and_no_probability(show):
    page = show("definition")
    p = column(page, "p")
    drag(page, "a, added", 0.9)
    moved = column(page, "z") - [3, 1, -3]
    assert moved[0] > 3 and np.ptp(moved) < 1e-9
    assert column(page, "p").tolist() == p.tolist()


def test_cold_is_hardmax_and_hot_is_uniform(show):
    page = show("definition")
    slider(page, "T,").focus()
    page.keyboard.press("Home")
    assert column(page, "p")[0] == 1
    page.keyboard.press("End")
    np.testing.assert_allclose(column(page, "p"), 1 / 3, atol=0.03)
    assert "100.00" in page.locator("caption").inner_text()


def test_one_logit_grows_until_every_type_has_failed(show):
    page = show("overflow")
    slider(page, "logit cat").focus()
    failed = []
    for key in ("Home", *["PageUp"] * 12, "End"):
        page.keyboard.press(key)
        row = page.locator("tbody").nth(1).locator("tr").nth(1)
        failed.append([text == "nan" for text in row.locator("td").all_inner_texts()][1:])
    assert column(page, "z")[0] == 1000
    assert failed[0] == [False] * 3 and failed[-1] == [True] * 3
    assert sorted(failed) == failed  # float16 first
    first = np.argmax(failed, axis=0)
    assert first[0] < first[1] <= first[2]
    stable = page.locator("tbody").nth(2).locator("tr").nth(1).locator("td").all_inner_texts()
    assert stable[1:] == ["1.000"] * 3
    assert page.locator(".rail i.lost").count() == 3
    said(page, "float64 cat: nan")


def test_the_axis_that_is_stretched_near_0_shows_it(show):
    page = show("overflow")
    assert "stretched near 0" in page.locator("softmax-explorer > p").first.inner_text()
    ticks = page.locator(".rail u:visible")
    assert ticks.all_inner_texts() == ["−100", "−10", "0", "10", "100"]
    boxes = [tick.bounding_box() for tick in ticks.all()]
    middles = np.array([box["x"] + box["width"] / 2 for box in boxes])
    shares = np.arcsinh([-100, -10, 0, 10, 100]) / np.arcsinh(1000)
    rail = page.locator(".rail > div").last.bounding_box()
    expected = rail["x"] + rail["width"] * (1 + shares) / 2
    np.testing.assert_allclose(middles, expected, atol=2)
    slider(page, "logit cat").focus()
    for _ in range(200):
        if column(page, "z")[0] <= 10:
            break
        page.keyboard.press("ArrowLeft")
    dot = page.locator(".rail i").first.bounding_box()
    assert dot["x"] + dot["width"] / 2 == pytest.approx(middles[3], abs=12)


def test_a_rail_marks_each_logit_with_the_letter_of_its_class(show):
    page = show("overflow")
    slider(page, "logit bird").focus()
    page.keyboard.press("Home")
    rails = [rail.locator("i").all_inner_texts() for rail in page.locator(".rail").all()]
    assert rails == [["c inf", "d", "b 0"], ["c", "d", "b 0"], ["c", "d", "b 0"]]


def test_an_entry_of_the_jacobian_tells_its_case(show):
    page = show("derivative")
    entries = page.locator("tbody td.j")
    entries.nth(1).hover()
    said(page, "Slope of cat as logit dog rises: i ≠ j, −p p = −0.105")
    entries.nth(4).focus()
    said(page, "Slope of dog as logit dog rises: i = j, p (1 − p) = 0.105")
    drag(page, "logit cat", 0.4)
    slopes = lib.softmax_jacobian(column(page, "z")).ravel()
    np.testing.assert_allclose(column(page, "j", 9), slopes, rtol=0.05, atol=2e-3)


def test_the_dot_stays_on_the_curve_and_the_slopes_are_right(show):
    page = show("cross-entropy")
    drag(page, "logit dog", 0.7)
    p, loss = column(page, "p")[1], column(page, "l")[1]
    assert loss == pytest.approx(-np.log(p), abs=5e-3)
    dot = page.locator("circle.p")
    assert float(dot.get_attribute("cx")) == pytest.approx(300 * p, abs=0.5)
    assert float(dot.get_attribute("cy")) == pytest.approx(180 - 30 * loss, abs=0.5)
    titles = page.locator("svg > text:first-child").all_text_contents()
    assert [title.split(";")[0] for title in titles] == ["loss as p changes", "loss as z changes"]
    slopes = [float(title.split()[-1].replace("−", "-")) for title in titles]
    assert slopes == pytest.approx([-1 / p, p - 1], rel=1e-2)


@pytest.mark.parametrize("view", VIEWS)
def test_no_word_of_a_picture_is_cut_off(show, view):
    page = show(view)
    page.get_by_role("table").first.wait_for()
    outside = page.locator("svg[viewBox] > text").evaluate_all(
        """all => all.filter(text => {
          const [word, paper] = [text.getBBox(), text.parentNode.viewBox.baseVal];
          return word.x < paper.x || word.x + word.width > paper.x + paper.width
            || word.y < paper.y || word.y + word.height > paper.y + paper.height;
        }).map(text => text.textContent)"""
    )
    assert outside == []


@pytest.mark.parametrize("view", ["cross-entropy", "backprop"])
def test_the_true_class_can_be_chosen(show, view):
    page = show(view)
    page.get_by_role("combobox").select_option("bird")
    assert page.locator("tr[data-true] th").all_inner_texts() == ["bird"]
    assert "bird: loss 6.129" in page.locator("caption").inner_text()
    assert column(page, "g")[2] == pytest.approx(-0.998, abs=1e-3)


def test_a_step_is_a_step_of_gradient_descent(show):
    page = show("backprop")
    page.get_by_role("button", name="Step").click()
    z = np.array([3.0, 1.0, -3.0])
    z = z - lib.softmax_cross_entropy_grad(z, 1)
    np.testing.assert_allclose(column(page, "z"), z, atol=5.1e-3)
    np.testing.assert_allclose(
        column(page, "g"), lib.softmax_cross_entropy_grad(z, 1), rtol=0.05, atol=1e-3
    )
    assert page.locator("tfoot td").all_inner_texts() == ["1.00", "1.000", "1.000", "0.000"]
    said(page, "Step 1: ")


def test_play_runs_until_it_settles_and_pauses_when_asked(show):
    page = show("backprop")
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    z = column(page, "z").tolist()
    page.clock.run_for(1000)
    assert column(page, "z").tolist() == z
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(30_000)
    assert np.abs(column(page, "g")).max() < 0.0105
    assert page.get_by_role("button", name="Play").is_visible()
    said(page, "settled")


def test_reduced_motion_shows_the_end_at_once(show):
    page = show("backprop", reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    assert np.abs(column(page, "g")).max() < 0.0105


# ---- one script for a page ----------------------------------------------------------------------


def test_a_page_that_loads_the_files_needs_no_copy(browser, tmp_path):
    for name, element in (("explorer.js", SCRIPT), ("explorer.css", STYLE)):
        text = element.split("\n", 1)[1].rsplit("</", 1)[0]
        (tmp_path / name).write_text(text, encoding="utf-8")
    links = '<link rel="stylesheet" href="explorer.css"><script defer src="explorer.js"></script>'
    body = links + EXPLORERS["definition"].element()
    (tmp_path / "page.html").write_text(PAGE.format(theme="light", body=body), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert slider(page, "logit cat").is_visible()
    page.close()

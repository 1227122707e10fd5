"""The explorers of the built site, each on its page: taken hold of, they answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browsing import BUILT, built_pages, listed, settle
from explorers import PAGE, answer, carry, column

WITH_EXPLORER = [
    name
    for name in built_pages()
    if "<softmax-explorer" in (BUILT / name).read_text(encoding="utf-8")
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("holder", [PAGE, *WITH_EXPLORER])
def test_every_explorer_answers_to_mouse_and_keyboard(opened, holder, width, theme):
    visit = opened(holder, width=width, theme=theme)
    settle(visit.page)
    explorers = visit.page.locator("softmax-explorer")
    expect(explorers.first, str(visit)).to_be_visible()
    for n, explorer in enumerate(explorers.all()):
        place = f"{visit}: explorer {n + 1}"
        thumb, numbers = explorer.get_by_role("slider").first, explorer.locator("table")
        thumb.scroll_into_view_if_needed()
        before = numbers.inner_text()
        box = thumb.bounding_box()
        y = box["y"] + box["height"] / 2
        visit.page.mouse.click(box["x"] + 0.3 * box["width"], y)
        dragged = numbers.inner_text()
        assert dragged != before, f"{place}: a click on the slider moves no number"
        thumb.press("ArrowRight")
        assert numbers.inner_text() != dragged, f"{place}: an arrow key moves no number"
        explorer.get_by_role("button", name="Reset").click()
        assert numbers.inner_text() == before, f"{place}: Reset does not bring the numbers back"
    assert not visit.wrong, listed(visit, visit.wrong)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_the_answer_is_in_reach_within_a_screen_of_the_triangle_s_heading(
    opened, width, height, theme
):
    visit = opened("chapters/definition.html", width=width, theme=theme)
    settle(visit.page)
    heading = visit.page.locator("#sec-simplex, section:has(> #sec-simplex)").last
    explorer = visit.page.locator("softmax-explorer").nth(1)
    top = heading.bounding_box()["y"]
    point = answer(explorer).bounding_box()
    assert 0 < point["y"] + point["height"] - top < height, f"{visit}"
    carry(explorer, 0.5, 0.3)
    assert column(explorer, "p").tolist() == pytest.approx([0.35, 0.35, 0.3], abs=6e-3)
    assert not visit.wrong, listed(visit, visit.wrong)

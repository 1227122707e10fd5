"""The picture of the front page is the one that the library draws."""

from tools.pictures import COURSE, course_svg


def test_front_page_picture_is_up_to_date():
    assert COURSE.read_text(encoding="utf-8") == course_svg(), "run python tools/pictures.py"

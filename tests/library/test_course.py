"""The list of chapters finds what belongs to each."""

import pytest

import softmax_lib
from softmax_lib import course, definition, regression
from softmax_lib.plots import cross_entropy as figures


def test_rooms_are_found_by_name_and_may_be_missing():
    assert course.chapter("definition").room() is definition
    assert course.chapter("cross-entropy").room("plots") is figures
    assert course.Chapter("no-such", "", "").room("plots") is None


def test_a_chapter_is_known_by_the_name_of_its_page_and_of_its_modules():
    assert course.chapter("cross-entropy") is course.chapter("cross_entropy")
    with pytest.raises(KeyError, match=r"'attending'; there are: definition, overflow, .*backprop"):
        course.chapter("attending")


def test_every_public_name_is_of_a_module_of_some_chapter():
    modules = {module.__name__ for each in course.CHAPTERS for module in each.modules()}
    assert regression.__name__ in modules
    for name in softmax_lib.__all__:
        assert getattr(softmax_lib, name).__module__ in modules


def test_the_sections_are_those_of_the_file():
    assert course.sections.__wrapped__() == course.sections()

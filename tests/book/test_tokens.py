"""The extension that takes needless elements out of code."""

import pytest

from tokens import plain_classes, without

CSS = """
.highlight pre { line-height: 125%; }
html[data-theme="light"] .highlight { background: #fefefe; color: #080808 }
html[data-theme="light"] .highlight .n { color: #080808 } /* Name */
html[data-theme="light"] .highlight .k { color: #6730c5 } /* Keyword */
html[data-theme="light"] .highlight .p { color: #080808 }
html[data-theme="light"] .highlight .b { color: #080808; font-weight: bold }
html[data-theme="dark"] .highlight { background: #2b2b2b; color: #f8f8f2 }
html[data-theme="dark"] .highlight .n { color: #f8f8f2 }
html[data-theme="dark"] .highlight .k { color: #dcc6e0 }
html[data-theme="dark"] .highlight .p { color: #ffd900 }
html[data-theme="dark"] .highlight .b { color: #f8f8f2; font-weight: bold }
"""


def test_a_class_is_plain_if_it_changes_nothing_in_any_theme():
    assert plain_classes(CSS) == {"n"}


def test_a_class_that_one_theme_does_not_name_stays():
    assert plain_classes(CSS.replace('html[data-theme="dark"] .highlight .n', ".other")) == set()


def test_a_stylesheet_of_another_kind_is_not_guessed_at():
    with pytest.raises(ValueError, match="names no colour"):
        plain_classes(".highlight .n { color: #000 }")


def test_only_single_words_lose_their_element():
    code = '<pre><span></span><span class="n">x</span><span class="k">if</span></pre>'
    assert without({"n"}, code) == '<pre><span></span>x<span class="k">if</span></pre>'
    for kept in ('<span class="n"><b>x</b></span>', '<span class="n y">x</span>'):
        assert without({"n"}, kept) == kept
    assert without(set(), code) == code

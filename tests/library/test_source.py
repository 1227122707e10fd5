"""The source that a chapter shows is the source that runs."""

import ast
import inspect

import pytest

from softmax_lib import softmax_naive, softmax_vjp
from softmax_lib.source import source_of


@pytest.mark.parametrize("function", [softmax_naive, softmax_vjp])
def test_only_the_docstring_is_left_out(function):
    shown = ast.parse(source_of(function)).body[0]
    whole = ast.parse(inspect.getsource(function)).body[0]
    assert ast.get_docstring(whole)
    assert ast.get_docstring(shown) is None
    assert [ast.dump(node) for node in shown.body] == [ast.dump(node) for node in whole.body[1:]]


def test_a_function_without_docstring_is_shown_whole():
    def bare(x):
        return x + 1

    assert source_of(bare) == "def bare(x):\n    return x + 1"


def test_a_built_in_function_has_no_source_to_show():
    with pytest.raises(TypeError):
        source_of(len)

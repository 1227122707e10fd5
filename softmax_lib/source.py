"""Show a function as the reader should read it: its code, without the docstring."""

import ast
import inspect
import textwrap


def source_of(function):
    """Return the source of a Python function without its docstring.

    Parameters
    ----------
    function : callable
        A function written in Python.

    Returns
    -------
    str
        The lines as they stand in the module, so that what a chapter shows is what runs.

    Raises
    ------
    TypeError
        If the object has no Python source.

    Examples
    --------
    >>> from softmax_lib import softmax_vjp
    >>> from softmax_lib.source import source_of
    >>> print(source_of(softmax_vjp))
    def softmax_vjp(logits, cotangent, axis=-1):
        return _jacobian_times(logits, cotangent, "cotangent", axis)
    """
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    lines = source.splitlines()
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)

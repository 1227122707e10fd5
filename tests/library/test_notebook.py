"""The set-up of a chapter brings what there is: figures and proofs need packages of their own."""

import importlib.util
import runpy
from pathlib import Path

import numpy as np
import pytest

import softmax_lib

ALWAYS = {*softmax_lib.__all__, "SoftmaxExplorer", "check", "np", "source_of"}
FIGURES = {"figure", "plots", "plt"}


@pytest.mark.parametrize(
    ("missing", "names"),
    [
        ((), ALWAYS | FIGURES | {"prove"}),
        (("matplotlib",), ALWAYS | {"prove"}),
        (("sympy",), ALWAYS | FIGURES),
        (("matplotlib", "sympy"), ALWAYS),
    ],
)
def test_what_is_missing_is_left_out(monkeypatch, missing, names):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in missing else find(name)
    )
    brought = runpy.run_path(str(Path(softmax_lib.__file__).with_name("notebook.py")))
    assert set(brought["__all__"]) == names <= brought.keys()
    assert np.get_printoptions()["precision"] == 3

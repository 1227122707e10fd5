"""Exercises that answer back: hand over a function, and read which laws it keeps.

A check bears the name of the function of `softmax_lib` that it is for: ``check.softmax``. It
calls the function on copies of small inputs, within a time limit, and runs its laws in the order
in which they are taught. It answers with a `Report`: the laws that hold, the first one that does
not, with the smallest input that shows it, and, if the failure shows a known mistake, its name
and the section that explains it.

One module a chapter says what its checks ask, and which mistakes they know.
"""

from softmax_lib.check._engine.collecting import by_name, checks_of, mistakes_of
from softmax_lib.check._engine.report import Failure, Report, Section
from softmax_lib.course import CHAPTERS

CHECKS = {chapter.name: checks_of(chapter.room("check")) for chapter in CHAPTERS}
MISTAKES = mistakes_of(CHECKS)
_BY_NAME = by_name(CHECKS)
globals().update(_BY_NAME)

__all__ = ["Failure", "Report", "Section"]
__all__ += sorted(_BY_NAME)
__test__ = {name: each.__doc__ for name, each in _BY_NAME.items()}  # for doctest

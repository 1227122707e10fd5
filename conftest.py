"""Every test, doctest and notebook runs without the user's settings; this is read before them."""

from contextlib import ExitStack

from isolation import isolated

ISOLATION = ExitStack()
ISOLATION.enter_context(isolated())


def pytest_unconfigure():
    ISOLATION.close()

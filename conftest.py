"""Every test, doctest and notebook runs without the user's settings; this is read before them."""

import atexit
from contextlib import ExitStack

from isolation import isolated

ISOLATION = ExitStack()
ISOLATION.enter_context(isolated())
# Not before: an IPython that a test has started writes down its history when Python ends.
atexit.register(ISOLATION.close)

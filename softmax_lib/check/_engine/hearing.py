"""Keep what a call prints and what it is warned of: apart from other threads, within bounds."""

import contextlib
import io
import sys
import threading
import warnings

from softmax_lib.check._engine.showing import LONGEST, one_line

MOST_WARNINGS = 5  # different ones that are kept of a call

_lock = threading.RLock()  # an alarm of the caller may check as well, in between
_ears = {}  # by thread
_hooks = contextlib.ExitStack()  # what puts streams and warnings back


class Ear(io.StringIO):
    """The beginning of what is printed: a loop without an end prints without an end."""

    def __init__(self):
        super().__init__()
        self.warned = {}

    def write(self, text):
        super().write(text[: max(0, LONGEST - self.tell())])
        return len(text)

    def warn(self, message, category):
        if len(self.warned) <= MOST_WARNINGS:
            self.warned.setdefault(f"{category.__name__}: {one_line(message)}")

    def warnings(self):
        """Return the first of the different warnings, and say if there were more."""
        said = [*self.warned]
        return (*said[:MOST_WARNINGS], *["and others"] * (len(said) > MOST_WARNINGS))


class _Stream:
    """Standard output or error while a check runs: each thread that checks has an ear of its own.

    For all others it is the stream that it stands for. Closing it closes nothing.
    """

    def __init__(self, other):
        self._other = other

    def __getattr__(self, name):
        return getattr(_ears.get(threading.get_ident(), self._other), name)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


@contextlib.contextmanager
def listening():
    """Give an `Ear` for what this thread prints and is warned of, and leave all as it was.

    The streams and the warnings are replaced by the first thread that comes, and put back by the
    last one that goes, whatever was done to them in between.
    """
    me, ear = threading.get_ident(), Ear()
    with _lock:
        if not _ears:
            _hook()
        before, _ears[me] = _ears.get(me), ear
    try:
        yield ear
    finally:
        with _lock:
            if before:
                _ears[me] = before
            else:
                del _ears[me]
            if not _ears:
                _hooks.close()


def _hook():
    _hooks.enter_context(warnings.catch_warnings())
    _hooks.enter_context(contextlib.redirect_stdout(_Stream(sys.stdout)))
    _hooks.enter_context(contextlib.redirect_stderr(_Stream(sys.stderr)))
    others = warnings.showwarning

    def show(message, category, *where, **options):
        ear = _ears.get(threading.get_ident())
        if ear:
            ear.warn(message, category)
        else:
            others(message, category, *where, **options)

    warnings.showwarning = show
    # Not "once": that list of what has been said has no bounds, and belongs to the caller.
    warnings.simplefilter("always")

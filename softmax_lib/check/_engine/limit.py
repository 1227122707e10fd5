"""A time limit that works where a notebook's cells run: in the main thread, by an alarm signal."""

import signal
import threading
import time

AGAIN = 0.01  # seconds until the next alarm, for a bare ``except`` that caught the first one


class TimeUp(BaseException):
    """Raised in the middle of a call that took too long; no ``except Exception`` stops it."""


def has_limit():
    """Say whether this platform and this thread have alarms."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and hasattr(signal, "setitimer")


def within(seconds, action):
    """Return ``action()``, or raise `TimeUp` if it takes too long; without alarms, just wait.

    The handler and the timer that were there before, such as those of a test runner, are put
    back, the timer less the time that has passed.
    """
    if not has_limit():
        return action()
    armed = True

    def ring(signum, frame):
        if armed:
            raise TimeUp

    started = time.monotonic()
    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    handler = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), AGAIN)
        return action()
    finally:
        armed = False  # first of all: an alarm from here on must not keep the rest from running
        signal.setitimer(signal.ITIMER_REAL, 0)  # or our next alarm would reach their handler
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        left = max(delay - (time.monotonic() - started), 1e-3) if delay else 0
        signal.setitimer(signal.ITIMER_REAL, left, interval)

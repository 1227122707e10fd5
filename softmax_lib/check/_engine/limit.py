"""A time limit that works where a notebook's cells run: in the main thread, by an alarm signal."""

import random
import signal
import sys
import threading
import time

GRACE = 3  # alarms that leave time to clean up, AGAIN seconds each
AGAIN = 0.01
SHORTEST, LONGEST = 1e-6, 2e-5  # seconds to the alarms after those
FAR = 1e8  # seconds: an alarm can wait for as long, and not for ever

# Not the reader's generator, whose numbers shall be what they would be without a check.
_random = random.Random()


class TimeUp(BaseException):
    """Raised in the middle of a call that took too long; no ``except Exception`` stops it."""


class OutsideError(BaseException):
    """What the handler of the caller's own alarm raised: its ``args[0]``, for the caller."""


def has_limit():
    """Say whether this platform and this thread have alarms that ring."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and hasattr(signal, "setitimer") and sys.platform != "emscripten"


def within(seconds, action):
    """Return ``action()``, or raise `TimeUp` if it takes too long; without alarms, just wait.

    An alarm that the caller has set, such as a test runner's, rings at its time, and its handler
    and timer are put back. If the handler raises, the action is stopped, and `OutsideError` tells.

    An action may catch what stops it, and go on. So it is raised again and again, until it gets
    out: after some time at first, then at random after so short ones that soon one meets the
    action outside of every ``try``.
    """
    if not has_limit():
        return action()
    armed, busy, reason, rung = True, False, None, 0
    now = time.monotonic()
    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    end, due = now + seconds, now + delay if delay else float("inf")

    def wind(pause):
        # Again and again: an alarm between Python's last look and a system call wakes nobody.
        signal.setitimer(signal.ITIMER_REAL, max(pause, SHORTEST), AGAIN)

    def wait():
        wind((min(end, due) if callable(handler) else end) - time.monotonic())

    def call_theirs(signum, frame):
        nonlocal due, interval, reason
        signal.setitimer(signal.ITIMER_REAL, 0)
        due = due + interval if interval else float("inf")
        try:
            handler(signum, frame)
        except BaseException as error:
            reason = OutsideError(error)
        delay, every = signal.setitimer(signal.ITIMER_REAL, 0)
        if delay:  # it has wound the clock anew
            due, interval = time.monotonic() + delay, every

    def ring(signum, frame):
        nonlocal busy, reason, rung
        if not armed or busy:
            return
        busy = True
        try:
            if not reason and callable(handler) and time.monotonic() >= due:
                call_theirs(signum, frame)
            if not reason and time.monotonic() >= end:
                reason = TimeUp()
        finally:
            busy = False
        if not reason:
            wait()
            return
        rung += 1
        wind(AGAIN if rung <= GRACE else _random.uniform(SHORTEST, LONGEST))
        raise TimeUp

    handler = signal.signal(signal.SIGALRM, ring)
    try:
        wait()
        return action()
    finally:
        armed = False  # first of all: an alarm from here on must not keep the rest from running
        signal.setitimer(signal.ITIMER_REAL, 0)  # or our next alarm would reach their handler
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
        if due < float("inf"):
            signal.setitimer(signal.ITIMER_REAL, max(due - time.monotonic(), SHORTEST), interval)
        if reason:
            raise reason from None

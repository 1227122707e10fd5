"""A time limit that works where a notebook's cells run: in the main thread, by an alarm signal."""

import _thread
import random
import signal
import sys
import threading
import time
from functools import partial

GRACE = 3  # alarms that leave time to clean up, AGAIN seconds each
AGAIN = 0.01
SHORTEST = 1e-6  # seconds to the alarms after those, up to AGAIN; and if one was too early:
SOON = 0.001
FAR = 1e8  # seconds: an alarm can wait for as long, and not for ever

# Not the reader's generator, whose numbers shall be what they would be without a check.
_random = random.Random()


class TimeUp(BaseException):
    """Raised in the middle of a call that took too long; no ``except Exception`` stops it."""


def has_limit():
    """Say whether this platform and this thread have alarms that ring."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and hasattr(signal, "setitimer") and sys.platform != "emscripten"


def within(seconds, action):
    """Call ``action()`` and return its value and None, or None and what it raised.

    That is a `TimeUp` if it takes too long; without alarms, it just takes its time.

    An alarm that the caller has set, such as a test runner's, rings at its time, and its handler
    and timer are put back. What the handler raises stops the action, and is raised here: it is
    for the caller.

    An action may catch what stops it, and go on. So it is raised again and again until it gets
    out: after some time at first; then, by the toss of a coin, as soon as Python looks for alarms
    again, which is the way out of ``try`` in ``try``, or after a pause of any size, so that one
    meets the action outside of every ``try``, however fast the machine.
    """
    if not has_limit():
        return _outcome(action)
    armed, busy, over, theirs, rung = True, False, None, None, 0
    now = time.monotonic()
    delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
    end, due = now + seconds, now + delay if delay else float("inf")

    def wind(pause, again=AGAIN):
        # Again and again: an alarm between Python's last look and a system call wakes nobody.
        signal.setitimer(signal.ITIMER_REAL, max(pause, SHORTEST), again)

    def wait():
        wind((min(end, due) if callable(handler) else end) - time.monotonic())

    def call_theirs(signum, frame):
        nonlocal due, interval, theirs
        if not callable(handler) or theirs is not None or time.monotonic() < due:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        due = due + interval if interval else float("inf")
        try:
            handler(signum, frame)
        except BaseException as error:
            theirs = error
        delay, every = signal.setitimer(signal.ITIMER_REAL, 0)
        if delay:  # it has wound the clock anew
            due, interval = time.monotonic() + delay, every

    def ring(signum, frame):
        nonlocal busy, over, rung
        if not armed or busy:
            return
        busy = True  # one that rings before we are out of here would do so at every turn
        try:
            call_theirs(signum, frame)
            if time.monotonic() >= end:
                over = over or TimeUp()
            if over is None and theirs is None:
                wait()
                return
            rung += 1
            if rung <= GRACE:
                wind(AGAIN)
            else:
                wind(SHORTEST * (AGAIN / SHORTEST) ** _random.random(), SOON)
            at_once = rung > GRACE and _random.random() < 0.5
            knocks = iter(partial(_thread.interrupt_main, signal.SIGALRM), None) if at_once else ()
        finally:
            busy = False
        # Python looks for alarms after a call and when a loop goes round, but not on the way from
        # here into the action: this one waits there.
        () = knocks
        raise TimeUp

    handler = signal.signal(signal.SIGALRM, ring)
    value = error = None
    try:
        wait()
        value = action()
    except BaseException as raised:
        error = raised
    finally:
        armed = False  # first of all: an alarm from here on must not keep the rest from running
        signal.setitimer(signal.ITIMER_REAL, 0)  # or our next alarm would reach their handler
        signal.signal(signal.SIGALRM, handler or signal.SIG_DFL)
    if due < float("inf"):
        signal.setitimer(signal.ITIMER_REAL, max(due - time.monotonic(), SHORTEST), interval)
    try:
        if theirs is not None:
            raise theirs from None
        return (value, error) if over is None else (None, over)
    finally:  # what an error holds goes with it, not when someone looks for circles
        error = theirs = None


def _outcome(action):
    try:
        return action(), None
    except BaseException as error:
        return None, error

"""A check survives whatever it is given, and leaves the caller's world as it was."""

import contextlib
import fractions
import functools
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

import softmax_lib
from attempts import EXERCISES, WRONG
from softmax_lib import check
from softmax_lib.check._engine import exercise, limit, showing

needs_alarms = pytest.mark.skipif(not limit.has_limit(), reason="no alarms on this platform")


def raises(error):
    def attempt(*arguments):
        raise error

    return attempt


class Evil:
    """What refuses to be looked at."""

    __name__ = property(lambda self: 1 / 0)
    __signature__ = property(lambda self: 1 / 0)

    def __call__(self, *arguments):
        return self

    def __array__(self, *arguments, **options):
        raise RuntimeError("no array")

    def __len__(self):
        raise RuntimeError("no length")

    def __repr__(self):
        raise RuntimeError("no text")


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError("no message")


class LeavingError(Exception):
    def __str__(self):
        sys.exit("no message")


def recursion(*arguments):
    return recursion(*arguments)


async def coroutine(*arguments):
    return arguments


def changes_everything(*arguments):
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            argument[...] = 0
    return arguments[0]


RETURNED = {
    "None": None,
    "a string": "softmax",
    "bytes": b"softmax",
    "a number": 1,
    "nan": float("nan"),
    "a complex number": 1j,
    "an empty list": [],
    "a ragged list": [[1], [2, 3]],
    "a list of None": [None, None],
    "a dictionary": {"p": 1},
    "a set": {1, 2},
    "a generator": (i for i in ()),
    "a type": int,
    "an object": object(),
    "itself": Evil(),
    "a date": np.datetime64("2020"),
    "a masked array": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "a large array": np.zeros((30, 40)),
    "three things": (1, 2, 3),
    "a pair": ([[1.0]], None),
}
BEHAVIOURS = {
    **{f"returns {what}": lambda *_, value=value: value for what, value in RETURNED.items()},
    "raises": raises(ValueError("no such class")),
    "raises without a message": raises(RuntimeError()),
    "raises what has no message": raises(UnspeakableError()),
    "raises what exits for a message": raises(LeavingError()),
    "exits": raises(SystemExit(3)),
    "asks to stop iterating": raises(StopIteration()),
    "closes": raises(GeneratorExit()),
    "recurses": recursion,
    "awaits": coroutine,
    "changes everything": changes_everything,
    "is evil": Evil(),
    "is a type": dict,
    "is compiled": min,
    "is a ufunc": np.exp,
    "is partial": functools.partial(np.sum, axis=0),
    "is vectorized": np.vectorize(lambda *arguments: 0.5),
}
NOT_FUNCTIONS = [None, 0.5, "softmax", [0.9, 0.1], np.ones(3), {}]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_check_survives(behaviour):
    for name in EXERCISES:
        report = getattr(check, name)(BEHAVIOURS[behaviour])
        assert isinstance(report, check.Report)
        assert not report.passed and report.failed_law
        assert str(report) and report._repr_html_()


@pytest.mark.parametrize("thing", NOT_FUNCTIONS, ids=str)
def test_what_is_no_function_is_said_to_be_none(thing):
    for name in EXERCISES:
        report = getattr(check, name)(thing)
        assert report.diagnosis == "not-a-function"
        assert report.laws == ()
    assert "a list" in str(check.softmax([0.9, 0.1]))


def test_a_function_with_other_parameters_is_not_called():
    called = []
    report = check.softmax(lambda: called.append(1))
    assert report.diagnosis == "other-parameters" and called == []
    assert report.failure.given == "f(np.array([1.0, 0.0]))"
    assert check.softmax(lambda z, axis=-1, base=None: softmax_lib.softmax(z, axis)).passed
    assert check.softmax(lambda *logits: softmax_lib.softmax(*logits)).passed


def test_a_function_without_a_signature_can_pass():
    class Attempt(Evil):
        def __call__(self, z):
            return softmax_lib.softmax(z)

    assert check.softmax(Attempt()).passed


class Named:
    """A right softmax under any name at all."""

    def __init__(self, name):
        self.__name__ = name

    def __call__(self, z):
        return softmax_lib.softmax(z)


class Answers(str):
    """A name that lies about itself."""

    def isidentifier(self):
        return True


OTHER_NAMES = {
    "a lambda": lambda z: softmax_lib.softmax(z),
    "a partial": functools.partial(lambda z, T: softmax_lib.softmax(z, temperature=T), T=1.0),
    "what raises": type("Attempt", (Evil,), {"__call__": lambda self, z: softmax_lib.softmax(z)})(),
    "a number": Named(7),
    "nothing": Named(""),
    "markup": Named("<b>--><script>"),
    "lines": Named("my\nsoftmax"),
    "a keyword": Named("lambda"),
    "a huge one": Named("z" * 10**6),
    "a str that lies": Named(Answers("<b>")),
}


@pytest.mark.parametrize("kind", OTHER_NAMES)
def test_what_has_no_name_for_code_is_called_f(kind):
    report = check.softmax(OTHER_NAMES[kind])
    assert report.passed and report.attempt == "f"
    assert str(report).splitlines()[0] == "f, checked as softmax: passed, all 14 laws hold."
    failed = check.hardmax(OTHER_NAMES[kind])
    assert failed.failure.given.startswith("f(np.array(")


@pytest.mark.parametrize("name", ["my_softmax", "σ", "z" * 60])
def test_a_name_that_can_stand_in_code_is_used(name):
    report = check.hardmax(Named(name))
    assert str(report).startswith(f"{name}, checked as hardmax: not yet; ")
    assert report.failure.given.startswith(f"{name}(np.array(")


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (None, "None"),
        (np.ones(3), "an array"),
        ("<b>", "a str"),
        (type("<b>", (), {})(), "an object"),
        (type("", (), {})(), "an object"),
    ],
)
def test_what_is_no_function_is_named_by_its_kind(thing, kind):
    report = check.softmax(thing)
    assert report.attempt == kind
    assert str(report).startswith(f"{kind}, checked as softmax: not yet; no law holds yet")
    assert report.failure.came == f"not a function: {kind}"


def test_what_hides_its_class_is_no_function_either():
    class Hidden:
        __class__ = property(lambda self: 1 / 0)

    assert check.softmax(Hidden()).failure.came == "not a function: a Hidden"


def test_an_exception_is_told_with_the_readers_line():
    def attempt(z):
        return softmax_lib.softmax(z, axis="classes")

    failure = check.softmax(attempt).failure
    assert failure.came.startswith("TypeError: axis must be an int")
    assert failure.came.endswith('return softmax_lib.softmax(z, axis="classes"))')
    assert f"line {attempt.__code__.co_firstlineno + 1}: " in failure.came


def test_an_exception_without_a_line_or_a_message_is_told_by_its_type():
    source = compile("def attempt(z):\n    raise KeyError", "<cell>", "exec")
    names = {}
    exec(source, names)
    assert check.softmax(names["attempt"]).failure.came == "KeyError"
    assert check.softmax(functools.partial(int, base=2)).failure.came.startswith("TypeError: ")


def test_a_message_is_one_short_line_without_addresses():
    message = "first\nsecond " + "x" * 1000 + hex(1 << 40)
    came = check.softmax(raises(ValueError(message))).failure.came
    assert came.startswith(f"ValueError: first second {'x' * 287} ... (line ")
    whole = check.softmax(raises(ValueError("x" * 300))).failure.came
    assert whole.startswith(f"ValueError: {'x' * 300} (line ")
    assert "0x..." in check.softmax(raises(ValueError(str(hex(1 << 40))))).failure.came


def test_what_is_printed_is_kept_apart_and_shown(capsys):
    def attempt(z):
        print("my shares:", 1)
        print("a warning", file=sys.stderr)
        return z

    report = check.softmax(attempt)
    assert capsys.readouterr() == ("", "")
    assert report.failure.printed == "my shares: 1\na warning\n"
    assert "my shares: 1 a warning" in str(report)


def test_printing_without_an_end_is_cut():
    def attempt(z):
        for _ in range(1000):
            print("again")
        return z

    assert len(check.softmax(attempt).failure.printed) == 300


def test_warnings_do_not_escape_and_are_shown():
    def attempt(z):
        warnings.warn("beware", UserWarning, stacklevel=1)
        return np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        failure = check.softmax(attempt).failure
    assert caught == []
    assert failure.warned == (
        "UserWarning: beware",
        "RuntimeWarning: overflow encountered in exp",
        "RuntimeWarning: invalid value encountered in divide",
    )


def test_settings_that_are_stricter_do_not_matter():
    def with_underflow(z):
        e = np.exp(z - z.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    with np.errstate(all="raise"):
        assert check.softmax(with_underflow).passed
        assert check.softmax(lambda z: np.exp(z) / np.exp(z).sum()).failure.came == "[nan, 0]"
        assert np.geterr()["over"] == "raise"


def test_settings_that_an_attempt_changes_are_put_back():
    def attempt(z):
        np.seterr(all="ignore")
        warnings.simplefilter("ignore")
        return z

    before, filters = np.geterr(), list(warnings.filters)
    check.softmax(attempt)
    assert np.geterr() == before and warnings.filters == filters


def test_the_callers_arrays_are_copies():
    kept = []

    def attempt(z):
        kept.append(z)
        z[...] = 7
        return z

    check.softmax(attempt)
    assert check.softmax(softmax_lib.softmax).passed
    assert all((z == 7).all() for z in kept)


@pytest.mark.parametrize("byte", [0, 255])
def test_an_argument_that_is_changed_is_seen(byte):
    def attempt(z):
        p = softmax_lib.softmax(z)
        z.view(np.uint8)[...] = byte
        return p

    assert check.softmax(attempt).diagnosis == "argument-changed"


@pytest.mark.parametrize("name", EXERCISES)
def test_a_function_is_called_once_for_each_input(name):
    """Also where a failure is compared with known mistakes, and with an axis besides."""
    for function in (EXERCISES[name].oracle, *(attempt for _, attempt in WRONG[name])):
        if callable(function):
            called = []

            @functools.wraps(function)
            def counted(*arguments, function=function, called=called, **options):
                called.append((repr(arguments), str(options)))
                return function(*arguments, **options)

            getattr(check, name)(counted)
            assert len(called) == len(set(called)) <= 22


def test_a_function_that_answers_by_chance_is_reported_as_it_answered():
    answers = {}

    def by_chance(z):
        p = softmax_lib.softmax(z)
        if z.ndim == 2:
            p = answers.setdefault(str(z), rng.permutation(p.ravel()).reshape(p.shape))
        return p

    rng = np.random.default_rng(7)
    failure = check.softmax(by_chance).failure
    (came,) = [
        p for z, p in answers.items() if z in str(eval(failure.given, {"np": np, "by_chance": str}))
    ]
    assert failure.law == "a batch is shared out row by row"
    assert failure.came == showing.array(came)
    assert len(answers) == 2


def test_a_buffer_that_is_used_again_does_no_harm():
    buffers = {}

    def attempt(z):
        buffer = buffers.setdefault((z.shape, z.dtype), np.empty(z.shape))
        buffer[...] = softmax_lib.softmax(z)
        return buffer

    assert check.softmax(attempt).passed


def test_numbers_of_other_kinds_are_numbers():
    def of_fractions(labels, C):
        softmax_lib.one_hot(labels, C)
        return [[fractions.Fraction(int(c == label)) for c in range(C)] for label in labels]

    assert check.one_hot(of_fractions).passed


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        (None, "None"),
        ("0.9, 0.1", "a str, not numbers"),
        ([[1], [2, 3]], "a list, not numbers"),
        ({"p": 1}, "a dict, not numbers"),
        (np.array([1j, 0]), "an array of complex numbers"),
    ],
)
def test_what_is_no_array_of_numbers_is_called_by_its_kind(returned, said):
    assert check.softmax(lambda z: returned).failure.came == said


def test_several_results_are_counted():
    assert check.training_step(lambda X, k, W, b, r: W).failure.came == "an array, not 2 results"
    for number, said in enumerate(("0 results", "1 result", None, "3 results")):
        if said:
            report = check.training_step(lambda X, k, W, b, r, number=number: [W] * number)
            assert report.failure.came == f"{said}, not 2"


# ---- time ---------------------------------------------------------------------------------------


def endless(*arguments):
    while True:
        pass


def endless_and_deaf(*arguments):
    while True:
        with contextlib.suppress(BaseException):
            sum(range(10))


def sleeps(*arguments):
    time.sleep(60)


def work():
    return sum(range(10))


def bare_except(*arguments):
    while True:
        try:  # noqa: SIM105
            work()
        except:  # noqa: E722
            pass


def bare_except_around_one(*arguments):
    while True:
        try:
            while True:
                try:  # noqa: SIM105
                    work()
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def finally_goes_on(*arguments):
    while True:
        try:
            work()
        finally:
            continue  # noqa: B012


def answers_in_the_end(z):
    try:
        endless()
    except BaseException:
        return z


def raises_in_the_end(z):
    try:
        endless()
    except BaseException as error:
        raise ValueError from error


def prints_and_goes_on(*arguments):
    while True:
        with contextlib.suppress(BaseException):
            try:
                time.sleep(60)
            except:
                print("not yet")
                raise


STUBBORN = [
    endless,
    endless_and_deaf,
    sleeps,
    bare_except,
    bare_except_around_one,
    finally_goes_on,
    answers_in_the_end,
    raises_in_the_end,
    prints_and_goes_on,
]


class NeverAnArray:
    def __array__(self, *arguments, **options):
        endless()


@needs_alarms
@pytest.mark.parametrize(
    "attempt",
    [*STUBBORN, lambda *_: NeverAnArray()],
    ids=[*(each.__name__ for each in STUBBORN), "never an array"],
)
@pytest.mark.timeout(60)
def test_a_function_that_never_returns_is_stopped(attempt):
    report = check.softmax(attempt, seconds=0.1)
    assert report.diagnosis == "never-returns"
    assert report.failure.came == "nothing before the time was up"


@needs_alarms
@pytest.mark.timeout(60)
@pytest.mark.parametrize("attempt", STUBBORN)
def test_it_is_stopped_on_a_slow_machine_as_well(attempt, monkeypatch):
    """Where an alarm rings before the handler of the last is through."""

    def slow(*arguments):
        before = signal.setitimer(*arguments)
        end = time.perf_counter() + 2e-4
        while time.perf_counter() < end:
            pass
        return before

    monkeypatch.setattr(limit, "signal", SimpleNamespace(**{**vars(signal), "setitimer": slow}))
    assert check.softmax(attempt, seconds=0.1).diagnosis == "never-returns"


@needs_alarms
def test_there_is_time_to_clean_up():
    cleaned = []

    def attempt(z):
        try:
            endless()
        finally:
            cleaned.extend(work() for _ in range(20))

    assert check.softmax(attempt, seconds=0.05).diagnosis == "never-returns"
    assert len(cleaned) == 20


@pytest.mark.parametrize(
    "seconds",
    [float("inf"), 10**400, np.float32(30), fractions.Fraction(61, 2)],
    ids=["infinity", "a huge one", "a float32", "a fraction"],
)
def test_any_number_above_zero_is_a_time_limit(seconds):
    assert check.softmax(softmax_lib.softmax, seconds=seconds).passed
    assert check.softmax(lambda z: z, seconds=seconds).failed_law == "no share is negative"


@pytest.mark.parametrize("seconds", [0, -1, -0.0, float("nan"), float("-inf"), np.int64(0)])
def test_a_time_that_is_none_is_an_error_that_says_so(seconds):
    for thing in (softmax_lib.softmax, None):
        with pytest.raises(ValueError, match=rf"seconds must be more than 0, not {seconds}$"):
            check.softmax(thing, seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "kind"), [("5", "a str"), (None, "None"), (True, "a bool"), (1j, "a complex")]
)
def test_what_is_no_time_is_an_error_that_names_its_kind(seconds, kind):
    with pytest.raises(TypeError, match=f"seconds must be a number, not {kind}$"):
        check.softmax(softmax_lib.softmax, seconds=seconds)


@needs_alarms
def test_the_time_is_for_all_calls_together():
    def slow(z):
        time.sleep(0.05)
        return softmax_lib.softmax(z)

    # So that several calls end in time, on a busy machine as well, but not all.
    report = check.softmax(slow, seconds=0.6)
    assert report.diagnosis == "never-returns" and len(report.laws) > 1


@needs_alarms
def test_an_alarm_of_someone_else_is_put_back():
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    old = signal.setitimer(signal.ITIMER_REAL, 60.0, 7.0)
    try:
        check.softmax(softmax_lib.softmax)
        assert signal.getsignal(signal.SIGALRM)(0, None) is None and rung == [1]
        delay, interval = signal.setitimer(signal.ITIMER_REAL, 0)
        assert 0 < delay < 60 and interval == 7.0
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *old)


@contextlib.contextmanager
def alarm(handler, delay, interval=0.0):
    """Set an alarm as a caller does; give back those that were there."""
    before = signal.signal(signal.SIGALRM, handler)
    old = signal.setitimer(signal.ITIMER_REAL, delay, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *old)


def naps(z):
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        pass
    return z


@needs_alarms
def test_an_alarm_of_someone_else_rings_at_its_time():
    rung = []
    with alarm(lambda *_: rung.append(time.monotonic()), 0.05, 0.05):
        started = time.monotonic()
        report = check.softmax(naps)
        assert report.failed_law == "no share is negative"
        assert started + 0.04 < rung[0] < time.monotonic()
        assert len(rung) > 1
        assert signal.getitimer(signal.ITIMER_REAL)[1] == 0.05


@needs_alarms
def test_an_alarm_that_rings_once_does_not_ring_again():
    rung = []
    with alarm(lambda *_: rung.append(1), 0.05):
        check.softmax(naps)
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        time.sleep(0.05)
    assert rung == [1]


@needs_alarms
def test_an_alarm_that_is_wound_anew_by_its_handler_stays_wound():
    rung = []

    def again(*_):
        rung.append(1)
        signal.setitimer(signal.ITIMER_REAL, 0.05 if len(rung) == 1 else 60, 7)

    with alarm(again, 0.05):
        check.softmax(naps)
        assert rung == [1, 1]
        delay, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 50 < delay < 60 and interval == 7


@needs_alarms
@pytest.mark.parametrize("attempt", [endless, bare_except, raises_in_the_end])
@pytest.mark.timeout(60)
def test_what_someone_else_s_handler_raises_is_for_them(attempt):
    def too_late(*_):
        raise LookupError("the caller's time is up")

    with alarm(too_late, 0.1):
        with pytest.raises(LookupError, match="the caller's"):
            check.softmax(attempt, seconds=50)
        assert signal.getsignal(signal.SIGALRM) is too_late
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@needs_alarms
def test_what_someone_else_s_handler_raises_when_the_time_is_up_is_for_them():
    def too_late(*_):
        raise LookupError("the caller's time is up")

    def attempt(z):
        try:
            endless()
        except BaseException:
            sum(range(10**7))  # no alarm interrupts this

    with alarm(too_late, 0.1), pytest.raises(LookupError, match="the caller's"):
        check.softmax(attempt, seconds=0.05)


@needs_alarms
@pytest.mark.timeout(60)
def test_the_time_of_a_check_is_also_that_of_a_check_within():
    report = check.softmax(lambda z: check.softmax(bare_except, seconds=50), seconds=0.2)
    assert report.diagnosis == "never-returns"
    within = []

    def attempt(z):
        within.append(check.softmax(bare_except, seconds=0.1).diagnosis)
        return z

    assert check.softmax(attempt).failed_law == "no share is negative"
    assert set(within) == {"never-returns"}


KILLED = """
import os, signal, time
from softmax_lib import check

def naps(z):
    time.sleep(0.3)
    os.write(1, b"still there")
    return z

signal.setitimer(signal.ITIMER_REAL, 0.1)
check.softmax(naps)
time.sleep(30)
"""


@needs_alarms
def test_an_alarm_without_a_handler_rings_after_the_check():
    run = subprocess.run(
        [sys.executable, "-c", KILLED],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert run.stdout == "still there"
    assert run.returncode == -signal.SIGALRM


@needs_alarms
def test_without_another_alarm_none_is_left():
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    old = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        assert check.softmax(endless, seconds=0.05).diagnosis == "never-returns"
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
        assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *old)


@needs_alarms
def test_an_alarm_after_the_end_does_nothing():
    ring = []
    before = signal.getsignal(signal.SIGALRM)
    assert limit.within(5, lambda: ring.append(signal.getsignal(signal.SIGALRM))) == (None, None)
    assert ring[0](0, None) is None
    assert signal.getsignal(signal.SIGALRM) == before


def test_in_another_thread_there_is_no_limit_and_the_report_says_so():
    reports = []
    thread = threading.Thread(target=lambda: reports.append(check.softmax(softmax_lib.softmax)))
    thread.start()
    thread.join()
    assert reports[0].passed
    assert "There is no time limit here" in str(reports[0])
    assert "There is no time limit here" in reports[0]._repr_html_()


def test_without_alarms_there_is_no_limit_and_the_report_says_so(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    report = check.softmax(lambda z: z)
    assert report.notes == (exercise.NO_LIMIT,)
    assert check.softmax(None).notes == report.notes


def test_in_a_browser_there_is_no_alarm_that_rings(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert check.softmax(softmax_lib.softmax).notes == (exercise.NO_LIMIT,)


def test_an_interrupt_by_hand_is_the_limit_where_there_is_no_other(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    report = check.softmax(raises(KeyboardInterrupt()))
    assert report.diagnosis == "never-returns"
    assert report.failure.came == "nothing before it was interrupted"


def test_what_an_attempt_has_made_is_gone_after_the_check():
    gc.disable()
    try:
        made = []

        def attempt(z):
            here = np.zeros(3)
            made.append(weakref.ref(here))
            raise ValueError

        check.softmax(attempt)
        assert made and not any(ref() is not None for ref in made)
    finally:
        gc.enable()


@needs_alarms
def test_an_interrupt_by_hand_stops_the_check():
    with pytest.raises(KeyboardInterrupt):
        check.softmax(raises(KeyboardInterrupt()))


def test_an_exit_is_told_in_the_report():
    assert check.softmax(raises(SystemExit(3))).failure.came.startswith("SystemExit: 3 (line")

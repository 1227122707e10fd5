"""What a function prints and is warned of is kept within bounds, and the session's is its own."""

import contextlib
import io
import sys
import threading
import warnings

import pytest

import softmax_lib
from softmax_lib import check


def many_warnings(z):
    for step in range(10_000):
        warnings.warn(f"step {step} " + "x" * 10_000, UserWarning, stacklevel=1)
    return z


def test_of_warnings_without_an_end_the_first_are_kept():
    report = check.softmax(many_warnings)
    assert len(report.failure.warned) == 6
    assert report.failure.warned[4].startswith("UserWarning: step 4 xxx")
    assert report.failure.warned[5] == "and others"
    assert len(report._repr_html_()) < 6000 and len(str(report)) < 6000


@pytest.mark.parametrize("count", [5, 6])
def test_others_are_told_of_only_if_there_are_some(count):
    def attempt(z):
        for step in range(count):
            for _ in range(3):
                warnings.warn(f"step {step}", UserWarning, stacklevel=1)
        return z

    assert ("and others" in check.softmax(attempt).failure.warned) == (count > 5)


def test_the_list_of_warnings_that_were_said_does_not_grow():
    globals().pop("__warningregistry__", None)
    check.softmax(many_warnings)
    said = globals().get("__warningregistry__", {})
    assert not [key for key in said if key != "version"]


def closes(z):
    sys.stdout.close()
    sys.stderr.close()
    print("closed")
    return z


def closes_by_with(z):
    with sys.stdout, sys.stderr as stream:
        print("in", file=stream)
    print("closed")
    return z


def replaces(z):
    sys.stdout = sys.stderr = io.StringIO()
    print("elsewhere")
    return z


def removes(z):
    del sys.stdout, sys.stderr
    return z


def sets_none(z):
    sys.stdout = sys.stderr = None
    print("nowhere")
    return z


def replaces_and_raises(z):
    sys.stdout, warnings.showwarning = None, None
    raise SystemExit(3)


VANDALS = [closes, closes_by_with, replaces, removes, sets_none, replaces_and_raises]


@pytest.mark.parametrize("vandal", VANDALS, ids=lambda vandal: vandal.__name__)
def test_streams_that_are_closed_or_replaced_are_put_back(vandal, capsys):
    before = sys.stdout, sys.stderr, warnings.showwarning, list(warnings.filters)
    report = check.softmax(vandal)
    assert report.failed_law == "no share is negative" or report.failure.came.startswith("System")
    assert (sys.stdout, sys.stderr, warnings.showwarning, list(warnings.filters)) == before
    print("after")
    assert capsys.readouterr() == ("after\n", "")
    assert "closed" not in vandal.__name__ or "closed" in report.failure.printed


def test_a_right_function_that_closes_its_output_passes():
    def attempt(z):
        closes(z)
        return softmax_lib.softmax(z)

    assert check.softmax(attempt).passed


def test_what_is_kept_of_the_output_does_not_take_up_the_output_later(capsys):
    kept = []

    def attempt(z):
        kept.append(sys.stdout)
        return z

    check.softmax(attempt)
    print("later", file=kept[0])
    assert capsys.readouterr().out == "later\n"


def test_a_check_within_a_check_hears_its_own():
    inner = []

    def outer(z):
        print("before")
        inner.append(check.softmax(lambda z: print("inside")))
        print("after")
        return z

    report = check.softmax(outer)
    assert report.failure.printed == "before\nafter\n"
    assert inner[0].failure.printed == "inside\n"


def in_threads(*acts):
    """Run the acts at once, each in a thread of its own."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()


@pytest.mark.parametrize("first_out", [0, 1])
def test_two_checks_at_once_hear_their_own_and_leave_all_as_it_was(first_out, capsys):
    """Both orders of coming and going: the one that came first goes first, or last."""
    both_in, one_out, reports = threading.Barrier(2), threading.Event(), {}

    def act(number):
        calls = []

        def attempt(z):
            if not calls and number == 1:
                came.wait(30)
            calls.append(z)
            if len(calls) == 1:
                came.set()
                both_in.wait(30)
                if number != first_out:
                    one_out.wait(30)
                print(f"I am {number}")
                warnings.warn(f"of {number}", UserWarning, stacklevel=1)
            return z * 0 - 1

        reports[number] = check.softmax_naive(attempt)
        if number == first_out:
            one_out.set()

    came = threading.Event()
    before = sys.stdout, sys.stderr, warnings.showwarning, list(warnings.filters)
    with warnings.catch_warnings():  # so that the comparison is of these very lists
        in_threads(lambda: act(0), lambda: act(1))
    assert (sys.stdout, sys.stderr, warnings.showwarning, list(warnings.filters)) == before
    for number in (0, 1):
        assert reports[number].failure.printed == f"I am {number}\n"
        assert reports[number].failure.warned == (f"UserWarning: of {number}",)
    print("after")
    assert capsys.readouterr().out == "after\n"


def test_who_checks_nothing_prints_and_warns_as_ever_while_another_checks(capsys):
    inside, done = threading.Event(), threading.Event()

    def attempt(z):
        inside.set()
        done.wait(30)
        return z

    thread = threading.Thread(target=check.softmax, args=(attempt,))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        thread.start()
        inside.wait(30)
        print("meanwhile")
        warnings.warn("mine", UserWarning, stacklevel=1)
        done.set()
        thread.join(30)
    assert capsys.readouterr().out == "meanwhile\n"
    assert [str(w.message) for w in caught] == ["mine"]


def test_output_goes_where_it_went_before():
    there = io.StringIO()
    with contextlib.redirect_stdout(there):
        check.softmax(lambda z: print("inside"))
        print("after")
    assert there.getvalue() == "after\n"

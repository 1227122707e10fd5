"""The cache between builds: equal inputs find a result, and nothing else does."""

import pytest

import build_cache
from build_cache import cached


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return where a cache of its own is kept, which is empty."""
    monkeypatch.setattr(build_cache, "known", {})
    monkeypatch.setattr(build_cache, "used", set())
    return tmp_path / "cache.json"


def counted(*sources):
    """Return a function that is cached, and the list of its calls."""
    calls = []

    @cached(*sources)
    def double(*words):
        calls.append(words)
        return "".join(words) * 2

    return double, calls


def test_a_result_is_found_by_all_that_it_is_made_of(file, tmp_path):
    source = tmp_path / "program.js"
    source.write_text("1")
    double, calls = counted(source, "1.0")
    assert double("a", "b") == double("a", "b") == "abab"
    assert double("ab") == "abab" and double("é") == "éé"
    assert calls == [("a", "b"), ("ab",), ("é",)]
    source.write_text("2")
    for other in (source, "1.0"), (source, "1.1"):
        double, calls = counted(*other)
        assert double("a", "b") == "abab" and len(calls) == 1


def test_the_next_build_finds_what_this_one_used(file):
    double, _ = counted()
    double("a"), double("b")
    build_cache.save(file)
    build_cache.load(file)
    double, calls = counted()
    assert double("a") == "aa" and calls == []
    build_cache.save(file)  # "b" is not needed any more
    build_cache.load(file)
    double, calls = counted()
    assert double("b") == "bb" and calls == [("b",)]


@pytest.mark.parametrize(
    "harm", [lambda b: b[:-1], lambda b: b.replace(b"aa", b"ab"), lambda b: b"{}", lambda b: b""]
)
def test_a_broken_or_foreign_file_is_ignored(file, harm):
    double, _ = counted()
    double("a")
    build_cache.save(file)
    whole = file.read_bytes()
    file.write_bytes(harm(whole))
    assert file.read_bytes() != whole
    build_cache.load(file)
    double, calls = counted()
    assert double("a") == "aa" and calls == [("a",)]


def test_what_fails_is_tried_again(file):
    calls = []

    @cached()
    def fail(word):
        calls.append(word)
        raise ValueError(word)

    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            fail("a")
    assert calls == ["a", "a"]

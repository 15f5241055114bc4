"""The cache of answers: time, order and size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.answer import Answer
from gateway.authentication.dnscache import Cache

ONE = Answer((b"one",))


def test_until_its_time_is_over() -> None:
    cache = Cache(10_000)
    cache.put(("a", "TXT"), ONE, 3, until=10.0)
    assert cache.get(("a", "TXT"), 9.9) is ONE
    assert cache.get(("a", "A"), 9.9) is None
    assert cache.get(("a", "TXT"), 10.0) is None
    assert (len(cache), cache.size) == (0, 0)


def test_the_least_used_goes_first() -> None:
    cache = Cache(2100)
    for name in "abc":
        cache.put((name, "A"), ONE, 3, until=10.0)
    cache.get(("a", "A"), 1.0)
    cache.put(("d", "A"), ONE, 3, until=10.0)
    assert [name for name in "abcd" if cache.get((name, "A"), 1.0)] == ["a", "c", "d"]


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = Cache(1000)
    cache.put(("a", "A"), ONE, 3, until=10.0)
    cache.put(("b", "A"), ONE, 5000, until=10.0)
    assert cache.get(("a", "A"), 1.0) is ONE
    assert cache.get(("b", "A"), 1.0) is None


@given(st.lists(st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 900), st.floats(0, 20))))
def test_it_never_outgrows_its_size(puts: list[tuple[str, int, float]]) -> None:
    cache = Cache(3000)
    for name, octets, until in puts:
        cache.put((name, "A"), ONE, octets, until)
        assert cache.size <= 3000
        cache.get((name, "A"), 5.0)
    for name in "abcdefghij":
        cache.get((name, "A"), 100.0)
    assert (len(cache), cache.size) == (0, 0)
    cache.clear()

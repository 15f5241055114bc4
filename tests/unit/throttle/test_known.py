"""Whom an account has written to: bounded, dated, unreadable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.throttle.known import DAYS, MOST, bucket_of, day_of, digest, find, learn

NAMES = st.binary(min_size=8, max_size=8)


@given(st.lists(st.tuples(NAMES, st.integers(0, 3)), max_size=40))
def test_like_a_dict(steps: list[tuple[bytes, int]]) -> None:
    bucket, plain, today = b"", dict[bytes, int](), 19_000
    for name, later in steps:
        today += later
        bucket = learn(bucket, name, today)
        plain[name] = today
        assert len(bucket) == 10 * len(plain)
        assert {name: find(bucket, name, today) for name in plain} == plain


@given(st.binary(max_size=60), NAMES)
def test_any_bytes(junk: bytes, name: bytes) -> None:
    find(junk, name, 19_000)
    bucket = learn(junk, name, 19_000)
    assert find(bucket, name, 19_000) == 19_000
    assert len(bucket) % 10 == 0


def test_an_entry_is_found_only_where_one_begins() -> None:
    bucket = learn(learn(b"", b"abcdefgh", 19_000), b"ABCDEFGH", 19_000)
    assert find(bucket, bucket[4:12], 19_000) is None
    again = learn(bucket, bucket[4:12], 19_000)
    assert len(again) == 30
    assert find(again, bucket[4:12], 19_000) == 19_000


def test_full_buckets_forget_the_oldest() -> None:
    names = [number.to_bytes(8, "big") for number in range(MOST + 5)]
    bucket = b""
    for name in names:
        bucket = learn(bucket, name, 19_000)
    bucket = learn(bucket, names[5], 19_001)  # written to again: not the oldest any more
    bucket = learn(bucket, b"one more", 19_001)
    assert len(bucket) == 10 * MOST
    assert [find(bucket, name, 19_001) is None for name in names[:8]] == [True] * 5 + [False, True, False]


def test_days() -> None:
    bucket = learn(b"", b"abcdefgh", 19_000)
    assert find(bucket, b"abcdefgh", 19_000 + DAYS) == 19_000
    assert find(bucket, b"abcdefgh", 19_001 + DAYS) is None
    assert find(bucket, b"abcdefgh", 18_000) == 19_000  # a clock that fell back
    assert day_of(2**32 - 1) < 2**16
    assert day_of(1e18) == 2**16 - 1


def test_digests_are_keyed_and_of_one_account() -> None:
    made = {digest(secret, who, to) for secret in (b"", b"k") for who in ("a", "b") for to in ("x@y", "\ud800", "")}
    assert len(made) == 12
    assert all(len(name) == 8 and 0 <= bucket_of(name) < 16 for name in made)

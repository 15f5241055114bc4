"""How long a password is the same: days and digests of a mailbox, in a few bytes."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.days import start_of
from gateway.lifecycle.passwords import Password, PasswordDates, password_due
from gateway.passwords.state import KEPT, MOST, Entry, months_between, observe, pack, unpack

DAY = 86_400.0
MARCH_2 = datetime.date(2026, 3, 2)


def at(day: datetime.date, hour: float = 8) -> float:
    return start_of(day) + hour * 3600


def uses(*logins: tuple[int, int], blob: bytes | None = None) -> tuple[bytes | None, list[tuple[int, bool]]]:
    """Logins as (days after 2 March 2026, digest); for each: days since the first, and whether it is today's first."""
    seen = []
    for days, digest in logins:
        day = MARCH_2 + datetime.timedelta(days=days)
        blob, found = observe(blob, at(day), digest)
        seen.append(((day - found.since).days, found.first_today))
    return blob, seen


def test_the_same_password_grows_old() -> None:
    assert uses((0, 7), (0, 7), (1, 7), (60, 7))[1] == [(0, True), (0, False), (1, True), (60, True)]


def test_a_changed_one_is_new() -> None:
    assert uses((0, 7), (50, 9), (51, 9))[1] == [(0, True), (0, True), (1, True)]


def test_a_telephones_own_password_does_not_make_the_other_new() -> None:
    assert uses((0, 7), (0, 8), (40, 8), (40, 7), (80, 8))[1][-3:] == [(40, True), (40, True), (80, True)]


def test_back_and_forth_is_no_change() -> None:
    assert uses((0, 7), (30, 8), (31, 7))[1][-1] == (31, True)


def test_the_one_that_is_unused_for_longest_is_forgotten_first() -> None:
    blob, _ = uses((0, 1), (1, 2), (2, 3), (3, 4))
    assert {one.digest for one in unpack(blob)} == {2, 3, 4}
    assert uses((4, 1), blob=blob)[1] == [(0, True)]


@pytest.mark.parametrize(("days", "age"), [(KEPT, KEPT), (KEPT + 1, 0)])
def test_what_is_not_used_is_forgotten(days: int, age: int) -> None:
    assert uses((0, 7), (days, 7))[1][-1] == (age, True)


def test_an_equal_value_where_nothing_changed_so_that_nothing_is_written() -> None:
    first, _ = uses((0, 7), (0, 8))
    again, _ = uses((0, 7), (0, 8), (0, 7), blob=first)
    assert again == first


def test_clocks_that_differ_about_midnight_cost_nothing_and_a_wrong_one_little() -> None:
    blob, _ = uses((0, 7), (10, 7))
    assert uses((9, 7), (10, 7), blob=blob)[1] == [(9, False), (10, False)]
    blob, _ = uses((0, 7), (3000, 7))
    assert uses((1, 7), (2, 7), blob=blob)[1] == [(0, True), (1, True)]


@pytest.mark.parametrize("blob", [b"", b"\0", b"\x01x", b"\x02" + bytes(5), b"\x01" + bytes(20), b"\x01" + bytes(10)])
def test_what_cannot_be_read_is_nothing(blob: bytes) -> None:
    assert unpack(blob) == []


@given(st.binary(max_size=40), st.floats(), st.integers(0, 255))
def test_any_value_and_any_clock(blob: bytes, now: float, digest: int) -> None:
    made, seen = observe(blob, now, digest)
    assert len(made) <= 1 + 5 * MOST
    assert seen.months >= 0
    assert digest in {one.digest for one in unpack(made)}
    assert observe(made, now, digest)[0] == made


_entries = st.lists(
    st.builds(lambda d, f, n: Entry(d, f, f + n), st.integers(0, 255), st.integers(0, 60_000), st.integers(0, 5000)),
    max_size=MOST,
    unique_by=lambda one: one.digest,
)


@given(_entries)
def test_round_trip(entries: list[Entry]) -> None:
    assert unpack(pack(entries)) == sorted(entries, key=lambda one: one.digest)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 4)), max_size=40))
def test_never_older_than_its_first_use(logins: list[tuple[int, int]]) -> None:
    """Against a model that forgets nothing: nobody is ever told of an age that was not seen."""
    firsts: dict[int, int] = {}
    ordered = sorted(logins)
    for (days, digest), (age, _) in zip(ordered, uses(*ordered)[1], strict=True):
        assert age <= days - firsts.setdefault(digest, days)


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)), st.integers(0, 900), st.integers(1, 12))
def test_months_are_those_of_the_lifecycle(since: datetime.date, days: int, months: int) -> None:
    today = since + datetime.timedelta(days=days)
    old = password_due(PasswordDates(changed=at(since)), months, at(today)) is Password.OLD
    assert (months_between(since, today) >= months) is old


@pytest.mark.parametrize(
    ("since", "today", "months"),
    [
        (MARCH_2, datetime.date(2026, 6, 2), 2),  # the period's last day
        (MARCH_2, datetime.date(2026, 6, 3), 3),
        (datetime.date(2026, 1, 31), datetime.date(2026, 2, 28), 0),
        (datetime.date(2026, 1, 31), datetime.date(2026, 3, 1), 1),
    ],
)
def test_months_end_with_their_last_day(since: datetime.date, today: datetime.date, months: int) -> None:
    assert months_between(since, today) == months


def test_months_of_a_clock_that_runs_back() -> None:
    assert months_between(MARCH_2, MARCH_2 - datetime.timedelta(days=400)) == 0

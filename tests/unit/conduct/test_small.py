"""Days and hours in Vietnam, networks by their prefix, and when two messages are alike."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.conduct.hours import is_free, local_day, local_hour, weekend
from gateway.conduct.likeness import likeness
from gateway.conduct.networks import NOWHERE, WIDTH, network_of, shown


def test_the_clock_on_the_wall() -> None:
    moment = datetime.datetime(2026, 9, 1, 17, 30, tzinfo=datetime.UTC).timestamp()  # 0:30 on the 2nd in Vietnam
    assert local_hour(moment) == 0
    day = local_day(moment)
    assert is_free(day, lambda date: date == datetime.date(2026, 9, 2))
    assert not is_free(day, weekend)
    assert is_free(day + 3, weekend)


@given(st.integers(-(2**40), 2**40))
def test_no_day_is_too_far(day: int) -> None:
    is_free(day, weekend)


@pytest.mark.parametrize(
    ("client", "name"),
    [
        ("203.113.4.5", "203.113.0.0/16"),
        ("::ffff:203.113.4.5", "203.113.0.0/16"),
        ("2402:800:1::5", "2402:800::/32"),
        ("fe80::1%eth0", "fe80::/32"),
        ("", "?"),
        ("unix:/run/x", "?"),
    ],
)
def test_networks(client: str, name: str) -> None:
    assert shown(network_of(client)) == name


@given(st.text(max_size=60))
def test_any_client_has_a_key(client: str) -> None:
    assert len(network_of(client)) == WIDTH
    assert shown(network_of(client))
    assert shown(NOWHERE) == "?"


A, B = "aa" * 32, "bb" * 32


class TestLikeness:
    def test_one_content_whoever_gets_it(self) -> None:
        assert likeness("Giấy mời họp số 12", 40_100, [A]) == likeness("RE: giấy mời họp số 15!", 52_000, [A])
        assert likeness("Thông báo", 10_000, []) == likeness("Thông báo", 10_050, [])
        assert likeness("", 1, [A, B]) == likeness("", 1, [B, A])

    def test_other_contents(self) -> None:
        names = {
            likeness("Giấy mời", 40_000, [A]),
            likeness("Giấy mời", 40_000, [B]),
            likeness("Giấy mời", 40_000, []),
            likeness("Thông báo", 40_000, []),
            likeness("Thông báo", 400_000, []),
            likeness(A, 40_000, []),
        }
        assert len(names) == 6

    def test_nothing_to_tell(self) -> None:
        assert likeness("  12/2026 ", 5000, []) == ""

    @given(st.text(max_size=2000), st.integers(-1, 2**70), st.lists(st.text(max_size=80), max_size=100))
    def test_any_text_is_safe(self, subject: str, size: int, files: list[str]) -> None:
        assert len(likeness(subject, size, files)) in (0, 16)
        assert len(likeness(subject + "\udc80", size, [*files, "\ud800"])) == 16

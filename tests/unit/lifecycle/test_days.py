"""Vietnam's wall calendar, and periods of calendar months."""

from __future__ import annotations

import datetime
import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.lifecycle.days import after_days, after_months, day_of, moment, start_of, wall

D = datetime.date


@given(st.integers(200_000_000, 4_000_000_000))  # since 1976
def test_the_day_is_that_of_ho_chi_minh_city(at: float) -> None:
    there = datetime.datetime.fromtimestamp(at, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert day_of(at) == there.date()
    assert wall(at).replace(tzinfo=None) == there.replace(tzinfo=None)
    assert start_of(day_of(at)) <= at < start_of(after_days(day_of(at), 1))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_is_some_day(at: float) -> None:
    assert isinstance(wall(at), datetime.datetime)
    after_months(after_days(day_of(at), 400), 120)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (D(2026, 1, 15), 3, D(2026, 4, 15)),
        (D(2025, 11, 30), 3, D(2026, 2, 28)),  # no such day: the last one of the month
        (D(2023, 11, 30), 3, D(2024, 2, 29)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2026, 3, 31), -1, D(2026, 2, 28)),
        (D(9999, 12, 1), 3, D.max),
        (D(1, 1, 1), -3, D.min),
    ],
)
def test_a_period_of_months_ends_on_the_same_day(day: D, months: int, last: D) -> None:
    assert after_months(day, months) == last


def test_a_time_on_the_wall() -> None:
    assert wall(moment(D(2026, 11, 22), datetime.time(7, 30))).isoformat() == "2026-11-22T07:30:00+07:00"
    assert math.isclose(start_of(D(1970, 1, 1)), -7 * 3600)

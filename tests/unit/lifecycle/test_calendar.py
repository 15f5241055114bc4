"""Days that are worked in Vietnam, against the government's announcements.

Sources: the yearly announcements of the Ministry of Labour (Ministry of Home Affairs since 2025) on holidays.
"""

from __future__ import annotations

import datetime

import pytest

from gateway.lifecycle.calendar import Calendar

D = datetime.date


@pytest.mark.parametrize(
    "day",
    [
        D(2026, 2, 17),  # Tết Nguyên Đán
        D(2026, 4, 27),  # the Hùng Kings' day fell on a Sunday: Monday instead
        D(2026, 4, 30),
        D(2026, 5, 1),
        D(2026, 9, 2),
        D(2025, 1, 28),
        D(2025, 5, 2),  # worked on Saturday 26 April instead
        D(2026, 11, 22),  # a Sunday
    ],
)
def test_free_days(day: D) -> None:
    assert not Calendar().works(day) and Calendar().rests(day)


@pytest.mark.parametrize("day", [D(2026, 11, 23), D(2026, 3, 2), D(2025, 4, 26), D(2024, 5, 4)])
def test_working_days(day: D) -> None:
    assert Calendar().works(day)


def test_the_office_knows_better() -> None:
    made = Calendar({D(2026, 1, 2): "hoán đổi"}, [D(2026, 1, 10), D(2026, 2, 17)])
    assert not made.works(D(2026, 1, 2)) and made.name(D(2026, 1, 2)) == "hoán đổi"
    assert made.works(D(2026, 1, 10)) and made.works(D(2026, 2, 17))
    assert made.name(D(2026, 2, 17)) == ""


def test_names_are_vietnamese() -> None:
    assert Calendar().name(D(2026, 2, 17)) == "Tết Nguyên Đán"
    assert Calendar().name(D(2026, 11, 22)) == ""


def test_a_period_ends_on_a_working_day() -> None:
    made = Calendar()
    assert made.roll(D(2026, 2, 14)) == D(2026, 2, 23)  # over Tết
    assert made.roll(D(2026, 3, 2)) == D(2026, 3, 2)


@pytest.mark.parametrize("day", [D.min, D.max, D(1900, 1, 1), D(2500, 6, 1)])
def test_any_year_may_be_asked(day: D) -> None:
    made = Calendar()
    made.works(day)
    assert made.roll(day) >= day


def test_a_calendar_without_working_days_ends_somewhere() -> None:
    always = Calendar({D(2026, 1, 1) + datetime.timedelta(days=n): "x" for n in range(400)})
    assert always.roll(D(2026, 1, 1)) >= D(2026, 1, 1)

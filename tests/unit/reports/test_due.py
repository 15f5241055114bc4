"""When reports are mailed: on the regulation's dates, each day told of once."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RegulationError
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import DAY
from gateway.regulations import load, parse
from gateway.reports.due import LATE, Dates, Due, Rhythm, dates_of, due
from gateway.reports.quarters import Quarter
from tests.unit.reports.support import at

CALENDAR = Calendar()
RHYTHM = Rhythm(Dates(5, 10))


def named(now: str, rhythm: Rhythm = RHYTHM, calendar: Calendar = CALENDAR) -> dict[str, Due]:
    return {one.key: one for one in due(at(now), calendar, rhythm)}


def test_the_regulations_dates() -> None:
    assert dates_of([load("angiang-50-2009"), load("tphcm-q4-03-2013")]) == Dates(5, 10, "Q4 14.2", "Q4 14.1")
    assert dates_of([load("angiang-50-2009")]) is None


@pytest.mark.parametrize("value", ['"5"', "0", "29", "true", "5.0"])
def test_days_that_are_none(value: str) -> None:
    text = f'prefix = "X"\ntitle = "x"\nissued = "x"\nclause = []\n[parameters.reports]\nunits_by_day = {value}\n'
    with pytest.raises(RegulationError, match="units_by_day"):
        dates_of([parse("x", text)])


def test_the_office_on_the_tenth() -> None:
    assert "quarterly/2026Q3" not in named("2026-09-10 07:59")
    one = named("2026-09-10 08:00")["quarterly/2026Q3"]
    assert (one.period.first, one.period.last) == (datetime.date(2026, 6, 10), datetime.date(2026, 9, 9))
    assert (one.deadline, one.clause, one.period.name) == (datetime.date(2026, 9, 10), "Q4 14.1", "quý III năm 2026")


def test_a_free_day_moves_the_offices_date_on() -> None:
    # 10 December 2028 is a Sunday
    assert "quarterly/2028Q4" not in named("2028-12-10 09:00")
    one = named("2028-12-11 08:00")["quarterly/2028Q4"]
    assert (one.deadline, one.period.last) == (datetime.date(2028, 12, 11), datetime.date(2028, 12, 10))


def test_units_get_their_form_before_their_date() -> None:
    # five days before 5 September 2026 is 31 August, which is off that year, with the National Day after it
    assert "changes/2026Q3" not in named("2026-08-28 07:59")
    one = named("2026-08-28 08:00")["changes/2026Q3"]
    assert (one.deadline, one.clause) == (datetime.date(2026, 9, 7), "Q4 14.2")  # the 5th is a Saturday
    assert one.period.last == datetime.date(2026, 8, 27)


def test_what_is_long_past_is_not_mailed() -> None:
    moment = at("2026-09-10 08:00")
    assert [one.key for one in due(moment + LATE - 1, CALENDAR, RHYTHM)] == ["quarterly/2026Q3"]
    assert due(moment + LATE, CALENDAR, RHYTHM) == []
    assert "changes/2026Q3" in named("2026-09-07 23:59")
    assert "changes/2026Q3" not in named("2026-09-08 00:00")


def test_an_office_with_a_closing_day() -> None:
    one = named("2026-09-10 08:00", Rhythm(Dates(5, 10), closing_day=10))["quarterly/2026Q3"]
    assert (one.period.key, one.period.last) == ("2026Q3-10", datetime.date(2026, 9, 9))


DAYS = st.integers(0, 4000).map(lambda n: at("2020-01-01 12:00") + n * DAY)
RHYTHMS = st.builds(Rhythm, st.builds(Dates, st.integers(1, 28), st.integers(1, 28)), st.just(0), st.integers(0, 20))


@given(DAYS, RHYTHMS)
def test_each_day_is_told_of_once(now: float, rhythm: Rhythm) -> None:
    for one in due(now, CALENDAR, rhythm):
        year, number = int(one.key.split("/")[1][:4]), int(one.key[-1])
        after = Quarter(year, number).after
        later = [
            two
            for day in range(120)
            for two in due(one.moment + day * DAY, CALENDAR, rhythm)
            if two.key == f"{one.name}/{after}"
        ]
        assert later
        assert later[0].period.first == one.period.last + datetime.timedelta(days=1)
        assert one.moment <= now < one.ends
        assert one.period.until <= one.moment
        assert CALENDAR.works(one.deadline)

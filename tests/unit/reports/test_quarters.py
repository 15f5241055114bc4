"""Quarters and periods: every day lies in exactly one, by Vietnam's midnight."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.reports.quarters import Quarter, calendar_period, closing_period, dated, span, written, year_period
from tests.unit.reports.support import at

DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2080, 1, 1))


@given(DAYS)
def test_a_day_lies_in_its_calendar_quarter_and_no_other(day: datetime.date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.before.last < quarter.first
    assert quarter.last < quarter.after.first
    assert (quarter.after.before, quarter.before.after) == (quarter, quarter)
    assert Quarter.parse(str(quarter)) == quarter


@given(DAYS, st.integers(1, 28))
def test_closing_periods_meet_without_a_hole(day: datetime.date, closing: int) -> None:
    quarter = Quarter.of(day)
    one, after = closing_period(quarter, closing), closing_period(quarter.after, closing)
    assert one.last + datetime.timedelta(days=1) == after.first
    assert one.until == after.since
    inside = [q for q in (quarter.before, quarter, quarter.after) if _holds(q, closing, day)]
    assert len(inside) == 1


def _holds(quarter: Quarter, closing: int, day: datetime.date) -> bool:
    period = closing_period(quarter, closing)
    return period.first <= day <= period.last


def test_a_period_begins_and_ends_at_vietnams_midnight() -> None:
    period = calendar_period(Quarter(2026, 3))
    assert (period.since, period.until) == (at("2026-07-01 00:00"), at("2026-10-01 00:00"))
    assert datetime.datetime.fromtimestamp(period.since, datetime.UTC).isoformat() == "2026-06-30T17:00:00+00:00"


@pytest.mark.parametrize("text", ["2026Q5", "2026", "Q3", "2026Q33", "2026Q3\n4", "٢٠٢٦Q3", "0000Q1", "9999Q1", ""])
def test_what_is_no_quarter(text: str) -> None:
    with pytest.raises(ValueError, match="2026Q3"):
        Quarter.parse(text)


def test_words() -> None:
    assert Quarter.parse(" 2026q3 ").words == "quý III năm 2026"
    assert calendar_period(Quarter(2026, 1)).words == "từ ngày 01/01/2026 đến hết ngày 31/3/2026"
    assert written(datetime.date(2026, 9, 5)) == "05/9/2026"
    assert dated("Quận 4", datetime.date(2026, 2, 5)) == "Quận 4, ngày 05 tháng 02 năm 2026"
    assert dated("", datetime.date(2026, 12, 25)) == "Ngày 25 tháng 12 năm 2026"


def test_spans() -> None:
    assert span(datetime.date(2026, 7, 1), datetime.date(2026, 9, 30)) == calendar_period(Quarter(2026, 3))
    assert span(datetime.date(2026, 7, 2), datetime.date(2026, 7, 2)).key == "20260702-20260702"
    year = span(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert (year, year.name, year.key) == (year_period(2026), "năm 2026", "2026")
    with pytest.raises(ValueError, match="ends before"):
        span(datetime.date(2026, 7, 2), datetime.date(2026, 7, 1))
    with pytest.raises(ValueError, match="1 to 28"):
        closing_period(Quarter(2026, 3), 29)

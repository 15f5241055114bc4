"""When which report is mailed, and about which days. Pure.

Q4 14: units report by the 5th, the office on the 10th of a quarter's last month. A date that is no working day moves to
the next one (Civil Code 2015, article 148.5). Both dates lie before their quarter's end, so a report tells of the days
from the date of the one before it to the day before its own: every day is told of once.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from gateway.errors import RegulationError
from gateway.lifecycle.calendar import Calendar
from gateway.lifecycle.days import DAY, after_days, day_of, moment, start_of
from gateway.regulations import Regulation
from gateway.reports.quarters import Period, Quarter, closing_period

LATE: Final = 14 * DAY
"""Seconds for which the office's report is still mailed after its date: a gateway that is new mails nothing of years
past. A unit's form is mailed until the unit's date."""
_MOST_FREE: Final = 60


@dataclass(frozen=True, slots=True)
class Dates:
    """Days of a quarter's last month: `units` by which units report, `office` on which the office does."""

    units: int
    office: int
    units_clause: str = "Q4 14.2"
    office_clause: str = "Q4 14.1"


def dates_of(regulations: Iterable[Regulation]) -> Dates | None:
    """Of the first regulation that sets dates; None where none does. RegulationError for days that are none."""
    for one in regulations:
        if table := one.parameters.get("reports"):
            prefix = one.prefix
            units, office = _day(table, "units_by_day"), _day(table, "office_by_day")
            return Dates(units, office, f"{prefix} 14.2", f"{prefix} 14.1")
    return None


def _day(table: Any, key: str) -> int:
    value = table.get(key)
    if type(value) is not int or not 1 <= value <= 28:
        raise RegulationError(f"parameters.reports.{key}: a day from 1 to 28, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How an office wants it. `closing_day`: its quarters end the day before it, 0: between the dates themselves;
    `ahead`: days before the units' date on which they get their form; `at`: the time of the day.
    """

    dates: Dates
    closing_day: int = 0
    ahead: int = 5
    at: datetime.time = datetime.time(8)


@dataclass(frozen=True, slots=True)
class Due:
    """`name`: the report; `key`: names this mailing for good; `moment`: since when it is due, `ends`: until when it is
    mailed, in seconds since the epoch; `deadline`: the regulation's day; `clause`: its clause.
    """

    name: str
    key: str
    period: Period
    moment: float
    ends: float
    deadline: datetime.date
    clause: str


def due(now: float, calendar: Calendar, rhythm: Rhythm) -> list[Due]:
    """What is to be mailed now, if it was not yet, the older first."""
    today = Quarter.of(day_of(now))
    found = [
        one
        for quarter in (today.before, today)
        for one in (_units(quarter, calendar, rhythm), _office(quarter, calendar, rhythm))
    ]
    return sorted((one for one in found if one.moment <= now < one.ends), key=lambda one: one.moment)


def _units(quarter: Quarter, calendar: Calendar, rhythm: Rhythm) -> Due:
    def day(of: Quarter) -> datetime.date:
        return _worked_before(calendar, after_days(of.last_month.replace(day=rhythm.dates.units), -rhythm.ahead))

    deadline = calendar.roll(quarter.last_month.replace(day=rhythm.dates.units))
    period = _period(quarter, rhythm, day(quarter.before), day(quarter))
    at = moment(day(quarter), rhythm.at)
    return Due(
        "changes",
        f"changes/{quarter}",
        period,
        at,
        start_of(after_days(deadline, 1)),
        deadline,
        rhythm.dates.units_clause,
    )


def _office(quarter: Quarter, calendar: Calendar, rhythm: Rhythm) -> Due:
    def day(of: Quarter) -> datetime.date:
        return calendar.roll(of.last_month.replace(day=rhythm.dates.office))

    period = _period(quarter, rhythm, day(quarter.before), day(quarter))
    at = moment(day(quarter), rhythm.at)
    return Due("quarterly", f"quarterly/{quarter}", period, at, at + LATE, day(quarter), rhythm.dates.office_clause)


def _period(quarter: Quarter, rhythm: Rhythm, before: datetime.date, now: datetime.date) -> Period:
    if rhythm.closing_day:
        return closing_period(quarter, rhythm.closing_day)
    return Period(before, after_days(now, -1), quarter.words, f"{quarter}-mailed")


def _worked_before(calendar: Calendar, day: datetime.date) -> datetime.date:
    """This day, or the last one before it that is worked: a form that comes on a free day is read too late."""
    for _ in range(_MOST_FREE):
        if calendar.works(day):
            return day
        day = after_days(day, -1)
    return day

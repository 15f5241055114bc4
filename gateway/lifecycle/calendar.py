"""The working calendar of Vietnam: weekends, public holidays (lunar ones too), substitute days, the office's own.

The days come from the `holidays` library (MIT), which knows the swaps that the government announces each year only once
they were announced, and once it was updated: what the office adds wins over it. No clock.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

import holidays

from gateway.lifecycle.days import after_days

_WEEKEND: Final = 5  # Saturday, as datetime counts
_KNOWN: Final = range(1976, 2101)  # years for which the library has lunar dates and the law is this state's
_MOST_FREE: Final = 60  # days on end: no holiday is longer


class _Year(NamedTuple):
    names: Mapping[datetime.date, str]
    worked: frozenset[datetime.date]


class Calendar:
    """Which days are worked. `free`: more free days, with their names; `worked`: more working days; `worked` wins.

    Safe to ask for any day. Beyond 1976-2100 only weekends and the office's own days are known.
    """

    def __init__(self, free: Mapping[datetime.date, str] | None = None, worked: Collection[datetime.date] = ()) -> None:
        self._free = dict(free or {})
        self._worked = frozenset(worked)
        self._years: dict[int, _Year] = {}

    def works(self, day: datetime.date) -> bool:
        """Whether offices work on this day."""
        if day in self._worked:
            return True
        if day in self._free:
            return False
        year = self._year(day.year)
        return day in year.worked or (day.weekday() < _WEEKEND and day not in year.names)

    def rests(self, day: datetime.date) -> bool:
        """Whether it is free of work: the other way round, for whoever asks so."""
        return not self.works(day)

    def name(self, day: datetime.date) -> str:
        """What a free day is called, in Vietnamese; "" for an ordinary weekend and for a working day."""
        if self.works(day):
            return ""
        return self._free.get(day) or self._year(day.year).names.get(day, "")

    def roll(self, day: datetime.date) -> datetime.date:
        """This day, or the next one that is worked: where a period ends (Civil Code 2015, article 148.5)."""
        for _ in range(_MOST_FREE):
            if self.works(day):
                return day
            day = after_days(day, 1)
        return day

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = _of(year)
        return known


def _of(year: int) -> _Year:
    if year not in _KNOWN:
        return _Year({}, frozenset())
    found = holidays.country_holidays("VN", years=year, language="vi")
    worked = frozenset(day for day in found.weekend_workdays if day.year == year)
    return _Year({day: name for day, name in found.items() if day.year == year}, worked)

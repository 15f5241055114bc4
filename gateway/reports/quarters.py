"""Quarters and periods, in days of Asia/Ho_Chi_Minh. Pure.

A period is a run of whole days. "The third quarter" may mean the calendar's, or from one closing day to the next: the
regulation's report is due before its quarter is over (Q4 14), so what it tells of cannot be the calendar's quarter.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

from gateway.lifecycle.days import after_days, start_of

_QUARTER: Final = re.compile(r"(\d{4})[-/ ]?[Qq]([1-4])\Z", re.ASCII)
_ROMAN: Final = ("I", "II", "III", "IV")
_YEARS: Final = range(1976, 9000)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter: `number` 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """From "2026Q3". ValueError says what is accepted."""
        match = _QUARTER.match(text.strip())
        if match is None or int(match[1]) not in _YEARS:
            raise ValueError('write a quarter as "2026Q3"')
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: datetime.date) -> Quarter:
        """The quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return datetime.date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return after_days(self.after.first, -1)

    @property
    def last_month(self) -> datetime.date:
        """The first day of its last month."""
        return datetime.date(self.year, self.number * 3, 1)

    @property
    def after(self) -> Quarter:
        """The next one."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> Quarter:
        """The one before."""
        return Quarter(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    @property
    def words(self) -> str:
        """As offices write it: "quý III năm 2026"."""
        return f"quý {_ROMAN[self.number - 1]} năm {self.year}"

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, `first` to `last`, both in it. `name`: as a title calls it; `key`: stable, in files' names."""

    first: datetime.date
    last: datetime.date
    name: str
    key: str

    @property
    def since(self) -> float:
        """Its beginning in seconds since the epoch."""
        return start_of(self.first)

    @property
    def until(self) -> float:
        """Its end, which is not in it any more."""
        return start_of(after_days(self.last, 1))

    @property
    def words(self) -> str:
        """From which day to which."""
        return f"từ ngày {written(self.first)} đến hết ngày {written(self.last)}"


def calendar_period(quarter: Quarter) -> Period:
    """A quarter from its first day to its last."""
    return Period(quarter.first, quarter.last, quarter.words, str(quarter))


def closing_period(quarter: Quarter, day: int) -> Period:
    """From the closing day (1 to 28) of the last month of the quarter before to the day before this quarter's.

    Every day lies in one such period.
    """
    if not 1 <= day <= 28:
        raise ValueError("a closing day is 1 to 28")
    first = quarter.before.last_month.replace(day=day)
    last = after_days(quarter.last_month.replace(day=day), -1)
    return Period(first, last, quarter.words, f"{quarter}-{day:02d}")


def year_period(year: int) -> Period:
    """A whole year (Q4 15: the commendation is yearly). ValueError for one that no quarter is of."""
    quarter = Quarter.parse(f"{year}Q1")
    return Period(quarter.first, Quarter(year, 4).last, f"năm {year}", str(year))


def span(first: datetime.date, last: datetime.date) -> Period:
    """Any run of days. ValueError where it ends before it begins."""
    if last < first:
        raise ValueError("the period ends before it begins")
    quarter = Quarter.of(first)
    if (first, last) == (quarter.first, quarter.last):
        return calendar_period(quarter)
    if (first, last) == (datetime.date(first.year, 1, 1), datetime.date(first.year, 12, 31)):
        return year_period(first.year)
    return Period(first, last, f"từ {written(first)} đến {written(last)}", f"{first:%Y%m%d}-{last:%Y%m%d}")


def written(day: datetime.date) -> str:
    """A day as offices write it: 05/9/2026 has two figures for the day, and for January and February (NĐ 30/2020)."""
    return f"{day.day:02d}/{_month(day)}/{day.year}"


def dated(place: str, day: datetime.date) -> str:
    """Place and date of a document: "Quận 4, ngày 05 tháng 9 năm 2026"."""
    return f"{place}, ngày {day.day:02d} tháng {_month(day)} năm {day.year}" if place else _dated(day)


def _dated(day: datetime.date) -> str:
    return f"Ngày {day.day:02d} tháng {_month(day)} năm {day.year}"


def _month(day: datetime.date) -> str:
    return f"{day.month:02d}" if day.month < 3 else str(day.month)

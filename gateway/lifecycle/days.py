"""The wall calendar: days of Asia/Ho_Chi_Minh, and periods counted in months as the law counts them. Pure.

Vietnam has kept UTC+7 all the year since 1975 (no daylight saving time), so no time zone data is needed.
"""

from __future__ import annotations

import calendar
import datetime
import math
from typing import Final

DAY: Final = 86_400.0
HOUR: Final = 3_600.0
_OFFSET: Final = 7 * HOUR
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_LAST: Final = datetime.date(9_900, 1, 1).toordinal() - _EPOCH  # room for periods to be added
_ENDS: Final = ((1 - _EPOCH) * DAY - _OFFSET, _LAST * DAY)
ZONE: Final = datetime.timezone(datetime.timedelta(seconds=_OFFSET), "ICT")


def day_of(moment: float) -> datetime.date:
    """The day in Vietnam of a moment in seconds since the epoch. What is no date there becomes the nearest one."""
    if math.isnan(moment):
        return datetime.date.min
    held = min(max(moment, _ENDS[0]), _ENDS[1])
    return datetime.date.fromordinal(int((held + _OFFSET) // DAY) + _EPOCH)


def start_of(day: datetime.date) -> float:
    """Midnight at its beginning, in seconds since the epoch."""
    return (day.toordinal() - _EPOCH) * DAY - _OFFSET


def moment(day: datetime.date, time: datetime.time) -> float:
    """A time on the wall of that day, in seconds since the epoch."""
    return start_of(day) + time.hour * HOUR + time.minute * 60 + time.second


def wall(moment: float) -> datetime.datetime:
    """The same moment as people write it, with its zone, to the second."""
    day = day_of(moment)
    second = int(moment - start_of(day)) if math.isfinite(moment) else 0
    midnight = datetime.datetime.combine(day, datetime.time(), ZONE)
    return midnight + datetime.timedelta(seconds=min(max(second, 0), 86_399))


def after_days(day: datetime.date, days: int) -> datetime.date:
    """So many days later, or earlier; never past the calendar's ends."""
    return datetime.date.fromordinal(min(max(day.toordinal() + days, 1), datetime.date.max.toordinal()))


def after_months(day: datetime.date, months: int) -> datetime.date:
    """The last day of a period of calendar months that began on `day`, which is not counted itself.

    The day of the same number, or the last of a shorter month (Civil Code 2015, articles 147.2 and 148.3).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    if year < datetime.MINYEAR:
        return datetime.date.min
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

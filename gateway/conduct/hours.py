"""The clock on an office's wall: days and hours of Asia/Ho_Chi_Minh, and which days are free.

Vietnam keeps UTC+7 all year round (no daylight saving time), so no time zone data is needed. Pure.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Final

HOUR: Final = 3600
DAY: Final = 86_400
NIGHT: Final = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
"""Hours that are odd for somebody whose hours are not known yet."""
_OFFSET: Final = 7 * HOUR
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_LAST: Final = datetime.date.max.toordinal() - _EPOCH

Rests = Callable[[datetime.date], bool]
"""Whether a day is free of work."""


def weekend(day: datetime.date) -> bool:
    """Saturday and Sunday; what `Rests` is where nobody tells of holidays."""
    return day.weekday() >= 5


def local_day(now: float) -> int:
    """The number of the day in Vietnam, counted from 1970-01-01; `now`: seconds since the epoch."""
    return int(now + _OFFSET) // DAY


def local_hour(now: float) -> int:
    """The hour on the wall, 0 to 23."""
    return int(now + _OFFSET) % DAY // HOUR


def is_free(day: int, rests: Rests) -> bool:
    """Whether this day (as `local_day` counts) is free of work."""
    return rests(datetime.date.fromordinal(min(max(day, 0), _LAST) + _EPOCH))

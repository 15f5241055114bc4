"""Points in time as people write them: a date, a date with a time, or how long ago."""

from __future__ import annotations

import datetime
import re
from typing import Final

_AGO: Final = re.compile(r"(\d{1,6})\s*(m|h|d|w)\Z")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def microseconds(text: str, now: datetime.datetime, *, end: bool = False) -> int:
    """Microseconds since the epoch of "2026-03-01", "2026-03-01 14:30" (in `now`'s zone) or "7d" ago.

    With `end` a bare date means its end. ValueError says what is accepted.
    """
    if match := _AGO.match(text.strip()):
        return _epoch(now) - int(match[1]) * _SECONDS[match[2]] * 1_000_000
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError('write a date "2026-03-01", a time "2026-03-01 14:30", or how long ago: "7d", "12h"') from None
    if end and re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text.strip()):
        moment += datetime.timedelta(days=1)
    return _epoch(moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo))


def _epoch(moment: datetime.datetime) -> int:
    return int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) / datetime.timedelta(microseconds=1))

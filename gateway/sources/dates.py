"""Times as directories write them. Pure: text in, seconds since the epoch out; ValueError for what is none."""

from __future__ import annotations

import datetime
import re
from typing import Final

_GENERALIZED: Final = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:(\d\d))?)?(?:[.,](\d{1,9}))?(Z|[+-]\d\d(?:\d\d)?)", re.ASCII
)
_EPOCH: Final = 11_644_473_600  # seconds from 1601 to 1970
_NEVER: Final = frozenset({0, 2**63 - 1})


def generalized(text: str) -> float:
    """A generalized time (RFC 4517 3.3.13): 20261122170212Z, 20261122170212.5+0700."""
    found = _GENERALIZED.fullmatch(text)
    if found is None:
        raise ValueError("not a generalized time")
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
    made = datetime.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=datetime.UTC)
    unit = 1 if found[6] else 60 if found[5] else 3600
    return made.timestamp() + float(f"0.{found[7] or 0}") * unit - _shift(found[8])


def _shift(zone: str) -> int:
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:5] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("not a time zone")
    return (hours * 3600 + minutes * 60) * (-1 if zone[0] == "-" else 1)


def filetime(text: str) -> float | None:
    """Active Directory's: 100 nanoseconds since 1601 ([MS-DTYP] 2.3.3); None for never."""
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII):
        raise ValueError("not a file time")
    value = int(text)
    if value in _NEVER:
        return None
    if value >= 2**63:
        raise ValueError("not a file time")
    return value / 10_000_000 - _EPOCH

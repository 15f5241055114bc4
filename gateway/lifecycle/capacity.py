"""How full a mailbox is (Q4 4.2: 1 GB), and how much old mail it keeps (Q4 11.8, 12.7: older than 6 months). Pure."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.access import Quota
from gateway.lifecycle.days import after_months, day_of

GIB: Final = 1024**3
THRESHOLDS: Final = (0.8, 0.9, 0.95)
_SMALLEST: Final = 1024  # the server counts in KiB (RFC 9208 5.1)
_DECIMAL: Final = 1000**3 / GIB


class Fullness(StrEnum):
    """Stable names, as in reports."""

    FINE = "fine"
    FILLING = "filling"  # past a threshold
    FULL = "full"  # nothing more fits, or more is used than the regulation allows
    UNKNOWN = "unknown"  # the server tells no quota


@dataclass(frozen=True, slots=True)
class Capacity:
    """`share`: used of the smaller of the server's limit and the regulation's. `threshold`: the highest that is passed,
    0 for none. `differs`: the server's limit is not the regulation's (or there is none).
    """

    fullness: Fullness
    used: int = 0
    limit: int = 0
    share: float = 0.0
    threshold: float = 0.0
    differs: bool = False


def capacity(quota: Quota | None, allowed: int = GIB, thresholds: tuple[float, ...] = THRESHOLDS) -> Capacity:
    """Judge a quota, in bytes. `allowed`: the regulation's capacity, 0: it sets none; decimal gigabytes are right, too.

    Numbers that cannot be are unknown.
    """
    if quota is None or quota.used < 0 or quota.limit < 0:
        return Capacity(Fullness.UNKNOWN)
    limits = [limit for limit in (quota.limit, allowed) if limit > 0]
    differs = allowed > 0 and not allowed * _DECIMAL - _SMALLEST <= quota.limit <= allowed + _SMALLEST
    if not limits:
        return Capacity(Fullness.FINE, quota.used, differs=differs)
    share = quota.used / min(limits)
    passed = max((one for one in thresholds if share >= one), default=0.0)
    fullness = Fullness.FULL if share >= 1 else Fullness.FILLING if passed else Fullness.FINE
    return Capacity(fullness, quota.used, min(limits), share, passed, differs)


def rises(before: Capacity | None, now: Capacity) -> bool:
    """Whether this is the moment to tell: a threshold was passed that was not before, so that it is told once."""
    earlier = 0.0 if before is None else before.threshold + (before.fullness is Fullness.FULL)
    return now.threshold + (now.fullness is Fullness.FULL) > earlier


def old_before(now: float, months: int = 6) -> datetime.date:
    """Mail that came before this day (IMAP's SEARCH BEFORE) is older than so many calendar months."""
    return after_months(day_of(now), -months)

"""How long a mailbox's password is the same: a few bytes in the store, changed at most once a day. Pure.

A mailbox may have several (a phone's own, the old one of a day ago), so that each has its own first day. A password
that comes back within `KEPT` days after its last use is the old one: changing back and forth is no change.
"""

from __future__ import annotations

import datetime
import struct
from dataclasses import dataclass
from typing import Final

from gateway.lifecycle.days import after_months, day_of

VERSION: Final = 1
MOST: Final = 3
"""Passwords that are kept of a mailbox."""
KEPT: Final = 100
"""Days after its last use for which a digest is kept: a little longer than the three months of Q4 8.3b."""
_ENTRY: Final = struct.Struct("<BHH")
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_LAST_DAY: Final = 0xFFFF  # in the year 2149


@dataclass(frozen=True, slots=True)
class Entry:
    """One password. `first`, `last`: the days of its use that were seen, in days since the epoch."""

    digest: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Seen:
    """See `who.PasswordSigns`."""

    since: datetime.date
    months: int
    first_today: bool


def observe(blob: bytes | None, now: float, digest: int) -> tuple[bytes, Seen]:
    """A login with this digest; `now`: seconds since the epoch. The new value is the old one where nothing changed."""
    today = min(max(day_of(now).toordinal() - _EPOCH, 0), _LAST_DAY)
    # Two machines' clocks may differ about midnight; what lies further ahead was written by a wrong one.
    entries = [one for one in unpack(blob) if one.last - 1 <= today <= one.last + KEPT]
    known = next((one for one in entries if one.digest == digest), None)
    first, last = (known.first, max(known.last, today)) if known is not None else (today, today)
    since, day = (datetime.date.fromordinal(_EPOCH + number) for number in (first, today))
    seen = Seen(since, months_between(since, day), known is None or known.last < today)
    others = sorted((one for one in entries if one is not known), key=lambda one: -one.last)
    return pack([Entry(digest, first, last), *others[: MOST - 1]]), seen


def pack(entries: list[Entry]) -> bytes:
    """At most 16 bytes. In the order of digests, so that nothing is written where only their order changed."""
    rows = sorted((one.digest, one.first, one.last) for one in entries)
    return bytes([VERSION]) + b"".join(_ENTRY.pack(*row) for row in rows)


def unpack(blob: bytes | None) -> list[Entry]:
    """What was packed; nothing where that cannot be read."""
    if not blob or blob[0] != VERSION or (len(blob) - 1) % _ENTRY.size or len(blob) > 1 + MOST * _ENTRY.size:
        return []
    entries = [Entry(*row) for row in _ENTRY.iter_unpack(blob[1:])]
    sound = len({one.digest for one in entries}) == len(entries) and all(one.first <= one.last for one in entries)
    return entries if sound else []


def months_between(since: datetime.date, today: datetime.date) -> int:
    """Whole calendar months that began on `since` and have ended before `today`, as `lifecycle.passwords` counts."""
    months = max((today.year - since.year) * 12 + today.month - since.month, 0)
    return months if months == 0 or today > after_months(since, months) else months - 1

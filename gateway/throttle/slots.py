"""Sliding windows over equal slots: which slots there are, and which of them a window touches. Pure.

Everything is counted three times over: in slots of 5 s for a minute, of 5 min for an hour and of an hour for a day,
whatever the limits are, so that a changed limit finds what was counted before it. What a window of W seconds holds is
the sum of all slots that (now - W, now] touches. So in no true window of W seconds more than the limit is ever
admitted; the price is that something counts for up to W and one slot: 65 s, 65 min, 25 h (1/12, 1/12, 1/24 more).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.rates import Limit, Measure


@dataclass(frozen=True, slots=True)
class Tier:
    """Slots of `width` seconds, kept for windows of up to `span` seconds."""

    width: int
    span: int

    @property
    def most(self) -> int:
        """How many slots a window of `span` touches."""
        return self.span // self.width + 1


TIERS: Final = (Tier(5, 60), Tier(300, 3600), Tier(3600, 86400))
LONGEST: Final = TIERS[-1].span
COLUMNS: Final = (Measure.RECIPIENTS, Measure.MESSAGES, Measure.NEW, Measure.BYTES)
"""A slot is a row: its index, then these."""
ROW: Final = 1 + len(COLUMNS)
LATEST: Final = 2**32 - 1  # seconds since the epoch that a state can hold


@dataclass(frozen=True, slots=True)
class Gauge:
    """A limit made ready: in which tier and column of an account it is read."""

    limit: Limit
    tier: int
    column: int
    width: int
    seconds: int
    count: int


def gauge(limit: Limit) -> Gauge:
    """Where a limit is read. ValueError for a window that is not kept: shorter than 1 s, longer than a day."""
    if not 1 <= limit.seconds <= LONGEST:
        raise ValueError(f"no window of {limit.seconds} s is kept (1 to {LONGEST})")
    tier = next(index for index, tier in enumerate(TIERS) if limit.seconds <= tier.span)
    column = 1 + COLUMNS.index(limit.measure)
    return Gauge(limit, tier, column, TIERS[tier].width, limit.seconds, limit.count)


def second_of(now: float) -> int:
    """A time as states hold it: whole seconds, in 32 bits."""
    return min(max(int(now // 1), 0), LATEST)

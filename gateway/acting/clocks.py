"""Whether this machine's clock may be trusted with somebody's mail: it is held against others before anything is done.

A clock that is days ahead would find everybody unused for days longer. Held against: the stores' clocks where many
nodes share a store (Redis' TIME, PostgreSQL's), else the newest poll on record, which cannot be of the future; and the
machine's own time since its start, which no setting of the clock changes. It must not know what is done, or how.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from gateway.directory.database import Database
from gateway.rates import LimitStore
from gateway.upkeep.schema import polls
from gateway.upkeep.tables import Tables

TOLERANCE: Final = 600.0
"""Seconds by which our clock may differ from another."""
SETTLED: Final = 86_400.0
"""Seconds after which a clock that was set is believed: perhaps it was wrong before. A person sees it within a day."""
_KEY: Final = "clock"
_KEPT: Final = 60.0  # seconds for which the store of counters keeps nothing at all: it is only asked for its time


@dataclass(frozen=True, slots=True)
class Off:
    """Our clock and another, too far apart. `seconds`: ours is ahead by so much, behind where negative."""

    other: str
    seconds: float

    def __str__(self) -> str:
        way = "ahead of" if self.seconds > 0 else "behind"
        return f"this machine's clock is {abs(self.seconds):.0f} s {way} {self.other}"


def since_start() -> float:
    """Seconds of the machine's life, those in which it slept counted."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clocks:
    """`clock`: ours, seconds since the epoch. `counters`: None where no other node shares them. `tables`: of polls."""

    def __init__(
        self,
        clock: Callable[[], float],
        tables: Tables,
        counters: LimitStore | None = None,
        *,
        life: Callable[[], float] = since_start,
    ) -> None:
        self._clock, self._life, self._tables, self._counters = clock, life, tables, counters
        self._base = clock() - life()
        self._set_at: float | None = None

    async def off(self) -> Off | None:
        """By how much ours is wrong, as far as anybody can tell. LimitsUnavailable, DirectoryUnavailable: cannot tell
        now.
        """
        found = [self._jumped()]
        if self._counters is not None:
            before = self._clock()
            told = await self._counters.change(_KEY, _KEPT, lambda old, now: (old, now))
            found.append(_apart("the store of counters (store.shared)", before, told, self._clock()))
        found.append(await asyncio.to_thread(self._by_tables))
        return max((one for one in found if one is not None), key=lambda one: abs(one.seconds), default=None)

    def _jumped(self) -> Off | None:
        """Whether it was set since we began; what stays so for a day is taken for right."""
        jump, life = self._clock() - self._life() - self._base, self._life()
        if abs(jump) <= TOLERANCE:
            self._set_at = None
            return None
        self._set_at = life if self._set_at is None else self._set_at
        if life - self._set_at < SETTLED:
            return Off("itself: it was set while the gateway ran", jump)
        self._base, self._set_at = self._base + jump, None
        return None

    def _by_tables(self) -> Off | None:
        if self._tables.database.remote:
            before = self._clock()
            return _apart("the store (store.url)", before, _time_of(self._tables.database), self._clock())
        newest = max(self._polled(), default=None)
        behind = self._clock() - newest if newest is not None else 0.0
        return Off("the newest poll on record", behind) if behind < -TOLERANCE else None

    def _polled(self) -> Iterator[float]:
        if self._tables.made:
            with self._tables.reading() as connection:
                newest = connection.execute(sa.select(sa.func.max(polls.c.attempted))).scalar()
            if newest is not None:
                yield float(newest)


def _time_of(database: Database) -> float:
    """A PostgreSQL's own time. DirectoryUnavailable."""
    with database.reading() as connection:
        told = connection.execute(sa.select(sa.func.extract("epoch", sa.func.clock_timestamp()))).scalar_one()
    return float(told)


def _apart(other: str, before: float, told: float, after: float) -> Off | None:
    """`before`, `after`: ours around the question, whose answer may have taken a while."""
    ahead = before - told if before > told else min(after - told, 0.0)
    return Off(other, ahead) if abs(ahead) > TOLERANCE else None

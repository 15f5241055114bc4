"""Sources that are asked: each in its turn, again and again, each by itself so that none waits for another.

A reading that fails is counted, told once until something changes, and tried again. Knows neither servers nor stores.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from gateway.access import Coverage, Source
from gateway.logs import get_logger
from gateway.sources.told import Told

Made = TypeVar("Made")
_LOOK: Final = 1.0  # seconds between two looks whether it is our turn
_AGAIN: Final = 300.0  # seconds at most until a reading that failed is tried again
_log = get_logger("congthu.sources")


@dataclass(frozen=True, slots=True)
class Reader:
    """One source. `name`: as in metrics; `source`: whose coverage a reading goes on from, None for none.

    `read` gets the newest coverage of each mailbox and the time, and raises where nothing could be read; the text of an
    exception of `failures` is one line without secrets. `of`: the same for some mailboxes, where that is less work.
    """

    name: str
    source: Source | None
    read: Callable[[Mapping[str, Coverage], float], Awaitable[Told]]
    failures: tuple[type[Exception], ...] = ()
    of: Callable[[Collection[str]], Awaitable[Told]] | None = None


class Rounds:
    """`keep` stores what a reading brought; `covered`: the newest coverage that is kept. `allowed`: whether it is ours.

    `every`: seconds between two readings. `counted`: by reader and result (read, failed, clock, stranger, value);
    `read_at`: when each was read last, by our clock.
    """

    def __init__(
        self,
        keep: Callable[[Told, float], Awaitable[None]],
        covered: Callable[[Source], Awaitable[Mapping[str, Coverage]]],
        allowed: Callable[[], bool],
        *,
        every: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keep, self._covered, self._allowed, self._clock = keep, covered, allowed, clock
        self.every = every
        self.counted: Counter[tuple[str, str]] = Counter()
        self.read_at: dict[str, float] = {}
        self._sick: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.readers: tuple[Reader, ...] = ()

    async def begin(self, readers: Sequence[Reader]) -> None:
        """Read these from now on, and no others."""
        await self.end()
        self.readers = tuple(readers)
        self._tasks = [asyncio.create_task(self._run(one), name=f"source {one.name}") for one in readers]

    async def end(self) -> None:
        """Read nothing any more."""
        tasks, self._tasks, self.readers = self._tasks, [], ()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, reader: Reader) -> None:
        while True:
            if not self._allowed():
                self.read_at.pop(reader.name, None)
                await asyncio.sleep(_LOOK)
                continue
            read = await self.once(reader)
            await asyncio.sleep(self.every if read else min(self.every, _AGAIN))

    async def look(self, mailboxes: Collection[str]) -> None:
        """Read all sources now, whoever else reads them: what they say of these mailboxes is kept when it returns."""
        await asyncio.gather(*(self.once(reader, mailboxes) for reader in self.readers))

    async def once(self, reader: Reader, mailboxes: Collection[str] | None = None) -> bool:
        """One reading; whether it was read and kept. Raises nothing."""
        try:
            told = await self._ask(reader, mailboxes)
        except Exception as error:
            self.counted[reader.name, "failed"] += 1
            self._tell(reader.name, str(error) if isinstance(error, reader.failures) else type(error).__name__)
            return False
        self.read_at[reader.name] = self._clock()
        self.counted[reader.name, "read"] += 1
        for kind, number in told.problems.items():
            self.counted[reader.name, kind] += number
        self._tell(reader.name, "")
        return True

    async def _ask(self, reader: Reader, mailboxes: Collection[str] | None) -> Told:
        covered = await self._covered(reader.source) if reader.source is not None else {}
        now = self._clock()
        some = reader.of if mailboxes is not None else None
        told = await (reader.read(covered, now) if some is None else some(mailboxes or ()))
        longer = tuple(one for one in told.coverage if covered.get(one.mailbox) != one)
        await self._keep(replace(told, coverage=longer), now)
        return told

    def _tell(self, name: str, reason: str) -> None:
        if reason != self._sick.get(name, ""):
            if reason:
                _log.warning("sources.failed", source=name, reason=reason[:300])
            else:
                _log.info("sources.read_again", source=name)
        self._sick[name] = reason


async def apart(work: Callable[[], Made]) -> Made:
    """Run `work` in a thread of its own that nobody waits for at the end: a server may keep it for minutes."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Made] = loop.create_future()

    def hand(put: Callable[[Any], None], value: Any) -> None:
        if not done.done():
            put(value)

    def run() -> None:
        try:
            put, value = done.set_result, work()
        except Exception as error:
            put, value = done.set_exception, error  # type: ignore[assignment]
        try:
            loop.call_soon_threadsafe(hand, put, value)
        except RuntimeError:  # the loop has ended meanwhile
            return

    threading.Thread(target=run, name="source", daemon=True).start()
    return await done

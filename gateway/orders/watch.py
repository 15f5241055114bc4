"""Keeps the orders in memory up to date: asks the store for its version now and then and reads them anew.

One to a worker process. The store is read in a thread. While it is down the last orders hold: an outage neither
refuses nor lets through what was ordered otherwise. An order whose last day is over ends here, without a word in the
store.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.errors import StartError
from gateway.logs import get_logger
from gateway.orders.values import Orders, holding, told

EVERY: Final = 3.0
"""Seconds between two looks: how late an order comes into force in another process."""
_SOON: Final = 1.0  # seconds between two looks until the first one succeeded: no mail is taken meanwhile
_log = get_logger("congthu.orders")


class Source(Protocol):
    """Where orders come from (`gateway.orders.store.OrderStore`). Blocking; DirectoryError where it fails."""

    def prepare(self) -> None:
        """Make the tables where they are not."""

    def version(self) -> int:
        """Grows with each change; cheap."""

    def standing(self) -> tuple[int, Orders]:
        """The version, and all that nobody withdrew."""


class Watch:
    """The orders in force. `put`: called on the loop when they have changed, but for the first ones; then `current`
    has them already. What it raises is logged, and it is called again at the next look. `seen`: they are in force
    as they were read at least once.
    """

    def __init__(
        self,
        source: Source,
        put: Callable[[], Awaitable[None]],
        today: Callable[[], datetime.date],
        *,
        every: float = EVERY,
    ) -> None:
        self._source, self._put, self._today, self.every = source, put, today, every
        self.current: Orders = ()
        self.seen = False
        self._known: Orders = ()
        self._version = 0
        self._applied: Orders | None = None
        self._prepared = False
        self._running: asyncio.Task[None] | None = None

    async def start(self, *, remote: bool) -> None:
        """The first look, and then again and again. StartError where a file of ours cannot be read (not `remote`).

        A server that does not answer yet is asked every second; until it has answered once, nothing is `seen`.
        """
        try:
            await self._read()
            self._applied = self.current = holding(self._known, self._today())
            self.seen = True
        except DirectoryUnavailable as error:
            if not remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("orders.unavailable", reason=str(error))
        self._running = asyncio.create_task(self._run(), name="orders")

    async def close(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def look(self) -> None:
        """One look. DirectoryError: the orders are as they were, but for those whose last day is over."""
        try:
            await self._read()
        finally:
            await self._settle()

    async def _read(self) -> None:
        if not self._prepared:
            await asyncio.to_thread(self._source.prepare)
            self._prepared = True
        version = await asyncio.to_thread(self._source.version)
        if not version:  # somebody took the tables away: what was known stays in force until a new start
            raise DirectoryUnavailable("the record of rules' orders is gone")
        if version != self._version:
            self._version, self._known = await asyncio.to_thread(self._source.standing)

    async def _settle(self) -> None:
        """Put in force what is known; the first of all before mail is taken."""
        if not self._version:
            return
        now = holding(self._known, self._today())
        if now != self._applied:
            _tell(self.current, now)
            self._applied, self.current = None, now
            await self._put()
            self._applied = now
        self.seen = True

    async def _run(self) -> None:
        failing = not self._version
        while True:
            await asyncio.sleep(self.every if self.seen else min(_SOON, self.every))
            try:
                await self.look()
            except DirectoryError as error:
                if not failing:
                    _log.error("orders.unavailable", reason=str(error))
                failing = True
            except Exception:  # the rules stay as they were, and the next look tries again
                _log.exception("orders.look_failed")
            else:
                if failing:
                    _log.info("orders.available")
                failing = False


def _tell(before: Orders, now: Orders) -> None:
    for one in now:
        if one not in before:
            _log.warning("order.begins", number=one.number, order=told(one), by=one.by)
    for one in before:
        if one not in now:
            _log.warning("order.ends", number=one.number, order=told(one), by=one.by)

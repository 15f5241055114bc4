"""Keeps the standings in memory up to date: asks the store for its version now and then and reads it anew.

One to a worker process. The store is read in a thread; the loop only swaps a reference. While the store is down the
last standings stay in force: nobody is released by an outage.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from gateway.blocks.standings import NOBODY, Standings
from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.errors import StartError
from gateway.logs import get_logger

EVERY: Final = 5.0
"""Seconds between two looks: how late another process's change comes into force here."""
_SOON: Final = 1.0  # seconds between two looks until the first one succeeded: no mail is taken meanwhile
_DAY: Final = 86400.0
_log = get_logger("congthu.senders")


class Source(Protocol):
    """Where standings come from (`gateway.blocks.store.BlockStore`). Blocking; DirectoryError where it fails."""

    def prepare(self) -> None:
        """Make the tables where they are not."""

    def version(self) -> int:
        """Grows with each change; cheap."""

    def snapshot(self) -> Standings:
        """All of them."""

    def prune(self, before: float, now: float) -> int:
        """Forget what is older."""


class Watch:
    """The standings as far as they are known. `put` gets each new snapshot, on the loop.

    `every`: seconds between two looks; `keep`: days for which history is kept. Both may be changed.
    """

    def __init__(
        self,
        source: Source,
        put: Callable[[Standings], None] = lambda _: None,
        *,
        every: float = EVERY,
        keep: int = 400,
    ) -> None:
        self._source, self._put = source, put
        self.every, self.keep = every, keep
        self.current: Standings = NOBODY
        self.missing = "was not read yet"
        self._prepared = False
        self._pruned = -_DAY
        self._one = asyncio.Lock()  # two looks at once could leave the older snapshot in force
        self._running: asyncio.Task[None] | None = None

    def released(self, who: str) -> float:
        """When this sender was released last, in seconds since the epoch; 0 for never."""
        return self.current.released(who)

    async def start(self, *, remote: bool) -> None:
        """The first look, and then again and again. StartError where a file of ours cannot be read (not `remote`).

        A server that does not answer yet is asked every second; until it has answered once, `missing` says so, and no
        mail may be judged: a locked mailbox would pass.
        """
        try:
            await self.look()
        except DirectoryUnavailable as error:
            if not remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("senders.unavailable", reason=str(error))
        self._running = asyncio.create_task(self._run(), name="senders")

    async def close(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def look(self) -> bool:
        """One look, at once; whether there was something new. DirectoryError: `current` is then as it was."""
        async with self._one:
            if not self._prepared:
                await asyncio.to_thread(self._source.prepare)
                self._prepared = True
            version = await asyncio.to_thread(self._source.version)
            if not version:  # somebody took the tables away: what was known stays in force until a new start
                raise DirectoryUnavailable("the record of blocked senders is gone")
            new = version != self.current.version or bool(self.missing)
            if new:
                self.current = await asyncio.to_thread(self._source.snapshot)
                self._put(self.current)
                self.missing = ""
            return new

    async def _run(self) -> None:
        failing = bool(self.missing)
        while True:
            await asyncio.sleep(min(_SOON, self.every) if self.missing else self.every)
            try:
                await self.look()
                await self._prune()
            except DirectoryError as error:
                if not failing:
                    _log.error("senders.unavailable", reason=str(error))
                failing = True
            except Exception:  # a bug, or rows that nobody expected: the standings known stay in force
                _log.exception("senders.look_failed")
            else:
                if failing:
                    _log.info("senders.available")
                failing = False

    async def _prune(self) -> None:
        if time.monotonic() - self._pruned >= _DAY:
            now = time.time()
            await asyncio.to_thread(self._source.prune, now - self.keep * _DAY, now)
            self._pruned = time.monotonic()

"""Keeps the directory in memory up to date: asks the store for its version now and then and makes a new snapshot.

One to a worker process. The store is read and the snapshot built in a thread; the loop only swaps a reference, so
whoever took `current` keeps a whole and unchanging directory. While the store is down the last one stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

from gateway.directory.entry import Snapshot
from gateway.directory.errors import DirectoryError
from gateway.logs import get_logger
from gateway.who import NO_DIRECTORY, Lookup

log = get_logger("directory")

EVERY: Final = 2.0
"""Seconds between two looks at the store's version: how late a change may come into force."""


def breathe() -> None:
    """For `Directory.build`'s `pause`: lets the loop run, which waits for the interpreter while a thread builds."""
    time.sleep(0.0001)


class Source(Protocol):
    """Where snapshots come from (`gateway.directory.store.DirectoryStore`). Blocking; DirectoryError where it fails."""

    def version(self) -> int:
        """The number that grows with each change; cheap."""

    def snapshot(self) -> Snapshot:
        """Everything, in one consistent read."""


class Watcher:
    """The newest directory, as far as it is known. `build` makes the lookup of a snapshot; it runs in a thread.

    `every`: seconds between two looks; it may be changed.
    """

    def __init__(self, source: Source, build: Callable[[Snapshot], Lookup], *, every: float = EVERY) -> None:
        self._source, self._build, self.every = source, build, every
        self._current: Lookup = NO_DIRECTORY
        self._snapshot: Snapshot | None = None
        self._one = asyncio.Lock()  # a look and a rebuild at once could leave the older of two in force
        self._failed = ""
        self._checked = 0.0

    @property
    def current(self) -> Lookup:
        """The directory now. Take it once for a message: what was taken does not change."""
        return self._current

    @property
    def failed(self) -> str:
        """Why the last look failed, one line for the staff; "" where it did not."""
        return self._failed

    @property
    def checked(self) -> float:
        """When a look last succeeded, by the monotonic clock; 0 for never."""
        return self._checked

    async def start(self) -> None:
        """The first look. DirectoryError where the store does not answer: then `current` knows nobody."""
        await self.look()

    async def look(self) -> bool:
        """One look; whether there was something new. DirectoryError; `current` is then as it was."""
        async with self._one:
            version = await asyncio.to_thread(self._source.version)
            new = self._snapshot is None or version != self._snapshot.version
            if new:
                # the snapshot may be newer than the version that was asked for: its own counts from now on
                left: list[object] = [self._snapshot, self._current]
                self._snapshot, self._current = await asyncio.to_thread(self._load)
                await asyncio.to_thread(left.clear)  # giving back a city's mailboxes takes milliseconds
            self._checked = time.monotonic()
            return new

    async def rebuild(self) -> None:
        """Build again from what was read last, without the store: what `build` knows besides has changed."""
        async with self._one:
            if self._snapshot is not None:
                self._current = await asyncio.to_thread(self._build, self._snapshot)

    def _load(self) -> tuple[Snapshot, Lookup]:
        snapshot = self._source.snapshot()
        return snapshot, self._build(snapshot)

    async def run(self) -> None:
        """Look again and again, until cancelled. The first failure of a row and its end are logged, not every look."""
        while True:
            await asyncio.sleep(self.every)
            try:
                if await self.look():
                    log.info("directory.loaded", version=self._current.version, mailboxes=self._current.size)
            except DirectoryError as error:
                if not self._failed:
                    log.error("directory.unavailable", reason=str(error))
                self._failed = str(error) or type(error).__name__
            except Exception as error:
                # a bug, or a snapshot that nobody expected: the old one stays, and it is told every time
                self._failed = type(error).__name__
                log.exception("directory.look_failed")
            else:
                if self._failed:
                    log.info("directory.available")
                self._failed = ""

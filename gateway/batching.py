"""Takes things from the event loop and has them written in a thread, many at a time: no message waits for it.

    batches = Batches("answers", table.keep, retry=DirectoryError)
    batches.start(); batches.put(thing); await batches.close()

A queue that is bounded, a task that empties it. It must not know what is written, or where.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from gateway.logs import get_logger

QUEUE: Final = 2000
BATCH: Final = 200
_FIRST_PAUSE: Final = 0.5  # seconds, doubled while the store fails
_LONGEST_PAUSE: Final = 30.0
_log = get_logger("congthu.batching")
Thing = TypeVar("Thing")


class Batches(Generic[Thing]):
    """For one event loop; `start` first, `close` at the end.

    `write` blocks and is called in a thread. What it raises of `retry` means: not now; the same things come again.
    Anything else is a bug: they are dropped, or they would keep the others waiting for ever. `dropped` and `written`
    are totals; `linger`: seconds for which others may still join a batch.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[Sequence[Thing]], object],
        *,
        retry: type[Exception],
        queue: int = QUEUE,
        linger: float = 0.0,
    ) -> None:
        self._name, self._write, self._retry, self._room, self._linger = name, write, retry, queue, linger
        self._queue: deque[Thing] = deque()
        self._some = asyncio.Event()
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._full = False
        self.dropped = 0
        self.written = 0

    @property
    def waiting(self) -> int:
        """How many are not written yet."""
        return len(self._queue)

    def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    def put(self, thing: Thing) -> bool:
        """Take one; never waits, never raises. False: there was no room, it is dropped and counted."""
        if self._ending.is_set() or len(self._queue) >= self._room:
            self._drop(1)
            return False
        self._queue.append(thing)
        self._some.set()
        return True

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 -- to a deadline, not a cancellation
        """Write what waits, for at most `timeout` seconds; the rest is dropped."""
        self._ending.set()
        self._some.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, timeout)
        if self._queue:
            self._drop(len(self._queue))
            self._queue.clear()

    def _drop(self, count: int) -> None:
        self.dropped += count
        if not self._full:  # once, until there is room again: a store that is away must not fill the log
            _log.error("batching.dropped", what=self._name, waiting=len(self._queue))
        self._full = True

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while self._queue or not self._ending.is_set():
            if not self._queue:
                self._some.clear()
                await self._some.wait()
                continue
            if len(self._queue) < BATCH:
                await self._pause(self._linger)
            if await self._turn():
                pause = _FIRST_PAUSE
            else:
                await self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _pause(self, seconds: float) -> None:
        """So long, or until it is to end: then what waits is tried at once, and after a failure soon again."""
        if self._ending.is_set():
            await asyncio.sleep(min(seconds, 0.1))
        elif seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), seconds)

    async def _turn(self) -> bool:
        batch = [self._queue[index] for index in range(min(BATCH, len(self._queue)))]
        try:
            await asyncio.to_thread(self._write, batch)
        except self._retry as error:
            _log.warning("batching.waits", what=self._name, error=str(error), waiting=len(self._queue))
            return False
        except Exception as error:
            _log.critical("batching.crashed", what=self._name, exc_info=error)
            self.dropped += len(batch)
        else:
            self.written += len(batch)
        self._full = False
        for _ in batch:
            self._queue.popleft()
        return True

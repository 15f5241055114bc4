"""Notes requests from the event loop without making any message wait: a bounded queue, written by a task.

A request is on record in the journal already, with its reference, when it comes here; what cannot be written in the
end is said in the log and counted, so the office can look it up there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Final

from gateway.directory.errors import DirectoryError
from gateway.directory.request_store import RequestSeen, RequestStore
from gateway.logs import get_logger

__all__ = ["RequestBook", "RequestSeen"]

_log = get_logger("directory")
QUEUE: Final = 1000
_BATCH: Final = 100
_FIRST_PAUSE: Final = 0.5  # seconds, doubled while the store fails
_LONGEST_PAUSE: Final = 30.0


class RequestBook:
    """The requests of one worker on their way to the store. For one event loop; `start` first, `close` at the end."""

    def __init__(self, store: RequestStore, *, queue: int = QUEUE) -> None:
        self._store = store
        self._queue: deque[RequestSeen] = deque()
        self._room = queue
        self._some = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        self.written = 0

    @property
    def waiting(self) -> int:
        """How many are not written yet."""
        return len(self._queue)

    async def start(self) -> None:
        """Begin to write."""
        self._task = asyncio.create_task(self._run(), name="request-book")

    def note(self, seen: RequestSeen) -> None:
        """Take a request; never waits, never raises. With the queue full it is dropped, logged and counted."""
        if self._closing or len(self._queue) >= self._room:
            self._drop(seen)
            return
        self._queue.append(seen)
        self._some.set()

    async def close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 -- to a deadline, not a cancellation
        """Write what waits, for at most `timeout` seconds; what is left is logged by its reference."""
        self._closing = True
        self._some.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, timeout)
        while self._queue:
            self._drop(self._queue.popleft())

    def _drop(self, seen: RequestSeen) -> None:
        self.dropped += 1
        _log.error("directory.request_dropped", reference=seen.reference, mailbox=seen.mailbox)

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while self._queue or not self._closing:
            if not self._queue:
                self._some.clear()
                await self._some.wait()
                continue
            if await self._write():
                pause = _FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _write(self) -> bool:
        batch = [self._queue[index] for index in range(min(_BATCH, len(self._queue)))]
        try:
            await asyncio.to_thread(self._store.add, batch)
        except DirectoryError as error:
            _log.warning("directory.requests_wait", error=str(error), waiting=len(self._queue))
            return False
        except Exception as error:  # a bug: these would fail for ever, and keep the others waiting
            _log.critical("directory.requests_crashed", exc_info=error)
            for _ in batch:
                self._drop(self._queue.popleft())
            return True
        for _ in batch:
            self._queue.popleft()
        self.written += len(batch)
        return True

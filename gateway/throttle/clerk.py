"""The one thread of a process that has the store's file: it takes all that waits and does it as one transaction.

So two hundred sessions at once cost a few transactions. Answers go back to the event loop, all of one transaction
together. What a question is it does not know: it is a function of the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.throttle.cells import Cells, is_spoiled
from gateway.throttle.page import SqlitePage

BATCH: Final = 256  # questions of one transaction, about
_YIELD: Final = 16  # questions: then the event loop may have the GIL, instead of when the interpreter makes us
_CROWDED: Final = 16  # transactions with the lock, after one without it that had to be done again
_log = get_logger("congthu.limits")


class Job:
    """A question, and where its answer goes. `future` belongs to `loop`; it is done early where nobody waits."""

    __slots__ = ("answer", "error", "future", "loop", "work")

    def __init__(self, work: Callable[[SqlitePage], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.work, self.loop = work, loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self.answer: Any = None
        self.error: Exception | None = None


class Clerk(threading.Thread):
    """Owns the file. `told` gets finished jobs, in their loop. `clock`: seconds since the epoch."""

    def __init__(self, cells: Cells, clock: Callable[[], float], told: Callable[[Sequence[Job]], None]) -> None:
        super().__init__(name="limits", daemon=True)
        self._cells, self._page, self._clock, self._told = cells, SqlitePage(cells), clock, told
        self._queue: queue.SimpleQueue[list[Job] | None] = queue.SimpleQueue()
        self._given = self._taken = 0  # questions; one is written by who asks, one by this thread
        self.served = 0  # transactions
        self._broken = False
        self._crowded = 0  # transactions for which the lock is taken first

    @property
    def waiting(self) -> int:
        """Questions that are not begun."""
        return self._given - self._taken

    def put(self, jobs: list[Job]) -> None:
        """Do them soon, together. From one thread."""
        self._given += len(jobs)
        self._queue.put(jobs)

    def stop(self) -> None:
        """End after what waits."""
        self._queue.put(None)

    def run(self) -> None:
        """The thread."""
        try:
            while batch := self._take():
                self._serve(batch)
                self._deliver(batch)
                self.served += 1
                self._tidy()
        finally:
            self._cells.close()

    def _take(self) -> list[Job]:
        """What waits; nothing at the end."""
        batch: list[Job] = []
        jobs = self._queue.get()
        with contextlib.suppress(queue.Empty):
            while jobs is not None:
                batch += jobs
                self._taken += len(jobs)
                if len(batch) >= BATCH:
                    return batch
                jobs = self._queue.get_nowait()
            if batch:
                self._queue.put(None)  # for the next time
        return batch

    def _serve(self, batch: Sequence[Job]) -> None:
        try:
            self._transact(batch)
        except Exception as error:  # whatever it is, the file is opened anew and nobody waits in vain
            self._trouble(error, batch)
            return
        if self._broken:
            self._broken = False
            _log.warning("limits.recovered")

    def _tidy(self) -> None:
        """What was answered is counted, whatever comes of this."""
        if not self._broken:
            try:
                self._page.tidy()
            except Exception as error:
                self._trouble(error, ())

    def _transact(self, batch: Sequence[Job]) -> None:
        page = self._page
        if not self._cells.usable:
            page.forget()
            self._cells.open()
        if self._crowded or not self._try(batch, alone=True):
            self._crowded = self._crowded - 1 if self._crowded else _CROWDED
            self._try(batch, alone=False)

    def _try(self, batch: Sequence[Job], *, alone: bool) -> bool:
        """Do them. False where another process wrote meanwhile: then nothing is done."""
        page = self._page
        page.begin(alone=alone)
        page.now = self._clock()
        for number, job in enumerate(batch, 1):
            self._do(job)
            if not number % _YIELD:
                time.sleep(0)
        return page.finish()

    def _do(self, job: Job) -> None:
        job.answer = job.error = None
        if job.future.done():  # nobody waits any more
            return
        try:
            job.answer = job.work(self._page)
        except (sqlite3.Error, OSError):
            raise
        except Exception as error:  # of the question itself: its asker's
            job.error = error

    def _trouble(self, error: Exception, batch: Sequence[Job]) -> None:
        for job in batch:
            job.answer, job.error = None, LimitsUnavailable(f"limits.db: {error}"[:300])
        self._page.forget()
        self._cells.close()
        if not self._broken:
            self._broken = True
            _log.error("limits.broken", error=f"{type(error).__name__}: {error}"[:300])
        if isinstance(error, sqlite3.Error) and is_spoiled(error):
            with contextlib.suppress(sqlite3.Error, OSError):  # the next question tries again
                self._cells.replace(error)

    def _deliver(self, batch: Sequence[Job]) -> None:
        for loop in {job.loop for job in batch}:
            with contextlib.suppress(RuntimeError):  # it is closed: nobody waits there
                loop.call_soon_threadsafe(self._told, [job for job in batch if job.loop is loop])

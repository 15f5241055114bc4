"""The embedded store of limits: a file of its own in the data folder, right across the workers of one machine.

It is the `gateway.rates.LimitStore` of a gateway that shares nothing with others. Answers come from one thread a
process (see clerk.py); here is only how the event loop waits for it, and for how long.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway.errors import LimitsUnavailable
from gateway.rates import Ask, Charge, Grant, Hold, Usage
from gateway.throttle import ledger
from gateway.throttle.cells import Cells
from gateway.throttle.clerk import BATCH, Clerk, Job
from gateway.throttle.gathering import Gathering
from gateway.throttle.page import SqlitePage

T = TypeVar("T")

FILE: Final = "limits.db"
_LEAVE: Final = 5.0  # seconds to end what waits at close
_LONGEST_LOCK: Final = 5.0  # seconds of waiting for other processes, whatever the time-out


class SqliteLimits:
    """A `LimitStore`. `path`: the file, or the folder in which `limits.db` stands.

    `timeout`: seconds for an answer. `most`: cells that are kept (an account, a sixteenth of whom a sender knows, a
    value): beyond them those go that were not written for the longest time. `queue`: questions that may wait.
    """

    def __init__(
        self,
        path: Path,
        *,
        timeout: float = 2.0,
        clock: Callable[[], float] = time.time,
        most: int = 2_000_000,
        queue: int = 4096,
    ) -> None:
        self._path = path / FILE if path.is_dir() else path
        self._timeout, self._clock, self._most, self._queue = timeout, clock, most, queue
        self._clerk: Clerk | None = None
        self._gathering: Gathering[Job] | None = None  # of the loop in which is asked now
        self._due: deque[tuple[float, asyncio.Future[Any]]] = deque()  # when no answer is in time any more
        self._alarm: asyncio.TimerHandle | None = None  # one for all who wait, not one each
        self.questions = 0

    async def start(self) -> None:
        """See `LimitStore`."""
        if self._clerk is None:
            cells = Cells(self._path, wait=min(self._timeout / 2, _LONGEST_LOCK), most=self._most)
            self._clerk = Clerk(cells, self._clock, self._told)
            self._clerk.start()
        await self._ask(_nothing)

    async def close(self) -> None:
        """See `LimitStore`."""
        clerk, self._clerk = self._clerk, None
        if clerk is not None:
            if self._gathering is not None:
                self._gathering.flush()
                self._gathering = None
            clerk.stop()
            await asyncio.to_thread(clerk.join, _LEAVE)

    def reserve(self, ask: Ask) -> Coroutine[Any, Any, Grant]:
        """See `LimitStore`. ValueError for a limit whose window is not kept (1 s to a day)."""
        return self._ask(partial(ledger.reserve, ask=ask))

    async def settle(self, holds: Sequence[Hold], delivered: Sequence[str]) -> None:
        """See `LimitStore`."""
        wanted = frozenset(delivered)
        changed = [hold for hold in holds if ledger.changes(hold, wanted)]
        if changed:
            await self._ask(partial(ledger.settle, holds=changed, delivered=wanted), patient=True)

    async def usage(self, charges: Sequence[Charge]) -> Sequence[Sequence[Usage]]:
        """See `LimitStore`."""
        return await self._ask(partial(ledger.usage, charges=charges))

    async def change(self, key: str, keep: float, work: Callable[[bytes | None, float], tuple[bytes | None, T]]) -> T:
        """See `LimitStore`. `work` runs in the store's thread."""
        return await self._ask(lambda page: ledger.change(page, key, keep, work), patient=True)

    async def _ask(self, work: Callable[[SqlitePage], T], *, patient: bool = False) -> T:
        """`patient`: no answer in time would not mean that it is not done, and doing it twice would be wrong."""
        gathering = self._gathered(asyncio.get_running_loop())
        job = Job(work, gathering.loop)
        gathering.put(job)
        self.questions += 1
        if not patient:
            self._expect(gathering.loop, job.future)
        try:
            answer: T = await job.future
        except asyncio.CancelledError:
            if job.future.done() and not job.future.cancelled() and job.future.exception() is None:
                self._unwanted(job)  # the answer came in the very turn in which nobody waited for it any more
            raise
        return answer

    def _gathered(self, loop: asyncio.AbstractEventLoop) -> Gathering[Job]:
        """Where questions of this loop wait for each other."""
        clerk, gathering = self._clerk, self._gathering
        if clerk is None:
            raise LimitsUnavailable("the store of limits is not started")
        if gathering is None or gathering.loop is not loop:  # the first, or the last loop has ended
            if gathering is not None:
                gathering.flush()
            gathering = self._gathering = Gathering(loop, clerk.put, BATCH)
            self._due.clear()
            self._alarm = None
        if clerk.waiting + len(gathering) >= self._queue:
            raise LimitsUnavailable("too many wait for the store of limits")
        return gathering

    def _expect(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]) -> None:
        """See that this is answered in time, one way or the other."""
        due = self._due
        while due and due[0][1].done():
            due.popleft()
        due.append((loop.time() + self._timeout, future))
        if self._alarm is None:
            self._alarm = loop.call_later(self._timeout, self._give_up, loop)

    def _give_up(self, loop: asyncio.AbstractEventLoop) -> None:
        due, now, self._alarm = self._due, loop.time(), None
        while due and (due[0][1].done() or due[0][0] <= now):
            _too_late(due.popleft()[1])
        if due:
            self._alarm = loop.call_at(due[0][0], self._give_up, loop)

    def _told(self, jobs: Sequence[Job]) -> None:
        if self._gathering is not None:
            self._gathering.answered(len(jobs))
        for job in jobs:
            if job.future.done():
                self._unwanted(job)
            elif job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.answer)

    def _unwanted(self, job: Job) -> None:
        """Nobody waits for it any more: what it reserved is given back."""
        hold = getattr(job.answer, "hold", None)
        if isinstance(hold, Hold) and self._gathering is not None and ledger.changes(hold, frozenset()):
            again = Job(partial(ledger.settle, holds=[hold], delivered=frozenset()), job.loop)
            again.future.add_done_callback(_heard)
            self._gathering.put(again)


def _nothing(_page: SqlitePage) -> None:
    """Asks whether the file can be used."""


def _too_late(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(LimitsUnavailable("the store of limits gave no answer in time"))


def _heard(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()

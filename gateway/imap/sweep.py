"""The sweep: every mailbox in its turn, at a capped rate, its findings kept in batches. Runs until it is cancelled.

One sweep runs among many gateways: `allowed` says whether it is ours now. It knows neither the directory (`targets`)
nor where things are kept (`Records`), and resumes from what those tell.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.access import Failure
from gateway.imap.attempts import Attempts
from gateway.imap.brakes import Brakes
from gateway.imap.evidence import Job
from gateway.imap.ports import Asker, Clock, Outcome, Records, SystemClock
from gateway.imap.schedule import Schedule
from gateway.imap.settings import Sweeping, Target

_log = logging.getLogger(__name__)
_LASTING = frozenset({Failure.AUTH, Failure.VANISHED, Failure.NAME})  # asking again soon would not help
_SLICE = 500  # mailboxes taken in without a breath
_SLACK = 0.25  # seconds: polls that a busy loop began late may be made up for at once
_LAST = 5.0  # seconds for keeping what was found when the sweep ends


@dataclass(frozen=True, slots=True)
class Figures:
    """For metrics. Times in seconds. `oldest`: the age of the oldest mailbox's last observation (of one that never was
    observed: since the sweep knows it); `late`: by how much the next poll is overdue; `stopped`: the failure for which
    nothing is asked, "" where it goes on.
    """

    mailboxes: int
    running: int
    oldest: float
    late: float
    stopped: str


class Sweep:
    """See the module. `polled` hears of every outcome, at once; it must be quick and must not raise.

    `jobs`: the administrators' known jobs lately. A bad list or store makes the sweep wait, never end.
    """

    def __init__(
        self,
        asker: Asker,
        targets: Callable[[], Iterable[Target]],
        records: Records,
        sweeping: Sweeping | None = None,
        *,
        clock: Clock | None = None,
        allowed: Callable[[], bool] = lambda: True,
        jobs: Callable[[], Sequence[Job]] = tuple,
        polled: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._sweeping = sweeping or Sweeping()
        self._targets, self._records = targets, records
        self._clock = clock or SystemClock()
        self._allowed, self._polled = allowed, polled
        self._brakes = Brakes(self._sweeping)
        self._attempts = Attempts(
            asker, records, self._brakes, self._clock, longest_gap=2.5 * self._sweeping.interval, jobs=jobs
        )
        self._schedule = Schedule(self._sweeping.interval, self._sweeping.retry)
        self._observed: dict[str, float] = {}
        self._outcomes: list[Outcome] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self._ours = False
        self._refreshed = -math.inf
        self._since = self._kept = self._start = self._held = 0.0

    async def run(self) -> None:
        """Sweep until cancelled; what is known by then is kept."""
        try:
            while True:
                await self._turn()
                await self._rest()
        finally:
            await self._end()

    async def once(
        self, targets: Iterable[Target], progress: Callable[[Outcome], None] = lambda _: None
    ) -> Sequence[Outcome]:
        """Poll these now, at the same rate, and keep what is found. Ends early where nothing may be asked any more.

        Not beside `run`. Raises what the records raise.
        """
        outcomes: list[Outcome] = []
        waiting = list(targets)[::-1]
        try:
            while waiting and not self._brakes.stopped:
                if self._room():
                    self._begin(self._once(waiting.pop(), outcomes, progress))
                else:
                    await self._pause(self._start - self._clock.now())
            while self._tasks:
                await self._pause(0.0)
        finally:
            await self._drop()
        await self._records.keep(outcomes)
        return outcomes

    def figures(self) -> Figures:
        """What can be seen now."""
        now = self._clock.now()
        late = max(now - max(self._schedule.due(), self._since), 0.0) if self._ours else 0.0
        oldest = max(now - min(self._observed.values(), default=now), 0.0)
        return Figures(len(self._schedule), len(self._tasks), oldest, late, self.stopped)

    @property
    def stopped(self) -> str:
        """Why nothing, or one mailbox at a time, is asked; "" while all is well."""
        return self._brakes.stopped.value if self._brakes.stopped else ""

    async def _turn(self) -> None:
        """What is to be done now, without waiting for polls."""
        now = self._clock.now()
        if not self._allowed():
            self._ours = False
        elif now >= self._held:
            try:
                await self._refresh(now)
                await self._flush(now)
            except Exception:  # of a store or a list that is not ours to know
                self._hold()
                return
            while self._room() and not self._brakes.waits(now) and (target := self._schedule.take(now)) is not None:
                self._begin(self._poll(target))

    def _hold(self) -> None:
        _log.warning("the poller waits: its records or its list of mailboxes cannot be had", exc_info=True)
        self._held = self._clock.now() + self._sweeping.pause

    async def _refresh(self, now: float) -> None:
        """Take in the mailboxes: when the sweep becomes ours with what is known of them, later what has changed."""
        if self._ours and 0 <= now - self._refreshed < self._sweeping.refresh:
            return
        past = {} if self._ours else await self._records.past()
        if not self._ours:  # others may have polled meanwhile
            self._schedule, self._since = Schedule(self._sweeping.interval, self._sweeping.retry), now
            self._observed.clear()
        present: set[str] = set()
        for number, target in enumerate(self._targets()):
            before = past.get(target.mailbox)
            self._schedule.put(target, before.attempted if before else None)
            observed = before.observed if before and before.observed is not None else now
            self._observed.setdefault(target.mailbox, observed)
            present.add(target.mailbox)
            if number % _SLICE == _SLICE - 1:
                await asyncio.sleep(0)
        self._schedule.keep_only(present)
        for gone in self._observed.keys() - present:
            del self._observed[gone]
        self._ours, self._refreshed = True, now

    def _room(self) -> bool:
        """Whether a poll may begin: the rate, the number at once, and one at a time where something is in doubt."""
        most = 1 if self._brakes.cautious else self._sweeping.concurrency
        return len(self._tasks) < most and self._clock.now() >= self._start and not self._crowded()

    def _crowded(self) -> bool:
        """More is found than is being kept: a store that hangs does not fill the memory."""
        return len(self._outcomes) >= 10 * self._sweeping.batch

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        step, now = 1.0 / self._sweeping.rate, self._clock.now()
        self._start = (self._start if now - _SLACK < self._start <= now + step else now) + step
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._ended.set()

    async def _poll(self, target: Target) -> None:
        try:
            outcome = await self._attempts.make(target)
        except Exception:  # the records'
            self._schedule.done(target.mailbox, self._clock.now(), untried=True)
            self._hold()
            return
        failure = outcome.failure
        untried = failure is Failure.MASTER
        self._schedule.done(
            target.mailbox, outcome.at, transient=failure is not None and failure not in _LASTING, untried=untried
        )
        if not untried:
            self._outcomes.append(outcome)
        if failure is None and target.mailbox in self._observed:
            self._observed[target.mailbox] = outcome.at
        self._polled(outcome)

    async def _once(self, target: Target, outcomes: list[Outcome], progress: Callable[[Outcome], None]) -> None:
        outcome = await self._attempts.make(target)
        outcomes.append(outcome)
        self._polled(outcome)
        progress(outcome)

    async def _flush(self, now: float, *, whole: bool = False) -> None:
        """Keep what was found, in batches. What could not be kept stays."""
        while self._outcomes:
            if not whole and len(self._outcomes) < self._sweeping.batch and 0 <= now - self._kept < self._sweeping.hold:
                return
            batch = self._outcomes[: self._sweeping.batch]
            await self._records.keep(batch)
            del self._outcomes[: len(batch)]
            self._kept = now

    async def _rest(self) -> None:
        """Until something is to be done: the next mailbox is due and may be asked, or a poll has ended."""
        now = self._clock.now()
        if not self._ours:
            await self._clock.sleep(self._sweeping.hold)
            return
        next_start = max(self._schedule.due(), self._start, self._held, now + self._brakes.waits(now))
        await self._pause(next_start - now)

    async def _pause(self, seconds: float) -> None:
        """At most `hold`, so that a lease and a new list are seen. With no room left until a poll has ended."""
        most = 1 if self._brakes.cautious else self._sweeping.concurrency
        if self._tasks and (len(self._tasks) >= most or seconds <= 0):
            self._ended.clear()
            await self._ended.wait()
        else:
            await self._clock.sleep(min(max(seconds, 0.0), self._sweeping.hold))

    async def _drop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _end(self) -> None:
        """Polls under way are given up; what was found is kept, if that can be done soon."""
        await self._drop()
        try:
            async with asyncio.timeout(_LAST):
                await self._flush(self._clock.now(), whole=True)
        except Exception:
            _log.warning("what the poller found last could not be kept", exc_info=True)

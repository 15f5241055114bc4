"""The children of one worker: as many as are wanted, one message at a time each, a fresh one for each that is gone.

Knows how to start and how to hold back when starting does not help; not what children are asked, nor whose turn it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from gateway.contents import Why
from gateway.inspection.limits import PoolLimits
from gateway.inspection.process import Child, ChildError, log
from gateway.inspection.turns import Line, Shares

_FIRST_PAUSE = 0.1  # seconds before another start once starting failed, doubled while it goes on failing
_LONGEST_PAUSE = 30.0
_LONGEST_AFTER_DEATH = 2.0  # the same once children died at work: a stranger's files must not stop others' for long
_DEATHS = 2  # in a row, at work, that are answered by a fresh child at once


class Pool:
    """`start` makes one child (ChildError). `lacking`: what children lack here."""

    def __init__(self, limits: PoolLimits, start: Callable[[], Awaitable[Child]]) -> None:
        self._limits, self._start = limits, start
        self._children: set[Child] = set()  # all that run
        self._idle: list[Child] = []
        self._starting = 0
        self._waiting: Line[asyncio.Future[Child]] = Line()
        self._shares: Shares[Child] = Shares(limits.count)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failures = 0  # starts that failed in a row
        self._deaths = 0  # children in a row that died at work
        self._paused_until = 0.0
        self._closed = False
        self.started = 0
        self.died = 0
        self.lacking: tuple[str, ...] = ()

    @property
    def running(self) -> int:
        """Children that are ready or at work."""
        return len(self._children)

    @property
    def busy(self) -> int:
        """Children at work."""
        return len(self._children) - len(self._idle)

    @property
    def waiting(self) -> int:
        """Messages that wait for a child."""
        return len(self._waiting)

    def prewarm(self) -> None:
        """Have all children, from now on, where the limits say so."""
        self._grow()

    async def close(self) -> None:
        """End all children now; whoever waits is told UNAVAILABLE."""
        self._closed = True
        self._refuse_all()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._idle.clear()
        await asyncio.gather(*(child.end() for child in tuple(self._children)))
        self._children.clear()

    async def take(self, seconds: float, key: str = "") -> Child:
        """A child for one message; give it back to `release`. ChildError(BUSY), ChildError(UNAVAILABLE).

        `key`: on whose behalf, see `turns`.
        """
        if self._closed or not self._limits.count or self._hopeless:
            raise ChildError(Why.UNAVAILABLE)
        child = self._ready() if self._shares.may_have(key) else None
        if child is not None:
            self._shares.give(key, child)
            return child
        self._make_room(key)
        turn: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._waiting.join(key, turn)
        self._grow()
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except TimeoutError:
            self._give_back(key, turn)
            raise ChildError(Why.BUSY) from None
        except asyncio.CancelledError:
            self._give_back(key, turn)
            raise

    def _ready(self) -> Child | None:
        """One that waits for work."""
        while self._idle:
            child = self._idle.pop()
            if child.waits:
                return child
            self._run(self._retire(child))
        return None

    def _make_room(self, key: str) -> None:
        """One more may wait: in a full line whoever has most of it makes room for others. ChildError(BUSY)."""
        if len(self._waiting) < self._limits.queue:
            return
        last = self._waiting.last_of_longest(key)
        if last is None:
            raise ChildError(Why.BUSY)
        if not last.done():
            last.set_exception(ChildError(Why.BUSY))

    def _give_back(self, key: str, turn: asyncio.Future[Child]) -> None:
        """Whoever waited is gone; perhaps just when its turn came."""
        if turn.done() and not turn.cancelled() and turn.exception() is None:
            self._shares.take_back(turn.result())
            self._offer(turn.result())
        else:
            self._waiting.leave(key, turn)

    def release(self, child: Child, *, died: bool = False, worn: bool = False) -> None:
        """The message is done. `died`: the child failed at it. `worn`: it is to be replaced for another reason."""
        self._shares.take_back(child)
        if died:
            self.died += 1
            self._deaths += 1
            self._pause(self._deaths - _DEATHS, _LONGEST_AFTER_DEATH)
        else:
            self._deaths = 0
        if died or worn or self._closed or child.uses >= self._limits.max_uses or child.exited.done():
            self._run(self._retire(child))
        else:
            self._offer(child)

    def _offer(self, child: Child) -> None:
        self._idle.append(child)
        while len(self._waiting) and (ready := self._ready()) is not None:
            found = self._waiting.next(self._shares.may_have)
            if found is None or found[1].done():
                self._idle.append(ready)
            else:
                key, turn = found
                self._shares.give(key, ready)
                turn.set_result(ready)
            if found is None:
                return

    def _grow(self) -> None:
        """Start children while they are wanted: each that waits wants one, and prewarming wants all."""
        if self._closed or time.monotonic() < self._paused_until:
            return
        room = self._limits.count - len(self._children) - self._starting
        wanted = room if self._limits.prewarm else min(room, len(self._waiting) - self._starting)
        for _ in range(wanted):
            self._starting += 1
            self._run(self._start_one())

    async def _start_one(self) -> None:
        try:
            child = await self._start()
        except ChildError:
            self._failures += 1
            self._pause(self._failures, _LONGEST_PAUSE)
            if self._hopeless:
                self._refuse_all()
            return
        finally:
            self._starting -= 1
        self._failures = 0
        self.started += 1
        self._children.add(child)
        self.lacking = child.lacking
        child.exited.add_done_callback(lambda _: self._left(child))
        self._offer(child)

    @property
    def _hopeless(self) -> bool:
        """No child runs, and it is too early to try again."""
        return bool(self._failures) and not self._children and time.monotonic() < self._paused_until

    def _pause(self, count: int, longest: float) -> None:
        """Start none for a while after `count` failures in a row; then as many as are wanted."""
        if count > 0:
            seconds = min(_FIRST_PAUSE * 2.0 ** min(count - 1, 20), longest)
            self._paused_until = time.monotonic() + seconds
            asyncio.get_running_loop().call_later(seconds + 0.001, self._grow)

    def _left(self, child: Child) -> None:
        """A child's process ended: one that waited for work is replaced."""
        if child in self._idle and not self._closed:
            self._idle.remove(child)
            log.warning("inspection.child_left", pid=child.pid, how=child.how)
            self.died += 1
            self._deaths += 1  # somebody ended it: starting another works, and mail must not wait for long
            self._pause(self._deaths - _DEATHS, _LONGEST_AFTER_DEATH)
            self._run(self._retire(child))

    async def _retire(self, child: Child) -> None:
        await child.end()
        self._children.discard(child)
        self._grow()

    def _refuse_all(self) -> None:
        for turn in self._waiting.clear():
            if not turn.done():
                turn.set_exception(ChildError(Why.UNAVAILABLE))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

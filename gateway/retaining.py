"""Retention in the daemon: once a day what is over loses its content; in each node's first worker.

Does what `congthu decisions prune` does, in a thread and a step at a time: the mail's own commits go in between.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

from gateway.changing import Change, quick
from gateway.config import Settings
from gateway.errors import CongThuError
from gateway.journal.prune import prune
from gateway.journal.retention import cutoffs
from gateway.logs import get_logger
from gateway.metrics import RetentionMetrics

FIRST: Final = 300.0
"""Seconds between the start and the first look: a start is busy enough."""
EVERY: Final = 86_400.0
"""Seconds between two looks."""
AGAIN: Final = 3600.0
"""Seconds after which a look that failed is repeated."""
_log = get_logger("congthu.retention")


class Retaining:
    """`start` once, `apply` with each configuration. `node`: this machine's name; `clock`: seconds since the epoch."""

    def __init__(
        self, settings: Settings, node: str, clock: Callable[[], float] = time.time, *, first: float = FIRST
    ) -> None:
        self._settings, self._node, self._clock, self._first = settings, node, clock, first
        self._stop = threading.Event()
        self._metrics = RetentionMetrics()
        self._since: float | None = None  # the last look that was whole, or when the first was asked for
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._metrics.age = self._age
        self._take(self._settings)
        self._task = asyncio.create_task(self._look(), name="retention")

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration, which nothing can refuse; it holds from the next look on."""
        return quick(lambda: self._take(settings))

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        if not _configured(settings):
            self._since = None
        elif self._since is None:
            self._since = self._clock()

    def _age(self) -> float:
        return 0.0 if self._since is None else max(0.0, self._clock() - self._since)

    async def close(self) -> None:
        """End after the step that is being done."""
        self._stop.set()
        self._since = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        await asyncio.sleep(self._first)
        while True:
            try:
                await self._once(self._settings)
                wait = EVERY
            except CongThuError as error:
                _log.error("retention.failed", reason=str(error)[:300])
                wait = AGAIN
            except Exception:
                _log.exception("retention.failed")
                wait = AGAIN
            if wait == AGAIN:
                self._metrics.looked(done=False)
            await asyncio.sleep(wait)

    async def _once(self, settings: Settings) -> None:
        """One whole look; nothing where nothing is configured."""
        if not _configured(settings):
            return
        rows = await self._whole(settings)
        self._metrics.looked(done=True)
        self._since = self._clock() if _configured(self._settings) else None
        if rows:
            _log.info("retention.done", rows=rows)

    async def _whole(self, settings: Settings) -> int:
        """In a thread; who cancels this waits until the step is over, and no thread outlives us."""
        work = asyncio.ensure_future(asyncio.to_thread(self._prune, settings))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.gather(work, return_exceptions=True)
            raise

    def _prune(self, settings: Settings) -> int:
        limits = cutoffs(settings.retention.model_dump(), self._clock())
        done = 0
        with closing(prune(settings.store.url, settings.gateway.data_dir, self._node, limits)) as steps:
            for step in steps:
                self._metrics.took(step.rows - done)
                done = step.rows
                if self._stop.is_set():
                    break
        return done


def _configured(settings: Settings) -> bool:
    """Whether anything is ever over."""
    return bool(cutoffs(settings.retention.model_dump(), 0.0))

"""Reports on their dates, and the record of when this gateway was there (AG 8.3); in each node's first worker.

What is due is made and mailed by a process of its own: figures over millions of decisions are not made where mail is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping
from typing import Final

from gateway.changing import Change, quick
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.errors import DirectoryError, DirectoryUnavailable
from gateway.errors import CongThuError, StartError
from gateway.lifecycle.days import DAY
from gateway.logs import get_logger
from gateway.metrics import WORKER_VARIABLE, ReportMetrics
from gateway.reports.mailings import MailingStore, pending
from gateway.reports.presence import EVERY, PresenceStore, Pulse
from gateway.using import calendar_of

Healths = Callable[[], Mapping[str, bool]]
"""Mail servers by name, and whether each answers; only those that take others' mail."""
LOOK: Final = 300.0
"""Seconds between two questions whether a report is due."""
FIRST: Final = 5.0
"""Seconds before the first word: by then it is known which mail servers answer."""
LONGEST: Final = 3600.0
"""Seconds that one process may take."""
_FORGET: Final = 24 * 60  # words: once a day
_A_WORKERS: Final = (WORKER_VARIABLE, "PROMETHEUS_MULTIPROC_DIR")  # where a worker's figures are, and which it is
_log = get_logger("congthu.reports")


class Reporting:
    """`start` once, `apply` with each configuration. `database`: the store's; `node`: this machine's name."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        healths: Healths,
        node: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._database, self._healths, self._clock = settings, database, healths, clock
        self._presence, self._mailings = PresenceStore(database), MailingStore(database)
        self._pulse = Pulse(self._presence, node)
        self._metrics = ReportMetrics()
        self._tasks: list[asyncio.Task[None]] = []
        self.look, self.every, self.first = LOOK, EVERY, FIRST

    async def start(self) -> None:
        """Make the tables, begin to say that we are here. StartError; a server that is away is waited for."""
        try:
            await asyncio.to_thread(self._presence.prepare)
        except DirectoryUnavailable as error:
            if not self._database.remote:
                raise StartError(f"{error}; gateway.data_dir must be writable") from error
            _log.error("reports.unavailable", reason=str(error))
        beating = asyncio.create_task(self._beat(), name="presence")
        mailing = asyncio.create_task(self._mail(), name="reports")
        self._tasks = [beating, mailing]

    async def prepare(self, settings: Settings) -> Change:
        """A new configuration, which nothing can refuse."""

        def take() -> None:
            self._settings = settings

        return quick(take)

    async def close(self) -> None:
        """Say a last time that we were here, and end; a report that is being made is made again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        with contextlib.suppress(DirectoryError):
            await asyncio.to_thread(self._pulse.beat, self._well(), self._clock())

    def _well(self) -> list[str]:
        return [name for name, well in self._healths().items() if well]

    async def _beat(self) -> None:
        words, failing = 0, False
        await asyncio.sleep(self.first)
        while True:
            try:
                await asyncio.to_thread(self._pulse.beat, self._well(), self._clock())
                if words % _FORGET == 0:
                    before = self._clock() - self._settings.reports.keep * DAY
                    await asyncio.to_thread(self._presence.forget, before)
                words, failing = words + 1, False
            except DirectoryError as error:
                if not failing:
                    _log.error("reports.unavailable", reason=str(error))
                failing = True
                await self._prepared()
            except Exception:
                _log.exception("reports.failed")
            await asyncio.sleep(self.every)

    async def _prepared(self) -> None:
        """The tables, where the server was away at the start."""
        with contextlib.suppress(DirectoryError, CongThuError):
            await asyncio.to_thread(self._presence.prepare)

    async def _mail(self) -> None:
        while True:
            try:
                if await asyncio.to_thread(self._is_due):
                    await self._run()
            except CongThuError as error:
                _log.error("reports.not_mailed", reason=str(error)[:300])
            except Exception:
                _log.exception("reports.failed")
            await asyncio.sleep(self.look)

    def _is_due(self) -> bool:
        """Whether something is due that is not on record."""
        todo = pending(self._settings, calendar_of(self._settings), self._clock())
        return any(self._mailings.open(one.key) for one in todo)

    async def _run(self) -> None:
        """One process, from its beginning to its end."""
        environment = {name: value for name, value in os.environ.items() if name not in _A_WORKERS}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "gateway.reports.mailer", stdin=PIPE, stdout=DEVNULL, env=environment
        )
        try:
            async with asyncio.timeout(LONGEST):
                await process.communicate(pickle.dumps((self._settings, self._clock())))
        except TimeoutError:
            _log.error("reports.too_long", seconds=LONGEST)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            self._metrics.made(done=process.returncode == 0)

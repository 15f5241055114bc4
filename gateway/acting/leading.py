"""Keeps a lease for as long as it can: one gateway among many does what stands under it, whatever that is."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from gateway.errors import LimitsUnavailable
from gateway.logs import get_logger
from gateway.throttle.lease import Lease

_log = get_logger("congthu.leases")
_PATIENCE = 2.0  # seconds for giving it up at the end


class Leader:
    """`name`: for the log. The lease is asked for four times in its length; `clock`: monotonic seconds."""

    def __init__(self, lease: Lease, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._lease, self._name, self._clock = lease, name, clock
        self._task: asyncio.Task[None] | None = None
        self._led = self._taken = clock()
        self._held = self._silent = False

    @property
    def held(self) -> bool:
        """Whether it is surely ours now."""
        return self._lease.held

    @property
    def unled(self) -> float:
        """Seconds since anybody was known to hold it, or since we ask."""
        return 0.0 if self.held else max(self._clock() - self._led, 0.0)

    @property
    def since(self) -> float:
        """Seconds since it became ours."""
        return max(self._clock() - self._taken, 0.0)

    def start(self) -> None:
        """Begin to ask for it, where that is not done yet. It may be started again after its end."""
        if self._task is not None:
            return
        self._led = self._clock()
        self._task = asyncio.create_task(self._run(), name=f"lease {self._name}")

    async def close(self) -> None:
        """Give it up, so that another need not wait for its end."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task, self._held = None, False
        with contextlib.suppress(LimitsUnavailable, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._lease.release()

    async def _run(self) -> None:
        while True:
            try:
                ours = await self._lease.acquire()
            except LimitsUnavailable as error:
                self._tell(error)
            except Exception:  # a bug must not leave everything under it undone for ever
                _log.exception("lease.failed", name=self._name)
            else:
                self._led, self._silent = self._clock(), False
                if ours != self._held:
                    _log.info("lease.taken" if ours else "lease.lost", name=self._name)
                    self._taken = self._clock()
                self._held = ours
            await asyncio.sleep(self._lease.seconds / 4)

    def _tell(self, error: LimitsUnavailable) -> None:
        if not self._silent:
            _log.error("lease.unavailable", name=self._name, reason=str(error))
        self._silent = True

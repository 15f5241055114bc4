"""A process beside the workers that the relay does not need: started, watched, started again; its end ends nothing.

It is a `Slot` like a worker's, with sockets of its own. What stops it from listening is tried again like everything
else: an address that is in use is no reason for mail to wait.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gateway import logs
from gateway.config import Settings
from gateway.config_values import HostPort
from gateway.errors import StartError
from gateway.processes import figures
from gateway.processes.slot import STUCK, Slot
from gateway.processes.sockets import listen

FIRST, LAST = 1.0, 60.0  # seconds before it is started again, doubled while it keeps dying
FORGET = 120.0  # seconds that it must live for the back-off to begin anew
GRACE = 5.0  # seconds between asking it to end and ending it
LOOK = 1.0
INDEX = 1000
"""Its number among the processes: no worker has it (gateway.workers is at most 64)."""

Binds = Callable[[Settings], Mapping[str, HostPort]]

log = logs.get_logger("supervisor")


class Beside:
    """Keeps one such process. `app`: its class, module:name; `binds`: where it listens, nothing for "not wanted"."""

    def __init__(self, name: str, app: str, binds: Binds, metrics: Path) -> None:
        self._name, self._binds = name, binds
        self._slot = Slot(INDEX, app, metrics, lambda: None)
        self._settings: Settings | None = None
        self._held: dict[str, tuple[HostPort, socket.socket]] = {}
        self._changed = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def apply(self, settings: Settings) -> None:
        """Run it with these settings: from now on, or anew. Returns at once."""
        self._settings = settings
        self._changed.set()
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name=self._name)

    async def close(self) -> None:
        """End it, within GRACE seconds."""
        self._stopping = True
        self._changed.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=2 * GRACE)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._slot.kill()
        self._let_go({})

    async def _keep(self) -> None:
        backoff = FIRST
        while not self._stopping:
            self._changed.clear()
            assert self._settings is not None
            settings, began = self._settings, time.monotonic()
            how = await self._life(settings)
            if self._stopping or self._changed.is_set():
                backoff = FIRST
                continue
            if time.monotonic() - began > FORGET:
                backoff = FIRST
            log.error(f"{self._name} ended", how=how, reason=self._slot.failure, restart_in=backoff)
            figures.BESIDE_RESTARTS.labels(self._name).inc()
            await _wait(self._changed, backoff)
            backoff = min(backoff * 2, LAST)

    async def _life(self, settings: Settings) -> str:
        """Until it ended, or other settings came; how it ended."""
        wanted = self._binds(settings)
        if not wanted:
            self._let_go({})
            figures.BESIDE_UP.labels(self._name).set(1)
            await self._changed.wait()
            return "is not wanted"
        self._slot.failure = ""
        figures.BESIDE_UP.labels(self._name).set(0)
        try:
            sockets = self._sockets(wanted)
            process = await self._slot.spawn(lambda: (settings, sockets))
        except StartError as error:
            self._slot.failure = str(error)
            return "could not listen"
        except OSError as error:
            self._slot.failure = error.strerror or str(error)
            return "was not started"
        ended = asyncio.create_task(self._slot.ended(process))
        changed = asyncio.create_task(self._changed.wait())
        while not ended.done() and not changed.done():
            await asyncio.wait([ended, changed], timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            self._look()
        changed.cancel()
        await self._end(ended)
        return f"ended with {ended.result()}"

    def _look(self) -> None:
        now = time.monotonic()
        figures.BESIDE_UP.labels(self._name).set(self._slot.state == "ready" and self._slot.fresh(now, STUCK))
        if self._slot.process is not None and not self._slot.fresh(now, STUCK):
            log.error(f"{self._name} is stuck", silent_for=round(now - self._slot.last_sign))
            self._slot.kill()
            self._slot.last_sign = now

    async def _end(self, ended: asyncio.Task[int]) -> None:
        """Ask, wait, and end it."""
        self._slot.drain()
        done, _ = await asyncio.wait([ended], timeout=GRACE)
        if not done:
            self._slot.kill()
            await asyncio.wait([ended])
        figures.BESIDE_UP.labels(self._name).set(0)

    def _sockets(self, wanted: Mapping[str, HostPort]) -> dict[str, socket.socket]:
        """Those that are open already, and new ones. StartError."""
        self._let_go(wanted)
        for name, bind in wanted.items():
            if name not in self._held:
                self._held[name] = (bind, listen(bind, name))
        return {name: sock for name, (_, sock) in self._held.items()}

    def _let_go(self, wanted: Mapping[str, HostPort]) -> None:
        for name, (bind, sock) in list(self._held.items()):
            if wanted.get(name) != bind:
                sock.close()
                del self._held[name]


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return

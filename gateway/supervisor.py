"""The supervisor: holds the listening sockets, keeps the workers alive, reloads, drains, and tells how it goes.

One code path whatever the number of workers. It knows processes and configurations, and nothing of mail: what a worker
does is gateway.app's affair. It never accepts a client, so nothing that a client sends can hurt it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from os import environ

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from gateway import http, logs
from gateway.config import Settings
from gateway.config_values import HostPort
from gateway.errors import ConfigError, Problem, StartError
from gateway.processes import figures
from gateway.processes.beside import Beside
from gateway.processes.notify import Manager
from gateway.processes.place import Place
from gateway.processes.slot import STALE, STUCK, Slot
from gateway.processes.sockets import Listening, activated, listen

START_TIMEOUT = 120.0  # seconds until all workers are ready; the journal's migrations may take long
RELOAD_TIMEOUT = 30.0  # seconds for one worker to take a new configuration
KILL_MARGIN = 2.0  # seconds beyond shutdown_timeout before SIGKILL
BACKOFF_FIRST, BACKOFF_LAST = 0.1, 30.0  # seconds before a dead worker is started again, doubled while it keeps dying
BACKOFF_FORGET = 60.0  # seconds that a worker must live for its place's back-off to begin anew
TICK = 1.0  # seconds between looks at the heartbeats; the watchdog needs less than half of WatchdogSec

log = logs.get_logger("supervisor")

Load = Callable[[], tuple[Settings, Sequence[Problem]]]  # settings and warnings; ConfigError when it cannot be used


class Supervisor:
    """The daemon. `load` reads and checks the configuration (ConfigError); `app` is the worker's class, module:name."""

    def __init__(self, load: Load, app: str = "gateway.app:App") -> None:
        self._load, self._app = load, app
        self._settings, warnings = load()
        _speak(self._settings, warnings)
        self._manager = Manager(environ)
        self._place = Place(self._settings.gateway.data_dir)
        self._listening = Listening(activated(environ))
        self._slots: list[Slot] = []
        self._keepers: dict[Slot, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._beside = Beside("console", "gateway.console.app:App", _console_binds, self._place.metrics)
        self._started = False
        self._failure = ""

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT. StartError when the start fails."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._halt)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        figures.build()
        try:
            web = await self._open()
            try:
                await self._start_workers()
                self._beside.apply(self._settings)
                await self._watch()
            finally:
                await self._stop_workers()
                await web.close()
        finally:
            self._listening.close()
            self._place.close()

    def _halt(self) -> None:
        self._stop.set()
        self._changed.set()

    def _interrupt(self) -> None:
        """The second Ctrl-C does not wait for what is in flight."""
        for slot in self._keepers if self._stop.is_set() else ():
            slot.kill()
        self._halt()

    def _hang_up(self) -> None:
        task = asyncio.create_task(self.reload(), name="reload")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self) -> http.Server:
        """Bind everything before a worker is started: what can fail cheaply fails first."""
        bind = self._settings.http.bind
        self._listening.keep(self._listening.plan(self._settings.listener), self._settings.listener)
        workers = CollectorRegistry()
        MultiProcessCollector(workers, str(self._place.metrics))  # type: ignore[no-untyped-call]
        views = http.Views((workers, figures.SUPERVISOR), self.health, self.readiness)
        web = http.Server(http.application(views), listen(bind, "http"))
        await web.start()
        return web

    async def _start_workers(self) -> None:
        self._resize(self._settings.gateway.workers)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                while not (self._started or self._failure or self._stop.is_set()):
                    await self._changed.wait()
                    self._changed.clear()
                    self._started = all(slot.state == "ready" for slot in self._slots)
        except TimeoutError:
            self._failure = f"the workers were not ready within {START_TIMEOUT:g} s"
        if self._failure:
            raise StartError(self._failure)
        figures.configured()
        if self._started:
            self._manager.ready(self._status())
            addresses = {name: _address(sock) for name, sock in self._listening.sockets.items()}
            log.info("ready", workers=len(self._slots), listeners=addresses, http=str(self._settings.http.bind))

    def _resize(self, count: int) -> None:
        """Have `count` places; a surplus worker drains and its place is left."""
        self._keepers = {slot: task for slot, task in self._keepers.items() if not task.done()}
        for index in range(len(self._slots), count):
            leaving = [task for slot, task in self._keepers.items() if slot.index == index]
            slot = Slot(index, self._app, self._place.metrics, self._changed.set)
            self._slots.append(slot)
            self._keepers[slot] = asyncio.create_task(self._keep(slot, leaving), name=f"worker {index}")
        for slot in self._slots[count:]:
            slot.drain()
        del self._slots[count:]

    async def _keep(self, slot: Slot, leaving: list[asyncio.Task[None]]) -> None:
        """Keep a place filled until it is given up or the daemon stops; first let its former worker end."""
        if leaving:
            await asyncio.wait(leaving)
        backoff = BACKOFF_FIRST
        while self._wanted(slot):
            began = time.monotonic()
            how = await self._once(slot)
            if not self._wanted(slot):
                return
            if not self._started:
                self._failure = slot.failure or f"worker {slot.index} {how} at start: see its log"
                self._changed.set()
                return
            if time.monotonic() - began > BACKOFF_FORGET:
                backoff = BACKOFF_FIRST
            log.error("worker ended", worker=slot.index, how=how, reason=slot.failure, restart_in=backoff)
            await _wait(self._stop, backoff)
            backoff = min(backoff * 2, BACKOFF_LAST)
            figures.RESTARTS.inc()

    def _wanted(self, slot: Slot) -> bool:
        return slot in self._slots and not self._stop.is_set()

    async def _once(self, slot: Slot) -> str:
        """One worker's life; returns how it ended."""
        try:
            process = await slot.spawn(lambda: (self._settings, self._listening.sockets))
        except OSError as error:
            slot.failure = f"worker {slot.index} cannot be started: {error.strerror or error}"
            return "was not started"
        if not self._wanted(slot):  # given up before there was a channel to say so
            slot.drain()
        code = await slot.ended(process)
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    async def _watch(self) -> None:
        """Look at the heartbeats until the stop is asked for."""
        pause = min(TICK, self._manager.watchdog / 3) if self._manager.watchdog else TICK
        status = ""
        while not self._stop.is_set():
            now = time.monotonic()
            for slot in list(self._slots):
                if slot.process is not None and not slot.fresh(now, STUCK):
                    log.error("worker is stuck", worker=slot.index, silent_for=round(now - slot.last_sign))
                    await asyncio.sleep(0.1)  # our line leaves before the worker's own words, which know no lines
                    slot.kill(signal.SIGABRT)
                    slot.last_sign = now  # the next one has its time to start
            if all(slot.fresh(now, STALE) for slot in self._slots):
                self._manager.alive()
            if status != (status := self._status()):
                self._manager.status(status)
            self._count_states()
            await _wait(self._stop, pause)

    def _count_states(self) -> None:
        for state in ("starting", "ready", "draining", "stopped"):
            figures.WORKERS.labels(state).set(sum(slot.state == state for slot in self._slots))

    async def reload(self) -> None:
        """Load the configuration again and put it in force, or say why not and keep the old one."""
        async with self._reloading:
            if not self._started or self._stop.is_set():
                return
            self._manager.reloading()
            reason = await self._try_reload()
            figures.RELOADS.labels("refused" if reason else "done").inc()
            if reason:
                log.error("reload refused, the old configuration stays", reason=reason)
            else:
                log.info("reloaded", workers=len(self._slots))
                figures.configured()
            self._manager.ready(f"{self._status()}{'; last reload refused: ' + reason[:200] if reason else ''}")

    async def _try_reload(self) -> str:
        """Returns "" or why not. The first worker tries; the others follow only when it took the configuration."""
        try:
            settings, warnings = await asyncio.to_thread(self._load)
            _check_unchanged(self._settings, settings)
            planned = self._listening.plan(settings.listener)
        except (ConfigError, StartError) as error:
            return str(error)
        running = sorted((slot for slot in self._slots if slot.process), key=lambda slot: slot.state != "ready")
        for slot in running[:1]:
            if reason := await slot.reload(settings, planned, RELOAD_TIMEOUT):
                self._listening.undo(planned)
                return f"worker {slot.index}: {reason}"
        self._listening.keep(planned, settings.listener)
        self._settings = settings
        self._beside.apply(settings)
        _speak(settings, warnings)
        # A place that was empty a moment ago may have been filled meanwhile, with what was in force then.
        for slot in [slot for slot in self._slots if slot.process and slot not in running[:1]]:
            if reason := await slot.reload(settings, planned, RELOAD_TIMEOUT):
                log.error("worker did not reload and is replaced", worker=slot.index, reason=reason)
                slot.drain()
        self._resize(settings.gateway.workers)
        return ""

    async def _stop_workers(self) -> None:
        """Drain to the deadline, then end what is left."""
        self._stop.set()
        timeout = self._settings.gateway.shutdown_timeout
        self._manager.stopping(f"Draining for at most {timeout:g} s")
        if self._started:
            log.info("stopping", timeout=timeout)
        self._listening.close()
        for slot in self._slots:
            slot.drain()
        beside = asyncio.create_task(self._beside.close(), name="close console")
        running = [task for task in self._keepers.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=timeout + KILL_MARGIN)
        for slot, task in self._keepers.items():
            if not task.done():
                log.error("worker did not drain in time and is killed", worker=slot.index)
                slot.kill()
        await asyncio.gather(*self._keepers.values(), beside, return_exceptions=True)
        if self._started:
            log.info("stopped")

    def health(self) -> str:
        """ "" while a worker's event loop turns, else what is wrong."""
        now = time.monotonic()
        if any(slot.state in ("ready", "draining") and slot.fresh(now, STALE) for slot in self._slots):
            return ""
        return "no worker is alive"

    def readiness(self) -> Mapping[str, str]:
        """Everything that a message needs: "" or the reason that it is missing; what one worker has is there."""
        now = time.monotonic()
        working = [slot for slot in self._slots if slot.state == "ready" and slot.fresh(now, STALE)]
        checks = {"workers": "" if working else "no worker is ready"}
        if self._stop.is_set() or not self._started:
            checks["workers"] = "stopping" if self._stop.is_set() else "starting"
        for slot in working:
            for name, reason in slot.reasons.items():
                checks[name] = reason if checks.get(name, reason) else ""
        return checks

    def _status(self) -> str:
        ready = sum(slot.state == "ready" for slot in self._slots)
        missing = "; ".join(f"{name}: {reason}" for name, reason in self.readiness().items() if reason)
        return f"{ready} of {len(self._slots)} workers serve {len(self._listening.sockets)} listeners" + (
            f"; not ready: {missing[:300]}" if missing else ""
        )


def _console_binds(settings: Settings) -> Mapping[str, HostPort]:
    """Where the console listens: nothing where none is wanted."""
    wanted = {"console": settings.console.bind, "console-public": settings.console.public_bind}
    return {name: bind for name, bind in wanted.items() if bind is not None}


def _speak(settings: Settings, warnings: Sequence[Problem]) -> None:
    logs.configure(settings.gateway.log_level, settings.gateway.log_format)
    for problem in warnings:
        log.warning("configuration", key=problem.key, value=problem.value, hint=problem.hint)


def _check_unchanged(old: Settings, new: Settings) -> None:
    """StartError for what only a restart can change."""
    for key, was, now in (
        ("gateway.data_dir", old.gateway.data_dir, new.gateway.data_dir),
        ("http.bind", old.http.bind, new.http.bind),
    ):
        if was != now:
            raise StartError(f"{key} = {now}: only a restart can change it (now {was})")
    for key in ("url", "shared"):  # which may hold a password
        if getattr(old.store, key) != getattr(new.store, key):
            raise StartError(f"store.{key}: only a restart can change it")
    if old.limits.store_timeout != new.limits.store_timeout:
        raise StartError("limits.store_timeout: only a restart can change it")


def _address(sock: socket.socket) -> str:
    name = sock.getsockname()
    return f"[{name[0]}]:{name[1]}" if sock.family == socket.AF_INET6 else f"{name[0]}:{name[1]}" if name else "unix"


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def serve(load: Load, app: str = "gateway.app:App") -> None:
    """Run the daemon until it is told to stop. ConfigError, StartError."""

    async def main() -> None:
        await Supervisor(load, app).run()

    os.umask(0o027)  # the data folder holds addresses: nothing in it is for other users of the machine

    try:
        asyncio.run(main())
    finally:
        logs.shutdown()

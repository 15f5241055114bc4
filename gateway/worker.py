"""A worker process: takes its configuration and sockets from the supervisor, runs the application, sends heartbeats.

`python -m gateway.worker` is started by the supervisor only. It knows the life of a process and nothing of mail.
SIGTERM drains; SIGINT and SIGHUP are the supervisor's and ignored here (a terminal sends them to every process); when
the supervisor is gone (end of file on the control channel) the worker drains and ends, so that none is left behind.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, Protocol

import uvloop

from gateway import logs, metrics
from gateway.config import Settings
from gateway.errors import ConfigError, StartError
from gateway.processes.control import Channel, Message, receive_configuration

HEARTBEAT = 1.0  # seconds between signs of life and between flushes of the metrics
STATE_EVERY = 2.0  # seconds between the answers to "are you ready, and if not why"
MAX_REASON = 300  # characters of a reason that is passed on
DRAIN_MARGIN = 1.0  # seconds beyond shutdown_timeout for a drain that does not keep its own deadline

log = logs.get_logger("worker")


class Application(Protocol):
    """What the worker runs (gateway.app.App)."""

    def __init__(self, settings: Settings, worker: int, sockets: dict[str, socket.socket]) -> None: ...

    async def start(self) -> None:
        """Serve. ConfigError or StartError when it cannot."""

    async def reload(self, settings: Settings) -> None:
        """Take new settings; all or nothing: ConfigError or StartError leaves the old ones in force.

        The dict of sockets that the application was made with has changed before the call: a new or moved listener has
        a new socket object in it, a listener that is gone is missing. What left the dict is closed after the call.
        """

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109  the application keeps it itself
        """Stop accepting, finish what is in flight within `timeout` seconds, close everything."""

    async def ready(self) -> dict[str, str]:
        """Name of each thing that a message needs to "" when it is there, else the reason."""


class Worker:
    """One worker's life around an application of class `app`."""

    def __init__(self, sock: socket.socket, index: int, app: type[Application]) -> None:
        self._index, self._make = index, app
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue()
        self._stop = asyncio.Event()
        self._sockets: dict[str, socket.socket] = {}
        self._settings: Settings | None = None
        self._app: Application | None = None
        self._channel = Channel(sock, self._messages.put_nowait, self._orphaned)

    async def run(self) -> int:
        """Start, serve, drain. Returns the process's exit code: 0, or 2 when it could not start."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        pulse = asyncio.create_task(self._pulse())
        first = await self._messages.get()
        if first is None or first.kind != "configure":
            return 0
        self._settings, sockets = receive_configuration(first)
        self._speak(self._settings)
        metrics.watch_log(logs.dropped)
        self._sockets.update(sockets)
        if not await self._start():
            return 2
        tasks = [asyncio.create_task(self._obey()), asyncio.create_task(self._report())]
        await self._stop.wait()
        await self._drain()
        for task in (*tasks, pulse):
            task.cancel()
        await asyncio.gather(*tasks, pulse, return_exceptions=True)
        metrics.flush()
        return 0

    async def _start(self) -> bool:
        assert self._settings is not None
        try:
            self._app = self._make(self._settings, self._index, self._sockets)
            await self._app.start()
        except (ConfigError, StartError) as error:
            self._channel.send("failed", line=_line(error))
            return False
        # What was made until now lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.enable()
        # Nearly everything that a message makes is freed by its reference count; looking for cycles less often costs
        # little memory and saves time on each message.
        gc.set_threshold(20_000, 20, 20)
        # The journal's and the log's threads hold the interpreter for so long at most while a client waits.
        sys.setswitchinterval(0.0005)
        self._channel.send("state", reasons=await self._reasons())
        self._channel.send("ready")
        return True

    def _speak(self, settings: Settings) -> None:
        logs.configure(settings.gateway.log_level, settings.gateway.log_format)

    async def _pulse(self) -> None:
        """The heartbeat: it comes from the event loop, so it stops when the loop is blocked."""
        while True:
            self._channel.send("alive")
            metrics.flush()
            await asyncio.sleep(HEARTBEAT)

    async def _report(self) -> None:
        while True:
            self._channel.send("state", reasons=await self._reasons())
            await asyncio.sleep(STATE_EVERY)

    async def _reasons(self) -> dict[str, str]:
        assert self._app is not None
        try:
            async with asyncio.timeout(5):
                reasons = await self._app.ready()
        except Exception as error:
            log.warning("readiness is unknown", error=repr(error))
            return {"worker": "its readiness is unknown"}
        return {name: reason[:MAX_REASON] for name, reason in reasons.items()}

    async def _obey(self) -> None:
        while (message := await self._messages.get()) is not None:
            if message.kind == "configure":
                await self._reload(message)
            elif message.kind == "drain":
                self._stop.set()

    async def _reload(self, message: Message) -> None:
        settings, sockets = receive_configuration(message)
        before = dict(self._sockets)
        unused = self._merge(sockets)
        try:
            assert self._app is not None
            await self._app.reload(settings)
        except Exception as error:
            if not isinstance(error, ConfigError | StartError):
                log.exception("reload failed")
            unused = [sock for sock in self._sockets.values() if sock not in before.values()]
            self._sockets.clear()
            self._sockets.update(before)
            self._channel.send("refused", line=_line(error))
        else:
            self._settings = settings
            self._speak(settings)
            self._channel.send("reloaded")
        await asyncio.sleep(0)  # servers that the application closes in tasks let go of their sockets first
        for sock in unused:
            sock.close()

    def _merge(self, sockets: dict[str, socket.socket]) -> list[socket.socket]:
        """Make the application's dict show these sockets; keeps the objects that are in use. Returns what left it."""
        held = {_identity(sock): sock for sock in self._sockets.values()}
        fresh: dict[str, socket.socket] = {}
        for name, sock in sockets.items():
            known = held.pop(_identity(sock), None)
            fresh[name] = known or sock
            if known is not None:
                sock.close()
        self._sockets.clear()
        self._sockets.update(fresh)
        return list(held.values())

    async def _drain(self) -> None:
        assert self._app is not None and self._settings is not None
        timeout = self._settings.gateway.shutdown_timeout
        try:
            async with asyncio.timeout(timeout + DRAIN_MARGIN):
                await self._app.drain(timeout)
        except TimeoutError:
            log.error("drain was cut off", timeout=timeout)

    def _orphaned(self) -> None:
        self._messages.put_nowait(None)
        self._stop.set()


def _identity(sock: socket.socket) -> int:
    """The kernel's name of a socket: the same for every descriptor of it."""
    return os.fstat(sock.fileno()).st_ino


def _line(error: Exception) -> str:
    if isinstance(error, ConfigError | StartError):
        return " ".join(str(error).split())
    return f"internal error ({type(error).__name__}), see the log"


def _application(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def main(argv: Sequence[str] | None = None) -> int:
    """The process's entry. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m gateway.worker", description="Started by congthu run.")
    parser.add_argument("--control", type=int, required=True, help="descriptor of the control channel")
    parser.add_argument("--worker", type=int, required=True, help="number of this worker")
    parser.add_argument("--app", default="gateway.app:App", help="class to run, as module:name")
    arguments = parser.parse_args(argv)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    gc.disable()  # until it serves: looking for cycles among what stays takes a sixth of a start
    faulthandler.enable()  # the supervisor ends a stuck worker with SIGABRT: its stack is then in the log
    sock = socket.socket(fileno=arguments.control)
    sock.set_inheritable(False)

    async def run() -> int:
        return await Worker(sock, arguments.worker, _application(arguments.app)).run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(run())
    logs.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())

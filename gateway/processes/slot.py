"""One worker's place: the process that fills it now, what it last said, and when."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

import gateway
from gateway.config import Settings
from gateway.metrics import WORKER_VARIABLE, prepare
from gateway.processes.control import Channel, Message, pair, send_configuration
from gateway.processes.notify import PRIVATE

Sockets = dict[str, socket.socket]
STALE = 10.0  # seconds without a heartbeat: not healthy, and the watchdog is no longer fed
STUCK = 30.0  # seconds without a heartbeat: ended by SIGABRT (its stack goes to the log) and started again


def import_path() -> str:
    """The folder that `gateway` is imported from, for PYTHONPATH: workers do not search the working directory."""
    return str(Path(gateway.__file__).parents[1])


def worker_environment(environ: Mapping[str, str], index: int, metrics: Path) -> dict[str, str]:
    """The supervisor's environment without the service manager's private words, with the metric files' place."""
    made = {name: value for name, value in environ.items() if name not in PRIVATE}
    own = import_path()
    if "site-packages" not in own:
        made["PYTHONPATH"] = os.pathsep.join(part for part in (own, environ.get("PYTHONPATH", "")) if part)
    made["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    made[WORKER_VARIABLE] = f"w{index}"
    return made


class Slot:
    """A worker's place. `state` is `starting`, `ready`, `draining` or `stopped`; `reasons` why it is not ready."""

    def __init__(self, index: int, app: str, metrics: Path, on_change: Callable[[], None]) -> None:
        self.index, self._app, self._metrics, self._on_change = index, app, metrics, on_change
        self.state = "stopped"
        self.reasons: dict[str, str] = {}
        self.failure = ""  # the line that the worker gave for ending
        self.last_sign = time.monotonic()
        self.process: Process | None = None
        self._channel: Channel | None = None
        self._answer: asyncio.Future[str] | None = None

    async def spawn(self, current: Callable[[], tuple[Settings, Sockets]]) -> Process:
        """Start a process and give it what is in force once it runs. OSError when the system cannot."""
        prepare(self._metrics, f"w{self.index}")
        ours, theirs = pair()
        with theirs:
            arguments = ("-P", "-m", "gateway.worker", "--control", str(theirs.fileno()), "--worker", str(self.index))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                *("--app", self._app),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                env=worker_environment(os.environ, self.index, self._metrics),
            )
        self.process, self.failure, self.reasons = process, "", {}
        self.last_sign = time.monotonic()
        self._channel = Channel(ours, self._heard, self._on_change)
        send_configuration(self._channel, *current())
        self._turn("starting")
        return process

    async def ended(self, process: Process) -> int:
        """Wait until the process is gone, tidy up after it, and return its exit code (negative: the signal)."""
        code = await process.wait()
        if self._channel is not None:
            self._channel.close()
        mark_process_dead(f"w{self.index}", str(self._metrics))  # type: ignore[no-untyped-call]
        self.process, self.reasons = None, {}
        self._settle("the worker ended")
        self._turn("stopped")
        return code

    async def reload(self, settings: Settings, sockets: Sockets, patience: float) -> str:
        """Have the worker take this configuration within `patience` seconds. Returns "" when it did, else why not."""
        if self._channel is None or self.state not in ("ready", "starting"):
            return ""  # a worker that starts later starts with it
        self._answer = asyncio.get_running_loop().create_future()
        if not send_configuration(self._channel, settings, sockets):
            return "the worker does not read its control channel"
        try:
            return await asyncio.wait_for(self._answer, patience)
        except TimeoutError:
            self.drain()  # it may still take it, alone: the worker that follows has what is in force
            return f"no answer within {patience:g} s"
        finally:
            self._answer = None

    def drain(self) -> None:
        """Ask the worker to finish what is in flight and to end."""
        if self._channel is not None:
            self._channel.send("drain")
        self._turn("draining")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the process, if there is one."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def fresh(self, now: float, limit: float) -> bool:
        """True while the last sign of life (start, heartbeat) is younger than `limit` seconds."""
        return now - self.last_sign < limit

    def _heard(self, message: Message) -> None:
        self.last_sign = time.monotonic()
        match message.kind:
            case "ready":
                if self.state == "starting":
                    self._turn("ready")
            case "state":
                self.reasons = message.fields["reasons"]
            case "failed":
                self.failure = message.fields["line"]
            case "reloaded":
                self._settle("")
            case "refused":
                self._settle(message.fields["line"])

    def _settle(self, answer: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    def _turn(self, state: str) -> None:
        self.state = state
        self._on_change()

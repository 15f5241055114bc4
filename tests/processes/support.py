"""A daemon with the stub application, and clients that speak its line protocol."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from tests.support.congthu import Gateway, listener, upstream
from tests.support.ports import HOST
from tests.support.processes import Daemon


class Stub(Gateway):
    """`congthu run` with tests.processes.stub in place of the application. `gateway` is the config's section."""

    def __init__(self, *, env: dict[str, str] | None = None, listeners: int = 1, **gateway: Any) -> None:
        tables = [listener(), listener(direction="outbound")][:listeners]
        super().__init__(tables, {"mailserver": upstream(9)}, gateway={"shutdown_timeout": 5, **gateway})
        command = [sys.executable, "-m", "tests.processes.daemon", "run", "--config", self.config]
        self.daemon = Daemon(command, self.folder / "congthu.log", env=env)

    def workers(self) -> list[int]:
        """The workers' process ids."""
        return [child.pid for child in psutil.Process(self.daemon.pid).children()]

    def signal_worker(self, number: int) -> int:
        """Send a signal to one worker; its process id."""
        pid = self.workers()[0]
        os.kill(pid, number)
        return pid

    def wait(self, condition: Any, what: str) -> None:
        """Until `condition()` holds."""
        self.daemon.wait_until(condition, what)

    def change(self, **gateway: Any) -> None:
        """Change the [gateway] section on the disk."""
        self.settings["gateway"].update(gateway)
        self.write_config()

    def events(self, name: str) -> list[dict[str, Any]]:
        """Log lines with this event."""
        return [line for line in self.logged() if line["event"] == name]


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=60)
        self._file = self._socket.makefile("rb")

    def line(self) -> str:
        """The next line, "" at the end."""
        return self._file.readline().decode().rstrip("\n")

    def send(self, text: str) -> None:
        """One line."""
        self._socket.sendall(text.encode() + b"\n")

    def ask(self, text: str) -> str:
        """One line and its answer."""
        self.send(text)
        return self.line()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Notify:
    """The service manager's end of sd_notify(3)."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)
        self.seen: list[str] = []

    def read(self) -> list[str]:
        """Every line that came until now."""
        while True:
            try:
                self.seen += self._socket.recv(65536).decode().split("\n")
            except BlockingIOError:
                return self.seen

    def until(self, line: str, seconds: float = 60.0) -> list[str]:
        """Everything that came, once `line` is among it."""
        end = time.monotonic() + seconds
        while line not in self.read():
            assert time.monotonic() < end, f"{line} did not come: {self.seen}"
            time.sleep(0.02)
        return self.seen

    def forget(self) -> None:
        """Begin anew."""
        self.read()
        self.seen = []

    def __enter__(self) -> Notify:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

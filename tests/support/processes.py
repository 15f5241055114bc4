"""Child processes with captured output: started in a session of their own, and gone with all descendants at stop."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]  # no stubs in the lock

ROOT = Path(__file__).resolve().parents[2]


_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """In the child: SIGTERM when the parent dies, so that a test run that is killed leaves nothing behind."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def words_of(process: psutil.Process) -> list[str]:
    """A process's command line; empty for one that ends while it is looked at."""
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE  # type: ignore[no-any-return]
    except psutil.Error:
        return False


def signal_each(processes: Iterable[psutil.Process], number: int) -> None:
    """Send a signal to those that are still there."""
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.send_signal(number)


class Daemon:
    """One long-running command. Its output goes to `log`; a context manager starts and stops it."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None
    ) -> None:
        self.command = [str(part) for part in command]
        self.log = log
        self._cwd = cwd
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; RuntimeError before start."""
        if self._process is None:
            raise RuntimeError(f"{self.command[0]} was not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        """True until the process has ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """The exit code once it has ended."""
        return None if self._process is None else self._process.poll()

    def output(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self) -> None:
        """Start it; returns at once."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                env=self._env,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Return once `ready()`; AssertionError with the log's tail when the process dies or `seconds` pass."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                state = "is not ready" if self.running else f"ended with {self.returncode}"
                self.stop()
                raise AssertionError(f"{self.command[:3]} {state} ({what}):\n{self.output()[-4000:]}")
            time.sleep(0.02)

    def family(self) -> list[psutil.Process]:
        """The process and all its descendants that live now."""
        try:
            head = psutil.Process(self.pid)
            return [head, *head.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def signal(self, number: int) -> None:
        """Send a signal to the process itself."""
        os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """The exit code; subprocess.TimeoutExpired after `seconds`."""
        if self._process is None:
            raise RuntimeError("not started")
        return self._process.wait(seconds)

    def stop(self, seconds: float = 10.0) -> int | None:
        """SIGTERM, then SIGKILL for whoever is left after `seconds`; the exit code. May be called twice."""
        if self._process is None:
            return None
        family = self.family()
        if self.running:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        for left in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.send_signal(signal.SIGKILL)
        return self._process.wait(60)

    def kill(self) -> None:
        """SIGKILL for it and all its descendants: for a service whose end nobody looks at."""
        self.stop(0)

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def run(
    command: Sequence[str | Path],
    *,
    seconds: float = 60.0,
    data: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, output captured as text; it is killed after `seconds`."""
    return subprocess.run(
        [str(part) for part in command],
        input=None if data is None else data.decode("utf-8", "surrogateescape"),
        stdin=subprocess.DEVNULL if data is None else None,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=seconds,
        env={**os.environ, **(env or {})},
        check=False,
    )

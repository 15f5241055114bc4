"""Where log lines leave the process: a bounded queue and one thread that writes to a file descriptor.

Knows bytes and a descriptor, nothing of events. `put` never blocks: a reader that does not keep up (a full pipe) costs
lines, and their number is said as soon as there is room again, never the event loop's time.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Final

MAX_LINES: Final = 20_000
MAX_BYTES: Final = 8 * 2**20
_LINGER: Final = 0.1  # seconds; one write for all lines of this time, so that a busy loop is seldom interrupted


class Sink:
    """Lines for `descriptor`, of which it keeps a duplicate: the number may be closed and mean another file meanwhile.

    `marker(count)` is the line that says how many were dropped.
    """

    def __init__(self, descriptor: int, *, marker: Callable[[int], bytes]) -> None:
        self._descriptor, self._marker = os.dup(descriptor), marker
        self.dropped = 0
        _sinks.add(self)
        self._reset()

    def _reset(self) -> None:
        """As new: also in a forked child, where the thread is gone and its lines are the parent's to write."""
        self._lines: deque[bytes] = deque()
        self._waiting = 0  # bytes; two threads may race on it, so the bound is a bound within a few lines
        self._unsaid = 0
        self._idle = True
        self._closing = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._wake, self._hurry = threading.Event(), threading.Event()

    def put(self, line: bytes, urgent: bool = False) -> None:
        """Queue one line (with its newline). Drops and counts it when the queue is full."""
        if self._waiting > MAX_BYTES or len(self._lines) >= MAX_LINES:
            self.dropped += 1
            self._unsaid += 1
            return
        self._lines.append(line)
        self._waiting += len(line)
        if urgent:
            self._hurry.set()
        if self._idle:
            self._idle = False
            self._wake.set()
            if self._thread is None:
                self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._closing = False
                self._thread = threading.Thread(target=self._run, name="log", daemon=True)
                self._thread.start()

    def close(self, timeout: float) -> None:
        """Write what is queued, for at most `timeout` seconds, then stop the thread."""
        thread = self._thread
        if thread is not None:
            self._closing = True
            self._hurry.set()
            self._wake.set()
            thread.join(timeout)
        if self._thread is None and self._lines:  # came while the thread was leaving
            self._write(self._take())

    def release(self) -> None:
        """After `close`: give the descriptor back, unless the thread is still stuck in it. Later lines are lost."""
        if self._thread is None and self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def _run(self) -> None:
        while True:
            self._wait()
            closing = self._closing
            self._write(self._take())
            if closing and not self._lines:
                self._thread, self._idle = None, True
                return

    def _wait(self) -> None:
        self._idle = True
        if not self._lines and not self._closing:
            self._wake.wait()
        self._idle = False
        self._wake.clear()
        if not self._closing:
            self._hurry.wait(_LINGER)
        self._hurry.clear()

    def _take(self) -> bytes:
        taken = [self._lines.popleft() for _ in range(len(self._lines))]
        unsaid, self._unsaid = self._unsaid, 0
        if unsaid:
            taken.append(self._marker(unsaid))
        made = b"".join(taken)
        self._waiting = 0 if not self._lines else max(0, self._waiting - len(made))
        return made

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:  # the descriptor was made non-blocking by whoever shares it
                time.sleep(0.01)
            except OSError:  # the reader is gone: there is nobody to tell
                self.dropped += data.count(b"\n")
                return


_sinks: weakref.WeakSet[Sink] = weakref.WeakSet()


def _after_fork() -> None:
    for sink in list(_sinks):
        sink._reset()


def _at_exit() -> None:
    for sink in list(_sinks):
        sink.close(2.0)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)

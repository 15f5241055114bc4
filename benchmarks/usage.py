"""What a family of processes uses: CPU time and memory, read from /proc. Knows nothing of what they do."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_TICK = 1.0 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def _stat(pid: int) -> tuple[int, float] | None:
    """(parent, CPU seconds of the process and of its dead, waited-for children), None when it is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15])) * _TICK


def family(head: int) -> list[int]:
    """A process and all its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))):
            children.setdefault(found[0], []).append(int(entry.name))
    found_all, queue = [], [head]
    while queue:
        pid = queue.pop()
        found_all.append(pid)
        queue += children.get(pid, [])
    return found_all


def cpu_seconds(head: int) -> float:
    """User and system CPU of a family, its dead included (they count in their parent once waited for), in seconds."""
    return sum(found[1] for pid in family(head) if (found := _stat(pid)))


def memory(pids: list[int]) -> int:
    """Proportional set size of these processes together, in bytes: shared pages count once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            text = (_PROC / str(pid) / "smaps_rollup").read_text()
            total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1]) * 1024
    return total


class PeakMemory:
    """Samples a family's memory on a thread while in its `with` block; `peak` is in bytes."""

    def __init__(self, head: int | None, interval: float = 0.25) -> None:
        self._head, self._interval = head, interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peak = 0

    def _sample(self) -> None:
        if self._head is not None:
            self.peak = max(self.peak, memory(family(self._head)))

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            self._sample()

    def __enter__(self) -> PeakMemory:
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._sample()


@contextlib.contextmanager
def measured_cpu(head: int | None) -> Iterator[Callable[[], float]]:
    """Yields a function that tells the family's CPU seconds since the block began; 0 for no process."""
    before = cpu_seconds(head) if head is not None else 0.0
    yield lambda: cpu_seconds(head) - before if head is not None else 0.0

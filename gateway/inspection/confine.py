"""Takes from this process everything that opening files does not need. Linux; knows nothing of what is opened.

The order matters: limits while they can be set, then no new privileges, then the system call filter, which forbids the
rest. Everything must be imported and every database read before: afterwards no file can be opened.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

from gateway.inspection import seccomp

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_FILES = 32  # descriptors: the standard three, the channel, a message, and room
_PAGE = resource.getpagesize()
_AT_REST = 512 * 1024 * 1024  # address space to allow for the program itself where /proc does not tell
_NICENESS = 5  # relaying mail comes first
_OOM_SCORE = "500"  # and when the machine has no memory left, this process goes first


def confine(memory: int) -> tuple[str, ...]:
    """Confine this process for good; `memory`: bytes that it may take beyond what it has now.

    Returns what could not be had on this machine, by name; empty where all of it holds.
    """
    for courtesy in (_be_nice, _go_first):  # nothing depends on them
        with contextlib.suppress(OSError):
            courtesy()
    steps: dict[str, Callable[[], object]] = {
        "memory-limit": lambda: _limit(resource.RLIMIT_AS, _at_rest() + memory),
        "file-size-limit": lambda: _limit(resource.RLIMIT_FSIZE, 0),
        "descriptor-limit": lambda: _limit(resource.RLIMIT_NOFILE, _FILES),
        "process-limit": lambda: _limit(resource.RLIMIT_NPROC, 0),
        "core-limit": lambda: _limit(resource.RLIMIT_CORE, 0),
        "death-signal": lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
        "no-dump": lambda: _prctl(_PR_SET_DUMPABLE, 0),
        "no-new-privileges": lambda: _prctl(_PR_SET_NO_NEW_PRIVS, 1),
        "seccomp": lambda: seccomp.install(os.getpid()),
    }
    os.chdir("/")
    os.environ.clear()
    lacking = []
    for name, step in steps.items():
        try:
            step()
        except (OSError, ValueError):
            lacking.append(name)
    return tuple(lacking)


def _be_nice() -> None:
    os.nice(_NICENESS)


def _go_first() -> None:
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)


class Footprint:
    """How much this process holds, told after it can open no more files."""

    def __init__(self) -> None:
        self._fd = -1
        with contextlib.suppress(OSError):
            self._fd = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def resident(self) -> int:
        """Bytes of memory, 0 where that cannot be told."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(os.pread(self._fd, 256, 0).split()[1]) * _PAGE
        return 0


def cpu_alarm(seconds: float) -> None:
    """End this process by SIGPROF once it has computed for so long from now; 0 takes the alarm back."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (lowered, lowered))


def _at_rest() -> int:
    """Bytes of address space that are in use already."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    return _AT_REST


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")

"""A message's bytes as a descriptor that a child can read and nobody can change.

What is on disk is opened anew, for reading only; what never left memory goes into a sealed file in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import os
from collections.abc import Sequence
from functools import partial
from typing import Protocol

_HERE = 512 * 1024  # bytes that are copied without asking a thread
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
_IOV_MAX = 512

Pieces = Sequence[bytes | bytearray | memoryview]


class Spooled(Protocol):
    """What a spool shows of a message (gateway.message.spool.Spool)."""

    @property
    def size(self) -> int: ...
    @property
    def fileno(self) -> int | None: ...
    def in_memory(self) -> list[bytes] | None: ...


Source = Spooled | bytes | bytearray | memoryview


async def descriptor(source: Source) -> tuple[int, int]:
    """A descriptor of the whole message, which the caller closes, and its size in bytes. OSError where none is left.

    The source may be closed as soon as this returns. A large message in memory is copied in a thread.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return await _copied([source]), len(source)
    pieces = source.in_memory()
    if pieces is not None:
        if sum(map(len, pieces)) != source.size:
            raise OSError(errno.EBADF, "the spool is closed")
        return await _copied(pieces), source.size
    fileno = source.fileno
    assert fileno is not None
    return _reopened(fileno), source.size


def _reopened(fileno: int) -> int:
    """Another descriptor of the same file, for reading only: what a child is given it cannot write to."""
    with contextlib.suppress(OSError):  # no /proc: the child's limit and filter forbid writing all the same
        return os.open(f"/proc/self/fd/{fileno}", os.O_RDONLY | os.O_CLOEXEC)
    return os.dup(fileno)


def in_memory(source: Source) -> Pieces | None:
    """A message's bytes where they are in memory, else None."""
    return [source] if isinstance(source, bytes | bytearray | memoryview) else source.in_memory()


async def _copied(pieces: Pieces) -> int:
    if sum(map(len, pieces)) <= _HERE:
        return _copy(pieces)
    copying = asyncio.get_running_loop().run_in_executor(None, partial(_copy, pieces))
    try:
        return await asyncio.shield(copying)
    except asyncio.CancelledError:
        copying.add_done_callback(_close)
        raise


def _close(copying: asyncio.Future[int]) -> None:
    if not copying.cancelled() and copying.exception() is None:
        os.close(copying.result())


def _copy(pieces: Pieces) -> int:
    fd = os.memfd_create("congthu-message", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for at in range(0, len(pieces), _IOV_MAX):
            _write(fd, pieces[at : at + _IOV_MAX])
        os.lseek(fd, 0, os.SEEK_SET)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _write(fd: int, pieces: Pieces) -> None:
    left = sum(map(len, pieces))
    written = os.writev(fd, pieces)
    if written < left:  # a write of 2 GiB at most
        rest = memoryview(b"".join(pieces))[written:]
        while rest:
            rest = rest[os.write(fd, rest) :]

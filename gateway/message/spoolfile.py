"""One file without a name that holds a spooled message: blocking calls only, meant for threads. Knows no messages.

The name is gone before the first byte is written (or never was), so a killed process leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from threading import Lock

from gateway.errors import SpoolFull

_PREFIX = "spool-"
_IOV_MAX = 512
_NO_TMPFILE = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT)


def remove_stale(folder: Path) -> int:
    """Remove the named files that a process killed between creating and unlinking left: how many there were."""
    removed = 0
    for path in folder.glob(_PREFIX + "*"):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
            removed += 1
    return removed


def open_unnamed(folder: Path) -> int:
    """A descriptor of a new file without a name. OSError where none can be made."""
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC | os.O_EXCL, 0o600)
    except OSError as error:
        if error.errno not in _NO_TMPFILE:
            raise
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    Path(name).unlink()
    return descriptor


class SpoolFile:
    """Append, and read back. `close` may come from any thread at any time, while others still write or read.

    The descriptor is closed when the last of them is done, so that its number is never reused under them.
    """

    __slots__ = ("_closed", "_lock", "_users", "descriptor", "size")

    def __init__(self) -> None:
        self.descriptor = -1
        self.size = 0
        self._users = 0
        self._closed = False
        self._lock = Lock()

    def append(self, folder: Path, batch: Sequence[bytes]) -> None:
        """Write everything, creating the file first if there is none. SpoolFull if the system has no room for it."""
        try:
            with self._in_use():
                if self.descriptor < 0:
                    self.descriptor = open_unnamed(folder)
                self._write(batch)
        except OSError as error:
            raise SpoolFull(f"cannot spool in {folder}: {error.strerror}") from error

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`; fewer only at the end."""
        with self._in_use():
            return os.pread(self.descriptor, size, offset)

    def read_cached(self, offset: int, buffer: memoryview) -> int:
        """Fill the buffer from the page cache without waiting: how many bytes, -1 if it would have to wait."""
        with self._in_use():
            try:
                return os.preadv(self.descriptor, [buffer], offset, os.RWF_NOWAIT)
            except (OSError, AttributeError):
                return -1

    def close(self) -> None:
        """Forget the file. Again does nothing."""
        with self._lock:
            self._closed = True
            self._close_if_unused()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, "the spool is closed")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closed and not self._users and self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _write(self, batch: Sequence[bytes]) -> None:
        pieces = iter(batch)
        while group := list(islice(pieces, _IOV_MAX)):
            self._write_group(group)

    def _write_group(self, group: list[bytes]) -> None:
        left = sum(map(len, group))
        rest: Sequence[bytes | memoryview] = group
        while left:
            written = os.pwritev(self.descriptor, rest, self.size)
            self.size += written
            left -= written
            if left:  # a short write: a full disk says so at the next try
                rest = _after(rest, written)


def _after(pieces: Sequence[bytes | memoryview], written: int) -> list[bytes | memoryview]:
    rest: list[bytes | memoryview] = []
    for piece in pieces:
        if written < len(piece):
            rest.append(memoryview(piece)[written:])
        written = max(0, written - len(piece))
    return rest

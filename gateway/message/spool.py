"""Received messages while they are judged: in memory up to a threshold, then in one unnamed file each.

Feeding never blocks; writing and uncached reading happen in threads. This room counts bytes and knows no mail.
Not thread safe: a spool belongs to its event loop (its file may be closed at any time).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from gateway.errors import SpoolFull, StartError
from gateway.message.spoolfile import SpoolFile, open_unnamed, remove_stale

BATCH = 512 * 1024  # bytes that are written at once
_SMALL = 4 * 1024  # shorter pieces are copied together: an object each would cost more than its bytes


class SpoolPool:
    """The spools of one worker, with their common bounds (bytes). StartError where `folder` cannot be used.

    A message larger than `threshold` leaves memory. Above `memory_cap` every message leaves it at once; above
    `disk_cap`, or twice the `memory_cap`, SpoolFull.
    """

    def __init__(self, folder: Path, threshold: int, memory_cap: int, disk_cap: int) -> None:
        self.folder = folder
        self.threshold = threshold
        self.memory_cap = memory_cap
        self.disk_cap = disk_cap
        self.memory_used = 0
        self.disk_used = 0
        self.open_spools = 0
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            remove_stale(folder)
            probe = SpoolFile()
            probe.descriptor = open_unnamed(folder)
            probe.close()
        except OSError as error:
            raise StartError(f"the spool folder {folder} cannot be used: {error.strerror}") from error

    def new(self) -> Spool:
        """An empty spool; whoever asked closes it. SpoolFull if there is no room even to begin."""
        if self.disk_used >= self.disk_cap or self.memory_used >= 2 * self.memory_cap:
            raise SpoolFull("the spool's caps are reached")
        return Spool(self)


class Spool:
    """One received message. Fed bytes are kept by reference and must not change. `size` in bytes so far."""

    __slots__ = ("_closed", "_disk", "_file", "_memory", "_pieces", "_pool", "_small", "size")

    def __init__(self, pool: SpoolPool) -> None:
        self._pool = pool
        self._pieces: list[bytes] = []
        self._small = bytearray()
        self._memory = 0  # bytes in `_pieces` and `_small`
        self._disk = 0  # bytes written, or claimed for writing
        self._file: SpoolFile | None = None
        self._closed = False
        self.size = 0
        pool.open_spools += 1

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Never waits; SpoolFull if there is no room for them."""
        pool = self._pool
        count = len(data)
        if self._closed or pool.memory_used + count > 2 * pool.memory_cap:
            raise SpoolFull("the spool's memory is used up")
        if count >= _SMALL:
            self._seal()
            self._pieces.append(data)
        else:
            self._small += data
            if len(self._small) >= BATCH:
                self._seal()
        self._memory += count
        self.size += count
        pool.memory_used += count

    @property
    def needs_flush(self) -> bool:
        """True when enough has been collected for a message that leaves memory."""
        if self._memory >= BATCH:
            return self.size > self._pool.threshold
        return self._memory > 0 and self._pool.memory_used > self._pool.memory_cap

    async def flush(self) -> None:
        """Write what was collected to the file, in a thread. SpoolFull if it does not fit; then only close it."""
        self._seal()
        batch, count = self._pieces, self._memory
        if not count:
            return
        if self._pool.disk_used + count > self._pool.disk_cap:
            raise SpoolFull("the spool's share of the disk is used up")
        if self._file is None:
            self._file = SpoolFile()
        self._pieces, self._memory = [], 0
        self._disk += count
        self._pool.disk_used += count
        try:
            await asyncio.get_running_loop().run_in_executor(None, self._file.append, self._pool.folder, batch)
            batch.clear()  # the thread may hold on to the list for a while
        finally:
            self._pool.memory_used -= count

    async def finish(self) -> None:
        """Everything is there: what is in a file is there as a whole."""
        if self._file is not None:
            await self.flush()
        self._seal()

    def in_memory(self) -> list[bytes] | None:
        """The pieces, if none was written; else None."""
        if self._file is not None:
            return None
        self._seal()
        return self._pieces

    @property
    def fileno(self) -> int | None:
        """The descriptor of the unnamed file, None for a message in memory. Valid until `close`."""
        return self._file.descriptor if self._file is not None else None

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`; fewer at the end. May wait for the disk. OSError after `close`."""
        if self._file is not None:
            return self._file.read(offset, size)
        self._seal()
        return _slice(self._pieces, offset, size)

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        """Everything in order: from memory as it was fed, from the file `size` bytes at a time."""
        pieces = self.in_memory()
        if pieces is not None:
            for piece in pieces:
                yield piece
            return
        assert self._file is not None
        buffer = memoryview(bytearray(min(size, self.size)))
        at = 0
        while at < self.size:
            piece = await self._chunk(self._file, at, buffer)
            at += len(piece)
            yield piece

    async def _chunk(self, file: SpoolFile, at: int, buffer: memoryview) -> bytes:
        """From the page cache, where it nearly always still is; else in a thread."""
        count = file.read_cached(at, buffer)
        if count > 0:
            return bytes(buffer[:count])
        piece = await asyncio.get_running_loop().run_in_executor(None, file.read, at, len(buffer))
        if not piece:
            raise OSError("the spool's file is shorter than what was written")
        return piece

    def close(self) -> None:
        """Free memory and file. Again does nothing; a thread that still writes or reads finishes first by itself."""
        if self._closed:
            return
        self._closed = True
        self._pool.open_spools -= 1
        self._pool.memory_used -= self._memory
        self._pool.disk_used -= self._disk
        self._pieces, self._memory, self._disk = [], 0, 0
        self._small = bytearray()
        if self._file is not None:
            self._file.close()

    def _seal(self) -> None:
        if self._small:
            self._pieces.append(bytes(self._small))
            self._small = bytearray()


def _slice(pieces: list[bytes], offset: int, size: int) -> bytes:
    out: list[bytes] = []
    for piece in pieces:
        if size <= 0:
            break
        if offset < len(piece):
            out.append(piece[offset : offset + size])
            size -= len(out[-1])
        offset = max(0, offset - len(piece))
    return b"".join(out)

"""The entries of one archive that libarchive reads: 7z, rar, cab, iso, tar, cpio, ar, lha."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.archives.budget import Meter
from gateway.archives.entry import Entry, Problem
from gateway.archives.reader import Header, Reader


def entries(reader: Reader, meter: Meter, *, free: bool) -> Iterator[Entry | Problem]:
    """Every file and link; folders only count. `free`: passing over an entry costs nothing (no compression).

    Raises ArchiveError where libarchive cannot go on.
    """
    while (header := reader.next()) is not None:
        meter.entry()
        if header.directory:
            continue
        entry = Entry(
            header.name,
            None if header.link and header.size <= 0 else _Body(reader, header, free),
            meter,
            encrypted=header.encrypted,
            link=header.link,
        )
        yield entry
        if problem := entry.leave():
            yield problem


class _Body:
    """What libarchive gives for the entry that it stands at. A `Body`."""

    __slots__ = ("_free", "_header", "_reader", "_taken")

    def __init__(self, reader: Reader, header: Header, free: bool) -> None:
        self._reader, self._header, self._free = reader, header, free
        self._taken = 0

    def read(self, size: int) -> bytes:
        """The next bytes."""
        piece = self._reader.read(size)
        self._taken += len(piece)
        return piece

    def skip(self) -> int | None:
        """Where nothing is compressed libarchive can pass over the rest; how much it is stands in the list."""
        if not self._free or self._header.size < 0:
            return None
        self._reader.skip()
        return max(0, self._header.size - self._taken)

"""An archive's own bytes: a range of a seekable file, each read counted as work. Knows no format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from gateway.archives.budget import Meter

CHUNK = 256 * 1024
_NEAR = 64


class Source:
    """Bytes `start` to `end` of a file, as offsets from `start`. `size` in bytes. The file belongs to the caller."""

    __slots__ = ("_file", "_start", "meter", "size")

    def __init__(self, file: BinaryIO, meter: Meter, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self.meter = meter
        self.size = max(0, end - start)

    def at(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset` on; fewer only where the range ends."""
        size = min(size, self.size - offset)
        if size <= 0 or offset < 0:
            return b""
        self._file.seek(self._start + offset)
        data = self._file.read(size)
        self.meter.work(len(data))
        return data

    def part(self, start: int, end: int) -> Source:
        """A range of this range."""
        return Source(self._file, self.meter, self._start + start, self._start + min(end, self.size))

    def find(self, mark: bytes, start: int, end: int) -> int:
        """Where `mark` stands next, wholly before `end`; -1 for nowhere. Cheap where it stands near."""
        keep, step = len(mark) - 1, _NEAR
        while start + keep < end:
            data = self.at(start, min(step, end - start))
            found = data.find(mark)
            if found >= 0:
                return start + found
            if len(data) <= keep:
                break
            start += len(data) - keep
            step = min(step * 8, CHUNK)
        return -1

    def finds(self, mark: bytes) -> Iterator[int]:
        """Every place where `mark` stands, in order, in one pass over the whole range. No mark overlaps itself."""
        keep, start, pattern = len(mark) - 1, 0, re.compile(re.escape(mark))  # twice as fast as bytes.find
        while len(data := self.at(start, CHUNK)) > keep:
            for found in pattern.finditer(data):
                yield start + found.start()
            start += len(data) - keep


Pull = Callable[[int], bytes]
"""A stream: at most so many bytes, b"" at its end."""

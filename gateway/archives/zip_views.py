"""A zip file with several directories, each shown as a file that has only that one: for readers that know one reading.

A document is a zip, too, and a zip may stand in another's comment, or its offsets may be counted from two places: one
office program then opens one document and the next another.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from gateway.archives.budget import Budget, Meter
from gateway.archives.source import Source
from gateway.archives.zip_directory import Placed, read_directories
from gateway.archives.zip_records import END

_TAIL = 22 + 0xFFFF  # where programs look for a directory's end (APPNOTE 4.3.16)
_ENTRIES = 0xFFFE
_UNSAID = (0xFFFF, 0xFFFFFFFF)  # said elsewhere (ZIP64)


def views(file: BinaryIO, size: int, budget: Budget) -> Iterator[BinaryIO]:
    """A view for each directory of a zip that has several, none for any other file. ArchiveError where it is too large.

    The file is the caller's, and read through the views: one at a time. Their directories know no checksums.
    """
    if not _may_have_more(file, size):
        return
    found = read_directories(Source(file, Meter(budget, size), 0, size), budget.limits.entries + 1)
    lists = [placed for placed in found.lists if 0 < len(placed) <= _ENTRIES]
    if len(lists) > 1:
        for placed in lists:
            yield _view(file, size, placed)


def _may_have_more(file: BinaryIO, size: int) -> bool:
    """Two ends, or one whose directory does not stand where it says: cheap, and true for next to no file."""
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        return False
    length, offset = struct.unpack_from("<LL", tail, at + 12)
    before = size - len(tail) + at - length
    return tail.find(END, 0, at) >= 0 or (offset != before and offset not in _UNSAID and length not in _UNSAID)


def _view(file: BinaryIO, size: int, placed: Sequence[Placed]) -> BinaryIO:
    """The file with a directory behind it that says where these entries are."""
    headers = b"".join(map(_header, placed))
    end = struct.pack("<4s4H2LH", END, 0, 0, len(placed), len(placed), len(headers), size, 0)
    return cast("BinaryIO", io.BufferedReader(_Longer(file, size, headers + end)))


def _header(each: Placed) -> bytes:
    said, name = each.header, each.header.names[0]
    sizes = [min(value, 0xFFFFFFFE) for value in (said.packed, said.size)]
    fixed = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, said.flags, said.method, 0, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0,
        min(each.at, 0xFFFFFFFE),
    )  # fmt: skip
    return fixed + name


class _Longer(io.RawIOBase):
    """A file of `size` bytes, and more bytes behind them."""

    def __init__(self, file: BinaryIO, size: int, more: bytes) -> None:
        super().__init__()
        self._file, self._size, self._more, self._at = file, size, more, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._at, self._size + len(self._more))[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at < self._size:
            self._file.seek(self._at)
            data = self._file.read(min(len(buffer), self._size - self._at))
        else:
            start = self._at - self._size
            data = self._more[start : start + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

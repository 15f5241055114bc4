"""Compound files (OLE2, [MS-CFB]): storages and streams by name, bounded. Knows no document inside them.

olefile does the reading. What it leaves open to a hostile file is closed here: sector sizes and table sizes from the
header, a directory walked by recursion, declared sizes beyond the file.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from typing import Any, BinaryIO

from olefile import olefile

from gateway.contents import Why
from gateway.documents.document import DocumentError, Sink

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_STORAGE, _STREAM = 1, 2  # [MS-CFB] 2.6.1, object types
_ENTRIES_A_PART = 10  # a recipient of an Outlook message alone takes about thirty entries
_DEPTH = 64  # storages inside one another


class Compound:
    """One storage of a compound file; names are compared without case ([MS-CFB] 2.6.4)."""

    __slots__ = ("_entry", "_file", "_sink", "depth")

    def __init__(self, file: Any, entry: Any, sink: Sink, depth: int = 0) -> None:
        self._file = file
        self._entry = entry
        self._sink = sink
        self.depth = depth

    @property
    def clsid(self) -> str:
        """The class of the object that wrote this storage, upper-case with dashes; "" for none."""
        return str(self._entry.clsid)

    def names(self) -> Iterator[str]:
        """Names of the streams and storages directly inside, as written."""
        return (kid.name for kid in self._entry.kids)

    def has(self, name: str) -> bool:
        """True where a stream or storage of this name is directly inside."""
        return name.lower() in self._entry.kids_dict

    def storage(self, name: str) -> Compound | None:
        """The storage of this name directly inside, None where there is none."""
        kid = self._entry.kids_dict.get(name.lower())
        return self._below(kid) if kid is not None and kid.entry_type == _STORAGE else None

    def storages(self) -> Iterator[tuple[str, Compound]]:
        """Every storage directly inside, with its name."""
        return ((kid.name, self._below(kid)) for kid in self._entry.kids if kid.entry_type == _STORAGE)

    def walk(self) -> Iterator[tuple[str, Compound]]:
        """Every storage at any depth, with its own name."""
        pending = deque(self.storages())
        while pending:
            name, storage = pending.popleft()
            yield name, storage
            pending.extend(storage.storages())

    def streams(self) -> Iterator[str]:
        """Names of the streams directly inside."""
        return (kid.name for kid in self._entry.kids if kid.entry_type == _STREAM)

    def size(self) -> int:
        """Bytes of all streams at any depth, as declared but within the file's size each."""
        inside = [self, *(storage for _, storage in self.walk())]
        kids = (kid for storage in inside for kid in storage._entry.kids if kid.entry_type == _STREAM)
        return sum(min(int(kid.size), int(self._file.capacity)) for kid in kids)

    def read(self, name: str, limit: int | None = None) -> bytes:
        """A stream's bytes, the first `limit` of them; b"" where there is none, less where the file ends before."""
        kid = self._entry.kids_dict.get(name.lower())
        if kid is None or kid.entry_type != _STREAM:
            return b""
        size = min(kid.size, self._file.capacity)
        size = size if limit is None else min(size, limit)
        if not size:
            return b""
        self._sink.expand(size)
        stream = self._file._open(kid.isectStart, size, force_FAT=not kid.is_minifat)
        return bytes(stream.getvalue())

    def _below(self, kid: Any) -> Compound:
        if self.depth >= _DEPTH:
            raise DocumentError(Why.TOO_DEEP, "storages")
        return Compound(self._file, kid, self._sink, self.depth + 1)


def open_compound(file: BinaryIO, sink: Sink) -> Compound:
    """The root storage. DocumentError (DAMAGED) where the header or the tables make no sense."""
    file.seek(0)
    header = file.read(512)
    size = file.seek(0, 2)
    if not _is_sane(header, size):
        raise DocumentError(Why.DAMAGED, "compound file header")
    opened = _File(file, sink)
    return Compound(opened, opened.root, sink)


def _is_sane(header: bytes, size: int) -> bool:
    """The header's numbers fit the file ([MS-CFB] 2.2): olefile reads as many tables as they say."""
    if len(header) < 512 or not header.startswith(MAGIC):
        return False
    shift, mini = struct.unpack_from("<HH", header, 30)
    if (shift, mini) not in ((9, 6), (12, 6)):
        return False
    tables, more_tables = struct.unpack_from("<I", header, 44)[0], struct.unpack_from("<I", header, 72)[0]
    entries = 1 << (shift - 2)
    return bool(tables <= 2 * (size >> shift) // entries + 256 and more_tables <= tables // (entries - 1) + 2)


class _File(olefile.OleFileIO):  # type: ignore[misc]
    """olefile with a directory read without recursion and every size held to the file's own."""

    def __init__(self, file: BinaryIO, sink: Sink) -> None:
        self._sink = sink
        try:
            super().__init__(file)
        except (OSError, ValueError, TypeError, IndexError, OverflowError, struct.error) as error:
            raise DocumentError(Why.DAMAGED, "compound file tables") from error

    @property
    def capacity(self) -> int:
        """Bytes that a stream can have at most."""
        return max(0, int(self.nb_sect)) * int(self.sectorsize)

    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        """Two streams may begin at one sector: olefile's look for that takes quadratic time, and says nothing here."""

    def loaddirectory(self, sect: int) -> None:
        """Entries that can be reached from the root, nearest first, each once; the rest does not exist for programs."""
        self.directory_fp = self._open(sect, force_FAT=True)
        count = self.directory_fp.size // 128
        self.direntries = [None] * count
        self.root = self._load_direntry(0)
        self.root.size = min(self.root.size, self.capacity)
        self.num_mini_fat_sectors: int = min(int(self.num_mini_fat_sectors), max(0, int(self.nb_sect)))
        pending = deque([(self.root, self.root.sid_child)])
        left = self._sink.limits.parts * _ENTRIES_A_PART
        while pending:
            storage, sid = pending.popleft()
            if sid >= count or self.direntries[sid] is not None:
                continue
            if not left:
                self._sink.unchecked(Why.TOO_MANY)
                return
            left -= 1
            pending.extend(self._place(storage, self._load_direntry(sid)))

    @staticmethod
    def _place(storage: Any, entry: Any) -> list[tuple[Any, int]]:
        """Hang an entry into its storage; what is still to be visited: its neighbours, and its own entries."""
        storage.kids.append(entry)
        storage.kids_dict.setdefault(entry.name.lower(), entry)
        inside = [(entry, entry.sid_child)] if entry.entry_type == _STORAGE else []
        return [(storage, entry.sid_left), (storage, entry.sid_right), *inside]

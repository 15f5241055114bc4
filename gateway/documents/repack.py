"""A storage as a compound file of its own ([MS-CFB]): an object in a document, a message in a message."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from gateway.contents import Why
from gateway.documents.compound import MAGIC, Compound
from gateway.documents.document import Sink

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_NONE, _END, _TABLE, _TABLES = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
STORAGE, STREAM, ROOT = 1, 2, 5
_IN_HEADER = 109  # sectors of the table that the header names; the rest stands in sectors of 127 numbers and a link


@dataclass(slots=True)
class Entry:
    """A directory entry; `data` is None for a storage, and the small streams for the root."""

    name: str
    kind: int
    data: bytes = b""
    clsid: str = ""
    kids: list[Entry] = field(default_factory=list)
    number: int = 0
    start: int = _END
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE


def repacked(storage: Compound, sink: Sink, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """The storage as a file, b"" (and a word in `unchecked`) where it is more than may still be embedded.

    `replaced`: streams directly in it that are to have other bytes.
    """
    if storage.size() > sink.embeddable:
        sink.unchecked(Why.TOO_LARGE)
        return b""
    root = Entry("Root Entry", ROOT, clsid=storage.clsid)
    _copy(storage, root, replaced or {})
    return compound_file(root)


def _copy(storage: Compound, into: Entry, replaced: Mapping[str, bytes]) -> None:
    for name in storage.streams():
        into.kids.append(Entry(name, STREAM, replaced[name] if name in replaced else storage.read(name)))
    for name, below in storage.storages():
        made = Entry(name, STORAGE, clsid=below.clsid)
        _copy(below, made, {})
        into.kids.append(made)


def compound_file(root: Entry) -> bytes:
    """Header, streams, directory and tables, in that order."""
    entries = _numbered(root)
    streams = [entry for entry in entries if entry.kind == STREAM and entry.data]
    sectors = _Sectors()
    small = _small(root, [entry for entry in streams if len(entry.data) < _CUTOFF])
    for entry in (*(entry for entry in streams if len(entry.data) >= _CUTOFF), root):
        entry.start = sectors.add(entry.data)
    small_start, small_count = sectors.add(small), -(-len(small) // _SECTOR)
    directory = sectors.add(b"".join(map(_packed, entries)).ljust(-(-len(entries) // 4) * _SECTOR, b"\x00"))
    tables, more, more_start = sectors.close()
    header = struct.pack("<8s16sHHHHH6xIIIII", MAGIC, b"", 0x3E, 3, 0xFFFE, 9, 6, 0, len(tables), directory, 0, _CUTOFF)
    header += struct.pack("<IIII", small_start, small_count, more_start, more)
    header += _numbers([*tables[:_IN_HEADER], *[_NONE] * (_IN_HEADER - len(tables))])
    return header + sectors.bytes()


def _small(root: Entry, streams: Sequence[Entry]) -> bytes:
    """Put the small streams into the root's own, in pieces of 64 bytes; their table."""
    pieces: list[bytes] = []
    table: list[int] = []
    for entry in streams:
        entry.start = len(table)
        pieces.append(_filled(entry.data, _MINI))
        table += _chain(len(table), len(pieces[-1]) // _MINI)
    root.data = b"".join(pieces)
    return _filled(_numbers(table), _SECTOR, b"\xff")


class _Sectors:
    """The sectors of a file and their table."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._table: list[int] = []

    def add(self, data: bytes) -> int:
        """Put a stream at the end; where it begins."""
        if not data:
            return _END
        start = len(self._table)
        self._pieces.append(_filled(data, _SECTOR))
        self._table += _chain(start, len(self._pieces[-1]) // _SECTOR)
        return start

    def close(self) -> tuple[list[int], int, int]:
        """Add the table itself: its sectors, how many sectors name those beyond the header's, the first of these."""
        used, count, more = len(self._table), 0, 0
        while count * 128 < used + count + more:
            count += 1
            more = -(-max(0, count - _IN_HEADER) // 127)
        tables = list(range(used, used + count))
        first = used + count
        self._table += [_TABLE] * count + [_TABLES] * more
        self._pieces.append(_filled(_numbers(self._table), _SECTOR, b"\xff"))
        for index in range(more):
            named = tables[_IN_HEADER + index * 127 :][:127]
            link = first + index + 1 if index + 1 < more else _END
            self._pieces.append(_numbers([*named, *[_NONE] * (127 - len(named)), link]))
        return tables, more, first if more else _END

    def bytes(self) -> bytes:
        """All sectors."""
        return b"".join(self._pieces)


def _numbered(root: Entry) -> list[Entry]:
    """Every entry, the root first, with its number and its neighbours in the tree of its storage."""
    entries = [root]
    for entry in entries:
        kids = sorted(entry.kids, key=lambda kid: (len(kid.name), kid.name.upper()))
        for kid in kids:
            kid.number = len(entries)
            entries.append(kid)
        entry.child = _tree(kids)
    return entries


def _tree(kids: Sequence[Entry]) -> int:
    """A balanced tree of sorted entries; the number of its top."""
    if not kids:
        return _NONE
    middle = len(kids) // 2
    kids[middle].left, kids[middle].right = _tree(kids[:middle]), _tree(kids[middle + 1 :])
    return kids[middle].number


def _packed(entry: Entry) -> bytes:
    """[MS-CFB] 2.6.1."""
    name = entry.name.encode("utf-16-le", "surrogatepass")[:62] + b"\x00\x00"
    clsid = UUID(entry.clsid).bytes_le if entry.clsid else b""
    return struct.pack(
        "<64sHBBIII16sIQQIII",
        name,
        len(name),
        entry.kind,
        1,
        entry.left,
        entry.right,
        entry.child,
        clsid,
        0,
        0,
        0,
        0 if entry.kind == STORAGE else entry.start,
        len(entry.data),
        0,
    )


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END]


def _filled(data: bytes, size: int, filler: bytes = b"\x00") -> bytes:
    return data.ljust(-(-len(data) // size) * size, filler)


def _numbers(values: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)

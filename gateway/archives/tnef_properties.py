"""A list of MAPI properties in a TNEF attribute ([MS-OXTNEF] 2.1.3.4). Values stay where they are: ranges are given."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.archives.errors import ArchiveError
from gateway.archives.source import Source
from gateway.contents import Why

STRING, UNICODE, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
_MANY = 0x1000  # several values of the type
_NAMED = 0x8000  # property ids from here on have a name
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16, 0: 0, 1: 0}
_VARIABLE = frozenset([STRING, UNICODE, BINARY, OBJECT])
_PROPERTIES = 4096  # looked at in one list, and values of one of them


@dataclass(frozen=True, slots=True)
class Property:
    """One variable value. `kind`: its type; `start` to `end`: where it stands in the source."""

    id: int
    kind: int
    start: int
    end: int


def properties(source: Source, start: int, end: int) -> Iterator[Property]:
    """Every string, binary and object of the list at `start`. ArchiveError where it makes no sense or is too long."""
    walk = _Walk(source, start, end)
    for _ in range(walk.count()):
        kind, number = struct.unpack("<HH", walk.take(4))
        if number >= _NAMED:
            walk.name()
        several = bool(kind & _MANY)
        kind &= ~_MANY
        if kind in _VARIABLE:
            for _ in range(walk.count()):
                at, length = walk.value()
                yield Property(number, kind, at, at + length)
        elif kind in _FIXED:
            walk.skip(_FIXED[kind] * (walk.count() if several else 1))
        else:
            raise ArchiveError(Why.DAMAGED, f"property type {kind:#x}")


class _Walk:
    """A position in the list."""

    __slots__ = ("_at", "_end", "_source")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source, self._at, self._end = source, start, end

    def take(self, size: int) -> bytes:
        data = self._source.at(self._at, size)
        self.skip(size)
        return data

    def skip(self, size: int) -> None:
        self._at += size
        if self._at > self._end:
            raise ArchiveError(Why.DAMAGED, "a property list ends too early")

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def count(self) -> int:
        number = self.number()
        if number * 4 > self._end - self._at:  # each takes four octets at least
            raise ArchiveError(Why.DAMAGED, "more properties than octets")
        if number > _PROPERTIES:
            raise ArchiveError(Why.TOO_MANY, "properties")
        return number

    def value(self) -> tuple[int, int]:
        """Where a variable value stands and its length; values are padded to four octets."""
        length, at = self.number(), self._at
        self.skip(length)
        self._at = min(self._end, self._at + -length % 4)
        return at, length

    def name(self) -> None:
        """A named property: its set's GUID, then a number or a string."""
        self.skip(16)
        if self.number() == 0:
            self.skip(4)
        else:
            self.value()

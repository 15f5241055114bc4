"""The records of a zip file, each read where it stands (APPNOTE.TXT 4.3). Judges nothing; bad ones are None."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from gateway.archives.names import cut
from gateway.archives.source import Source

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_ALL16, _ALL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _STREAMED, _STRONG, _UTF8, _MASKED = 1, 8, 1 << 6, 1 << 11, 1 << 13
_AES = 99
METHODS = frozenset([*range(13), 14, 16, 18, 19, 20, *range(92, 100)])
"""What APPNOTE 4.4.5 names: a record with another method is taken for bytes that only look like one."""
_FIELDS = 64  # extra fields looked at of one header
_NAME = 4096  # octets kept of a name: a thousand of them are held at once
_ODD_NAME = re.compile(rb"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Header:
    """What one header says about one entry. `packed`, `size` in bytes, `at`: of the local header, as said.

    `names`: raw, the first is what most programs show; `length`: octets of this header, all fields.
    """

    names: tuple[bytes, ...]
    flags: int
    method: int
    packed: int
    size: int
    at: int
    length: int

    @property
    def encrypted(self) -> bool:
        """True where its bytes need a password."""
        return bool(self.flags & (_ENCRYPTED | _STRONG)) or self.method == _AES

    @property
    def streamed(self) -> bool:
        """True where a local header leaves the sizes to a descriptor behind the bytes."""
        return bool(self.flags & _STREAMED) and self.packed == 0

    @property
    def masked(self) -> bool:
        """True where the directory is encrypted and the local headers hold nothing."""
        return bool(self.flags & _MASKED)

    @property
    def utf8(self) -> bool:
        """True where the names are said to be UTF-8."""
        return bool(self.flags & _UTF8)

    @property
    def folder(self) -> bool:
        """True where it stands for a folder and holds nothing."""
        return (
            self.names[0].endswith((b"/", b"\\")) and not self.size and self.packed <= 2
        )  # 2: an empty deflate stream


@dataclass(frozen=True, slots=True)
class End:
    """An end of a directory. `at`: where the record (zip64: its record) stands, `whole`: its comment ends the file."""

    at: int
    entries: int
    length: int
    offset: int
    split: bool
    whole: bool

    @property
    def empty(self) -> bool:
        """True where it ends a zip without entries."""
        return not self.entries and not self.length


def central(source: Source, at: int) -> Header | None:
    """The directory's header at `at`."""
    fixed = source.at(at, 46)
    if len(fixed) < 46 or not fixed.startswith(CENTRAL):
        return None
    flags, method, packed, size, name, extra, comment = struct.unpack("<8xHH8xLLHHH", fixed[:34])
    offset = int.from_bytes(fixed[42:46], "little")
    rest = source.at(at + 46, name + extra)
    fields = rest[name:]
    size, packed, offset = _wide(fields, size, packed, offset)
    return Header(_names(rest[:name], fields), flags, method, packed, size, offset, 46 + name + extra + comment)


def local(source: Source, at: int) -> Header | None:
    """The local header at `at`."""
    fixed = source.at(at, 30)
    if len(fixed) < 30 or not fixed.startswith(LOCAL):
        return None
    flags, method, packed, size, name, extra = struct.unpack("<6xHH8xLLHH", fixed)
    rest = source.at(at + 30, name + extra)
    fields = rest[name:]
    size, packed, _ = _wide(fields, size, packed, 0)
    return Header(_names(rest[:name], fields), flags, method, packed, size, at, 30 + name + extra)


def plausible(source: Source, header: Header) -> bool:
    """True where bytes that look like a local header can be one: nothing else vouches for it."""
    fits = header.at + header.length + header.packed <= source.size
    named = 0 < len(header.names[0]) <= 1024 and not _ODD_NAME.search(header.names[0])
    return fits and named and header.method in METHODS


def end(source: Source, at: int) -> End | None:
    """The end of a directory at `at`, with what its zip64 record says instead (4.3.14, 4.3.15)."""
    fixed = source.at(at, 22)
    if len(fixed) < 22 or not fixed.startswith(END):
        return None
    disk, first, here, entries, length, offset, comment = struct.unpack("<4xHHHHLLH", fixed)
    split = (disk, first) not in ((0, 0), (_ALL16, _ALL16)) or here != entries
    whole = at + 22 + comment == source.size
    if _ALL16 in (entries, disk) or _ALL32 in (length, offset):
        wide = _end64(source, at, whole)
        if wide is not None:
            return wide
    return End(at, entries, length, offset, split, whole)


def _end64(source: Source, at: int, whole: bool) -> End | None:
    locator = source.at(at - 20, 20)
    if not locator.startswith(_LOCATOR):
        return None
    for place in (int.from_bytes(locator[8:16], "little"), at - 20 - 56):
        fixed = source.at(place, 56)
        if len(fixed) == 56 and fixed.startswith(_END64):
            disk, first, here, entries, length, offset = struct.unpack("<16xLLQQQQ", fixed)
            return End(place, entries, length, offset, disk != first or here != entries, whole)
    return None


def _wide(fields: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The zip64 field (4.5.3) holds, in this order, those values that do not fit into their own."""
    wide = _field(fields, 0x0001)
    values = [size, packed, offset]
    for number, value in enumerate(values):
        if value == _ALL32 and len(wide) >= 8:
            values[number], wide = int.from_bytes(wide[:8], "little"), wide[8:]
    return values[0], values[1], values[2]


def _names(name: bytes, fields: bytes) -> tuple[bytes, ...]:
    """The name, and Info-ZIP's UTF-8 name (4.6.9): first where it belongs to this very name."""
    unicode_path = _field(fields, 0x7075)
    plain, better = cut(name, _NAME), cut(unicode_path[5:], _NAME)
    if not better or unicode_path[0] != 1 or better == plain:
        return (plain,)
    fits = int.from_bytes(unicode_path[1:5], "little") == zlib.crc32(name)
    return (better, plain) if fits else (plain, better)


def _field(fields: bytes, kind: int) -> bytes:
    """The first extra field of a kind (4.5.1), b"" for none."""
    at = 0
    for _ in range(_FIELDS):
        if at + 4 > len(fields):
            break
        found, length = struct.unpack_from("<HH", fields, at)
        if found == kind:
            return fields[at + 4 : at + 4 + length]
        at += 4 + length
    return b""

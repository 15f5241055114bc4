"""Compressed RTF ([MS-OXRTFCP]), expanded as a stream. Its checksum is not looked at."""

from __future__ import annotations

import struct

from gateway.archives.errors import ArchiveError
from gateway.archives.source import Source
from gateway.contents import Why

_LZFU, _MELA = b"LZFu", b"MELA"
_RING = 4096
_PRESET = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_PACKED = 4096  # packed octets taken at once
_MOST = 16 * 1024 * 1024  # expanded octets given: this is a loop in Python over what a stranger sent


class RtfBody:
    """The RTF that a property holds. A `Body`."""

    __slots__ = ("_at", "_end", "_given", "_kind", "_over", "_rest", "_ring", "_source", "_write")

    def __init__(self, source: Source, start: int, end: int) -> None:
        head = source.at(start, 16)
        if len(head) < 16 or end - start < 16:
            raise ArchiveError(Why.DAMAGED, "RTF header")
        packed, self._kind = struct.unpack("<L4x4s4x", head)
        self._source, self._at, self._end = source, start + 16, min(end, start + 4 + packed, source.size)
        self._ring = bytearray(_PRESET.ljust(_RING, b"\x00"))
        self._write = len(_PRESET)
        self._rest = b""
        self._given = 0
        self._over = False

    def read(self, size: int) -> bytes:
        """The next bytes."""
        while not self._rest and not self._over:
            self._rest = self._more()
            self._given += len(self._rest)
            if self._given > _MOST:
                raise ArchiveError(Why.TOO_LARGE, "RTF")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def skip(self) -> None:
        """Must be read."""

    def _more(self) -> bytes:
        packed = self._source.at(self._at, min(_PACKED, self._end - self._at))
        if not packed:
            self._over = True
        if self._kind == _MELA:
            self._at += len(packed)
            return packed
        if self._kind != _LZFU:
            raise ArchiveError(Why.UNSUPPORTED, "RTF compression")
        return self._expand(packed)

    def _expand(self, packed: bytes) -> bytes:
        """Whole runs only: a control octet and eight tokens of one or two octets."""
        out = bytearray()
        at, last = 0, self._at + len(packed) >= self._end
        while at < len(packed) and (last or at + 17 <= len(packed)) and not self._over:
            at = self._run(packed, at, out)
        self._at += at
        self._over = self._over or (last and at >= len(packed))
        return bytes(out)

    def _run(self, packed: bytes, at: int, out: bytearray) -> int:
        control, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed):
                break
            if not control >> bit & 1:
                self._put(packed[at], out)
                at += 1
                continue
            token, at = int.from_bytes(packed[at : at + 2], "big"), at + 2
            if token >> 4 == self._write:
                self._over = True
                break
            self._copy(token >> 4, (token & 15) + 2, out)
        return at

    def _copy(self, offset: int, length: int, out: bytearray) -> None:
        for step in range(length):
            self._put(self._ring[(offset + step) % _RING], out)

    def _put(self, octet: int, out: bytearray) -> None:
        out.append(octet)
        self._ring[self._write] = octet
        self._write = (self._write + 1) % _RING

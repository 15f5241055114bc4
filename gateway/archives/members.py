"""gz, bz2, xz, lzma and lz: streams one after another, decompressed by the standard library.

Not by libarchive, which gives nothing at all, and says nothing, where the first piece has a flaw at its end.
Checksums are not looked at (bzip2's and xz's cannot be passed over, but what stands before them is given first).
"""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Callable

from gateway.archives.decoders import Decoded, Decoder, Deflate
from gateway.archives.errors import ArchiveError
from gateway.archives.kinds import Format
from gateway.archives.source import Source
from gateway.contents import Why

_FHCRC, _FEXTRA, _FNAME, _FCOMMENT = 2, 4, 8, 16
_GZIP_HEAD, _LZIP_HEAD = 10, 6
_TAILS = {Format.GZIP: 8, Format.LZIP: 20}  # octets behind each stream: checksum and sizes
_TEXT = 64 * 1024  # octets looked through for the end of a gzip header's name or comment
_XZ_PADDING = 4


class Members:
    """The expanded bytes of all streams. What follows the last one and is no stream is passed over, as programs do.

    `name`: what the first gzip header calls the file, raw.
    """

    __slots__ = ("_at", "_kind", "_open", "_source", "name")

    def __init__(self, source: Source, kind: Format) -> None:
        self._source, self._kind = source, kind
        self._at = 0
        self.name = b""
        self._open: Decoded | None = self._next(first=True)

    def read(self, size: int) -> bytes:
        """The next bytes, b"" at the end."""
        while self._open is not None:
            if piece := self._open.read(size):
                return piece
            self._at = self._open.stop + _TAILS.get(self._kind, 0)
            self._open = self._next(first=False)
        return b""

    def _next(self, *, first: bool) -> Decoded | None:
        if self._kind is Format.LZMA and not first:
            return None  # nothing tells where another one would begin
        start = self._begin()
        if start is None:
            if first:
                raise ArchiveError(Why.DAMAGED, "no stream")
            return None
        return Decoded(self._source, start, self._source.size, self._maker())

    def _begin(self) -> int | None:
        """Where the next stream's packed bytes start, None where there is no further stream."""
        if self._kind is Format.GZIP:
            return self._gzip()
        if self._kind is Format.XZ:
            while self._source.at(self._at, _XZ_PADDING) == bytes(_XZ_PADDING):
                self._at += _XZ_PADDING
            return self._at if self._source.at(self._at, 6) == b"\xfd7zXZ\x00" else None
        if self._kind is Format.LZIP:
            return self._at + _LZIP_HEAD if self._source.at(self._at, 5) == b"LZIP\x01" else None
        if self._kind is Format.BZIP2:
            return self._at if self._source.at(self._at, 3) == b"BZh" else None
        return self._at

    def _maker(self) -> Callable[[], Decoder]:
        memory = self._source.meter.limits.memory
        if self._kind is Format.GZIP:
            return Deflate
        if self._kind is Format.BZIP2:
            return bz2.BZ2Decompressor
        if self._kind is Format.LZIP:
            return self._lzip(memory)
        form = lzma.FORMAT_XZ if self._kind is Format.XZ else lzma.FORMAT_ALONE
        return lambda: lzma.LZMADecompressor(form, memlimit=memory)

    def _lzip(self, memory: int) -> Callable[[], Decoder]:
        """The dictionary's size is a power of two less some sixteenths of it (draft-diaz-lzip 2)."""
        coded = self._source.at(self._at + 5, 1).ljust(1, b"\x00")[0]
        power = 1 << (coded & 31)
        size = power - power // 16 * (coded >> 5)
        if size > memory:
            raise ArchiveError(Why.TOO_LARGE, "dictionary")
        options = {"id": lzma.FILTER_LZMA1, "dict_size": max(size, 4096), "lc": 3, "lp": 0, "pb": 2}
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options])

    def _gzip(self) -> int | None:
        """Behind the header of RFC 1952 2.3."""
        head = self._source.at(self._at, _GZIP_HEAD)
        if len(head) < _GZIP_HEAD or not head.startswith(b"\x1f\x8b\x08"):
            return None
        flags, at = head[3], self._at + _GZIP_HEAD
        if flags & _FEXTRA:
            at += 2 + int.from_bytes(self._source.at(at, 2).ljust(2, b"\x00"), "little")
        if flags & _FNAME:
            name, at = self._text(at)
            self.name = self.name or name
        if flags & _FCOMMENT:
            _, at = self._text(at)
        return at + 2 if flags & _FHCRC else at

    def _text(self, at: int) -> tuple[bytes, int]:
        end = self._source.find(b"\x00", at, min(self._source.size, at + _TEXT))
        if end < 0:
            raise ArchiveError(Why.DAMAGED, "a gzip header without an end")
        return self._source.at(at, end - at), end + 1

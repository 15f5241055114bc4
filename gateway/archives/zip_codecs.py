"""One zip entry's bytes, decompressed as a stream by the method that a header names (APPNOTE.TXT 4.4.5)."""

from __future__ import annotations

import bz2
import lzma
import struct
from collections.abc import Callable

from gateway.archives.decoders import Decoded, Decoder, Deflate
from gateway.archives.errors import ArchiveError
from gateway.archives.ranges import RangeBody
from gateway.archives.reader import Reader
from gateway.archives.source import Source
from gateway.archives.zip_records import Header
from gateway.contents import Why

_STORED, _DEFLATED, _BZIP2, _LZMA, _XZ = 0, 8, 12, 14, 95
_BY_LIBARCHIVE = frozenset([93, 98])  # zstd, PPMd
_LZMA_ENDS = 1 << 1  # flag bit: the stream has a mark at its end
_LZMA_HEAD = 9


class ZipBody:
    """The bytes of one entry. A `Body`. `packed` None: its end must be found by reading.

    The method is asked only when bytes are. Must be closed.
    """

    __slots__ = ("_end", "_header", "_known", "_reader", "_source", "_start", "_stream", "_taken")

    def __init__(self, source: Source, start: int, packed: int | None, header: Header) -> None:
        self._source, self._start, self._header = source, start, header
        self._end = source.size if packed is None else start + packed
        self._known = packed is not None
        self._stream: Decoded | RangeBody | None = None
        self._reader: Reader | None = None
        self._taken = 0

    @property
    def stop(self) -> int:
        """Where the packed bytes end, once all was read; where they begin if that cannot be told."""
        return self._stream.stop if isinstance(self._stream, Decoded) else self._start

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if self._header.method in _BY_LIBARCHIVE:
            piece = self._by_libarchive(size)
        else:
            if self._stream is None:
                self._stream = self._open()
            piece = self._stream.read(size)
        self._taken += len(piece)
        if not piece and self._end > self._source.size and self._known:
            raise ArchiveError(Why.DAMAGED, "the file ends too early")
        return piece

    def skip(self) -> int | None:
        """Passing over costs nothing where the header says how much there is."""
        return max(0, self._header.size - self._taken) if self._known else None

    def close(self) -> None:
        """Free what libarchive holds."""
        if self._reader is not None:
            self._reader.close()

    def _open(self) -> Decoded | RangeBody:
        method = self._header.method
        if method == _STORED:
            return RangeBody(self._source, self._start, self._end)
        if method == _LZMA:
            return self._lzma()
        if (make := self._makers().get(method)) is None:
            raise ArchiveError(Why.UNSUPPORTED, f"zip method {method}")
        return Decoded(self._source, self._start, self._end, make)

    def _makers(self) -> dict[int, Callable[[], Decoder]]:
        memory = self._source.meter.limits.memory
        return {
            _DEFLATED: Deflate,
            _BZIP2: bz2.BZ2Decompressor,
            _XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=memory),
        }

    def _lzma(self) -> Decoded:
        """5.8.8: version, length of the properties, properties, raw stream."""
        head = self._source.at(self._start, _LZMA_HEAD)
        if len(head) < _LZMA_HEAD or head[2:4] != b"\x05\x00" or head[4] >= 9 * 5 * 5:
            raise ArchiveError(Why.DAMAGED, "LZMA properties")
        rest, lc = divmod(head[4], 9)
        pb, lp = divmod(rest, 5)
        (dictionary,) = struct.unpack("<L", head[5:])
        if dictionary > self._source.meter.limits.memory:
            raise ArchiveError(Why.TOO_LARGE, "dictionary")
        if lc + lp > 4:
            raise ArchiveError(Why.DAMAGED, "LZMA properties")
        options = {"id": lzma.FILTER_LZMA1, "dict_size": max(dictionary, 4096), "lc": lc, "lp": lp, "pb": pb}
        endless = not self._header.flags & _LZMA_ENDS
        start = self._start + _LZMA_HEAD
        return Decoded(
            self._source,
            start,
            self._end,
            lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[options]),
            endless=endless,
        )

    def _by_libarchive(self, size: int) -> bytes:
        """libarchive gets a zip of its own: a local header that says what ours said, and the packed bytes."""
        if self._reader is None:
            packed = max(0, min(self._end, self._source.size) - self._start)
            method, length = self._header.method, self._header.size
            head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 63, 0, method, 0, 0, 0, packed, length & 0xFFFFFFFF, 1, 0)
            first = iter((head + b"x",))
            rest = RangeBody(self._source, self._start, self._end)
            options = (b"zip:ignorecrc32",)
            self._reader = Reader(
                lambda most: next(first, b"") or rest.read(most), "zip_streamable", 16, options=options
            )
            self._reader.next()
        return self._reader.read(size)

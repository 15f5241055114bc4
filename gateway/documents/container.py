"""The zip file around a document: its parts, each unpacked as a stream within bounds.

The directory is read by `zipfile`; contents are unpacked here, so that no size that the file declares is believed.
Where the directory is broken the parts are found by their own headers, as office programs do to repair a file.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, cast

from gateway.contents import Why
from gateway.documents.document import DocumentError, Sink

_DIRECTORY = 4 * 1024 * 1024  # bytes of a directory: some 60,000 entries
_PIECE = 64 * 1024
_READ = 16 * 1024
_HEAD = 4 * 1024
_FREE = 1024 * 1024  # bytes that may be unpacked from however little
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001
_LOCAL = struct.Struct("<4s5H3L2H")  # a local file header, APPNOTE.TXT 4.3.7
_SIGNATURE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a part. `at`: of its local header; `packed`: bytes; `method`: 0 stored, 8 deflated."""

    name: str
    at: int
    packed: int
    method: int
    flags: int


class Part:
    """One file in the package. `name`: with forward slashes; `key`: the same in lower case. Parts share the file."""

    __slots__ = ("_entry", "_file", "_sink", "encrypted", "key", "name")

    def __init__(self, file: BinaryIO, sink: Sink, entry: Entry) -> None:
        self.name = entry.name.replace("\\", "/").lstrip("/")
        self.key = self.name.lower()
        self.encrypted = bool(entry.flags & _ENCRYPTED)
        self._file, self._sink, self._entry = file, sink, entry

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces. Raises `DocumentError`: damaged, encrypted, unsupported, ratio or a limit."""
        if self.encrypted:
            raise DocumentError(Why.ENCRYPTED, "a part")
        if self._entry.method == _STORED:
            return self._counted(self._packed())
        if self._entry.method == _DEFLATED:
            return self._counted(self._inflated())
        raise DocumentError(Why.UNSUPPORTED, "zip method")

    def head(self) -> bytes:
        """The first bytes, some 4 KiB, not counted; b"" where there are none to be had."""
        try:
            packed = b"" if self.encrypted else next(self._packed(), b"")
            if self._entry.method == _DEFLATED:
                return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, _HEAD)
            return packed[:_HEAD] if self._entry.method == _STORED else b""
        except (DocumentError, zlib.error):
            return b""

    def holds(self, words: tuple[bytes, ...]) -> bool:
        """True where one of these words, 64 bytes at most, stands in the content; or the content is not UTF-8 XML."""
        kept = b""
        for piece in self.pieces():
            data = kept + piece
            if b"\x00" in data or any(word in data for word in words):
                return True
            kept = data[-64:]
        return False

    def content(self, limit: int) -> bytes:
        """All of it; `DocumentError` beyond `limit` bytes."""
        kept = bytearray()
        for piece in self.pieces():
            kept += piece
            if len(kept) > limit:
                raise DocumentError(Why.TOO_LARGE, "a part")
        return bytes(kept)

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self._sink.expand(len(piece))
            yield piece

    def _packed(self) -> Iterator[bytes]:
        at = self._data_start()
        end = at + self._entry.packed
        while at < end:
            self._file.seek(at)  # each time: another part may have been read in between
            piece = self._file.read(min(_READ, end - at))
            if not piece:
                raise DocumentError(Why.DAMAGED, "cut short")
            at += len(piece)
            yield piece

    def _inflated(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        made, taken = 0, 0
        for packed in self._packed():
            taken += len(packed)
            while packed:
                try:
                    piece = unpacker.decompress(packed, _PIECE)
                except zlib.error as error:
                    raise DocumentError(Why.DAMAGED, "deflate") from error
                made += len(piece)
                if made > _FREE and made > taken * self._sink.limits.ratio:
                    raise DocumentError(Why.RATIO, "a part")
                if piece:
                    yield piece
                if unpacker.eof:  # what stands behind the stream's end may still be its "unconsumed" tail
                    return
                packed = unpacker.unconsumed_tail
        yield from filter(None, [unpacker.flush()])
        if not unpacker.eof:
            raise DocumentError(Why.DAMAGED, "cut short")

    def _data_start(self) -> int:
        self._file.seek(self._entry.at)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != _SIGNATURE:
            raise DocumentError(Why.DAMAGED, "no local header")
        name_size, extra_size = _LOCAL.unpack(header)[-2:]
        return cast("int", self._entry.at + _LOCAL.size + name_size + extra_size)


def parts_of(file: BinaryIO, sink: Sink) -> list[Part]:
    """Every part, in the order of the directory. Raises `DocumentError`: damaged, too many, overlapping."""
    try:
        entries = _listed(file)
    except DocumentError:
        raise
    except Exception:  # zipfile raises half a dozen kinds on a broken directory
        entries = _recovered(file, sink.limits.parts)
        if not entries:
            raise DocumentError(Why.DAMAGED, "no zip directory") from None
        sink.unchecked(Why.DAMAGED)
    if len(entries) > sink.limits.parts:
        raise DocumentError(Why.TOO_MANY, "parts")
    _refuse_overlap(entries)
    return [Part(file, sink, entry) for entry in entries if not entry.name.endswith("/")]


class _Guarded:
    """The file, as `zipfile` sees it: a directory that would fill the memory is not read."""

    def __init__(self, file: BinaryIO) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size: int = -1) -> bytes:
        if size > _DIRECTORY:
            raise DocumentError(Why.TOO_MANY, "zip directory")
        return self._read(size)


def _listed(file: BinaryIO) -> list[Entry]:
    """What the directory lists; raises where it does not lead to the parts."""
    with zipfile.ZipFile(cast("BinaryIO", _Guarded(file))) as archive:
        entries = [
            Entry(info.filename, info.header_offset, info.compress_size, info.compress_type, info.flag_bits)
            for info in archive.infolist()
        ]
    for entry in entries:
        file.seek(entry.at)
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            raise zipfile.BadZipFile
    return entries


def _refuse_overlap(entries: list[Entry]) -> None:
    """Honest entries follow one another; a bomb's share their bytes."""
    places = sorted((entry.at, entry.at + _LOCAL.size + entry.packed) for entry in entries)
    for (_, end), (start, _) in pairwise(places):
        if start < end:
            raise DocumentError(Why.OVERLAP, "zip entries")


def _recovered(file: BinaryIO, limit: int) -> list[Entry]:
    """Parts by their local headers; each reaches to the next one at most."""
    places = _local_headers(file, limit)
    ends = [*places[1:], file.seek(0, 2)]
    entries = []
    for at, end in zip(places, ends, strict=False):
        file.seek(at)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            continue
        _, _, flags, method, *_, packed, _, name_size, extra_size = _LOCAL.unpack(header)
        name = file.read(name_size).decode("utf-8", "replace")
        room = end - at - _LOCAL.size - name_size - extra_size
        if room >= 0:
            entries.append(Entry(name, at, min(packed, room) if packed else room, method, flags))
    return entries


def _local_headers(file: BinaryIO, limit: int) -> list[int]:
    found: list[int] = []
    base, kept = 0, b""
    file.seek(0)
    while piece := file.read(1024 * 1024):
        data = kept + piece
        found += [base + match.start() for match in re.finditer(re.escape(_SIGNATURE), data)]
        if len(found) > limit:
            raise DocumentError(Why.TOO_MANY, "parts")
        kept = data[-3:]
        base += len(data) - len(kept)
    return found

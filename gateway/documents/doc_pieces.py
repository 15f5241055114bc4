"""A Word file's text: pieces in the order of reading ([MS-DOC] 2.4.1), and where in the stream each character is."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.contents import Why
from gateway.documents import codepages
from gateway.documents.doc_fib import Fib

_PIECES, _FORMATS = 2, 1  # [MS-DOC] 2.9.38, 2.9.209
_COMPRESSED = 0x40000000


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of the text stand at byte `at` of the stream, `width` bytes each."""

    start: int
    end: int
    at: int
    width: int


def pieces_of(fib: Fib, table: bytes) -> list[Piece]:
    """The piece table; for a Word 6 file that has none, its one piece."""
    at, size = fib.tables["clx"]
    found = list(_pieces(_piece_table(table[at : at + size])))
    total = sum(fib.counts)
    return found or ([Piece(0, total, fib.first, 1)] if fib.old and total else [])


def _piece_table(clx: bytes) -> bytes:
    """The PlcPcd behind whatever formats stand before it."""
    position = 0
    while position + 5 <= len(clx):
        if clx[position] == _PIECES:
            size = struct.unpack_from("<I", clx, position + 1)[0]
            return clx[position + 5 : position + 5 + size]
        if clx[position] != _FORMATS:
            break
        position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
    return b""


def _pieces(table: bytes) -> Iterator[Piece]:
    count = (len(table) - 4) // 12
    if count < 1:
        return
    bounds = struct.unpack_from(f"<{count + 1}i", table)
    last = 0
    for index in range(count):
        start, end = bounds[index], bounds[index + 1]
        if start != last or end < start:
            return  # characters must follow one another
        last = end
        where = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * index + 2)[0]
        at = where & 0x3FFFFFFF
        yield Piece(start, end, at // 2, 1) if where & _COMPRESSED else Piece(start, end, at, 2)


class Text:
    """All characters, at most `limit`. `cut`: why there are less. One beyond U+FFFF stays two, as Word counts."""

    def __init__(self, stream: bytes, pieces: list[Piece], limit: int, *, page: int) -> None:
        self.cut: Why | None = None
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        parts: list[str] = []
        for piece in pieces:
            size = min(piece.end - piece.start, limit)
            limit -= size
            parts.append(_decoded(stream, piece, size, page))
            if len(parts[-1]) < piece.end - piece.start:
                self.cut = Why.DAMAGED if len(parts[-1]) < size else Why.TOO_LARGE
                break
        self.characters = "".join(parts)

    def place(self, at: int) -> int:
        """Where in the stream one character stands."""
        piece = self._pieces[max(0, bisect_right(self._starts, at) - 1)]
        return piece.at + (at - piece.start) * piece.width

    def places(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where in the stream the characters from `start` to `end` stand: ranges of bytes."""
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self._pieces) and self._pieces[index].start < end:
            piece = self._pieces[index]
            low, high = max(start, piece.start) - piece.start, min(end, piece.end) - piece.start
            if low < high:
                yield piece.at + low * piece.width, piece.at + high * piece.width
            index += 1


def _decoded(stream: bytes, piece: Piece, size: int, page: int) -> str:
    data = stream[piece.at : piece.at + size * piece.width]
    if piece.width == 1:
        return codepages.decode(data, page)
    data = data[: len(data) & ~1]
    text = data.decode("utf-16-le", "surrogatepass")
    return text if len(text) == len(data) // 2 else "".join(map(chr, array("H", data)))


def joined(text: str) -> str:
    """Text for people: two halves of a character become one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

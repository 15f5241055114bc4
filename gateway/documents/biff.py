"""Records of Excel's old formats ([MS-XLS] 2.1.4) and their strings. Knows no workbook.

`eight` is true for BIFF8 (Excel 97 on), whose strings are Unicode; before it they are bytes in the book's code page.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.documents import codepages

CONTINUE = 0x3C
_HALF = re.compile("[\ud800-\udfff]")
_WIDE, _EXTENDED, _RICH = 1, 4, 8  # flags of a string ([MS-XLS] 2.5.293)


@dataclass(frozen=True, slots=True)
class String:
    """Text, its bytes where no charset is declared, and the numbers of the fonts of its runs."""

    text: str
    raw: bytes = b""
    fonts: tuple[int, ...] = ()


_NOTHING = String("")


class Records:
    """The records of a stream, forward only, from any offset."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def walk(self, start: int) -> Iterator[tuple[int, int, int]]:
        """Type, first byte and end of each record's data, to the end of the stream."""
        data, size = self.data, len(self.data)
        unpack = struct.Struct("<HH").unpack_from
        while start + 4 <= size:
            kind, length = unpack(data, start)
            end = min(start + 4 + length, size)
            yield kind, start + 4, end
            start = end

    def continued(self, start: int, end: int) -> list[bytes]:
        """A record's data and that of the CONTINUE records behind it."""
        found = [self.data[start:end]]
        for kind, low, high in self.walk(end):
            if kind != CONTINUE:
                break
            found.append(self.data[low:high])
        return found


def string16(data: bytes, start: int, *, eight: bool, page: int) -> String:
    """A string with a length of two bytes, as in cells; in BIFF8 it may be a rich one."""
    if not eight:
        size = int.from_bytes(data[start : start + 2], "little")
        return _octets(data[start + 2 : start + 2 + size], page)
    return next(Strings([data[start:]]).read(1), _NOTHING)


def string8(data: bytes, start: int, *, eight: bool, page: int) -> String:
    """A string with a length of one byte, as in names of sheets and fonts."""
    if start >= len(data):
        return _NOTHING
    size = data[start]
    if not eight:
        return _octets(data[start + 1 : start + 1 + size], page)
    wide = data[start + 1 : start + 2] > b"\x00" and data[start + 1] & _WIDE
    return String(_joined([_characters(data[start + 2 : start + 2 + size * (2 if wide else 1)], bool(wide))]))


def octets(data: bytes, page: int) -> String:
    """8-bit text in a code page."""
    return _octets(data, page)


def _octets(data: bytes, page: int) -> String:
    text = codepages.decode(data, page)
    declared = page != codepages.ANSI and codepages.known(page)
    keep = not declared and not data.isascii() and data.decode("latin-1") == text
    return String(text, data if keep else b"")


def _characters(data: bytes, wide: bool) -> str:
    """Without the high bytes it is Latin-1: they are zero. Halves of characters stay as they are."""
    return data[: len(data) & ~1].decode("utf-16-le", "surrogatepass") if wide else data.decode("latin-1")


def _joined(parts: Sequence[str]) -> str:
    """Text in whole characters: two halves become one, a half alone a sign for it."""
    text = "".join(parts)
    if text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Strings:
    """BIFF8 strings that lie one after another in a record and its continuations ([MS-XLS] 2.5.293, 2.5.294)."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._index = 0
        self._at = 0

    def skip(self, size: int) -> None:
        """Pass over some bytes."""
        self._bytes(size)

    def read(self, limit: int) -> Iterator[String]:
        """The strings up to the end of the data, at most `limit`."""
        while limit and (made := self._string()) is not None:
            yield made
            limit -= 1

    def characters(self, size: int) -> str:
        """So many characters behind their flags, as in a text box."""
        flags = self._bytes(1)
        return self._text(size, bool(flags and flags[0] & _WIDE))

    def _string(self) -> String | None:
        head = self._bytes(3)
        if len(head) < 3:
            return None
        size, flags = head[0] | head[1] << 8, head[2]
        runs = int.from_bytes(self._bytes(2), "little") if flags & _RICH else 0
        extra = int.from_bytes(self._bytes(4), "little") if flags & _EXTENDED else 0
        text = self._text(size, bool(flags & _WIDE))
        numbers = self._bytes(4 * runs) if runs else b""
        if extra:
            self._bytes(extra)
        fonts = tuple(dict.fromkeys(struct.unpack(f"<{len(numbers) // 2}H", numbers[: len(numbers) & ~1])[1::2]))
        return String(text, b"", fonts)

    def _bytes(self, size: int) -> bytes:
        """The next bytes, less at the end of the data."""
        piece = self._pieces[self._index] if self._index < len(self._pieces) else b""
        if self._at + size <= len(piece):
            self._at += size
            return piece[self._at - size : self._at]
        found = bytearray(piece[self._at :])
        while len(found) < size and self._next():
            self._at = min(size - len(found), len(self._pieces[self._index]))
            found += self._pieces[self._index][: self._at]
        return bytes(found)

    def _next(self) -> bool:
        """Go to the next piece; false at the end of the data."""
        self._index, self._at = self._index + 1, 0
        if self._index < len(self._pieces):
            return True
        self._index = len(self._pieces)
        return False

    def _text(self, size: int, wide: bool) -> str:
        """Characters; each further piece says again whether they have two bytes."""
        made: list[str] = []
        while True:
            width = 2 if wide else 1
            piece = self._pieces[self._index] if self._index < len(self._pieces) else b""
            count = min(size, (len(piece) - self._at) // width)
            made.append(_characters(piece[self._at : self._at + count * width], wide))
            self._at += count * width
            size -= count
            if not size or not self._next():
                return _joined(made)
            wide = bool(self._bytes(1)[:1] > b"\x00")

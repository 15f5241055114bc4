"""Fonts of a Word file: their names ([MS-DOC] 2.9.286) and those that its styles ask for (2.9.271)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache

from gateway.documents import codepages

# Single property modifiers ([MS-DOC] 2.6.1) that matter here.
_FONT_ASCII, _FONT_OTHER = 0x4A4F, 0x4A51
_CAPITALS = (0x083B, 0x083A)  # all, and small ones
_SPECIAL, _SYMBOL, _STYLE = 0x0855, 0x6A09, 0x4A30
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)  # of the operand, by the top three bits; 0: it says so itself
_LONG = (0xD608, 0xD606)  # table definitions have a size of two bytes
_BASES = 12  # styles based on one another
_PARAGRAPH, _CHARACTER = 1, 2


def font_names(table: bytes, *, old: bool) -> list[str]:
    """Names by number."""
    names, position = [], 2 if old else 4
    while position < len(table):
        size = table[position] + 1
        row = table[position : position + size]
        if old:
            names.append(codepages.decode(row[6:].split(b"\x00", 1)[0], codepages.ANSI))
        else:
            row = row[40 : 40 + ((len(row) - 40) & ~1)]
            names.append(row.decode("utf-16-le", "replace").split("\x00", 1)[0])
        position += size
    return names


def modifiers(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Modifiers and operands of a list of them; it ends where one makes no sense."""
    position = 0
    while position + 3 <= len(data):
        code = struct.unpack_from("<H", data, position)[0]
        position += 2
        size = _SIZES[code >> 13]
        if not size:
            wide = code in _LONG
            size = struct.unpack_from("<H", data + b"\x00", position)[0] + 1 if wide else data[position] + 1
        yield code, data[position : position + size]
        position += size


class Look:
    """What a run's modifiers say: numbers of fonts, its style, whether it is special, and a symbol (font, code).

    `capitals`: whether it is shown so; None where it does not say.
    """

    __slots__ = ("capitals", "fonts", "special", "style", "symbol")

    def __init__(self, data: bytes) -> None:
        self.fonts: tuple[int, ...] = ()
        self.capitals: bool | None = None
        self.special = False
        self.style = 0
        self.symbol: tuple[int, int] | None = None
        for code, operand in modifiers(data):
            self._take(code, operand)

    def _take(self, code: int, operand: bytes) -> None:
        if code in (_FONT_ASCII, _FONT_OTHER) and len(operand) == 2:
            self.fonts += (int.from_bytes(operand, "little"),)
        elif code in _CAPITALS and operand:
            self.capitals = self.capitals or operand[0] in (0x01, 0x81)  # 0x81: other than the style, 0x80: like it
        elif code == _SPECIAL:
            self.special = operand == b"\x01"
        elif code == _STYLE and len(operand) == 2:
            self.style = int.from_bytes(operand, "little")
        elif code == _SYMBOL and len(operand) == 4:
            font, character = struct.unpack("<HH", operand)
            self.symbol = (font, character)


_NOTHING = Look(b"")
look_of = lru_cache(maxsize=4096)(Look)


class Styles:
    """The style sheet. A style without a font has its base's, and in the end the document's own."""

    def __init__(self, table: bytes, limit: int) -> None:
        self._own: list[tuple[int, tuple[int, ...]]] = []
        self._loud: dict[int, bool] = {}  # what styles say of capitals
        self._default: tuple[int, ...] = ()
        if len(table) >= 20:
            size, base = struct.unpack_from("<H", table)[0], struct.unpack_from("<H", table, 4)[0]
            self._default = (struct.unpack_from("<H", table, 14)[0],)
            for number, data in enumerate(_sized(table[2 + size :], limit)):
                parent, look = _style(data, base)
                self._own.append((parent, look.fonts))
                if look.capitals is not None:
                    self._loud[number] = look.capitals

    def fonts(self, number: int) -> tuple[int, ...]:
        """Numbers of the fonts of a style."""
        for _ in range(_BASES):
            if number >= len(self._own):
                break
            number, fonts = self._own[number]
            if fonts:
                return fonts
        return self._default

    def capitals(self, number: int) -> bool:
        """Whether a style shows capitals."""
        for _ in range(_BASES if self._loud else 0):
            if number in self._loud or number >= len(self._own):
                break
            number = self._own[number][0]
        return self._loud.get(number, False)


def _sized(data: bytes, limit: int) -> Iterator[bytes]:
    """Blocks behind their sizes, each at an even place."""
    position = 0
    while position + 2 <= len(data) and limit:
        size = struct.unpack_from("<H", data, position)[0]
        yield data[position + 2 : position + 2 + size]
        position += 2 + size + size % 2
        limit -= 1


def _style(data: bytes, base: int) -> tuple[int, Look]:
    """The style that this one is based on, and what it says itself ([MS-DOC] 2.9.260)."""
    if len(data) < base + 2 or base < 10:
        return 0xFFFF, _NOTHING
    kind, parent = data[2] & 0x0F, struct.unpack_from("<H", data, 2)[0] >> 4
    name = struct.unpack_from("<H", data, base)[0]
    formats = list(_sized(data[base + 2 + 2 * name + 2 :], 3))
    index = {_PARAGRAPH: 1, _CHARACTER: 0}.get(kind, len(formats))
    return parent, look_of(formats[index]) if index < len(formats) else _NOTHING

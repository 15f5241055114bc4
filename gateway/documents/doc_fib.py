"""Where things stand in a Word file: its information block ([MS-DOC] 2.5), and that of Word 6 and 95."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from gateway.contents import Why
from gateway.documents.document import DocumentError

_WORD97, _WORD6 = 0xA5EC, 0xA5DC
_ENCRYPTED, _TABLE1 = 0x0100, 0x0200

# The parts of the text, in their order, and what their units are called.
PARTS = ("paragraph", "footnote", "header", "macro", "comment", "endnote", "text box", "header text box")
_COUNTS_97 = (0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64, 0x68)
_COUNTS_6 = (0x34, 0x38, 0x3C, 0x40, 0x44, 0x48, 0x4C, 0x50)

# Offset of (position, size) in the table stream: [MS-DOC] 2.5.6.
_TABLES_97 = {
    "clx": 0x1A2,
    "fonts": 0x112,
    "styles": 0xA2,
    "headers": 0xF2,
    "chpx": 0xFA,
    "papx": 0x102,
    "authors": 0x1BA,
}
_TABLES_6 = {"clx": 0x160, "fonts": 0xD0}


@dataclass(frozen=True, slots=True)
class Fib:
    """`old`: Word 6 or 95, whose text is 8-bit. `counts`: characters of each of `PARTS`. `first`: where text begins.

    `tables`: position and size of each table by name, (0, 0) for none.
    """

    old: bool
    encrypted: bool
    table_stream: str
    counts: tuple[int, ...]
    first: int
    tables: dict[str, tuple[int, int]]


def read_fib(data: bytes) -> Fib:
    """The block at the head of the stream WordDocument. DocumentError (DAMAGED, UNSUPPORTED) where it is none."""
    if len(data) < 0x180:
        raise DocumentError(Why.DAMAGED, "Word header")
    mark, version = struct.unpack_from("<HH", data)
    flags = struct.unpack_from("<H", data, 10)[0]
    if mark not in (_WORD97, _WORD6):
        raise DocumentError(Why.UNSUPPORTED if version < 101 else Why.DAMAGED, "Word version")
    old = mark == _WORD6 or version < 0x6A
    counts = [struct.unpack_from("<i", data, at)[0] for at in (_COUNTS_6 if old else _COUNTS_97)]
    if len(data) < 0x200 and not old:
        raise DocumentError(Why.DAMAGED, "Word header")
    return Fib(
        old,
        bool(flags & _ENCRYPTED),
        "WordDocument" if old else "1Table" if flags & _TABLE1 else "0Table",
        tuple(max(0, count) for count in counts),
        struct.unpack_from("<I", data, 0x18)[0],
        {name: _place(data, at) for name, at in (_TABLES_6 if old else _TABLES_97).items()},
    )


def _place(data: bytes, at: int) -> tuple[int, int]:
    position, size = struct.unpack_from("<II", data, at)
    return position, size

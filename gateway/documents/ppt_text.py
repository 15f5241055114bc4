"""Fonts of PowerPoint text: the collection's names, and which of them a text's runs name ([MS-PPT] 2.9.44)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# Fields of a paragraph's exceptions ([MS-PPT] 2.9.20) and of characters' (2.9.13), in their order: mask, bytes.
_PARAGRAPH = (
    (0xF, 2),
    (0x80, 2),
    (0x10, 2),
    (0x40, 2),
    (0x20, 4),
    (0x800, 2),
    (0x1000, 2),
    (0x2000, 2),
    (0x4000, 2),
    (0x100, 2),
    (0x400, 2),
    (0x8000, 2),
    (0x100000, 0),  # tab stops: their number, then four bytes each
    (0x10000, 2),
    (0xE0000, 2),
    (0x200000, 2),
)
_STYLE = 0x3EB7
_FONTS = ((0x10000, True), (0x200000, False), (0x400000, True), (0x800000, False))  # Latin, East Asian, ANSI, symbols
_COMPLEX, _KEY = 0x8000, 0x3FFF  # of a shape's property: its value stands behind all of them
_TEXTS, _FONT = (0x00C0, 0x0381), 0x00C5
_AFTER = ((0x20000, 2), (0x40000, 4), (0x80000, 2))


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `start` to `end` of a text are in the font of this number."""

    start: int
    end: int
    font: int


def run_fonts(data: bytes, length: int) -> list[Run]:
    """Runs of a text of `length` characters that name a font, from a StyleTextPropAtom. It ends where that is cut."""
    try:
        return list(_fonts(data, _paragraphs(data, length), length))
    except struct.error:
        return []


def _paragraphs(data: bytes, length: int) -> int:
    """Where the runs of characters begin, behind those of paragraphs."""
    at, left = 0, length + 1
    while left > 0:
        count, _, masks = struct.unpack_from("<IHI", data, at)
        at, left = at + 10, left - max(1, count)
        for mask, size in _PARAGRAPH:
            if masks & mask:
                at += size or 2 + 4 * struct.unpack_from("<H", data, at)[0]
    return at


def _fonts(data: bytes, at: int, length: int) -> Iterator[Run]:
    start = 0
    while start <= length and at + 8 <= len(data):
        count, masks = struct.unpack_from("<II", data, at)
        end = start + max(1, count)
        at += 10 if masks & _STYLE else 8
        for mask, named in _FONTS:
            if masks & mask:
                if named and at + 2 <= len(data):
                    yield Run(start, end, struct.unpack_from("<H", data, at)[0])
                at += 2
        at += sum(size for mask, size in _AFTER if masks & mask)
        start = end


def paragraphs(text: str, runs: list[Run]) -> Iterator[tuple[str, list[int]]]:
    """Each paragraph of a text with the numbers of its fonts; one pass over the runs, which follow one another."""
    begin = first = 0
    for paragraph in text.split("\r"):
        end = begin + len(paragraph)
        while first < len(runs) and runs[first].end <= begin:
            first += 1
        last = first
        while last < len(runs) and runs[last].start < end:
            last += 1
        yield paragraph.replace("\x0b", "\n"), [run.font for run in runs[first:last]]
        begin = end + 1


def utf16(data: bytes, *, whole: bool = False) -> str:
    """Text, up to its first NUL unless `whole`."""
    text = data[: len(data) & ~1].decode("utf-16-le", "replace")
    return text if whole else text.split("\x00", 1)[0]


def art_text(data: bytes, count: int) -> tuple[list[str], str]:
    """Texts among the `count` properties of a shape, and their font: WordArt, descriptions ([MS-ODRAW] 2.3.22.1)."""
    count = min(count, len(data) // 6)
    texts, font, at = [], "", 6 * count
    for index in range(count):
        key, size = struct.unpack_from("<HI", data, 6 * index)
        if not key & _COMPLEX:
            continue
        value, at = data[at : at + size], at + size
        if key & _KEY in _TEXTS:
            texts.append(utf16(value))
        elif key & _KEY == _FONT:
            font = utf16(value)
    return texts, font

"""How a Word file's characters are set: runs and paragraphs by their place in the stream ([MS-DOC] 2.8.5, 2.8.6)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from gateway.documents.doc_styles import Look, Styles, look_of

_PAGE = 512
_Value = TypeVar("_Value")


class Ranges(Generic[_Value]):
    """Values of ranges of bytes that follow one another."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._values: list[_Value] = []
        self._end = 0

    def add(self, start: int, end: int, value: _Value) -> None:
        """Take the next range; one that does not follow the last is left out."""
        if self._end <= start < end:
            self._starts.append(start)
            self._values.append(value)
            self._end = end

    def __len__(self) -> int:
        return len(self._starts)

    def at(self, place: int) -> _Value | None:
        """The value of the range that a byte stands in, or of the last before it."""
        index = bisect_right(self._starts, place) - 1
        return self._values[index] if index >= 0 else None

    def within(self, start: int, end: int) -> Iterator[_Value]:
        """Values of the ranges that overlap one."""
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self._starts) and self._starts[index] < end:
            yield self._values[index]
            index += 1


def runs(stream: bytes, table: bytes, limit: int) -> Ranges[Look]:
    """Every run of characters with its look."""
    found: Ranges[Look] = Ranges()
    _fill(found, stream, table, limit, 1, _look)
    return found


def paragraphs(stream: bytes, table: bytes, limit: int) -> Ranges[int]:
    """Every paragraph with the number of its style."""
    found: Ranges[int] = Ranges()
    _fill(found, stream, table, limit, 13, _style_number)
    return found


def _fill(
    into: Ranges[_Value], stream: bytes, table: bytes, limit: int, width: int, value: Callable[[bytes, int], _Value]
) -> None:
    """Read the pages that the table names: bounds, an offset of `width` bytes for each, and what it leads to."""
    count = (len(table) - 4) // 8
    if count < 1:
        return
    for number in struct.unpack_from(f"<{count}I", table, 4 * (count + 1)):
        at = (number & 0x3FFFFF) * _PAGE
        page = stream[at : at + _PAGE]
        size = page[-1] if len(page) == _PAGE else 0
        if not size or 4 * (size + 1) + width * size > _PAGE or len(into) >= limit:
            continue
        bounds = struct.unpack_from(f"<{size + 1}I", page)
        for index in range(size):
            offset = page[4 * (size + 1) + width * index]
            into.add(bounds[index], bounds[index + 1], value(page, 2 * offset))


def _look(page: bytes, offset: int) -> Look:
    return look_of(page[offset + 1 : offset + 1 + page[offset]] if offset else b"")


def _style_number(page: bytes, offset: int) -> int:
    if not offset or offset + 4 > _PAGE:
        return 0
    at = offset + 1 if page[offset] else offset + 2
    return int(struct.unpack_from("<H", page, at)[0])


class Formatting:
    """Names of the fonts of any range of the stream."""

    def __init__(self, names: list[str], styles: Styles, looks: Ranges[Look], paragraphs: Ranges[int]) -> None:
        self._names = names
        self._styles = styles
        self.looks = looks
        self._paragraphs = paragraphs

    def fonts(self, start: int, end: int) -> Iterator[str]:
        """Fonts of the characters that stand there, some more than once; without any runs, all of the document's."""
        if not len(self.looks):
            yield from self._names
            return
        style = self._paragraphs.at(end - 1) or 0
        for look in self.looks.within(start, end):
            numbers = look.fonts or (self._styles.fonts(look.style) if look.style else self._styles.fonts(style))
            yield from (self._names[number] for number in numbers if number < len(self._names))

    def capitals(self, start: int, end: int) -> bool:
        """Whether some of the characters that stand there are shown in capitals."""
        style = self._styles.capitals(self._paragraphs.at(end - 1) or 0)
        return any(
            (style or self._styles.capitals(look.style)) if look.capitals is None else look.capitals
            for look in self.looks.within(start, end)
        )

    def name(self, number: int) -> str:
        """A font's name, "" where there is none."""
        return self._names[number] if number < len(self._names) else ""

"""The texts of one Excel sheet ([MS-XLS] 2.1.7.20): cells, headers, comments, shapes, charts, prompts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.documents.biff import String, Strings, octets
from gateway.documents.document import Sink
from gateway.documents.xls_book import BOF, EOF, Book

_COMMENT = 0x19  # type of an object ([MS-XLS] 2.5.143)
_MACROS = 0x40  # type of a substream (2.4.21)
_CODE = re.compile(r'&(?:"([^",]*)[^"]*"|\d{1,3}|K[0-9A-Fa-f]{6}|.)', re.DOTALL)  # of a header (2.4.136)
_SECTIONS = frozenset("LCR")


class SheetReader:
    """One pass over a sheet's records, and those of the charts in it."""

    def __init__(self, book: Book, name: str, sink: Sink) -> None:
        self._book = book
        self._sink = sink
        self._place = f"sheet '{name}'"
        self._data = book.records.data
        self._formula = ""  # the cell whose text follows
        self._formula_format = 0
        self._object = (0, 0)  # type and number of the object whose text follows
        self._comments: dict[int, tuple[String, str]] = {}
        self._shapes = 0
        self._acts: dict[int, Callable[[int, int], None]] = {
            0xFD: self._shared,
            0x204: self._label,
            0xD6: self._label,
            0x06: self._begin_formula,
            0x206: self._begin_formula,
            0x406: self._begin_formula,
            0x207: self._result,
            0x14: lambda start, end: self._header("header", start, end),
            0x15: lambda start, end: self._header("footer", start, end),
            0x5D: self._begin_object,
            0x1B6: self._shape,
            0x1C: self._note,
            0x100D: self._chart_text,
            0x1BE: self._prompts,
        }

    def read(self, start: int) -> int:
        """Read from the sheet's first record to its last; where that ends."""
        depth = 0
        for kind, low, high in self._book.records.walk(start):
            if kind == BOF:
                depth += 1
                if self._number(low + 2) == _MACROS:
                    self._sink.macros()
            elif kind == EOF:
                depth -= 1
            elif self._sink.text and (act := self._acts.get(kind)) is not None:
                act(low, high)
            start = high
            if depth <= 0:
                break
        for text, author in self._comments.values():
            self._comment(f"{self._place} comment", text, author)
        return start

    def _number(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 2], "little")

    def _cell(self, at: int) -> str:
        return f"{self._place} {_column(self._number(at + 2))}{self._number(at) + 1}"

    def _unit(self, place: str, made: String, cell_format: int = -1) -> None:
        fonts = self._book.fonts_of(cell_format, made.fonts) if cell_format >= 0 else ()
        self._sink.unit(place, made.text, fonts, made.raw)

    # Cells

    def _shared(self, start: int, end: int) -> None:
        index = int.from_bytes(self._data[start + 6 : start + 10], "little")
        if end - start >= 10 and index < len(self._book.strings):
            self._unit(self._cell(start), self._book.strings[index], self._number(start + 4))

    def _label(self, start: int, end: int) -> None:
        self._unit(self._cell(start), self._book.string16(start + 6, end), self._number(start + 4))

    def _begin_formula(self, start: int, _: int) -> None:
        self._formula, self._formula_format = self._cell(start), self._number(start + 4)

    def _result(self, start: int, end: int) -> None:
        """The text that a formula gave; a long one goes on in the records behind it."""
        if self._book.eight:
            reader = Strings(self._book.records.continued(start, end))
            made = next(reader.read(1), String(""))
        else:
            made = self._book.string16(start, end)
        self._unit(self._formula or self._place, made, self._formula_format)

    # Headers and footers

    def _header(self, kind: str, start: int, end: int) -> None:
        if start == end:
            return
        made = self._book.string16(start, end) if self._book.eight else self._book.string8(start, end)
        fonts: list[str] = []

        def code(match: re.Match[str]) -> str:
            fonts.append(match[1] or "")
            return "&" if match[0] == "&&" else "\n" if match[0][1:] in _SECTIONS else ""

        text = _CODE.sub(code, made.text).strip("\n")
        self._sink.unit(f"{self._place} {kind}", text, fonts, made.raw if text == made.text else b"")

    # Shapes and comments

    def _begin_object(self, start: int, end: int) -> None:
        """Its first part tells type and number ([MS-XLS] 2.5.143)."""
        self._object = (self._number(start + 4), self._number(start + 6)) if end - start >= 8 else (0, 0)

    def _shape(self, start: int, end: int) -> None:
        if end - start < 14:
            return
        size, pieces = self._number(start + 10), self._book.records.continued(start, end)[1:]
        fonts = pieces.pop() if self._number(start + 12) and len(pieces) > 1 else b""
        runs = tuple(int.from_bytes(fonts[at + 2 : at + 4], "little") for at in range(0, len(fonts) - 7, 8))
        made = String(Strings(pieces).characters(size), b"", runs) if pieces else String("")
        kind, number = self._object
        if kind == _COMMENT:
            self._comments[number] = (made, "")
            return
        self._shapes += 1
        self._unit(f"{self._place} shape {self._shapes}", made, 1 << 16)

    def _note(self, start: int, end: int) -> None:
        """Which cell a comment belongs to, and who wrote it; before Excel 97 the comment itself."""
        place = f"{self._cell(start)} comment"
        if not self._book.eight:
            size = self._number(start + 4)
            made = octets(self._data[start + 6 : min(end, start + 6 + size)], self._book.page)
            self._sink.unit(place, made.text, (), made.raw)
            return
        text, _ = self._comments.pop(self._number(start + 6), (String(""), ""))
        self._comment(place, text, self._book.string16(start + 8, end).text)

    def _comment(self, place: str, text: String, author: str) -> None:
        self._unit(place, text, 1 << 16)
        self._sink.unit(f"{place} author", author)

    # Charts and prompts

    def _chart_text(self, start: int, end: int) -> None:
        made = self._book.string8(start + 2, end)
        self._sink.unit(f"{self._place} chart", made.text, (), made.raw)

    def _prompts(self, start: int, end: int) -> None:
        """Title and text of a prompt and of an error ([MS-XLS] 2.4.95)."""
        if self._book.eight:
            for made in Strings([self._data[start + 4 : end]]).read(4):
                self._sink.unit(f"{self._place} prompt", made.text)


@lru_cache(maxsize=1024)
def _column(number: int) -> str:
    """A, B … Z, AA …"""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name

"""What an Excel workbook says before its sheets ([MS-XLS] 2.1.7.20.3): fonts, formats, strings, names of sheets."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.contents import Why
from gateway.documents import codepages
from gateway.documents.biff import Records, String, Strings, string8, string16
from gateway.documents.document import DocumentError, Sink

BOF, EOF = 0x809, 0x0A
_EIGHT = 0x600  # version of BIFF8
_MACROS = 1  # type of a sheet ([MS-XLS] 2.4.28)
_CHANNEL = "\x03"  # divides program and topic of a DDE link ([MS-XLS] 2.5.277)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name and where its records begin."""

    name: str
    start: int


class Book:
    """The globals of a workbook. `encrypted`: nothing behind that record can be read."""

    def __init__(self, records: Records, sink: Sink) -> None:
        self.records = records
        self.page = codepages.ANSI
        self.encrypted = False
        self.sheets: list[Sheet] = []
        self.strings: list[String] = []
        self._sink = sink
        self._fonts: list[str] = []
        self._formats: list[int] = []
        self.eight = self._version() == _EIGHT
        self._acts: dict[int, Callable[[int, int], None]] = {
            0x42: self._codepage,
            0x31: self._font,
            0x231: self._font,
            0xE0: self._format,
            0x85: self._sheet,
            0xFC: self._strings,
            0x1AE: self._link,
            0x41E: self._number_format,
        }

    def _version(self) -> int:
        data = self.records.data
        if len(data) < 8 or int.from_bytes(data[:2], "little") != BOF:
            raise DocumentError(Why.DAMAGED, "workbook")
        return int.from_bytes(data[4:6], "little")

    def read(self) -> None:
        """Read to the end of the globals."""
        limit = self._sink.limits.references
        for kind, start, end in self.records.walk(0):
            if kind == EOF:
                break
            if kind == 0x2F:
                self.encrypted = True
                break
            if (act := self._acts.get(kind)) is not None:
                act(start, end)
            if max(len(self._fonts), len(self._formats), len(self.sheets), len(self.strings)) >= limit:
                self._sink.unchecked(Why.TOO_MANY)
                break

    def fonts_of(self, cell_format: int, runs: Iterable[int]) -> tuple[str, ...]:
        """Names of a cell's font and those of its text's runs."""
        own = self._formats[cell_format : cell_format + 1]
        return tuple(dict.fromkeys(name for number in (*own, *runs) if (name := self.font(number))))

    def font(self, number: int) -> str:
        """A font's name by its number, which passes over 4 ([MS-XLS] 2.5.129)."""
        index = number - (number > 4)
        return self._fonts[index] if index < len(self._fonts) else ""

    def string16(self, start: int, end: int) -> String:
        """A string with a length of two bytes."""
        return string16(self.records.data[start:end], 0, eight=self.eight, page=self.page)

    def string8(self, start: int, end: int) -> String:
        """A string with a length of one byte."""
        return string8(self.records.data[start:end], 0, eight=self.eight, page=self.page)

    def _number(self, start: int, end: int) -> int:
        return int.from_bytes(self.records.data[start : min(start + 2, end)], "little")

    def _codepage(self, start: int, end: int) -> None:
        self.page = self._number(start, end)

    def _font(self, start: int, end: int) -> None:
        self._fonts.append(self.string8(start + 14, end).text)

    def _format(self, start: int, end: int) -> None:
        self._formats.append(self._number(start, end))

    def _sheet(self, start: int, end: int) -> None:
        data = self.records.data[start:end]
        if len(data) < 7:
            return
        if data[5] == _MACROS:
            self._sink.macros()
        name = self.string8(start + 6, end)
        self.sheets.append(Sheet(name.text, struct.unpack_from("<I", data)[0]))
        self._sink.unit("sheet name", name.text, (), name.raw)

    def _strings(self, start: int, end: int) -> None:
        if not self._sink.text:
            return
        reader = Strings(self.records.continued(start, end))
        reader.skip(8)
        self.strings.extend(reader.read(self._sink.limits.references - len(self.strings)))

    def _link(self, start: int, end: int) -> None:
        """A link to another program is run when the book is opened and brought up to date."""
        if _CHANNEL in self.string16(start + 2, end).text and end - start > 4:
            self._sink.active()

    def _number_format(self, start: int, end: int) -> None:
        made = self.string16(start + 2, end) if self.eight else self.string8(start + 2, end)
        if not made.text.isascii():
            self._sink.unit("number format", made.text, (), made.raw)

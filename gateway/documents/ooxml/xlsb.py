"""Excel's binary workbook ([MS-XLSB]): the same contents as its XML one, in records.

What kind of part it is, its first record says; names and relationships are not needed for that.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping

from gateway.contents import Why
from gateway.documents.cells import address_of
from gateway.documents.document import DocumentError, SpentError
from gateway.documents.ooxml.context import Context
from gateway.documents.ooxml.records import records
from gateway.documents.ooxml.sheets import split_header
from gateway.documents.ooxml.strings import Book, Rich

FIRST_RECORDS: Mapping[bytes, str] = {
    b"\x83\x01": "workbook",  # BrtBeginBook, 131
    b"\x81\x01": "sheet",  # BrtBeginSheet, 129
    b"\x9f\x01": "strings",  # BrtBeginSst, 159
    b"\x96\x02": "styles",  # BrtBeginStyleSheet, 278
    b"\xf4\x04": "comments",  # BrtBeginComments, 628
    b"\xe8\x02": "link",  # BrtBeginSupBook, 360
}
_DDE = 1  # 2.4.172, sbt of BrtBeginSupBook: 0 workbook, 1 DDE, 2 OLE

_Act = Callable[[bytes], None]


def kind_of(head: bytes) -> str:
    """What a part is by its first record, "" for none of these."""
    return FIRST_RECORDS.get(head[:2], "") if len(head) > 2 and head[2] < 0x80 else ""


class BinaryParts:
    """Reads the parts of one workbook; strings and styles must come before sheets."""

    def __init__(self, context: Context, book: Book) -> None:
        self._context, self._book = context, book
        self._key = self._place = ""
        self._row = 0
        self._in_formats = False
        self._readers: dict[str, dict[int, _Act]] = {
            "workbook": {156: self._sheet_name, 39: self._defined_name},
            "strings": {19: self._shared_string},
            "styles": {43: self._font, 617: self._begin_formats, 618: self._end_formats, 47: self._format},
            "sheet": {
                0: self._row_header,
                6: self._inline_cell,
                7: self._shared_cell,
                8: self._inline_cell,
                62: self._rich_cell,
                64: self._validation,
                479: self._header_footer,
            },
            "comments": {637: self._comment},
            "link": {360: self._link},
        }

    def read(self, kind: str, key: str, pieces: Iterable[bytes]) -> None:
        """Read one part. Raises `DocumentError` where it is damaged."""
        self._key, self._place = key, self._book.sheet_place(key)
        acts = self._readers[kind]
        for number, content in records(pieces):
            act = acts.get(number)
            if act is not None:
                self._act(act, content)

    def _act(self, act: _Act, content: bytes) -> None:
        """A record that makes no sense is left out alone."""
        try:
            act(content)
        except SpentError:
            raise
        except (struct.error, IndexError, DocumentError):
            self._context.sink.unchecked(Why.DAMAGED)

    # workbook

    def _sheet_name(self, data: bytes) -> None:
        identity, at = _string(data, 8)
        name, _ = _string(data, at)
        self._context.sink.unit(self._context.number("sheet name"), name)
        relation = self._context.relations.of(self._key).get(identity)
        if relation and self._book.spend_reference():
            self._book.names[relation.target] = name

    def _defined_name(self, data: bytes) -> None:
        name, at = _string(data, 9)
        self._context.sink.unit(f"defined name '{name}'", name)
        for _ in range(2):  # the formula: its tokens and their extra data
            at += 4 + struct.unpack_from("<I", data, at)[0]
        comment, _ = _string(data, at)
        self._context.sink.unit(f"defined name '{name}' comment", comment)

    def _link(self, data: bytes) -> None:
        if struct.unpack_from("<H", data)[0] == _DDE:
            self._context.sink.active()

    # strings and styles

    def _shared_string(self, data: bytes) -> None:
        self._book.remember(self._rich(data, 0))

    def _font(self, data: bytes) -> None:
        self._book.add_font(_string(data, 21)[0])

    def _begin_formats(self, _: bytes) -> None:
        self._in_formats = True

    def _end_formats(self, _: bytes) -> None:
        self._in_formats = False

    def _format(self, data: bytes) -> None:
        if self._in_formats:
            self._book.add_format(struct.unpack_from("<H", data, 4)[0])

    # sheets

    def _row_header(self, data: bytes) -> None:
        self._row = struct.unpack_from("<I", data)[0]

    def _inline_cell(self, data: bytes) -> None:
        self._cell(data, (_string(data, 8)[0], ()))

    def _shared_cell(self, data: bytes) -> None:
        self._cell(data, self._book.string(struct.unpack_from("<I", data, 8)[0]))

    def _rich_cell(self, data: bytes) -> None:
        self._cell(data, self._rich(data, 8))

    def _cell(self, data: bytes, rich: Rich) -> None:
        column, style = struct.unpack_from("<II", data)
        self._book.cell(self._place, address_of(self._row, column), rich, style & 0xFFFFFF)

    def _validation(self, data: bytes) -> None:
        at = 8 + 16 * struct.unpack_from("<I", data, 4)[0]
        for _ in range(4):
            text, at = _string(data, at)
            self._context.sink.unit(f"{self._place} message", text)

    def _header_footer(self, data: bytes) -> None:
        at = 2
        for what in ("header", "footer") * 3:
            text, at = _string(data, at)
            shown, fonts = split_header(text)
            self._context.sink.unit(f"{self._place} {what}", shown, fonts or (self._book.cell_font(0),))

    def _comment(self, data: bytes) -> None:
        text, fonts = self._rich(data, 0)
        self._context.sink.unit(self._context.number("comment"), text, fonts)

    def _rich(self, data: bytes, at: int) -> Rich:
        """RichStr, 2.5.121: flags, text, and where it has runs, the font of each from a character on."""
        flags = data[at]
        text, at = _string(data, at + 1)
        if not flags & 1:
            return text, ()
        count = struct.unpack_from("<I", data, at)[0]
        if count > (len(data) - at) // 4:
            raise DocumentError(Why.DAMAGED, "runs")
        runs = [struct.unpack_from("<HH", data, at + 4 + 4 * index) for index in range(count)]
        plain = [] if runs and runs[0][0] == 0 else [""]  # what stands before the first run has the cell's font
        fonts = [self._book.fonts[font] if font < len(self._book.fonts) else "" for _, font in runs]
        return text, tuple(dict.fromkeys(plain + fonts))


def _string(data: bytes, at: int) -> tuple[str, int]:
    """XLWideString or XLNullableWideString, 2.5.169: the text and where it ends."""
    count = struct.unpack_from("<I", data, at)[0]
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    if end > len(data):
        raise DocumentError(Why.DAMAGED, "a string")
    return data[at + 4 : end].decode("utf-16-le", "replace"), end

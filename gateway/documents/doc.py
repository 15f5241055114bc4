"""Text and fonts of Word files, 6 to 2003 ([MS-DOC]): every part, by paragraph. Knows nothing of mail.

An optional hyphen comes out as U+00AD and a non-breaking one as U+2011. Control characters that Word does not mark as
special stay: under some old Vietnamese charsets they are letters.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Iterator

from gateway.contents import Why
from gateway.documents.compound import Compound
from gateway.documents.doc_fib import PARTS, Fib, read_fib
from gateway.documents.doc_format import Formatting, Ranges, paragraphs, runs
from gateway.documents.doc_pieces import Text, joined, pieces_of
from gateway.documents.doc_styles import Look, Styles, font_names
from gateway.documents.document import Sink
from gateway.documents.objects import read_object
from gateway.documents.propertyset import read_properties

_HEAD = 0x400
_ENDS = "\r\x07\x0c\x0e"  # paragraph, cell, page or section, column
_BEGIN, _SEPARATOR, _END = "\x13", "\x14", "\x15"  # of a field: instruction, then result
_PICTURES = "\x01\x02\x03\x04\x05\x08("  # stand for something else where they are special; "(" for a symbol
_LINE = "\x0b"
_CHARACTERS = {_LINE: "\n", "\x1e": "\u2011", "\x1f": "\u00ad"}
_MARK = re.compile(r"[\x01-\x08\x0b-\x0e\x13-\x15\x1e\x1f(]")
_DDE = re.compile(r"(?i)\bDDE(?:AUTO)?\b")
_DDE_BYTES = re.compile(rb"(?i)D\x00?D\x00?E")
_FOOTERS = (2, 3, 5)  # of the six stories of a section ([MS-DOC] 2.3.5)


def read_storage(root: Compound, sink: Sink) -> None:
    """Read a Word file's root storage into the sink; see `document`."""
    sink.document.format = "doc"
    read_properties(root, sink)
    fib = read_fib(root.read("WordDocument", _HEAD))
    if fib.encrypted:
        sink.encrypted()
        return
    if (pool := root.storage("ObjectPool")) is not None:
        for number, (_, storage) in enumerate(pool.storages(), 1):
            read_object(storage, sink, f"object {number}")
    stream = root.read("WordDocument")
    if sink.text or _DDE_BYTES.search(stream):
        table = stream if fib.old else root.read(fib.table_stream)
        _Reader(fib, stream, table, sink).run()


class _Reader:
    """The whole text, part by part."""

    def __init__(self, fib: Fib, stream: bytes, table: bytes, sink: Sink) -> None:
        self.fib = fib
        self.sink = sink
        self.numbers: dict[str, int] = {}
        self._table = table
        self.text = Text(stream, pieces_of(fib, table), sink.limits.text, page=0 if fib.old else 1252)
        self.formatting = self._formatting(stream)

    def _formatting(self, stream: bytes) -> Formatting:
        names, limit = font_names(self._named("fonts"), old=self.fib.old), self.sink.limits.references
        if self.fib.old:  # its formats have other codes: every text gets every font
            return Formatting(names, Styles(b"", 0), Ranges(), Ranges())
        styles = Styles(self._named("styles"), limit)
        looks, all_paragraphs = (
            runs(stream, self._named("chpx"), limit),
            paragraphs(stream, self._named("papx"), limit),
        )
        return Formatting(names, styles, looks, all_paragraphs)

    def _named(self, name: str) -> bytes:
        at, size = self.fib.tables.get(name, (0, 0))
        return self._table[at : at + size]

    def run(self) -> None:
        """Every part in turn."""
        start = 0
        for part, count in zip(PARTS, self.fib.counts, strict=True):
            end = min(start + count, len(self.text.characters))
            for kind, low, high in self._stories(part, start, end):
                _Story(self, kind).run(low, high)
            start = end
        self._authors()
        if self.text.cut or len(self.text.characters) < sum(self.fib.counts):
            self.sink.unchecked(self.text.cut or Why.DAMAGED)

    def _stories(self, part: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """A part as a whole; that of headers and footers by what each is."""
        table = self._named("headers") if part == "header" else b""
        bounds = [start + bound for bound in struct.unpack(f"<{len(table) // 4}i", table[: len(table) & ~3])]
        last = start
        for index, high in enumerate(bounds[1:]):
            if last < high <= end:
                kind = "separator" if index < 6 else "footer" if index % 6 in _FOOTERS else "header"
                yield kind, last, high
                last = high
        if last < end:
            yield part, last, end

    def _authors(self) -> None:
        """Who wrote the comments ([MS-DOC] 2.9.301)."""
        data, position = self._named("authors"), 0
        while position + 2 <= len(data):
            size = 2 * struct.unpack_from("<H", data, position)[0]
            name = data[position + 2 : position + 2 + size]
            self.sink.unit("comment author", name[: len(name) & ~1].decode("utf-16-le", "replace"))
            position += 2 + size


class _Story:
    """Text that runs on: the body, a header, the footnotes … Fields may span its paragraphs."""

    def __init__(self, reader: _Reader, kind: str) -> None:
        self._reader = reader
        self._kind = kind
        self._parts: list[str] = []
        self._begin = 0  # where the paragraph began
        self._fields: list[bool] = []  # open fields; true while in the instruction
        self._instructions: list[list[str]] = []

    def run(self, start: int, end: int) -> None:
        """Read the characters from `start` to `end`."""
        self._begin = at = start
        characters = self._reader.text.characters
        for match in _MARK.finditer(characters, start, end):
            place = match.start()
            self._add(characters[at:place])
            at = place + 1
            self._mark(match[0], place)
        self._add(characters[at:end])
        while self._fields:
            self._end_field()
        if self._parts:
            self._break(end)

    def _add(self, text: str) -> None:
        if text:
            (self._instructions[-1] if self._instructions else self._parts).append(text)

    def _mark(self, mark: str, place: int) -> None:
        if mark in _ENDS:
            self._break(place)
        elif mark in _CHARACTERS:
            self._add(_CHARACTERS[mark])
        elif mark == "(" or mark in _PICTURES:
            self._add(self._picture(mark, place))
        elif not self._look(place).special:
            self._add(mark)
        elif mark == _BEGIN:
            self._fields.append(True)
            self._instructions.append([])
        elif mark == _SEPARATOR:
            self._instruction()
        elif mark == _END:
            self._end_field()

    def _look(self, place: int) -> Look:
        """The look of one character; where nothing says, a control character is special."""
        looks = self._reader.formatting.looks
        return (looks.at(self._reader.text.place(place)) if len(looks) else None) or _CONTROL

    def _picture(self, mark: str, place: int) -> str:
        look = self._look(place)
        if look.symbol is not None:
            return chr(look.symbol[1])
        return "" if look.special and mark != "(" else mark

    def _instruction(self) -> None:
        """An instruction is read to its end."""
        if not self._fields or not self._fields[-1]:
            return
        self._fields[-1] = False
        text = "".join(self._instructions.pop())
        self._unit("field", text, ())
        if _DDE.search(text):
            self._reader.sink.active()

    def _end_field(self) -> None:
        self._instruction()
        if self._fields:
            self._fields.pop()

    def _break(self, end: int) -> None:
        """A paragraph or cell is read to its end. Inside an instruction it is a line of that."""
        if self._instructions and self._fields:
            self._add("\n")
            return
        text = "".join(self._parts)
        fonts = self._fonts(self._begin, end) if text and not text.isspace() else ()
        self._unit(self._kind, text, fonts, loud=self._loud_lines(end) if fonts else ())
        self._parts, self._begin = [], end + 1

    def _fonts(self, start: int, end: int) -> tuple[str, ...]:
        formatting, found = self._reader.formatting, dict[str, None]()
        for low, high in self._reader.text.places(start, end):
            found.update(dict.fromkeys(formatting.fonts(low, high)))
        return tuple(found)

    def _loud_lines(self, end: int) -> Collection[int]:
        """Lines of the paragraph that ends here of which some is in capitals; an instruction's are no lines of it."""
        found, line, at = [], 0, self._begin
        for text in self._reader.text.characters[at:end].split(_LINE):
            if self._in_capitals(at, at + len(text)):
                found.append(line)
            line, at = line + 1, at + len(text) + 1
        return found if line == "".join(self._parts).count("\n") + 1 else range(line)

    def _in_capitals(self, start: int, end: int) -> bool:
        return any(self._reader.formatting.capitals(low, high) for low, high in self._reader.text.places(start, end))

    def _unit(self, kind: str, text: str, fonts: tuple[str, ...], *, loud: Collection[int] = ()) -> None:
        numbers = self._reader.numbers
        numbers[kind] = number = numbers.get(kind, 0) + 1
        raw = b""
        if self._reader.fib.old and not text.isascii():
            raw = text.encode("latin-1", "ignore")
            raw = raw if len(raw) == len(text) else b""
        self._reader.sink.unit(f"{kind} {number}", joined(text), fonts, raw, loud=loud)


_CONTROL = Look(b"\x55\x08\x01")

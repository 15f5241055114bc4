"""Text and fonts of PowerPoint files, 97 to 2003 ([MS-PPT]), by slide. Knows nothing of mail.

Only what is in force is read: a file that was saved fast still has the slides of before, which nobody sees.
"""

from __future__ import annotations

import io
import zlib

from gateway.contents import Why
from gateway.documents import vba
from gateway.documents.compound import Compound, open_compound
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.objects import read_object
from gateway.documents.ppt_records import DOCUMENT, Edits, Record, read_edits, record_at, walk
from gateway.documents.ppt_text import Run, art_text, paragraphs, run_fonts, utf16
from gateway.documents.propertyset import read_properties

_STREAM = "PowerPoint Document"
_CHARACTERS, _BYTES, _STRING, _RUNS = 0x0FA0, 0x0FA8, 0x0FBA, 0x0FA1
_FONT, _OBJECT, _CONTROL, _ACTION, _SESSION = 0x0FB7, 0x1011, 0x0FEE, 0x0FF3, 0x2F14
_ART = (0xF00B, 0xF121, 0xF122)  # properties of a shape ([MS-ODRAW] 2.2.9)
_RUN_PROGRAM = b"\x02"
_PLACES = {1006: "slide", 1008: "notes", 1016: "master", 4041: "handout"}
_LIST, _ROW = 0x0FF0, 0x03F3  # slides with their texts, and one of them
_LISTS = ("slide", "master", "notes")  # by instance ([MS-PPT] 2.4.14.3)
_KINDS = {0x2EE0: "comment", 0x0FD9: "header"}  # containers whose strings are called so
_TAGS = "___PPT"
_TIMES = 2  # objects may lie over one another; so many times the stream is read at most


def read_storage(root: Compound, sink: Sink) -> None:
    """Read a presentation's root storage into the sink; see `document`."""
    sink.document.format = "ppt"
    read_properties(root, sink)
    data = root.read(_STREAM)
    edits = read_edits(data, root.read("Current User", 4096))
    if edits.encrypted:
        sink.encrypted()
        return
    _Reader(data, edits, sink).run()


class _Reader:
    """Every object in force, the document first: it has the fonts and the order of the slides."""

    def __init__(self, data: bytes, edits: Edits, sink: Sink) -> None:
        self._data = data
        self._edits = edits
        self._sink = sink
        self._fonts: dict[int, str] = {}
        self._places: dict[int, str] = {}  # by the number of a slide's object
        self._counts: dict[str, int] = {}
        self._place = "presentation"
        self._list = _LISTS[0]
        self._kinds: list[int] = []  # of the containers that are open
        self._pending: tuple[str, str] | None = None  # place and text that may still get fonts

    def run(self) -> None:
        """Read what the edits name; where they make no sense, the whole stream."""
        size = len(self._data)
        document = record_at(self._data, self._edits.objects.get(self._edits.document, -1), size)
        if document is None or document.kind != DOCUMENT:
            self._sink.unchecked(Why.DAMAGED)
            self._inside(Record(0, 0, True, 0, size))
            return
        self._inside(document)
        left = _TIMES * size
        for number, at in self._in_order(document.start - 8):
            record = record_at(self._data, at, size)
            left -= record.end - at if record is not None else 8
            if left < 0:
                self._sink.unchecked(Why.TOO_MANY)
                return
            if record is not None:
                self._top(number, record)

    def _in_order(self, document: int) -> list[tuple[int, int]]:
        """Numbers and places of the objects but the document, as a reader would see them, each place once."""
        ranks = {number: rank for rank, number in enumerate(self._places)}
        pairs = sorted(self._edits.objects.items(), key=lambda pair: ranks.get(pair[0], len(ranks)))
        once = {at: number for number, at in reversed(pairs) if at != document}
        return [(number, at) for at, number in reversed(once.items())]

    def _top(self, number: int, record: Record) -> None:
        if record.kind == _OBJECT:
            self._object(record)
        elif record.container:
            self._place = self._places.get(number) or self._numbered(_PLACES.get(record.kind, "part"))
            self._inside(record)

    def _numbered(self, kind: str) -> str:
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        return f"{kind} {number}"

    def _inside(self, outer: Record) -> None:
        """Every record inside a container."""
        self._kinds = [outer.kind]
        for record, begins in walk(self._data, outer, self._sink.limits.depth):
            if not record.container:
                self._atom(record)
            elif begins:
                self._begin(record)
            else:
                self._end(record)
        self._flush()
        self._place = "presentation"

    def _begin(self, record: Record) -> None:
        self._flush()
        self._kinds.append(record.kind)
        if record.kind in _PLACES:
            self._place = self._numbered(_PLACES[record.kind])
        elif record.kind == _LIST:
            self._list = _LISTS[min(record.instance, len(_LISTS) - 1)]
        elif record.kind == _CONTROL:
            self._sink.active()
        elif record.kind == _SESSION:
            self._sink.encrypted()

    def _end(self, record: Record) -> None:
        self._flush()
        self._kinds.pop()
        if record.kind == _LIST:
            self._place = "presentation"

    def _atom(self, record: Record) -> None:
        kind, data = record.kind, self._data
        if kind == _OBJECT:
            self._object(record)
        elif kind == _ACTION and data[record.start + 8 : record.start + 9] == _RUN_PROGRAM:
            self._sink.active()
        elif not self._sink.text:
            return
        elif kind == _FONT:
            self._fonts[record.instance] = utf16(data[record.start : min(record.end, record.start + 64)])
        else:
            self._text_atom(record, data[record.start : record.end])

    # Texts

    def _text_atom(self, record: Record, data: bytes) -> None:
        kind = record.kind
        if kind in (_CHARACTERS, _BYTES):
            self._flush()
            self._pending = (self._place, data.decode("latin-1") if kind == _BYTES else utf16(data, whole=True))
        elif kind == _RUNS and self._pending is not None:
            self._flush(run_fonts(data, len(self._pending[1])))
        elif kind == _ROW:
            self._row(data)
        elif kind == _STRING:
            self._flush()
            self._string(utf16(data))
        elif kind in _ART:
            self._flush()
            texts, font = art_text(data, record.instance)
            for text in texts:
                self._sink.unit(self._place, text, (font,))

    def _row(self, data: bytes) -> None:
        """The texts that follow are of this slide ([MS-PPT] 2.4.14.5)."""
        self._flush()
        number = int.from_bytes(data[:4], "little")
        if number not in self._places and len(self._places) < self._sink.limits.references:
            self._places[number] = self._numbered(self._list)
        self._place = self._places.get(number, self._place)

    def _string(self, text: str) -> None:
        if not text.startswith(_TAGS):
            kind = next((_KINDS[kind] for kind in reversed(self._kinds) if kind in _KINDS), "")
            self._sink.unit(f"{self._place} {kind}".rstrip(), text)

    def _flush(self, runs: list[Run] | None = None) -> None:
        """The last text is complete. Without fonts of its own it may have any of the presentation's."""
        if self._pending is None:
            return
        place, text = self._pending
        self._pending = None
        for paragraph, numbers in paragraphs(text, runs or []):
            fonts = [self._fonts[number] for number in numbers if number in self._fonts]
            self._sink.unit(place, paragraph, fonts or self._fonts.values())

    # Objects

    def _object(self, record: Record) -> None:
        """An object's or the macros' own compound file, packed or not ([MS-PPT] 2.10.34)."""
        data = self._data[record.start : record.end]
        try:
            data = self._unpacked(data[4:]) if record.instance else data
            root = open_compound(io.BytesIO(data), self._sink)
            if vba.has_macros(root):
                self._sink.macros()
            elif not any(name.lower() == "vba" for name, _ in root.walk()):
                read_object(root, self._sink, "object")
        except SpentError:
            raise
        except (DocumentError, zlib.error):
            self._sink.active()
            self._sink.unchecked(Why.DAMAGED)

    def _unpacked(self, data: bytes) -> bytes:
        """DocumentError (TOO_LARGE, RATIO) for more than may be unpacked."""
        limits = self._sink.limits
        unpacker = zlib.decompressobj()
        made = unpacker.decompress(data, self._sink.expandable + 1)
        self._sink.expand(len(made))
        if len(made) > max(1024 * 1024, limits.ratio * len(data)):
            raise SpentError(Why.RATIO, "object")
        return made

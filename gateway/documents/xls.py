"""Text and fonts of Excel files, 5.0 to 2003 ([MS-XLS]), by sheet and cell. Knows nothing of mail."""

from __future__ import annotations

from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.biff import Records
from gateway.documents.compound import Compound
from gateway.documents.document import DocumentError, Sink, SpentError
from gateway.documents.encrypted import opened_workbook
from gateway.documents.objects import read_object
from gateway.documents.propertyset import read_properties
from gateway.documents.source import whole
from gateway.documents.xls_book import Book, Sheet
from gateway.documents.xls_sheet import SheetReader

_STREAMS = ("Workbook", "Book")
_OBJECTS = ("mbd", "lnk")  # how storages of objects and of links begin
_OLDER = (b"\x09\x00", b"\x09\x02", b"\x09\x04")  # how files of Excel 2 to 4 begin
_MACROS = b"\x40"  # the type of theirs that is a sheet of macros
_TIMES = 2  # sheets may lie over one another; so many times the stream is read at most
_LEAST = 64  # bytes that any sheet counts for


def read(file: BinaryIO, sink: Sink) -> None:
    """Read a workbook's bare stream, which Excel opens too; see `document`. Before 5.0: only whether it is macros."""
    sink.document.format = "xls"
    data = whole(file, sink)
    if data[6:7] == _MACROS:
        sink.macros()
    if data.startswith(_OLDER):
        raise DocumentError(Why.UNSUPPORTED, "Excel before 5.0")
    book = _book(data, sink)
    if not book.sheets:
        book.sheets.append(Sheet("", 0))  # one sheet and no workbook
    _read_book(book, sink)


def read_storage(root: Compound, sink: Sink) -> None:
    """Read a workbook's root storage into the sink; see `document`. A file may hold one of each version."""
    sink.document.format = "xls"
    objects = (storage for name, storage in root.storages() if name.lower().startswith(_OBJECTS))
    for number, storage in enumerate(objects, 1):
        read_object(storage, sink, f"object {number}")
    read_properties(root, sink)
    errors = [error for name in _STREAMS if root.has(name) and (error := _read_stream(name, root, sink)) is not None]
    if errors:
        raise errors[0]


def _read_stream(name: str, root: Compound, sink: Sink) -> DocumentError | None:
    """One of the two. Its error must not keep the other from being read."""
    try:
        book = _book(root.read(name), sink)
        if book.encrypted and (data := opened_workbook(root, sink)):
            book = _book(data, sink)
        _read_book(book, sink)
    except SpentError:
        raise
    except DocumentError as error:
        return error
    return None


def _book(data: bytes, sink: Sink) -> Book:
    book = Book(Records(data), sink)
    book.read()
    return book


def _read_book(book: Book, sink: Sink) -> None:
    """Every sheet, as the globals name them; what lies in one place is one sheet."""
    if book.encrypted:
        sink.encrypted()
        return
    left = _TIMES * len(book.records.data)
    sheets = {sheet.start: sheet for sheet in reversed(book.sheets)}
    for sheet in reversed(sheets.values()):
        if left <= 0:
            sink.unchecked(Why.TOO_MANY)
            break
        left -= max(_LEAST, SheetReader(book, sheet.name, sink).read(sheet.start) - sheet.start)

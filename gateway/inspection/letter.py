"""The words of a message that is a file itself: its subject and its text parts, as a document's units.

What is attached to it is no part of this: each of its files is read by itself.
"""

from __future__ import annotations

from gateway.documents.document import Document, DocumentError, Sink
from gateway.documents.html import read_source
from gateway.documents.limits import DocumentLimits
from gateway.documents.txt import add_lines, as_text
from gateway.message.extract import Extract, Read, open_extract
from gateway.message.names import filename_of
from gateway.message.part import Part
from gateway.message.result import ScannedMessage
from gateway.message.union import strict_view

_SUBJECT = 2000  # characters of a subject


def letter_of(read: Read, scanned: ScannedMessage, limits: DocumentLimits) -> Document:
    """Subject, then each text that a client would show ("part 1.2: line 3"); `format` is "eml". Raises nothing."""
    sink = Sink(limits)
    sink.document.format = "eml"
    parts = {part.path: part for part in scanned.parts}
    try:
        _subject(scanned, sink)
        for extract in strict_view(scanned).extracts:
            if not extract.attachment:
                _text(read, extract, parts[extract.part], sink)
    except DocumentError as error:
        sink.unchecked(error.reason)
    return sink.document


def _subject(scanned: ScannedMessage, sink: Sink) -> None:
    value = next(scanned.headers("Subject"), b"")[: 4 * _SUBJECT]
    if b"=?" in value:  # RFC 2047, read as tolerantly as it is in a file's name
        sink.unit("subject", filename_of({b"filename": value}, {}, "", _SUBJECT)[0])
    else:
        text, raw = (decoded := as_text(value)).unit(decoded.text)
        sink.unit("subject", text, raw=raw)


def _text(read: Read, extract: Extract, part: Part, sink: Sink) -> None:
    before = len(sink.document.units)
    data = b"".join(open_extract(read, extract, 4 * sink.limits.text))
    sink.expand(len(data))
    try:
        decoded = as_text(data, part.charset)
        if part.content_type == "text/html":
            read_source(decoded, sink)
        else:
            add_lines(decoded, sink)
    finally:
        for unit in sink.document.units[before:]:
            unit.place = f"part {part.path}: {unit.place}"

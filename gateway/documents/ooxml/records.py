"""Records of Excel's binary workbooks ([MS-XLSB] 2.1.4), as a stream, each of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.contents import Why
from gateway.documents.document import DocumentError

_LARGEST = 4 * 1024 * 1024  # bytes of a record: 32,767 characters with all their runs take 400 KiB


def records(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(type, content) of each record. `DocumentError` (damaged) where numbers make no sense or the end is missing."""
    data = b""
    at = 0
    for piece in pieces:
        data = data[at:] + piece
        at = 0
        while (header := _header(data, at)) is not None:
            kind, start, size = header
            if size > _LARGEST:
                raise DocumentError(Why.DAMAGED, "a record's size")
            if start + size > len(data):
                break
            yield kind, data[start : start + size]
            at = start + size
    if at < len(data):
        raise DocumentError(Why.DAMAGED, "a record cut short")


def _header(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Type, start of the content and its size; None where more bytes are needed."""
    end = len(data)
    if at >= end:
        return None
    kind, at = data[at], at + 1
    if kind & 0x80:
        if at >= end:
            return None
        kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
    size = 0
    for shift in (0, 7, 14, 21):
        if at >= end:
            return None
        byte, at = data[at], at + 1
        size |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return kind, at, size

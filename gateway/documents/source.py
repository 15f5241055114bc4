"""A document's bytes, as many as one reading may take. Knows no format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.document import Sink

_PIECE = 1024 * 1024
_REACH = 4096  # octets of the piece before that come again, so that what stands across both is seen


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """All of the file's bytes without NULs, which UTF-16 has; the end of each piece begins the next one, too."""
    file.seek(0)
    kept = b""
    while piece := file.read(_PIECE):
        data = kept + piece.replace(b"\0", b"")
        yield data
        kept = data[-_REACH:]


def whole(file: BinaryIO, sink: Sink) -> bytes:
    """The file's bytes, at most `limits.expanded` of them; where it has more, that is said in `unchecked`."""
    file.seek(0)
    data = file.read(sink.limits.expanded + 1)
    if len(data) <= sink.limits.expanded:
        return data
    sink.unchecked(Why.TOO_LARGE)
    return data[: sink.limits.expanded]

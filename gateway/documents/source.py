"""A document's bytes, as many as one reading may take. Knows no format."""

from __future__ import annotations

from typing import BinaryIO

from gateway.contents import Why
from gateway.documents.document import Sink


def whole(file: BinaryIO, sink: Sink) -> bytes:
    """The file's bytes, at most `limits.expanded` of them; where it has more, that is said in `unchecked`."""
    file.seek(0)
    data = file.read(sink.limits.expanded + 1)
    if len(data) <= sink.limits.expanded:
        return data
    sink.unchecked(Why.TOO_LARGE)
    return data[: sink.limits.expanded]

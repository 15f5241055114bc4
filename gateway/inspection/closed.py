"""Contents that no process needs to open, found out where the message is: bytes of no known kind, in a small message.

A process would look at their first bytes and at their end, find nothing that it can open, and be done. So does this,
with the same functions; it opens nothing either. Whatever it is not sure about is a process's.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from gateway.archives.names import safe
from gateway.inspection.content import HEAD
from gateway.inspection.kinds import MACROS_OF_MHTML, UNKNOWN, ends_like_zip
from gateway.inspection.need import is_closed
from gateway.inspection.source import Source, in_memory
from gateway.inspection.ways import Way, ways_of
from gateway.message.extract import Extract, Read, open_extract
from gateway.message.result import ScannedMessage
from gateway.message.union import strict_view
from gateway.model import Attachment

_LARGEST = 512 * 1024  # bytes of a message that is looked at here: decoding takes a moment of everybody's time
_MOST = 4  # contents, for the same reason


def stays_closed(source: Source, scanned: ScannedMessage) -> bool:
    """True where a look into this message's files would open none of them; `scanned` is its strict scan.

    Asked where `need.needs_look` was true. What the documents say is not wanted of such a message: there are none.
    """
    unknown = _unknown(scanned)
    if not unknown or scanned.suspicious or scanned.size > _LARGEST:
        return False
    pieces = in_memory(source)
    if pieces is None or sum(map(len, pieces)) != scanned.size:  # on disk, or not there any more
        return False
    wanted = {(one.part, one.filename): one for one in unknown}
    extracts = [e for e in strict_view(scanned).extracts if e.attachment and (e.part, e.filename) in wanted]
    read = _reader(pieces)
    return len(extracts) == len(unknown) and all(_is_nothing(read, extract, scanned.size) for extract in extracts)


def _unknown(scanned: ScannedMessage) -> Sequence[Attachment]:
    """The attachments that are not known to be harmless; none where one of them has a kind, or they are too many."""
    left = [one for one in scanned.attachments if not is_closed(one)]
    return left if len(left) <= _MOST and all(one.sniffed_type == UNKNOWN for one in left) else ()


def _is_nothing(read: Read, extract: Extract, size: int) -> bool:
    data = b"".join(open_extract(read, extract, size))
    head = data[:HEAD]
    if head.startswith(MACROS_OF_MHTML):
        return False
    ways = ways_of(UNKNOWN, safe(extract.filename, len(extract.filename)), head, extract.declared_type, text=True)
    return not ways or (ways == (Way.PERHAPS_ZIP,) and not ends_like_zip(BytesIO(data), len(data)))


def _reader(pieces: Sequence[bytes | bytearray | memoryview]) -> Read:
    message = b"".join(pieces)

    def read(offset: int, size: int) -> bytes:
        return message[offset : offset + size]

    return read

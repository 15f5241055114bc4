"""What our scan makes of a message: the contents that its strict reading shows, and those of every reading together."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.inspection.kinds import is_message
from gateway.message import union as readings
from gateway.message.extract import Extract, open_extract
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.sniff import Sniffer

_SNIFF = Sniffer()
LIMIT = 2**20  # decoded bytes that are looked at of one content


@dataclass(frozen=True, slots=True)
class Read:
    """A message as ours reads it."""

    raw: bytes
    scanned: ScannedMessage
    view: readings.UnionView

    def contents(self, depth: int = 3) -> list[bytes]:
        """The decoded bytes of every content that some client could show; a file that is a message is opened, too."""
        found = []
        for extract in self.view.extracts:
            body = opened(self.raw, extract)
            found.append(body)
            if depth and is_message(_SNIFF(body[:4096]), extract.filename, extract.declared_type, body[:4096]):
                found += read(body).contents(depth - 1)
        return found


def scan(raw: bytes) -> ScannedMessage:
    """The strict scan."""
    scanner = Scanner()
    scanner.feed(raw)
    return scanner.finish()


def read(raw: bytes) -> Read:
    """As the gateway does: the strict scan, then the union where that is suspicious."""
    scanned = scan(raw)
    return Read(raw, scanned, union(raw, scanned) if scanned.suspicious else readings.strict_view(scanned))


def union(raw: bytes, scanned: ScannedMessage) -> readings.UnionView:
    """All readings together."""
    return readings.union(lambda at, size: raw[at : at + size], scanned)


def opened(raw: bytes, extract: Extract) -> bytes:
    """A content's bytes."""
    return b"".join(open_extract(lambda at, size: raw[at : at + size], extract, LIMIT))


def strict_contents(raw: bytes) -> list[bytes]:
    """The decoded bytes of every leaf of the strict tree."""
    leaves = [part for part in scan(raw).parts if not part.children]
    steps = (Extract(part.path, ((part.header_end, part.end, part.encoding),)) for part in leaves)
    return [opened(raw, extract) for extract in steps]

"""Small builders of raw messages, and a scan with everything on, for the tests of the message room."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise

from gateway.message.limits import ScanLimits
from gateway.message.part import Part
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner


def crlf(text: str) -> bytes:
    """Text with any line ends as CRLF bytes; characters above 127 as UTF-8."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def entity(headers: str, body: bytes) -> bytes:
    """A header, a blank line and a body."""
    return crlf(headers.strip() + "\n\n") + body


def multipart(boundary: str, *parts: bytes, subtype: str = "mixed", closed: bool = True) -> bytes:
    """A multipart entity."""
    mark = boundary.encode()
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    end = b"--" + mark + b"--\r\n" if closed else b""
    return entity(f'Content-Type: multipart/{subtype}; boundary="{boundary}"', body + end)


def scan_pieces(pieces: Iterable[bytes], *, limits: ScanLimits | None = None, batch: int = 0) -> ScannedMessage:
    """Scan what comes in these pieces; `batch=0` looks at each at once."""
    scanner = Scanner(limits=limits or ScanLimits(), sniff=lambda head: f"sniffed/{len(head)}", batch=batch)
    for piece in pieces:
        scanner.feed(piece)
    return scanner.finish()


def scan(data: bytes, *, limits: ScanLimits | None = None) -> ScannedMessage:
    """Scan a message fed at once."""
    return scan_pieces([data], limits=limits)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """The data cut at these places."""
    marks = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(marks)]


def part_facts(part: Part) -> dict[str, object]:
    """A part and all below it as JSON-able facts."""
    facts: dict[str, object] = {name: getattr(part, name) for name in Part.__slots__ if name != "children"}
    return facts | {"children": [part_facts(child) for child in part.children]}


def facts(found: ScannedMessage) -> str:
    """Everything that a scan found, comparable."""
    names = [name for name in ScannedMessage.__slots__ if name[0] != "_" and name not in ("attachments", "defects")]
    names.append("header_fields")
    everything: dict[str, object] = {name: repr(getattr(found, name)) for name in names}
    everything["root"] = part_facts(found.root)
    everything["attachments"] = [repr(attachment) for attachment in found.attachments]
    everything["defects"] = [repr(defect) for defect in found.defects]
    return json.dumps(everything, indent=1, ensure_ascii=False)


def leaf(found: ScannedMessage, path: str) -> Part:
    """The part at a path."""
    return next(part for part in found.parts if part.path == path)

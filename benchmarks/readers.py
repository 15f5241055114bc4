"""Readers of mail, each asked for the same facts: how many attachments, their decoded sizes and SHA-256 digests.

What counts as an attachment is each reader's own notion, so the counts are shown, not compared.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from email import policy
from email.parser import BytesFeedParser
from pathlib import Path
from typing import Protocol

_PIECE = 64 * 1024  # as the relay reads from its socket or its spool


class Source(Protocol):
    """A message that may be read from its beginning or anywhere."""

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from `offset`."""

    def whole(self) -> bytes:
        """All of it."""


class InMemory:
    """For measuring time: reading costs next to nothing."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, offset: int, size: int) -> bytes:
        """See `Source`."""
        return self._data[offset : offset + size]

    def whole(self) -> bytes:
        """See `Source`."""
        return self._data


class OnDisk:
    """For measuring memory: what a reader keeps is its own."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY)

    def read(self, offset: int, size: int) -> bytes:
        """See `Source`."""
        return os.pread(self._file, size, offset)

    def whole(self) -> bytes:
        """See `Source`."""
        return Path(self._path).read_bytes()


def _pieces(source: Source) -> Iterator[bytes]:
    at = 0
    while piece := source.read(at, _PIECE):
        yield piece
        at += len(piece)


Found = tuple[int, int]
"""Attachments, and their decoded bytes."""


def scan(source: Source) -> Found:
    """Our scan, as the relay runs it, without a look at the types."""
    from gateway.message.scan import Scanner

    scanner = Scanner()
    for piece in _pieces(source):
        scanner.feed(piece)
    scanned = scanner.finish()
    return len(scanned.attachments), scanned.attachment_bytes


def suspicious(source: Source) -> bool:
    """Whether our scan asks for all readings."""
    from gateway.message.scan import Scanner

    scanner = Scanner()
    scanner.feed(source.whole())
    return scanner.finish().suspicious


def scan_and_union(source: Source) -> Found:
    """Our scan, and all readings where it asks for them."""
    from gateway.message.scan import Scanner
    from gateway.message.union import strict_view, union

    scanner = Scanner()
    for piece in _pieces(source):
        scanner.feed(piece)
    scanned = scanner.finish()
    view = union(source.read, scanned) if scanned.suspicious else strict_view(scanned)
    return len(view.attachments), view.attachment_bytes


def python_email(source: Source) -> Found:
    """email's parser, every attachment decoded and digested."""
    parser = BytesFeedParser(policy=policy.compat32)
    for piece in _pieces(source):
        parser.feed(piece)
    sizes = []
    for part in parser.close().walk():
        if not part.is_multipart() and (part.get_filename() or part.get_content_maintype() != "text"):
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            hashlib.sha256(payload).hexdigest()
            sizes.append(len(payload))
    return len(sizes), sum(sizes)


def fast_mail_parser(source: Source) -> Found:
    """fast-mail-parser (Rust), every attachment digested."""
    from fast_mail_parser import parse_email

    sizes = []
    for attachment in parse_email(source.whole()).attachments:
        content = attachment.content
        hashlib.sha256(content).hexdigest()
        sizes.append(len(content))
    return len(sizes), sum(sizes)


READERS: dict[str, tuple[str, Callable[[Source], Found]]] = {
    "scan": ("our scan", scan),
    "union": ("our scan + union", scan_and_union),
    "email": ("email BytesParser", python_email),
    "fast": ("fast-mail-parser", fast_mail_parser),
}
"""What a reader is called, and the function, by a name for the command line."""

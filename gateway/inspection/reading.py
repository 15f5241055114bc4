"""A message inside this process: scanned, and read in every other way where the scan finds that there are some."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gateway.inspection.limits import WalkLimits
from gateway.message.extract import Read
from gateway.message.result import ScannedMessage
from gateway.message.scan import Scanner
from gateway.message.union import UnionView, strict_view, union

_PIECE = 128 * 1024


def reading_of(
    read: Read, size: int, limits: WalkLimits, sniff: Callable[[bytes], str]
) -> tuple[ScannedMessage, UnionView]:
    """The scan of the message that `read` gives, and everything that a client could make of it."""
    scanned = _scanned(read, size, limits, sniff)
    if not scanned.suspicious:
        return scanned, strict_view(scanned)
    return scanned, union(read, scanned, limits=limits.scan, union_limits=limits.union, sniff=sniff)


def _scanned(read: Read, size: int, limits: WalkLimits, sniff: Callable[[bytes], str]) -> ScannedMessage:
    scanner = Scanner(limits=limits.scan, sniff=sniff)
    for piece in _pieces(read, size):
        scanner.feed(piece)
    return scanner.finish()


def _pieces(read: Read, size: int) -> Iterator[bytes]:
    at = 0
    while at < size and (piece := read(at, min(_PIECE, size - at))):
        yield piece
        at += len(piece)

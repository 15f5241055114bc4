"""The attachments of a message in their order, and what each adds to the total. Knows no parsing.

A nested message (RFC 2046 5.2.1) is one of them, as the file that a client would save, and its own attachments are
others, with their decoded sizes. So that nothing counts twice and nothing is left out, it adds what is left of it
without their raw bodies: headers, texts, delimiters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gateway.message.leaf import Leaf
from gateway.message.part import Part
from gateway.message.sniff import price
from gateway.model import Attachment

_HASHED = 4  # messages within one another whose digest is taken: each costs another pass over the same bytes
_LINE_END = 2  # octets kept back: the line end before a delimiter is the delimiter's
_LATER = Attachment("", "", "", 0, "")  # holds the place of a message that is still open


class Attached:
    """Collects them. `sniff` and the number of those that are sniffed: see `scan.Scanner` and `limits.ScanLimits`."""

    __slots__ = ("_sniff", "_sniffs", "found", "open", "sniffing", "total")

    def __init__(self, sniff: Callable[[bytes], str] | None, sniffs: int) -> None:
        self.found: list[Attachment] = []
        self.total = 0  # bytes
        self.open: list[_Enclosed] = []  # messages, from the outermost to the innermost
        self.sniffing = sniff is not None
        self._sniff = sniff
        self._sniffs = sniffs

    def add(self, part: Part, leaf: Leaf) -> bool:
        """A leaf that is one has ended; False if its type was not looked for because there are too many."""
        cost = price(leaf.head)
        done = self._sniffs > 0 or not cost
        if self._sniff is not None and done:
            self._sniffs -= cost
            part.sniffed_type = leaf.type(self._sniff(leaf.head))
        size = part.decoded_size
        self.found.append(Attachment(part.filename, part.content_type, part.sniffed_type, size, part.sha256, part.path))
        self.total += size
        if self.open:
            self.open[-1].inside += part.end - part.header_end
        return done or not self.sniffing

    def open_message(self, part: Part) -> None:
        """The body of a nested message begins."""
        self.open.append(_Enclosed(part, len(self.found), hashed=len(self.open) < _HASHED))
        self.found.append(_LATER)

    def feed(self, data: bytes, base: int, stop: int) -> None:
        """The message goes on up to the offset `stop`; the first byte of `data` stands at `base` of it."""
        for message in self.open:
            message.feed(data, base, stop)

    def close_message(self) -> None:
        """The innermost nested message has ended."""
        message = self.open.pop()
        message.finish()
        part = message.part
        size, left = part.decoded_size, part.decoded_size - message.inside
        self.found[message.place] = Attachment(
            part.filename, part.content_type, part.sniffed_type, size, part.sha256, part.path, counted=left
        )
        self.total += left
        if self.open:
            self.open[-1].inside += part.end - part.header_end


class _Enclosed:
    """Takes the bytes of one nested message as they stream by; `place` is its place among the attachments."""

    __slots__ = ("_at", "_held", "_sha256", "inside", "part", "place")

    def __init__(self, part: Part, place: int, *, hashed: bool) -> None:
        self.part = part
        self.place = place
        self.inside = 0  # raw bytes of the bodies in it that are counted by themselves
        self._sha256 = hashlib.sha256() if hashed else None
        self._at = part.header_end  # offset of the first byte that is not in the digest
        self._held = b""  # what was seen from there on, at most 2 bytes

    def feed(self, data: bytes, base: int, stop: int) -> None:
        seen = self._at + len(self._held)
        if self._sha256 is None or stop <= seen:
            return
        if stop - seen > _LINE_END:
            self._sha256.update(self._held)
            self._at, self._held = stop - _LINE_END, data[stop - base - _LINE_END : stop - base]
            self._sha256.update(memoryview(data)[seen - base : stop - base - _LINE_END])
            return
        held = self._held + data[seen - base : stop - base]
        self._sha256.update(held[:-_LINE_END])
        self._at, self._held = stop - min(len(held), _LINE_END), held[-_LINE_END:]

    def finish(self) -> None:
        part = self.part
        part.attachment = True
        part.sniffed_type = part.content_type
        part.decoded_size = part.end - part.header_end
        if self._sha256 is not None:
            self._sha256.update(self._held[: max(0, part.end - self._at)])
            part.sha256 = self._sha256.hexdigest()

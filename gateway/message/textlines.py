"""A stream cut anywhere into blocks of whole lines and pieces of long ones. Knows nothing of what stands in a line.

A line ends with LF, CRLF or, as some clients read it, a lone CR, which is handed on as LF: offsets stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable

LONG = 8 * 1024  # octets with the LF; a longer line comes in pieces of exactly this many, counted from its beginning
_WINDOW = 128 * 1024  # a block is about as large at most

Taker = Callable[[bytes, int, int, int, bool, bool], None]
"""(data, start, end, base, first, last): data[start:end] is whole lines, each with its LF (first and last are true), or
a piece of one long line: `first` if the line begins with it, `last` if it ends there. data[0] stands at `base` of the
stream. Where long lines are cut does not depend on how the stream was cut; where blocks end does."""


class TextLines:
    """Feeds `take`. A last line without a line end is given one, which then stands behind the end of the stream."""

    __slots__ = ("_at", "_held", "_mid", "_partial", "_take", "size")

    def __init__(self, take: Taker) -> None:
        self._take = take
        self.size = 0  # bytes of the stream
        self._at = 0  # where `_partial` stands in it
        self._partial = bytearray()  # the beginning of a line or of a piece, shorter than LONG
        self._held = False  # the last octet was a CR: what it is depends on the next one
        self._mid = False  # `_partial` continues a long line

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        if b"\r" in data or self._held:
            data = self._line_ends(data)
        if len(self._partial) + len(data) < LONG and b"\n" not in data:
            self._partial += data
        else:
            self._cut(bytes(self._partial + data) if self._partial else data)

    def finish(self) -> None:
        """The stream is over."""
        if self._held or self._partial:
            line = bytes(self._partial) + b"\n"
            self._take(line, 0, len(line), self._at, not self._mid, True)

    def _line_ends(self, data: bytes) -> bytes:
        if self._held:
            data = b"\r" + data
        self._held = data.endswith(b"\r")
        if self._held:
            data = data[:-1]
        if data.count(b"\r") == data.count(b"\r\n"):
            return data
        return b"\r\n".join([piece.replace(b"\r", b"\n") for piece in data.split(b"\r\n")])

    def _cut(self, data: bytes) -> None:
        at = step = 0
        while step >= 0:
            at += step
            step = self._next(data, at)
        self._at += at
        self._partial = bytearray(memoryview(data)[at:])

    def _next(self, data: bytes, at: int) -> int:
        """Hand on what is complete at `at`: how many octets that were, -1 if nothing is."""
        if not self._mid:
            stop = _whole(data, at)
            if stop > at:
                self._take(data, at, stop, self._at, True, True)
                return stop - at
        stop = data.find(b"\n", at, at + LONG) + 1 or at + LONG
        if stop > len(data):
            return -1
        first, last = not self._mid, data[stop - 1] == 10
        self._mid = not last
        self._take(data, at, stop, self._at, first, last)
        return stop - at


def _whole(data: bytes, at: int) -> int:
    """Where the lines from `at` on end, none of which is long; about a window of them."""
    stop = at
    while stop - at < _WINDOW:
        found = data.rfind(b"\n", stop, stop + LONG) + 1
        if not found:
            break
        stop = found
    return stop

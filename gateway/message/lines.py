"""What the wire needs to know about a message's lines: leading dots, the longest, 8-bit bytes. Knows no MIME."""

from __future__ import annotations

_PIECE = 32 * 1024  # measured at once: short lines take many times their size while they are measured
_PROBE_ABOVE = 200  # once a line this long was seen, hopping is cheaper than splitting


class LineFacts:
    """Counts over a stream of bytes cut anywhere.

    `dots`: lines that begin with "." (those that dot-stuffing changes, RFC 5321 4.5.2). `longest`: octets of the
    longest line without its CRLF. `eightbit`: some octet is above 127.
    """

    __slots__ = ("_current", "dots", "eightbit", "longest")

    def __init__(self) -> None:
        self.dots = 0
        self.longest = 0
        self.eightbit = False
        self._current = 0  # octets of the line that is not ended yet

    def feed(self, data: bytes, start: int, end: int) -> None:
        """Take data[start:end], which follows what was taken before."""
        while end - start > _PIECE:
            self._feed(data, start, start + _PIECE)
            start += _PIECE
        if start < end:
            self._feed(data, start, end)

    def lines(self, width: int) -> None:
        """Whole lines of `width` octets each were proved to have no dot and no 8-bit octet."""
        if width > self.longest:
            self.longest = width

    def finish(self) -> None:
        """The last line may lack its CRLF."""
        self.lines(self._current)

    def _feed(self, data: bytes, start: int, end: int) -> None:
        whole = data if end - start == len(data) else data[start:end]
        if not self.eightbit:
            self.eightbit = not whole.isascii()
        if b"." in whole:
            self.dots += whole.count(b"\n.") + (whole[0] == 46 and not self._current)
        self._measure(whole)

    def _measure(self, data: bytes) -> None:
        first = data.find(b"\n")
        if first < 0:
            self._current += len(data)
            return
        last = data.rfind(b"\n") + 1
        self.lines(self._current + first - 1)
        self._current = len(data) - last
        if self.longest > _PROBE_ABOVE:
            self._hop(data, first + 1, last)
        else:
            self.lines(max(map(len, data.split(b"\n")[1:-1]), default=1) - 1)

    def _hop(self, data: bytes, start: int, end: int) -> None:
        """From line to line, but only where no LF stands within the longest length so far."""
        span = self.longest + 2
        while end - start > span:
            found = data.rfind(b"\n", start, start + span)
            if found < 0:
                found = data.find(b"\n", start + span, end)
                span = found - start + 1
                self.longest = span - 2
            start = found + 1

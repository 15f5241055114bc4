"""What the wire needs to know about a message's lines: leading dots, too long ones, 8-bit bytes. Knows no MIME."""

from __future__ import annotations

LEGAL = 998  # RFC 5322 2.1.1: octets of a line without its CRLF; shorter lines are not measured


class LineFacts:
    """Counts over a stream of bytes cut anywhere.

    `dots`: lines that begin with "." (those that dot-stuffing changes, RFC 5321 4.5.2). `longest`: octets of the
    longest line without its CRLF once it is over 998, else 0. `eightbit`: some octet is above 127.
    """

    __slots__ = ("_current", "_undotted", "dots", "eightbit", "longest")

    def __init__(self) -> None:
        self.dots = 0
        self.longest = 0
        self.eightbit = False
        self._current = 0  # octets of the line that is not ended yet
        self._undotted = (0, 0)  # where in what comes next no LF has a dot behind it

    def feed(self, data: bytes, start: int, end: int) -> None:
        """Take data[start:end], which follows what was taken before."""
        if start == end:
            return
        whole = data if end - start == len(data) else data[start:end]
        if not self.eightbit:
            self.eightbit = not whole.isascii()
        if not self._current and whole[0] == 46:
            self.dots += 1
        first, last = self._undotted
        if last - first <= 1:
            self._count(data, start, end)
        else:
            self._count(data, start, first + 1)
            self._count(data, last - 1, end)
            self._undotted = (0, 0)
        self._measure(whole)

    def undotted(self, start: int, end: int) -> None:
        """Of the data that `feed` is given next, [start, end) was searched: no LF in it has a dot behind it."""
        first, last = self._undotted
        if end - start > last - first:
            self._undotted = (start, end)

    def _count(self, data: bytes, start: int, end: int) -> None:
        # Looking for one byte is twenty times faster than for two, and most blocks of large mail have no dot.
        dot = data.find(b".", start, end)
        if dot >= 0:
            self.dots += data.count(b"\n.", max(dot - 1, start), data.rfind(b".", start, end) + 1)

    def lines(self, width: int) -> None:
        """Whole lines of `width` octets each were proved to have no dot and no 8-bit octet."""
        if width > LEGAL and width > self.longest:
            self.longest = width

    def finish(self) -> None:
        """The last line may lack its CRLF."""
        self.lines(self._current)

    def _measure(self, data: bytes) -> None:
        """From LF to LF, but only where none stands within the length that is of interest."""
        first = data.find(b"\n")
        if first < 0:
            self._current += len(data)
            return
        last = data.rfind(b"\n") + 1
        self.lines(self._current + first - 1)
        self._current = len(data) - last
        start, span = first + 1, max(self.longest, LEGAL) + 2
        while last - start > span:
            found = data.rfind(b"\n", start, start + span)
            if found < 0:
                found = data.find(b"\n", start + span, last)
                span = found - start + 1
                self.longest = span - 2
            start = found + 1


def longest_line(data: bytes) -> int:
    """`longest` of a whole text: what `LineFacts` finds, for less."""
    size = len(data)
    start = 0
    while size - start > LEGAL:
        # A line end beyond the legal length may still be a legal line's: its CR is not counted.
        found = data.rfind(b"\n", start, start + LEGAL + 2)
        if found < 0:
            return _longest(data)
        start = found + 1
    return 0


def _longest(data: bytes) -> int:
    facts = LineFacts()
    facts.feed(data, 0, len(data))
    facts.finish()
    return facts.longest

"""The boundaries of the multiparts that are open, looked for in blocks of whole lines. Knows no headers and no parts.

Each boundary is looked for once over each byte, however many multiparts are open; a line is compared in full
(RFC 2046 5.1.1: the boundary, perhaps "--", perhaps blanks).
"""

from __future__ import annotations

import re

_PADDING = 256  # octets that may follow a boundary on its line
_REST = rb"(?:--[ \t\r]{0,%d}+|[ \t\r]{0,%d}+)\n" % (_PADDING - 3, _PADDING - 1)
_PATIENCE = 64  # lines that begin like a delimiter and are none, before a pattern is compiled for them


Line = tuple[bool, int, bytes]
"""A delimiter line: it is the closing one, where the next line begins, what stands behind its boundary and "--"."""


class Frame:
    """One open multipart; `level` is its place among the open containers."""

    __slots__ = ("_needle", "_pattern", "_read", "_read_at", "_rejected", "hit", "level", "prefix", "seen")

    def __init__(self, boundary: bytes, level: int) -> None:
        self.prefix = b"--" + boundary
        self.level = level
        self.seen = False  # a delimiter was met
        self.hit = -1  # where in the block its next delimiter is, or the place before which there is none
        self._needle = b"\n" + self.prefix
        self._rejected = 0
        self._read: Line | None = None  # the last line that was read, and where
        self._read_at = -1
        self._pattern: re.Pattern[bytes] | None = None

    @property
    def suffixed(self) -> bool:
        """Some line began with the boundary and went on."""
        return self._rejected > 0

    def search(self, data: bytes, start: int, limit: int, end: int, at_line: bool) -> int:
        """The first delimiter line that begins in [start, limit), else `limit`. `at_line`: a line begins at `start`."""
        if at_line and data.startswith(self.prefix, start) and start < limit and self._is_delimiter(data, start, end):
            return start
        while self._rejected < _PATIENCE:
            # The line feed before a delimiter may stand at `start`, its line may not begin at `limit`.
            found = data.find(self._needle, start, min(end, limit - 2 + len(self._needle)))
            if found < 0:
                return limit
            if self._is_delimiter(data, found + 1, end):
                return found + 1
            start = found + 1
        return self._match(data, start, limit, end)

    def _match(self, data: bytes, start: int, limit: int, end: int) -> int:
        self._read = None  # what was read may be of another block, and this way reads none
        if self._pattern is None:
            self._pattern = re.compile(re.escape(self._needle) + _REST)
        stop = min(end, limit - 2 + len(self._needle) + _PADDING)
        match = self._pattern.search(data, start, stop)
        return match.start() + 1 if match and match.start() + 1 < limit else limit

    def _is_delimiter(self, data: bytes, start: int, end: int) -> bool:
        self._read = self.line(data, start, end)
        if self._read is not None:
            self._read_at = start
            return True
        self._rejected += 1
        return False

    def found(self, data: bytes, start: int, end: int) -> Line:
        """The delimiter line at `start`, where `search` found it in the same block."""
        if self._read is not None and self._read_at == start:
            return self._read
        return self.line(data, start, end) or (True, end, b"")

    def line(self, data: bytes, start: int, end: int) -> Line | None:
        """Read the line at `start`; None if it is no delimiter."""
        after = start + len(self.prefix)
        stop = data.find(b"\n", after, min(end, after + _PADDING)) + 1
        if not stop:
            if end - after >= _PADDING:
                return None
            stop = end
        rest = data[after:stop]
        if rest == b"\r\n":
            return False, stop, rest
        mark = rest.rstrip(b" \t\r\n")
        return (mark == b"--", stop, rest[len(mark) :]) if mark in (b"", b"--") else None


class Delimiters:
    """The open multiparts from the outermost to the innermost."""

    __slots__ = ("frames",)

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    def new_block(self) -> None:
        """The next search is in other bytes."""
        for frame in self.frames:
            frame.hit = -1

    def next(self, data: bytes, start: int, end: int, at_line: bool) -> tuple[int, Frame | None]:
        """Where the next delimiter line begins, and whose it is; (end, None) if there is none. The outermost wins."""
        best, owner = end, None
        for frame in self.frames:
            if frame.hit < start:
                frame.hit = frame.search(data, start, best, end, at_line)
            if frame.hit < best:
                best, owner = frame.hit, frame
        return best, owner

    def close_above(self, level: int) -> list[Frame]:
        """Take away the multiparts at `level` and further in."""
        if not self.frames or self.frames[-1].level < level:
            return []
        gone = [frame for frame in self.frames if frame.level >= level]
        self.frames = self.frames[: len(self.frames) - len(gone)]
        return gone

"""base64 that stands in a text and is declared nowhere: lines of its alphabet alone, perhaps behind quote marks.

No client decodes it by itself, but a header that some client reads and another does not may well have declared it.
"""

from __future__ import annotations

import re

from gateway.message.decode import Base64Decoder
from gateway.message.defects import Flaw
from gateway.message.seek import Opening
from gateway.message.uu import QUOTE, SINGLY

_FULL = 40  # characters of a line that can only be base64, or one very long word
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_SHAPE = bytes(65 if octet in _ALPHABET else 46 for octet in range(256))
_WORD = b"A" * _FULL
_TEXT = re.compile(QUOTE + rb"([A-Za-z0-9+/]*+)(={0,2}+)")
_PIECE = re.compile(rb"([A-Za-z0-9+/]*+)(={0,2}+)")
_BLANKS = re.compile(rb"[ \t]*+\r?\n")
_CASES = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"))
_PATIENCE = 3  # blank lines in a row that are inside a run


class Base64Opener:
    """Finds full lines."""

    __slots__ = ("_base", "_data", "_end", "_last", "_least", "_shape", "_start")

    def __init__(self, least: int) -> None:
        self._least = least
        self._data, self._start, self._end, self._base, self._last = b"", 0, 0, 0, True
        self._shape: bytes | None = None

    def block(self, data: bytes, start: int, end: int, base: int, last: bool) -> None:
        """See `seek.Opener`."""
        self._data, self._start, self._end, self._base, self._last = data, start, end, base, last
        self._shape = None

    def next(self, at: int) -> Opening | None:
        """See `seek.Opener`."""
        if self._shape is None:
            self._shape = self._data[self._start : self._end].translate(_SHAPE)
        while (found := self._shape.find(_WORD, at - self._start) + self._start) >= self._start:
            line = self._data.rfind(b"\n", at, found) + 1 or at
            if line_of(self._data, line, self._end, self._last) is not None:
                return Opening(self._base + line, line, Base64Coder(self._least))
            at = self._data.find(b"\n", found, self._end) + 1 or self._end
        return None


def line_of(data: bytes, at: int, end: int, last: bool) -> tuple[bytes, int] | None:
    """The base64 of the line at `at`, perhaps none, and where the next line begins; None if something else is on it."""
    match = _TEXT.match(data, at, end)
    assert match is not None
    if not last:  # a piece of a long line
        return (match[1] + match[2], end) if match.end() == end else None
    after = _BLANKS.match(data, match.end(), end)
    return None if after is None else (match[1] + match[2], after.end())


class Base64Coder:
    """See `seek.Coder`. A short line belongs to the run if a full one without padding stands right before it."""

    __slots__ = (
        *("_alone", "_blank", "_cases", "_decoder", "_least", "_short", "_size"),
        *("accepted", "ended", "filename", "flaws"),
    )

    def __init__(self, least: int) -> None:
        self.flaws: set[Flaw] = set()
        self.filename = b""
        self.ended = self.accepted = False
        self._least = least
        self._decoder = Base64Decoder()
        self._size = 0  # characters, until they are enough
        # Letters that have not been met: a word in capitals or a hexadecimal number is no run.
        self._cases = list(_CASES)
        self._short = False  # the last line was a short one, or padded
        self._blank = 0
        self._alone = 0  # padding characters on lines of their own

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """See `seek.Coder`."""
        if not first or not last:
            return self._piece(data, start, end, first, last)
        out: list[bytes] = []
        at, good, singly = start, -1, start
        while at < end and not self.ended:
            if at >= singly and data.find(b"\n", at, at + _FULL) < 0:
                taken = self._decoder.lines(data, at, end)
                if taken is not None:
                    self._weigh(data, at, taken[1])
                    out.append(taken[0])
                    at = good = taken[1]
                    self._short, self._blank = data[max(at - 3, 0) : at].rstrip().endswith(b"="), 0
                    continue
                singly = at + SINGLY
            line = line_of(data, at, end, last)
            text = self._judged(line[0]) if line is not None else None
            if line is None or text is None:
                self.ended = True
                break
            at = line[1]
            if text:
                self._weigh(text, 0, len(text))
                out.append(self._decoder.feed(text))
                good = at
        return b"".join(out), at, good

    def finish(self) -> bytes:
        """See `seek.Coder`."""
        decoded = self._decoder.finish()
        self.flaws |= self._decoder.flaws
        self.accepted = self._size >= self._least and not self._cases
        return decoded

    def _judged(self, text: bytes) -> bytes | None:
        """The text of a line, None if it does not belong to the run."""
        if not text:
            self._blank += 1
            return text if self._blank <= _PATIENCE else None
        short = len(text) < _FULL
        self._alone += text == b"="
        if short and (self._blank or (self._short and (text != b"=" or self._alone > 2))):  # the second may stand alone
            return None
        self._short, self._blank = short or text.endswith(b"="), 0
        return text

    def _piece(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """A piece of a long line: the run ends where something else stands in it."""
        if first and line_of(data, start, end, last) is None:
            self.ended = True
            return b"", start, -1
        match = _TEXT.match(data, start, end) if first else _PIECE.match(data, start, end)
        assert match is not None
        text = match[1] + match[2]
        self._short, self._blank = text.endswith(b"="), 0
        self._weigh(text, 0, len(text))
        after = _BLANKS.match(data, match.end(), end) if last else None
        stop = match.end() if after is None else after.end()
        self.ended = stop < end
        return self._decoder.feed(text), end, stop

    def _weigh(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._cases:
            self._cases = [case for case in self._cases if not case.search(data, start, end)]

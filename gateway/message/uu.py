"""uuencode (POSIX uuencode(1), also its -m form), as its decoders read it. Knows no message and no parts.

Taken too: a blank for the backtick (and such blanks cut off a line's end), no "end", lines that are short or go on
behind their data, quote marks before every line, a first line without a mode, empty and foreign lines in between.
"""

from __future__ import annotations

import re

import pybase64

from gateway.message.decode import Base64Decoder
from gateway.message.defects import Flaw
from gateway.message.seek import LineOpener, Opening

QUOTE = rb"[>| \t]{0,64}+"
_BEGIN = re.compile(
    rb"(" + QUOTE + rb")begin(-base64)?[ \t]{1,8}+(?:([0-7]{3,6})(?:[ \t]{1,8}+|(?=\r?\n)))?([^\r\n]{0,1024})"
)
_UU = bytes(range(32, 97))
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes(_BASE64[(octet - 32) & 63] if 32 <= octet <= 96 else 33 for octet in range(256))
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]++={0,2}[ \t]*+")
_BASE64_LINES = re.compile(rb"(?:[A-Za-z0-9+/]++\r?\n){4}(?:[A-Za-z0-9+/]++\r?\n)*+")
_FULL = 45  # bytes in a full line
_WIDTH = 61  # its characters
_MIN_LINES = 4  # decoded at once
_TRIES = 1000  # lines that may be the first data of a declared body without a "begin"
_SURPLUS = 2  # characters behind a line that is still exact: a checksum
SINGLY = 4096  # octets that are taken line by line where taking many lines at once failed
_PATIENCE = 8  # foreign lines in a row, before the run is over; blank ones before it has begun


class UuOpener(LineOpener):
    """Finds "begin" lines. `declared`: it is said to be uuencode, so full lines of data are enough."""

    __slots__ = ("_declared", "_tries")

    def __init__(self, *, declared: bool = False) -> None:
        super().__init__()
        self._declared = declared
        self._tries = _TRIES

    def next(self, at: int) -> Opening | None:
        """See `seek.Opener`."""
        data = self._data
        found = self._begin(at)
        if self._declared:
            bare = self._bare(at, self._end if found is None else found[0])
            if bare >= 0:
                return Opening(self._base + bare, bare, UuCoder(b"", b"", base64=False, patience=0))
        if found is None:
            return None
        line, match = found
        patience = _PATIENCE if match[3] else 0  # without a mode the next line must be plain data
        coder = UuCoder(match[1], match[4], base64=match[2] is not None, patience=patience)
        return Opening(self._base + line, data.find(b"\n", match.end(), self._end) + 1 or self._end, coder)

    def _begin(self, at: int) -> tuple[int, re.Match[bytes]] | None:
        data, end = self._data, self._end
        while (found := data.find(b"begin", at, end)) >= 0:
            line = data.rfind(b"\n", at, found) + 1 or at
            match = _BEGIN.match(data, line, end)
            if match is not None:
                return line, match
            at = data.find(b"\n", found, end) + 1 or end
        return None

    def _bare(self, at: int, end: int) -> int:
        """Where the first full line of data before `end` begins, else -1."""
        data = self._data
        if data[at] != 77:
            at = data.find(b"\nM", at, end) + 1 or end
        while at < end and self._tries:
            self._tries -= 1
            line = data[at : data.find(b"\n", at, end) + 1 or end]
            if len(line) <= _WIDTH + 2 + _SURPLUS and _exact(line.rstrip(b"\r\n")):
                return at
            at = data.find(b"\nM", at, end) + 1 or end
        return -1


def _exact(line: bytes) -> bool:
    """A line of data whose length is what it says, and at least 1."""
    count = (line[0] - 32) & 63 if line and 32 <= line[0] <= 96 else 0
    need, have = (count + 2) // 3 * 4, len(line) - 1
    return count > 0 and (4 * count + 2) // 3 <= have <= need + _SURPLUS and not line[: need + 1].translate(None, _UU)


class UuCoder:
    """From the line after "begin" on; see `seek.Coder`.

    `prefix`: the quote marks before "begin". `patience`: lines that are no exact data before the run must prove itself.
    """

    __slots__ = (
        "_base64",
        "_blank",
        "_foreign",
        "_patience",
        "_pending",
        "_prefix",
        "_strange",
        "_zero",
        "accepted",
        "ended",
        "filename",
        "flaws",
    )

    def __init__(self, prefix: bytes, name: bytes, *, base64: bool, patience: int) -> None:
        self.flaws: set[Flaw] = {Flaw.ENCODING_UNENDED}
        self.filename = name.strip().strip(b'"')
        self.ended = self.accepted = False
        self._prefix = prefix
        self._base64 = Base64Decoder() if base64 else None
        self._patience = patience
        self._blank = self._foreign = 0
        self._strange = 0  # lines before it is accepted that may be prose
        self._pending = b""  # what they decode to
        self._zero = False  # the line that says "no more data" was met

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """See `seek.Coder`."""
        if not first:  # the rest of a long line, whose beginning was looked at
            return b"", end, -1
        out: list[bytes] = []
        at, good, singly = start, -1, start
        while at < end:
            if at >= singly:
                decoded, stop = self._full_lines(data, at, end)
                if stop > at:
                    out.append(decoded)
                    at = good = stop
                    continue
                singly = at + SINGLY
            stop = data.find(b"\n", at, end) + 1 or end
            taken = self._line(data[at:stop].rstrip(b"\r\n"))
            if taken is not None:
                out.append(taken)
                good = stop
            elif self.ended:
                break
            at = stop
            if self.ended:
                break
        return b"".join(out), at, good

    def finish(self) -> bytes:
        """See `seek.Coder`."""
        if self._base64 is None:
            return b""
        decoded = self._base64.finish()
        if self._base64.flaws:
            self.flaws.add(Flaw.ENCODING_DAMAGED)
        return decoded

    def _full_lines(self, data: bytes, at: int, end: int) -> tuple[bytes, int]:
        """Decode full lines at once: (decoded, where they end); (b"", at) if there are too few."""
        if self._prefix or self._zero or self._foreign:
            return b"", at
        if self._base64 is not None:
            taken = self._base64.lines(data, at, end) if data.find(b"\n", at, at + 40) < 0 else None
            self.accepted |= taken is not None
            if taken is not None:
                return taken[0], taken[1]
            lines = _BASE64_LINES.match(data, at, end) if self.accepted else None
            return (self._base64.feed(lines[0]), lines.end()) if lines is not None else (b"", at)
        decoded, stop = full_lines(data, at, end) if data[at] == 77 else (b"", at)
        self.accepted |= stop > at
        return decoded, stop

    def _line(self, line: bytes) -> bytes | None:
        """One line: what it decodes to, None if it does not belong to the run."""
        if self._prefix:
            line = line.removeprefix(self._prefix if line.startswith(self._prefix) else self._prefix.rstrip(b" \t"))
        if not line.strip():
            return self._blank_line(line)
        if line.rstrip() == (b"end" if self._base64 is None else b"===="):
            return self._end()
        if line.lstrip(b">| \t").startswith(b"begin") and _BEGIN.match(line):
            self.ended = True
            return None
        decoded = self._in_base64(line) if self._base64 is not None else self._in_uu(line)
        if decoded is None:
            return self._foreign_line()
        self._foreign = 0
        return decoded if self.accepted else self._judged(line, decoded)

    def _judged(self, line: bytes, decoded: bytes) -> bytes:
        """A line before the run is accepted: data that could be nothing else accepts it."""
        self._pending += decoded
        full = line[0] == 77 and (len(line) >= _WIDTH or len(line) == 1)  # its zeros may have been blanks, and cut off
        self.accepted = self._base64 is not None or full or (not self._strange and _exact(line))
        if self.accepted:
            return self._pending
        self._strange += 1
        self.ended = self._strange > self._patience
        return b""

    def _end(self) -> bytes:
        self.flaws.discard(Flaw.ENCODING_UNENDED)
        self.accepted |= self._zero or self._base64 is not None
        self.ended = True
        return b""

    def _blank_line(self, line: bytes) -> bytes | None:
        if line:
            self._zero = True  # a blank for the backtick
        if not self.accepted:
            self._blank += 1
            self.ended = self._blank > _PATIENCE
        return None

    def _foreign_line(self) -> bytes | None:
        self._foreign += 1
        self._strange += 1
        self.flaws.add(Flaw.ENCODING_DAMAGED)
        self.ended = self._zero or self._foreign > (_PATIENCE if self.accepted else self._patience)
        return None

    def _in_base64(self, line: bytes) -> bytes | None:
        assert self._base64 is not None
        if not _BASE64_LINE.fullmatch(line) or (self._foreign and len(line) < 60):
            return None
        return self._base64.feed(line)

    def _in_uu(self, line: bytes) -> bytes | None:
        if line[0] in b" `" and len(line.rstrip()) <= 1 + _SURPLUS:
            self._zero = True
            return b""
        exact = _exact(line)
        if not exact and not self._inexact(line):
            return None
        if not exact or self._zero:
            self.flaws.add(Flaw.ENCODING_DAMAGED)
        self._zero = False
        return _decoded(line)

    def _inexact(self, line: bytes) -> bool:
        """Whether a line too short or too long is taken: one that follows a foreign line is not."""
        if self._zero or self._foreign or not 32 < line[0] < 96:
            return False
        count = line[0] - 32
        need = (count + 2) // 3 * 4
        return not line[: need + 1].translate(None, _UU)


def _decoded(line: bytes) -> bytes:
    count = (line[0] - 32) & 63
    need = (count + 2) // 3 * 4
    return pybase64.b64decode(line[1 : need + 1].translate(_TO_BASE64).ljust(need, b"A"))[:count]


def full_lines(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """Decode full lines of 45 bytes from `at` on, whatever their line end: (decoded, where they stop)."""
    step = _WIDTH + 2 if data.startswith(b"\r\n", at + _WIDTH) else _WIDTH + 1
    stop = at + (end - at) // step * step
    counts = [_leading(data[at:stop:step], b"M"), _leading(data[at + step - 1 : stop : step], b"\n")]
    if step == _WIDTH + 2:
        counts.append(_leading(data[at + step - 2 : stop : step], b"\r"))
    count = min(counts)
    if count < _MIN_LINES:
        return b"", at
    text = bytearray(memoryview(data)[at : at + count * step])
    del text[step - 1 :: step]
    if step == _WIDTH + 2:
        del text[step - 2 :: step - 1]
    del text[::_WIDTH]
    try:
        return pybase64.b64decode(text.translate(_TO_BASE64), validate=True), at + count * step
    except ValueError:
        return b"", at


def _leading(text: bytes, octet: bytes) -> int:
    return len(text) - len(text.lstrip(octet))

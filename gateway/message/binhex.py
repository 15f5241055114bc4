"""BinHex 4.0 (RFC 1741 and its appendix): the data fork of the file. Knows no message and no parts.

Checksums are compared and, once the introduction was seen, never obeyed; without the introduction the header's checksum
must be right, or any line with a colon before it could be a file.
"""

from __future__ import annotations

import binascii
import re
import struct

import pybase64

from gateway.message.defects import Flaw
from gateway.message.seek import Opening
from gateway.message.uu import QUOTE

_ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(_ALPHABET, _BASE64)
_MARGIN = b"\r\n \t>|"  # quote marks are not of the alphabet
_COLON = QUOTE + rb":[!-,\-0-689@A-NP-VX-Z\[`a-fh-mp-r]{8,}+:?[ \t]*+(?:\r?\n|\Z)"
_LINE = re.compile(_COLON)
_NEXT_LINE = re.compile(rb"\n" + _COLON)
_TRIES = 64  # lines with a colon in a block that are looked at one by one, which is fast where they are few
_MARK = b"with BinHex 4"
_MARK_REACH = 400  # octets between the introduction and the file
_NAME = 63
_HEADER = struct.Struct(">x4s4sHIIH")  # version, type, creator, flags, lengths of the data and resource forks, checksum
_PIECE = 16 * 1024  # expanded at once: up to 127 times as large then
_MOST = 256 * 2**20  # bytes that a file may expand to
_PATIENCE = 8  # foreign lines in a row before the run is over
_MOST_FOREIGN = 1000  # of them in all


class BinHexOpener:
    """Finds lines that begin with a colon and go on in the alphabet of BinHex."""

    __slots__ = ("_base", "_data", "_end", "_last", "_mark")

    def __init__(self) -> None:
        self._data, self._end, self._base, self._last = b"", 0, 0, True
        self._mark = -_MARK_REACH - 1  # where in the stream the line of the last introduction begins

    def block(self, data: bytes, start: int, end: int, base: int, last: bool) -> None:
        """See `seek.Opener`."""
        self._data, self._end, self._base, self._last = data, end, base, last

    def next(self, at: int) -> Opening | None:
        """See `seek.Opener`."""
        line = self._line(at)
        self._look_for_mark(at, line if line >= 0 else self._end)
        if line < 0:
            return None
        start = self._base + line
        marked = start - self._mark <= _MARK_REACH
        opening = Opening(self._mark if marked else start, line, BinHexCoder(marked=marked))
        self._mark = -_MARK_REACH - 1
        return opening

    def _line(self, at: int) -> int:
        data, end = self._data, self._end
        if not self._last:
            return at if data[at] == 58 and not data[at + 1 : end].translate(None, _ALPHABET) else -1
        for _ in range(_TRIES):
            found = data.find(b":", at, end)
            if found < 0:
                return -1
            line = data.rfind(b"\n", at, found) + 1 or at
            if _LINE.match(data, line, end):
                return line
            at = data.find(b"\n", found, end) + 1 or end
        match = _NEXT_LINE.search(data, at - 1, end)
        return match.start() + 1 if match else -1

    def _look_for_mark(self, at: int, end: int) -> None:
        found = self._data.rfind(_MARK, at, end) if self._last else -1
        if found >= 0:
            self._mark = self._base + (self._data.rfind(b"\n", at, found) + 1 or at)


class BinHexCoder:
    """From the line with the colon on; see `seek.Coder`. `marked`: the introduction stands before it."""

    __slots__ = (
        "_all_foreign",
        "_begun",
        "_carry",
        "_file",
        "_foreign",
        "_marked",
        "_runs",
        "accepted",
        "ended",
        "filename",
        "flaws",
    )

    def __init__(self, *, marked: bool) -> None:
        self.flaws: set[Flaw] = {Flaw.ENCODING_UNENDED}
        self.filename = b""
        self.ended = self.accepted = False
        self._marked = marked
        self._begun = False  # the first colon was taken
        self._foreign = self._all_foreign = 0
        self._carry = b""  # 0 to 3 characters of an unfinished group
        self._runs = RunLengths()
        self._file = MacFile()

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """See `seek.Coder`."""
        out: list[bytes] = []
        at, good = start, -1
        if not self._begun:
            self._begun = True
            at = data.find(b":", at) + 1
            first = False
        while at < end and not self.ended:
            colon = data.find(b":", at, end)
            stop = end if colon < 0 else max(data.rfind(b"\n", at, colon) + 1, at)
            if stop > at:
                at, good = self._lines(data, at, stop, out, good)
            else:
                stop = data.find(b"\n", at, end) + 1 or end
                at, good = self._colon_line(data[at:stop], first, at, out, good)
            first = True
        return b"".join(out), at, good

    def finish(self) -> bytes:
        """See `seek.Coder`."""
        decoded = b""
        if len(self._carry) > 1:
            group = self._carry.translate(_TO_BASE64) + b"=" * (4 - len(self._carry))
            decoded = self._expanded(pybase64.b64decode(group))
        if self._file.damaged or not self._file.complete or self._runs.dropped:
            self.flaws.add(Flaw.ENCODING_DAMAGED)
        return decoded

    def _lines(self, data: bytes, at: int, stop: int, out: list[bytes], good: int) -> tuple[int, int]:
        """Lines without a colon, all at once, or one by one if some are foreign: where to go on, where the run ends."""
        text = data[at:stop].translate(None, _MARGIN)
        if not text.translate(None, _ALPHABET):
            if text:
                out.append(self._decode(text))
                self._foreign = 0
            last = at + len(data[at:stop].rstrip(_MARGIN))
            return stop, (data.find(b"\n", last, stop) + 1 or stop) if text else good
        while at < stop and not self.ended:
            after = data.find(b"\n", at, stop) + 1 or stop
            text = data[at:after].translate(None, _MARGIN)
            if text.translate(None, _ALPHABET):
                if not self._passes(data[at:after]):
                    break
            elif text:
                out.append(self._decode(text))
                self._foreign = 0
                good = after
            at = after
        return at, good

    def _colon_line(self, line: bytes, first: bool, at: int, out: list[bytes], good: int) -> tuple[int, int]:
        """The line at `at`, or the rest of one: where to go on, where the run ends."""
        text, _colon, rest = line.partition(b":")
        text = text.translate(None, _MARGIN)
        if first and not text and rest.strip():
            self.ended = True  # the next file begins
            return at, good
        stop = at + len(line)
        if text.translate(None, _ALPHABET) or rest.strip():
            return (stop if self._passes(line) else at), good
        out.append(self._decode(text))
        self.ended = True
        self.flaws.discard(Flaw.ENCODING_UNENDED)
        return stop, stop

    def _passes(self, line: bytes) -> bool:
        """Whether a foreign line is passed over; else the run ended before it."""
        self._foreign += 1
        self._all_foreign += 1
        self.flaws.add(Flaw.ENCODING_DAMAGED)
        many = self._foreign > _PATIENCE or self._all_foreign > _MOST_FOREIGN
        self.ended = not self.accepted or many or _MARK in line
        return not self.ended

    def _decode(self, text: bytes) -> bytes:
        text = self._carry + text
        size = len(text) & ~3
        self._carry = text[size:]
        packed = pybase64.b64decode(text[:size].translate(_TO_BASE64), validate=True)
        return b"".join([self._expanded(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE)])

    def _expanded(self, packed: bytes) -> bytes:
        decoded = self._file.take(self._runs.expand(packed))
        if not self.accepted and self._file.header is not None:
            self.accepted = self._marked or self._file.proved
            self.filename = self._file.name
            self.ended |= not self.accepted
        self.ended |= self._file.impossible
        return decoded if self.accepted else b""


class RunLengths:
    """Expands "X 0x90 n" to n times X, and "0x90 0" to 0x90, in a stream cut anywhere."""

    __slots__ = ("_last", "_marked", "_room", "dropped")

    def __init__(self, most: int = _MOST) -> None:
        self._last = b"\0"
        self._marked = False  # a 0x90 whose count has not come
        self._room = most
        self.dropped = False  # it expands beyond what is taken

    def expand(self, data: bytes) -> bytes:
        """The next bytes, expanded."""
        if self.dropped:
            return b""
        if self._marked:
            data = b"\x90" + data
            self._marked = False
        out: list[bytes] = []
        at = 0
        while (found := data.find(b"\x90", at)) >= 0:
            if found > at:
                self._last = data[found - 1 : found]
                out.append(data[at:found])
            if found + 1 == len(data):
                self._marked = True
                return self._taken(out)
            out.append(self._repeated(data[found + 1]))
            at = found + 2
        if at < len(data):
            self._last = data[-1:]
            out.append(data[at:])
        return self._taken(out)

    def _repeated(self, count: int) -> bytes:
        if count:
            return self._last * (count - 1)
        self._last = b"\x90"
        return b"\x90"

    def _taken(self, out: list[bytes]) -> bytes:
        expanded = b"".join(out)
        self.dropped = len(expanded) > self._room
        expanded = expanded[: self._room]
        self._room -= len(expanded)
        return expanded


class MacFile:
    """Header, data fork, resource fork, each with its checksum: gives the data fork."""

    __slots__ = ("_at", "_buffer", "_crc", "_left", "_resource", "damaged", "header", "impossible", "name", "proved")

    def __init__(self) -> None:
        self.header: bytes | None = None
        self.name = b""
        self.proved = False  # the header's checksum is right
        self.damaged = False  # a checksum is wrong
        self.impossible = False  # what stands there is no header
        self._buffer = b""  # of the header, or of a checksum
        self._at = 0  # 0 the header, 1 the data fork, 2 its checksum, 3 the resource fork, 4 its checksum, 5 the end
        self._left = 0  # bytes of the fork that are to come
        self._resource = 0
        self._crc = 0

    @property
    def complete(self) -> bool:
        """Everything came that the header speaks of."""
        return self._at == 5

    def take(self, data: bytes) -> bytes:
        """The next bytes: those of them that are of the data fork."""
        if self._at == 0:
            data = self._begin(self._buffer + data)
        out = b""
        while data and 0 < self._at < 5:
            if self._at in (1, 3):
                fork, data = data[: self._left], data[self._left :]
                self._left -= len(fork)
                self._crc = binascii.crc_hqx(fork, self._crc)
                out = fork if self._at == 1 else out
                self._skip_ended()
            else:
                data = self._checksum(self._buffer + data)
        return out

    def _begin(self, data: bytes) -> bytes:
        """Read the header if it is whole: what follows it."""
        self._buffer = data
        if not data:
            return b""
        size = data[0]
        end = 1 + size + _HEADER.size
        if not 1 <= size <= _NAME or (len(data) > size + 1 and data[size + 1]):
            self.impossible = True
            return b""
        if len(data) < end:
            return b""
        self.header, self.name = data[:end], data[1 : size + 1]
        _kind, _creator, _flags, self._left, self._resource, crc = _HEADER.unpack_from(data, size + 1)
        self.proved = binascii.crc_hqx(data[: end - 2], 0) == crc
        self.damaged = not self.proved
        self._buffer = b""
        self._at = 1
        self._skip_ended()
        return data[end:]

    def _skip_ended(self) -> None:
        if not self._left:
            self._at += 1

    def _checksum(self, data: bytes) -> bytes:
        self._buffer = data[:2]
        if len(data) < 2:
            return b""
        self.damaged |= int.from_bytes(self._buffer, "big") != self._crc
        self._buffer, self._crc = b"", 0
        self._at += 1
        if self._at == 3:
            self._left = self._resource
            self._skip_ended()
        return data[2:]

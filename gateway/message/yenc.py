"""yEnc (the draft of version 1.3 by Jürgen Helbing), dots unstuffed already. Knows no message and no parts.

Sizes and checksums are compared and never obeyed: a run goes on to its =yend, the next =ybegin or the end of the text.
"""

from __future__ import annotations

import re
import zlib

from gateway.message.defects import Flaw
from gateway.message.seek import LineOpener, Opening

_BEGIN = re.compile(rb"=ybegin[ \t][^\r\n]{0,512}?\b(?:line|size)=\d[^\r\n]{0,1024}")
_KEYWORD = re.compile(rb"=y(?:begin|part|end)(?=[ \t\r\n])")
_KEYWORD_LINE = re.compile(rb"\n=y(?:begin|part|end)(?=[ \t\r\n])")
_NAME = re.compile(rb"[ \t]name=([^\r\n]{0,1024})")
_SIZE = re.compile(rb"[ \t]size=(\d{1,18})")
_CRC = re.compile(rb"[ \t](p?)crc32=([0-9A-Fa-f]{1,16})")
_PLAIN = bytes((octet - 42) & 255 for octet in range(256))
_ESCAPED = {bytes([octet]): bytes([(octet - 64) & 255]) for octet in range(256)}
_USUAL = ((b"=@", b"\0"), (b"=J", b"\n"), (b"=M", b"\r"), (b"=I", b"\t"), (b"=n", b"."), (b"=`", b" "))
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)


class YencOpener(LineOpener):
    """Finds "=ybegin" lines."""

    __slots__ = ()

    def next(self, at: int) -> Opening | None:
        """See `seek.Opener`."""
        data, end = self._data, self._end
        while (found := data.find(b"=ybegin", at, end)) >= 0:
            after = data.find(b"\n", found, end) + 1 or end
            match = _BEGIN.match(data, found, after) if found == at or data[found - 1] == 10 else None
            if match is not None:
                name = _NAME.search(match[0])
                return Opening(self._base + found, after, YencCoder(name[1] if name else b""))
            at = after
        return None


class YencCoder:
    """From the line after "=ybegin" on; see `seek.Coder`."""

    __slots__ = ("_carry", "_crc", "_part", "_size", "accepted", "ended", "filename", "flaws")

    def __init__(self, name: bytes) -> None:
        self.flaws: set[Flaw] = {Flaw.ENCODING_UNENDED}
        self.filename = name.strip().strip(b'"')
        self.ended = self.accepted = False
        self._carry = b""  # an "=" whose escaped character has not come
        self._part = False
        self._size = self._crc = 0

    def take(self, data: bytes, start: int, end: int, first: bool, last: bool) -> tuple[bytes, int, int]:
        """See `seek.Coder`."""
        out: list[bytes] = []
        at = start
        while at < end and not self.ended:
            stop = self._keyword_line(data, at, end, first)
            if stop > at:
                out.append(self._text(data[at:stop]))
            at = self._keyword(data, stop, end) if stop < end else stop
            first = True
        return b"".join(out), at, at

    def finish(self) -> bytes:
        """See `seek.Coder`."""
        if self._carry:
            self.flaws.add(Flaw.ENCODING_DAMAGED)
        return b""

    def _keyword_line(self, data: bytes, at: int, end: int, first: bool) -> int:
        """Where the next keyword's line begins, else `end`."""
        if first and _KEYWORD.match(data, at, end):
            return at
        found = data.find(b"\n=y", at, end)
        match = _KEYWORD_LINE.search(data, found, end) if found >= 0 else None
        return match.start() + 1 if match else end

    def _keyword(self, data: bytes, at: int, end: int) -> int:
        """Obey the keyword at `at`: where to go on."""
        stop = data.find(b"\n", at, end) + 1 or end
        line = data[at:stop]
        if line.startswith(b"=ypart"):
            self._part = True
            return stop
        self.ended = True
        if line.startswith(b"=ybegin"):
            return at
        self.flaws.discard(Flaw.ENCODING_UNENDED)
        self.accepted = True
        self._compare(line[:1024])
        return stop

    def _compare(self, line: bytes) -> None:
        """What "=yend" says of the size and the checksum; "crc32" of a part's line is the whole file's."""
        size = _SIZE.search(line)
        wrong = size is not None and int(size[1]) != self._size
        for match in _CRC.finditer(line):
            if match[1] or not self._part:
                wrong |= int(match[2], 16) & 0xFFFFFFFF != self._crc
        if wrong:
            self.flaws.add(Flaw.ENCODING_DAMAGED)

    def _text(self, text: bytes) -> bytes:
        if not self.accepted:
            self.accepted = not text.isascii()  # a prose line about yEnc has nothing of it behind it
        text = self._carry + text.translate(None, b"\r\n")
        # Of a run of "=" at the end each second one is escaped by the one before it.
        self._carry = b"=" if (len(text) - len(text.rstrip(b"="))) & 1 else b""
        decoded = _unescaped(text[:-1] if self._carry else text).translate(_PLAIN)
        self._size += len(decoded)
        self._crc = zlib.crc32(decoded, self._crc)
        return decoded


def _unescaped(text: bytes) -> bytes:
    """The text with each escape replaced: the usual ones at once, others, of which a stranger may send many, singly."""
    if b"=" not in text:
        return text
    if b"==" not in text:
        usual = text
        for escape, octet in _USUAL:
            usual = usual.replace(escape, octet)
        if usual.count(b"=") == usual.count(b"=}"):
            return usual.replace(b"=}", b"=")
    pieces = _ESCAPE.split(text)
    pieces[1::2] = map(_ESCAPED.__getitem__, pieces[1::2])
    return b"".join(pieces)

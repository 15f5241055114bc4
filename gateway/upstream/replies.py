"""SMTP replies as a client reads them: bytes in, `Reply` values out, without I/O (RFC 5321 4.2).

Strict about form (CRLF, one code a reply, bounded lines), forgiving about text: whatever a server writes becomes a
reply that can be passed on. Knows nothing of commands or connections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.model import Reply

MAX_LINE = 2048  # octets with CRLF; RFC 5321 4.5.3.1.5 allows 512, servers with long texts exist
MAX_LINES = 128
_CACHED = 512
_CACHED_BLOCK = 256  # octets
_TEXT = 480  # octets of text that surely fit a line of 512 beside code and enhanced code

_CODE = re.compile(rb"([2-5]\d\d)([ -]?)")
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?: |\Z)")
_EXACT = re.compile(rb"(?!421)([245])\d\d (\1\.\d{1,3}\.\d{1,3}) [\x20-\x7e]{0,%d}\r\n\Z" % _TEXT)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


class MalformedReply(Exception):  # noqa: N818
    """What came is no SMTP reply; the connection cannot be trusted any more."""


class ReplyParser:
    """Feed bytes, get whole replies. Bounded: at most MAX_LINES lines of MAX_LINE octets are kept."""

    __slots__ = ("_lines", "_pending")

    _cache: dict[bytes, tuple[Reply, ...]] = {}  # noqa: RUF012 - equal bytes give equal immutable replies; bounded

    def __init__(self) -> None:
        self._pending = b""
        self._lines: list[bytes] = []

    @property
    def partial(self) -> bool:
        """Whether bytes of an unfinished reply are waiting."""
        return bool(self._pending or self._lines)

    def whole(self, data: bytes) -> Sequence[Reply] | None:
        """What feed() would append, where that takes no parsing: a block seen before, or one reply in exact form.

        None otherwise, and for every block with a 421: then nothing was taken, and feed() must be given the block.
        """
        if self._pending or self._lines:
            return None
        known = self._cache.get(data)
        if known is None and (match := _EXACT.match(data)) is not None:
            known = (_exact(data, match.end(2)),)
            self._keep(data, known)
        return known

    def feed(self, data: bytes, out: list[Reply]) -> None:
        """Append every reply that is now whole to `out`. Raises MalformedReply; the parser is useless after that."""
        if (known := self.whole(data)) is not None:
            out.extend(known)
            return
        clean, before = not self.partial, len(out)
        self._parse(data, out)
        if clean and not self.partial:
            self._keep(data, tuple(out[before:]))

    def _keep(self, data: bytes, replies: tuple[Reply, ...]) -> None:
        """Remember a block. A 421 is never remembered: it ends the connection, and nobody must overlook it."""
        if len(data) > _CACHED_BLOCK:
            return
        for reply in replies:
            if reply.code == 421:
                return
        if len(self._cache) >= _CACHED:
            self._cache.clear()
        self._cache[data] = replies

    def _parse(self, data: bytes, out: list[Reply]) -> None:
        *lines, rest = (self._pending + data).split(b"\r\n") if self._pending else data.split(b"\r\n")
        out.extend(reply for line in lines if (reply := self._line(line)) is not None)
        if len(rest) >= MAX_LINE or b"\n" in rest:
            raise MalformedReply("over-long reply line or bare LF")
        self._pending = rest

    def _line(self, line: bytes) -> Reply | None:
        if not self._lines and (known := self._cache.get(line + b"\r\n")) is not None:
            return known[0]
        match = _CODE.match(line)
        if match is None or len(line) > MAX_LINE - 2 or b"\n" in line or b"\r" in line:
            raise MalformedReply("not a reply line")
        if not match[2] and len(line) > 3:
            raise MalformedReply("no space or hyphen after the code")
        if self._lines and self._lines[0][:3] != match[1]:
            raise MalformedReply("a reply with two codes")
        self._lines.append(line)
        if match[2] == b"-":
            if len(self._lines) >= MAX_LINES:
                raise MalformedReply("too many lines in a reply")
            return None
        return self._finished()

    def _finished(self) -> Reply:
        lines, self._lines = self._lines, []
        reply = sanitised(int(lines[0][:3]), [line[4:] for line in lines])
        if len(lines) == 1:
            self._keep(lines[0] + b"\r\n", (reply,))
        return reply


def _exact(data: bytes, end: int) -> Reply:
    """The reply whose encoding is `data`, as _EXACT has proved; its enhanced code stands before `end`."""
    text = data.decode("ascii")
    return Reply.proved(int(text[:3]), text[4:end], text[end + 1 : -2], data)


def sanitised(code: int, texts: list[bytes]) -> Reply:
    """A Reply that says what the server said: control characters and non-ASCII become "?", lines are cut to fit.

    The enhanced code is the first line's where its class fits `code` (RFC 2034), else `class.0.0`; none on 3xx.
    """
    enhanced: str | None = None if code // 100 == 3 else f"{code // 100}.0.0"
    lines: list[str] = []
    for number, raw in enumerate(texts):
        text = _UNPRINTABLE.sub("?", raw.decode("utf-8", "replace"))
        match = _ENHANCED.match(text)
        if match is not None and enhanced is not None:
            text = text[match.end() :]
            if number == 0 and match[1][0] == enhanced[0]:
                enhanced = match[1]
        lines.append(text[:_TEXT])
    return Reply(code, enhanced, *lines)


def without_421(reply: Reply) -> Reply:
    """The reply as it may be passed on: 421 speaks of the next hop's connection, not of ours, so it becomes 451."""
    return Reply(451, reply.enhanced, *reply.lines) if reply.code == 421 else reply

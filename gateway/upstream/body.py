"""A message's bytes onto the wire: dot-stuffing, BDAT, flow control, and never an end that was not reached.

DATA (RFC 5321 4.1.1.4, 4.5.2): the content as it is, one dot put before every line that begins with one; where the
last line has no CRLF, CRLF is added before the final dot, because DATA cannot carry such a line. BDAT (RFC 3030)
carries the exact bytes, all in one `BDAT n LAST`.
Knows a connection, nothing of envelopes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.errors import UpstreamBroken
from gateway.model import Reply
from gateway.upstream.base import Content
from gateway.upstream.connection import Connection

_JOINED = 64 * 1024  # bytes; up to this one copy into one write is cheaper than several buffers

Skip = Sequence[tuple[int, int]]
Replies = asyncio.Future[Sequence[Reply]]


class Early(Exception):  # noqa: N818
    """The server answered before the end of the message was written."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


class DotStuffer:
    """RFC 5321 4.5.2 chunk by chunk, whatever the split. The state is the last two bytes."""

    __slots__ = ("tail",)

    def __init__(self) -> None:
        self.tail = b"\r\n"

    def feed(self, chunk: bytes) -> bytes:
        """The chunk with a dot added before each dot that begins a line; the chunk itself where there is none."""
        # A line start can straddle the border in two ways: CRLF | "." and CR | LF ".".
        at = (self.tail + chunk[:2]).find(b"\r\n.")
        border = at + 2 - len(self.tail) if at >= 0 else -1
        self.tail = chunk[-2:] if len(chunk) > 1 else (self.tail + chunk)[-2:]
        stuffed = chunk.replace(b"\r\n.", b"\r\n..")
        return stuffed[:border] + b"." + stuffed[border:] if border >= 0 else stuffed


def length(prefix: bytes, content: Content, skip: Skip) -> int:
    """Bytes of the message as it will be sent, without dot-stuffing."""
    return len(prefix) + content.size - sum(min(end, content.size) - min(start, content.size) for start, end in skip)


def kept(chunk: bytes, offset: int, skip: Skip) -> bytes:
    """The chunk, which stands at `offset` of the content, without the ranges."""
    end = offset + len(chunk)
    hit = [(max(a, offset) - offset, min(b, end) - offset) for a, b in skip if a < end and b > offset and a < b]
    if not hit:
        return chunk
    starts = [0, *(b for _, b in hit)]
    ends = [*(a for a, _ in hit), len(chunk)]
    return b"".join(chunk[a:b] for a, b in zip(starts, ends, strict=True))


def plain(prefix: bytes, content: Content, skip: Skip) -> bytes | None:
    """What Outgoing.data() would write for the ordinary message: in memory, small, whole, no dot to double.

    None for every other one. Raises UpstreamBroken where the content is not as long as it says.
    """
    if skip or content.leading_dots or len(prefix) + content.size > _JOINED or _dotted(prefix):
        return None
    chunks = content.in_memory()
    if chunks is None:
        return None
    made = b"".join((prefix, *chunks, b".\r\n"))
    _check(len(made) - len(prefix) - 3, content.size)
    if made[-5:-3] == b"\r\n" or len(made) == 3:
        return made
    return made[:-3] + b"\r\n.\r\n"


def _dotted(prefix: bytes) -> bool:
    return prefix[:1] == b"." or b"\r\n." in prefix


class Outgoing:
    """One message on its way: `prefix`, then the content without the ranges `skip`.

    `seconds` is the time for each block to be taken. data() and bdat() return the future of the final reply once the
    last byte was written. They raise Lost, UpstreamBroken, Early, or what the content raises; in each case the end was
    not written and the caller must drop the connection.
    """

    __slots__ = ("_connection", "_content", "_prefix", "_seconds", "_skip", "_stuffer", "_tail", "_waiter")

    def __init__(self, connection: Connection, prefix: bytes, content: Content, skip: Skip, seconds: float) -> None:
        self._connection = connection
        self._prefix = prefix
        self._content = content
        self._skip = skip
        self._seconds = seconds
        self._stuffer: DotStuffer | None = None
        self._tail = b"\r\n"
        self._waiter = connection.expect(1)

    async def data(self) -> Replies:
        """After 354: the message and the final dot."""
        if self._content.leading_dots or self._skip or _dotted(self._prefix):
            self._stuffer = DotStuffer()
        chunks = self._content.in_memory()
        if chunks is not None:
            self._write_all(self._framed(chunks))
        else:
            await self._stream(self._prefix)
            self._connection.transport.write(self._end())
        return self._waiter

    async def bdat(self) -> Replies:
        """The command with the message as its one and last chunk: saves the round trip of 354."""
        head = b"BDAT %d LAST\r\n%b" % (length(self._prefix, self._content, self._skip), self._prefix)
        chunks = self._content.in_memory()
        if chunks is None:
            await self._stream(head)
        elif self._skip:
            self._write_all([head, kept(self._whole(chunks), 0, self._skip)])
        else:
            _check(sum(map(len, chunks)), self._content.size)
            self._write_all([head, *chunks])
        return self._waiter

    def _framed(self, chunks: list[bytes]) -> list[bytes]:
        """The message in memory with its final dot."""
        if self._stuffer is not None:
            pieces = [self._stuffer.feed(self._prefix + kept(self._whole(chunks), 0, self._skip))]
        else:
            _check(sum(map(len, chunks)), self._content.size)
            pieces = [self._prefix, *chunks]
        for piece in pieces:
            self._tail = (self._tail + piece[-2:])[-2:]
        pieces.append(self._end())
        return pieces

    def _whole(self, chunks: list[bytes]) -> bytes:
        _check(sum(map(len, chunks)), self._content.size)
        return b"".join(chunks)

    def _write_all(self, pieces: list[bytes]) -> None:
        joined = sum(map(len, pieces)) <= _JOINED
        self._connection.transport.writelines([b"".join(pieces)] if joined else pieces)

    def _end(self) -> bytes:
        return b".\r\n" if self._tail == b"\r\n" else b"\r\n.\r\n"

    async def _stream(self, head: bytes) -> None:
        """Write `head` and the content, at the pace that the server takes them.

        One chunk is held back, so that the last byte leaves only when the length is known to be right: a BDAT of too
        few bytes is never completed by chance, and one of too many never overruns.
        """
        offset, held = 0, head
        async for chunk in self._content.chunks():
            offset += len(chunk)
            if offset > self._content.size:
                break
            self._put(held)
            await self._connection.drain(self._seconds)
            held = kept(chunk, offset - len(chunk), self._skip) if self._skip else chunk
        _check(offset, self._content.size)
        self._put(held)

    def _put(self, piece: bytes) -> None:
        if self._waiter.done():
            raise Early(self._waiter.result()[-1])  # or Lost, which the waiter holds
        if self._stuffer is not None:
            piece = self._stuffer.feed(piece)
        self._tail = (self._tail + piece[-2:])[-2:]
        self._connection.transport.write(piece)


def _check(came: int, promised: int) -> None:
    """Never an end mark after anything but the whole message."""
    if came != promised:
        raise UpstreamBroken(f"the content has {came} bytes instead of {promised}: not sent")

"""What a client has sent and we have not yet taken: lines for commands, whole chunks for data. Reading is paused
when it grows.

It also is the small asynchronous reader that aiosmtpd's PROXY protocol parser wants.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

HIGH_WATER = 512 * 1024
MAX_LINE = 12_288  # RFC 4954 4: the longest line that AUTH may need; others are held to less by the session


class Pausable(Protocol):
    """The part of a transport that the inbox needs."""

    def pause_reading(self) -> None:
        """Stop delivering data."""

    def resume_reading(self) -> None:
        """Deliver data again."""


class ClientGone(Exception):  # noqa: N818 - an event, not an error
    """The client closed or lost the connection; nothing it has not completed counts."""


class Expired(Exception):  # noqa: N818 - an event, not an error
    """The client used up its time."""


class Inbox:
    """Bytes received and not yet taken. One consumer; `feed`, `end` and `expire` come from callbacks."""

    __slots__ = (
        "_buffer",
        "_chunks",
        "_discarding",
        "_loop",
        "_position",
        "_size",
        "ended",
        "paused",
        "transport",
        "waiter",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: Pausable) -> None:
        self._loop = loop
        self.transport = transport
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._buffer = b""
        self._position = 0
        self._discarding = False
        self.paused = False
        self.waiter: asyncio.Future[None] | None = None
        self.ended = False

    # From the transport

    def feed(self, data: bytes) -> None:
        """Take received bytes; wakes the consumer."""
        if self._position >= len(self._buffer) and not self._chunks:
            self._buffer, self._position = data, 0
        else:
            self._chunks.append(data)
            self._size += len(data)
            if self._size > HIGH_WATER and not self.paused:
                self.paused = True
                self.transport.pause_reading()
        waiter = self.waiter
        if waiter is not None:
            self.waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def end(self) -> None:
        """No more will come; what is here can still be taken."""
        self.ended = True
        self._wake(ClientGone() if self.empty else None)

    def expire(self) -> None:
        """Tell a waiting consumer that its time is up."""
        self._wake(Expired())

    def _wake(self, error: Exception | None) -> None:
        waiter, self.waiter = self.waiter, None
        if waiter is not None and not waiter.done():
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)

    # For the consumer

    @property
    def empty(self) -> bool:
        """True when nothing waits to be taken."""
        return self._position >= len(self._buffer) and not self._chunks

    @property
    def waiting(self) -> bool:
        """True while the consumer waits for the client."""
        return self.waiter is not None and not self.waiter.done()

    def more(self) -> asyncio.Future[None]:
        """Await it for more input. ClientGone at its end, Expired when the session's time is up."""
        if self.ended:
            raise ClientGone
        if self.paused:
            self.paused = False
            self.transport.resume_reading()
        waiter = self.waiter = self._loop.create_future()
        return waiter

    def line(self) -> bytes | None:
        """Take a line with its line end, None when there is none yet; b"" stands for one that was too long."""
        while True:
            buffer, start = self._buffer, self._position
            end = buffer.find(b"\n", start) + 1
            if end:
                self._position = end
                if self._discarding or end - start > MAX_LINE + 1:
                    self._discarding = False
                    return b""
                return buffer[start:end]
            if len(self._buffer) - self._position > MAX_LINE:
                self._discarding, self._position = True, len(self._buffer)
            if not self._chunks:
                return None
            chunk = self._pop()
            self._buffer = self._buffer[self._position :] + chunk if not self._discarding else chunk
            self._position = 0

    def starts_with(self, verb: bytes) -> bool:
        """True when a whole line is here and begins with the verb (upper-case), in any case."""
        start = self._position
        return self._buffer[start : start + len(verb)].upper() == verb and self._buffer.find(b"\n", start) >= 0

    def chunk(self) -> bytes:
        """Take all of the next chunk as it came, b"" when there is none."""
        if self._position < len(self._buffer):
            data = self._buffer[self._position :] if self._position else self._buffer
            self._buffer, self._position = b"", 0
            return data
        return self._pop() if self._chunks else b""

    def take(self, most: int) -> bytes:
        """Take at most so many bytes (over 0) of what is here, b"" when there is nothing."""
        if self._position >= len(self._buffer):
            if not self._chunks:
                return b""
            self._buffer, self._position = self._pop(), 0
        start = self._position
        self._position = min(start + most, len(self._buffer))
        return self._buffer if self._position - start == len(self._buffer) else self._buffer[start : self._position]

    def put_back(self, data: bytes) -> None:
        """Give back the end of the chunk that was just taken."""
        if data:
            if self._position < len(self._buffer):
                data += self._buffer[self._position :]
            self._buffer, self._position = data, 0

    def clear(self) -> None:
        """Forget what was not taken (RFC 3207 4.2)."""
        self._chunks.clear()
        self._buffer, self._position, self._size, self._discarding = b"", 0, 0, False

    def _pop(self) -> bytes:
        data = self._chunks.popleft()
        self._size -= len(data)
        return data

    # What aiosmtpd.proxy_protocol asks of a reader

    async def read(self, n: int = -1) -> bytes:
        """At most n bytes, at least one."""
        while not (data := self.take(n) if n > 0 else self.chunk()):
            await self.more()
        return data

    async def readexactly(self, n: int) -> bytes:
        """Exactly n bytes."""
        data = b""
        while len(data) < n:
            data += await self.read(n - len(data))
        return data

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """Up to and with the separator; LimitOverrunError beyond a line's length."""
        data = b""
        while not data.endswith(separator):
            if len(data) > MAX_LINE:
                raise asyncio.LimitOverrunError("no separator", len(data))
            data += await self.read(1)
        return data

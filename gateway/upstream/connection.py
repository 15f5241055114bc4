"""One client connection as an asyncio.Protocol: groups of commands out, groups of replies in, one future a group.

Knows framing, flow control and deadlines, nothing of transactions. No timer of its own: whoever owns the connection
looks at `deadline` now and then and calls `expire()` (pool.py does so for all of its connections at once).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

from gateway.errors import UpstreamBroken
from gateway.model import Reply
from gateway.upstream.base import Capabilities
from gateway.upstream.replies import MalformedReply, ReplyParser

HIGH_WATER = 256 * 1024  # bytes waiting in the transport before the content's reader is paused
LOW_WATER = 64 * 1024
_QUIT_TIMEOUT = 5.0  # seconds that a server may take over QUIT before the connection is cut

Kind = Literal["lost", "timeout", "malformed", "surplus", "busy", "cancelled", "closed"]


class Lost(UpstreamBroken):
    """The connection is of no use any more. `replies` came for the group that was under way; `kind` says why."""

    def __init__(self, kind: Kind, host: str, replies: int = 0) -> None:
        super().__init__(f"{host}: connection {kind}")
        self.kind = kind
        self.host = host
        self.replies = replies


class Connection(asyncio.Protocol):
    """A connection to `host` (text for logs and metrics).

    `time()` is loop time; `since` is when the last wait for a reply began, `deadline` when it ends, 0.0 for none.
    `dirty`: a transaction was left open, the next group must begin with RSET.
    `uses` counts messages; `idle`, `key` and `quitting` are its pool's business. `greeting` is the future of the 220.
    `on_lost(connection, kind)` is called exactly once, when the connection ends.
    """

    __slots__ = (
        "_drained",
        "_loop",
        "_lost",
        "_owed",
        "_parser",
        "_paused",
        "_replies",
        "_silence",
        "_transport",
        "_waiter",
        "capabilities",
        "deadline",
        "dirty",
        "greeting",
        "host",
        "idle",
        "key",
        "on_lost",
        "quitting",
        "since",
        "time",
        "uses",
    )

    def __init__(
        self, host: str, loop: asyncio.AbstractEventLoop, on_lost: Callable[[Connection, Kind], None] | None = None
    ) -> None:
        self.host = host
        self.capabilities = Capabilities()
        self.key: object = None
        self.deadline = 0.0
        self.since = 0.0
        self.time = loop.time
        self.uses = 0
        self.dirty = False
        self.idle = False
        self.quitting = False
        self.greeting: asyncio.Future[Sequence[Reply]] | None = None
        self.on_lost = on_lost
        self._loop = loop
        self._parser = ReplyParser()
        self._replies: list[Reply] = []
        self._owed = 0
        self._waiter: asyncio.Future[Sequence[Reply]] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._paused = False
        self._silence = 0.0
        self._lost: Kind | None = None
        self._transport: asyncio.Transport | None = None

    # -- for the owner ------------------------------------------------------------------------------------------

    @property
    def usable(self) -> bool:
        """Whether a group of commands may be sent."""
        return self._lost is None and self._transport is not None and not self.quitting

    @property
    def busy(self) -> bool:
        """Whether replies are owed, so that nobody else may use it."""
        return self._owed > 0

    @property
    def transport(self) -> asyncio.Transport:
        """The transport; raises Lost when there is none any more."""
        if self._transport is None or self._lost is not None:
            raise Lost(self._lost or "closed", self.host)
        return self._transport

    async def ask(self, data: bytes, count: int, seconds: float) -> Sequence[Reply]:
        """Write `data` (whole commands) in one go and wait for `count` replies, `seconds` for each at most.

        Fewer come back only where one of them is 421: then the connection is closed. Raises Lost.
        """
        waiter = self.expect(count)
        self.transport.write(data)
        return await self.result(waiter, seconds)

    def say(self, data: bytes, count: int, seconds: float) -> asyncio.Future[Sequence[Reply]]:
        """As ask(), for a caller that awaits the future itself.

        It must set `deadline` to 0.0 when the replies have come, and drop() the connection after every exception.
        """
        waiter = self.expect(count)
        self._transport.write(data)  # type: ignore[union-attr]  # expect() has looked
        self.wait(seconds)
        return waiter

    def wait(self, seconds: float) -> None:
        """From now on each reply that is owed has `seconds` to come."""
        self._silence = seconds
        self.since = now = self.time()
        self.deadline = now + seconds

    def expect(self, count: int) -> asyncio.Future[Sequence[Reply]]:
        """Declare that `count` replies are owed from now on; for a caller that writes in pieces. Raises Lost."""
        if self._lost is not None or self._transport is None or self.quitting:
            raise Lost(self._lost or "closed", self.host)
        self._owed = count
        if self._replies:
            self._replies = []
        waiter = self._waiter = self._loop.create_future()
        return waiter

    async def result(self, waiter: asyncio.Future[Sequence[Reply]], seconds: float) -> Sequence[Reply]:
        """The replies that expect() declared. Cancelling it drops the connection: its state would be unknown."""
        self.wait(seconds)
        try:
            return await waiter
        except asyncio.CancelledError:
            self.drop("cancelled")
            raise
        finally:
            self.deadline = 0.0

    async def drain(self, seconds: float) -> None:
        """Wait up to `seconds` seconds until the transport takes more. Raises Lost."""
        if not self._paused:
            if self._lost is not None:
                raise Lost(self._lost, self.host)
            return
        self._drained = self._loop.create_future()
        self.deadline = self._loop.time() + seconds
        try:
            await self._drained
        finally:
            self._drained = None
            self.deadline = 0.0

    def drop(self, kind: Kind = "closed") -> None:
        """Cut the connection at once, throwing away what was not yet written. Idempotent."""
        self._end(kind)
        if self._transport is not None:
            self._transport.abort()

    def quit(self) -> None:
        """Say QUIT and close when the server has answered, or after a few seconds. Idempotent."""
        if not self.usable:
            return
        self.quitting = True
        self.deadline = self._loop.time() + _QUIT_TIMEOUT
        self.transport.write(b"QUIT\r\n")

    async def part(self, seconds: float = 1.0) -> None:
        """Say QUIT and wait, `seconds` at most, until the server has closed; then cut the connection.

        For a connection that no pool looks after: nothing of it is left when this returns.
        """
        gone = asyncio.Event()
        self.on_lost = lambda _connection, _kind: gone.set()
        self.quit()
        try:
            if self._lost is None:
                async with asyncio.timeout(seconds):
                    await gone.wait()
        except TimeoutError:
            pass
        finally:
            self.drop()

    def expire(self) -> None:
        """The deadline has passed."""
        self.drop("timeout")

    def restarted(self, transport: asyncio.Transport) -> None:
        """TLS was started: go on over this transport. The caller has made sure that nothing was waiting."""
        self.connection_made(transport)

    # -- asyncio.Protocol ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = transport  # type: ignore[assignment]  # uvloop's are no subclass of asyncio.Transport
        self.transport.set_write_buffer_limits(high=HIGH_WATER, low=LOW_WATER)
        if self.greeting is None:
            self.greeting = self.expect(1)

    def data_received(self, data: bytes) -> None:
        """Collect replies; more than is owed, or anything that is no reply, ends the connection."""
        if self._lost is not None:
            return
        if self.quitting:
            self.drop("closed")
            return
        replies = self._replies
        if not replies and (known := self._parser.whole(data)) is not None and len(known) == self._owed:
            self._answer(known)
            return
        before = len(replies)
        try:
            self._parser.feed(data, replies)
        except MalformedReply:
            self.drop("malformed")
            return
        came = len(replies)
        if came > self._owed or (came == self._owed and self._parser.partial):
            self._surplus()
        elif came == self._owed or _goodbye(replies):
            self._complete(replies)
        elif came > before and self.deadline:
            self.deadline = self._loop.time() + self._silence

    def eof_received(self) -> bool:
        """The server closed its half: so do we."""
        self.drop("lost")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._end("lost")
        self._transport = None

    def pause_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        self._paused = True

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        self._paused = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    # -- inside -------------------------------------------------------------------------------------------------

    def _complete(self, replies: list[Reply]) -> None:
        self._replies = []
        self._answer(replies)
        if _goodbye(replies):
            self.drop("busy")

    def _answer(self, replies: Sequence[Reply]) -> None:
        waiter, self._waiter = self._waiter, None
        self._owed = 0
        if waiter is not None and not waiter.done():
            waiter.set_result(replies)

    def _surplus(self) -> None:
        """A 421 on an idle connection is how a server says goodbye; anything else unasked is not to be trusted."""
        goodbye = self._owed == 0 and bool(self._replies) and self._replies[0].code == 421
        self.drop("closed" if goodbye else "surplus")

    def _end(self, kind: Kind) -> None:
        if self._lost is not None:
            return
        self._lost = kind = "closed" if self.quitting else kind
        came = len(self._replies)
        waiter, self._waiter = self._waiter, None
        for future in (waiter, self._drained):
            if future is not None and not future.done():
                future.set_exception(Lost(kind, self.host, came))
                future.exception()  # nobody may be left to look at it, and asyncio would complain in the log
        if self.on_lost is not None:
            self.on_lost(self, kind)


def _goodbye(replies: list[Reply]) -> bool:
    """Whether the server said that it closes the connection (RFC 5321 3.8)."""
    for reply in replies:  # noqa: SIM110 - this runs for every group, and any() costs twice as much
        if reply.code == 421:
            return True
    return False

"""Our own notices on their way to the mail server: taken from the store's outbox, submitted like any mail, tried again.

One worker of a node does it; several nodes may. It must not know what a notice says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from gateway.directory.errors import DirectoryError
from gateway.directory.outbox import Notice, Outbox, Submitted, deliver_outbox
from gateway.errors import UpstreamError
from gateway.logs import get_logger
from gateway.model import Action, Address, Direction, Envelope, Recipient, Session
from gateway.upstream.base import Upstream

EVERY = 3.0
"""Seconds between two looks into the outbox."""
_log = get_logger("congthu.notices")


class Letter:
    """A finished message as the next hop's `Content`."""

    __slots__ = ("_data", "ends_with_crlf", "leading_dots", "size")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)
        self.leading_dots = data.count(b"\r\n.") + data.startswith(b".")
        self.ends_with_crlf = data.endswith(b"\r\n")

    def in_memory(self) -> list[bytes] | None:
        """All of it."""
        return [self._data]

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        """All of it in order."""
        for start in range(0, self.size, size):
            yield self._data[start : start + size]


class Noticer:
    """Delivers the outbox through an upstream, asked for anew each time: a reload may have changed it."""

    def __init__(self, outbox: Outbox, upstream: Callable[[], Upstream | None], hostname: str) -> None:
        self._outbox, self._upstream, self._hostname = outbox, upstream, hostname

    async def run(self, every: float = EVERY) -> None:
        """For ever, until cancelled. While no upstream is configured, notices wait."""
        failing = False
        while True:
            try:
                if self._upstream() is not None:
                    await deliver_outbox(self._outbox, self.submit)
                failing = False
            except DirectoryError as error:
                if not failing:
                    _log.error("notices.unavailable", reason=str(error))
                failing = True
            except Exception:  # a bug, or a notice that nobody expected: the others are not to wait for ever
                _log.exception("notices.failed")
            await asyncio.sleep(every)

    async def submit(self, notice: Notice) -> Submitted:
        """One try. UpstreamError where the next hop does not answer or nobody knows whether it took the notice."""
        upstream = self._upstream()
        if upstream is None:
            return Submitted(False, reply="no upstream is configured for notices")
        recipient = Recipient(Address(notice.recipient))
        envelope = Envelope(self._session(), Address(notice.sender), [recipient], body="8BITMIME")
        transaction = upstream.begin(envelope)
        try:
            (reply,) = await transaction.rcpt([recipient])
            if reply.action is Action.ACCEPT:
                reply = await transaction.send(b"", Letter(notice.message))
        except UpstreamError as error:
            return Submitted(False, reply=f"{type(error).__name__}: the mail server did not take it")
        finally:
            transaction.abort()
        return Submitted(reply.action is Action.ACCEPT, final=reply.action is Action.REJECT, reply=reply.line)

    def _session(self) -> Session:
        return Session("notices", "notices", Direction.OUTBOUND, "127.0.0.1", 0, helo=self._hostname, esmtp=True)

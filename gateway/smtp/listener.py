"""A listening socket, and the sessions that come out of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl

from gateway.smtp.context import ListenerContext
from gateway.smtp.session import GatewaySMTP

BACKLOG = 2048


class SMTPListener:
    """Accepts connections on a socket that somebody else holds, for the context that is current at that moment."""

    def __init__(self, context: ListenerContext, sock: socket.socket) -> None:
        self.context = context
        self.socket = sock
        self._server: asyncio.Server | None = None
        self._retired: list[ListenerContext] = []

    async def start(self) -> None:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: GatewaySMTP(self.context, loop),
            sock=self.socket.dup(),  # closing the server must not close the supervisor's socket for this worker
            backlog=BACKLOG,
        )

    def replace(self, context: ListenerContext) -> None:
        """New connections get the new context; those that are open keep theirs."""
        self._retired = [old for old in (*self._retired, self.context) if old.sessions]
        self.context = context

    def tick(self, now: float) -> None:
        """Look after every open session; call about once a second with the loop's time."""
        for context in (self.context, *self._retired):
            context.tick(now)

    @property
    def open_sessions(self) -> int:
        """Connections that are open now."""
        return sum(len(context.sessions) for context in (self.context, *self._retired))

    async def stop(self, timeout: float) -> None:  # noqa: ASYNC109 - a deadline for the clients, not for us
        """Stop accepting, tell idle sessions to go, wait for the others at most `timeout` seconds."""
        if self._server is not None:
            self._server.close()
        for context in (self.context, *self._retired):
            context.stop()
        deadline = asyncio.get_running_loop().time() + timeout
        while self.open_sessions and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for context in (self.context, *self._retired):
            context.stop(now=True)
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Wait for the server's own end; sessions that are left are cancelled by the loop's end."""
        if self._server is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 1.0)


def server_tls(certificate: str, key: str) -> ssl.SSLContext:
    """A server context with TLS 1.2 or newer. OSError or ssl.SSLError when the files cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context

"""Serves the endpoints on a socket that is already listening, over TLS where a certificate is given.

Unlike the metrics' server it keeps connections: Dovecot sends all its events over a few. Their number is bounded, and
one on which nothing comes for a while is closed; uvicorn alone would wait for a first byte for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS: Final = 64
QUIET: Final = 120.0
"""Seconds without a byte after which a connection is closed."""
HEAD: Final = 30.0
"""Seconds within which the head of a request must be here, however steadily its bytes come."""
_MAX_HEADERS: Final = 16 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the chain, and its key."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Connections at once: of all (0: 64), and of one address (0: as many as all), but for addresses that are `free`.

    `idle`: seconds that a connection is kept for another request; 0: 120.
    """

    connections: int = 0
    of_one: int = 0
    idle: float = 0.0
    free: Callable[[str], bool] = lambda _: False


class _Protocol(H11Protocol):
    limits = Limits()
    _timer: asyncio.TimerHandle | None = None
    _heard = 0.0
    _head = 0.0  # since when the head of a request has been coming

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > (self.limits.connections or MAX_CONNECTIONS) or self._too_many():
            transport.abort()
            return
        self._heard = self.loop.time()
        self._timer = self.loop.call_later(min(HEAD, QUIET), self._look)

    def _too_many(self) -> bool:
        """Whether one client has more connections than it may."""
        mine = _host(self)
        if not self.limits.of_one or not mine or self.limits.free(mine):
            return False
        return sum(_host(other) == mine for other in self.connections) > self.limits.of_one

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        super().data_received(data)
        coming = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        self._head = (self._head or self._heard) if coming else 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        left = self._heard + QUIET - self.loop.time()
        if self._head:
            left = min(left, self._head + HEAD - self.loop.time())
        if left <= 0:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(min(left, HEAD), self._look)


def _host(protocol: Any) -> str:
    """The address of the other end; "" for a socket that has none."""
    client = getattr(protocol, "client", None)
    return str(client[0]) if client else ""


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the supervisor."""
        yield


class Server:
    """One bind. OSError or ssl.SSLError for a certificate that cannot be read."""

    def __init__(
        self, app: ASGIApp, sock: socket.socket, certificate: Certificate | None = None, limits: Limits | None = None
    ) -> None:
        limits = limits or Limits()
        options: dict[str, Any] = {"lifespan": "off", "log_config": None, "access_log": False, "ws": "none"}
        options |= {"log_level": "warning", "server_header": False, "date_header": False, "proxy_headers": False}
        options |= {
            "timeout_keep_alive": round(limits.idle or QUIET),
            "timeout_graceful_shutdown": 1,
            "interface": "asgi3",
        }
        config = uvicorn.Config(
            app,
            http=type("_Limited", (_Protocol,), {"limits": limits}),
            h11_max_incomplete_event_size=_MAX_HEADERS,
            **options,
        )
        config.load()
        config.ssl = _context(certificate) if certificate else None
        self._server, self._socket = _Uvicorn(config), sock
        self._task: asyncio.Task[None] | None = None

    def check(self, certificate: Certificate) -> None:
        """See that it can be shown. OSError or ssl.SSLError."""
        _context(certificate)

    def renew(self, certificate: Certificate) -> None:
        """Show this certificate to whoever connects from now on. OSError or ssl.SSLError: the old one stays.

        Not for a server without TLS.
        """
        self.check(certificate)  # what cannot be loaded must not be half loaded into the one in use
        if (context := self._server.config.ssl) is not None:
            context.load_cert_chain(certificate.chain, certificate.key)

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="sources-http")

    async def close(self) -> None:
        """Stop answering and close the socket."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)
            for connection in tuple(self._server.server_state.connections):  # whose request did not end in time
                connection.transport.abort()
            await asyncio.sleep(0)
        with contextlib.suppress(OSError):
            self._socket.close()


def _context(certificate: Certificate) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(certificate.chain, certificate.key)
    return made

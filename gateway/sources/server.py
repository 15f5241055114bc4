"""Serves the endpoints on a socket that is already listening, over TLS where a certificate is given.

Unlike the metrics' server it keeps connections: Dovecot sends all its events over a few. Their number is bounded, and
one on which nothing comes for a while is closed; uvicorn alone would wait for a first byte for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS: Final = 64
QUIET: Final = 120.0
"""Seconds without a byte after which a connection is closed."""
_MAX_HEADERS: Final = 16 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the chain, and its key."""

    chain: Path
    key: Path


class _Protocol(H11Protocol):
    _timer: asyncio.TimerHandle | None = None
    _heard = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._heard = self.loop.time()
        self._timer = self.loop.call_later(QUIET, self._look)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        left = self._heard + QUIET - self.loop.time()
        if left <= 0:
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(left, self._look)


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the supervisor."""
        yield


class Server:
    """One bind. OSError or ssl.SSLError for a certificate that cannot be read."""

    def __init__(self, app: ASGIApp, sock: socket.socket, certificate: Certificate | None = None) -> None:
        options: dict[str, Any] = {"lifespan": "off", "log_config": None, "access_log": False, "ws": "none"}
        options |= {"log_level": "warning", "server_header": False, "date_header": False, "proxy_headers": False}
        options |= {"timeout_keep_alive": round(QUIET), "timeout_graceful_shutdown": 1}
        config = uvicorn.Config(app, http=_Protocol, h11_max_incomplete_event_size=_MAX_HEADERS, **options)
        config.load()
        config.ssl = _context(certificate) if certificate else None
        self._server, self._socket = _Uvicorn(config), sock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="sources-http")

    async def close(self) -> None:
        """Stop answering and close the socket."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)
        with contextlib.suppress(OSError):
            self._socket.close()


def _context(certificate: Certificate) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(certificate.chain, certificate.key)
    return made

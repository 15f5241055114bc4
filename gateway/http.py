"""Metrics and health over HTTP: /metrics, /healthz, /readyz, and nothing else. GET and HEAD only.

It knows how to answer and not what is true: the supervisor gives it functions. Bounded: few connections at a time, each
with one request and a short life; no body is read, no version is told.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 32
LIFETIME = 30.0  # seconds that a connection may last; a scrape takes milliseconds
MAX_HEADERS = 16 * 1024  # bytes of request line and header fields
# One request a connection: LIFETIME can then cut only a client that is stuck, never a scraper's idle connection.
HEADERS = {"Connection": "close", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Views:
    """What the answers are made of.

    `registries` are joined for /metrics; `health` is "" or why the daemon is sick; `readiness` is each thing that a
    message needs, "" or the reason why it is missing.
    """

    registries: tuple[CollectorRegistry, ...]
    health: Callable[[], str]
    readiness: Callable[[], Mapping[str, str]]


def application(views: Views) -> ASGIApp:
    """The ASGI application."""

    def collect() -> bytes:
        return b"".join(generate_latest(registry) for registry in views.registries)

    async def metrics(_: Request) -> Response:
        # The workers' files are read and added up: milliseconds that the event loop should not lose.
        content = await run_in_threadpool(collect)
        return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST, **HEADERS})

    async def healthz(_: Request) -> Response:
        reason = views.health()
        return PlainTextResponse(f"{reason or 'ok'}\n", 503 if reason else 200, HEADERS)

    async def readyz(_: Request) -> Response:
        checks = views.readiness()
        ready = not any(checks.values())
        content = {"ready": ready, "checks": {name: reason or "ok" for name, reason in checks.items()}}
        return JSONResponse(content, 200 if ready else 503, HEADERS)

    async def fail(_: Request, __: Exception) -> Response:
        return PlainTextResponse("internal error\n", 500, HEADERS)

    routes = [Route("/metrics", metrics), Route("/healthz", healthz), Route("/readyz", readyz)]
    app = Starlette(routes=routes, exception_handlers={Exception: fail, 404: _none, 405: _none})
    app.router.redirect_slashes = False
    return app


async def _none(_: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return PlainTextResponse("method not allowed\n" if status == 405 else "not found\n", status, HEADERS)


class _Protocol(H11Protocol):
    """uvicorn's protocol waits for ever for a request's first byte; a connection here has an end."""

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._end = self.loop.call_later(LIFETIME, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._end is not None:
            self._end.cancel()


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the supervisor."""
        yield


class Server:
    """Serves an application on a socket that is already listening, in the running loop, until `close`."""

    def __init__(self, app: ASGIApp, sock: socket.socket) -> None:
        options: dict[str, Any] = {"lifespan": "off", "log_config": None, "access_log": False, "ws": "none"}
        options |= {"log_level": "warning", "server_header": False, "date_header": False, "proxy_headers": False}
        config = uvicorn.Config(
            app, http=_Protocol, h11_max_incomplete_event_size=MAX_HEADERS, timeout_graceful_shutdown=1, **options
        )
        self._server, self._socket = _Uvicorn(config), sock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="http")

    async def close(self) -> None:
        """Stop answering and close the socket."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=3)
            for connection in tuple(self._server.server_state.connections):  # whose request did not end in time
                connection.transport.abort()
            await asyncio.sleep(0)
        self._socket.close()

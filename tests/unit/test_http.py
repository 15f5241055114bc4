"""Metrics and health over HTTP, asked through a real socket."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry, Gauge

from gateway import http


class State:
    """What the daemon would say."""

    sick = ""
    checks: dict[str, str] = {"journal": ""}  # noqa: RUF012


@contextlib.asynccontextmanager
async def serve(state: State) -> AsyncIterator[int]:
    registry = CollectorRegistry()
    Gauge("congthu_something", "x", registry=registry).set(7)
    views = http.Views((registry,), lambda: state.sick, lambda: state.checks)
    sock = socket.create_server(("127.0.0.1", 0))
    server = http.Server(http.application(views), sock)
    await server.start()
    try:
        yield sock.getsockname()[1]
    finally:
        await server.close()


async def ask(port: int, text: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def get(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    answer = await ask(port, f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    return int(status.split()[1]), dict(field.lower().split(": ", 1) for field in fields), body


async def test_metrics() -> None:
    async with serve(State()) as port:
        status, fields, body = await get(port, "/metrics")
    assert status == 200
    assert fields["content-type"].startswith("text/plain; version=")
    assert b"congthu_something 7.0" in body


async def test_health() -> None:
    state = State()
    async with serve(state) as port:
        assert (await get(port, "/healthz"))[::2] == (200, b"ok\n")
        state.sick = "no worker is alive"
        assert (await get(port, "/healthz"))[::2] == (503, b"no worker is alive\n")


async def test_readiness() -> None:
    state = State()
    async with serve(state) as port:
        status, _, body = await get(port, "/readyz")
        assert (status, json.loads(body)) == (200, {"ready": True, "checks": {"journal": "ok"}})
        state.checks = {"journal": "the disk is full", "upstream": ""}
        status, _, body = await get(port, "/readyz")
        checks = {"journal": "the disk is full", "upstream": "ok"}
        assert (status, json.loads(body)) == (503, {"ready": False, "checks": checks})


@pytest.mark.parametrize("path", ["/", "/metrics/", "/docs", "/openapi.json", "//metrics", "/../metrics"])
async def test_nothing_else(path: str) -> None:
    async with serve(State()) as port:
        assert (await get(port, path))[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_get_and_head_only(method: str) -> None:
    async with serve(State()) as port:
        assert (await get(port, "/metrics", method))[0] == 405


async def test_head_has_no_body() -> None:
    async with serve(State()) as port:
        status, _, body = await get(port, "/healthz", "HEAD")
    assert (status, body) == (200, b"")


async def test_no_version_is_told() -> None:
    async with serve(State()) as port:
        for path in ("/metrics", "/healthz", "/readyz", "/none"):
            _, fields, _ = await get(port, path)
            assert "server" not in fields
            assert fields["connection"] == "close"


async def test_a_failing_view_tells_nothing() -> None:
    state = State()
    state.checks = None  # type: ignore[assignment]
    async with serve(state) as port:
        status, _, body = await get(port, "/readyz")
    assert (status, body) == (500, b"internal error\n")


async def test_endless_header_is_cut() -> None:
    async with serve(State()) as port:
        answer = await ask(port, b"GET /metrics HTTP/1.1\r\nX: " + b"a" * (2 * http.MAX_HEADERS))
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")


async def test_a_silent_client_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LIFETIME", 0.1)
    async with serve(State()) as port:
        with contextlib.suppress(ConnectionError):
            assert await ask(port, b"GET /metr") == b""


async def test_connections_are_bounded() -> None:
    async with serve(State()) as port, contextlib.AsyncExitStack() as stack:
        for _ in range(http.MAX_CONNECTIONS):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
        await asyncio.sleep(0.05)
        with contextlib.suppress(ConnectionError):
            assert await ask(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") == b""

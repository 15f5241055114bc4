"""Clients that would keep others out of the console by holding its connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import pytest

from gateway.sources import server
from gateway.sources.server import Limits, Server


async def _fine(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def _answered(port: int, source: str) -> bool:
    """Whether a client with this address gets an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    try:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return (await asyncio.wait_for(reader.read(12), 30)).startswith(b"HTTP/1.1 200")
    except (ConnectionError, TimeoutError):
        return False
    finally:
        writer.close()


async def _held(port: int, count: int) -> contextlib.ExitStack:
    """Connections of 127.0.0.2 on which nothing is said."""
    held = contextlib.ExitStack()
    for _ in range(count):
        held.enter_context(socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0)))
    await asyncio.sleep(0.2)  # until all are taken
    return held


@contextlib.asynccontextmanager
async def _serving(limits: Limits) -> Any:
    sock = socket.create_server(("127.0.0.1", 0))
    made = Server(_fine, sock, None, limits)
    await made.start()
    try:
        yield sock.getsockname()[1]
    finally:
        await made.close()


def test_one_client_cannot_take_every_connection() -> None:
    async def run() -> None:
        async with _serving(Limits(12, of_one=4)) as port:
            held = await _held(port, 20)
            assert not await _answered(port, "127.0.0.2")
            assert await _answered(port, "127.0.0.3")
            held.close()

    asyncio.run(run())


def test_a_proxy_may_take_them_all() -> None:
    async def run() -> None:
        async with _serving(Limits(12, of_one=4, free=lambda address: address == "127.0.0.2")) as port:
            held = await _held(port, 9)
            assert await _answered(port, "127.0.0.2")
            held.close()

    asyncio.run(run())


def test_a_head_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then is no sign of life."""
    monkeypatch.setattr(server, "HEAD", 0.3)

    async def run() -> None:
        async with _serving(Limits()) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nX-A: ")
            with contextlib.suppress(ConnectionError):
                for _ in range(100):
                    writer.write(b"a")
                    await writer.drain()
                    await asyncio.sleep(0.05)
                    if reader.at_eof():
                        break
                else:
                    pytest.fail("it is still there")
            writer.close()

    asyncio.run(run())

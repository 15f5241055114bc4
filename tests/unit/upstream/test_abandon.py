"""A client that goes away while its message is being sent: nothing is delivered unless the end was written already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.errors import UpstreamBroken
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.upstream.smtp import SmtpUpstream

SIZE = 1000


class Slow:
    """Content whose second half waits."""

    size, leading_dots, ends_with_crlf = SIZE, 0, True

    def __init__(self) -> None:
        self.half = asyncio.Event()
        self.go_on = asyncio.Event()

    def in_memory(self) -> list[bytes] | None:
        return None

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        yield b"a" * (SIZE // 2)
        self.half.set()
        await self.go_on.wait()
        yield b"b" * (SIZE // 2 - 2) + b"\r\n"


async def serve(seen: bytearray, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 x\r\n")
    while line := await reader.readline():
        if line[:4] == b"EHLO":
            writer.write(b"250-x\r\n250 PIPELINING\r\n")
        elif line == b"DATA\r\n":
            writer.write(b"354 go\r\n")
            while (line := await reader.readline()) not in (b".\r\n", b""):
                seen += line
            seen += line
            writer.write(b"250 taken\r\n")
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


@pytest.mark.parametrize("gone", [True, False])
async def test_abandon(gone: bool) -> None:
    seen = bytearray()
    server = await asyncio.start_server(lambda r, w: serve(seen, r, w), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream = SmtpUpstream("x", UpstreamConfig(hosts=(HostPort(f"127.0.0.1:{port}"),), tls="none"), "gw.example")
    session = Session("s", "in", Direction.INBOUND, "127.0.0.1", 1)
    transaction = upstream.begin(Envelope(session, Address("a@b.example")))
    await transaction.rcpt([Recipient(Address("c@d.example"))])
    content = Slow()
    sending = asyncio.create_task(transaction.send(b"", content))
    await content.half.wait()
    if gone:
        transaction.abandon()
    content.go_on.set()
    if gone:
        with pytest.raises(UpstreamBroken):
            await sending
    else:
        assert (await sending).code == 250
        transaction.abandon()
    await upstream.close()
    server.close()
    await server.wait_closed()
    assert seen.endswith(b"\r\n.\r\n") is not gone

"""A connection that was given back in mid-transaction does not keep it open at the next hop."""

from __future__ import annotations

import asyncio

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.upstream.smtp import SmtpUpstream


async def test_an_idle_connection_is_reset() -> None:
    seen: list[bytes] = []
    reset = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        while line := await reader.readline():
            seen.append(line[:4])
            writer.write(b"250 PIPELINING\r\n" if line[:4] == b"EHLO" else b"250 ok\r\n")
            if line[:4] == b"RSET":
                reset.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstream = SmtpUpstream("x", UpstreamConfig(hosts=(HostPort(f"127.0.0.1:{port}"),), tls="none"), "gw.example")
    transaction = upstream.begin(
        Envelope(Session("s", "in", Direction.INBOUND, "127.0.0.1", 1), Address("a@b.example"))
    )
    await transaction.rcpt([Recipient(Address("c@d.example"))])
    transaction.abort()
    await asyncio.wait_for(reset.wait(), 10)
    while not upstream.pool.idle_connections:
        await asyncio.sleep(0.01)
    assert seen == [b"EHLO", b"MAIL", b"RCPT", b"RSET"]
    assert upstream.pool.open_connections == 1
    await upstream.close()
    server.close()
    await server.wait_closed()

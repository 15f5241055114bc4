"""A reload while a client is in its TLS handshake."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path

import trustme

from tests.smtp.conftest import Start


async def test_a_session_that_arrives_during_a_reload_is_looked_after(start: Start, tmp_path: Path) -> None:
    issued = trustme.CA().issue_cert("gw.test.example")
    issued.private_key_pem.write_to_path(tmp_path / "k.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    running = await start(tls="implicit", certificate=tmp_path / "c.pem", key=tmp_path / "k.pem", command_timeout=1.0)
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setblocking(False)
    await loop.sock_connect(sock, ("127.0.0.1", running.ports["inbound"]))
    await asyncio.sleep(0.2)  # accepted, in the handshake
    await running.app.reload(running.app.settings)
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(sock=sock, ssl=unchecked, server_hostname="x")
    assert (await reader.readline()).startswith(b"220")
    seen = running.app.listeners["inbound"].open_sessions
    try:
        line = await asyncio.wait_for(reader.readline(), 20)  # 421 after a second of silence
    except TimeoutError:
        line = b"(silence)"
    writer.close()
    assert (seen, line[:3]) == (1, b"421")

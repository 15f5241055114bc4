"""A password is never a login, whatever the client sends first."""

from __future__ import annotations

import asyncio
import base64
import ssl
from pathlib import Path

import trustme

from tests.smtp.conftest import MESSAGE, Start


class LenientHop:
    """Takes LOGIN whatever the padding, as several servers do."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-hop\r\n250-AUTH LOGIN PLAIN\r\n250 PIPELINING\r\n")
            elif verb == b"AUTH":
                writer.write(b"334 VXNlcm5hbWU6\r\n")
                await reader.readline()
                writer.write(b"334 UGFzc3dvcmQ6\r\n")
                await reader.readline()
                writer.write(b"235 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 kept\r\n")
            else:
                writer.write(b"250 ok\r\n")
        writer.close()


async def test_the_password_is_not_recorded_as_the_login(start: Start, tmp_path: Path) -> None:
    server = await asyncio.start_server(LenientHop().serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    issued = trustme.CA().issue_cert("gw.test.example")
    issued.private_key_pem.write_to_path(tmp_path / "k.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "c.pem")
    running = await start(
        direction="submission",
        tls="implicit",
        certificate=tmp_path / "c.pem",
        key=tmp_path / "k.pem",
        upstream={"box": {"hosts": [host]}},
    )
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    client = await running.ready(tls=unchecked)
    secret = base64.b64encode(b"S3cret-password")
    name = base64.b64encode(b"user").rstrip(b"=")  # no padding
    assert (await client.ask(b"AUTH LOGIN", name, secret)).startswith(b"235")
    await client.ask(b"MAIL FROM:<a@tphcm.gov.vn>", b"RCPT TO:<b@so.example>", b"DATA")
    assert (await client.ask(MESSAGE + b".")).startswith(b"250")
    rows = await running.decisions()
    server.close()
    assert not any("S3cret-password" in str(tuple(row)) for row in rows), "the password is in the journal"

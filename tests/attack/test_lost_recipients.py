"""A next hop that fails between two recipients: what the client was told must stay true."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.smtp.conftest import MESSAGE, Start


@dataclass
class Hop:
    """A next hop that closes the connection at the first RCPT to "broken"."""

    messages: list[tuple[list[bytes], bytes]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hop ESMTP\r\n")
        recipients: list[bytes] = []
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-hop\r\n250 PIPELINING\r\n")
            elif verb == b"RCPT":
                if b"broken" in line:
                    break
                recipients.append(line[8:].strip())
                writer.write(b"250 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                self.messages.append((recipients, content))
                recipients = []
                writer.write(b"250 kept\r\n")
            else:
                recipients = [] if verb in (b"RSET", b"MAIL") else recipients
                writer.write(b"250 ok\r\n")
        writer.close()


async def test_a_recipient_accepted_before_the_failure_is_not_lost(start: Start) -> None:
    hop = Hop()
    server = await asyncio.start_server(hop.serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    running = await start(upstream={"box": {"hosts": [host], "pool_size": 4}})
    client = await running.ready()
    answers = [
        await client.ask(b"MAIL FROM:<a@so.example>"),
        await client.ask(b"RCPT TO:<first@tphcm.gov.vn>"),
        await client.ask(b"RCPT TO:<broken@tphcm.gov.vn>"),
        await client.ask(b"RCPT TO:<third@tphcm.gov.vn>"),
        await client.ask(b"DATA"),
    ]
    print(answers)
    if answers[-1].startswith(b"354"):
        final = await client.ask(MESSAGE + b".")
        print(final, hop.messages)
        if final.startswith(b"250"):
            served = {one for recipients, _ in hop.messages for one in recipients}
            assert b"<first@tphcm.gov.vn>" in served, "250 for a recipient that the next hop never heard of"
    server.close()

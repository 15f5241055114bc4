"""The relay that one writes in an afternoon: aiosmtpd receives, email.parser looks, aiosmtplib sends on.

It keeps the one safety that matters (250 only after the upstream's 250) and has no other feature. Straightforward and
honest: no trick to make it slow. usage: python -m benchmarks.plain_relay PORT UPSTREAM_PORT
"""

from __future__ import annotations

import asyncio
import sys
from email import policy
from email.parser import BytesParser

import aiosmtplib
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

CAP = 15 * 2**20


class Relay:
    """aiosmtpd's handler: parse, add up the attachments, pass the message on."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Return the reply to the client's final dot."""
        content = envelope.original_content or b""
        message = BytesParser(policy=policy.default).parsebytes(content)
        size = sum(len(part.get_payload(decode=True) or b"") for part in message.walk() if part.get_filename())
        if size > CAP:
            return "552 5.3.4 attachments too large"
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port, start_tls=False)
        try:
            async with client:
                await client.sendmail(envelope.mail_from or "", envelope.rcpt_tos, content)
        except aiosmtplib.SMTPException:
            return "451 4.4.1 try again later"
        return "250 2.0.0 OK"


async def main(port: int, upstream: int) -> None:
    """Serve until killed."""
    controller = UnthreadedController(
        Relay(upstream),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=64 * 2**20,
        server_kwargs={"hostname": "gw.tinh.example"},
    )
    controller.loop = asyncio.get_running_loop()
    await controller._create_server()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

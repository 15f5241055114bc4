"""What the SMTP client costs: messages over one reused connection to Postfix's smtp-sink.

    python benchmarks/upstream_client.py [--messages 20000] [--size 4096] [--rounds 5] [--concurrency 1]

Prints, for each round, microseconds of CPU (user and system of this process) and of wall time a message.
The client says MAIL and RCPT in one write, then DATA, then the message with its dot, as the gateway does.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import AsyncIterator

import uvloop

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.upstream.smtp import SmtpUpstream

PREFIX = b"Received: from client.example (client.example [192.0.2.1])\r\n\tby gw.example with ESMTP id 0123456789\r\n"


class Bytes:
    """Content in memory, or streamed in chunks where it is larger than the spool's threshold."""

    leading_dots = 0
    ends_with_crlf = True

    def __init__(self, size: int) -> None:
        self.data = (b"x" * 70 + b"\r\n") * (size // 72 + 1)
        self.size = len(self.data)

    def in_memory(self) -> list[bytes] | None:
        return [self.data] if self.size <= 262144 else None

    async def chunks(self, size: int = 262144) -> AsyncIterator[bytes]:
        for at in range(0, self.size, size):
            yield self.data[at : at + size]


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def client(upstream: SmtpUpstream, content: Bytes, messages: int) -> None:
    session = Session("bench", "bench", Direction.INBOUND, "192.0.2.1", 4321, helo="client.example", esmtp=True)
    recipients = [Recipient(Address("user@tinh.example"))]
    for _ in range(messages):
        transaction = upstream.begin(Envelope(session, Address("sender@example.org")))
        replies = await transaction.rcpt(recipients)
        assert replies[0].code == 250, replies
        final = await transaction.send(PREFIX, content)
        assert final.code == 250, final


async def run(port: int, options: argparse.Namespace) -> None:
    config = UpstreamConfig(hosts=(HostPort(f"127.0.0.1:{port}"),), tls="none", max_uses=10**9)
    upstream = SmtpUpstream("sink", config, "gw.example")
    content = Bytes(options.size)
    await client(upstream, content, 200 if options.size < 10**6 else 1)
    figures = []
    for _ in range(options.rounds):
        used, started = cpu(), time.perf_counter()
        each = options.messages // options.concurrency
        await asyncio.gather(*(client(upstream, content, each) for _ in range(options.concurrency)))
        count = each * options.concurrency
        figures.append(((cpu() - used) / count * 1e6, (time.perf_counter() - started) / count * 1e6))
        print(f"{figures[-1][0]:9.1f} us CPU, {figures[-1][1]:9.1f} us wall, a message of {content.size} bytes")
    print(f"median {statistics.median(f[0] for f in figures):.1f} us CPU a message")
    await upstream.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=1)
    options = parser.parse_args()
    sink = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sink, "-u", "nobody", f"127.0.0.1:{port}", "200"])
    try:
        time.sleep(0.3)
        uvloop.run(run(port, options))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()

"""The floor of a relay in Python: uvloop, callbacks only, the words that the gateway says, and nothing else.

It parses no address, looks at no byte, records nothing, knows no time-out, no TLS, no limit and no failing next hop:
what it costs is what Python's sockets cost. usage: python -m benchmarks.bare_relay PORT UPSTREAM_PORT
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import cast

import uvloop


class Upstream(asyncio.Protocol):
    """A connection to the next hop, used again and again. `say` calls back when so many replies have come."""

    def __init__(self, ready: Callable[[bytes], None]) -> None:
        self._buffer = b""
        self._owed = 2  # banner and EHLO
        self._then = ready

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet at once."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"EHLO bare\r\n")

    def data_received(self, data: bytes) -> None:
        """Count the last lines of replies."""
        self._buffer += data
        lines = self._buffer.split(b"\r\n")
        if sum(line[3:4] == b" " for line in lines) >= self._owed and not lines[-1]:
            self._buffer, self._owed = b"", 0
            self._then(lines[-2] + b"\r\n")

    def say(self, data: bytes, owed: int, then: Callable[[bytes], None]) -> None:
        """Write; `then` gets the last reply."""
        self._owed, self._then = owed, then
        self._transport.write(data)


class Client(asyncio.Protocol):
    """A client's connection."""

    idle: list[Upstream] = []  # noqa: RUF012 - of all clients
    upstream_port = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say the banner."""
        both = cast("asyncio.Transport", transport)
        self._write, self._close = both.write, both.close
        self._pieces: list[bytes] | None = None
        self._line = b""
        self._upstream: Upstream | None = None
        self._write(b"220 bare\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands, one at a time as smtp-source says them, or the message."""
        if self._pieces is None:
            self._line += data
            if self._line.endswith(b"\r\n"):
                line, self._line = self._line, b""
                self._command(line)
            return
        self._pieces.append(data)
        if data.endswith(b"\r\n.\r\n") or (len(data) < 5 and b"".join(self._pieces).endswith(b"\r\n.\r\n")):
            assert self._upstream is not None
            self._upstream.say(b"DATA\r\n", 1, self._send)

    def _command(self, line: bytes) -> None:
        verb = line[:4]
        if verb == b"MAIL":
            self._mail = line
            self._write(b"250 2.1.0 OK\r\n")
        elif verb == b"RCPT":
            asyncio.ensure_future(self._connect(line)) if not self.idle else self._ask(self.idle.pop(), line)
        elif verb == b"DATA":
            self._pieces = []
            self._write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._write(b"221 2.0.0 bye\r\n")
            self._close()
        else:
            self._write(b"250-bare\r\n250 PIPELINING\r\n")

    async def _connect(self, line: bytes) -> None:
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[bytes] = loop.create_future()
        _, upstream = await loop.create_connection(lambda: Upstream(ready.set_result), "127.0.0.1", self.upstream_port)
        await ready
        self._ask(upstream, line)

    def _ask(self, upstream: Upstream, line: bytes) -> None:
        self._upstream = upstream
        upstream.say(self._mail + line, 2, self._write)

    def _send(self, _: bytes) -> None:
        assert self._upstream is not None
        assert self._pieces is not None
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = None
        self._upstream.say(b"Received: by bare\r\n" + data, 1, self._done)

    def _done(self, reply: bytes) -> None:
        assert self._upstream is not None
        self.idle.append(self._upstream)
        self._write(reply)


async def main(port: int, upstream: int) -> None:
    """Serve until killed."""
    Client.upstream_port = upstream
    server = await asyncio.get_running_loop().create_server(Client, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))

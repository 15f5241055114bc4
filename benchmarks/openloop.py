"""An open-loop SMTP client: messages leave at a given rate whatever the answers, each timed from its first command.

Knows SMTP enough to send one 4 KB message a connection (as smtp-source does); does not judge what it measures.
"""

from __future__ import annotations

import asyncio
import time
from typing import cast

import uvloop

from tests.support.ports import HOST

_BODY = b"X" * 78 + b"\r\n"
_MESSAGE = b"From: <nguon@nguon.example>\r\nTo: <an@tinh.example>\r\nSubject: thu\r\n\r\n" + _BODY * 51 + b".\r\n"
_STEPS = (
    b"HELO nguon.example\r\n",
    b"MAIL FROM:<nguon@nguon.example>\r\n",
    b"RCPT TO:<an@tinh.example>\r\n",
    b"DATA\r\n",
    _MESSAGE,
    b"QUIT\r\n",
)
_ACCEPTED = len(_STEPS) - 1  # the reply to the final dot


class _Sender(asyncio.Protocol):
    """One connection, one message, one reply awaited a step."""

    def __init__(self, done: asyncio.Future[float], due: float) -> None:
        self._done, self._due = done, due
        self._step = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass of it

    def data_received(self, data: bytes) -> None:
        if not data.endswith(b"\n") or self._transport is None:
            return
        if data[:1] not in b"23":
            self._fail(data)
            return
        if self._step == _ACCEPTED and not self._done.done():
            self._done.set_result(time.perf_counter() - self._due)
        if self._step < len(_STEPS):
            self._transport.write(_STEPS[self._step])
            self._step += 1

    def connection_lost(self, _error: Exception | None) -> None:
        self._fail(b"connection lost")

    def _fail(self, why: bytes) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError(why.decode("ascii", "replace")))


async def _one(port: int, due: float) -> float:
    """Seconds from when the message was due to its 250, the wait for a busy client or server included."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[float] = loop.create_future()
    transport, _ = await loop.create_connection(lambda: _Sender(done, due), HOST, port)
    try:
        return await asyncio.wait_for(done, 30)
    finally:
        transport.close()


async def _run(port: int, rate: float, seconds: float) -> list[float]:
    began = time.perf_counter() + 0.05
    tasks = []
    for number in range(int(rate * seconds)):
        due = began + number / rate
        if (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        tasks.append(asyncio.create_task(_one(port, due)))
    return list(await asyncio.gather(*tasks))


def latencies(port: int, rate: float, seconds: float) -> list[float]:
    """Send `rate` messages a second for `seconds`; each message's latency in seconds, sorted."""
    return sorted(uvloop.run(_run(port, rate, seconds)))

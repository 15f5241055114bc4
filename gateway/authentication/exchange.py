"""One question to one DNS server: over UDP, and over TCP where the answer was cut (RFC 1035 4.2, RFC 7766).

Messages are built and read by dnspython. The socket is ours so that what is read is bounded: octets, records, and
forged datagrams are turned away before anything parses them. Identifier and port are random for each question
(RFC 5452): dnspython draws the one, the kernel the other, and a connected socket takes datagrams of that server only.
"""

from __future__ import annotations

import asyncio
import struct
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype

Server = tuple[str, int]
"""Address and port."""

_HEADER = 12
_QR, _TC = 0x8000, 0x0200
_UDP_PAYLOAD = 1232  # octets: what passes every path unfragmented (DNS flag day 2020)
_MOST_JUNK = 500  # datagrams of one question that are no answer to it
_MOST_RECORDS = 300  # a message's, all sections
_PARSED_HERE = 1500  # octets that are parsed on the loop: at most a few milliseconds, whatever they are


class Unanswered(Exception):  # noqa: N818 - not an error: the next server may know
    """This server gave no answer that can be used; the text is a name from `Answer.failed`."""


def question(name: dns.name.Name, kind: str) -> dns.message.Message:
    """The query for one name and type, with a random identifier."""
    return dns.message.make_query(name, dns.rdatatype.from_text(kind), use_edns=0, payload=_UDP_PAYLOAD)


async def ask(server: Server, query: dns.message.Message, *, seconds: float, largest: int) -> dns.message.Message:
    """The server's answer to `query`. `seconds`: over UDP, and again over TCP; `largest`: octets.

    Raises `Unanswered`. What comes back answers this question; whether it says anything is for the caller to see.
    """
    wire = query.to_wire()
    try:
        async with asyncio.timeout(seconds):
            data = await _over_udp(server, wire, largest)
        if _flags(data) & _TC:
            async with asyncio.timeout(seconds):
                data = await _over_tcp(server, wire, largest)
    except TimeoutError:
        raise Unanswered("timeout") from None
    except (OSError, asyncio.IncompleteReadError):
        raise Unanswered("refused") from None
    return await _parse(data)


async def _over_udp(server: Server, wire: bytes, largest: int) -> bytes:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[bytes] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(wire, answer, largest), remote_addr=server)
    try:
        return await answer
    finally:
        transport.abort()


async def _over_tcp(server: Server, wire: bytes, largest: int) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(len(wire).to_bytes(2, "big") + wire)
        size = int.from_bytes(await reader.readexactly(2), "big")
        if size > largest:
            raise Unanswered("too-large")
        data = await reader.readexactly(size)
    finally:
        writer.transport.abort()
    if not _answers(data, wire):
        raise Unanswered("malformed")
    if _flags(data) & _TC:
        raise Unanswered("truncated")
    return data


class _Datagrams(asyncio.DatagramProtocol):
    """Sends the question, and sets `answer` to the first datagram that answers it; others are counted and dropped."""

    def __init__(self, wire: bytes, answer: asyncio.Future[bytes], largest: int) -> None:
        self._wire = wire
        self._answer = answer
        self._largest = largest
        self._junk = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.DatagramTransport, transport).sendto(self._wire)

    def datagram_received(self, data: bytes, _addr: object) -> None:
        if self._answer.done():
            return
        if not _answers(data, self._wire):
            self._junk += 1
            if self._junk > _MOST_JUNK:  # somebody is guessing: another socket has another port
                self._answer.set_exception(Unanswered("malformed"))
        elif len(data) > self._largest:
            self._answer.set_exception(Unanswered("too-large"))
        else:
            self._answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(Unanswered("refused"))


def _answers(data: bytes, wire: bytes) -> bool:
    """Whether this is a response with our identifier and our question (RFC 5452 9.1)."""
    if len(data) < _HEADER or data[:2] != wire[:2] or not _flags(data) & _QR:
        return False
    asked = int.from_bytes(data[4:6], "big")
    if asked == 0:  # some servers leave the question out of an error
        return bool(data[3] & 0x0F)
    end = wire.index(b"\0", _HEADER) + 5  # the root label, type and class
    return asked == 1 and data[_HEADER:end].lower() == wire[_HEADER:end].lower()


def _flags(data: bytes) -> int:
    return int.from_bytes(data[2:4], "big")


async def _parse(data: bytes) -> dns.message.Message:
    if sum(struct.unpack_from(">3H", data, 6)) > _MOST_RECORDS:
        raise Unanswered("too-large")
    if len(data) <= _PARSED_HERE:
        return _read(data)
    return await asyncio.to_thread(_read, data)


def _read(data: bytes) -> dns.message.Message:
    try:
        return dns.message.from_wire(data, ignore_trailing=True)
    except Exception:  # whatever a stranger's octets do to the parser, they are no answer
        raise Unanswered("malformed") from None

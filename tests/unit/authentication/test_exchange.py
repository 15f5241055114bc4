"""What a server may send: whatever it is, the answer is a message or `Unanswered`."""

from __future__ import annotations

import asyncio
import contextlib

import dns.flags
import dns.message
import dns.name
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.authentication.exchange import Unanswered, ask, question

NAME = dns.name.from_text("mail.example.vn")


class Server(asyncio.DatagramProtocol):
    """Answers each datagram with what `reply` makes of it."""

    def __init__(self, reply) -> None:
        self.reply = reply

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        self.transport.sendto(self.reply(data), addr)


async def asked(reply, *, seconds: float = 5.0, largest: int = 4096) -> dns.message.Message:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Server(reply), local_addr=("127.0.0.1", 0)
    )
    try:
        return await ask(transport.get_extra_info("sockname"), question(NAME, "A"), seconds=seconds, largest=largest)
    finally:
        transport.close()


def good(query: bytes) -> bytes:
    response = dns.message.make_response(dns.message.from_wire(query))
    response.answer.append(dns.rrset.from_text(NAME, 300, "IN", "A", "192.0.2.1"))
    return response.to_wire()


async def test_a_good_answer() -> None:
    assert len((await asked(good)).answer) == 1


async def test_identifiers_and_ports_differ() -> None:
    seen = set()

    class Noting(Server):
        def datagram_received(self, data: bytes, addr) -> None:
            seen.add((data[:2], addr[1]))
            super().datagram_received(data, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Noting(good), local_addr=("127.0.0.1", 0)
    )
    server = transport.get_extra_info("sockname")
    for _ in range(20):
        await ask(server, question(NAME, "A"), seconds=5, largest=4096)
    transport.close()
    assert len({identifier for identifier, _ in seen}) > 15
    assert len({port for _, port in seen}) > 10


async def test_our_own_question_is_no_answer() -> None:
    with pytest.raises(Unanswered, match="timeout"):
        await asked(lambda query: query, seconds=0.05)


async def test_an_error_without_the_question_is_an_answer() -> None:
    message = await asked(lambda query: query[:2] + b"\x80\x02" + bytes(8))
    assert message.rcode() == 2


async def test_an_answer_without_the_question_is_none() -> None:
    with pytest.raises(Unanswered, match="timeout"):
        await asked(lambda query: query[:2] + b"\x80\x00" + bytes(8), seconds=0.05)


async def test_an_answer_that_is_too_large() -> None:
    with pytest.raises(Unanswered, match="too-large"):
        await asked(lambda query: good(query) + bytes(9000))


async def test_more_records_than_anybody_has() -> None:
    def reply(query: bytes) -> bytes:
        answer = bytearray(good(query))
        answer[6:8] = (5000).to_bytes(2, "big")
        return bytes(answer)

    with pytest.raises(Unanswered, match="too-large"):
        await asked(reply)


async def test_a_large_answer_is_read_beside_the_loop() -> None:
    def reply(query: bytes) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(query))
        addresses = [f"192.0.2.{n}" for n in range(200)]
        response.answer.append(dns.rrset.from_text(NAME, 300, "IN", "A", *addresses))
        return response.to_wire(max_size=8000)

    assert len((await asked(reply, largest=8000)).answer[0]) == 200


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 80), st.integers(0, 40))
def test_mangled_answers_are_messages_or_unanswered(junk: bytes, at: int, cut: int) -> None:
    def reply(query: bytes) -> bytes:
        whole = good(query)
        place = 12 + at  # behind the identifier and the flags: most of them reach the parser
        return whole[:place] + junk + whole[place + cut :]

    async def run() -> None:
        with contextlib.suppress(Unanswered):
            assert isinstance(await asked(reply, seconds=0.005), dns.message.Message)

    asyncio.run(run())

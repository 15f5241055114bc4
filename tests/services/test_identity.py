"""What is forwarded is what was sent: hard messages, byte for byte, over DATA and BDAT, whole and in small writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Client, wire_form
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.messages import SIMPLE, corpus, crlf, generated, prepended, with_attachment
from tests.support.recorder import Recorder

GENERATED = 150


@pytest.fixture(scope="module")
def chunking() -> Iterator[Recorder]:
    """An upstream that offers CHUNKING, so that the gateway sends BDAT."""
    offers = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "SIZE 104857600", "CHUNKING")
    with Recorder(*offers) as made:
        yield made


@pytest.fixture(scope="module")
def chunking_gate(chunking: Recorder) -> Iterator[Gateway]:
    """A gateway in front of it, once it has learnt what is offered."""
    with Gateway([listener()], {"mailserver": upstream(chunking.port)}, rules=OBSERVED) as made:
        made.daemon.wait_until(lambda: offers_chunking(made), "CHUNKING")
        yield made


def offers_chunking(gate: Gateway) -> bool:
    with Client(gate.port) as client:
        return "CHUNKING" in client.ehlo()


def hard_messages() -> list[bytes]:
    """The corpus with SMTP's line ends, and the generator's."""
    found = [crlf(path.read_bytes()) for path in corpus()]
    assert found, "the corpus is empty"
    return found + [one for one in generated(GENERATED) if one]


def unchanged(got: bytes, sent: bytes) -> bool:
    """True when only our own header lines stand before what was sent."""
    return got.endswith(sent) and prepended(got[: len(got) - len(sent)])


def check(upstream_: Recorder, sent: list[bytes]) -> None:
    """Every message came, in order, unchanged; forget them."""
    got = [one.content for one in upstream_.messages]
    upstream_.messages.clear()
    assert len(got) == len(sent)
    wrong = [(one, two) for one, two in zip(got, sent, strict=True) if not unchanged(one, two)]
    assert not wrong, f"{len(wrong)} messages changed; the first: {wrong[0][0][:2000]!r} was {wrong[0][1][:1500]!r}"


def test_data_to_data(gate: Gateway, recorder: Recorder) -> None:
    sent = hard_messages()
    with Client(gate.port) as client:
        client.ehlo()
        refused = [(client_reply, one[:200]) for one in sent if (client_reply := client.message(one)).code != 250]
    assert not refused, refused[:3]
    check(recorder, sent)


def test_data_in_small_writes(gate: Gateway, recorder: Recorder) -> None:
    sent = hard_messages()[-20:]
    with Client(gate.port) as client:
        client.ehlo()
        for number, one in enumerate(sent):
            client.envelope()
            assert client.command("DATA").code == 354
            wire, step = wire_form(one), 1 + number % 7
            for start in range(0, min(len(wire), 400), step):
                client.send(wire[start : min(start + step, 400)])
            client.send(wire[400:])
            assert client.read().code == 250
    check(recorder, sent)


def test_data_to_bdat(chunking_gate: Gateway, chunking: Recorder) -> None:
    sent = hard_messages()
    with Client(chunking_gate.port) as client:
        client.ehlo()
        assert {client.message(one).code for one in sent} == {250}
    assert chunking.verbs["BDAT"] >= len(sent)
    check(chunking, sent)


def test_bdat_to_bdat(chunking_gate: Gateway, chunking: Recorder) -> None:
    sent = hard_messages()[-60:]
    with Client(chunking_gate.port) as client:
        client.ehlo()
        for number, one in enumerate(sent):
            client.envelope()
            cut = (number * 37) % len(one)
            assert client.bdat(one[:cut], one[cut:]).code == 250
    check(chunking, sent)


def test_large_message(gate: Gateway, recorder: Recorder) -> None:
    large = with_attachment(14 * 2**20)
    with Client(gate.port, timeout=60) as client:
        client.ehlo()
        assert client.message(large).code == 250
    check(recorder, [large])


def test_nothing_but_a_dot(gate: Gateway, recorder: Recorder) -> None:
    with Client(gate.port) as client:
        client.ehlo()
        client.envelope()
        assert client.data(b".\r\n").code == 250
    assert prepended(recorder.messages.pop().content)


def test_pipelined_transactions(gate: Gateway, recorder: Recorder) -> None:
    one = b"MAIL FROM:<nguon@nguon.example>\r\nRCPT TO:<an@tinh.example>\r\nDATA\r\n"
    with Client(gate.port) as client:
        assert "PIPELINING" in client.ehlo()
        for _ in range(3):
            client.send(one)
            assert [client.read().code for _ in range(3)] == [250, 250, 354]
            client.send(wire_form(SIMPLE))
            assert client.read().code == 250
    check(recorder, [SIMPLE] * 3)

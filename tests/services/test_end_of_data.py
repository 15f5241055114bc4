"""SMTP smuggling: whatever passes for the end of data, a real Postfix behind us gets one message or none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.support.client import Client, ClosedError
from tests.support.congthu import Gateway, listener, upstream
from tests.support.messages import end_of_data_variants
from tests.support.postfix import Postfix

pytestmark = pytest.mark.service("postfix")

VARIANTS = end_of_data_variants()
HEAD = b"From: a@nguon.example\r\nTo: an@tinh.example\r\nSubject: that\r\n\r\ndong"
FORGED = (
    b"MAIL FROM:<ke-gian@nguon.example>\r\nRCPT TO:<gia@tinh.example>\r\nDATA\r\n"
    b"From: lanh-dao@tinh.example\r\nSubject: gia\r\n\r\ngia\r\n.\r\n"
)


@pytest.fixture(scope="module")
def gate() -> Iterator[tuple[Gateway, Postfix]]:
    """Two listeners, one that refuses and one that normalises, with Debian's Postfix as it comes behind them."""
    listeners = [listener(name="tu-choi"), listener(name="chuan-hoa", bare_newline="normalize")]
    with Postfix() as postfix, Gateway(listeners, {"mailserver": upstream(postfix.port)}) as made:
        yield made, postfix


def send(port: int, variant: bytes) -> int:
    """One message with the variant and a forged transaction after it, in one write; the code of the first reply."""
    with Client(port) as client:
        client.ehlo()
        client.envelope("a@nguon.example", "that@tinh.example")
        assert client.command("DATA").code == 354
        client.send(HEAD + variant + FORGED)
        first = client.read().code
        with contextlib.suppress(ClosedError, ConnectionError, TimeoutError):
            client.command("QUIT")
    return first


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("how", ["tu-choi", "chuan-hoa"])
def test_one_message_or_a_refusal(gate: tuple[Gateway, Postfix], how: str, name: str) -> None:
    congthu, postfix = gate
    postfix.clear()
    code = send(congthu.port_of(how), VARIANTS[name])
    assert code == 250 or 500 <= code < 600
    stored = postfix.wait_delivered(1 if code == 250 else 0)
    assert len(stored) == (1 if code == 250 else 0), [one[:300] for one in stored]
    assert not postfix.delivered("gia@tinh.example")


_BARE = ["LF.LF", "LF.CRLF", "CR.CR", "CRLF.LF", "CRLFNUL.CRLF", "CRLF.CRCRLF", "CRxLF.CRLF", "CRxLF.LF"]


@pytest.mark.parametrize("name", [*_BARE, "CRxLFxCRxLF.CRLF"])
def test_bare_line_ends_are_refused(gate: tuple[Gateway, Postfix], name: str) -> None:
    congthu, _ = gate
    assert 500 <= send(congthu.port_of("tu-choi"), VARIANTS[name]) < 600


@pytest.mark.parametrize("name", ["CRLF..CRLF", "CRLF. CRLF", "VT.VT", "NEL.NEL", "LS.LS"])
def test_harmless_ones_pass(gate: tuple[Gateway, Postfix], name: str) -> None:
    congthu, _ = gate
    assert send(congthu.port_of("tu-choi"), VARIANTS[name]) == 250


def test_normalised_newlines_pass(gate: tuple[Gateway, Postfix]) -> None:
    congthu, postfix = gate
    postfix.clear()
    with Client(congthu.port_of("chuan-hoa")) as client:
        client.ehlo()
        client.envelope()
        assert client.data(b"Subject: may quet\n\nmot\nhai\r\n.\r\n").code == 250
    [stored] = postfix.wait_delivered(1)
    assert stored.endswith(b"Subject: may quet\n\nmot\nhai\n")


def test_the_true_end_allows_a_second_transaction(gate: tuple[Gateway, Postfix]) -> None:
    congthu, postfix = gate
    postfix.clear()
    with Client(congthu.port_of("tu-choi")) as client:
        client.ehlo()
        client.envelope()
        client.command("DATA")
        commands, _, body = FORGED.partition(b"DATA\r\n")
        client.send(HEAD + b"\r\n.\r\n" + commands + b"DATA\r\n")
        assert [client.read().code for _ in range(4)] == [250, 250, 250, 354]
        client.send(body)
        assert client.read().code == 250
    assert len(postfix.wait_delivered(2)) == 2

"""Real Postfix behind, in front, and on both sides of the gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.client import Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.messages import SIMPLE, corpus, crlf, generated, with_attachment, without_trace
from tests.support.ports import HOST, free_port
from tests.support.postfix import Postfix, content
from tests.support.tools import smtp_source

pytestmark = pytest.mark.service("postfix", "smtp-source")

RULES = {**OBSERVED, "attachment-cap": "enforce"}


@pytest.fixture(scope="module")
def behind() -> Iterator[tuple[Gateway, Postfix]]:
    """An inbound gateway with a Postfix behind it."""
    with (
        Postfix() as postfix,
        Gateway([listener()], {"mailserver": upstream(postfix.port)}, rules=RULES) as gate,
    ):
        yield gate, postfix


@pytest.fixture(scope="module")
def between() -> Iterator[tuple[Gateway, Postfix]]:
    """Postfix's smtpd_proxy_filter → the gateway → the same Postfix's reinjection port."""
    front, again = free_port(), free_port()
    filtering = listener("reinjection", "proxy-filter", xforward=["127.0.0.0/8"])
    services = {
        front: {"smtpd_proxy_filter": filtering["bind"], "smtpd_client_connection_count_limit": "0"},
        again: {
            "smtpd_authorized_xforward_hosts": "127.0.0.0/8",
            "smtpd_recipient_restrictions": "permit_mynetworks,reject",
        },
    }
    with Postfix(services) as postfix, Gateway([filtering], {"reinjection": upstream(again, xforward=True)}) as gate:
        yield gate, postfix


@pytest.mark.parametrize("reuse", [False, True])
def test_source_through_the_gateway(behind: tuple[Gateway, Postfix], reuse: bool) -> None:
    gate, postfix = behind
    postfix.clear()
    smtp_source(gate.port, messages=200, sessions=8, length=3000, reuse=reuse)
    stored = postfix.wait_delivered(200)
    assert len(stored) == 200
    assert all(b"by gw.tinh.example with SMTP id" in one for one in stored)


def test_stored_as_if_sent_directly(behind: tuple[Gateway, Postfix]) -> None:
    gate, postfix = behind
    postfix.clear()
    sent = [crlf(path.read_bytes()) for path in corpus()] + [one for one in generated(40) if one]
    # A relay's own line comes first on both ways: Postfix rewrites a message whose very first line begins with "From ".
    relayed = b"Received: from may.nguon.example by mot.tram.example; Mon, 1 Jan 2024 00:00:00 +0000\r\n"
    for port, name, first in ((postfix.port, "thang", relayed), (gate.port, "cong", b"")):
        with Client(port) as client:
            client.ehlo()
            for number, one in enumerate(sent):
                answer = client.message(first + one, "nguon@nguon.example", f"{name}-{number}@tinh.example")
                assert answer.code == 250, (name, number, answer)
    postfix.wait_delivered(2 * len(sent))
    for number in range(len(sent)):
        [direct] = postfix.delivered(f"thang-{number}@tinh.example")
        [through] = postfix.delivered(f"cong-{number}@tinh.example")
        assert without_trace(content(through)) == without_trace(content(direct), 1), number


def test_each_recipient_gets_postfix_reply(behind: tuple[Gateway, Postfix]) -> None:
    gate, postfix = behind
    postfix.clear()
    with Client(gate.port) as client:
        client.ehlo()
        answers = client.envelope("a@nguon.example", "an@tinh.example", "unknown@tinh.example", "later@tinh.example")
        assert [one.code for one in answers] == [250, 250, 550, 450]
        assert "5.1.1" in answers[2].text
        assert client.data(b"Subject: a\r\n\r\na\r\n.\r\n").code == 250
        assert client.envelope("a@nguon.example", "ai@noikhac.example")[1].code == 550
    assert len(postfix.wait_delivered(1)) == 1


def test_attachments_over_the_cap_never_reach_postfix(behind: tuple[Gateway, Postfix]) -> None:
    gate, postfix = behind
    postfix.clear()
    with Client(gate.port, timeout=60) as client:
        client.ehlo()
        answer = client.message(with_attachment(16 * 2**20))
        assert (answer.code, "5.3.4" in answer.text) == (552, True)
        assert client.message(SIMPLE).code == 250
    assert len(postfix.wait_delivered(1)) == 1


def test_proxy_filter(between: tuple[Gateway, Postfix]) -> None:
    _, postfix = between
    postfix.clear()
    smtp_source(postfix.port, messages=100, sessions=8, length=3000)
    sent = [one for one in generated(30) if one]
    with Client(postfix.port) as client:
        client.ehlo()
        assert {client.message(one).code for one in sent} == {250}
    stored = postfix.wait_delivered(100 + len(sent))
    assert len(stored) == 100 + len(sent)
    assert all(b"by gw.tinh.example" in one for one in stored)


ODD = [
    (b"EHLO my printer", b"MAIL FROM:<a@nguon.example>", b"RCPT TO:<an@tinh.example>"),
    (b"EHLO PH\xc3\x92NG-CNTT.local", b"MAIL FROM:<a@nguon.example>", b"RCPT TO:<an@tinh.example>"),
    (b"EHLO may\x01tinh", b"MAIL FROM:<a@nguon.example>", b"RCPT TO:<an@tinh.example>"),
    (b"HELO\t" + b"x" * 400, b"MAIL FROM:<a@nguon.example>", b"RCPT TO:<an@tinh.example>"),
    (b"EHLO x.example", b"MAIL  FROM:< a@nguon.example >", b"RCPT\tTO:\t< an@tinh.example>"),
    (b"EHLO x.example", b"mail from: a..b.@nguon.example", b"rcpt to: <.an@tinh.example> NOTIFY=NEVER "),
    (
        b"EHLO x.example",
        b"MAIL FROM:<a@nguon.example> ENVID=a=b",
        b"RCPT TO:<an@tinh.example> ORCPT=rfc822;prvs=1=a@b.vn",
    ),
    (
        b"EHLO x.example",
        b"MAIL FROM:<a@nguon.example> SMTPUTF8",
        "RCPT TO:<an@tinh.example> ORCPT=utf-8;t\u00f4i@b.vn".encode(),
    ),
]


@pytest.mark.parametrize("way", ["between", "behind"])
def test_what_postfix_takes_of_a_sloppy_client_is_taken(way: str, request: pytest.FixtureRequest) -> None:
    gate, postfix = request.getfixturevalue(way)
    postfix.clear()
    for said in ODD:
        with Client(postfix.port if way == "between" else gate.port) as client:
            assert [client.command(line).code for line in said] == [250, 250, 250], said
            assert client.data(SIMPLE + b".\r\n").code == 250, said
    stored = postfix.wait_delivered(len(ODD))
    ours = [one.partition(b"by gw.tinh.example")[0].rpartition(b"Received: from ")[2] for one in stored]
    assert {one.partition(b" ")[0][:20] for one in ours} > {b"PH?NG-CNTT.local", b"may?tinh", b"x" * 20}


def test_proxy_filter_refuses_with_our_words(between: tuple[Gateway, Postfix]) -> None:
    _, postfix = between
    postfix.clear()
    with Client(postfix.port, timeout=60) as client:
        client.ehlo()
        answer = client.message(with_attachment(16 * 2**20))
        assert (answer.code, "5.3.4" in answer.text) == (552, True)
    assert postfix.delivered() == []


def test_proxy_filter_down_is_a_451() -> None:
    front = free_port()
    with Postfix({front: {"smtpd_proxy_filter": f"{HOST}:{free_port()}"}}) as postfix, Client(front) as client:
        client.ehlo()
        assert 400 <= client.message(SIMPLE).code < 500
        assert postfix.delivered() == []

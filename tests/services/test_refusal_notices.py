"""A running gateway tells its own senders, through a real Postfix, why their mail was refused; and nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from tests.support.client import Answer, Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.messages import with_attachment
from tests.support.postfix import Postfix

pytestmark = pytest.mark.service("postfix")

AN, BINH, OFFICE = "an@tinh.example", "binh@tinh.example", "q4@tinh.example"


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with Postfix() as made:
        yield made


@pytest.fixture(scope="module")
def gate(postfix: Postfix) -> Iterator[Gateway]:
    """Mail comes in at one listener; the other's client is a server that checks senders against logins."""
    listeners = [listener(name="vao", proxy_protocol=["127.0.0.0/8"]), listener("mailserver", "outbound", name="ra")]
    with Gateway(
        listeners,
        {"mailserver": upstream(postfix.port)},
        gateway={"trusted_networks": ["127.0.0.0/8"], "regulation": "tphcm-q4-03-2013", "contact": "028 0000 0000"},
        authentication={"login_checked": ["127.0.0.0/8"], "verify": False},
        notices={"upstream": "mailserver", "sender": OFFICE, "office": "Văn phòng Quận 4"},
        console={"public_url": "https://tracuu.tinh.example"},
        refusal_notices={"enabled": True, "per_hour": 2},
        rules={**OBSERVED, "attachment-cap": {"mode": "enforce", "limit": "4KiB"}},
    ) as made:
        yield made


def send(gate: Gateway, sender: str, author: str, where: str = "ra", number: int = 1, fields: bytes = b"") -> Answer:
    content = with_attachment(8192, name="bao-cao.bin").replace(b"nguon@nguon.example", author.encode())
    content = f"Message-ID: <{number}@tinh.example>\r\n".encode() + fields + content
    prefix = b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 25\r\n" if where == "vao" else b""
    with Client(gate.port_of(where), prefix=prefix) as client:
        client.ehlo()
        return client.message(content, sender, "x@khac.example" if where == "ra" else AN)


def notices(gate: Gateway) -> list[dict[str, object]]:
    return list(json.loads(gate.cli("mailboxes", "notices", "--json")))


def test_who_is_proved_gets_a_letter_and_nobody_else(gate: Gateway, postfix: Postfix) -> None:
    refused = send(gate, AN, AN)
    assert refused.code == 552
    assert send(gate, AN, AN).code == 552  # its mail program tries again
    others = [
        send(gate, AN, AN, "vao", 2),
        send(gate, "la@khac.example", "la@khac.example", "ra", 3),
        send(gate, "", BINH, "ra", 4),
        send(gate, BINH, BINH, "ra", 5, b"Auto-Submitted: auto-generated\r\n"),
        send(gate, BINH, BINH, "ra", 6, b"List-Id: <tin.tinh.example>\r\n"),
    ]
    assert {one.code // 100 for one in others} == {5}
    [stored] = postfix.wait_delivered(1)
    letter = message_from_bytes(stored, policy=policy.default)
    text, page = (part.get_content() for part in letter.iter_parts())
    assert letter["Delivered-To"] == AN
    assert letter["Return-Path"] == "<>"
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<1@tinh.example>"
    [decision] = [one for one in gate.decisions() if f"[{one['reference']}]" in refused.text]
    link = refused.text.split()[-1]
    assert link.startswith(f"https://tracuu.tinh.example/{decision['reference']}-")
    for told in (text, page):
        assert "bao-cao.bin" in told
        assert link in told
        assert "15 Megabyte" in told, "the clause's text"
    for _ in range(300):
        [one] = notices(gate)
        if one["sent"]:
            break
        time.sleep(0.1)
    assert (one["kind"], one["to"], one["about"]) == ("refused", AN, decision["reference"])
    assert one["sent"]


def test_a_mailbox_gets_so_many_an_hour(gate: Gateway) -> None:
    for number in range(20, 25):
        assert send(gate, BINH, BINH, "ra", number).code == 552
    for _ in range(300):
        if gate.metric("congthu_refusal_notices_total", outcome="limited") >= 3:
            break
        time.sleep(0.1)
    assert gate.metric("congthu_refusal_notices_total", outcome="limited") == 3
    assert [one["to"] for one in notices(gate)].count(BINH) == 2

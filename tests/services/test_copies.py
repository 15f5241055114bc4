"""Copies of accepted mail through running gateways and a real Postfix: in the archive before the mail is out."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest

from tests.support.client import Answer, Client
from tests.support.congthu import OBSERVED, Gateway, listener, upstream
from tests.support.messages import with_attachment
from tests.support.ports import free_port
from tests.support.postfix import Postfix

pytestmark = pytest.mark.service("postfix")

ARCHIVE = "luu-tru@tinh.example"
CONTENT = (
    b"From: nguon@nguon.example\r\nTo: an@tinh.example\r\nSubject: Bao cao\r\nMessage-ID: <1@x>\r\n\r\n.xin chao\r\n"
)


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """It refuses unknown@ with 550 and later@ with 450."""
    with Postfix() as made:
        yield made


@pytest.fixture(scope="module")
def gate(postfix: Postfix) -> Iterator[Gateway]:
    hops = {"mailserver": upstream(postfix.port), "archive": upstream(postfix.port), "gone": upstream(free_port())}
    with Gateway([listener()], hops, rules={**OBSERVED, "attachment-cap": "enforce"}) as made:
        yield made


def configured(gate: Gateway, postfix: Postfix, **copies: str) -> float:
    """After a reload, with nothing delivered yet; how many copies had failed."""
    reloads = gate.metric("congthu_reloads_total", result="done")
    gate.settings["copies"] = copies
    gate.write_config()
    gate.daemon.signal(signal.SIGHUP)
    for _ in range(1200):
        if gate.metric("congthu_reloads_total", result="done") > reloads:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it was not reloaded")
    postfix.clear()
    return gate.metric("congthu_copies_total", outcome="failed")


def failed(gate: Gateway, before: float) -> bool:
    """Whether one copy more has failed."""
    for _ in range(1200):
        if gate.metric("congthu_copies_total", outcome="failed") == before + 1:
            return True
        time.sleep(0.05)
    return False


def send(gate: Gateway, content: bytes = CONTENT, *recipients: str) -> Answer:
    with Client(gate.port, timeout=60) as client:
        client.ehlo()
        return client.message(content, "nguon@nguon.example", *(recipients or ("an@tinh.example",)))


def test_another_host_gets_a_report_with_the_envelope(gate: Gateway, postfix: Postfix) -> None:
    configured(gate, postfix, address=ARCHIVE, upstream="archive")
    taken, row = gate.judged(lambda: send(gate, CONTENT, "an@tinh.example", "giau@tinh.example"))
    assert taken.code == 250
    assert send(gate, with_attachment(16 * 2**20)).code == 552, "what is refused is not copied"
    postfix.wait_delivered(3)
    [stored] = postfix.delivered(ARCHIVE)
    report = message_from_bytes(stored, policy=policy.default)
    said, nested = report.iter_parts()
    assert report["Return-Path"] == "<>"
    for line in ("Sender: nguon@nguon.example", "Recipient: an@tinh.example", "Recipient: giau@tinh.example"):
        assert line in said.get_content().splitlines()
    inner = nested.get_content()
    assert (inner["Subject"], inner.get_content().strip()) == ("Bao cao", ".xin chao")
    assert CONTENT.replace(b"\r\n", b"\n").rstrip() in stored
    assert f"Reference: {row['reference']}" in said.get_content()


def test_the_same_next_hop_gets_one_more_recipient(gate: Gateway, postfix: Postfix) -> None:
    configured(gate, postfix, address=ARCHIVE)
    assert send(gate).code == 250
    postfix.wait_delivered(2)
    [archived], [delivered] = postfix.delivered(ARCHIVE), postfix.delivered("an@tinh.example")
    assert archived.partition(b"\n\n")[2] == delivered.partition(b"\n\n")[2]


@pytest.mark.parametrize(
    "copies",
    [{"address": ARCHIVE, "upstream": "gone"}, {"address": "unknown@tinh.example"}],
    ids=["a-host-that-is-away", "a-recipient-that-is-refused"],
)
def test_without_a_copy_nothing_is_taken(gate: Gateway, postfix: Postfix, copies: dict[str, str]) -> None:
    before = configured(gate, postfix, **copies)
    answer = send(gate)
    assert (answer.code, "ban sao" in answer.text) == (451, True)
    postfix.wait_idle()
    assert postfix.delivered() == []
    assert failed(gate, before)


def test_or_it_passes_and_the_journal_notes_it(gate: Gateway, postfix: Postfix) -> None:
    configured(gate, postfix, address="later@tinh.example", failure="note")
    taken, row = gate.judged(lambda: send(gate))
    assert taken.code == 250
    postfix.wait_delivered(1)
    assert row["outcome"] == "delivered, not copied"

"""What is asked about whom, and what a copy of a message that is still under way proves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from gateway.authentication.keys import SigningKey, generate
from gateway.authentication.replay import ReplayCache, SignatureMemory
from gateway.authentication.resolver import Resolver
from gateway.authentication.signing import Signer
from gateway.cli.inspect import read
from gateway.config import Settings
from gateway.directory.database import Database
from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.directory.seen import SharedMemory
from gateway.message.result import SpooledMessage
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.proving import Origins, Prover
from gateway.rules.compiled import Known
from gateway.who import Channel, Kind, Mailbox, Method, Proof
from tests.lab_dns import LabDns

OFFICE, UNIT = "phong@tinh.example", "vp@xa.example"
KEY = SigningKey("xa.example", "s", generate("ed25519"))
RECORDS = {
    "xa.example": ["TXT v=spf1 -all"],
    "_dmarc.xa.example": ["TXT v=DMARC1; p=reject"],
    "s._domainkey.xa.example": [("TXT", KEY.record)],
}


@pytest.fixture
def dns() -> Iterator[LabDns]:
    with LabDns(RECORDS) as made:  # type: ignore[arg-type]
        yield made


def prover_of(dns: LabDns, memory: SignatureMemory) -> Prover:
    known = Known(Directory.build(Snapshot(1, mailboxes=(Mailbox(UNIT, Kind.UNIT),)), [Channel(OFFICE)]))
    settings = Settings.model_validate({"authentication": {"binding_domains": ["xa.example"]}})
    return Prover(settings, Resolver([dns.server]), memory, known)


@pytest.fixture
def prover(dns: LabDns) -> Prover:
    return prover_of(dns, ReplayCache(86400.0))


async def letter(folder: Path, *, signed: bool) -> SpooledMessage:
    text = f"From: {UNIT}\r\nTo: {OFFICE}\r\nDate: {formatdate()}\r\nMessage-ID: <1@xa.example>\r\n\r\nThu\r\n".encode()
    file = folder / "thu.eml"
    file.write_bytes(text)
    if signed:
        plain = await read(file)
        scan = plain.scan
        field = await Signer([KEY]).sign("xa.example", scan.header_block, plain, scan.header_bytes, time.time())
        file.write_bytes(field + text)
    return await read(file)


def envelope(*, trusted: bool = False) -> Envelope:
    session = Session("1", "vao", Direction.INBOUND, "192.0.2.9", 25, helo="mx.xa.example", trusted=trusted)
    return Envelope(session, Address(UNIT), [Recipient(Address(OFFICE))])


async def test_a_stranger_is_asked_about_in_every_way(prover: Prover, tmp_path: Path) -> None:
    content = await letter(tmp_path, signed=True)
    proved = await prover.prove(envelope(), content.scan, content)
    assert [check.method for check in proved.sender.checks] == [Method.SPF, Method.DKIM, Method.DMARC]


async def test_behind_a_relay_of_ours_only_signatures_are_looked_at(
    prover: Prover, dns: LabDns, tmp_path: Path
) -> None:
    content = await letter(tmp_path, signed=False)
    proved = await prover.prove(envelope(trusted=True), content.scan, content)
    assert proved.sender.checks == (), "DMARC would fail here whatever SPF said at the relay"
    assert dns.asked == []


async def test_a_copy_of_one_in_flight_is_neither_proved_nor_a_replay(prover: Prover, tmp_path: Path) -> None:
    content = await letter(tmp_path, signed=True)
    first = await prover.prove(envelope(), content.scan, content)
    assert first.sender.identity.how is Proof.DKIM
    second = await prover.prove(envelope(), content.scan, content)
    assert (second.sender.identity.mailbox, second.sender.failed, second.keys) == ("", "in-flight", ())
    await prover.settle(first, delivered=False)
    again = await prover.prove(envelope(), content.scan, content)
    assert (again.sender.identity.how, again.sender.failed) == (Proof.DKIM, "")
    await prover.settle(again, delivered=True)
    late = await prover.prove(envelope(), content.scan, content)
    assert (late.sender.identity.mailbox, late.sender.failed) == ("", "")
    assert late.sender.identity.why == ("dkim-replayed",)


async def test_without_the_store_nothing_is_proved_and_nothing_decided(dns: LabDns, tmp_path: Path) -> None:
    away = SharedMemory(Database("postgresql://nobody@127.0.0.1:1/none", tmp_path), 86400.0)
    content = await letter(tmp_path, signed=True)
    proved = await prover_of(dns, away).prove(envelope(), content.scan, content)
    assert (proved.sender.identity.mailbox, proved.sender.failed, proved.keys) == ("", "store", ())


FORGED = b"Authentication-Results: gw.tinh.example; spf=pass\r\n"


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize(
    "header",
    [
        b"From: a@b.example\r\n",
        FORGED,
        b"From: a\r\nAUTHENTICATION-results: gw.tinh.example; x\r\n",
        b" x\r\n" + FORGED,
    ],
)
async def test_where_nothing_can_be_forged_nobody_looks(
    prover: Prover, tmp_path: Path, header: bytes, direction: Direction
) -> None:
    origins = Origins(prover, None, "gw.tinh.example", direction)
    file = tmp_path / "thu.eml"
    file.write_bytes(header + b"\r\nThu\r\n")
    message = (await read(file)).scan
    found = await origins.with_forged(message, ())
    assert origins.may_have_forged(message) or not found
    assert bool(found) == (b"gw.tinh" in header and direction is not Direction.OUTBOUND)

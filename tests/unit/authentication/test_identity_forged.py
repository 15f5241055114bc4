"""A forged From is never proved: whatever an attacker writes, and whatever he can really prove about himself.

The attacker has an account of his own here, a network that checks logins, a device, and a domain that signs whatever
he writes. The invariant: what is proved is his own, and no reader of the message sees anybody else's address.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.authentication.heading import read_heading
from gateway.authentication.identity import IdentitySettings, identify
from gateway.authentication.sender import read_sender
from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.who import Check, Kind, Mailbox, Method, NoDirectory, Proof, Result
from tests.unit.authentication.test_sender import FORGED
from tests.unit.authentication.test_sender_readers import AROUND, EVIL, LINES, OFFICE, VALUES, readers

NOW = 1795224600.0
UNIT = Mailbox(OFFICE, Kind.UNIT, "Q4")
HIS = Mailbox(EVIL, Kind.PERSONAL)
REST = b"To: vp@tinh.example\r\nDate: Sat, 21 Nov 2026 08:30:00 +0700\r\nMessage-ID: <1@gian.example>\r\nSubject: x\r\n"
SIGNED = (*("from", "to", "date", "message-id", "subject", "from", "sender", "reply-to", "cc"), "content-type")
SETTINGS = IdentitySettings(frozenset({"tphcm.example"}), frozenset({"tphcm.example", "gian.example"}))
CHECKS = (
    Check(Method.DKIM, Result.PASS, "gian.example", signed=SIGNED, signed_at=int(NOW)),
    Check(Method.DKIM, Result.FAIL, "tphcm.example", signed=SIGNED, signed_at=int(NOW)),
    Check(Method.DKIM, Result.PASS, "tphcm.example.gian.example", signed=SIGNED, signed_at=int(NOW)),
    Check(Method.SPF, Result.PASS, "gian.example", scope="mailfrom"),
    Check(Method.DMARC, Result.PASS, "gian.example"),
    Check(Method.ARC, Result.PASS, "tphcm.example"),
)
SESSIONS: dict[str, dict[str, Any]] = {
    "login": {"user": EVIL},
    "network": {"login_checked": True, "trusted": True},
    "device": {"device_sender": EVIL},
    "signature": {},
}


class Book(NoDirectory):
    size = 2

    def find(self, address: str) -> Mailbox | None:
        return {OFFICE: UNIT, EVIL: HIS}.get(address.lower())


def attack(header: bytes, session: dict[str, Any], reverse_path: str = EVIL) -> None:
    client = Session("s", "in", Direction.INBOUND, "192.0.2.1", 40000, **session)
    mail = Envelope(client, Address(reverse_path), [Recipient(Address("vp@tinh.example"))])
    fields, heading = read_sender(header + REST, b"\r\nbody\r\n"), read_heading(header + REST)
    found = identify(mail, fields, CHECKS, Book(), SETTINGS, heading, NOW)
    assert found.mailbox in ("", EVIL), header
    assert found.domain in ("", "gian.example"), header
    if found.how is not Proof.NONE:
        seen = {one.strip(AROUND).lower() for one in readers(header + REST)}
        assert OFFICE not in seen, header


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS.keys())
@pytest.mark.parametrize(("lines", "_dispute"), FORGED)
def test_published_forgeries_prove_nothing_of_the_office(
    lines: list[str | bytes], _dispute: str, session: dict[str, Any]
) -> None:
    attack(b"".join((line.encode() if isinstance(line, str) else line) + b"\r\n" for line in lines), session)


@given(LINES, st.sampled_from(list(SESSIONS.values())), st.sampled_from([EVIL, OFFICE, ""]))
@settings(max_examples=200, deadline=None)
def test_no_header_proves_somebody_else(header: str, session: dict[str, Any], reverse_path: str) -> None:
    if session == SESSIONS["network"] and reverse_path == OFFICE:
        reverse_path = EVIL  # the network would not have let that through
    attack(header.encode(), session, reverse_path)


@given(VALUES, VALUES, st.sampled_from(list(SESSIONS.values())))
@settings(max_examples=200, deadline=None)
def test_no_from_around_his_own_address_shows_another_s(before: str, after: str, session: dict[str, Any]) -> None:
    attack(f"From: {before}<{EVIL}>{after}\r\n".encode(), session)


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS.keys())
def test_his_own_mail_is_his_own(session: dict[str, Any]) -> None:
    header = f"From: Ke <{EVIL}>\r\n".encode() + REST
    client = Session("s", "in", Direction.INBOUND, "192.0.2.1", 40000, **session)
    mail = Envelope(client, Address(EVIL), [Recipient(Address("vp@tinh.example"))])
    found = identify(mail, read_sender(header, b"\r\n"), CHECKS, Book(), SETTINGS, read_heading(header), NOW)
    assert found.mailbox == EVIL

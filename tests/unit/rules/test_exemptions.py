"""An exemption holds for its sender, network and every recipient, to the end of its last day, and is on record."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from gateway.config import Exemption
from gateway.model import Action, Finding, Mode
from gateway.rules.exemptions import CompiledExemption, exempt
from tests.unit.rules.make import REFUSED, envelope

LAST = datetime.date(2026, 6, 30)
DAY = datetime.timedelta(days=1)
FINDING = Finding("attachment-cap", ("Q4 4.2",), Action.REJECT, REFUSED, {"total": 1})


def made(**keys: Any) -> CompiledExemption:
    return CompiledExemption(Exemption(rule="attachment-cap", reason="Công văn 12/UBND", expires=LAST, **keys))


def applies(exemption: CompiledExemption, *recipients: str, today: datetime.date = LAST, **session: Any) -> bool:
    mail = envelope(session.pop("sender", "so@tinh.example"), *recipients, **session)
    return exemption.applies(mail, mail.recipients, today)


@pytest.mark.parametrize(("today", "holds"), [(LAST - DAY, True), (LAST, True), (LAST + DAY, False)])
def test_it_ends_with_its_last_day(today: datetime.date, holds: bool) -> None:
    assert applies(made(), "a@x.example", today=today) is holds


def test_the_sender_must_match() -> None:
    exemption = made(sender="*@TINH.example")
    assert applies(exemption, "a@x.example", sender="So@Tinh.Example")
    assert not applies(exemption, "a@x.example", sender="so@khac.example")
    assert not applies(exemption, "a@x.example", sender="")


def test_every_recipient_must_match() -> None:
    exemption = made(recipient="*@bo.example")
    assert applies(exemption, "a@bo.example", "b@bo.example")
    assert not applies(exemption, "a@bo.example", "b@khac.example")
    assert not applies(exemption)


@pytest.mark.parametrize(
    ("network", "address", "holds"),
    [
        ("192.0.2.0/24", "192.0.2.7", True),
        ("192.0.2.0/24", "198.51.100.1", False),
        ("192.0.2.0/24", "::ffff:192.0.2.7", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "192.0.2.7", False),
        ("192.0.2.0/24", "unix:/run/x", False),
        ("192.0.2.0/24", "", False),
    ],
)
def test_the_client_must_be_in_the_network(network: str, address: str, holds: bool) -> None:
    assert applies(made(network=network), "a@x.example", peer=address) is holds


def test_conditions_add_up() -> None:
    exemption = made(sender="so@tinh.example", network="192.0.2.0/24")
    assert applies(exemption, "a@x.example")
    assert not applies(exemption, "a@x.example", sender="khac@tinh.example")
    assert not applies(exemption, "a@x.example", peer="203.0.113.1")


def test_what_is_exempted_is_recorded_with_the_reason() -> None:
    mail = envelope("so@tinh.example", "a@x.example")
    finding = exempt(FINDING, (made(sender="x@y"), made()), mail, mail.recipients, LAST)
    assert finding.mode is Mode.OBSERVE
    assert finding.evidence == {"total": 1, "exempted": {"reason": "Công văn 12/UBND", "expires": "2026-06-30"}}
    assert exempt(FINDING, (made(),), mail, mail.recipients, LAST + DAY) is FINDING
    assert exempt(FINDING, (), mail, mail.recipients, LAST) is FINDING

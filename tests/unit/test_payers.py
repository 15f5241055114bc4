"""Whose account a message is counted to."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.model import Direction, Envelope
from gateway.payers import Payer, client_key, payer_of
from gateway.rates import Scope, told_by
from tests.unit.rules.make import envelope
from tests.unit.rules.office import ALIAS, DIRECTORY, PERSON, SERVICE, UNIT

OURS = frozenset({"tinh.example"})
SUBMISSION, OUTBOUND, FILTER = Direction.SUBMISSION, Direction.OUTBOUND, Direction.PROXY_FILTER


def payer(mail: Envelope) -> Payer | None:
    return payer_of(mail, DIRECTORY, OURS.__contains__, OURS)


def paid(path: str, **session: Any) -> tuple[Scope, str] | None:
    found = payer(envelope(path, "ai@khac.example", **session))
    return None if found is None else (found.scope, found.who)


@pytest.mark.parametrize("user", ["nvanh", "NVAnh@tinh.example", PERSON])
@pytest.mark.parametrize("path", [PERSON, UNIT, "ai@gmail.com", ""])
@pytest.mark.parametrize("direction", [SUBMISSION, OUTBOUND, FILTER])
def test_a_login_pays_itself_whatever_it_writes(user: str, path: str, direction: Direction) -> None:
    assert paid(path, user=user, direction=direction, trusted=True) == (Scope.MAILBOX, PERSON)


def test_an_alias_is_its_mailbox() -> None:
    found = payer(envelope(PERSON, user=ALIAS, direction=SUBMISSION))
    assert found is not None
    assert (found.who, found.domain, found.mailbox and found.mailbox.unit) == (UNIT, "tinh.example", "SXD")


def test_a_login_that_nobody_knows_has_an_account_of_its_own() -> None:
    assert paid(PERSON, user="la", direction=SUBMISSION) == (Scope.MAILBOX, "la@tinh.example")
    assert paid(PERSON, user="?", direction=SUBMISSION) == (Scope.MAILBOX, "?")


def test_a_device_and_a_network_that_is_checked_are_proof() -> None:
    assert paid(SERVICE, device_sender=SERVICE, direction=SUBMISSION) == (Scope.MAILBOX, SERVICE)
    assert paid(PERSON, login_checked=True, trusted=True, direction=OUTBOUND) == (Scope.MAILBOX, PERSON)


def test_who_proves_nothing_pays_as_a_client_and_never_for_another() -> None:
    assert paid(PERSON, direction=SUBMISSION) == (Scope.CLIENT, "192.0.2.1")
    assert paid(PERSON, direction=SUBMISSION, client_address="2001:db8:1:2:3::4") == (Scope.CLIENT, "2001:db8:1:2::/64")


def test_a_servers_word_is_an_account_apart_from_the_mailboxs_own() -> None:
    assert paid(PERSON, trusted=True, direction=OUTBOUND) == (Scope.PATH, PERSON)
    assert paid("Ai@Khac.example", trusted=True, direction=OUTBOUND) == (Scope.PATH, "ai@khac.example")
    assert paid("", trusted=True, direction=OUTBOUND, peer="10.0.0.5") == (Scope.NULL, "10.0.0.5")


@pytest.mark.parametrize(
    ("peer", "servers"),
    [("10.0.0.5", "10.0.0.0/24"), ("::ffff:10.0.0.5", "10.0.0.0/24"), ("2001:db8::5", "2001:db8::/64")],
)
def test_conduct_on_a_servers_word_is_not_the_mailboxs(peer: str, servers: str) -> None:
    told = payer(envelope(PERSON, trusted=True, direction=OUTBOUND, peer=peer))
    own = payer(envelope(PERSON, user=PERSON, trusted=True, direction=OUTBOUND, peer=peer))
    assert told is not None
    assert own is not None
    assert (told.sender, own.sender) == (f"{PERSON}%{servers}", PERSON)
    assert told_by(told.sender) == (PERSON, servers)
    assert told_by(own.sender) == (PERSON, "")


def test_behind_a_servers_own_port_strangers_do_not_pay() -> None:
    told = {"trusted": True, "stranger": True, "direction": FILTER, "client_address": "198.51.100.7"}
    assert paid("ai@khac.example", **told) is None
    assert paid("", **told) is None
    assert paid(PERSON, **told) == (Scope.CLIENT, "198.51.100.7")  # a login that nobody told of, or a forger
    assert paid(PERSON, trusted=True, direction=FILTER) == (Scope.PATH, PERSON)  # webmail, on the server itself


def test_mail_from_outside_costs_nobody_anything() -> None:
    assert paid(PERSON, direction=Direction.INBOUND) is None
    assert paid(PERSON, direction=Direction.INBOUND, trusted=True) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_one_client(text: str, key: str) -> None:
    assert client_key(text) == key

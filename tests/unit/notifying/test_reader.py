"""Nobody is told of mail that he did not send."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.directory.entry import Snapshot
from gateway.directory.index import Directory
from gateway.model import Direction
from gateway.notifying.reader import reader_of
from gateway.who import Identity, Kind, Mailbox, Proof, Sender, State
from tests.unit.rules.make import FakeMessage, envelope

AN, UNIT, SCAN, GONE = "an@tinh.example", "pnv@tinh.example", "scan@tinh.example", "cu@tinh.example"
DIRECTORY = Directory.build(
    Snapshot(
        1,
        mailboxes=(
            Mailbox(AN, Kind.PERSONAL, aliases=("nvan@tinh.example",)),
            Mailbox(GONE, Kind.PERSONAL, state=State.RECLAIMED),
            Mailbox(UNIT, Kind.UNIT),
            Mailbox(SCAN, Kind.SERVICE),
        ),
    )
)


def told(
    proved: str = "",
    how: Proof = Proof.LOGIN,
    path: str = AN,
    direction: Direction = Direction.SUBMISSION,
    fields: dict[str, bytes] | None = None,
    **session: Any,
) -> str:
    made = envelope(path, "x@khac.example", direction=direction, **session)
    sender = Sender(Identity(proved, "tinh.example", how if proved else Proof.NONE))
    message = FakeMessage(fields=fields or {})
    return reader_of(made, message, sender, DIRECTORY, ("tinh.example",), "tinh.example")


def test_who_is_proved_is_told() -> None:
    assert told(AN, user=AN) == AN
    assert told(UNIT, Proof.NETWORK, direction=Direction.PROXY_FILTER, trusted=True) == UNIT
    assert told("moi@tinh.example", Proof.DKIM, direction=Direction.OUTBOUND) == "moi@tinh.example"


def test_who_logged_in_is_told_whatever_the_message_says() -> None:
    assert told(user="NVAN@tinh.example", path="binh@tinh.example") == AN
    assert told(user="nvan", path=UNIT) == AN
    assert told(user="moi", path=UNIT) == "moi@tinh.example"


@pytest.mark.parametrize(
    ("why", "given"),
    [
        ("nothing proves it", {}),
        ("a trusted server's word is no proof", {"trusted": True, "direction": Direction.OUTBOUND}),
        ("inbound", {"proved": AN, "direction": Direction.INBOUND}),
        ("inbound, logged in", {"user": AN, "direction": Direction.INBOUND}),
        ("a stranger's client", {"proved": AN, "stranger": True, "direction": Direction.PROXY_FILTER}),
        ("a device", {"proved": SCAN, "how": Proof.DEVICE, "device_sender": SCAN}),
        ("a device's network that says another", {"proved": AN, "device_sender": AN}),
        ("a domain is no mailbox", {"proved": AN, "how": Proof.ALIGNED_DKIM}),
        ("the null path", {"proved": AN, "user": AN, "path": ""}),
        ("a program's path", {"proved": AN, "user": AN, "path": "mailer-daemon@tinh.example"}),
        ("a program", {"proved": AN, "user": AN, "fields": {"auto-submitted": b"auto-generated"}}),
        ("a list", {"proved": AN, "user": AN, "fields": {"list-id": b"<a.b>"}}),
        ("a report", {"proved": AN, "user": AN, "fields": {"content-type": b"multipart/report; x=y"}}),
        ("a service mailbox", {"proved": SCAN, "user": SCAN}),
        ("a reclaimed one", {"proved": GONE, "user": GONE}),
        ("another domain", {"proved": "an@khac.example", "user": "an@khac.example"}),
        ("a system's address", {"proved": "postmaster@tinh.example", "user": "postmaster@tinh.example"}),
        ("no such login", {"user": "?"}),
    ],
)
def test_nobody_is_told(why: str, given: dict[str, Any]) -> None:
    assert told(**given) == "", why

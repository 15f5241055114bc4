"""Programs' mail is told from people's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.automatic import is_automatic, is_system
from tests.unit.rules.make import FakeMessage, envelope

PERSON = "an@tinh.example"


def told(sender: str = PERSON, **fields: bytes) -> bool:
    named = {name.replace("_", "-").lower(): value for name, value in fields.items()}
    return is_automatic(envelope(sender, "b@khac.example"), FakeMessage(fields=named))


def test_a_person_writes() -> None:
    assert not told()
    assert not told(auto_submitted=b" no (really)", precedence=b"first-class", content_type=b"text/plain")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto_submitted", b" auto-replied (vacation)"),
        ("auto_submitted", b"AUTO-GENERATED; owner-email=x"),
        ("auto_submitted", b"something-new"),
        ("precedence", b" Bulk"),
        ("list_id", b"<a.b>"),
        ("list_unsubscribe", b"<mailto:x@y>"),
        ("x_auto_response_suppress", b"All"),
        ("content_type", b'Multipart/Report; report-type="delivery-status"'),
    ],
)
def test_its_marks(name: str, value: bytes) -> None:
    assert is_automatic(envelope(PERSON, "b@khac.example"), FakeMessage(fields={name.replace("_", "-"): value}))


@pytest.mark.parametrize(
    "sender",
    ["", "MAILER-DAEMON@tinh.example", "owner-list@x", "list-bounces@x", "bounces+a=b@x", "no-reply@x", "postmaster@x"],
)
def test_its_addresses(sender: str) -> None:
    assert told(sender)
    assert is_system(sender)


@given(st.text(), st.binary(max_size=300))
def test_anything_is_told(sender: str, value: bytes) -> None:
    assert told(sender, auto_submitted=value, precedence=value, content_type=value) in (True, False)

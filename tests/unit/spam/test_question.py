"""What the filter is told: one line a field, bounded, and of nobody's making but ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Address, Direction, Envelope, Recipient, Session
from gateway.spam.question import question


def envelope(*to: str, sender: str = "ai@khac.example", **session: str) -> Envelope:
    made = Session("s", "l", Direction.INBOUND, "192.0.2.7", 1, **session)  # type: ignore[arg-type]
    return Envelope(made, Address(sender), [Recipient(Address(text)) for text in to])


def test_everything_that_is_known() -> None:
    about = envelope("bo@tinh.example", "co@tinh.example", client_name="mx", helo="mx.khac.example", user="ai")
    assert question(about, "REF") == [
        ("IP", "192.0.2.7"),
        ("Helo", "mx.khac.example"),
        ("Hostname", "mx"),
        ("User", "ai"),
        ("From", "<ai@khac.example>"),
        ("Rcpt", "<bo@tinh.example>"),
        ("Rcpt", "<co@tinh.example>"),
        ("Queue-Id", "REF"),
        ("MTA-Tag", "congthu-inbound"),
    ]


def test_what_is_not_known_is_left_out() -> None:
    about = envelope(sender="", client_address="[UNAVAILABLE]")
    assert question(about) == [("From", "<>"), ("MTA-Tag", "congthu-inbound")]


@pytest.mark.parametrize(
    ("address", "told"),
    [("2001:db8::7", "2001:db8::7"), ("fe80::1%eth0", "fe80::1"), ("203.0.113.9", "203.0.113.9"), ("999.1.1.1", None)],
)
def test_addresses(address: str, told: str | None) -> None:
    assert dict(question(envelope(client_address=address))).get("IP") == told


def test_recipients_are_bounded_in_number_and_in_octets() -> None:
    many = question(envelope(*(f"n{n}@tinh.example" for n in range(1000))))
    assert sum(name == "Rcpt" for name, _ in many) == 100
    long = question(envelope(*("ư" * 5000 for _ in range(100))))
    assert sum(len(value.encode()) for name, value in long if name == "Rcpt") <= 16 * 1024


@given(st.text(), st.text(), st.text(), st.text(), st.lists(st.text(), max_size=4))
def test_no_text_makes_another_field(path: str, helo: str, user: str, reference: str, to: list[str]) -> None:
    told = question(envelope(*to, sender=path, helo=helo, user=user, client_address=helo or "x"), reference)
    assert {name for name, _ in told} <= {"IP", "Helo", "Hostname", "User", "From", "Rcpt", "Queue-Id", "MTA-Tag"}
    for _, value in told:
        assert "\r" not in value
        assert "\n" not in value
        assert "\0" not in value
        assert value == value.strip()
        assert len(value.encode()) <= 4 * 322

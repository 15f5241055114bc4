"""A saved message is named as one, and left to the message's own scan."""

from __future__ import annotations

from tests.unit.documents.old_formats import parse


def test_a_message_is_only_named() -> None:
    found = parse(b"From: a@b.example\r\nSubject: x\r\n\r\nbody\r\n", "x.eml")
    assert found.format == "eml"
    assert found.blank
    assert not found.unchecked

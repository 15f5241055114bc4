"""Every trick is seen through, and no honest message is disputed."""

from __future__ import annotations

import hashlib

import pytest

from gateway.message.union import UnionView, open_extract, union
from tests.unit.message.mail import scan
from tests.unit.message.tricks import tricks
from tests.unit.message.tricks.parts import FILE, PAYLOAD, Trick
from tests.unit.message.tricks.sloppy import Sloppy, sloppy

_SHA256 = hashlib.sha256(FILE).hexdigest()
_TRICKS = tricks()
_SLOPPY = sloppy()


def contents(raw: bytes, view: UnionView) -> list[bytes]:
    """What each extract gives."""

    def read(offset: int, size: int) -> bytes:
        return raw[offset : offset + size]

    return [b"".join(open_extract(read, extract, len(raw) * 4)) for extract in view.extracts]


def viewed(raw: bytes) -> UnionView:
    """The union of a message."""
    return union(lambda offset, size: raw[offset : offset + size], scan(raw), sniff=lambda head: f"sniffed/{len(head)}")


def test_names_are_unique() -> None:
    assert len({trick.name for trick in _TRICKS}) == len(_TRICKS) > 170
    assert len({one.name for one in _SLOPPY}) == len(_SLOPPY) > 40


@pytest.mark.parametrize("trick", _TRICKS, ids=lambda trick: trick.name)
def test_the_hidden_file_is_found(trick: Trick) -> None:
    view = viewed(trick.raw)
    assert FILE in contents(trick.raw, view)
    if trick.counted:
        assert view.attachment_bytes >= len(FILE)
    assert bool(view.disputes) == trick.disputed, view.disputes


@pytest.mark.parametrize("trick", _TRICKS, ids=lambda trick: trick.name)
def test_the_scan_asks_for_the_union(trick: Trick) -> None:
    """Where the strict reading does not find the file by itself, the message is suspicious."""
    found = scan(trick.raw)
    strict = any(part.attachment and part.decoded_size == len(FILE) for part in found.parts)
    assert strict or found.suspicious or trick.unlikely


@pytest.mark.parametrize("one", _SLOPPY, ids=lambda one: one.name)
def test_honest_mail_is_not_disputed(one: Sloppy) -> None:
    view = viewed(one.raw)
    assert view.disputes == ()
    assert one.total is None or view.attachment_bytes == one.total, view


def test_most_tricks_hide_the_file_from_the_strict_reading() -> None:
    """They would prove nothing otherwise."""
    hidden = [trick for trick in _TRICKS if not any(part.sha256 == _SHA256 for part in scan(trick.raw).parts)]
    assert len(hidden) > 90
    assert not any(PAYLOAD in trick.raw for trick in hidden if "plain" not in trick.name)

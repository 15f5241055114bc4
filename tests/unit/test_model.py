"""Replies: what cannot be built, and that the short way of building one is the long way."""

from __future__ import annotations

import pytest

from gateway.model import Action, Address, Reply


@pytest.mark.parametrize(
    ("code", "enhanced", "text"),
    [
        (450, "5.7.1", "x"),
        (550, "4.7.1", "x"),
        (250, "2.x.1", "x"),
        (199, None, "x"),
        (600, None, "x"),
        (550, "5.7.1", "a\r\n250 ok"),
        (550, "5.7.1", "không"),
        (550, "5.7.1", "x" * 600),
    ],
)
def test_impossible_replies(code: int, enhanced: str | None, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Reply(code, enhanced, text)


def test_what_a_reply_is() -> None:
    reply = Reply(552, "5.3.4", "one", "two")
    assert reply.encoded == b"552-5.3.4 one\r\n552 5.3.4 two\r\n"
    assert (reply.action, reply.line, reply.text) == (Action.REJECT, "552 5.3.4 one two", "one two")
    assert [Reply(code, None, "x").action for code in (250, 354, 451, 550)] == [
        Action.ACCEPT,
        Action.ACCEPT,
        Action.TEMPFAIL,
        Action.REJECT,
    ]


def test_the_short_way_sets_everything_as_the_constructor_does() -> None:
    short = Reply.proved(250, "2.0.0", "queued as 1", b"250 2.0.0 queued as 1\r\n")
    long = Reply(250, "2.0.0", "queued as 1")
    assert {name: getattr(short, name) for name in Reply.__slots__} == {
        name: getattr(long, name) for name in Reply.__slots__
    }


def test_addresses() -> None:
    address = Address("An.Nguyen@Tinh.Example")
    assert (address.local, address.domain, address.key) == ("An.Nguyen", "tinh.example", "an.nguyen@tinh.example")
    assert (Address("Postmaster").local, Address("Postmaster").domain) == ("Postmaster", "")
    assert not Address("")

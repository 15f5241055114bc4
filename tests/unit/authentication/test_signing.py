"""What we sign: which fields, with which keys, and that it fits exactly what is forwarded."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.keys import SigningKey
from gateway.authentication.signing import Signer, SigningProfile, folded_names
from gateway.upstream.body import kept
from gateway.who import Result
from tests.unit.authentication.dkim_support import (
    BODY,
    DOMAIN,
    HEADER,
    NOW,
    Kept,
    key,
    private,
    published,
    sign,
    split,
    verify,
)

MESSAGE = HEADER + b"\r\n" + BODY


def _names(signature: bytes) -> list[str]:
    found = re.search(rb"h=([^;]+)", signature)
    assert found
    return b"".join(found[1].split()).decode().split(":")


async def test_the_fields_that_are_signed() -> None:
    names = _names(await sign(MESSAGE, key()))
    twice = ["from", "to", "date", "message-id", "subject", "mime-version", "content-type"]
    assert sorted(names) == sorted(2 * twice)
    bare = b"From: a@b.example\r\n\r\n"
    assert _names(await sign(bare, key())) == ["from", "from"]


@pytest.mark.parametrize(
    "field", [b"From: x@evil.example", b"Subject: x", b"To: x@y.example", b"Content-Type: text/html"]
)
async def test_nothing_signed_can_be_added(field: bytes) -> None:
    signed = await sign(MESSAGE, key()) + MESSAGE
    for changed in (field + b"\r\n" + signed, signed.replace(b"\r\n\r\n", b"\r\n" + field + b"\r\n\r\n", 1)):
        (check,) = await verify(changed, published(key()))
        assert check.result is Result.FAIL


async def test_what_others_add_does_no_harm() -> None:
    signed = b"Received: by z\r\nX-Tag: y\r\nAuthentication-Results: x; none\r\n" + await sign(MESSAGE, key()) + MESSAGE
    (check,) = await verify(signed, published(key()))
    assert check.result is Result.PASS


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("relaxed", [False, True])
async def test_what_is_signed_is_what_is_forwarded(kind: str, relaxed: bool) -> None:
    """Fields that forge ours are left out on the way: the signature fits what is left, and not what came."""
    forged = b"Content-Type: text/x\r\n\tforged\r\n"
    message = HEADER.replace(b"Subject:", forged + b"Subject:") + forged + b"\r\n" + BODY
    first = message.index(forged)
    skip = [(first, first + len(forged)), (message.rindex(forged), message.rindex(forged) + len(forged))]
    one = key(kind)
    profile = SigningProfile(relaxed_header=relaxed, relaxed_body=relaxed)
    signature = await sign(message, one, skip=skip, profile=profile)
    (check,) = await verify(signature + kept(message, 0, skip), published(one))
    assert check.result is Result.PASS
    (check,) = await verify(signature + message, published(one))
    assert check.result is Result.FAIL


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("q4.example", {"s4"}),
        ("Q4.Example", {"s4"}),
        ("a.q4.example", {"sa", "ea"}),
        ("b.a.q4.example", {"sa", "ea"}),
        ("c.q4.example", {"s4"}),
        ("xq4.example", set()),
        ("example", set()),
        ("q4.example.org", set()),
        ("", set()),
        ('q4".example', set()),
    ],
)
async def test_the_longest_match_signs(domain: str, expected: set[str]) -> None:
    keys = [
        key(domain="q4.example", selector="s4"),
        key(domain="a.q4.example", selector="sa"),
        key("ed25519", domain="a.q4.example", selector="ea"),
    ]
    assert {one.selector for one in Signer(keys).for_domain(domain)} == expected
    made = await Signer(keys).sign(domain, *_given(MESSAGE), NOW)
    assert made.count(b"DKIM-Signature:") == len(expected)


def _given(message: bytes) -> tuple[bytes, Kept, int]:
    header, start = split(message)
    return header, Kept(message), start


@pytest.mark.parametrize(
    "message",
    [
        b"To: a@b.example\r\n\r\nno From",
        b"From: a@b.example\r\nFrom: c@d.example\r\n\r\ntwo",
        b"From: a@b.example\r\nno field\r\n\r\n",
        b"From: a@b.example\r\n" + b"To: a@b.example\r\n" * 200 + b"\r\n",
        b"From: a@b.example\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
    ],
)
async def test_what_nobody_could_vouch_for_is_not_signed(message: bytes) -> None:
    assert await sign(message, key()) == b""


async def test_a_header_that_is_not_all_there_is_not_signed() -> None:
    header, content, start = _given(MESSAGE)
    assert await Signer([key()]).sign(DOMAIN, header, content, start + 1, NOW) == b""
    assert await Signer([key()]).sign(DOMAIN, header, content, start, NOW) != b""


async def test_both_kinds_of_key_and_their_order() -> None:
    made = await sign(MESSAGE, key(), key("ed25519", selector="e1"))
    assert re.findall(rb"a=([a-z0-9-]+);", made) == [b"rsa-sha256", b"ed25519-sha256"]
    checks = await verify(made + MESSAGE, published(key(), key("ed25519", selector="e1")))
    assert [check.result for check in checks] == [Result.PASS, Result.PASS]


async def test_lines_are_short_and_ascii() -> None:
    long = "a" * 63 + "." + "b" * 63 + ".example"
    made = await sign(MESSAGE, SigningKey(long, "s" * 63, private()), domain=long)
    assert made.endswith(b"\r\n")
    assert max(map(len, made.split(b"\r\n"))) < 300
    assert made.isascii()
    assert all(line.startswith((b"\t", b"DKIM-Signature: ")) for line in made.split(b"\r\n")[:-1])


async def test_a_life_and_its_end() -> None:
    made = await sign(MESSAGE, key(), profile=SigningProfile(life=3600))
    assert b"t=%d; x=%d;" % (NOW, NOW + 3600) in made


@given(st.lists(st.text("abc-", min_size=1, max_size=40), min_size=1, max_size=40))
def test_folded_names(names: list[str]) -> None:
    folded = folded_names(names)
    assert "".join(folded.split()).split(":") == names
    assert max(map(len, folded.split("\r\n"))) < 130

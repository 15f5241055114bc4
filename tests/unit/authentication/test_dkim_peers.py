"""Ours against dkimpy, an implementation of its own: each verifies what the other signs, in every canonicalization."""

from __future__ import annotations

import asyncio
import itertools
import time
from base64 import b64encode
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.authentication.keys import SigningKey, pem
from gateway.authentication.signing import SigningProfile
from gateway.who import Result
from tests.unit.authentication.dkim_support import (
    BODY,
    DOMAIN,
    HEADER,
    NOW,
    Table,
    key,
    published,
    sign,
    verified,
    verify,
)

KINDS = [b"simple", b"relaxed"]
BODIES = [BODY, b"", b"\r\n\r\n", b"no line end", b"x \r\n" * 50_000]
ALL = list(itertools.product(KINDS, KINDS, range(len(BODIES))))


def _dkimpy_accepts(message: bytes, table: Table) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        records = table.records.get(name.decode().rstrip("."), ())
        return records[0] if records and not isinstance(records, str) else None

    return bool(dkim.verify(message, dnsfunc=look_up))


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize(("header", "body", "number"), ALL)
async def test_dkimpy_accepts_ours(kind: str, header: bytes, body: bytes, number: int) -> None:
    one = key(kind)
    profile = SigningProfile(relaxed_header=header == b"relaxed", relaxed_body=body == b"relaxed")
    message = HEADER + b"\r\n" + BODIES[number]
    signed = await sign(message, one, profile=profile) + message
    assert b"c=" + header + b"/" + body in signed
    assert _dkimpy_accepts(signed, published(one))
    assert not _dkimpy_accepts(signed.replace(b"Danh ", b"Dam "), published(one))
    assert [check.result for check in await verify(signed, published(one))] == [Result.PASS]


@pytest.mark.parametrize(("header", "body", "number"), ALL)
@pytest.mark.parametrize("length", [False, True])
async def test_we_accept_dkimpy_s(header: bytes, body: bytes, number: int, length: bool) -> None:
    one = key()
    message = HEADER + b"\r\n" + BODIES[number]
    signature = dkim.sign(
        message,
        one.selector.encode(),
        DOMAIN.encode(),
        _pkcs1(one),
        canonicalize=(header, body),
        include_headers=[b"from", b"to", b"subject", b"date", b"x-absent"],
        length=length,
    )
    (check,) = await verify(signature + message, published(one), now=_now())
    assert (check.result, check.reason, check.partial) == (Result.PASS, "", False)
    assert check.signed == ("from", "to", "subject", "date", "x-absent")
    for old, new in [(b"Danh ", b"Dam "), (b"q4@tphcm", b"q5@tphcm")]:
        (check,) = await verify(signature + message.replace(old, new), published(one), now=_now())
        assert check.result is Result.FAIL


@pytest.mark.parametrize(("header", "body", "number"), ALL)
async def test_ed25519_of_dkimpy(header: bytes, body: bytes, number: int) -> None:
    one = key("ed25519")
    assert isinstance(one.private, Ed25519PrivateKey)
    seed = b64encode(one.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    message = HEADER + b"\r\n" + BODIES[number]
    signature = dkim.sign(
        message, b"s1", DOMAIN.encode(), seed, canonicalize=(header, body), signature_algorithm=b"ed25519-sha256"
    )
    (check,) = await verify(signature + message, published(one), now=_now())
    assert check.result is Result.PASS


def _pkcs1(one: SigningKey) -> bytes:
    return pem(one.private)


def _now() -> float:
    return max(time.time(), NOW)


_EDITS = st.lists(
    st.tuples(
        st.integers(0, 1400),
        st.integers(0, 3),
        st.sampled_from([b"", b" ", b"\t", b"\r\n ", b"\r\n", b"x", b";", b"b=", b"From: a@b.example\r\n", b"l=1; "]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(_EDITS, st.booleans(), st.booleans())
def test_what_passes_with_us_passes_with_dkimpy(edits: list[tuple[int, int, bytes]], header: bool, body: bool) -> None:
    signed = _made(header, body)
    for at, cut, put in edits:
        signed = signed[:at] + put + signed[at + cut :]
    signed = signed if signed.endswith(b"\r\n") else signed + b"\r\n"  # as DATA carries it
    one = key()
    if any(check.result is Result.PASS for check in verified(signed, published(one))):
        assert _dkimpy_accepts(signed, published(one))


@cache
def _made(header: bool, body: bool) -> bytes:
    message = HEADER + b"\r\n" + BODY
    profile = SigningProfile(relaxed_header=header, relaxed_body=body)
    return asyncio.run(sign(message, key(), profile=profile)) + message

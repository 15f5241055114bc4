"""Ours against dkimpy, an implementation of its own: each verifies what the other signs, in every canonicalization."""

from __future__ import annotations

import itertools
import time
from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.authentication.keys import SigningKey, pem
from gateway.authentication.signing import SigningProfile
from gateway.who import Result
from tests.unit.authentication.dkim_support import BODY, DOMAIN, HEADER, NOW, Table, key, published, sign, verify

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
    assert not _dkimpy_accepts(signed.replace(b"Danh", b"Dam"), published(one))
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
    for old, new in [(b"Danh", b"Dam"), (b"q4@tphcm", b"q5@tphcm")]:
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

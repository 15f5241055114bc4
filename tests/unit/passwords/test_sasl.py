"""The password in a SASL response: PLAIN's third field, LOGIN's answer; anything else is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.passwords.sasl import LONGEST, password_of


def b64(plain: bytes) -> bytes:
    return base64.b64encode(plain)


@pytest.mark.parametrize(
    ("mechanism", "response", "password"),
    [
        ("PLAIN", b64(b"\0tim\0tanstaaftanstaaf"), b"tanstaaftanstaaf"),  # RFC 4616 4
        ("PLAIN", b64(b"Ursel\0Kurt\0xipj3plmq"), b"xipj3plmq"),
        ("PLAIN", b64(b"\0tim\0"), None),
        ("PLAIN", b64(b"tim\0pass"), None),
        ("PLAIN", b64(b"\0tim\0pass\0more"), None),
        ("LOGIN", b64("mật khẩu".encode()), "mật khẩu".encode()),
        ("LOGIN", b64(b"with\0nul"), b"with\0nul"),
        ("LOGIN", b"", None),
        ("LOGIN", b"=", None),
        ("PLAIN", b"AHRpbQ", None),
        ("XOAUTH2", b64(b"\0tim\0token"), None),
        ("LOGIN", b64(b"x" * LONGEST), None),
    ],
)
def test_what_it_holds(mechanism: str, response: bytes, password: bytes | None) -> None:
    assert password_of(mechanism, response) == password


@given(st.sampled_from(["PLAIN", "LOGIN", "CRAM-MD5", ""]), st.binary(max_size=400))
def test_anything_a_client_sends(mechanism: str, response: bytes) -> None:
    assert password_of(mechanism, response) != b""
    assert password_of(mechanism, b64(response)) != b""


@given(*[st.binary(max_size=60).filter(lambda b: b"\0" not in b)] * 3)
def test_plain_round_trip(authzid: bytes, name: bytes, password: bytes) -> None:
    assert password_of("PLAIN", b64(b"\0".join((authzid, name, password)))) == (password or None)

"""Whose login it is: who gave the password, not whom he names beside himself."""

from __future__ import annotations

import base64

import pytest

from gateway.smtp.identify import login_name


@pytest.mark.parametrize(
    ("plain", "login"),
    [
        (b"\0nvanh@tinh.example\0secret", "nvanh@tinh.example"),
        (b"nvanh@tinh.example\0nvanh@tinh.example\0secret", "nvanh@tinh.example"),
        # A server that ignores the first name would let nvanh in, and we would have believed it was q4.
        (b"q4@tinh.example\0nvanh@tinh.example\0secret", "nvanh@tinh.example"),
        (b"q4@tinh.example\0\0secret", ""),
        (b"nvanh\0secret", ""),
        (b"\0nvanh\0secret\0more", ""),
        (b"", ""),
    ],
)
def test_plain(plain: bytes, login: str) -> None:
    assert login_name("PLAIN", base64.b64encode(plain)) == login


@pytest.mark.parametrize("response", [b"=", b"!!", b"AG5", "é".encode()])
def test_what_is_no_base64_names_nobody(response: bytes) -> None:
    assert login_name("PLAIN", response) == ""
    assert login_name("LOGIN", response) == ""


def test_login() -> None:
    assert login_name("LOGIN", base64.b64encode(b"nvanh")) == "nvanh"

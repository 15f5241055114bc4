"""Organizational domains and alignment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.suffixes import aligned, organizational


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("q4.tphcm.gov.vn", "tphcm.gov.vn"),
        ("Mail.Q4.TPHCM.gov.vn", "tphcm.gov.vn"),
        ("gov.vn", "gov.vn"),
        ("a.b.example.com", "example.com"),
        ("x.y.co.uk", "y.co.uk"),
        ("a.b.c.kawasaki.jp", "b.c.kawasaki.jp"),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
        ("mail.tinh.unknown", "tinh.unknown"),
        ("thư.việtnam.vn", "xn--vitnam-jk8b.vn"),
        ("vn", ""),
        ("", ""),
        ("a..vn", ""),
        ("a.vn.", ""),
        ('a"b.example.vn', ""),
        ("a b.example.vn", ""),
        ("10.0.0.1", ""),
    ],
)
def test_the_registered_domain(domain: str, registered: str) -> None:
    assert organizational(domain) == registered


@pytest.mark.parametrize(
    ("one", "other", "strict", "together"),
    [
        ("example.vn", "EXAMPLE.VN", True, True),
        ("mail.example.vn", "example.vn", False, True),
        ("mail.example.vn", "example.vn", True, False),
        ("a.gov.vn", "b.gov.vn", False, False),
        ("a.tphcm.gov.vn", "b.tphcm.gov.vn", False, True),
        ("example.vn", "xample.vn", False, False),
        ("example.vn", "example.vn.evil.net", False, False),
        ("", "", False, False),
        ("vn", "vn", False, False),
        ('"example.vn', '"example.vn', True, False),
        ("example.vn\0", "example.vn", False, False),
        ("example.vn,evil.net", "example.vn", False, False),
        ("example.vn/", "example.vn/", True, False),
    ],
)
def test_alignment(one: str, other: str, strict: bool, together: bool) -> None:
    assert aligned(one, other, strict=strict) is together
    assert aligned(other, one, strict=strict) is together


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text(one: str, other: str) -> None:
    organizational(one)
    if aligned(one, other, strict=True):
        assert aligned(one, other, strict=False)

"""One strict reading of domains and selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.authentication.domains import domain_of, same_or_below, selector_of


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Tinh.Example", "tinh.example"),
        ("q4.tphcm.gov.vn", "q4.tphcm.gov.vn"),
        ("xn--cng-y4a.example", "xn--cng-y4a.example"),
        ("a--b.example", "a--b.example"),
        ("1.example", "1.example"),
        ("cổng.example", "xn--cng-qmz.example"),
        ("CỔNG.Example", "xn--cng-qmz.example"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_domains(text: str, domain: str) -> None:
    assert domain_of(text) == domain
    assert domain_of(domain) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "example",
        "example.",
        ".example.org",
        "a..example",
        "a.example.",
        "-a.example",
        "a-.example",
        "a_b.example",
        "a b.example",
        "a.example\n",
        "a.example\x00",
        'a".example',
        "a@b.example",
        "<a.example>",
        "a.example;b",
        "192.0.2.1",
        "[192.0.2.1]",
        "a.1",
        "a" * 64 + ".example",
        "a." * 126 + "vn",
        "ａ.example" * 60,
        "\u202eexample.org",
        "a\u200b.example",
        "a\ud800.example",
        "☃.\x00",
        "a．example",
    ],
)
def test_what_is_no_domain(text: str) -> None:
    assert domain_of(text) == ""


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    name = domain_of(text)
    assert name == "" or (name.isascii() and name == name.lower() and domain_of(name) == name and len(name) <= 253)
    selector_of(text)


@pytest.mark.parametrize("text", ["s1", "S2026", "a.b", "google_2024", "k1-x", "1"])
def test_selectors(text: str) -> None:
    assert selector_of(text) == text.lower()


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "-a", "a b", "a/b", "a;b", "é", "a\n", "a" * 64])
def test_what_is_no_selector(text: str) -> None:
    assert selector_of(text) == ""


@pytest.mark.parametrize(
    ("domain", "parent", "below"),
    [
        ("a.example", "a.example", True),
        ("x.a.example", "a.example", True),
        ("xa.example", "a.example", False),
        ("a.example", "x.a.example", False),
        ("", "", False),
        ("a.example", "", False),
        ("", "a.example", False),
    ],
)
def test_below(domain: str, parent: str, below: bool) -> None:
    assert same_or_below(domain, parent) is below

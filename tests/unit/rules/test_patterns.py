"""Patterns agree with a slow, obvious reading of them, and take no time on hostile input."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.patterns import Pattern, in_domains

SIDE = st.text("ab.*", min_size=1, max_size=8)
PLAIN = st.text("ab.", min_size=1, max_size=12)


def obvious(pattern: str, address: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), address, re.DOTALL) is not None


@given(SIDE, SIDE, PLAIN, PLAIN)
def test_a_star_is_any_characters_and_nothing_else_is_special(local: str, domain: str, text: str, host: str) -> None:
    expected = obvious(local, text) and obvious(domain, host)
    assert Pattern(f"{local}@{domain}").matches(f"{text}@{host}") is expected


@given(PLAIN, PLAIN, st.data())
def test_a_pattern_made_from_an_address_matches_it(local: str, domain: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(local)))
    again = data.draw(st.integers(cut, len(local)))
    assert Pattern(f"{local[:cut]}*{local[again:]}@{domain}".upper()).matches(f"{local}@{domain}")


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_value_error_and_matching_never_raises(text: str) -> None:
    try:
        pattern = Pattern(text)
    except ValueError:
        return
    assert pattern.matches("a@b") in (True, False)
    assert pattern.matches("") is False


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*.q4@tphcm.gov.vn", ["vp.q4@tphcm.gov.vn", "a.b.q4@tphcm.gov.vn"], ["q4@tphcm.gov.vn", "xq4@tphcm.gov.vn"]),
        ("q4@tphcm.gov.vn", ["q4@tphcm.gov.vn"], ["vp.q4@tphcm.gov.vn", "q4@q4.tphcm.gov.vn"]),
        ("tphcm.gov.vn", ["a@tphcm.gov.vn"], ["a@x.tphcm.gov.vn", ""]),
        ("*@*.gov.vn", ["a@tphcm.gov.vn", "a@x.y.gov.vn"], ["a@gov.vn", "a@xgov.vn"]),
        ("a?[b]@x", ["a?[b]@x"], ["axb@x"]),
        ("*", ["a@b"], [""]),
        ("ab*ba@x", ["abba@x", "ab.ba@x"], ["aba@x"]),  # the two ends may not share a character
        ("*ab*b@x", ["abb@x"], ["ab@x", "xab@x"]),
        ("*a*a*b@x", ["aab@x"], ["ab@x", "cab@x"]),
    ],
)
def test_examples(pattern: str, yes: list[str], no: list[str]) -> None:
    assert all(Pattern(pattern).matches(address) for address in yes)
    assert not any(Pattern(pattern).matches(address) for address in no)


@pytest.mark.parametrize("text", ["", "@", "a@", "@b", "a b@c", "a@b c", " "])
def test_what_matches_nothing_is_no_pattern(text: str) -> None:
    with pytest.raises(ValueError, match="not an address pattern"):
        Pattern(text)


def test_many_stars_do_not_backtrack() -> None:
    assert not Pattern("*a" * 30 + "*b@x").matches("a" * 50_000 + "@x")  # exponential if it did


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=5), st.sets(st.sampled_from(["a", "b", "*.a", "*.b.a"])))
def test_a_domain_set_agrees_with_its_meaning(labels: list[str], domains: set[str]) -> None:
    domain = ".".join(labels)
    expected = any(domain == d or (d.startswith("*.") and domain.endswith(d[1:])) for d in domains)
    assert in_domains(domain, frozenset(domains)) is expected


def test_hostile_domains_are_in_no_set() -> None:
    domains = frozenset(("*.tinh.example",))
    assert not in_domains("." * 100_000 + "tinh.example", domains)
    assert not in_domains("\udcff\u0301" * 80, domains)
    assert not in_domains("", domains)
    assert not in_domains("[192.0.2.1]", domains)

"""Public providers: the lists, what a configuration changes in them, and any text as a domain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import Facts, Stage
from gateway.regulations import load
from gateway.rules.policy import Policy
from gateway.rules.providers import CURATED, Providers, is_foreign, parse_providers
from tests.unit.rules.make import AG, envelope, settings


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "GMAIL.com",
        "gmail.com.",
        "googlemail.com",
        "yahoo.com",
        "yahoo.com.vn",
        "hotmail.com",
        "outlook.com.vn",
        "icloud.com",
        "vnn.vn",
        "hcm.vnn.vn",
        "fpt.vn",
        "hn.fpt.vn",
        "zing.vn",
        "proton.me",
        "mail.ru",
        "qq.com",
        "vip.163.com",
        "ｇｍａｉｌ.com",
        "0-mail.com",  # the package's
    ],
)
def test_providers(domain: str) -> None:
    assert Providers().has(domain)


@pytest.mark.parametrize(
    "domain",
    [
        "",
        ".",
        "com",
        "vn",
        "gov.vn",
        "angiang.gov.vn",
        "tphcm.gov.vn",
        "xgmail.com",
        "gmail.com.evil.example",
        "fpt.com.vn",
        "vnpt.vn",
        "@gmail.com",
        "gmail",
        "gmail.com..",
        "a" * 300 + ".gmail.com",
    ],
)
def test_others(domain: str) -> None:
    assert not Providers().has(domain)


def test_the_list_is_in_lower_case_and_has_no_domain_of_a_government() -> None:
    for domain in CURATED:
        assert domain == domain.lower()
        assert "." in domain
        assert not domain.endswith("gov.vn")


def test_a_configuration_adds_and_takes_out_with_subdomains() -> None:
    made = parse_providers(["Mail.Example", "-fpt.vn", "-gmail.com."])
    assert made.has("mail.example")
    assert made.has("a.mail.example")
    assert not made.has("example")
    assert not made.has("hn.fpt.vn")
    assert not made.has("gmail.com")
    assert made.has("yahoo.com")


@pytest.mark.parametrize(
    "value", ["gmail.com", 5, None, ["gmail"], ["a@gmail.com"], ["*.x.example"], ["a b.example"], [5], [""], ["-"]]
)
def test_a_wrong_setting_says_what_is_accepted(value: object) -> None:
    with pytest.raises(ValueError, match="write a list of domains"):
        parse_providers(value)


def test_it_can_be_part_of_a_signature() -> None:
    assert hash(parse_providers(["x.example"])) == hash(parse_providers(("x.example",)))


def test_the_directorys_section_says_it_once_for_every_rule() -> None:
    given = settings("inbound", directory={"providers": ["congty.example", "-gmail.com"]})
    bound = {one.rule.name: one.parameters for one in Policy(given).bound(given.listener[0], load(AG))}
    for name in ("request-channel", "private-mailbox", "auto-forward"):
        providers = bound[name]["providers"]
        assert providers.has("congty.example")
        assert not providers.has("gmail.com")


def foreign(address: str, *own: str, providers: Providers | None = None) -> bool:
    given = {"providers": providers or Providers()}
    return is_foreign(address, Facts(Stage.MAIL, envelope(), AG, frozenset(own), parameters=given))


def test_a_domain_of_ours_is_none_whatever_the_lists_say() -> None:
    assert foreign("a@fpt.vn", "tinh.example")
    assert not foreign("a@FPT.vn", "fpt.vn")
    assert not foreign("", "tinh.example")
    assert not foreign("postmaster")
    assert foreign('"a@tinh.example"@gmail.com', "tinh.example")


@given(st.text(max_size=80))
def test_any_text_is_fine(text: str) -> None:
    assert Providers().has(text) in (True, False)
    assert foreign(text) in (True, False)
    assert foreign(f"a@{text}.gmail.com") in (True, False)


def test_a_domain_beyond_any_length_is_none() -> None:
    assert not Providers().has("a." * 1_000_000 + "gmail.com")

"""What is wrong with the settings about who writes is said with its key, and what is right is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.checks import identity
from gateway.checks.findings import Findings
from gateway.config import Settings

BASE: dict[str, Any] = {
    "gateway": {"domains": ["tinh.example"], "trusted_networks": ["10.0.0.0/8", "2001:db8::/32"]},
    "upstream": {"mailserver": {"hosts": ["10.0.0.5:25"]}},
}


def found(**given: Any) -> tuple[list[str], list[str]]:
    findings = Findings()
    identity.check(Settings.model_validate(BASE | given), findings)
    return [problem.key for problem in findings.errors], [problem.key for problem in findings.warnings]


@pytest.fixture
def key(tmp_path: Path) -> str:
    path = tmp_path / "key.pem"
    path.write_text("x")
    path.chmod(0o600)
    return str(path)


def test_nothing_is_wrong_with_nothing_and_with_everything(key: str) -> None:
    assert found() == ([], [])
    assert found(
        authentication={
            "authserv_id": "gw.tinh.example",
            "binding_domains": ["tinh.example"],
            "login_checked": ["10.0.0.5", "2001:db8::5"],
            "arc_seal": True,
        },
        dkim=[{"domain": "tinh.example", "selector": "gw.2026", "key": key}],
        ldap={"url": "ldap://10.0.0.5:389", "base": "dc=tinh", "password_file": key, "bind_dn": "cn=x"},
        request_channel=[{"address": "phongcntt@tinh.example", "also": ["cntt@tinh.example"]}],
        notices={"upstream": "mailserver", "sender": "phongcntt@tinh.example"},
    ) == ([], [])


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"authentication": {"authserv_id": "gw"}}, "authentication.authserv_id"),
        ({"authentication": {"binding_domains": ["*.tinh.example"]}}, "authentication.binding_domains[0]"),
        ({"authentication": {"login_checked": ["192.0.2.0/24"]}}, "authentication.login_checked[0]"),
        ({"authentication": {"login_checked": ["0.0.0.0/0"]}}, "authentication.login_checked[0]"),
        ({"authentication": {"login_checked": ["::/0"]}}, "authentication.login_checked[0]"),
        ({"authentication": {"arc_seal": True}}, "authentication.arc_seal"),
        ({"ldap": {"url": "ldap://10.0.0.5"}}, "ldap.base"),
        ({"ldap": {"url": "ldaps://h", "base": "dc=x", "ca": "/no/such"}}, "ldap.ca"),
        ({"request_channel": [{"address": "Phong <p@tinh.example>"}]}, "request_channel[0].address"),
        ({"request_channel": [{"address": "p@tinh.example", "also": ["p"]}]}, "request_channel[0].also[0]"),
        ({"ldap": {"attributes": {"holder": "cn", "hodler": "cn"}}}, "ldap.attributes.hodler"),
        ({"authentication": {"binding_domains": ["tinh.example", "Gmail.com"]}}, "authentication.binding_domains[1]"),
        ({"authentication": {"login_domain": "gmail.com"}}, "authentication.login_domain"),
        (
            {"request_channel": [{"address": "p@tinh.example"}, {"address": "P@tinh.example"}]},
            "request_channel[1].address",
        ),
        (
            {
                "request_channel": [
                    {"address": "p@tinh.example"},
                    {"address": "q@tinh.example", "also": ["p@tinh.EXAMPLE"]},
                ]
            },
            "request_channel[1].also[0]",
        ),
        (
            {
                "request_channel": [
                    {"address": "p@tinh.example", "also": ["q@tinh.example"]},
                    {"address": "q@tinh.example"},
                ]
            },
            "request_channel[1].address",
        ),
        ({"notices": {"upstream": "nobody", "sender": "p@tinh.example"}}, "notices.upstream"),
        ({"notices": {"upstream": "mailserver"}}, "notices.sender"),
    ],
)
def test_errors(given: dict[str, Any], wrong: str) -> None:
    assert found(**given) == ([wrong], [])


def test_a_seal_wants_the_key_of_our_first_domain(key: str) -> None:
    seals = {"arc_seal": True}
    other = [{"domain": "khac.tinh.example", "selector": "s", "key": key}]
    both = {"domains": ["tinh.example", "khac.tinh.example"], "trusted_networks": []}
    assert found(authentication=seals, dkim=other, gateway=both) == (["authentication.arc_seal"], [])
    below = {"domains": ["mail.tinh.example"], "trusted_networks": []}
    ours = [{"domain": "tinh.example", "selector": "s", "key": key}]
    assert found(authentication=seals, dkim=ours, gateway=below) == ([], [])


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ({"domain": "*.tinh.example"}, "dkim[0].domain"),
        ({"selector": "gw 2026"}, "dkim[0].selector"),
        ({"selector": "gw._domainkey"}, "dkim[0].selector"),
        ({"key": "/no/such/key.pem"}, "dkim[0].key"),
    ],
)
def test_wrong_keys(key: str, entry: dict[str, Any], wrong: str) -> None:
    assert found(dkim=[{"domain": "tinh.example", "selector": "s", "key": key} | entry]) == ([wrong], [])


def test_two_keys_for_a_domain(key: str) -> None:
    one = {"domain": "tinh.example", "selector": "s", "key": key}
    assert found(dkim=[one, one | {"selector": "t"}]) == ([], [])
    assert found(dkim=[one, one | {"selector": "S", "domain": "TINH.example"}]) == (["dkim[1].selector"], [])


def test_warnings(key: str) -> None:
    assert found(request_channel=[{"address": "p@other.example"}]) == ([], ["request_channel[0].address"])
    ldap = {"url": "ldap://10.0.0.5", "base": "dc=x", "bind_dn": "cn=x", "starttls": False}
    assert found(ldap=ldap) == ([], ["ldap.starttls"])
    Path(key).chmod(0o644)
    assert found(dkim=[{"domain": "tinh.example", "selector": "s", "key": key}]) == (["dkim[0].key"], [])


def test_the_attributes_that_there_are_are_named() -> None:
    findings = Findings()
    identity.check(Settings.model_validate(BASE | {"ldap": {"attributes": {"hodler": "cn"}}}), findings)
    (problem,) = findings.errors
    assert 'did you mean "holder"?' in problem.hint
    assert "address, holder, unit, aliases" in problem.hint


def test_a_provider_that_is_ours_or_taken_out_is_none() -> None:
    named = {"binding_domains": ["fpt.vn"], "login_domain": "fpt.vn"}
    assert found(authentication=named)[0] == ["authentication.binding_domains[0]", "authentication.login_domain"]
    assert found(authentication=named, directory={"providers": ["-fpt.vn"]}) == ([], [])
    assert found(authentication=named, gateway={"domains": ["fpt.vn"]}) == ([], [])
    assert len(found(authentication=named, directory={"providers": ["@@"]})[0]) == 2


def test_a_key_of_a_domain_that_is_none_of_ours(key: str) -> None:
    def said(domain: str, *ours: str) -> tuple[list[str], list[str]]:
        return found(dkim=[{"domain": domain, "selector": "s", "key": key}], gateway={"domains": ours})

    assert said("khac.example", "tinh.example") == ([], ["dkim[0].domain"])
    assert said("h.example", "tinh.example", "*.xah.example") == ([], ["dkim[0].domain"])
    for domain, ours in (("tinh.example", "mail.tinh.example"), ("A.tinh.example", "*.tinh.example")):
        assert said(domain, ours) == ([], [])
    assert said("tinh.example", "*.Tinh.example") == ([], [])


@pytest.mark.parametrize(("mode", "wrong"), [(0o640, []), (0o644, ["ldap.password_file"])])
def test_a_password_that_everybody_can_read(key: str, mode: int, wrong: list[str]) -> None:
    Path(key).chmod(mode)
    ldap = {"url": "ldaps://10.0.0.5", "base": "dc=x", "bind_dn": "cn=x", "password_file": key}
    assert found(ldap=ldap) == (wrong, [])
    assert found(ldap={"url": "ldaps://h", "base": "dc=x", "ca": key}) == ([], [])

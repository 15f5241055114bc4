"""Everything wrong with rules, profiles and exemptions is said at once, with its key, value and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import ConfigError
from gateway.rules.policy import Policy
from gateway.rules.problems import problems
from gateway.rules.table import RULES
from tests.unit.rules.make import Q4, settings

EXEMPTION = {"rule": "attachment-cap", "reason": "Công văn 12", "expires": "2026-06-30"}


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"attachment-cap": "off", "own-domain": {"mode": "observe"}},
        {"attachment-cap": {"mode": "enforce", "inbound": "observe", "internal": "off", "limit": "20MiB"}},
        {"attachment-cap": {"submission": "off"}},
        {"password-policy": "off"},
    ],
)
def test_what_is_fine(rules: dict[str, Any]) -> None:
    assert problems(settings("inbound", "outbound", rules=rules, exemption=[EXEMPTION])) == ()


@pytest.mark.parametrize(
    ("rules", "key", "hint"),
    [
        ({"atachment-cap": "observe"}, "rules.atachment-cap", 'did you mean "attachment-cap"'),
        (
            {"zzz": "off"},
            "rules.zzz",
            "no such rule: this version has own-domain, own-address, mailbox-state, blocked-sender, ",
        ),
        ({"attachment-cap": {"limit": "15 apples"}}, "rules.attachment-cap.limit", "15MiB"),
        ({"attachment-cap": {"limit": -1}}, "rules.attachment-cap.limit", "15MiB"),
        ({"attachment-cap": {"inbound": "refuse"}}, "rules.attachment-cap.inbound", "enforce | observe | off"),
        ({"attachment-cap": {"inbound": 3}}, "rules.attachment-cap.inbound", "enforce | observe | off"),
        ({"attachment-cap": {"mx1": "off"}}, "rules.attachment-cap.mx1", "mode, limit, inbound, outbound"),
        ({"own-domain": {"limit": "1MiB"}}, "rules.own-domain.limit", "no such setting"),
    ],
)
def test_what_is_wrong_with_rules(rules: dict[str, Any], key: str, hint: str) -> None:
    (problem,) = problems(settings(rules=rules))
    assert problem.key == key
    assert hint in problem.hint


@pytest.mark.parametrize("given", ["enforce", {"mode": "off", "inbound": "enforce"}])
def test_a_rule_of_a_later_version(given: object) -> None:
    present = [rule for rule in RULES if rule.name != "spam"]
    (problem,) = problems(settings(rules={"spam": given}), present)
    assert (problem.key, "does not have the rule yet" in problem.hint) == ("rules.spam", True)
    assert problems(settings(rules={"spam": "off"}), present) == ()


@pytest.mark.parametrize(
    ("given", "key", "hint"),
    [
        ({"directory": {"providers": ["mail"]}}, "directory.providers", "-fpt.vn"),
        ({"directory": {"providers": ["-"]}}, "directory.providers", "-fpt.vn"),
        ({"authentication": {"login_domain": "a@tinh.example"}}, "authentication.login_domain", "tinh.example"),
        ({"authentication": {"login_domain": "*.tinh.example"}}, "authentication.login_domain", "no pattern"),
    ],
)
def test_what_is_wrong_with_what_rules_share(given: dict[str, Any], key: str, hint: str) -> None:
    (problem,) = problems(settings(**given))
    assert problem.key == key
    assert hint in problem.hint
    with pytest.raises(ConfigError):
        Policy(settings(**given))


def test_values_are_shown_as_the_file_has_them() -> None:
    (problem,) = problems(settings(directory={"providers": ["@@", "-fpt.vn"]}))
    assert problem.value == '["@@", "-fpt.vn"]'
    (problem,) = problems(settings(rules={"attachment-cap": {"limit": "15 apples"}}))
    assert problem.value == '"15 apples"'
    (problem,) = problems(settings(rules={"attachment-cap": {"inbound": True}}))
    assert problem.value == "true"
    (problem,) = problems(settings(directory={"providers": ["x" * 300]}))
    assert len(problem.value) <= 80


def test_unhashable_values_are_problems_too() -> None:
    (problem,) = problems(settings(rules={"attachment-cap": {"inbound": ["off"]}}))
    assert problem.key == "rules.attachment-cap.inbound"


def test_all_are_said_at_once_in_the_order_of_the_file() -> None:
    found = problems(
        settings(
            gateway={"regulation": "hue"},
            profile=[{"pattern": "ok@x.vn", "regulation": Q4}, {"pattern": "@", "regulation": "hue"}],
            rules={"nonsense": "off"},
            exemption=[EXEMPTION, {**EXEMPTION, "rule": "no-rule", "sender": "a b@x", "recipient": "@"}],
        )
    )
    assert [problem.key for problem in found] == [
        "gateway.regulation",
        "profile[1].regulation",
        "profile[1].pattern",
        "rules.nonsense",
        "exemption[1].rule",
        "exemption[1].sender",
        "exemption[1].recipient",
    ]
    assert all(problem.value and problem.hint for problem in found)
    assert "angiang-50-2009, tphcm-q4-03-2013" in found[0].hint

"""What is said nearest wins: listener, internal, direction, mode, a parameter, the regulation, the rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.config import Listener, RuleConfig
from gateway.model import Mode
from gateway.regulations import IDS, Regulation, load
from gateway.rules.attachment_cap import AttachmentCap
from gateway.rules.modes import mode_of, parameters_of
from tests.unit.rules.make import AG, LIMIT, Q4, Always

LISTENER = Listener.model_validate({"name": "mx1", "bind": "127.0.0.1:25", "direction": "inbound", "upstream": "m"})
RULE = AttachmentCap()
OBSERVING = replace(load(AG), parameters={"attachment-cap": {"limit": "15MiB", "mode": "observe"}})
SILENT = replace(load(AG), parameters={})


def mode(config: dict[str, Any] | None, regulation: Regulation | None = None, *, internal: bool = False) -> Mode:
    made = RuleConfig.model_validate(config) if config is not None else None
    return mode_of(RULE, made, regulation or load(Q4), LISTENER, internal=internal)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, "enforce"),
        ({}, "enforce"),
        ({"mode": "observe"}, "observe"),
        ({"mode": "off"}, "off"),
        ({"mode": "off", "inbound": "observe"}, "observe"),
        ({"mode": "off", "outbound": "enforce"}, "off"),
        ({"inbound": "off", "mx1": "enforce"}, "enforce"),
        ({"mx1": "observe", "mode": "off"}, "observe"),
        ({"mx2": "off"}, "enforce"),
        ({"internal": "off"}, "enforce"),
        ({"limit": "1MiB"}, "enforce"),
    ],
)
def test_order(config: dict[str, Any] | None, expected: str) -> None:
    assert mode(config) is Mode(expected)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"internal": "off"}, "off"),
        ({"internal": "off", "inbound": "enforce"}, "off"),
        ({"internal": "off", "mx1": "observe"}, "observe"),
        ({"inbound": "observe"}, "observe"),
    ],
)
def test_internal_mail(config: dict[str, Any], expected: str) -> None:
    assert mode(config, internal=True) is Mode(expected)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, "observe"),
        ({}, "observe"),
        ({"mode": "enforce"}, "enforce"),
        ({"inbound": "enforce"}, "enforce"),
        ({"outbound": "enforce"}, "observe"),
        ({"limit": "20MiB"}, "enforce"),
        ({"limit": "20MiB", "mode": "observe"}, "observe"),
        ({"mode": "off"}, "off"),
        ({"internal": "off"}, "observe"),
    ],
)
def test_a_regulations_own_mode_holds_unless_the_configuration_says_more(
    config: dict[str, Any] | None, expected: str
) -> None:
    assert mode(config, OBSERVING) is Mode(expected)


@pytest.mark.parametrize("config", [None, {}, {"outbound": "off"}])
def test_the_rules_default_holds_where_nothing_else_is_said(config: dict[str, Any] | None) -> None:
    assert mode(config, SILENT) is Mode.ENFORCE
    assert mode({"mode": "observe"}, SILENT) is Mode.OBSERVE


@pytest.mark.parametrize("regulation", IDS)
def test_the_cap_is_enforced_at_15_mib_under_every_regulation(regulation: str) -> None:
    assert mode(None, load(regulation)) is Mode.ENFORCE
    assert parameters_of(RULE, None, load(regulation)) == {"limit": LIMIT}


@pytest.mark.parametrize(
    ("config", "limit"),
    [(None, LIMIT), ({}, LIMIT), ({"limit": "20MiB"}, 20 * 2**20), ({"limit": 5}, 5), ({"mode": "off"}, LIMIT)],
)
def test_a_limit_is_the_configurations_or_the_regulations(config: dict[str, Any] | None, limit: int) -> None:
    made = RuleConfig.model_validate(config) if config is not None else None
    assert parameters_of(RULE, made, load(Q4)) == {"limit": limit}


def test_a_rule_without_a_value_for_its_parameter_has_none() -> None:
    rule = Always("secret-marking")
    rule.parameters = {"threshold": int}
    assert parameters_of(rule, None, load(Q4)) is None
    assert parameters_of(rule, RuleConfig.model_validate({"threshold": "3"}), load(Q4)) == {"threshold": 3}

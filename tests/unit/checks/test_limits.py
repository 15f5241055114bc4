"""What `check-config` says of the limits."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.checks import limits, limits_asked
from gateway.checks.findings import Findings
from gateway.config import Settings
from tests.support.ports import free_port
from tests.unit.rules.make import settings


def found(*directions: str, **tables: Any) -> Findings:
    findings = Findings()
    limits.check(settings(*(directions or ("submission",)), **tables), findings)
    return findings


def keys(findings: Findings) -> list[str]:
    return [problem.key for problem in (*findings.errors, *findings.warnings)]


def test_the_defaults_are_fine() -> None:
    assert keys(found()) == []


@pytest.mark.parametrize("url", ["http://x", "redis:x", "valkey://x", "10.0.0.6:6379", "redis://:a#b@h", "unix://"])
def test_a_url_that_is_none_is_an_error_and_hides_its_password(url: str) -> None:
    findings = found(store={"shared": url})
    assert [problem.key for problem in findings.errors] == ["store.shared"]
    for secret in ("http://user:bimat@x", "http://x/?db=1&password=bimat"):
        assert "bimat" not in str(found(store={"shared": secret}))


def test_machines_that_count_for_themselves() -> None:
    assert keys(found(store={"url": "postgresql://h/d"})) == ["store.shared"]
    assert keys(found("inbound", store={"url": "postgresql://h/d"})) == []
    assert keys(found(store={"url": "postgresql://h/d", "shared": "redis://h"})) == []


def test_blocking_that_nobody_hears_of() -> None:
    assert keys(found(senders={"blocking": "enforce"})) == ["senders.administrators"]
    told = {"blocking": "enforce", "administrators": ["a@tinh.example"]}
    assert keys(found(senders=told)) == ["notices.upstream"]
    assert keys(found(senders=told, notices={"upstream": "m"})) == []


def test_blocking_without_limits() -> None:
    given = {"senders": {"blocking": "enforce", "administrators": ["a@tinh.example"]}, "notices": {"upstream": "m"}}
    assert keys(found(rules={"outbound-throttle": "off"}, **given)) == ["rules.outbound-throttle"]


async def test_a_store_that_is_away_is_an_error_without_its_password() -> None:
    made: Settings = settings("submission", store={"shared": f"redis://:bimat@127.0.0.1:{free_port()}/0"})
    findings = Findings()
    assert await limits_asked.inspect(made, findings) == ""
    assert keys(findings) == ["store.shared"]
    assert "bimat" not in str(findings)


def override(**given: Any) -> dict[str, Any]:
    return {
        "address": "bantin@tinh.example",
        "reason": "Bản tin",
        "expires": "2999-12-31",
        "messages": ["9/day"],
        **given,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"expires": "2020-01-31"}, ["limit_override[0].expires"]),
        ({"messages": None}, ["limit_override[0]"]),
        ({"messages": None, "conduct": False}, []),
        ({"address": "bantin@khac.example"}, ["limit_override[0].address"]),
        ({"address": "*@*.khac.example"}, ["limit_override[0].address"]),
        ({"address": "*@*.example"}, []),
        ({"address": "*@so.tinh.example"}, []),
        ({"address": "*@*.so.tinh.example"}, []),
        ({"size": ["1MiB/day"]}, ["limit_override[0].size"]),
    ],
)
def test_an_exception_that_changes_nothing_is_said(given: dict[str, Any], expected: list[str]) -> None:
    domains = {"gateway": {"domains": ("tinh.example", "*.tinh.example")}}
    one = {name: value for name, value in override(**given).items() if value is not None}
    findings = found(limit_override=[one], **domains)
    assert (keys(findings), findings.errors) == (expected, [])


def test_two_exceptions_for_one_address() -> None:
    again = override(address="BANTIN@tinh.example")
    assert keys(found(limit_override=[override(), again])) == ["limit_override[1].address"]


def test_limits_that_are_never_asked() -> None:
    some = {"personal": {"messages": ["9/day"]}}
    assert keys(found(limits=some)) == []
    assert keys(found(limits=some, rules={"outbound-throttle": "off"})) == ["limits"]
    assert keys(found("inbound", limits=some)) == ["limits"]
    assert keys(found(limit_override=[override()], rules={"outbound-throttle": "off"})) == ["limit_override[0]"]
    without = override(conduct=False)
    assert keys(found(limit_override=[without], senders={"watch": False})) == ["limit_override[0].conduct"]


def test_limits_for_nobody_and_too_small_for_a_message() -> None:
    bounces = {"bounces": {"messages": ["9/day"]}}
    assert keys(found(limits=bounces, gateway={"trusted_networks": []})) == ["limits.bounces"]
    assert keys(found(limits=bounces)) == []
    assert keys(found(limits={"personal": {"size": ["1MiB/day"]}})) == ["limits.personal.size"]

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

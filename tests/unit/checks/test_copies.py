"""What `check-config` says of copies."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.checks import copies
from gateway.checks.findings import Findings
from tests.unit.rules.make import settings


def keys(**given: Any) -> list[str]:
    findings = Findings()
    copies.check(settings("submission", copies=given), findings)
    return [problem.key for problem in (*findings.errors, *findings.warnings)]


def test_what_is_fine() -> None:
    assert keys() == []
    assert keys(address="luu-tru@tinh.example", upstream="m", listeners=["submission"]) == []


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("copies.address", {"address": "luu tru"}),
        ("copies.address", {"upstream": "m"}),
        ("copies.upstream", {"address": "a@b.example", "upstream": "archive"}),
        ("copies.listeners", {"address": "a@b.example", "listeners": ["gui"]}),
    ],
)
def test_what_is_not(key: str, given: dict[str, Any]) -> None:
    assert keys(**given) == [key]

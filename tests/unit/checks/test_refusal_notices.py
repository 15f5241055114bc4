"""What `check-config` says of letters about refused mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.checks import refusal_notices
from gateway.checks.findings import Findings
from tests.unit.rules.make import settings


def keys(*directions: str, notices: str = "m", **given: Any) -> list[str]:
    findings = Findings()
    made = settings(
        *(directions or ("submission", "inbound")),
        notices={"upstream": notices},
        refusal_notices={"enabled": True, **given},
    )
    refusal_notices.check(made, findings)
    return [problem.key for problem in (*findings.errors, *findings.warnings)]


def test_what_is_fine(tmp_path: Path) -> None:
    assert keys(listeners=["submission"], silent=["spam"], templates=tmp_path) == []
    assert keys("inbound", notices="", enabled=False) == []


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("notices.upstream", {"notices": ""}),
        ("refusal_notices.listeners", {"listeners": ["gui"]}),
        ("refusal_notices.listeners", {"listeners": ["inbound"]}),
        ("refusal_notices.silent", {"silent": ["spams"]}),
        ("refusal_notices.templates", {"templates": "/nowhere/at/all"}),
    ],
)
def test_what_is_not(key: str, given: dict[str, Any]) -> None:
    assert keys(**given) == [key]


def test_nobody_is_ever_told() -> None:
    assert keys("inbound") == ["refusal_notices.enabled"]

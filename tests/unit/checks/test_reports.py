"""What `check-config` says of reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.checks import reports
from gateway.checks.findings import Findings
from gateway.config import Settings

Q4 = {"regulation": "tphcm-q4-03-2013"}


def keys(gateway: dict[str, Any] = Q4, upstream: str = "m", **given: Any) -> list[str]:
    findings = Findings()
    made = Settings.model_validate({"gateway": gateway, "notices": {"upstream": upstream}, "reports": given})
    reports.check(made, findings)
    return [problem.key for problem in (*findings.errors, *findings.warnings)]


def test_what_is_fine(tmp_path: Path) -> None:
    assert keys() == keys(upstream="") == []
    assert keys(rank_read=0, rank_used=0, rank_sending=0, rank_clean=1) == []
    assert keys(mail_to=["vp@tinh.example"], mail_units=True, templates=tmp_path) == []


@pytest.mark.parametrize(
    ("key", "gateway", "upstream", "given"),
    [
        ("reports.mail_to", Q4, "m", {"mail_to": ["vp tinh.example"]}),
        ("reports.mail_to", {}, "m", {"mail_to": ["vp@tinh.example"]}),
        ("reports.mail_units", {}, "m", {"mail_units": True}),
        ("notices.upstream", Q4, "", {"mail_units": True}),
        ("reports.templates", Q4, "m", {"templates": "/no/such/folder"}),
        ("reports.rank_read", Q4, "m", {"rank_read": 0, "rank_used": 0, "rank_sending": 0, "rank_clean": 0}),
    ],
)
def test_what_is_not(key: str, gateway: dict[str, Any], upstream: str, given: dict[str, Any]) -> None:
    assert keys(gateway, upstream, **given) == [key]

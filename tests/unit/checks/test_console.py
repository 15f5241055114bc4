"""What `check-config` says of signing in to the console through a provider."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.checks import console
from gateway.checks.findings import Findings
from gateway.config import Settings

_GROUPS = {"security_groups": ["attt"]}
_WHOLE = {"issuer": "https://dangnhap.tinh.example", "client_id": "congthu", **_GROUPS}


@pytest.mark.parametrize(
    ("oidc", "url", "keys"),
    [
        ({}, "", []),
        (_GROUPS, "", ["console.oidc.issuer"]),
        (_WHOLE, "https://congthu.tinh.example", []),
        (_WHOLE, "", ["console.url"]),
        ({**_WHOLE, "client_id": ""}, "https://congthu.tinh.example", ["console.oidc.client_id"]),
        ({**_WHOLE, "issuer": "http://dangnhap.tinh.example"}, "https://congthu.tinh.example", ["console.oidc.issuer"]),
        ({**_WHOLE, "issuer": "http://127.0.0.1:8080/realms/a"}, "https://congthu.tinh.example", []),
        ({**_WHOLE, "issuer": "https://[x"}, "https://congthu.tinh.example", ["console.oidc.issuer"]),
    ],
)
def test_what_a_provider_needs(oidc: dict[str, Any], url: str, keys: list[str]) -> None:
    made = Settings.model_validate(
        {
            "gateway": {"hostname": "gw.tinh.example", "domains": ["tinh.example"]},
            "console": {"bind": "127.0.0.1:9180", "url": url, "oidc": oidc},
        }
    )
    findings = Findings()
    console.check(made, findings)
    assert [one.key for one in (*findings.errors, *findings.warnings)] == keys

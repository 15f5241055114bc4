"""A Postfix on this machine: are its settings against smuggling what ours need?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.checks.findings import Findings
from gateway.checks.postfix import check, compare, is_local
from gateway.config import HostPort, Settings, UpstreamConfig

SAFE = {
    "smtpd_forbid_bare_newline": "normalize",
    "smtpd_forbid_bare_newline_exclusions": "",
    "smtpd_forbid_unauth_pipelining": "yes",
    "smtpd_authorized_xclient_hosts": "127.0.0.1",
    "smtpd_authorized_xforward_hosts": "127.0.0.0/8",
    "mynetworks": "10.0.0.0/8, [::1]/128 /etc/postfix/networks",
}
MASTER = """\
smtp inet n - n - - smtpd
127.0.0.1:10026 inet n - n - - smtpd
  -o smtpd_forbid_bare_newline=normalize
  -o smtpd_forbid_bare_newline_exclusions=
"""


def keys(values: dict[str, str]) -> list[str]:
    findings = Findings()
    upstream = UpstreamConfig(hosts=("127.0.0.1:25",), xclient=True, xforward=True)  # type: ignore[arg-type]
    compare(values, upstream, "upstream.m.hosts[0]", HostPort("127.0.0.1:25"), findings)
    assert not findings.errors
    return [problem.key.partition("Postfix ")[2].rstrip(")") for problem in findings.warnings]


def test_safe_settings() -> None:
    assert keys(SAFE) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtpd_forbid_bare_newline", "no"),
        ("smtpd_forbid_bare_newline_exclusions", "$mynetworks"),
        ("smtpd_forbid_unauth_pipelining", "no"),
        ("smtpd_authorized_xclient_hosts", ""),
        ("smtpd_authorized_xforward_hosts", "10.0.0.0/8"),
        ("mynetworks", "127.0.0.0/8 [::1]/128"),
    ],
)
def test_each_that_is_not(name: str, value: str) -> None:
    assert keys(SAFE | {name: value}) == [name]


def test_an_old_postfix_that_does_not_know_them() -> None:
    assert keys({"mynetworks": ""})[:2] == ["smtpd_forbid_bare_newline", "smtpd_forbid_unauth_pipelining"]


def test_no_postfix_says_nothing() -> None:
    assert keys({}) == []


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1:25", True), ("localhost:25", True), ("192.0.2.1:25", False)])
def test_this_machine(host: str, local: bool) -> None:
    assert is_local(HostPort(host)) is local


@pytest.mark.service("postfix")
async def test_the_real_postconf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.which("postconf"), "install postfix"
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\nmynetworks = 10.0.0.0/8\n")
    (tmp_path / "master.cf").write_text(MASTER)
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    found = {}
    for host in ("127.0.0.1:25", "127.0.0.1:10026", "192.0.2.1:25"):
        findings = Findings()
        await check(Settings.model_validate({"upstream": {"m": {"hosts": [host]}}}), findings)
        found[host] = [problem.key.partition("Postfix ")[2].rstrip(")") for problem in findings.warnings]
    assert found["127.0.0.1:25"][0] == "smtpd_forbid_bare_newline"
    assert "smtpd_forbid_bare_newline_exclusions" in found["127.0.0.1:25"]
    assert found["127.0.0.1:10026"] == ["smtpd_forbid_unauth_pipelining"]  # master.cf's own settings come first
    assert found["192.0.2.1:25"] == []

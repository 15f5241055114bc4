"""A Postfix on this machine: are its settings against smuggling what ours need?"""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from gateway.checks.findings import Findings
from gateway.checks.instance import Owner, owner
from gateway.checks.postfix import Place, _relays, check, compare, is_local
from gateway.config import Settings, UpstreamConfig
from gateway.config_values import HostPort
from tests.support.postfix import Postfix

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


def keys(values: dict[str, str], *, relays: bool = False) -> list[str]:
    findings = Findings()
    upstream = UpstreamConfig(hosts=("127.0.0.1:25",), xclient=True, xforward=True)  # type: ignore[arg-type]
    compare(values, Place(upstream, "upstream.m.hosts[0]", HostPort("127.0.0.1:25"), relays), findings)
    assert not findings.errors
    return names(findings)


def names(findings: Findings) -> list[str]:
    """Postfix's own names for what is warned of."""
    return [problem.key.partition("Postfix ")[2].rstrip(")") for problem in findings.warnings]


def settings(host: str, *directions: str) -> Settings:
    """One next hop, with a listener a direction before it."""
    listeners = [
        {"name": f"l{number}", "bind": f"127.0.0.1:{number + 1}", "direction": direction, "upstream": "m"}
        for number, direction in enumerate(directions)
    ]
    return Settings.model_validate({"upstream": {"m": {"hosts": [host]}}, "listener": listeners})


async def warned(host: str, *directions: str) -> Findings:
    findings = Findings()
    await check(settings(host, *directions), findings)
    return findings


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
    found = {host: await warned(host) for host in ("127.0.0.1:25", "127.0.0.1:10026", "192.0.2.1:25")}
    assert names(found["127.0.0.1:25"])[0] == "smtpd_forbid_bare_newline"
    assert "smtpd_forbid_bare_newline_exclusions" in names(found["127.0.0.1:25"])
    assert names(found["127.0.0.1:10026"]) == ["smtpd_forbid_unauth_pipelining"]  # master.cf's own settings come first
    assert all("the system's Postfix" in problem.hint for problem in found["127.0.0.1:25"].warnings)
    assert names(found["192.0.2.1:25"]) == []


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        ((), ["mynetworks"]),
        (("inbound",), ["mynetworks"]),
        (("submission",), ["mynetworks"]),
        (("proxy-filter",), []),
        (("proxy-filter", "outbound"), []),
        (("proxy-filter", "inbound"), ["mynetworks"]),
    ],
)
def test_a_reinjection_port_must_believe_us(directions: tuple[str, ...], expected: list[str]) -> None:
    relays = _relays(settings("127.0.0.1:10026", *directions), "m")
    assert keys(SAFE | {"mynetworks": "127.0.0.0/8"}, relays=relays) == expected


@pytest.mark.service("postfix")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees who listens")
async def test_the_instance_on_the_port_is_read() -> None:
    """Two instances run; each port is judged by the settings of the one that has it."""
    safe = {name: SAFE[name] for name in ("smtpd_forbid_bare_newline", "smtpd_forbid_unauth_pipelining")}
    safe["smtpd_forbid_bare_newline_exclusions"] = ""
    with Postfix(settings=safe) as one, Postfix(settings={**safe, "smtpd_forbid_bare_newline": "no"}) as other:
        assert owner(HostPort(f"127.0.0.1:{one.port}")) == Owner(True, one.folder / "etc")
        found = [await warned(f"127.0.0.1:{port}", "proxy-filter") for port in (one.port, other.port)]
        assert [names(findings) for findings in found] == [[], ["smtpd_forbid_bare_newline"]]
        assert "system" not in found[1].warnings[0].hint
        assert names(await warned(f"localhost:{one.port}", "inbound")) == ["mynetworks"]


@pytest.mark.service("postfix")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root sees who listens")
async def test_what_is_no_postfix_has_none_of_its_settings() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        assert owner(HostPort(host)) == Owner(False)
        assert names(await warned(host)) == []
    assert owner(HostPort(host)) is None


@pytest.mark.parametrize(
    ("bind", "asked", "ours"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "localhost", True),
        ("0.0.0.0", "127.0.0.9", True),
        ("::", "[::1]", True),
        ("::1", "[::1]", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.1", "[::1]", False),
    ],
)
def test_who_listens(bind: str, asked: str, ours: bool) -> None:
    with socket.create_server((bind, 0), family=socket.AF_INET6 if ":" in bind else socket.AF_INET) as server:
        found = owner(HostPort(f"{asked}:{server.getsockname()[1]}"))
    assert found == (Owner(False) if ours else None)

"""Asking the next hops: what one says of itself, against the settings."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from gateway.checks.connect import Inspection, attachment_cap, inspect, judge
from gateway.checks.ports import check as check_ports
from gateway.config import Settings
from gateway.config_values import MIB
from gateway.upstream.base import Capabilities
from gateway.upstream.inspect import HostReport

ALL = Capabilities(pipelining=True, eightbit=True, smtputf8=True, dsn=True, chunking=True, size=50 * MIB, enhanced=True)


def settings(host: str = "127.0.0.1:2526", *, rules: dict[str, object] | None = None, **upstream: object) -> Settings:
    return Settings.model_validate(
        {
            "gateway": {"hostname": "gw.tinh.example", "domains": ["tinh.example"]},
            "listener": [{"name": "in", "bind": "127.0.0.1:0", "direction": "inbound", "upstream": "m"}],
            "upstream": {"m": {"hosts": [host], **upstream}},
            "http": {"bind": "127.0.0.1:0"},
            "rules": rules or {},
        }
    )


def judged(report: HostReport, config: Settings | None = None) -> Inspection:
    findings = Inspection()
    judge(config or settings(report.host), "m", "upstream.m.hosts[0]", report, findings)
    return findings


def report(capabilities: Capabilities = ALL, host: str = "127.0.0.1:2526", **more: object) -> HostReport:
    return HostReport(host, True, capabilities=capabilities, size=capabilities.size, **more)  # type: ignore[arg-type]


def without(**changes: object) -> Capabilities:
    return Capabilities(**{name: changes.get(name, getattr(ALL, name)) for name in ALL.__slots__})


def test_a_next_hop_that_has_everything() -> None:
    findings = judged(report(elapsed=0.012))
    assert (findings.errors, findings.warnings) == ([], [])
    assert findings.facts == ["m 127.0.0.1:2526: no TLS, up to 50.0 MiB, 12 ms; "]


def test_one_that_cannot_be_used() -> None:
    (error,) = judged(HostReport("127.0.0.1:2526", False, error="connection refused")).errors
    assert (error.key, error.hint) == ("upstream.m.hosts[0]", "cannot be used: connection refused")


@pytest.mark.parametrize(
    ("size", "errors", "warnings"),
    [
        (0, 0, 0),
        (None, 0, 1),  # SIZE is not offered
        (21_548_236 - 1, 1, 1),  # 15 MiB x 1.37 do not fit, nor do 32 MiB
        (21_548_236, 0, 1),
        (32 * MIB - 1, 0, 1),
        (32 * MIB, 0, 0),
    ],
)
def test_its_size_against_the_cap_and_the_listener(size: int | None, errors: int, warnings: int) -> None:
    findings = judged(report(without(size=size)))
    assert (len(findings.errors), len(findings.warnings)) == (errors, warnings)


def test_the_cap_may_be_configured() -> None:
    config = settings(rules={"attachment-cap": {"limit": "30MiB"}})
    assert attachment_cap(settings()) == 15 * MIB
    assert attachment_cap(config) == 30 * MIB
    assert "30 MiB of attachments" in judged(report(without(size=35 * MIB)), config).errors[0].hint


@pytest.mark.parametrize(
    ("attribute", "keyword"),
    [
        ("eightbit", "8BITMIME"),
        ("smtputf8", "SMTPUTF8"),
        ("dsn", "DSN"),
        ("pipelining", "PIPELINING"),
        ("chunking", "CHUNKING"),
    ],
)
def test_what_ehlo_lacks(attribute: str, keyword: str) -> None:
    (warning,) = judged(report(without(**{attribute: False}))).warnings
    assert warning.value == f'"{keyword}"'


def test_chunking_is_not_missed_where_it_is_off() -> None:
    assert judged(report(without(chunking=False)), settings(chunking=False)).warnings == []


def test_xclient_and_xforward_that_are_configured_and_not_offered() -> None:
    findings = judged(report(), settings(xclient=True, xforward=True))
    assert [problem.key for problem in findings.errors] == ["upstream.m.xclient", "upstream.m.xforward"]
    offered = without(xclient=frozenset({"ADDR"}), xforward=frozenset({"ADDR"}))
    assert judged(report(offered), settings(xclient=True, xforward=True)).errors == []


def test_no_tls_over_a_network_and_a_doubtful_certificate() -> None:
    assert "in clear" in judged(report(host="10.0.0.5:25")).warnings[0].hint
    found = judged(report(host="10.0.0.5:25", tls="TLSv1.3 X", certificate="it has expired"))
    assert "it has expired" in found.warnings[0].hint


def test_auth_that_the_next_hop_does_not_offer() -> None:
    config = settings().model_dump()
    config["listener"][0].update(direction="submission", tls="starttls")
    submission = Settings.model_validate(config)
    assert "neither PLAIN nor LOGIN" in judged(report(), submission).errors[0].hint
    assert judged(report(without(auth=frozenset({"PLAIN"}))), submission).errors == []


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A next hop that says little in EHLO."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.tinh.example ESMTP\r\n")
        while line := await reader.readline():
            ehlo = line.upper().startswith(b"EHLO")
            writer.write(b"250-mail.tinh.example\r\n250-8BITMIME\r\n250 SIZE 10485760\r\n" if ehlo else b"221 bye\r\n")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def test_for_real(server: str) -> None:
    findings = Inspection()
    await inspect(settings(server), findings)
    mine = [problem for problem in findings.warnings if "Postfix" not in problem.key]
    assert [problem.key for problem in findings.errors] == ["upstream.m.hosts[0]"]
    assert "takes 10.0 MiB" in findings.errors[0].hint
    assert [problem.value for problem in mine] == [str(32 * MIB), '"SMTPUTF8, DSN, PIPELINING, CHUNKING"']
    assert "ESMTP" in findings.facts[0]


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"127.0.0.1:{closed.getsockname()[1]}"
    findings = Inspection()
    await inspect(settings(host), findings)
    assert [problem.value for problem in findings.errors] == [f'"{host}"']


def test_ports() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = settings().model_dump()
        config["listener"][0]["bind"] = f"127.0.0.1:{taken.getsockname()[1]}"
        findings = Inspection()
        check_ports(Settings.model_validate(config), findings)
    assert [problem.key for problem in findings.warnings] == ["listener[0].bind"]
    config["listener"][0]["bind"] = "192.0.2.1:2525"
    config["http"]["bind"] = f"{'x' * 70}.example:80"
    findings = Inspection()
    check_ports(Settings.model_validate(config), findings)
    assert [problem.key for problem in findings.errors] == ["listener[0].bind", "http.bind"]

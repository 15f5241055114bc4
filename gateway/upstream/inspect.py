"""What a next hop looks like from here: for `check-config --connect`, never on the path of mail."""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field

from gateway.config import UpstreamConfig
from gateway.config_values import HostPort
from gateway.upstream import tls
from gateway.upstream.base import Capabilities
from gateway.upstream.connection import Connection
from gateway.upstream.dial import Dialer, DialFailed


@dataclass(frozen=True, slots=True)
class HostReport:
    """One host. `tls` is "" without TLS; `certificate` says what is wrong with the certificate, "" for nothing.

    `size` as in Capabilities; `error` is for the operator; `elapsed` in seconds.
    """

    host: str
    reachable: bool
    greeting: str = ""
    capabilities: Capabilities = field(default_factory=Capabilities)
    size: int | None = None
    tls: str = ""
    certificate: str = ""
    error: str = ""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class UpstreamReport:
    """All hosts of a next hop, in the configuration's order."""

    hosts: tuple[HostReport, ...]

    @property
    def reachable(self) -> bool:
        """Whether at least one host can take mail."""
        return any(host.reachable for host in self.hosts)


async def inspect_upstream(config: UpstreamConfig, hostname: str = "localhost") -> UpstreamReport:
    """Connect to every host as for mail, and look at the certificate where it is not checked for mail.

    Raises StartError for unusable TLS settings. A Maildir has no hosts and so an empty report.
    """
    context = tls.client_context(config)
    strict = tls.client_context(config, verify=True)
    reports = [_inspect(config, host, hostname, context, strict) for host in config.hosts]
    return UpstreamReport(tuple(await asyncio.gather(*reports)))


async def _inspect(
    config: UpstreamConfig,
    host: HostPort,
    hostname: str,
    context: ssl.SSLContext | None,
    strict: ssl.SSLContext | None,
) -> HostReport:
    started = time.monotonic()
    try:
        connection = await Dialer(config, hostname, context).open(host)
    except DialFailed as error:
        certificate = error.text if error.kind == "tls" else ""
        elapsed = time.monotonic() - started
        return HostReport(str(host), False, certificate=certificate, error=str(error), elapsed=elapsed)
    report = _described(connection, host, time.monotonic() - started)
    await connection.part()
    if not report.tls or tls.verifies(config):
        return report
    return await _certified(report, Dialer(config, hostname, strict), host)


def _described(connection: Connection, host: HostPort, elapsed: float) -> HostReport:
    greeting = connection.greeting.result()[0].text if connection.greeting is not None else ""
    offered = connection.capabilities
    encrypted = tls.described(connection.transport.get_extra_info("ssl_object"))
    return HostReport(str(host), True, greeting, offered, offered.size, encrypted, elapsed=elapsed)


async def _certified(report: HostReport, dialer: Dialer, host: HostPort) -> HostReport:
    try:
        await (await dialer.open(host)).part()
    except DialFailed as error:
        return HostReport(
            report.host,
            True,
            report.greeting,
            report.capabilities,
            report.size,
            report.tls,
            certificate=error.text,
            elapsed=report.elapsed,
        )
    return report
